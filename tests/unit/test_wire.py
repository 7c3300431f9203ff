"""The little language of agents, server and mixer: requests, answers, notifications."""

import asyncio
import json
from typing import Any

import pytest

from diemcau.wire import Closed, Params, Peer, RemoteError


class Pair:
    """Two ends, joined by queues of text in the order of sending."""

    def __init__(self, **there: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.here = Peer(self._to_there)
        self.there = Peer(self._to_here, **there)

    async def _to_there(self, text: str) -> None:
        self.sent.append(json.loads(text))
        self.there.receive(text)

    async def _to_here(self, text: str) -> None:
        self.here.receive(text)


async def double(params: Params) -> Any:
    return {"twice": 2 * params["number"]}


async def test_a_request_gets_its_answer() -> None:
    pair = Pair(requests={"double": double})
    assert await pair.here.call("double", {"number": 21}) == {"twice": 42}


async def test_answers_find_their_requests_in_whatever_order_they_come() -> None:
    gates = {name: asyncio.Event() for name in ("a", "b")}

    async def wait(params: Params) -> Any:
        await gates[params["name"]].wait()
        return params["name"]

    pair = Pair(requests={"wait": wait})
    calls = [asyncio.create_task(pair.here.call("wait", {"name": name})) for name in gates]
    await asyncio.sleep(0)
    gates["b"].set()
    assert await calls[1] == "b"
    assert not calls[0].done()
    gates["a"].set()
    assert await calls[0] == "a"


async def test_a_refusal_comes_with_its_code_and_words() -> None:
    async def refuse(_params: Params) -> Any:
        raise RemoteError("no-room", "conference c1 is not here")

    with pytest.raises(RemoteError) as caught:
        await Pair(requests={"play": refuse}).here.call("play", {})
    assert (caught.value.code, str(caught.value)) == ("no-room", "conference c1 is not here")


async def test_a_handler_that_breaks_is_answered_too() -> None:
    async def breaks(_params: Params) -> Any:
        raise ZeroDivisionError

    with pytest.raises(RemoteError) as caught:
        await Pair(requests={"x": breaks}).here.call("x", {})
    assert caught.value.code == "internal"


async def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(RemoteError) as caught:
        await Pair().here.call("explode", {})
    assert caught.value.code == "unknown-method"


async def test_whoever_waits_is_told_when_the_connection_ends() -> None:
    async def never(_params: Params) -> Any:
        await asyncio.Event().wait()

    pair = Pair(requests={"never": never})
    call = asyncio.create_task(pair.here.call("never", {}))
    await asyncio.sleep(0)
    pair.here.close()
    with pytest.raises(Closed):
        await call


async def test_closing_ends_the_answers_that_are_being_worked_on() -> None:
    ended = asyncio.Event()

    async def never(_params: Params) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    pair = Pair(requests={"never": never})
    call = asyncio.create_task(pair.here.call("never", {}))
    for _ in range(3):
        await asyncio.sleep(0)
    pair.there.close()
    await asyncio.wait_for(ended.wait(), 1)
    call.cancel()


async def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_said() -> None:
    async def nowhere(_text: str) -> None:
        return

    peer = Peer(nowhere)
    with pytest.raises(TimeoutError):
        await peer.call("ping", {}, timeout=0.01)
    peer.receive('{"id": 1, "result": {}}')  # too late: nobody is hurt


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        ('"words"', "error", "words"),
        ("{}", "error", ""),
        ('{"code": 7, "message": ["x"]}', "7", "['x']"),
    ],
)
async def test_an_odd_refusal_is_a_refusal_still(error: str, code: str, words: str) -> None:
    async def nowhere(_text: str) -> None:
        return

    peer = Peer(nowhere)
    call = asyncio.create_task(peer.call("ping", {}))
    await asyncio.sleep(0)
    peer.receive(f'{{"id": 1, "error": {error}}}')
    with pytest.raises(RemoteError) as caught:
        await call
    assert (caught.value.code, str(caught.value)) == (code, words or code)


async def test_notifications_are_handled_in_the_order_sent() -> None:
    heard: list[int] = []
    pair = Pair(notifications={"n": lambda params: heard.append(params["n"])})
    for number in range(20):
        await pair.here.notify("n", {"n": number})
    assert heard == list(range(20))
    assert all("id" not in message for message in pair.sent)


async def test_a_notification_that_breaks_or_is_unknown_harms_nobody() -> None:
    heard: list[int] = []

    def hear(params: Params) -> None:
        heard.append(1 // params["n"])

    pair = Pair(requests={"double": double}, notifications={"n": hear})
    await pair.here.notify("n", {"n": 0})
    await pair.here.notify("unknown", {})
    await pair.here.notify("n", {"n": 1})
    assert heard == [1]
    assert await pair.here.call("double", {"number": 1}) == {"twice": 2}


@pytest.mark.parametrize(
    "text",
    [
        "", "garbage", "[]", "7", "null", '"text"', '{"id": 99, "result": 1}', "{}",
        '{"id": [1], "result": 1}', '{"method": 5}',
        '{"id": {}, "method": "double", "params": {}}', '{"method": "n", "params": [1]}',
        '{"id": 3, "method": ["double"], "params": {}}', "{\"method\": \"n\", \"params\": \"x\"}",
    ],
)  # fmt: skip
async def test_a_malformed_message_is_dropped_and_the_next_one_heard(text: str) -> None:
    pair = Pair(requests={"double": double}, notifications={"n": lambda params: None})
    waiting = asyncio.create_task(pair.here.call("double", {"number": 2}))
    pair.here.receive(text)
    pair.there.receive(text)
    assert await asyncio.wait_for(waiting, 1) == {"twice": 4}
    assert await pair.here.call("double", {"number": 3}) == {"twice": 6}
