"""A still never waits for the line to the server, and nothing waits for a still."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from diemcau.mcu.agent import MOST_UNSENT, Agent, AgentSettings
from diemcau.wire import Peer

STILL = {"conference": "c1", "site": "s1", "jpeg": "…"}


@pytest.mark.parametrize(
    ("unsent", "sent"), [(0, True), (MOST_UNSENT, True), (MOST_UNSENT + 1, False)]
)
async def test_a_still_is_dropped_where_it_would_wait(
    unsent: int, sent: bool, tmp_path: Path
) -> None:
    messages: list[dict[str, Any]] = []

    async def send(text: str) -> None:
        messages.append(json.loads(text))

    agent = Agent(AgentSettings("vnpt", "ws://127.0.0.1:1", "key", "127.0.0.1", tmp_path, 0))
    agent._peer = Peer(send)
    transport = SimpleNamespace(get_write_buffer_size=lambda: unsent)
    agent._socket = SimpleNamespace(transport=transport)  # type: ignore[assignment]
    await agent._send_still(STILL)
    assert messages == ([{"method": "still", "params": STILL}] if sent else [])


async def test_without_a_server_a_still_is_dropped(tmp_path: Path) -> None:
    agent = Agent(AgentSettings("vnpt", "ws://127.0.0.1:1", "key", "127.0.0.1", tmp_path, 0))
    await agent._send_still(STILL)
