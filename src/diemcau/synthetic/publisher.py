"""One WebRTC session through webrtcbin: a peer's exchange of descriptions, and the publisher.

A `Publisher` lives for one session. Whatever ends it, the site throws it away and makes another:
there is no state to repair. The methods block and are called from the site's own thread; what
GStreamer notices comes from GStreamer's threads.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import gi

from diemcau.synthetic.faults import ECHO_SECONDS, TONE, Fault, voice
from diemcau.synthetic.sdp import tidy

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

TONE_VOLUME = 0.2
STEP_SECONDS = 5.0
CONNECT_SECONDS = 6.0
SILENCE_SECONDS = 1.0
"""An MCU that sends no RTCP for so long is taken for dead; it sends feedback every 0.2 s."""
SILENCE_WITHOUT_FEEDBACK_SECONDS = 3.5
"""The same, for one that sends only its reports, every second."""
_TWCC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"


class MediaError(Exception):
    """GStreamer did not do its part; the text says which step."""


class Format(NamedTuple):
    """What a site sends: pixels, frames per second, bits per second of video.

    A still picture needs a tenth of its bitrate; with `motion` all of it is used.
    """

    width: int = 320
    height: int = 180
    fps: int = 10
    bitrate: int = 200_000
    motion: bool = False


def tone_hz(number: int) -> int:
    """Return the frequency of a site's tone."""
    return 300 + 40 * (number % 100)


def gst_init() -> None:
    """Start GStreamer; to be called once, before there are threads.

    gi builds a type when it is first named, and two threads that do so at once find it half built.
    """
    Gst.init(None)
    for module, names in _TYPES:
        for name in names.split():
            getattr(module, name)


_TYPES = (
    (
        Gst,
        "State Pipeline Bin Promise Buffer Sample Caps ElementFactory Event EventType FlowReturn "
        "Format",
    ),
    (
        Gst,
        "MessageType BusSyncReply PadProbeReturn PadProbeType PadDirection Structure Pad Segment",
    ),
    (GstSdp, "SDPMessage SDPResult"),
    (GstWebRTC, "WebRTCICEGatheringState WebRTCPeerConnectionState WebRTCSDPType"),
    (GstWebRTC, "WebRTCSessionDescription WebRTCRTPTransceiverDirection"),
)


