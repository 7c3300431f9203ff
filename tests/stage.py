"""What the tests on real media share: who plays in them, and when a picture counts as unbroken."""

from __future__ import annotations

import os
from typing import Any

import httpx2

from diemcau.lab.lateness import less_lateness
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching, now_ms
from tests.inside import becomes

MCUS = ("chinh-phu", "vinh-phuc", "vnpt", "viettel")
GOVERNMENT, CHAIR = "s-chinh-phu", "s-26"
COMMUNE, NEIGHBOUR = "s-08707", "s-08710"
"""Two communes at the satellite vnpt."""
OTHER = "s-08764"
"""A commune at the satellite viettel."""
EVERYBODY = (CHAIR, GOVERNMENT, COMMUNE, NEIGHBOUR, OTHER)


def full(site: str) -> dict[str, Any]:
    return {"layout": "full", "sites": [site]}


def call_of(meeting: Meeting) -> dict[str, Any]:
    """The newest call."""
    call: dict[str, Any] = meeting.state["conference"]["calls"][0]
    return call


async def in_session(province: Province, title: str, sites: tuple[str, ...]) -> Meeting:
    """A conference whose sites all publish."""
    meeting = await province.open(title, sites, chair=CHAIR)
    await meeting.mcus_online(timeout=60)
    await province.publish(meeting, sites)
    await meeting.sites_ready(len(sites), timeout=60)
    return meeting


async def connected(meeting: Meeting, site: str) -> dict[str, Any]:
    """The site's call once it is measured."""

    def done(state: dict[str, Any]) -> bool:
        call = state["conference"]["calls"][:1]
        return bool(call) and call[0]["site"] == site and call[0]["state"] == "connected"

    await meeting.until(done, f"the call of {site} connected")
    return call_of(meeting)


async def alone(meeting: Meeting, site: str = CHAIR) -> None:
    """Nobody called, nobody muted, nobody next; only this site on the programme."""
    state = meeting.state["conference"]
    if any(call["state"] in ("requested", "connected") for call in state["calls"]):
        await meeting.command("release")
    for name, one in meeting.state["sites"].items():
        if one["muted"]:
            await meeting.command("mute", site=name, muted=False)
    # By way of nothing: the scene before keeps no place, not even as what leaves the screen.
    for sites in ([], [site]):
        await meeting.command("take", scene={"layout": "full", "sites": sites})
    await meeting.command("preview", scene=full(site))


async def kill(province: Province, name: str) -> None:
    """kill -9, and wait until another process runs in its place."""
    former = province.pid(name)
    province.kill(name)

    async def successor() -> int:
        try:
            pid = province.pid(name)
            os.kill(pid, 0)
        except Exception:  # no pid file, half of one, no such process: not yet
            return former
        return pid

    async def server_answers() -> bool:
        async with httpx2.AsyncClient(base_url=province.url) as client:
            try:
                return (await client.get("/api/health")).is_success
            except httpx2.TransportError:
                return False

    await becomes(successor, lambda pid: pid != former, timeout=60)
    await becomes(server_answers, bool, timeout=60)


async def worst_gap(viewer: Watching, since: float) -> float:
    """The longest freeze (ms) at a viewer since a moment, once it is seen to get pictures now.

    A session that was lost counts as the time until it was there again. What the viewer itself was
    late does not count: it saw nothing meanwhile.
    """
    alive = await viewer.until(
        lambda e: e["event"] == "stats" and e["fps"] > 5, "pictures", since=now_ms() + 500
    )
    assert alive["t"] > since
    begin = lost = 0.0
    gaps = [0.0]
    for event in viewer.events:
        if event["t"] < since:
            continue
        match event["event"]:
            case "lost":
                lost = lost or event["t"]
                continue
            case "freeze":
                begin = event["t"] - event["ms"]
            case "reconnected" | "resumed":
                begin, lost = lost or event["t"], 0.0
            case _:
                continue
        gaps.append(less_lateness(begin, event["t"], viewer.events))
    return max(gaps)
