"""A session over three tiers: what the people in the rooms see and hear, in real media."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from statistics import median

import pytest
import pytest_asyncio

from diemcau.domain.layout import LAYOUTS
from diemcau.lab.marks import Pane
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching, now_ms
from tests.eyes import AUDIBLE_DB, SILENCE_DB, Eyes
from tests.stage import (
    CHAIR,
    COMMUNE,
    EVERYBODY,
    GOVERNMENT,
    MCUS,
    NEIGHBOUR,
    OTHER,
    alone,
    call_of,
    connected,
    full,
    in_session,
)

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

LINE_IDLE_KBPS = 10.0


class Stage:
    """The session, and a viewer at a satellite and one at the government's MCU."""

    def __init__(
        self, province: Province, meeting: Meeting, satellite: Watching, government: Watching
    ) -> None:
        self.province, self.meeting = province, meeting
        self.satellite, self.government = satellite, government

    @property
    def viewers(self) -> tuple[Watching, Watching]:
        return self.satellite, self.government

    def number(self, site: str) -> int:
        return self.province.number(site)

    def eyes(self, feed: str = "program", *, mcu: str = "", site: str = "") -> Eyes:
        return Eyes(self.province, self.meeting, feed, mcu=mcu, site=site)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await in_session(province, "Họp giao ban", EVERYBODY)
        numbers = [province.number(site) for site in EVERYBODY]
        viewers = [
            await stack.enter_async_context(
                province.view(mcu, meeting, panes="side-by-side", numbers=numbers)
            )
            for mcu in ("viettel", "chinh-phu")
        ]
        yield Stage(province, meeting, *viewers)


async def test_a_called_commune_is_seen_and_heard_at_another_satellite_and_at_the_government(
    stage: Stage,
) -> None:
    since = now_ms()
    await stage.meeting.command("call", site=COMMUNE)
    chair, commune = stage.number(CHAIR), stage.number(COMMUNE)
    for viewer in stage.viewers:
        await viewer.shows(chair, commune, since=since)
        await viewer.hears(commune, since=since)
        await viewer.hears(chair)
    call = await connected(stage.meeting, COMMUNE)
    assert call["connect_ms"] == max(call["picture_ms"], call["sound_ms"])
    assert stage.meeting.state["sites"][COMMUNE]["tally"] == "on_air"


async def test_release_brings_back_what_was_there_before_the_call(stage: Stage) -> None:
    await alone(stage.meeting, OTHER)
    await stage.meeting.command("call", site=COMMUNE)
    await connected(stage.meeting, COMMUNE)
    async with stage.eyes(mcu="chinh-phu") as eyes:
        await stage.meeting.command("release")
        await eyes.until(lambda: eyes.sites() == [stage.number(OTHER)], "the picture before")
        await eyes.until(lambda: eyes.tone_db(stage.number(COMMUNE)) < SILENCE_DB, "it is silent")
    assert call_of(stage.meeting)["state"] == "released"


async def test_the_measured_time_of_a_call_is_what_a_viewer_sees(stage: Stage) -> None:
    """Median of five: the figure in the log against the clock of an independent viewer."""
    chair, commune = stage.number(CHAIR), stage.number(COMMUNE)
    apart = []
    for _ in range(5):
        await alone(stage.meeting)
        await stage.meeting.until(
            lambda s: "slot" not in s["sites"][COMMUNE], "the commune's slot is idle again"
        )
        await stage.government.hears_no_more(commune)
        since = now_ms()
        await stage.meeting.command("call", site=COMMUNE)
        seen = (await stage.government.shows(chair, commune, since=since))["t"]
        heard = (await stage.government.hears(commune, since=since))["t"]
        call = await connected(stage.meeting, COMMUNE)
        apart.append((seen - since - call["picture_ms"], heard - since - call["sound_ms"]))
        print(f"{call['picture_ms']=} {seen - since=:.0f} {call['sound_ms']=} {heard - since=:.0f}")
    picture, sound = (median(values) for values in zip(*apart, strict=True))
    assert abs(picture) < 100, apart
    assert abs(sound) < 200, apart


async def test_a_caption_names_who_is_seen(stage: Stage) -> None:
    corner = Pane(0.03, 0.89, 0.17, 0.06)
    await alone(stage.meeting, COMMUNE)
    async with stage.eyes(mcu="vnpt") as shown:
        async with Eyes(stage.province, stage.meeting, f"site/{COMMUNE}", mcu="vnpt") as bare:
            await bare.until(lambda: bare.sites() == [stage.number(COMMUNE)], "the site itself")
            assert bare.contrast(corner) < 40
        await shown.until(lambda: shown.sites() == [stage.number(COMMUNE)], "the site on air")
        await shown.until(lambda: shown.contrast(corner) > 120, "letters on a plate")


