"""Who gets a notice next. Only some hundreds of rows are ever ahead in the outbox, so that a pause, a stop, a freeze or a
correction meets few of them, and nobody else's message stands behind a city.

Several notices share what there is to send: a class's notice does not wait for a whole city's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models import freezing
from models.contact import FREE
from models.notices.states import With
from models.notices.tables import Notice
from models.standing import Reach
from models.unit import Unit, sql

BATCH = 200
"""People queued in one transaction."""
SECONDS_AHEAD = 15
"""So many seconds' worth of rows lie ahead in the outbox: more than the clock's look every two seconds needs."""
SOON = 15 * 60_000
"""Milliseconds in which a row leaves, or its person's turn comes again and hours are asked anew: far more than those ahead
of it need, and more than after which its author hears that the way out is ill (ends.ILL)."""
MOST_NOTICES = 40
"""Notices that share the line at once; the others' turn comes as these end."""
MOST_OPEN = 2_000
"""Among so many those are looked for: what is frozen takes nobody's place."""

_AHEAD = sql(
    "SELECT COUNT(*) AS many FROM outbox WHERE bot_id = :bot AND notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"
    # The first names the index; counted is what waits: what a freeze holds keeps nobody else from going.
    " AND state = 'waiting'"
)
_OPEN = sql(
    "SELECT n.id, n.author_id FROM notice n WHERE n.state = 'running' AND EXISTS (SELECT 1 FROM notice_recipient r"
    " WHERE r.notice_id = n.id AND r.state = 'waiting' AND r.bot_id = :bot AND r.due_at <= :now)"
    " ORDER BY n.emergency DESC, n.began_at, n.id LIMIT :most"
)
_NEXT = sql(
    "SELECT r.person_id, r.user_id, r.family, r.place_id, a.language, a.reachable, p.quiet_from, p.quiet_to,"
    " p.hours_from, p.hours_to, p.ended_at, p.school_id, CASE WHEN p.account_id = a.id THEN 1 ELSE 0 END AS own,"
    f" CASE WHEN {FREE} THEN 1 ELSE 0 END AS free FROM notice_recipient r JOIN person p ON p.id = r.person_id"
    " JOIN account a ON a.bot_id = r.bot_id AND a.user_id = r.user_id"
    " WHERE r.notice_id = :notice AND r.state = 'waiting' AND r.bot_id = :bot AND r.due_at <= :now"
    " ORDER BY r.due_at, r.person_id LIMIT :most"
)
# COALESCE: these few are found by their key; by the index of states all who wait would be read for each part.
_SET = text(
    "UPDATE notice_recipient SET state = :state, version = :version WHERE notice_id = :notice AND person_id IN :people"
    " AND COALESCE(state, '') = 'waiting'"
).bindparams(bindparam("people", expanding=True))
_REST = text(
    "UPDATE notice_recipient SET due_at = :due WHERE notice_id = :notice AND person_id IN :people"
    " AND COALESCE(state, '') = 'waiting'"
).bindparams(bindparam("people", expanding=True))
_HOLD = sql("UPDATE notice SET cursor = cursor WHERE id = :id AND state = 'running' AND version = :version")
_FINISHED = sql(
    "UPDATE notice SET state = 'done', ended_at = COALESCE(ended_at, :now) WHERE state = 'running'"
    " AND listed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notice_recipient r WHERE r.notice_id = notice.id"
    " AND r.state IN ('waiting', 'queued')) RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Next:
    """Somebody whose turn it is; hours in minutes after midnight."""

    person_id: int
    reach: Reach
    family: bool
    quiet: tuple[int, int]
    hours: tuple[int, int]
    school_id: int
    gone: bool
    """No longer on the roster."""
    cannot: With | None = None
    """Why nothing may go there now: the person has left the bot, must not be contacted, or has stopped it."""


def room(unit: Unit, bot_id: int, per_second: float) -> int:
    """How many rows may be added now, so that some seconds' worth lie ahead."""
    waiting = int(unit.execute(_AHEAD, bot=bot_id).one().many)
    return max(0, ahead(per_second) - waiting)


def ahead(per_second: float) -> int:
    """How many rows may lie ahead at most."""
    return max(BATCH, int(per_second * SECONDS_AHEAD))


def running(unit: Unit, bot_id: int) -> list[int]:
    """The notices that have somebody to be told by this bot now; emergencies first, then in the order they began.

    Those of an author whose notices are frozen wait.
    """
    rows = unit.execute(_OPEN, bot=bot_id, now=unit.now_ms, most=MOST_OPEN).all()
    frozen = freezing.stopped(unit, sorted({row.author_id for row in rows}))
    return [row.id for row in rows if row.author_id not in frozen][:MOST_NOTICES]


def hold(unit: Unit, notice: Notice) -> bool:
    """Until this transaction ends nobody moves or corrects the notice. False where somebody has done so already."""
    return unit.write(_HOLD, id=notice.id, version=notice.version) == 1


def take(unit: Unit, notice: Notice, bot_id: int, most: int) -> list[Next]:
    """The next people of a notice, in order."""
    rows = unit.execute(_NEXT, notice=notice.id, bot=bot_id, now=unit.now_ms, most=most)
    return [
        Next(
            row.person_id,
            Reach(bot_id, row.user_id, row.language, bool(row.reachable)),
            bool(row.family),
            (row.quiet_from, row.quiet_to),
            (row.hours_from, row.hours_to),
            row.school_id,
            row.ended_at is not None,
            _cannot(row),
        )
        for row in rows
    ]


def _cannot(row: Row[Any]) -> With | None:
    if not row.own:
        return With.UNJOINED
    if not row.free:
        return With.WITHHELD
    return None if row.reachable else With.BLOCKED


def put(unit: Unit, notice: Notice, people: list[int], state: With) -> int:
    """Keeps where it stands with these who were waiting; answers with how many it does."""
    if not people:
        return 0
    return unit.write(_SET, notice=notice.id, people=people, state=state.value, version=notice.version)


def rest(unit: Unit, notice: Notice, people: list[int], until: int) -> None:
    """These rest now: their turn comes at that moment (milliseconds since 1970)."""
    if people:
        unit.write(_REST, notice=notice.id, people=people, due=until)


def finish(unit: Unit) -> list[int]:
    """Ends the notices for which nobody waits any more; answers which."""
    unit.session.flush()  # within a savepoint: a part that fails takes this back
    return [row.id for row in unit.execute(_FINISHED, now=unit.now_ms)]
