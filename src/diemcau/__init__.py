"""Điểm Cầu: open video conferences for public administrations."""

__version__ = "0.1.0"
