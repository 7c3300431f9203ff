"""What is wrong with a file: line and reason, all of it at once, so that it is mended in one go."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import NamedTuple

from diemcau.domain.refusal import Invalid, Text


class Fault(NamedTuple):
    """``line`` counts from 1."""

    line: int
    text: Text


class ProcedureFaulty(Invalid):
    """The file of a procedure cannot be used as it is written; ``faults`` by line."""

    id = "procedure-faulty"
    title = Text("Tệp quy trình có lỗi", "The procedure's file is faulty")

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        count = len(self.faults)
        vi = [f"Tệp «{name}» có {count} lỗi; hãy sửa rồi nạp lại."]
        en = [f"{name}: {count} fault{'' if count == 1 else 's'}; mend the file and load it again."]
        vi += [f"Dòng {fault.line}: {fault.text.vi}" for fault in self.faults]
        en += [f"Line {fault.line}: {fault.text.en}" for fault in self.faults]
        super().__init__("\n".join(vi), "\n".join(en))


class Unreadable(Exception):
    """A value is not what its key asks for; ``at`` is the key within it that is at fault."""

    def __init__(self, vi: str, en: str, at: str = "") -> None:
        super().__init__(en)
        self.text = Text(vi, en)
        self.at = at


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant, or ""."""
    return next(iter(get_close_matches(word.lower(), map(str, known), 1)), "")


def meant(word: str, known: Collection[str]) -> Text:
    """The end of a sentence that names the nearest of the known words, or else all of them."""
    near = nearest(word, known)
    if near:
        return Text(f"có phải «{near}»?", f"did you mean {near!r}?")
    listed = ", ".join(known)
    if not listed:
        return Text("tệp này không có mục nào như thế.", "the file has none of that sort.")
    return Text(f"chọn một trong: {listed}.", f"choose one of: {listed}.")
