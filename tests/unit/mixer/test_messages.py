"""Commands are checked in full before anything is changed, and refused with a remedy."""

import json
from typing import Any

import pytest

from diemcau.mixer.errors import MixerError
from diemcau.mixer.messages import (
    InputOrder,
    Layout,
    Pane,
    RecordOrder,
    parse_input,
    parse_keyframe,
    parse_line,
    parse_mix,
    parse_record,
    request_id,
)
from diemcau.mixer.settings import Settings, parse_settings


def raw_settings(**more: Any) -> dict[str, Any]:
    output = {"host": "127.0.0.1", "port": 5000, "rtcp_port": 5001, "audio_ssrc": 1000}
    return {
        "inputs": [{"port": 4000 + 2 * n, "rtcp_port": 4001 + 2 * n} for n in range(4)],
        "outputs": {"program": {**output, "video_ssrc": 1010}, "return/0": output},
        **more,
    }


@pytest.fixture
def settings() -> Settings:
    return parse_settings(raw_settings())


def mix_of(panes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"take": "t", "buses": {"program": {"panes": panes, **more}}}


def code(call: Any, *args: Any) -> str:
    with pytest.raises(MixerError) as refused:
        call(*args)
    assert refused.value.message
    return refused.value.code


def test_a_whole_mix_is_read(settings: Settings) -> None:
    pane = {"slot": 2, "x": 0, "y": 0.5, "w": 0.5, "h": 0.5, "caption": "Xã A", "fit": "cover"}
    params = mix_of([pane], banner="Chào", clock=True) | {
        "hold_ms": 500,
        "sound": {"open": [0, 2], "together": [[2, 3]]},
    }
    mix = parse_mix(params, settings)
    layout = Layout((Pane(2, 0, 0.5, 0.5, 0.5, "Xã A", "cover"),), "Chào", True)
    assert mix.buses == {"program": layout}
    assert (mix.take, mix.hold, set(mix.open)) == ("t", 0.5, {0, 2})
    assert mix.together == (frozenset({2, 3}),)
    assert mix.raw == params


def test_an_empty_mix_shows_nothing(settings: Settings) -> None:
    mix = parse_mix({}, settings)
    assert (mix.buses, mix.open, mix.hold) == ({}, frozenset(), 2.0)


def test_thirds_written_in_decimals_still_lie_in_the_frame(settings: Settings) -> None:
    third = {"slot": None, "x": 0.66667, "y": 0, "w": 0.33334, "h": 1}
    pane = parse_mix(mix_of([third]), settings).buses["program"].panes[0]
    assert pane.x + pane.w == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"x": 0.6, "w": 0.5}, "bad-rectangle"),
        ({"h": 0}, "bad-rectangle"),
        ({"x": -0.1}, "bad-params"),
        ({"x": "left"}, "bad-params"),
        ({"x": float("nan")}, "bad-params"),
        ({"w": True}, "bad-params"),
        ({"slot": 4}, "no-slot"),
        ({"slot": "0"}, "no-slot"),
        ({"slot": True}, "no-slot"),
        ({"fit": "stretch"}, "bad-params"),
        ({"caption": 7}, "bad-params"),
        ({"caption": "x" * 201}, "bad-params"),
    ],
)
def test_a_pane_that_makes_no_sense_is_refused(
    settings: Settings, change: dict[str, Any], expected: str
) -> None:
    pane = {"slot": 0, "x": 0, "y": 0, "w": 0.5, "h": 0.5, **change}
    assert code(parse_mix, mix_of([pane]), settings) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"buses": {"chair": {}}}, "no-bus"),
        ({"buses": []}, "bad-params"),
        ({"buses": {"program": {"panes": {}}}}, "bad-params"),
        ({"buses": {"program": {"clock": "yes"}}}, "bad-params"),
        ({"hold_ms": -1}, "bad-params"),
        ({"hold_ms": 1.5}, "bad-params"),
        ({"sound": {"open": 3}}, "bad-params"),
        ({"sound": {"open": [4]}}, "no-slot"),
        ({"sound": {"together": 2}}, "bad-params"),
        ({"sound": {"together": [2]}}, "bad-params"),
        ({"sound": {"together": [[2, 4]]}}, "no-slot"),
        ({"take": 3}, "bad-params"),
    ],
)
def test_a_mix_that_makes_no_sense_is_refused(
    settings: Settings, params: dict[str, Any], expected: str
) -> None:
    assert code(parse_mix, params, settings) == expected


