"""The roles people have (R3-roles), given on a unit, and what reach a role on a unit has."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from diemcau.domain.directory import Directory


class Role(StrEnum):
    """The roles of accounts, then those that only a conference's link gives."""

    ADMIN = "admin"
    OFFICE = "office"
    """The office that runs sessions: the Provincial Office, or a department for its own ones."""
    DIC = "dic"
    """The Department of Information and Communications (Sở TT&TT)."""
    MANAGER = "manager"
    """A unit that manages part of the system: its MCUs and their sites."""
    TECHNICIAN = "technician"
    ROOM_MANAGER = "room-manager"
    ROOM_OPERATOR = "room-operator"
    TELECOM = "telecom"
    CHAIR = "chair"
    DELEGATE = "delegate"
    INSPECTOR = "inspector"
    OPERATOR = "operator"
    """A link's: everything, everywhere (or in one conference)."""
    SITE = "site"
    VIEWER = "viewer"


LINK_ROLES = (Role.OPERATOR, Role.CHAIR, Role.SITE, Role.VIEWER)
"""The roles a conference's link can give."""

ACCOUNT_ROLES = tuple(role for role in Role if role not in (Role.OPERATOR, Role.SITE, Role.VIEWER))
"""The roles that can be granted to an account."""


@dataclass(frozen=True)
class Grant:
    """A role on a unit; it reaches whatever ``reach`` says."""

    role: Role
    unit: str


@dataclass(frozen=True)
class Reach:
    """What a grant reaches, by id."""

    units: frozenset[str] = frozenset()
    mcus: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def __contains__(self, subject: str) -> bool:
        return subject in self.units or subject in self.mcus or subject in self.sites


def reach(directory: Directory, units: Iterable[str]) -> Reach:
    """One rule for all: a unit reaches the units below it, the MCUs that those run, and the sites
    of those units and of those MCUs. So a telecom enterprise reaches what it serves."""
    below = frozenset(
        unit.id for top in units if top in directory.units for unit in directory.units.below(top)
    )
    mcus = frozenset(mcu.id for mcu in directory.mcus.values() if mcu.unit in below)
    sites = frozenset(
        site.id for site in directory.sites.values() if site.unit in below or site.mcu in mcus
    )
    return Reach(below, mcus, sites)
