"""A commune with nothing but a browser: it joins, is called, is seen and heard, and hears.

Chromium's fake camera is green with a moving disc; its fake microphone beeps twice a second with a
square wave of 400 Hz, whose third harmonic no synthetic site has.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from diemcau.lab.chromium import chromium
from diemcau.lab.marks import Pane
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.tones import tone_hz
from diemcau.lab.watching import now_ms
from tests.eyes import AUDIBLE_DB, FULL, SILENCE_DB, Eyes
from tests.stage import CHAIR, COMMUNE, GOVERNMENT, MCUS, OTHER, alone, connected, full

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

BEEP_HZ = 1200
BACK_MS = 8000
RIGHT = Pane(0.5, 0.25, 0.5, 0.5)
LISTEN = """async ([label, frequencies, seconds]) => {
  const video = [...document.querySelectorAll('video')].find((v) => v.ariaLabel === label);
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, {fftSize: 4096, smoothingTimeConstant: 0});
  context.createMediaStreamSource(video.srcObject).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const loudest = frequencies.map(() => -200);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await new Promise((done) => setTimeout(done, 20));
    analyser.getFloatFrequencyData(bins);
    frequencies.forEach((hz, i) => {
      const bin = Math.round((hz * 4096) / context.sampleRate);
      loudest[i] = Math.max(loudest[i], bins[bin]);
    });
  }
  await context.close();
  return loudest;
}"""


class Stage:
    """The commune's page, and viewers at another satellite and at the government."""

    def __init__(
        self, province: Province, meeting: Meeting, page: Page, viewers: list[Eyes]
    ) -> None:
        self.province, self.meeting, self.page, self.viewers = province, meeting, page, viewers

    async def listen(self, label: str, *frequencies: float, seconds: float = 2) -> list[float]:
        """The loudest level of each frequency in a player of the page (dB of the analyser)."""
        heard: list[float] = await self.page.evaluate(LISTEN, [label, frequencies, seconds])
        return heard


def green(eyes: Eyes, pane: Pane) -> bool:
    """Whether the fake camera's picture is in the pane."""
    middle = Pane(
        pane.x + pane.width * 0.1, pane.y + pane.height * 0.1, pane.width * 0.15, pane.height * 0.2
    )
    u, v = eyes.chroma(middle)
    return u < 30 and v < 30


async def shows_green(eyes: Eyes, pane: Pane) -> None:
    await eyes.until(lambda: green(eyes, pane), "the green picture")


async def beeps(eyes: Eyes, since: float) -> None:
    """Until the fake microphone was heard after a moment."""
    await eyes.until(lambda: eyes.loudest_db(BEEP_HZ, since) > AUDIBLE_DB, "the beep")


async def is_silent(eyes: Eyes, seconds: float = 1.5) -> None:
    """Until so long nothing of the fake microphone was heard."""
    begun = now_ms()

    def silent() -> bool:
        since = now_ms() - 1000 * seconds
        return since > begun and eyes.loudest_db(BEEP_HZ, since) < SILENCE_DB

    await eyes.until(silent, "silence")


async def moves(eyes: Eyes, pane: Pane) -> None:
    """Until the picture in the pane has changed: it is no still."""
    before = eyes.cut(pane).astype(int)
    await eyes.until(
        lambda: bool(np.mean(abs(eyes.cut(pane).astype(int) - before) > 60) > 0.002), "motion"
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        sites = (CHAIR, COMMUNE, OTHER, GOVERNMENT)
        meeting = await province.open("Họp giao ban", sites, chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, (CHAIR,))
        browser = await stack.enter_async_context(chromium(province, "vnpt", folder))
        page = await browser.new_page()
        token = province.token("site", meeting.id, COMMUNE)
        address = f"{province.lab_url}/c/{meeting.id}/site/{COMMUNE}"
        await page.goto(f"{address}?autojoin=1#token={token}")
        await meeting.sites_ready(2)
        viewers = [
            await stack.enter_async_context(Eyes(province, meeting, mcu=mcu))
            for mcu in ("viettel", "chinh-phu")
        ]
        yield Stage(province, meeting, page, viewers)


async def test_a_commune_joins_by_its_link_alone_and_is_told_so(stage: Stage) -> None:
    assert stage.meeting.state["sites"][COMMUNE]["state"] == "ready"
    await expect(stage.page.get_by_text("Đã kết nối")).to_be_visible()
    assert "token" not in stage.page.url


async def test_it_is_called_and_seen_and_heard_at_a_satellite_and_at_the_government(
    stage: Stage,
) -> None:
    await alone(stage.meeting)
    since = now_ms()
    await stage.meeting.command("call", site=COMMUNE)
    call = await connected(stage.meeting, COMMUNE)
    for eyes in stage.viewers:
        await shows_green(eyes, RIGHT)
        await moves(eyes, RIGHT)
        await beeps(eyes, since)
    print(f"connected in {call['connect_ms']:.0f} ms")
    await expect(stage.page.get_by_text("ĐANG LÊN HÌNH")).to_be_visible()


async def test_on_air_it_hears_the_chair_and_never_itself(stage: Stage) -> None:
    chair, own = await stage.listen("Chương trình", tone_hz(stage.province.number(CHAIR)), BEEP_HZ)
    assert chair > -35
    assert own < -60
    (beep,) = await stage.listen("Hình của điểm cầu", BEEP_HZ)
    assert beep > -50  # the same ears do hear the beep where it is


async def test_after_a_reload_it_is_back_on_the_programme_by_itself(stage: Stage) -> None:
    begun = now_ms()
    await stage.page.reload()
    await expect(stage.page.get_by_text("Đã kết nối")).to_be_visible()
    since = now_ms()
    for eyes in stage.viewers:
        await moves(eyes, RIGHT)
        await shows_green(eyes, RIGHT)
        await beeps(eyes, since)
    print(f"connected {since - begun:.0f} ms, seen and heard {now_ms() - begun:.0f} ms after")
    assert now_ms() - begun < BACK_MS
    await expect(stage.page.get_by_text("ĐANG LÊN HÌNH")).to_be_visible()


async def test_a_microphone_that_was_turned_off_stays_off_over_a_reload(stage: Stage) -> None:
    eyes = stage.viewers[0]

    def muted(wanted: bool) -> Any:
        return lambda state: state["sites"][COMMUNE]["muted"] is wanted

    await stage.page.get_by_text("Micro đang mở").click()
    await stage.meeting.until(muted(True), "the server knows")
    await is_silent(eyes)
    await stage.page.reload()
    await expect(stage.page.get_by_text("Đã kết nối")).to_be_visible()
    await expect(stage.page.get_by_text("Micro đang tắt")).to_be_visible()
    await moves(eyes, RIGHT)
    assert stage.meeting.state["sites"][COMMUNE]["muted"]
    await is_silent(eyes)
    since = now_ms()
    await stage.page.get_by_text("Micro đang tắt").click()
    await stage.meeting.until(muted(False), "the server knows that, too")
    await beeps(eyes, since)


async def test_it_is_told_when_it_is_next_and_when_it_is_no_longer_seen(stage: Stage) -> None:
    await stage.meeting.command("release")
    await expect(stage.page.get_by_text("ĐANG LÊN HÌNH")).to_have_count(0)
    await stage.meeting.command("preview", scene=full(COMMUNE))
    await expect(stage.page.get_by_text("SẮP LÊN HÌNH")).to_be_visible()
    await stage.meeting.command("take")
    for eyes in stage.viewers:
        await shows_green(eyes, FULL)
    await expect(stage.page.get_by_text("ĐANG LÊN HÌNH")).to_be_visible()
