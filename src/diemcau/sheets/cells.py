"""Between cells and values: ``parsed`` reads a cell as its column's form, ``written`` makes it.

Vietnamese text comes composed or decomposed, with no-break blanks and characters that nobody sees;
it is read into one form (NFC). Excel cannot hold a date before March 1900: those are text.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from diemcau.domain.directory_rules import LOCAL
from diemcau.domain.entry_rules import shown
from diemcau.sheets.columns import FUNCTION_NAMES, Form
from diemcau.sheets.faults import Unfit

Cell = int | float | str | bool | date | time | datetime | timedelta

BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
LARGEST = 10**9
EXCEL_BEGINS = date(1900, 3, 1)
DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
TIME = re.compile(r"(\d{1,2})[:hg](\d{2})(?::(\d{2}))?")
WHOLE = re.compile(r"-?\d{1,15}")
NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,2})?")
YES = ("x", "có", "xóa", "xoá", "1", "yes")


def tidy(text: str) -> str:
    """NFC, plain blanks, none at the ends, nothing that cannot be seen."""
    plain = INVISIBLE.sub("", BLANKS.sub(" ", unicodedata.normalize("NFC", text)))
    return plain.strip()


def parsed(form: Form, cell: Cell) -> Any:
    """The value in a cell that is not blank; a reference stays text. Raises ``Unfit``."""
    if isinstance(cell, str):
        cell = tidy(cell)
        if cell in ERRORS:
            raise Unfit(
                f"Công thức trong ô bị lỗi {cell}; hãy ghi giá trị.",
                f"The cell's formula failed with {cell}; write the value.",
            )
    match form:
        case Form.WHOLE:
            return _whole(cell)
        case Form.NUMBER:
            return _number(cell)
        case Form.SINCE | Form.UNTIL:
            return _date(cell)
        case Form.MOMENT:
            return _moment(cell)
        case Form.DELETE:
            return _yes(cell)
        case Form.FUNCTION:
            return _function(_text(cell))
        case Form.TEXT | Form.REFERENCE:
            return _text(cell)


def written(form: Form, value: Any) -> Cell | None:
    """What stands in a cell for a value (a reference's is a text already); None: blank."""
    match form:
        case Form.SINCE | Form.UNTIL if value in (date.min, date.max):
            return None
        case Form.SINCE | Form.UNTIL if value < EXCEL_BEGINS:
            return f"{value.day:02}/{value.month:02}/{value.year:04}"
        case Form.MOMENT:
            local: datetime = value.astimezone(LOCAL).replace(tzinfo=None, microsecond=0)
            early = local.date() < EXCEL_BEGINS
            day = f"{local.day:02}/{local.month:02}/{local.year:04}"
            return f"{local:%H:%M:%S} {day}" if early else local
        case Form.FUNCTION:
            return FUNCTION_NAMES[value].vi if value in FUNCTION_NAMES else str(value)
        case _:
            cell: Cell = value
            return None if value == "" else cell


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case bool():
            raise _unfit(cell, "chữ", "text")
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
        case _:
            raise Unfit(
                f"Excel đã đổi nội dung ô thành ngày giờ ({cell}); hãy định dạng ô là Văn bản rồi"
                " gõ lại.",
                f"Excel has turned the cell into a date ({cell}); format it as Text and type it"
                " anew.",
            )


def _whole(cell: Cell) -> int:
    if isinstance(cell, str) and WHOLE.fullmatch(cell):
        cell = int(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1:
        return int(_bounded(cell))
    raise _unfit(cell, "số nguyên", "a whole number")


def _number(cell: Cell) -> float:
    if isinstance(cell, str) and NUMBER.fullmatch(cell):
        return _bounded(float(cell.replace(",", ".")))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _bounded(float(cell))
    raise _unfit(cell, "số", "a number")


def _bounded(number: float) -> float:
    if abs(number) > LARGEST:
        raise Unfit(f"Số {number:g} quá lớn.", f"The number {number:g} is too large.")
    return number


def _date(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _date_in(cell) if isinstance(cell, str) else None
    if found is None:
        raise _unfit(cell, "ngày; ghi dạng NN/TT/NNNN, ví dụ 01/07/2025", "a date (DD/MM/YYYY)")
    return found


def _date_in(text: str) -> date | None:
    try:
        if usual := DATE.fullmatch(text):
            return date(int(usual[3]), int(usual[2]), int(usual[1]))
        if iso := ISO_DATE.fullmatch(text):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        pass
    return None


def _moment(cell: Cell) -> datetime:
    """Rounded to the second, for Excel keeps time as a fraction of a day."""
    local: datetime | None = None
    if isinstance(cell, datetime):
        local = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    elif isinstance(cell, str):
        local = _moment_in(cell)
    try:
        if local is not None:
            return local.replace(tzinfo=LOCAL).astimezone(UTC)
    except OverflowError:
        pass
    raise _unfit(
        cell,
        "ngày giờ; ghi dạng GG:PP NN/TT/NNNN, ví dụ 07:30 01/07/2025",
        "a date and time (HH:MM DD/MM/YYYY)",
    )


def _moment_in(text: str) -> datetime | None:
    """Time and date in either order, as ``07:30 ngày 01/07/2025``."""
    words = text.replace("ngày", " ").replace(",", " ").split()
    dates = [day for word in words if (day := _date_in(word))]
    times = [clock for word in words if (clock := TIME.fullmatch(word))]
    if len(words) != 2 or len(dates) != 1 or len(times) != 1:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in times[0].groups())
        return datetime.combine(dates[0], time(hour, minute, second))
    except ValueError:
        return None


def _yes(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    if str(cell).removesuffix(".0").lower() in YES:
        return True
    raise Unfit(
        f"Cột này chỉ ghi x (xóa hàng) hoặc để trống, không phải «{shown(str(cell))}».",
        f"Write x here (delete the row) or nothing, not {shown(str(cell))!r}.",
    )


def _function(text: str) -> str:
    """A role, written as its name in either language or its id; what is none stays as it is."""
    wanted = text.casefold()
    for role, name in FUNCTION_NAMES.items():
        if wanted in (str(role), name.vi.casefold(), name.en.casefold()):
            return str(role)
    known = ", ".join(name.vi for name in FUNCTION_NAMES.values())
    raise Unfit(
        f"Không có chức năng «{shown(text)}»; chọn một trong: {known}.",
        f"No function {shown(text)!r}; choose one of: {', '.join(map(str, FUNCTION_NAMES))}.",
    )


def _unfit(cell: Cell, vi: str, en: str) -> Unfit:
    value = shown(str(cell))
    return Unfit(f"«{value}» không phải {vi}.", f"{value!r} is not {en}.")
