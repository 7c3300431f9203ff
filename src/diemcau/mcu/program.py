"""The picture that a mixer makes: its size, its rate, and what it takes of a line."""

from __future__ import annotations

import re
from typing import NamedTuple

from diemcau.domain.refusal import Invalid

BITS_PER_PIXEL = 0.065
"""1.5 Mbit/s at 1280×720 and 25 frames a second."""

LEAST_BITRATE = 100_000
"""Below it the captions are not read."""

_WRITTEN = re.compile(r"(\d{3,4})x(\d{3,4})@(\d{1,2})")
_SIDES, _RATES = range(160, 1921, 2), range(5, 31)


class Program(NamedTuple):
    """Pixels, frames a second; a host of few processors, or a thin line, wants less than these."""

    width: int = 1280
    height: int = 720
    fps: int = 25

    @property
    def bitrate(self) -> int:
        """Bits a second."""
        bits = BITS_PER_PIXEL * self.width * self.height * self.fps
        return max(LEAST_BITRATE, round(bits / 10_000) * 10_000)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}@{self.fps}"


def parse_program(text: str) -> Program:
    """From ``1280x720@25``; raises ``Invalid``.

    >>> parse_program("640x360@15").bitrate
    220000
    """
    found = _WRITTEN.fullmatch(text)
    program = Program(*map(int, found.groups())) if found else Program(0, 0, 0)
    sides = program.width in _SIDES and program.height in _SIDES
    if not sides or program.fps not in _RATES:
        raise Invalid(
            f"Hình chương trình «{text}» không dùng được: viết RỘNGxCAO@SỐ_HÌNH, ví dụ "
            "1280x720@25; cạnh là số chẵn từ 160 đến 1920, 5 đến 30 hình một giây.",
            f"The programme's picture {text!r} cannot be used: write WIDTHxHEIGHT@RATE, such as "
            "1280x720@25; sides are even, from 160 to 1920, and the rate is from 5 to 30.",
        )
    return program


USUAL = Program()
