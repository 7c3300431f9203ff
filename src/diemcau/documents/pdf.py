"""PDF through Typst. A template is a ``.typ`` file that gets its data as JSON: never as source.

A template reads nothing but what is beside the ones that come with the programme, and fetches
nothing: one that names a package of Typst's registry is refused.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from diemcau.ports.documents import FontMissing

TEMPLATES = Path(__file__).parent / "templates"
FONTS = tuple(
    Path(folder)
    for folder in (
        "/usr/share/fonts/truetype/liberation2",
        "/usr/share/fonts/truetype/liberation",
        "/usr/share/fonts/liberation-serif",
        "/usr/share/fonts/truetype/msttcorefonts",
    )
)
"""Where Debian and others keep them. Debian 12's ``liberation`` lacks most Vietnamese letters."""
FAMILIES = ("Liberation Serif", "Times New Roman")
"""Of the same widths, so that both formats break their lines alike."""
LETTERS = "ăằẳẵặâầẩẫậđêềểễệôồổỗộơờởỡợưừửữựảạẻẽẹỉĩịỏọủũụỳỷỹỵ"
"""What a font for Vietnamese has and others do not."""
PACKAGE = re.compile(r'"@')
DENSITY = 220
"""Dots per inch of a picture."""
PICTURE = """#set page(width: auto, height: auto, margin: 2pt)
#image(bytes(sys.inputs.drawing), format: "svg")
"""


_Output = Literal["pdf", "png", "svg"]


class Faulty(Exception):
    """A template does not work; the text says why, in English."""


class TypstPrinter:
    """``folders``: where fonts are looked for. Raises ``FontMissing`` where there is none."""

    def __init__(self, folders: tuple[Path, ...] = FONTS) -> None:
        self._folders = folders

    def require_font(self) -> None:
        """Raises ``FontMissing``."""
        _font(self._folders)

    def render(self, template: bytes, values: Mapping[str, Any], drawing: str) -> bytes:
        """The PDF. ``drawing`` is SVG. Raises ``Faulty``."""
        return self._filled(template, values, drawing, "pdf")

    def seen(self, template: bytes, values: Mapping[str, Any], drawing: str) -> bytes:
        """What of it a reader sees: its pages as SVG, without the hour of printing."""
        return self._filled(template, values, drawing, "svg")

    def picture(self, drawing: str) -> bytes:
        """The drawing as a PNG, fine enough for print."""
        return self._compiled(PICTURE, {"drawing": drawing}, "png")

    def _filled(
        self, template: bytes, values: Mapping[str, Any], drawing: str, format: _Output
    ) -> bytes:
        try:
            source = template.decode()
        except UnicodeDecodeError:
            raise Faulty("it is not a text in UTF-8") from None
        if PACKAGE.search(source):
            raise Faulty("it imports a package ('@…'), which only the Internet has")
        return self._compiled(source, {"data": json.dumps(values), "drawing": drawing}, format)

    def _compiled(self, source: str, inputs: dict[str, str], format: _Output) -> bytes:
        fonts, family = _font(self._folders)
        try:
            compiler = typst.Compiler(
                source.encode(),
                root=TEMPLATES,
                font_paths=fonts,
                ignore_system_fonts=True,
                sys_inputs={**inputs, "font": family},
            )
            made = compiler.compile(format=format, ppi=float(DENSITY) if format == "png" else None)
        except typst.TypstError as error:
            raise Faulty(_fault(error)) from None
        return b"".join(made) if isinstance(made, list) else made or b""


@cache
def _font(folders: tuple[Path, ...]) -> tuple[typst.Fonts, str]:
    """The first family that has the letters; raises ``FontMissing``."""
    for folder in folders:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[folder] if folder.is_dir() else [],
        )
        for family in FAMILIES:
            if family in fonts.families() and _has_letters(fonts, family):
                return fonts, family
    raise FontMissing()


def _has_letters(fonts: typst.Fonts, family: str) -> bool:
    """PDF/A (ISO 19005-2, 6.2.11.8) has no place for a letter without a glyph: Typst says so."""
    source = f'#set text(font: "{family}")\n{LETTERS}{LETTERS.upper()}'
    try:
        typst.compile(
            source.encode(), font_paths=fonts, ignore_system_fonts=True, pdf_standards="a-2b"
        )
    except typst.TypstError:
        return False
    return True


def _fault(error: typst.TypstError) -> str:
    """What is wrong and in which line; where it is in no file of ours, the line of the upload."""
    place = re.search(r"__typst_py_bytes__\.typ:(\d+)", error.diagnostic)
    return f"line {place[1]}: {error.message}" if place else error.message
