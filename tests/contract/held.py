"""A session that was held, with everything that can be stored of one: by lot, always the same."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from diemcau.domain.agenda import Done
from diemcau.domain.assessment import SessionFigures
from diemcau.domain.casework import (
    Attendance,
    ChairCall,
    CheckSheet,
    Departure,
    Mark,
    Roll,
    Span,
)
from diemcau.domain.directory import Line
from diemcau.domain.dossier import Dossier
from diemcau.domain.incident import Cause, Incident, Stamp, Step
from diemcau.domain.measures import Figure, Minute
from diemcau.domain.script import Script, ScriptItem
from diemcau.services.conferences import Order
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER

ID = "hop-01"
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
OPENED = START - timedelta(minutes=20)
CLOSED = START + timedelta(minutes=12, seconds=30)
SITES = ("s-tinh", "s-bac-1", "s-bac-2", "s-nam-1", "s-nam-2")
LINKS = ("link/bac/tinh", "link/nam/tinh")
LINES = (
    Line("l-bac", "bac", "tinh", carrier="VNPT"),
    Line("l-nam", "nam", "tinh", carrier="Viettel"),
    Line("l-nam-2", "tinh", "nam", priority=2, carrier="MobiFone"),
)


@dataclass
class Session:
    """What is drawn; ``seconds`` count from the start."""

    lot: Random

    def at(self, seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    def dossier(self) -> Dossier:
        return Dossier(
            ID, "Giao ban tháng 11", "429-in-province", "u-tinh", MASTER, SITES, OPENED, START,
            START + timedelta(hours=1), chair="s-tinh", conference=f"c-{ID}", opened_at=OPENED,
            closed_at=CLOSED, steps={"notice": Done(OPENED, "an")}, notice=1,
            assessment="Phiên họp đạt yêu cầu.",
        )  # fmt: skip

    def attendance(self, number: int, site: str) -> Attendance:
        """Here and away again, from before the start to after the end."""
        moments = sorted(self.lot.uniform(-900, 740) for _ in range(2 * self.lot.randint(1, 4)))
        spans = [
            Span(self.at(a), self.at(b)) for a, b in zip(moments[::2], moments[1::2], strict=True)
        ]
        spans += [Span(self.at(745), CLOSED)] if self.lot.random() < 0.7 else []
        roll = (Roll.PRESENT, Roll.ONLINE, Roll.ABSENT, None)[number % 4]
        reason = "mất điện" if roll is Roll.ABSENT else ""
        name = f"{ID}.{site}"
        return Attendance(name, ID, site, roll, reason, "an", START, number * 3, tuple(spans))

    def call(self, number: int) -> ChairCall:
        site, at = self.lot.choice(SITES), self.at(40 * number)
        figures = [(3_200.5 * (number + 1), "released"), (None, "failed"), (None, "released")]
        ms, state = figures[number % 3]
        return ChairCall(f"{ID}.k{number}", ID, site, at, state, ms, ms, ms, "an")

    def incident(self, number: int) -> Incident:
        at = self.at(100 * number)
        after = [Step.TAKEN, Step.CAUSE_KNOWN, Step.MENDED, Step.CLOSED][: number + 1]
        steps = {s: Stamp(at + timedelta(seconds=37 * n), "an") for n, s in enumerate(after, 1)}
        link = "bac/tinh" if number == 1 else ""
        remedy = "Đổi dây" if Step.MENDED in steps else ""
        return Incident(
            f"{ID}.i{number}", ID, "" if link else SITES[number], at, "an", f"Lỗi {number}",
            link=link, steps=steps, kind=Cause.LINE, cause="Đứt cáp", remedy=remedy,
        )  # fmt: skip

    def minute(self, subject: str, number: int) -> Minute | None:
        """Some are missing."""
        if self.lot.random() < 0.15:
            return None
        loss, mos = self.lot.choice([0.1, 0.4, 3.5]), self.lot.choice([4.2, 4.1, 3.1])
        figures = {
            "loss_pct": Figure(60, loss, 0.0, loss * 2),
            "rtt_ms": Figure(self.lot.randint(1, 60), self.lot.uniform(5, 80), 1.0, 200.0),
            "jitter_ms": Figure(60, self.lot.uniform(1, 9), 0.0, 20.0),
        }
        if subject.startswith("site"):
            figures["mos"] = Figure(30, mos, 1.0, 4.4)
        faults = {"frozen": 4.0, "silent": 11.5} if self.lot.random() < 0.2 else {}
        start = (START - timedelta(minutes=2)) + timedelta(minutes=number)
        there = self.lot.choice([60.0, 60.0, 48.25])
        return Minute(ID, subject, start, there, figures, faults)

    def minutes(self) -> list[Minute]:
        subjects = (*(f"site/{site}" for site in SITES), *LINKS, "program")
        found = (self.minute(subject, n) for subject in subjects for n in range(17))
        return [minute for minute in found if minute is not None]

    def sheet(self, number: int, site: str) -> CheckSheet:
        passed = number % 2 == 0
        note = "" if passed else "rè"
        mark = Mark("sound", passed, OPENED, "an", note, 2 if number == 2 else 1)
        return CheckSheet(f"{ID}.local.{site}", ID, "local", site, (mark,))

    def script(self) -> Script:
        items = (ScriptItem("k1", "Khai mạc", ("s-tinh",)), ScriptItem("k2", "Thảo luận"))
        return Script(f"{ID}.1", ID, 1, items, OPENED, "an", "", OPENED, "an")

    def departure(self, number: int) -> Departure:
        reason = "" if number else "Chủ tọa yêu cầu"
        return Departure(f"{ID}.l{number}", ID, self.at(60), "an", ("s-nam-1", ""), reason)


def earlier(number: int, kind: str = "in-province") -> SessionFigures:
    name = f"truoc-{number}"
    at = START - timedelta(days=7 * number)
    return SessionFigures(
        name, name, kind, f"Giao ban {number}", at, 3600.0, 5, 5, 99.0 + number / 10, 0.2, 4.2, 4,
        4, 900.0, 1500.0, 1, 120.0, 0, 1, 1,
    )  # fmt: skip


async def held(house: FakeServer) -> Dossier:
    """The session is stored as if it had been; its conference is closed."""
    session = Session(Random(429))
    dossier = session.dossier()
    records, control = house.server.records, house.server.control
    others = [earlier(number) for number in range(1, 8)] + [earlier(8, "urgent")]
    filed = [
        replace(dossier, id=one.dossier, conference="", closed_at=None, starts_at=one.starts_at)
        for one in others
    ]
    await records.commit(
        dossier,
        *LINES,
        *(session.attendance(n, site) for n, site in enumerate(SITES)),
        *(session.call(number) for number in range(7)),
        *(session.incident(number) for number in range(4)),
        *(session.sheet(n, site) for n, site in enumerate(SITES[:4])),
        *(session.departure(number) for number in range(2)),
        session.script(),
        *others,
        *filed,
    )
    await house.store.keep_minutes(session.minutes())
    await control.open(Order("Họp", MASTER, SITES, chair="s-tinh"), dossier.conference)
    await control.close(dossier.conference)
    return dossier
