"""The mixer as its viewers see and hear it: real process, real RTP, an independent decoder."""

import itertools
import operator
import os
import signal
import socket
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.mixer_rig import (
    Client,
    Frame,
    Packet,
    Receiver,
    Rig,
    colour_name,
    decode_audio,
    is_key,
    tone_level,
)

pytestmark = pytest.mark.media

TONES = {0: 400, 1: 600, 2: 800}
COLOURS = {0: "red", 1: "green", 2: "blue"}
TICK = 3600  # RTP time of one frame at 25 fps
LONG_MS = 30_000
"""As long as a picture may be held at all: longer than a source takes to start."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A mixer with three live slots; slot 3 is empty."""
    made = Rig(tmp_path_factory.mktemp("mixer"))
    try:
        for slot in (0, 1, 2):
            made.source(slot, COLOURS[slot], TONES[slot])
            made.client.call("input", slot=slot, source=COLOURS[slot])
        for slot in (0, 1, 2):
            made.client.state(slot, "live")
        yield made
    finally:
        made.close()
        print((made.folder / "mixer.log").read_text())


@pytest.fixture
def own_rig(tmp_path: Path) -> Iterator[Rig]:
    """A mixer for one test alone, without sources."""
    made = Rig(tmp_path)
    try:
        yield made
    finally:
        made.close()
        print((made.folder / "mixer.log").read_text())


def pane(slot: int | None, x: float, y: float, w: float, h: float, **more: Any) -> dict[str, Any]:
    return {"slot": slot, "x": x, "y": y, "w": w, "h": h, **more}


def full(slot: int | None, **more: Any) -> list[dict[str, Any]]:
    return [pane(slot, 0, 0, 1, 1, **more)]


def show(client: Client, panes: list[dict[str, Any]], take: str = "", **more: Any) -> float:
    """Put panes on the program; returns the time of the answer."""
    layout: dict[str, Any] = {"panes": panes}
    layout.update({key: more.pop(key) for key in ("banner", "clock") if key in more})
    client.call("mix", take=take, buses={"program": layout}, **more)
    return time.monotonic()


def area(frame: Frame, x: float, y: float, w: float, h: float) -> NDArray[np.uint8]:
    """Part of a frame, in fractions."""
    rows, columns = frame.rgb.shape[:2]
    return frame.rgb[int(y * rows) : int((y + h) * rows), int(x * columns) : int((x + w) * columns)]


def centre(frame: Frame) -> str:
    return colour_name(area(frame, 0.3, 0.2, 0.4, 0.3))


def seen_on(bus: str, event: dict[str, Any]) -> bool:
    """Whether an event tells that a picture left on a bus."""
    return event.get("bus") == bus and event["picture_age_ms"] is not None


def steps(packets: list[Packet]) -> set[int]:
    """Differences between the RTP times of successive frames."""
    times = list(dict.fromkeys(p.timestamp for p in packets))
    return {(b - a) % 2**32 for a, b in itertools.pairwise(times)}


def gaps(packets: list[Packet]) -> set[int]:
    """Differences between successive sequence numbers."""
    return {(b.seq - a.seq) % 65536 for a, b in itertools.pairwise(packets)}


def twenty_takes(rig: Rig) -> tuple[float, list[tuple[float, str]]]:
    """When they began, and when each was answered and what it is to show. Once more if the mixer
    left out a frame meanwhile: the machine stood still."""
    for _ in range(3):
        show(rig.client, full(0))
        rig.client.listen(0.4)
        skipped = rig.client.call("status")["skipped"]
        begin, takes = time.monotonic(), []
        for number in range(20):
            slot = (number + 1) % 3
            takes.append((show(rig.client, full(slot), f"take-{number}"), COLOURS[slot]))
            rig.client.listen(0.13)
        if rig.client.call("status")["skipped"] == skipped:
            break
    return begin, takes


def test_twenty_takes_leave_no_gap_and_show_in_the_next_frame(rig: Rig) -> None:
    program = rig.receivers["program"]
    begin, takes = twenty_takes(rig)
    packets = program.of(107, begin)
    assert steps(packets) == {TICK}
    assert gaps(packets) == {1}
    arrivals = sorted({p.timestamp: p.came for p in packets}.values())
    assert max(np.diff(arrivals)) < 0.1
    frames = program.frames(begin)
    delays = [
        next(f.came for f in frames if f.came > told and centre(f) == colour) - told
        for told, colour in takes
    ]
    print(f"take to picture: median {np.median(delays) * 1e3:.0f} ms, most {max(delays) * 1e3:.0f}")
    assert np.median(delays) < 0.06
    assert max(delays) < 0.11


