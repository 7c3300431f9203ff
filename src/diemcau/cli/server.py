"""``diemcau server``: listen, and say where."""

import asyncio
import logging
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import structlog

from diemcau.bootstrap import PortTaken, Settings, build_server, listen, serve
from diemcau.domain.refusal import Invalid
from diemcau.identity import DerivedAgentKeys, Tls, load_secret, self_signed


def run(
    province: str,
    folder: Path,
    host: str,
    port: int,
    also: list[str],
    database: str,
    certificate: Path | None,
    private_key: Path | None,
) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    addresses = list(dict.fromkeys([host, *also]))
    tls = _tls(folder, host, addresses, certificate, private_key)
    app = build_server(Settings(data=folder, province=province, database=database))
    try:
        sockets = listen(addresses, port)
    except PortTaken as error:
        raise SystemExit(f"diemcau: {error.strerror}") from None
    except OSError as error:
        raise SystemExit(
            f"diemcau: Không lắng nghe được trên {addresses}: {error.strerror}"
            f" / Cannot listen on {addresses}: {error.strerror}"
        ) from None
    for listener in sockets:
        name, number = listener.getsockname()[:2]
        print(f"diemcau: {'https' if tls else 'http'}://{name}:{number}/", flush=True)
    asyncio.run(serve(app, sockets, tls))


def agent_key(mcu: str, folder: Path) -> str:
    return DerivedAgentKeys(load_secret(folder)).key(mcu)


def is_local(host: str) -> bool:
    """Whether only this machine reaches the address (browsers trust its pages without TLS)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(
    folder: Path,
    host: str,
    addresses: list[str],
    certificate: Path | None,
    private_key: Path | None,
) -> Tls | None:
    """The certificate given; else one made here, if other machines are to reach the pages."""
    if (certificate is None) != (private_key is None):
        raise Invalid(
            "Cần cả --certificate và --private-key.", "Give --certificate and --private-key."
        )
    if certificate is not None and private_key is not None:
        return Tls(certificate, private_key)
    if is_local(host):
        return None
    return self_signed(folder, addresses, datetime.now(UTC))
