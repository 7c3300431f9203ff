"""Passwords as Argon2id hashes (RFC 9106), by pwdlib."""

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from diemcau.domain.passwords import normalized


class ArgonPasswords:
    """``hasher``: with other parameters than the library's (64 MiB, 3 passes, 4 lanes)."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hashes = PasswordHash((hasher or Argon2Hasher(),))

    def hash(self, password: str) -> str:
        return self._hashes.hash(normalized(password))

    def verify(self, password: str, password_hash: str) -> tuple[bool, str | None]:
        try:
            return self._hashes.verify_and_update(normalized(password), password_hash)
        except PwdlibError:
            return False, None
