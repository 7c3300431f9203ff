"""The players: a province at work, each with his own account, on a server over fakes.

Nobody acts as the operator: that link sets the stage (the cast and its roster) and nothing else.
The clock stands still while somebody acts, and is moved between the acts; on its way it stops at
every moment at which the server would have woken up.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from diemcau.domain import outbox
from diemcau.domain.directory import Directory
from diemcau.domain.outbox import Message, MessageState
from diemcau.domain.resources import Publisher, to_json
from diemcau.domain.roles import Role
from diemcau.lab.caller import Caller
from diemcau.lab.cast import PASSWORD, Cast, fill
from diemcau.ports.mcus import Report
from diemcau.ports.store import KINDS
from diemcau.provinces import load
from diemcau.testing.app import FakeServer

Json = dict[str, Any]

ADDRESS = "https://hop.example"
LINK = re.compile(r"/a#token=(\S+)")
TITLE = "Phiên họp UBND tỉnh tháng 11"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

CHAIR, DISTRICT, CITY, WARD, COMMUNE = "s-26", "s-246", "s-243", "s-08707", "s-08764"
"""The province's own site; two districts and a commune of each, at the satellites viettel and
vnpt; ``COMMUNE`` has a room operator with an account, and ``DISTRICT`` a manager."""
SITES = (CHAIR, DISTRICT, CITY, WARD, COMMUNE)
MCUS = ("vinh-phuc", "vnpt", "viettel")


class Players:
    """What people do and see over HTTP alone; ``dossier`` is the one they work on.

    Whatever must settle before somebody looks at what became of an act, ``settled`` waits for.
    """

    cast: Cast

    def __init__(self, client: httpx2.AsyncClient, directory: Directory) -> None:
        self.client, self.directory = client, directory
        self.dossier = ""
        self.sites: tuple[str, ...] = SITES
        self.mcus: tuple[str, ...] = MCUS

    async def settled(self) -> None:
        return

    @property
    def path(self) -> str:
        return f"/api/dossiers/{self.dossier}"

    def as_(self, part: str) -> Caller:
        return Caller(self.client, self.cast[part].token)

    async def seen(self, part: str = "office") -> Json:
        found: Json = await self.as_(part).get(self.path)
        return found

    async def steps(self) -> dict[str, Json]:
        return {item["step"]["id"]: item for item in (await self.seen())["agenda"]}

    async def log(self) -> list[Json]:
        found: list[Json] = await self.as_("office").get(f"{self.path}/log-book")
        return found

    async def letter(self, starts: datetime, part: str = "office", **said: Any) -> Json:
        """A letter asks for a session: its dossier."""
        body = {
            "title": TITLE,
            "procedure": "429-planned",
            "unit": self.cast.organiser,
            "master": self.mcus[0],
            "sites": list(self.sites),
            "chair": self.sites[0],
            "starts_at": starts.isoformat(),
            "ends_at": (starts + 2 * HOUR).isoformat(),
            "letter": {"number": "128/UBND-VP", "day": "2026-11-24", "sender": "UBND tỉnh"},
            **said,
        }
        made: Json = await self.as_(part).post("/api/dossiers", **body)
        self.dossier = made["id"]
        await self.settled()
        return made

    async def told(self, part: str = "office") -> None:
        await self.as_(part).post(f"{self.path}/notices")
        await self.settled()

    async def acknowledged(self, unit: str, part: str, note: str = "Đã nhận") -> None:
        await self.as_(part).post(f"{self.path}/answers/{unit}", note=note)

    async def scripted(self, part: str = "office") -> None:
        """The chair opens, the district reports beside the chair."""
        chair, district = self.sites[0], self.sites[1]
        items = [
            {"id": "khai-mac", "title": "Khai mạc", "sites": [chair], "minutes": 10},
            {"id": "bao-cao", "title": "Huyện báo cáo", "sites": [chair, district],
             "layout": "side-by-side", "minutes": 20},
        ]  # fmt: skip
        await self.as_(part).put(f"{self.path}/script", items=items, former=0)
        await self.as_(part).post(f"{self.path}/script/1/approve")

    async def planned(self, part: str = "technician", agrees: str = "office") -> None:
        await self.as_(part).post(f"{self.path}/plan", pins={})
        await self.as_(agrees).post(f"{self.path}/plan/agree")

    async def checked(self, part: str, step: str, *sites: str, fault: str = "") -> None:
        """All of a step's items pass at the sites; ``fault`` is what is wrong with their lines."""
        board = await self.as_(part).get(f"{self.path}/checks")
        items = next(one["items"] for one in board["steps"] if one["id"] == step)
        wrong = {"line": fault} if fault else {}
        results = [
            {"item": item, "passed": item not in wrong, "note": wrong.get(item, "")}
            for item in items
        ]
        for site in sites:
            await self.as_(part).put(f"{self.path}/checks/{step}/{site}", results=results)

    async def handed_in(self, part: str, *sites: str) -> None:
        for site in sites:
            name, phone = f"Cán bộ {self.directory.site(site).name}", "0211 386 0000"
            await self.as_(part).put(f"{self.path}/contacts/{site}", name=name, phone=phone)

    async def opened(self, part: str = "technician") -> None:
        await self.as_(part).post(f"{self.path}/open")

    async def marked(self, part: str, step: str, note: str = "Đạt") -> None:
        await self.as_(part).put(f"{self.path}/steps/{step}", done=True, note=note)

    async def took(self, *sites: str, layout: str = "full", part: str = "technician") -> None:
        scene = {"layout": layout, "sites": list(sites)}
        await self.as_(part).post(f"/api/conferences/c-{self.dossier}/take", scene=scene)

    async def present(self, part: str, site: str, roll: str = "present", reason: str = "") -> None:
        await self.as_(part).put(f"{self.path}/roll/{site}", roll=roll, people=12, reason=reason)

    async def closed(self, part: str = "technician") -> None:
        await self.as_(part).post(f"{self.path}/close")
        await self.settled()

    async def assessed(self, part: str = "office") -> None:
        await self.as_(part).put(f"{self.path}/assessment", assessment="Tốt, không có sự cố.")
        await self.settled()


