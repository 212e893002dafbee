"""What the clock does about notices: what must not wait for the 20-second tick is done in turns, batch by batch."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from handlers.context import SchoolSettings
from handlers.notices import approve, decide, digest, feed, mend, panel, report
from models.notices import fanout
from models.unit import Unit, sql

_ANY = sql(
    "SELECT 1 FROM notice WHERE state = 'running' OR (state = 'planned' AND (starts_at IS NULL OR starts_at <= :now))"
    " OR mending IS NOT NULL UNION ALL SELECT 1 FROM notice_recipient WHERE state = 'digest' AND due_at <= :now LIMIT 1"
)
Turn = Callable[[Unit, int, SchoolSettings], bool]


def any_open(connection: Connection, now_ms: int) -> bool:
    """Whether a notice is going out or is to begin, or a week's list is due: asked often, so without a unit of work."""
    return connection.execute(_ANY, {"now": now_ms}).first() is not None


def _list(unit: Unit, _bot_id: int, _school: SchoolSettings) -> bool:
    return fanout.tick(unit)


def _finish(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    for notice_id in feed.ends(unit):
        panel.ended(unit, notice_id, school)
    return False


def _show(unit: Unit, bot_id: int, school: SchoolSettings) -> bool:
    panel.tick(unit, bot_id, school)
    report.tick(unit, bot_id, school)
    return False


TURNS: list[Turn] = [decide.may_begin, _list, feed.tick, _finish, digest.turn, mend.tick, _show]
"""Each a batch in a transaction of its own, called again as long as it answers True (bot/ticks.py)."""
TICKS: list[Callable[[Unit, int, SchoolSettings], None]] = [approve.tick, panel.tick, report.tick, report.look_after]
"""Every 20 seconds, each in its own share of the transaction."""
