"""Cascade plans by mixed-integer programming (HiGHS)."""

from diemcau.planning.solver import HighsSolver

__all__ = ["HighsSolver"]
