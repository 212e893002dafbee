"""Lists of appointments: a teacher's, a family's; and what the clock has to look after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.appointments import afterwards
from models.appointments.states import HOLDING, OPEN, OUTSIDE, TOOK_PLACE, Says, VisitState
from models.unit import Unit, sql

DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list."""

    id: int
    state: VisitState
    purpose: str
    child: str
    form: str | None
    at: int | None
    """The confirmed time, or the one that was asked for (ms since 1970)."""
    proposed: bool
    says: Says
    mine_as_companion: bool = False


def _in(*states: VisitState) -> str:
    return "({})".format(", ".join(f"'{one.value}'" for one in states))


_COLUMNS = (
    "SELECT v.id, v.state, v.purpose, v.pupil_id, v.form, v.wish_form, v.starts_at, v.wish_at, v.wish_proposed,"
    " v.companion_says, v.companion_id, v.mentor_id, pu.sealed_name FROM visit v JOIN pupil pu ON pu.id = v.pupil_id"
)
# What has no time yet stands last, on both databases.
_AT = "COALESCE(v.starts_at, v.wish_at)"
_BY_TIME = f"ORDER BY CASE WHEN {_AT} IS NULL THEN 1 ELSE 0 END, {_AT}, v.id"
# All of it ends with the mentorship, but for those who are there; who was only named for later sees nothing (visits.teaches).
_STANDS = (
    "(v.state = 'in_progress' OR EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = v.pupil_id"
    " AND m.mentor_id = v.mentor_id AND m.until IS NULL))"
)
_COMES = f"(v.companion_says IN ('asked', 'yes') OR (v.state IN {_in(*HOLDING)} AND v.form IN ({{}})))".format(
    ", ".join(f"'{one.value}'" for one in OUTSIDE)
)
_OF_TEACHERS = text(
    f"{_COLUMNS} WHERE v.state IN {_in(*OPEN)} AND {_STANDS}"
    f" AND (v.mentor_id IN :people OR (v.companion_id IN :people AND {_COMES})) {_BY_TIME}"
).bindparams(bindparam("people", expanding=True))
_UNWRITTEN = text(
    f"{_COLUMNS} LEFT JOIN visit_record r ON r.visit_id = v.id WHERE v.purpose = 'visit' AND v.mentor_id IN :people"
    f" AND {_STANDS} AND r.finished_at IS NULL AND ((v.state = 'held') OR (v.state IN {_in(*HOLDING)} AND v.ends_at < :now))"
    " ORDER BY v.starts_at LIMIT 20"
).bindparams(bindparam("people", expanding=True))
_OF_GUARDIANS = text(
    f"{_COLUMNS} JOIN visit_guest g ON g.visit_id = v.id AND g.guardian_id IN :people"
    " JOIN guardianship s ON s.pupil_id = v.pupil_id AND s.person_id = g.guardian_id AND s.until IS NULL"
    " AND s.confirmed_at IS NOT NULL"
    f" WHERE v.state IN {_in(*OPEN)} OR (v.state IN {_in(*TOOK_PLACE)} AND v.purpose = 'visit' AND v.ended_at > :after)"
    f" {_BY_TIME}"
).bindparams(bindparam("people", expanding=True))


def _entry(unit: Unit, row: Row[Any], people: list[int]) -> Entry:
    return Entry(
        id=row.id,
        state=VisitState(row.state),
        purpose=row.purpose,
        child=unit.vault.open("pupil", row.pupil_id, "name", row.sealed_name),
        form=row.form if VisitState(row.state) in HOLDING or row.wish_form is None else row.wish_form,
        at=row.starts_at if row.starts_at is not None else row.wish_at,
        proposed=bool(row.wish_proposed),
        says=Says(row.companion_says),
        mine_as_companion=row.companion_id in people and row.mentor_id not in people,
    )


def of_teachers(unit: Unit, people: list[int]) -> list[Entry]:
    """What is still to come for these teachers, as mentor or as the second one, by time."""
    return [_entry(unit, row, people) for row in unit.execute(_OF_TEACHERS, people=people)] if people else []


_MET = text(
    f"{_COLUMNS} JOIN mentorship m ON m.pupil_id = v.pupil_id AND m.mentor_id = v.mentor_id AND m.until IS NULL"
    f" WHERE v.state IN {_in(*TOOK_PLACE)} AND v.purpose = 'visit' AND v.ended_at > :after"
    " AND (v.mentor_id IN :people OR (v.companion_id IN :people AND v.companion_says = 'yes'"
    " AND COALESCE(v.ends_at, v.ended_at) > :since)) ORDER BY v.ended_at DESC LIMIT 24"
).bindparams(bindparam("people", expanding=True))


def met(unit: Unit, people: list[int], days: int = 180) -> list[Entry]:
    """Visits of these teachers that took place lately, the last one first; of a second teacher as long as that one has part."""
    times = {"after": unit.now_ms - days * DAY, "since": afterwards.since(unit)}
    rows = unit.execute(_MET, people=people, **times) if people else None
    return [] if rows is None else [_entry(unit, row, people) for row in rows]


def unwritten(unit: Unit, people: list[int]) -> list[Entry]:
    """Visits of these mentors that are over and whose record is not finished."""
    if not people:
        return []
    return [_entry(unit, row, people) for row in unit.execute(_UNWRITTEN, people=people, now=unit.now_ms)]


