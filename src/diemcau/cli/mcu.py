"""``diemcau mcu``: one agent, until a signal."""

import asyncio
import contextlib
import signal
from pathlib import Path

from diemcau.cli import logs
from diemcau.domain.refusal import Invalid
from diemcau.mcu.agent import Agent, AgentSettings
from diemcau.mcu.program import parse_program


def run(
    name: str,
    key_file: Path,
    address: str,
    server: str,
    folder: Path,
    reserve: int,
    stills_every: int,
    program: str,
) -> None:
    try:
        key = key_file.read_text().strip()
    except OSError as error:
        raise Invalid(
            f"Không đọc được khóa: {error}. Tạo bằng «./diemcau agent-key {name}» trên máy chủ.",
            f"Cannot read the key: {error}. Make it by ./diemcau agent-key {name} on the server.",
        ) from None
    logs.configure()
    picture = parse_program(program)
    settings = AgentSettings(
        name, server, key, address, folder.resolve(), reserve, stills_every, picture
    )
    asyncio.run(_run(settings))


async def _run(settings: AgentSettings) -> None:
    agent = Agent(settings)
    loop = asyncio.get_running_loop()
    leaving, ending = asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, leaving.set)
    loop.add_signal_handler(signal.SIGINT, ending.set)
    work = asyncio.create_task(agent.run())
    signals = [asyncio.create_task(event.wait()) for event in (leaving, ending)]
    await asyncio.wait([work, *signals], return_when=asyncio.FIRST_COMPLETED)
    crashed = work.done()
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await (agent.stop() if ending.is_set() else agent.leave())
        await work
    if crashed:
        work.result()
