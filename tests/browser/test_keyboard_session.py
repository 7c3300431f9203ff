"""A whole session directed by keyboard alone: script, calls, content, roll, recording, the end.

Chromium on real media. What was on air is then read from the recording by FFmpeg: the right sites
in the right order, and their sound in step with their pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from diemcau.cli.demo import spread
from diemcau.domain.layout import LAYOUTS
from diemcau.domain.source import content_of
from diemcau.lab.caller import Caller
from diemcau.lab.chromium import chromium
from diemcau.lab.marks import MarkReader, Pane
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.tones import tone_hz
from tests.inside import becomes
from tests.media.recorded import OUT_OF_STEP, Recorded, Take
from tests.stage import connected

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

MCUS = ("vinh-phuc", "vnpt", "viettel")
SITES = 12
STRETCH_S = 1.5
TITLE = "Phiên họp UBND tỉnh tháng 11"
SEEN = {
    name: [Pane(pane.x, pane.y, pane.w, pane.h) for pane in LAYOUTS[name].panes]
    for name in ("full", "side-by-side")
}
"""The layouts of this session; no picture has the marks of both."""

Sources = tuple[str, ...]
Heard = list[tuple[float, frozenset[str]]]


@dataclass
class Room:
    """The session, the pages of control room and chair, and what was put on air so far."""

    province: Province
    meeting: Meeting
    caller: Caller
    client: httpx2.AsyncClient
    sites: list[str]
    page: Page
    desk: Page
    on_air: list[Sources] = field(default_factory=list)

    @property
    def dossier(self) -> str:
        return f"/api/dossiers/{self.meeting.state['conference']['dossier']}"

    def panel(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def command(self, letters: str) -> None:
        """A command of the palette, by a few letters of its name."""
        await self.press("Control+k")
        await expect(self.page.get_by_role("combobox")).to_be_focused()
        await self.page.keyboard.type(letters)
        await self.press("Enter")

    async def select(self, source: str) -> None:
        """With the arrows, as an operator does; Esc takes the keys from whatever has them."""
        await self.press("Escape")
        rows = self.page.locator("[data-site]")
        await expect(self.page.locator(f"[data-site='{source}']")).to_have_count(1)
        ids = await rows.evaluate_all("all => all.map(one => one.dataset.site)")
        here = "all => all.findIndex(one => one.classList.contains('selected'))"
        steps = ids.index(source) - await rows.evaluate_all(here)
        await self.press(*["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps))
        await expect(self.page.locator(f"[data-site='{source}']")).to_have_class(
            re.compile("selected")
        )

    async def ready(self, *sources: str) -> None:
        """Until the mixer has the picture of each, as an operator sees it in the preview."""
        await self.meeting.until(
            lambda s: all(self.of(s, one).get("input") == "live" for one in sources),
            f"{sources} ready",
        )

    def of(self, state: dict[str, Any], source: str) -> dict[str, Any]:
        site, _, content = source.partition(".")
        known: dict[str, Any] = state["sites"][site]
        return known.get("content", {}) if content else known

    async def stands(self, *sources: str) -> None:
        """Until this is on air, and has been recorded for a while."""
        self.on_air.append(sources)
        await self.meeting.until(
            lambda s: s["conference"]["program"]["sites"] == list(sources), f"{sources} on air"
        )
        await self.ready(*sources)
        await self.recorded_for(STRETCH_S)

    async def recorded_for(self, seconds: float) -> None:
        begun = self.meeting.state["conference"]["recording"].get("seconds", 0)
        await self.meeting.until(
            lambda s: s["conference"]["recording"]["seconds"] >= begun + seconds, "recorded"
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        headers = {"Authorization": f"Bearer {province.token()}"}
        client = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=province.url, headers=headers, timeout=20)
        )
        known = spread(province.directory, "vinh-phuc", 30)
        sites = [s for s in known if province.directory.site(s).mcu in MCUS][:SITES]
        caller = Caller(client)
        meeting = await province.join(await opened(caller, sites))
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, sites, fps=12)
        await meeting.sites_ready(SITES, timeout=60)
        browser = await stack.enter_async_context(chromium(province, "vinh-phuc", folder))
        page, desk = [
            await browser.new_page(viewport={"width": 1440, "height": 900}) for _ in range(2)
        ]
        address = f"{province.lab_url}/c/{meeting.id}"
        await desk.goto(f"{address}/chair#token={province.token('chair', meeting.id)}")
        await page.goto(f"{address}/control#token={province.token()}")
        for one in (page, desk):
            await expect(one.locator("[data-status=playing]").first).to_be_visible()
        yield Room(province, meeting, caller, client, sites, page, desk)


async def opened(caller: Caller, sites: Sequence[str]) -> str:
    """A session with a script of five items, open on its MCUs: its conference."""
    starts = datetime.now(UTC) + timedelta(minutes=45)
    dossier = await caller.post(
        "/api/dossiers",
        title=TITLE,
        procedure="429-urgent",
        unit="u-26",
        master=MCUS[0],
        sites=list(sites),
        chair=sites[0],
        starts_at=starts.isoformat(),
        ends_at=(starts + timedelta(hours=2)).isoformat(),
    )
    chair, guest, first, second, partner, *_ = sites
    shown = ((chair, guest), (first,), (second,), (chair, partner), (chair,))
    titles = ("Khai mạc", "Báo cáo 1", "Báo cáo 2", "Thảo luận", "Kết luận")
    items = [
        {
            "id": f"muc-{number}", "title": title, "sites": list(panes), "minutes": 10,
            "layout": "full" if len(panes) == 1 else "side-by-side",
        }
        for number, (title, panes) in enumerate(zip(titles, shown, strict=True), 1)
    ]  # fmt: skip
    path = f"/api/dossiers/{dossier['id']}"
    await caller.put(f"{path}/script", items=items, former=0)
    await caller.post(f"{path}/script/1/approve")
    held = await caller.post(f"{path}/open")
    return str(held["conference"])


async def test_the_recording_is_switched_on_from_the_palette(room: Room) -> None:
    await room.command("ghi hinh")
    await expect(room.panel("Phiên họp").get_by_text("Đang ghi hình")).to_be_visible()
    await room.stands(room.sites[0])


async def test_the_roll_is_called(room: Room) -> None:
    await room.press("Shift+R")
    roll = room.panel("Điểm danh")
    marks = [*"1" * (SITES - 2), "2", "3"]
    for called, mark in enumerate(marks, 1):
        await room.press(mark)
        if mark == "3":
            await expect(roll.get_by_label("Lý do vắng")).to_be_focused()
            await room.page.keyboard.type("Mất điện")
            await room.press("Enter")
        await expect(roll.get_by_text(f"đã gọi {called}/{SITES}")).to_be_visible()
    roles = (await room.caller.get(f"{room.dossier}/roll"))["attendance"]
    assert [one["roll"] for one in roles] == ["present"] * (SITES - 2) + ["online", "absent"]


async def test_the_script_goes_on_by_one_key(room: Room) -> None:
    chair, guest, first, second, *_ = room.sites
    await room.press("Escape")
    await room.ready(chair, guest)
    await room.press("Space")
    await room.stands(chair, guest)
    for site in (first, second):
        await room.ready(site)
        await room.press("n")
        await room.stands(site)


async def test_the_control_room_calls_a_site_for_the_chair(room: Room) -> None:
    chair, second, called = room.sites[0], room.sites[3], room.sites[5]
    await room.select(called)
    await room.press("c")
    await connected(room.meeting, called)
    await room.stands(chair, called)
    await room.press("Shift+C")
    await room.stands(second)


async def test_the_chair_calls_a_site_from_the_desk(room: Room) -> None:
    chair, partner, called = room.sites[0], room.sites[4], room.sites[6]
    await room.ready(partner)
    await room.press("n")
    await room.stands(chair, partner)
    name = room.province.directory.site(called).name
    desk = room.desk
    await desk.bring_to_front()
    await reach(desk, desk.get_by_role("textbox", name="Tìm điểm cầu"))
    await desk.keyboard.type(name)
    await reach(desk, desk.locator(f"button[data-site='{called}']"))
    await desk.keyboard.press("Enter")
    await reach(desk, desk.get_by_role("button", name=f"Mời {name} phát biểu"))
    await desk.keyboard.press("Enter")
    await connected(room.meeting, called)
    await room.stands(chair, called)
    await reach(desk, desk.get_by_role("button", name="Cảm ơn, kết thúc phát biểu"))
    await desk.keyboard.press("Enter")
    await room.stands(chair, partner)
    await room.page.bring_to_front()


async def reach(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """With the Tab key, as often as it takes."""
    await expect(wanted).to_be_visible()
    for _ in range(60):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {wanted}")


async def test_what_a_site_shares_is_shown_and_the_reason_written_down(room: Room) -> None:
    sharing = room.sites[7]
    content = content_of(sharing)
    await room.province.publish(room.meeting, [sharing], content=True, fps=12)
    await room.meeting.until(
        lambda s: room.of(s, content).get("state") == "ready", "content is there", timeout=30
    )
    await room.select(content)
    await room.press("p")
    await room.ready(content)
    await room.press("Space")
    await room.stands(content)
    await room.press("Shift+R")
    roll = room.panel("Điểm danh")
    await reach(room.page, roll.get_by_label(re.compile("Lý do lúc")), "Shift+Tab")
    await room.page.keyboard.type("Chủ tọa yêu cầu xem bản trình bày")
    await room.press("Enter")
    await expect(roll.get_by_text("chưa ghi lý do")).to_have_count(0)
    [departure] = (await room.caller.get(f"{room.dossier}/roll"))["departures"]
    assert departure["sites"] == [sharing]
    assert departure["reason"] == "Chủ tọa yêu cầu xem bản trình bày"


async def test_the_last_item_ends_the_recording_and_the_session(room: Room) -> None:
    chair = room.sites[0]
    await room.press("Escape")
    await room.ready(chair)
    await room.press("n")
    await room.stands(chair)
    await room.command("dung ghi")
    await sure(room, "Bấm lần nữa để dừng")
    await room.meeting.until(
        lambda s: s["conference"]["recording"]["state"] == "stopped", "the recording ended"
    )
    await room.command("be mac")
    await sure(room, "Bấm lần nữa để bế mạc")
    over = room.page.get_by_role("heading", name="Phiên họp đã kết thúc")
    await expect(over).to_be_visible(timeout=20_000)
    assert (await room.caller.get(room.dossier))["stage"] == "closed"


async def sure(room: Room, words: str) -> None:
    """The second press, by whoever has read what the first one leads to; a hasty one is none."""
    button = room.page.get_by_role("button", name=words)
    await expect(button).to_be_focused()

    async def pressed() -> bool:
        await room.press("Enter")
        return await button.count() == 0

    await becomes(pressed, bool)


async def test_the_recording_shows_and_sounds_the_session(room: Room, tmp_path: Path) -> None:
    [part] = await room.caller.get(f"{room.dossier}/recordings")
    answer = await room.client.get(
        f"{room.dossier}/recordings/{part['number']}/{part['part']}", timeout=60
    )
    file = tmp_path / "session.mkv"
    file.write_bytes(answer.raise_for_status().content)
    recorded = Recorded(file)
    seen, heard = recorded.shown(scene_in(room)), recorded.audible(tones(room))
    assert [take.what for take in seen] == room.on_air
    for take in seen:
        [(mostly, _)] = Counter(w for at, w in heard if take.begins < at < take.ends).most_common(1)
        assert mostly == sound_of(room, take.what)
    apart = [apart_ms(room, heard, *two) for two in pairwise(seen)]
    print(f"pictures and sound apart at each change: {apart} ms")
    assert max(apart) <= 1000 * OUT_OF_STEP


def apart_ms(room: Room, heard: Heard, former: Take, take: Take) -> float:
    """How far the new sound begins from the new picture: 0 where both may have come at once, for
    a picture lasts 40 ms, and a machine that was too busy has left holes."""
    old, new = sound_of(room, former.what), sound_of(room, take.what)
    told = [at for at in heard if middle(former) < at[0] < middle(take) and at[1] in (old, new)]
    # The change is where most of what is old lies before, and most of what is new after it:
    # a tone that falters for a moment is no change.
    fits = [0, *accumulate(1 if names == old else -1 for _, names in told)]
    change = fits.index(max(fits))
    before, begins = told[change - 1][0], told[change][0]
    return round(1000 * max(0, before - take.begins, former.ends - begins))


def middle(take: Take) -> float:
    return (take.begins + take.ends) / 2


def numbers(room: Room) -> dict[int, str]:
    """Whose mark and tone each number is."""
    number = room.province.number
    content = {number(site, content=True): content_of(site) for site in room.sites}
    return {number(site): site for site in room.sites} | content


def tones(room: Room) -> dict[str, float]:
    return {source: float(tone_hz(number)) for number, source in numbers(room).items()}


def sound_of(room: Room, scene: Sources) -> frozenset[str]:
    """The chair is heard whatever is shown, and a site with what it shares."""
    return frozenset({room.sites[0], *scene, *(source.partition(".")[0] for source in scene)})


def scene_in(room: Room) -> Callable[[Any], Sources | None]:
    """Reads what a picture shows, whatever its layout."""
    known = numbers(room)

    def read(frame: Any) -> Sources | None:
        luma = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
        for panes in SEEN.values():
            marks = MarkReader(frame.width, frame.height, panes).read(luma)
            sources = tuple(known[mark.number] for mark in marks if mark and mark.number in known)
            if len(sources) == len(panes):
                return sources
        return None

    return read
