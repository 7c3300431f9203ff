"""Fakes of the ports, shipped with the package so that every layer can be tested by itself."""
