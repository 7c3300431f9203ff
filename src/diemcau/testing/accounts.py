"""Accounts kept in memory, and passwords and codes without their cost."""

from datetime import datetime

from diemcau.domain.accounts import Account
from diemcau.domain.passwords import normalized
from diemcau.ports.store import StoreFailed


class MemoryAccounts:
    """``failing`` makes every write fail, as a full disk does."""

    def __init__(self, *accounts: Account) -> None:
        self.failing = False
        self.kept = {account.id: account for account in accounts}

    async def accounts(self) -> list[Account]:
        return list(self.kept.values())

    async def save_account(self, account: Account, actor: str) -> None:
        if self.failing:
            raise StoreFailed("the disk is full")
        self.kept[account.id] = account


class FakePasswords:
    """``version`` stands for the parameters of a real hash; ``verified`` counts the work done."""

    def __init__(self, version: int = 1) -> None:
        self._prefix = f"fake${version}$"
        self.verified = 0

    def hash(self, password: str) -> str:
        return self._prefix + normalized(password)

    def verify(self, password: str, password_hash: str) -> tuple[bool, str | None]:
        self.verified += 1
        kind, _, rest = password_hash.partition("$")
        right = kind == "fake" and rest.partition("$")[2] == normalized(password)
        outdated = right and not password_hash.startswith(self._prefix)
        return right, self.hash(password) if outdated else None


class FakeCodes:
    """The code of a step is its last six digits, whatever the secret."""

    def __init__(self) -> None:
        self._made = 0

    def new_secret(self) -> str:
        self._made += 1
        return f"SECRET{self._made}"

    def uri(self, secret: str, account: str, issuer: str) -> str:
        return f"otpauth://totp/{account}?secret={secret}&issuer={issuer.replace(' ', '%20')}"

    def picture(self, uri: str) -> str:
        return f"<svg><title>{uri.replace('&', '&amp;')}</title></svg>"

    def verify(self, secret: str, code: str, now: datetime, last_step: int) -> int | None:
        present = int(now.timestamp()) // 30
        steps = (step for step in (present - 1, present, present + 1) if step > last_step)
        return next((step for step in steps if fake_code(step) == code.strip()), None)


def fake_code(step: int) -> str:
    return f"{step % 10**6:06d}"
