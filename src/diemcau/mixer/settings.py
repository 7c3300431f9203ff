"""Reads the settings file, so that a mistake in it is named before a single socket is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diemcau.mixer.errors import MixerError
from diemcau.mixer.fields import integer, mapping, optional_integer, text

MAX_SLOTS = 24
DEFAULT_SLOTS = 12
BUSES = ("program", "chair")


@dataclass(frozen=True)
class InputPort:
    """Where a slot listens on 127.0.0.1: RTP (audio and video together), and RTCP."""

    port: int
    rtcp_port: int


@dataclass(frozen=True)
class Output:
    """Where a feed goes. A stream without SSRC is not sent; `*_seq` is its first number."""

    host: str
    port: int
    rtcp_port: int
    audio_ssrc: int | None = None
    video_ssrc: int | None = None
    audio_seq: int | None = None
    video_seq: int | None = None


@dataclass(frozen=True)
class Settings:
    """Picture size in pixels, rates in bit/s, and every port."""

    width: int
    height: int
    fps: int
    video_bitrate: int
    audio_bitrate: int
    inputs: tuple[InputPort, ...]
    outputs: Mapping[str, Output]
    raw: Mapping[str, Any]

    @property
    def slots(self) -> int:
        return len(self.inputs)

    @property
    def buses(self) -> tuple[str, ...]:
        """Buses that have a picture: those told as outputs."""
        return tuple(name for name in BUSES if name in self.outputs)

    def returns(self) -> dict[int, Output]:
        """Returns by slot."""
        found = {return_slot(name): output for name, output in self.outputs.items()}
        return {slot: output for slot, output in found.items() if slot is not None}


def return_slot(name: str) -> int | None:
    """Slot of `return/<n>`, None for another feed.

    >>> return_slot("return/3"), return_slot("program")
    (3, None)
    """
    head, _, tail = name.partition("/")
    return int(tail) if head == "return" and tail.isdecimal() else None


def parse_settings(raw: object) -> Settings:
    """Settings from the decoded JSON file; MixerError `settings` where they make no sense."""
    table = mapping(raw, "settings")
    inputs = table.get("inputs")
    if not isinstance(inputs, list) or not 1 <= len(inputs) <= MAX_SLOTS:
        raise MixerError("settings", f"settings.inputs must list 1 to {MAX_SLOTS} slots")
    ports = tuple(_input_port(entry, f"settings.inputs[{n}]") for n, entry in enumerate(inputs))
    outputs = {
        str(name): _output(entry, f"settings.outputs[{name!r}]")
        for name, entry in mapping(table.get("outputs", {}), "settings.outputs").items()
    }
    for name in outputs:
        _check_output_name(name, len(ports))
    return Settings(
        width=_even(table, "width", 1280),
        height=_even(table, "height", 720),
        fps=integer(table.get("fps", 25), "settings.fps", 1, 60),
        video_bitrate=integer(
            table.get("video_bitrate", 1_500_000), "settings.video_bitrate", 50_000, 50_000_000
        ),
        audio_bitrate=integer(
            table.get("audio_bitrate", 32_000), "settings.audio_bitrate", 6_000, 510_000
        ),
        inputs=ports,
        outputs=outputs,
        raw=table,
    )


def _even(table: Mapping[str, Any], name: str, default: int) -> int:
    value = integer(table.get(name, default), f"settings.{name}", 64, 4096)
    if value % 2:
        raise MixerError("settings", f"settings.{name} must be even, {value} is not")
    return value


def _input_port(raw: object, where: str) -> InputPort:
    entry = mapping(raw, where)
    port = integer(entry.get("port"), f"{where}.port", 1, 65535)
    rtcp = integer(entry.get("rtcp_port", port + 1), f"{where}.rtcp_port", 1, 65535)
    return InputPort(port, rtcp)


def _output(raw: object, where: str) -> Output:
    entry = mapping(raw, where)
    return Output(
        host=text(entry.get("host", "127.0.0.1"), f"{where}.host"),
        port=integer(entry.get("port"), f"{where}.port", 1, 65535),
        rtcp_port=integer(entry.get("rtcp_port"), f"{where}.rtcp_port", 1, 65535),
        audio_ssrc=optional_integer(entry.get("audio_ssrc"), f"{where}.audio_ssrc", 0, 2**32 - 1),
        video_ssrc=optional_integer(entry.get("video_ssrc"), f"{where}.video_ssrc", 0, 2**32 - 1),
        audio_seq=optional_integer(entry.get("audio_seq"), f"{where}.audio_seq", 0, 2**53),
        video_seq=optional_integer(entry.get("video_seq"), f"{where}.video_seq", 0, 2**53),
    )


def _check_output_name(name: str, slots: int) -> None:
    if name in BUSES:
        return
    slot = return_slot(name)
    if slot is None:
        raise MixerError("settings", f"output {name!r} is none of program, chair, return/<slot>")
    if slot >= slots:
        raise MixerError("settings", f"output {name!r}: there are only slots 0 to {slots - 1}")
