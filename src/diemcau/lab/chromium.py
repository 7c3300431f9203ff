"""Debian's Chromium, driven through a pipe that passes network namespaces."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from diemcau.lab.province import Province

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


@asynccontextmanager
async def chromium(province: Province, place: str, folder: Path) -> AsyncIterator[Browser]:
    """A browser on that MCU's host, or on a host of its own, with a fake camera and microphone."""
    wrapper = folder / f"chromium-{place}"
    host = province.hosts.get(place) or province.extra_host(place)
    command = shlex.join(host.command([CHROMIUM]))
    wrapper.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    wrapper.chmod(0o755)
    origin = f"--unsafely-treat-insecure-origin-as-secure={province.lab_url}"
    async with launched(wrapper, origin) as browser:
        yield browser


@asynccontextmanager
async def launched(program: Path | str = CHROMIUM, *more: str) -> AsyncIterator[Browser]:
    """The browser that this program starts; it ends with the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=[*ARGUMENTS, *more]
        )
        try:
            yield browser
        finally:
            await browser.close()
