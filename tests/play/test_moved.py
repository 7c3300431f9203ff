"""Sessions that are moved, copied, repeated and cancelled."""

import json
from datetime import timedelta

import pytest

from tests.play.company import (
    CHAIR,
    CITY,
    COMMUNE,
    DISTRICT,
    HOUR,
    MINUTE,
    SITES,
    TITLE,
    WARD,
    Company,
)

LEAD = 7 * HOUR


async def under_way(players: Company) -> None:
    """Told, planned, and the districts checked in time."""
    start = players.now + LEAD
    await players.letter(start, rehearsal_at=(start - 5 * HOUR).isoformat())
    await players.told()
    await players.planned()
    await players.until(start - 4 * HOUR)
    await players.checked("office", "check-districts", CHAIR, CITY)
    await players.checked("district", "check-districts", DISTRICT)


async def moved(players: Company, by: timedelta) -> None:
    found = await players.seen()
    start = players.house.server.files.dossier(players.dossier).starts_at + by
    assert found["stage"] == "prepared"
    await players.as_("office").patch(
        players.path,
        starts_at=start.isoformat(),
        ends_at=(start + 2 * HOUR).isoformat(),
    )
    await players.settled()


async def test_moved_earlier_what_was_done_in_time_stays_so_and_the_rest_is_due_sooner(
    players: Company,
) -> None:
    await under_way(players)
    before = await players.steps()
    await moved(players, -3 * HOUR)
    after = await players.steps()
    assert after["check-districts"] == before["check-districts"]
    assert not after["check-districts"]["late"]
    assert after["check-communes"]["due"] < before["check-communes"]["due"]
    assert await players.late() == {
        "check-communes", "local-checks", "contacts", "join",
    }, "their moment has passed by the move"  # fmt: skip
    gate = (await players.gates())["rehearsed"]
    assert set(gate["missing"]) == {"check-communes", "local-checks", "contacts"}
    first = players.person("p-u-stttt-a")
    assert [said for said, _ in await players.raised_of("check-communes")] == ["Quá hạn"]
    assert first in (await players.raised_of("check-communes"))[0][1], "the first, not the last"
    await players.after(10 * MINUTE)
    second = players.person("p-u-stttt-b")
    [_, (said, told)] = await players.raised_of("check-communes")
    assert said == "Vẫn quá hạn (lần 1)"
    assert second in told


async def test_moved_later_what_is_not_done_has_more_time_and_late_stays_late(
    players: Company,
) -> None:
    start = players.now + LEAD
    await players.letter(start)
    await players.after(6 * MINUTE)
    await players.told()
    await players.until(start - 2 * HOUR + MINUTE)
    await players.checked("dic", "check-communes", WARD, COMMUNE)
    assert {"notice", "check-communes", "check-districts"} <= await players.late()
    await moved(players, 24 * HOUR)
    await players.signed_in()
    assert await players.late() == {"notice", "check-communes"}
    assert not any(gate["passed"] for gate in (await players.gates()).values())
    raised = await players.raised()
    await players.until(start + 22 * HOUR + MINUTE)
    await players.signed_in()
    again = (await players.raised())[len(raised) :]
    title = players.title("check-districts")
    assert [said for said, _ in again if said.endswith(title)] == [
        f"Sắp đến hạn: {title}",
        f"Quá hạn: {title}",
    ], "for its new deadline it is warned of and late anew"


