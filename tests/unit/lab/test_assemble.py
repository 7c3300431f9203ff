"""Packets to pictures: order, holes, giving up, and the keyframe after it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diemcau.lab.assemble import GIVE_UP_MS, NACK_AGAIN_MS, AccessUnit, Assembler, Packet

SPS, PPS, IDR, SLICE = b"\x67\x42", b"\x68\xce", b"\x65" + b"k" * 9, b"\x41" + b"p" * 9
FIRST = 65530  # so that every stream goes through the wrap of the sequence number


def stap(*nals: bytes) -> bytes:
    return b"\x78" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def keyframe() -> list[bytes]:
    """A keyframe as GStreamer sends it: parameter sets together, the picture in fragments."""
    return [stap(SPS, PPS), b"\x7c\x85" + IDR[1:5], b"\x7c\x45" + IDR[5:]]


def stream(*frames: list[bytes]) -> list[Packet]:
    packets: list[Packet] = []
    for index, payloads in enumerate(frames):
        for place, payload in enumerate(payloads, 1):
            number = (FIRST + len(packets)) & 0xFFFF
            packets.append(Packet(number, index * 3600, place == len(payloads), payload))
    return packets


def run(assembler: Assembler, packets: list[Packet], now: float = 0.0) -> list[AccessUnit]:
    return [unit for packet in packets for unit in assembler.add(packet, now)]


def picture_numbers(units: list[AccessUnit]) -> list[int]:
    return [unit.timestamp // 3600 for unit in units]


def test_a_picture_is_out_with_its_last_packet() -> None:
    assembler = Assembler()
    *first, last = stream(keyframe())
    assert run(assembler, first) == []
    (unit,) = assembler.add(last, 0)
    start = b"\x00\x00\x00\x01"
    assert unit == AccessUnit(start + SPS + start + PPS + start + IDR, 0, True)


@given(st.permutations(range(1, 8)))
def test_order_of_arrival_does_not_matter(order: list[int]) -> None:
    packets = stream(keyframe(), [SLICE, SLICE], [SLICE], [SLICE, SLICE])
    assembler = Assembler()
    units = run(assembler, [packets[0], *(packets[index] for index in order)])
    assert picture_numbers(units) == [0, 1, 2, 3]
    assert assembler.lost == 0


def test_nothing_is_shown_before_the_first_keyframe() -> None:
    assembler = Assembler()
    assert picture_numbers(run(assembler, stream([SLICE], [SLICE], keyframe(), [SLICE]))) == [2, 3]


def test_a_hole_is_asked_for_at_once_and_again_until_it_comes() -> None:
    assembler = Assembler()
    packets = stream(keyframe(), [SLICE], [SLICE], [SLICE])
    units = run(assembler, packets[:4] + packets[5:])
    assert picture_numbers(units) == [0, 1]
    assert assembler.nacks(0) == [packets[4].sequence]
    assert assembler.nacks(NACK_AGAIN_MS - 1) == []
    assert assembler.nacks(NACK_AGAIN_MS) == [packets[4].sequence]
    assert picture_numbers(assembler.add(packets[4], 60)) == [2, 3]
    assert assembler.nacks(500) == []
    assert assembler.lost == 0


def test_a_hole_not_mended_in_time_ends_at_the_next_keyframe() -> None:
    assembler = Assembler()
    packets = stream(keyframe(), [SLICE], [SLICE], [SLICE], [SLICE], keyframe(), [SLICE])
    run(assembler, [*packets[:4], packets[5]])
    assert not assembler.keyframe_wanted
    assert assembler.add(packets[6], GIVE_UP_MS + 1) == []
    assert assembler.keyframe_wanted
    assert assembler.lost == 1
    assert picture_numbers(run(assembler, packets[7:], GIVE_UP_MS + 2)) == [5, 6]
    assert not assembler.keyframe_wanted


def test_a_whole_keyframe_overtakes_the_hole() -> None:
    assembler = Assembler()
    packets = stream(keyframe(), [SLICE], [SLICE], keyframe(), [SLICE])
    units = run(assembler, [*packets[:3], *packets[4:]])
    assert picture_numbers(units) == [0, 3, 4]
    assert assembler.lost == 1


def test_what_comes_twice_or_too_late_is_dropped() -> None:
    assembler = Assembler()
    packets = stream(keyframe(), [SLICE])
    run(assembler, packets)
    assert run(assembler, packets) == []
    assert assembler.received == len(packets)


def test_after_a_decoder_error_only_a_keyframe_is_shown() -> None:
    assembler = Assembler()
    packets = stream(keyframe(), [SLICE], [SLICE], keyframe())
    run(assembler, packets[:3])
    assembler.decoder_failed()
    assert picture_numbers(run(assembler, packets[3:])) == [3]
