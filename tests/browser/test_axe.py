"""Every page against WCAG 2.2 AA by axe-core: opened once, read in Vietnamese by day and in English
in the dark (what is named does not depend on the colours, nor the colours on the language).

axe finds what a machine can find (names, roles, contrast, target sizes, languages); keyboard and
focus are held by the other tests of the pages.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.mock_pages import BASE, ROOT, mock_server, send
from tests.browser.test_chair_pages import INCIDENTS

pytestmark = pytest.mark.browser

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => {
  const runOnly = { type: 'tag', values: tags };
  const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id}: ${target.join(' ')}: ${failureSummary.replace(/\\s+/g, ' ')}`));
}"""
# Not a click: behind an open dialog the switch takes none.
CHOOSE = "language => document.querySelector(`.switch [lang=${language}]`).click()"

Scheme = Literal["dark", "light"]
READINGS: tuple[tuple[str, Scheme], ...] = (("en", "dark"), ("vi", "light"))

Stop = Callable[[Page], object]
"""Brings an open page to what is looked at next."""


@dataclass(frozen=True)
class Visit:
    """A page, who opens it, and what is looked at there, one after the other."""

    path: str
    stops: dict[str, Stop]
    account: str = ""


def sees(selector: str) -> Stop:
    return lambda page: expect(page.locator(selector).first).to_be_visible()


def says(words: str) -> Stop:
    return lambda page: expect(page.get_by_text(re.compile(words)).first).to_be_visible()


def press(*keys: str, then: str) -> Stop:
    def stop(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)
        sees(then)(page)

    return stop


def click(name: str, then: str) -> Stop:
    """Once the dialog of the stop before is closed."""

    def stop(page: Page) -> None:
        page.keyboard.press("Escape")
        page.get_by_role("button", name=re.compile(name)).first.click()
        sees(then)(page)

    return stop


def panel(name: str, *keys: str) -> Stop:
    return press("Escape", *keys, then=f"section[aria-label='{name}']")


def office(path: str, ready: str, **stops: Stop) -> Visit:
    return Visit(path, {"": sees(ready), **stops}, account="vanphong")


CONTROL: dict[str, Stop] = {
    "": sees("[data-site=s-dao-duc]"),
    "rundown": panel("Kịch bản", "r"),
    "queue": panel("Mời và xin phát biểu", "q"),
    "talk": panel("Trao đổi và sự cố", "h"),
    "roll": panel("Điểm danh", "Shift+R"),
    "alarms": panel("Cảnh báo", "Shift+Q"),
    "rehearsal": panel("Đo kiểm tự động", "Shift+K"),
    "figures": click("^Số đo của", "section[aria-label='Đo kiểm tự động'] dl"),
    "turn": panel("Luân phiên điểm cầu", "t"),
    "scenes": panel("Cảnh đã lưu", "Shift+L"),
    "site": press("Escape", "j", then=".dock [aria-pressed=true]:has-text('Điểm cầu')"),
    "session": panel("Phiên họp", "k"),
    "mcus": press("Escape", "Shift+J", then=".dock [aria-pressed=true]:has-text('MCU')"),
    "stills": press("Escape", "Shift+F", then="[data-site] img"),
    "map": press("Shift+F", then="svg [data-site]"),
    "palette": press("Shift+F", "Control+k", then="dialog[open]"),
    "keys": press("Escape", "?", then="dialog[open]"),
    "link": press("Escape", "Control+k", *"duong dan", "Enter", then="dialog[open] .code"),
}
SITE = "/c/c1/site/s-dao-duc"
API = "/api/conferences/c1"


def sign_in_anew(page: Page) -> None:
    """With a password that one was given, and has to change."""
    page.locator("[autocomplete=username]").fill("moi")
    page.locator("[autocomplete=current-password]").fill("diemcau-2026")
    page.keyboard.press("Enter")
    sees("[autocomplete=new-password]")(page)


def another_make(page: Page) -> None:
    """The MCU becomes one whose technician is asked by words; the last visit, for it stays so."""
    sees("[data-site]")(page)
    send(page, "/mock/guided", {"mcu": "vnpt", "gateway": "s-vp-tttt"})
    send(page, f"{API}/call", {"site": "s-trung-my"})
    says("Đưa lên toàn màn hình NGAY")(page)


