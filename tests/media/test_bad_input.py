"""Bad input to a server and MCUs in session: each is told what to do, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
import pytest
import pytest_asyncio

from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching, now_ms
from diemcau.testing.samples import OFFER
from tests.offers import accept, is_up, publisher
from tests.stage import CHAIR, COMMUNE, NEIGHBOUR, full, worst_gap

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt")
SITES = (CHAIR, COMMUNE, NEIGHBOUR)
FREEZE_MS = 500
SDP = {"Content-Type": "application/sdp"}
FRAGMENT = (
    "a=ice-ufrag:none\r\na=ice-pwd:nobody\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    "a=candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host\r\n"
)


class Stage:
    def __init__(self, province: Province, meeting: Meeting, viewer: Watching) -> None:
        self.province, self.meeting, self.viewer = province, meeting, viewer
        self.begun = now_ms()
        self.client = httpx2.AsyncClient(base_url=province.url, timeout=15)

    async def whip(
        self,
        offer: str,
        site: str = NEIGHBOUR,
        token: str = "",
        conference: str = "",
        query: str = "",
    ) -> httpx2.Response:
        """Publish as a site (with its own token unless another is given)."""
        conference = conference or self.meeting.id
        token = token or self.province.token("site", conference, site)
        headers = {**SDP, "Authorization": f"Bearer {token}"}
        path = f"/whip/{conference}/{site}{query}"
        return await self.client.post(path, content=offer, headers=headers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await province.open("Họp giao ban", SITES, chair=CHAIR, max_sites=2)
        await meeting.mcus_online()
        await province.publish(meeting, (CHAIR, COMMUNE))
        await meeting.sites_ready(2)
        await meeting.command("take", scene=full(COMMUNE))
        viewer = await stack.enter_async_context(province.view("vnpt", meeting))
        await viewer.shows(province.number(COMMUNE), timeout=20)
        made = Stage(province, meeting, viewer)
        stack.push_async_callback(made.client.aclose)
        yield made


def refused(response: httpx2.Response, status: int, problem: str) -> None:
    """A problem document of that kind, which says in both languages what to do."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["type"] == f"urn:diemcau:{problem}"
    assert document["status"] == status
    for name in ("title", "title_en", "detail", "detail_en"):
        assert document[name]
    assert document["detail"] != document["detail_en"]


@pytest.mark.parametrize("offer", ["", "hello", "v=0\r\ns=-\r\n", "v=0\r\nm=video\r\n"])
async def test_a_malformed_description_is_refused(stage: Stage, offer: str) -> None:
    refused(await stage.whip(offer), 400, "bad-sdp")


async def test_a_description_that_only_janus_finds_fault_with_costs_the_site_nothing(
    stage: Stage,
) -> None:
    """It was to replace a publisher, which goes on."""
    for broken in (OFFER.replace("a=mid:1", "a=mid:" + "x" * 5000), OFFER.replace("c=IN", "c=XX")):
        since = now_ms()
        refused(await stage.whip(broken, site=COMMUNE, query="?replace=true"), 400, "bad-sdp")
        assert stage.meeting.state["sites"][COMMUNE]["state"] == "ready"
        assert await worst_gap(stage.viewer, since) < FREEZE_MS


@pytest.mark.parametrize(("codec", "other"), [("H264", "VP9"), ("opus", "PCMA")])
async def test_an_offer_without_the_codecs_of_the_house_is_refused(
    stage: Stage, codec: str, other: str
) -> None:
    refused(await stage.whip(OFFER.replace(codec, other)), 422, "no-common-codec")


async def test_tokens_that_are_old_forged_missing_or_for_elsewhere_are_refused(
    stage: Stage,
) -> None:
    here, province = stage.meeting.id, stage.province
    old = province.token("site", here, NEIGHBOUR, hours=-1)
    refused(await stage.whip(OFFER, token=old), 401, "token-expired")
    refused(await stage.whip(OFFER, token=old[:-4] + "AAAA"), 401, "token-invalid")
    other = province.token("site", here, COMMUNE)
    refused(await stage.whip(OFFER, token=other), 403, "token-elsewhere")
    elsewhere = province.token("site", "c0000000", NEIGHBOUR)
    refused(await stage.whip(OFFER, token=elsewhere), 403, "token-elsewhere")
    bare = await stage.client.post(f"/whip/{here}/{NEIGHBOUR}", content=OFFER, headers=SDP)
    refused(bare, 401, "no-token")


