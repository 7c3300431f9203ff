"""What the office does on its pages, on the mock: signing in, the desk, a whole dossier."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import BASE

pytestmark = pytest.mark.browser

PASSWORD = "diemcau-2026"


def signed_in(open_page: Open, account: str = "vanphong", path: str = "/") -> Page:
    page = open_page(path)
    page.get_by_label("Tên đăng nhập").fill(account)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    return page


def test_wrong_password_is_said_and_a_code_is_asked_for(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_label("Tên đăng nhập").fill("ma")
    page.get_by_label("Mật khẩu").fill("không phải")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sai tên đăng nhập hoặc mật khẩu")).to_be_visible()
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mã dùng một lần")).to_be_focused()
    page.keyboard.type("123456")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()


def test_first_password_is_changed_before_anything_else(open_page: Open) -> None:
    page = signed_in(open_page, "moi", "/urgent")
    page.get_by_label("Mật khẩu được cấp").fill(PASSWORD)
    page.get_by_label("Mật khẩu mới", exact=True).fill("một câu dễ nhớ")
    page.get_by_label("Nhập lại mật khẩu mới").fill("một câu dễ nhớ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Bàn làm việc")).to_be_visible()


def test_account_holds_for_the_whole_site_until_it_leaves(open_page: Open) -> None:
    page = signed_in(open_page)
    expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
    page.goto(f"{BASE}/c/c1/control")
    expect(page.locator("[data-site=s-dao-duc]")).to_be_visible()
    page.goto(f"{BASE}/d/d1")
    page.get_by_role("button", name="Thoát").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_urgent_session_takes_a_title_one_key_and_enter(open_page: Open) -> None:
    page = signed_in(open_page, path="/urgent")
    expect(page.get_by_label("Tên phiên họp")).to_be_focused()
    expect(page.get_by_role("button", name=re.compile("Tất cả cấp xã"))).to_be_visible()
    page.keyboard.type("Họp khẩn")
    page.keyboard.press("Alt+3")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"Đã gửi thông báo đến \d+ đơn vị"))).to_be_visible()
    expect(page.get_by_role("link", name="Vào phòng điều khiển")).to_be_visible()
    expect(page.get_by_text("MCU hoạt động").locator("..")).to_contain_text("3/3")


def test_log_book_opens_at_its_end_and_goes_back(open_page: Open) -> None:
    page = signed_in(open_page, path="/log-book")
    numbers = page.locator("tbody td:first-child")
    older = page.get_by_role("button", name="Các mục cũ hơn")
    expect(numbers).to_have_count(200)
    newest = int(numbers.first.inner_text())
    while older.is_visible():
        shown = numbers.count()
        older.click()
        expect(numbers.nth(shown)).to_be_visible()
    assert [int(n) for n in numbers.all_inner_texts()] == list(range(newest, 0, -1))


def test_task_of_the_desk_leads_to_the_tab_where_it_is_done(open_page: Open) -> None:
    page = signed_in(open_page)
    page.get_by_role("link", name="Cung cấp danh sách đầu mối").first.click()
    page.wait_for_url("**/d/d1/checks")


def test_board_of_checks_is_run_by_keys(open_page: Open) -> None:
    page = signed_in(open_page, path="/d/d1/checks")
    page.locator("[data-cell='1:3']").focus()
    page.keyboard.press("d")
    expect(page.locator("[data-cell='1:3']")).to_have_class(re.compile("passed"))
    expect(page.locator("[data-cell='3:3']")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.type("Tiếng rè")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell='3:3']")).to_have_class(re.compile("failed"))
    expect(page.locator("[data-cell='3:3']")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator("[data-cell='3:4']")).to_have_class(re.compile("passed"))


def test_figures_of_an_examined_site_open_from_the_board_and_give_the_focus_back(
    open_page: Open,
) -> None:
    page = signed_in(open_page, path="/d/d1/checks")
    cell = page.locator("[data-cell='0:2']")
    cell.focus()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Số đo của UBND xã Đạo Đức")
    expect(dialog).to_contain_text("Hình của điểm cầu đen hoàn toàn.")
    expect(dialog.locator(".cause")).to_contain_text("tối đa 90 %")
    expect(dialog).to_contain_text("Thời gian kết nối")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(cell).to_be_focused()
    page.locator("[data-cell='3:2']").focus()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Số đo của UBND thị trấn Hương Canh").click()
    expect(page.get_by_role("dialog")).to_contain_text("Đạt")


def test_script_is_written_approved_and_says_what_changed(open_page: Open) -> None:
    page = signed_in(open_page, path="/d/d1/script")
    page.get_by_role("button", name="Sửa thành bản mới").click()
    page.locator("[data-title]").first.focus()
    page.keyboard.press("Alt+Enter")
    expect(page.locator("[data-title]").nth(1)).to_be_focused()
    page.keyboard.type("Chào cờ")
    page.get_by_role("button", name="Lưu bản mới").click()
    expect(page.get_by_text("Thêm mục «Chào cờ»")).to_be_visible()
    page.get_by_role("button", name="Duyệt bản này").click()
    expect(page.locator("h2 .tag")).to_have_text("đang áp dụng")


def test_times_are_vietnams_and_the_end_moves_with_the_start(open_page: Open) -> None:
    page = signed_in(open_page, path="/d/new")
    start = page.get_by_label("Giờ họp, giờ")
    expect(start).to_have_value("08:00")
    start.fill("9h15")
    start.blur()
    expect(start).to_have_value("09:15")
    expect(page.get_by_label("Giờ kết thúc, giờ")).to_have_value("12:45")
    page.get_by_label("Tên phiên họp").fill("Hội nghị")
    page.keyboard.press("Alt+2")
    page.get_by_role("button", name="Lập hồ sơ").click()
    expect(page.get_by_role("heading", name="Hội nghị")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^09:15 ngày \d\d/\d\d/\d{4} ")).first).to_be_visible()


def test_refused_change_of_the_plan_says_why(open_page: Open) -> None:
    page = signed_in(open_page, path="/d/d1/plan")
    refused = page.get_by_text("MCU VNPT Vĩnh Phúc thiếu 1 cổng (9/8)")
    for site in ("ho son", "tam dao", "dai dinh", "xuan hoa"):
        field = page.get_by_role("combobox", name="Điểm cầu")
        field.click()
        field.fill(site)
        page.keyboard.press("Enter")
        page.get_by_label("Chuyển sang MCU").select_option(label="MCU VNPT Vĩnh Phúc")
        page.get_by_role("button", name="Chuyển", exact=True).click()
        expect(page.get_by_text("Đang ở MCU VNPT Vĩnh Phúc").or_(refused)).to_be_visible()
    expect(refused).to_be_visible()


def test_document_comes_as_a_download(open_page: Open) -> None:
    page = signed_in(open_page, path="/d/d1/documents")
    with page.expect_download() as download:
        page.get_by_role("button", name="Kịch bản phiên họp DOCX").click()
    assert download.value.suggested_filename == "script-d1.docx"


def test_one_click_acknowledges_without_an_account(open_page: Open) -> None:
    page = open_page("/a#token=d1.dai-dinh")
    page.get_by_role("button", name="Xác nhận đã nhận thông báo").click()
    expect(page.get_by_text("Thị trấn Đại Đình")).to_be_visible()
    desk = signed_in(open_page, path="/d/d1/notices")
    expect(desk.get_by_role("row", name=re.compile("Thị trấn Đại Đình"))).to_contain_text(
        "đường dẫn trong thư"
    )


def test_another_window_sees_a_change_at_once(open_page: Open) -> None:
    one = signed_in(open_page, path="/d/d1/checks")
    other = signed_in(open_page, "kythuat", "/d/d1/checks")
    cell = "[data-cell='3:0']"
    expect(other.locator(cell)).to_have_class(re.compile("open"))
    one.locator(cell).click()
    expect(other.locator(cell)).to_have_class(re.compile("passed"))
