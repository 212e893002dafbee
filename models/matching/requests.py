"""Asking for another mentor within the year. Who asked, why, and that anybody did, is for those who decide alone.

These are the school's admins; where there is none who can be reached, the class's chief mentor. Whoever is the pupil's
mentor is never among them. Every function here takes the one who acts, and answers nothing to anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from models import access, mentorships
from models.base import new_id
from models.contact import FREE
from models.matching.still_open import STANDS, settle_of
from models.mentorships import Change
from models.standing import Line, Reach, Standing, class_label
from models.unit import Unit, sql

REASONS = ("way", "child", "contact", "none")
"""How they get on; the child would like to try; hard to reach each other; no reason said."""
LONGEST = 500
"""Characters of the words that may be added at a time."""
MOST_WORDS = 2_500


class Outcome(StrEnum):
    """What was decided."""

    OPEN = ""
    TALK = "talk"
    """People talk first; it stays open."""
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Request:
    """A request, for one who decides. Times are milliseconds since 1970."""

    id: int
    school_id: int
    pupil_id: int
    pupil_name: str
    group: str
    asked_by: int
    asker_name: str
    by_mentor: bool
    mentor_id: int | None
    """The mentor whom it is about; while it is open, today's."""
    mentor_name: str
    reason: str
    words: str
    outcome: Outcome
    asked_at: int
    decided: bool


_INSERT = sql(
    "INSERT INTO mentor_request (id, school_id, pupil_id, asked_by, by_mentor, mentor_id, reason, outcome, asked_at)"
    " SELECT :id, pu.school_id, pu.id, :by, :mentors, m.mentor_id, :reason, '', :now FROM pupil pu LEFT JOIN mentorship m"
    " ON m.pupil_id = pu.id AND m.until IS NULL WHERE pu.id = :pupil AND pu.ended_at IS NULL AND NOT EXISTS (SELECT 1"
    " FROM mentor_request r WHERE r.pupil_id = :pupil AND r.asked_by = :by AND r.decided_at IS NULL)"
)
_SAID = sql(
    "SELECT r.sealed_words FROM mentor_request r WHERE r.id = :id AND r.asked_by = :by AND r.decided_at IS NULL"
    f" AND {STANDS}"
)
_WORDS = sql("UPDATE mentor_request SET sealed_words = :words WHERE id = :id AND asked_by = :by AND decided_at IS NULL")
_ONE = (
    "SELECT r.id, r.school_id, r.pupil_id, r.asked_by, r.by_mentor, r.reason, r.sealed_words, r.outcome, r.asked_at,"
    " r.decided_at, pu.sealed_name, sc.grade, sc.name, ap.sealed_name AS asker, r.mentor_id, mp.sealed_name AS mentor"
    " FROM mentor_request r JOIN pupil pu ON pu.id = r.pupil_id AND pu.ended_at IS NULL"
    " JOIN school_class sc ON sc.id = pu.school_class_id JOIN person ap ON ap.id = r.asked_by"
    " LEFT JOIN mentorship m ON m.pupil_id = r.pupil_id AND m.until IS NULL LEFT JOIN person mp ON mp.id = r.mentor_id"
)
_DECIDERS = (
    " EXISTS (SELECT 1 FROM role ro WHERE ro.person_id = p.id AND ro.kind = 'admin' AND ro.until IS NULL)"
    " AND p.school_id = {school} AND p.ended_at IS NULL"
)
_ADMINS = _DECIDERS.format(school="r.school_id")
_APART = (
    " {p}.id <> COALESCE(m.mentor_id, 0) AND {p}.id <> COALESCE(r.mentor_id, 0) AND NOT EXISTS (SELECT 1 FROM guardianship g"
    " JOIN person gp ON gp.id = g.person_id WHERE g.pupil_id = r.pupil_id AND g.until IS NULL"
    " AND gp.account_id = {p}.account_id)"
)
"""Neither the pupil's mentor, then or now, nor one of its guardians: what one guardian writes the other does not read."""
_CHIEF = (
    " (p.ended_at IS NULL AND EXISTS (SELECT 1 FROM class_team t WHERE t.school_class_id = pu.school_class_id"
    " AND t.until IS NULL AND t.chief_mentor_id = p.id) AND NOT EXISTS (SELECT 1 FROM person q JOIN account qa"
    " ON qa.id = q.account_id AND qa.reachable = :yes JOIN role qr ON qr.person_id = q.id AND qr.kind = 'admin'"
    " AND qr.until IS NULL WHERE q.school_id = r.school_id AND q.ended_at IS NULL AND" + _APART.format(p="q") + "))"
)
_DECIDES = f" ({_APART.format(p='p')} AND (({_ADMINS}) OR {_CHIEF}))"
_FOR_ONE = sql(
    f"{_ONE} JOIN person p ON p.id = :person WHERE r.id = :id AND {_DECIDES} AND (r.decided_at IS NOT NULL OR {STANDS})"
)
_FOR_ALL = sql(
    f"{_ONE} JOIN person p ON p.id = :person WHERE r.decided_at IS NULL AND r.school_id = p.school_id AND {_DECIDES}"
    f" AND {STANDS} ORDER BY r.id LIMIT 40"
)
_TO_TELL = sql(
    "SELECT p.id, p.hours_from, p.hours_to, a.bot_id, a.user_id, a.language FROM mentor_request r"
    " JOIN pupil pu ON pu.id = r.pupil_id LEFT JOIN mentorship m ON m.pupil_id = r.pupil_id AND m.until IS NULL"
    f" JOIN person p ON p.school_id = r.school_id JOIN account a ON a.id = p.account_id AND a.reachable = :yes"
    f" WHERE r.id = :id AND {_DECIDES} ORDER BY p.id"
)
_DECIDE = sql(
    "UPDATE mentor_request SET outcome = :outcome, decided_by = :by, decided_at = :decided WHERE id = :id"
    " AND decided_at IS NULL AND outcome <> :outcome"
)
_ASKER = sql(
    "SELECT a.bot_id, a.user_id, a.language, p.quiet_from, p.quiet_to, r.by_mentor, p.hours_from, p.hours_to"
    " FROM mentor_request r JOIN person p ON p.id = r.asked_by AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id"
    f" AND a.reachable = :yes WHERE r.id = :id AND {FREE} AND (r.by_mentor = :yes OR EXISTS (SELECT 1 FROM guardianship g"
    " WHERE g.pupil_id = r.pupil_id AND g.person_id = p.id AND g.until IS NULL))"
)
_OTHERS = sql(
    "UPDATE mentor_request SET outcome = 'changed', decided_by = :by, decided_at = :now WHERE pupil_id = :pupil"
    " AND decided_at IS NULL AND id <> :id"
)
_OPEN_BESIDE = sql(
    "SELECT r.id FROM mentor_request r WHERE r.pupil_id = :pupil AND r.id <> :id AND r.decided_at IS NULL"
    f" AND {STANDS} ORDER BY r.id"
)
_OPEN_OF = sql(
    "SELECT r.id FROM mentor_request r WHERE r.pupil_id = :pupil AND r.asked_by = :by AND r.decided_at IS NULL"
    f" AND {STANDS}"
)


