"""A session at short notice (Decision 429, Article 6.2): one form, and the work begins at once."""

from diemcau.domain.outbox import MessageState
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


async def called_for(players: Company, in_minutes: int) -> None:
    made = await players.as_("office").post(
        "/api/urgent",
        title="Ứng phó bão số 3",
        unit=players.cast.organiser,
        master=players.mcus[0],
        sites=list(SITES),
        chair=CHAIR,
        in_minutes=in_minutes,
    )
    players.dossier = made["id"]
    await players.settled()


async def connected(players: Company) -> None:
    """The province's site by the office, the districts' by their managers, the communes' by the
    DIC."""
    await players.checked("office", "connect", CHAIR)
    await players.checked("district", "connect", DISTRICT)
    await players.checked("telecom", "connect", CITY)
    await players.checked("dic", "connect", WARD, COMMUNE)


async def test_in_time(players: Company) -> None:
    start = players.now + HOUR
    await called_for(players, 60)
    assert await players.done() == {"notice", "inform", "plan", "open"}
    assert (await players.seen())["stage"] == "held"
    told = {mail.to for mail in players.mails("[Điểm Cầu] Thông báo phiên họp")}
    assert len(told) == 9, "units of five sites and three MCUs, and the DIC"
    assert all("Ứng phó bão số 3" in mail.subject for mail in players.mails())
    await players.after(5 * MINUTE)
    await players.clicked("p-s-08707@tinh.example")
    await players.acknowledged("u-246", "district")
    await players.after(5 * MINUTE)
    await connected(players)
    await players.joined(present=SITES)
    await players.until(start - 30 * MINUTE)
    assert (await players.gates())["all-ready"]["ready"]

    await players.until(start)
    await players.called(COMMUNE)
    await players.until(start + HOUR)
    await players.closed()
    await players.assessed("office")
    assert {name for name, i in (await players.steps()).items() if i["state"] != "done"} == set()
    assert await players.late() == set()
    assert await players.raised() == []
    assert {m.state for m in players.messages()} == {MessageState.SENT}
    papers = await players.documents("notice", "plan", "duty", "check", "logbook")
    assert "HỎA TỐC" in papers["notice"]


async def test_late(players: Company) -> None:
    """Twenty-five minutes are less than what the regulation leaves to connect: said at once."""
    start = players.now + 25 * MINUTE
    await called_for(players, 25)
    first, dic = players.person("p-u-vpub-a"), players.person("p-u-stttt-a")
    [(said, told)] = await players.raised_of("connect")
    assert said == "Quá hạn"
    assert {first, dic} <= set(told)
    assert [said for said, _ in await players.raised_of("all-ready")] == ["Chưa đạt mốc"]
    await players.until(start - 15 * MINUTE)
    await connected(players)
    await players.joined(present=SITES)
    await players.until(start + HOUR)
    await players.closed()
    await players.assessed()
    assert await players.late() == {"connect", "join"}
    assert not (await players.gates())["all-ready"]["ready"]
    assert [said for said, _ in await players.raised_of("connect")] == [
        "Quá hạn", "Vẫn quá hạn (lần 1)", "Vẫn quá hạn (lần 2)",
    ]  # fmt: skip


async def test_asked_twice_it_is_one_session(players: Company) -> None:
    body = {
        "title": "Ứng phó bão số 3", "unit": players.cast.organiser, "master": players.mcus[0],
        "sites": list(SITES), "in_minutes": 60, "key": "bao-so-3-2026",
    }  # fmt: skip
    first = await players.as_("office").post("/api/urgent", **body)
    players.dossier = first["id"]
    await players.after(MINUTE)
    sent = len(players.mails())
    second = await players.as_("office").post("/api/urgent", **body)
    await players.settled()
    assert second["id"] == first["id"]
    assert second["notice"] == 1
    assert len(players.mails()) == sent
