"""Procedures as data: what a regulation lays down is a file that an office can write.

``<name>.toml`` is a procedure that ships with the package; ``load`` reads one of these or a file of
one's own, and refuses a faulty file with the line and the reason of every fault. How to write one:
docs/procedures.md.
"""

from diemcau.procedures.faults import Fault, ProcedureFaulty
from diemcau.procedures.loader import TIERS, load, parse, shipped, text

__all__ = ["TIERS", "Fault", "ProcedureFaulty", "load", "parse", "shipped", "text"]
