"""An SDP that cannot work is refused in words, one that can is passed on."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.services import sdp
from diemcau.services.refusals import BadSdp, NoCommonCodec
from diemcau.testing.samples import OFFER


def test_a_browsers_offer_is_accepted() -> None:
    sdp.check_offer(OFFER)
    sdp.check_offer(OFFER.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "v=1\r\n",
        "v=0\r\n",
        "v=0\r\nnonsense\r\n",
        OFFER.replace("a=ice-ufrag:abcd\r\n", ""),
        OFFER.replace("a=fingerprint:sha-256 00:11\r\n", ""),
        OFFER.replace("m=audio 9 ", "m=audio nine "),
        OFFER.replace("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=audio"),
    ],
)
def test_what_is_no_webrtc_description_is_malformed(text: str) -> None:
    with pytest.raises(BadSdp):
        sdp.check_offer(text)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (OFFER.replace("opus", "PCMU"), "Opus"),
        (OFFER.replace("H264", "H265"), "H.264"),
        (OFFER.replace("42e01f", "640c1f"), "H.264"),
        (OFFER.split("m=video")[0], "H.264"),
        (OFFER.replace(" 96 97", " 96"), "H.264"),
        (OFFER.replace("a=sendonly", "a=recvonly"), "sendonly"),
        (OFFER.replace("a=sendonly", "a=inactive"), "sendonly"),
    ],
)
def test_what_is_missing_is_named(text: str, missing: str) -> None:
    with pytest.raises(NoCommonCodec, match=missing):
        sdp.check_offer(text)


def test_h264_without_a_profile_is_baseline() -> None:
    sdp.check_offer(OFFER.replace(";profile-level-id=42e01f", ""))


def test_names_of_codecs_ignore_case() -> None:
    sdp.check_offer(OFFER.replace("opus", "OPUS").replace("H264", "h264"))


def test_an_answer_may_refuse_a_section() -> None:
    sdp.check_answer(OFFER.replace("m=video 9 ", "m=video 0 ").replace("sendonly", "recvonly"))


@pytest.mark.parametrize("body", [b"\xff\xfe", b"v=0\x00"])
def test_what_is_no_text_is_malformed(body: bytes) -> None:
    with pytest.raises(BadSdp):
        sdp.decode(body)


def test_a_fragment_is_lines() -> None:
    sdp.check_fragment("a=ice-ufrag:x\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n")
    for text in ("", "\r\n", "candidate"):
        with pytest.raises(BadSdp):
            sdp.check_fragment(text)


@given(st.data())
def test_whatever_an_offer_is_made_of_it_is_accepted_or_refused(data: st.DataObject) -> None:
    lines = OFFER.split("\r\n")
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = data.draw(st.sampled_from(lines) | st.text(max_size=20))
    with suppress(BadSdp, NoCommonCodec):
        sdp.check_offer("\r\n".join(lines))
