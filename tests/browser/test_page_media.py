"""WHIP, WHEP and the watchdogs of the pages on real packets between two pages of one browser."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import BASE, Media, send, until

pytestmark = pytest.mark.browser

SITE = "/c/c1/site/s-vp-ubnd?autojoin=1#token=s-vp-ubnd"


def open_with_media(open_page: Open, media: Media, path: str) -> Page:
    page = open_page("/api/health")
    media.serve(page)
    page.goto(f"{BASE}{path}")
    return page


def playing(page: Page, count: int = 1) -> None:
    expect(page.locator(".feed[data-status=playing]")).to_have_count(count, timeout=10_000)


def frames(page: Page) -> int:
    return int(
        page.evaluate(
            "document.querySelector('.feed video').getVideoPlaybackQuality().totalVideoFrames"
        )
    )


def test_site_publishes_and_plays(open_page: Open, media: Media) -> None:
    page = open_with_media(open_page, media, SITE)
    playing(page)
    expect(page.locator("p.line.live")).to_be_visible()
    until(page, lambda: media.tell("received()") > 10, "frames of the site")
    expect(page.locator(".figures")).to_contain_text(re.compile(r"2\d hình/s"), timeout=10_000)
    offer = media.offers[0]
    first = offer.split("m=video ")[1].split()[2]
    assert f"a=fmtp:{first} " in offer
    line = offer.split(f"a=fmtp:{first} ")[1].splitlines()[0]
    assert "packetization-mode=1" in line
    assert "profile-level-id=42e0" in line
    assert "VP8" not in offer
    assert "a=simulcast:send h;l" in offer
    assert "a=candidate" in offer


def test_one_layer_is_sent_where_simulcast_is_not_wanted(open_page: Open, media: Media) -> None:
    page = open_with_media(open_page, media, SITE.replace("?", "?simulcast=0&"))
    expect(page.locator("p.line.live")).to_be_visible(timeout=10_000)
    assert "simulcast" not in media.offers[0]


def test_frozen_picture_asks_for_a_keyframe_and_keeps_its_session(
    open_page: Open, media: Media
) -> None:
    page = open_with_media(open_page, media, SITE)
    playing(page)
    media.tell("drawing = false")
    waited = until(page, lambda: media.count("KEYFRAME") > 0, "a keyframe request", 3)
    assert waited < 1.2
    media.tell("drawing = true")
    playing(page)
    assert media.count("POST/whep") == 1


def test_silent_feed_gets_a_new_session_and_keeps_its_last_picture(
    open_page: Open, media: Media
) -> None:
    page = open_with_media(open_page, media, SITE)
    playing(page)
    media.available = False
    media.tell("silence()")
    until(page, lambda: media.count("POST/whep") > 2, "attempts at a new session")
    expect(page.get_by_text("Mất tín hiệu, đang nối lại")).to_be_visible()
    assert page.evaluate("document.querySelector('.feed video').videoWidth") > 0
    media.available = True
    playing(page)
    before = frames(page)
    until(page, lambda: frames(page) > before + 5, "frames of the new session")


@pytest.mark.parametrize(("status", "name"), [(404, "unknown-conference"), (401, "token-expired")])
def test_the_projector_is_black_when_the_session_is_over(
    status: int, name: str, open_page: Open, media: Media
) -> None:
    page = open_with_media(open_page, media, "/c/c1/screen#token=viewer")
    playing(page)
    problem = json.dumps({"type": f"urn:diemcau:{name}", "status": status})
    page.route("**/whep/c1/**", lambda route: route.fulfill(status=status, body=problem))
    media.tell("silence()")
    expect(page.locator("main.dark")).to_be_visible(timeout=10_000)
    assert page.evaluate("document.querySelector('.feed video').srcObject") is None


def test_site_publishes_again_when_its_mcu_falls_silent(open_page: Open, media: Media) -> None:
    page = open_with_media(open_page, media, SITE)
    expect(page.locator("p.line.live")).to_be_visible(timeout=10_000)
    page.wait_for_timeout(1500)
    media.tell("for (let id = 1; id < 20; id++) end(String(id))")
    waited = until(page, lambda: media.count("POST/whip") == 2, "a new session", 10)
    assert waited < 5


def test_site_publishes_again_when_the_server_has_lost_it(open_page: Open, media: Media) -> None:
    page = open_with_media(open_page, media, SITE)
    expect(page.locator("p.line.live")).to_be_visible(timeout=10_000)
    page.wait_for_timeout(3000)
    send(page, "/mock/state", {"sites": {"s-vp-ubnd": {"state": "lost", "home": "lost"}}})
    waited = until(page, lambda: media.count("POST/whip") == 2, "a new session", 5)
    assert waited < 1


def test_site_keeps_its_session_while_only_the_line_between_the_mcus_is_broken(
    open_page: Open, media: Media
) -> None:
    page = open_with_media(open_page, media, SITE)
    expect(page.locator("p.line.live")).to_be_visible(timeout=10_000)
    page.wait_for_timeout(3000)
    before = media.count("POST/whip")
    broken = {"state": "lost", "home": "ready", "input": "lost"}
    send(page, "/mock/state", {"sites": {"s-vp-ubnd": broken}})
    page.wait_for_timeout(2000)
    assert media.count("POST/whip") == before
    expect(page.locator("p.line.live")).to_be_visible()


def publisher(media: Media) -> str:
    """The page that asked last to publish, as it names itself."""
    paths = [path for verb, path in media.calls if verb == "POST/whip"]
    return parse_qs(urlsplit(paths[-1]).query)["client"][0] if paths else ""


def has(page: Page, media: Media, site: str, other: str) -> str:
    """The page publishes, not the other one, and the server says so."""
    until(page, lambda: publisher(media) not in ("", other), "its session", 20)
    session = {"session": f"{publisher(media)}-1", "home": "ready"}
    send(page, "/mock/state", {"sites": {site: session}})
    expect(page.locator("p.line.live")).to_be_visible(timeout=10_000)
    return publisher(media)


def test_the_later_of_two_pages_of_a_site_has_it_and_the_other_says_so(
    open_page: Open, media: Media
) -> None:
    site = "s-vp-ubnd"
    first = open_with_media(open_page, media, SITE)
    one = has(first, media, site, "")
    second = open_with_media(open_page, media, SITE)
    two = has(second, media, site, one)
    expect(first.get_by_text("Điểm cầu này đang được mở ở nơi khác")).to_be_visible()
    sessions = media.count("POST/whip")
    second.wait_for_timeout(2000)
    assert media.count("POST/whip") == sessions
    first.bring_to_front()
    first.get_by_role("button", name="Tiếp tục ở đây").click()
    assert has(first, media, site, two) == one
    expect(second.get_by_role("button", name="Tiếp tục ở đây")).to_be_visible()


def test_a_rooms_computer_comes_back_when_whoever_took_its_site_has_left(
    open_page: Open, media: Media
) -> None:
    site = "s-dao-duc"
    kiosk = open_with_media(open_page, media, "/kiosk#token=kiosk")
    send(kiosk, "/mock/kiosk", {"open": True})
    one = has(kiosk, media, site, "")
    laptop = open_with_media(open_page, media, f"/c/c1/site/{site}?autojoin=1#token={site}")
    two = has(laptop, media, site, one)
    expect(kiosk.get_by_text("Điểm cầu này đang được mở ở nơi khác")).to_be_visible()
    laptop.get_by_role("button", name="Rời phiên họp").click()
    send(kiosk, "/mock/state", {"sites": {site: {"session": None, "home": "off"}}})
    assert has(kiosk, media, site, two) == one


ASKED = """
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.given = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await new Promise((allow) => (window.allow = allow));
    const media = await real(wanted);
    window.given.push(...media.getTracks());
    return media;
  };
