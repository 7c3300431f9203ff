"""Where in a TOML file a value was written; ``tomllib`` keeps no lines.

Only for text that ``tomllib`` has accepted, so the scan need not judge, only find.
"""

import re

_OPAQUE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'|#[^\n]*",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\- ]+?)\s*=")


class Lines:
    """The lines of headers and keys. ``of`` finds the closest there is to what is asked for."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, int, str], int] = {}
        self._scan(text.split("\n"), _without_strings(text).split("\n"))

    def of(self, section: str, nth: int = 0, key: str = "") -> int:
        """The line of a key (``title.en``) in the nth table of a section (both "" at the top).

        A key that is not written is answered with the one above it, then the table's header.
        """
        while key and (section, nth, key) not in self._found:
            key = key.rpartition(".")[0]
        places = ((section, nth, key), (section, 0, ""), ("", 0, section))
        return next((self._found[place] for place in places if place in self._found), 1)

    def _scan(self, written: list[str], bare: list[str]) -> None:
        section, nth, inner, depth = "", 0, "", 0
        seen: dict[str, int] = {}
        for number, line in enumerate(bare, start=1):
            header = _HEADER.match(line) if depth == 0 else None
            key = _KEY.match(line) if depth == 0 else None
            if header:
                section, _, inner = _name(written[number - 1][slice(*header.span(2))]).partition(
                    "."
                )
                if header[1] == "[[" and not inner:
                    seen[section] = seen.get(section, -1) + 1
                nth = seen.get(section, 0)
                self._note("", 0, section, number)
                self._note(section, nth, inner, number)
                continue
            if key:
                name = _name(written[number - 1][slice(*key.span(1))])
                self._note(section, nth, f"{inner}.{name}" if inner else name, number)
            depth += sum(map(line.count, "[{")) - sum(map(line.count, "]}"))

    def _note(self, section: str, nth: int, key: str, line: int) -> None:
        """The first line of a key, and of every key above it."""
        while key:
            self._found.setdefault((section, nth, key), line)
            key = key.rpartition(".")[0]
        self._found.setdefault((section, nth, ""), line)


def _without_strings(text: str) -> str:
    """The text with strings and comments blotted out, every character in its place."""
    return _OPAQUE.sub(
        lambda found: re.sub(r"[^\n]", " " if found[0].startswith("#") else "x", found[0]), text
    )


def _name(written: str) -> str:
    """A dotted key without quotes and spaces."""
    return ".".join(part.strip().strip("\"'") for part in written.split("."))
