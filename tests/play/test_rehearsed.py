"""The unattended rehearsal of a session by plan: the system examines, and enters what it found."""

from typing import Any

from diemcau.ports.mcus import Report
from tests.play.company import CITY, COMMUNE, HOUR, MINUTE, WARD, Company
from tests.play.test_planned import prepared

WELL = {
    "frames": 90.0, "fps": 15.0, "width": 640.0, "height": 360.0, "luma": 95.0, "black": 0.0,
    "frozen_s": 0.1, "sound_s": 5.9, "listened_s": 2.6, "loudness_lufs": -23.0, "silence_s": 0.4,
    "noise_dbfs": -58.0, "hum_dbfs": -80.0, "hum_db": 2.0, "loss_pct": 0.0,
}  # fmt: skip


async def examined(players: Company, site: str, attempt: int = 1, **figures: float) -> None:
    """The site's examiner tells what it measured."""
    server, conference = players.house.server, f"c-{players.dossier}"
    slot = server.control.get(conference).slots.index(site)
    arrives = {"conference": conference, "site": site, "slot": slot, "state": "live"}
    players.listener.report(Report(players.mcus[0], "input", arrives))
    found = {
        "conference": conference, "site": site, "attempt": attempt, "mark": None, "hears": True,
        "figures": {**WELL, **figures},
    }  # fmt: skip
    mcu = server.control.home(conference, site)
    players.listener.report(Report(mcu, "examined", found))
    await players.listener.settle()
    await server.rehearsals.tick()


async def marks(players: Company, step: str, site: str) -> dict[str, dict[str, Any]]:
    board = await players.as_("office").get(f"{players.path}/checks")
    sheets = [s for s in board["sheets"] if (s["step"], s["site"]) == (step, site)]
    return {mark["item"]: mark for sheet in sheets for mark in sheet["marks"]}


async def test_what_the_system_measured_is_entered_and_a_retest_too(players: Company) -> None:
    await prepared(players)
    start = players.now + 7 * HOUR - HOUR - 8 * MINUTE
    await players.until(start - 4 * HOUR)
    await players.opened()
    await players.joined(present=(CITY, WARD, COMMUNE))
    path = f"/api/conferences/c-{players.dossier}/rehearsal"
    await players.as_("technician").post(path, sites=[WARD, COMMUNE])
    await players.house.server.rehearsals.tick()
    await examined(players, WARD)
    await examined(players, COMMUNE, hum_db=22.0, hum_dbfs=-38.0)

    for step in ("check-communes", "local-checks"):
        well = await marks(players, step, WARD)
        assert {"picture", "camera", "microphone", "sound-in", "sound-out", "line"} <= set(well)
        assert all(mark["passed"] for mark in well.values())
        bad = await marks(players, step, COMMUNE)
        assert {item for item, mark in bad.items() if not mark["passed"]} == {
            "microphone",
            "sound-out",
        }
        assert "ù của điện lưới" in bad["microphone"]["note"]
        assert "staff" not in bad, "that takes a person"
    assert (await marks(players, "check-communes", COMMUNE))["mcu"]["passed"]

    await players.after(MINUTE)
    await players.house.server.rehearsals.tick()
    await examined(players, COMMUNE, attempt=2)
    again = await marks(players, "local-checks", COMMUNE)
    assert (again["microphone"]["passed"], again["microphone"]["attempt"]) == (True, 2)
    said = [entry for entry in await players.log() if entry["action"] == "site.examined"]
    assert len(said) == 3
