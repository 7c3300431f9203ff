"""What is changed in the descriptions of a link between two MCUs."""

from diemcau.mcu import sdp

ANSWER = "\r\n".join(
    [
        "v=0",
        "a=group:BUNDLE a v",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:a",
        "a=candidate:1 1 udp 2015363327 10.77.0.2 37047 typ host",
        "a=candidate:2 1 udp 2015363326 10.77.0.3 37048 typ host",
        "a=end-of-candidates",
        "m=video 9 UDP/TLS/RTP/SAVPF 107",
        "a=mid:v",
        "a=candidate:1 1 udp 2015363327 10.77.0.2 37047 typ host",
        "a=end-of-candidates",
        "",
    ]
)


def test_whoever_offers_opens_dtls() -> None:
    offer = "v=0\r\na=setup:actpass\r\nm=audio\r\na=setup:actpass\r\n"
    assert sdp.as_dtls_client(offer) == "v=0\r\na=setup:active\r\nm=audio\r\na=setup:active\r\n"


def test_an_answer_is_parted_from_its_candidates() -> None:
    bare, candidates = sdp.split_candidates(ANSWER)
    assert "candidate" not in bare
    assert [line for line in ANSWER.splitlines() if "candidate" not in line] == bare.splitlines()
    assert bare.endswith("\r\n")
    assert [c["candidate"].split()[4] for c in candidates] == ["10.77.0.2", "10.77.0.3"]


def test_a_bundle_needs_the_candidates_of_its_first_section_only() -> None:
    _, candidates = sdp.split_candidates(ANSWER)
    assert {(c["sdpMid"], c["sdpMLineIndex"]) for c in candidates} == {("a", 0)}


def test_a_candidate_goes_without_the_attribute_sign_before_it() -> None:
    _, candidates = sdp.split_candidates(ANSWER)
    assert all(c["candidate"].startswith("candidate:") for c in candidates)


def test_a_mid_may_stand_after_the_candidates_of_its_section() -> None:
    _, candidates = sdp.split_candidates("m=audio 9 x 0\na=candidate:1 1 udp 1 h 1\na=mid:x\n")
    assert candidates[0]["sdpMid"] == "x"


def test_a_description_without_candidates_is_left_as_it_is() -> None:
    text = "v=0\r\nm=audio 9 x 0\r\na=mid:0\r\n"
    assert sdp.split_candidates(text) == (text, [])