def _description(number: int, fmt: Format, fault: Fault, clip: bool) -> str:
    """Return the pipeline: picture and tone → H.264 and Opus → webrtcbin.

    The transport-wide feedback extension is offered because its reports come every 200 ms, while
    plain receiver reports come once a second: their absence shows a dead MCU the sooner. Both
    streams offer it; with only one, which of them comes first decides whether any packet gets its
    number.
    """
    kbits = max(1, fmt.bitrate // 1000)
    return f"""
    webrtcbin name=rtc bundle-policy=max-bundle latency=0
    appsrc name=picture is-live=true format=time do-timestamp=true max-buffers=2
      leaky-type=downstream caps=video/x-raw,format=I420,width={fmt.width},height={fmt.height},
framerate={fmt.fps}/1,pixel-aspect-ratio=1/1
    ! x264enc name=encoder tune=zerolatency speed-preset=ultrafast threads=1 aud=false
      bitrate={kbits} key-int-max={10 * fmt.fps} vbv-buf-capacity=1000
    ! video/x-h264,profile=constrained-baseline
    ! rtph264pay pt=96 config-interval=-1 aggregate-mode=zero-latency mtu=1200
    ! application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,
packetization-mode=(string)1,
rtcp-fb-nack-pli=true,rtcp-fb-transport-cc=true,extmap-3=(string)"{_TWCC}"
    ! rtc.
    {voice(tone_hz(number), TONE_VOLUME, fault, clip)}
    ! opusenc bitrate=24000 complexity=0 frame-size=20
    ! rtpopuspay pt=111
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,
rtcp-fb-transport-cc=true,extmap-3=(string)"{_TWCC}"
    ! rtc.
    """.replace(",\n", ",")


class Peer:
    """A pipeline around one webrtcbin named ``rtc``."""

    def __init__(self, description: str) -> None:
        self.connected = threading.Event()
        self._pipeline = Gst.parse_launch(description)
        self._rtc = self._pipeline.get_by_name("rtc")
        self._handlers: list[tuple[Any, int]] = []
        self._listen(self._rtc, "notify::connection-state", self._on_state)
        self._pipeline.get_bus().set_sync_handler(self._on_message)
        _gather_quickly(self._rtc)

    def on_connected(self) -> None:
        """Called when media can flow."""

    def on_end(self, reason: str) -> None:
        """Called when the session is lost; perhaps more than once."""

    def await_connection(self) -> None:
        """Wait until media can flow. Raises MediaError."""
        _await(self.connected, "no connection to the MCU", CONNECT_SECONDS)

    def close(self) -> None:
        """End the session's media; takes some milliseconds.

        webrtcbin 1.22 never gives back about 1.3 MB and a sleeping thread of each session.
        """
        self._pipeline.set_state(Gst.State.NULL)
        self._pipeline.get_bus().set_sync_handler(None)
        for element, handler in self._handlers:
            element.disconnect(handler)  # else handler and element keep each other for ever
        self._handlers.clear()

    def _listen(self, element: Any, signal: str, handler: Callable[..., Any]) -> None:
        self._handlers.append((element, element.connect(signal, handler)))

    def _ask(self, action: str, argument: Any, field: str | None = None) -> Any:
        """Run one of webrtcbin's asynchronous actions; return a field of its reply."""
        done = threading.Event()
        promise = Gst.Promise.new_with_change_func(lambda _promise: done.set())
        if action.startswith("create-"):
            self._rtc.emit(action, None, promise)
        else:
            self._rtc.emit(action, argument, promise)
        _await(done, f"webrtcbin did not answer {action}")
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise MediaError(f"{action}: {reply.get_value('error').message}")
        # The reply goes with the promise, and takes what it holds along: hence the copy.
        return reply.get_value(field).copy() if field else None

    def _describe(self, description: Any) -> str:
        """Make a description the local one; return it with all candidates."""
        gathered = threading.Event()

        def check(element: Any, _spec: Any) -> None:
            state = element.get_property("ice-gathering-state")
            if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
                gathered.set()

        self._listen(self._rtc, "notify::ice-gathering-state", check)
        self._ask("set-local-description", description)
        _await(gathered, "no network addresses were gathered")
        return str(self._rtc.get_property("local-description").sdp.as_text())

    def _on_state(self, rtc: Any, _spec: Any) -> None:
        state = rtc.get_property("connection-state")
        states = GstWebRTC.WebRTCPeerConnectionState
        if state == states.CONNECTED:
            self.connected.set()
            self.on_connected()
        elif state in (states.FAILED, states.CLOSED):
            self.on_end(f"connection {state.value_nick}")

    def _on_message(self, _bus: Any, message: Any) -> Any:
        if message.type == Gst.MessageType.ERROR:
            self.on_end(f"pipeline: {message.parse_error()[0].message}")
        return Gst.BusSyncReply.DROP


class Publisher(Peer):
    """A pipeline that publishes one site's picture and tone.

    `notice(reason)` is called, from GStreamer's threads, when the session is lost.
    """

    def __init__(
        self,
        number: int,
        fmt: Format,
        notice: Callable[[str], None],
        fault: Fault,
        clip: bool = False,
    ) -> None:
        super().__init__(_description(number, fmt, fault, clip))
        self._notice = notice
        self.last_rtcp = 0.0
        self.silence_limit = SILENCE_SECONDS
        self._source = self._pipeline.get_by_name("picture")
        self._heard = self._pipeline.get_by_name("heard")
        _only_send(self._rtc)

    def offer(self) -> str:
        """Start the pipeline; return the offer with all candidates. Raises MediaError."""
        needed = threading.Event()
        self._listen(self._rtc, "on-negotiation-needed", lambda _: needed.set())
        self._pipeline.set_state(Gst.State.PLAYING)
        _await(needed, "the encoders did not start")
        return tidy(self._describe(self._ask("create-offer", None, "offer")))

    def accept(self, answer: str) -> None:
        """Take the server's answer; `connected` is set when media flows. Raises MediaError."""
        if "transport-cc" not in answer:
            self.silence_limit = SILENCE_WITHOUT_FEEDBACK_SECONDS
        description = parse_description(answer, GstWebRTC.WebRTCSDPType.ANSWER)
        self._ask("set-remote-description", description)
        # The one bundled RTP session; it must not be asked for from within GStreamer's callbacks.
        session = self._rtc.get_by_name("rtpbin").emit("get-internal-session", 0)
        self._listen(session, "on-receiving-rtcp", self._on_rtcp)

    def push(self, frame: bytes) -> None:
        """Send one picture (I420 bytes); one that comes before the pipeline plays is left out, for
        it would be stamped with the time since the machine was started, and waited for."""
        if self._plays:
            self._source.emit("push-buffer", Gst.Buffer.new_wrapped(frame))

    def mute(self, muted: bool) -> None:
        """Take the site's voice away, or give it back."""
        self._pipeline.get_by_name(TONE).set_property("volume", 0 if muted else TONE_VOLUME)

    def echo(self, samples: bytes) -> None:
        """Send what the site hears, as far as it has an echo."""
        if self._heard is None or not self._plays:
            return
        buffer = Gst.Buffer.new_wrapped(samples)
        running = self._pipeline.get_clock().get_time() - self._pipeline.get_base_time()
        buffer.pts = running + round(ECHO_SECONDS * Gst.SECOND)
        self._heard.emit("push-buffer", buffer)

    @property
    def running_ms(self) -> int:
        """How long its clock has run."""
        return int(self._pipeline.get_current_running_time()) // 1_000_000 if self._plays else 0

    @property
    def _plays(self) -> bool:
        """Whether its clock runs."""
        return bool(self._source.current_state == Gst.State.PLAYING)

    def on_connected(self) -> None:
        self.last_rtcp = time.monotonic()

    def on_end(self, reason: str) -> None:
        self._notice(reason)

    def _on_rtcp(self, _session: Any, _packet: Any) -> None:
        self.last_rtcp = time.monotonic()


def parse_description(text: str, kind: Any) -> Any:
    """Return a session description for webrtcbin. Raises MediaError."""
    result, message = GstSdp.SDPMessage.new_from_text(text)
    if result != GstSdp.SDPResult.OK:
        raise MediaError("the server's description is not SDP")
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


def _only_send(rtc: Any) -> None:
    for index in range(2):
        transceiver = rtc.emit("get-transceiver", index)
        transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        transceiver.set_property("do-nack", index == 0)  # lost sound comes too late to be repaired


def _gather_quickly(rtc: Any) -> None:
    """Look for no router to open ports (UPnP): it takes 0.2 s, and no MCU is behind one.

    webrtcbin hands its ICE agent out with a floating reference, which pygobject then takes for its
    own: without another reference the agent would go with the Python object.
    """
    ice = rtc.get_property("ice-agent")
    pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    reference = ctypes.CDLL("libgobject-2.0.so.0").g_object_ref
    reference.restype, reference.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    reference(pointer_of(ice.__gpointer__, None))
    agent = ice.get_property("agent")
    agent.set_property("upnp", False)
    agent.set_property("ice-tcp", False)


def _await(event: threading.Event, complaint: str, seconds: float = STEP_SECONDS) -> None:
    if not event.wait(seconds):
        raise MediaError(complaint)
