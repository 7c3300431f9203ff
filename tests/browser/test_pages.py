"""What an operator, a chair and a site do on the pages, without media."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import BASE, felt_s, note_presses, send

pytestmark = pytest.mark.browser

CONTROL = "/c/c1/control#token=operator"
CHAIR = "/c/c1/chair#token=chair"
SITE = "/c/c1/site/s-dao-duc?autojoin=1#token=s-dao-duc"


def control(open_page: Open) -> Page:
    page = open_page(CONTROL)
    expect(row(page, "s-dao-duc")).to_be_visible()
    expect(page.get_by_role("button", name="Hai điểm cầu")).to_be_visible()  # layouts are read
    return page


def row(page: Page, site: str) -> Locator:
    return page.locator(f"[data-site={site}]")


def on(page: Page, monitor: str) -> Locator:
    """Names of the sites on a monitor."""
    return page.get_by_role("region", name=monitor, exact=True).locator(".names")


def command(page: Page, verb: str, body: dict[str, object]) -> None:
    send(page, f"/api/conferences/c1/{verb}", body)


def test_number_key_previews_and_space_takes(open_page: Open) -> None:
    page = control(open_page)
    page.keyboard.press("5")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND xã Đạo Đức")
    page.keyboard.press("Space")
    expect(on(page, "Chương trình")).to_have_text("UBND xã Đạo Đức")
    expect(row(page, "s-dao-duc")).to_have_class(re.compile("on_air"))


def test_space_takes_after_a_click_with_the_mouse(open_page: Open) -> None:
    page = control(open_page)
    row(page, "s-trung-my").locator(".pick").click()
    page.keyboard.press("Space")
    expect(on(page, "Chương trình")).to_have_text("UBND xã Trung Mỹ")


def test_take_never_overtakes_the_preview_it_takes(open_page: Open) -> None:
    page = control(open_page)
    for key in ("3", "Shift+Digit4", "Shift+Digit5", "Space"):
        page.keyboard.press(key)
    sites = "UBND thành phố Vĩnh Yên, UBND huyện Bình Xuyên, UBND xã Đạo Đức"
    expect(on(page, "Chương trình")).to_have_text(sites)


def test_site_is_dragged_into_a_pane(open_page: Open) -> None:
    page = control(open_page)
    page.get_by_role("button", name="Hai điểm cầu").click()
    expect(page.locator("div.pane")).to_have_count(2)
    row(page, "s-dao-duc").locator(".pick").drag_to(page.get_by_text("Kéo điểm cầu vào đây"))
    expect(on(page, "Chuẩn bị")).to_have_text("UBND huyện Bình Xuyên, UBND xã Đạo Đức")


def test_search_forgives_missing_accents(open_page: Open) -> None:
    page = control(open_page)
    page.keyboard.press("/")
    page.keyboard.type("dao duc")
    expect(page.locator("[data-site]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND xã Đạo Đức")


def test_question_mark_shows_the_keys_and_nothing_else_happens_meanwhile(open_page: Open) -> None:
    page = control(open_page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Đưa khung chuẩn bị lên hình")
    page.keyboard.press("5")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(on(page, "Chuẩn bị")).to_have_text("UBND huyện Bình Xuyên")


def test_lost_server_is_said_and_the_last_state_stays(open_page: Open) -> None:
    page = control(open_page)
    send(page, "/mock/cut", {"away": True})
    line = page.get_by_text("Mất kết nối máy chủ, đang kết nối lại")
    expect(line).to_be_visible()
    expect(row(page, "s-dao-duc")).to_be_visible()
    send(page, "/mock/cut", {"away": False})
    expect(line).to_have_count(0, timeout=6000)
    command(page, "preview", {"scene": {"layout": "full", "sites": ["s-tam-dao"]}})
    expect(on(page, "Chuẩn bị")).to_have_text("UBND huyện Tam Đảo")


def test_refused_command_tells_why(open_page: Open) -> None:
    page = control(open_page)
    page.route(
        "**/preview",
        lambda route: route.fulfill(
            status=409, json={"title": "Không đủ khe trộn", "detail": "Bớt một điểm cầu."}
        ),
    )
    page.keyboard.press("5")
    expect(page.get_by_text("Không đủ khe trộn")).to_be_visible()
    expect(page.get_by_text("Bớt một điểm cầu.")).to_be_visible()
    expect(on(page, "Chuẩn bị")).to_have_text("UBND huyện Bình Xuyên")


def test_chair_calls_with_two_taps_and_the_measured_time_is_shown(open_page: Open) -> None:
    operator, chair = control(open_page), open_page(CHAIR)
    note_presses(chair)
    row(chair, "s-dao-duc").click()
    chair.get_by_role("button", name="Mời UBND xã Đạo Đức phát biểu").click()
    expect(chair.get_by_text("UBND xã Đạo Đức đang phát biểu")).to_be_visible()
    felt, way = felt_s(chair)
    assert 0.24 <= felt < 0.24 + way + 0.1, "the server's figure, and the tap's way"
    expect(operator.get_by_text("hình 0,21 s · tiếng 0,24 s")).to_be_visible()
    expect(on(operator, "Chương trình")).to_contain_text("UBND xã Đạo Đức")
    chair.get_by_role("button", name="Kết thúc phát biểu").click()
    expect(on(operator, "Chương trình")).to_have_text("UBND tỉnh Vĩnh Phúc – Phòng họp lớn")


def test_call_that_does_not_connect_runs_a_clock(open_page: Open) -> None:
    chair = open_page(CHAIR)
    row(chair, "s-ho-son").click()
    chair.get_by_role("button", name="Mời UBND xã Hồ Sơn phát biểu").click()
    expect(chair.locator(".ring .text")).to_have_text(re.compile(r"^[12],\d$"), timeout=4000)
    expect(chair.get_by_text("Đang mời UBND xã Hồ Sơn")).to_be_visible()


def test_mute_all_spares_the_chair_and_the_sites_on_air(open_page: Open) -> None:
    page = control(open_page)
    command(page, "take", {"scene": {"layout": "full", "sites": ["s-vp-tttt"]}})
    expect(row(page, "s-vp-tttt")).to_have_class(re.compile("on_air"))
    page.get_by_role("button", name="Bật tiếng UBND huyện Bình Xuyên").click()
    expect(page.get_by_role("button", name="Tắt tiếng UBND huyện Bình Xuyên")).to_be_visible()
    page.keyboard.press("Shift+KeyM")
    expect(page.get_by_role("button", name="Bật tiếng UBND huyện Bình Xuyên")).to_be_visible()
    for spared in ("Sở Thông tin và Truyền thông", "UBND tỉnh Vĩnh Phúc – Phòng họp lớn"):
        expect(page.get_by_role("button", name=f"Tắt tiếng {spared}")).to_be_visible()


def test_site_sees_its_tally(open_page: Open) -> None:
    page = open_page(SITE)
    tally = page.locator("[data-tally]")
    expect(tally).to_have_attribute("data-tally", "off")
    command(page, "preview", {"scene": {"layout": "full", "sites": ["s-dao-duc"]}})
    expect(page.get_by_text("SẮP LÊN HÌNH", exact=True)).to_be_visible()
    command(page, "take", {})
    expect(page.get_by_text("ĐANG LÊN HÌNH", exact=True)).to_be_visible()
    expect(tally).to_have_css("border-left-color", "rgb(189, 27, 37)")


def test_microphone_that_is_off_stays_off_over_a_reload(open_page: Open) -> None:
    page = open_page("/c/c1/site/s-vp-tttt#token=s-vp-tttt")
    page.get_by_role("button", name="Vào phiên họp").click()
    page.get_by_role("button", name="Micro đang mở").click()
    expect(page.get_by_role("button", name="Micro đang tắt")).to_be_visible()
    operator = control(open_page)
    expect(operator.get_by_role("button", name="Bật tiếng Sở Thông tin")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Micro đang tắt")).to_be_visible()


def test_microphone_is_never_opened_from_afar(open_page: Open) -> None:
    page = open_page("/c/c1/site/s-vp-tttt?autojoin=1#token=s-vp-tttt")
    page.get_by_role("button", name="Micro đang mở").click()
    expect(page.get_by_role("button", name="Micro đang tắt")).to_be_visible()
    page.wait_for_timeout(300)
    command(page, "mute", {"site": "s-vp-tttt", "muted": False})
    expect(page.get_by_text("Phòng điều khiển đề nghị mở micro")).to_be_visible()
    expect(page.get_by_role("button", name="Micro đang tắt")).to_be_visible()


def test_mute_by_the_control_room_is_shown_at_the_site(open_page: Open) -> None:
    page = open_page("/c/c1/site/s-vp-tttt?autojoin=1#token=s-vp-tttt")
    expect(page.get_by_role("button", name="Micro đang mở")).to_be_visible()
    command(page, "mute", {"site": "s-vp-tttt", "muted": True})
    expect(page.get_by_text("Phòng điều khiển đã tắt tiếng điểm cầu")).to_be_visible()


def test_denied_camera_says_what_to_do(open_page: Open) -> None:
    page = open_page("/api/health")
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () =>"
        " { throw new DOMException('', 'NotAllowedError') }"
    )
    page.goto(f"{BASE}{SITE}")
    expect(page.get_by_text("Trình duyệt chưa được phép dùng camera và micro")).to_be_visible()
    expect(page.get_by_role("button", name="Thử lại")).to_be_visible()


def test_closed_conference_is_said(open_page: Open) -> None:
    page = control(open_page)
    send(page, "/api/conferences/c1", {}, "DELETE")
    expect(page.get_by_text("Phiên họp đã kết thúc")).to_be_visible()


@pytest.mark.parametrize("size", [(1366, 768), (1366, 620), (1920, 1080)])
def test_control_room_does_not_scroll(open_page: Open, size: tuple[int, int]) -> None:
    page = control(open_page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    script = "[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"
    assert page.evaluate(script) == list(size)
    expect(page.get_by_role("button", name="Đưa khung chuẩn bị lên hình")).to_be_in_viewport(
        ratio=1
    )


@pytest.mark.parametrize(
    ("token", "path"),
    [
        ("operator", "/c/c1/control"),
        ("chair", "/c/c1/chair"),
        ("viewer", "/c/c1/screen"),
        ("s-dao-duc", "/c/c1/site/s-dao-duc"),
    ],
)
def test_link_leads_to_the_page_of_its_role_and_hides_its_token(
    open_page: Open, token: str, path: str
) -> None:
    page = open_page(f"/c/c1#token={token}")
    expect(page).to_have_url(re.compile(f"{path}$"))
    page.reload()
    expect(page.get_by_text("thiếu mã truy cập")).to_have_count(0)
    expect(page.locator("#app > *").first).to_be_visible()


def test_token_for_another_role_is_refused(open_page: Open) -> None:
    page = open_page("/c/c1/control#token=viewer")
    expect(page.get_by_text("Đường dẫn này không dành cho trang này")).to_be_visible()


def test_operator_opens_a_conference_and_copies_a_link(open_page: Open) -> None:
    page = open_page("/conferences#token=operator")
    page.get_by_role("button", name="Mở phiên họp mới").click()
    page.get_by_label("Tên phiên họp").fill("Họp giao ban")
    page.get_by_label("Chọn cả Huyện Bình Xuyên").check()
    page.get_by_role("button", name="Mở phiên họp", exact=True).click()
    expect(page.get_by_role("heading", name="Họp giao ban")).to_be_visible()
    expect(page.get_by_text("4 điểm cầu", exact=True)).to_be_visible()
    page.get_by_role("button", name="Chép đường dẫn: UBND xã Đạo Đức").click()
    expect(page.get_by_role("textbox", name="UBND xã Đạo Đức")).to_have_value(
        f"{BASE}/c/c2#token=s-dao-duc"
    )


def test_language_is_remembered(open_page: Open) -> None:
    page = control(open_page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Control room")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Control room")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
