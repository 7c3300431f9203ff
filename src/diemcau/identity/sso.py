"""How this server is registered at an identity provider, from a TOML file of its own.

The file holds a secret, so it is readable by its owner alone.
"""

import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from diemcau.domain.refusal import Invalid, Text
from diemcau.identity.oidc import Client

NAMES = ("issuer", "client_id", "secret")


class BadSso(Invalid):
    id = "bad-sso-settings"
    title = Text("Cấu hình đăng nhập một lần sai", "Single sign-on is set up wrongly")


def read_client(file: Path) -> Client:
    """``issuer``, ``client_id`` and, for a client that has one, ``secret``; raises ``BadSso`` with
    all that must be mended."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadSso(
            f"Không đọc được {file}: {error}. Tệp phải là TOML (UTF-8) có issuer, client_id và"
            " secret.",
            f"Cannot read {file}: {error}. It shall be TOML (UTF-8) with issuer, client_id and"
            " secret.",
        ) from None
    wrong = "; ".join(_faults(table))
    if wrong:
        raise BadSso(
            f"Sửa các mục sau trong {file} rồi khởi động lại: {wrong}.",
            f"Mend these entries of {file}, then start again: {wrong}.",
        )
    return Client(table["issuer"], table["client_id"], table.get("secret", ""))


def _faults(table: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(table.keys() - set(NAMES)):
        yield f"{name}: no such entry; there are {', '.join(NAMES)}"
    for name in NAMES:
        value = table.get(name, "")
        if not isinstance(value, str):
            yield f"{name}: a text in quotes is needed"
        elif not value.strip() and name != "secret":
            yield f"{name}: it is missing"
    issuer = table.get("issuer")
    if issuer and isinstance(issuer, str) and not _trustworthy(issuer):
        yield "issuer: an address https://… is needed, as the provider writes it of itself"


def _trustworthy(issuer: str) -> bool:
    """OpenID Connect Discovery 1.0, 3: https, no query, no fragment; on loopback also http."""
    try:
        parts = urlsplit(issuer)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