def of_guardians(unit: Unit, people: list[int], days: int = 120) -> list[Entry]:
    """What these guardians were invited to and is still to come, and what was held lately; by time."""
    after = unit.now_ms - days * DAY
    found: dict[int, Entry] = {}
    for row in unit.execute(_OF_GUARDIANS, people=people, after=after) if people else []:
        found.setdefault(row.id, _entry(unit, row, people))
    return list(found.values())


_DURING = sql(
    f"{_COLUMNS} WHERE v.state IN {_in(*HOLDING)} AND v.starts_at < :ends AND v.ends_at > :starts"
    f" AND {_STANDS} AND (v.mentor_id = :person OR v.companion_id = :person) ORDER BY v.starts_at"
)


def during(unit: Unit, person_id: int, starts: int, ends: int) -> list[Entry]:
    """What a teacher has agreed to within a time (ms since 1970)."""
    rows = unit.execute(_DURING, person=person_id, starts=starts, ends=ends)
    return [_entry(unit, row, [person_id]) for row in rows]


# --- for the clock ---

_SILENT = sql(
    "SELECT v.id FROM visit v WHERE v.state = 'invited' AND v.created_at <= :before AND v.created_at > :not_before"
    " AND NOT v.asked_by_guardian"
    " AND EXISTS (SELECT 1 FROM visit_guest g WHERE g.visit_id = v.id AND g.reply = 'invited')"
    " AND NOT EXISTS (SELECT 1 FROM visit_log l WHERE l.visit_id = v.id AND l.what = 'asked_again')"
    " ORDER BY v.id LIMIT 100"
)
_HOURS_OVER = sql(
    "SELECT id FROM visit WHERE purpose = 'hour' AND state IN ('confirmed', 'in_progress') AND starts_at <= :now"
    " AND ends_at <= :now ORDER BY starts_at LIMIT 200"
)
_PASSED = sql(
    "SELECT id FROM visit WHERE wish_at IS NOT NULL AND state IN ('accepted', 'confirmed') AND wish_at <= :now"
    " ORDER BY id LIMIT 100"
)


_LAPSED = sql(
    "SELECT v.id FROM visit v WHERE v.state = 'planned' AND v.created_at <= :before"
    " AND NOT EXISTS (SELECT 1 FROM visit_wait w WHERE w.visit_id = v.id) ORDER BY v.id LIMIT 200"
)


def lapsed(unit: Unit) -> list[int]:
    """What a guardian began to ask for a day ago and let lie."""
    return [row.id for row in unit.execute(_LAPSED, before=unit.now_ms - DAY)]


_UNANSWERED = [
    sql(
        f"SELECT v.id FROM visit v WHERE v.state = '{state}' AND v.created_at <= :before AND v.purpose = 'visit'"
        " ORDER BY v.created_at LIMIT 100"
    )
    for state in ("invited", "planned")
]


def unanswered(unit: Unit, days: int) -> list[int]:
    """Invitations (and wishes that only wait for a slot) of so many days ago that led to no time."""
    before = unit.now_ms - days * DAY
    return [row.id for statement in _UNANSWERED for row in unit.execute(statement, before=before)]


def silent(unit: Unit, days: int) -> list[int]:
    """Invitations of so many days ago that nobody has answered and that were not repeated."""
    return [
        row.id
        for row in unit.execute(_SILENT, before=unit.now_ms - days * DAY, not_before=unit.now_ms - 4 * days * DAY)
    ]


_WORDS = sql(
    "SELECT v.id FROM visit v WHERE v.wish_at IS NOT NULL AND v.state IN ('accepted', 'confirmed') AND v.wish_at > :now"
    " AND NOT EXISTS"
    " (SELECT 1 FROM visit_log l WHERE l.visit_id = v.id AND l.at > :before) ORDER BY v.id LIMIT 100"
)


def words_missing(unit: Unit) -> list[int]:
    """Times that a family chose and about which nothing has happened for a day."""
    return [row.id for row in unit.execute(_WORDS, now=unit.now_ms, before=unit.now_ms - DAY)]


_UNRECORDED = sql(
    "SELECT id, state FROM visit WHERE state IN ('confirmed', 'in_progress') AND starts_at <= :before AND ends_at <= :before"
    " ORDER BY starts_at LIMIT 100"
)


def unrecorded(unit: Unit, days: int) -> list[tuple[int, VisitState]]:
    """Visits that should have been over so many days ago, and of which nobody said how they went."""
    rows = unit.execute(_UNRECORDED, before=unit.now_ms - days * DAY)
    return [(row.id, VisitState(row.state)) for row in rows]


_SETTLED = sql(
    "SELECT id FROM visit WHERE state = 'agreed' AND follow_up_on IS NULL AND ended_at <= :before ORDER BY ended_at LIMIT 100"
)


def settled(unit: Unit, days: int) -> list[int]:
    """Visits of so many days ago whose agreement is confirmed and that nobody has to look at again."""
    return [row.id for row in unit.execute(_SETTLED, before=unit.now_ms - days * DAY)]


def hours_over(unit: Unit) -> list[int]:
    """Quarters of an hour at school that have passed."""
    return [row.id for row in unit.execute(_HOURS_OVER, now=unit.now_ms)]


def passed(unit: Unit) -> list[int]:
    """Times that were asked for, came, and nobody had agreed to."""
    return [row.id for row in unit.execute(_PASSED, now=unit.now_ms)]
