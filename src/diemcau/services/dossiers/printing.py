"""The documents of a session, filled in from its dossier."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from diemcau.domain import papers
from diemcau.domain.assessment_paper import report
from diemcau.domain.cascade import Cascade
from diemcau.domain.casework import CheckSheet, HandIn
from diemcau.domain.directory import Contact, Duty, Person, Site
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.journal import Sealed
from diemcau.domain.localtime import local_day, spoken
from diemcau.domain.procedure import Event, Evidence, Step
from diemcau.domain.refusal import Conflict
from diemcau.domain.roles import Role
from diemcau.ports.documents import Documents, Format, UnknownForm
from diemcau.ports.store import JournalReader
from diemcau.services.dossiers.assessments import Assessments
from diemcau.services.dossiers.checks import Checks
from diemcau.services.dossiers.files import Files
from diemcau.services.dossiers.scripts import Scripts
from diemcau.services.guard import ROLE_NAMES

PASSED, FAILED, OPEN = "Đạt", "Không đạt", ""
SIGNS = {
    "notice": "TB-VP", "plan": "PA-VP", "summary": "BC-VP", "duty": "DS-VP",
    "script": "KB-VP", "check": "BB-VP", "logbook": "TS-VP", "assessment": "BC-VP",
}  # fmt: skip
MOST_ENTRIES = 2000


class Printing:
    def __init__(
        self,
        files: Files,
        checks: Checks,
        scripts: Scripts,
        documents: Documents,
        journal: JournalReader,
        assessments: Assessments,
    ) -> None:
        self._files = files
        self._checks = checks
        self._scripts = scripts
        self._documents = documents
        self._journal = journal
        self._assessments = assessments
        self._makers: Mapping[str, Callable[[Dossier], papers.Paper]] = {
            "notice": self._notice,
            "plan": self._plan,
            "summary": self._summary,
            "duty": self._duty,
            "script": self._script,
            "check": self._check,
        }

    async def print(self, dossier: Dossier, form: str, format: Format) -> bytes:
        """The whole file; raises ``UnknownForm``, or ``Conflict`` for what is not made yet."""
        if form == "logbook":
            paper: papers.Paper = await self._log_book(dossier)
        elif form == "assessment":
            paper = report(await self._assessments.of(dossier))
        elif form in self._makers:
            paper = self._makers[form](dossier)
        else:
            raise UnknownForm(form)
        heading = self._heading(dossier, form)
        return await asyncio.to_thread(self._documents.render, paper, heading, format)

    def _heading(self, dossier: Dossier, form: str) -> papers.Heading:
        """The organiser issues it (Decree 30/2020/NĐ-CP); an office stands under its committee."""
        units = self._files.book.directory.units
        unit = units[dossier.unit]
        seats = [one for one in (unit, *units.above(unit.id)) if _seat(one.name)]
        office = not _seat(unit.name)
        kind = self._files.procedure(dossier).kind
        return papers.Heading(
            body=(unit.name if office else f"Ủy ban nhân dân {unit.name}").upper(),
            superior=f"Ủy ban nhân dân {seats[0].name}".upper() if office and seats else "",
            sign=SIGNS[form],
            place=_seat(seats[0].name) if seats else unit.name,
            day=local_day(self._files.clock.now()),
            signer_function="THỦ TRƯỞNG" if office else "TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG",
            signer_name="",
            recipients=("Các đơn vị có điểm cầu tham dự", "Các đơn vị quản lý MCU", "Lưu: VT"),
            urgency="HỎA TỐC" if kind == "urgent" else "",
            secrecy="MẬT" if dossier.secrecy is Secrecy.SECRET else "",
        )

    def _notice(self, dossier: Dossier) -> papers.Paper:
        procedure = self._files.procedure(dossier)
        units = self._files.book.directory.units
        ready = next((g.at.at(dossier.times) for g in reversed(procedure.gates)), None)
        letter = dossier.letter
        return papers.Notice(
            subject=f"Tổ chức phiên họp trực tuyến «{dossier.title}»",
            session=dossier.title,
            chair=units[dossier.unit].name,
            main_site=self._site_name(dossier.chair) if dossier.chair else "",
            starts=dossier.starts_at,
            rehearsal=dossier.rehearsal_at,
            ready=ready,
            basis=(f"{letter.number} {letter.sender}: {letter.subject}",) if letter.number else (),
            attendees=tuple(line for line in dossier.content.splitlines() if line.strip())
            or ("Đại diện các đơn vị có điểm cầu tham dự (danh sách kèm theo)",),
            tasks=tuple(
                papers.TaskRow(_roles(step), step.title.vi, _by(step, dossier))
                for step in procedure.steps
            ),
            sites=self._site_rows(dossier),
            hotline=self._hotline(dossier),
        )

    def _plan(self, dossier: Dossier) -> papers.Paper:
        kept, directory = self._files.plan(dossier), self._files.book.directory
        if kept is None:
            raise Conflict(
                "Chưa có phương án; hãy lập phương án trước khi in.",
                "There is no plan; make it before printing it.",
            )
        plan = kept.plan
        members = [plan.master, *plan.parent]
        counts = {mcu: sum(home == mcu for home in plan.home.values()) for mcu in members}
        names = {mcu: directory.mcus[mcu].name for mcu in members if mcu in directory.mcus}
        return papers.Plan(
            subject=f"Phương án kỹ thuật phục vụ phiên họp «{dossier.title}»",
            session=dossier.title,
            main_site=self._site_name(dossier.chair) if dossier.chair else "",
            starts=dossier.starts_at,
            drawing=papers.Drawing(Cascade(plan.master, plan.parent), names, counts),
            basis=(self._files.procedure(dossier).source,),
            connection=tuple(text.vi for text in (*kept.notes, *kept.risks)),
            mcus=tuple(
                papers.McuRow(
                    name=names.get(mcu, mcu),
                    operator=directory.mcus[mcu].operator if mcu in directory.mcus else "",
                    part="Master" if mcu == plan.master else "Slave",
                    joins=names.get(plan.parent.get(mcu, ""), ""),
                    connection="WebRTC (DTLS-SRTP)",
                    sites=counts[mcu],
                )
                for mcu in members
            ),
            lines=tuple(
                papers.LineRow(
                    lower=names.get(a, a),
                    upper=names.get(b, b),
                    carrier=line.carrier,
                    bandwidth=f"{line.mbps:g} Mbit/s",
                    phone=line.carrier_phone,
                )
                for a, b in plan.parent.items()
                for line in directory.trunks.values()
                if {line.lower, line.upper} == {a, b}
            ),
            timetable=tuple(
                papers.TimeRow(at, step.title.vi, _roles(step))
                for step in self._files.procedure(dossier).steps
                if (at := step.due(dossier.times)) is not None
            ),
        )

    def _summary(self, dossier: Dossier) -> papers.Paper:
        steps = self._checks.steps(dossier)
        items = tuple(dict.fromkeys(item for step in steps for item in step.checks))
        contacts = self._files.records.of(HandIn, dossier.id).values()
        results = self._check_rows(dossier, steps, items)
        failed = sum(row.outcome == FAILED for row in results)
        waiting = sum(row.outcome == OPEN for row in results)
        return papers.Summary(
            subject=f"Tổng hợp kiểm tra kỹ thuật phiên họp «{dossier.title}»",
            session=dossier.title,
            starts=dossier.starts_at,
            checks=self._titles(dossier, items),
            results=results,
            connections=tuple(
                papers.ConnectionRow(
                    self._site_name(one.site), one.name, one.phone, one.technician,
                    one.technician_phone, one.connection,
                )
                for one in contacts
            ),
            conclusion=(
                f"Đạt {len(results) - failed - waiting}/{len(results)} điểm cầu;"
                f" không đạt {failed}, chưa đủ kết quả {waiting}."
            ),
        )  # fmt: skip

    def _check(self, dossier: Dossier) -> papers.Paper:
        steps = self._checks.steps(dossier)
        items = tuple(dict.fromkeys(item for step in steps for item in step.checks))
        rows = self._check_rows(dossier, steps, items)
        marks = [
            mark.at
            for sheet in self._files.records.of(CheckSheet, dossier.id).values()
            for mark in sheet.marks
        ]
        if not marks:
            raise Conflict(
                "Chưa có kết quả kiểm tra nào để lập biên bản.",
                "There are no results yet to report on.",
            )
        return papers.CheckReport(
            subject=f"Kiểm tra kỹ thuật phục vụ phiên họp «{dossier.title}»",
            session=dossier.title,
            place=self._site_name(dossier.chair) if dossier.chair else "",
            starts=min(marks),
            ends=max(marks),
            checks=self._titles(dossier, items),
            results=rows,
            findings=tuple(f"{row.site}: {row.note}" for row in rows if row.note),
            conclusion=f"{sum(row.outcome == PASSED for row in rows)}/{len(rows)} điểm cầu đạt.",
        )

    def _script(self, dossier: Dossier) -> papers.Paper:
        versions = self._scripts.versions(dossier)
        script = self._scripts.in_force(dossier) or (versions[0] if versions else None)
        if script is None:
            raise Conflict("Chưa có kịch bản.", "There is no script yet.")
        return papers.Script(
            subject=f"Kịch bản phiên họp «{dossier.title}» (lần {script.number})",
            session=dossier.title,
            chair=self._files.book.directory.units[dossier.unit].name,
            main_site=self._site_name(dossier.chair) if dossier.chair else "",
            starts=dossier.starts_at,
            cues=tuple(
                papers.CueRow(
                    at=item.at or dossier.starts_at,
                    content=item.title,
                    speaker=item.speaker,
                    screen=", ".join(self._site_name(site) for site in item.sites),
                    note="; ".join(part for part in (item.banner, item.content) if part),
                )
                for item in script.items
            ),
        )

    def _duty(self, dossier: Dossier) -> papers.Paper:
        directory = self._files.book.directory
        subjects = {dossier.unit, dossier.master, *dossier.sites}
        subjects |= {directory.sites[s].unit for s in dossier.sites if s in directory.sites}
        subjects |= {mcu.unit for mcu in directory.mcus.values() if mcu.unit}
        duties = [
            duty
            for duty in directory.duties.values()
            if duty.unit in subjects
            and duty.starts < dossier.ends_at
            and dossier.starts_at < duty.ends
        ]
        return papers.DutyList(
            subject=f"Danh sách trực, đầu mối phiên họp «{dossier.title}»",
            session=dossier.title,
            starts=dossier.starts_at,
            duties=tuple(self._duty_row(duty) for duty in duties),
            contacts=tuple(
                self._contact_row(contact)
                for contact in directory.contacts.values()
                if contact.subject in subjects
            ),
            hotline=self._hotline(dossier),
        )

    async def _log_book(self, dossier: Dossier) -> papers.Paper:
        entries = await self._journal.entries(0, MOST_ENTRIES, subject=f"dossier/{dossier.id}")
        last = await self._journal.last()
        times = [entry.at for entry in entries] or [dossier.requested_at]
        return papers.LogExtract(
            subject=f"Trích sổ theo dõi phiên họp «{dossier.title}»",
            starts=times[0],
            ends=times[-1],
            entries=tuple(_log_row(dossier, entry) for entry in entries),
            digest=last.hash if last else "",
        )

    def _check_rows(
        self, dossier: Dossier, steps: Sequence[Step], items: Sequence[str]
    ) -> tuple[papers.CheckRow, ...]:
        return tuple(self._check_row(dossier, steps, items, site) for site in dossier.sites)

    def _check_row(
        self, dossier: Dossier, steps: Sequence[Step], items: Sequence[str], site: str
    ) -> papers.CheckRow:
        """The latest mark of each item, over all steps. What the site is not checked for, or only
        sampled, leaves nothing open."""
        sheets = [self._checks.sheet(dossier, step.id, site) for step in steps]
        found = (mark for sheet in sheets for mark in sheet.marks)
        marks = {mark.item: mark for mark in sorted(found, key=lambda mark: mark.at)}
        wanted = {
            item
            for step in steps
            if step.evidence is Evidence.CHECKS and site in self._checks.sites(dossier, step)
            for item in step.checks
        }
        shown = tuple(
            (PASSED if marks[item].passed else FAILED) if item in marks else OPEN for item in items
        )
        notes = [mark.note for mark in marks.values() if mark.note and not mark.passed]
        outcome = FAILED if FAILED in shown else OPEN if wanted - marks.keys() else PASSED
        return papers.CheckRow(self._site_name(site), shown, outcome, "; ".join(notes))

    def _titles(self, dossier: Dossier, items: Sequence[str]) -> tuple[str, ...]:
        titles = {item.id: item.title.vi for item in self._files.procedure(dossier).checks}
        return tuple(titles.get(item, item) for item in items)

    def _site_rows(self, dossier: Dossier) -> tuple[papers.SiteRow, ...]:
        directory = self._files.book.directory
        kept = self._files.plan(dossier)
        homes = kept.plan.home if kept else {}

        def row(site: Site) -> papers.SiteRow:
            mcu = directory.mcus.get(homes.get(site.id) or site.mcu)
            room = directory.rooms.get(site.room)
            return papers.SiteRow(
                site.code,
                site.name,
                directory.units[site.unit].name if site.unit in directory.units else "",
                room.name if room else "",
                mcu.name if mcu else "",
            )

        return tuple(row(directory.sites[s]) for s in dossier.sites if s in directory.sites)

    def _site_name(self, site: str) -> str:
        sites = self._files.book.directory.sites
        return sites[site].name if site in sites else site

    def _hotline(self, dossier: Dossier) -> str:
        """Who can be called about the session: the organiser's contacts."""
        directory = self._files.book.directory
        people = [
            directory.people[contact.person]
            for contact in directory.contacts.values()
            if contact.subject == dossier.unit and contact.person in directory.people
        ]
        return ", ".join(f"{person.name} {person.phone}".strip() for person in people)

    def _person(self, person_id: str) -> Person:
        people = self._files.book.directory.people
        return people.get(person_id) or Person(person_id, person_id, "")

    def _duty_row(self, duty: Duty) -> papers.DutyRow:
        person, units = self._person(duty.person), self._files.book.directory.units
        return papers.DutyRow(
            unit=units[duty.unit].name if duty.unit in units else duty.unit,
            starts=duty.starts,
            ends=duty.ends,
            order=duty.rank,
            name=person.name,
            position=person.position,
            phone=person.phone,
            email=person.email,
        )

    def _contact_row(self, contact: Contact) -> papers.ContactRow:
        directory, person = self._files.book.directory, self._person(contact.person)
        named = (
            directory.sites.get(contact.subject)
            or directory.mcus.get(contact.subject)
            or directory.units.get(contact.subject)
        )
        known = contact.function in set(Role)
        return papers.ContactRow(
            subject=named.name if named else contact.subject,
            function=ROLE_NAMES[Role(contact.function)].vi if known else contact.function,
            name=person.name,
            position=person.position,
            phone=person.phone,
            email=person.email,
        )


PLACES = ("Tỉnh", "Thành phố", "Huyện", "Quận", "Thị xã", "Xã", "Phường", "Thị trấn", "Đặc khu")


def _seat(name: str) -> str:
    """The place of a people's committee; "" for what is no unit of administration."""
    for kind in PLACES:
        if name.startswith(f"{kind} "):
            return name.removeprefix(f"{kind} ")
    return ""


def _roles(step: Step) -> str:
    names = [ROLE_NAMES[Role(role)].vi if role in set(Role) else role for role in step.roles]
    together = ", ".join(names)
    return together[:1].upper() + together[1:]


def _by(step: Step, dossier: Dossier) -> str:
    at = step.due(dossier.times)
    if at is None or (step.deadline and step.deadline.event is Event.CALL):
        return ""
    return spoken(at)


def _log_row(dossier: Dossier, entry: Sealed) -> papers.LogRow:
    return papers.LogRow(
        at=entry.at,
        subject=dossier.title,
        staff=entry.actor,
        quality="",
        event=entry.text.vi,
        remedy=entry.reason,
    )
