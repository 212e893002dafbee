"""Cases about a child's safety: who is paged next, who took it, what is kept. People decide; nothing is concluded here.

A case's steps are rows. What is due is asked of the rows, so a restart or an hour of downtime loses no step and doubles
none: the next tick goes on with the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from models import access
from models.base import new_id
from models.notices import marks
from models.safeguarding import part
from models.safeguarding.tables import CaseLook, CaseState, CaseStep, NoContact, SafetyCase
from models.standing import Reach
from models.unit import Unit, sql

Path = tuple[tuple[str, ...], ...]
MINUTE = 60_000
REMINDER = 24 * 60 * MINUTE
"""A case that somebody took and nobody closed is reminded of once, after a day."""
ALARMS = 6
"""How often the admins are told that nobody answers."""


@dataclass(frozen=True, slots=True)
class Page:
    """Somebody to be told now."""

    person_id: int
    role: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Paged:
    """Somebody who was told of a case, and may act on it."""

    person_id: int
    role: str
    reach: Reach | None


_GOING = sql(
    "SELECT id FROM safety_case WHERE state = 'acknowledged' AND pupil_id = :pupil AND writer_id = :writer"
    " UNION SELECT id FROM safety_case WHERE state = 'open' AND pupil_id = :pupil AND writer_id = :writer"
)
_LINK = sql("UPDATE message SET case_id = :case WHERE id = :message")


def open_case(
    unit: Unit,
    *,
    school_id: int,
    pupil_id: int,
    by_guardian: bool,
    writer_id: int,
    found_by: str,
    rule: str | None,
    text: str,
    message_id: int | None,
) -> tuple[int, bool]:
    """Opens a case, or adds to the one that this writer has open about this pupil. Answers it, and whether it is new."""
    row = unit.execute(_GOING, pupil=pupil_id, writer=writer_id).first()
    if row is not None:
        case_id = int(row.id)
        add_text(unit, case_id, text)
    else:
        case_id = new_id()
        unit.session.add(
            SafetyCase(
                id=case_id,
                school_id=school_id,
                pupil_id=pupil_id,
                by_guardian=by_guardian,
                writer_id=writer_id,
                found_by=found_by,
                rule=rule,
                opened_at=unit.now_ms,
                next_at=unit.now_ms,
                sealed_text=unit.vault.seal("safety_case", case_id, "text", text) if text else None,
            )
        )
        unit.session.flush()
    if message_id is not None:
        unit.write(_LINK, case=case_id, message=message_id)
    return case_id, row is None


def case(unit: Unit, case_id: int) -> SafetyCase | None:
    """A case, fresh from its row."""
    found = unit.session.get(SafetyCase, case_id)
    if found is not None:
        unit.session.refresh(found)
    return found


def add_text(unit: Unit, case_id: int, text: str) -> bool:
    """What was written in addition; False where the case is closed."""
    found = case(unit, case_id)
    if found is None or found.state == CaseState.CLOSED:
        return False
    earlier = unit.vault.open("safety_case", case_id, "text", found.sealed_text) if found.sealed_text else ""
    whole = f"{earlier}\n\n{text}".strip()
    found.sealed_text = unit.vault.seal("safety_case", case_id, "text", whole)
    unit.session.add(found)
    unit.session.flush()
    return True


# --- the path ---

_MENTOR = sql(
    "SELECT COALESCE((SELECT ab.substitute_id FROM absence ab WHERE ab.mentor_id = m.mentor_id AND ab.cancelled_at IS NULL"
    " AND ab.starts_at <= :now AND ab.ends_at > :now ORDER BY ab.id LIMIT 1), m.mentor_id) AS id"
    " FROM mentorship m WHERE m.pupil_id = :pupil AND m.until IS NULL"
)
_CHIEF = sql(
    "SELECT c.chief_mentor_id AS id FROM class_team c JOIN pupil p ON p.school_class_id = c.school_class_id"
    " WHERE p.id = :pupil AND c.until IS NULL"
)
_ROLE = sql(
    "SELECT r.person_id AS id FROM role r JOIN person p ON p.id = r.person_id WHERE r.kind = :kind AND r.until IS NULL"
    " AND p.school_id = :school AND p.ended_at IS NULL ORDER BY r.id"
)
_REACH = sql(
    "SELECT a.bot_id, a.user_id, a.language, a.reachable FROM person p JOIN account a ON a.id = p.account_id"
    " WHERE p.id = :person AND p.ended_at IS NULL"
)
_DUE = sql("SELECT id FROM safety_case WHERE state = 'open' AND next_at <= :now ORDER BY next_at, id")
_NEXT = sql("UPDATE safety_case SET next_at = :next WHERE id = :id AND state = 'open'")
_EXHAUSTED = sql("UPDATE safety_case SET exhausted_at = :now WHERE id = :id AND exhausted_at IS NULL")


def reach_of(unit: Unit, person_id: int) -> Reach | None:
    """How somebody is reached; nothing for who has not joined, or stopped the bot."""
    row = unit.execute(_REACH, person=person_id).first()
    if row is None or not row.reachable:
        return None
    return Reach(row.bot_id, row.user_id, row.language, True)


TEACHERS = ("mentor", "chief_mentor")
_OWN_MENTOR = sql("SELECT mentor_id AS id FROM mentorship WHERE pupil_id = :pupil AND until IS NULL")


def _people(unit: Unit, found: SafetyCase, role: str) -> list[int]:
    if role == "mentor":
        rows = unit.execute(_MENTOR, pupil=found.pupil_id, now=unit.now_ms)
    elif role == "chief_mentor":
        rows = unit.execute(_CHIEF, pupil=found.pupil_id)
    else:
        rows = unit.execute(_ROLE, kind=role, school=found.school_id)
    return [row.id for row in rows]


def due(unit: Unit) -> list[int]:
    """Open cases whose next step is due."""
    return [row.id for row in unit.execute(_DUE, now=unit.now_ms)]


def advance(unit: Unit, case_id: int, path: Path, minutes: int) -> tuple[list[Page], bool]:
    """The next step: who is told now. A step in which nobody can be reached is passed over at once.

    Answers also whether the path has come to its end with nobody left to tell.
    """
    found = case(unit, case_id)
    if found is None or found.state != CaseState.OPEN:
        return [], False
    steps = unit.session.exec(select(CaseStep).where(CaseStep.case_id == case_id)).all()
    told = {one.person_id for one in steps}
    number = max((one.number for one in steps), default=0)
    pages: list[Page] = []
    while number < len(path) and not pages:
        number += 1
        for role in path[number - 1]:
            for person_id in _people(unit, found, role):
                if person_id in told or person_id == found.writer_id:
                    continue
                told.add(person_id)
                reach = reach_of(unit, person_id)
                _step(unit, case_id, number, person_id, role, reach is not None)
                if reach is not None:
                    pages.append(Page(person_id, role, reach))
    unit.write(_NEXT, id=case_id, next=unit.now_ms + minutes * MINUTE)
    if pages:
        return pages, False
    unit.write(_EXHAUSTED, id=case_id, now=unit.now_ms)
    return _admins(unit, found, told, number), True


def _admins(unit: Unit, found: SafetyCase, told: set[int], number: int) -> list[Page]:
    """The school's admins, who from now on may act on it too."""
    pages = []
    kept_out = spared(unit, found.id)
    for person_id in _people(unit, found, "admin"):
        if person_id in kept_out:
            continue
        reach = reach_of(unit, person_id)
        if person_id not in told:
            _step(unit, found.id, number + 1, person_id, "admin", reach is not None)
        if reach is not None:
            pages.append(Page(person_id, "admin", reach))
    return pages


