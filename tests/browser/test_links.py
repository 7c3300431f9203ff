"""Links into a session as people get them: read out, sent, scanned, on the wall; room computers."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import BASE
from tests.browser.test_office import signed_in
from tests.browser.test_pages import control, row

pytestmark = pytest.mark.browser


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Đường dẫn vào phiên họp")


def by_name(page: Page, letters: str) -> None:
    """A command of the palette."""
    page.keyboard.press("Control+k")
    page.keyboard.type(letters)
    page.keyboard.press("Enter")


def address(shown: Locator) -> str:
    return shown.get_by_label("Địa chỉ đầy đủ").input_value()


def test_the_code_that_is_read_out_opens_the_page_of_that_site(open_page: Open) -> None:
    page = control(open_page)
    row(page, "s-huong-canh").locator(".pick").click()
    page.keyboard.press("j")
    page.get_by_role("region", name="Điểm cầu đang chọn").get_by_role(
        "button", name="Đường dẫn"
    ).click()
    expect(dialog(page).get_by_role("combobox")).to_have_value("UBND thị trấn Hương Canh")
    code = dialog(page).get_by_label("Mã vào họp").inner_text()
    expect(dialog(page).get_by_role("img")).to_be_visible()
    room = open_page("/join")
    room.keyboard.type(code.replace("-", ""))
    room.wait_for_url("**/c/c1/site/s-huong-canh")


def test_links_are_made_and_copied_by_keyboard_alone(open_page: Open) -> None:
    page = control(open_page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    by_name(page, "duong dan ban chu toa")
    expect(dialog(page).get_by_role("button", name="Chép đường dẫn")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_role("button", name="Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address(dialog(page))
    code = dialog(page).get_by_label("Mã vào họp").inner_text()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    by_name(page, "duong dan ban chu toa")
    expect(dialog(page).get_by_label("Mã vào họp")).to_have_text(code)


def test_another_guest_gets_a_link_when_it_is_asked_for(open_page: Open) -> None:
    page = control(open_page)
    by_name(page, "duong dan man hinh chinh")
    first = address(dialog(page))
    dialog(page).get_by_role("button", name="Điểm cầu").click()
    dialog(page).get_by_role("combobox").fill("trung my")
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_label("Mã vào họp")).to_be_hidden()
    dialog(page).get_by_role("button", name="Tạo đường dẫn").click()
    expect(dialog(page).get_by_label("Địa chỉ đầy đủ")).not_to_have_value(first)
    expect(dialog(page).get_by_label("Địa chỉ đầy đủ")).to_have_value(
        f"{BASE}/c/c1#token=s-trung-my"
    )


def test_a_refusal_is_said_in_the_dialog(open_page: Open) -> None:
    page = control(open_page)
    refusal = {"title": "Không được phép", "detail": "Phiên họp mật không có đường dẫn."}
    page.route("**/links", lambda route: route.fulfill(status=403, json=refusal))
    by_name(page, "duong dan ban chu toa")
    expect(dialog(page)).to_contain_text("Phiên họp mật không có đường dẫn.")
    expect(dialog(page).get_by_role("button", name="In giấy mời")).to_be_hidden()


def test_paper_holds_the_sheet_for_the_room_and_nothing_else(open_page: Open) -> None:
    page = control(open_page)
    by_name(page, "duong dan ban chu toa")
    expect(dialog(page).get_by_label("Mã vào họp")).to_be_visible()
    sheet = page.get_by_role("article")
    expect(sheet).to_be_hidden()
    page.emulate_media(media="print")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("heading", name="Bàn chủ tọa")).to_be_visible()
    expect(sheet).to_contain_text("127.0.0.1:8099/join")
    expect(dialog(page).get_by_label("Địa chỉ đầy đủ")).to_be_hidden()
    expect(row(page, "s-dao-duc")).to_be_hidden()


def test_a_room_computer_gets_its_link_from_the_directory(open_page: Open) -> None:
    page = signed_in(open_page, "daoduc", "/directory")
    expect(page.get_by_text("UBND xã Trung Mỹ")).to_be_visible()
    made = page.get_by_role("button", name="Máy phòng họp")
    expect(made).to_have_count(1)
    made.click()
    asked = page.get_by_role("dialog", name="Máy phòng họp của UBND xã Đạo Đức")
    expect(asked).to_contain_text("máy đang dùng cái cũ không vào được nữa")
    page.keyboard.press("Enter")
    expect(asked.get_by_label("Địa chỉ đầy đủ")).to_have_value(
        f"{BASE}/kiosk#token=kiosk.s-dao-duc.1"
    )
