"""What a row is called by another: its id, else its code, else its name, if that is only one's.

The same search serves both ways. A label is written only if the search finds its entry by it, so
what ``export`` writes, ``read`` understands.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from diemcau.domain.directory import Entry, validity
from diemcau.sheets.cells import tidy

SEPARATOR = ";"
"""Between several names in one cell."""

Days = tuple[date, date]


@dataclass(frozen=True)
class Named:
    """What an entry may be called by."""

    id: str
    code: str
    name: str
    days: Days

    @classmethod
    def of(cls, entry: Entry) -> "Named":
        code, name = (getattr(entry, field, "") for field in ("code", "name"))
        return cls(entry.id, code, name, validity(entry))


class Names:
    """The entries of one or more kinds, to be found by what they are called."""

    def __init__(self, named: Iterable[Named]) -> None:
        self.ids: dict[str, list[Named]] = {}
        self.codes: dict[str, list[Named]] = {}
        self.names: dict[str, list[Named]] = {}
        for one in named:
            self.ids.setdefault(one.id.casefold(), []).append(one)
            for index, word in ((self.codes, one.code), (self.names, one.name)):
                if word:
                    index.setdefault(_form(word), []).append(one)

    def find(self, word: str, days: Days) -> list[str]:
        """The ids a word may mean: one if all is well. Of several, the one in force all the time
        ``days`` is meant."""
        form = _form(word)
        for index in (self.ids, self.codes, self.names):
            if found := index.get(form):
                return _one(found, days)
        return []

    def label(self, entry_id: str, days: Days) -> str:
        """What to call an entry in a row that is in force on ``days``."""
        for one in self.ids.get(entry_id.casefold(), ()):
            for word in (one.code, one.name):
                if _plain(word) and self.find(word, days) == [entry_id]:
                    return word
        return entry_id

    def words(self) -> Iterable[str]:
        """What the entries are called; ids only where there is no code."""
        for found in self.ids.values():
            for one in found:
                yield one.code or one.id
                yield one.name


def _form(word: str) -> str:
    return tidy(word).casefold()


def _plain(word: str) -> bool:
    """Whether a word stays what it is in a cell that may hold several."""
    return bool(word) and tidy(word) == word and not set(word) & {SEPARATOR, "\n"}


def _one(found: list[Named], days: Days) -> list[str]:
    ids = list(dict.fromkeys(one.id for one in found))
    if len(ids) > 1:
        lasting = {one.id for one in found if one.days[0] <= days[0] and days[1] <= one.days[1]}
        if len(lasting) == 1:
            return list(lasting)
    return ids


def slug(text: str) -> str:
    """Small letters without marks, digits and hyphens."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = (c if c.isascii() and c.isalnum() else "-" for c in plain if not combining(c))
    return "-".join(part for part in "".join(letters).split("-") if part)


combining: Callable[[str], int] = unicodedata.combining


def fresh(prefix: str, parts: Iterable[str], taken: Callable[[str], bool]) -> str:
    """A new id of a prefix and what it is made of, with a number behind it if that one is taken."""
    stem = f"{prefix}-{slug('-'.join(parts))}"[:58].rstrip("-")
    number, made = 1, stem
    while taken(made):
        number += 1
        made = f"{stem}-{number}"
    return made
