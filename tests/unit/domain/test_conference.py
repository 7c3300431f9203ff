"""What the verbs do to a conference."""

from datetime import UTC, datetime, timedelta

import pytest

from diemcau.domain import conference as verbs
from diemcau.domain.conference import CallState, Conference, Scene, full
from diemcau.domain.layout import custom, layout
from diemcau.domain.refusal import Conflict, Invalid, Unknown

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SITES = ("chair", "a", "b", "c")


@pytest.fixture
def session() -> Conference:
    return verbs.opened(Conference("c1", "Phiên họp", "prov", SITES, chair="chair"))


def test_it_opens_with_the_chair_full_screen(session: Conference) -> None:
    assert session.program == full("chair")
    assert session.heard == ("chair",)


def test_a_call_shows_the_site_beside_the_chair_and_lets_it_be_heard(session: Conference) -> None:
    after = verbs.called(session, "a", "k1", NOW)
    assert after.program == Scene(layout("side-by-side"), ("chair", "a"))
    assert after.chair_view == full("a")
    assert set(after.heard) == {"chair", "a"}
    assert after.current_call is not None
    assert after.current_call.requested_at == NOW


def test_a_call_leaves_the_operators_preview_alone(session: Conference) -> None:
    prepared = verbs.previewed(session, full("b"))
    assert verbs.called(prepared, "a", "k1", NOW).preview == full("b")


def test_a_second_call_ends_the_first_and_release_brings_back_what_was_before_both(
    session: Conference,
) -> None:
    first = verbs.measured(verbs.called(session, "a", "k1", NOW), "a", 100, 120)
    second = verbs.called(first, "b", "k2", NOW)
    assert [call.state for call in second.calls] == [CallState.REQUESTED, CallState.RELEASED]
    assert verbs.released(second).program == full("chair")


def test_a_call_is_connected_when_picture_and_sound_are_there(session: Conference) -> None:
    seen = verbs.measured(verbs.called(session, "a", "k1", NOW), "a", 210, None)
    assert seen.calls[0].state is CallState.REQUESTED
    heard = verbs.measured(seen, "a", None, 240)
    assert heard.calls[0].state is CallState.CONNECTED
    assert heard.calls[0].connect_ms == 240


def test_of_a_call_the_first_figures_count(session: Conference) -> None:
    """They are told again, and anew of a site that went and came back."""
    connected = verbs.measured(verbs.called(session, "a", "k1", NOW), "a", 210, 240)
    assert verbs.measured(connected, "a", 300_000, 300_000) == connected
    seen = verbs.measured(verbs.called(session, "a", "k1", NOW), "a", 210, None)
    assert verbs.measured(seen, "a", 300_000, 240) == connected


def test_of_a_call_that_waited_for_nothing_there_is_no_figure(session: Conference) -> None:
    """It would be that of the site's coming back."""
    called = verbs.called(verbs.taken(session, full("a")), "a", "k1", NOW)
    assert verbs.measured(called, "a", 300_000, 300_000) == called


def test_the_last_take_is_undone_once(session: Conference) -> None:
    prepared = verbs.previewed(session, full("b"))
    mistaken = verbs.taken(prepared, full("a"))
    back = verbs.undone(mistaken)
    assert (back.program, back.preview, back.base) == (full("chair"), full("b"), full("chair"))
    assert back.take_number > mistaken.take_number
    with pytest.raises(Conflict, match="no take"):
        verbs.undone(back)


def test_a_break_that_a_slip_ended_is_a_break_again(session: Conference) -> None:
    slip = verbs.taken(verbs.slated(session, "Tạm nghỉ"), full("a"))
    assert slip.slate == ""
    back = verbs.undone(slip)
    assert (back.slate, back.heard) == ("Tạm nghỉ", ())


def test_a_break_that_began_since_the_take_goes_on(session: Conference) -> None:
    assert verbs.undone(verbs.slated(verbs.taken(session, full("a")), "Nghỉ")).slate == "Nghỉ"