class Company(Players):
    """The players on the faked stage, whose clock and MCUs are ours."""

    def __init__(self, house: FakeServer, client: httpx2.AsyncClient, directory: Directory) -> None:
        super().__init__(client, directory)
        self.house = house
        self._stored = asyncio.Event()
        house.server.records.listeners.append(lambda *_: self._stored.set())

    # ---- who speaks, and when

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    async def refused(
        self, part: str, method: str, path: str, body: Json, status: int = 422
    ) -> Json:
        """The problem that somebody is answered with, in whose stead nothing was stored."""
        before = await self._kept()
        headers = {"Authorization": f"Bearer {self.cast[part].token}"}
        answer = await self.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        problem: Json = answer.json()
        assert problem["detail"].strip()
        assert problem["detail_en"].strip()
        assert await self._kept() == before
        return problem

    async def _kept(self) -> object:
        """All that is stored, and how long the log book is."""
        records = self.house.server.records
        return {k: dict(records.all(k)) for k in KINDS.values()}, len(self.house.store.journal)

    async def until(self, moment: datetime) -> None:
        """Time passes; what is due on the way is raised and sent then, not at the end."""
        assert moment >= self.now
        while (soon := self._next()) is not None and soon <= moment:
            self.house.clock.advance((soon - self.now).total_seconds())
            await self.settled()
        self.house.clock.advance((moment - self.now).total_seconds())
        await self.settled()

    async def after(self, span: timedelta) -> None:
        await self.until(self.now + span)

    async def settled(self) -> None:
        """What is due now is raised, and what can be sent now is sent."""
        assert await self.house.server.office.lifecycle.tick()
        self.house.house.outbox.wake()
        while self._sending():
            self._stored.clear()
            async with asyncio.timeout(5):
                await self._stored.wait()

    def messages(self) -> list[Message]:
        return list(self.house.server.records.all(Message).values())

    def _next(self) -> datetime | None:
        waiting = [m for m in self.messages() if m.state is MessageState.QUEUED]
        moments = (
            self.house.server.office.lifecycle.next_moment(),
            outbox.next_moment(waiting),
        )
        return min((moment for moment in moments if moment is not None), default=None)

    def _sending(self) -> bool:
        messages = self.messages()
        under_way = any(m.state is MessageState.SENDING for m in messages)
        return under_way or bool(outbox.due(messages, self.now))

    async def signed_in(self) -> None:
        """Another day: a token lasts for half of one, so everybody signs in again."""
        members = {}
        for part, member in self.cast.members.items():
            said = {"account": member.login, "password": PASSWORD}
            answer = await self.client.post("/api/sign-in", json=said)
            assert answer.is_success, answer.text
            members[part] = replace(member, token=answer.json()["token"])
        self.cast = replace(self.cast, members=members)

    # ---- what is seen

    async def done(self) -> set[str]:
        return {name for name, item in (await self.steps()).items() if item["state"] == "done"}

    async def late(self) -> set[str]:
        return {name for name, item in (await self.steps()).items() if item["late"]}

    async def gates(self) -> dict[str, Json]:
        return {gate["gate"]["id"]: gate for gate in (await self.seen())["gates"]}

    async def raised(self, *levels: str) -> list[tuple[str, list[str]]]:
        """The alarms in the log book: what is said of what, in Vietnamese, and to whom."""
        wanted = {f"alarm.{level}" for level in levels or ("warn", "late", "escalate")}
        lines = [entry["text"]["vi"] for entry in await self.log() if entry["action"] in wanted]
        parts = [line.partition(" → ") for line in lines]
        return [(said, told.split(", ") if told else []) for said, _, told in parts]

    async def raised_of(self, subject: str) -> list[tuple[str, list[str]]]:
        """The alarms of one step or gate: what they say, and to whom."""
        title = f": {self.title(subject)}"
        return [
            (said.removesuffix(title), told)
            for said, told in await self.raised()
            if said.endswith(title)
        ]

    async def tasks(self, part: str) -> dict[str, Json]:
        """What is somebody's to do, by step or unit."""
        tasks = (await self.as_(part).get("/api/desk"))["tasks"]
        return {task["subject"]: task for task in tasks if task["dossier"] == self.dossier}

    def mails(self, start: str = "") -> list[Message]:
        """All that has arrived of which the subject begins so."""
        return [m for m in self.house.courier.delivered if m.subject.startswith(start)]

    def title(self, step_id: str) -> str:
        """What the procedure calls a step or a gate."""
        procedure = self.house.server.files.procedure(self.house.server.files.dossier(self.dossier))
        titles = {step.id: step.title.vi for step in procedure.steps}
        return (titles | {gate.id: gate.title.vi for gate in procedure.gates})[step_id]

    def person(self, person_id: str) -> str:
        return self.house.server.book.directory.people[person_id].name

    async def documents(self, *forms: str) -> dict[str, str]:
        """The papers as the office prints them."""
        headers = {"Authorization": f"Bearer {self.cast['office'].token}"}
        printed = {}
        for form in forms:
            answer = await self.client.get(f"{self.path}/documents/{form}.docx", headers=headers)
            assert answer.is_success, answer.text
            printed[form] = answer.text
        return printed

    # ---- what is done

    async def clicked(self, address: str) -> Json:
        """Whoever got the mail opens its link; he has no account and needs none."""
        mail = [mail for mail in self.mails() if mail.to == address][-1]
        link = LINK.search(mail.body)
        assert link, mail.body
        body = {"token": link[1], "note": "Đã nhận, bố trí cán bộ"}
        answer = await self.client.post("/api/acknowledgements", json=body, headers=NOBODY)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    async def joined(self, *mcus: str, present: Iterable[str] = ()) -> None:
        """The MCUs say that they have what they shall have, and which of their sites send."""
        conference, listener = f"c-{self.dossier}", self.listener
        for mcu in self.mcus:
            listener.connected(mcu)
            listener.report(Report(mcu, "hello", {"epoch": "e1"}))
        await listener.settle()
        sending = [Publisher(conference, site, f"w-{site}") for site in present]
        for mcu in mcus or self.mcus:
            own = [s for s in sending if self.house.server.control.home(conference, s.site) == mcu]
            has = [to_json(one) for one in (*self.house.mcus.desired[mcu], *own)]
            listener.report(
                Report(mcu, "observed", {"epoch": "e1", "resources": has, "silent": []})
            )
        await listener.settle()
        await self.house.server.office.sitting.note(conference)

    @property
    def listener(self) -> Any:
        """Who hears the MCUs."""
        return self.house.server.gateway.listener

    async def called(self, site: str, part: str = "chair") -> None:
        """The chair asks for a site; the mixer shows it 230 ms later."""
        conference = f"c-{self.dossier}"
        await self.as_(part).post(f"/api/conferences/{conference}/call", site=site)
        self.house.clock.advance(0.3)
        shown = {"conference": conference, "bus": "program", "slot": 1, "site": site,
                 "take": str(self.house.server.control.get(conference).take_number),
                 "picture_age_ms": 70, "sound_age_ms": 70}  # fmt: skip
        self.listener.report(Report(self.mcus[0], "on_air", shown))
        await self.listener.settle()
        await self.house.server.office.sitting.note(conference)


NOBODY = {"Authorization": ""}


@asynccontextmanager
async def company(
    folder: Path, province: str = "vinh-phuc-2022", sites: tuple[str, ...] = SITES
) -> AsyncIterator[Company]:
    """The stage set: everybody of the cast has his account, and somebody is on duty."""
    house = await FakeServer(ADDRESS, province).start(folder, conference=False)
    link = {"Authorization": f"Bearer {house.token(Role.OPERATOR, conference='')}"}
    transport = httpx2.ASGITransport(app=house.app)
    sending = asyncio.create_task(house.house.outbox.run())
    try:
        async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            players = Company(house, client, load(province).directory())
            async with httpx2.AsyncClient(
                transport=transport, base_url=ADDRESS, headers=link
            ) as operator:
                players.cast = await fill(operator, players.directory, sites, house.clock.now())
            players.sites = sites
            yield players
            assert (await players.as_("office").get("/api/log-book/verify"))["ok"]
    finally:
        house.house.outbox.stop()
        with suppress(asyncio.CancelledError):
            await sending
        await house.server.office.sitting.stop()