def _step(unit: Unit, case_id: int, number: int, person_id: int, role: str, reached: bool) -> None:
    unit.session.add(
        CaseStep(case_id=case_id, number=number, person_id=person_id, role=role, paged_at=unit.now_ms, reached=reached)
    )
    unit.session.flush()


_ALARMS = sql("SELECT id FROM safety_case WHERE state = 'open' AND exhausted_at IS NOT NULL ORDER BY id")


def unanswered(unit: Unit) -> list[int]:
    """Cases whose path has ended and that nobody has taken."""
    return [row.id for row in unit.execute(_ALARMS)]


SPARED = "spared"
"""The role of a step of somebody who must not hear of a case: the one that the writer speaks of may be among them."""
_SPARE = sql(
    "INSERT INTO case_step (id, case_id, number, person_id, role, paged_at, reached)"
    " VALUES (:id, :case, 0, :person, 'spared', :now, :no)"
    " ON CONFLICT (case_id, person_id) DO UPDATE SET role = 'spared'"
)
_FREE = sql(
    "UPDATE safety_case SET state = 'open', acknowledged_at = NULL, acknowledged_by = NULL, next_at = :now"
    " WHERE id = :id AND state = 'acknowledged' AND acknowledged_by IN"
    " (SELECT person_id FROM case_step WHERE case_id = :id AND role = 'spared')"
)
_SPARES = sql("SELECT person_id FROM case_step WHERE case_id = :case AND role = 'spared'")


