"""The HTTP side of publishing and playing: WHIP (RFC 9725) and WHEP, with the standard library.

WHEP here is the server's order of things: Janus can only make the offer, so an empty POST is
answered with an offer, and the player sends its answer with PATCH.
"""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

TIMEOUT_SECONDS = 8.0
# Proxies are for the world outside; an MCU is not there.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ExchangeError(Exception):
    """The server refused, or was not there; the text says what it answered."""


class Resource(NamedTuple):
    """What a POST made: its address, and the description that came back."""

    url: str
    sdp: str


def publish(url: str, token: str, offer: str) -> Resource:
    """POST an offer; return the session's address and the answer. Raises ExchangeError."""
    return _post(url, token, offer)


def play(url: str, token: str) -> Resource:
    """Ask for a programme; return the session's address and the server's offer."""
    return _post(url, token, "")


def answer(resource: Resource, token: str, sdp: str) -> None:
    """Send our answer to the server's offer. Raises ExchangeError."""
    _request("PATCH", resource.url, token, sdp)


def end(resource: Resource, token: str, timeout: float = 2.0) -> None:
    """DELETE the session. Raises ExchangeError."""
    _request("DELETE", resource.url, token, None, timeout)


def _post(url: str, token: str, sdp: str) -> Resource:
    location, body = _request("POST", url, token, sdp)
    if not location or not body.startswith("v="):
        raise ExchangeError("the server's answer has no Location or no SDP")
    return Resource(urllib.parse.urljoin(url, location), body)


def _request(
    method: str, url: str, token: str, sdp: str | None, timeout: float = TIMEOUT_SECONDS
) -> tuple[str, str]:
    headers = {"Authorization": f"Bearer {token}"}
    if sdp is not None:
        headers["Content-Type"] = "application/sdp"
    data = sdp.encode() if sdp is not None else None
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with _opener.open(request, timeout=timeout) as response:
            return response.headers.get("Location", ""), response.read().decode()
    except urllib.error.HTTPError as error:
        detail = error.read(300).decode(errors="replace").strip()
        raise ExchangeError(f"{method} answered {error.code} {error.reason} {detail}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ExchangeError(f"{method} {url}: {reason}") from error
