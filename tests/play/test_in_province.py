"""A department's own session with districts and communes (Decision 429, Article 6.3)."""

from tests.play.company import (
    CHAIR,
    CITY,
    COMMUNE,
    DISTRICT,
    HOUR,
    MINUTE,
    SITES,
    WARD,
    Company,
)


async def letter(players: Company) -> None:
    start = players.now + 5 * HOUR
    await players.letter(
        start,
        "department",
        procedure="429-in-province",
        unit=players.cast["department"].unit,
        title="Phòng chống dịch bệnh cho cây trồng",
        rehearsal_at=(start - 2 * HOUR).isoformat(),
    )


async def connected(players: Company) -> None:
    await players.checked("technician", "connect", CHAIR)
    await players.checked("district", "connect", DISTRICT)
    await players.checked("telecom", "connect", CITY, WARD)
    await players.checked("room", "connect", COMMUNE)
    await players.opened()
    await players.joined(present=SITES)


async def test_in_time(players: Company) -> None:
    start = players.now + 5 * HOUR
    await letter(players)
    await players.told("department")
    await players.scripted("department")
    await players.planned("technician", agrees="department")
    await players.acknowledged("u-08764", "room")
    await players.until(start - HOUR)
    await connected(players)
    await players.until(start)
    await players.present("room", COMMUNE)
    await players.called(DISTRICT)
    await players.until(start + HOUR)
    await players.closed()
    assert set(await players.tasks("department")) == {"assessment"}
    await players.assessed("department")
    steps = await players.steps()
    assert {name for name, item in steps.items() if item["state"] != "done"} == set()
    assert await players.late() == set()
    assert await players.raised() == []
    opened = (await players.log())[0]
    assert (opened["action"], opened["actor"]) == ("dossier.opened", "so-chuyen-nganh")


async def test_late(players: Company) -> None:
    """It is the department that is called; the Provincial Office only for the MCUs to be joined."""
    start = players.now + 5 * HOUR
    people = [p for p in players.house.server.book.directory.people.values()
              if p.unit == players.cast["department"].unit]  # fmt: skip
    await letter(players)
    await players.until(start - 2 * HOUR)
    assert await players.raised_of("prepare") == [
        ("Sắp đến hạn", [people[0].name]),
        ("Quá hạn", [people[0].name]),
    ]
    await players.after(5 * MINUTE)
    await players.told("department")
    await players.planned("technician", agrees="department")
    await players.until(start - 20 * MINUTE)
    await connected(players)
    await players.until(start + HOUR)
    await players.closed()
    await players.assessed("department")
    assert await players.late() == {"prepare", "plan", "connect", "join"}
    assert not (await players.gates())["all-ready"]["ready"]
    office = players.person("p-u-vpub-a")
    told = {name for said, names in await players.raised("late") for name in names}
    assert people[0].name in told
    assert office in told, "it runs the master: its technician joins the MCUs"
