"""The settings: one typed object, made once at the start from a TOML file and the environment.

Every key can stand in the file or in the environment (`[telegram] token` is BOT_TELEGRAM__TOKEN, which wins; an empty
variable counts as not set). Secrets can also stand in files of their own. All faults are found in one go, told in
plain words, and never show a secret.
"""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.logs import clean
from models.appointments.rules import VisitRules
from models.events.rules import EventRules
from models.vault import KeyFault, parse_keys

DEFAULT_FILE = Path("config.toml")
DEFAULT_DATABASE = "sqlite:///data/mentor.db"
PREFIX = "BOT_"
TELEGRAM = "https://api.telegram.org"
OWN_PATHS = ("/healthz", "/readyz", "/metrics", "/calendar", "/app")
"""Where the bot's own pages begin: the webhook cannot lie there."""
_TELEGRAM_PORTS = (None, 443, 80, 88, 8443)
"""Ports that Telegram calls (Telegram Bot API, setWebhook)."""
_HIDDEN = "(hidden)"


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


def _root(value: str) -> str:
    if value and re.search(r"/bot\d*$", _web_address(value)):
        raise ValueError
    return _web_address(value)


def _webhook_address(value: str) -> str:
    if not value:
        return value
    address = urlsplit(_web_address(value))
    own = any(address.path == one or address.path.startswith(f"{one}/") for one in OWN_PATHS)
    if (address.scheme == "http" and not is_loopback(address.hostname or "")) or own:
        raise ValueError
    return value


def _public(value: str) -> str:
    if not value:
        return value
    address = urlsplit(_web_address(value))
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        raise ValueError
    return value.rstrip("/")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, KeyError):  # a folder's name, an unknown name
        raise ValueError from None
    return value


def _matches(pattern: str) -> AfterValidator:
    def look(value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(pattern, value.get_secret_value(), re.ASCII):
            raise ValueError
        return value

    return AfterValidator(look)


def _database(value: SecretStr) -> SecretStr:
    normal_url(value.get_secret_value())
    return value


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _key(default: Any, expected: str, **limits: Any) -> Any:
    """A key with its default; `expected` is what a fault says. Texts lose blanks at their ends."""
    return Field(default, description=expected, **limits)


Text = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
Rate = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]


class Telegram(_Section):
    """[telegram]; times in seconds."""

    token: Annotated[SecretStr, _matches(r"\d+:[\w-]{30,}")] = _key(
        SecretStr(""), "the bot's token as BotFather gave it: digits, a colon, letters"
    )
    api_url: Annotated[Text, AfterValidator(_root)] = _key(
        TELEGRAM, "the Bot API server's root, like https://api.telegram.org, without /bot and without a question mark"
    )
    mode: Literal["polling", "webhook"] = _key("polling", '"polling" or "webhook"')
    webhook_url: Annotated[Text, AfterValidator(_webhook_address)] = _key(
        "",
        "an https address that Telegram can reach (http only for this machine itself), not one of the bot's own pages:"
        " /healthz, /readyz, /metrics, /calendar, /app",
    )
    webhook_secret: Annotated[SecretStr, _matches(r"[\w-]{1,256}")] = _key(
        SecretStr(""), "1 to 256 of the characters A-Z a-z 0-9 _ -"
    )
    poll_timeout: int = _key(25, "whole seconds from 1 to 50", ge=1, le=50)


class DatabaseKeys(_Section):
    """[database]; the address may hold a password."""

    url: Annotated[SecretStr, AfterValidator(_database)] = _key(
        SecretStr(DEFAULT_DATABASE),
        "sqlite:///path/of/the/file.db (a file, not memory) or postgresql://user:password@host/name",
    )


class Keys(_Section):
    """[keys]: what seals names, phone numbers and messages."""

    file: Annotated[Text, Field(min_length=1)] = _key("data/keys.txt", "the key file's path")
    value: SecretStr = _key(SecretStr(""), "lines or comma-separated parts 'id:base64 of 32 bytes'")


