"""The script (kịch bản): who is on the main screen when; its versions, and what departs from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import pairwise

from diemcau.domain.conference import Scene
from diemcau.domain.layout import LAYOUTS, layout
from diemcau.domain.refusal import Conflict, Invalid, Text

LONGEST_BANNER = 300


@dataclass(frozen=True)
class ScriptItem:
    """One item: ``sites`` fill the panes of ``layout`` in order. ``minutes``: how long it takes.

    ``content`` names what is shown beside the sites (a presentation, a film).
    """

    id: str
    title: str
    sites: tuple[str, ...] = ()
    at: datetime | None = None
    minutes: int = 0
    speaker: str = ""
    layout: str = "full"
    banner: str = ""
    content: str = ""


@dataclass(frozen=True)
class Script:
    """One version. The latest approved one is in force; ``reason`` says why it came late."""

    id: str
    dossier: str
    number: int
    items: tuple[ScriptItem, ...]
    at: datetime
    by: str
    reason: str = ""
    approved_at: datetime | None = None
    approved_by: str = ""

    def item(self, item_id: str) -> ScriptItem | None:
        return next((item for item in self.items if item.id == item_id), None)

    def after(self, item_id: str) -> ScriptItem | None:
        """The item after this one; the first one for ""."""
        ids = [item.id for item in self.items]
        place = ids.index(item_id) + 1 if item_id in ids else 0
        return self.items[place] if place < len(self.items) else None


def in_force(scripts: Iterable[Script]) -> Script | None:
    """The latest approved version."""
    approved = [script for script in scripts if script.approved_at is not None]
    return max(approved, key=lambda script: script.number, default=None)


def written(
    former: Sequence[Script],
    dossier: str,
    items: Sequence[ScriptItem],
    sites: Sequence[str],
    *,
    late: bool,
    reason: str,
    by: str,
    now: datetime,
) -> Script:
    """The next version; ``sites`` take part in the session. Raises ``Invalid`` with all faults.

    ``late``: the session is running, so a reason is asked for.
    """
    faults = _faults(items, sites)
    if late and not reason.strip():
        faults.append(
            Text(
                "phiên họp đang diễn ra: hãy ghi lý do thay đổi kịch bản",
                "the session is running: say why the script changes",
            )
        )
    if faults:
        raise Invalid("; ".join(f.vi for f in faults) + ".", "; ".join(f.en for f in faults) + ".")
    number = max((script.number for script in former), default=0) + 1
    return Script(f"{dossier}.{number}", dossier, number, tuple(items), now, by, reason.strip())


def approved(script: Script, by: str, now: datetime) -> Script:
    if script.approved_at is not None:
        raise Conflict("Kịch bản này đã được duyệt.", "This version is approved already.")
    return replace(script, approved_at=now, approved_by=by)


def _faults(items: Sequence[ScriptItem], sites: Sequence[str]) -> list[Text]:
    faults: list[Text] = []
    if not items:
        faults.append(Text("kịch bản chưa có mục nào", "the script has no items"))
    seen: set[str] = set()
    for number, item in enumerate(items, start=1):
        vi, en = f"mục {number} «{item.title}»: ", f"item {number} {item.title!r}: "
        faults += [Text(vi + fault.vi, en + fault.en) for fault in _item_faults(item, sites)]
        if item.id in seen:
            faults.append(Text(f"{vi}mã «{item.id}» trùng", f"{en}the id {item.id!r} comes twice"))
        seen.add(item.id)
    timed = [item for item in items if item.at is not None]
    for one, other in pairwise(timed):
        if one.at is not None and other.at is not None and other.at < one.at:
            faults.append(
                Text(
                    f"mục «{other.title}» có giờ trước mục «{one.title}» đứng trên nó",
                    f"item {other.title!r} is earlier than {one.title!r}, which stands above it",
                )
            )
    return faults


def _item_faults(item: ScriptItem, sites: Sequence[str]) -> Iterable[Text]:
    if not item.title.strip():
        yield Text("chưa có tên", "it has no title")
    if item.layout not in LAYOUTS:
        yield Text(
            f"không có bố cục «{item.layout}»; chọn một trong: {', '.join(LAYOUTS)}",
            f"no layout {item.layout!r}; choose one of: {', '.join(LAYOUTS)}",
        )
    elif len(item.sites) > len(LAYOUTS[item.layout].panes):
        panes = len(LAYOUTS[item.layout].panes)
        yield Text(
            f"bố cục «{item.layout}» có {panes} ô, mục có {len(item.sites)} điểm cầu",
            f"the layout {item.layout!r} has {panes} panes for {len(item.sites)} sites",
        )
    for site in item.sites:
        if site not in sites:
            yield Text(
                f"điểm cầu «{site}» không có trong phiên họp",
                f"site {site!r} does not take part in the session",
            )
    if len(set(item.sites)) < len(item.sites):
        yield Text("một điểm cầu đứng hai lần", "a site stands in it twice")
    if len(item.banner) > LONGEST_BANNER:
        yield Text(
            f"dòng chữ dài quá {LONGEST_BANNER} ký tự",
            f"the banner is over {LONGEST_BANNER} characters",
        )
    if not 0 <= item.minutes <= 24 * 60:
        yield Text("số phút từ 0 đến 1440", "minutes are from 0 to 1440")


@dataclass(frozen=True)
class Difference:
    """One line of what a version changed: ``kind`` is added, removed, moved or changed."""

    kind: str
    item: str
    title: str
    field: str = ""
    old: str = ""
    new: str = ""


def differences(old: Script | None, new: Script) -> tuple[Difference, ...]:
    """From one version to another, item by item, in the order of the new one."""
    before = {item.id: item for item in old.items} if old else {}
    after = {item.id: item for item in new.items}
    found: list[Difference] = []
    kept_before = [i for i in before if i in after]
    kept_after = [i for i in after if i in before]
    moved = {a for a, b in zip(kept_after, kept_before, strict=True) if a != b}
    for item in new.items:
        if item.id not in before:
            found.append(Difference("added", item.id, item.title))
            continue
        if item.id in moved:
            found.append(Difference("moved", item.id, item.title))
        found += _field_differences(before[item.id], item)
    found += [Difference("removed", i, before[i].title) for i in before if i not in after]
    return tuple(found)


def _field_differences(old: ScriptItem, new: ScriptItem) -> Iterable[Difference]:
    for field in fields(ScriptItem):
        one, other = getattr(old, field.name), getattr(new, field.name)
        if one != other:
            yield Difference("changed", new.id, new.title, field.name, _shown(one), _shown(other))


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return "" if value is None else str(value)


def scene_of(item: ScriptItem) -> Scene:
    """What the item puts on the main screen."""
    return Scene(layout(item.layout), item.sites)


def in_step(script: Script, cue: str, item: ScriptItem) -> bool:
    """Whether the item is the present one or the next: others leave some out, or go back."""
    return item in (script.item(cue), script.after(cue))


def cue_of(script: Script, cue: str, sites: Sequence[str]) -> ScriptItem | None:
    """The item that a scene with these sites puts on the main screen: the present one or the next.

    None: the scene departs from the script.
    """
    shown = set(sites)
    present, following = script.item(cue), script.after(cue)
    for item in (present, following):
        if item is not None and set(item.sites) == shown:
            return item
    return None
