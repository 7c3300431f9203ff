"""What Prometheus is told, and that the dashboard asks for nothing else."""

import json
import re
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from diemcau.domain.conference import Scene
from diemcau.domain.layout import layout
from diemcau.domain.roles import Role
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, NORTH
from tests.contract.rights_world import SECRET, World
from tests.contract.test_api_rest import bearer
from tests.watched import Watched

DASHBOARD = Path(__file__).parents[2] / "docs/grafana-dashboard.json"
Samples = dict[tuple[str, tuple[str, ...]], float]


async def scraped(client: httpx2.AsyncClient, token: str) -> Samples:
    answer = await client.get("/api/metrics", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_figures_are_those_of_now_in_the_units_of_prometheus(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    watched = Watched(house.house, house.mcus, house.clock, house.conference.id)
    two = Scene(layout("side-by-side"), ("s-tinh", "s-bac-1"))
    await house.server.control.take(watched.name, two)
    await watched.begins()
    watched.sites["s-bac-1"].figures = {"rtt_ms": 20.0, "loss_pct": 5.0}
    watched.sites["s-bac-2"].silent = True
    await watched.goes_on(4)
    found = await scraped(client, house.token(Role.OPERATOR))
    one = watched.name
    assert found["diemcau_conferences", ()] == 1
    assert found["diemcau_mcu_up", (NORTH,)] == 1
    assert found["diemcau_sites", (one, "ready")] == 4
    assert found["diemcau_sites", (one, "lost")] == 1
    assert found["diemcau_alarms", (one, "loss")] == 1
    assert found["diemcau_site_up", (one, "s-bac-2")] == 0
    assert found["diemcau_site_loss_ratio", (one, "s-bac-1")] == 0.05
    assert found["diemcau_site_round_trip_seconds", (one, "s-bac-1")] == 0.02
    assert ("diemcau_site_frames_per_second", (one, "s-bac-1")) not in found
    assert found["diemcau_link_up", (one, NORTH, MASTER)] == 1


async def test_the_dashboard_asks_for_metrics_that_there_are(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    answer = await client.get("/api/metrics", headers=bearer(house.token(Role.OPERATOR)))
    there = set(re.findall(r"^# TYPE (\w+)", answer.text, re.MULTILINE))
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    queries += [one["query"]["query"] for one in board["templating"]["list"][1:]]
    asked = {name for query in queries for name in re.findall(r"diemcau_\w+", query)}
    assert asked
    assert asked <= there


async def test_of_a_secret_session_nothing_is_told(tmp_path: Path) -> None:
    world = await World().build(tmp_path)
    await world.house.watch.tick()
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        found = await scraped(client, world.tokens["link-operator"])
    assert found["diemcau_conferences", ()] == 3
    assert not [labels for _, labels in found if f"c-{SECRET}" in labels]


@pytest.mark.parametrize("token", ["", "garbage"])
async def test_nobody_unknown_is_told_anything(client: httpx2.AsyncClient, token: str) -> None:
    assert (await client.get("/api/metrics", headers=bearer(token))).status_code == 401
