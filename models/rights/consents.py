"""Consent: what was agreed to and since when, withdrawn for one child as easily as for all, asked again for a new version."""

from __future__ import annotations

from dataclasses import dataclass

from models import joining
from models.base import new_id
from models.standing import Standing
from models.threads import Held
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Given:
    """A guardian's agreement. `given_at` in milliseconds since 1970."""

    person_id: int
    version: str
    given_at: int

    @property
    def is_current(self) -> bool:
        """Whether it is the notice of today that was agreed to."""
        return self.version == joining.NOTICE_VERSION


_GIVEN = sql(
    "SELECT version, given_at FROM consent WHERE person_id = :person AND withdrawn_at IS NULL ORDER BY given_at DESC, id DESC"
    " LIMIT 1"
)
_CHILD = sql(
    "SELECT id, pupil_id, person_id, confirmed_at FROM guardianship WHERE pupil_id = :pupil AND person_id = :person"
    " AND until IS NULL AND confirmed_at IS NOT NULL"
)


def given(unit: Unit, person_id: int) -> Given | None:
    """What this guardian has agreed to and not taken back."""
    row = unit.execute(_GIVEN, person=person_id).first()
    return None if row is None else Given(person_id, row.version, row.given_at)


def since(unit: Unit, person_id: int, pupil_id: int) -> int | None:
    """Since when this guardian's line about the child is open (ms since 1970); nothing where it is not."""
    row = unit.execute(_CHILD, pupil=pupil_id, person=person_id).first()
    return None if row is None else int(row.confirmed_at)


def agree(unit: Unit, who: Standing) -> bool:
    """Agrees to the notice of today, for each guardian behind this account who had agreed to an earlier one."""
    done = False
    for one in who.selves:
        known = given(unit, one.person_id)
        if known is not None and not known.is_current:
            unit.write(_AGREE, id=new_id(), person=one.person_id, version=joining.NOTICE_VERSION, now=unit.now_ms)
            done = True
    return done


_AGREE = sql("INSERT INTO consent (id, person_id, version, given_at) VALUES (:id, :person, :version, :now)")

# --- for one child ---

_CLOSE = sql(
    "UPDATE guardianship SET confirmed_at = NULL WHERE pupil_id = :pupil AND person_id = :person AND until IS NULL"
    " AND confirmed_at IS NOT NULL"
)
_INVITES = sql(
    "UPDATE invite SET withdrawn_at = :now WHERE person_id = :person AND withdrawn_at IS NULL"
    " AND (pupil_id = :pupil OR pupil_id IS NULL)"
)
_HOLD = sql(
    "UPDATE message SET state = 'held', held_for = :why, due_at = NULL WHERE state = 'queued' AND NOT by_guardian"
    " AND thread_id IN (SELECT id FROM thread WHERE guardian_id = :person AND pupil_id = :pupil)"
)
_CANCEL = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'withdrawn'"
    " WHERE state IN ('waiting', 'frozen') AND message_id IN (SELECT m.id FROM message m JOIN thread t ON t.id = m.thread_id"
    " WHERE t.guardian_id = :person AND t.pupil_id = :pupil AND NOT m.by_guardian AND m.state = 'held')"
)
_ANSWERING = sql(
    "UPDATE account SET answering_thread_id = NULL, answering_until = NULL WHERE id = :account AND answering_thread_id IN"
    " (SELECT id FROM thread WHERE guardian_id = :person AND pupil_id = :pupil)"
)


def withdraw_child(unit: Unit, who: Standing, person_id: int, pupil_id: int) -> bool:
    """This guardian's line about the child stops: nothing of it goes out any more, and coming back needs a new link.

    What the mentor has written and is not out is held. False where it was stopped before, or is not this account's.
    """
    if person_id not in who.person_ids or unit.write(_CLOSE, pupil=pupil_id, person=person_id) != 1:
        return False
    line = {"person": person_id, "pupil": pupil_id}
    unit.write(_INVITES, now=unit.now_ms, **line)
    unit.write(_HOLD, why=Held.NOT_JOINED.value, **line)
    unit.write(_CANCEL, now=unit.now_ms, **line)
    unit.write(_ANSWERING, account=who.account_id, **line)
    if unit.execute(_STILL, person=person_id).first() is None:
        # Nothing is left that it was given for: whoever comes back is asked again.
        unit.write(_WITHDRAW, person=person_id, now=unit.now_ms)
    return True


_STILL = sql("SELECT 1 FROM guardianship WHERE person_id = :person AND until IS NULL AND confirmed_at IS NOT NULL")
_WITHDRAW = sql("UPDATE consent SET withdrawn_at = :now WHERE person_id = :person AND withdrawn_at IS NULL")

# --- a new version ---

_MARK = sql("SELECT cursor, rests_until FROM retention_mark WHERE kind = :kind")
_PUT = sql(
    "INSERT INTO retention_mark (kind, cursor, floor, rests_until) VALUES (:kind, :cursor, 0, :rests)"
    " ON CONFLICT (kind) DO UPDATE SET cursor = :cursor, rests_until = :rests"
)
_OLD = sql(
    "SELECT c.id, c.person_id, a.bot_id, a.user_id, a.language FROM consent c JOIN person p ON p.id = c.person_id"
    " AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable"
    " WHERE c.id > :after AND c.withdrawn_at IS NULL AND c.version <> :version AND NOT EXISTS (SELECT 1 FROM consent n"
    " WHERE n.person_id = c.person_id AND n.version = :version AND n.withdrawn_at IS NULL) ORDER BY c.id LIMIT :most"
)
BLOCK, REST = 100, 86_400_000


@dataclass(frozen=True, slots=True)
class Outdated:
    """A guardian who has agreed to an earlier version of the notice."""

    person_id: int
    bot_id: int
    user_id: int
    language: str


def outdated(unit: Unit) -> list[Outdated]:
    """The next guardians who have still to be asked about the notice of today; a round a day."""
    kind = f"consent:{joining.NOTICE_VERSION}"
    mark = unit.execute(_MARK, kind=kind).first()
    if mark is not None and mark.rests_until > unit.now_ms:
        return []
    after = 0 if mark is None else mark.cursor
    rows = unit.execute(_OLD, after=after, version=joining.NOTICE_VERSION, most=BLOCK).all()
    done = len(rows) < BLOCK
    unit.write(_PUT, kind=kind, cursor=0 if done else rows[-1].id, rests=unit.now_ms + REST if done else 0)
    return [Outdated(row.person_id, row.bot_id, row.user_id, row.language) for row in rows]
