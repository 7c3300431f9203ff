"""Content is a source like a camera, and everything else of it is its site's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain import conference as verbs
from diemcau.domain.conference import CallState, Conference, Scene, full
from diemcau.domain.entry_rules import ID
from diemcau.domain.layout import layout
from diemcau.domain.planner import allocate, mix, plan
from diemcau.domain.reconcile import resolve
from diemcau.domain.refusal import Unknown
from diemcau.domain.resources import Admission, Input, Mix, Publisher, Uplink
from diemcau.domain.script import Script, ScriptItem, cue_of
from diemcau.domain.source import content_of, is_content, site_of
from diemcau.testing.samples import MASTER, NORTH, directory

DIRECTORY = directory()
CHAIR, SPEAKER, OTHER = "s-tinh", "s-bac-1", "s-nam-1"
CONTENT = content_of(SPEAKER)
EPOCHS = dict.fromkeys(DIRECTORY.mcus, "e")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BESIDE = Scene(layout("content-speaker"), (CONTENT, SPEAKER))


@pytest.fixture
def session() -> Conference:
    made = Conference("c1", "Phiên họp", MASTER, tuple(DIRECTORY.sites), chair=CHAIR)
    return verbs.opened(made)


def shown(session: Conference, scene: Scene) -> Conference:
    return allocate(verbs.taken(session, scene), DIRECTORY)


@given(st.from_regex(ID, fullmatch=True))
def test_no_site_is_called_like_any_content(site: str) -> None:
    assert site_of(site) == site
    assert not is_content(site)
    assert not ID.fullmatch(content_of(site))
    assert site_of(content_of(site)) == site


def test_content_full_screen_lets_its_site_be_heard(session: Conference) -> None:
    after = verbs.taken(session, full(CONTENT))
    assert set(after.heard) == {CONTENT, SPEAKER, CHAIR}
    assert after.program.shown == (CONTENT,)


def test_a_muted_site_is_so_with_its_content(session: Conference) -> None:
    after = verbs.muted(verbs.taken(session, BESIDE), SPEAKER, True)
    assert after.heard == (CHAIR,)


def test_a_scene_with_the_content_of_nobody_here_is_refused(session: Conference) -> None:
    with pytest.raises(Unknown):
        verbs.previewed(session, full(content_of("elsewhere")))
    with pytest.raises(Unknown):
        verbs.muted(session, CONTENT, True)
    with pytest.raises(Unknown):
        verbs.called(session, CONTENT, "k1", NOW)


def test_a_call_goes_on_while_the_called_sites_content_is_shown(session: Conference) -> None:
    speaking = verbs.called(session, SPEAKER, "k1", NOW)
    assert speaking.program.shown == (CHAIR, SPEAKER)
    presenting = verbs.taken(speaking, full(CONTENT))
    assert presenting.current_call is not None
    elsewhere = verbs.taken(presenting, full(content_of(OTHER)))
    assert elsewhere.calls[0].state is CallState.FAILED


def test_content_in_preview_brings_its_site_up_with_it(session: Conference) -> None:
    after = allocate(verbs.previewed(session, full(CONTENT)), DIRECTORY)
    assert {CONTENT, SPEAKER} <= set(after.slots)
    assert {CONTENT, SPEAKER} <= set(after.lanes[NORTH])


def test_content_goes_up_the_lanes_of_its_sites_mcu(session: Conference) -> None:
    after = shown(session, BESIDE)
    plans = plan(after, DIRECTORY, EPOCHS)
    sources = {r.source for r in plans[NORTH] if isinstance(r, Uplink)}
    assert {f"site/{SPEAKER}", f"site/{CONTENT}"} <= sources
    feeds = {r.site: r.feed for r in plans[MASTER] if isinstance(r, Input)}
    lanes = after.lanes[NORTH]
    assert feeds[CONTENT] == f"up/{NORTH}/{lanes.index(CONTENT)}"
    assert feeds[SPEAKER] == f"up/{NORTH}/{lanes.index(SPEAKER)}"


def test_content_goes_where_the_plan_has_its_site() -> None:
    moved = Conference("c1", "Họp", MASTER, tuple(DIRECTORY.sites), homes={SPEAKER: MASTER})
    after = shown(verbs.opened(moved), BESIDE)
    feeds = {r.site: r.feed for r in plan(after, DIRECTORY, EPOCHS)[MASTER] if isinstance(r, Input)}
    assert feeds[CONTENT] == f"site/{CONTENT}"


def test_a_pane_with_content_says_whose_it_is(session: Conference) -> None:
    panes = mix(shown(session, BESIDE), DIRECTORY).buses[0].panes
    assert [pane.caption for pane in panes] == [
        "Trình chiếu – UBND xã bac-1",
        "UBND xã bac-1",
    ]


def test_the_slots_of_a_site_are_together_and_no_others(session: Conference) -> None:
    after = shown(session, Scene(layout("grid-2x2"), (CONTENT, SPEAKER, OTHER)))
    made = mix(after, DIRECTORY)
    assert [set(slots) for slots in made.together] == [
        {after.slots.index(CONTENT), after.slots.index(SPEAKER)}
    ]
    assert mix(shown(session, full(OTHER)), DIRECTORY).together == ()


def test_a_site_hears_the_return_of_its_content_where_only_that_has_a_seat(
    session: Conference,
) -> None:
    after = shown(session, full(CONTENT))
    alone = tuple("" if source == SPEAKER else source for source in after.lanes[NORTH])
    plans = plan(replace(after, lanes={**after.lanes, NORTH: alone}), DIRECTORY, EPOCHS)
    sounds = {r.site: r.sound for r in plans[NORTH] if isinstance(r, Admission)}
    assert sounds[SPEAKER] == f"return/{alone.index(CONTENT)}"


def test_content_is_admitted_with_its_site_and_with_no_other(session: Conference) -> None:
    desired = plan(allocate(session, DIRECTORY), DIRECTORY, EPOCHS)[NORTH]
    welcome, stranger = Publisher("c1", CONTENT, "w"), Publisher("c1", content_of(OTHER), "x")
    kept = resolve(desired, (welcome, stranger))
    assert welcome in kept
    assert stranger not in kept


def test_the_speakers_content_is_no_departure_from_the_script() -> None:
    item = ScriptItem("i1", "Báo cáo", (SPEAKER,))
    script = Script("d.1", "d", 1, (item,), NOW, "an.nguyen")
    assert cue_of(script, "", BESIDE.present) == item
    assert cue_of(script, "", full(content_of(OTHER)).present) is None


def test_a_mixer_of_before_has_nothing_together() -> None:
    assert Mix("c1", "t", (), ()).together == ()