class Web(_Section):
    """[web]: where health, metrics and the webhook are served."""

    host: Annotated[Text, Field(min_length=1)] = _key(
        "127.0.0.1", "an address of this machine, like 127.0.0.1 or 0.0.0.0"
    )
    port: int = _key(8081, "a port from 1 to 65535, or 0 for any free one", ge=0, le=65535)
    public_url: Annotated[Text, AfterValidator(_public)] = _key(
        "", "the https address under which this machine's pages are reached, without a question mark; empty for nowhere"
    )


class School(_Section):
    """[school]: what people are told, and the school's time."""

    name: Text = _key("", "the school's name as in the roster; empty for every school of the roster")
    zone: Annotated[Text, AfterValidator(_zone)] = _key("Asia/Shanghai", "a time zone's name like Asia/Shanghai")
    invite_days: int = _key(30, "whole days from 1 to 365", ge=1, le=365)
    phone: Text = _key("", "a text of at most 100 characters", max_length=100)
    notice_operator: Text = _key("", "a text of at most 200 characters", max_length=200)


class Hours(_Section):
    """[hours]: when messages go out, and by when they are answered."""

    keep: bool = _key(True, "true or false")
    answer_days: int = _key(2, "whole school days from 1 to 20", ge=1, le=20)


def _from_json(value: Any) -> Any:
    """A list within the environment is written as JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


Step = Annotated[
    tuple[Literal["mentor", "chief_mentor", "counsellor", "duty_leader", "admin"], ...], Field(min_length=1)
]


class Urgent(_Section):
    """[urgent]: who is paged about a child's safety."""

    path: Annotated[tuple[Step, ...], BeforeValidator(_from_json)] = _key(
        (("mentor",), ("chief_mentor",), ("counsellor",), ("duty_leader",)),
        "a list of steps, each a list of roles: mentor, chief_mentor, counsellor, duty_leader, admin",
        min_length=1,
    )
    minutes: int = _key(10, "whole minutes from 1 to 240", ge=1, le=240)
    duty_phone: Text = _key("", "a text of at most 60 characters", max_length=60)


Level = Annotated[str, BeforeValidator(lambda value: value.strip()), Field(min_length=1, max_length=12)]


class TeamKeys(_Section):
    """[team]: what the class team uses among itself."""

    levels: Annotated[tuple[Level, ...], BeforeValidator(_from_json)] = _key(
        ("平稳", "关注", "重点"),
        "a list of 2 to 5 names of at most 12 characters, from what needs nothing to what needs most",
        min_length=2,
        max_length=5,
    )


class VisitKeys(_Section):
    """[visits]: home visits and set hours."""

    teachers: int = _key(2, "1 or 2", ge=1, le=2)
    minutes: int = _key(30, "whole minutes from 10 to 180, a multiple of 5", ge=10, le=180, multiple_of=5)
    hour_minutes: int = _key(15, "whole minutes from 5 to 120, a multiple of 5", ge=5, le=120, multiple_of=5)
    latest: Annotated[Text, Field(pattern=r"^([01]?\d|2[0-3]):[0-5][05]$")] = _key(
        "20:00", "a time of day like 20:00, minutes a multiple of 5"
    )
    travel_minutes: int = _key(30, "whole minutes from 0 to 240, a multiple of 5", ge=0, le=240, multiple_of=5)
    near_minutes: int = _key(10, "whole minutes from 0 to 240, a multiple of 5", ge=0, le=240, multiple_of=5)
    most_per_week: int = _key(6, "a whole number from 1 to 100", ge=1, le=100)
    notice_hours: int = _key(24, "whole hours from 1 to 240", ge=1, le=240)
    safety_minutes: int = _key(60, "whole minutes from 10 to 240", ge=10, le=240)
    safety_step_minutes: int = _key(15, "whole minutes from 5 to 120", ge=5, le=120)

    def rules(self) -> VisitRules:
        """The same as the rules take it."""
        hour, _, minute = self.latest.partition(":")
        return VisitRules(
            teachers=self.teachers,
            minutes=self.minutes,
            hour_minutes=self.hour_minutes,
            latest=int(hour) * 60 + int(minute),
            travel_minutes=self.travel_minutes,
            near_minutes=self.near_minutes,
            most_per_week=self.most_per_week,
            notice_hours=self.notice_hours,
            safety_minutes=self.safety_minutes,
            safety_step_minutes=self.safety_step_minutes,
        )


