"""A small administration for tests: as many MCUs and sites as asked for, on one cascade."""

from diemcau.domain.directory import Directory, Mcu, Site
from diemcau.domain.units import Unit


def small_directory(parents: dict[str, str], sites_each: int = 3) -> Directory:
    """``parents`` maps each MCU to the one above it ("" at the top); its unit bears its name.

    Sites are called ``<mcu>-<n>`` from 1 and numbered through.
    """
    units = [Unit(f"u-{mcu}", mcu.title(), "tier") for mcu in parents]
    mcus = [Mcu(mcu, mcu.title(), "", above, (f"u-{mcu}",)) for mcu, above in parents.items()]
    names = [(mcu, n) for mcu in parents for n in range(1, sites_each + 1)]
    sites = [
        Site(f"{mcu}-{n}", f"{mcu}.{n}", f"UBND {mcu} {n}", f"u-{mcu}", mcu, number)
        for number, (mcu, n) in enumerate(names, start=1)
    ]
    return Directory([*units, *mcus, *sites])


PROVINCE = {"gov": "", "prov": "gov", "north": "prov", "south": "prov", "far": "south"}
"""Three tiers and a fourth under one satellite."""