def spare(unit: Unit, case_id: int) -> bool:
    """The child's mentor, who covers, and the chief mentor are not told, or from now on have no part in it.

    Where one of them had taken it, it is open again. False where it is so already.
    """
    found = case(unit, case_id)
    if found is None or spared(unit, case_id):
        return False
    unit.session.flush()
    own = unit.execute(_OWN_MENTOR, pupil=found.pupil_id)
    people = {row.id for row in own} | {one for role in TEACHERS for one in _people(unit, found, role)}
    for person_id in sorted(people - {found.writer_id}):
        unit.write(_SPARE, id=new_id(), case=case_id, person=person_id, now=unit.now_ms, no=False)
    unit.write(_FREE, id=case_id, now=unit.now_ms)
    unit.session.expire_all()
    return True


def spared(unit: Unit, case_id: int) -> set[int]:
    """Who must not hear of a case."""
    return {row.person_id for row in unit.execute(_SPARES, case=case_id)}


# --- what the people do who were told ---


def paged(unit: Unit, case_id: int) -> list[Paged]:
    """All who were told of a case and still have part in it."""
    rows = unit.session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.id))).all()
    still = part.people(unit, case_id) if rows else set()
    return [Paged(one.person_id, one.role, reach_of(unit, one.person_id)) for one in rows if one.person_id in still]


def acting(unit: Unit, case_id: int, person_ids: list[int]) -> Paged | None:
    """As whom somebody may act on a case: only who was told of it, as long as that one has to do with the child."""
    return next((one for one in paged(unit, case_id) if one.person_id in person_ids), None)


_ACKNOWLEDGE = sql(
    "UPDATE safety_case SET state = 'acknowledged', acknowledged_at = :now, acknowledged_by = :person, next_at = NULL"
    " WHERE id = :id AND state = 'open'"
)
_CLOSE = sql(
    "UPDATE safety_case SET state = 'closed', outcome = :outcome, closed_at = :now, closed_by = :person, next_at = NULL,"
    " sealed_text = NULL WHERE id = :id AND state <> 'closed'"
)
_MESSAGES = sql("SELECT id FROM message WHERE case_id = :id AND state = 'held' AND held_for = 'urgent' ORDER BY id")
_WIPE = sql("UPDATE message SET sealed_body = :empty WHERE case_id = :id AND state = 'held' AND held_for = 'urgent'")
_WIPE_VERSIONS = sql(
    "DELETE FROM message_version WHERE message_id IN (SELECT id FROM message WHERE case_id = :id AND held_for = 'urgent')"
)
_REMIND = sql(
    "SELECT id, acknowledged_by FROM safety_case WHERE state = 'acknowledged' AND reminded_at IS NULL"
    " AND acknowledged_at <= :before"
)
_REMINDED = sql("UPDATE safety_case SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL")


def acknowledge(unit: Unit, case_id: int, person_id: int) -> bool:
    """Somebody takes the case. False where somebody else has."""
    return unit.write(_ACKNOWLEDGE, id=case_id, person=person_id, now=unit.now_ms) == 1


def messages_of(unit: Unit, case_id: int) -> list[int]:
    """The messages that wait for the case, in order."""
    return [row.id for row in unit.execute(_MESSAGES, id=case_id)]


def close(unit: Unit, case_id: int, person_id: int, outcome: str) -> bool:
    """The case ends: referred (its messages' words go), or not_urgent (they are passed on by the caller before)."""
    if unit.write(_CLOSE, id=case_id, person=person_id, outcome=outcome, now=unit.now_ms) != 1:
        return False
    unit.write(_WIPE_VERSIONS, id=case_id)
    unit.write(_WIPE, id=case_id, empty=b"")
    return True