def test_an_input_order_is_read(settings: Settings) -> None:
    params = {"slot": 3, "source": "up/7/1", "pli": ["127.0.0.1", 9999]}
    assert parse_input(params, settings) == InputOrder(3, "up/7/1", ("127.0.0.1", 9999))
    assert parse_input({"slot": 0, "source": None}, settings) == InputOrder(0, None, None)


@pytest.mark.parametrize(
    "params",
    [
        {"slot": 9, "source": "x"},
        {"source": "x"},
        {"slot": 0, "source": ""},
        {"slot": 0, "source": 5},
        {"slot": 0, "source": "x", "pli": "127.0.0.1:9"},
        {"slot": 0, "source": "x", "pli": ["127.0.0.1", 0]},
    ],
)
def test_an_input_order_that_makes_no_sense_is_refused(
    settings: Settings, params: dict[str, Any]
) -> None:
    assert code(parse_input, params, settings) in ("no-slot", "bad-params")


def test_only_a_bus_can_be_asked_for_a_keyframe(settings: Settings) -> None:
    assert parse_keyframe({"output": "program"}, settings) == "program"
    assert code(parse_keyframe, {"output": "return/0"}, settings) == "no-bus"


def test_a_line_is_a_request_with_an_id() -> None:
    line = json.dumps({"id": "a1", "method": "status"}).encode()
    request = parse_line(line)
    assert (request.id, request.method, request.params) == ("a1", "status", {})


@pytest.mark.parametrize(
    ("line", "expected", "identity"),
    [
        (b"{", "bad-line", None),
        (b"\xff\xfe", "bad-line", None),
        (b"3", "bad-line", None),
        (b'{"id": 5, "method": "fly"}', "bad-method", 5),
        (b'{"id": 6, "method": ["mix"]}', "bad-method", 6),
        (b'{"id": 7, "method": "mix", "params": []}', "bad-params", 7),
    ],
)
def test_a_broken_line_is_refused_with_its_id(line: bytes, expected: str, identity: object) -> None:
    assert code(parse_line, line) == expected
    assert request_id(line) == identity


def test_settings_have_defaults_and_name_their_buses() -> None:
    settings = parse_settings(raw_settings())
    assert (settings.width, settings.height, settings.fps) == (1280, 720, 25)
    assert settings.buses == ("program",)
    assert list(settings.returns()) == [0]


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": []},
        {"inputs": [{"port": 1}] * 25},
        {"inputs": [{}]},
        {"width": 641},
        {"fps": 0},
        {"video_bitrate": "fast"},
        {"outputs": {"moon": {"port": 1, "rtcp_port": 2}}},
        {"outputs": {"return/9": {"port": 1, "rtcp_port": 2}}},
        {"outputs": {"program": {"port": 70000, "rtcp_port": 2}}},
        {"outputs": []},
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, Any]) -> None:
    assert code(parse_settings, raw_settings(**change)) in ("settings", "bad-params")


def test_a_recording_is_a_whole_path_and_what_stays_free(settings: Settings) -> None:
    order = parse_record({"file": "/r/1-1.mkv", "reserve": 5}, settings)
    assert order == RecordOrder("/r/1-1.mkv", 5)
    assert parse_record({"file": None}, settings) == RecordOrder(None, 0)
    assert code(parse_record, {"file": "1-1.mkv"}, settings) == "bad-params"
    assert code(parse_record, {"file": 7}, settings) == "bad-params"
    assert code(parse_record, {"file": "/r/1-1.mkv", "reserve": -1}, settings) == "bad-params"


def test_a_mixer_without_picture_records_nothing() -> None:
    outputs = raw_settings()["outputs"]
    del outputs["program"]["video_ssrc"]
    blind = parse_settings(raw_settings(outputs=outputs))
    assert code(parse_record, {"file": "/r/1-1.mkv"}, blind) == "no-bus"
