"""RTCP packets are laid out as the RFCs say, and nonsense is not a keyframe request."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.mixer.rtcp import asks_for_keyframe, pli, sender_report, source_description


def test_a_pli_is_twelve_bytes_and_is_understood() -> None:
    packet = pli(1, 1010)
    assert packet == bytes.fromhex("81ce0002 00000001 000003f2")
    assert asks_for_keyframe(packet)


def test_a_fir_inside_a_compound_packet_is_understood() -> None:
    fir = struct.pack("!BBHIIIBBH", 0x84, 206, 4, 1, 0, 1010, 1, 0, 0)
    assert asks_for_keyframe(source_description(1, "x") + fir)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\x81\xce",
        b"\x01\xce\x00\x02" + bytes(8),  # version 0
        struct.pack("!BBHIII", 0x81, 205, 3, 1, 2, 3),  # NACK
        struct.pack("!BBHII", 0x8F, 206, 2, 1, 2),  # REMB and its like
    ],
)
def test_other_packets_are_no_keyframe_request(packet: bytes) -> None:
    assert not asks_for_keyframe(packet)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_without_an_error(packet: bytes) -> None:
    assert asks_for_keyframe(packet) in (True, False)


def test_a_sender_report_ties_wall_clock_and_rtp_time() -> None:
    packet = sender_report(1010, 1_700_000_000.5, 2**32 + 7, 10, 2000)
    head, kind, words, ssrc, seconds, part, rtp, packets, octets = struct.unpack_from(
        "!BBHIIIIII", packet
    )
    assert (head, kind, words, ssrc) == (0x80, 200, 6, 1010)
    assert (seconds, part) == (1_700_000_000 + 2_208_988_800, 2**31)
    assert (rtp, packets, octets) == (7, 10, 2000)
    assert len(packet) % 4 == 0
    assert packet[29] == 202