class EventKeys(_Section):
    """[events]: parent classes and other events."""

    lectures: int = _key(1, "a whole number from 1 to 10", ge=1, le=10)
    topic_days: int = _key(21, "whole days from 7 to 60", ge=7, le=60)
    remind_minutes: int = _key(60, "whole minutes from 15 to 360", ge=15, le=360)
    sign_in_minutes: int = _key(30, "whole minutes from 5 to 120", ge=5, le=120)
    questions_days: int = _key(3, "whole days from 1 to 14", ge=1, le=14)
    keep_days: int = _key(30, "whole days from 14 to 200", ge=14, le=200)

    def rules(self) -> EventRules:
        """The same as the rules take it."""
        return EventRules(**self.model_dump())


class LimitKeys(_Section):
    """[limits]: how fast may be sent."""

    bulk_per_second: Rate = _key(29.5, "messages a second, above 0")
    chat_per_second: Rate = _key(1.0, "messages a second, above 0")
    chat_burst: int = _key(5, "a whole number from 1 to 100", ge=1, le=100)
    person_per_minute: int = _key(20, "a whole number from 1 to 100000", ge=1, le=100_000)
    in_flight: int = _key(32, "a whole number from 1 to 1000", ge=1, le=1000)


class Logs(_Section):
    """[logs]."""

    level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(lambda value: value.strip().upper() if isinstance(value, str) else value),
    ] = _key("INFO", '"DEBUG", "INFO", "WARNING" or "ERROR"')
    format: Literal["json", "console"] = _key("json", '"json" or "console"')


class Settings(BaseSettings):
    """All settings. Made by `load`; nothing else reads the file or the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    telegram: Telegram = Telegram()
    database: DatabaseKeys = DatabaseKeys()
    keys: Keys = Keys()
    web: Web = Web()
    school: School = School()
    hours: Hours = Hours()
    urgent: Urgent = Urgent()
    team: TeamKeys = TeamKeys()
    visits: VisitKeys = VisitKeys()
    events: EventKeys = EventKeys()
    limits: LimitKeys = LimitKeys()
    logs: Logs = Logs()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` gives: it merges file and environment itself, to know where each value stands."""
        return (init_settings,)

    @property
    def database_url(self) -> str:
        """The address for SQLAlchemy's synchronous drivers, password included: never log it."""
        return normal_url(self.database.url.get_secret_value()).render_as_string(hide_password=False)

    @property
    def bot_base_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.telegram.api_url}/bot"

    @property
    def file_base_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.telegram.api_url}/file/bot"

    @property
    def webhook_path(self) -> str:
        """The path under which Telegram's calls arrive."""
        return urlsplit(self.telegram.webhook_url).path or "/"


SECTIONS: dict[str, type[BaseModel]] = {
    "telegram": Telegram,
    "database": DatabaseKeys,
    "keys": Keys,
    "web": Web,
    "school": School,
    "hours": Hours,
    "urgent": Urgent,
    "team": TeamKeys,
    "visits": VisitKeys,
    "events": EventKeys,
    "limits": LimitKeys,
    "logs": Logs,
}
FROM_FILES = {
    "telegram.token_file": "telegram.token",
    "telegram.webhook_secret_file": "telegram.webhook_secret",
    "database.password_file": "database.url",
}
"""Keys that name a file with a secret, and the key that the secret goes to (a password: into the address)."""
_SECRET = frozenset({"telegram.token", "telegram.webhook_secret", "database.url", "keys.value"})
KNOWN = frozenset({f"{name}.{key}" for name, model in SECTIONS.items() for key in model.model_fields} | set(FROM_FILES))
"""Every key, as section.key."""


