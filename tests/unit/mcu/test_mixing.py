"""What the agent does about a mixer: one that lives is kept, one that died is made anew."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from diemcau.domain.resources import Input, Mixer, Publisher
from diemcau.mcu.ground import Forward, Ground
from diemcau.mcu.mixers import SEQUENCE_MARGIN, MixerProcess
from diemcau.mcu.mixing import Mixing
from diemcau.mcu.present import Held, Mids, Present
from diemcau.mcu.program import Program
from diemcau.ports.media import MediaError
from tests.unit.mcu.idle import Idle, say

Json = dict[str, Any]
MIXER = Mixer("c1", 1, ("program",))
SOURCE = {"slot": 0, "source": "s1 site/s1"}
OF_SITE = {"conference": "c1", "slot": 0, "site": "s1"}


class Janus(Ground):
    """Forwards nothing. ``meanwhile``: what happens while it is asked."""

    def __init__(self) -> None:
        super().__init__("tinh", Present(lambda: None), None)  # type: ignore[arg-type]
        self.meanwhile: Callable[[], Awaitable[Any]] | None = None

    async def forwards(self, conference: str) -> list[Forward]:
        await self.ask("listforwarders")
        return []

    async def ask(self, request: str, **body: Any) -> Json:
        if self.meanwhile is not None:
            await self.meanwhile()
        return {"forwarders": []}


class House:
    """``idle`` stands for the mixer that runs; ``told``: what the agent tells the server."""

    def __init__(self, folder: Path) -> None:
        self.idle = Idle(folder / "mixers" / "c1", "mixer")
        self.idle.answers["status"] = {"inputs": [SOURCE | {"state": "live"}]}
        self.told: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        self.ground = Janus()
        self.mixing = Mixing(
            self.ground, folder, lambda *told: self.told.put_nowait(told), 0, Program()
        )

    async def mixer_dies(self) -> None:
        """And the agent has noticed."""
        await self.idle.die()
        (await self.idle.line()).close()
        async with asyncio.timeout(10):
            while "c1" in self.mixing._mixers:
                await asyncio.sleep(0)

    async def next(self) -> tuple[str, Json]:
        return await asyncio.wait_for(self.told.get(), 10)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    async with AsyncExitStack() as stack:
        await made.idle.open(stack)
        stack.push_async_callback(made.mixing.stop)
        yield made


async def test_a_mixer_whose_line_is_cut_goes_on_and_is_asked_what_was_missed(
    house: House,
) -> None:
    """The picture goes on, and what comes after is heard again."""
    await house.mixing.create_mixer(MIXER)
    assert await house.next() == ("input", OF_SITE | {"state": "live"})
    house.idle.answers["status"] = {"inputs": [SOURCE | {"state": "lost"}]}
    (await house.idle.line()).close()
    assert await house.next() == ("input", OF_SITE | {"state": "lost"})
    say(await house.idle.line(), {"event": "input", **SOURCE, "state": "live"})
    assert await house.next() == ("input", OF_SITE | {"state": "live"})
    assert house.ground.present.resources == (MIXER,)


async def test_what_is_on_air_is_said_again_to_a_server_that_may_have_missed_it(
    house: House,
) -> None:
    """A mixer says it once; a call would not be connected to its end."""
    shown = {"bus": "program", "take": "3", "slot": 0}
    on_air = {"event": "on_air", **shown, "source": "s1 site/s1", "picture_age_ms": 7.0}
    house.idle.answers["status"] = {"inputs": [], "on_air": [on_air]}
    told = ("on_air", {"conference": "c1", **shown, "site": "s1", "picture_age_ms": 7.0})
    await house.mixing.create_mixer(MIXER)
    assert await house.next() == told
    house.mixing.say_again()
    assert await house.next() == told


def test_sequence_numbers_that_cannot_be_kept_are_so_the_next_time(tmp_path: Path) -> None:
    """They come every second, also while the disk is full."""
    told: list[Json] = []
    mixer = MixerProcess(tmp_path, Program(), told.append, lambda: None, lambda: None)
    mixer.prepare(1, ["program"])
    stats = {"event": "stats", "outputs": {"program": {"audio_seq": 1, "video_seq": 2}}}
    in_the_way = tmp_path / "settings.new"
    in_the_way.mkdir()
    mixer._heard(stats)
    in_the_way.rmdir()
    mixer._heard(stats)
    assert told == [stats, stats]
    kept = json.loads((tmp_path / "settings.json").read_text())["outputs"]["program"]
    assert kept["audio_seq"] == 1 + SEQUENCE_MARGIN


async def test_a_mixer_that_dies_while_it_is_taken_over_is_made_anew(house: House) -> None:
    """Or it would be taken for there, and the programme stay black."""
    house.ground.meanwhile = house.mixer_dies
    with pytest.raises(MediaError, match="died"):
        await house.mixing.create_mixer(MIXER)
    assert house.ground.present.resources == ()


async def test_a_mixer_that_could_not_be_taken_over_is_so_by_the_next_attempt(
    house: House,
) -> None:
    """It is heard by one line only."""

    async def gone() -> None:
        raise MediaError("media-server-gone", "Janus is not running")

    house.ground.meanwhile = gone
    with pytest.raises(MediaError, match="Janus"):
        await house.mixing.create_mixer(MIXER)
    former = await house.idle.line()
    house.ground.meanwhile = None
    await house.mixing.create_mixer(MIXER)
    assert house.ground.present.resources == (MIXER,)
    await asyncio.wait_for(former.wait_closed(), 10)


async def test_an_input_is_not_there_when_its_mixer_died_meanwhile(house: House) -> None:
    await house.mixing.create_mixer(MIXER)
    site = Publisher("c1", "s1", "1")
    house.ground.present.put(Held(site))
    house.ground.meanwhile = house.mixer_dies
    with pytest.raises(MediaError, match="not running"):
        await house.mixing.create_input(Input("c1", 0, "s1", "site/s1"))
    assert house.ground.present.resources == (site,)


async def test_what_is_forwarded_for_others_goes_on_when_a_mixer_begins() -> None:
    """For a still, or an examination: one would find its site without picture and sound."""
    ground = Forwarding()
    await ground.stop_strays(111, 107, room="c1")
    assert ground.ended == ["mixer", "mixer"]


async def test_a_slot_of_which_the_mixer_did_not_hear_all_is_made_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would not know where to ask for keyframes."""
    house.idle.answers["status"] = {"inputs": []}
    await house.mixing.create_mixer(MIXER)
    house.ground.present.put(Held(Publisher("c1", "s1", "one"), mids=Mids("a", "v")))
    ended: list[int] = []

    async def ask(request: str, **body: Any) -> Json:
        if request == "stop_rtp_forward":
            ended.append(body["stream_id"])
        return {"forwarders": [{"stream_id": 7}, {"stream_id": 8, "local_rtcp_port": 5001}]}

    async def call(method: str, params: Json) -> Json:
        if params["pli"]:
            raise MediaError("mixer-timeout", "no answer to input")
        return {}

    monkeypatch.setattr(house.ground, "ask", ask)
    mixer = house.mixing._mixers["c1"]
    monkeypatch.setattr(mixer, "call", call)
    mixer.settings = {"inputs": [{"port": 5000, "rtcp_port": 5001}]}
    with pytest.raises(MediaError):
        await house.mixing.create_input(Input("c1", 0, "s1", "site/s1"))
    assert ended == [7, 8]
    assert house.ground.present.get(("input", "c1", "0")) is None


class Forwarding(Janus):
    """Forwards to a mixer, for a still, and to an examiner."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    async def forwards(self, conference: str) -> list[Forward]:
        kinds = (("mixer", 111), ("mixer", 107), ("still", 108), ("examiner", 112))
        return [Forward(name, 1, 5000, payload_type) for name, payload_type in kinds]

    async def stop_forward(self, conference: str, feed: str, stream: int) -> None:
        self.ended.append(feed)
