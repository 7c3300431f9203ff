"""The planned procedure (429/2022, Article 6.1) from the letter to the assessment, as people do it:
in browsers, on real media, with a clock that runs fifteen times as fast."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from diemcau.domain.localtime import VIETNAM
from diemcau.lab.chromium import chromium
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import now_ms
from tests.browser.test_commune import BEEP_HZ, RIGHT, beeps, moves, shows_green
from tests.eyes import AUDIBLE_DB, FULL, Eyes
from tests.stage import CHAIR, COMMUNE, MCUS, OTHER

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

SPEED = 15
TITLE = "Phiên họp UBND tỉnh tháng 11"
PASSWORD = "Mot-mat-khau-du-dai-2026"
DISTRICT = "s-243"
SITES = (CHAIR, DISTRICT, COMMUNE, OTHER)
PEOPLE = {
    "lan.vp": ("Nguyễn Thị Lan", "office", "u-26"),
    "hoa.xa": ("Trần Văn Hòa", "room-operator", "u-08707"),
    "ban.ct": ("Lê Văn Bản", "chair", "u-26"),
}


@dataclass
class Play:
    """The stage: the province, its people's browsers, and the dossier once there is one."""

    province: Province
    browser: Browser
    api: httpx2.AsyncClient
    stack: AsyncExitStack
    pages: dict[str, Page] = field(default_factory=dict)
    dossier: str = ""
    meeting: Meeting | None = None

    async def page(self, who: str) -> Page:
        """Somebody's own browser window, signed in."""
        if who not in self.pages:
            context = await self.browser.new_context(viewport={"width": 1366, "height": 768})
            context.set_default_timeout(10_000)
            page = self.pages[who] = await context.new_page()
            await page.goto(self.province.lab_url)
            await page.get_by_label("Tên đăng nhập").fill(who)
            await page.get_by_label("Mật khẩu").fill(PASSWORD)
            await page.get_by_role("button", name="Đăng nhập", exact=True).click()
            await expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
        return self.pages[who]

    async def tab(self, who: str, tab: str) -> Page:
        page = await self.page(who)
        await page.goto(f"{self.province.lab_url}/d/{self.dossier}/{tab}")
        await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
        return page

    async def get(self, path: str = "") -> Any:
        answer = await self.api.get(f"/api/dossiers/{self.dossier}{path}")
        assert answer.is_success, answer.text
        return answer.json()

    async def steps(self) -> dict[str, dict[str, Any]]:
        return {item["step"]["id"]: item for item in (await self.get())["agenda"]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def play(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Play]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS, clock_speed=SPEED))
        headers = {"Authorization": f"Bearer {province.token(hours=24 * 30)}"}
        api = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=province.url, headers=headers, timeout=20)
        )
        for account, (name, role, unit) in PEOPLE.items():
            body = {"id": account, "name": name, "grants": [{"role": role, "unit": unit}]}
            made = await api.post("/api/accounts", json=body)
            assert made.is_success, made.text
            change = {"account": account, "old": made.json()["password"], "new": PASSWORD}
            assert (await api.post("/api/account/password", json=change)).is_success
        browser = await stack.enter_async_context(chromium(province, "vnpt", folder))
        yield Play(province, browser, api, stack)


async def test_the_office_opens_a_dossier_for_the_letter(play: Play) -> None:
    page = await play.page("lan.vp")
    await page.get_by_role("link", name="Phiên họp mới").click()
    await page.get_by_label("Số, ký hiệu").fill("1234/UBND-VP")
    await page.get_by_label("Nơi gửi").fill("Văn phòng UBND tỉnh")
    await page.get_by_label("Tên phiên họp").fill(TITLE)
    await page.get_by_label("MCU trung tâm").select_option("vinh-phuc")
    start = (datetime.now(UTC) + timedelta(hours=5)).astimezone(VIETNAM)
    for label, moment in (("Giờ họp", start), ("Tổng duyệt", start - timedelta(hours=3))):
        await page.get_by_role("textbox", name=f"{label}, giờ").fill(f"{moment:%H:%M}")
        await page.get_by_role("textbox", name=f"{label}, ngày").fill(f"{moment:%d/%m/%Y}")
    names = [play.province.directory.site(site).name for site in SITES]
    for name in names:
        search = page.get_by_role("textbox", name="Tìm điểm cầu")
        await search.fill(name)
        await search.press("Enter")
    await page.get_by_role("button", name="Lập hồ sơ").click()
    await page.wait_for_url(re.compile(r"/d/(?!new)"), timeout=10_000)
    play.dossier = page.url.split("/d/")[1].split("/")[0].split("?")[0]
    assert set((await play.get())["sites"]) == set(SITES)


