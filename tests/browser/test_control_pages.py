"""The control room directed from the keyboard alone, on the mock: a session under way."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import send
from tests.browser.test_pages import control as opened
from tests.browser.test_pages import on, row

pytestmark = pytest.mark.browser

BASE = "/api/conferences/c1"
CHAIR = "UBND tỉnh Vĩnh Phúc – Phòng họp lớn"
DEPARTMENT = "Sở Thông tin và Truyền thông"


def control(open_page: Open) -> Page:
    """With a script, hands, a line and an incident."""
    page = opened(open_page)
    send(page, "/mock/session", {})
    expect(page.get_by_text("Khai mạc, giới thiệu đại biểu").first).to_be_visible()
    return page


AT_ONCE = """keys => keys.forEach(([key, code]) =>
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true })))"""
"""Keys that are pressed before any answer can come."""


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def select(page: Page, site: str) -> None:
    """With the arrows, as an operator does."""
    rows = page.locator("[data-site]")
    ids = rows.evaluate_all("all => all.map(one => one.dataset.site)")
    here = rows.evaluate_all("all => all.findIndex(one => one.classList.contains('selected'))")
    steps = ids.index(site) - here
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    expect(row(page, site)).to_have_class(re.compile("selected"))


def test_script_goes_on_by_one_key_and_back_by_another(open_page: Open) -> None:
    page = control(open_page)
    rundown = panel(page, "Kịch bản")
    expect(rundown.locator("[aria-current=step]")).to_contain_text("Khai mạc")
    expect(rundown).to_contain_text("Chưa sẵn sàng: UBND xã Hồ Sơn")
    press(page, "n")
    expect(rundown.locator("[aria-current=step]")).to_contain_text("Báo cáo tình hình")
    expect(on(page, "Chương trình")).to_have_text(DEPARTMENT)
    expect(on(page, "Chuẩn bị")).to_have_text(f"{CHAIR}, UBND thành phố Vĩnh Yên")
    press(page, "z")
    expect(rundown.locator("[aria-current=step]")).to_contain_text("Khai mạc")
    expect(on(page, "Chương trình")).to_have_text(CHAIR)


def test_two_quick_presses_are_one_step_of_the_script(open_page: Open) -> None:
    page = control(open_page)
    expect(panel(page, "Kịch bản").locator("[aria-current=step]")).to_be_visible()
    press(page, "n", "n")
    expect(on(page, "Chương trình")).to_have_text(DEPARTMENT)
    send(page, f"{BASE}/banner", {"text": "đã qua một mục"})
    expect(page.get_by_text("đã qua một mục")).to_be_visible()
    expect(on(page, "Chương trình")).to_have_text(DEPARTMENT)


def test_the_rundown_stays_where_the_operator_scrolled_it(open_page: Open) -> None:
    page = control(open_page)
    rows = panel(page, "Kịch bản").locator(".rows")
    expect(rows.locator(".row").first).to_be_visible()
    bottom = rows.evaluate("list => (list.scrollTop = list.scrollHeight, list.scrollTop)")
    assert bottom > 0
    for _ in range(2):
        expect(page.locator("header time")).not_to_have_text(
            page.locator("header time").inner_text()
        )
    assert rows.evaluate("list => list.scrollTop") == bottom


def test_any_item_is_prepared_from_the_rundown_and_taken_from_the_palette(
    open_page: Open,
) -> None:
    page = control(open_page)
    rundown = panel(page, "Kịch bản")
    expect(rundown).to_contain_text("Huyện Tam Đảo phát biểu")
    press(page, "r", "ArrowDown", "ArrowDown", "ArrowDown", "p")
    expect(on(page, "Chuẩn bị")).to_have_text(f"{CHAIR}, UBND huyện Tam Đảo")
    expect(on(page, "Chương trình")).to_have_text(CHAIR)
    press(page, "Control+k")
    page.keyboard.type("len hinh muc 6")
    press(page, "Enter")
    expect(rundown.locator("[aria-current=step]")).to_contain_text("Thảo luận")
    press(page, "Shift+R")
    expect(panel(page, "Điểm danh").locator("form")).to_have_count(2)


def test_sites_in_turn_and_the_turn_stopped(open_page: Open) -> None:
    page = control(open_page)
    select(page, "s-dao-duc")
    press(page, "x", "ArrowDown", "x")
    expect(page.get_by_text("Đã đánh dấu 2 điểm cầu")).to_be_visible()
    press(page, "Shift+T", "t")
    turn = panel(page, "Luân phiên điểm cầu")
    expect(turn.get_by_role("progressbar")).to_be_visible()
    expect(on(page, "Chương trình")).to_have_text("UBND xã Đạo Đức")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND thị trấn Hương Canh")
    press(page, "Shift+T")
    expect(turn.get_by_role("progressbar")).to_have_count(0)
    expect(on(page, "Chương trình")).to_have_text("UBND xã Đạo Đức")


def test_floor_is_given_and_a_hand_lowered(open_page: Open) -> None:
    page = control(open_page)
    queue = panel(page, "Mời và xin phát biểu")
    expect(queue.get_by_text("0 mời · 2 xin")).to_be_visible()
    press(page, "q", "ArrowDown", "g")
    expect(queue.get_by_text("0 mời · 1 xin")).to_be_visible()
    expect(page.get_by_role("button", name="Tắt tiếng UBND huyện Tam Đảo")).to_be_visible()
    expect(page.get_by_role("button", name=f"Bật tiếng {DEPARTMENT}")).to_be_visible()
    press(page, "ArrowDown", "Shift+G")
    expect(queue.get_by_text("Không điểm cầu nào đang xin phát biểu")).to_be_visible()


def test_call_by_key_is_measured_and_released(open_page: Open) -> None:
    page = control(open_page)
    select(page, "s-dao-duc")
    press(page, "c")
    queue = panel(page, "Mời và xin phát biểu")
    expect(queue.get_by_text("hình 0,21 s · tiếng 0,24 s")).to_be_visible()
    expect(on(page, "Chương trình")).to_contain_text("UBND xã Đạo Đức")
    press(page, "Shift+C")
    expect(queue.get_by_text("Đã kết thúc")).to_be_visible()


def test_roll_is_called_by_keyboard_and_departures_explained(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Shift+R")
    roll = panel(page, "Điểm danh")
    expect(roll.locator("[data-roll]").first).to_be_visible()
    press(page, "1")
    expect(roll.get_by_text("đã gọi 1/12")).to_be_visible()
    expect(roll.locator("[data-roll=s-vp-tttt]")).to_have_class(re.compile("current"))
    press(page, "3")
    expect(roll.get_by_label("Lý do vắng")).to_be_focused()
    page.keyboard.type("Mất điện")
    press(page, "Enter")
    expect(roll.locator("[data-roll=s-vp-tttt]")).to_contain_text("Mất điện")
    press(page, "2")
    expect(roll.get_by_text("đã gọi 3/12")).to_be_visible()
    roll.get_by_label(re.compile("Lý do lúc")).fill("Chủ tọa yêu cầu")
    press(page, "Enter")
    expect(roll.get_by_text("chưa ghi lý do")).to_have_count(0)


def test_roll_is_called_faster_than_the_server_answers(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Shift+R")
    roll = panel(page, "Điểm danh")
    expect(roll.locator("[data-roll]").first).to_be_visible()
    press(page, "1", "2", "1")
    expect(roll.get_by_text("đã gọi 3/12")).to_be_visible()
    marks = roll.locator("[data-roll] [aria-pressed=true]")
    expect(marks).to_have_text(["Có mặt", "Trực tuyến", "Có mặt"])


def test_scene_is_kept_prepared_and_taken(open_page: Open) -> None:
    page = control(open_page)
    press(page, "5", "Shift+Digit6", "Shift+L")
    scenes = panel(page, "Cảnh đã lưu")
    scenes.get_by_label("Tên cho khung chuẩn bị hiện tại").fill("Hai xã")
    press(page, "Enter")
    expect(scenes.get_by_text("Hai xã")).to_be_visible()
    press(page, "Escape", "4")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND huyện Bình Xuyên")
    press(page, "Shift+L", "2")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND xã Đạo Đức, UBND thị trấn Hương Canh")
    expect(on(page, "Chương trình")).to_have_text(CHAIR)
    press(page, "Shift+Digit1")
    expect(on(page, "Chương trình")).to_have_text(f"{CHAIR}, {DEPARTMENT}")
    scenes.get_by_role("button", name="Bỏ cảnh: Hai xã").click()
    expect(scenes.get_by_text("Hai xã")).to_have_count(0)


def test_what_is_seen_in_preview_goes_on_air_though_it_was_refused_there(open_page: Open) -> None:
    page = control(open_page)
    page.route("**/preview", lambda route: route.fulfill(status=503, json={"title": "bận"}))
    with page.expect_request("**/take") as taken:
        page.evaluate(AT_ONCE, [["5", "Digit5"], [" ", "Space"]])
    assert taken.value.post_data_json == {"scene": {"layout": "full", "sites": ["s-dao-duc"]}}
    expect(on(page, "Chương trình")).to_have_text("UBND xã Đạo Đức")


def test_kept_scene_of_another_session_is_not_taken(open_page: Open) -> None:
    page = control(open_page)
    strangers = {"layout": "full", "sites": ["s-xa-khac"]}
    send(page, "/api/scenes/xa-khac", {"name": "Xã khác", "scene": strangers}, "PUT")
    page.reload()
    expect(panel(page, "Kịch bản").locator("[aria-current=step]")).to_be_visible()
    press(page, "Shift+L")
    scenes = panel(page, "Cảnh đã lưu")
    scenes.get_by_role("button", name="Lên hình cảnh: Xã khác").click()
    expect(page.get_by_text("Cảnh này không có điểm cầu nào của phiên họp")).to_be_visible()
    expect(on(page, "Chương trình")).to_have_text(CHAIR)


def test_panes_are_filled_swapped_and_emptied_by_key(open_page: Open) -> None:
    page = control(open_page)
    press(page, "5", "Shift+Digit6")
    expect(page.locator("div.pane")).to_have_count(2)
    press(page, "Shift+ArrowRight")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND thị trấn Hương Canh, UBND xã Đạo Đức")
    expect(page.get_by_role("group", name="Khung 2")).to_have_attribute("aria-current", "true")
    select(page, "s-trung-my")
    press(page, "v")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND thị trấn Hương Canh, UBND xã Trung Mỹ")
    press(page, "ArrowLeft", "Delete")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND xã Trung Mỹ")


def test_pane_is_dragged_onto_another(open_page: Open) -> None:
    page = control(open_page)
    press(page, "5", "Shift+Digit6")
    page.get_by_role("group", name="Khung 1").drag_to(page.get_by_role("group", name="Khung 2"))
    expect(on(page, "Chuẩn bị")).to_have_text("UBND thị trấn Hương Canh, UBND xã Đạo Đức")


def test_palette_finds_sites_and_commands_without_accents(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Control+k")
    page.keyboard.type("xa dao duc")
    press(page, "Enter")
    expect(on(page, "Chuẩn bị")).to_have_text("UBND xã Đạo Đức")
    press(page, "/", "Control+k")
    page.keyboard.type("hinh cho tam nghi")
    press(page, "Enter")
    expect(on(page, "Chương trình")).to_have_text("Hình chờ: Tạm nghỉ")
    press(page, "Control+k", "Escape", "Space")
    expect(on(page, "Chương trình")).to_have_text("UBND xã Đạo Đức")


def test_filters_and_views_by_key(open_page: Open) -> None:
    page = control(open_page)
    press(page, "f")
    expect(page.locator("[data-site]")).to_have_count(2)
    expect(row(page, "s-ho-son")).to_be_visible()
    press(page, "f")
    expect(row(page, "s-huong-canh")).to_be_visible()
    send(page, f"{BASE}/hands/s-trung-my", {}, "PUT")
    expect(page.locator("[data-site]")).to_have_count(3)
    press(page, "Shift+F", "1")
    expect(page.locator("[data-site] img")).to_have_count(3)
    expect(on(page, "Chuẩn bị")).to_have_text("UBND huyện Tam Đảo")
    press(page, "Shift+F")
    expect(page.locator("svg [data-site]")).to_have_count(3)
    expect(page.locator("svg [data-site=s-tam-dao]")).to_contain_text("SẮP · UBND huyện Tam Đảo")


def test_incident_is_announced_without_taking_the_focus_and_closed_with_its_remedy(
    open_page: Open,
) -> None:
    page = control(open_page)
    press(page, "b")
    page.keyboard.type("Đang ")
    send(page, f"{BASE}/incidents/s-trung-my", {"text": "Mất tiếng", "figures": {"loss_pct": 9}})
    alarm = page.get_by_role("alert").filter(has_text="Sự cố mới")
    expect(alarm).to_contain_text("UBND xã Trung Mỹ: Mất tiếng")
    page.keyboard.type("gõ")
    expect(page.get_by_label("Dòng chữ chạy")).to_have_value("Đang gõ")
    alarm.get_by_role("button", name="Đóng").click()
    press(page, "Escape")
    select(page, "s-trung-my")
    press(page, "Shift+H")
    talk = panel(page, "Trao đổi và sự cố")
    page.keyboard.type("Chúng tôi đang kiểm tra")
    press(page, "Enter")
    expect(talk.get_by_text("Chúng tôi đang kiểm tra")).to_be_visible()
    talk.get_by_role("button", name="Nhận xử lý").press("Enter")
    expect(talk.get_by_text("Đang xử lý", exact=True).first).to_be_visible()
    talk.get_by_role("button", name="Đã khắc phục…").press("Enter")
    page.keyboard.type("Thay micro")
    press(page, "Enter")
    talk.get_by_role("button", name="Khép sự cố").press("Enter")
    expect(talk.get_by_text("Đã khép", exact=True).first).to_be_visible()
    expect(talk.get_by_text("Thay micro")).to_be_visible()


def test_unread_lines_are_counted_until_they_are_looked_at(open_page: Open) -> None:
    page = control(open_page)
    tab = page.get_by_role("navigation", name="Các bảng").get_by_role("button", name="Trao đổi")
    expect(tab.locator("b")).to_contain_text("2")
    send(page, f"{BASE}/chat/s-vinh-yen", {"text": "nội bộ"})
    press(page, "h", "ArrowDown")
    expect(tab.locator("b")).to_contain_text("1")


def test_session_ends_by_two_presses_and_never_by_a_double_click(open_page: Open) -> None:
    page = control(open_page)
    press(page, "k")
    end = panel(page, "Phiên họp").get_by_role("button", name="Bế mạc")
    end.dblclick()
    sure = page.get_by_role("button", name="Bấm lần nữa để bế mạc")
    expect(sure).to_be_visible()
    press(page, "Escape")
    expect(end).to_be_visible()
    with page.expect_request("**/api/dossiers/d4/close"):
        end.click()
        page.wait_for_timeout(800)
        sure.click()


def test_a_key_that_is_held_down_is_one_press(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Control+k")
    page.keyboard.type("be mac")
    page.keyboard.down("Enter")
    sure = page.get_by_role("button", name="Bấm lần nữa để bế mạc")
    expect(sure).to_be_focused()
    page.wait_for_timeout(800)
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(sure).to_be_focused()
    with page.expect_request("**/api/dossiers/d4/close"):
        press(page, "Enter")


def test_recording_that_fails_is_said(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Control+k")
    page.keyboard.type("ghi hinh")
    press(page, "Enter")
    session = panel(page, "Phiên họp")
    expect(session.get_by_text("Đang ghi hình")).to_be_visible()
    failed = {"number": 1, "state": "failed", "seconds": 9, "reason": "Hết chỗ trên đĩa"}
    send(page, "/mock/state", {"conference": {"recording": failed}})
    expect(page.get_by_role("alert").filter(has_text="Ghi hình bị lỗi")).to_have_count(1)
    expect(session.get_by_text("Hết chỗ trên đĩa")).to_be_visible()


def test_session_is_locked_and_extended(open_page: Open) -> None:
    page = control(open_page)
    header = page.get_by_role("banner")
    expect(header).to_contain_text(re.compile(r"còn 1:\d\d:\d\d"))
    press(page, "k")
    session = panel(page, "Phiên họp")
    session.get_by_role("button", name="Khóa phiên họp").press("Enter")
    expect(header.get_by_text("Đã khóa")).to_be_visible()
    session.get_by_role("button", name=re.compile("Kéo dài")).press("Enter")
    expect(header).to_contain_text(re.compile(r"còn 1:4\d:\d\d"))


def test_keys_that_are_shown_are_those_that_the_page_knows(open_page: Open) -> None:
    page = control(open_page)
    press(page, "?")
    dialog = page.get_by_role("dialog")
    for text in ("Lên hình mục tiếp theo của kịch bản", "Đổi chỗ với ô sau", "Bảng lệnh"):
        expect(dialog).to_contain_text(text)
    assert dialog.evaluate("one => one.scrollHeight <= one.clientHeight")


def test_a_rehearsal_names_only_the_sites_that_need_a_person(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Shift+K")
    rehearsal = panel(page, "Đo kiểm tự động")
    rehearsal.get_by_role("button", name="Đo kiểm tất cả điểm cầu").click()
    expect(rehearsal.get_by_role("status")).to_contain_text("9 đạt · 1 chưa đạt", timeout=15_000)
    needing = rehearsal.get_by_role("listitem")
    expect(needing).to_have_count(1)
    expect(needing).to_contain_text("UBND huyện Bình Xuyên")
    expect(needing).to_contain_text("bật đèn phòng họp")
    for _ in range(2):
        rehearsal.get_by_role("button", name="Đo kiểm lại UBND huyện Bình Xuyên").click()
        expect(rehearsal.get_by_role("status")).to_contain_text("0 đang đo", timeout=15_000)
    expect(rehearsal.get_by_role("status")).to_contain_text("10 đạt · 0 chưa đạt", timeout=15_000)
    expect(rehearsal).to_contain_text("Chưa thấy lỗi nào")
    rehearsal.get_by_role("button", name="Dừng đo kiểm").click()
    expect(rehearsal.get_by_role("button", name="Đo kiểm tất cả điểm cầu")).to_be_visible()


def test_the_figures_of_a_site_open_by_key_and_say_which_made_it_fail(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Shift+K")
    rehearsal = panel(page, "Đo kiểm tự động")
    rehearsal.get_by_role("button", name="Đo kiểm tất cả điểm cầu").click()
    failed = rehearsal.get_by_role("listitem").filter(has_text="UBND huyện Bình Xuyên")
    expect(failed).to_contain_text("Hình đen: 100 % · tối đa 90 %", timeout=15_000)
    expect(failed).not_to_contain_text("Trễ khứ hồi")
    figures = failed.get_by_role("button", name="Số đo của UBND huyện Bình Xuyên")
    failed.get_by_role("button", name="UBND huyện Bình Xuyên", exact=True).focus()
    press(page, "Tab")
    expect(figures).to_be_focused()
    press(page, "Enter")
    expect(figures).to_have_attribute("aria-expanded", "true")
    expect(failed.get_by_role("region").first).to_have_accessible_name("Hình")
    marked = failed.locator("dl > .cause")
    expect(marked).to_have_count(1)
    expect(marked).to_have_text(re.compile(r"Hình đen\s*100 %\s*Không đạt · tối đa 90 %"))
    expect(failed.locator("dl > .result")).to_contain_text(["Độ sáng", "Đứng hình lâu nhất"])
    expect(failed).to_contain_text("1280×720")
    expect(failed).not_to_contain_text("Tiếng vọng về sau")
    press(page, "Enter")
    expect(figures).to_have_attribute("aria-expanded", "false")
    expect(failed).not_to_contain_text("Trễ khứ hồi")
    select(page, "s-dao-duc")
    passed = rehearsal.get_by_role("listitem").filter(has_text="UBND xã Đạo Đức")
    passed.get_by_role("button", name="Số đo của UBND xã Đạo Đức").click()
    expect(passed).to_contain_text("−24,1 LUFS")
    expect(passed.locator(".cause, .result")).to_have_count(0)


def _alarms(*said: tuple[str, str, list[str]]) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        f"{kind}.{subject}": {
            "id": f"{kind}.{subject}", "subject": subject, "kind": kind, "since": now,
            "sites": sites,
        }
        for subject, kind, sites in said
    }  # fmt: skip


def test_an_alarm_says_whose_it_is_and_what_to_try_and_leads_there(open_page: Open) -> None:
    page = control(open_page)
    press(page, "Shift+Q")
    alarms = panel(page, "Cảnh báo")
    expect(alarms).to_contain_text("Không có cảnh báo")
    two = _alarms(
        ("link/vnpt/vinh-phuc", "lost", ["s-dao-duc", "s-tam-dao"]),
        ("site/s-dai-dinh", "loss", ["s-dai-dinh"]),
    )
    send(page, "/mock/state", {"alarms": two})
    link = alarms.get_by_role("article").filter(has_text="Mất kết nối")
    expect(link).to_contain_text("2 điểm cầu bị ảnh hưởng: UBND xã Đạo Đức")
    expect(link).to_contain_text("gọi người trực")
    chip = page.get_by_role("banner").get_by_role("button", name="2 cảnh báo")
    expect(chip).to_be_visible()
    site = alarms.get_by_role("article").filter(has_text="Mất gói nhiều")
    site.get_by_role("button", name="Đến điểm cầu").click()
    expect(row(page, "s-dai-dinh")).to_have_class(re.compile("selected"))
    link.get_by_role("button", name="Xem các MCU").click()
    expect(panel(page, "Các MCU")).to_be_visible()
    send(page, "/mock/state", {"alarms": {}})
    expect(chip).to_have_count(0)
