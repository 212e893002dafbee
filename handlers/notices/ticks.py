"""What the clock does about notices: what must not wait for the 20-second tick is done in turns, batch by batch."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from handlers.context import SchoolSettings
from handlers.notices import approve, decide, digest, feed, freeze, mend, panel, report
from models.notices import fanout, running
from models.unit import Unit, sql

_ANY = sql(
    "SELECT 1 FROM notice WHERE state = 'running' OR (state = 'planned' AND (starts_at IS NULL OR starts_at <= :now))"
    " OR mending IS NOT NULL OR (state IN ('stopped', 'recalled') AND EXISTS (SELECT 1 FROM notice_recipient r"
    " WHERE r.notice_id = notice.id AND r.state IN ('waiting', 'digest')))"
    " UNION ALL SELECT 1 FROM notice_recipient WHERE state = 'digest' AND due_at <= :now LIMIT 1"
)
Turn = Callable[[Unit, int, SchoolSettings], bool]


def any_open(connection: Connection, now_ms: int) -> bool:
    """Whether a notice is going out or is to begin, or a week's list is due: asked often, so without a unit of work."""
    return connection.execute(_ANY, {"now": now_ms}).first() is not None


def _list(unit: Unit, bot_id: int, school: SchoolSettings) -> bool:
    # In the same transaction and of the same moment: no list begins unasked.
    decide.may_begin(unit, bot_id, school)
    return fanout.tick(unit)


def _finish(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    for notice_id in feed.ends(unit):
        panel.ended(unit, notice_id, school)
    return False


def _end(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    found = running.end_next(unit)
    if found is not None and not found[1]:
        panel.ended(unit, found[0], school)
    return found is not None


def _show(unit: Unit, bot_id: int, school: SchoolSettings) -> bool:
    panel.tick(unit, bot_id, school)
    report.tick(unit, bot_id, school)
    return False


TURNS: list[Turn] = [_list, feed.tick, _finish, _end, digest.turn, mend.tick, _show]
"""Each a batch in a transaction of its own, called again as long as it answers True (bot/ticks.py)."""
TICKS: list[Callable[[Unit, int, SchoolSettings], None]] = [
    freeze.tick,
    approve.tick,
    panel.tick,
    report.tick,
    report.look_after,
]
"""Every 20 seconds, each in its own share of the transaction."""