def ask(unit: Unit, line: Line, by: int, reason: str, *, by_mentor: bool = False) -> int | None:
    """Keeps a request of one of the line's two ends; the caller took `line` from that person's own lines.

    Nothing where that person has one open for this pupil already.
    """
    mine = by == (line.mentor_id if by_mentor else line.guardian_id)
    row = new_id()
    if not mine or reason not in REASONS:
        return None
    settle_of(unit, line.pupil_id)
    made = unit.write(
        _INSERT,
        id=row,
        pupil=line.pupil_id,
        by=by,
        mentors=by_mentor,
        reason="" if reason == "none" else reason,
        now=unit.now_ms,
    )
    return row if made == 1 else None


def open_of(unit: Unit, pupil_id: int, by: int) -> int | None:
    """The request that this person has open for a pupil."""
    row = unit.execute(_OPEN_OF, pupil=pupil_id, by=by, yes=True).first()
    return None if row is None else int(row.id)


def add_words(unit: Unit, request_id: int, by: int, words: str) -> bool:
    """Adds the words of who asked. False where it is not theirs, or was decided."""
    row = unit.execute(_SAID, id=request_id, by=by, yes=True).first()
    if row is None:
        return False
    if row.sealed_words is not None:
        # What was said before stays.
        words = f"{unit.vault.open('mentor_request', request_id, 'words', bytes(row.sealed_words))}\n{words}"
    sealed = unit.vault.seal("mentor_request", request_id, "words", words[-MOST_WORDS:])
    return unit.write(_WORDS, id=request_id, by=by, words=sealed) == 1


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who hears of a request."""

    person_id: int
    reach: Reach
    hours: tuple[int, int]


def deciders(unit: Unit, request_id: int) -> list[Decider]:
    """Who hears of a request and can be reached."""
    return [
        Decider(row.id, Reach(row.bot_id, row.user_id, row.language, True), (row.hours_from, row.hours_to))
        for row in unit.execute(_TO_TELL, id=request_id, yes=True)
    ]


def open_for(unit: Unit, who: Standing) -> list[Request]:
    """The open requests that this account decides."""
    staff = who.staff
    rows = [] if staff is None else unit.execute(_FOR_ALL, person=staff.person_id, yes=True).all()
    return [_request(unit, row) for row in rows]


def one(unit: Unit, who: Standing, request_id: int) -> Request | None:
    """A request, for one who decides; without its being looked at (see `look`)."""
    staff = who.staff
    row = None if staff is None else unit.execute(_FOR_ONE, id=request_id, person=staff.person_id, yes=True).first()
    return None if row is None else _request(unit, row)


def _request(unit: Unit, r: Row[Any]) -> Request:
    opened = unit.vault.open
    return Request(
        r.id,
        r.school_id,
        r.pupil_id,
        opened("pupil", r.pupil_id, "name", r.sealed_name),
        class_label(r.grade, r.name),
        r.asked_by,
        opened("person", r.asked_by, "name", r.asker),
        bool(r.by_mentor),
        r.mentor_id,
        "" if r.mentor is None else opened("person", r.mentor_id, "name", r.mentor),
        r.reason,
        "" if r.sealed_words is None else opened("mentor_request", r.id, "words", bytes(r.sealed_words)),
        Outcome(r.outcome),
        r.asked_at,
        r.decided_at is not None,
    )


def decide(unit: Unit, request: Request, outcome: Outcome, by: int) -> bool:
    """Keeps a decision other than another mentor. False where it was decided before."""
    decided = None if outcome is Outcome.TALK else unit.now_ms
    return unit.write(_DECIDE, id=request.id, outcome=outcome.value, by=by, decided=decided) == 1


def give(unit: Unit, request: Request, mentor_id: int, by: int) -> Change | None:
    """Gives the pupil another mentor, which settles all open requests for that pupil. Nothing where it was decided before.

    Raises LookupError where that is no mentor of the school today.
    """
    if unit.write(_DECIDE, id=request.id, outcome=Outcome.CHANGED.value, by=by, decided=unit.now_ms) != 1:
        return None
    change = mentorships.change(unit, request.pupil_id, mentor_id)
    if change is not None:
        unit.write(_OTHERS, pupil=request.pupil_id, id=request.id, by=by, now=unit.now_ms)
    return change


def beside(unit: Unit, request: Request) -> list[int]:
    """Other open requests for the same pupil: another mentor settles them too, and who asked hears it."""
    return [row.id for row in unit.execute(_OPEN_BESIDE, pupil=request.pupil_id, id=request.id, yes=True)]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, to be told."""

    reach: Reach
    by_mentor: bool
    quiet: tuple[int, int]
    hours: tuple[int, int]


def asker(unit: Unit, request_id: int) -> Asker | None:
    """Who asked, where that person may still hear of it."""
    row = unit.execute(_ASKER, id=request_id, yes=True).first()
    return (
        None
        if row is None
        else Asker(
            Reach(row.bot_id, row.user_id, row.language, True),
            bool(row.by_mentor),
            (row.quiet_from, row.quiet_to),
            (row.hours_from, row.hours_to),
        )
    )


def look(unit: Unit, who: Standing, request_id: int) -> Request | None:
    """Opens a request with its words: noted as a look at what belongs to the child.

    The family sees these notes, so the word is the one for everything about its mentor: that somebody asked shows nowhere. What
    a guardian asked for is that guardian's side.
    """
    found = one(unit, who, request_id)
    if found is not None and who.staff is not None:
        side = None if found.by_mentor else found.asked_by
        access.note(unit, who.staff.person_id, found.pupil_id, "matching", guardian_id=side)
    return found
