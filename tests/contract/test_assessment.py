"""The assessment of a session: every figure of it reckoned a second time, the plain and slow way,
from what is stored."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import httpx2
import pytest
from python_calamine import CalamineWorkbook

from diemcau.documents.office import OfficeDocuments
from diemcau.domain.assessment import SessionFigures
from diemcau.domain.assessment_paper import report
from diemcau.domain.casework import Attendance, ChairCall, CheckSheet, Departure
from diemcau.domain.dossier import Secrecy
from diemcau.domain.example_papers import HEADING
from diemcau.domain.incident import Incident
from diemcau.domain.localtime import VIETNAM
from diemcau.domain.measures import Minute
from diemcau.domain.roles import Role
from diemcau.ports.documents import FORMATS, Format
from diemcau.ports.store import StoreFailed
from diemcau.testing.app import FakeServer
from tests.contract.held import CLOSED, ID, LINKS, SITES, START, earlier, held
from tests.contract.test_api_rest import bearer, is_problem

ABOVE = {"s-tinh": None, "s-bac-1": LINKS[0], "s-bac-2": LINKS[0], "s-nam-1": LINKS[1],
         "s-nam-2": LINKS[1]}  # fmt: skip
UNITS = {site: f"u-{site.removeprefix('s-')}" for site in SITES}
LENGTH = (CLOSED - START).total_seconds()
STEP = timedelta(milliseconds=50)


class Told:
    """What the server says, and what it has to say it from."""

    def __init__(self, house: FakeServer, said: Any) -> None:
        self.house, self.said = house, said
        self.minutes: list[Minute] = []

    def records(self, kind: Any) -> list[Any]:
        return list(self.house.server.records.of(kind, ID).values())

    def inside(self, *subjects: str) -> list[Minute]:
        """Minutes of these subjects that the session touches."""
        touching = [m for m in self.minutes if START - timedelta(minutes=1) < m.start < CLOSED]
        return [minute for minute in touching if minute.subject in subjects]

    def of(self, group: str, subject: str) -> Any:
        [found] = [one for one in self.said[group] if one["subject"] == subject]
        return found


@pytest.fixture
async def told(house: FakeServer, client: httpx2.AsyncClient) -> Told:
    await held(house)
    headers = bearer(house.token(Role.OPERATOR))
    answer = await client.get(f"/api/dossiers/{ID}/assessment.json", headers=headers)
    assert answer.status_code == 200, answer.text
    found = Told(house, answer.json())
    found.minutes = await house.store.minutes(ID)
    return found


def instants(start: datetime = START, end: datetime = CLOSED) -> Iterable[datetime]:
    while start < end:
        yield start
        start += STEP


def there(attendance: Attendance, at: datetime) -> bool:
    return any(span.since <= at < (span.until or CLOSED) for span in attendance.spans)


def weighted(minutes: list[Minute], figure: str) -> float:
    every = [f.mean for m in minutes if (f := m.figures.get(figure)) for _ in range(f.count)]
    return sum(every) / len(every)


def test_a_site_is_available_for_as_long_as_its_media_were_there(told: Told) -> None:
    for one in told.records(Attendance):
        share = [there(one, at) for at in instants()]
        shown = told.of("sites", f"site/{one.site}")
        assert shown["available_pct"] == pytest.approx(100 * sum(share) / len(share), abs=0.1)
        assert shown["away"] == sum(a and not b for a, b in pairwise(share))


def test_units_mcus_and_the_whole_are_their_sites_together(told: Told) -> None:
    shares = {s: told.of("sites", f"site/{s}")["available_pct"] for s in SITES}
    homes = {"bac": SITES[1:3], "nam": SITES[3:], "tinh": SITES[:1]}
    groups = [(f"mcus mcu/{mcu}", sites) for mcu, sites in homes.items()]
    groups += [(f"units unit/{UNITS[site]}", (site,)) for site in SITES]
    for name, sites in groups:
        shown = told.of(*name.split(" "))
        mean = sum(shares[site] for site in sites) / len(sites)
        assert shown["available_pct"] == pytest.approx(mean, abs=0.02)
        assert shown["sites"] == len(sites)
        loss = weighted(told.inside(*(f"site/{site}" for site in sites)), "loss_pct")
        assert shown["loss_pct"] == pytest.approx(loss, abs=0.006)
    whole = told.said["whole"]["available_pct"]
    assert whole == pytest.approx(sum(shares.values()) / len(SITES), abs=0.02)
    assert whole == told.said["figures"]["available_pct"]


def test_figures_are_means_of_all_measurements_and_faults_are_added_up(told: Told) -> None:
    subjects = [("sites", f"site/{site}") for site in SITES] + [("links", link) for link in LINKS]
    for group, subject in subjects:
        shown, minutes = told.of(group, subject), told.inside(subject)
        assert minutes
        for figure in ("loss_pct", "rtt_ms", "jitter_ms"):
            assert shown[figure] == pytest.approx(weighted(minutes, figure), abs=0.006)
        assert shown["loss_worst"] == max(m.figures["loss_pct"].most for m in minutes)
        frozen = sum(m.faults_s.get("frozen", 0) for m in minutes)
        assert shown["faults_s"].get("frozen", 0) == pytest.approx(frozen)
    assert told.of("links", LINKS[0])["mos"] is None


def test_a_link_is_judged_by_the_minutes_in_which_anything_was_measured(told: Told) -> None:
    whole = {m.start for m in told.inside("program", *LINKS, *(f"site/{s}" for s in SITES))}
    for link, carrier in zip(LINKS, ("VNPT", "Viettel"), strict=True):
        there = expected = 0.0
        for start in whole:
            length = min(60.0, (CLOSED - start).total_seconds())
            expected += length
            there += sum(min(m.there_s, length) for m in told.inside(link) if m.start == start)
        shown = told.of("links", link)
        assert shown["available_pct"] == pytest.approx(100 * there / expected, abs=0.006)
        by_carrier = told.of("carriers", f"carrier/{carrier}")
        assert by_carrier["available_pct"] == shown["available_pct"]
        assert (shown["sites"], by_carrier["sites"]) == (2, 2)


def test_connection_times_stand_against_the_limit_of_the_procedure(told: Told) -> None:
    calls = sorted(told.records(ChairCall), key=lambda call: call.at)
    said = told.said["calls"]
    times = sorted(call.connect_ms for call in calls if call.connect_ms is not None)
    within = [None if c.connect_ms is None and c.state == "released" else
              c.connect_ms is not None and c.connect_ms <= 30_000 for c in calls]  # fmt: skip
    assert [c["connect_ms"] for c in said["calls"]] == [c.connect_ms for c in calls]
    assert [c["within"] for c in said["calls"]] == within
    assert {True, False, None} == set(within)
    assert (said["count"], said["measured"], said["within"]) == (7, len(times), within.count(True))
    assert (said["limit_s"], said["worst_ms"]) == (30, times[-1])
    for part in (50, 95):
        at_least = [t for t in times if 100 * sum(u <= t for u in times) >= part * len(times)]
        assert said[f"p{part}_ms"] == at_least[0]


def test_incidents_are_timed_from_their_report(told: Told) -> None:
    incidents, said = told.records(Incident), told.said["incidents"]
    assert [one["id"] for one in said["incidents"]] == [one.id for one in incidents]
    spent: dict[str, list[float]] = {"taken": [], "mended": [], "closed": []}
    for one, shown in zip(incidents, said["incidents"], strict=True):
        for step, stamp in one.steps.items():
            assert datetime.fromisoformat(shown["steps"][step]) == stamp.at
        for step, times in spent.items():
            stamps = [stamp.at for name, stamp in one.steps.items() if name == step]
            after = (stamps[0] - one.at).total_seconds() if stamps else None
            assert shown[f"{step}_s"] == after
            times += [] if after is None else [after]
        its = [m for m in told.minutes if m.subject == one.subject]
        near = [m for m in its if abs((m.start - one.at).total_seconds()) <= 180]
        assert [m["loss_pct"] for m in shown["around"]] == [
            pytest.approx(m.figures["loss_pct"].mean, abs=0.006) for m in near
        ]
    assert said["open"] == len(incidents) - len(spent["closed"]) == 3
    assert said["mended_s"] == sorted(spent["mended"])[0] == said["mended_worst_s"] - 0
    assert said["taken_s"] == 37
    assert told.of("links", LINKS[0])["incidents"] == 1


def test_the_roll_and_who_was_really_there(told: Told) -> None:
    said, kept = told.said["attendance"], told.records(Attendance)
    for roll in ("present", "online", "absent"):
        assert said[roll] == sum(one.roll == roll for one in kept)
    assert said["invited"] == len(SITES)
    assert said["people"] == sum(one.people for one in kept)
    seconds = {one.site: sum(there(one, at) for at in instants()) * 0.05 for one in kept}
    assert said["seen"] == sum(spent > 0 for spent in seconds.values())
    for shown in said["sites"]:
        assert shown["seconds"] == pytest.approx(seconds[shown["site"]], abs=0.5)


def test_checks_departures_and_gates(told: Told) -> None:
    marks = {s: [m for sheet in told.records(CheckSheet) if sheet.site == s for m in sheet.marks]
             for s in SITES}  # fmt: skip
    assert told.said["checked"] == {
        "passed": sum(bool(m) and all(x.passed for x in m) for m in marks.values()),
        "failed": sum(any(not x.passed for x in m) for m in marks.values()),
        "open": sum(not m for m in marks.values()),
        "retests": sum(x.attempt > 1 for m in marks.values() for x in m),
    }
    departures = told.records(Departure)
    assert [d["reason"] for d in told.said["departures"]] == [d.reason for d in departures]
    assert told.said["script_items"] == 2
    [gate] = told.said["gates"]
    assert gate["ready"] is False
    procedure = told.house.server.files.procedure(told.house.server.files.dossier(ID))
    wanted = [procedure.step(step) for step in procedure.gates[0].steps]
    assert [m["vi"] for m in gate["missing"]] == [step.title.vi for step in wanted if step]
    assert told.said["late"]


def bad(minute: Minute) -> bool:
    loss, mos = minute.figures.get("loss_pct"), minute.figures.get("mos")
    return bool((loss and loss.mean > 2.5) or (mos and mos.mean < 3.6))


def test_lines_are_ranked_by_what_sites_suffered_from_them(told: Told) -> None:
    starts = [START + timedelta(minutes=number) for number in range(13)]
    kept = {one.site: one for one in told.records(Attendance)}

    def suffered(subject: str, start: datetime) -> float:
        end = min(start + timedelta(minutes=1), CLOSED)
        length = (end - start).total_seconds()
        its = [m for m in told.inside(subject) if m.start == start]
        if subject.startswith("site/"):
            attendance = kept[subject.removeprefix("site/")]
            away = sum(not there(attendance, at) for at in instants(start, end)) * 0.05
        else:
            away = length - sum(min(m.there_s, length) for m in its)
        faults = [seconds for m in its for seconds in m.faults_s.values()]
        return max([away, 60.0 if any(map(bad, its)) else 0.0, *faults])

    expected = {}
    for link in LINKS:
        below = [site for site in SITES if ABOVE[site] == link]
        expected[link] = sum(suffered(link, start) for start in starts) * len(below)
    for site in SITES:
        way = ABOVE[site]
        own = [start for start in starts if way is None or suffered(way, start) <= 0.01]
        expected[f"site/{site}"] = sum(suffered(f"site/{site}", start) for start in own)
    said = {one["subject"]: one["impaired_s"] for one in told.said["ranking"]}
    assert said == pytest.approx({k: v for k, v in expected.items() if v > 0.2}, abs=1.5)
    assert list(said.values()) == sorted(said.values(), reverse=True)
    assert said == told.said["figures"]["impaired_s"]
    assert all(one["why"] for one in told.said["ranking"])


def test_by_the_minute_all_sites_together(told: Told) -> None:
    for shown in told.said["minutes"]:
        start = datetime.fromisoformat(shown["at"])
        its = [m for m in told.inside(*(f"site/{s}" for s in SITES)) if m.start == start]
        assert shown["there"] == sum(m.there_s > 0 for m in its)
        assert shown["loss_pct"] == pytest.approx(weighted(its, "loss_pct"), abs=0.006)
    assert len(told.said["minutes"]) == 13


def test_it_is_compared_with_the_latest_ones_of_its_kind(told: Told) -> None:
    assert [one["id"] for one in told.said["earlier"]] == [f"truoc-{n}" for n in range(1, 6)]
    assert told.said["earlier"][0]["available_pct"] == earlier(1).available_pct
    figures, calls = told.said["figures"], told.said["calls"]
    assert (figures["calls"], figures["calls_within"]) == (calls["count"], calls["within"])
    assert (figures["seconds"], figures["sites"], figures["departures"]) == (LENGTH, 5, 2)
    assert (figures["gates"], figures["gates_ready"]) == (1, 0)
    assert told.said["words"] == "Phiên họp đạt yêu cầu."


async def test_nothing_is_told_of_a_secret_session_elsewhere(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    await held(house)
    hidden = house.server.files.dossier("truoc-1")
    await house.server.records.commit(replace(hidden, secrecy=Secrecy.SECRET))
    found = await house.server.office.assessments.of(house.server.files.dossier(ID))
    assert [one.id for one in found.earlier] == [f"truoc-{n}" for n in range(2, 7)]


async def test_a_session_that_was_not_opened_has_none(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    dossier = await held(house)
    await house.server.records.commit(replace(dossier, opened_at=None, closed_at=None))
    headers = bearer(house.token(Role.OPERATOR))
    answer = await client.get(f"/api/dossiers/{ID}/assessment.json", headers=headers)
    is_problem(answer, 409, "conflict")


@pytest.mark.parametrize("format", FORMATS)
async def test_a_session_of_which_nothing_was_measured_is_printed_too(
    format: Format, house: FakeServer, tmp_path: Path
) -> None:
    dossier = await held(house)
    bare = replace(dossier, id="hop-02", sites=("s-tinh",), chair="", assessment="")
    found = report(await house.server.office.assessments.of(bare))
    assert (found.calls, found.incidents, found.ranking) == ((), (), ())
    assert OfficeDocuments(tmp_path).render(found, HEADING, format)


def test_key_figures_are_those_of_their_parts(told: Told) -> None:
    figures, calls, incidents = (told.said[part] for part in ("figures", "calls", "incidents"))
    sites = told.inside(*(f"site/{site}" for site in SITES))
    for figure in ("loss_pct", "mos"):
        assert figures[figure] == pytest.approx(weighted(sites, figure), abs=0.006)
        assert figures[figure] == told.said["whole"][figure]
    for part in ("p50_ms", "p95_ms"):
        assert figures[part] == calls[part]
    assert (figures["incidents"], figures["mended_s"]) == (4, incidents["mended_s"])
    assert figures["attended"] == told.said["attendance"]["seen"]


async def test_the_document_has_the_same_figures(told: Told, tmp_path: Path) -> None:
    dossier = told.house.server.files.dossier(ID)
    found = report(await told.house.server.office.assessments.of(dossier))
    document = docx.Document(io.BytesIO(OfficeDocuments(tmp_path).render(found, HEADING, "docx")))
    rows = [tuple(cell.text for cell in row.cells[1:]) for table in document.tables
            for row in table.rows]  # fmt: skip
    said, shown = told.said, {row[0]: row[1] for row in rows if len(row) > 1}
    every = [one for part in ("units", "mcus", "links", "carriers", "sites") for one in said[part]]
    for one in every:
        delay = "–" if one["rtt_ms"] is None else f"{one['rtt_ms']:.0f} ms"
        figures = (written(one["available_pct"], 1, " %"), written(one["loss_pct"], 2, " %"), delay)
        row = (one["name"], str(one["sites"]), *figures, written(one["mos"], 2))
        assert row in [seen[:6] for seen in rows]
    for one in said["calls"]["calls"]:
        took = None if one["connect_ms"] is None else one["connect_ms"] / 1000
        at = datetime.fromisoformat(one["at"]).astimezone(VIETNAM)
        called = (f"{at:%H:%M:%S}", one["name"], written(took, 1, " giây"))
        assert called in [seen[:3] for seen in rows]
    for one in said["earlier"]:
        before = (written(one["available_pct"], 1, " %"), written(one["loss_pct"], 2, " %"),
                  f"{one['calls_within']}/{one['calls']}")  # fmt: skip
        assert before in [seen[2:5] for seen in rows if seen[0] == one["title"]]
    key = said["figures"]
    assert shown["Điểm cầu có tín hiệu"] == f"{key['attended']}/{key['sites']}"
    assert shown["Lần mời nối kịp"] == f"{key['calls_within']}/{key['calls']}"
    assert shown["Thời gian kết nối, trung vị"] == written(key["p50_ms"] / 1000, 1, " giây")
    assert shown["Thời gian kết nối, 95 % số lần"] == written(key["p95_ms"] / 1000, 1, " giây")
    assert shown["Sẵn sàng kết nối của các điểm cầu"] == written(key["available_pct"], 1, " %")
    assert shown["Mất gói trung bình"] == written(key["loss_pct"], 2, " %")
    assert shown["Điểm chất lượng tiếng nói (MOS, 1–5)"] == written(key["mos"], 2)
    assert shown["Lần lệch kịch bản"] == str(key["departures"])
    impaired = {row[0]: row[2] for row in rows if len(row) == 4}
    for one in said["ranking"]:
        minutes, seconds = divmod(round(one["impaired_s"]), 60)
        spent = [f"{minutes} phút"] * bool(minutes) + [f"{seconds} giây"] * bool(seconds)
        assert impaired[one["name"]].startswith(" ".join(spent))


def written(value: float | None, digits: int, unit: str = "") -> str:
    """As Vietnamese write numbers."""
    return "–" if value is None else f"{value:.{digits}f}".replace(".", ",") + unit


async def test_the_workbook_has_the_same_figures(
    house: FakeServer, client: httpx2.AsyncClient, told: Told
) -> None:
    headers = bearer(house.token(Role.OPERATOR))
    answer = await client.get(f"/api/dossiers/{ID}/assessment.xlsx", headers=headers)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_name("Theo điểm cầu").to_python()
    assert [row[2] for row in rows[1:]] == [one["available_pct"] for one in told.said["sites"]]
    calls = book.get_sheet_by_name("Thời gian kết nối").to_python()
    assert [row[3] or None for row in calls[1:]] == [
        one["connect_ms"] for one in told.said["calls"]["calls"]
    ]
    assert len(book.sheet_names) == 14


async def test_lines_are_ranked_over_the_sessions_of_a_time(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    dossier = await held(house)
    await house.server.office.assessments.keep(dossier)
    kept = house.server.records.get(SessionFigures, ID)
    headers = bearer(house.token(Role.OPERATOR))

    async def ask(**query: str) -> Any:
        path = "/api/line-ranking.json"
        return (await client.get(path, params=query, headers=headers)).json()

    span = {"since": START.isoformat(), "until": CLOSED.isoformat()}
    assert kept is not None
    assert {one["subject"]: one["impaired_s"] for one in await ask(**span)} == kept.impaired_s
    assert await ask(until=START.isoformat()) == []
    answer = await client.get("/api/line-ranking.xlsx", params=span, headers=headers)
    [sheet] = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names
    assert sheet == "Đường truyền cần khắc phục"


async def test_a_closed_session_keeps_its_figures_once_with_a_line_in_the_log_book(
    house: FakeServer,
) -> None:
    dossier = await held(house)
    assessments = house.server.office.assessments
    for _ in range(2):
        await assessments.keep(dossier)
    kept = house.server.records.get(SessionFigures, ID)
    assert kept == (await assessments.of(dossier)).figures
    [entry] = [e for e in house.store.journal if e.action == "session.assessed"]
    assert "mất gói" in entry.text.vi
    assert "4 sự cố" in entry.text.vi
    assert "Đổi dây" in entry.reason


async def test_figures_that_cannot_be_read_hinder_nobody_from_closing(
    house: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = await held(house)

    async def broken(*_: object) -> list[Minute]:
        raise StoreFailed("disk")

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "minutes", broken)
        await house.server.office.sitting.ensure(dossier)
    assert house.server.records.get(SessionFigures, ID) is None
    await house.server.office.sitting.ensure(dossier)
    assert house.server.records.get(SessionFigures, ID) is not None
