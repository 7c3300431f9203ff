"""What an operator of the server decides."""

from dataclasses import dataclass, field
from pathlib import Path

from diemcau.identity import Client
from diemcau.ports.clock import Clock
from diemcau.services.clock import SystemClock


@dataclass(frozen=True)
class Settings:
    """What an operator of the server decides.

    ``database``: an SQLAlchemy URL, "" for SQLite in the data folder. ``province``: the directory
    of a new database. ``agent_keys``: a TOML file of keys, None for keys derived from the secret.
    ``public_url``: how pages reach the server, "" to take it from each request (mails then carry
    no links). ``couriers``: the TOML file of mail and webhooks, None for neither.
    """

    data: Path
    database: str = ""
    province: str = "vinh-phuc-2022"
    max_sites: int = 200
    agent_keys: Path | None = None
    public_url: str = ""
    static: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    couriers: Path | None = None
    sso: Client | None = None

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data / 'diemcau.db'}"
