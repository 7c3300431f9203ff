"""What every log book's store, and every key that seals it, promises."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from diemcau.domain.differences import Change
from diemcau.domain.journal import LAST_SEQ, Head, Note, Sealed, verify
from diemcau.domain.plain import Json
from diemcau.domain.refusal import Text
from diemcau.identity import PublicSeal, load_seal
from diemcau.ports.journal import JournalStore, Sealer
from diemcau.ports.store import Store
from diemcau.testing import FakeSealer
from tests.logs import NOW, note

Append = Callable[[Sequence[Note], datetime], Awaitable[Sequence[Sealed]]]


@pytest.fixture
def kept(store: Store) -> tuple[JournalStore, Append]:
    """A store (the fake keeps a ``MemoryJournal``), and how it commits notes."""

    async def append(notes: Sequence[Note], now: datetime) -> Sequence[Sealed]:
        return await store.commit([], [], notes, now)

    return store, append


Kept = tuple[JournalStore, Append]


async def test_an_empty_log_has_no_last_entry(kept: Kept) -> None:
    store, _ = kept
    assert await store.last() is None
    assert list(await store.entries(0, 10)) == []


async def test_what_was_sealed_is_read_back_as_it_was(kept: Kept) -> None:
    store, append = kept
    sealed = [*await append([note(1), note(2)], NOW), *await append([note(3)], NOW)]
    assert list(await store.entries(0, 10)) == sealed
    assert await store.last() == sealed[-1]
    assert verify(await store.entries(0, 10)).ok


async def test_times_are_of_utc_and_exact_to_the_microsecond(kept: Kept) -> None:
    store, append = kept
    moment = datetime(2026, 11, 24, 8, 2, 3, 999_999, timezone(timedelta(hours=7)))
    await append([note()], moment)
    (entry,) = await store.entries(0, 1)
    assert entry.at == moment
    assert (entry.at.utcoffset(), entry.at.microsecond) == (timedelta(0), 999_999)


ODD = ("", "\x00", "\ud800", "e\u0302\u0323", "\u202eđảo", "👩‍👧", '"\\\n\u2028', "x" * 100_000)
VALUES: tuple[Json, ...] = (
    None,
    True,
    2**53,
    -(2**53) + 1,
    0.1,
    float("inf"),
    [1, [None]],
    {"b": 1, "a": {}},
)


async def test_odd_values_are_read_back_as_they_were_sealed(kept: Kept) -> None:
    store, append = kept
    written = [
        Note(odd, odd, odd, Text(odd, odd), (Change(odd, value, odd),), odd)
        for odd, value in zip(ODD, VALUES, strict=True)
    ]
    sealed = await append(written, NOW)
    assert list(await store.entries(0, 10)) == list(sealed)
    assert verify(await store.entries(0, 10)).ok


async def test_entries_are_read_in_pages(kept: Kept) -> None:
    store, append = kept
    await append([note(number) for number in range(1, 8)], NOW)
    assert [entry.seq for entry in await store.entries(0, 3)] == [1, 2, 3]
    assert [entry.seq for entry in await store.entries(3, 3)] == [4, 5, 6]
    assert [entry.seq for entry in await store.entries(6, 3)] == [7]
    assert list(await store.entries(7, 3)) == []


async def test_entries_are_read_in_pages_from_the_end(store: Store) -> None:
    notes = [replace(note(number), actor=f"a{number % 2}") for number in range(1, 8)]
    await store.commit([], [], notes, NOW)

    async def last(before: int, actor: str = "", after: int = 0) -> list[int]:
        return [e.seq for e in await store.entries(after, 3, actor=actor, before=before)]

    assert await last(LAST_SEQ) == [5, 6, 7]
    assert await last(5) == [2, 3, 4]
    assert await last(2) == [1]
    assert await last(1) == await last(0) == []
    assert await last(7, "a0") == [2, 4, 6]
    assert await last(5, after=2) == [3, 4]
    assert list(await store.entries(LAST_SEQ)) == []


async def test_entries_are_chosen_by_subject_and_actor(kept: Kept) -> None:
    store, append = kept
    other = replace(note(1), actor="system")
    await append([note(1), note(2), other, note(1)], NOW)

    async def chosen(subject: str = "", actor: str = "", after: int = 0) -> list[int]:
        return [e.seq for e in await store.entries(after, 10, subject=subject, actor=actor)]

    assert await chosen("dossier/d1") == [1, 3, 4]
    assert await chosen("dossier/d1", "system") == [3]
    assert await chosen(actor="an-nguyen", after=1) == [2, 4]
    assert await chosen("dossier") == [1, 2, 3, 4]
    assert await chosen("dossier/d") == await chosen("Dossier/d1") == []


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("dossier/d1", ["dossier/d1", "dossier/d1/script", "dossier/d1/x/y"]),
        ("dossier/d1/x", ["dossier/d1/x/y"]),
        ("dossier/d12", ["dossier/d12"]),
        ("dossier/d_", []),
        ("dossier/%", []),
        ("đ", ["đ/1"]),
        ("z", ["z", "z/ệ"]),
    ],
)
async def test_a_subject_means_itself_and_what_lies_under_it(
    subject: str, found: list[str], kept: Kept
) -> None:
    store, append = kept
    subjects = ["dossier/d1", "dossier/d12", "dossier/d1/script", "dossier/D1/x", "dossier/d1/x/y"]
    subjects += ["dossier/d1-a", "dossier/d1.b", "dossier/d10", "đ/1", "z", "z0", "z/ệ", "Z/1"]
    await append([replace(note(), subject=name) for name in subjects], NOW)
    entries = await store.entries(0, 100, subject=subject)
    assert sorted(entry.subject for entry in entries) == sorted(found)


@pytest.fixture(params=["fake", "ed25519"])
def sealers(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Sealer, Sealer]:
    """Two keys."""
    if request.param == "fake":
        return FakeSealer("one"), FakeSealer("other")
    return load_seal(tmp_path / "one"), load_seal(tmp_path / "other")


Sealers = tuple[Sealer, Sealer]


def test_a_head_is_accepted_by_its_key_alone(sealers: Sealers) -> None:
    one, other = sealers
    head = one.sign(7, "ab" * 32, NOW)
    assert (head.seq, head.hash, head.at) == (7, "ab" * 32, NOW)
    assert one.check(head)
    assert not other.check(head)
    assert one.public_key != other.public_key


OTHER = {"seq": 8, "hash": "ab" * 31 + "ac", "at": NOW + timedelta(microseconds=1)}


@pytest.mark.parametrize("name", [field.name for field in fields(Head)])
def test_an_altered_head_is_refused(name: str, sealers: Sealers) -> None:
    head = sealers[0].sign(7, "ab" * 32, NOW)
    other = OTHER.get(name, "00" + head.signature[2:])
    assert not sealers[0].check(replace(head, **{name: other}))  # type: ignore[arg-type]


@pytest.mark.parametrize("signature", ["", "xyz", "00", "ữ", "00" * 64])
def test_what_is_no_signature_is_refused(signature: str, sealers: Sealers) -> None:
    head = sealers[0].sign(7, "ab" * 32, NOW)
    assert not sealers[0].check(replace(head, signature=signature))


def test_a_signature_has_one_written_form(sealers: Sealers) -> None:
    head = sealers[0].sign(7, "ab" * 32, NOW)
    for written in (head.signature.upper(), f" {head.signature}", f"{head.signature}\n"):
        assert not sealers[0].check(replace(head, signature=written))


def test_the_public_key_alone_checks_a_head(tmp_path: Path) -> None:
    seal = load_seal(tmp_path)
    file = tmp_path / "public.pem"
    file.write_text(seal.public_key)
    public = PublicSeal.read(file)
    assert public.public_key == seal.public_key
    assert public.check(seal.sign(7, "ab" * 32, NOW))
