"""A faulty file is refused with the line and the reason of everything that is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.procedures import ProcedureFaulty, parse
from tests.unit.procedures.samples import SOUND

Edits = dict[int, str]
"""Lines of the sound file, by number, and what stands there instead; "" leaves it blank."""

GATE = range(56, 63)
LONG = "a" * 33

FAULTS: dict[str, tuple[Edits, int, str]] = {
    "a text without its end": ({6: 'source = "Quy chế'}, 6, "not TOML"),
    "a bracket that stays open": ({73: 'x = ["a",'}, 73, "not TOML"),
    "a key written twice": ({3: 'id = "other"'}, 3, "written twice"),
    "a header nobody knows": ({11: "[[stepp]]", 37: ""}, 11, "did you mean 'step'"),
    "a key before all headers": ({1: 'author = "me"\n[procedure]'}, 1, "no key 'author'; leave"),
    "a part in single brackets": ({56: "[gate]"}, 56, "double brackets"),
    "a head in double brackets": ({1: "[[procedure]]"}, 1, "single brackets"),
    "a list where a part belongs": ({1: "gate = [1]\n[procedure]", **dict.fromkeys(GATE, "")}, 1,
                                    "double brackets"),
    "a misspelt key": ({14: "titel.vi = 'T'", 15: "titel.en = 'T'"}, 14, "did you mean 'title'"),
    "an unknown key": ({28: 'colour = "red"'}, 28, "no key 'colour'; leave it out"),
    "a misspelt key of the head": ({8: "valid_form = 2026-01-01"}, 8, "did you mean 'valid_from'"),
    "a missing key of the head": ({3: ""}, 1, "the key 'kind' is missing"),
    "a missing key of a step": ({47: ""}, 45, "the key 'number' is missing"),
    "a missing key of a gate": ({60: ""}, 56, "the key 'at' is missing"),
    "a missing key of a check item": ({70: "", 40: ""}, 69, "the key 'id' is missing"),
    "a text without English": ({5: ""}, 4, "nothing in .en"),
    "a text that is empty in English": ({15: 'title.en = " "'}, 15, "nothing in .en"),
    "a text in no language": ({32: "title = {}"}, 32, "nothing in .vi, .en"),
    "a text in a third language": ({28: 'title.fr = "Avis"'}, 28, "no language 'fr'"),
    "a text in one language only": ({32: 'title = "Kiểm tra"'}, 32, "both languages"),
    "a number where a text belongs": ({31: "number = 2"}, 31, 'in quotes: "2"'),
    "an empty text": ({22: 'clause = ""'}, 22, "must not be empty"),
    "a text where a list belongs": ({33: 'roles = "manager"'}, 33, "list of texts"),
    "a list of numbers": ({37: "after = [1]"}, 37, "list of texts"),
    "a list that names one twice": ({37: 'after = ["notice", "notice"]'}, 37, "twice"),
    "a date in quotes": ({8: 'valid_from = "2026-01-01"'}, 8, "date without quotes"),
    "a date with an hour": ({9: "valid_to = 2027-01-01T00:00:00"}, 9, "date without quotes"),
    "a count in quotes": ({27: 'escalations = "2"'}, 27, "whole number"),
    "a count that is no number": ({27: "escalations = true"}, 27, "whole number"),
    "too many escalations": ({27: "escalations = 10"}, 27, "from 0 to 9"),
    "an unknown kind": ({3: 'kind = "plannd"'}, 3, "did you mean 'planned'"),
    "an unknown tier": ({7: 'tiers = ["province", "commune", "vilage"]'}, 7, "no tier 'vilage'"),
    "a step for a tier that is not": ({42: 'tiers = ["district"]'}, 42, "no tier 'district'"),
    "no tier": ({7: "tiers = []"}, 7, "at least one"),
    "an unknown role": ({33: 'roles = ["manger"]'}, 33, "did you mean 'manager'"),
    "a role that only links give": ({33: 'roles = ["viewer"]'}, 33, "no role 'viewer'"),
    "a step that is nobody's": ({21: "roles = []"}, 21, "at least one"),
    "a step without roles": ({21: ""}, 11, "the key 'roles' is missing"),
    "an unknown evidence": ({23: 'evidence = "notice"'}, 23, "did you mean 'notices'"),
    "an unknown event": ({24: 'deadline = "reqest + 15 min"'}, 24, "did you mean 'request'"),
    "a deadline in prose": ({36: 'deadline = "2 h before start"'}, 36, "cannot read the deadline"),
    "a deadline without its unit": ({36: 'deadline = "start - 2"'}, 36, "cannot read the deadline"),
    "a deadline that is a number": ({36: "deadline = 2"}, 36, "in quotes"),
    "a duration in prose": ({25: 'warn = "five minutes"'}, 25, "cannot read the duration"),
    "a duration with a sign": ({25: 'warn = "-5 min"'}, 25, "cannot read the duration"),
    "an escalation at once": ({26: 'escalate = "0 min"'}, 26, "longer than zero"),
    "a step after one that is not": ({37: 'after = ["notce"]'}, 37, "did you mean 'notice'"),
    "a step after itself": ({37: 'after = ["check"]'}, 37, "in a circle: check"),
    "steps in a circle": ({37: 'after = ["ready"]', 51: ""}, 37, "in a circle: check → ready"),
    "an item that is not defined": ({40: '    "smell",'}, 38, "no check item 'smell'"),
    "an item where none is defined": (
        {38: 'checks = ["sound"]', **dict.fromkeys([39, 40, 41, *range(64, 73)], "")},
        38,
        "has none of that sort",
    ),
    "checks without items": ({38: "", 39: "", 40: "", 41: ""}, 35, "listed in 'checks'"),
    "a gate for a step that is not": ({61: 'steps = ["chek"]'}, 61, "did you mean 'check'"),
    "a gate for nothing": ({61: "steps = []"}, 61, "at least one"),
    "a gate at a call": ({60: 'at = "call + 1 h"'}, 60, "cannot be counted from a call"),
    "a gate at no moment": ({60: 'at = "noon"'}, 60, "no event 'noon'"),
    "two steps of one id": ({46: 'id = "check"', 50: ""}, 46, "'check' is taken"),
    "two items of one id": ({70: 'id = "picture"', 40: ""}, 70, "'picture' is taken"),
    "two gates of one id": (
        {63: '[[gate]]\nid = "checked"\ntitle = {vi = "V", en = "E"}\nat = "start"\n'
             'steps = ["check"]\nclause = "2"'},
        64,
        "'checked' is taken",
    ),
    "a gate with a step's id": ({57: 'id = "check"'}, 57, "'check' is taken"),
    "an id in capitals": ({2: 'id = "Small"'}, 2, "a-z, 0-9 and hyphens"),
    "an id with a letter of Vietnamese": (
        {46: 'id = "sẵn-sàng"'}, 46, "a-z, 0-9 and hyphens"),
    "an id too long": ({46: f'id = "{LONG}"'}, 46, "32 characters"),
    "a form whose name is no id": ({43: 'forms = ["Mẫu 1"]'}, 43, "a-z, 0-9 and hyphens"),
    "a step due before one before it": (
        {51: 'deadline = "start - 3 h"'}, 51, "due before the step 'check'"),
    "a step due before one far before it": (
        {24: 'deadline = "start - 1 h"', 36: ""}, 51, "due before the step 'notice'"),
    "a gate before its step is due": ({60: 'at = "start - 3 h"'}, 61, "due after this gate"),
    "a validity that ends before it begins": ({9: "valid_to = 2025-12-31"}, 9, "after valid_from"),
    "a validity of no day": ({9: "valid_to = 2026-01-01"}, 9, "after valid_from"),
}  # fmt: skip


def edited(edits: Edits) -> str:
    lines = SOUND.split("\n")
    for line, new in edits.items():
        lines[line - 1] = new
    return "\n".join(lines)


def refusal(text: str) -> ProcedureFaulty:
    with pytest.raises(ProcedureFaulty) as refused:
        parse(text, "small.toml")
    return refused.value


def test_the_sound_file_is_not_refused() -> None:
    assert [step.id for step in parse(SOUND, "small.toml").steps] == ["notice", "check", "ready"]


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_alone_with_its_line_in_both_languages(case: str) -> None:
    edits, line, words = FAULTS[case]
    (fault,) = refusal(edited(edits)).faults
    assert (fault.line, words in fault.text.en) == (line, True), fault
    assert fault.text.vi
    assert fault.text.vi != fault.text.en


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    refused = refusal(
        edited({3: 'kind = "plan"', 33: 'roles = ["manger", "dci"]', 61: "steps = 1"})
    )
    assert [fault.line for fault in refused.faults] == [3, 33, 33, 61]
    assert refused.id == "procedure-faulty"
    assert "small.toml" in refused.detail.vi
    assert "Dòng 33" in refused.detail.vi
    assert "Line 61" in refused.detail.en


def test_an_empty_file_lacks_head_and_steps() -> None:
    refused = refusal("")
    assert [fault.line for fault in refused.faults] == [1, 1]
    assert "'procedure'" in refused.detail.en
    assert "'step'" in refused.detail.en


def test_an_empty_head_lacks_every_key_of_its_own() -> None:
    missing = refusal(edited(dict.fromkeys(range(2, 10), ""))).faults
    keys = ("id", "name", "kind", "source", "tiers")
    found = [fault.text.en for fault in missing if "is missing" in fault.text.en]
    assert found == [f"the key {key!r} is missing." for key in keys]


def test_a_second_circle_is_told_too() -> None:
    circles = refusal(edited({37: 'after = ["check"]', 50: 'after = ["ready"]'})).faults
    assert [fault.line for fault in circles] == [37, 50]


def test_a_key_in_quotes_and_a_nested_table_are_found() -> None:
    assert refusal(edited({22: '"clause" = 1'})).faults[0].line == 22
    assert refusal(edited({54: "en = ''"})).faults[0].line == 54


def test_lines_are_those_of_a_file_written_on_windows_too() -> None:
    text = "\ufeff" + edited({37: 'after = ["nothing"]'}).replace("\n", "\r\n")
    assert [fault.line for fault in refusal(text).faults] == [37]


@given(
    st.dictionaries(
        st.integers(1, SOUND.count("\n")),
        st.sampled_from(["", "x = 1", "[x]", "[[step]]", "id = []", "title = 1", "at = 1979-05-27"])
        | st.sampled_from(SOUND.split("\n")),
        max_size=6,
    )
)
def test_whatever_is_written_is_a_procedure_or_is_refused_with_lines(edits: Edits) -> None:
    assert all(1 <= line <= SOUND.count("\n") + 1 for line in told(edited(edits)))


def told(text: str) -> list[int]:
    """The lines of all faults; any other error than a refusal is the test's failure."""
    try:
        parse(text, "any.toml")
    except ProcedureFaulty as refused:
        return [fault.line for fault in refused.faults]
    return []
