"""Plays: the work of the regulation, from letter to log book, by those whose work it is."""
