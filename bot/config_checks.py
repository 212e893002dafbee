"""What the machine says to the settings: keys, database folder, port, zone."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from bot.config import Settings
from bot.config_reading import expected_of
from bot.config_values import HIDDEN, ConfigFaults, Fault, normal_url, zone_name
from models.vault import KeyFault, parse_keys


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
        return [Fault(where, HIDDEN, f"lines 'id:base64 of 32 bytes'; {error}")]
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
        zone_name(settings.school.zone)
    except ValueError:
        return [Fault("school.zone", settings.school.zone, expected_of("school.zone"))]
    return []


def _sqlite_file(settings: Settings) -> Path | None:
    address = normal_url(settings.database.url.get_secret_value())
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None
