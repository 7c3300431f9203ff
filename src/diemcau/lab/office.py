"""Sessions in an office's work: one that is running, one that is being prepared.

Everything is done by those who would do it, over HTTP, with the tokens of the cast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from diemcau.domain.directory import Directory
from diemcau.domain.localtime import VIETNAM
from diemcau.lab.caller import Caller
from diemcau.lab.cast import Cast, Member

Json = dict[str, Any]

READY_IN = timedelta(minutes=45)
"""An urgent session is ready 30 minutes before its start (R6.2): so this one is in good time."""

URGENT, FOUR_TIERS, THREE_TIERS = "429-urgent", "429-planned", "three-tier-2026"


class Office:
    """The province's office and all it works with. ``now``: the server's, if not ours."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        cast: Cast,
        directory: Directory,
        master: str,
        now: datetime | None = None,
    ) -> None:
        self._client = client
        self._cast = cast
        self._directory = directory
        self._master = master
        self._now = (now or datetime.now(UTC)).astimezone(VIETNAM)

    def as_(self, part: str) -> Caller:
        return self._speaking(self._cast[part])

    async def in_session(self, title: str, sites: Sequence[str]) -> Json:
        """A session on its MCUs: the first site is the chair's, the last one not yet checked."""
        starts = self._now + READY_IN
        dossier = await self._prepared(title, URGENT, sites, starts, None)
        path = f"/api/dossiers/{dossier['id']}"
        await self._acknowledged(path, skip=0)
        await self._checked(path, sites[:-1])
        await self._handed_in(path, sites[:-1])
        held: Json = await self.as_("technician").post(f"{path}/open")
        return held

    async def tomorrow(self, title: str, sites: Sequence[str]) -> Json:
        """A session of tomorrow, 08:00: some units have answered, some sites are checked, and one
        of those has failed."""
        day = self._now + timedelta(days=1)
        starts = day.replace(hour=8, minute=0, second=0, microsecond=0)
        rehearsal = max(starts - timedelta(hours=3), self._now + timedelta(minutes=30))
        tiers = {unit.tier for unit in self._directory.units}
        procedure = FOUR_TIERS if "district" in tiers else THREE_TIERS
        dossier = await self._prepared(title, procedure, sites, starts, rehearsal)
        path = f"/api/dossiers/{dossier['id']}"
        await self._acknowledged(path, skip=3)
        seen = [site for site in sites[: len(sites) // 2] if self._of_home(site)]
        await self._checked(path, seen, failed=seen[-1])
        await self._handed_in(path, sites[: len(sites) // 2])
        found: Json = await self.as_("office").get(path)
        return found

    async def _prepared(
        self,
        title: str,
        procedure: str,
        sites: Sequence[str],
        starts: datetime,
        rehearsal: datetime | None,
    ) -> Json:
        """From the letter to the plan that is agreed."""
        office = self.as_("office")
        dossier: Json = await office.post(
            "/api/dossiers",
            title=title,
            procedure=procedure,
            unit=self._cast.organiser,
            master=self._master,
            sites=list(sites),
            chair=sites[0],
            starts_at=starts.isoformat(),
            ends_at=(starts + timedelta(hours=3)).isoformat(),
            rehearsal_at=rehearsal.isoformat() if rehearsal else None,
            letter={
                "number": "128/UBND-VP",
                "day": self._now.date().isoformat(),
                "sender": "UBND tỉnh",
                "subject": title,
            },
            content="Lãnh đạo UBND tỉnh; các sở, ban, ngành; UBND các huyện, xã.",
        )
        path = f"/api/dossiers/{dossier['id']}"
        await office.post(f"{path}/notices")
        await office.put(f"{path}/script", items=self._script(sites), former=0)
        await office.post(f"{path}/script/1/approve")
        await self.as_("technician").post(f"{path}/plan", pins={})
        await office.post(f"{path}/plan/agree")
        return dossier

    def _script(self, sites: Sequence[str]) -> list[Json]:
        """The chair opens, sites report one after the other beside the chair, the chair closes."""
        chair, *others = sites
        reports = [
            {
                "id": f"bao-cao-{number}",
                "title": f"{self._name(site)} báo cáo",
                "sites": [chair, site],
                "layout": "side-by-side",
                "minutes": 10,
                "speaker": self._name(site),
            }
            for number, site in enumerate(others[:4], 1)
        ]
        return [
            {"id": "khai-mac", "title": "Khai mạc", "sites": [chair], "minutes": 10},
            *reports,
            {"id": "ket-luan", "title": "Chủ tọa kết luận", "sites": [chair], "minutes": 15},
        ]

    async def _acknowledged(self, path: str, skip: int) -> None:
        """Units answer: by themselves where they have an account, else the office writes down what
        it heard by telephone. The last ``skip`` units have not answered yet."""
        office = self.as_("office")
        answers = (await office.get(f"{path}/notices"))["answers"]
        reached = [a["unit"] for a in answers if self._reached(a["unit"])]
        for unit in reached[: len(reached) - skip]:
            member = self._cast.of_unit(unit)
            caller = self._speaking(member) if member else office
            note = "Đã nhận, bố trí cán bộ trực" if member else "Xác nhận qua điện thoại"
            await caller.post(f"{path}/answers/{unit}", note=note)

    async def _checked(self, path: str, sites: Iterable[str], failed: str = "") -> None:
        """The DIC enters what it found; at ``failed`` something is wrong."""
        wanted = list(sites)
        for step in (await self.as_("office").get(f"{path}/checks"))["steps"]:
            for site in (s for s in step["sites"] if s in wanted and self._of_home(s)):
                results = [
                    {"item": item, "passed": site != failed or item != "line",
                     "note": "Mất gói 4 % lúc 15:10" if site == failed and item == "line" else ""}
                    for item in step["items"]
                ]  # fmt: skip
                await self.as_("dic").put(f"{path}/checks/{step['id']}/{site}", results=results)

    async def _handed_in(self, path: str, sites: Iterable[str]) -> None:
        for number, site in enumerate((s for s in sites if self._of_home(s)), 1):
            await self.as_("dic").put(
                f"{path}/contacts/{site}",
                name=f"Cán bộ {self._name(site)}",
                phone=f"0900 100 {number:03}",
                connection="Mạng TSLCD, 50 Mbit/s",
            )

    def _speaking(self, member: Member) -> Caller:
        return Caller(self._client, member.token)

    def _name(self, site: str) -> str:
        return self._directory.site(site).name

    def _of_home(self, site: str) -> bool:
        return self._reached(self._directory.site(site).unit)

    def _reached(self, unit: str) -> bool:
        """Whether the province's own roles reach the unit: the government's they do not."""
        home = self._cast["office"].unit
        return home in {unit, *(above.id for above in self._directory.units.above(unit))}
