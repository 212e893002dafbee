"""What takes long and is asked for by a press: a copy of the own data (gathering.py), a few a day; a check of the log. The clock
does it once, by a reading connection."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from models.base import new_id
from models.standing import Standing
from models.unit import Unit, sql

COPY, LOG = "copy", "log"
MOST_A_DAY = 3
TRIES = 3

_TODAY = sql(
    "SELECT COUNT(*) AS many FROM data_export WHERE account_id = :account AND at > :after AND state <> 'failed'"
    " AND kind = 'copy'"
)
_OPEN = sql("SELECT 1 FROM data_export WHERE account_id = :account AND state = 'asked' AND kind = :kind")
_ASK = sql(
    "INSERT INTO data_export (id, account_id, bot_id, user_id, kind, extra, state, attempts, at)"
    " VALUES (:id, :account, :bot, :user, :kind, :extra, 'asked', 0, :now)"
)
_NEXT = sql(
    "SELECT id, bot_id, user_id, kind, extra FROM data_export WHERE state = 'asked' AND bot_id = :bot ORDER BY id LIMIT 1"
)
_LANGUAGE = sql("SELECT language FROM account WHERE bot_id = :bot AND user_id = :user")
_ANY = sql("SELECT 1 FROM data_export WHERE state = 'asked' LIMIT 1")
_MADE = sql("UPDATE data_export SET state = :state, made_at = :now WHERE id = :id AND state = 'asked'")
_FAILED = sql(
    "UPDATE data_export SET attempts = attempts + 1, state = CASE WHEN attempts + 1 >= :tries THEN 'failed' ELSE state END"
    " WHERE id = :id AND state = 'asked'"
)


def ask(unit: Unit, who: Standing, kind: str = COPY, extra: str = "") -> str:
    """Asks for it. 'asked', 'waits' where one is being made, 'enough' where there were too many copies today."""
    if unit.execute(_OPEN, account=who.account_id, kind=kind).first() is not None:
        return "waits"
    today = unit.execute(_TODAY, account=who.account_id, after=unit.now_ms - 86_400_000).one().many
    if kind == COPY and today >= MOST_A_DAY:
        return "enough"
    values = {"account": who.account_id, "bot": who.bot_id, "user": who.user_id}
    unit.write(_ASK, id=new_id(), kind=kind, extra=extra, now=unit.now_ms, **values)
    return "asked"


def any_open(connection: Connection) -> bool:
    """Whether one is to be made."""
    return connection.execute(_ANY).first() is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done now."""

    id: int
    bot_id: int
    user_id: int
    kind: str = COPY
    extra: str = ""


def next_one(unit: Unit, bot_id: int) -> Wanted | None:
    """The next of a bot's people."""
    row = unit.execute(_NEXT, bot=bot_id).first()
    return None if row is None else Wanted(row.id, row.bot_id, row.user_id, row.kind, row.extra)


def language_of(unit: Unit, one: Wanted) -> str:
    """The language of who asked."""
    return str(unit.execute(_LANGUAGE, bot=one.bot_id, user=one.user_id).scalar() or "zh_CN")


def made(unit: Unit, export_id: int) -> bool:
    """True for the one who hands it out."""
    return unit.write(_MADE, id=export_id, state="made", now=unit.now_ms) == 1


def failed(unit: Unit, export_id: int) -> bool:
    """It could not be made: tried again. True where that was the last try."""
    unit.write(_FAILED, id=export_id, tries=TRIES)
    row = unit.execute(sql("SELECT state FROM data_export WHERE id = :id"), id=export_id).first()
    return row is not None and row.state == "failed"
