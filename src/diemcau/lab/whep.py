"""The player's side of the WHEP exchange, in the order Janus needs: the server offers."""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx2

from diemcau.lab.errors import LabError


class WhepError(LabError):
    """The server refused or was not there."""


class WhepClient:
    """Sessions of one programme's address, for one token. Use as an async context manager."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx2.AsyncClient(headers=headers, trust_env=False, timeout=2.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections to the server; sessions go on."""
        await self._http.aclose()

    async def offer(self) -> tuple[str, str]:
        """Ask for the programme; return the session's address and the server's offer."""
        response = await self._request("POST", self._url)
        location = response.headers.get("location", "")
        if not location or not response.text.startswith("v="):
            raise WhepError("the server's answer has no Location or no SDP")
        return urljoin(self._url, location), response.text

    async def answer(self, session: str, sdp: str) -> None:
        """Send our answer."""
        await self._request("PATCH", session, sdp)

    async def keyframe(self, session: str) -> None:
        """Ask for a keyframe (our extension)."""
        await self._request("POST", f"{session}/keyframe")

    async def end(self, session: str) -> None:
        """End the session."""
        await self._request("DELETE", session)

    async def _request(self, method: str, url: str, sdp: str = "") -> httpx2.Response:
        headers = {"Content-Type": "application/sdp"} if sdp else {}
        try:
            response = await self._http.request(
                method, url, content=sdp.encode() or None, headers=headers
            )
        except httpx2.HTTPError as error:
            raise WhepError(f"{method} {url}: {error or type(error).__name__}") from error
        if not response.is_success:
            raise WhepError(f"{method} answered {response.status_code} {response.text[:200]}")
        return response
