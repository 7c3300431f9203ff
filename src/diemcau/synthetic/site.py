"""A synthetic site: publishes, notices when its MCU is gone, and publishes again.

Each site has a thread of its own that does one thing after another and waits in between; what
happens elsewhere (GStreamer, the control line) reaches it as a message in its queue.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from typing import NamedTuple

from diemcau.synthetic import whip
from diemcau.synthetic.faults import AT_ONCE, Fault, Spoilt, shown_number
from diemcau.synthetic.picture import Picture
from diemcau.synthetic.publisher import Format, MediaError, Publisher

LATE_SECONDS = 0.1
BACK_OFF = (0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.0)
_print_lock = threading.Lock()


class SiteConfig(NamedTuple):
    """One site of the configuration file."""

    number: int
    name: str
    code: str
    whip: str
    token: str
    whep: str = ""
    fault: Fault = Fault.NONE
    clip: bool = False
    """Whether it plays a test clip, which one whose sound is late does as well."""

    @property
    def plays_clip(self) -> bool:
        return self.clip or self.fault is Fault.LIP_SYNC


class _StopError(Exception):
    """The process ends."""


class _LostError(Exception):
    """The session has ended; the text says why."""


def report(**message: object) -> None:
    """Print one JSON line."""
    with _print_lock:
        sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
        sys.stdout.flush()


class Site(threading.Thread):
    """Keeps one site publishing until `stop`."""

    def __init__(self, config: SiteConfig, fmt: Format) -> None:
        super().__init__(name=f"site {config.number}", daemon=True)
        self.config, self._format = config, fmt
        number = shown_number(config.number, config.fault)
        picture = Picture(number, config.name, config.code, fmt.width, fmt.height, fmt.motion)
        luma = fmt.width * fmt.height
        self._picture = Spoilt(picture, config.fault, luma, config.plays_clip)
        self._events: queue.SimpleQueue[Exception] = queue.SimpleQueue()
        self._publisher: Publisher | None = None
        self._stopping = False

    def reconnect(self) -> None:
        """Throw the session away and make a new one."""
        self._events.put(_LostError("reconnect asked for"))

    def spoil(self, fault: Fault) -> None:
        """From now on this is wrong with it, and what was before is not. Raises ValueError."""
        if not {fault, self._picture.fault} <= AT_ONCE:
            raise ValueError(f"while a site plays, only these: {', '.join(sorted(AT_ONCE))}")
        self._picture.fault = fault
        publisher = self._publisher
        if publisher is not None:
            publisher.mute(fault is Fault.SILENT)

    def stop(self) -> None:
        """End the session and the thread."""
        self._stopping = True
        self._events.put(_StopError())

    def tick(self, milliseconds: int, clock: str) -> None:
        """Send the picture of this moment. Called from the ticker's thread."""
        publisher = self._publisher
        if publisher is None:
            return
        frame = self._picture.frame(milliseconds, clock, publisher.running_ms)
        if frame is not None:
            publisher.push(frame)

    def hear(self, samples: bytes) -> None:
        """Take what the site's player plays. Called from its thread."""
        publisher = self._publisher
        if publisher is not None:
            publisher.echo(samples)

    def run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                self._session()
            except _LostError as lost:
                failures = 0
                self._report("failed", str(lost))
            except MediaError as error:
                self._report("failed", str(error))
                self._rest(failures)
                failures += 1
            except _StopError:
                return

    def _session(self) -> None:
        """Publish until the session is lost, which is told by an exception."""
        self._report("connecting", "")
        while not self._events.empty():  # news of the session before
            self._events.get()
        publisher = Publisher(
            self.config.number,
            self._format,
            self._notice,
            self._picture.fault,
            self.config.plays_clip,
        )
        resource = None
        try:
            self._publisher = publisher
            resource = self._post(publisher.offer())
            publisher.accept(resource.sdp)
            publisher.await_connection()
            self._report("live", "")
            self._watch(publisher)
        finally:
            self._publisher = None
            publisher.close()
            if resource is not None and self._stopping:
                self._end(resource)

    def _post(self, offer: str) -> whip.Resource:
        """Send the offer until the server takes it; a complaint is reported once."""
        failures, told = 0, ""
        while not self._stopping:
            try:
                return whip.publish(self.config.whip, self.config.token, offer)
            except whip.ExchangeError as error:
                if str(error) != told:
                    told = str(error)
                    self._report("failed", told)
                self._rest(failures)
                failures += 1
        raise _StopError

    def _watch(self, publisher: Publisher) -> None:
        """Wait until the MCU has been silent for too long."""
        limit = publisher.silence_limit
        while (silent := time.monotonic() - publisher.last_rtcp) < limit:
            due = time.monotonic() + limit - silent
            self._wait(limit - silent)
            # On an overloaded machine we wake late, and what the MCU sent waits to be read as well.
            late = time.monotonic() - due
            if late > LATE_SECONDS:
                self._wait(late)
        raise _LostError(f"no RTCP from the MCU for {silent:.1f} s")

    def _wait(self, seconds: float) -> None:
        """Wait for the next message; raise what it carries."""
        try:
            news = self._events.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return
        raise news

    def _rest(self, failures: int) -> None:
        """Wait before the next attempt; an order to reconnect cuts it short."""
        try:
            self._wait(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
        except (_LostError, _StopError):
            return

    def _notice(self, reason: str) -> None:
        """Take bad news from GStreamer."""
        self._events.put(_LostError(reason))

    def _end(self, resource: whip.Resource) -> None:
        try:
            whip.end(resource, self.config.token)
        except whip.ExchangeError:
            return  # the server is gone first, and with it the session

    def _report(self, state: str, reason: str) -> None:
        report(site=self.config.number, state=state, reason=reason)
