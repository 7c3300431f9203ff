"""Synthetic sites whose cameras and microphones fail by order, on the system's Python.

    PYTHONPATH=src:. /usr/bin/python3 -m tests.media.faulty_sites --config sites.json

An order is a JSON line: ``{"fault": "frozen" | "black" | "silent" | "", "code": "26-07-012"}``.
"""

from __future__ import annotations

import json
from typing import Any

from diemcau.synthetic import __main__ as program
from diemcau.synthetic.faults import Fault, Spoilt
from diemcau.synthetic.publisher import TONE_VOLUME
from diemcau.synthetic.site import Site, SiteConfig


class FaultySite(Site):
    """``spoil`` says what is wrong with it from now on."""

    _fault = Fault.NONE

    def spoil(self, fault: Fault) -> None:
        self._fault = fault
        luma = self._format.width * self._format.height
        self._picture = Spoilt(self._picture._picture, fault, luma)

    def tick(self, milliseconds: int, clock: str) -> None:
        super().tick(milliseconds, clock)
        if self._publisher is not None:
            tone = self._publisher._pipeline.get_by_name("tone")
            tone.set_property("volume", 0 if self._fault is Fault.SILENT else TONE_VOLUME)


def obey(line: str, runners: Any) -> None:
    order = json.loads(line)
    for runner in runners:
        config: SiteConfig = runner.config
        if config.code == order["code"]:
            runner.spoil(Fault(order["fault"]))


if __name__ == "__main__":
    vars(program).update(Site=FaultySite, obey=obey)
    program.main()