def test_the_old_picture_is_held_until_the_newcomer_has_one(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0))
    rig.client.listen(0.2)
    begin = time.monotonic()
    rig.client.call("input", slot=3, source="late")
    show(rig.client, full(3), "to-late", hold_ms=LONG_MS)
    rig.client.listen(0.5)
    late = rig.source(3, "yellow", 1000)
    try:
        event = rig.client.wait(
            lambda e: (
                e["event"] == "on_air"
                and e["take"] == "to-late"
                and e["picture_age_ms"] is not None
            ),
            LONG_MS / 1000,
        )
        rig.client.listen(0.2)
    finally:
        late.close()
        show(rig.client, full(0))
        rig.client.call("input", slot=3, source=None)
    assert (event["slot"], event["source"], event["bus"]) == (3, "late", "program")
    shown = [centre(f) for f in program.frames(begin)]
    seen = list(dict.fromkeys(shown))
    assert seen[:2] == ["red", "yellow"]
    assert "dark" not in seen


def test_a_newcomer_without_picture_gets_a_slate_after_the_hold(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(1))
    rig.client.listen(0.2)
    told = show(rig.client, full(3, caption="Xã Vắng"), hold_ms=400)
    rig.client.listen(0.8)
    frames = program.frames(told)
    last_old = max(f.came for f in frames if centre(f) == "green")
    assert 0.3 < last_old - told < 0.5
    assert centre(frames[-1]) == "dark"
    assert area(frames[-1], 0.2, 0.4, 0.6, 0.2).max() > 180, "no caption on the slate"


def test_a_newer_mix_replaces_a_held_one(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0))
    rig.client.listen(0.2)
    told = show(rig.client, full(3), hold_ms=300)
    show(rig.client, full(2))
    rig.client.listen(0.6)
    seen = [centre(f) for f in program.frames(told)]
    assert list(dict.fromkeys(seen))[-1] == "blue"
    assert "dark" not in seen


def test_nobody_hears_himself_and_closed_slots_are_silent(rig: Rig) -> None:
    show(rig.client, full(0), sound={"open": [0, 1]})
    rig.client.listen(0.4)
    begin = time.monotonic()
    rig.client.listen(1.0)
    heard = {
        name: {slot: tone_level(receiver.sound(begin), TONES[slot]) for slot in TONES}
        for name, receiver in rig.receivers.items()
    }
    print(heard)
    loud = {name: {slot for slot, db in tones.items() if db > -20} for name, tones in heard.items()}
    quiet = {
        name: {slot for slot, db in tones.items() if db < -55} for name, tones in heard.items()
    }
    assert loud == {"program": {0, 1}, "return/0": {1}, "return/1": {0}}
    assert quiet == {"program": {2}, "return/0": {0, 2}, "return/1": {1, 2}}
    levels = [e for _, e in rig.client.events if e["event"] == "levels"][-1]
    assert levels["slots"][:3] == pytest.approx([-17, -17, -17], abs=1)
    assert levels["slots"][3] == -100
    assert levels["program"] == pytest.approx(-14, abs=1)


def test_sound_waits_for_the_cut_that_shows_whose_it_is(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0), sound={"open": [0, 1]})
    rig.client.listen(0.3)
    told = show(rig.client, full(3), hold_ms=1000, sound={"open": [2, 3]})
    rig.client.listen(1.5)
    cut = next(f.came for f in program.frames(told) if centre(f) == "dark")
    assert loud(program, told + 0.1, cut - 0.1) == {0, 2}, "1 is in no picture, and closed at once"
    assert loud(program, cut + 0.1) == {2}
    packets = [p for p in program.of(111, told) if p.came < cut + 0.2]
    ends = next(
        packet.came
        for at, packet in enumerate(packets)
        if tone_level(decode_audio(packets[at : at + 3]), TONES[0]) < -40
    )
    print(f"sound ends {1e3 * (ends - cut):.0f} ms after the picture")
    assert abs(ends - cut) < 0.08
    show(rig.client, full(0), sound={"open": []})