def find(asked: Path | None) -> Path | None:
    """The file to load: the one asked for, or config.toml where there is one, or none."""
    return asked or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)


def load(path: Path | None, environ: Mapping[str, str], *, need_token: bool = True) -> Settings:
    """Reads file and environment. Raises ConfigFaults with all that is wrong.

    `need_token`: False for commands that never call Telegram (import, migrate, backup).
    """
    reading = _Reading(path, environ)
    reading.resolve_files()
    if need_token:
        reading.demand_token()
    reading.demand_webhook()
    reading.demand_public()
    nested: dict[str, dict[str, Any]] = {}
    for name, value in reading.values.items():
        section, _, key = name.partition(".")
        nested.setdefault(section, {})[key] = value
    try:
        settings = Settings(**nested)  # type: ignore[arg-type] # values are checked there
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            reading.fault(".".join(str(part) for part in one["loc"][:2]))
    else:
        reading.check_keys(settings)
        if not reading.faults:
            return settings
    raise ConfigFaults(reading.faults)


class _Reading:
    """Values as they stand, where each stands, and the faults so far."""

    def __init__(self, path: Path | None, environ: Mapping[str, str]) -> None:
        self.path = path
        self.values: dict[str, Any] = {}
        self.faults: list[Fault] = []
        self._where: dict[str, str] = {}
        self._layer: dict[str, int] = {}
        if path is not None:
            self._read_file(path)
        self._read_environment(environ)

    def fault(self, name: str, expected: str | None = None, shown: str | None = None) -> None:
        """Adds a fault of a key; without `expected`, what its field says."""
        where = self._where.get(name, f"{name} ({_variable(name)})")
        if not any(known.where == where for known in self.faults):
            self.faults.append(Fault(where, shown or self._shown(name), expected or _expected(name)))

    def _shown(self, name: str) -> str:
        value = self.values.get(name)
        if value is None or value == "":
            return "nothing"
        return _HIDDEN if name in _SECRET else clean(repr(value))[:80]

    def _read_file(self, path: Path) -> None:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            found = tomllib.loads(text)
        except FileNotFoundError:
            raise ConfigFaults([Fault(str(path), "no such file", f"a file made by: {_COPY}")]) from None
        except OSError as error:
            raise ConfigFaults([Fault(str(path), error.strerror or "", "a file that can be read")]) from None
        except UnicodeDecodeError:
            raise ConfigFaults([Fault(str(path), "not UTF-8", "a text file in UTF-8")]) from None
        except tomllib.TOMLDecodeError as error:
            # The parser names line and column itself, and never shows the line.
            raise ConfigFaults([Fault(str(path), str(error), "TOML, as in config.example.toml")]) from None
        for section, keys in found.items():
            if not isinstance(keys, dict):
                self._unknown(f"{path}: {section}", section, f"a section [{section}]" if section in SECTIONS else "")
                continue
            if section not in SECTIONS:
                self._unknown(f"{path}: [{section}]", section)
                continue
            for key, value in keys.items():
                name, where = f"{section}.{key}", f"{path}{_line(text, section, key)}: {section}.{key}"
                if name not in KNOWN:
                    self._unknown(where, name)
                elif name == "keys.value":
                    self.faults.append(Fault(where, _HIDDEN, "no key in this file: use [keys] file or BOT_KEYS__VALUE"))
                else:
                    self._put(name, value, where, 0)

    def _read_environment(self, environ: Mapping[str, str]) -> None:
        for variable, value in sorted(environ.items()):
            if not variable.upper().startswith(PREFIX) or not value.strip():
                continue
            name = variable[len(PREFIX) :].lower().replace("__", ".", 1)
            if name not in KNOWN:
                self._unknown(f"environment: {variable}", name, as_variable=True)
            else:
                self._put(name, value.strip(), f"environment: {variable}", 1)

    def _put(self, name: str, value: Any, where: str, layer: int) -> None:
        self.values[name], self._where[name], self._layer[name] = value, where, layer

    def _unknown(self, where: str, name: str, expected: str = "", *, as_variable: bool = False) -> None:
        names = sorted(KNOWN) if "." in name or as_variable else sorted(SECTIONS)
        near = get_close_matches(name, names, 1, 0.6)
        hint = f": did you mean {_variable(near[0]) if as_variable else near[0]}?" if near else ""
        # What stands there is not shown: it may be a secret under a misspelt name.
        self.faults.append(Fault(where, "not known", expected or f"a key of config.example.toml{hint}"))

    def resolve_files(self) -> None:
        """Puts secrets from their files where they belong."""
        for name, target in FROM_FILES.items():
            place = self.values.pop(name, None)
            if place is None or place == "":
                continue
            where = self._where[name]
            if name != "database.password_file" and self.values.get(target):
                if self._layer[name] == self._layer[target]:
                    self.faults.append(Fault(where, clean(repr(place)), f"only one of {name} and {target}"))
                    continue
                if self._layer[name] < self._layer[target]:
                    continue
            secret = _secret_of(place)
            if secret is None:
                self.faults.append(
                    Fault(where, clean(repr(place)), "the path of a readable file with the secret in one line")
                )
                self.values[target] = self.values.get(target) or _DUMMY.get(target, "")
            elif name == "database.password_file":
                self._put_password(where, secret)
            else:
                self._put(target, secret, f"{where} ({place})", self._layer[name])

    def _put_password(self, where: str, secret: str) -> None:
        try:
            address = normal_url(str(self.values.get("database.url", DEFAULT_DATABASE)))
        except ValueError:
            return  # the address itself is told as a fault
        if address.get_backend_name() == "sqlite" or address.password:
            self.faults.append(Fault(where, "", "a PostgreSQL address without a password of its own in database.url"))
            return
        self.values["database.url"] = address.set(password=secret).render_as_string(hide_password=False)

    def demand_token(self) -> None:
        """The token has to stand somewhere."""
        if not self.values.get("telegram.token"):
            start = "" if self.path else f"; to begin with a file: {_COPY}"
            self.fault(
                "telegram.token",
                f"{_expected('telegram.token')}; also by {_variable('telegram.token')} or token_file{start}",
            )

    def demand_webhook(self) -> None:
        """What the webhook mode needs beside its name."""
        if self.values.get("telegram.mode") != "webhook":
            return
        for name in ("telegram.webhook_url", "telegram.webhook_secret"):
            if not self.values.get(name):
                self.fault(name, f"{_expected(name)} (needed because telegram.mode is webhook)")
        if self.values.get("telegram.api_url", TELEGRAM).rstrip("/") == TELEGRAM:
            try:
                port = urlsplit(str(self.values.get("telegram.webhook_url", ""))).port
            except ValueError:
                return  # told as a fault of the address
            if port not in _TELEGRAM_PORTS:
                self.fault("telegram.webhook_url", "a port that Telegram calls: 443, 80, 88 or 8443")

    def demand_public(self) -> None:
        """Telegram takes the address of a page over https only, and refuses every message with another one in it."""
        public = str(self.values.get("web.public_url", ""))
        api = str(self.values.get("telegram.api_url", TELEGRAM))
        if public.startswith("http:") and not is_loopback(urlsplit(api).hostname or ""):
            self.fault(
                "web.public_url", f"{_expected('web.public_url')} (http is for trying out on this machine alone)"
            )

    def check_keys(self, settings: Settings) -> None:
        """Keys given in the environment have to be keys."""
        given = settings.keys.value.get_secret_value()
        if given:
            try:
                parse_keys(given)
            except KeyFault as error:
                self.fault("keys.value", f"{_expected('keys.value')}; {error}")


