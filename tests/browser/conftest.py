"""Fixtures of the browser tests of the pages; the mock starts anew for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect as expect_async
from playwright.sync_api import Browser, Page, expect

from tests.browser.mock_pages import (
    BASE,
    MEDIA_SERVER,
    ROOT,
    Media,
    chromium,
    mock_server,
    namespace,
)

FOUND_MS = 15_000
"""Playwright's own 5 s are less than a busy machine may stand still for."""
expect.set_options(timeout=FOUND_MS)
expect_async.set_options(timeout=FOUND_MS)

Open = Callable[[str], Page]
"""Opens an address of the mock in a browser window of its own."""


@pytest.fixture(scope="module")
def browser_in_namespace(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Browser]]:
    if not (ROOT / "src/diemcau/api/static/index.html").exists():
        pytest.fail("the pages are not built: run `npm install && npm run build` in web/")
    with namespace() as name, chromium(name, Path(tmp_path_factory.mktemp("chromium"))) as browser:
        yield name, browser


@pytest.fixture
def open_page(browser_in_namespace: tuple[str, Browser]) -> Iterator[Open]:
    name, browser = browser_in_namespace
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    faults: list[str] = []

    def open_one(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: (
                faults.append(f"outside: {request.url}")
                if not request.url.startswith((BASE, "blob:", "data:"))
                else None
            ),
        )
        page.goto(BASE + path)
        return page

    with mock_server(name):
        yield open_one
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()
    assert faults == []


@pytest.fixture
def media(open_page: Open) -> Media:
    page = open_page("/api/health")
    page.evaluate(f"() => {{ {MEDIA_SERVER} }}")
    return Media(page)