def test_the_voice_of_whoever_shares_comes_with_what_is_shared(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0), sound={"open": [0]})
    rig.client.listen(0.3)
    sharing = {"open": [0, 2, 3], "together": [[2, 3]]}
    told = show(rig.client, full(3), hold_ms=1000, sound=sharing)
    rig.client.listen(1.5)
    cut = next(f.came for f in program.frames(told) if centre(f) == "dark")
    assert loud(program, told + 0.1, cut - 0.1) == {0}
    assert loud(program, cut + 0.1) == {0, 2}
    show(rig.client, full(0), sound={"open": []})


def loud(receiver: Receiver, begin: float, end: float = float("inf")) -> set[int]:
    """The slots that are heard in a time."""
    sound = decode_audio([p for p in receiver.of(111, begin) if p.came < end])
    return {slot for slot, hertz in TONES.items() if tone_level(sound, hertz) > -25}


def test_what_was_to_go_and_stays_is_told_anew(rig: Rig) -> None:
    show(rig.client, full(0), "first", sound={"open": [0]})
    rig.client.listen(0.3)
    show(rig.client, full(3), "away", hold_ms=5000, sound={"open": [3]})
    show(rig.client, full(0), "back", sound={"open": [0]})
    told = rig.client.wait(
        lambda e: (
            e["event"] == "on_air"
            and e["take"] == "back"
            and None not in (e["picture_age_ms"], e["sound_age_ms"])
        )
    )
    assert told["slot"] == 0
    show(rig.client, full(0), sound={"open": []})


def test_a_site_hears_none_of_its_slots(rig: Rig) -> None:
    for together, heard in (([[0, 2]], {0: {1}, 1: {0, 2}}), ([], {0: {1, 2}, 1: {0, 2}})):
        show(rig.client, full(0), sound={"open": [0, 1, 2], "together": together})
        rig.client.listen(0.4)
        begin = time.monotonic()
        rig.client.listen(0.6)
        for own, others in heard.items():
            sound = rig.receivers[f"return/{own}"].sound(begin)
            assert {slot for slot in TONES if tone_level(sound, TONES[slot]) > -25} == others
    show(rig.client, full(0), sound={"open": []})


def test_sound_and_picture_have_the_same_clock_and_no_gap(rig: Rig) -> None:
    begin = time.monotonic()
    rig.client.listen(1.0)
    packets = rig.receivers["program"].of(111, begin)
    assert steps(packets) == {960}
    assert gaps(packets) == {1}
    pictures = rig.receivers["program"].of(107, begin)
    sound_at = np.median([p.timestamp / 48000 - p.came for p in packets])
    assert len(pictures) > 20
    picture_at = np.median([p.timestamp / 90000 - p.came for p in pictures])
    # RTP times wrap at 2^32: compare within the shorter of the two circles.
    wrap = 2**32 / 90000
    skew = (picture_at - sound_at % wrap) % wrap
    wraps = [(skew - k * (2**32 / 48000 % wrap)) % wrap for k in range(8)]
    assert min(min(w, wrap - w) for w in wraps) < 0.06


def test_all_slots_open_do_not_clip(rig: Rig) -> None:
    show(rig.client, full(0), sound={"open": [0, 1, 2]})
    rig.client.listen(0.3)
    begin = time.monotonic()
    rig.client.listen(0.5)
    samples = rig.receivers["program"].sound(begin)
    assert np.abs(samples).max() < 1.0
    assert all(tone_level(samples, hertz) > -18 for hertz in TONES.values())
    show(rig.client, full(0), sound={"open": []})


