"""The log book: whole it verifies, and whatever is done to it is found."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.differences import MASK, Change
from diemcau.domain.journal import (
    GENESIS,
    FaultKind,
    Head,
    Sealed,
    Verdict,
    Verification,
    digest,
    entry_of,
    fault,
    head_of,
    seal,
    verify,
)
from diemcau.domain.plain import Json
from diemcau.domain.refusal import Text
from tests.logs import NOW, chain, log, logs, note


def head_at(entries: list[Sealed], at: datetime = NOW) -> Head:
    return Head(entries[-1].seq, entries[-1].hash, at, "checked by the caller")


def kinds(verdict: Verdict) -> list[tuple[int, FaultKind]]:
    return [(one.seq, one.kind) for one in verdict.faults]


def rechained(entries: list[Sealed]) -> list[Sealed]:
    """The same notes, numbered and hashed anew, as somebody with the database would do it."""
    made: list[Sealed] = []
    for entry in entries:
        made.append(seal(entry, entry.at, made[-1] if made else None))
    return made


@given(logs)
def test_a_log_that_nobody_touched_is_whole(entries: list[Sealed]) -> None:
    verdict = verify(entries, head=head_at(entries))
    assert verdict.ok
    assert (verdict.count, verdict.last) == (len(entries), entries[-1])


def test_an_empty_log_is_whole_as_long_as_nobody_vouched_for_more() -> None:
    assert verify([], head=Head(0, GENESIS, NOW, "")).ok
    assert kinds(verify([], head=head_at(log(2)))) == [(2, FaultKind.TRUNCATED)]


def test_entries_are_numbered_from_one_and_hold_the_hash_of_the_one_before() -> None:
    first, second = log(2)
    assert (first.seq, first.previous) == (1, GENESIS)
    assert (second.seq, second.previous) == (2, first.hash)
    assert first.hash == digest(first)


def test_the_hash_is_that_of_the_written_form_for_ever() -> None:
    written = (
        '{"action":"dossier.moved","actor":"an-nguyen","at":"2026-11-24T01:02:03.000456+00:00",'
        '"changes":[{"new":"checked","old":"planned","path":"state"},'
        '{"new":1,"old":null,"path":"sites[s-1].seats"}],'
        f'"previous":"{"0" * 64}","reason":"theo công văn","seq":1,"subject":"dossier/d1",'
        '"text":{"en":"Moved dossier 1","vi":"Chuyển hồ sơ 1"}}'
    )
    assert log(1)[0].hash == sha256(written.encode()).hexdigest()


OTHER: dict[str, Callable[[Sealed], object]] = {
    "seq": lambda entry: entry.seq + 1,
    "at": lambda entry: entry.at + timedelta(microseconds=1),
    "text": lambda entry: replace(entry.text, en=f"{entry.text.en}."),
    "changes": lambda entry: (*entry.changes, Change("p", 1, 2)),
}


@given(logs, st.data())
def test_every_altered_field_is_found(entries: list[Sealed], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(Sealed)]))
    entry = entries[index]
    other = OTHER[name](entry) if name in OTHER else f"{getattr(entry, name)}."
    entries[index] = replace(entry, **{name: other})  # type: ignore[arg-type]
    assert (entries[index].seq, FaultKind.ALTERED) in kinds(verify(entries))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (1, True),
        (0, False),
        (1, "1"),
        (1, 1.0),
        (None, ""),
        ([], {}),
        ("\u1ec7", "e\u0323\u0302"),
        ([1], [[1]]),
    ],
)
def test_a_value_that_only_looks_the_same_is_found(was: object, becomes: object) -> None:
    entry = seal(replace(note(), changes=(Change("p", None, was),)), NOW)  # type: ignore[arg-type]
    altered = replace(entry, changes=(Change("p", None, becomes),))  # type: ignore[arg-type]
    assert kinds(verify([altered])) == [(1, FaultKind.ALTERED)]


@pytest.mark.parametrize(
    "odd",
    ["\ud800", float("nan"), object(), 10**5000],
    ids=["surrogate", "nan", "object", "huge"],
)
def test_what_could_never_be_sealed_is_altered_and_no_crash(odd: object) -> None:
    broken = replace(log(1)[0], changes=(Change("p", odd, None),))  # type: ignore[arg-type]
    assert kinds(verify([broken])) == [(1, FaultKind.ALTERED)]
    assert kinds(verify([replace(log(1)[0], at=NOW.replace(tzinfo=None))])) == [
        (1, FaultKind.ALTERED)
    ]


@given(st.integers(2, 6), st.data())
def test_an_entry_that_hides_its_alteration_does_not_fit_the_next(
    length: int, data: st.DataObject
) -> None:
    entries = log(length)
    index = data.draw(st.integers(0, length - 2))
    changed = replace(entries[index], reason="khác")
    entries[index] = replace(changed, hash=digest(changed))
    assert kinds(verify(entries)) == [(index + 2, FaultKind.REPLACED)]


@given(st.integers(2, 6), st.data())
def test_removed_entries_are_found(length: int, data: st.DataObject) -> None:
    entries = log(length)
    first = data.draw(st.integers(0, length - 2))
    after = data.draw(st.integers(first + 1, length - 1))
    del entries[first:after]
    verdict = verify(entries)
    assert kinds(verdict) == [(first + 1, FaultKind.GAP)]
    assert f"{first + 1} to {after}" in verdict.faults[0].text.en


@given(st.integers(2, 6), st.data())
def test_swapped_entries_are_found(length: int, data: st.DataObject) -> None:
    entries = log(length)
    one = data.draw(st.integers(0, length - 2))
    other = data.draw(st.integers(one + 1, length - 1))
    entries[one], entries[other] = entries[other], entries[one]
    found = kinds(verify(entries))
    assert (one + 1, FaultKind.GAP) in found
    assert (one + 1, FaultKind.REORDERED) in found


@given(st.integers(1, 5), st.data())
def test_an_inserted_entry_is_found(length: int, data: st.DataObject) -> None:
    entries = log(length)
    index = data.draw(st.integers(0, length - 1))
    previous = entries[index - 1] if index else None
    entries.insert(index, seal(note(99), NOW, previous))
    assert {kind for _, kind in kinds(verify(entries))} & {
        FaultKind.REORDERED,
        FaultKind.REPLACED,
    }


@given(st.integers(1, 5), st.data())
def test_an_entry_that_is_there_twice_is_found(length: int, data: st.DataObject) -> None:
    entries = log(length)
    index = data.draw(st.integers(0, length - 1))
    entries.insert(data.draw(st.integers(index, length)), entries[index])
    assert kinds(verify(entries)) == [(index + 1, FaultKind.REORDERED)]


@given(st.integers(1, 6), st.data())
def test_a_log_whose_end_was_cut_off_is_found_by_who_has_a_head(
    length: int, data: st.DataObject
) -> None:
    entries = log(length)
    kept = entries[: data.draw(st.integers(0, length - 1))]
    assert verify(kept).ok, "without a head nobody can know"
    assert kinds(verify(kept, head=head_at(entries))) == [(length, FaultKind.TRUNCATED)]


@given(st.integers(1, 6), st.data())
def test_a_log_that_was_chained_anew_is_found_by_who_has_a_head(
    length: int, data: st.DataObject
) -> None:
    entries = log(length)
    forged = list(entries)
    index = data.draw(st.integers(0, length - 1))
    forged[index] = replace(forged[index], reason="khác")
    forged = rechained(forged)
    assert verify(forged).ok, "without a head nobody can know"
    assert kinds(verify(forged, head=head_at(entries))) == [(length, FaultKind.REWRITTEN)]
    if index:
        assert verify(forged, head=head_at(entries[:index])).ok, "it vouches for less"


def test_a_log_that_grew_since_the_head_is_whole() -> None:
    entries = log(5)
    assert verify(entries, head=head_at(entries[:3])).ok
    assert verify(entries, head=Head(0, GENESIS, NOW, "")).ok


def test_nothing_may_come_after_a_head_that_closes() -> None:
    entries = log(5)
    verification = Verification()
    for entry in entries:
        verification.add(entry)
    verdict = verification.verdict(head_at(entries[:3]))
    assert (4, FaultKind.UNSIGNED) in kinds(verdict)


def test_a_part_of_the_log_is_verified_from_the_entry_before_it() -> None:
    entries = log(6)
    assert verify(entries[3:], entries[2], head_at(entries)).ok
    assert kinds(verify(entries[4:], entries[2])) == [(4, FaultKind.GAP)]
    other = seal(note(9), NOW, entries[1])
    assert kinds(verify(entries[3:], other)) == [(4, FaultKind.REPLACED)]
    assert kinds(verify(entries[3:], other, head_at(entries[:3])))[1] == (3, FaultKind.REWRITTEN)


def test_all_that_is_wrong_is_said_not_only_the_first() -> None:
    entries = log(9)
    entries[1] = replace(entries[1], actor="ai-do")
    del entries[4]
    found = kinds(verify(entries, head=Head(12, "f" * 64, NOW, "")))
    assert found == [(2, FaultKind.ALTERED), (5, FaultKind.GAP), (12, FaultKind.TRUNCATED)]


@given(logs)
def test_an_entry_survives_its_form(entries: list[Sealed]) -> None:
    assert [entry_of(entry.form()) for entry in entries] == entries


def test_a_head_survives_its_form() -> None:
    head = head_at(log(1))
    assert head_of(head.form()) == head


@pytest.mark.parametrize("name", log(1)[0].form())
@pytest.mark.parametrize("odd", [None, 1.5, True, {}, ["x"], "9999", "0001-01-01T00:00:00+14:00"])
def test_a_form_with_a_member_of_another_kind_is_refused_or_differs(name: str, odd: object) -> None:
    form = {**log(1)[0].form(), name: odd}
    try:
        entry = entry_of(form)  # type: ignore[arg-type]
    except ValueError:
        return
    assert not verify([entry]).ok


@pytest.mark.parametrize("name", log(1)[0].form())
def test_a_form_without_a_member_is_refused(name: str) -> None:
    form = log(1)[0].form()
    del form[name]
    with pytest.raises(ValueError, match=name):
        entry_of(form)


def test_secrets_are_masked_and_odd_values_made_plain_when_an_entry_is_sealed() -> None:
    new: Json = {"password_hash": "$argon2id$…", "mbps": 1.5, "n": 2**60}
    made = Change("people[p1]", None, new)
    direct = Change("people[p1].totp_secret", "", "JBSWY3DP")
    entry = seal(replace(note(), changes=(made, direct), reason="a\x00\ud800b"), NOW)
    assert entry.changes[0].new == {"password_hash": MASK, "mbps": "1.5", "n": str(2**60)}
    assert entry.changes[1] == Change("people[p1].totp_secret", "", MASK)
    assert entry.reason == "a\ufffd\ufffdb"


def test_the_zone_of_a_time_makes_no_difference_and_no_zone_is_refused() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=7)))
    assert seal(note(), there) == seal(note(), NOW)
    assert seal(note(), there).at.tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        seal(note(), NOW.replace(tzinfo=None))


def test_texts_are_kept_as_they_were_typed() -> None:
    composed, decomposed = (
        replace(note(), text=Text(vi, "")) for vi in ("\u1ec7", "e\u0323\u0302")
    )
    assert chain([composed])[0].hash != chain([decomposed])[0].hash


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_says_what_it_is_in_both_languages(kind: FaultKind) -> None:
    text = fault(kind, 7, until=9, line=3).text
    assert text.vi
    assert text.en
    assert "{" not in text.vi + text.en
