"""Whom couriers deal with: the mail server and the webhooks, from one TOML file (docs/couriers.md).

The file holds a password and secrets, so it is its own file, readable by its owner alone.
"""

import tomllib
from base64 import b64decode
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from diemcau.domain.refusal import Invalid, Text

ADDRESS = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\Z"
)
"""A mail address as every server takes it: ASCII, no quoting (WHATWG HTML, "valid e-mail")."""

SECRET_PREFIX = "whsec_"

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=300)]
Seconds = Annotated[float, Field(gt=0, le=300)]


class BadSettings(Invalid):
    id = "bad-courier-settings"
    title = Text("Cấu hình gửi thông báo sai", "Couriers are set up wrongly")


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MailSettings(_Settings):
    """``[mail]``: the server that takes mail over.

    ``port`` 0: the usual one for ``security`` (tls 465, starttls 587, none 25). ``ca``: a file of
    certificates (PEM) to trust beside the system's. ``timeout_s``: for each answer of the server.
    """

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]+$", max_length=253)]
    sender: Annotated[str, StringConstraints(pattern=ADDRESS.replace(r"\Z", "$"), max_length=254)]
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: Line = ""
    password: SecretStr = SecretStr("")
    sender_name: Line = ""
    ca: Path | None = None
    timeout_s: Seconds = 60

    @model_validator(mode="after")
    def _keeps_the_password(self) -> Self:
        if self.user and self.security == "none" and not _loopback(self.host):
            raise ValueError("security: a password goes over tls or starttls only")
        return self


class WebhookSettings(_Settings):
    """``[[webhook]]``: another system that is told; ``name`` is what messages are addressed to.

    ``secret`` signs what it is told: ``whsec_`` and base64, or a text of at least 16 characters.
    ``timeout_s``: for the whole request.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    url: HttpUrl
    secret: Annotated[SecretStr, Field(min_length=16)]
    ca: Path | None = None
    timeout_s: Seconds = 30

    @property
    def key(self) -> bytes:
        """What the secret means, as Standard Webhooks writes it; raises ``ValueError``."""
        secret = self.secret.get_secret_value()
        if not secret.startswith(SECRET_PREFIX):
            return secret.encode()
        return b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        try:
            _ = self.key
        except ValueError:
            raise ValueError(f"secret: what follows {SECRET_PREFIX} is not base64") from None
        return self


class CourierSettings(_Settings):
    """Whatever is missing is not set up: its messages wait until it is."""

    mail: MailSettings | None = None
    webhook: tuple[WebhookSettings, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [webhook.name for webhook in self.webhook]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"webhook: two are called {min(twice)!r}")
        return self

    @model_validator(mode="after")
    def _files_exist(self) -> Self:
        for owner in (self.mail, *self.webhook):
            if owner is not None and owner.ca is not None and not owner.ca.is_file():
                raise ValueError(f"ca: there is no file {owner.ca}")
        return self


def read_settings(file: Path) -> CourierSettings:
    """From a TOML file; raises ``BadSettings`` with every entry that must be mended."""
    try:
        return CourierSettings.model_validate(tomllib.loads(file.read_text("utf-8")))
    except ValidationError as error:
        wrong = "; ".join(_entry(one["loc"], one["msg"]) for one in error.errors())
        raise BadSettings(
            f"Sửa các mục sau trong {file} rồi khởi động lại: {wrong}.",
            f"Mend these entries of {file}, then start again: {wrong}.",
        ) from None
    except (OSError, ValueError) as error:
        raise BadSettings(
            f"Không đọc được {file}: {error}. Tệp phải là TOML (UTF-8), có mục [mail] hoặc"
            " [[webhook]].",
            f"Cannot read {file}: {error}. It shall be TOML (UTF-8) with [mail] or [[webhook]].",
        ) from None


def _entry(location: tuple[int | str, ...], message: str) -> str:
    """``webhook 2 url: …``, counted from 1 as people do."""
    where = " ".join(str(part + 1) if isinstance(part, int) else part for part in location)
    said = message.removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
