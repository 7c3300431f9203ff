"""The log book's custody: exports, heads against the store, and lines for people."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.differences import Change
from diemcau.domain.journal import GENESIS, FaultKind, Sealed, Verdict, digest, seal
from diemcau.domain.refusal import Text
from diemcau.identity import Seal, load_seal
from diemcau.services.journal import (
    PAGE,
    Closing,
    Journal,
    export,
    log_line,
    read_export,
    verify_export,
    verify_store,
)
from diemcau.testing import FakeClock, FakeSealer, MemoryJournal
from tests.logs import NOW, log, logs, note

SEALER = FakeSealer()


def exported(entries: list[Sealed], sealer: FakeSealer | Seal = SEALER) -> list[bytes]:
    last = entries[-1]
    return list(export(entries, sealer.sign(last.seq, last.hash, NOW), sealer.public_key))


def kinds(verdict: Verdict) -> list[FaultKind]:
    return [one.kind for one in verdict.faults]


@given(logs)
def test_an_export_gives_back_what_was_exported(entries: list[Sealed]) -> None:
    lines = exported(entries)
    *read, closing = read_export(lines)
    assert read == entries
    assert isinstance(closing, Closing)
    assert SEALER.check(closing.head)
    verdict = verify_export(lines, SEALER)
    assert verdict.ok
    assert verdict.count == len(entries)


@given(logs, st.data())
def test_an_export_of_which_a_bit_was_changed_is_found(
    entries: list[Sealed], data: st.DataObject
) -> None:
    content = bytearray(b"".join(exported(entries)))
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    verdict = verify_export(BytesIO(content), SEALER)
    assert not verdict.ok


def test_every_bit_of_a_signed_export_counts(tmp_path: Path) -> None:
    sealer = load_seal(tmp_path)
    content = b"".join(exported(log(1), sealer))
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify_export(BytesIO(changed), sealer).ok, bit


@given(st.integers(2, 8), st.data())
def test_an_export_without_a_line_or_with_lines_swapped_is_found(
    length: int, data: st.DataObject
) -> None:
    lines = exported(log(length))
    one, other = data.draw(
        st.lists(st.integers(0, length), min_size=2, max_size=2, unique=True), label="lines"
    )
    swapped = list(lines)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert not verify_export(swapped, SEALER).ok
    assert not verify_export(lines[:one] + lines[one + 1 :], SEALER).ok
    assert not verify_export([*lines[:one], lines[other], *lines[one:]], SEALER).ok


def test_an_export_that_was_cut_anywhere_is_found() -> None:
    content = b"".join(exported(log(2)))
    for length in range(len(content) - 1):
        verdict = verify_export(BytesIO(content[:length]), SEALER)
        assert FaultKind.NO_HEAD in kinds(verdict), length
    assert verify_export(BytesIO(content[:-1]), SEALER).ok, "an end of line less"


def test_entries_added_behind_the_head_in_an_export_are_found() -> None:
    entries = log(3)
    *_, closing = exported(entries[:2])
    forged = [*exported(entries)[:-1], closing]
    assert kinds(verify_export(forged, SEALER)) == [FaultKind.UNSIGNED]
    behind = [*exported(entries[:2]), exported(entries)[2]]
    assert kinds(verify_export(behind, SEALER)) == [FaultKind.DAMAGED]


def test_an_export_chained_anew_under_an_old_head_is_found() -> None:
    entries = log(2)
    forged = replace(entries[1], reason="khác")
    forged = replace(forged, hash=digest(forged))
    *_, closing = exported(entries)
    lines = [*exported([entries[0], forged])[:-1], closing]
    assert kinds(verify_export(lines, SEALER)) == [FaultKind.REWRITTEN]


def test_an_export_signed_by_somebody_else_is_found() -> None:
    other = FakeSealer("somebody")
    assert kinds(verify_export(exported(log(2), other), SEALER)) == [FaultKind.KEY]
    last = log(2)[-1]
    claims = export(log(2), other.sign(last.seq, last.hash, NOW), SEALER.public_key)
    assert kinds(verify_export(claims, SEALER)) == [FaultKind.SIGNATURE]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b'"head"',
        b'["head"]',
        b'{"head":{}}',
        b'{"head":null,"public_key":1}',
        b'{"seq":NaN}',
        b"9" * 5000,
        b'{"a":"\\ud800"}',
        exported(log(1))[0].replace(b'"seq":1', b'"seq":1,"seq":1'),
        exported(log(1))[0].replace(b":", b": ", 1),
        exported(log(1))[0].replace(b"\n", b"\r\n"),
        exported(log(1))[0].replace(b"{", b'{"more":0,', 1),
        exported(log(1))[0].replace(b'"seq":1', b'"seq":"1"'),
        exported(log(1))[0].replace(b"state", b"\\u0073tate"),
    ],
    ids=range(17),
)
def test_a_damaged_line_is_named_by_its_number_and_the_rest_still_read(line: bytes) -> None:
    lines = exported(log(3))
    lines[1] = line
    verdict = verify_export(lines, SEALER)
    assert kinds(verdict) == [FaultKind.DAMAGED, FaultKind.GAP]
    assert "Dòng 2" in verdict.faults[0].text.vi
    assert verdict.count == 2


def test_an_empty_file_is_no_export() -> None:
    assert kinds(verify_export([], SEALER)) == [FaultKind.NO_HEAD]


async def custody(length: int) -> tuple[MemoryJournal, Journal, FakeClock]:
    store, clock = MemoryJournal(), FakeClock()
    store.append([note(number) for number in range(1, length + 1)], clock.now())
    return store, Journal(store, SEALER, clock), clock


async def test_the_whole_log_is_verified_page_by_page() -> None:
    store, journal, clock = await custody(PAGE * 2 + 1)
    head = await journal.head()
    assert (head.seq, head.at) == (PAGE * 2 + 1, clock.now())
    verdict = await journal.verify([head])
    assert (verdict.ok, verdict.count) == (True, PAGE * 2 + 1)
    del store.sealed[PAGE - 1 : PAGE + 1]
    store.sealed.pop()
    assert kinds(await journal.verify([head])) == [FaultKind.GAP, FaultKind.TRUNCATED]


async def test_heads_of_several_times_are_all_heeded() -> None:
    store, journal, clock = await custody(2)
    early = await journal.head()
    store.append([note(3)], clock.now())
    late = await journal.head()
    assert (await journal.verify([early, late])).ok
    store.sealed.clear()
    store.append([note(9), note(2), note(3)], clock.now())
    verdict = await journal.verify([early, late])
    assert [(one.seq, one.kind) for one in verdict.faults] == [
        (2, FaultKind.REWRITTEN),
        (3, FaultKind.REWRITTEN),
    ]


async def test_a_head_that_the_key_did_not_sign_is_a_fault_and_proves_nothing() -> None:
    store, _, _ = await custody(2)
    forged = FakeSealer("somebody").sign(5, "f" * 64, NOW)
    assert kinds(await verify_store(store, SEALER, [forged])) == [FaultKind.SIGNATURE]


async def test_an_export_ends_where_the_log_ended_when_it_began() -> None:
    store, journal, clock = await custody(PAGE + 1)
    lines: list[bytes] = []
    async for line in journal.export():
        if not lines:
            store.append([note(0)], clock.now())
        lines.append(line)
    verdict = verify_export(lines, SEALER)
    assert (verdict.ok, verdict.count) == (True, PAGE + 1)


async def test_an_empty_log_is_exported_and_verified() -> None:
    _, journal, _ = await custody(0)
    lines = [line async for line in journal.export()]
    assert verify_export(lines, SEALER).ok
    assert (await journal.head()).hash == GENESIS


async def test_a_kept_head_is_borne_out_or_not_at_one_look() -> None:
    store, journal, clock = await custody(3)
    head = await journal.head()
    store.append([note(4)], clock.now())
    assert await journal.holds(head)
    assert await journal.holds(SEALER.sign(0, GENESIS, NOW))
    assert not await journal.holds(replace(head, seq=2))
    assert not await journal.holds(SEALER.sign(2, head.hash, NOW))
    assert not await journal.holds(SEALER.sign(9, head.hash, NOW))
    store.sealed[2] = replace(store.sealed[2], reason="khác")
    assert not await journal.holds(head)


def test_an_entry_is_one_line_that_a_person_can_read() -> None:
    entry = seal(note(4), datetime(2026, 11, 24, 17, 30, 5, tzinfo=UTC))
    assert log_line(entry, "vi") == (
        "1 · 00:30:05 ngày 25/11/2026 · an-nguyen · Chuyển hồ sơ 4 · state: planned → checked"
        " · sites[s-1].seats: — → 4 · lý do: theo công văn"
    )
    assert log_line(replace(entry, reason="", changes=()), "en") == (
        "1 · 2026-11-25 00:30:05 · an-nguyen · Moved dossier 4"
    )


def test_nothing_written_in_an_entry_can_pass_for_another_line() -> None:
    tricky = "a\n2 · b\r\u2028c\x1b[2J\u202e"
    entry = seal(replace(note(), actor=tricky, text=Text(tricky, ""), reason=tricky), NOW)
    line = log_line(entry, "vi")
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_long_value_is_cut_in_a_line_for_people() -> None:
    entry = seal(replace(note(), changes=(Change("banner", "", "x" * 10_000),)), NOW)
    assert len(log_line(entry, "vi")) < 500
    assert "x…" in log_line(entry, "vi")
