"""A slot shows its pictures in order, each from its time on."""

from diemcau.mixer.screen import DEEPEST, Screen


def test_the_first_picture_is_shown_at_once() -> None:
    screen: Screen[str] = Screen()
    assert screen.at(1.0) is None
    screen.put("a", 5.0)
    assert screen.at(1.0) == "a"


def test_a_picture_waits_for_its_time() -> None:
    screen: Screen[str] = Screen()
    screen.put("a", 1.0)
    screen.put("b", 1.2)
    assert screen.at(1.1) == "a"
    assert screen.at(1.2) == "b"


def test_of_several_whose_time_has_come_the_newest_is_shown() -> None:
    screen: Screen[str] = Screen()
    for name, due in (("a", 1.0), ("b", 1.1), ("c", 1.2), ("d", 1.3)):
        screen.put(name, due)
    assert screen.at(1.25) == "c"
    assert screen.at(1.35) == "d"


def test_too_many_waiting_pictures_are_shown_early() -> None:
    screen: Screen[str] = Screen()
    screen.put("first", 0.0)
    for number in range(DEEPEST + 1):
        screen.put(str(number), 100.0)
    assert screen.at(1.0) == "0"


def test_nothing_is_left_of_a_source_that_went() -> None:
    screen: Screen[str] = Screen()
    screen.put("a", 1.0)
    screen.put("b", 1.5)
    screen.clear()
    assert screen.at(2.0) is None