async def test_a_site_or_conference_that_there_is_not_is_said_to_be_unknown(stage: Stage) -> None:
    refused(await stage.whip(OFFER, site="s-nowhere"), 404, "unknown")
    refused(await stage.whip(OFFER, conference="c0000000"), 404, "unknown-conference")


async def test_a_full_conference_says_when_to_come_again(stage: Stage) -> None:
    async with publisher() as (_, offer):
        response = await stage.whip(offer)
    refused(response, 503, "conference-full")
    assert int(response.headers["retry-after"]) > 0


async def test_a_second_publisher_of_a_site_is_refused_unless_it_replaces_the_first(
    stage: Stage,
) -> None:
    async with publisher() as (connection, offer):
        refused(await stage.whip(offer, site=CHAIR), 409, "already-publishing")
        taken = await stage.whip(offer, site=CHAIR, query="?replace=true")
        assert taken.status_code == 201, taken.text
        await accept(connection, taken.text)
        await is_up(connection)
    await stage.meeting.until(  # the one that was replaced comes back for its place
        lambda s: s["sites"][CHAIR]["state"] == "ready", "the chair's own publisher"
    )


async def test_a_publisher_that_never_comes_up_keeps_nobody_out_of_its_name(stage: Stage) -> None:
    """``OFFER`` is of nobody. Content, for nobody else publishes the chair's."""
    headers = {"Authorization": f"Bearer {stage.province.token('site', stage.meeting.id, CHAIR)}"}
    again = "?content=true&replace=true"
    for _ in range(2):
        taken = await stage.whip(OFFER, site=CHAIR, query=again)
        assert taken.status_code == 201, taken.text
    place = taken.headers["location"]
    trickle = {**headers, "Content-Type": "application/trickle-ice-sdpfrag"}
    told = await stage.client.patch(place, content=FRAGMENT, headers=trickle)
    assert told.status_code == 204, told.text
    assert (await stage.client.delete(place, headers=headers)).status_code == 200
    taken = await stage.whip(OFFER, site=CHAIR, query="?content=true")
    assert taken.status_code == 201, taken.text
    await stage.client.delete(taken.headers["location"], headers=headers)


async def test_an_agent_with_a_wrong_key_is_turned_away_and_says_so_once(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("intruder")
    (folder / "key").write_text("not-the-key")
    host = stage.province.hosts["vnpt"]
    argv = [
        sys.executable, "-m", "diemcau.cli", "mcu", "vnpt", "--key-file", str(folder / "key"),
        "--address", "10.77.0.9", "--folder", str(folder),
        "--server", stage.province.lab_url.replace("http", "ws", 1),
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *host.command(argv), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        async with asyncio.timeout(20):
            while not any("agent key" in line for line in said):
                said.append((await process.stdout.readline()).decode())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3):  # several more attempts, and not a word of them
                while line := (await process.stdout.readline()).decode():
                    said.append(line)
    finally:
        process.send_signal(signal.SIGINT)
        await process.communicate()
    assert len([line for line in said if "agent key" in line]) == 1, said
    assert stage.meeting.state["mcus"]["vnpt"]["state"] == "online"


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n",
        b'{"id": 7, "method": "explode", "params": {}}\n',
        b'{"id": 7, "method": "mix", "params": {"take": "x", "buses": {"program": 5}}}\n',
        b'{"id": 7, "method": "input", "params": {"slot": 4711, "source": "x", "pli": null}}\n',
    ],
)
async def test_a_command_that_makes_no_sense_to_a_mixer_is_refused(
    stage: Stage, line: bytes
) -> None:
    folder = stage.province.folder / "mcu" / "vinh-phuc" / "mixers" / stage.meeting.id
    reader, writer = await asyncio.open_unix_connection(str(folder / "mixer.sock"), limit=2**22)
    writer.write(line)
    async with asyncio.timeout(5):
        while "error" not in (reply := json.loads(await reader.readline())):
            assert "event" in reply
    writer.close()
    assert reply["error"]["code"]
    assert reply["error"]["message"]


async def test_whoever_was_watching_all_that_saw_nothing_of_it(stage: Stage) -> None:
    assert await worst_gap(stage.viewer, stage.begun) < FREEZE_MS
    await stage.viewer.shows_now(stage.province.number(COMMUNE))
    assert stage.meeting.state["sites"][COMMUNE]["state"] == "ready"
