"""An agent whose Janus does not answer says so, tries again, and ends it in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from diemcau.mcu import janus, media
from diemcau.mcu.janus_process import Life
from diemcau.mcu.media import PATIENCE
from tests.unit.mcu.janus_ground import media_in


class Hung:
    """A Janus whose process is there: it takes connections and answers none. Found again and again,
    until it is stopped."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.found = 0
        self.server: asyncio.Server

    async def find_or_start(self) -> tuple[Life, Any, bool]:
        self.found += 1
        port = self.server.sockets[0].getsockname()[1] if self.server.sockets else 1
        return Life("e1", 1, port, port, "secret", "secret"), self, True

    async def stop(self) -> None:
        self.ended.set()


@pytest.fixture
async def hung(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hung]:
    monkeypatch.setattr(janus, "OPEN_TIMEOUT_S", 0.05)
    monkeypatch.setattr(media, "AGAIN_S", 0)
    made = Hung()
    made.server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    yield made
    made.server.close()


@pytest.mark.parametrize("listens", [True, False])
async def test_a_janus_that_does_not_answer_is_asked_again_and_then_ended(
    hung: Hung, listens: bool, tmp_path: Path
) -> None:
    if not listens:
        hung.server.close()
        await hung.server.wait_closed()
    agents = media_in(tmp_path)
    agents._janus = hung  # type: ignore[assignment]
    start = asyncio.create_task(agents.start())
    async with asyncio.timeout(10):
        await hung.ended.wait()
    assert hung.found == PATIENCE
    assert not start.done()
    start.cancel()
    await agents.leave()