def test_captions_and_banner_are_drawn_where_they_belong(rig: Rig) -> None:
    program = rig.receivers["program"]
    left, right = pane(0, 0, 0, 0.5, 1, fit="cover"), pane(1, 0.5, 0, 0.5, 1, fit="cover")
    show(rig.client, [left, right])
    rig.client.listen(0.1)
    begin = time.monotonic()
    rig.client.listen(0.3)
    bare = program.frames(begin)[-1]
    begin = show(
        rig.client,
        [{**left, "caption": "UBND xã Đạo Đức"}, right],
        banner="Hội nghị trực tuyến toàn tỉnh",
    )
    rig.client.listen(0.4)
    drawn = program.frames(begin)[-1]
    changed = np.abs(drawn.rgb.astype(int) - bare.rgb.astype(int)).max(axis=2) > 60
    rows, columns = changed.shape
    assert changed[int(0.94 * rows) :].mean() > 0.9, "banner along the whole bottom"
    caption = changed[int(0.7 * rows) : int(0.92 * rows)]
    assert caption[:, : columns // 2].mean() > 0.05, "caption in the left pane"
    assert caption[:, columns // 2 :].mean() < 0.01, "no caption in the right pane"
    assert changed[: int(0.6 * rows)].mean() < 0.01, "nothing elsewhere"
    assert area(drawn, 0, 0.7, 0.5, 0.22).min(axis=2).max() > 180, "white letters"


def test_contain_shows_all_of_a_picture_and_cover_fills_the_pane(rig: Rig) -> None:
    program = rig.receivers["program"]
    for fit, edge in (("contain", "dark"), ("cover", "red")):
        show(rig.client, [pane(0, 0, 0, 0.5, 1, fit=fit)])
        rig.client.listen(0.1)
        begin = time.monotonic()
        rig.client.listen(0.3)
        frame = program.frames(begin)[-1]
        assert colour_name(area(frame, 0.1, 0.02, 0.3, 0.1)) == edge
        assert colour_name(area(frame, 0.1, 0.4, 0.3, 0.2)) == "red"


def test_a_keyframe_request_is_answered_by_a_keyframe(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0))
    rig.client.listen(0.5)
    asked = time.monotonic()
    program.ask_keyframe()
    rig.client.listen(0.3)
    keys = [p.came - asked for p in program.of(107, asked) if is_key([p])]
    assert keys
    assert keys[0] < 0.2


def test_reports_come_every_second(rig: Rig) -> None:
    receiver = rig.receivers["return/0"]
    before = len(receiver.reports)
    rig.client.listen(2.2)
    assert 2 <= len(receiver.reports) - before <= 3


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"this is no JSON", "bad-line"),
        (b"[1, 2]", "bad-line"),
        (b'{"id": 7, "method": "dance"}', "bad-method"),
        ({"id": 7, "method": "mix", "params": {"buses": {"moon": {}}}}, "no-bus"),
        ({"id": 7, "method": "mix", "params": {"sound": {"open": [99]}}}, "no-slot"),
        (
            {
                "id": 7,
                "method": "mix",
                "params": {"buses": {"program": {"panes": [pane(0, 0.5, 0, 0.6, 1)]}}},
            },
            "bad-rectangle",
        ),
        ({"id": 7, "method": "input", "params": {"slot": -1, "source": "x"}}, "no-slot"),
        ({"id": 7, "method": "keyframe", "params": {"output": "return/0"}}, "no-bus"),
        (b"x" * (1 << 20) + b"x", "bad-line"),
    ],
)
def test_nonsense_is_refused_and_disturbs_nothing(rig: Rig, message: Any, code: str) -> None:
    show(rig.client, full(0), "before")
    before = rig.client.call("status")["mix"]
    answer = rig.client.raw(message)
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]
    assert rig.client.call("status")["mix"] == before


def test_an_agent_that_comes_back_finds_everything(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(1), "last-word", sound={"open": [1]})
    begin = time.monotonic()
    rig.client.close()
    rig.client = Client(rig.socket)
    status = rig.client.call("status")
    rig.client.listen(0.3)
    on_air = [one for one in rig.client.call("status")["on_air"] if one["bus"] == "program"]
    assert [(one["slot"], one["source"]) for one in on_air] == [(1, "green")]
    assert on_air[0]["picture_age_ms"] > 0
    assert status["mix"]["take"] == "last-word"
    assert status["mix"]["sound"] == {"open": [1]}
    assert [i["state"] for i in status["inputs"][:3]] == ["live"] * 3
    assert [i["source"] for i in status["inputs"]] == ["red", "green", "blue", None]
    assert status["inputs"][3]["looks"] == "moving", "there is nothing to look at"
    assert status["settings"]["inputs"] == rig.inputs
    assert abs(status["outputs"]["program"]["video_seq"] - program.of(107)[-1].seq) < 200
    assert steps(program.of(107, begin)) == {TICK}


