"""What is refused says why, in both languages, and leaves nothing behind."""

from datetime import timedelta
from typing import Any

import pytest

from diemcau.domain.outbox import MessageState
from diemcau.ports.couriers import DeliveryFailed
from tests.play.company import (
    CHAIR,
    CITY,
    HOUR,
    MINUTE,
    SITES,
    TITLE,
    WARD,
    Company,
)

START = timedelta(hours=7)


def asked_for(players: Company, **said: Any) -> dict[str, Any]:
    """A session's order; a span among what is said is counted from now."""
    usual = {
        "title": TITLE, "procedure": "429-planned", "unit": players.cast.organiser,
        "master": players.mcus[0], "sites": list(SITES), "chair": CHAIR,
        "starts_at": START, "ends_at": START + HOUR,
    }  # fmt: skip
    return {
        name: (players.now + value).isoformat() if isinstance(value, timedelta) else value
        for name, value in (usual | said).items()
    }


def without_id(entry: dict[str, Any]) -> dict[str, Any]:
    """As it is written: the id stands in the address."""
    return {name: value for name, value in entry.items() if name != "id"}


async def removed(players: Company, kind: str, entry: str) -> None:
    headers = {"Authorization": f"Bearer {players.cast['admin'].token}"}
    gone = await players.client.delete(f"/api/directory/{kind}/{entry}", headers=headers)
    assert gone.is_success, gone.text


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        ({"starts_at": -HOUR, "ends_at": HOUR}, 422, "Giờ họp đã qua"),
        ({"rehearsal_at": -HOUR}, 422, "Giờ tổng duyệt đã qua"),
        ({"rehearsal_at": START}, 422, "Tổng duyệt phải trước giờ họp"),
        ({"ends_at": START}, 422, "Giờ kết thúc phải sau giờ họp"),
        ({"requested_at": HOUR}, 422, "không thể ở tương lai"),
        ({"procedure": "429-moon"}, 404, "429-moon"),
        ({"sites": [CHAIR, "s-nowhere"]}, 404, "s-nowhere"),
        ({"master": "m-nowhere"}, 404, "m-nowhere"),
        ({"chair": "s-247"}, 422, "chủ tọa"),
        ({"sites": []}, 422, "ít nhất một điểm cầu"),
        ({"title": " "}, 422, "tên phiên họp"),
    ],
)
async def test_a_session_that_cannot_be(
    players: Company, said: dict[str, Any], status: int, why: str
) -> None:
    problem = await players.refused(
        "office", "POST", "/api/dossiers", asked_for(players, **said), status
    )
    assert why in problem["detail"]


async def test_a_start_moved_before_now(players: Company) -> None:
    await players.letter(players.now + START)
    await players.told()
    for span, why in ((-HOUR, "Giờ họp đã qua"), (8 * HOUR + START, "kết thúc")):
        start = (players.now + span).isoformat()
        problem = await players.refused("office", "PATCH", players.path, {"starts_at": start})
        assert why in problem["detail"]


async def test_a_site_that_left_the_directory(players: Company) -> None:
    """It is refused from a new session; one that had it before says which one is gone."""
    await players.letter(players.now + START)
    await players.told()
    await removed(players, "contact", f"c-{WARD}")
    await removed(players, "site", WARD)
    problem = await players.refused("office", "POST", "/api/dossiers", asked_for(players), 404)
    assert WARD in problem["detail"]
    for part, do in (("technician", "plan"), ("technician", "open")):
        problem = await players.refused(part, "POST", f"{players.path}/{do}", {}, 404)
        assert WARD in problem["detail"]
    others = [site for site in SITES if site != WARD]
    await players.as_("office").patch(players.path, sites=others)
    await players.planned()
    await players.opened()


async def test_a_site_whose_validity_has_ended_is_named_and_cannot_be_planned(
    players: Company,
) -> None:
    admin = players.as_("admin")
    await removed(players, "contact", f"c-{WARD}")
    [site] = [s for s in (await admin.get("/api/directory"))["sites"] if s["id"] == WARD]
    await admin.put(f"/api/directory/site/{WARD}", **without_id(site) | {"valid_to": "2026-11-24"})
    made = await players.letter(players.now + START)
    assert [(clash["kind"], clash["subject"]) for clash in made["clashes"]] == [("gone", WARD)]
    assert "UBND phường Tích Sơn" in made["clashes"][0]["text"]["vi"]
    problem = await players.refused("technician", "POST", f"{players.path}/plan", {}, 404)
    assert "UBND phường Tích Sơn" in problem["detail"]


async def test_a_directory_that_goes_round_or_overlaps(players: Company) -> None:
    directory = await players.as_("admin").get("/api/directory")
    city = next(unit for unit in directory["units"] if unit["id"] == "u-243")
    body = without_id(city) | {"parent": "u-08707"}
    problem = await players.refused("admin", "PUT", "/api/directory/unit/u-243", body)
    assert "vòng" in problem["detail"]
    duty = next(one for one in directory["duties"] if one["unit"] == "u-vpub")
    path = "/api/directory/duty/d-again"
    problem = await players.refused("admin", "PUT", path, without_id(duty))
    assert "đã trực cùng lúc" in problem["detail"]
    site = next(one for one in directory["sites"] if one["id"] == CITY)
    path = "/api/directory/site/s-twin"
    problem = await players.refused("admin", "PUT", path, without_id(site))
    assert "cùng lúc là của" in problem["detail"]


async def test_a_mail_server_that_is_down_for_an_hour_delays_mail_and_loses_none(
    players: Company,
) -> None:
    courier = players.house.courier
    courier.down = DeliveryFailed(False, "Máy chủ thư không trả lời")
    await players.letter(players.now + START)
    await players.told()
    await players.after(30 * MINUTE)
    assert players.mails() == []
    shown = (await players.as_("office").get(f"{players.path}/notices"))["messages"]
    assert {message["error"] for message in shown} == {"Máy chủ thư không trả lời"}
    assert {message["state"] for message in shown} == {"queued"}
    assert not (await players.steps())["notice"]["late"], "the office did what it could"
    await players.after(30 * MINUTE)
    courier.down = None
    await players.after(15 * MINUTE)
    assert sorted(mail.id for mail in players.mails()) == sorted(m.id for m in players.messages())
    assert {m.state for m in players.messages()} == {MessageState.SENT}
    await players.clicked("p-s-08707@tinh.example")
