"""Provinces as data: their units, sites and MCUs, so that another province is another file.

``<name>.toml`` says where the units come from and which MCUs serve them; ``load`` makes the parts
of a ``Directory`` of it.
"""

from diemcau.provinces.loader import Province, load, names

__all__ = ["Province", "load", "names"]
