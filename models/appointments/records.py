"""The record of a visit: written step by step, kept at each, gone on with after days. Two sealed parts, two rights.

The two teachers write and read it, the second one for a month; who covers for the mentor does too while that lasts, but
finds of level 2 only what the covering teacher wrote. Guardians, chief mentors and admins never read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, text

from models import access
from models.appointments import afterwards, booking, safety, steps, visits, wishes
from models.appointments.states import HOLDING, OUTSIDE, Purpose, Says, VisitState
from models.appointments.tables import Visit
from models.base import as_day
from models.checklist import coverage, items
from models.unit import Unit, sql

S = VisitState
LOOKED = "visit_record"


@dataclass(frozen=True, slots=True)
class Reader:
    """As whom somebody may write and read a record."""

    person_id: int
    is_mentor: bool = False
    covers: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a step: ready answers by their codes (or items), and own words; for a day, its ISO date."""

    options: tuple[str, ...] = ()
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.options or self.words)


@dataclass(slots=True)
class Record:
    """A record as it stands. `writers` are those who wrote into the private part."""

    visit_id: int
    step: str
    finished_at: int | None
    answers: dict[str, Answer] = field(default_factory=dict)
    writers: list[int] = field(default_factory=list)
    place: tuple[int, int, int] | None = None
    """Bot, chat and message in which a teacher was told that the agreement is with the family."""

    def answer(self, code: str) -> Answer:
        """What was answered to a step; empty where nothing was."""
        return self.answers.get(code, Answer())

    def shows(self, one: steps.Step, reader: Reader) -> bool:
        """Whether this reader may see a step."""
        return not one.private or not reader.covers or not self.writers or reader.person_id in self.writers

    @property
    def follow_up(self) -> date | None:
        """The day on which one looks again."""
        day = self.answer("again").words
        return as_day(day) if day else None


# --- rights ---

_READERS = text(
    "SELECT p.id, v.mentor_id, v.companion_id, v.companion_says,"
    f" {afterwards.STILL} AS still,"
    " EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = v.pupil_id AND m.mentor_id = v.mentor_id AND m.until IS NULL)"
    " AS mentors, EXISTS (SELECT 1 FROM absence a WHERE a.mentor_id = v.mentor_id AND a.substitute_id = p.id"
    " AND a.cancelled_at IS NULL AND a.starts_at <= :now AND a.ends_at > :now) AS covers"
    " FROM visit v JOIN person p ON p.id IN :people AND p.ended_at IS NULL"
    " WHERE v.id = :visit AND v.purpose = :purpose ORDER BY p.id"
).bindparams(bindparam("people", expanding=True))


def reader(unit: Unit, visit_id: int, person_ids: list[int]) -> Reader | None:
    """As whom these people may write and read the record: the mentor, while that is today's; the second teacher who came
    along, for a month; who covers for the mentor now."""
    if not person_ids:
        return None
    found: list[Reader] = []
    values = {"visit": visit_id, "people": person_ids, "now": unit.now_ms, "since": afterwards.since(unit)}
    for row in unit.execute(_READERS, purpose=Purpose.VISIT.value, **values):
        if row.id == row.mentor_id and row.mentors:
            found.append(Reader(row.id, is_mentor=True))
        elif row.id == row.companion_id and row.companion_says == Says.YES and row.still:
            found.append(Reader(row.id))
        elif row.covers and row.mentors:
            found.append(Reader(row.id, covers=True))
    return min(found, key=lambda one: (not one.is_mentor, one.covers), default=None)


def looked(unit: Unit, visit: Visit, one: Reader) -> None:
    """Notes that somebody who is not the mentor looked at a record."""
    if one.is_mentor:
        return
    access.note(unit, one.person_id, visit.pupil_id, LOOKED)


# --- its rows ---

_ROW = sql("SELECT sealed_plain, sealed_private, step, finished_at FROM visit_record WHERE visit_id = :visit")
_MAKE = sql(
    "INSERT INTO visit_record (visit_id, step, begun_at, saved_at) VALUES (:visit, '', :now, :now)"
    " ON CONFLICT (visit_id) DO NOTHING"
)
_LOCK = sql("UPDATE visit_record SET saved_at = :now WHERE visit_id = :visit")
_KEEP = sql("UPDATE visit_record SET sealed_plain = :plain, sealed_private = :private WHERE visit_id = :visit")
_STEP = sql("UPDATE visit_record SET step = :step WHERE visit_id = :visit")
_FINISH = sql("UPDATE visit_record SET finished_at = :now, finished_by = :person WHERE visit_id = :visit")
_ASKED = sql("UPDATE visit SET record_asked_at = :now WHERE id = :visit AND record_asked_at IS NULL")