async def test_the_notice_goes_out_and_a_commune_acknowledges_it(play: Play) -> None:
    page = await play.tab("lan.vp", "notices")
    await page.get_by_role("button", name="Gửi thông báo đến các đơn vị").click()
    await expect(page.get_by_text("Thông báo lần 1")).to_be_visible()
    steps = await play.steps()
    assert steps["notice"]["state"] == "done"
    assert not steps["notice"]["late"]
    commune = await play.page("hoa.xa")
    await commune.goto(play.province.lab_url)
    await commune.get_by_text("Xác nhận thông báo").first.click()
    await commune.get_by_role("button", name="Xác nhận thay: Phường Tích Sơn").click()
    await expect(commune.get_by_text("Đã ghi xác nhận")).to_be_visible()
    answers = {a["unit"]: a for a in (await play.get("/notices"))["answers"]}
    assert answers["u-08707"]["by"] == "hoa.xa"
    assert not answers["u-08707"]["missing"]
    await expect(page.get_by_role("row", name="Phường Tích Sơn")).to_contain_text("hoa.xa")


async def test_the_script_is_written_and_approved(play: Play) -> None:
    items = [
        {"id": "khai-mac", "title": "Khai mạc", "sites": [CHAIR], "minutes": 5},
        {
            "id": "bao-cao", "title": "Báo cáo của phường Tích Sơn", "minutes": 10,
            "sites": [CHAIR, COMMUNE], "layout": "side-by-side",
        },
    ]  # fmt: skip
    written = await play.api.put(
        f"/api/dossiers/{play.dossier}/script", json={"items": items, "former": 0}
    )
    assert written.is_success, written.text
    page = await play.tab("lan.vp", "script")
    await page.get_by_role("button", name="Duyệt bản này").click()
    await expect(page.get_by_text("đang áp dụng").first).to_be_visible()


async def test_the_plan_is_drawn_and_agreed(play: Play) -> None:
    page = await play.tab("lan.vp", "plan")
    await page.get_by_role("button", name="Lập phương án").click()
    await expect(page.get_by_text("Chưa thống nhất")).to_be_visible()
    await page.get_by_role("button", name="Thống nhất phương án").click()
    await expect(page.get_by_text("đã thống nhất lúc")).to_be_visible()
    assert (await play.steps())["plan"]["state"] == "done"


async def test_the_commune_checks_its_room_and_hands_in_its_contact(play: Play) -> None:
    board = await play.get("/checks")
    for step in board["steps"]:
        for site in step["sites"]:
            if site == COMMUNE:
                continue
            results = [{"item": item, "passed": True} for item in step["items"]]
            path = f"/api/dossiers/{play.dossier}/checks/{step['id']}/{site}"
            assert (await play.api.put(path, json={"results": results})).is_success
    for site in SITES[:2] + SITES[3:]:
        contact = {"name": "Cán bộ", "phone": "0211 386 0000"}
        path = f"/api/dossiers/{play.dossier}/contacts/{site}"
        assert (await play.api.put(path, json=contact)).is_success
    page = await play.tab("hoa.xa", "checks")
    own = [step for step in board["steps"] if COMMUNE in step["sites"]]
    for step in own:
        await page.get_by_role("button", name=step["title"]["vi"]).click()
        whole = page.get_by_role("button", name="Cả hàng đạt: UBND phường Tích Sơn")
        await whole.click()
        await expect(whole).to_be_disabled()
    await page.get_by_role("button", name="Đầu mối").click()
    await page.get_by_role("button", name="Nhập: UBND phường Tích Sơn").click()
    await page.get_by_label("Cán bộ vận hành phòng họp").fill("Trần Văn Hòa")
    await page.get_by_label("Điện thoại", exact=True).fill("0211 386 1111")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_text("Đã lưu đầu mối")).to_be_visible()
    late = {name for name, item in (await play.steps()).items() if item["late"]}
    assert late == set()


async def test_the_session_is_built_as_planned_and_the_commune_comes_in(play: Play) -> None:
    page = await play.tab("lan.vp", "session")
    await page.get_by_role("button", name="Mở phiên họp trên MCU").click()
    await expect(page.get_by_text("Phiên họp đang kết nối")).to_be_visible()
    meeting = Meeting(play.province.url, f"c-{play.dossier}", play.province.token(hours=24 * 30))
    play.meeting = await play.stack.enter_async_context(meeting)
    await meeting.mcus_online(timeout=60)
    await play.province.publish(meeting, (CHAIR, DISTRICT, OTHER))
    commune = await play.tab("hoa.xa", "session")
    await commune.get_by_label("Vào họp với tư cách điểm cầu").fill("Tích Sơn")
    await commune.keyboard.press("Enter")
    await commune.get_by_role("button", name="Vào họp").last.click()
    await commune.wait_for_url("**/c/**/site/**")
    await commune.get_by_role("button", name="Vào phiên họp").click()
    await meeting.sites_ready(4, timeout=60)
    steps = await play.steps()
    assert steps["join"]["state"] == "done"


