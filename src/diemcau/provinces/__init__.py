"""Provinces as data: their units, sites and MCUs, so that another province is another file.

``<name>.toml`` says where the units come from and which MCUs serve them; ``load`` makes the parts
of a ``Directory`` of it. ``national`` and ``listed`` are the national lists themselves.
"""

from diemcau.provinces.lists import TIERS, listed, national
from diemcau.provinces.loader import Province, load, names

__all__ = ["TIERS", "Province", "listed", "load", "names", "national"]
