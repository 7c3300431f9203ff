"""Coming in by a short code, and room computers that come in by themselves.

A code is nine digits, so guessing must be slow: what the whole server forgives in wrong codes is
bounded, and when that is used up nobody's code is looked at for some seconds. Room computers have
a token for this one purpose; they get a site's token for as long as a session of it is open.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import randbelow, token_hex

from diemcau.domain.conference import Conference
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.entrance import CODE_DIGITS, JoinCode, Kiosk, code_digits
from diemcau.domain.journal import Note
from diemcau.domain.localtime import local_day
from diemcau.domain.refusal import Refusal, Text, Unknown
from diemcau.domain.roles import Role
from diemcau.ports.clock import Clock
from diemcau.ports.identity import NotIdentified, Principal, PurposeTokens, TokenInvalid, Tokens
from diemcau.services.conferences import ConferenceControl
from diemcau.services.dossiers.files import Files
from diemcau.services.guard import SecretSession

KIOSK = "kiosk"
YEAR_H = 24.0 * 365
SESSION_H = 24.0
"""How long a token lasts that a room computer gets; it asks again for each session."""

FORGIVEN = 20
"""Wrong codes at once; afterwards one every ``PAUSE_S``, for the whole server: in twelve hours one
guess in 50,000 codes."""
PAUSE_S = 2.0

KEPT = timedelta(days=2)
"""How long a code that ended is still known as one, so that its owner is told so."""


class CodeExpired(NotIdentified):
    id = "code-expired"
    title = Text("Mã vào họp đã hết hạn", "The code has expired")

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"Mã hết hạn lúc {at:%Y-%m-%d %H:%M} UTC; hãy xin phòng điều khiển mã mới.",
            f"It expired at {at:%Y-%m-%d %H:%M} UTC; ask the control room for a new one.",
        )


class CodeUnknown(Unknown):
    id = "code-unknown"
    title = Text("Không có mã này", "No such code")


class TooManyCodes(Refusal):
    """Too many wrong codes were tried, by whoever it was."""

    id = "too-many-codes"
    title = Text("Tạm dừng nhận mã", "Codes are not taken for a moment")

    def __init__(self, wait_s: float) -> None:
        self.retry_after_s = max(1, round(wait_s + 0.5))
        super().__init__(
            f"Đang có quá nhiều mã sai được thử; hãy thử lại sau {self.retry_after_s} giây.",
            f"Too many wrong codes are being tried; try again in {self.retry_after_s} s.",
        )


class Patience:
    """So much at once, then one every ``pause_s``."""

    def __init__(self, clock: Clock, most: int = FORGIVEN, pause_s: float = PAUSE_S) -> None:
        self._clock = clock
        self._most = most
        self._pause_s = pause_s
        self._left = float(most)
        self._at = clock.monotonic()

    def require(self) -> None:
        """Raises ``TooManyCodes`` when nothing is left."""
        now = self._clock.monotonic()
        self._left = min(self._most, self._left + (now - self._at) / self._pause_s)
        self._at = now
        if self._left < 1:
            raise TooManyCodes((1 - self._left) * self._pause_s)

    def spend(self) -> None:
        self._left -= 1


@dataclass(frozen=True)
class Entry:
    """A way in: where, and with what."""

    conference: str
    role: Role
    site: str
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Waiting:
    """What a room computer learns: its site, the session that is open, the next one today."""

    site: str
    name: str
    entry: Entry | None
    next: Dossier | None


class Entrances:
    def __init__(
        self,
        files: Files,
        control: ConferenceControl,
        tokens: Tokens,
        purposes: PurposeTokens,
        clock: Clock,
        picture: Callable[[str], str],
    ) -> None:
        """``picture``: a text as a QR code, an SVG element."""
        self._files = files
        self._control = control
        self._tokens = tokens
        self._purposes = purposes
        self._clock = clock
        self._patience = Patience(clock)
        self.picture = picture

    async def code(self, link: Principal, by: str) -> JoinCode:
        """A code that gives what a link gives, as long as that."""
        taken = self._files.records.all(JoinCode)
        made = JoinCode(
            id=_digits(taken),
            dossier=link.conference.removeprefix("c-"),
            conference=link.conference,
            role=link.role or Role.VIEWER,
            site=link.site,
            subject=link.subject,
            expires_at=link.expires_at,
            by=by,
        )
        long_ago = self._clock.now() - KEPT
        over = [code for code in taken.values() if code.expires_at < long_ago]
        await self._files.records.commit(made, removes=over)
        return made

    def by_code(self, typed: str) -> Entry:
        """Raises ``Invalid``, ``CodeUnknown``, ``CodeExpired``, ``TooManyCodes``, and for a session
        that is over or has become secret ``UnknownConference`` or ``SecretSession``."""
        digits = code_digits(typed)
        self._patience.require()
        code = self._files.records.get(JoinCode, digits)
        now = self._clock.now()
        if code is None:
            self._patience.spend()
            raise CodeUnknown(
                "Kiểm tra lại từng chữ số, hoặc xin phòng điều khiển mã mới.",
                "Check each digit, or ask the control room for a new code.",
            )
        if code.expires_at <= now:
            raise CodeExpired(code.expires_at)
        self._control.get(code.conference)
        if self._secret(code.conference):
            raise SecretSession
        hours = (code.expires_at - now).total_seconds() / 3600
        return self._entry(code.conference, code.role, code.site, code.subject, hours)

    async def kiosk(self, site: str, by: str) -> str:
        """The token of a site's room computer; the one before is good for nothing from now on."""
        name = self._files.book.directory.site(site).name
        kiosk = Kiosk(site, token_hex(8), self._clock.now(), by)
        text = Text(f"Lập máy phòng họp của {name}", f"Room computer of {name} set up")
        note = Note(by, "kiosk.made", f"directory/site/{site}", text)
        await self._files.records.commit(kiosk, notes=[note])
        return self._purposes.issue_purpose(KIOSK, f"{site}.{kiosk.key}", YEAR_H)

    def waiting(self, token: str) -> Waiting:
        """Raises ``NoToken``, ``TokenExpired``, or ``TokenInvalid``: also for a former link."""
        site, _, key = self._purposes.identify_purpose(KIOSK, token).partition(".")
        kiosk = self._files.records.get(Kiosk, site)
        if kiosk is None or kiosk.key != key:
            raise TokenInvalid
        name = self._files.book.directory.site(site).name
        open_now = self._open_at(site)
        subject = f"{KIOSK}:{site}"
        entry = self._entry(open_now.id, Role.SITE, site, subject, SESSION_H) if open_now else None
        return Waiting(site, name, entry, self._next_at(site))

    def _entry(self, conference: str, role: Role, site: str, subject: str, hours: float) -> Entry:
        token, made = self._tokens.issue(
            subject, role, conference=conference, site=site, hours=hours
        )
        return Entry(conference, role, site, token, made.expires_at)

    def _secret(self, conference: str) -> bool:
        dossier = self._files.of_conference(conference)
        return dossier is not None and dossier.secrecy is Secrecy.SECRET

    def _open_at(self, site: str) -> Conference | None:
        """Of several, the one that began last."""
        running = [c for c in self._control.all() if site in c.sites and not self._secret(c.id)]
        return max(running, key=self._starts, default=None)

    def _starts(self, conference: Conference) -> datetime:
        """One without a dossier gives way to all that have one."""
        dossier = self._files.of_conference(conference.id)
        return dossier.starts_at if dossier else datetime.min.replace(tzinfo=UTC)

    def _next_at(self, site: str) -> Dossier | None:
        """Today's next session that is no secret."""
        now = self._clock.now()
        coming = [
            dossier
            for dossier in self._files.active()
            if site in dossier.sites
            and dossier.secrecy is not Secrecy.SECRET
            and not dossier.conference
            and dossier.starts_at > now
            and local_day(dossier.starts_at) == local_day(now)
        ]
        return min(coming, key=lambda dossier: dossier.starts_at, default=None)


def _digits(taken: Container[str]) -> str:
    """Digits that are nobody's yet."""
    while (digits := f"{randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}") in taken:
        pass
    return digits
