"""The attention budget: at most so many notices a family and week, from all senders together.

A place in a week is taken by one guarded statement, so that senders who race never pass the number.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models.notices import audience
from models.notices.audience import Audience
from models.unit import Unit, sql

# In order of accounts, so that two processes wait for each other and never both.
_TAKE = text(
    "INSERT INTO attention (user_id, week, used) SELECT r.user_id, :week, 1 FROM notice_recipient r"
    " WHERE r.notice_id = :notice AND r.person_id IN :people AND r.user_id IS NOT NULL ORDER BY r.user_id"
    " ON CONFLICT (user_id, week) DO UPDATE SET used = attention.used + 1 WHERE attention.used < :most"
    " RETURNING user_id"
).bindparams(bindparam("people", expanding=True))
_COUNTED = text(
    "UPDATE notice_recipient SET week = :week WHERE notice_id = :notice AND person_id IN :people"
).bindparams(bindparam("people", expanding=True))
_TAKE_ONE = sql(
    "INSERT INTO attention (user_id, week, used) VALUES (:user, :week, 1) ON CONFLICT (user_id, week)"
    " DO UPDATE SET used = attention.used + 1 WHERE attention.used < :most"
)
_GIVE_BACK = sql("UPDATE attention SET used = used - 1 WHERE user_id = :user AND week = :week AND used > 0")
_PLACES = (
    "SELECT COUNT(DISTINCT CASE WHEN c.used >= :most THEN c.id END) AS many,"
    " COUNT(DISTINCT CASE WHEN COALESCE(c.used, 0) = :last THEN c.id END) AS last"
    " FROM (SELECT a.id AS id, (SELECT t.used FROM attention t WHERE t.user_id = a.user_id AND t.week = :week) AS used"
    " {counted} AND {has} AND a.reachable) c"
)
_ANY = sql("SELECT 1 FROM attention WHERE week = :week AND used > 0 LIMIT 1")
_FORGET = sql(
    "DELETE FROM attention WHERE week < :week AND user_id IN (SELECT user_id FROM attention WHERE week < :week LIMIT :most)"
)


def week_of(now: datetime, zone: str) -> int:
    """The week of a moment in a school's zone, as 202648 (ISO 8601)."""
    year, week, _ = now.astimezone(ZoneInfo(zone)).isocalendar()
    return year * 100 + week


def take(unit: Unit, notice_id: int, people: dict[int, int], week: int, most: int) -> set[int]:
    """Takes a place in the week for each of these recipients (account by person); answers the persons who had one left."""
    if not people or most <= 0:
        return set()
    unit.session.flush()  # within a savepoint: a part that fails takes this back
    rows = unit.execute(_TAKE, notice=notice_id, people=sorted(people), week=week, most=most)
    users = {int(row.user_id) for row in rows}
    found = {person for person, user in people.items() if user in users}
    if found:
        unit.write(_COUNTED, notice=notice_id, week=week, people=sorted(found))
    return found


def take_one(unit: Unit, user_id: int, week: int, most: int) -> bool:
    """Takes a place in somebody's week for what is asked beside the notices. False where none is left."""
    return most > 0 and unit.write(_TAKE_ONE, user=user_id, week=week, most=most) == 1


def give_back(unit: Unit, user_id: int, week: int) -> None:
    """What was counted did not go out after all."""
    unit.write(_GIVE_BACK, user=user_id, week=week)


def full(unit: Unit, whom: Audience, week: int, most: int) -> int:
    """How many of an audience's accounts have had all of the week's notices already."""
    return places(unit, whom, week, most)[0]


def places(unit: Unit, whom: Audience, week: int, most: int) -> tuple[int, int]:
    """How many of an audience's accounts have had all of the week's notices already, and how many have one place left."""
    if not whom.families:
        return 0, 0
    if most > 1 and unit.execute(_ANY, week=week).first() is None:
        return 0, 0

    def count() -> tuple[int, int]:
        counting, values = audience.statement(_PLACES, whom)
        row = unit.execute(counting, **values, week=week, most=most, last=most - 1).one()
        return int(row.many), int(row.last)

    large = audience.size(unit, whom).everyone >= audience.LARGE
    return audience.lately(unit, ("places", whom, week, most), count, lambda _found: large)


def forget(unit: Unit, week: int, most: int) -> int:
    """Deletes of so many accounts what they had in weeks before that one. Answers how many rows."""
    return unit.write(_FORGET, week=week, most=most)