def test_a_lost_source_becomes_a_slate_and_comes_back_by_itself(own_rig: Rig) -> None:
    rig, program = own_rig, own_rig.receivers["program"]
    source = rig.source(0, "red", 400)
    rig.client.call("input", slot=0, source="red")
    rig.client.state(0, "live")
    show(rig.client, full(0, caption="Xã Đạo Đức"))
    rig.client.listen(0.3)
    source.close()
    ended = time.monotonic()
    rig.client.state(0, "lost")
    assert 0.8 < time.monotonic() - ended < 1.4
    rig.client.listen(0.2)
    lost = time.monotonic()
    rig.client.listen(0.3)
    slate = program.frames(lost)[-1]
    assert centre(slate) == "dark"
    assert area(slate, 0.2, 0.4, 0.6, 0.2).max() > 180
    rig.source(0, "red", 400)
    rig.client.state(0, "live")
    live = time.monotonic()
    rig.client.listen(0.3)
    rig.client.listen(0.3)
    assert centre(program.frames(live)[-1]) == "red"


def test_another_source_never_shows_a_frame_of_the_last_one(own_rig: Rig) -> None:
    rig, program = own_rig, own_rig.receivers["program"]
    show(rig.client, full(0, caption="A"))
    for turn, colour in enumerate(("red", "blue", "green", "yellow")):
        source = rig.source(0, colour, 400)
        rig.client.call("input", slot=0, source=f"{colour}-{turn}")
        rig.client.state(0, "live")
        rig.client.listen(0.25)
        source.close()
    rig.client.call("input", slot=0, source=None)
    changes = [
        (at, e["source"])
        for at, e in rig.client.events
        if e["event"] == "input" and e["state"] == "waiting"
    ]
    frames = program.frames()
    for (at, source), (until, _) in itertools.pairwise(changes):
        # 60 ms: the frame that was on its way when the source changed.
        seen = {centre(f) for f in frames if at + 0.06 < f.came < until}
        assert seen <= {"dark", source.partition("-")[0]}, source
        assert source.partition("-")[0] in seen


def test_keyframes_are_asked_of_the_address_told(own_rig: Rig) -> None:
    rig = own_rig
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forwarder:
        forwarder.bind(("127.0.0.1", 0))
        forwarder.settimeout(1)
        address = list(forwarder.getsockname())
        rig.client.call("input", slot=0, source="x", pli=address)
        packet, sender = forwarder.recvfrom(100)
        assert packet[:2] == bytes([0x81, 206])
        assert sender[1] == rig.inputs[0]["rtcp_port"]
        # Packets that never make a picture: the watchdog asks again, patiently.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as site:
            asked = count_requests(forwarder, site, rig.inputs[0]["port"], 2.0)
    assert 2 <= asked <= 5


def count_requests(forwarder: socket.socket, site: socket.socket, port: int, seconds: float) -> int:
    forwarder.setblocking(False)
    asked, deadline, number = 0, time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        head = bytes([0x80, 107, number >> 8, number & 255]) + (number * 900).to_bytes(4, "big")
        site.sendto(head + (1010).to_bytes(4, "big") + b"\x41\x9a\x00\x00", ("127.0.0.1", port))
        number += 1
        time.sleep(0.01)  # the pace of a source
        try:
            forwarder.recv(100)
            asked += 1
        except BlockingIOError:
            pass
    return asked


def test_a_restart_goes_on_in_time_and_in_sequence(own_rig: Rig) -> None:
    rig, program = own_rig, own_rig.receivers["program"]
    rig.client.listen(0.7)
    numbers = rig.client.call("status")["outputs"]
    rig.kill()
    last = {kind: program.of(kind)[-1] for kind in (107, 111)}
    for name, output in rig.settings["outputs"].items():
        output.update({key: value + 2000 for key, value in numbers[name].items()})
    rig.start()
    rig.client.listen(0.7)
    for kind, rate in ((107, 90000), (111, 48000)):
        first = next(p for p in program.of(kind) if p.came > last[kind].came)
        assert 1000 < (first.seq - last[kind].seq) % 65536 < 4000
        told = (first.timestamp - last[kind].timestamp) % 2**32 / rate
        assert told == pytest.approx(first.came - last[kind].came, abs=0.1)


