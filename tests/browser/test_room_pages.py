"""A room's pages: the self-test finds each fault and names it; the session; codes; the kiosk."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser import fake_devices as devices
from tests.browser.conftest import Open
from tests.browser.firewall import udp_blocked
from tests.browser.mock_pages import (
    BASE,
    FLAGS,
    MEDIA_SERVER,
    Media,
    mock_server,
    send,
    until,
    wrapped,
)

pytestmark = pytest.mark.browser

Room = Callable[..., Page]
"""Opens the check page in a browser of these flags; ``script`` changes the browser."""

CHECK = "/c/c1/site/s-dao-duc#token=s-dao-duc"
SITE = CHECK.replace("#", "?autojoin=1#")

VP8_ALONE = """
  const all = RTCRtpSender.getCapabilities.bind(RTCRtpSender);
  const vp8 = (kind) => ({ ...all(kind), codecs: all(kind).codecs.filter((c) => !/h264/i.test(c.mimeType)) });
  RTCRtpSender.getCapabilities = RTCRtpReceiver.getCapabilities = vp8;
"""  # noqa: E501
VP8_FIRST = """
  const order = RTCRtpTransceiver.prototype.setCodecPreferences;
  RTCRtpTransceiver.prototype.setCodecPreferences = function () {
    const codecs = RTCRtpReceiver.getCapabilities('video').codecs;
    return order.call(this, codecs.filter((c) => /vp8/i.test(c.mimeType)));
  };
