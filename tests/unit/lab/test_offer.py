"""What a synthetic site changes in webrtcbin's offer, and a viewer in a server's."""

from __future__ import annotations

import re

from diemcau.lab.receive import without_retransmission
from diemcau.synthetic.sdp import tidy

OFFER = """v=0
a=group:BUNDLE video0 audio1
m=video 9 UDP/TLS/RTP/SAVPF 96 97
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack pli
a=fmtp:96 packetization-mode=1;profile-level-id=42c00c
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=ssrc-group:FID 1 2
a=candidate:1 1 UDP 2015363327 10.77.3.2 46873 typ host
a=candidate:2 1 TCP 1015021823 10.77.3.2 9 typ host tcptype active
m=audio 0 UDP/TLS/RTP/SAVPF 111
a=bundle-only
a=rtpmap:111 OPUS/48000/2
""".replace("\n", "\r\n")


def test_bundled_streams_are_not_offered_as_refused() -> None:
    offer = tidy(OFFER)
    assert re.findall(r"(?m)^m=(\w+) (\d+)", offer) == [("video", "9"), ("audio", "9")]
    assert "bundle-only" not in offer


def test_only_candidates_over_udp_are_offered() -> None:
    assert re.findall(r"a=candidate:(\d)", tidy(OFFER)) == ["1"]


def test_the_profile_is_that_of_the_rooms() -> None:
    assert "profile-level-id=42e01f" in tidy(OFFER)


def test_every_line_ends_as_sdp_wants_it() -> None:
    for offer in (tidy(OFFER), without_retransmission(OFFER)):
        assert offer.endswith("\r\n")
        assert offer.count("\n") == offer.count("\r\n")


def test_a_viewer_takes_everything_but_retransmission() -> None:
    offer = without_retransmission(OFFER)
    assert "rtx" not in offer
    assert "FID" not in offer
    assert "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" in offer
    assert "a=rtcp-fb:96 nack pli" in offer
    assert "a=fmtp:96" in offer
    assert "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n" in offer
