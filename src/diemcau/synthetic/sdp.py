"""What webrtcbin writes into an offer that MCUs do not expect, put right."""

from __future__ import annotations

import re

PROFILE = "42e01f"


def tidy(offer: str) -> str:
    """Return the offer as it is sent.

    - Under max-bundle webrtcbin gives all m-lines but the first port 0 with ``bundle-only``
      (RFC 9143); many servers read port 0 as "refused", so it becomes 9.
    - Candidates over TCP go: an MCU has none, and they only add checks.
    - The H.264 profile becomes the one rooms are made with. x264 writes constraint sets 0 and 1
      (42c0xx), a stream that every decoder of 42e01f reads.
    """
    lines = [line for line in offer.splitlines() if not _is_tcp_candidate(line)]
    text = "\r\n".join(lines) + "\r\n"
    text = re.sub(r"(?m)^m=(audio|video) 0 ", r"m=\1 9 ", text)
    text = text.replace("a=bundle-only\r\n", "")
    return re.sub(r"profile-level-id=[0-9a-fA-F]{6}", f"profile-level-id={PROFILE}", text)


def _is_tcp_candidate(line: str) -> bool:
    return line.startswith("a=candidate:") and line.split(" ")[2].upper() == "TCP"
