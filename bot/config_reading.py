"""Reads the settings from file and environment. All faults are found in one go, told in plain words, and never show a secret."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot import config_bots
from bot.config import DEFAULT_DATABASE, SECTIONS, Settings
from bot.config_values import HIDDEN, TELEGRAM, ConfigFaults, Fault, is_loopback, normal_url
from bot.logs import clean
from models.vault import KeyFault, parse_keys

DEFAULT_FILE = Path("config.toml")
PREFIX = "BOT_"
_TELEGRAM_PORTS = (None, 443, 80, 88, 8443)
"""Ports that Telegram calls (Telegram Bot API, setWebhook)."""
FROM_FILES = {
    "telegram.token_file": "telegram.token",
    "telegram.webhook_secret_file": "telegram.webhook_secret",
    "database.password_file": "database.url",
}
"""Keys that name a file with a secret, and the key that the secret goes to (a password: into the address)."""
SECRET = frozenset({"telegram.token", "telegram.webhook_secret", "database.url", "keys.value"})
KNOWN = frozenset({f"{name}.{key}" for name, model in SECTIONS.items() for key in model.model_fields} | set(FROM_FILES))
"""Every key, as section.key."""
_COPY = "cp config.example.toml config.toml"
_DUMMY = {"telegram.token": "0:" + "x" * 30, "telegram.webhook_secret": "x"}
"""Stand in for a secret whose file is told as a fault already, so that it is not told twice."""
_KIND = re.compile(r"^bots\[\d+\]\.")


def find(asked: Path | None) -> Path | None:
    """The file to load: the one asked for, or config.toml where there is one, or none."""
    return asked or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)


def load(path: Path | None, environ: Mapping[str, str], *, need_token: bool = True) -> Settings:
    """Reads file and environment. Raises ConfigFaults with all that is wrong.

    `need_token`: False for commands that never call Telegram (import, migrate, backup).
    """
    reading = _Reading(path, environ)
    reading.resolve_files()
    if reading.bots:
        reading.demand_bots(need_token=need_token)
    else:
        if need_token:
            reading.demand_token()
        reading.demand_webhook()
    reading.demand_public()
    nested: dict[str, Any] = {}
    for name, value in reading.values.items():
        if config_bots.split(name) is None:
            section, _, key = name.partition(".")
            nested.setdefault(section, {})[key] = value
    if reading.bots:
        nested["bots"] = config_bots.tables(reading.values, nested.get("limits", {}), reading.bots)
    try:
        settings = Settings(**nested)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            reading.fault_at(one["loc"])
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
        self.bots = 0
        """How many [[bots]] there are."""
        self._where: dict[str, str] = {}
        self._layer: dict[str, int] = {}
        if path is not None:
            self._read_file(path)
        self._read_environment(environ)

    def fault(self, name: str, expected: str | None = None, shown: str | None = None) -> None:
        """Adds a fault of a key; without `expected`, what its field says."""
        place = config_bots.split(name)
        # A bot of several stands in the file only.
        missing = f"{name} ({_variable(name)})" if place is None else f"{self.path}: {name}"
        where = self._where.get(name, missing)
        if not any(known.where == where for known in self.faults):
            self.faults.append(Fault(where, shown or self._shown(name), expected or expected_of(name)))

    def fault_at(self, place: tuple[int | str, ...]) -> None:
        """Adds the fault of a value that the settings refuse; one of [limits] is told once, not for each bot."""
        if place[0] == "bots" and len(place) > 2:
            name = config_bots.name_of(int(place[1]) + 1, ".".join(str(part) for part in place[2:4]))
            if name in self.values or "limits." not in name:
                self.fault(name)
            return
        self.fault(".".join(str(part) for part in place[:2]))

    def _shown(self, name: str) -> str:
        value = self.values.get(name)
        if value is None or value == "":
            return "nothing"
        place = config_bots.split(name)
        secret = name in SECRET or (place is not None and place[1] in config_bots.SECRETS)
        return HIDDEN if secret else clean(repr(value))[:80]

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
            if section == "bots" and isinstance(keys, list) and all(isinstance(one, dict) for one in keys):
                self._read_bots(path, text, keys)
                continue
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
                    self.faults.append(Fault(where, HIDDEN, "no key in this file: use [keys] file or BOT_KEYS__VALUE"))
                else:
                    self._put(name, value, where, 0)

    def _read_bots(self, path: Path, text: str, bots: list[dict[str, Any]]) -> None:
        self.bots = len(bots)
        for number, table in enumerate(bots, 1):
            for key, value in config_bots.flat(table):
                name = config_bots.name_of(number, key)
                where = f"{path}{config_bots.line(text, number, key)}: {name}"
                if key in config_bots.KNOWN:
                    self._put(name, value, where, 0)
                    continue
                near = get_close_matches(key, sorted(config_bots.KNOWN), 1, 0.6)
                hint = f": did you mean {near[0]}?" if near else ""
                self.faults.append(Fault(where, "not known", f"a key of [[bots]] in config.example.toml{hint}"))

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
        of_bots = {
            config_bots.name_of(number, key): config_bots.name_of(number, target)
            for number in range(1, self.bots + 1)
            for key, target in config_bots.FILES.items()
        }
        for name, target in (FROM_FILES | of_bots).items():
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
                self.values[target] = self.values.get(target) or _DUMMY.get(_KIND.sub("telegram.", target), "")
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
                f"{expected_of('telegram.token')}; also by {_variable('telegram.token')} or token_file{start}",
            )

    def demand_webhook(self) -> None:
        """What the webhook mode needs beside its name."""
        if self.values.get("telegram.mode") != "webhook":
            return
        for name in ("telegram.webhook_url", "telegram.webhook_secret"):
            if not self.values.get(name):
                self.fault(name, f"{expected_of(name)} (needed because telegram.mode is webhook)")
        self._demand_port("telegram.webhook_url")

    def _demand_port(self, name: str) -> None:
        if str(self.values.get("telegram.api_url", TELEGRAM)).rstrip("/") == TELEGRAM:
            try:
                port = urlsplit(str(self.values.get(name, ""))).port
            except ValueError:
                return  # told as a fault of the address
            if port not in _TELEGRAM_PORTS:
                self.fault(name, "a port that Telegram calls: 443, 80, 88 or 8443")

    def demand_bots(self, *, need_token: bool) -> None:
        """What [[bots]] need: nothing beside them that is for one bot alone, and each what it has to have for itself."""
        for name in config_bots.ALONE:
            if self.values.get(name):
                self.fault(name, f"no {name} beside [[bots]]: it stands there, for each")
        webhook = self.values.get("telegram.mode") == "webhook"
        needed = ["school", *(["token"] if need_token else []), *(["webhook_url", "webhook_secret"] if webhook else [])]
        for number in range(1, self.bots + 1):
            for key in needed:
                name = config_bots.name_of(number, key)
                if not self.values.get(name):
                    self.fault(name, f"{expected_of(name)}{' (or token_file)' if key == 'token' else ''}")
            if webhook:
                self._demand_port(config_bots.name_of(number, "webhook_url"))
        for name, told in config_bots.same(self.values, self.bots, webhook=webhook):
            self.fault(name, told)

    def demand_public(self) -> None:
        """Telegram takes the address of a page over https only, and refuses every message with another one in it."""
        public = str(self.values.get("web.public_url", ""))
        api = str(self.values.get("telegram.api_url", TELEGRAM))
        if public.startswith("http:") and not is_loopback(urlsplit(api).hostname or ""):
            self.fault(
                "web.public_url", f"{expected_of('web.public_url')} (http is for trying out on this machine alone)"
            )

    def check_keys(self, settings: Settings) -> None:
        """Keys given in the environment have to be keys."""
        given = settings.keys.value.get_secret_value()
        if given:
            try:
                parse_keys(given)
            except KeyFault as error:
                self.fault("keys.value", f"{expected_of('keys.value')}; {error}")


def _secret_of(place: object) -> str | None:
    try:
        text = Path(str(place)).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError):
        return None
    return text if text and "\n" not in text else None


def expected_of(name: str) -> str:
    """What a fault of that key says."""
    if (place := config_bots.split(name)) is not None:
        return config_bots.expected(place[1])
    section, _, key = name.partition(".")
    field = SECTIONS[section].model_fields.get(key) if section in SECTIONS else None
    return (field.description if field else None) or "another value"


def _variable(name: str) -> str:
    return PREFIX + name.upper().replace(".", "__")


def _line(text: str, section: str, name: str) -> str:
    """':12' where the key stands on a line of its own under its section's heading, otherwise nothing."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = heading[1]
        elif current == section and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=", line):
            return f":{number}"
    return ""
