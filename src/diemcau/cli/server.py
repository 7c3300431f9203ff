"""``diemcau server``: listen, and say where."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from diemcau.bootstrap import PortTaken, Settings, build_server, is_loopback, listen, serve
from diemcau.cli import logs
from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role
from diemcau.identity import (
    Client,
    DerivedAgentKeys,
    JwtTokens,
    Tls,
    load_secret,
    read_client,
    self_signed,
)
from diemcau.ports.clock import Clock
from diemcau.services.clock import FastClock, SystemClock

CLOCK_FILE = "rehearsed-since"


def run(
    settings: Settings,
    host: str,
    port: int,
    plain: list[str],
    certificate: Path | None,
    private_key: Path | None,
) -> None:
    """HTTP on loopback and on the addresses named ``plain``, HTTPS on any other."""
    logs.configure()
    if host in ("0.0.0.0", "::"):
        raise Invalid(
            "Hãy ghi địa chỉ mà máy khác dùng để tới máy này, không ghi 0.0.0.0: --host ĐỊA_CHỈ.",
            "Name the address by which other machines reach this one: --host ADDRESS.",
        )
    open_addresses = list(dict.fromkeys(["127.0.0.1", *plain]))
    secure_addresses = [] if host in open_addresses or is_loopback(host) else [host]
    if is_loopback(host):
        open_addresses = list(dict.fromkeys([host, *plain]))
    _require_address(settings.public_url)
    tls = _tls(settings.data, secure_addresses, certificate, private_key)
    app = build_server(settings)
    open_sockets = _listen(open_addresses, port)
    port = open_sockets[0].getsockname()[1]
    secure_sockets = _listen(secure_addresses, port) if secure_addresses else []
    for scheme, sockets in (("http", open_sockets), ("https", secure_sockets)):
        for listener in sockets:
            name, number = listener.getsockname()[:2]
            print(f"diemcau: {scheme}://{name}:{number}/", flush=True)
    asyncio.run(serve(app, open_sockets, secure_sockets, tls))


def clock_of(folder: Path, speed: float) -> Clock:
    """The real clock, or the rehearsal's: that one goes on where it was when the server, which
    wrote down since when it runs, comes back."""
    if speed == 1:
        return SystemClock()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / CLOCK_FILE
    if not file.exists():
        file.write_text(datetime.now(UTC).isoformat())
    return FastClock(speed, datetime.fromisoformat(file.read_text()))


def sso_client(file: Path | None) -> Client | None:
    """Raises ``BadSso``."""
    return read_client(file) if file else None


def _require_address(public_url: str) -> None:
    """What stands in mails and links must be a whole address."""
    parts = urlsplit(public_url)
    if public_url and not (parts.scheme in ("http", "https") and parts.hostname):
        raise Invalid(
            f"--public-url «{public_url}» phải là địa chỉ đầy đủ, ví dụ https://hop.tinh.gov.vn.",
            f"--public-url {public_url!r} must be a whole address, as https://meet.example.org.",
        )


def _listen(addresses: list[str], port: int) -> list[socket.socket]:
    try:
        return listen(addresses, port)
    except PortTaken as error:
        raise SystemExit(f"diemcau: {error.strerror}") from None
    except OSError as error:
        raise SystemExit(
            f"diemcau: Không lắng nghe được trên {', '.join(addresses)}: {error.strerror}"
            f" / Cannot listen on {', '.join(addresses)}: {error.strerror}"
        ) from None


def agent_key(mcu: str, folder: Path) -> str:
    return DerivedAgentKeys(load_secret(folder)).key(mcu)


def operator_link(folder: Path, url: str, hours: float) -> str:
    """The first way in: a link to the home page as an operator of all conferences."""
    if not 0 < hours <= 24 * 31:
        raise Invalid("--hours từ 0 đến 744 (31 ngày).", "--hours is from 0 to 744 (31 days).")
    tokens = JwtTokens(load_secret(folder), SystemClock())
    token, _ = tokens.issue("operator", Role.OPERATOR, hours=hours)
    return f"{url.rstrip('/')}/#token={token}"


def _tls(
    folder: Path, addresses: list[str], certificate: Path | None, private_key: Path | None
) -> Tls | None:
    """The certificate given; else one made here, if other machines are to reach the pages."""
    if (certificate is None) != (private_key is None):
        raise Invalid(
            "Cần cả --certificate và --private-key.", "Give --certificate and --private-key."
        )
    if certificate is not None and private_key is not None:
        return Tls(certificate, private_key)
    return self_signed(folder, addresses, datetime.now(UTC)) if addresses else None
