"""How long a site's picture and sound took, on streams of which it is known when they came."""

import itertools

import pytest

from diemcau.examiner import analysis
from diemcau.examiner.stream import Arrived, Heard
from tests.unit.examiner.signals import FPS, audio, room, speech, video

START, SECONDS = 1000.0, 5.0


def figures(video: list[Arrived], audio: list[Arrived]) -> dict[str, float]:
    result = analysis.result(Heard(audio, video, START, SECONDS, chirped=False))
    found: dict[str, float] = result["figures"]
    return {name: value for name, value in found.items() if name.startswith("to_")}


def film(after: float) -> list[Arrived]:
    return video(itertools.islice(room(), FPS), start=START + after)


def said(after: float) -> list[Arrived]:
    return audio(speech(-20, 1), start=START + after)


@pytest.mark.parametrize(("picture", "sound"), [(0.4, 0.012), (0.1, 1.5), (0.0, 0.0)])
def test_both_are_there_when_the_later_one_is(picture: float, sound: float) -> None:
    assert figures(film(picture), said(sound)) == pytest.approx(
        {
            "to_picture_ms": 1000 * picture,
            "to_sound_ms": 1000 * sound,
            "to_connect_ms": 1000 * max(picture, sound),
        }
    )


def test_of_what_did_not_come_nothing_is_told() -> None:
    assert figures([], []) == {}
    assert figures(film(0.2), []) == pytest.approx({"to_picture_ms": 200})
    assert figures([], said(0.3)) == pytest.approx({"to_sound_ms": 300})


def test_a_picture_that_lacks_its_beginning_is_not_there_yet() -> None:
    cut = [one for one in film(0.0) if one.at > START]
    later = [
        one._replace(packet=one.packet._replace(stamp=one.packet.stamp + 10**6, number=n))
        for n, one in enumerate(film(2.0), start=30000)
    ]
    assert figures([*cut, *later], []) == pytest.approx({"to_picture_ms": 2000})


def test_what_cannot_be_decoded_is_neither_picture_nor_sound() -> None:
    spoilt = [one._replace(packet=one.packet._replace(payload=b"\xff" * 30)) for one in said(0.1)]
    assert figures([], spoilt) == {}