def test_a_frozen_process_goes_on_at_the_right_time(own_rig: Rig) -> None:
    rig, program = own_rig, own_rig.receivers["program"]
    rig.client.listen(0.3)
    os.kill(rig.process.pid, signal.SIGSTOP)
    time.sleep(1.0)  # the freeze itself
    os.kill(rig.process.pid, signal.SIGCONT)
    rig.client.listen(0.8)
    for kind, rate in ((107, 90000), (111, 48000)):
        packets = program.of(kind)
        told = (packets[-1].timestamp - packets[0].timestamp) % 2**32 / rate
        assert told == pytest.approx(packets[-1].came - packets[0].came, abs=0.2)
        assert len({p.timestamp for p in packets[-10:]}) >= 5


def test_stop_ends_the_process(own_rig: Rig) -> None:
    own_rig.client.call("stop")
    assert own_rig.process.wait(5) == 0
    assert not own_rig.socket.exists()


def test_ages_on_air_tell_when_picture_and_sound_really_left(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0), sound={"open": [0]})
    rig.client.listen(0.4)
    told = show(rig.client, full(2), "measured", sound={"open": [2]})
    line = rig.client.wait(
        lambda e: (
            e["event"] == "on_air"
            and e["take"] == "measured"
            and e["picture_age_ms"] is not None
            and e["sound_age_ms"] is not None
        )
    )
    got = next(at for at, event in rig.client.events if event is line)
    rig.client.listen(0.3)
    first = next(f for f in program.frames(told - 0.1) if centre(f) == "blue")
    assert got - line["picture_age_ms"] / 1e3 == pytest.approx(first.came, abs=0.01)


def test_a_banner_too_long_for_the_frame_runs(rig: Rig) -> None:
    program = rig.receivers["program"]
    show(rig.client, full(0), banner="Hội nghị trực tuyến toàn tỉnh " * 8)
    rig.client.listen(0.1)
    begin = time.monotonic()
    rig.client.listen(0.8)
    show(rig.client, full(0))
    strips = [area(f, 0, 0.94, 1, 0.05).min(axis=2).astype(float) for f in program.frames(begin)]
    first, last = strips[0], strips[10]
    fits = {
        move: float(np.abs(first[:, move:600] - last[:, : 600 - move]).mean())
        for move in range(0, 61, 2)
    }
    assert min(fits, key=lambda move: fits[move]) == pytest.approx(30, abs=4)


def test_packets_without_pictures_are_a_stall_and_then_a_slate(own_rig: Rig) -> None:
    rig, program = own_rig, own_rig.receivers["program"]
    source = rig.source(0, "red", 400)
    rig.client.call("input", slot=0, source="red")
    rig.client.state(0, "live")
    show(rig.client, full(0, caption="Xã Đạo Đức"))
    rig.client.listen(0.2)
    source.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as site:
        site.setblocking(False)
        begin = time.monotonic()
        count_requests(site, site, rig.inputs[0]["port"], 1.0)
        rig.client.state(0, "stalled", 0.5)
        count_requests(site, site, rig.inputs[0]["port"], 2.6)
        count_requests(site, site, rig.inputs[0]["port"], 0.3)
    states = [e["state"] for _, e in rig.client.events if e["event"] == "input"]
    assert states == ["waiting", "live", "stalled"]
    frames = program.frames()
    assert centre(frames[-1]) == "dark"
    held = [f.came - begin for f in frames if f.came > begin and centre(f) == "red"]
    assert 2.5 < max(held) < 3.5, "a frozen picture stays for three seconds"


