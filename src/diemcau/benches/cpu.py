"""CPU time of processes, from proc(5)."""

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_time(pid: int) -> float:
    """User and system seconds of a process so far (fields 14 and 15 of its ``stat``)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def busy(groups: Sequence[Sequence[int]], seconds: float) -> list[float]:
    """Percent of a core each group of processes used during the next ``seconds``."""
    begun = time.monotonic()
    before = [sum(map(cpu_time, group)) for group in groups]
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    return [
        100 * (sum(map(cpu_time, group)) - was) / took
        for group, was in zip(groups, before, strict=True)
    ]