"""


@pytest.fixture
def room(browser_in_namespace: tuple[str, Browser], tmp_path: Path) -> Iterator[Room]:
    """Another page of the same browser plays the MCU."""
    name, browser = browser_in_namespace
    opened: list[Browser] = []

    def open_room(*flags: str, script: str = "") -> Page:
        made = browser.browser_type.launch(
            executable_path=wrapped(name, tmp_path), args=[*FLAGS, *flags]
        )
        opened.append(made)
        context = made.new_context(viewport={"width": 1366, "height": 768})
        mcu = context.new_page()
        mcu.goto(BASE + "/api/health")
        mcu.evaluate(f"() => {{ {MEDIA_SERVER} }}")
        media = Media(mcu)
        page = context.new_page()
        page.add_init_script(script)
        media.serve(page)
        page.goto(BASE + CHECK)
        return page

    with mock_server(name):
        yield open_room
        for one in opened:
            one.close()


def tried(page: Page, *, heard: bool = True) -> dict[str, str]:
    """What the test finds: the fault of each item, "" where it passed."""
    page.get_by_role("button", name="Bắt đầu kiểm tra").click()
    answer = page.get_by_role("button", name="Có, nghe rõ" if heard else "Không nghe thấy")
    answer.click(timeout=25_000)
    expect(page.get_by_role("button", name="Tải kết quả")).to_be_visible(timeout=40_000)
    found = page.locator("li.passed, li.failed").all()
    return {str(li.get_attribute("data-item")): str(li.get_attribute("data-fault")) for li in found}


def microphone(file: Path) -> str:
    return f"--use-file-for-fake-audio-capture={file}"


def camera(file: Path) -> str:
    return f"--use-file-for-fake-video-capture={file}"


def kept(page: Page) -> dict[str, bool]:
    """The results as the server has them."""
    answer = page.evaluate(
        """async () => (await fetch('/api/conferences/c1/self-test/s-dao-duc',
          { headers: { Authorization: 'Bearer s-dao-duc' } })).json()"""
    )
    return {result["item"]: result["passed"] for result in answer["results"]}


def sent_json(request: Request) -> dict[str, Any]:
    return dict(request.post_data_json or {})


def test_a_room_that_is_right_passes_is_recorded_and_downloads_it(
    room: Room, tmp_path: Path
) -> None:
    voice = devices.sound(tmp_path / "voice.wav", devices.voice)
    page = room(microphone(voice))
    items = ("camera", "microphone", "loudspeaker", "echo", "network", "codec")
    assert tried(page) == dict.fromkeys(items, "")
    expect(page.get_by_text("Mọi thứ đều tốt")).to_be_visible()
    expect(page.get_by_text("Kết quả đã được ghi")).to_be_visible()
    assert kept(page) == dict.fromkeys(items, True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải kết quả").click()
    saved = json.loads(Path(str(download.value.path())).read_text())
    assert [result["item"] for result in saved["results"]] == list(items)
    assert saved["results"][4]["figures"]["fps"] > 5


def test_a_black_camera_and_a_silent_microphone_are_named(room: Room, tmp_path: Path) -> None:
    page = room(
        camera(devices.picture(tmp_path / "black.y4m", devices.black)),
        microphone(devices.sound(tmp_path / "silence.wav", devices.silence)),
    )
    found = tried(page, heard=False)
    assert found["camera"] == "camera_black"
    assert found["microphone"] == "mic_silent"
    assert found["loudspeaker"] == "sound_unheard"
    assert found["echo"] == ""
    expect(page.get_by_text("Mở nắp che ống kính")).to_be_visible()
    assert kept(page)["camera"] is False


def test_a_frozen_camera_and_a_distorting_microphone_are_named(room: Room, tmp_path: Path) -> None:
    page = room(
        camera(devices.picture(tmp_path / "still.y4m", devices.stripes)),
        microphone(devices.sound(tmp_path / "shouting.wav", devices.shouting)),
    )
    found = tried(page)
    assert (found["camera"], found["microphone"]) == ("camera_frozen", "mic_clipping")


def test_an_echo_is_named(room: Room, tmp_path: Path) -> None:
    page = room(microphone(devices.sound(tmp_path / "chirps.wav", devices.chirps)))
    assert tried(page)["echo"] == "echo"


def test_no_camera_is_named_and_the_microphone_is_tried_all_the_same(
    room: Room, tmp_path: Path
) -> None:
    voice = devices.sound(tmp_path / "voice.wav", devices.voice)
    page = room(microphone(voice), "--use-fake-device-for-media-stream=device-count=0")
    found = tried(page)
    assert (found["camera"], found["microphone"]) == ("camera_missing", "")
    assert "network" not in found


@pytest.mark.parametrize(
    ("script", "fault"), [(VP8_ALONE, "codec_missing"), (VP8_FIRST, "codec_other")]
)
def test_a_wrong_codec_is_named(room: Room, tmp_path: Path, script: str, fault: str) -> None:
    voice = devices.sound(tmp_path / "voice.wav", devices.voice)
    found = tried(room(microphone(voice), script=script))
    assert (found["codec"], found["network"]) == (fault, "")


def test_blocked_udp_is_named_and_once_it_is_open_the_step_passes(
    room: Room, browser_in_namespace: tuple[str, Browser], tmp_path: Path
) -> None:
    voice = devices.sound(tmp_path / "voice.wav", devices.voice)
    page = room(microphone(voice))
    with udp_blocked(["ip", "netns", "exec", browser_in_namespace[0]]):
        found = tried(page)
    assert found["network"] == "udp_blocked"
    assert "codec" not in found
    expect(page.get_by_text("Mạng chặn UDP")).to_be_visible()
    page.get_by_role("button", name="Thử lại bước này").click()
    expect(page.locator("[data-item=network].passed")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-item=codec].passed")).to_be_visible()


def test_a_room_tries_itself_before_the_session_is_open(open_page: Open) -> None:
    page = open_page("/d/d1/self-test/s-dao-duc")
    page.get_by_label("Tên đăng nhập").fill("vanphong")
    page.get_by_label("Mật khẩu").fill("diemcau-2026")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="UBND xã Đạo Đức")).to_be_visible()
    with page.expect_request("**/api/dossiers/d1/self-test/s-dao-duc") as sent:
        assert "network" not in tried(page)
    assert [one["item"] for one in sent_json(sent.value)["results"]] == [
        "camera",
        "microphone",
        "loudspeaker",
        "echo",
    ]


def muted(page: Page) -> bool:
    script = """async () => (await (await fetch('/api/conferences/c1',
      { headers: { Authorization: 'Bearer operator' } })).json()).state.sites['s-dao-duc'].muted"""
    return bool(page.evaluate(script))


def joined(open_page: Open) -> Page:
    page = open_page(SITE)
    expect(page.get_by_role("button", name="Tôi gặp sự cố")).to_be_visible()
    expect(page.get_by_text("UBND xã Đạo Đức")).to_be_visible()
    return page


def test_space_and_the_button_talk_as_long_as_they_are_held(open_page: Open) -> None:
    page = joined(open_page)
    assert muted(page)
    page.keyboard.down("Space")
    expect(page.get_by_text("Micro đang mở")).to_be_visible()
    until(page, lambda: not muted(page), "unmuted")
    page.keyboard.up("Space")
    expect(page.get_by_text("Micro đang tắt")).to_be_visible()
    until(page, lambda: muted(page), "muted again")
    page.get_by_role("button", name="Giữ để nói").hover()
    page.mouse.down()
    expect(page.get_by_text("Micro đang mở")).to_be_visible()
    page.mouse.up()
    until(page, lambda: muted(page), "muted again")


def test_the_tally_is_in_frame_words_title_and_tab(open_page: Open) -> None:
    page = joined(open_page)
    icon = page.locator("link[rel=icon]")
    usual = icon.get_attribute("href")
    send(page, "/api/conferences/c1/preview", {"scene": {"layout": "full", "sites": ["s-dao-duc"]}})
    expect(page.locator("[data-tally=next]")).to_be_visible()
    expect(page).to_have_title(re.compile("^SẮP LÊN HÌNH · UBND xã Đạo Đức"))
    send(page, "/api/conferences/c1/take", {})
    expect(page.locator("[data-tally=on_air]")).to_contain_text("ĐANG LÊN HÌNH")
    expect(page).to_have_title(re.compile("^ĐANG LÊN HÌNH"))
    expect(icon).to_have_attribute("href", re.compile("^data:image/svg"))
    send(page, "/api/conferences/c1/take", {})
    send(page, "/api/conferences/c1/preview", {"scene": {"layout": "full", "sites": ["s-tam-dao"]}})
    expect(page).to_have_title(re.compile("^UBND xã Đạo Đức"))
    expect(icon).to_have_attribute("href", re.compile(f"{re.escape(str(usual))}$"))


def test_hand_chat_and_incident_reach_the_control_room_and_its_answers_the_room(
    open_page: Open,
) -> None:
    page = joined(open_page)
    page.keyboard.press("h")
    expect(page.get_by_text("Đã xin phát biểu")).to_be_visible()
    page.get_by_role("button", name="Hạ tay").click()
    expect(page.get_by_text("Đã xin phát biểu")).to_have_count(0)
    send(page, "/api/conferences/c1/chat/s-dao-duc", {"text": "Sắp đến lượt xã"})
    page.get_by_role("button", name="1 tin mới").click()
    expect(page.get_by_role("log")).to_contain_text("Sắp đến lượt xã")
    page.get_by_label("Viết cho phòng điều khiển").fill("Đã sẵn sàng")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Đã sẵn sàng")
    page.get_by_role("button", name="Tôi gặp sự cố").click()
    page.get_by_role("button", name="Không nghe thấy tiếng").click()
    with page.expect_response("**/incidents/s-dao-duc") as sent:
        page.get_by_role("button", name="Báo phòng điều khiển").click()
    body = sent_json(sent.value.request)
    incident = f"/api/conferences/c1/incidents/{sent.value.json()['id']}"
    assert body is not None
    assert body["text"] == "Không nghe thấy tiếng"
    assert {"level_db", "microphone_open"} <= body["figures"].keys()
    expect(page.get_by_text("Đã báo, chờ phòng điều khiển nhận")).to_be_visible()
    send(page, incident, {"state": "taken"}, "PATCH")
    expect(page.get_by_text("Phòng điều khiển đang xử lý")).to_be_visible()
    remedy = {"state": "mended", "remedy": "đã tăng âm lượng"}
    send(page, incident, remedy, "PATCH")
    expect(page.get_by_text("Đã khắc phục: đã tăng âm lượng")).to_be_visible()


def test_digits_lead_into_the_session_and_bad_ones_are_explained(open_page: Open) -> None:
    page = open_page("/join")
    field = page.get_by_label("Mã vào họp")
    field.press_sequentially("123456780")
    expect(page.get_by_text("Không có mã này")).to_be_visible()
    field.fill("999999999")
    expect(page.get_by_text("Mã vào họp đã hết hạn")).to_be_visible()
    field.fill("")
    field.press_sequentially("111222333")
    expect(page).to_have_url(f"{BASE}/c/c1/site/s-dao-duc")
    expect(page.get_by_role("heading", name="UBND xã Đạo Đức")).to_be_visible()


def test_a_qr_code_and_the_sign_in_page_lead_there_too(open_page: Open) -> None:
    scanned = open_page("/join#code=111222333")
    expect(scanned).to_have_url(f"{BASE}/c/c1/site/s-dao-duc")
    page = open_page("/sign-in")
    page.get_by_label("Mã vào họp").fill("111-222-333")
    expect(page).to_have_url(f"{BASE}/c/c1/site/s-dao-duc")


def test_the_kiosk_waits_joins_comes_back_and_survives_the_server(open_page: Open) -> None:
    page = open_page("/kiosk#token=kiosk")
    expect(page.get_by_role("heading", name="UBND xã Đạo Đức")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^1[12]:\d\d$"))
    assert "token" not in page.url
    send(page, "/mock/kiosk", {"open": True})
    expect(page.get_by_role("button", name="Tôi gặp sự cố")).to_be_visible(timeout=10_000)
    page.route("**/api/kiosk", lambda route: route.abort())
    send(page, "/mock/cut", {"away": True})
    expect(page.get_by_text("Mất kết nối máy chủ")).to_be_visible()
    send(page, "/mock/cut", {"away": False})
    expect(page.get_by_text("Mất kết nối máy chủ")).to_have_count(0, timeout=8000)
    page.unroute("**/api/kiosk")
    send(page, "/mock/kiosk", {"open": False, "minutes": None})
    expect(page.get_by_text("Hôm nay không còn phiên họp nào khác")).to_be_visible(timeout=10_000)
    page.goto(f"{BASE}/kiosk")
    expect(page.get_by_text("Đang chờ phiên họp")).to_be_visible()
    send(page, "/mock/kiosk", {"token": "another"})
    expect(page.get_by_text("không còn hiệu lực")).to_be_visible(timeout=10_000)


def test_a_press_on_the_kiosk_makes_it_full_screen(open_page: Open) -> None:
    page = open_page("/kiosk#token=kiosk")
    page.get_by_role("button", name="Chạm để mở toàn màn hình").click()
    expect(page.get_by_role("button", name="Chạm để mở toàn màn hình")).to_have_count(0)
    assert page.evaluate("document.fullscreenElement !== null")


LISTENED = """
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    const heard = new AnalyserNode(this.context, { fftSize: 512 });
    this.connect(heard);
    const samples = new Float32Array(heard.fftSize);
    window.log = [];
    setInterval(() => {
      heard.getFloatTimeDomainData(samples);
      const loud = Math.max(...samples) > 0.1;
      const lit = document.querySelector('main').classList.contains('lit');
      window.log.push([this.context.currentTime, loud, lit]);
    }, 4);
    return start.apply(this, when);
  };
"""
ONSETS = """(column) => window.log
  .filter((one, n, all) => n > 0 && one[column] && !all[n - 1][column])
  .map((one) => one[0])"""


def test_the_test_clip_flashes_when_it_pips(open_page: Open) -> None:
    page = open_page("/clip")
    page.evaluate(f"() => {{ {LISTENED} }}")
    page.get_by_role("button", name="Phát").click()
    until(page, lambda: len(page.evaluate(ONSETS, 2)) > 3, "it flashes")
    flashes: list[float] = page.evaluate(ONSETS, 2)
    pips: list[float] = page.evaluate(ONSETS, 1)
    apart = [min(abs(pip - flash) for pip in pips) for flash in flashes[:3]]
    assert median(apart) < 0.09, (flashes, pips)
    assert [round(b - a) for a, b in pairwise(flashes)] == [1] * (len(flashes) - 1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Phát")).to_be_visible()