def test_black_and_frozen_pictures_are_told_of_what_is_shown(own_rig: Rig) -> None:
    """A new source begins anew; a slot that nobody is shown is not looked at."""
    rig = own_rig
    rig.source(0, "red", 400)
    rig.source(1, "red", 700, pattern="black")
    rig.source(2, "red", 900, pattern="snow")
    rig.source(3, "red", 900)
    for slot in range(4):
        rig.client.call("input", slot=slot, source=f"s{slot}")
        rig.client.state(slot, "live")
    begun = time.monotonic()
    show(rig.client, [pane(slot, 0.3 * slot, 0, 0.3, 1) for slot in range(3)])
    for slot, looks in ((1, "black"), (0, "frozen")):
        told = {"event": "look", "slot": slot, "source": f"s{slot}", "looks": looks}
        rig.client.wait(partial(operator.eq, told))
        print(f"{looks}: {time.monotonic() - begun:.2f} s after it was shown")
    rig.client.call("input", slot=0, source="another")
    rig.client.listen(1.0)
    show(rig.client, full(2))
    rig.client.wait(lambda e: e["event"] == "look" and e["slot"] == 1 and e["looks"] == "moving")
    rig.client.listen(2.5)
    looked = {(e["slot"], e["source"]) for _, e in rig.client.events if e["event"] == "look"}
    assert looked == {(0, "s0"), (1, "s1")}, "no camera with noise, nor whoever is not shown"


def test_a_jump_of_sequence_numbers_under_the_same_ssrc_is_survived(own_rig: Rig) -> None:
    rig = own_rig
    rig.client.call("input", slot=0, source="switched")
    for colour, hertz in (("red", 400), ("green", 700), ("blue", 1000)):
        source = rig.source(0, colour, hertz)
        show(rig.client, full(0), sound={"open": [0]})
        rig.client.state(0, "live")
        rig.client.listen(0.5)
        begin = time.monotonic()
        rig.client.listen(0.3)
        assert centre(rig.receivers["program"].frames(begin)[-1]) == colour
        assert tone_level(rig.receivers["program"].sound(begin), hertz) > -20
        source.close()


def test_the_chair_sees_a_layout_of_its_own(tmp_path: Path) -> None:
    rig = Rig(tmp_path, buses=("program", "chair"))
    try:
        for slot in (0, 1):
            rig.source(slot, COLOURS[slot], TONES[slot])
            rig.client.call("input", slot=slot, source=COLOURS[slot])
        for slot in (0, 1):
            rig.client.state(slot, "live")
        layouts = {"program": {"panes": full(0)}, "chair": {"panes": full(1)}}
        rig.client.call("mix", take="both", buses=layouts, sound={"open": [1]})
        for name in layouts:
            rig.client.wait(partial(seen_on, name))
        begin = time.monotonic()
        rig.client.listen(0.8)
        seen = {name: centre(rig.receivers[name].frames(begin)[-1]) for name in layouts}
        assert seen == {"program": "red", "chair": "green"}
        assert tone_level(rig.receivers["chair"].sound(begin), TONES[1]) > -20
        told = {(e["bus"], e["slot"]) for _, e in rig.client.events if e["event"] == "on_air"}
        assert told == {("program", 0), ("chair", 1)}
    finally:
        rig.close()


def test_changes_of_source_leave_nothing_behind(own_rig: Rig) -> None:
    open_files = Path(f"/proc/{own_rig.process.pid}/fd")
    threads = Path(f"/proc/{own_rig.process.pid}/task")
    counts = []
    for turn in range(20):
        own_rig.client.call("input", slot=0, source=str(turn))
        counts.append(len(list(open_files.iterdir())) + len(list(threads.iterdir())))
    # A few come and go with the streaming threads; one for each change would be a leak.
    assert counts[-1] < counts[1] + 10


def test_garbage_on_a_slots_port_does_not_stop_the_slot(own_rig: Rig) -> None:
    rig = own_rig
    rig.client.call("input", slot=0, source="red")
    port, noise = rig.inputs[0]["port"], np.random.default_rng(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as site:
        for number in range(300):
            kind = (107, 111, 96, 0)[number % 4]
            head = (
                bytes([0x80, kind]) + number.to_bytes(2, "big") + (number * 900).to_bytes(4, "big")
            )
            site.sendto(head + bytes(4) + noise.bytes(40), ("127.0.0.1", port))
            site.sendto(noise.bytes(number % 60), ("127.0.0.1", port))
    rig.source(0, "red", 400)
    rig.client.state(0, "live", 5)
    show(rig.client, full(0), sound={"open": [0]})
    rig.client.listen(0.3)
    begin = time.monotonic()
    rig.client.listen(0.5)
    assert centre(rig.receivers["program"].frames(begin)[-1]) == "red"
    assert tone_level(rig.receivers["program"].sound(begin), 400) > -20
