"""A look inside an MCU host: what its Janus and its mixers have, asked of themselves.

Janus answers on the loopback address of its host alone, so the question is put by a small process
there: ``python -m tests.inside LIFE_FILE``. It gives way to the media it looks at.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diemcau.mcu.janus import Admin, Connection, Session

if TYPE_CHECKING:  # a look must be quick: it imports no more than it needs
    from diemcau.lab.province import Province

ROOT = Path(__file__).parent.parent


async def inside(province: Province, mcu: str) -> dict[str, Any]:
    """What an MCU's Janus has: ``handles`` (their names), ``rooms`` (conference ids) and ``fed``
    (an entry for each stream forwarded to a mixer's port)."""
    life = province.folder / "mcu" / mcu / "janus" / "life.json"
    argv = province.hosts[mcu].command(
        ["nice", "-n", "19", sys.executable, "-m", "tests.inside", str(life)],
        env={"PYTHONPATH": str(ROOT)},
    )
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    seen: dict[str, Any] = json.loads(said)
    return seen


def mixers(province: Province) -> dict[str, int]:
    """The mixers now running: conference → pid."""
    found = {}
    for file in province.folder.glob("mcu/*/mixers/*/pid"):
        with contextlib.suppress(OSError):
            pid = int(file.read_text())
            os.kill(pid, 0)
            found[file.parent.name] = pid
    return found


async def becomes(
    question: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool], timeout: float = 15
) -> None:
    """Ask again until the answer is as wanted; else show the last answer."""
    answer: Any = None
    try:
        async with asyncio.timeout(timeout):
            while not wanted(answer := await question()):
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"still {answer} after {timeout} s") from None


async def _look(life: dict[str, Any]) -> dict[str, Any]:
    watcher = await Connection.open(
        life["admin_port"], "janus-admin-protocol", {"admin_secret": life["admin_secret"]}, _ignore
    )
    admin = Admin(watcher)
    names = []
    for session in await admin.sessions():
        for handle in await admin.handles(session):
            names.append((await admin.info(session, handle)).get("opaque_id", ""))
    api = await Connection.open(
        life["api_port"], "janus-protocol", {"apisecret": life["api_secret"]}, _ignore
    )
    session_of_ours = await Session.create(api)
    asking = await session_of_ours.attach("test")
    rooms = [str(room["room"]) for room in (await asking.message(request="list"))["list"]]
    forwards = []
    for room in rooms:
        about = {"room": room, "secret": life["api_secret"]}
        reply = await asking.message(request="listforwarders", **about)
        forwards += [f for publisher in reply["publishers"] for f in publisher["forwarders"]]
    await api.request({"janus": "destroy", "session_id": session_of_ours.number})
    fed = sorted(f"{forward['type']} to {forward['port']}" for forward in forwards)
    return {"handles": sorted(names), "rooms": sorted(rooms), "fed": fed}


def _ignore(_event: dict[str, Any]) -> None:
    pass


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_look(json.loads(Path(sys.argv[1]).read_text())))))
