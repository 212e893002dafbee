"""Telling many people about an event: which tellings are due, and how far each has come.

A telling is a row (event, what, number); it goes through its people in the order of their ids and keeps the last one with
whatever it queued, in one transaction. So a crash anywhere leaves nobody out and tells nobody twice, and two processes do
not do the same part: who comes second finds the cursor moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from models.events import allowed, events, kinds
from models.events.rules import DAY, HOUR, MINUTE, EventRules
from models.events.states import AHEAD, EventState, What
from models.events.tables import Event
from models.unit import Unit, sql

BATCH = 200
"""People told in one transaction: with a whole city's evening the others must be let in between."""
RANK = {what: number for number, what in enumerate(What)}
USELESS = {What.LINK: -15 * MINUTE, What.HOUR: 0, What.DAY: 3 * HOUR, What.NOTICE: 2 * HOUR, What.VOTE: 0}
"""Not to be sent from so long before the start on (for the link: up to so long after it)."""
MOST = 300
"""Tellings of a kind that are begun in one transaction; who asks again gets the next ones."""
REMEMBERED = 29 * DAY
"""So long the outbox surely knows what was sent (bot/inbox.py forgets it a day later)."""
OLDEST = 7 * DAY
"""So long back it is noted that a reminder could not be sent."""

_DUE = sql(
    "SELECT e.id, e.kind, e.state, e.sequence, e.starts_at, e.ends_at, e.first_id, e.remind_minutes,"
    " e.changed_at FROM event e"
    # Only what is due, so that none waits behind many that are not.
    " WHERE e.state IN ({}) AND e.starts_at > :oldest AND e.starts_at <= :until AND e.starts_at <= :now + CASE :what"
    " WHEN 'notice' THEN CASE e.kind {} ELSE 0 END WHEN 'day' THEN {}"
    " WHEN 'hour' THEN CASE WHEN e.remind_minutes > 0 THEN e.remind_minutes ELSE :remind END * 60000 ELSE 0 END"
    " AND (:what <> 'link' OR e.form <> 'room')"
    " AND NOT EXISTS (SELECT 1 FROM event_telling t WHERE t.event_id = e.id AND t.what = :what"
    " AND t.number = CASE WHEN :once THEN 0 ELSE e.sequence END)"
    " ORDER BY e.starts_at, e.id LIMIT :most".format(
        ", ".join(f"'{one.value}'" for one in AHEAD),
        " ".join(f"WHEN '{one.code}' THEN {one.notice_days * DAY}" for one in kinds.every()),
        DAY,
    )
)
_BEGIN = sql(
    "INSERT INTO event_telling (event_id, what, number, rank, starts_at, cursor, useful_until, begun_at, done_at, queued,"
    " late, extra) VALUES (:event, :what, :number, :rank, :starts, 0, :useful, :now, :done, 0, :late, :extra)"
    " ON CONFLICT (event_id, what, number) DO NOTHING"
)
_END_OLD = sql(
    "UPDATE event_telling SET done_at = :now WHERE event_id = :event AND done_at IS NULL AND what IN"
    " ('changed', 'link', 'hour', 'day', 'notice', 'mended')"
)
_OPEN = sql(
    "SELECT event_id, what, number, cursor, useful_until, extra FROM event_telling WHERE done_at IS NULL"
    " ORDER BY rank, starts_at, event_id LIMIT :most"
)
_MOVE = sql(
    "UPDATE event_telling SET cursor = :cursor, queued = queued + :queued, late = late + :late, done_at = :done"
    " WHERE event_id = :event AND what = :what AND number = :number AND cursor = :before AND done_at IS NULL"
)
_TOLD = sql("SELECT queued, late FROM event_telling WHERE event_id = :event AND what = :what ORDER BY number DESC")
_END = sql("UPDATE event_telling SET done_at = :now WHERE event_id = :event AND what = :what AND done_at IS NULL")
_INVITING = text(
    "SELECT event_id, what, number, cursor, late, begun_at FROM event_telling WHERE event_id IN :dates"
    " AND what IN ('notice', 'mended')"
).bindparams(bindparam("dates", expanding=True))
_NEXT = sql(
    "SELECT COALESCE(MAX(number), -1) + 1 AS number FROM event_telling WHERE event_id = :event AND what = :what"
)
_WAS = sql("SELECT 1 FROM event_telling WHERE event_id = :event AND what = :what")