async def test_everybody_who_was_told_is_told_of_the_new_time_and_answers_anew(
    players: Company,
) -> None:
    await under_way(players)
    await players.acknowledged("u-08764", "room")
    first = {mail.to for mail in players.mails("[Điểm Cầu] Thông báo phiên họp:")}
    old = next(mail for mail in players.mails() if mail.to == "p-s-08707@tinh.example")
    await moved(players, 24 * HOUR)
    updates = players.mails("[Điểm Cầu] Thông báo phiên họp (cập nhật lần 1)")
    assert {mail.to for mail in updates} == first
    assert all("15:00 ngày 25/11/2026" in mail.body for mail in updates)
    entries = [json.loads(mail.calendar) for mail in updates]
    assert {entry["sequence"] for entry in entries} == {1}
    uid = json.loads(old.calendar)["uid"]
    assert uid in {entry["uid"] for entry in entries}, "the entry in the calendar is replaced"
    answers = (await players.as_("office").get(f"{players.path}/notices"))["answers"]
    assert all(answer["missing"] for answer in answers)
    assert "u-08764" in await players.tasks("room")
    link = old.body.split("/a#token=")[1].split()[0]
    answer = await players.client.post("/api/acknowledgements", json={"token": link})
    assert answer.status_code == 409
    assert "thư mới nhất" in answer.json()["detail"]


async def test_a_copy_begins_anew_and_leaves_the_former_one_alone(players: Company) -> None:
    await under_way(players)
    before = await players.seen()
    start = players.house.server.files.dossier(players.dossier).starts_at
    at = [(start + 24 * HOUR).isoformat()]
    [row] = await players.as_("office").post(f"{players.path}/copies", starts=at)
    assert await players.seen() == before
    players.dossier = row["id"]
    copy = await players.seen()
    assert (copy["title"], copy["sites"], copy["series"]) == (TITLE, list(SITES), "")
    assert (copy["stage"], copy["notice"], copy["steps"]) == ("prepared", 0, {})
    assert await players.late() == set()
    await players.after(5 * MINUTE)
    await players.told()
    assert not (await players.steps())["notice"]["late"]


async def test_a_session_repeated_weekly_is_a_series_each_with_a_dossier_of_its_own(
    players: Company,
) -> None:
    await under_way(players)
    start = players.house.server.files.dossier(players.dossier).starts_at
    weeks = [(start + timedelta(weeks=n)).isoformat() for n in (1, 2, 3)]
    rows = await players.as_("office").post(f"{players.path}/copies", starts=weeks)
    assert [row["starts_at"] for row in rows] == sorted(row["starts_at"] for row in rows)
    assert len({row["id"] for row in rows}) == 3
    series = set()
    for row in rows:
        players.dossier = row["id"]
        series.add((await players.seen())["series"])
    assert len(series) == 1
    assert "" not in series


async def test_everybody_who_was_told_is_told_that_it_is_cancelled_and_nothing_is_asked_any_more(
    players: Company,
) -> None:
    await under_way(players)
    told = {mail.to for mail in players.mails("[Điểm Cầu] Thông báo phiên họp:")}
    await players.as_("office").patch(players.path, sites=[s for s in SITES if s != CITY])
    await players.settled()
    await players.refused("office", "POST", f"{players.path}/cancel", {"reason": " "})
    reason = "Chuyển sang họp trực tiếp"
    await players.as_("office").post(f"{players.path}/cancel", reason=reason)
    await players.settled()
    cancelled = players.mails("[Điểm Cầu] HỦY phiên họp")
    assert {mail.to for mail in cancelled} == told, "also whose site had been taken off the list"
    assert {json.loads(mail.calendar)["method"] for mail in cancelled} == {"CANCEL"}
    assert all(reason in mail.body for mail in cancelled)
    raised = await players.raised()
    await players.after(10 * HOUR)
    await players.signed_in()
    assert await players.raised() == raised
    for part in ("office", "room", "dic"):
        assert await players.tasks(part) == {}
    problem = await players.refused("technician", "POST", f"{players.path}/open", {}, 409)
    assert "đã hủy" in problem["detail"]


@pytest.mark.parametrize("told", [False, True])
async def test_only_who_was_told_hears_that_it_is_cancelled(players: Company, told: bool) -> None:
    await players.letter(players.now + LEAD)
    if told:
        await players.told()
    await players.as_("office").post(f"{players.path}/cancel", reason="Hoãn")
    await players.settled()
    assert bool(players.mails("[Điểm Cầu] HỦY phiên họp")) is told
