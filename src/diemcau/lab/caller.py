"""Calls to a server's API as somebody, as a page or a program makes them."""

from __future__ import annotations

from typing import Any

import httpx2

from diemcau.lab.errors import LabError


class Caller:
    """``client`` knows the server's address; with ``token`` it speaks for its owner, without for
    whoever ``client`` does. Raises ``LabError`` with the server's own words."""

    def __init__(self, client: httpx2.AsyncClient, token: str = "") -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def get(self, path: str) -> Any:
        return await self._call("GET", path)

    async def post(self, path: str, **body: Any) -> Any:
        return await self._call("POST", path, body)

    async def patch(self, path: str, **body: Any) -> Any:
        return await self._call("PATCH", path, body)

    async def put(self, path: str, **body: Any) -> Any:
        return await self._call("PUT", path, body)

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = await self._client.request(method, path, json=body, headers=self._headers)
        if answer.is_error:
            raise LabError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()
