"""Synthetic sites whose cameras and microphones fail by order, on the system's Python.

    PYTHONPATH=src:. /usr/bin/python3 -m tests.media.faulty_sites --config sites.json

An order is a JSON line: ``{"fault": "frozen" | "black" | "silent" | "", "code": "26-07-012"}``.
"""

from __future__ import annotations

import json
from typing import Any

from diemcau.synthetic import __main__ as program
from diemcau.synthetic.publisher import TONE_VOLUME
from diemcau.synthetic.site import Site, SiteConfig


class FaultySite(Site):
    """``fault``: what is wrong with it now."""

    fault = ""
    _last = b""

    def tick(self, milliseconds: int, clock: str) -> None:
        publisher = self._publisher
        if publisher is None:
            return
        luma = self._format.width * self._format.height
        frame = self._picture.frame(milliseconds, clock)
        if self.fault == "black":
            frame = bytes([16]) * luma + bytes([128]) * (luma // 2)
        if self.fault != "frozen":
            self._last = frame
        publisher.push(self._last)
        tone = publisher._pipeline.get_by_name("tone")
        tone.set_property("volume", 0 if self.fault == "silent" else TONE_VOLUME)


def obey(line: str, runners: Any) -> None:
    order = json.loads(line)
    for runner in runners:
        config: SiteConfig = runner.config
        if config.code == order["code"]:
            runner.fault = order["fault"]


if __name__ == "__main__":
    vars(program).update(Site=FaultySite, obey=obey)
    program.main()
