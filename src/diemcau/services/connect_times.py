"""The figure of R3-connect-time: from the request's arrival to the site on the programme bus.

The mixer says how old a site's first frame (or sound) is; the server knows when the request came.
A request older than this process has no known moment: its call is connected without a figure,
rather than with a wrong one.
"""

from typing import Any

from diemcau.domain.conference import Conference
from diemcau.ports.mcus import Report

Figures = tuple[float | None, float | None]


class ConnectTimes:
    """The moments of the open calls' requests, in seconds of the server's steady clock."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str], tuple[float, int]] = {}

    def requested(self, conference: Conference, at: float) -> None:
        """``conference`` as it is with the new call; ``at`` is when its HTTP request arrived."""
        call = conference.current_call
        if call is not None:
            self.forget(conference.id)
            self._requests[conference.id, call.id] = (at, conference.take_number)

    def forget(self, conference_id: str) -> None:
        self._requests = {k: v for k, v in self._requests.items() if k[0] != conference_id}

    def known(self, conference: Conference) -> bool:
        """Whether the moment of the open call's request is."""
        call = conference.current_call
        return call is not None and (conference.id, call.id) in self._requests

    def measure(self, conference: Conference, report: Report, now: float) -> Figures | None:
        """Picture and sound in ms for an ``on_air`` report of what the open call waits for; None
        where it measures nothing."""
        call = conference.current_call
        if call is None or report.params["bus"] != "program":
            return None
        at, take = self._requests.get((conference.id, call.id), (None, 0))
        if at is None or int(report.params["take"]) < take:
            return None
        since_ms, transit_ms = (now - at) * 1000, report.transit_s * 1000
        picture = _figure(since_ms, transit_ms, report.params.get("picture_age_ms"))
        sound = _figure(since_ms, transit_ms, report.params.get("sound_age_ms"))
        return None if picture is None and sound is None else (picture, sound)


def is_whole(report: Report) -> bool:
    """Whether picture and sound are both on the programme."""
    ages = (report.params.get("picture_age_ms"), report.params.get("sound_age_ms"))
    return report.params["bus"] == "program" and None not in ages


def _figure(since_ms: float, transit_ms: float, age_ms: Any) -> float | None:
    """None for what was there before the request: that is not its doing. How long the report was
    under way is an estimate, and takes no more away than there is."""
    if age_ms is None or since_ms < float(age_ms):
        return None
    return round(max(0.0, since_ms - float(age_ms) - transit_ms), 1)
