"""The record as its two sides may read it: a guardian all own threads, a mentor those of today's own families."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models import access
from models.base import to_ms
from models.conversation import Stored, stored
from models.rights.erasing import UNERASED
from models.standing import Standing, families
from models.unit import Unit

PAGE = 5


@dataclass(frozen=True, slots=True)
class Talk:
    """What one may read together: one child's threads with one's own side; `key` is the guardianship."""

    key: int
    pupil_name: str
    relation: str
    by_guardian: bool
    """Whether the reader is the guardian."""
    threads: tuple[int, ...]
    pupil_id: int = 0
    guardian_id: int = 0
    reader_id: int = 0
    """The member of staff who reads: each look is noted, and shown to that guardian."""


_GUARDIANS = text(
    "SELECT g.id AS key, g.pupil_id, g.relation, g.person_id, t.id AS thread_id FROM guardianship g"
    " JOIN thread t ON t.pupil_id = g.pupil_id AND t.guardian_id = g.person_id"
    " WHERE g.until IS NULL AND g.confirmed_at IS NOT NULL AND g.person_id IN :people ORDER BY g.id, t.id"
).bindparams(bindparam("people", expanding=True))

_COLUMNS = (
    "m.id, m.thread_id, m.by_guardian, m.author_id, m.kind, m.sealed_body, m.reply_to_id, m.state, m.held_for, m.due_at,"
    " m.hurried, m.item_id, m.item_by, m.written_at, m.edited_at"
)
# What a mentor wrote and the family has not got yet is not the family's to read, and the other way round.
_VISIBLE = f"(m.by_guardian = :guardian OR m.state IN ('delivered', 'recalled')) AND {UNERASED}"
_FILTER = " AND (:item = 0 OR m.item_id = :item) AND m.written_at < :before"
_PAGE = text(
    f"SELECT {_COLUMNS} FROM message m WHERE m.thread_id IN :threads AND {_VISIBLE}{_FILTER}"
    " ORDER BY m.written_at DESC, m.id DESC LIMIT :most OFFSET :skip"
).bindparams(bindparam("threads", expanding=True))
_ONE = text(f"SELECT {_COLUMNS} FROM message m WHERE m.id = :id AND m.thread_id IN :threads AND {_VISIBLE}").bindparams(
    bindparam("threads", expanding=True)
)
_ITEMS = text(
    "SELECT DISTINCT m.item_id AS id FROM message m WHERE m.thread_id IN :threads AND m.item_id IS NOT NULL"
    f" AND {_VISIBLE} ORDER BY 1"
).bindparams(bindparam("threads", expanding=True))
_DAYS = text(
    f"SELECT m.written_at AS at FROM message m WHERE m.thread_id IN :threads AND {_VISIBLE} ORDER BY m.written_at DESC"
).bindparams(bindparam("threads", expanding=True))


def talks(unit: Unit, who: Standing) -> list[Talk]:
    """All that this account may read: as a guardian with former mentors too, as a mentor today's own threads only."""
    found: dict[int, Talk] = {}
    mine = who.person_ids
    names = {line.pupil_id: line.pupil_name for line in who.children}
    if mine:
        threads: dict[int, list[int]] = {}
        rows = [row for row in unit.execute(_GUARDIANS, people=mine) if row.pupil_id in names]
        for row in rows:
            threads.setdefault(row.key, []).append(row.thread_id)
        for row in rows:
            found[row.key] = Talk(row.key, names[row.pupil_id], row.relation, True, tuple(threads[row.key]))
    for line in families(unit, who) if who.staff is not None else ():
        if line.thread_id is not None:
            found.setdefault(
                line.guardianship_id,
                Talk(
                    line.guardianship_id,
                    line.pupil_name,
                    line.relation,
                    False,
                    (line.thread_id,),
                    line.pupil_id,
                    line.guardian_id,
                    line.staff_of(mine) or 0,
                ),
            )
    return list(found.values())


def page(unit: Unit, talk: Talk, *, number: int = 0, item_id: int = 0, until: datetime | None = None) -> list[Stored]:
    """A page, the newest first; one more than PAGE where there is another. `until` leaves out what is younger.

    A member of staff who opens it is noted.
    """
    _looked(unit, talk)
    before = 2**62 if until is None else to_ms(until)
    rows = unit.execute(
        _PAGE,
        threads=list(talk.threads),
        guardian=talk.by_guardian,
        item=item_id,
        before=before,
        most=PAGE + 1,
        skip=number * PAGE,
    ).all()
    return [stored(unit, row) for row in rows]


def one(unit: Unit, talk: Talk, message_id: int) -> Stored | None:
    """One message of a talk; a member of staff who opens it is noted."""
    _looked(unit, talk)
    row = unit.execute(_ONE, id=message_id, threads=list(talk.threads), guardian=talk.by_guardian).first()
    return None if row is None else stored(unit, row)


def _looked(unit: Unit, talk: Talk) -> None:
    if talk.reader_id:
        access.note(unit, talk.reader_id, talk.pupil_id, "history", guardian_id=talk.guardian_id)


def items_in(unit: Unit, talk: Talk) -> list[int]:
    """The checklist items that a talk has touched."""
    return [row.id for row in unit.execute(_ITEMS, threads=list(talk.threads), guardian=talk.by_guardian)]


def days_in(unit: Unit, talk: Talk, zone: str, most: int = 16) -> list[date]:
    """The latest days on which something was written."""
    place = ZoneInfo(zone)
    rows = unit.execute(_DAYS, threads=list(talk.threads), guardian=talk.by_guardian)
    found: dict[date, None] = {}
    for row in rows:
        found[datetime.fromtimestamp(row.at / 1000, place).date()] = None
        if len(found) == most:
            break
    return list(found)


def end_of(day: date, zone: str) -> datetime:
    """The moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
