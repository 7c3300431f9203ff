"""The directory's rules: all that must hold before it is kept.

``faults`` names every fault at once, each with its entry and field, so that whoever mends a list
of thousands sees all of them; a ``Directory`` is made only of entries that have none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from diemcau.domain.directory import (
    Contact,
    Duty,
    E,
    Entry,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
    validity,
)
from diemcau.domain.entry_rules import Fault, day, is_timed, own_faults, shown
from diemcau.domain.refusal import Text
from diemcau.domain.units import Unit

__all__ = ["LOCAL", "NOUNS", "REFERENCES", "Fault", "Reference", "faults"]

LOCAL = timezone(timedelta(hours=7), "ICT")
"""Viet Nam's time: which day a duty falls on."""

NOUNS: Mapping[type[Entry], Text] = {
    Tier: Text("cấp", "tier"),
    Unit: Text("đơn vị", "unit"),
    Room: Text("phòng họp", "room"),
    Mcu: Text("MCU", "MCU"),
    Line: Text("đường truyền", "line"),
    Site: Text("điểm cầu", "site"),
    Person: Text("cán bộ", "person"),
    Contact: Text("đầu mối", "contact"),
    Duty: Text("ca trực", "duty"),
}


@dataclass(frozen=True)
class Reference:
    """A field that holds the id of an entry of one of some kinds, or ids (``areas``).

    ``lasting``: what it names is in force as long as the entry itself. An MCU need not end with a
    commune of its area, so there it is enough to be in force at some time with it.
    """

    kind: type[Entry]
    field: str
    to: tuple[type[Entry], ...]
    required: bool = True
    lasting: bool = True


REFERENCES = (
    Reference(Unit, "tier", (Tier,)),
    Reference(Unit, "parent", (Unit,), required=False),
    Reference(Room, "unit", (Unit,)),
    Reference(Mcu, "unit", (Unit,), required=False),
    Reference(Mcu, "parent", (Mcu,), required=False),
    Reference(Mcu, "gateway", (Site,), required=False),
    Reference(Mcu, "areas", (Unit,), required=False, lasting=False),
    Reference(Line, "lower", (Mcu,)),
    Reference(Line, "upper", (Mcu,)),
    Reference(Line, "unit", (Unit,), required=False),
    Reference(Site, "unit", (Unit,)),
    Reference(Site, "mcu", (Mcu,)),
    Reference(Site, "room", (Room,), required=False),
    Reference(Person, "unit", (Unit,)),
    Reference(Contact, "person", (Person,)),
    Reference(Contact, "subject", (Unit, Site, Mcu)),
    Reference(Duty, "person", (Person,)),
    Reference(Duty, "unit", (Unit,)),
)


