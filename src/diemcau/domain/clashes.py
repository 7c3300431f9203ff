"""What two sessions cannot both have: a site, a room, the ports of an MCU."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from diemcau.domain.directory import Directory
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.localtime import local_day
from diemcau.domain.refusal import Text


@dataclass(frozen=True)
class Clash:
    """``kind``: site, room, mcu or gone; ``subject`` is its id; ``other`` the other dossier's."""

    kind: str
    subject: str
    text: Text
    other: str = ""


def clashes(
    dossier: Dossier,
    others: Iterable[Dossier],
    directory: Directory,
    homes: Mapping[str, Mapping[str, str]],
) -> tuple[Clash, ...]:
    """Everything that stands in a session's way.

    ``homes``: for each dossier that has a plan, the MCU of each of its sites; a site without one
    counts at its usual MCU.
    """
    together = [
        other
        for other in others
        if other.id != dossier.id
        and not other.ended
        and other.starts_at < dossier.ends_at
        and dossier.starts_at < other.ends_at
    ]
    found = list(gone(dossier, directory))
    for other in together:
        found += _sites(dossier, other, directory)
        found += _rooms(dossier, other, directory)
    found += _ports(dossier, together, directory, homes)
    return tuple(found)


def gone(dossier: Dossier, directory: Directory) -> Iterable[Clash]:
    """Sites that are no longer, or not yet, in force on the day of the session."""
    day = local_day(dossier.starts_at)
    for site_id in dossier.sites:
        site = directory.sites.get(site_id)
        if site is None or not site.valid_from <= day < site.valid_to:
            name = site.name if site else site_id
            yield Clash(
                "gone",
                site_id,
                Text(
                    f"«{name}» không còn hiệu lực trong danh bạ vào ngày họp; bỏ khỏi danh sách"
                    " hoặc thay bằng điểm cầu kế thừa.",
                    f"{name!r} is not in force in the directory on the day of the session; take"
                    " it off the list or name its successor.",
                ),
            )


def _sites(dossier: Dossier, other: Dossier, directory: Directory) -> Iterable[Clash]:
    for site in dossier.sites:
        if site in other.sites:
            name = directory.sites[site].name if site in directory.sites else site
            yield Clash(
                "site",
                site,
                Text(
                    f"«{name}» cùng lúc có trong phiên {_named(other).vi}.",
                    f"{name!r} is in the session {_named(other).en} at the same time.",
                ),
                other.id,
            )


def _rooms(dossier: Dossier, other: Dossier, directory: Directory) -> Iterable[Clash]:
    """Two different sites that share a room (the same site is named already)."""
    sites = directory.sites
    booked = {sites[s].room: s for s in other.sites if s in sites and sites[s].room}
    for site_id in dossier.sites:
        room = sites[site_id].room if site_id in sites else ""
        if room in booked and booked[room] != site_id:
            name = directory.rooms[room].name if room in directory.rooms else room
            yield Clash(
                "room",
                room,
                Text(
                    f"Phòng «{name}» đã dành cho phiên {_named(other).vi} vào giờ này.",
                    f"The room {name!r} is booked for the session {_named(other).en} at that time.",
                ),
                other.id,
            )


def _named(other: Dossier) -> Text:
    """Another session as those of this one may know it."""
    if other.secrecy is Secrecy.SECRET:
        return Text("mật khác", "that is secret")
    return Text(f"«{other.title}»", repr(other.title))


def _ports(
    dossier: Dossier,
    together: Sequence[Dossier],
    directory: Directory,
    homes: Mapping[str, Mapping[str, str]],
) -> Iterable[Clash]:
    """MCUs that would carry more sites at one time than they have ports."""
    most: dict[str, int] = {}
    for moment in (dossier.starts_at, *(other.starts_at for other in together)):
        running = [o for o in (dossier, *together) if o.starts_at <= moment < o.ends_at]
        if dossier in running:
            for mcu_id, ports in _used(running, directory, homes).items():
                most[mcu_id] = max(ports, most.get(mcu_id, 0))
    for mcu_id, ports in most.items():
        mcu = directory.mcus.get(mcu_id)
        if mcu is not None and ports > mcu.capacity:
            yield Clash(
                "mcu",
                mcu_id,
                Text(
                    f"«{mcu.name}» thiếu {ports - mcu.capacity} cổng cho các phiên cùng lúc"
                    f" ({ports}/{mcu.capacity}).",
                    f"{mcu.name!r} is short of {ports - mcu.capacity} ports for the sessions at"
                    f" that time ({ports} of {mcu.capacity}).",
                ),
            )


def _used(
    running: Iterable[Dossier], directory: Directory, homes: Mapping[str, Mapping[str, str]]
) -> Counter[str]:
    """How many sites each MCU carries in these sessions."""
    return Counter(
        homes.get(one.id, {}).get(site) or directory.sites[site].mcu
        for one in running
        for site in one.sites
        if site in directory.sites
    )
