"""What other parts of the program keep about a pupil and belongs into the file: shown from there, copied nowhere.

Agreements and visits (those at which this very guardian was, or which this mentor held), written notes that this guardian
got. Of events nothing: who took part is forgotten after a while (models/events/closing.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from models.appointments.states import TOOK_PLACE, Reply
from models.base import as_day
from models.pupil_file.allowed import Keeper
from models.unit import Unit, sql

MOST = 20
"""Of each sort, the newest."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed at a visit. `at` is when that was, ms since 1970; `stands`: it has not been looked at again."""

    id: int
    at: int
    school: str
    family: str
    follow_up_on: date | None
    stands: bool
    owner_id: int | None = None
    """The one guardian who may see it; empty where all of the pupil's were there."""


@dataclass(frozen=True, slots=True)
class Held:
    """A visit that took place."""

    id: int
    at: int
    form: str


@dataclass(frozen=True, slots=True)
class Written:
    """A written note (成长寄语) that was sent."""

    at: int
    term: str
    text: str


_CAME = f"('{Reply.HOST.value}', '{Reply.JOINED.value}')"
_WAS_THERE = (
    "EXISTS (SELECT 1 FROM visit_guest vg WHERE vg.visit_id = v.id AND vg.guardian_id = :person"
    f" AND vg.reply IN {_CAME})"
)
_HELD_STATES = ", ".join(f"'{one.value}'" for one in TOOK_PLACE)
_AGREED = (
    "SELECT a.id, a.sealed_school, a.sealed_family, COALESCE(v.starts_at, v.ended_at, a.at) AS at, v.follow_up_on,"
    " v.followed_up_at, v.id AS visit_id FROM agreement a JOIN visit v ON v.id = a.visit_id"
    " WHERE a.pupil_id = :pupil AND a.state = 'confirmed' AND {who} ORDER BY a.id DESC LIMIT :most"
)
_AGREED_GUARDIAN = sql(_AGREED.format(who=_WAS_THERE))
_AGREED_MENTOR = sql(_AGREED.format(who="v.mentor_id = :person AND COALESCE(v.starts_at, v.ended_at, a.at) >= :since"))
_AGREED_STANDING = sql(_AGREED.format(who="v.followed_up_at IS NULL"))
_GUESTS = sql(
    f"SELECT guardian_id, reply FROM visit_guest WHERE visit_id = :visit AND reply IN {_CAME} ORDER BY guardian_id"
)
_EVERY_GUARDIAN = sql(
    "SELECT g.person_id FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id WHERE g.pupil_id = :pupil"
    " AND (g.until IS NULL OR g.until >= pu.ended_at)"
)
_VISITS = (
    "SELECT v.id, COALESCE(v.starts_at, v.ended_at) AS at, v.form FROM visit v WHERE v.pupil_id = :pupil"
    f" AND v.purpose = 'visit' AND v.state IN ({_HELD_STATES}) AND {{who}} ORDER BY v.id DESC LIMIT :most"
)
_VISITS_GUARDIAN = sql(_VISITS.format(who=_WAS_THERE))
_VISITS_MENTOR = sql(_VISITS.format(who="v.mentor_id = :person AND COALESCE(v.starts_at, v.ended_at) >= :since"))
_NOTES_GUARDIAN = sql(
    "SELECT n.id, n.sealed_text, n.sent_at, t.name FROM written_note n JOIN term t ON t.id = n.term_id"
    " WHERE n.pupil_id = :pupil AND n.sent_at IS NOT NULL AND EXISTS"
    " (SELECT 1 FROM note_card c JOIN message m ON m.id = c.message_id WHERE c.note_id = n.id"
    " AND c.guardian_id = :person AND m.state = 'delivered') ORDER BY n.id DESC LIMIT :most"
)
_NOTES_MENTOR = sql(
    "SELECT n.id, n.sealed_text, n.sent_at, t.name FROM written_note n JOIN term t ON t.id = n.term_id"
    " WHERE n.pupil_id = :pupil AND n.sent_at >= :since AND n.mentor_id = :person ORDER BY n.id DESC LIMIT :most"
)


def _agreed(unit: Unit, row: Row[Any], owner_id: int | None = None) -> Agreed:
    opened = unit.vault.open
    return Agreed(
        row.id,
        row.at,
        opened("agreement", row.id, "school", bytes(row.sealed_school)),
        opened("agreement", row.id, "family", bytes(row.sealed_family)),
        None if row.follow_up_on is None else as_day(row.follow_up_on),
        row.followed_up_at is None,
        owner_id,
    )


def agreed_with(unit: Unit, pupil_id: int, guardian_id: int) -> list[Agreed]:
    """What was agreed at visits at which this guardian was."""
    rows = unit.execute(_AGREED_GUARDIAN, pupil=pupil_id, person=guardian_id, most=MOST)
    return [_agreed(unit, row) for row in rows]


def agreed_by(unit: Unit, one: Keeper) -> list[Agreed]:
    """What this mentor agreed with the family during the own mentorship."""
    values = {"pupil": one.pupil_id, "person": one.person_id, "since": one.since, "most": MOST}
    return [_agreed(unit, row) for row in unit.execute(_AGREED_MENTOR, **values)]


def standing(unit: Unit, pupil_id: int, guardians: list[int], most: int) -> list[Agreed]:
    """For a handover: what was agreed and not yet looked at again, each with the guardian whose it is.

    Where all of the guardians were there it is everybody's; otherwise it is of the first who was, so that nobody learns of a
    visit at which somebody else was. Who has not joined yet counts too: that one may join, and read, tomorrow.
    """
    found = []
    every = {row.person_id for row in unit.execute(_EVERY_GUARDIAN, pupil=pupil_id)} | set(guardians)
    for row in unit.execute(_AGREED_STANDING, pupil=pupil_id, most=most):
        came = [guest.guardian_id for guest in unit.execute(_GUESTS, visit=row.visit_id)]
        still = [one for one in came if one in guardians]
        if still:
            found.append(_agreed(unit, row, None if every <= set(came) else still[0]))
    return found


def visits_of(unit: Unit, pupil_id: int, guardian_id: int) -> list[Held]:
    """Visits at which this guardian was."""
    rows = unit.execute(_VISITS_GUARDIAN, pupil=pupil_id, person=guardian_id, most=MOST)
    return [Held(row.id, row.at, row.form) for row in rows]


def visits_by(unit: Unit, one: Keeper) -> list[Held]:
    """Visits that this mentor held during the own mentorship."""
    values = {"pupil": one.pupil_id, "person": one.person_id, "since": one.since, "most": MOST}
    return [Held(row.id, row.at, row.form) for row in unit.execute(_VISITS_MENTOR, **values)]


def _notes(unit: Unit, rows: Any) -> list[Written]:
    opened = unit.vault.open
    return [
        Written(row.sent_at, row.name, opened("written_note", row.id, "text", bytes(row.sealed_text))) for row in rows
    ]


def notes_to(unit: Unit, pupil_id: int, guardian_id: int) -> list[Written]:
    """Written notes that arrived with this guardian."""
    return _notes(unit, unit.execute(_NOTES_GUARDIAN, pupil=pupil_id, person=guardian_id, most=MOST))


def notes_by(unit: Unit, one: Keeper) -> list[Written]:
    """Written notes that this mentor has sent during the own mentorship."""
    values = {"pupil": one.pupil_id, "person": one.person_id, "since": one.since, "most": MOST}
    return _notes(unit, unit.execute(_NOTES_MENTOR, **values))
