"""Checks of single fields of a message, each with an error that names the field and the remedy."""

import math
from collections.abc import Mapping
from typing import Any

from diemcau.mixer.errors import MixerError


def mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MixerError("bad-params", f"{where} must be an object")
    return value


def text(value: object, where: str, longest: int = 1000) -> str:
    if not isinstance(value, str):
        raise MixerError("bad-params", f"{where} must be a string")
    if len(value) > longest:
        raise MixerError("bad-params", f"{where} is longer than {longest} characters; shorten it")
    return value


def boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise MixerError("bad-params", f"{where} must be true or false")
    return value


def integer(value: object, where: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise MixerError("bad-params", f"{where} must be a whole number from {least} to {most}")
    return value


def optional_integer(value: object, where: str, least: int, most: int) -> int | None:
    return None if value is None else integer(value, where, least, most)


def fraction(value: object, where: str) -> float:
    """A part of the frame, 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MixerError("bad-params", f"{where} must be a number from 0 to 1")
    if not 0 <= value <= 1:
        raise MixerError("bad-params", f"{where} is {value}; rectangles lie in the frame, 0 to 1")
    return float(value)
