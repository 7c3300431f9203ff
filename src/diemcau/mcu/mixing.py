"""The mixer of a conference, what it is told, and the feeds forwarded into its slots."""

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from diemcau.domain.resources import Input, Mix, Mixer, MixerFeed, from_json
from diemcau.mcu.ground import Ground
from diemcau.mcu.mixers import AUDIO_SSRC, VIDEO_SSRC, MixerProcess
from diemcau.mcu.present import Held
from diemcau.mcu.program import Program
from diemcau.mcu.recordings import Recordings
from diemcau.mcu.slot_reports import Event, SlotReports, site_and_feed
from diemcau.ports.media import MediaError

AUDIO_PT, VIDEO_PT = 111, 107
HOLD_MS = 2000
"""How long a bus keeps its old picture while a newcomer's first frame is under way."""


class Mixing:
    """Makes, changes and removes ``Mixer``, ``Mix`` and ``Input``; its ``recordings`` belong to
    the mixers, and lie in ``folder`` beside what the mixers need."""

    def __init__(
        self, ground: Ground, folder: Path, on_event: Event, reserve: int, program: Program
    ) -> None:
        self._ground = ground
        self._program = program
        self._folder = folder / "mixers"
        self.recordings = Recordings(
            ground.present, folder / "recordings", reserve, self._call, on_event
        )
        self._on_event = on_event
        self.slots = SlotReports(on_event)
        self._mixers: dict[str, MixerProcess] = {}

    def settings(self, conference: str) -> dict[str, Any]:
        """The mixer's ports; raises ``MediaError`` before there is a mixer."""
        if conference not in self._mixers:
            raise MediaError("no-mixer", "the conference's mixer is not here")
        return self._mixers[conference].settings

    async def create_mixer(self, mixer: Mixer) -> None:
        process = MixerProcess(
            self._folder / mixer.conference,
            self._program,
            lambda event: self._heard(mixer.conference, event),
            lambda: self._again(process, mixer.conference),
            lambda: self._ended(mixer),
        )
        returns = [f"return/{slot}" for slot in range(mixer.slots)]
        process.prepare(mixer.slots, [*mixer.buses, *returns])
        self._mixers[mixer.conference] = process
        try:
            found = await process.find_or_start()
        except MediaError:
            self._begin_anew(mixer.conference, process)
            raise
        # The mixer is present only after what belongs to it: or the same would be made twice.
        try:
            if found:
                await self._adopt(process, mixer.conference)
            else:
                # Two forwards into one slot would give it every packet twice, and a jitter buffer
                # that never finds two in sequence after a gap.
                await self._ground.stop_strays(AUDIO_PT, VIDEO_PT, room=mixer.conference)
            self._put(process, Held(mixer))
        except MediaError:
            await self._let_go(process, mixer.conference, found=found)
            raise

    async def _let_go(self, process: MixerProcess, conference: str, *, found: bool) -> None:
        """The next attempt begins anew: with the mixer that was found, else with another one."""
        if self._mixers.get(conference) is process:
            del self._mixers[conference]
        self.slots.doubt(conference)
        if found:
            process.leave()
        else:
            await process.stop()

    def _put(self, process: MixerProcess, held: Held) -> None:
        self._require(process, held.resource.conference)
        self._ground.present.put(held)

    def _require(self, process: MixerProcess, conference: str) -> None:
        """What belonged to a mixer that died meanwhile is not there, but made anew with it."""
        if self._mixers.get(conference) is not process:
            raise MediaError("mixer-gone", "the mixer died meanwhile")

    def _begin_anew(self, conference: str, process: MixerProcess) -> None:
        """A mixer that cannot start may have found a port taken: it, and the feeds that send to
        those ports, are to be made with others."""
        self._mixers.pop(conference, None)
        process.forget()
        for held in self._ground.present.held:
            if isinstance(held.resource, MixerFeed) and held.resource.conference == conference:
                self._ground.present.drop(held.resource.key)

    async def delete_mixer(self, mixer: Mixer) -> None:
        self._ground.present.drop(mixer.key)
        process = self._mixers.pop(mixer.conference, None)
        if process is not None:
            await process.stop()
            process.forget()
            self.slots.forget(mixer.conference)
            self.recordings.ended(mixer.conference)

    async def set_mix(self, mix: Mix) -> None:
        mixer = self._mixer(mix.conference)
        await mixer.call("mix", _mix_params(mix))
        self._put(mixer, Held(mix))

    async def forget_mix(self, mix: Mix) -> None:
        self._ground.present.drop(mix.key)

    async def create_input(self, wanted: Input) -> None:
        """Forward the feed into the slot. The mixer hears first whose slot it is now, so that
        nothing of a former site can be shown as this one's."""
        mixer = self._mixer(wanted.conference)
        source = f"{wanted.site} {wanted.feed}"
        await mixer.call("input", {"slot": wanted.slot, "source": source, "pli": None})
        held = self._ground.present.feed(wanted.conference, wanted.feed)
        if held is None:
            raise MediaError("no-feed", f"{wanted.feed} has gone")
        ports = mixer.settings["inputs"][wanted.slot]
        streams = [
            {"mid": held.mids.audio, "port": ports["port"], "ssrc": AUDIO_SSRC, "pt": AUDIO_PT},
            {
                "mid": held.mids.video,
                "port": ports["port"],
                "rtcp_port": ports["rtcp_port"],
                "ssrc": VIDEO_SSRC,
                "pt": VIDEO_PT,
                "simulcast": held.mids.simulcast,  # the best that arrives, not the lowest
            },
        ]
        reply = await self._ground.ask(
            "rtp_forward",
            room=wanted.conference,
            publisher_id=wanted.feed,
            host="127.0.0.1",
            streams=streams,
        )
        forwarders = reply["forwarders"]
        rtcp = next((f["local_rtcp_port"] for f in forwarders if "local_rtcp_port" in f), None)
        notes = {"streams": [f["stream_id"] for f in forwarders]}
        pli = ["127.0.0.1", rtcp] if rtcp else None
        try:
            await mixer.call("input", {"slot": wanted.slot, "source": source, "pli": pli})
            self._put(mixer, Held(wanted, notes=notes))
        except MediaError:
            await self._stop_forwards(wanted, notes)
            raise

    async def delete_input(self, unwanted: Input) -> None:
        held = self._ground.present.drop(unwanted.key)
        if held is not None:
            await self._stop_forwards(unwanted, held.notes)
        if unwanted.conference in self._mixers:
            with contextlib.suppress(MediaError):
                await self._mixers[unwanted.conference].call(
                    "input", {"slot": unwanted.slot, "source": None, "pli": None}
                )

    async def _stop_forwards(self, into: Input, notes: dict[str, Any]) -> None:
        for stream in notes.get("streams", []):
            await self._ground.stop_forward(into.conference, into.feed, stream)

    def slot_feed(self, conference: str, slot: str) -> str:
        """The feed a slot receives; raises ``MediaError`` ``no-feed`` for an idle one."""
        held = self._ground.present.get(("input", conference, slot))
        if held is None or not isinstance(held.resource, Input):
            raise MediaError("no-feed", f"slot {slot} receives nothing")
        return held.resource.feed

    async def keyframe(self, conference: str, feed: str) -> None:
        await self._mixer(conference).call("keyframe", {"output": feed})

    async def stop(self) -> None:
        self.recordings.end()
        for process in self._mixers.values():
            await process.stop()
        self._mixers.clear()

    def leave(self) -> None:
        self.recordings.end()
        for process in self._mixers.values():
            process.leave()

    def _mixer(self, conference: str) -> MixerProcess:
        if conference not in self._mixers:
            raise MediaError("no-mixer", "the conference's mixer is not here")
        return self._mixers[conference]

    async def _call(self, conference: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self._mixer(conference).call(method, params)

    def _ended(self, mixer: Mixer) -> None:
        """The process died: with it what it showed and what was forwarded into it."""
        if self._mixers.pop(mixer.conference, None) is None:
            return
        self.slots.lost(mixer.conference)
        self.recordings.lost(mixer.conference)
        for held in self._ground.present.held:
            if held.resource.conference == mixer.conference and isinstance(
                held.resource, Mixer | Mix | Input
            ):
                self._ground.present.drop(held.resource.key)

    async def _adopt(self, process: MixerProcess, conference: str) -> None:
        """Take over from a former agent: what the mixer shows, and what Janus forwards into it."""
        status = await self._status(process, conference)
        self._go_on(conference, status)
        forwards = await self._ground.forwards(conference)
        for entry in status["inputs"]:
            if not entry["source"]:
                continue
            site, feed = site_and_feed(entry["source"])
            port = process.settings["inputs"][entry["slot"]]["port"]
            streams = [f.stream for f in forwards if f.port == port and f.feed == feed]
            if streams:
                found = Input(conference, entry["slot"], site, feed)
                self._put(process, Held(found, notes={"streams": streams}))
        if status.get("mix"):
            self._put(process, Held(_mix_from(conference, status["mix"])))

    def say_again(self) -> None:
        """To a server that may have missed it: what the mixers said of their slots, and what has
        been on air since when by now."""
        self.slots.say_again()
        for conference, process in self._mixers.items():
            self._ground.spawn(self._tell_on_air(process, conference))

    async def _tell_on_air(self, process: MixerProcess, conference: str) -> None:
        with contextlib.suppress(MediaError):  # one that is only being made has nothing on air
            await self._status(process, conference)

    def _again(self, process: MixerProcess, conference: str) -> None:
        """The mixer may have said something while the line to it was cut."""
        self.slots.doubt(conference)
        self._ground.spawn(self._catch_up(process, conference))

    async def _catch_up(self, process: MixerProcess, conference: str) -> None:
        with contextlib.suppress(MediaError):  # it has died, or its line is cut again
            self._go_on(conference, await self._status(process, conference))

    async def _status(self, process: MixerProcess, conference: str) -> dict[str, Any]:
        """What the mixer says of itself; what is on air is told at once. One of an older version
        does not say that."""
        status = await process.call("status", {})
        self._require(process, conference)
        for event in status.get("on_air", ()):
            self._heard(conference, event)
        return status

    def _go_on(self, conference: str, status: dict[str, Any]) -> None:
        """Its events go on from there."""
        self.slots.found(conference, status["inputs"])
        if status.get("recording"):
            self.recordings.heard(conference, status["recording"])

    def _heard(self, conference: str, event: dict[str, Any]) -> None:
        """Pass on what the mixer says, with the slot's site in the place of its number."""
        match event["event"]:
            case "input" | "look":
                self.slots.heard(conference, event)
            case "on_air" if event.get("source"):
                site, _ = site_and_feed(event.pop("source"))
                name = event.pop("event")
                self._on_event(name, {**event, "conference": conference, "site": site})
            case "recording":
                self.recordings.heard(conference, event)
            case "levels":
                sites = {}
                for slot, level in enumerate(event["slots"]):
                    held = self._ground.present.get(("input", conference, str(slot)))
                    if held is not None and isinstance(held.resource, Input):
                        sites[held.resource.site] = level
                levels = {"conference": conference, "sites": sites, "program": event["program"]}
                self._on_event("levels", levels)


def _mix_params(mix: Mix) -> dict[str, Any]:
    """The mix in the words of docs/protocol.md section 5."""
    buses = {}
    for bus in mix.buses:
        panes = [asdict(pane) for pane in bus.panes]
        for pane in panes:
            pane["slot"] = None if pane["slot"] < 0 else pane["slot"]
        buses[bus.bus] = {"panes": panes, "banner": bus.banner, "clock": bus.clock}
    return {
        "take": mix.take,
        "hold_ms": HOLD_MS,
        "buses": buses,
        "sound": {"open": list(mix.open), "together": [list(slots) for slots in mix.together]},
    }


def _mix_from(conference: str, params: dict[str, Any]) -> Mix:
    buses = []
    for name, bus in params["buses"].items():
        panes = [
            {**{k: p[k] for k in ("x", "y", "w", "h", "caption")},
             "slot": -1 if p["slot"] is None else p["slot"]}
            for p in bus["panes"]
        ]  # fmt: skip
        words = {"banner": bus.get("banner", ""), "clock": bus.get("clock", False)}
        buses.append({"bus": name, "panes": panes, **words})
    data = {
        "kind": "mix",
        "conference": conference,
        "take": params["take"],
        "buses": buses,
        "open": params["sound"]["open"],
        "together": params["sound"].get("together", []),
    }
    mix = from_json(data)
    assert isinstance(mix, Mix)
    return mix
