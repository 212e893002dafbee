"""What the settings are made of: faults, and the forms of single values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

TELEGRAM = "https://api.telegram.org"
OWN_PATHS = ("/healthz", "/readyz", "/metrics", "/calendar", "/app")
"""Where the bot's own pages begin: the webhook cannot lie there."""
HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where it stands, what stands there (never a secret), what is expected.

    A note is no fault: something worth knowing that stops nothing.
    """

    where: str
    value_shown: str
    expected: str
    is_note: bool = False

    def __str__(self) -> str:
        shown = f" {self.value_shown}" if self.value_shown else ""
        return f"{self.where}:{shown} - {'' if self.is_note else 'expected '}{self.expected}"


class ConfigFaults(Exception):
    """The settings cannot be used; `faults` holds all that is wrong with them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def _web_address(value: str) -> str:
    found = urlsplit(value)
    if found.scheme not in {"http", "https"} or not found.hostname or found.query or found.fragment or found.username:
        raise ValueError
    _ = found.port  # raises ValueError where it is none
    return value.rstrip("/")


def api_root(value: str) -> str:
    """The Bot API server's root."""
    if value and re.search(r"/bot\d*$", _web_address(value)):
        raise ValueError
    return _web_address(value)


def webhook_address(value: str) -> str:
    """An address that Telegram can call."""
    if not value:
        return value
    address = urlsplit(_web_address(value))
    own = any(address.path == one or address.path.startswith(f"{one}/") for one in OWN_PATHS)
    if (address.scheme == "http" and not is_loopback(address.hostname or "")) or own:
        raise ValueError
    return value


def public_address(value: str) -> str:
    """An address under which pages are reached."""
    if not value:
        return value
    address = urlsplit(_web_address(value))
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        raise ValueError
    return value.rstrip("/")


def zone_name(value: str) -> str:
    """A time zone's name."""
    try:
        ZoneInfo(value)
    except (OSError, KeyError):  # a folder's name, an unknown name
        raise ValueError from None
    return value


def matches(pattern: str) -> AfterValidator:
    """A secret of this form, or nothing."""

    def look(value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(pattern, value.get_secret_value(), re.ASCII):
            raise ValueError
        return value

    return AfterValidator(look)


def database_address(value: SecretStr) -> SecretStr:
    """A database's address."""
    normal_url(value.get_secret_value())
    return value


class Section(BaseModel):
    """A table of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def key(default: Any, expected: str, **limits: Any) -> Any:
    """A key with its default; `expected` is what a fault says. Texts lose blanks at their ends."""
    return Field(default, description=expected, **limits)


Text = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
Rate = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]


def normal_url(value: str) -> URL:
    """The database's address with the driver that the bot uses. Raises ValueError where it is none."""
    try:
        address = make_url(value)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError("not an address of a database") from None
    if backend == "sqlite" and address.database and address.database != ":memory:" and not address.host:
        return address.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"} and address.database:
        return address.set(drivername="postgresql+psycopg")
    raise ValueError("neither a SQLite file nor a PostgreSQL database")


def is_loopback(host: str) -> bool:
    """Whether the name or address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
