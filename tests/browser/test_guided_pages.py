"""An MCU of another make: what its technician and the operator see of a call, on the mock."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import send
from tests.browser.test_chair_pages import signed_in
from tests.browser.test_control_pages import panel
from tests.browser.test_pages import command, control

pytestmark = pytest.mark.browser

NOW = "Đưa lên toàn màn hình NGAY"


def console(open_page: Open) -> Page:
    """The technician's, of an MCU that has just become one of another make."""
    page = signed_in(open_page, "vnpt", "/c/c1/mcu/vnpt")
    expect(page.get_by_role("heading", name="MCU VNPT Vĩnh Phúc")).to_be_visible()
    command(page, "preview", {"scene": {"layout": "full", "sites": ["s-tam-dao"]}})
    send(page, "/mock/guided", {"mcu": "vnpt", "gateway": "s-vp-tttt"})
    expect(asked(page)).to_contain_text("Chưa yêu cầu điểm cầu nào")
    return page


def asked(page: Page) -> Locator:
    return page.get_by_role("region", name="MCU trung tâm yêu cầu")


def test_a_technician_is_asked_and_confirms_by_one_key(open_page: Open) -> None:
    page = console(open_page)
    command(page, "preview", {"scene": {"layout": "full", "sites": ["s-dao-duc"]}})
    expect(asked(page)).to_contain_text("sắp phát biểu")
    command(page, "call", {"site": "s-trung-my"})
    expect(asked(page)).to_contain_text(NOW)
    expect(asked(page).get_by_text("UBND xã Trung Mỹ")).to_be_visible()
    expect(asked(page)).to_contain_text(re.compile(r"Còn lại\s*0:(30|2\d)"))
    page.keyboard.press("Space")
    expect(asked(page)).to_contain_text("Đã xác nhận lúc")
    expect(asked(page).get_by_role("button")).to_have_count(0)
    command(page, "call", {"site": "s-huong-canh"})
    asked(page).get_by_role("button", name="Đã lên toàn màn hình").click()
    expect(asked(page)).to_contain_text("Đã xác nhận lúc")


def test_the_operator_sees_who_is_waited_for_and_confirms_by_telephone(open_page: Open) -> None:
    technician = console(open_page)
    page = control(open_page)
    command(page, "call", {"site": "s-trung-my"})
    page.keyboard.press("q")
    calls = panel(page, "Mời và xin phát biểu")
    expect(calls).to_contain_text("Chờ kỹ thuật viên MCU VNPT Vĩnh Phúc: còn 0:")
    expect(calls).to_contain_text("Đang nối")
    expect(asked(technician)).to_contain_text(NOW)
    calls.get_by_role("button", name="Xác nhận thay").click()
    expect(calls).to_contain_text("MCU VNPT Vĩnh Phúc đã đưa lên sau")
    expect(calls).to_contain_text("Đã nối")
    expect(asked(technician)).to_contain_text("Đã xác nhận lúc")


def test_a_call_answered_late_is_red(open_page: Open) -> None:
    technician = console(open_page)
    page = control(open_page)
    page.clock.install()
    page.reload()
    page.keyboard.press("q")
    command(page, "call", {"site": "s-trung-my"})
    calls = panel(page, "Mời và xin phát biểu")
    expect(calls).to_contain_text("Chờ kỹ thuật viên")
    page.clock.run_for(31_000)
    expect(calls.locator(".late")).to_contain_text("Kỹ thuật viên MCU VNPT Vĩnh Phúc quá hạn")
    expect(asked(technician)).to_contain_text(NOW)
