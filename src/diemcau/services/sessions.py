"""Sites' sessions: WHIP to a site's home MCU, WHEP from any MCU of the conference.

The server relays descriptions and refuses what cannot work; media never passes it. A session's
MCU follows from its address, so sessions outlive a restart of the server.
"""

import asyncio
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from diemcau.domain import planner
from diemcau.domain.conference import BUSES, Conference
from diemcau.domain.refusal import Conflict, Refusal, Unknown
from diemcau.domain.source import site_of
from diemcau.ports.mcus import McuAway, McuRefused, Mcus
from diemcau.services import sdp
from diemcau.services.conferences import ConferenceControl
from diemcau.services.hub import Hub
from diemcau.services.observations import Observations, Said
from diemcau.services.refusals import (
    AlreadyPublishing,
    BadSdp,
    ConferenceFull,
    ConferenceLocked,
    McuNotReady,
    McuUnavailable,
    NoFeed,
    UnknownSession,
)


@dataclass(frozen=True)
class Published:
    session: str
    answer: str


@dataclass(frozen=True)
class Playing:
    mcu: str
    session: str
    offer: str


UP_WITHIN_S = 20.0
"""An MCU lets a session go that is not up by then, and says nothing of it (``mcu/sessions.py``)."""


class Sessions:
    def __init__(
        self,
        control: ConferenceControl,
        observations: Observations,
        mcus: Mcus,
        hub: Hub,
    ) -> None:
        self._control = control
        self._observations = observations
        self._mcus = mcus
        self._hub = hub

    async def publish(
        self, conference_id: str, source: str, offer: str, replace: bool, client: str = ""
    ) -> Published:
        """A WHIP offer of a site, or of its content, to its home MCU. The ids of a ``client``'s
        sessions begin with its name, and it may always take the place of its own."""
        conference = self._taking_part(conference_id, source)
        sdp.check_offer(offer)
        mcu = self._control.home(conference_id, source)
        if not self._mcus.online(mcu):
            raise McuUnavailable(mcu)
        self._admit(conference, source, mcu, replace, client)
        session = f"{client}-{token_urlsafe(12)}" if client else token_urlsafe(12)
        former = self._observations.of(conference_id).sessions.get(source, "")
        self._observations.joining(conference_id, source, session)
        self._hub.changed(conference_id)
        params = {
            "conference": conference_id,
            "site": source,
            "session": session,
            "offer": offer,
            "replace": replace or bool(client),
        }
        try:
            result = await self._ask(mcu, "whip.publish", params, source)
        except AlreadyPublishing:
            self._left(conference_id, source, session, former)
            raise
        except BaseException:
            self._left(conference_id, source, session)
            raise
        loop = asyncio.get_running_loop()
        loop.call_later(UP_WITHIN_S, self._expire, conference_id, source, session)
        return Published(session, str(result["answer"]))

    async def trickle(self, conference_id: str, source: str, session: str, fragment: str) -> None:
        sdp.check_fragment(fragment)
        mcu = self._whip_mcu(conference_id, source, session)
        params = {"conference": conference_id, "session": session, "fragment": fragment}
        await self._ask(mcu, "whip.trickle", params, source)

    async def unpublish(self, conference_id: str, source: str, session: str) -> None:
        mcu = self._whip_mcu(conference_id, source, session)
        params = {"conference": conference_id, "session": session}
        try:
            await self._ask(mcu, "whip.end", params, source)
        except UnknownSession:  # its media said goodbye first
            self._left(conference_id, source, session)
            raise
        self._left(conference_id, source, session)

    async def play(self, conference_id: str, feed: str, site: str, mcu: str) -> Playing:
        """A WHEP session: ``site`` is whose it is ("" for none), ``mcu`` where ("" for the usual).

        A site plays at its own MCU, what a site sends comes from that site's MCU, all else
        from the master.
        """
        conference = self._control.get(conference_id)
        here = self._place(conference, feed, site, mcu)
        session = token_urlsafe(12)
        params = {"conference": conference_id, "session": session, "site": site, "feed": feed}
        result = await self._ask(here, "whep.play", params, feed)
        return Playing(here, session, str(result["offer"]))

    async def answer(self, conference_id: str, mcu: str, session: str, answer: str) -> None:
        sdp.check_answer(answer)
        await self._of_session(conference_id, mcu, session, "whep.answer", {"answer": answer})

    async def keyframe(self, conference_id: str, mcu: str, session: str) -> None:
        await self._of_session(conference_id, mcu, session, "whep.keyframe", {})

    async def stop(self, conference_id: str, mcu: str, session: str) -> None:
        await self._of_session(conference_id, mcu, session, "whep.end", {})

    def _expire(self, conference_id: str, source: str, session: str) -> None:
        """It was answered, and nobody was seen to publish by it."""
        if self._control.find(conference_id) is None:
            return
        said = self._observations.of(conference_id)
        if not said.expected.get(source, True):
            self._left(conference_id, source, session)

    def _left(self, conference_id: str, source: str, session: str, former: str = "") -> None:
        self._observations.left(conference_id, source, session, former)
        self._hub.changed(conference_id)

    def _taking_part(self, conference_id: str, source: str) -> Conference:
        conference, site = self._control.get(conference_id), site_of(source)
        if not site:
            raise Unknown("Thiếu mã điểm cầu.", "No site is named.")
        conference.require(site)
        directory = self._control.directory
        guide = directory.guide(site)
        if guide:
            raise Conflict(
                f"Điểm cầu này vào họp qua {directory.mcu(guide).name}; không vào riêng được.",
                f"This site joins through {directory.mcu(guide).name}, and not by itself.",
            )
        return conference

    def _admit(
        self, conference: Conference, source: str, mcu: str, replace: bool, client: str
    ) -> None:
        """Content comes in wherever its site may be."""
        said, site = self._observations.of(conference.id), site_of(source)
        if not replace and self._taken(said, source, mcu, client):
            raise AlreadyPublishing(site)
        if conference.locked and site not in conference.admitted:
            raise ConferenceLocked
        if len(said.present() - {site}) >= conference.max_sites:
            raise ConferenceFull(conference.max_sites)

    def _taken(self, said: Said, source: str, mcu: str, client: str) -> bool:
        """Whether somebody else publishes the source, or is about to. Who does not say who he is
        cannot be told from whoever is about to."""
        if not client:
            return said.publishing(source, mcu)
        holder = said.holder(source, mcu)
        return bool(holder) and not holder.startswith(f"{client}-")

    def _whip_mcu(self, conference_id: str, source: str, session: str) -> str:
        self._taking_part(conference_id, source)
        mcu = self._control.home(conference_id, source)
        said = self._observations.of(conference_id)
        published = said.seen[mcu].publishers.get(source) if mcu in said.seen else None
        if mcu in self._observations.reported and session not in (
            said.sessions.get(source),
            published,
        ):
            raise UnknownSession
        return mcu

    def _place(self, conference: Conference, feed: str, site: str, mcu: str) -> str:
        members = planner.cascade(conference, self._control.directory).members
        if mcu and mcu not in members:
            raise Unknown(
                f"MCU «{mcu}» không thuộc phiên họp; chọn một trong: {', '.join(sorted(members))}.",
                f"MCU {mcu!r} is not in the conference; choose one of: "
                f"{', '.join(sorted(members))}.",
            )
        kind, _, name = feed.partition("/")
        if kind == "site" and name:
            conference.require(site_of(name))
            return self._control.home(conference.id, name)
        if kind == "slot" and name.isascii() and name.isdigit() and int(name) < planner.SLOTS:
            return conference.master
        if feed not in conference.buses:
            raise NoFeed(feed)
        if site:
            conference.require(site)
            return self._control.home(conference.id, site)
        return mcu or conference.master

    async def _of_session(
        self, conference_id: str, mcu: str, session: str, method: str, more: dict[str, str]
    ) -> None:
        conference = self._control.get(conference_id)
        if mcu not in planner.cascade(conference, self._control.directory).members:
            raise UnknownSession
        await self._ask(mcu, method, {"conference": conference_id, "session": session, **more}, "")

    async def _ask(
        self, mcu: str, method: str, params: dict[str, Any], subject: str
    ) -> dict[str, Any]:
        """Ask the agent; its refusals become ours."""
        try:
            return await self._mcus.request(mcu, method, params)
        except McuAway as error:
            raise McuUnavailable(mcu) from error
        except McuRefused as error:
            raise _refusal(error, mcu, subject) from error


def _refusal(error: McuRefused, mcu: str, subject: str) -> Refusal:
    match error.code:
        case "already-publishing":
            return AlreadyPublishing(subject)
        case "no-session":
            return UnknownSession()
        case "no-feed" if subject not in BUSES:
            return NoFeed(subject)
        case "bad-sdp":
            return BadSdp(
                f"MCU không nhận SDP này: {error}.", f"The MCU refused this description: {error}."
            )
        case _:
            return McuNotReady(mcu, str(error))
