"""The log book (sổ theo dõi, R7-logbook, R5-events): entries nobody can alter unseen.

Every entry holds the hash of the one before it, so altering, removing, inserting or moving one
breaks the chain. Cutting off the end breaks nothing: that, and a chain made anew from somewhere on,
is found by whoever keeps a *head*, the signed number and hash of the last entry at some time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from diemcau.domain.differences import Change, masked
from diemcau.domain.plain import Json, canonical, clean, plain, stamp
from diemcau.domain.refusal import Text

GENESIS = "0" * 64
"""What the first entry has for the hash of the one before it."""

LAST_SEQ = 2**31 - 1
"""A number that no entry has: as high as a database counts."""

SYSTEM = "system"
"""The actor of what goes on by itself, or by a command on the server's machine."""


@dataclass(frozen=True)
class Note:
    """What a service writes down of something done.

    ``actor``: an account's id, ``link:<subject>`` or ``SYSTEM``; ``action``: a stable word, such as
    ``dossier.moved``; ``subject``: what it was done to, such as ``dossier/d1``.
    """

    actor: str
    action: str
    subject: str
    text: Text
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Sealed(Note):
    """An entry of the log: a note with its place in the chain. ``seq`` counts from 1.

    ``hash``: SHA-256, in hexadecimal digits, of the canonical form of everything else.
    """

    seq: int
    at: datetime
    previous: str
    hash: str

    def form(self) -> dict[str, Json]:
        """As JSON, all of it; ``entry_of`` is the way back."""
        return {**_content(self), "hash": self.hash}


@dataclass(frozen=True)
class Head:
    """Somebody's signature, at a time, under the number and hash of the log's last entry.

    An empty log has number 0 and the hash ``GENESIS``.
    """

    seq: int
    hash: str
    at: datetime
    signature: str

    def claim(self) -> bytes:
        """The bytes that are signed."""
        return canonical({"at": stamp(self.at), "hash": self.hash, "seq": self.seq})

    def form(self) -> dict[str, Json]:
        """As JSON; ``head_of`` is the way back."""
        return {
            "at": stamp(self.at),
            "hash": self.hash,
            "seq": self.seq,
            "signature": self.signature,
        }


def seal(note: Note, at: datetime, previous: Sealed | None = None) -> Sealed:
    """The entry that follows ``previous`` (None: the first). Values become plain, secrets masked.

    Raises ``ValueError`` for a time without a zone, ``TypeError`` for values that are no JSON.
    """
    entry = Sealed(
        clean(note.actor),
        clean(note.action),
        clean(note.subject),
        Text(clean(note.text.vi), clean(note.text.en)),
        tuple(masked(Change(clean(c.path), plain(c.old), plain(c.new))) for c in note.changes),
        clean(note.reason),
        seq=_number(previous) + 1,
        at=datetime.fromisoformat(stamp(at)),
        previous=_hash(previous),
        hash="",
    )
    return replace(entry, hash=digest(entry))


def seal_all(notes: Iterable[Note], at: datetime, last: Sealed | None) -> list[Sealed]:
    """The entries that follow the log's last one, each upon the one before it."""
    sealed: list[Sealed] = []
    for note in notes:
        last = seal(note, at, last)
        sealed.append(last)
    return sealed


def digest(entry: Sealed) -> str:
    """What ``entry.hash`` has to be. Raises ``ValueError`` or ``TypeError`` for odd contents."""
    return sha256(canonical(_content(entry))).hexdigest()


def _content(entry: Sealed) -> dict[str, Json]:
    return {
        "action": entry.action,
        "actor": entry.actor,
        "at": stamp(entry.at),
        "changes": [{"new": c.new, "old": c.old, "path": c.path} for c in entry.changes],
        "previous": entry.previous,
        "reason": entry.reason,
        "seq": entry.seq,
        "subject": entry.subject,
        "text": {"en": entry.text.en, "vi": entry.text.vi},
    }


