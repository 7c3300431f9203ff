"""``diemcau shots``: pictures of every page, for the documents and for whoever mends the pages.

The pages are opened by Debian's Chromium; a site joins with Chromium's own artificial camera.
"""

import asyncio
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx2
from playwright.async_api import Browser, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from diemcau.cli.demo import TITLE, spread
from diemcau.cli.shot_list import LIVE, QUIET, SHOTS, SIZES, Shot, index
from diemcau.lab.cast import fill
from diemcau.lab.chromium import launched
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting, State
from diemcau.lab.mock import mock_server
from diemcau.lab.office import Office
from diemcau.lab.province import Province

SITES = 12
LARGEST = 150_000
"""Bytes of a picture: the repository keeps every version of it."""
READY_MS = 30_000
QUALITIES = (80, 70, 60, 50, 40, 30)
BANNER = "Hội nghị bắt đầu lúc 8 giờ; đề nghị các điểm cầu tắt micrô khi chưa được mời phát biểu."


def run(folder: Path, province: str, names: Sequence[str]) -> None:
    """Write ``<page>-<width>.jpg`` in all sizes into the folder, and what they show beside it."""
    wanted = set(names) or {shot.name for shot in SHOTS}
    unknown = wanted - {shot.name for shot in SHOTS}
    if unknown:
        known = ", ".join(shot.name for shot in SHOTS)
        raise SystemExit(f"diemcau: shots: {', '.join(unknown)}: không có / not one of {known}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / f"{folder.name}.md").write_text(index(), "utf-8")
    try:
        asyncio.run(_run(folder, province, wanted))
    except LabError as error:
        raise SystemExit(f"diemcau: shots: {error}") from None


async def _run(folder: Path, province: str, wanted: Collection[str]) -> None:
    quiet = [shot for shot in QUIET if shot.name in wanted]
    if quiet:
        await _on_the_mock(folder, quiet)
    if any(shot.name in wanted for shot in LIVE):
        await _in_a_province(folder, province, wanted)


async def _on_the_mock(folder: Path, shots: Sequence[Shot]) -> None:
    async with mock_server() as url, launched() as browser, httpx2.AsyncClient() as client:
        await client.post(f"{url}/mock/session", json={})
        for shot in shots:
            page = await _open(browser, f"{url}{shot.path}", account=shot.who)
            await _picture(page, shot, folder)
            await page.context.close()


async def _in_a_province(folder: Path, name: str, wanted: Collection[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="diemcau-shots-") as data:
        async with Province(Path(data), name) as province:
            *sites, guest = spread(province.directory, province.master, SITES + 1)
            meeting = await _session(province, [*sites, guest])
            await meeting.mcus_online()
            await province.publish(meeting, sites, width=640, height=360)
            await meeting.sites_ready(len(sites))
            async with launched() as browser:
                urls = _urls(province, meeting, guest)
                await _shoot(browser, folder, urls, meeting, sites, guest, wanted)


async def _session(province: Province, sites: Sequence[str]) -> Meeting:
    """With a dossier, so that there is a script."""
    async with httpx2.AsyncClient(base_url=province.url, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {province.token()}"
        cast = await fill(client, province.directory, sites)
        office = Office(client, cast, province.directory, province.master)
        held = await office.in_session(TITLE, sites)
    return await province.join(held["conference"])


def _urls(province: Province, meeting: Meeting, guest: str) -> Mapping[str, str]:
    """The address of each page, with a link's token."""
    tokens = {
        "operator": province.token("operator"),
        "chair": province.token("chair", meeting.id),
        "site": province.token("site", meeting.id, guest),
    }
    mcu = province.directory.site(guest).mcu
    return {
        shot.name: province.public_url
        + shot.path.format(conference=meeting.id, guest=guest, mcu=mcu)
        + f"#token={tokens[shot.who]}"
        for shot in LIVE
    }


async def _shoot(
    browser: Browser,
    folder: Path,
    urls: Mapping[str, str],
    meeting: Meeting,
    sites: Sequence[str],
    guest: str,
    wanted: Collection[str],
) -> None:
    """The guest joins first and stays, so that the others show a site with a camera."""
    site, *others = LIVE
    joined = await _open(browser, urls[site.name])
    await meeting.sites_ready(len(sites) + 1)
    await _direct(meeting, sites, guest)
    if site.name in wanted:
        await _picture(joined, site, folder)
    for shot in others:
        if shot.name in wanted:
            page = await _open(browser, urls[shot.name])
            await _picture(page, shot, folder)
            await page.context.close()


async def _direct(meeting: Meeting, sites: Sequence[str], guest: str) -> None:
    """The chair has called a site, and the next scene is ready."""
    await meeting.command("banner", text=BANNER)
    call = await meeting.command("call", site=sites[3])

    def connected(state: State) -> bool:
        calls = {one["id"]: one["state"] for one in state["conference"]["calls"]}
        return calls.get(call["id"]) == "connected"

    await meeting.until(connected, "the called site on air")
    scene = [guest, sites[5], sites[6], sites[7]]
    await meeting.command("preview", scene={"layout": "grid-2x2", "sites": scene})

    def ready(state: State) -> bool:
        return all(state["sites"][site].get("input") == "live" for site in scene)

    await meeting.until(ready, "the next scene in preview")


async def _open(browser: Browser, url: str, account: str = "") -> Page:
    """The page in a window of its own, signed in to the mock where an account is named."""
    width, height = SIZES[0]
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    await context.grant_permissions(["camera", "microphone"])
    if account:
        token = f"account:{account}"
        await context.add_init_script(f"sessionStorage.setItem('diemcau.account', '{token}')")
    page = await context.new_page()
    await page.goto(url)
    return page


async def _picture(page: Page, shot: Shot, folder: Path) -> None:
    for (width, height), name in zip(SIZES, shot.files, strict=True):
        await page.set_viewport_size({"width": width, "height": height})
        try:
            await _ready(page, shot, first=(width, height) == SIZES[0])
        except PlaywrightTimeout:
            await _save(page, folder / name)
            raise LabError(f"{shot.name} did not get ready; see {folder / name}") from None
        size = await _save(page, folder / name)
        print(f"{folder / name} {size // 1000} kB", flush=True)


async def _ready(page: Page, shot: Shot, *, first: bool) -> None:
    if shot.ready.startswith("("):
        await page.wait_for_function(shot.ready, timeout=READY_MS)
    else:
        await page.locator(shot.ready).first.wait_for(timeout=READY_MS)
    for key in shot.keys if first else ():
        await page.keyboard.press(key)
    await page.locator(shot.then).first.wait_for(timeout=READY_MS)
    with suppress(PlaywrightTimeout):  # pages of a session are never silent
        await page.wait_for_load_state("networkidle", timeout=1000)


async def _save(page: Page, file: Path) -> int:
    """At the best quality that is small enough; gives the bytes."""
    for quality in QUALITIES:
        data = await page.screenshot(type="jpeg", quality=quality)
        if len(data) <= LARGEST:
            break
    await asyncio.to_thread(file.write_bytes, data)
    return len(data)
