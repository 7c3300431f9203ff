"""The chair's desk, the console of an MCU, the home page and the main screen, without media; and
what somebody is told who has no right to them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import BASE, felt_s, note_presses, send

pytestmark = pytest.mark.browser

CHAIR = "/c/c1/chair#token=chair"
EVENTS = "/api/conferences/c1"
INCIDENTS = """async () => {
  const headers = { Authorization: 'Bearer operator' };
  const answer = await fetch('/api/conferences/c1', { headers });
  return (await answer.json()).state.incidents;
}"""


def chair(open_page: Open) -> Page:
    page = open_page(CHAIR)
    expect(row(page, "s-dao-duc")).to_be_visible()
    return page


def row(page: Page, site: str) -> Locator:
    return page.locator(f"[data-site={site}]")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def signed_in(open_page: Open, account: str, path: str) -> Page:
    """A page as this account sees it."""
    page = open_page("/sign-in")
    page.evaluate("token => sessionStorage.setItem('diemcau.account', token)", f"account:{account}")
    page.goto(BASE + path)
    return page


def opened(page: Page) -> None:
    """The session has begun when the page is opened."""
    send(page, "/api/dossiers/d1/open", {})
    page.reload()


def report(page: Page, site: str, text: str) -> None:
    send(page, f"{EVENTS}/incidents/{site}", {"text": text, "figures": {}})


def test_who_asks_to_speak_is_chosen_by_one_tap_and_invited_by_a_second(open_page: Open) -> None:
    page = chair(open_page)
    send(page, f"{EVENTS}/hands/s-tam-dao", {}, "PUT")
    asking = page.get_by_role("region", name="Xin phát biểu")
    expect(asking).to_contain_text("chờ chưa đến 1 phút")
    row(asking.page, "s-tam-dao").first.click()
    expect(page.get_by_text("đang phát biểu")).to_have_count(0)
    button(page, "Mời UBND huyện Tam Đảo phát biểu").click()
    expect(page.get_by_text("UBND huyện Tam Đảo đang phát biểu")).to_be_visible()
    expect(asking).to_have_count(0)


def test_the_measured_time_stays_after_the_speech(open_page: Open) -> None:
    page = chair(open_page)
    note_presses(page)
    row(page, "s-dao-duc").click()
    button(page, "Mời UBND xã Đạo Đức phát biểu").click()
    expect(page.get_by_text("UBND xã Đạo Đức đang phát biểu")).to_be_visible()
    button(page, "Cảm ơn, kết thúc phát biểu").click()
    expect(page.get_by_text("UBND xã Đạo Đức đã phát biểu xong")).to_be_visible()
    felt, way = felt_s(page)
    assert 0.24 <= felt < 0.24 + way + 0.1, "the server's figure, and the tap's way"


def test_a_slip_is_taken_back(open_page: Open) -> None:
    page = chair(open_page)
    row(page, "s-dao-duc").click()
    button(page, "Thôi").click()
    expect(button(page, "Mời UBND xã Đạo Đức phát biểu")).to_have_count(0)
    expect(row(page, "s-dao-duc")).to_have_attribute("aria-pressed", "false")


def test_the_agenda_says_where_the_session_is_and_leads_to_the_next_site(open_page: Open) -> None:
    page = chair(open_page)
    agenda = page.get_by_role("region", name="Chương trình")
    expect(agenda).to_contain_text("Báo cáo kinh tế – xã hội")
    expect(agenda).to_contain_text("còn 13 phút")
    button(page, "Chọn UBND huyện Bình Xuyên").click()
    expect(button(page, "Mời UBND huyện Bình Xuyên phát biểu")).to_be_visible()
    button(page, "Đang diễn ra").click()
    dialog = page.get_by_role("dialog", name="Chương trình")
    expect(dialog.get_by_role("listitem")).to_have_count(5)
    dialog.get_by_role("button", name="UBND xã Đạo Đức").click()
    expect(button(page, "Mời UBND xã Đạo Đức phát biểu")).to_be_visible()


def test_sites_that_are_called_often_are_kept_on_the_machine(open_page: Open) -> None:
    page = chair(open_page)
    button(page, "Đưa UBND xã Đạo Đức vào danh sách hay mời").click()
    page.reload()
    page.get_by_role("button", name="Hay mời", exact=True).click()
    expect(page.locator("[data-site]")).to_have_count(1)
    row(page, "s-dao-duc").click()
    expect(button(page, "Mời UBND xã Đạo Đức phát biểu")).to_be_visible()


def test_the_map_finds_the_sites_around_a_finger(open_page: Open) -> None:
    page = chair(open_page)
    button(page, "Bản đồ").click()
    drawing = page.get_by_role("img", name="Bản đồ")
    expect(drawing.locator("circle")).to_have_count(11)
    expect(page.locator("[data-site]")).to_have_count(0)
    # Đạo Đức is the southernmost of the mock's communes.
    last = max(drawing.locator("circle").all(), key=lambda one: float(one.get_attribute("cy") or 0))
    box = last.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("[data-site]").first).to_have_attribute("data-site", "s-dao-duc")


def test_mute_all_asks_first_and_spares_whoever_is_named(open_page: Open) -> None:
    page = chair(open_page)
    row(page, "s-dao-duc").click()
    button(page, "Mời UBND xã Đạo Đức phát biểu").click()
    expect(page.get_by_text("đang phát biểu")).to_be_visible()
    row(page, "s-trung-my").click()
    with page.expect_request("**/mute-all") as asked:
        button(page, "Tắt tiếng tất cả, trừ").click()
        button(page, "UBND xã Trung Mỹ").last.click()
        button(page, "Tắt tiếng 9 điểm cầu").click()
    assert asked.value.post_data_json == {"except": ["s-vp-ubnd", "s-dao-duc", "s-trung-my"]}
    expect(page.get_by_text("Đã tắt tiếng 9 điểm cầu")).to_be_visible()


def test_the_session_ends_only_by_its_name(open_page: Open) -> None:
    page = chair(open_page)
    button(page, "Bế mạc").click()
    expect(button(page, "Chưa, tiếp tục họp")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(page, "s-dao-duc")).to_be_visible()
    button(page, "Bế mạc").click()
    button(page, "Bế mạc «Phiên họp UBND tỉnh thường kỳ tháng 11 năm 2026»").click()
    expect(page.get_by_text("Phiên họp đã kết thúc")).to_be_visible()


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
def test_everything_on_the_chairs_desk_is_large_enough_for_a_finger(
    open_page: Open, size: tuple[int, int]
) -> None:
    page = chair(open_page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    send(page, f"{EVENTS}/hands/s-tam-dao", {}, "PUT")
    expect(page.get_by_role("region", name="Xin phát biểu")).to_be_visible()
    row(page, "s-dao-duc").click()
    small = page.evaluate("""() => [...document.querySelectorAll('button')]
      .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.height < 56 || box.width < 56))
      .map(([name, box]) => [name, box.width, box.height])""")
    assert small == []
    fits = "document.scrollingElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)


def test_a_technician_sees_what_the_master_asks_of_his_mcu(open_page: Open) -> None:
    page = signed_in(open_page, "vnpt", "/c/c1/mcu/vnpt")
    wanted = page.get_by_role("region", name="MCU trung tâm đang yêu cầu")
    expect(wanted).to_contain_text("Chuẩn bị: UBND huyện Bình Xuyên")
    send(page, f"{EVENTS}/call", {"site": "s-dao-duc"})
    expect(wanted).to_contain_text("Đưa lên màn hình chính: UBND xã Đạo Đức")
    expect(page.get_by_text("Đường lên MCU Văn phòng UBND tỉnh")).to_be_visible()
    expect(page.locator("[data-site]")).to_have_count(5)
    expect(row(page, "s-dao-duc")).to_contain_text("Đang lên hình")
    expect(row(page, "s-dao-duc").locator("img")).to_be_visible()


def test_incidents_of_an_mcus_sites_are_taken_and_closed(open_page: Open) -> None:
    page = signed_in(open_page, "vnpt", "/c/c1/mcu/vnpt")
    expect(page.get_by_text("Không có sự cố nào")).to_be_visible()
    report(page, "s-tam-dao", "Mất điện")
    report(page, "s-dao-duc", "Không có tiếng")
    button(page, "Nhận xử lý").click()
    expect(page.get_by_text("Đang xử lý vnpt")).to_be_visible()
    expect(page.get_by_text("Mất điện")).to_have_count(0)
    button(page, "Đã khắc phục…").click()
    page.get_by_label("Đã khắc phục thế nào").fill("Thay dây micro")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thay dây micro")).to_be_visible()
    button(page, "Khép sự cố").click()
    expect(page.get_by_text("Đã khép", exact=True)).to_have_count(2)


def test_the_chair_is_told_of_an_incident_until_he_says_that_he_knows(open_page: Open) -> None:
    page = chair(open_page)
    report(page, "s-dao-duc", "Mất tiếng")
    told = page.get_by_role("region", name="Sự cố kỹ thuật")
    expect(told).to_have_count(0)
    name = next(iter(page.evaluate(INCIDENTS)))
    step = {"state": "chair-told", "advice": "Mời điểm cầu khác trước"}
    send(page, f"{EVENTS}/incidents/{name}", step, "PATCH")
    expect(told).to_contain_text("UBND xã Đạo Đức: Mất tiếng")
    expect(told).to_contain_text("Mời điểm cầu khác trước")
    told.get_by_role("button", name="Đã biết").click()
    expect(told).to_have_count(0)


def test_an_mcu_of_somebody_else_is_not_shown(open_page: Open) -> None:
    page = signed_in(open_page, "vnpt", "/c/c1/mcu/viettel")
    expect(page.get_by_text("MCU này ngoài phạm vi của bạn")).to_be_visible()
    expect(page.locator("[data-site]")).to_have_count(0)
    page.get_by_role("link", name="MCU VNPT Vĩnh Phúc").click()
    expect(page.get_by_role("heading", name="MCU VNPT Vĩnh Phúc")).to_be_visible()


def test_internal_checks_are_those_of_the_own_sites(open_page: Open) -> None:
    page = signed_in(open_page, "vnpt", "/")
    send(page, "/api/dossiers/d1/open", {})
    page.goto(BASE + "/c/c-d1/mcu/vnpt")
    button(page, "Kiểm tra nội bộ").click()
    board = page.get_by_role("group", name="Bảng kiểm tra")
    expect(board.get_by_role("group")).to_have_count(3)
    expect(board).not_to_contain_text("UBND thị trấn Đại Đình")
    button(page, "Cả hàng đạt: UBND thị trấn Hương Canh").click()
    expect(page.get_by_text("3/3 đạt")).to_be_visible()


def test_home_answers_what_is_late_who_is_on_duty_and_leads_into_the_session(
    open_page: Open,
) -> None:
    page = signed_in(open_page, "kythuat", "/")
    expect(page.get_by_text(re.compile(r"[1-9] việc quá hạn")).first).to_be_visible()
    expect(page.get_by_role("region", name="Đang trực")).to_contain_text("Trần Văn Minh")
    expect(page.get_by_role("region", name="Đang họp")).to_have_count(0)
    opened(page)
    running = page.get_by_role("region", name="Đang họp")
    expect(running.get_by_role("link", name="Vào phòng điều khiển")).to_be_visible()
    expect(running.get_by_role("link", name="Bàn kỹ thuật MCU")).to_be_visible()
    expect(running.get_by_role("link", name="Bàn chủ tọa")).to_have_count(0)


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("daoduc", "/c/c1/control"),
        ("daoduc", "/c/c1/chair"),
        ("daoduc", "/c/c1/mcu/vnpt"),
        ("vnpt", "/c/c1/control"),
        ("chutoa", "/c/c1/control"),
    ],
)
def test_whoever_has_no_right_to_a_page_sees_nothing_of_it_and_whom_to_ask(
    open_page: Open, account: str, path: str
) -> None:
    page = signed_in(open_page, account, path)
    expect(page.get_by_text("Trang này không dành cho vai trò của bạn")).to_be_visible()
    expect(page.get_by_text("đề nghị người quản trị hoặc văn phòng")).to_be_visible()
    expect(page.locator("[data-site]")).to_have_count(0)


def test_no_door_is_shown_that_would_not_open(open_page: Open) -> None:
    page = signed_in(open_page, "daoduc", "/")
    opened(page)
    running = page.get_by_role("region", name="Đang họp")
    expect(running.get_by_role("link", name="Vào họp")).to_be_visible()
    for other in ("Vào phòng điều khiển", "Bàn chủ tọa", "Bàn kỹ thuật MCU", "Màn hình chính"):
        expect(running.get_by_role("link", name=other)).to_have_count(0)


@pytest.mark.parametrize("path", ["control", "chair", "mcu/vnpt", "screen", "site/s-dao-duc"])
def test_a_link_of_another_session_says_so_and_whom_to_ask(open_page: Open, path: str) -> None:
    page = open_page(f"/c/c1/{path}#token=elsewhere")
    expect(page.get_by_text("Đường dẫn này thuộc phiên họp khác")).to_be_visible()
    expect(page.get_by_text("«Họp giao ban huyện Sông Lô»")).to_be_visible()
    expect(page.get_by_text("đề nghị phòng điều khiển của phiên đang mở")).to_be_visible()


@pytest.mark.parametrize("path", ["control", "chair", "mcu/vnpt", "screen", "site/s-dao-duc"])
def test_a_link_that_has_expired_says_so_and_whom_to_ask(open_page: Open, path: str) -> None:
    page = open_page(f"/c/c1/{path}#token=expired")
    expect(page.get_by_text("Đường dẫn đã hết hạn")).to_be_visible()
    expect(page.get_by_text("phòng điều khiển hoặc cán bộ trực")).to_be_visible()


def test_the_main_screen_is_black_and_still_while_there_is_nothing(open_page: Open) -> None:
    page = open_page("/c/c1/screen#token=viewer")
    expect(page.get_by_role("status")).to_have_text("Chưa có tín hiệu")
    main = page.locator("main")
    expect(main).to_have_css("background-color", "rgb(0, 0, 0)")
    expect(main).to_have_css("cursor", "none")
    expect(page.locator("video")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)


def test_the_main_screen_fills_the_display_by_a_key_and_by_a_double_click(open_page: Open) -> None:
    page = open_page("/c/c1/screen#token=viewer")
    expect(page.get_by_role("status")).to_have_text("Chưa có tín hiệu")
    page.keyboard.press("f")
    expect(page.locator(":fullscreen")).to_have_count(1)
    page.mouse.dblclick(400, 300)
    expect(page.locator(":fullscreen")).to_have_count(0)