@dataclass(frozen=True, slots=True)
class Telling:
    """A telling that is not finished. `useful_until` in milliseconds since 1970."""

    event_id: int
    what: What
    number: int
    cursor: int
    useful_until: int | None
    extra: str


def begin(
    unit: Unit, event: Event, what: What, number: int, *, extra: str = "", useful_until: int | None = None
) -> bool:
    """Begins a telling. False where it was begun before."""
    return _begin(unit, event.id, event.starts_at, what, number, extra=extra, useful_until=useful_until)


def _begin(
    unit: Unit,
    event_id: int,
    starts_at: int,
    what: What,
    number: int,
    *,
    extra: str = "",
    useful_until: int | None = None,
    over: bool = False,
    late: int = 0,
) -> bool:
    made = unit.write(
        _BEGIN,
        event=event_id,
        what=what.value,
        number=number,
        rank=RANK[what],
        starts=starts_at,
        useful=useful_until,
        now=unit.now_ms,
        done=unit.now_ms if over else None,
        late=late,
        extra=extra,
    )
    return made == 1


def next_number(unit: Unit, event_id: int, what: What) -> int:
    """The number of another sending of notes or answers."""
    return int(unit.execute(_NEXT, event=event_id, what=what.value).one().number)


def was(unit: Unit, event_id: int, what: What) -> bool:
    """Whether such a telling was ever begun."""
    return unit.execute(_WAS, event=event_id, what=what.value).first() is not None


def end_old(unit: Unit, event_id: int) -> None:
    """What was being told about it before a change is not gone on with."""
    unit.write(_END_OLD, event=event_id, now=unit.now_ms)


def end(unit: Unit, event_id: int, *whats: What) -> None:
    """Tellings of these kinds are not gone on with."""
    for what in whats:
        unit.write(_END, event=event_id, what=what.value, now=unit.now_ms)


def passed(unit: Unit, dates: Sequence[int], besides: Telling) -> int:
    """Up to which person all have had their invitation to an event of these dates, whether that can still be seen in the
    outbox or not; `besides` the telling that asks.

    One of which some came too late does not count, as long as the outbox shows who was not told.
    """
    found = 0
    for row in unit.execute(_INVITING, dates=list(dates)):
        asks = (row.event_id, row.what, row.number) == (besides.event_id, besides.what.value, besides.number)
        if not asks and (not row.late or row.begun_at < unit.now_ms - REMEMBERED):
            found = max(found, row.cursor)
    return found


def ahead(what: What, kind: str, remind_minutes: int | None, rules: EventRules) -> int:
    """How long before the start a telling is due, in milliseconds."""
    if what is What.NOTICE:
        return kinds.kind_of(kind).notice_days * DAY
    if what is What.DAY:
        return DAY
    if what is What.HOUR:
        return (remind_minutes or rules.remind_minutes) * MINUTE
    return 0


LONGEST_AHEAD = {What.NOTICE: 14 * DAY, What.DAY: DAY, What.HOUR: 6 * HOUR, What.LINK: 0}


