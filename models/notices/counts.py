"""How a notice stands, in numbers and without names: from the index over (notice_id, state, class_id) alone."""

from __future__ import annotations

from dataclasses import dataclass

from models.notices.states import With
from models.notices.tables import Notice
from models.standing import class_label
from models.unit import Unit, sql

_BY_STATE = sql("SELECT state, COUNT(*) AS many FROM notice_recipient WHERE notice_id = :notice GROUP BY state")
_RESTING = sql(
    "SELECT COUNT(*) AS many, MIN(due_at) AS first, MAX(due_at) AS last FROM notice_recipient WHERE notice_id = :notice"
    " AND state = 'waiting' AND bot_id IN (SELECT id FROM bot) AND due_at > :now"
)
_BY_CLASS = sql(
    "SELECT r.class_id, r.state, COUNT(*) AS many FROM notice_recipient r WHERE r.notice_id = :notice"
    " AND r.class_id IS NOT NULL GROUP BY r.class_id, r.state"
)
_READ = sql(
    "SELECT class_id, COUNT(*) AS many FROM notice_recipient WHERE notice_id = :notice AND state IN ('sent', 'listed')"
    " AND class_id IS NOT NULL AND read_at IS NOT NULL GROUP BY class_id"
)
_ALL_READ = sql(
    "SELECT COUNT(*) AS many FROM notice_recipient WHERE notice_id = :notice AND state IN ('sent', 'listed')"
    " AND read_at IS NOT NULL"
)
_LABELS = sql(
    "SELECT DISTINCT c.id, c.school_id, c.grade, c.name, s.name AS school FROM school_class c"
    " JOIN school s ON s.id = c.school_id WHERE c.id IN"
    " (SELECT class_id FROM notice_recipient WHERE notice_id = :notice AND class_id IS NOT NULL)"
)
_SENT_IN = sql(
    "SELECT (sent_at - :since) / :wide AS part, COUNT(*) AS many FROM notice_recipient WHERE notice_id = :notice"
    " AND sent_at IS NOT NULL GROUP BY 1"
)
_SENT_SPAN = sql("SELECT MIN(sent_at) AS first, MAX(sent_at) AS last FROM notice_recipient WHERE notice_id = :notice")


@dataclass(frozen=True, slots=True)
class Counts:
    """People by where it stands with them."""

    sent: int = 0
    queued: int = 0
    waiting: int = 0
    """Their turn comes now."""
    resting: int = 0
    """Their turn comes when their rest ends."""
    first_at: int | None = None
    """When the first of those who rest gets it (milliseconds since 1970)."""
    last_at: int | None = None
    in_list: int = 0
    """In the week's list: to be named there, or named."""
    blocked: int = 0
    unjoined: int = 0
    failed: int = 0
    withheld: int = 0
    ended: int = 0
    recalled: int = 0

    @property
    def left(self) -> int:
        """Who is still to get it now."""
        return self.queued + self.waiting

    @property
    def cannot(self) -> int:
        """Who cannot be reached."""
        return self.blocked + self.unjoined + self.failed + self.withheld

    @property
    def everyone(self) -> int:
        """All of its people."""
        return self.sent + self.left + self.resting + self.in_list + self.cannot + self.ended + self.recalled


def of(unit: Unit, notice_id: int) -> Counts:
    """The counts at this moment."""
    found = {row.state: int(row.many) for row in unit.execute(_BY_STATE, notice=notice_id)}
    waiting = found.get(With.WAITING, 0)
    resting, first, last = 0, None, None
    if waiting:
        row = unit.execute(_RESTING, notice=notice_id, now=unit.now_ms).one()
        resting, first, last = int(row.many), row.first, row.last
    return Counts(
        sent=found.get(With.SENT, 0),
        queued=found.get(With.QUEUED, 0),
        waiting=waiting - resting,
        resting=resting,
        first_at=first,
        last_at=last,
        in_list=found.get(With.DIGEST, 0) + found.get(With.LISTED, 0),
        blocked=found.get(With.BLOCKED, 0),
        unjoined=found.get(With.UNJOINED, 0),
        failed=found.get(With.FAILED, 0),
        withheld=found.get(With.WITHHELD, 0),
        ended=found.get(With.ENDED, 0),
        recalled=found.get(With.RECALLED, 0),
    )


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """How it stands in one class."""

    class_id: int
    school_id: int
    school: str
    label: str
    states: dict[str, int]
    read: int

    @property
    def have(self) -> int:
        """Who can read it."""
        return self.states.get(With.SENT, 0) + self.states.get(With.LISTED, 0)

    @property
    def invited(self) -> int:
        """Who cannot be reached and may be invited anew."""
        return self.states.get(With.UNJOINED, 0) + self.states.get(With.BLOCKED, 0)


def by_class(unit: Unit, notice: Notice) -> list[ClassCounts]:
    """The counts of each class in the order of schools and classes."""
    states: dict[int, dict[str, int]] = {}
    for row in unit.execute(_BY_CLASS, notice=notice.id):
        states.setdefault(row.class_id, {})[row.state] = int(row.many)
    read = {row.class_id: int(row.many) for row in unit.execute(_READ, notice=notice.id)}
    found = [
        ClassCounts(
            row.id,
            row.school_id,
            row.school,
            class_label(row.grade, row.name),
            states.get(row.id, {}),
            read.get(row.id, 0),
        )
        for row in unit.execute(_LABELS, notice=notice.id)
    ]
    return sorted(found, key=lambda one: (one.school, one.label, one.class_id))


def read(unit: Unit, notice_id: int) -> int:
    """How many have said that they read it."""
    return int(unit.execute(_ALL_READ, notice=notice_id).one().many)


MOST_PARTS = 24


def over_time(unit: Unit, notice: Notice) -> tuple[int, list[tuple[int, int]]]:
    """How many had it in which part of its time: the width of a part in milliseconds, then (begin, people) for each part
    from the first to the last."""
    span = unit.execute(_SENT_SPAN, notice=notice.id).one()
    if span.first is None:
        return 0, []
    wide = next(one for one in _WIDTHS if (span.last - span.first) // one < MOST_PARTS or one == _WIDTHS[-1])
    since = span.first - span.first % wide
    rows = unit.execute(_SENT_IN, notice=notice.id, since=since, wide=wide)
    known = {int(row.part): int(row.many) for row in rows}
    return wide, [(since + part * wide, known.get(part, 0)) for part in range(max(known) + 1)]


_WIDTHS = tuple(
    one * 1000
    for one in (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 7 * 86400, 30 * 86400)
)
"""Milliseconds of a bar: round ones that people read off a clock."""
