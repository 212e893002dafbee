"""What guardians answer to 'who is your child's mentor?'. Nobody's answer is kept: it is added up at once.

Who has answered is known until the question ends, so that nobody answers twice; then these rows go. The sums that are shown
move with five more answers, and those of a school are sums of what is shown of its classes. Up to five answers that are not
shown yet are sealed: beside the list of who has answered, a plain sum of one answer would be that answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.base import new_id
from models.city.polls import BATCH, UNSURE
from models.city.tables import MentorPoll
from models.standing import class_label
from models.sums import FEWEST
from models.unit import Unit, sql

_OPEN_ASK = sql(
    "SELECT k.pupil_id, k.person_id, pu.school_class_id FROM mentor_poll_ask k JOIN mentor_poll o ON o.id = k.poll_id"
    " AND o.ended_at IS NULL AND o.ends_at > :now JOIN pupil pu ON pu.id = k.pupil_id"
    " JOIN person p ON p.id = k.person_id AND p.account_id = :account WHERE k.poll_id = :poll AND k.pupil_id = :pupil"
    " AND k.state = 'asked'"
)
_ANSWERED = sql(
    "UPDATE mentor_poll_ask SET state = 'answered' WHERE poll_id = :poll AND person_id = :person AND state = 'asked'"
)
# Who was the mentor when it was asked was right too.
_KNEW = sql(
    "SELECT 1 FROM mentorship m JOIN mentor_poll o ON o.id = :poll WHERE m.pupil_id = :pupil AND m.mentor_id = :mentor"
    " AND (m.until IS NULL OR m.until > o.begun_at)"
)
_OPEN_SUM = sql(
    "INSERT INTO mentor_poll_sum (id, poll_id, class_id, shown_answered, shown_knew) VALUES (:id, :poll, :class, 0, 0)"
    " ON CONFLICT (poll_id, class_id) DO NOTHING"
)
# The row is taken first: of several processes one after the other adds its answer.
_TAKE = sql("UPDATE mentor_poll_sum SET shown_answered = shown_answered WHERE poll_id = :poll AND class_id = :class")
_PENDING = sql("SELECT id, sealed_pending FROM mentor_poll_sum WHERE poll_id = :poll AND class_id = :class")
_PEND = sql("UPDATE mentor_poll_sum SET sealed_pending = :pending WHERE id = :id")
_SHOW = sql(
    "UPDATE mentor_poll_sum SET sealed_pending = :pending, shown_answered = shown_answered + :answered,"
    " shown_knew = shown_knew + :knew WHERE id = :id"
)
_OVER = sql("SELECT id FROM mentor_poll WHERE ended_at IS NULL AND ends_at <= :now ORDER BY id LIMIT 1")
_FORGET = sql(
    "DELETE FROM mentor_poll_ask WHERE poll_id = :poll AND person_id IN"
    " (SELECT person_id FROM mentor_poll_ask WHERE poll_id = :poll ORDER BY person_id LIMIT :most)"
)
_FORGET_REST = sql("UPDATE mentor_poll_sum SET sealed_pending = NULL WHERE poll_id = :poll")
_END = sql("UPDATE mentor_poll SET ended_at = :now, listed_at = COALESCE(listed_at, :now) WHERE id = :poll")


def answer(unit: Unit, poll_id: int, account_id: int, mentor_id: int, pupil_id: int) -> bool:
    """Takes an answer: adds it up and forgets it. False where that account was not asked about that child, has answered, or
    it is over."""
    row = unit.execute(_OPEN_ASK, poll=poll_id, account=account_id, pupil=pupil_id, now=unit.now_ms).first()
    if row is None or unit.write(_ANSWERED, poll=poll_id, person=row.person_id) != 1:
        return False
    knew = (
        mentor_id != UNSURE
        and unit.execute(_KNEW, poll=poll_id, pupil=row.pupil_id, mentor=mentor_id).first() is not None
    )
    _add(unit, poll_id, row.school_class_id, int(knew))
    return True


def _add(unit: Unit, poll_id: int, class_id: int, right: int) -> None:
    key = {"poll": poll_id, "class": class_id}
    unit.write(_OPEN_SUM, id=new_id(), **key)
    unit.write(_TAKE, **key)
    row = unit.execute(_PENDING, **key).one()
    kept = "0 0"
    if row.sealed_pending is not None:
        kept = unit.vault.open("mentor_poll_sum", row.id, "pending", bytes(row.sealed_pending))
    answered, knew = (int(one) for one in kept.split())
    answered, knew = answered + 1, knew + right
    if answered < FEWEST:
        unit.write(_PEND, id=row.id, pending=_sealed(unit, row.id, f"{answered} {knew}"))
    else:
        unit.write(_SHOW, id=row.id, pending=_sealed(unit, row.id, "0 0"), answered=answered, knew=knew)


def _sealed(unit: Unit, row: int, pending: str) -> bytes:
    return unit.vault.seal("mentor_poll_sum", row, "pending", pending)


def end_part(unit: Unit) -> bool:
    """A question whose time is over: who was asked is forgotten, a part at a time. True where there was something to do."""
    row = unit.execute(_OVER, now=unit.now_ms).first()
    if row is None:
        return False
    if unit.write(_FORGET, poll=row.id, most=BATCH) < BATCH:
        # What was not shown never will be.
        unit.write(_FORGET_REST, poll=row.id)
        unit.write(_END, poll=row.id, now=unit.now_ms)
    return True


# --- what may be seen ---

_BY_CLASS = sql(
    "SELECT sc.grade, sc.name, COALESCE(s.shown_answered, 0) AS answered, COALESCE(s.shown_knew, 0) AS knew"
    " FROM school_class sc LEFT JOIN mentor_poll_sum s ON s.class_id = sc.id AND s.poll_id = :poll"
    " WHERE sc.school_id = :school AND EXISTS (SELECT 1 FROM pupil pu WHERE pu.school_class_id = sc.id"
    " AND pu.ended_at IS NULL) ORDER BY sc.grade, sc.name"
)
_BY_SCHOOL = sql(
    "SELECT sch.name, COALESCE(SUM(s.shown_answered), 0) AS answered, COALESCE(SUM(s.shown_knew), 0) AS knew"
    " FROM mentor_poll o JOIN school sch ON sch.id = o.school_id LEFT JOIN mentor_poll_sum s ON s.poll_id = o.id"
    " WHERE o.year = :year AND o.begun_at IS NOT NULL GROUP BY sch.id, sch.name ORDER BY sch.name"
)


@dataclass(frozen=True, slots=True)
class Share:
    """A class or a school by name: of how many answers how many were right; 0 of fewer than five."""

    name: str
    answered: int
    knew: int

    @property
    def percent(self) -> int:
        """How many of a hundred can name the mentor."""
        return round(100 * self.knew / self.answered) if self.answered else 0


def by_class(unit: Unit, poll: MentorPoll) -> list[Share]:
    """For the admins of its school: each class, as far as it may be shown."""
    rows = unit.execute(_BY_CLASS, poll=poll.id, school=poll.school_id)
    return [Share(class_label(row.grade, row.name), int(row.answered), int(row.knew)) for row in rows]


def by_school(unit: Unit, year: int) -> list[Share]:
    """For the centre: each school that asked, as the sum of what is shown of its classes."""
    return [Share(row.name, int(row.answered), int(row.knew)) for row in unit.execute(_BY_SCHOOL, year=year)]
