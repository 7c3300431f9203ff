"""The few changes to SDP that make a link between two MCUs come up at the first attempt.

With both ends free to choose, the first DTLS hello is often sent before the other end listens, and
the next follows a second later. So the offerer is made the DTLS client, and gets the answer
without its candidates, which follow one by one (docs/decisions/0003).
"""

from typing import Any


def as_dtls_client(offer: str) -> str:
    """The offer of an end that will open DTLS itself (RFC 5763: ``active``)."""
    return offer.replace("a=setup:actpass", "a=setup:active")


def split_candidates(sdp: str) -> tuple[str, list[dict[str, Any]]]:
    """The SDP without candidates, and the candidates in the form of a trickle request."""
    kept: list[str] = []
    candidates: list[dict[str, Any]] = []
    index, mids = -1, _mids(sdp)
    for line in sdp.splitlines():
        if line.startswith("m="):
            index += 1
        if line.startswith("a=candidate:") and index >= 0:
            candidate = {"sdpMid": mids[index], "sdpMLineIndex": index, "candidate": line[2:]}
            candidates.append(candidate)
        elif line != "a=end-of-candidates":
            kept.append(line)
    first_mid = mids[0] if mids else "0"
    return "\r\n".join(kept) + "\r\n", [c for c in candidates if c["sdpMid"] == first_mid]


def _mids(sdp: str) -> list[str]:
    """The mid of each m-line, in order ("" where there is none)."""
    mids: list[str] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            mids.append("")
        elif line.startswith("a=mid:") and mids:
            mids[-1] = line.removeprefix("a=mid:").strip()
    return mids
