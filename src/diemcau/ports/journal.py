"""Reading the log book, and the key that signs where it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from diemcau.domain.journal import Head, Sealed


class JournalStore(Protocol):
    """Entries as they were sealed. Writing them is part of the commit of what they tell of."""

    async def entries(
        self, after: int, limit: int, subject: str = "", actor: str = ""
    ) -> Sequence[Sealed]:
        """At most ``limit`` entries whose number is above ``after``, in the order of their numbers;
        where they are named, of this actor only, and of this subject or what lies under it only
        (``dossier/d1`` also means ``dossier/d1/script``). Raises ``StoreFailed``.

        An entry that somebody tampered with is given as it is found, for ``verify`` to name."""
        ...

    async def last(self) -> Sealed | None:
        """The entry with the highest number. Raises ``StoreFailed``."""
        ...


class HeadCheck(Protocol):
    """Whoever has the public key can check a head; nobody needs the server for it."""

    @property
    def public_key(self) -> str:
        """As text (PEM), always the same for the same key."""
        ...

    def check(self, head: Head) -> bool:
        """Whether the head was signed, as it is, with this key."""
        ...


class Sealer(HeadCheck, Protocol):
    def sign(self, seq: int, hash: str, at: datetime) -> Head:
        """Vouch for the log as far as this entry."""
        ...
