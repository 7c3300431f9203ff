"""Log books to tamper with: made by hand, and by hypothesis."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from diemcau.domain.differences import Change
from diemcau.domain.journal import Note, Sealed, seal
from diemcau.domain.plain import Json
from diemcau.domain.refusal import Text

NOW = datetime(2026, 11, 24, 1, 2, 3, 456, UTC)


def note(number: int = 1) -> Note:
    return Note(
        "an-nguyen",
        "dossier.moved",
        f"dossier/d{number}",
        Text(f"Chuyển hồ sơ {number}", f"Moved dossier {number}"),
        (Change("state", "planned", "checked"), Change("sites[s-1].seats", None, number)),
        "theo công văn",
    )


def chain(notes: Iterable[Note], at: datetime = NOW) -> list[Sealed]:
    """The notes sealed one after the other, a second apart."""
    entries: list[Sealed] = []
    for number, one in enumerate(notes):
        previous = entries[-1] if entries else None
        entries.append(seal(one, at + timedelta(seconds=number), previous))
    return entries


def log(length: int) -> list[Sealed]:
    return chain(note(number) for number in range(1, length + 1))


odd_texts = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["", "\x00", "\ud800", "e\u0302\u0323", "ệ", "\u202eđảo", "👩‍👧", '"\\\n\u2028', "x" * 100_000]
)
scalars = st.none() | st.booleans() | st.integers() | st.integers(2**53 - 2) | odd_texts
values: st.SearchStrategy[Json] = st.recursive(
    scalars | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=6,
)
changes = st.builds(Change, odd_texts, values, values)
notes = st.builds(
    Note,
    odd_texts,
    odd_texts,
    odd_texts,
    st.builds(Text, odd_texts, odd_texts),
    st.lists(changes, max_size=2).map(tuple),
    odd_texts,
)
logs = st.lists(notes, min_size=1, max_size=5).map(chain)
