"""Links between MCUs: lanes up with their returns, and the programme down.

The child makes every link and owns it; the parent answers for what its own desired state names.
A link is a subscriber at the sending end and a publisher at the receiving end.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from diemcau.domain.conference import BUSES
from diemcau.domain.resources import BLANK, ChildLink, Downlink, Key, Resource, Uplink
from diemcau.mcu import sdp
from diemcau.mcu.ground import Ground, opaque
from diemcau.mcu.janus import Handle
from diemcau.mcu.present import Held, Mids
from diemcau.ports.media import MediaError

Expected = Callable[[Key], Resource | None]


class Links:
    """Makes, switches and removes ``Uplink``, ``Downlink`` and ``ChildLink``.

    ``expected`` looks a key up in the desired state: a child is served what is planned for it.
    """

    def __init__(self, ground: Ground, expected: Expected) -> None:
        self._ground = ground
        self._expected = expected

    async def create_uplink(self, wanted: Uplink) -> None:
        room = wanted.conference
        name = opaque(wanted.key, wanted.parent, wanted.epoch)
        handle = await self._ground.attach(name)
        try:
            offer = await self._ground.subscribe(handle, room, [{"feed": BLANK}])
            params = {"conference": room, "child": self._ground.mcu, "lane": wanted.lane}
            reply = await self._ground.relay(
                wanted.parent, "link.up", {**params, "offer": sdp.as_dtls_client(offer)}
            )
            await self._ground.start_link(handle, reply["answer"])
            await self._ground.wait_up(handle)
        except BaseException:
            await self._ground.discard(handle)
            raise
        self._keep(replace(wanted, source=BLANK), handle, Mids())

    async def create_downlink(self, wanted: Downlink) -> None:
        room, feed = wanted.conference, wanted.feed
        params = {"conference": room, "child": self._ground.mcu, "feed": feed}
        reply = await self._ground.relay(wanted.parent, "link.down", params)
        name = opaque(wanted.key, wanted.parent, wanted.epoch)
        handle = await self._ground.attach(name)
        try:
            data = await self._ground.publish(handle, room, feed, reply["offer"])
            answer = data["jsep"]["sdp"]
            await self._ground.relay(
                wanted.parent, "link.down-answer", {**params, "answer": answer}
            )
            await self._ground.wait_up(handle)
        except BaseException:
            await self._ground.discard(handle)
            raise
        self._keep(wanted, handle, link_mids(feed))

    async def switch(self, old: Uplink | ChildLink, new: Uplink | ChildLink) -> None:
        """Let a sending end draw on another feed: no renegotiation, one request."""
        held = self._ground.present.get(old.key)
        source = self._ground.present.feed(new.conference, new.source)
        if held is None or source is None:
            raise MediaError("no-feed", f"{new.source} is not here")
        streams = [(new.source, source.mids.audio if new.source != BLANK else "0", "0")]
        if held.mids.video:
            streams.append((new.source, source.mids.video if new.source != BLANK else "1", "1"))
        await self._ground.switch(held, streams)
        self._ground.present.replace(new)

    async def delete(self, resource: Resource) -> None:
        await self._ground.release(resource.key)

    async def serve_up(self, params: dict[str, Any]) -> dict[str, Any]:
        """``link.up``: a child's lane arrives as the feed ``up/<child>/<lane>``."""
        room, child, lane = params["conference"], params["child"], int(params["lane"])
        wanted = self._child_link(room, child, f"up/{lane}")
        await self._ground.release(wanted.key)
        handle = await self._ground.attach(opaque(wanted.key))
        try:
            feed = f"up/{child}/{lane}"
            data = await self._ground.publish(handle, room, feed, params["offer"])
        except BaseException:
            await self._ground.discard(handle)
            raise
        self._ground.keep_when_up(Held(wanted, handle))
        return {"answer": data["jsep"]["sdp"]}

    async def serve_down(self, params: dict[str, Any]) -> dict[str, Any]:
        """``link.down``: offer a child the feed it asks for."""
        room = params["conference"]
        wanted = self._child_link(room, params["child"], params["feed"])
        await self._ground.release(wanted.key)
        handle = await self._ground.attach(opaque(wanted.key))
        try:
            source = wanted.source if wanted.source in BUSES else BLANK
            if self._ground.present.feed(room, source) is None:
                raise MediaError("no-feed", f"{source} is not here yet")
            streams = [{"feed": source}]
            if wanted.link.startswith("return/"):
                streams = [{"feed": BLANK, "mid": "0"}]
            offer = await self._ground.subscribe(handle, room, streams)
        except BaseException:
            await self._ground.discard(handle)
            raise
        self._keep(replace(wanted, source=source), handle, link_mids(wanted.link))
        return {"offer": sdp.as_dtls_client(offer)}

    async def serve_down_answer(self, params: dict[str, Any]) -> dict[str, Any]:
        """``link.down-answer``: the child's answer to what it was offered."""
        key = ("child-link", params["conference"], params["child"], params["feed"])
        held = self._ground.present.get(key)
        if held is None or held.handle is None:
            raise MediaError("no-link", "nothing was offered, or it was taken back")
        await self._ground.start_link(held.handle, params["answer"])
        return {}

    def _child_link(self, room: str, child: str, link: str) -> ChildLink:
        wanted = self._expected(("child-link", room, child, link))
        if not isinstance(wanted, ChildLink):
            raise MediaError("not-planned", f"no link {link} to {child} is planned here")
        return wanted

    def _keep(self, resource: Resource, handle: Handle, mids: Mids) -> None:
        self._ground.settled(handle)
        self._ground.present.put(Held(resource, handle, mids))


def link_mids(link: str) -> Mids:
    """A lane and a bus have sound and picture, a return sound alone."""
    return Mids("0", "") if link.startswith("return/") else Mids()