def find(unit: Unit, rules: EventRules) -> int:
    """Begins what is due by now: invitations, reminders, links. What is too late is noted as such and told to nobody.

    Answers how many were begun; a city's evening has more than one call begins. An invitation is once for an event;
    reminders and links are for each sequence anew: after a change of time their turn comes again, and one whose time the
    change has passed over is not made up for.
    """
    now, begun = unit.now_ms, 0
    for what, longest in LONGEST_AHEAD.items():
        once = what is What.NOTICE
        rows = unit.execute(
            _DUE,
            oldest=now - OLDEST,
            until=now + longest,
            now=now,
            remind=rules.remind_minutes,
            what=what.value,
            once=once,
            most=MOST,
        ).all()
        for row in rows:
            if once and kinds.kind_of(row.kind).private and not allowed.holds(unit, events.must(unit, row.id)):
                # Whoever has the pupil now does not hear what it was about. Others have not, or hear that it is off (care.py).
                if row.state == EventState.PLANNED:
                    events.move(unit, row.id, EventState.CANCELLED, None)
                continue
            before = ahead(what, row.kind, row.remind_minutes, rules)
            useful = row.starts_at - USELESS[what]
            # Another session is in the first one's invitation; and who was just told of a change is not reminded of it.
            told = (once and row.first_id is not None and _in_first(unit, row.first_id, useful)) or (
                not once and what is not What.LINK and (row.changed_at or 0) > row.starts_at - before
            )
            over = told or now >= useful
            number = 0 if once else row.sequence
            late = _missed(unit, row.id, what) if over and not told else 0
            begun += _begin(unit, row.id, row.starts_at, what, number, useful_until=useful, over=over, late=late)
            if once and row.state == EventState.PLANNED:
                _announce(unit, row.id)
    return begun


_ANNOUNCE = sql(
    "UPDATE event SET state = 'announced', version = version + 1 WHERE (id = :id OR first_id = :id) AND state = 'planned'"
)


def _announce(unit: Unit, event_id: int) -> None:
    unit.write(_ANNOUNCE, id=event_id)


_FIRST = sql("SELECT starts_at FROM event WHERE id = :id AND state = 'planned'")


def _in_first(unit: Unit, first_id: int, useful: int) -> bool:
    """Whether another date is in its first one's invitation; where it comes before that one, the invitation goes out now."""
    row = unit.execute(_FIRST, id=first_id).first()
    if row is not None:
        until = max(useful, row.starts_at - USELESS[What.NOTICE])
        _begin(unit, first_id, row.starts_at, What.NOTICE, 0, useful_until=until)
        _announce(unit, first_id)
    return was(unit, first_id, What.NOTICE)


_SAID = {
    What.LINK: "('online')",
    What.HOUR: "('come', 'online')",
    What.DAY: "('come', 'online')",
}
_MISSED = {
    what: sql(f"SELECT COUNT(*) AS many FROM event_reply WHERE event_id = :event AND reply IN {replies}")
    for what, replies in _SAID.items()
}


def _missed(unit: Unit, event_id: int, what: What) -> int:
    """How many would have been reminded, had it not been too late: the bot was away."""
    statement = _MISSED.get(what)
    return 0 if statement is None else int(unit.execute(statement, event=event_id).one().many)


_ANY = sql("SELECT 1 FROM event_telling WHERE done_at IS NULL LIMIT 1")


def any_open(connection: Connection) -> bool:
    """Whether anything is still to be told: asked often, so without a unit of work."""
    return connection.execute(_ANY).first() is not None


def open_ones(unit: Unit, most: int = 40) -> list[Telling]:
    """The tellings that are not finished, the most pressing and the earliest event first."""
    return [
        Telling(row.event_id, What(row.what), row.number, row.cursor, row.useful_until, row.extra)
        for row in unit.execute(_OPEN, most=most)
    ]


def advance(unit: Unit, one: Telling, cursor: int, *, queued: int, late: int, done: bool) -> bool:
    """Keeps how far it has come. False where another process was there first: nothing may be queued then."""
    return (
        unit.write(
            _MOVE,
            event=one.event_id,
            what=one.what.value,
            number=one.number,
            before=one.cursor,
            cursor=cursor,
            queued=queued,
            late=late,
            done=unit.now_ms if done else None,
        )
        == 1
    )


def told(unit: Unit, event_id: int, what: What) -> tuple[int, int] | None:
    """How many messages of its latest telling were queued, and how many came too late to be."""
    row = unit.execute(_TOLD, event=event_id, what=what.value).first()
    return None if row is None else (int(row.queued), int(row.late))