async def test_nobody_on_air_hears_himself(stage: Stage) -> None:
    chair, own, other = (stage.number(site) for site in (CHAIR, COMMUNE, OTHER))
    await alone(stage.meeting, OTHER)
    async with stage.eyes(site=COMMUNE) as room, stage.eyes(mcu="viettel") as elsewhere:
        await room.until(lambda: room.tone_db(other) > AUDIBLE_DB, "the programme before")
        begun = now_ms()
        await stage.meeting.command("call", site=COMMUNE)
        await elsewhere.until(lambda: elsewhere.tone_db(own) > AUDIBLE_DB, "the others hear it")
        await connected(stage.meeting, COMMUNE)
        await elsewhere.until(lambda: elsewhere.seconds_of(own, begun) > 3, "3 s of its tone")
        await room.until(lambda: heard_without(room, chair, own), "the chair, and not itself")
        await stage.meeting.command("release")
        await room.until(lambda: room.tone_db(other) > AUDIBLE_DB, "the programme after")
        assert room.seconds_of(own, begun) == 0


async def test_a_muted_site_is_not_heard_until_it_is_opened_again(stage: Stage) -> None:
    await alone(stage.meeting, COMMUNE)
    own = stage.number(COMMUNE)
    async with stage.eyes(mcu="viettel") as eyes:
        await eyes.until(lambda: eyes.tone_db(own) > AUDIBLE_DB, "the site's tone")
        await stage.meeting.command("mute", site=COMMUNE, muted=True)
        await eyes.until(lambda: eyes.tone_db(own) < SILENCE_DB, "silence")
        await stage.meeting.command("mute", site=COMMUNE, muted=False)
        await eyes.until(lambda: eyes.tone_db(own) > AUDIBLE_DB, "the site's tone again")
        await stage.meeting.command("mute-all")
        chair = stage.number(CHAIR)
        await eyes.until(lambda: heard_without(eyes, chair, own), "the chair, and not it")


def heard_without(eyes: Eyes, number: int, silent: int) -> bool:
    """Whether the one site is heard, and the other not."""
    return eyes.tone_db(number) > AUDIBLE_DB and eyes.tone_db(silent) < SILENCE_DB


async def test_a_line_carries_nothing_up_while_none_of_its_sites_is_wanted(stage: Stage) -> None:
    def carried(state: dict[str, object]) -> float:
        kbps: float = state["mcus"]["viettel"]["link"].get("kbps", -1.0)  # type: ignore[index]
        return kbps

    await alone(stage.meeting)
    await stage.meeting.until(lambda s: 0 <= carried(s) < LINE_IDLE_KBPS, "an idle line")
    await stage.meeting.command("preview", scene=full(OTHER))
    await stage.meeting.until(lambda s: carried(s) > 50, "the next site on its way up")
    await alone(stage.meeting)
    await stage.meeting.until(lambda s: 0 <= carried(s) < LINE_IDLE_KBPS, "idle again")


async def test_whoever_is_next_is_live_before_the_take(stage: Stage) -> None:
    await alone(stage.meeting)
    await stage.meeting.command("preview", scene=full(OTHER))
    await stage.meeting.until(lambda s: s["sites"][OTHER].get("input") == "live", "its slot live")
    assert stage.meeting.state["sites"][OTHER]["tally"] == "next"
    slot = stage.meeting.state["sites"][OTHER]["slot"]
    async with Eyes(stage.province, stage.meeting, f"slot/{slot}", mcu="vinh-phuc") as preview:
        await preview.until(lambda: preview.sites() == [stage.number(OTHER)], "it is in preview")
    async with stage.eyes(mcu="vnpt") as eyes:
        await eyes.until(lambda: eyes.sites() == [stage.number(CHAIR)], "the chair is on air")
        await stage.meeting.command("take")
        await eyes.until(lambda: eyes.sites() == [stage.number(OTHER)], "it is on air")
    assert stage.meeting.state["conference"]["preview"]["sites"] == [CHAIR]


@pytest.mark.parametrize("layout", ["side-by-side", "grid-2x2", "one-plus-five", "pip"])
async def test_a_layout_shows_the_right_sites_in_the_right_panes(stage: Stage, layout: str) -> None:
    panes = [Pane(p.x, p.y, p.w, p.h) for p in LAYOUTS[layout].panes]
    sites = [OTHER, COMMUNE, GOVERNMENT, CHAIR, NEIGHBOUR][: len(panes)]
    numbers = [stage.number(site) for site in sites] + [None] * (len(panes) - len(sites))
    if layout == "pip":  # the small picture lies on the large one's mark
        panes, numbers = panes[1:], numbers[1:]
    await stage.meeting.command("take", scene={"layout": layout, "sites": sites})
    async with stage.eyes(mcu="chinh-phu") as eyes:
        await eyes.until(lambda: eyes.sites(panes) == numbers, f"{numbers}")


async def test_a_banner_stands_at_the_foot_of_the_picture_until_it_is_taken_away(
    stage: Stage,
) -> None:
    foot = Pane(0.4, 0.955, 0.3, 0.035)
    await alone(stage.meeting)
    async with stage.eyes(mcu="vnpt") as eyes:
        await eyes.until(lambda: eyes.sites() == [stage.number(CHAIR)], "the chair")
        assert eyes.contrast(foot) < 40
        text = "Các điểm cầu chú ý: phiên họp sẽ giải lao 10 phút, xin giữ kết nối"
        await stage.meeting.command("banner", text=text)
        await eyes.until(lambda: eyes.contrast(foot) > 120, "letters on a strip")
        await stage.meeting.command("banner", text="")
        await eyes.until(lambda: eyes.contrast(foot) < 40, "the picture alone")
