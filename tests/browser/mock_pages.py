"""The built web pages on the mock server, in a network namespace, driven by Debian's Chromium.

A namespace of its own, because Chromium gathers no candidates on loopback; a second page of the
same browser plays the media server, so that WHIP, WHEP and the watchdogs run on real packets
without an MCU.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from diemcau.lab.mock import node_wheel

ROOT = Path(__file__).parents[2]
MEDIA_SERVER = (Path(__file__).parent / "media_server.js").read_text()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
BASE = "http://127.0.0.1:8099"


@contextmanager
def namespace() -> Iterator[str]:
    """A network namespace with loopback and one address that is not loopback."""
    name = f"dcpages{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        for arguments in (
            "link add v0 type veth peer name v1",
            "addr add 10.78.0.1/24 dev v0",
            "link set v0 up",
            "link set v1 up",
            "link set lo up",
        ):
            subprocess.run(["ip", "-n", name, *arguments.split()], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


@contextmanager
def mock_server(name: str) -> Iterator[subprocess.Popen[str]]:
    """The mock of ``web/mock`` inside the namespace; ready when it has said its address."""
    node = str(node_wheel() / "bin" / "node")
    command = ["ip", "netns", "exec", name, node, "mock/server.mjs"]
    environment = {**os.environ, "PORT": "8099"}
    process = subprocess.Popen(
        command, cwd=ROOT / "web", env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "mock:" in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.wait()


def wrapped(name: str, folder: Path) -> Path:
    """A program that starts Chromium inside the namespace."""
    wrapper = folder / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {name} /usr/bin/chromium "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


@contextmanager
def chromium(name: str, folder: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wrapped(name, folder), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Media:
    """A media server in a page: WHIP and WHEP of other pages are led to it."""

    page: Page
    calls: list[tuple[str, str]] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    available: bool = True

    def serve(self, page: Page) -> None:
        page.route("**/whep/**", self._answer)
        page.route("**/whip/**", self._answer)

    def count(self, what: str) -> int:
        return sum(1 for verb, _ in self.calls if verb == what)

    def tell(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(BASE)
        session = path.rsplit("/", 1)[-1]
        verb = "KEYFRAME" if path.endswith("/keyframe") else request.method + path[:5]
        self.calls.append((verb, path))
        if verb == "KEYFRAME":
            route.fulfill(status=204)
        elif request.method == "DELETE":
            self.tell("id => end(id)", session)
            route.fulfill(status=200)
        elif request.method == "PATCH":
            self.tell("([id, sdp]) => answer(id, sdp)", [session, request.post_data])
            route.fulfill(status=204)
        elif not self.available:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}")
        else:
            self._created(route, path[:5], request.post_data or "")

    def _created(self, route: Route, kind: str, offer: str) -> None:
        if kind == "/whip":
            self.offers.append(offer)
        made = self.tell("offer => offer ? whip(offer) : whep()", offer)
        headers = {"Location": f"{kind}/s/{made['id']}", "Content-Type": "application/sdp"}
        route.fulfill(status=201, headers=headers, body=made["sdp"])


def until(page: Page, true: Callable[[], bool], what: str, seconds: float = 10) -> float:
    """Seconds until it is so; the page and its routes go on meanwhile."""
    began = monotonic()
    while not true():
        assert monotonic() - began < seconds, f"not within {seconds} s: {what}"
        page.wait_for_timeout(20)
    return monotonic() - began


def send(page: Page, path: str, body: object, method: str = "POST") -> None:
    """A request to the mock from within the page: the test itself is not in the namespace."""
    script = """async ([method, path, body]) => {
      const headers = { Authorization: 'Bearer operator', 'Content-Type': 'application/json' };
      const answer = await fetch(path, { method, headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    }"""
    page.evaluate(script, [method, path, body])


NOTE_PRESSES = """() => {
  window.presses = [];
  addEventListener('click', (event) => window.presses.push(event.timeStamp), true);
}"""
ANSWERED_MS = """() => {
  const asked = performance.getEntriesByType('resource');
  const call = asked.findLast((one) => one.name.endsWith('/call'));
  return call.responseEnd - window.presses.findLast((at) => at <= call.startTime);
}"""


def note_presses(page: Page) -> None:
    """From now on the page keeps when it was pressed: for `felt_s`."""
    page.evaluate(NOTE_PRESSES)


def felt_s(page: Page) -> tuple[float, float]:
    """How long the chair's desk says the last call took, in seconds; and of that, at most, the
    way of the tap to the server."""
    said = page.get_by_text(re.compile(r"Nối trong \d+,\d+ s")).inner_text()
    found = re.search(r"(\d+),(\d+) s", said)
    assert found is not None
    return float(f"{found[1]}.{found[2]}"), page.evaluate(ANSWERED_MS) / 1000