def kept(unit: Unit, visit_id: int) -> Record | None:
    """What was written so far. Rights are the caller's to ask."""
    row = unit.execute(_ROW, visit=visit_id).first()
    if row is None:
        return None
    found = Record(visit_id, row.step, row.finished_at)
    for column, sealed in (("plain", row.sealed_plain), ("private", row.sealed_private)):
        if sealed is None:
            continue
        part: dict[str, Any] = orjson.loads(unit.vault.open("visit_record", visit_id, column, bytes(sealed)))
        found.answers |= {code: Answer(tuple(options), words) for code, (options, words) in part["answers"].items()}
        found.writers += part.get("writers", [])
        if "place" in part:
            found.place = (part["place"][0], part["place"][1], part["place"][2])
    return found


def _keep(unit: Unit, one: Record) -> None:
    private = {code for code in one.answers if (found := steps.step(code)) is not None and found.private}

    def sealed(column: str, codes: Iterable[str], more: dict[str, Any]) -> bytes:
        answers = {code: [list(one.answers[code].options), one.answers[code].words] for code in codes}
        whole = orjson.dumps({"answers": answers, **more}).decode()
        return unit.vault.seal("visit_record", one.visit_id, column, whole)

    more: dict[str, Any] = {"place": list(one.place)} if one.place is not None else {}
    unit.write(
        _KEEP,
        visit=one.visit_id,
        plain=sealed("plain", [code for code in one.answers if code not in private], more),
        private=sealed("private", sorted(private), {"writers": one.writers}) if private else None,
    )


def begin(unit: Unit, visit_id: int, person_id: int) -> Record | None:
    """The record to go on with; a new one has what is known beforehand. None where the visit has not begun, or did not
    take place.

    1. A visit whose time has begun took place: it is held, its time is let go of, the address goes; who went out has left.
    2. The record's row is made once, whoever begins it.
    """
    visit = visits.must(unit, visit_id)
    if visit.state in HOLDING and visit.starts_at is not None and visit.starts_at <= unit.now_ms:
        if visit.state == S.CONFIRMED:
            booking.drop_wish(unit, visit_id, person_id)
        if visit.form in OUTSIDE:
            safety.leave(unit, visit, person_id)
        elif visits.move(unit, visit_id, S.HELD, person_id, "held", ended_at=unit.now_ms, sealed_place=None):
            booking.release(unit, visit)
    visit = visits.must(unit, visit_id)
    if visit.state not in (S.HELD, S.AGREED, S.FOLLOWED_UP, S.CLOSED):
        return None
    if visit.state == S.HELD and unit.write(_MAKE, visit=visit_id, now=unit.now_ms) == 1:
        came = ("mentor", "companion") if visit.companion_says == Says.YES else ("mentor",)
        fresh = Record(visit_id, "", None, {"came": Answer(came)})
        kind = steps.step("kind")
        if kind is not None and kind.option(visit.kind) is not None:
            fresh.answers["kind"] = Answer((visit.kind,))
        wanted = wishes.of_coming(unit, visit_id).topics
        if wanted:
            fresh.answers["wanted"] = Answer(wanted)
        _keep(unit, fresh)
    return kept(unit, visit_id)


def put(unit: Unit, visit_id: int, person_id: int, code: str, answer: Answer) -> bool:
    """Keeps what was answered to a step. False once the record no longer changes: the family has confirmed, or it is closed.

    The row is locked first: of two teachers who write at once, neither loses an answer to another step.
    """
    one = steps.step(code)
    if one is None or visits.must(unit, visit_id).state != S.HELD:
        return False
    if unit.write(_LOCK, visit=visit_id, now=unit.now_ms) != 1:
        return False
    known = kept(unit, visit_id)
    if known is None:
        return False
    known.answers[code] = answer
    if not answer:
        del known.answers[code]
    if one.private and person_id not in known.writers:
        known.writers.append(person_id)
    _keep(unit, known)
    unit.write(_STEP, visit=visit_id, step=code)
    return True


def stop_at(unit: Unit, visit_id: int, code: str) -> None:
    """Where its writer is."""
    unit.write(_STEP, visit=visit_id, step=code)


def told_at(unit: Unit, visit_id: int, place: tuple[int, int, int]) -> None:
    """In which message the teacher was told that the agreement is with the family: changed when the family answers."""
    unit.write(_LOCK, visit=visit_id, now=unit.now_ms)
    known = kept(unit, visit_id)
    if known is not None:
        known.place = place
        _keep(unit, known)


