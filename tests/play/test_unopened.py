"""A session is to be open when its time has come: whoever may open it is told until it is."""

from datetime import datetime, timedelta

import pytest

from diemcau.domain.casework import DossierPlan
from diemcau.domain.dossier import Dossier
from diemcau.domain.journal import SYSTEM
from diemcau.procedures import shipped
from diemcau.services.dossiers.files import Work
from tests.play.company import CHAIR, HOUR, MINUTE, SITES, Company

STEP = "open"
LEAD = 3 * HOUR
AT_ONCE = "429-urgent"


async def letter(
    players: Company, procedure: str = "429-planned", part: str = "office"
) -> datetime:
    """Somebody's own session in three hours; by when it is to be open."""
    start = players.now + LEAD
    unit = players.cast["department"].unit if part == "department" else players.cast.organiser
    await players.letter(start, part, procedure=procedure, unit=unit)
    return start + (MINUTE if procedure == AT_ONCE else timedelta(0))


async def said(players: Company) -> list[str]:
    return [what for what, _ in await players.raised_of(STEP)]


async def moved(players: Company, start: datetime) -> None:
    ends = (start + 2 * HOUR).isoformat()
    await players.as_("office").patch(players.path, starts_at=start.isoformat(), ends_at=ends)
    await players.settled()


@pytest.mark.parametrize("procedure", shipped())
async def test_never_opened_it_is_said_before_the_start_at_it_and_ever_higher_up(
    players: Company, procedure: str
) -> None:
    due = await letter(players, procedure)
    first, second = (players.person(f"p-u-vpub-{who}") for who in "ab")
    told = [
        ("Sắp đến hạn", [first]),
        ("Quá hạn", [first]),
        ("Vẫn quá hạn (lần 1)", [second]),
        ("Vẫn quá hạn (lần 2)", [second]),
        ("Vẫn quá hạn (lần 3)", [second]),
    ]
    moments = [due + minutes * MINUTE for minutes in (-10, 0, 5, 10, 15)]
    for number, moment in enumerate(moments):
        await players.until(moment - timedelta(seconds=1))
        assert await players.raised_of(STEP) == told[:number]
        await players.until(moment)
        assert await players.raised_of(STEP) == told[: number + 1]
    await players.after(2 * HOUR)
    assert await players.raised_of(STEP) == told
    title = players.title(STEP)
    assert len([mail for mail in players.mails() if mail.subject.endswith(title)]) == len(told)


@pytest.mark.parametrize("procedure", shipped())
async def test_it_is_late_at_home_for_whoever_may_open_it_and_in_the_timeline(
    players: Company, procedure: str
) -> None:
    due = await letter(players, procedure)
    for part in ("office", "technician"):
        assert not (await players.tasks(part))[STEP]["late"]
    await players.until(due + MINUTE)
    for part in ("office", "technician"):
        assert (await players.tasks(part))[STEP]["late"]
    for part in ("telecom", "district", "room", "dic"):
        assert STEP not in await players.tasks(part), "they may not open it"
    item = (await players.steps())[STEP]
    assert (item["due"], item["late"]) == (due.isoformat().replace("+00:00", "Z"), True)
    await players.refused("office", "PUT", f"{players.path}/steps/{STEP}", {"done": True}, 409)


@pytest.mark.parametrize(
    ("before", "raised"), [(2 * HOUR, []), (5 * MINUTE, ["Sắp đến hạn"])], ids=["early", "warned"]
)
async def test_opened_in_time_it_is_never_late(
    players: Company, before: timedelta, raised: list[str]
) -> None:
    due = await letter(players)
    await players.until(due - before)
    await players.opened()
    item = (await players.steps())[STEP]
    assert (item["state"], item["late"], item["done"]["by"]) == ("done", False, SYSTEM)
    for part in ("office", "technician"):
        assert STEP not in await players.tasks(part)
    await players.until(due + HOUR)
    assert await said(players) == raised
    assert STEP not in await players.late()


async def test_opened_late_it_is_told_no_more_and_stays_late(players: Company) -> None:
    due = await letter(players)
    await players.until(due + 7 * MINUTE)
    await players.opened()
    told = ["Sắp đến hạn", "Quá hạn", "Vẫn quá hạn (lần 1)"]
    assert await said(players) == told
    await players.until(due + HOUR)
    await players.closed()
    await players.after(HOUR)
    assert await said(players) == told
    assert STEP in await players.late()
    assert STEP not in await players.tasks("office")


