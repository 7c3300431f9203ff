"""A keyframe is there when all of it is."""

from collections.abc import Sequence

import pytest

from diemcau.apart.rtp import Packet
from diemcau.examiner.h264 import access_units, first_keyframe
from diemcau.examiner.stream import Arrived

SPS, IDR, PLAIN = b"\x67sps", b"\x65idr", b"\x61slice"
WHOLE = ((1, 0, SPS, False), (2, 0, IDR, False), (3, 0, IDR, True))
LATER = (4, 3600, PLAIN, True)


def arrived(packets: Sequence[tuple[int, int, bytes, bool]]) -> list[Arrived]:
    return [
        Arrived(float(number), Packet(109, number, stamp, marker, payload))
        for number, stamp, payload, marker in packets
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_whole_keyframe_is_one_in_whatever_order_it_came(order: tuple[int, ...]) -> None:
    assert first_keyframe(arrived([WHOLE[place] for place in order])) == 3.0


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_without_one_of_its_packets_it_is_none(missing: int) -> None:
    rest = [one for place, one in enumerate(WHOLE) if place != missing]
    assert first_keyframe(arrived([*rest, LATER])) is None


def test_other_pictures_are_none() -> None:
    assert first_keyframe(arrived([LATER])) is None
    assert first_keyframe([]) is None


def test_of_two_keyframes_the_first_that_is_whole_counts() -> None:
    again = [(n + 10, 7200, payload, last) for n, _, payload, last in WHOLE]
    assert first_keyframe(arrived([*WHOLE, LATER, *again])) == 3.0
    assert first_keyframe(arrived([*WHOLE[1:], LATER, *again])) == 13.0


def test_pictures_are_taken_from_the_first_keyframe_on() -> None:
    before = (0, -3600 % 2**32, PLAIN, True)
    units = access_units(arrived([before, *WHOLE, LATER]))
    assert [len(unit.data) for unit in units] == [4 * 3 + len(SPS + IDR + IDR), 4 + len(PLAIN)]
