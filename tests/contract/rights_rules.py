"""What the permission walk expects, reckoned apart from the guard: parents walked one by one.

It takes the table of rights and each route's declaration as they are; that is all it shares with
what it tests.
"""

from dataclasses import dataclass

from diemcau.domain.directory import Directory
from diemcau.domain.permissions import ALLOWED, Action
from diemcau.domain.roles import Role
from tests.contract.rights_world import GUEST, SECRET, Who

HOME = "u-tinh"


@dataclass(frozen=True)
class Subject:
    """What a request is about; "" for what it does not name."""

    dossier: str = ""
    conference: str = ""
    site: str = ""
    unit: str = ""

    @property
    def district(self) -> str:
        return (self.dossier or self.conference).rpartition("-")[2]

    @property
    def secret(self) -> bool:
        return SECRET in (self.dossier, self.conference.removeprefix("c-"))


class Expectation:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def reaches(self, top: str, subject: str) -> bool:
        """Whether a unit stands above a unit, above who runs an MCU, or above a site's unit or
        who runs its MCU."""
        if subject.startswith("s-"):
            site = self._directory.sites[subject]
            return self.reaches(top, site.unit) or self.reaches(top, site.mcu)
        if subject.startswith("m-"):
            return self.reaches(top, self._directory.mcus[subject].unit)
        while subject and subject != top:
            subject = next(unit.parent for unit in self._directory.units if unit.id == subject)
        return subject == top

    def may(self, who: Who, action: Action, *subjects: str) -> bool:
        """Whether one of his roles may do it at one of the subjects; anywhere, if none is named."""
        if who.role:
            return who.role in ALLOWED[action] and not (subjects and who.conference)
        return any(
            grant.role in ALLOWED[action]
            and (not subjects or any(self.reaches(grant.unit, subject) for subject in subjects))
            for grant in who.grants
        )

    def has(self, who: Who, role: Role, *subjects: str) -> bool:
        return any(
            grant.role is role and any(self.reaches(grant.unit, s) for s in subjects)
            for grant in who.grants
        )

    def let_in(self, who: Who) -> bool:
        """Into the secret session: its list, its office, those at its sites, the operator of all;
        and links that were made for one of them."""
        if who.role is Role.OPERATOR and not who.conference:
            return True
        if who.role:
            return who.name == "link-secret-clerk"
        return (
            who.account == GUEST
            or self.has(who, Role.OFFICE, "u-bac")
            or self.has(who, Role.ROOM_OPERATOR, "s-bac", "s-bac-1")
            or self.has(who, Role.TECHNICIAN, "s-bac", "s-bac-1")
        )

    def identified(self, who: Who) -> bool:
        """Whether his token is any good: one into the secret session only if it lets him in."""
        return not who.refused and (who.conference != f"c-{SECRET}" or self.let_in(who))

    def declared(self, who: Who, action: Action, of: str, subject: Subject) -> bool:
        """Whether a route that declares this lets him pass."""
        if not self.identified(who) or (subject.secret and not self.let_in(who)):
            return False
        guest = subject.secret and who.account == GUEST
        if guest and action in (Action.READ_DOSSIER, Action.WATCH) and of != "anywhere":
            return True
        if of in ("conference", "session", "incident", "carrier"):
            return self._in_conference(who, action, of, subject)
        return self.may(who, action, *self._subjects(of, subject))

    def _in_conference(self, who: Who, action: Action, of: str, subject: Subject) -> bool:
        if who.role:
            elsewhere = who.conference not in ("", subject.conference)
            own = not subject.site or who.site == subject.site
            bound = who.role in (Role.SITE, Role.CHAIR)
            return who.role in ALLOWED[action] and not elsewhere and (own or not bound)
        place = (subject.site,) if subject.site else self._subjects(of, subject)
        return self.may(who, action, *place)

    def _subjects(self, of: str, subject: Subject) -> tuple[str, ...]:
        place = subject.district
        unit, master = f"u-{place}", f"m-{place}"
        return {
            "anywhere": (),
            "home": (HOME,),
            "unit": (subject.unit,),
            "site": (subject.site,),
            "organiser": (unit,),
            "master": (unit, master),
            "conference": (unit, master),
            "session": (unit, master),
            "incident": (unit, master, *(() if subject.secret else (f"s-{place}-1",))),
            "carrier": ("" if subject.secret else master,),
            "dossier": (unit, master, f"s-{place}", f"s-{place}-1"),
        }[of]