class _Book:
    """The entries by kind and id; unlike a ``Directory`` it can be made of faulty ones."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.by_kind: dict[type[Entry], dict[str, Entry]] = {kind: {} for kind in NOUNS}
        for entry in self.entries:
            self.by_kind[type(entry)].setdefault(entry.id, entry)

    def of(self, kind: type[E]) -> list[E]:
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def named(self, kinds: Iterable[type[Entry]], entry_id: str) -> list[Entry]:
        found = (self.by_kind[kind].get(entry_id) for kind in kinds)
        return [entry for entry in found if entry is not None]


def faults(entries: Iterable[Entry]) -> list[Fault]:
    """Everything that is wrong with these entries as one directory; [] if nothing is."""
    book = _Book(entries)
    return [fault for rule in RULES for fault in rule(book)]


def _each_by_itself(book: _Book) -> Iterator[Fault]:
    for entry in book.entries:
        yield from own_faults(entry)


def _ids_are_unique(book: _Book) -> Iterator[Fault]:
    """Each among its kind; units, MCUs and sites together, since rights reach them by id: a unit
    with the id of another's site would be given what is that site's."""
    places: dict[str, Entry] = {}
    for entry in book.entries:
        holder = book.by_kind[type(entry)][entry.id]
        if holder is entry and isinstance(entry, Unit | Mcu | Site):
            holder = places.setdefault(entry.id, entry)
        if holder is not entry:
            noun = NOUNS[type(holder)]
            yield Fault(
                entry,
                "id",
                Text(
                    f"Mã định danh «{shown(entry.id)}» đã có ở {noun.vi} khác; hãy đổi.",
                    f"The id {shown(entry.id)!r} belongs to another {noun.en}; change it.",
                ),
            )


def _references_hold(book: _Book) -> Iterator[Fault]:
    for reference in REFERENCES:
        for entry in book.entries:
            if isinstance(entry, reference.kind):
                value = getattr(entry, reference.field)
                for named in value if isinstance(value, tuple) else (value,):
                    text = _reference_fault(book, reference, entry, named)
                    if text is not None:
                        yield Fault(entry, reference.field, text)


def _reference_fault(book: _Book, reference: Reference, entry: Entry, named: str) -> Text | None:
    nouns = [NOUNS[kind] for kind in reference.to]
    vi, en = ", ".join(n.vi for n in nouns), " or ".join(n.en for n in nouns)
    if not named:
        if not reference.required:
            return None
        return Text(f"Chưa có {vi}; hãy ghi vào.", f"There is no {en}; write which.")
    found = book.named(reference.to, named)
    if not found:
        return Text(
            f"Không có {vi} «{shown(named)}» trong danh bạ.",
            f"There is no {en} {shown(named)!r} in the directory.",
        )
    own = _days(entry)
    if any(_lasts(_days(other), own, reference.lasting) for other in found):
        return None
    theirs = _days(found[0])
    return Text(
        f"«{_name(found[0])}» chỉ có hiệu lực {_period_vi(theirs)}, trong khi mục này"
        f" {_period_vi(own)}; hãy sửa ngày hoặc chọn mục kế tục.",
        f"{_name(found[0])!r} is in force {_period_en(theirs)} only, and this entry"
        f" {_period_en(own)}; correct the dates or choose its successor.",
    )


Days = tuple[date, date]


def _days(entry: Entry) -> Days:
    """From the first day on which it counts to before the second."""
    if not isinstance(entry, Duty):
        return validity(entry)
    if not is_timed(entry):
        return date.min, date.max
    last = (entry.ends.astimezone(LOCAL) - timedelta(microseconds=1)).date()
    return entry.starts.astimezone(LOCAL).date(), last + timedelta(days=1)


def _lasts(theirs: Days, own: Days, lasting: bool) -> bool:
    if lasting:
        return theirs[0] <= own[0] and own[1] <= theirs[1]
    return theirs[0] < own[1] and own[0] < theirs[1]


def _children_rank_below(book: _Book) -> Iterator[Fault]:
    units, tiers = book.by_kind[Unit], book.by_kind[Tier]
    for unit in book.of(Unit):
        parent = units.get(unit.parent)
        tier = tiers.get(unit.tier)
        above = tiers.get(parent.tier) if isinstance(parent, Unit) else None
        if not isinstance(tier, Tier) or not isinstance(above, Tier) or tier.rank > above.rank:
            continue
        yield Fault(
            unit,
            "tier",
            Text(
                f"Cấp «{tier.name}» không ở dưới cấp «{above.name}» của đơn vị cấp trên"
                f" «{_name(units[unit.parent])}».",
                f"The tier {tier.name_en!r} is not below {above.name_en!r}, that of the unit above,"
                f" {_name(units[unit.parent])!r}.",
            ),
        )


def _no_circles(book: _Book) -> Iterator[Fault]:
    for entries in (book.of(Unit), book.of(Mcu)):
        parents = {entry.id: entry.parent for entry in entries}
        circles = {member: circle for circle in _circles(parents) for member in circle}
        for entry in entries:
            if entry.id in circles:
                way = " → ".join((*circles[entry.id], circles[entry.id][0]))
                yield Fault(
                    entry,
                    "parent",
                    Text(
                        f"Cấp trên đi thành vòng: {way}; hãy sửa một trong số đó.",
                        f"The units or MCUs above go round: {way}; correct one of them.",
                    ),
                )


def _circles(parents: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    done: set[str] = set()
    for start in parents:
        way: dict[str, None] = {}
        here = start
        while here in parents and here not in done and here not in way:
            way[here] = None
            here = parents[here]
        if here in way:
            members = list(way)
            yield tuple(members[members.index(here) :])
        done |= way.keys()


def _overlapping(entries: Iterable[E], key: Callable[[E], Any]) -> Iterator[tuple[E, E]]:
    """Each entry whose time overlaps that of an earlier one of the same key, after that one;
    a key of None or "" is none."""
    groups: dict[Any, list[E]] = {}
    for entry in entries:
        if (of_entry := key(entry)) not in (None, ""):
            groups.setdefault(of_entry, []).append(entry)
    for group in groups.values():
        if len(group) > 1:
            yield from _overlaps(group)


def _overlaps(group: list[E]) -> Iterator[tuple[E, E]]:
    spans = [(_span(entry), entry) for entry in group]
    ordered = sorted((s for s in spans if s[0][0] < s[0][1]), key=lambda s: s[0][0])
    last, holder = ordered[0] if ordered else (("", ""), None)
    for span, entry in ordered[1:]:
        if holder is not None and span[0] < last[1]:
            yield holder, entry
        if span[1] > last[1]:
            last, holder = span, entry


def _span(entry: Entry) -> tuple[str, str]:
    """When it counts, in a form that orders dates and hours alike."""
    if isinstance(entry, Duty):
        return (_hour(entry.starts), _hour(entry.ends)) if is_timed(entry) else ("", "")
    since, until = validity(entry)
    return since.isoformat(), until.isoformat()


def _hour(moment: datetime) -> str:
    return moment.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="microseconds")


def _codes_are_unique(book: _Book) -> Iterator[Fault]:
    pairs: list[tuple[Unit | Site, Unit | Site]] = [
        *_overlapping(book.of(Unit), lambda unit: unit.code),
        *_overlapping(book.of(Site), lambda site: site.code),
    ]
    for held, entry in pairs:
        noun = NOUNS[type(entry)]
        yield Fault(
            entry,
            "code",
            Text(
                f"Mã «{shown(entry.code)}» cùng lúc là của {noun.vi} «{_name(held)}»; hãy đổi mã"
                " hoặc ngày hiệu lực.",
                f"The code {shown(entry.code)!r} is at the same time that of the {noun.en}"
                f" {_name(held)!r}; change the code or the dates.",
            ),
        )


def _numbers_are_unique(book: _Book) -> Iterator[Fault]:
    for held, site in _overlapping(book.of(Site), lambda site: site.number):
        yield Fault(
            site,
            "number",
            Text(
                f"Số {site.number} cùng lúc là của điểm cầu «{_name(held)}»; hãy chọn số khác.",
                f"The number {site.number} is at the same time that of the site {_name(held)!r};"
                " choose another.",
            ),
        )


def _lines_join_two(book: _Book) -> Iterator[Fault]:
    lines = book.of(Line)
    for line in lines:
        if line.lower == line.upper != "":
            yield Fault(
                line,
                "upper",
                Text(
                    f"Đường truyền nối «{shown(line.lower)}» với chính nó; hãy chọn hai MCU khác"
                    " nhau.",
                    f"The line joins {shown(line.lower)!r} to itself; choose two different MCUs.",
                ),
            )
    for held, line in _overlapping(lines, _pair):
        yield Fault(
            line,
            "upper",
            Text(
                f"Hai MCU này cùng lúc đã có đường truyền «{held.id}»; hãy bỏ một hoặc sửa ngày.",
                f"These two MCUs have at the same time the line {held.id!r}; remove one or correct"
                " the dates.",
            ),
        )


def _pair(line: Line) -> tuple[str, ...] | None:
    """Both ends in either order; None if one is missing, which is another fault."""
    return tuple(sorted((line.lower, line.upper))) if line.lower and line.upper else None


def _areas_have_one_mcu(book: _Book) -> Iterator[Fault]:
    by_area: dict[str, list[Mcu]] = {}
    for mcu in book.of(Mcu):
        for area in mcu.areas:
            by_area.setdefault(area, []).append(mcu)
    for area, mcus in by_area.items():
        for held, mcu in _overlaps(mcus):
            yield Fault(
                mcu,
                "areas",
                Text(
                    f"Đơn vị «{shown(area)}» cùng lúc do MCU «{_name(held)}» phụ trách; chỉ để ở"
                    " một MCU.",
                    f"The unit {shown(area)!r} is at the same time in the area of the MCU"
                    f" {_name(held)!r}; leave it with one.",
                ),
            )


def _guided_mcus_stand_alone(book: _Book) -> Iterator[Fault]:
    """A guided MCU reaches us by a site of one of ours, that is no other's; below it is none."""
    mcus, sites = book.by_kind[Mcu], book.by_kind[Site]
    guided = {mcu.id for mcu in book.of(Mcu) if mcu.gateway}
    for mcu in book.of(Mcu):
        gateway = sites.get(mcu.gateway)
        if isinstance(gateway, Site) and gateway.mcu in guided:
            yield Fault(
                mcu,
                "gateway",
                Text(
                    f"Điểm nối «{_name(gateway)}» phải thuộc một MCU của hệ thống này, không phải"
                    f" «{_name(mcus[gateway.mcu])}».",
                    f"The gateway {_name(gateway)!r} must belong to an MCU of this system, not to"
                    f" {_name(mcus[gateway.mcu])!r}.",
                ),
            )
        if mcu.parent in guided:
            yield Fault(
                mcu,
                "parent",
                Text(
                    f"«{_name(mcus[mcu.parent])}» là MCU của hãng khác; không MCU nào nối dưới nó.",
                    f"{_name(mcus[mcu.parent])!r} is of another make; no MCU hangs below it.",
                ),
            )
    for held, mcu in _overlapping(book.of(Mcu), lambda mcu: mcu.gateway):
        yield Fault(
            mcu,
            "gateway",
            Text(
                f"Điểm nối này cùng lúc đã là của «{_name(held)}»; hãy chọn điểm cầu khác.",
                f"This gateway is at the same time that of {_name(held)!r}; choose another site.",
            ),
        )


