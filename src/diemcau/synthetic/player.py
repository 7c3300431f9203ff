"""A synthetic site's other half: it plays the programme through WHEP and throws it away.

It makes the MCU serve as many viewers as there are sites, which is what a real conference costs
it. Nothing is decoded, but for a site with an echo its sound.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import gi

from diemcau.synthetic import whip
from diemcau.synthetic.publisher import MediaError, Peer, parse_description
from diemcau.synthetic.site import BACK_OFF, SiteConfig, report

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstWebRTC  # noqa: E402

SILENCE_SECONDS = 1.5
LOOK_SECONDS = 0.3
REPORT_SECONDS = 1
"""How often it tells what it lost, as browsers do."""
Hear = Callable[[bytes], None]

_SOUND = """
    rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE,rate=48000,channels=1
    ! appsink name=heard sync=false async=false emit-signals=true
"""


class _Reception(Peer):
    """One session's pipeline: webrtcbin, and a fakesink for each stream. ``hear`` is given the
    sound (S16LE, 48 kHz, mono), if anybody wants it."""

    def __init__(self, hear: Hear | None) -> None:
        super().__init__("pipeline.( webrtcbin name=rtc bundle-policy=max-bundle latency=0 )")
        self._hear = hear
        self.ended = ""
        self._sinks: list[Any] = []

    def answer(self, offer: str) -> str:
        """Take the server's offer; return the answer with all candidates. Raises MediaError."""
        self._listen(self._rtc, "pad-added", self._on_stream)
        self._pipeline.set_state(Gst.State.PLAYING)
        description = parse_description(offer, GstWebRTC.WebRTCSDPType.OFFER)
        self._ask("set-remote-description", description)
        session = self._rtc.get_by_name("rtpbin").emit("get-internal-session", 0)
        session.set_property("rtcp-min-interval", REPORT_SECONDS * Gst.SECOND)
        answer = self._ask("create-answer", None, "answer")
        return self._describe(answer)

    def on_end(self, reason: str) -> None:
        self.ended = self.ended or reason

    def packets(self) -> int:
        """How many were played so far. They are asked for their number now and then: to be told
        of each would cost more than to receive it."""
        return sum(sink.get_property("stats").get_uint64("rendered")[1] for sink in self._sinks)

    def _on_stream(self, _rtc: Any, pad: Any) -> None:
        sink = self._sink(pad.get_current_caps().get_structure(0).get_string("media"))
        self._pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def _sink(self, media: str) -> Any:
        if self._hear is not None and media == "audio":
            played = Gst.parse_bin_from_description(_SOUND, True)
            sink = played.get_by_name("heard")
            self._listen(sink, "new-sample", self._on_sample)
        else:
            played = sink = Gst.ElementFactory.make("fakesink")
            sink.set_property("sync", False)
            sink.set_property("async", False)
        self._sinks.append(sink)
        return played

    def _on_sample(self, sink: Any) -> Any:
        buffer = sink.emit("pull-sample").get_buffer()
        if self._hear is not None:
            self._hear(buffer.extract_dup(0, buffer.get_size()))
        return Gst.FlowReturn.OK


class Player(threading.Thread):
    """Keeps one site's reception of the programme going until `stop`; ``hear`` is given its
    sound."""

    def __init__(self, config: SiteConfig, hear: Hear | None = None) -> None:
        super().__init__(name=f"player {config.number}", daemon=True)
        self.config, self._hear = config, hear
        self._orders: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stopping = False

    def reconnect(self) -> None:
        """Throw the session away and make a new one."""
        self._orders.put(None)

    def stop(self) -> None:
        """End the session and the thread."""
        self._stopping = True
        self._orders.put(None)

    def run(self) -> None:
        failures = 0
        while not self._stopping:
            reception = resource = None
            try:
                resource = whip.play(self.config.whep, self.config.token)
                reception = _Reception(self._hear)
                whip.answer(resource, self.config.token, reception.answer(resource.sdp))
                reception.await_connection()
                failures = 0
                self._report("live", "")
                self._report("failed", self._watch(reception))
            except (whip.ExchangeError, MediaError) as error:
                self._report("failed", str(error))
                self._ordered(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
                failures += 1
            finally:
                if reception is not None:
                    reception.close()
                self._end(resource)

    def _watch(self, reception: _Reception) -> str:
        """Wait until the session is of no more use; return why."""
        came, last = 0, time.monotonic()
        while True:
            now, before, came = time.monotonic(), came, reception.packets()
            if came > before:
                last = now
            if reception.ended or now - last >= SILENCE_SECONDS:
                return reception.ended or f"no packets for {now - last:.1f} s"
            if self._ordered(LOOK_SECONDS):
                return "reconnect asked for"

    def _ordered(self, seconds: float) -> bool:
        """Wait, and say whether an order came."""
        try:
            self._orders.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return False
        return True

    def _end(self, resource: whip.Resource | None) -> None:
        if resource is None:
            return
        try:
            whip.end(resource, self.config.token)
        except whip.ExchangeError:
            return  # the session is gone, which is what was wanted

    def _report(self, state: str, reason: str) -> None:
        report(site=self.config.number, play=True, state=state, reason=reason)
