"""The control room shows what a site shares under the site, and takes it into scenes like one."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.mock_pages import send

pytestmark = pytest.mark.browser

CHAIR, CONTENT = "s-vp-ubnd", "s-vp-ubnd.content"


def test_content_is_made_ready_beside_its_site_and_muted_with_it(open_page: Open) -> None:
    page = open_page("/c/c1/control#token=operator")
    content = page.locator(f'[data-site="{CONTENT}"]')
    ready = page.get_by_role("region", name="Chuẩn bị", exact=True).locator(".names")
    content.locator(".pick").click()
    expect(ready).to_have_text(re.compile("^Trình chiếu – UBND tỉnh"))
    expect(content).to_have_class(re.compile("next"))
    page.locator(f'[data-site="{CHAIR}"] .pick').click(modifiers=["Shift"])
    expect(page.get_by_role("button", name="Trình chiếu và người nói")).to_have_attribute(
        "aria-pressed", "true"
    )
    content.get_by_role("button", name=re.compile("^Tắt tiếng")).click()
    muted = page.locator(f'[data-site="{CHAIR}"]').get_by_role("button", pressed=True)
    expect(muted).to_have_count(1)


def test_the_presenter_is_spared_when_the_chair_mutes_all(open_page: Open) -> None:
    page = open_page("/c/c1/chair#token=chair")
    scene = {"layout": "full", "sites": ["s-dao-duc.content"]}
    send(page, "/api/conferences/c1/take", {"scene": scene})
    expect(page.locator("[data-site=s-dao-duc]")).to_have_class(re.compile("on"))
    with page.expect_request("**/mute-all") as asked:
        page.get_by_role("button", name="Tắt tiếng tất cả, trừ").click()
        page.get_by_role("button", name=re.compile("^Tắt tiếng [0-9]+ điểm cầu")).click()
    assert asked.value.post_data_json == {"except": [CHAIR, "s-dao-duc"]}