def _nobody_twice_on_duty(book: _Book) -> Iterator[Fault]:
    duties = [duty for duty in book.of(Duty) if duty.person and duty.unit]
    for _, duty in _overlapping(duties, lambda duty: (duty.person, duty.unit, duty.rank)):
        yield Fault(
            duty,
            "starts",
            Text(
                "Người này đã trực cùng lúc cho đơn vị này ở cùng thứ tự; hãy bỏ một ca hoặc sửa"
                " giờ.",
                "This person is on duty already at that time, for this unit and in this rank;"
                " remove one or correct the hours.",
            ),
        )


def _name(entry: Entry) -> str:
    return shown(str(getattr(entry, "name", entry.id)))


def _period_vi(days: Days) -> str:
    return _period(days, "từ", "đến trước", "không thời hạn")


def _period_en(days: Days) -> str:
    return _period(days, "from", "to before", "without end")


def _period(days: Days, since: str, until: str, always: str) -> str:
    parts = [f"{since} {day(days[0])}"] if days[0] != date.min else []
    parts += [f"{until} {day(days[1])}"] if days[1] != date.max else []
    return " ".join(parts) or always


RULES: tuple[Callable[[_Book], Iterator[Fault]], ...] = (
    _each_by_itself,
    _ids_are_unique,
    _references_hold,
    _children_rank_below,
    _no_circles,
    _codes_are_unique,
    _numbers_are_unique,
    _lines_join_two,
    _areas_have_one_mcu,
    _guided_mcus_stand_alone,
    _nobody_twice_on_duty,
)