"""


@pytest.mark.parametrize("ended", ["the session is over", "the room has left"])
def test_a_camera_that_is_allowed_when_all_is_over_is_not_sent(
    ended: str, open_page: Open, media: Media
) -> None:
    page = open_page("/api/health")
    page.add_init_script(ASKED)
    media.serve(page)
    page.goto(f"{BASE}{SITE}")
    expect(page.get_by_role("button", name="Rời phiên họp")).to_be_visible()
    if ended == "the room has left":
        page.get_by_role("button", name="Rời phiên họp").click()
    else:
        send(page, "/api/conferences/c1/end", {})
    expect(page.get_by_role("button", name="Rời phiên họp")).to_have_count(0)
    page.evaluate("window.allow()")
    until(page, lambda: page.evaluate("window.given.length") == 2, "the camera is allowed")
    page.wait_for_timeout(1000)
    assert media.count("POST/whip") == 0
    if ended == "the room has left":
        assert page.evaluate("window.given.map((one) => one.readyState)") == ["ended", "ended"]


def test_reload_joins_again_without_a_click(open_page: Open, media: Media) -> None:
    page = open_with_media(open_page, media, SITE.replace("?autojoin=1", ""))
    page.get_by_role("button", name="Vào phiên họp").click()
    playing(page)
    page.reload()
    playing(page)
    assert media.count("POST/whip") == 2


def test_preview_streams_live_on_while_site_and_slot_are_the_same(
    open_page: Open, media: Media
) -> None:
    page = open_with_media(open_page, media, "/c/c1/control#token=operator")
    playing(page, 2)
    page.keyboard.press("Shift+Digit5")
    playing(page, 3)
    before = [media.count(what) for what in ("POST/whep", "DELETE/whep")]
    page.get_by_role("button", name="Lưới 2×2").click()
    expect(page.locator("div.pane")).to_have_count(4)
    playing(page, 3)
    page.wait_for_timeout(500)
    assert [media.count(what) for what in ("POST/whep", "DELETE/whep")] == before
