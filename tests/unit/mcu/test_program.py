"""The programme's picture as it is written on the command line."""

import pytest

from diemcau.domain.refusal import Invalid
from diemcau.mcu.program import Program, parse_program


def test_what_is_written_is_read() -> None:
    assert parse_program("640x360@15") == Program(640, 360, 15)
    assert parse_program(str(Program())) == Program()


def test_the_usual_picture_takes_a_megabit_and_a_half_and_none_less_than_a_mixer_makes() -> None:
    assert Program().bitrate == 1_500_000
    assert Program(160, 160, 5).bitrate == 100_000


@pytest.mark.parametrize(
    "text", ["", "720p", "1280x720", "1280x720@0", "1280x720@60", "1281x720@25", "4096x2160@25"]
)
def test_what_cannot_be_made_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Invalid, match="1280x720@25"):
        parse_program(text)
