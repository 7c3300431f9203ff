"""A process that sends what its file holds by mail, to be killed: ``FILE PORT``.

Its store is a file of JSON lines, the last of each message counting. It ends when all is sent.
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from diemcau.couriers import MailCourier, MailSettings
from diemcau.domain.outbox import Channel, Message
from diemcau.services.clock import SystemClock
from diemcau.services.outbox import Outbox

JSON = TypeAdapter(Message)


class LinesStore:
    """A line that was cut short by a kill is no line, and spoils no other."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def messages(self) -> list[Message]:
        return [message for message in self.all().values() if not message.ended]

    async def save_message(self, message: Message) -> None:
        with self._file.open("ab") as output:
            output.write(b"\n" + JSON.dump_json(message))

    def all(self) -> dict[str, Message]:
        found: dict[str, Message] = {}
        for line in self._file.read_bytes().split(b"\n"):
            with suppress(ValidationError):
                message = JSON.validate_json(line)
                found[message.id] = message
        return found


async def main(file: Path, port: int) -> None:
    store = LinesStore(file)
    left = {message.id for message in await store.messages()}
    settings = MailSettings(host="127.0.0.1", port=port, security="none", sender="hnth@x.vn")
    courier = MailCourier(settings)

    def changed(message: Message) -> None:
        if message.ended:
            left.discard(message.id)
        if not left:
            outbox.stop()

    outbox = Outbox(store, {Channel.MAIL: courier}, SystemClock(), changed, at_once=4)
    if left:
        await outbox.run()
    await courier.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
