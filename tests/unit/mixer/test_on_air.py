"""Each source newly shown is booked once, with the time its picture and its sound left."""

from diemcau.mixer.on_air import OnAir


def test_picture_and_sound_are_told_with_their_ages() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: "a"})
    assert book.picture_left("program", 0, "a", 10.0)
    event = book.event("program", 0, 10.005)
    assert (event["picture_age_ms"], event["sound_age_ms"]) == (5.0, None)
    assert book.sound_left(0, "a", 10.1)
    event = book.event("program", 0, 10.15)
    assert (event["picture_age_ms"], event["sound_age_ms"]) == (150.0, 50.0)
    assert (event["bus"], event["take"], event["slot"], event["source"]) == (
        "program",
        "t1",
        0,
        "a",
    )


def test_what_has_left_since_is_told_again_to_whoever_asks() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: "a", 1: "b"})
    book.shown("chair", "t1", {0: "a"})
    book.picture_left("program", 0, "a", 1.0)
    book.sound_left(1, "b", 2.0)
    assert book.events(3.0) == [book.event("program", slot, 3.0) for slot in (0, 1)]
    book.shown("program", "t2", {1: "b"})
    assert [event["source"] for event in book.events(3.0)] == ["b"]


def test_a_source_is_told_once_while_it_is_shown() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: "a"})
    assert book.picture_left("program", 0, "a", 1.0)
    book.shown("program", "t2", {0: "a", 1: "b"})
    assert not book.picture_left("program", 0, "a", 2.0)
    assert book.event("program", 0, 3.0)["take"] == "t1"


def test_a_source_shown_again_is_newly_shown() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: "a"})
    book.picture_left("program", 0, "a", 1.0)
    book.shown("program", "t2", {})
    book.shown("program", "t3", {0: "a"})
    assert book.picture_left("program", 0, "a", 2.0)
    assert book.event("program", 0, 2.0)["take"] == "t3"


def test_another_source_in_the_same_slot_is_newly_shown() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: "a"})
    book.picture_left("program", 0, "a", 1.0)
    book.changed(0, "b")
    assert not book.picture_left("program", 0, "a", 2.0)
    assert book.picture_left("program", 0, "b", 3.0)


def test_sound_that_was_heard_before_the_picture_is_known_at_once() -> None:
    book = OnAir()
    assert not book.sound_left(0, "a", 5.0)
    assert book.shown("program", "t1", {0: "a"}) == [("program", 0)]
    assert book.event("program", 0, 6.0)["sound_age_ms"] == 1000.0


def test_sound_that_was_closed_again_does_not_count() -> None:
    book = OnAir()
    book.sound_left(0, "a", 5.0)
    book.closed(0)
    assert book.shown("program", "t1", {0: "a"}) == []


def test_sound_is_that_of_the_program_alone() -> None:
    book = OnAir()
    book.shown("chair", "t1", {0: "a"})
    assert not book.sound_left(0, "a", 5.0)
    assert book.event("chair", 0, 6.0)["sound_age_ms"] is None


def test_a_picture_of_what_is_not_shown_is_nothing() -> None:
    assert not OnAir().picture_left("program", 0, "a", 1.0)


def test_a_slot_shown_before_it_has_a_source_is_told_when_one_comes() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: None})
    book.changed(0, "a")
    assert book.picture_left("program", 0, "a", 1.0)
    assert book.event("program", 0, 1.0)["take"] == "t1"


def test_a_source_that_left_its_slot_and_came_back_is_newly_shown() -> None:
    book = OnAir()
    book.shown("program", "t1", {0: "a"})
    book.picture_left("program", 0, "a", 1.0)
    book.changed(0, None)
    book.changed(0, "a")
    assert book.picture_left("program", 0, "a", 2.0)


def test_sound_told_again_is_as_old_as_it_was() -> None:
    book = OnAir()
    book.sound_left(0, "a", 5.0)
    book.sound_left(0, "a", 7.0)
    book.shown("program", "t1", {0: "a"})
    assert book.event("program", 0, 8.0)["sound_age_ms"] == 3000.0