async def test_the_control_room_follows_the_script_and_the_chair_calls(play: Play) -> None:
    assert play.meeting is not None
    office = await play.page("lan.vp")
    await office.goto(f"{play.province.lab_url}/c/c-{play.dossier}/control")
    await expect(office.get_by_text(TITLE)).to_be_visible()
    async with Eyes(play.province, play.meeting, mcu="viettel") as eyes:
        take = f"/api/conferences/c-{play.dossier}/take"
        opening = {"layout": "full", "sites": [CHAIR]}
        assert (await play.api.post(take, json={"scene": opening})).is_success
        report = {"layout": "side-by-side", "sites": [CHAIR, COMMUNE]}
        since = now_ms()
        assert (await play.api.post(take, json={"scene": report})).is_success
        await shows_green(eyes, RIGHT)
        await moves(eyes, RIGHT)
        await beeps(eyes, since)
        assert play.meeting.state["conference"]["cue"] == "bao-cao"
        departed = {"layout": "full", "sites": [COMMUNE]}
        assert (await play.api.post(take, json={"scene": departed})).is_success
        await shows_green(eyes, FULL)
        chair = await play.page("ban.ct")
        await chair.goto(f"{play.province.lab_url}/c/c-{play.dossier}/chair")
        await chair.locator(f"[data-site='{DISTRICT}']").click()
        name = play.province.directory.site(DISTRICT).name
        await chair.get_by_role("button", name=f"Mời {name} phát biểu").click()
        await play.meeting.until(
            lambda state: [c["state"] for c in state["conference"]["calls"]] == ["connected"],
            "the call",
        )
        call = play.meeting.state["conference"]["calls"][0]
        assert call["site"] == DISTRICT
        print(f"the chair's call: {call['connect_ms']:.0f} ms")
        assert eyes.loudest_db(BEEP_HZ, since) > AUDIBLE_DB


async def test_roll_departure_closing_and_assessment(play: Play) -> None:
    page = await play.tab("lan.vp", "session")
    row = page.get_by_role("group", name="UBND phường Tích Sơn")
    await row.get_by_role("button", name="Có mặt").click()
    await expect(row.get_by_role("button", name="Có mặt")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("textbox", name="Lý do").fill("Chủ tọa yêu cầu xem kỹ")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_text("Chủ tọa yêu cầu xem kỹ")).to_be_visible()
    roll = await play.get("/roll")
    attended = {one["site"]: one for one in roll["attendance"]}
    assert attended[COMMUNE]["there"]
    assert attended[COMMUNE]["roll"] == "present"
    assert [d["reason"] for d in roll["departures"]] == ["Chủ tọa yêu cầu xem kỹ"]
    assert [c["site"] for c in roll["calls"] if c["state"] == "connected"] == [DISTRICT]
    await page.get_by_role("button", name="Bế mạc").click()
    await page.get_by_role("button", name="Bấm lần nữa để kết thúc").click()
    await expect(page.get_by_text("Phiên họp đã bế mạc").first).to_be_visible()
    page = await play.tab("lan.vp", "overview")
    await page.get_by_label("Tổng hợp chất lượng hình, tiếng, kết nối").fill("Tốt; không có sự cố.")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_text("Đã lưu đánh giá")).to_be_visible()


async def test_the_record_is_whole(play: Play) -> None:
    """Every step that the system can see is done, documents print, and the log book verifies."""
    steps = await play.steps()
    waiting = {name for name, i in steps.items() if i["state"] != "done"}
    assert {steps[name]["step"]["evidence"] for name in waiting} <= {"word"}
    for form in ("notice", "plan", "summary", "script", "check", "logbook", "assessment"):
        answer = await play.api.get(f"/api/dossiers/{play.dossier}/documents/{form}.pdf")
        assert answer.content.startswith(b"%PDF"), form
    verdict = (await play.api.get("/api/log-book/verify")).json()
    assert verdict["ok"], verdict
    actions = {e["action"] for e in (await play.get("/log-book"))}
    assert {
        "dossier.opened", "dossier.announced", "notice.acknowledged", "script.approved",
        "plan.agreed", "check.marked", "contact.handed-in", "session.opened", "script.departed",
        "script.explained", "roll.called", "session.closed", "dossier.assessed",
    } <= actions  # fmt: skip
