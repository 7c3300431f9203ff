"""A session by plan (Decision 429, Article 6.1): everything in time, and everything late."""

from diemcau.domain.outbox import MessageState
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

UNITS = {"u-26", "u-246", "u-243", "u-08707", "u-08764", "u-vpub", "u-vnpt", "u-viettel", "u-stttt"}
TOLD = {
    "p-s-26", "p-s-246", "p-s-243", "p-s-08707", "p-s-08764",
    "p-u-vpub-a", "p-u-vnpt-a", "p-u-viettel-a", "p-u-stttt-a",
}  # fmt: skip
"""Who answers for the units of the sites, of their MCUs, and for the DIC."""


def address(person: str) -> str:
    return f"{person}@tinh.example"


ROOMS = {"check-communes", "local-checks", "contacts"}
"""What a room answers for before the session."""


async def prepared(players: Company) -> None:
    """From the letter to the plan that is agreed, each part in time."""
    start = players.now + 7 * HOUR
    await players.letter(start, rehearsal_at=(start - 4 * HOUR).isoformat())
    await players.after(3 * MINUTE)
    await players.told()
    await players.after(5 * MINUTE)
    await players.clicked(address("p-s-08707"))
    await players.acknowledged("u-246", "district")
    await players.acknowledged("u-08764", "room")
    await players.acknowledged("u-vnpt", "telecom")
    await players.acknowledged("u-viettel", "telecom-2")
    await players.acknowledged("u-stttt", "dic")
    for unit in ("u-26", "u-vpub"):
        await players.acknowledged(unit, "office")
    await players.acknowledged("u-243", "office", "Xác nhận qua điện thoại")
    await players.after(HOUR)
    await players.scripted()
    await players.planned()


async def checked(players: Company) -> None:
    """Each step by those whose it is; the commune's line fails at first, and is mended."""
    await players.checked("office", "check-districts", CHAIR, CITY)
    await players.checked("district", "check-districts", DISTRICT)
    await players.checked("dic", "check-communes", WARD, COMMUNE)
    await players.checked("technician", "local-checks", CHAIR)
    await players.checked("telecom", "local-checks", CITY, WARD)
    await players.checked("district", "local-checks", DISTRICT)
    await players.checked("room", "local-checks", COMMUNE, fault="Mất gói 4 %")


async def handed_in(players: Company) -> None:
    await players.handed_in("technician", CHAIR)
    await players.handed_in("telecom", CITY, WARD)
    await players.handed_in("district", DISTRICT)
    await players.handed_in("room", COMMUNE)


async def test_in_time_from_the_letter_to_the_log_book(players: Company) -> None:
    await prepared(players)
    start = players.now + 7 * HOUR - HOUR - 8 * MINUTE
    assert await players.done() == {"notice", "inform", "plan"}
    answers = (await players.as_("office").get(f"{players.path}/notices"))["answers"]
    assert {answer["unit"] for answer in answers} == UNITS
    assert not any(answer["missing"] for answer in answers)

    await players.until(start - 4 * HOUR)
    mine = await players.tasks("room")
    assert {mine[step]["sites"][0] for step in ROOMS} == {COMMUNE}
    await checked(players)
    assert "local-checks" not in await players.done(), "a site has failed"
    await players.after(20 * MINUTE)
    await players.checked("room", "local-checks", COMMUNE)
    await handed_in(players)
    await players.after(10 * MINUTE)
    await players.opened()
    await players.joined(present=SITES)
    assert not ROOMS & set(await players.tasks("room"))
    await players.until(start - 2 * HOUR)
    gates = await players.gates()
    assert {name: gates[name]["ready"] for name in gates if gates[name]["passed"]} == {
        "rehearsed": True,
        "joined": True,
    }

    await players.until(start - 50 * MINUTE)
    await players.marked("office", "sample-districts")
    await players.marked("dic", "sample-communes")
    await players.marked("office", "ready", "Toàn hệ thống sẵn sàng")
    await players.until(start - 30 * MINUTE)
    assert (await players.gates())["all-ready"]["ready"]

    await players.until(start)
    for site in (CHAIR, CITY, WARD):
        await players.present("office", site)
    await players.present("district", DISTRICT)
    await players.present("room", COMMUNE)
    await players.took(CHAIR)
    await players.called(COMMUNE)
    await players.took(CHAIR, DISTRICT, layout="side-by-side")
    await players.took(WARD)
    [departure] = (await players.as_("technician").get(f"{players.path}/roll"))["departures"]
    assert (departure["sites"], departure["reason"], departure["by"]) == ([WARD], "", "ky-thuat")
    await players.as_("technician").put(
        f"{players.path}/departures/{departure['id']}", reason="Chủ tọa yêu cầu"
    )
    await players.until(start + 2 * HOUR)
    await players.closed()
    assert set(await players.tasks("office")) == {"assessment"}
    await players.assessed()
    assert await players.tasks("office") == {}

    await everything_in_time(players)
    await the_roll_tells_who_was_there(players)
    await every_mail_has_arrived(players)
    await the_log_book_names_everybody(players)
    await the_papers_say_so(players)


async def everything_in_time(players: Company) -> None:
    steps = await players.steps()
    assert {name for name, item in steps.items() if item["state"] != "done"} == set()
    assert await players.late() == set()
    assert all(gate["ready"] for gate in (await players.gates()).values())
    assert await players.raised("late", "escalate") == []
    warned = {said.removeprefix("Sắp đến hạn: ") for said, _ in await players.raised("warn")}
    assert warned == {players.title("sample-districts"), players.title("sample-communes")}


