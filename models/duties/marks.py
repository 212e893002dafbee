"""A person's word on a duty: done elsewhere, put off, not applicable, handed to a colleague, or taken back."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models.checklist import coverage
from models.duties.due import DONE, HANDED, NOT_APPLICABLE, SNOOZED, UNDONE, days_of
from models.duties.tables import DutyMark
from models.unit import Unit, sql

REASONS = ("away", "covered", "family_asked", "other")
"""Why a duty is not applicable this term; the texts are the catalogue's."""
SNOOZE_DAYS = 7


def put(
    unit: Unit,
    school_id: int,
    code: str,
    subject_id: int,
    state: str,
    person_id: int,
    zone: str,
    *,
    to_person: int | None = None,
    reason: str = "",
) -> None:
    """Writes what somebody said. Rights are the caller's to ask. Raises ValueError for a state or reason that is none."""
    if state not in (DONE, SNOOZED, NOT_APPLICABLE, HANDED, UNDONE) or (reason and reason not in REASONS):
        raise ValueError(f"{state} {reason}")
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    until: date | None = None
    if state == SNOOZED:
        until = today + timedelta(days=SNOOZE_DAYS)
    elif state == NOT_APPLICABLE:
        term = days_of(unit, school_id, zone).term
        until = today + coverage.WITHOUT_TERM if term is None else term.ends + timedelta(days=1)
    unit.session.add(
        DutyMark(
            school_id=school_id,
            code=code,
            subject_id=subject_id,
            state=state,
            on_day=today,
            until=until,
            person_id=person_id,
            to_person=to_person,
            reason=reason,
            at=unit.now_ms,
        )
    )
    unit.session.flush()


_LAST = sql(
    "SELECT id, state, on_day, items FROM duty_mark WHERE code = :code AND subject_id = :subject ORDER BY id DESC LIMIT 1"
)
_ITEMS = sql("UPDATE duty_mark SET items = :items WHERE id = :id")


def covered(unit: Unit, school_id: int, code: str, pupil_id: int, item: str, person_id: int, zone: str) -> list[str]:
    """What was done elsewhere was about this item too. Answers all items of it; none where nothing was said to be done."""
    row = unit.execute(_LAST, code=code, subject=pupil_id).first()
    if row is None or row.state != DONE:
        return []
    items = dict.fromkeys([*row.items.split(), item])
    unit.write(_ITEMS, id=row.id, items=" ".join(items))
    coverage.mark(unit, pupil_id, school_id, item, coverage.DONE, person_id, zone)
    return list(items)


def said(unit: Unit, code: str, subject_id: int) -> tuple[str, list[str]]:
    """What was said last, and the items that it covered."""
    row = unit.execute(_LAST, code=code, subject=subject_id).first()
    return ("", []) if row is None else (row.state, row.items.split())


OFTEN = 3
"""Messages in a week from which one is told so before writing again."""
_RECENT = text(
    "SELECT COUNT(*) AS many FROM message WHERE thread_id IN :threads AND NOT by_guardian AND written_at >= :after"
    " AND state <> 'recalled'"
).bindparams(bindparam("threads", expanding=True))


def written_lately(unit: Unit, thread_ids: list[int], days: int = 7) -> int:
    """How many messages the mentor's side wrote into these threads in the last days."""
    if not thread_ids:
        return 0
    after = unit.now_ms - days * 86_400_000
    return int(unit.execute(_RECENT, threads=thread_ids, after=after).one().many)


_MAY_PUPIL = sql(
    "SELECT 1 FROM mentorship m LEFT JOIN absence a ON a.mentor_id = m.mentor_id AND a.cancelled_at IS NULL"
    " AND a.starts_at <= :now AND a.ends_at > :now WHERE m.pupil_id = :subject AND m.until IS NULL"
    " AND (m.mentor_id = :me OR a.substitute_id = :me)"
)
_MAY_HANDED = sql(
    "SELECT to_person FROM duty_mark WHERE subject_id = :subject AND code = :code AND state = 'handed' AND at >= :after"
    " ORDER BY id DESC LIMIT 1"
)
_MAY_TEAM = sql("SELECT 1 FROM class_team WHERE school_class_id = :subject AND until IS NULL AND chief_mentor_id = :me")


def may(unit: Unit, person_id: int, subject: str, code: str, subject_id: int) -> bool:
    """Whether this person may say something about the duty: mentor of today, substitute of now, or whom it was handed to."""
    if subject == "mentor":
        return subject_id == person_id
    if subject == "team":
        return unit.execute(_MAY_TEAM, subject=subject_id, me=person_id).first() is not None
    if unit.execute(_MAY_PUPIL, subject=subject_id, me=person_id, now=unit.now_ms).first() is not None:
        return True
    after = unit.now_ms - 180 * 86_400_000
    row = unit.execute(_MAY_HANDED, subject=subject_id, code=code, after=after).first()
    return row is not None and row.to_person == person_id


_COLLEAGUES = sql(
    "SELECT DISTINCT p.id, p.sealed_name FROM pupil x JOIN pupil y ON y.school_class_id = x.school_class_id"
    " JOIN mentorship m ON m.pupil_id = y.id AND m.until IS NULL"
    " JOIN person p ON p.id = m.mentor_id AND p.ended_at IS NULL AND p.account_id IS NOT NULL"
    " WHERE x.id = :pupil AND p.id <> :me ORDER BY p.id"
)


def colleagues(unit: Unit, pupil_id: int, person_id: int) -> list[tuple[int, str]]:
    """Who could do it instead: the joined mentors of the pupil's class."""
    rows = unit.execute(_COLLEAGUES, pupil=pupil_id, me=person_id)
    return [(row.id, unit.vault.open("person", row.id, "name", row.sealed_name)) for row in rows]


_PUPIL_OF = sql("SELECT pupil_id FROM thread WHERE id = :thread")


def pupil_of(unit: Unit, thread_id: int) -> int | None:
    """Whose thread it is."""
    row = unit.execute(_PUPIL_OF, thread=thread_id).first()
    return None if row is None else int(row.pupil_id)
