"""python -m bot invites: one-time links on disk, as a table and as a sheet to print."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection
from telegram import Bot
from telegram.error import TelegramError

from bot.config import Settings
from bot.database import Database
from bot.http_client import AiohttpRequest
from handlers.slips import as_csv, as_sheet
from models import joining
from models.unit import Unit, sql
from models.vault import Vault

console = Console(stderr=True, highlight=False, soft_wrap=True)

_USERNAME = sql("SELECT username FROM bot WHERE id = :id")
_KEEP = sql(
    "INSERT INTO bot (id, username) VALUES (:id, :username) ON CONFLICT (id) DO UPDATE SET username = :username"
)
_SCHOOLS = sql("SELECT id FROM school WHERE :name = '' OR name = :name")


async def write_invites(config: Settings, vault: Vault, out: Path, classes: list[str], number: str | None) -> int:
    """Writes invites.csv and invites.html into `out`, readable by their owner alone. Answers the exit code."""
    database = Database(config.database_url)
    try:
        username = await _username(config, database)
        if username is None:
            console.print("Telegram did not tell the bot's name: check the token and the network, then try again.")
            return 3

        def work(connection: Connection) -> list[joining.Slip] | list[str]:
            unit = Unit(connection, vault, datetime.now(UTC))
            schools = [row.id for row in unit.execute(_SCHOOLS, name=config.school.name)]
            known = joining.classes(unit, schools)
            wanted = [class_id for name in classes for class_id, label in known if _same(name, label)]
            unknown = [name for name in classes if not any(_same(name, label) for _, label in known)]
            if unknown:
                return [
                    f"There is no class {name!r}. Known: {', '.join(label for _, label in known)}" for name in unknown
                ]
            slips = list(
                joining.make_slips(
                    unit,
                    days=config.school.invite_days,
                    school_ids=schools,
                    class_ids=wanted if classes else None,
                    number=number,
                )
            )
            unit.finish()
            _write(out, username, slips, config.school.zone)
            return slips

        found = await database.write(work)
    finally:
        await database.close()
    if found and isinstance(found[0], str):
        for line in found:
            console.print(str(line), markup=False)
        return 2
    if not found:
        console.print("Everybody there has joined: no links were needed. The files hold no slips.")
    else:
        console.print(
            f"{len(found)} links, valid for {config.school.invite_days} days, in {out}: invites.csv and invites.html."
            " They are keys: hand each slip to its owner, then delete the files.",
            markup=False,
        )
    return 0


def _write(out: Path, username: str, slips: list[joining.Slip], zone: str) -> None:
    """The files are there before the links are committed: a link that exists is a link that was written down."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("invites.csv", as_csv(username, slips)),
        ("invites.html", as_sheet(username, slips, zone)),
    ):
        target = out / name
        target.touch(mode=0o600)
        target.chmod(0o600)
        target.write_bytes(content)


def _same(wanted: str, label: str) -> bool:
    return _plain(wanted) == _plain(label) or (_plain(label).endswith(_plain(wanted)) and _plain(wanted) != "")


def _plain(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).lower() if ch not in " ()[]（）")


async def _username(config: Settings, database: Database) -> str | None:
    """Asked from Telegram once, then kept."""
    token = config.telegram.token.get_secret_value()
    bot_id = int(token.partition(":")[0])
    known = await database.read(lambda connection: connection.execute(_USERNAME, {"id": bot_id}).scalar())
    if known is not None:
        return str(known)
    root = config.telegram.api_url
    request = AiohttpRequest()
    bot = Bot(token, base_url=f"{root}/bot", request=request, get_updates_request=AiohttpRequest())
    try:
        await request.initialize()
        me = await bot.get_me()
    except TelegramError:
        return None
    finally:
        await request.shutdown()
    await database.write(lambda connection: connection.execute(_KEEP, {"id": me.id, "username": me.username}).rowcount)
    return me.username
