"""The little language between server and agents: requests, answers and notifications in JSON.

The same ``Peer`` serves both ends and any transport that carries text messages.
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

log = structlog.get_logger(__name__)

Params = dict[str, Any]
Request = Callable[[Params], Awaitable[Any]]
Notification = Callable[[Params], None]
Send = Callable[[str], Awaitable[None]]


class RemoteError(Exception):
    """The other side refused a request; ``code`` is stable, the message is for people."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class Closed(RemoteError):
    """The connection ended before the answer came."""

    def __init__(self) -> None:
        super().__init__("closed", "the connection was closed")


class Peer:
    """One end of a connection.

    ``requests`` answer what the other side asks, each in a task of its own; ``notifications`` are
    plain functions, called in the order in which the messages came.
    """

    def __init__(
        self,
        send: Send,
        requests: Mapping[str, Request] | None = None,
        notifications: Mapping[str, Notification] | None = None,
    ) -> None:
        self._send = send
        self._requests = requests or {}
        self._notifications = notifications or {}
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def call(self, method: str, params: Params, timeout: float = 10.0) -> Any:
        """Ask and wait; raises ``RemoteError``, ``Closed`` or ``TimeoutError`` (after seconds)."""
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(json.dumps({"id": number, "method": method, "params": params}))
            return await asyncio.wait_for(future, timeout)
        finally:
            self._waiting.pop(number, None)

    async def notify(self, method: str, params: Params) -> None:
        await self._send(json.dumps({"method": method, "params": params}))

    def receive(self, text: str) -> None:
        """Take in one message of the other side; a malformed one is logged and dropped."""
        try:
            message = json.loads(text)
            method, number = message.get("method"), message.get("id")
        except (ValueError, AttributeError):
            log.warning("malformed message", text=text[:200])
            return
        if method is None:
            self._settle(message)
        elif number is None:
            self._notified(method, message.get("params") or {})
        else:
            task = asyncio.create_task(self._answer(number, method, message.get("params") or {}))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """The connection ended: whoever waits for an answer is told."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Closed())
        for task in self._tasks:
            task.cancel()

    def _settle(self, message: dict[str, Any]) -> None:
        number, error = message.get("id"), message.get("error")
        future = self._waiting.get(number) if isinstance(number, int) else None
        if future is None or future.done():
            return
        if error is None:
            future.set_result(message.get("result"))
        elif isinstance(error, dict):
            code, words = error.get("code", "error"), error.get("message", "")
            future.set_exception(RemoteError(str(code), str(words)))
        else:
            future.set_exception(RemoteError("error", str(error)))

    def _notified(self, method: str, params: Params) -> None:
        handler = self._notifications.get(method)
        if handler is None:
            log.warning("unknown notification", method=method)
            return
        try:
            handler(params)
        except Exception:
            log.exception("notification failed", method=method)

    async def _answer(self, number: int, method: str, params: Params) -> None:
        reply: dict[str, Any] = {"id": number}
        try:
            handler = self._requests[method]
        except KeyError:
            reply["error"] = {"code": "unknown-method", "message": f"no method {method!r}"}
        else:
            try:
                reply["result"] = await handler(params)
            except RemoteError as error:
                reply["error"] = {"code": error.code, "message": str(error)}
            except Exception as error:
                log.exception("request failed", method=method)
                reply["error"] = {"code": "internal", "message": repr(error)}
        await self._send(json.dumps(reply))
