"""Passwords hashed beside the event loop, few at a time: each takes 64 MiB and a core for a while,
and whoever floods the sign-in shall wait, not everybody."""

import asyncio
from secrets import token_hex

from diemcau.ports.accounts import Passwords

AT_ONCE = 2


class Hashing:
    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._free = asyncio.Semaphore(AT_ONCE)
        self._nobodys = passwords.hash(token_hex())

    async def hash(self, password: str) -> str:
        async with self._free:
            return await asyncio.to_thread(self._passwords.hash, password)

    async def verify(self, password: str, password_hash: str) -> tuple[bool, str | None]:
        """As ``Passwords.verify``; where there is no hash (""), it takes as long, and is wrong."""
        against = password_hash or self._nobodys
        async with self._free:
            right, better = await asyncio.to_thread(self._passwords.verify, password, against)
        return right and bool(password_hash), better
