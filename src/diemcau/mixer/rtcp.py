"""The few RTCP packets a mixer needs: keyframe requests both ways, and sender reports.

RFC 3550 section 6.4.1 (sender report), 6.5 (source description); RFC 4585 section 6.3.1 (PLI);
RFC 5104 section 4.3.1 (FIR).
"""

import struct

SENDER_REPORT = 200
SOURCE_DESCRIPTION = 202
PAYLOAD_FEEDBACK = 206
PLI = 1
FIR = 4
# Seconds from 1 January 1900 (NTP) to 1 January 1970 (Unix).
NTP_EPOCH = 2_208_988_800


def pli(sender_ssrc: int, media_ssrc: int) -> bytes:
    """A picture loss indication, 12 bytes."""
    return struct.pack("!BBHII", 0x80 | PLI, PAYLOAD_FEEDBACK, 2, sender_ssrc, media_ssrc)


def sender_report(ssrc: int, wall: float, rtp_time: int, packets: int, octets: int) -> bytes:
    """A report without receiver blocks, followed by the CNAME; `wall` in Unix seconds."""
    seconds = int(wall)
    part = int((wall - seconds) * 2**32) & 0xFFFFFFFF
    report = struct.pack(
        "!BBHIIIIII",
        0x80,
        SENDER_REPORT,
        6,
        ssrc,
        (seconds + NTP_EPOCH) & 0xFFFFFFFF,
        part,
        rtp_time & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    return report + source_description(ssrc, "mixer")


def source_description(ssrc: int, cname: str) -> bytes:
    """One chunk with the canonical name, padded to 32 bits."""
    name = cname.encode()
    chunk = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    chunk += b"\0" * (-len(chunk) % 4)
    return struct.pack("!BBH", 0x81, SOURCE_DESCRIPTION, len(chunk) // 4) + chunk


def asks_for_keyframe(packet: bytes) -> bool:
    """True when a compound packet holds a PLI or a FIR; nonsense is False."""
    offset = 0
    while offset + 4 <= len(packet):
        first, kind, words = struct.unpack_from("!BBH", packet, offset)
        if first >> 6 != 2:
            return False
        if kind == PAYLOAD_FEEDBACK and first & 0x1F in (PLI, FIR):
            return True
        offset += 4 * (words + 1)
    return False
