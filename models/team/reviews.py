"""月研判: the team's word on each pupil, month by month. People decide it; the program only lays out the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.base import as_day, new_id
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Word:
    """A team's word on a pupil: a place on the school's scale, and the next step."""

    month: date
    level: int
    step: str
    person_id: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record shows of a pupil lately; days counted back from now are the caller's choice."""

    from_family: int
    from_mentor: int
    last_contact: int | None
    """Milliseconds since 1970."""
    waits_since: int | None
    """Milliseconds since 1970: since when a guardian has been waiting for an answer."""


_WORDS = sql(
    "SELECT id, month, level, sealed_step, person_id FROM team_review WHERE pupil_id = :pupil ORDER BY month DESC LIMIT 2"
)
_LEVELS = sql(
    "SELECT r.pupil_id, r.level FROM team_review r JOIN pupil pu ON pu.id = r.pupil_id"
    " WHERE pu.school_class_id = :class AND r.month = :month"
)
_PUT = sql(
    "INSERT INTO team_review (id, pupil_id, month, level, person_id, at) VALUES (:id, :pupil, :month, :level, :person, :now)"
    " ON CONFLICT (pupil_id, month) DO UPDATE SET level = :level, person_id = :person, at = :now"
)
_ROW = sql("SELECT id FROM team_review WHERE pupil_id = :pupil AND month = :month")
_STEP = sql("UPDATE team_review SET sealed_step = :step, person_id = :person, at = :now WHERE id = :id")
_FACTS = sql(
    "SELECT (SELECT COUNT(*) FROM message m JOIN thread t ON t.id = m.thread_id WHERE t.pupil_id = :pupil"
    " AND m.by_guardian AND m.written_at >= :after) AS family,"
    " (SELECT COUNT(*) FROM message m JOIN thread t ON t.id = m.thread_id WHERE t.pupil_id = :pupil"
    " AND NOT m.by_guardian AND m.written_at >= :after) AS mentor,"
    " (SELECT MAX(t.mentor_wrote_at) FROM thread t WHERE t.pupil_id = :pupil) AS last,"
    " (SELECT MIN(p.since) FROM promise p JOIN thread t ON t.id = p.thread_id WHERE t.pupil_id = :pupil"
    " AND p.ended_at IS NULL) AS waits"
)


def words_on(unit: Unit, pupil_id: int) -> list[Word]:
    """The last two words on a pupil, the newest first."""
    return [
        Word(
            as_day(row.month),
            row.level,
            "" if row.sealed_step is None else unit.vault.open("team_review", row.id, "step", bytes(row.sealed_step)),
            row.person_id,
        )
        for row in unit.execute(_WORDS, pupil=pupil_id)
    ]


def levels(unit: Unit, class_id: int, month: date) -> dict[int, int]:
    """The levels of a month by pupil."""
    return {row.pupil_id: row.level for row in unit.execute(_LEVELS, month=month, **{"class": class_id})}


def set_level(unit: Unit, pupil_id: int, month: date, level: int, person_id: int) -> None:
    """Keeps the level of a month."""
    unit.write(_PUT, id=new_id(), pupil=pupil_id, month=month, level=level, person=person_id, now=unit.now_ms)


def set_step(unit: Unit, pupil_id: int, month: date, step: str, person_id: int) -> bool:
    """Keeps the next step of a month; False where no level stands yet."""
    row = unit.execute(_ROW, pupil=pupil_id, month=month).first()
    if row is None:
        return False
    sealed = unit.vault.seal("team_review", row.id, "step", step)
    return unit.write(_STEP, id=row.id, step=sealed, person=person_id, now=unit.now_ms) == 1


def facts(unit: Unit, pupil_id: int, after: int) -> Facts:
    """What the record shows since `after`, in milliseconds since 1970."""
    row = unit.execute(_FACTS, pupil=pupil_id, after=after).one()
    return Facts(row.family, row.mentor, row.last, row.waits)