def look(unit: Unit, case_id: int, person_id: int) -> str | None:
    """The words of a case, for somebody who was told of it; each look is noted. Nothing once it is closed."""
    found = case(unit, case_id)
    if found is None or found.state == CaseState.CLOSED:
        return None
    unit.session.add(CaseLook(case_id=case_id, person_id=person_id, at=unit.now_ms))
    unit.session.flush()
    access.note(unit, person_id, found.pupil_id, "case", within=0)
    return unit.vault.open("safety_case", case_id, "text", found.sealed_text) if found.sealed_text else ""


def forgotten(unit: Unit) -> list[tuple[int, int]]:
    """Cases that were taken a day ago and are still open, each once: the case and who took it."""
    rows = unit.execute(_REMIND, before=unit.now_ms - REMINDER).all()
    return [(row.id, row.acknowledged_by) for row in rows if unit.write(_REMINDED, id=row.id, now=unit.now_ms) == 1]


def of_people(unit: Unit, person_ids: list[int], most: int = 10) -> list[SafetyCase]:
    """The cases that these people were told of and still have part in, open ones first."""
    return list(
        unit.session.exec(
            select(SafetyCase)
            .where(col(SafetyCase.id).in_(part.cases_of(unit, person_ids)))
            .order_by((SafetyCase.state == CaseState.CLOSED).asc(), col(SafetyCase.opened_at).desc())  # type: ignore[attr-defined]
            .limit(most)
        ).all()
    )


# --- no contact ---

_STOPPED = sql("SELECT 1 FROM no_contact WHERE person_id = :person AND until IS NULL")
_LIFT = sql("UPDATE no_contact SET until = :now WHERE person_id = :person AND until IS NULL")
_CHATS = (
    "SELECT a.bot_id, a.user_id FROM no_contact n JOIN person p ON p.id = n.person_id JOIN account a ON a.id = p.account_id"
    " WHERE n.until IS NULL"
)
_HOLD_ROWS = sql(
    "UPDATE message SET state = 'held', held_for = 'no_contact', due_at = NULL WHERE state = 'queued' AND id IN"
    " (SELECT o.message_id FROM outbox o WHERE o.state IN ('waiting', 'frozen') AND NOT o.answers"
    f" AND (o.bot_id, o.chat_id) IN ({_CHATS}))"
)
_CANCEL_ROWS = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no contact'"
    f" WHERE state IN ('waiting', 'frozen') AND NOT answers AND (bot_id, chat_id) IN ({_CHATS})"
)
_HOLD_HELD = sql(
    "UPDATE message SET held_for = 'no_contact', due_at = NULL WHERE state = 'held' AND NOT by_guardian"
    " AND held_for <> 'urgent' AND thread_id IN (SELECT id FROM thread WHERE guardian_id = :person)"
)


def is_stopped(unit: Unit, person_id: int) -> bool:
    """Whether nothing may go to this guardian now."""
    return unit.execute(_STOPPED, person=person_id).first() is not None


def stop_contact(unit: Unit, person_id: int, case_id: int | None, by: int) -> bool:
    """From this moment nothing that others say goes to this guardian, what waits included. False where it was so."""
    if is_stopped(unit, person_id):
        return False
    unit.session.add(NoContact(person_id=person_id, case_id=case_id, set_by=by, since=unit.now_ms))
    unit.session.flush()
    unit.contact_changed()
    unit.write(_HOLD_HELD, person=person_id)
    sweep(unit)
    return True


def lift(unit: Unit, person_id: int) -> bool:
    """Messages may go to this guardian again; what was held stays held, for a person to decide."""
    unit.contact_changed()
    return unit.write(_LIFT, person=person_id, now=unit.now_ms) == 1


def sweep(unit: Unit) -> None:
    """Takes back what waits for guardians who must not be contacted: also what came back from a failed try."""
    if not unit.execute(sql("SELECT 1 FROM no_contact WHERE until IS NULL LIMIT 1")).first():
        return
    unit.write(_HOLD_ROWS)
    unit.write(_CANCEL_ROWS, now=unit.now_ms)
    marks.silenced(unit)
