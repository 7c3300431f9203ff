"""The agents' socket (docs/protocol.md section 4)."""

import asyncio
from contextlib import suppress

from fastapi import APIRouter, WebSocket

from diemcau.api.context import server_of
from diemcau.api.gateway import AgentConnection

WRONG_KEY, UNKNOWN_MCU, REPLACED = 4401, 4404, 4409

router = APIRouter()


@router.websocket("/agents/{mcu}")
async def agent(socket: WebSocket, mcu: str) -> None:
    """Accepted first and closed with a code: a refusal before that would hide its reason."""
    server = server_of(socket)
    await socket.accept()
    if mcu not in server.book.directory.mcus:
        await socket.close(UNKNOWN_MCU, "no such MCU in the directory")
        return
    scheme, _, key = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not server.agent_keys.accepts(mcu, key.strip()):
        await socket.close(WRONG_KEY, "wrong agent key")
        return
    connection = AgentConnection(mcu, socket.send_text, server.gateway)
    reading = asyncio.create_task(_read(socket, connection))
    try:
        await connection.serve()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        server.gateway.gone(connection)
        with suppress(Exception):
            await socket.close(REPLACED if connection.replaced else 1000)


async def _read(socket: WebSocket, connection: AgentConnection) -> None:
    try:
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            if message.get("text") is not None:
                connection.peer.receive(message["text"])
    finally:
        connection.ended.set()
