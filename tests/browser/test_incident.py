"""An incident by everybody whom it concerns (Article 7), each in a browser window of his own, over
the real server: the room, the technician, the carrier and the chair."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from diemcau.lab.chromium import launched
from diemcau.services.clock import SystemClock
from tests.contract.test_server_process import Running, running

pytestmark = pytest.mark.browser

SITES = ("s-26", "s-08707")
"""The chair's, and a commune's at the MCU of VNPT."""
STEPS = (
    "taken", "cause-known", "carrier-told", "carrier-answered", "chair-told", "chair-heard",
    "mended", "closed",
)  # fmt: skip


@dataclass
class Stage:
    server: Running
    browser: Browser
    url: str
    dossier: str

    @property
    def path(self) -> str:
        return f"{self.url}/c/c-{self.dossier}"

    async def page(self, path: str, account: str = "") -> Page:
        """A window of its own, with nothing of the others'."""
        context = await self.browser.new_context(viewport={"width": 1366, "height": 768})
        context.set_default_timeout(15_000)
        page = await context.new_page()
        if account:
            token = await self._account(account)
            await page.add_init_script(f"sessionStorage.setItem('diemcau.account', '{token}')")
        await page.goto(path if path.startswith("http") else self.path + path)
        return page

    async def link(self, role: str, site: str = "") -> str:
        more = {"site": site} if site else {}
        path = f"/api/conferences/c-{self.dossier}/links"
        return str((await self.server.operator.post(path, role=role, **more))["url"])

    async def incidents(self) -> list[Any]:
        return list(await self.server.operator.get(f"/api/dossiers/{self.dossier}/incidents"))

    async def _account(self, name: str) -> str:
        role, unit = name.split("@")
        grants = [{"role": role, "unit": unit}]
        made = await self.server.operator.post("/api/accounts", id=role, name=role, grants=grants)
        words = {"account": role, "old": made["password"], "new": "Mot-mat-khau-du-dai-2026"}
        return str((await self.server.operator.post("/api/account/password", **words))["token"])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(tmp_path))
        browser = await stack.enter_async_context(launched())
        starts = SystemClock().now() + timedelta(hours=4)
        opened = await server.operator.post(
            "/api/dossiers", title="Giao ban", procedure="429-planned", unit="u-26",
            master="vinh-phuc", sites=SITES, chair=SITES[0], starts_at=starts.isoformat(),
            ends_at=(starts + timedelta(hours=1)).isoformat(),
        )  # fmt: skip
        await server.operator.post(f"/api/dossiers/{opened['id']}/open")
        url = (await server.operator.post("/api/kiosks/s-26"))["url"].partition("/kiosk")[0]
        yield Stage(server, browser, url, opened["id"])


async def test_an_incident_is_walked_through_by_room_technician_carrier_and_chair(
    stage: Stage,
) -> None:
    link = await stage.link("site", SITES[1])
    room = await stage.page(link.replace("#", "?autojoin=1#"))
    chair = await stage.page(await stage.link("chair", SITES[0]))
    technician = await stage.page("/control", "technician@u-vpub")
    carrier = await stage.page("/mcu/vnpt", "telecom@u-vnpt")

    await report(room, "Hình giật, vỡ")
    await expect(room.get_by_text("Đã báo, chờ phòng điều khiển nhận")).to_be_visible()
    work = await opened(technician, "Hình giật, vỡ")
    await button(work, "Nhận xử lý").click()
    await expect(room.get_by_text("Phòng điều khiển đang xử lý")).to_be_visible()

    await button(work, "Nguyên nhân…").click()
    await work.get_by_label("Nguyên nhân", exact=True).fill("Cáp quang suy hao")
    await button(work, "Ghi").click()
    await button(work, "Báo nhà mạng…").click()
    await expect(work.get_by_label("Nhà mạng")).to_have_value("VNPT Vĩnh Phúc")
    await work.get_by_label("Đã báo cho ai").fill("Ông Lâm")
    await work.get_by_label("Giải pháp").fill("Chuyển sang sợi dự phòng")
    await button(work, "Ghi").click()
    await expect(room.get_by_text("Nguyên nhân: Cáp quang suy hao; dự kiến xong")).to_be_visible()

    own = carrier.get_by_role("listitem").filter(has_text="Hình giật, vỡ")
    await button(own, "Nhà mạng xác nhận…").click()
    await own.get_by_label("Ý kiến").fill("Đồng ý, đã cử người")
    await button(own, "Ghi").click()
    await expect(work.get_by_text("Đồng ý, đã cử người")).to_be_visible()

    told = chair.get_by_role("region", name="Sự cố kỹ thuật")
    await expect(told).to_have_count(0)
    await button(work, "Báo chủ tọa…").click()
    await work.get_by_label("Điều chỉnh nội dung").fill("Mời điểm cầu khác trước")
    await button(work, "Ghi").click()
    await expect(told).to_contain_text("Mời điểm cầu khác trước")
    await button(told, "Đã biết").click()
    await expect(told).to_have_count(0)
    await expect(work.get_by_text("Chủ tọa đã biết")).to_be_visible()

    await expect(button(work, "Khép sự cố")).to_have_count(0)
    await button(work, "Đã khắc phục…").click()
    await work.get_by_label("Đã khắc phục thế nào").fill("Chuyển sang sợi dự phòng số 2")
    await button(work, "Ghi").click()
    await expect(room.get_by_text("Đã khắc phục: Chuyển sang sợi dự phòng số 2")).to_be_visible()
    await button(work, "Khép sự cố").click()
    await expect(work.get_by_text("Đã khép").first).to_be_visible()

    [walked] = await stage.incidents()
    assert tuple(walked["steps"]) == STEPS
    times = [walked["at"], *(stamp["at"] for stamp in walked["steps"].values())]
    assert times == sorted(times)
    by = {step: stamp["by"] for step, stamp in walked["steps"].items()}
    assert (by["taken"], by["carrier-answered"]) == ("technician", "telecom")
    assert by["chair-heard"].startswith("link:")
    report_of = f"/api/dossiers/{stage.dossier}/assessment.json"
    [reported] = (await stage.server.operator.get(report_of))["incidents"]["incidents"]
    assert {step: moment(at) for step, at in reported["steps"].items()} == {
        step: moment(stamp["at"]) for step, stamp in walked["steps"].items()
    }

    await report(room, "Hình giật, vỡ")
    again = await opened(technician, "Mới báo")
    cures = again.get_by_role("region", name="Lần trước ở đây đã khắc phục")
    await expect(cures).to_contain_text("Chuyển sang sợi dự phòng số 2")
    await button(cures, "Dùng cách này").click()
    await button(again, "Ghi").click()
    await expect(room.get_by_text("Đã khắc phục: Chuyển sang sợi dự phòng số 2")).to_have_count(2)


def moment(text: str) -> datetime:
    """To the millisecond, as live state tells it."""
    at = datetime.fromisoformat(text)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


async def report(room: Page, text: str) -> None:
    await button(room, "Tôi gặp sự cố").click()
    await button(room, text).click()
    await button(room, "Báo phòng điều khiển").click()


async def opened(technician: Page, text: str) -> Locator:
    """The card of an incident, by way of its alarm."""
    alarm = technician.get_by_role("alert").filter(has_text="Sự cố mới")
    await button(alarm, "Xem").click()
    return technician.get_by_role("article").filter(has_text=text).first


def button(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name)
