"""Procedures are read from the package, from a path, and from a text."""

import re
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from diemcau.domain.procedure import Deadline, Event, Evidence
from diemcau.domain.refusal import Text, Unknown
from diemcau.procedures import ProcedureFaulty, load, parse, shipped
from tests.unit.procedures.samples import SOUND

GUIDE = Path(__file__).parents[3] / "docs/procedures.md"


def test_a_file_says_all_that_a_procedure_is() -> None:
    procedure = parse(SOUND, "small.toml")
    notice, check, ready = procedure.steps
    assert (procedure.id, procedure.kind, procedure.source) == ("small", "planned", "Quy chế")
    assert (procedure.valid_from, procedure.valid_to) == (date(2026, 1, 1), date(2027, 1, 1))
    assert notice.text == Text('[[step]]\nid = "not a step, but text"', "Sent.")
    assert notice.evidence is Evidence.NOTICES
    assert notice.deadline == Deadline(Event.REQUEST, timedelta(minutes=15))
    assert (notice.warn, notice.escalate) == (timedelta(minutes=5), timedelta(minutes=5))
    assert notice.escalations == 2
    assert (check.checks, check.tiers) == (("picture", "sound"), ("commune",))
    assert check.deadline == Deadline(Event.START, -timedelta(hours=2))
    assert (ready.title, ready.after) == (Text("Sẵn sàng", "Ready"), ("check",))
    assert ready.deadline == Deadline(Event.START, -timedelta(hours=1, minutes=30))
    assert [gate.steps for gate in procedure.gates] == [("check",)]
    assert [item.id for item in procedure.checks] == ["picture", "sound"]


@pytest.mark.parametrize(
    ("written", "event", "offset"),
    [
        ("rehearsal", Event.REHEARSAL, timedelta(0)),
        ("call+30s", Event.CALL, timedelta(seconds=30)),
        ("start − 2 h", Event.START, -timedelta(hours=2)),
        ("end + 1 d 12 h", Event.END, timedelta(hours=36)),
    ],
)
def test_a_deadline_is_read_with_or_without_spaces(
    written: str, event: Event, offset: timedelta
) -> None:
    text = SOUND.replace("request + 15 min", written)
    assert parse(text, "small.toml").steps[0].deadline == Deadline(event, offset)


def test_the_limit_of_a_call_is_the_strictest_deadline_counted_from_one() -> None:
    assert parse(SOUND, "small.toml").call_within == timedelta(seconds=30)
    text = SOUND.replace("request + 15 min", "call + 20 s")
    assert parse(text, "small.toml").call_within == timedelta(seconds=20)


def test_the_version_is_the_digest_of_the_text_whatever_system_wrote_it() -> None:
    digest = sha256(SOUND.encode()).hexdigest()[:12]
    assert parse(SOUND, "small.toml").version == digest
    assert parse("\ufeff" + SOUND.replace("\n", "\r\n"), "small.toml").version == digest
    assert parse(SOUND + "# more\n", "small.toml").version != digest


def test_another_directory_has_other_tiers() -> None:
    text = SOUND.replace('"commune"', '"ward"')
    assert parse(text, "small.toml", ("province", "ward")).tiers == ("province", "ward")
    with pytest.raises(ProcedureFaulty, match="ward"):
        parse(text, "small.toml")


def test_a_procedure_is_loaded_from_a_path(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(SOUND, "utf-8")
    assert load(str(file)) == parse(SOUND, "own.toml")


def test_a_file_that_is_not_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(SOUND.encode("utf-16-le").replace(b"\x00", b"") + b"\n# ng\xe0y\n")
    with pytest.raises(ProcedureFaulty, match="UTF-8") as refused:
        load(str(file))
    assert refused.value.faults[0].line > 0


def test_what_is_not_there_is_answered_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="429-planned"):
        load("429")
    with pytest.raises(Unknown, match=r"none\.toml"):
        load(str(tmp_path / "none.toml"))
    assert {"429-planned", "429-urgent", "429-in-province"} < set(shipped())


def test_the_example_of_the_guide_is_a_procedure() -> None:
    (example,) = re.findall(r"```toml\n(\[procedure\].*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    procedure = parse(example, "example.toml")
    assert procedure.steps
    assert procedure.gates
    assert procedure.checks


def test_the_guide_names_every_key_and_word_of_the_format() -> None:
    written = set(re.findall(r"`([^`\n]+)`", GUIDE.read_text("utf-8")))
    example = parse(SOUND, "small.toml")
    keys = {*vars(example), *vars(example.steps[0]), *vars(example.gates[0])}
    derived = {"version", "call_within"}
    sections = {"steps", "checks", "gates"}
    assert keys - derived - sections <= written
    assert {*map(str, Event), *map(str, Evidence)} <= written