def entry_of(data: Json) -> Sealed:
    """The entry of a ``form``. Raises ``ValueError``; what it says is left to ``verify``."""
    return Sealed(
        _text(data, "actor"),
        _text(data, "action"),
        _text(data, "subject"),
        Text(_text(_member(data, "text"), "vi"), _text(_member(data, "text"), "en")),
        tuple(
            Change(_text(change, "path"), _member(change, "old"), _member(change, "new"))
            for change in _list(data, "changes")
        ),
        _text(data, "reason"),
        seq=_integer(data, "seq"),
        at=_moment(data, "at"),
        previous=_text(data, "previous"),
        hash=_text(data, "hash"),
    )


def head_of(data: Json) -> Head:
    """The head of a ``form``. Raises ``ValueError``; whether it is genuine is the key's to say."""
    return Head(
        _integer(data, "seq"), _text(data, "hash"), _moment(data, "at"), _text(data, "signature")
    )


def _member(data: Json, name: str) -> Json:
    if not isinstance(data, Mapping) or name not in data:
        raise ValueError(f"no {name}")
    return data[name]


def _text(data: Json, name: str) -> str:
    value = _member(data, name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def _integer(data: Json, name: str) -> int:
    value = _member(data, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is no integer")
    return value


def _list(data: Json, name: str) -> Sequence[Json]:
    value = _member(data, name)
    if not isinstance(value, list):
        raise ValueError(f"{name} is no list")
    return value


def _moment(data: Json, name: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp(datetime.fromisoformat(_text(data, name))))
    except OverflowError as error:
        raise ValueError(f"{name} is outside of all years") from error


class FaultKind(StrEnum):
    """What can be wrong with a log, or with its copy in a file."""

    ALTERED = "altered"
    GAP = "gap"
    REORDERED = "reordered"
    REPLACED = "replaced"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    UNSIGNED = "unsigned"
    SIGNATURE = "head-signature"
    KEY = "foreign-key"
    DAMAGED = "damaged"
    NO_HEAD = "no-head"


_TEXTS = {
    FaultKind.ALTERED: Text(
        "Mục {seq} đã bị sửa: nội dung không khớp mã băm của nó.",
        "Entry {seq} was altered: its content does not fit its hash.",
    ),
    FaultKind.GAP: Text(
        "Thiếu các mục từ {seq} đến {until}.", "Entries {seq} to {until} are missing."
    ),
    FaultKind.REORDERED: Text(
        "Mục {seq} đứng sai chỗ hoặc xuất hiện hai lần.",
        "Entry {seq} is out of its place, or there twice.",
    ),
    FaultKind.REPLACED: Text(
        "Mục {seq} không nối tiếp mục đứng trước: một trong hai mục đã bị thay.",
        "Entry {seq} does not follow from the one before it: one of the two was replaced.",
    ),
    FaultKind.TRUNCATED: Text(
        "Phần cuối đã bị cắt: bản chốt đã ký xác nhận có mục {seq}, nhật ký dừng ở mục {until}.",
        "The end was cut off: a signed head vouches for entry {seq}, the log ends with {until}.",
    ),
    FaultKind.REWRITTEN: Text(
        "Nhật ký đã bị viết lại: mục {seq} không phải mục mà bản chốt đã ký xác nhận.",
        "The log was written anew: entry {seq} is not the one that a signed head vouches for.",
    ),
    FaultKind.UNSIGNED: Text(
        "Từ mục {seq} đến mục {until} không có bản chốt nào xác nhận.",
        "No head vouches for entries {seq} to {until}.",
    ),
    FaultKind.SIGNATURE: Text(
        "Chữ ký của bản chốt ở mục {seq} không đúng.",
        "The signature of the head at entry {seq} is wrong.",
    ),
    FaultKind.KEY: Text(
        "Tệp do khóa khác ký, không phải khóa dùng để đối chiếu.",
        "The file was signed with another key than the one it is checked against.",
    ),
    FaultKind.DAMAGED: Text(
        "Dòng {line} của tệp bị hỏng hoặc đã bị sửa.", "Line {line} of the file is damaged."
    ),
    FaultKind.NO_HEAD: Text(
        "Tệp không kết thúc bằng bản chốt đã ký: phần cuối của tệp đã mất.",
        "The file does not end with a signed head: its end is lost.",
    ),
}


@dataclass(frozen=True)
class JournalFault:
    """``seq``: the entry concerned, 0 where no single one is."""

    seq: int
    kind: FaultKind
    text: Text


def fault(kind: FaultKind, seq: int = 0, *, until: int = 0, line: int = 0) -> JournalFault:
    """A fault with its text."""
    vi, en = (
        text.format(seq=seq, until=until, line=line) for text in (_TEXTS[kind].vi, _TEXTS[kind].en)
    )
    return JournalFault(seq, kind, Text(vi, en))


@dataclass(frozen=True)
class Verdict:
    """``count`` entries were looked at, ``last`` has the highest number among them."""

    count: int
    faults: tuple[JournalFault, ...]
    last: Sealed | None = None

    @property
    def ok(self) -> bool:
        return not self.faults


class Verification:
    """Entries in, faults out, one after the other: the log need not fit into memory.

    ``heads`` are genuine (their signatures were checked) and may be of any time since ``start``,
    the entry before the first one that is added.
    """

    def __init__(self, start: Sealed | None = None, heads: Iterable[Head] = ()) -> None:
        self._heads = tuple(heads)
        self._wanted = {head.seq for head in self._heads}
        self._hashes = {0: GENESIS, _number(start): _hash(start)}
        self._last = start
        self._count = 0
        self._faults: list[JournalFault] = []

    def add(self, entry: Sealed) -> None:
        self._count += 1
        if not intact(entry):
            self.found(fault(FaultKind.ALTERED, entry.seq))
        expected = _number(self._last) + 1
        if entry.seq < expected:
            self.found(fault(FaultKind.REORDERED, entry.seq))
            return
        if entry.seq > expected:
            self.found(fault(FaultKind.GAP, expected, until=entry.seq - 1))
        elif entry.previous != _hash(self._last):
            self.found(fault(FaultKind.REPLACED, entry.seq))
        if entry.seq in self._wanted:
            self._hashes[entry.seq] = entry.hash
        self._last = entry

    def found(self, one: JournalFault) -> None:
        """Something that another look has found."""
        self._faults.append(one)

    def verdict(self, closing: Head | None = None) -> Verdict:
        """After the last entry; nothing may come after a ``closing`` head's."""
        last = _number(self._last)
        hashes = self._hashes | {last: _hash(self._last)}
        for head in self._heads if closing is None else (*self._heads, closing):
            if head.seq > last:
                self.found(fault(FaultKind.TRUNCATED, head.seq, until=last))
            elif hashes.get(head.seq, head.hash) != head.hash:
                self.found(fault(FaultKind.REWRITTEN, head.seq))
        if closing is not None and closing.seq < last:
            self.found(fault(FaultKind.UNSIGNED, closing.seq + 1, until=last))
        return Verdict(self._count, tuple(self._faults), self._last)


def verify(
    entries: Iterable[Sealed], start: Sealed | None = None, head: Head | None = None
) -> Verdict:
    """Whether the entries are the log, whole and in order, from after ``start`` to at least
    ``head``, whose signature the caller has checked."""
    verification = Verification(start, () if head is None else (head,))
    for entry in entries:
        verification.add(entry)
    return verification.verdict()


def _number(entry: Sealed | None) -> int:
    return 0 if entry is None else entry.seq


def _hash(entry: Sealed | None) -> str:
    return GENESIS if entry is None else entry.hash


def intact(entry: Sealed) -> bool:
    """Whether its content fits its hash."""
    try:
        return entry.hash == digest(entry)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return False  # no ``seal`` made it
