"""Benches: measurements anyone can repeat, each against something plain that does the same work."""