async def the_roll_tells_who_was_there(players: Company) -> None:
    roll = await players.as_("office").get(f"{players.path}/roll")
    assert {one["site"]: one["roll"] for one in roll["attendance"]} == dict.fromkeys(
        SITES, "present"
    )
    assert all(one["seconds"] > 2 * 3600 for one in roll["attendance"])
    [call] = roll["calls"]
    assert (call["site"], call["by"], call["connect_ms"]) == (COMMUNE, "chu-toa", 230.0)


async def every_mail_has_arrived(players: Company) -> None:
    notices = [
        mail for mail in players.mails("[Điểm Cầu] Thông báo phiên họp") if TITLE in mail.subject
    ]
    assert sorted(mail.to for mail in notices) == sorted(map(address, TOLD))
    assert {m.state for m in players.messages()} == {MessageState.SENT}
    assert {mail.id for mail in players.mails()} == {m.id for m in players.messages()}
    assert len(players.mails()) == len(players.messages())


async def the_log_book_names_everybody(players: Company) -> None:
    log = await players.log()
    did: dict[str, set[str]] = {}
    for entry in log:
        did.setdefault(entry["actor"], set()).add(entry["action"])
    assert "link:test" not in did
    assert did["van-phong"] >= {
        "dossier.opened", "dossier.announced", "script.written", "script.approved", "plan.agreed",
        "check.marked", "step.done", "roll.called", "dossier.assessed",
    }  # fmt: skip
    assert did["cntt"] >= {"check.marked", "step.done", "notice.acknowledged"}
    assert did["ky-thuat"] >= {
        "plan.made", "session.opened", "script.departed", "script.explained", "session.closed",
    }  # fmt: skip
    assert did["vnpt"] >= {"notice.acknowledged", "check.marked", "contact.handed-in"}
    assert did["viettel"] == {"notice.acknowledged"}
    assert did["huyen"] >= {
        "notice.acknowledged",
        "check.marked",
        "contact.handed-in",
        "roll.called",
    }
    assert did["phong-hop"] >= {"notice.acknowledged", "check.marked", "contact.handed-in"}
    assert did["chu-toa"] == {"session.called"}
    assert did["link:acknowledge:u-08707"] == {"notice.acknowledged"}


async def the_papers_say_so(players: Company) -> None:
    papers = await players.documents(
        "notice", "plan", "summary", "duty", "script", "check", "logbook"
    )
    assert all(TITLE in paper for paper in papers.values())
    assert f"Đạt {len(SITES)}/{len(SITES)} điểm cầu" in papers["summary"]
    assert "Chủ tọa yêu cầu" in papers["logbook"]
    assert players.person("p-u-vpub-a") in papers["duty"]


async def test_late_is_said_to_ever_higher_ones_and_locks_nothing(players: Company) -> None:
    start = players.now + 7 * HOUR
    leader = await the_leader_is_on_duty(players)
    first, second = (players.person(f"p-u-vpub-{who}") for who in "ab")
    dic = players.person("p-u-stttt-a")
    await players.letter(start, rehearsal_at=(start - 4 * HOUR).isoformat())
    await players.after(21 * MINUTE)
    await players.told()
    assert await players.raised_of("notice") == [
        ("Quá hạn", [first]),
        ("Vẫn quá hạn (lần 1)", [second]),
        ("Vẫn quá hạn (lần 2)", [leader]),
        ("Vẫn quá hạn (lần 3)", [leader]),
    ]
    assert (await players.raised_of("inform"))[:2] == [
        ("Sắp đến hạn", [first, dic]),
        ("Quá hạn", [first, dic]),
    ]

    await players.until(start - 4 * HOUR + 20 * MINUTE)
    assert (await players.tasks("office"))["plan"]["late"]
    await players.planned()
    assert [said for said, _ in await players.raised_of("plan")] == [
        "Sắp đến hạn", "Quá hạn", "Vẫn quá hạn (lần 1)",
    ]  # fmt: skip
    await players.until(start - 90 * MINUTE)
    await players.checked("dic", "check-communes", WARD, COMMUNE)
    await players.until(start - 10 * MINUTE)
    assert all(gate["passed"] and not gate["ready"] for gate in (await players.gates()).values())
    for gate in ("rehearsed", "joined", "all-ready"):
        assert [said for said, _ in await players.raised_of(gate)] == ["Chưa đạt mốc"]

    await players.opened()
    await players.joined(present=SITES)
    await players.until(start + HOUR)
    await players.closed()
    await players.assessed()
    raised = await players.raised()
    await players.after(12 * HOUR)
    await players.signed_in()
    assert await players.raised() == raised, "what is over raises nothing"
    held = {"open", "session", "calls", "rooms", "assessment"}
    made_late = {"notice", "inform", "plan", "check-communes", "join"}
    assert await players.done() == held | made_late
    assert await players.late() & (held | made_late) == made_late
    assert not any(gate["ready"] for gate in (await players.gates()).values())
    alarms = [mail for mail in players.mails() if "phiên họp:" not in mail.subject.lower()]
    assert len(alarms) == sum(len(told) for _, told in raised)


async def the_leader_is_on_duty(players: Company) -> str:
    """Somebody above the office: the administrator enters him in the roster."""
    admin = players.as_("admin")
    name, day = "Lê Quang Lãnh", "2026-11-24"
    person = {"name": name, "unit": "u-26", "email": address("p-lanh-dao")}
    await admin.put("/api/directory/person/p-lanh-dao", **person)
    shift = {"starts": f"{day}T00:00:00Z", "ends": f"{day}T23:00:00Z"}
    await admin.put("/api/directory/duty/d-lanh-dao", person="p-lanh-dao", unit="u-26", **shift)
    return name
