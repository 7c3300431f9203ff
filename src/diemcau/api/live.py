"""Live state over a WebSocket (docs/protocol.md section 2)."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from diemcau.api.context import Server, server_of
from diemcau.api.may import require_watching, view_at
from diemcau.domain.refusal import Refusal, Unknown
from diemcau.ports.identity import NotAllowed, Principal
from diemcau.services.hub import Ended, Subscription

MALFORMED, NOT_IDENTIFIED, NOT_ALLOWED, NOT_OPEN = 4400, 4401, 4403, 4404
TOO_SLOW, CLOSED = 4408, 4410
TOKEN_WITHIN_S = 10.0
SENT_WITHIN_S = 5.0
"""A watcher that takes longer for one message is dropped; it may come back for a snapshot."""

ALIVE_EVERY_S = 4.0
"""A page cannot see the pings of its WebSocket: after this long without news it is told so."""

ALIVE = json.dumps({"type": "alive"})
MAX_MESSAGE = 4096
QUALITY_EVERY_S = 0.9

router = APIRouter()


class Drop(Exception):
    """End the connection with this close code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@router.websocket("/api/conferences/{conference}/events")
async def events(socket: WebSocket, conference: str) -> None:
    await socket.accept()
    server = server_of(socket)
    try:
        principal = await _admitted(socket, server, conference)
        await _watch(socket, server, conference, principal)
    except Drop as drop:
        await close(socket, drop)
    except (WebSocketDisconnect, RuntimeError):
        return


async def first_token(socket: WebSocket) -> str:
    """The token, which is what a page says first."""
    try:
        async with asyncio.timeout(TOKEN_WITHIN_S):
            message = await receive(socket)
    except TimeoutError:
        raise Drop(NOT_IDENTIFIED, "no token came") from None
    return str(message.get("token", ""))


async def _admitted(socket: WebSocket, server: Server, conference: str) -> Principal:
    token = await first_token(socket)
    try:
        principal = server.identify(token)
        require_watching(server, principal, conference)
    except Refusal as refusal:
        raise Drop(_code(refusal), f"urn:diemcau:{refusal.id}") from None
    return principal


def _code(refusal: Refusal) -> int:
    if isinstance(refusal, NotAllowed):
        return NOT_ALLOWED
    return NOT_OPEN if isinstance(refusal, Unknown) else NOT_IDENTIFIED


async def _watch(socket: WebSocket, server: Server, conference: str, principal: Principal) -> None:
    """Send until the page goes, the conference closes or the token ends."""
    left_s = (principal.expires_at - server.clock.now()).total_seconds()
    jobs = [
        asyncio.create_task(_send(socket, server, conference, principal)),
        asyncio.create_task(_listen(socket, server, conference, principal)),
    ]
    try:
        done, _ = await asyncio.wait(jobs, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise Drop(NOT_IDENTIFIED, "urn:diemcau:token-expired")
        for job in done:
            job.result()
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


async def _send(socket: WebSocket, server: Server, conference: str, principal: Principal) -> None:
    """Whether he may is looked at again for each message: rights may end while a page is open."""
    subscription = server.hub.subscribe(conference, view_at(server, principal, conference))
    try:
        while True:
            message = await _news(subscription)
            _require_still(server, principal, conference)
            async with asyncio.timeout(SENT_WITHIN_S):
                await socket.send_text(message)
    except TimeoutError:
        raise Drop(TOO_SLOW, "too slow") from None
    except Ended:
        raise Drop(CLOSED, "the conference is closed") from None
    finally:
        subscription.close()


def _require_still(server: Server, principal: Principal, conference: str) -> None:
    try:
        require_watching(server, principal, conference)
    except Refusal as refusal:
        raise Drop(_code(refusal), f"urn:diemcau:{refusal.id}") from None


async def _news(subscription: Subscription) -> str:
    try:
        async with asyncio.timeout(ALIVE_EVERY_S):
            return await subscription.next()
    except TimeoutError:
        return ALIVE


async def _listen(socket: WebSocket, server: Server, conference: str, principal: Principal) -> None:
    last = float("-inf")
    while True:
        message = await receive(socket)
        now = server.clock.monotonic()
        figures = message.get("quality")
        if (
            message.get("type") == "quality"
            and isinstance(figures, dict)
            and principal.site
            and now - last >= QUALITY_EVERY_S
        ):
            last = now
            server.observations.page(conference, principal.site, figures)
            server.hub.changed_slightly(conference)


async def receive(socket: WebSocket) -> dict[str, Any]:
    """The next message, an object; what is none ends the connection."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    text = message.get("text") or ""
    try:
        value = json.loads(text) if len(text) <= MAX_MESSAGE else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Drop(MALFORMED, "send JSON objects, the first one with the token")
    return value


async def close(socket: WebSocket, drop: Drop) -> None:
    try:
        async with asyncio.timeout(1):
            await socket.close(drop.code, str(drop))
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return