VISITS = {
    "sign-in": Visit("/", {"": sees("[type=password]"), "first-password": sign_in_anew}),
    "desk": office("/", "#sessions"),
    "overview": office("/d/d1", "h2"),
    "notices": office("/d/d1/notices", "h2"),
    "script": office("/d/d1/script", "h2", edit=click("Sửa thành bản mới", "[data-title]")),
    "plan": office("/d/d1/plan", "h2"),
    "checks": office("/d/d1/checks", "[data-cell]", figures=click("^Số đo của", "dialog[open] dl")),
    "session": office("/d/d4/session", "h2"),
    "session-before": office("/d/d1/session", "h2"),
    "documents": office("/d/d1/documents", ".sheet button"),
    "log-of-dossier": office("/d/d1/log-book", ".sheet nav [aria-current]"),
    "new": office("/d/new", "h2"),
    "urgent": office("/urgent", "h2"),
    "directory": office(
        "/directory", ".sheet h1", kiosk=click("Máy phòng họp: UBND xã Đạo Đức", "dialog[open]")
    ),
    "duty": office("/directory#duty", "h2", add=click("Thêm", "form")),
    "lines": office("/directory#lines", "tbody td", quality=click("Xem chất lượng", "svg")),
    "workbook": office("/directory#workbook", "h2"),
    "accounts": office("/accounts", "tbody td", add=click("Thêm tài khoản", "form")),
    "procedures": office("/procedures", ".sheet h1"),
    "log-book": office("/log-book", "tbody td"),
    "account": office("/account", "h2"),
    "acknowledgement": Visit("/a#token=d1.dai-dinh", {"": sees("button.primary")}),
    "conferences": Visit(
        "/conferences#token=operator",
        {"": sees("main h2"), "new": click("Mở phiên họp mới", "form")},
    ),
    "nowhere": Visit("/nothing", {"": sees("h1")}),
    "control": Visit("/c/c1/control#token=operator", CONTROL),
    "chair": Visit(
        "/c/c1/chair#token=chair",
        {
            "": sees("[aria-label='Sự cố kỹ thuật']"),
            "chosen": lambda page: page.locator("[data-site=s-dao-duc]").last.click(),
            "agenda": click("Đang diễn ra", "dialog[open]"),
            "mute all": click("^Tắt tiếng tất cả", "dialog[open]"),
            "end": click("^Bế mạc", "dialog[open]"),
        },
    ),
    "technician": Visit("/c/c1/mcu/vnpt", {"": sees("[data-site]")}, account="vnpt"),
    "self-test": Visit(
        f"{SITE}#token=s-dao-duc",
        {"": sees(".join:enabled"), "heard": click("Bắt đầu kiểm tra", ".now")},
    ),
    "room": Visit(
        f"{SITE}?autojoin=1#token=s-dao-duc",
        {
            "": says("UBND xã Đạo Đức"),
            "chat": press("c", then="aside"),
            "trouble": click("Tôi gặp sự cố", "dialog[open]"),
            "keys": press("Escape", "?", then="dialog[open]"),
        },
    ),
    "join": Visit("/join", {"": sees("input")}),
    "kiosk": Visit("/kiosk#token=kiosk", {"": sees("[role=timer]")}),
    "clip": Visit("/clip", {"": sees("button.primary")}),
    "screen": Visit("/c/c1/screen#token=viewer", {"": says("Chưa có tín hiệu")}),
    "guided": Visit("/c/c1/mcu/vnpt", {"": another_make}, account="vnpt"),
}


@pytest.fixture(scope="module")
def served(browser_in_namespace: tuple[str, Browser]) -> Iterator[Browser]:
    """One browser and one mock for all: nothing that is done here changes what another reads."""
    name, browser = browser_in_namespace
    with mock_server(name):
        page = browser.new_page()
        page.goto(BASE + "/join")
        send(page, "/mock/session", {})
        make_trouble(page)
        page.close()
        yield browser


def make_trouble(page: Page) -> None:
    """Alarms, a rehearsal with faults, and incidents as far as a technician and the chair."""
    now = datetime.now(UTC).isoformat()
    subjects = {"link/vnpt/vinh-phuc": "lost", "site/s-dai-dinh": "loss"}
    alarms = {
        f"{kind}.{subject}": {"id": f"{kind}.{subject}", "subject": subject, "kind": kind,
                              "since": now, "sites": ["s-dai-dinh"]}
        for subject, kind in subjects.items()
    }  # fmt: skip
    send(page, "/mock/state", {"alarms": alarms})
    send(page, f"{API}/rehearsal", {"sites": []})
    for site in ("s-dao-duc", "s-tam-dao", "s-trung-my"):
        send(page, f"{API}/incidents/{site}", {"text": "Mất tiếng", "figures": {"loss_pct": 9}})
    taken, told = list(page.evaluate(INCIDENTS))[-3:-1]
    send(page, f"{API}/incidents/{taken}", {"state": "taken"}, "PATCH")
    advice = {"state": "chair-told", "advice": "Mời điểm cầu khác trước"}
    send(page, f"{API}/incidents/{told}", advice, "PATCH")


@pytest.fixture
def context(served: Browser) -> Iterator[BrowserContext]:
    made = served.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    made.add_init_script(path=AXE)
    yield made
    made.close()


def opened(context: BrowserContext, visit: Visit) -> Page:
    page = context.new_page()
    if visit.account:
        token = f"account:{visit.account}"
        page.add_init_script(f"sessionStorage.setItem('diemcau.account', '{token}')")
    page.goto(BASE + visit.path)
    return page


def read_in(page: Page, language: str) -> None:
    """By the page's own switch; the main screen has none and follows what was chosen elsewhere."""
    if page.locator(".switch").count():
        page.evaluate(CHOOSE, language)
    else:
        page.evaluate("language => localStorage.setItem('diemcau.language', language)", language)
        page.reload()
        page.wait_for_load_state("networkidle")


def violations(page: Page, scheme: Scheme) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    found: list[str] = page.evaluate(RUN, TAGS)
    return found


@pytest.mark.parametrize("name", VISITS)
def test_page_has_no_violation_and_speaks_one_language(context: BrowserContext, name: str) -> None:
    visit = VISITS[name]
    page = opened(context, visit)
    found: list[str] = []
    for place, stop in visit.stops.items():
        stop(page)
        titles = set()
        for language, scheme in READINGS:
            read_in(page, language)
            expect(page.locator("html")).to_have_attribute("lang", language)
            titles.add(page.title())
            found += [f"{place} {language} {one}" for one in violations(page, scheme)]
        assert len(titles) == 2, f"{place}: the title is not translated: {titles}"
    assert found == []