@pytest.mark.parametrize("connected", [True, False])
def test_a_call_that_a_slip_ended_goes_on(session: Conference, connected: bool) -> None:
    asked = verbs.called(session, "a", "k1", NOW)
    asked = verbs.measured(asked, "a", 100, 120) if connected else asked
    slip = verbs.taken(asked, full("b"))
    assert (slip.current_call, slip.chair_view) == (None, full("chair"))
    back = verbs.undone(slip)
    assert (back.calls, back.program, back.chair_view) == (
        asked.calls, asked.program, asked.chair_view,
    )  # fmt: skip
    assert verbs.released(back).program == full("chair")


def test_a_figure_that_came_since_the_take_is_kept(session: Conference) -> None:
    asked = verbs.called(session, "a", "k1", NOW)
    seen = verbs.measured(verbs.taken(asked, full("a")), "a", 100, 120)
    assert verbs.undone(seen).calls == seen.calls


def test_what_is_on_the_main_screen_is_not_taken_again(session: Conference) -> None:
    prepared = verbs.previewed(session, full("b"))
    once = verbs.previewed(verbs.taken(prepared, full("a")), full("c"))
    assert verbs.taken(once, full("a")) == once
    again = verbs.taken(verbs.slated(once, "Nghỉ"), full("a"))
    assert (again.program, again.slate) == (full("a"), "")


def test_the_next_item_may_show_the_same_picture(session: Conference) -> None:
    first = verbs.cued(verbs.taken(session, full("a"), "i1"), "i1", NOW)
    assert verbs.taken(first, full("a"), "i1") == first
    second = verbs.cued(verbs.taken(first, full("a"), "i2"), "i2", NOW)
    assert verbs.undone(second).cue == "i1"


def test_what_the_chair_did_since_is_not_undone(session: Conference) -> None:
    taken = verbs.taken(session, full("a"))
    for after in (verbs.called(taken, "b", "k1", NOW), _called_and_released(taken)):
        with pytest.raises(Conflict):
            verbs.undone(after)


def _called_and_released(session: Conference) -> Conference:
    return verbs.released(verbs.called(session, "b", "k1", NOW))


def test_a_slate_silences_all_until_the_next_picture(session: Conference) -> None:
    paused = verbs.slated(session, " Tạm nghỉ 15 phút ")
    assert (paused.slate, paused.heard) == ("Tạm nghỉ 15 phút", ())
    for after in (
        verbs.slated(paused, ""),
        verbs.taken(paused, full("a")),
        verbs.called(paused, "a", "k1", NOW),
    ):
        assert after.slate == ""
        assert "chair" in after.heard
    with pytest.raises(Invalid):
        verbs.slated(session, "x" * 121)


def test_an_item_is_cued_when_it_first_comes(session: Conference) -> None:
    cued = verbs.cued(session, "i1", NOW)
    assert (cued.cue, cued.cue_at) == ("i1", NOW)
    assert verbs.cued(cued, "i1", NOW + timedelta(minutes=1)) == cued


def test_a_figure_of_another_site_changes_nothing(session: Conference) -> None:
    asked = verbs.called(session, "a", "k1", NOW)
    assert verbs.measured(asked, "b", 1, 1) == asked


def test_a_call_opens_the_sites_sound(session: Conference) -> None:
    silent = verbs.all_muted(session)
    assert "a" in verbs.called(silent, "a", "k1", NOW).heard


def test_a_call_of_a_site_that_is_seen_already_waits_for_nothing(session: Conference) -> None:
    seen = verbs.taken(session, full("a"))
    assert verbs.called(seen, "a", "k1", NOW).calls[0].state is CallState.CONNECTED


def test_a_site_that_is_seen_but_muted_is_called_and_heard_at_once(session: Conference) -> None:
    seen = verbs.muted(verbs.taken(session, full("a")), "a", True)
    after = verbs.called(seen, "a", "k1", NOW)
    assert after.calls[0].state is CallState.CONNECTED
    assert "a" in after.heard


