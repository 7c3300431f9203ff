"""Whether somebody may do something somewhere: the table of rights applied to who asks."""

from collections.abc import Iterable
from dataclasses import dataclass

from diemcau.domain.accounts import Account
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.permissions import ALLOWED, Action
from diemcau.domain.refusal import Text
from diemcau.domain.roles import Grant, Role
from diemcau.ports.identity import NotAllowed, Principal, TokenElsewhere
from diemcau.services.places import Book
from diemcau.services.records import Records

ROLE_NAMES = {
    Role.ADMIN: Text("quản trị hệ thống", "administrator"),
    Role.OFFICE: Text("văn phòng", "office"),
    Role.DIC: Text("Sở TT&TT", "DIC"),
    Role.MANAGER: Text("đơn vị quản lý hệ thống", "managing unit"),
    Role.TECHNICIAN: Text("cán bộ kỹ thuật MCU", "MCU technician"),
    Role.ROOM_MANAGER: Text("đơn vị quản lý phòng họp", "room manager"),
    Role.ROOM_OPERATOR: Text("cán bộ vận hành phòng họp", "room operator"),
    Role.TELECOM: Text("doanh nghiệp viễn thông", "telecom enterprise"),
    Role.CHAIR: Text("chủ tọa", "chair"),
    Role.DELEGATE: Text("đại biểu", "delegate"),
    Role.INSPECTOR: Text("thanh tra", "inspector"),
    Role.OPERATOR: Text("người điều hành", "operator"),
    Role.SITE: Text("điểm cầu", "site"),
    Role.VIEWER: Text("người xem", "viewer"),
}


@dataclass(frozen=True)
class Place:
    """Where something is done: any of these units, MCUs and sites; and in which conference.

    ``anywhere``: the role alone decides. ``site``: whose own business it is, for a site's link.
    ``guests``: accounts on a secret session's list, who read and watch it wherever they belong.
    """

    subjects: frozenset[str] = frozenset()
    conference: str = ""
    site: str = ""
    anywhere: bool = False
    guests: frozenset[str] = frozenset()


ANYWHERE = Place(anywhere=True)

FOR_GUESTS = frozenset({Action.READ_DOSSIER, Action.WATCH})


class SecretSession(NotAllowed):
    """A secret session does not let somebody in (R5-secret)."""

    id = "secret-session"
    title = Text("Phiên họp mật", "A secret session")

    def __init__(self) -> None:
        super().__init__(
            "Phiên họp mật: chỉ người trong danh sách và cán bộ phụ trách điểm cầu, bằng tài khoản"
            " của mình; hãy liên hệ đơn vị tổ chức.",
            "Only those on its list and those responsible for its sites come in, by their own"
            " accounts; ask whoever organises it.",
        )


class Guard:
    def __init__(self, records: Records, book: Book) -> None:
        self._records = records
        self._book = book

    def require(self, who: Principal, action: Action, place: Place = ANYWHERE) -> None:
        """Raises ``NotAllowed`` that names who may, or ``TokenElsewhere``."""
        if who.account in place.guests and action in FOR_GUESTS:
            return
        if who.account:
            self._require_grant(who, action, place)
        else:
            _require_link(who, action, place)

    def may(self, who: Principal, action: Action, place: Place = ANYWHERE) -> bool:
        try:
            self.require(who, action, place)
        except NotAllowed:
            return False
        return True

    def grants(self, who: Principal) -> tuple[Grant, ...]:
        account = self._records.get(Account, who.account) if who.account else None
        return account.grants if account is not None else ()

    def roles_at(self, who: Principal, subjects: Iterable[str]) -> frozenset[Role]:
        """The roles somebody has that reach one of these."""
        if not who.account:
            return frozenset({Role.OPERATOR}) if _everywhere(who) else frozenset()
        return self._reaching(self.grants(who), subjects)

    def reaches(self, who: Principal, subject: str) -> bool:
        """Whether one of somebody's roles, whichever it is, reaches the unit, MCU or site."""
        if _everywhere(who):
            return True
        return any(subject in self._book.reach(grant.unit) for grant in self.grants(who))

    def admitted(self, who: Principal, dossier: Dossier) -> bool:
        """Whether a session's secrecy lets somebody see it at all. A site's link is let in as long
        as the account for which it was made is."""
        if dossier.secrecy is not Secrecy.SECRET or _everywhere(who):
            return True
        account = self._records.get(Account, holder(who))
        if account is None or not account.active:
            return False
        offices = self._reaching(account.grants, [dossier.unit])
        rooms = self._reaching(account.grants, dossier.sites)
        return (
            account.id in dossier.admitted
            or Role.OFFICE in offices
            or not rooms.isdisjoint({Role.ROOM_OPERATOR, Role.TECHNICIAN})
        )

    def require_admitted(self, who: Principal, dossier: Dossier | None) -> None:
        """Raises ``SecretSession``."""
        if dossier is not None and not self.admitted(who, dossier):
            raise SecretSession

    def _reaching(self, grants: Iterable[Grant], subjects: Iterable[str]) -> frozenset[Role]:
        wanted = list(subjects)
        return frozenset(
            grant.role
            for grant in grants
            if any(subject in self._book.reach(grant.unit) for subject in wanted)
        )

    def _require_grant(self, who: Principal, action: Action, place: Place) -> None:
        grants = [grant for grant in self.grants(who) if grant.role in ALLOWED[action]]
        if not grants:
            raise _refused(action)
        if place.anywhere:
            return
        if not any(s in self._book.reach(grant.unit) for grant in grants for s in place.subjects):
            raise NotAllowed(
                "Việc này thuộc đơn vị khác, ngoài phạm vi được giao cho bạn; liên hệ đơn vị đó.",
                "This belongs to another unit, outside what is entrusted to you; ask that unit.",
            )


def dossier_place(dossier: Dossier) -> Place:
    """Whoever has a part in a session: its organiser, its master, its sites, its guests."""
    return Place(
        frozenset({dossier.unit, dossier.master, *dossier.sites}), guests=guests_of(dossier)
    )


def guests_of(dossier: Dossier | None) -> frozenset[str]:
    secret = dossier is not None and dossier.secrecy is Secrecy.SECRET
    return frozenset(dossier.admitted) if dossier is not None and secret else frozenset()


def link_subject(account: str, site: str) -> str:
    """Whom a site's link speaks for, when an account had it made."""
    return f"{account}@{site}"


def holder(who: Principal) -> str:
    """The account that somebody acts by: his own, or the one his link was made for; "" for none."""
    if who.account or who.role is not Role.SITE:
        return who.account
    name, at, _ = who.subject.rpartition("@")
    return name if at else ""


def _everywhere(who: Principal) -> bool:
    """Whether this is the link that may do everything."""
    return who.role is Role.OPERATOR and not who.conference


def _require_link(who: Principal, action: Action, place: Place) -> None:
    if who.conference and not place.anywhere and who.conference != place.conference:
        raise TokenElsewhere
    if who.role not in ALLOWED[action]:
        raise _refused(action)
    if place.site and who.role in (Role.SITE, Role.CHAIR) and who.site != place.site:
        raise TokenElsewhere


def _refused(action: Action) -> NotAllowed:
    allowed = sorted(ALLOWED[action], key=list(Role).index)
    return NotAllowed(
        f"Việc này dành cho: {', '.join(ROLE_NAMES[role].vi for role in allowed)}.",
        f"This is for: {', '.join(ROLE_NAMES[role].en for role in allowed)}.",
    )
