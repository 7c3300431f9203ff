"""A keyframe out of RTP packets: whole, in order, and of nothing that came before or after it."""

import random
import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.apart.rtp import ssrc_of
from diemcau.stills.keyframe import MOST_PACKETS, Keyframe

START = b"\x00\x00\x00\x01"
SPS, PPS, SEI = b"\x67sps", b"\x68pps", b"\x06sei"
IDR = b"\x65" + bytes(range(256)) * 9
DELTA = b"\x41delta"


def packet(number: int, payload: bytes, *, marker: bool = False, ssrc: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 108 | marker << 7, number & 0xFFFF, 3000, ssrc) + payload


def aggregate(*nals: bytes) -> bytes:
    """A STAP-A (RFC 6184 section 5.7.1)."""
    return b"\x18" + b"".join(struct.pack("!H", len(nal)) + nal for nal in nals)


def fragments(nal: bytes, size: int = 1000) -> list[bytes]:
    """FU-As (RFC 6184 section 5.8)."""
    pieces = [nal[at : at + size] for at in range(1, len(nal), size)]
    indicator, kind, last = nal[0] & 0xE0 | 28, nal[0] & 0x1F, len(pieces) - 1
    return [
        bytes([indicator, kind | (n == 0) << 7 | (n == last) << 6]) + piece
        for n, piece in enumerate(pieces)
    ]


def picture(payloads: Iterable[bytes], first: int) -> list[bytes]:
    """The packets of a picture: its last one has the marker."""
    listed = list(payloads)
    last = len(listed) - 1
    return [packet(first + n, payload, marker=n == last) for n, payload in enumerate(listed)]


KEY = [aggregate(SPS, PPS), *fragments(IDR)]
WHOLE = START + SPS + START + PPS + START + IDR


def add_all(keyframe: Keyframe, packets: Iterable[bytes]) -> list[bytes]:
    return [unit for one in packets if (unit := keyframe.add(one)) is not None]


def test_a_keyframe_is_out_with_its_last_packet() -> None:
    packets, keyframe = picture(KEY, 100), Keyframe()
    assert add_all(keyframe, packets[:-1]) == []
    assert keyframe.add(packets[-1]) == WHOLE


@pytest.mark.parametrize("first", [0, 100, 65534])
def test_packets_come_in_any_order(first: int) -> None:
    for seed in range(20):
        packets = picture(KEY, first)
        random.Random(seed).shuffle(packets)
        assert add_all(Keyframe(), packets) == [WHOLE]


def test_pictures_that_need_others_are_passed_over() -> None:
    stream = [
        *picture([DELTA], 8), *picture([DELTA], 9), *picture(KEY, 10), *picture([DELTA], 14),
    ]  # fmt: skip
    assert add_all(Keyframe(), stream)[0] == WHOLE


@pytest.mark.parametrize("hole", [1, 2])
def test_one_with_a_hole_is_waited_for_until_the_hole_is_mended(hole: int) -> None:
    packets, keyframe = picture(KEY, 20), Keyframe()
    late = packets.pop(hole)
    assert add_all(keyframe, packets) == []
    assert keyframe.add(late) == WHOLE


def test_behind_a_hole_that_stays_the_next_keyframe_is_taken() -> None:
    broken = picture([aggregate(SPS, PPS), *fragments(b"\x65" + b"old" * 900)], 30)
    del broken[1]
    assert add_all(Keyframe(), [*broken, *picture(KEY, 40)]) == [WHOLE]


def test_parameter_sets_may_come_in_packets_of_their_own() -> None:
    alone = [packet(50, SPS, marker=True), packet(51, PPS), packet(52, SEI)]
    expected = START + SPS + START + PPS + START + SEI + START + IDR
    assert add_all(Keyframe(), [*alone, *picture(fragments(IDR), 53)]) == [expected]


def test_parameter_sets_between_slices_are_left_out() -> None:
    slices = [b"\x65one", b"\x65two"]
    payloads = [aggregate(SPS, PPS, slices[0]), aggregate(SPS, PPS), slices[1]]
    expected = START + SPS + START + PPS + START + slices[0] + START + slices[1]
    assert add_all(Keyframe(), picture(payloads, 60)) == [expected]


def test_header_extension_and_padding_are_no_part_of_it() -> None:
    plain = picture([aggregate(SPS, PPS), IDR], 70)
    head, payload = bytearray(plain[1][:12]), plain[1][12:]
    head[0] |= 0x30
    dressed = bytes(head) + struct.pack("!HHI", 0xBEDE, 1, 9) + payload + b"\x00\x00\x03"
    assert add_all(Keyframe(), [plain[0], dressed]) == [WHOLE]


def test_a_stream_without_keyframes_takes_no_memory_for_ever() -> None:
    keyframe = Keyframe()
    stream = (packet(n, DELTA, marker=True) for n in range(3 * MOST_PACKETS))
    assert add_all(keyframe, stream) == []
    assert len(keyframe._packets) <= MOST_PACKETS
    assert add_all(keyframe, picture(KEY, 3 * MOST_PACKETS)) == [WHOLE]


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_nonsense_is_no_keyframe_and_no_error(payloads: list[bytes]) -> None:
    keyframe = Keyframe()
    for number, payload in enumerate(payloads):
        if ssrc_of(payload) is not None:
            keyframe.add(payload)
        keyframe.add(packet(number, payload))


def test_whose_packet_it_is() -> None:
    sender_report = b"\x80" + bytes([200]) + packet(1, DELTA)[2:]
    assert ssrc_of(packet(1, DELTA, ssrc=123456)) == 123456
    assert ssrc_of(packet(1, DELTA, marker=True, ssrc=9)) == 9
    for other in (sender_report, b"", b"\x80", b"\x00" * 40, packet(1, b"")):
        assert ssrc_of(other) is None