async def test_moved_later_it_is_told_anew_for_the_new_start(players: Company) -> None:
    due = await letter(players)
    await players.until(due + 2 * MINUTE)
    assert await said(players) == ["Sắp đến hạn", "Quá hạn"]
    await moved(players, due + HOUR)
    assert not (await players.tasks("office"))[STEP]["late"]
    await players.until(due + 45 * MINUTE)
    assert await said(players) == ["Sắp đến hạn", "Quá hạn"]
    await players.until(due + HOUR)
    assert await said(players) == ["Sắp đến hạn", "Quá hạn"] * 2


async def test_moved_earlier_it_is_told_sooner_and_not_at_the_former_start(
    players: Company,
) -> None:
    due = await letter(players)
    await moved(players, due - 2 * HOUR)
    await players.until(due - 2 * HOUR + MINUTE)
    assert await said(players) == ["Sắp đến hạn", "Quá hạn"]
    await players.opened()
    await players.until(due + HOUR)
    assert await said(players) == ["Sắp đến hạn", "Quá hạn"]


@pytest.mark.parametrize(
    ("before", "raised"), [(HOUR, []), (5 * MINUTE, ["Sắp đến hạn"])], ids=["early", "warned"]
)
async def test_cancelled_nobody_is_asked_to_open_it(
    players: Company, before: timedelta, raised: list[str]
) -> None:
    due = await letter(players)
    await players.until(due - before)
    await players.as_("office").post(f"{players.path}/cancel", reason="Hoãn")
    await players.until(due + HOUR)
    assert await said(players) == raised
    assert STEP not in await players.tasks("office")


async def test_of_repeated_sessions_each_is_told_by_itself(players: Company) -> None:
    due = await letter(players)
    starts = [(due + hours * HOUR).isoformat() for hours in (1, 2)]
    copies = await players.as_("office").post(f"{players.path}/copies", starts=starts)
    original, (first, second) = players.dossier, [row["id"] for row in copies]
    await players.opened()
    players.dossier = first
    await players.as_("office").post(f"{players.path}/cancel", reason="Hoãn")
    await players.until(due + 2 * HOUR)
    assert await said(players) == []
    players.dossier = original
    assert await said(players) == []
    players.dossier = second
    assert await said(players) == ["Sắp đến hạn", "Quá hạn"]


async def test_a_departments_session_is_told_to_it_and_to_whoever_runs_the_master(
    players: Company,
) -> None:
    due = await letter(players, "429-in-province", "department")
    people = players.house.server.book.directory.people.values()
    own = next(p.name for p in people if p.unit == players.cast["department"].unit)
    await players.until(due)
    office = players.person("p-u-vpub-a")
    assert await players.raised_of(STEP) == [
        ("Sắp đến hạn", [own, office]),
        ("Quá hạn", [own, office]),
    ]
    for part in ("department", "technician"):
        assert (await players.tasks(part))[STEP]["due"]


@pytest.mark.parametrize("act", ["open", "cancel"])
async def test_what_is_done_while_the_clock_looks_raises_nothing(
    players: Company, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    due = await letter(players)
    await players.until(due - MINUTE)
    raised = await players.raised()
    files = players.house.server.files
    change = files.change

    async def a_moment_later(dossier: str, by: str, work: Work) -> Dossier:
        monkeypatch.setattr(files, "change", change)
        await players.as_("office").post(f"{players.path}/{act}", reason="Hoãn")
        return await change(dossier, by, work)

    monkeypatch.setattr(files, "change", a_moment_later)
    await players.until(due)
    assert (await players.seen())["stage"] in ("held", "cancelled")
    assert await players.raised() == raised


@pytest.mark.parametrize("minutes", [0, 5])
async def test_an_urgent_session_raises_nothing_while_it_is_being_made(
    players: Company, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """The clock of the procedures looks while the plan is reckoned, as it may."""
    office = players.house.server.office
    draw = office.plans.draw

    async def slowly(dossier: str, by: str) -> DossierPlan:
        players.dossier = dossier
        assert await office.lifecycle.tick()
        assert await players.raised() == []
        players.house.clock.advance(20)
        return await draw(dossier, by)

    monkeypatch.setattr(office.plans, "draw", slowly)
    made = await players.as_("office").post(
        "/api/urgent", title="Ứng phó bão số 3", unit=players.cast.organiser,
        master=players.mcus[0], sites=list(SITES), chair=CHAIR, in_minutes=minutes,
    )  # fmt: skip
    assert made["stage"] == "held"
    await players.after(HOUR)
    assert await said(players) == []
    assert STEP not in await players.late()
    assert await players.raised(), "its sites were not ready half an hour before"