def test_a_site_that_is_called_twice_has_one_call(session: Conference) -> None:
    once = verbs.called(session, "a", "k1", NOW)
    assert verbs.called(once, "a", "k2", NOW) == once
    silent = verbs.slated(verbs.muted(once, "a", True), "Nghỉ")
    again = verbs.called(silent, "a", "k2", NOW)
    assert again == once
    assert verbs.measured(again, "a", 1200, 1300).calls[0].connect_ms == 1300


def test_a_take_without_the_called_site_ends_its_call(session: Conference) -> None:
    asked = verbs.called(session, "a", "k1", NOW)
    assert verbs.taken(asked, full("b")).calls[0].state is CallState.FAILED
    there = verbs.measured(asked, "a", 100, 120)
    assert verbs.taken(there, full("b")).calls[0].state is CallState.RELEASED


def test_a_take_swaps_programme_and_preview(session: Conference) -> None:
    after = verbs.taken(verbs.previewed(session, full("b")))
    assert after.program == full("b")
    assert after.preview == full("chair")


def test_the_picture_that_leaves_keeps_its_slot_until_the_next_change(session: Conference) -> None:
    after = verbs.called(verbs.called(session, "a", "k1", NOW), "b", "k2", NOW)
    assert "a" in after.wanted
    assert "a" not in verbs.called(after, "c", "k3", NOW).wanted


def test_a_muted_site_is_seen_and_not_heard(session: Conference) -> None:
    after = verbs.muted(verbs.called(session, "a", "k1", NOW), "a", True)
    assert "a" in after.on_air
    assert after.heard == ("chair",)


def test_mute_all_spares_the_chair_and_those_named(session: Conference) -> None:
    assert verbs.all_muted(session, ("a",)).muted == {"b", "c"}


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (lambda s: verbs.called(s, "nobody", "k", NOW), Unknown),
        (lambda s: verbs.called(s, "", "k", NOW), Invalid),
        (lambda s: verbs.called(s, "chair", "k", NOW), Conflict),
        (lambda s: verbs.released(s), Conflict),
        (lambda s: verbs.previewed(s, full("nobody")), Unknown),
        (lambda s: verbs.bannered(s, "x" * 301), Invalid),
        (lambda _: Scene(layout("full"), ("a", "b")), Invalid),
        (lambda _: Scene(layout("grid-2x2"), ("a", "a")), Invalid),
        (lambda _: custom([(0.5, 0, 0.6, 1)]), Invalid),
        (lambda _: custom([]), Invalid),
        (lambda _: layout("spiral"), Invalid),
    ],
)
def test_what_makes_no_sense_is_refused_in_both_languages(
    session: Conference, verb: object, error: type[Invalid]
) -> None:
    assert callable(verb)
    with pytest.raises(error) as caught:
        verb(session)
    assert caught.value.detail.vi
    assert caught.value.detail.en


def test_recordings_are_numbered_and_one_goes_on_until_it_is_ended(session: Conference) -> None:
    assert (session.recording, session.recordings) == (0, 0)
    first = verbs.recorded(session, True, NOW)
    assert (first.recording, first.recordings, first.recorded_at) == (1, 1, NOW)
    assert verbs.recorded(first, True, NOW.replace(hour=9)) == first
    ended = verbs.recorded(first, False, NOW.replace(hour=9))
    assert (ended.recording, ended.recordings, ended.recorded_at) == (0, 1, NOW)
    assert verbs.recorded(ended, False, NOW) == ended
    assert verbs.recorded(ended, True, NOW.replace(hour=10)).recording == 2


def test_nothing_that_is_done_on_air_touches_the_recording(session: Conference) -> None:
    recorded = verbs.recorded(session, True, NOW)
    after = verbs.released(verbs.called(verbs.taken(recorded, full("a")), "b", "k1", NOW))
    assert after.recording == 1