def missing(one: Record) -> list[steps.Step]:
    """What has still to be answered."""
    return [found for found in steps.steps() if found.required and not one.answer(found.code)]


def finish(unit: Unit, visit_id: int, person_id: int, zone: str) -> Record | None:
    """It is whole: the day to look again is noted, and what was talked about in the pupil's checklist.

    None where something is missing, or it no longer changes.
    """
    visit, known = visits.must(unit, visit_id), kept(unit, visit_id)
    if known is None or missing(known) or visit.state != S.HELD:
        return None
    on, owner = known.follow_up, visit.mentor_id
    second = visit.companion_id if known.answer("owner").options == ("companion",) else None
    if second is not None and on is not None and not afterwards.too_late(visit, on):
        owner = second
    values: dict[str, Any] = {"follow_up_on": on, "follow_up_by": owner if on is not None else None}
    if not visits.change(unit, visit_id, (S.HELD,), **values):
        return None
    unit.write(_FINISH, visit=visit_id, person=person_id, now=unit.now_ms)
    asked(unit, visit_id)
    visits.log(unit, visit_id, person_id, "record", S.HELD)
    for code in dict.fromkeys((*known.answer("wanted").options, *known.answer("said").options)):
        if items.by_code(unit, visit.school_id, code) is not None:
            coverage.mark(unit, visit.pupil_id, visit.school_id, code, coverage.DONE, person_id, zone)
    return kept(unit, visit_id)


def close(unit: Unit, visit_id: int, person_id: int) -> bool:
    """Nothing was agreed: nothing is open any more, but for a day to look again that was set (todo.py)."""
    return visits.move(unit, visit_id, S.CLOSED, person_id, "closed", only_from=(S.HELD,))


# --- what the clock does ---

_UNWRITTEN = sql(
    # Cross joins, because SQLite keeps their order: the few visits first, not every account of the bot. A plus, because
    # it should find them by their end (ix_visit_unwritten), not by the school.
    "SELECT v.id FROM visit v CROSS JOIN person p CROSS JOIN account a WHERE +v.school_id = :school"
    # Who acts as the mentor now. Those who cannot be asked now are left out here: the others do not wait behind them.
    " AND p.id = COALESCE((SELECT b.substitute_id FROM absence b WHERE b.mentor_id = v.mentor_id AND"
    " b.cancelled_at IS NULL AND b.starts_at <= :now AND b.ends_at > :now ORDER BY b.id LIMIT 1), v.mentor_id)"
    " AND (:always OR p.hours_from = p.hours_to OR (p.hours_from < p.hours_to AND p.hours_from <= :minute"
    " AND :minute < p.hours_to) OR (p.hours_from > p.hours_to AND (p.hours_from <= :minute OR :minute < p.hours_to)))"
    " AND a.id = p.account_id AND a.bot_id = :bot AND v.record_asked_at IS NULL"
    " AND v.state IN ('confirmed', 'in_progress', 'held')"
    " AND v.ends_at <= :before AND v.ends_at > :after AND v.purpose = 'visit'"
    " AND NOT EXISTS (SELECT 1 FROM prompt q WHERE q.person_id = p.id AND q.day = :today)"
    " ORDER BY v.ends_at LIMIT :most"
)
_FORGET = sql(
    "UPDATE visit_record SET sealed_plain = NULL, sealed_private = NULL WHERE (sealed_plain IS NOT NULL OR"
    " sealed_private IS NOT NULL) AND visit_id IN (SELECT id FROM visit WHERE ended_at < :before)"
)


def unwritten(
    unit: Unit, bot_id: int, school_id: int, *, before: int, after: int, at: datetime, keep_hours: bool, most: int
) -> list[int]:
    """Visits of a school that ended between these moments (ms since 1970), without a record, whose mentor was not reminded.

    Left out are those whose mentor (or who covers) was prompted today already or, where hours are kept, does not work `at`
    this moment of the school's own clock.
    """
    rows = unit.execute(
        _UNWRITTEN,
        bot=bot_id,
        school=school_id,
        before=before,
        after=after,
        today=at.date(),
        minute=at.hour * 60 + at.minute,
        always=not keep_hours,
        now=unit.now_ms,
        most=most,
    )
    return [row.id for row in rows]


def asked(unit: Unit, visit_id: int) -> bool:
    """The mentor is reminded of the record, or needs no reminder: True the first time."""
    return unit.write(_ASKED, visit=visit_id, now=unit.now_ms) == 1


def forget(unit: Unit, before_ms: int) -> int:
    """Wipes what records of visits that ended before say; that there was one stays, and what was agreed. Answers how many."""
    return unit.write(_FORGET, before=before_ms)