_COPY = "cp config.example.toml config.toml"
_DUMMY = {"telegram.token": "0:" + "x" * 30, "telegram.webhook_secret": "x"}
"""Stand in for a secret whose file is told as a fault already, so that it is not told twice."""


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


def keys_text(settings: Settings) -> str | None:
    """The text of the keys, from the environment or the key file; None where there is no file yet.

    Raises ConfigFaults where the file cannot be read or others may read it. `models.vault.parse_keys` reads the text.
    """
    if settings.keys.value.get_secret_value():
        return settings.keys.value.get_secret_value()
    path = Path(settings.keys.file)
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & 0o077:
            raise ConfigFaults([Fault(f"keys.file {path}", f"mode {mode & 0o777:04o}", f"mode 0600: chmod 600 {path}")])
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigFaults([Fault(f"keys.file {path}", type(error).__name__, "a text file that can be read")]) from None


def write_key_file(path: Path, line: str) -> None:
    """Makes the key file, readable for its owner only, safely on disk.

    Raises FileExistsError: keys are never overwritten.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def check(settings: Settings) -> list[Fault]:
    """What the machine says to the settings: keys, database folder, port, zone. Calls nobody over the network."""
    return [*_check_keys(settings), *_check_database(settings), *_check_port(settings), *_check_zone(settings)]


def _check_keys(settings: Settings) -> list[Fault]:
    where = f"keys.file {settings.keys.file}"
    try:
        text = keys_text(settings)
        if text is not None:
            parse_keys(text)
            return []
    except ConfigFaults as error:
        return error.faults
    except KeyFault as error:
        return [Fault(where, _HIDDEN, f"lines 'id:base64 of 32 bytes'; {error}")]
    file = _sqlite_file(settings)
    if file is not None and file.exists() and file.stat().st_size:
        return [
            Fault(where, "no such file", f"the key file that belongs to {file}: bring it back from where it is kept")
        ]
    return [Fault(where, "no such file", "it is made at the first start if the database is new", is_note=True)]


def _check_database(settings: Settings) -> list[Fault]:
    file = _sqlite_file(settings)
    if file is None:
        return []
    where = f"database.url {file}"
    folder = file.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return [Fault(where, f"{folder} cannot be written", "a folder that this user may write to")]
    if file.exists() and not (file.is_file() and os.access(file, os.R_OK | os.W_OK)):
        return [Fault(where, "cannot be written", "a database file that this user may read and write")]
    return [] if file.exists() else [Fault(where, "no such file", "it is made at the first start", is_note=True)]


def _check_port(settings: Settings) -> list[Fault]:
    host, port = settings.web.host, settings.web.port
    where = f"web {host} port {port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return [Fault(where, "taken", "a free port (if the bot itself is running, this is it)")]
        return [
            Fault(
                where, error.strerror or "cannot be used", "an address and port of this machine that this user may use"
            )
        ]
    return []


def _check_zone(settings: Settings) -> list[Fault]:
    try:
        _zone(settings.school.zone)
    except ValueError:
        return [Fault("school.zone", settings.school.zone, _expected("school.zone"))]
    return []


def _sqlite_file(settings: Settings) -> Path | None:
    address = normal_url(settings.database.url.get_secret_value())
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def _secret_of(place: object) -> str | None:
    try:
        text = Path(str(place)).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        return None
    return text if text and "\n" not in text else None


def _expected(name: str) -> str:
    section, _, key = name.partition(".")
    field = SECTIONS[section].model_fields.get(key) if section in SECTIONS else None
    return (field.description if field else None) or "another value"


def _variable(name: str) -> str:
    return PREFIX + name.upper().replace(".", "__")


def _line(text: str, section: str, key: str) -> str:
    """':12' where the key stands on a line of its own under its section's heading, otherwise nothing."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = heading[1]
        elif current == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f":{number}"
    return ""
