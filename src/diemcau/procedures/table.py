"""One table of the file: its keys are taken one by one, and what cannot be read is noted."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from diemcau.domain.refusal import Text
from diemcau.procedures.faults import Fault, Unreadable, nearest
from diemcau.procedures.lines import Lines

T = TypeVar("T")
N = TypeVar("N")


class Table:
    """The nth table of a section. Where a value cannot be read, a neutral one takes its place, so
    that the rest of the file is judged too. ``close`` when every key has been taken."""

    def __init__(
        self, section: str, nth: int, values: Mapping[str, Any], lines: Lines, faults: list[Fault]
    ) -> None:
        self._place = (section, nth)
        self._values = values
        self._lines = lines
        self._faults = faults
        self._taken: set[str] = set()
        self._missing: list[str] = []

    def need(self, key: str, read: Callable[[Any], T], neutral: N) -> T | N:
        """A key that must be there."""
        if key not in self._values:
            self._missing.append(key)
        return self.may(key, read, neutral)

    def may(self, key: str, read: Callable[[Any], T], default: N) -> T | N:
        """A key that may be left out."""
        self._taken.add(key)
        if key not in self._values:
            return default
        try:
            return read(self._values[key])
        except Unreadable as why:
            text = Text(f"«{key}»: {why.text.vi}", f"{key}: {why.text.en}")
            self._note(f"{key}.{why.at}" if why.at else key, text)
            return default

    def close(self) -> None:
        """Notes keys that nobody takes, and keys that are missing, unless only misspelt."""
        unknown = [key for key in self._values if key not in self._taken]
        meant = {key: nearest(key, sorted(self._taken)) for key in unknown}
        for key, near in meant.items():
            vi = f"; có phải «{near}»?" if near else "; hãy xóa đi."
            en = f"; did you mean {near!r}?" if near else "; leave it out."
            self._note(key, Text(f"không có khóa «{key}»{vi}", f"no key {key!r}{en}"))
        for key in self._missing:
            if key not in meant.values():
                self._note("", Text(f"thiếu khóa «{key}».", f"the key {key!r} is missing."))

    def _note(self, key: str, text: Text) -> None:
        self._faults.append(Fault(self._lines.of(*self._place, key), text))
