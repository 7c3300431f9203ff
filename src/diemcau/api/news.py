"""What changed, over a WebSocket, for the office's pages (docs/protocol.md 6)."""

import asyncio
import json

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from diemcau.api.context import Server, server_of
from diemcau.api.live import ALIVE_EVERY_S, SENT_WITHIN_S, Drop, close, first_token, receive
from diemcau.domain.dossier import Dossier
from diemcau.domain.refusal import Refusal
from diemcau.ports.identity import Principal
from diemcau.services.dossiers.news import ALL, Reader
from diemcau.services.live import moment

NOT_IDENTIFIED, TOO_SLOW = 4401, 4408

router = APIRouter()


@router.websocket("/api/events")
async def events(socket: WebSocket) -> None:
    await socket.accept()
    server = server_of(socket)
    reader = server.office.news.read()
    try:
        token = await first_token(socket)
        jobs = [
            asyncio.create_task(_send(socket, server, token, reader)),
            asyncio.create_task(_until_gone(socket)),
        ]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in done:
                job.result()
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
    except Drop as drop:
        await close(socket, drop)
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        reader.close()


async def _send(socket: WebSocket, server: Server, token: str, reader: Reader) -> None:
    """Who asks is looked at again for each message: rights may end while a page is open."""
    _identified(server, token)
    try:
        while True:
            try:
                async with asyncio.timeout(ALIVE_EVERY_S):
                    changes = await reader.next()
            except TimeoutError:
                changes = []
            who = _identified(server, token)
            seen = [change for change in changes if _sees(server, who, change)]
            text = json.dumps({"changed": seen, "now": moment(server.clock.now())})
            async with asyncio.timeout(SENT_WITHIN_S):
                await socket.send_text(text)
    except TimeoutError:
        raise Drop(TOO_SLOW, "too slow") from None


def _identified(server: Server, token: str) -> Principal:
    try:
        return server.identify(token)
    except Refusal as refusal:
        raise Drop(NOT_IDENTIFIED, f"urn:diemcau:{refusal.id}") from None


def _sees(server: Server, who: Principal, change: tuple[str, str]) -> bool:
    dossier = server.records.get(Dossier, change[0]) if change[0] else None
    return change == ALL or (server.office.desk.sees(who, dossier) if dossier else change[0] == "")


async def _until_gone(socket: WebSocket) -> None:
    while True:
        await receive(socket)
