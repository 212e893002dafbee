"""Once a school year guardians are asked who their child's mentor is: when it begins, who is asked, among which names.

What becomes of the answers stands in shares.py.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from models.base import new_id
from models.city.tables import MentorPoll
from models.contact import FREE
from models.evidence.terms import today_of
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit, sql

DAY = 86_400_000
LASTS = 21
"""Days for which it can be answered."""
NAMES = 4
"""Among so many names the right one stands. A school with fewer mentors is not asked."""
BEGINS = (30, 61)
"""Days after the first term's beginning between which it begins by itself: the second month of the school year."""
BATCH = 500
AHEAD = 1_000
"""So many rows of what can wait lie ahead in the outbox at most: more than leave between two looks of the clock."""
UNSURE = 0
"""In the place of a mentor: 'I do not know yet'."""

_NAMED = (
    "SELECT COUNT(DISTINCT m.mentor_id) AS many FROM pupil pu JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " JOIN person mp ON mp.id = m.mentor_id AND mp.ended_at IS NULL WHERE pu.ended_at IS NULL AND pu.school_id = "
)
_MENTORS = sql(f"{_NAMED} :school")
# Schools with few mentors are passed over here: they must not stand before the others.
_AUTUMN = sql(
    "SELECT t.school_id FROM term t WHERE t.starts_on > :after AND t.starts_on <= :before"
    " AND NOT EXISTS (SELECT 1 FROM mentor_poll m WHERE m.school_id = t.school_id AND m.year = :year)"
    f" AND ({_NAMED} t.school_id) >= :names ORDER BY t.school_id LIMIT 50"
)
_BEGIN = sql(
    "INSERT INTO mentor_poll (id, school_id, year, begun_at, cursor, listed_at, ends_at, ended_at)"
    " VALUES (:id, :school, :year, :begun, 0, :ended, :ends, :ended) ON CONFLICT DO NOTHING"
)
_OF_YEAR = sql("SELECT id FROM mentor_poll WHERE school_id = :school AND year = :year")
_TO_LIST = sql(
    "SELECT id, school_id, cursor FROM mentor_poll WHERE ended_at IS NULL AND listed_at IS NULL ORDER BY id LIMIT 1"
)
_ASKABLE = (
    "FROM person p JOIN account a ON a.id = p.account_id AND a.reachable JOIN guardianship g ON g.person_id = p.id"
    " AND g.until IS NULL AND g.confirmed_at IS NOT NULL JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL"
    " JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " WHERE p.school_id = :school AND p.staff_number IS NULL AND p.ended_at IS NULL AND p.id > :after"
)
_PART = sql(
    f"SELECT MAX(id) AS last, COUNT(*) AS many FROM (SELECT DISTINCT p.id {_ASKABLE} ORDER BY p.id LIMIT :most) b"
)
_LIST = sql(
    "INSERT INTO mentor_poll_ask (poll_id, person_id, pupil_id, state, due_at)"
    f" SELECT :poll, p.id, MIN(pu.id), 'waiting', CAST(:now AS BIGINT) {_ASKABLE} AND p.id <= :last AND {FREE}"
    " GROUP BY p.id ON CONFLICT DO NOTHING"
)
_LISTED = sql(
    "UPDATE mentor_poll SET cursor = :last, listed_at = CASE WHEN :done THEN CAST(:now AS BIGINT) END"
    " WHERE id = :poll AND cursor = :before AND listed_at IS NULL"
)
_DUE = sql(
    "SELECT k.poll_id, k.person_id, k.pupil_id, pu.sealed_name, pu.school_id, m.mentor_id, a.bot_id, a.user_id, a.language,"
    " p.quiet_from, p.quiet_to FROM mentor_poll_ask k JOIN mentor_poll o ON o.id = k.poll_id AND o.ended_at IS NULL"
    " JOIN person p ON p.id = k.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable"
    " JOIN pupil pu ON pu.id = k.pupil_id AND pu.ended_at IS NULL"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.person_id = p.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    # Who has left the school is not among the names.
    " JOIN person mp ON mp.id = m.mentor_id AND mp.ended_at IS NULL"
    f" WHERE k.state = 'waiting' AND k.due_at <= :now AND {FREE} ORDER BY k.due_at, k.person_id LIMIT :most"
)
_AHEAD = sql(
    "SELECT COUNT(*) AS many FROM (SELECT 1 FROM bot b JOIN outbox q ON q.bot_id = b.id AND q.lane = :lane"
    " AND q.state = 'waiting' AND q.due_at <= :now LIMIT :most) a"
)
_ASKED = sql(
    "UPDATE mentor_poll_ask SET state = 'asked' WHERE poll_id = :poll AND person_id = :person AND state = 'waiting'"
)
_PUT_OFF = sql(
    "UPDATE mentor_poll_ask SET due_at = :due WHERE poll_id = :poll AND person_id = :person AND state = 'waiting'"
)
_OTHERS = sql(
    "SELECT DISTINCT m.mentor_id, p.sealed_name, p.name_hash FROM pupil pu JOIN mentorship m ON m.pupil_id = pu.id"
    " AND m.until IS NULL JOIN person p ON p.id = m.mentor_id AND p.ended_at IS NULL"
    " WHERE pu.school_id = :school AND pu.ended_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody who is to be asked about a child, in which language, and when they want quiet (minutes after midnight)."""

    poll_id: int
    person_id: int
    pupil_id: int
    sealed_child: bytes
    school_id: int
    mentor_id: int
    reach: Reach
    quiet: tuple[int, int]


def year_of(day: date) -> int:
    """The school year of a day, by the year in which it begins."""
    return day.year if day.month >= 8 else day.year - 1


def fits(unit: Unit, school_id: int) -> bool:
    """Whether a school has mentors enough for a choice of names."""
    return int(unit.execute(_MENTORS, school=school_id).one().many) >= NAMES


def begin(unit: Unit, school_id: int, zone: str) -> bool:
    """Begins this school year's question. False where it was begun or left out before, or there are too few mentors."""
    if not fits(unit, school_id):
        return False
    return _begin(unit, school_id, zone, begun=unit.now_ms)


def leave_out(unit: Unit, school_id: int, zone: str) -> bool:
    """This school year nobody is asked. False where the question was begun."""
    return _begin(unit, school_id, zone, begun=None)


def _begin(unit: Unit, school_id: int, zone: str, *, begun: int | None) -> bool:
    values = {"school": school_id, "year": year_of(today_of(unit, zone)), "begun": begun}
    ended = None if begun else unit.now_ms
    return unit.write(_BEGIN, id=new_id(), ends=unit.now_ms + LASTS * DAY, ended=ended, **values) == 1


def begin_due(unit: Unit, zone: str) -> int:
    """Begins it in the schools whose second month of the year it is, by the terms that they have entered."""
    today, begun = today_of(unit, zone), 0
    year = year_of(today)
    # The school year's first term begins in August or September.
    after = max(today - timedelta(days=BEGINS[1]), date(year, 7, 31))
    before = min(today - timedelta(days=BEGINS[0]), date(year, 9, 30))
    if after >= before:
        return 0
    for row in unit.execute(_AUTUMN, year=year, after=after, before=before, names=NAMES).all():
        begun += begin(unit, row.school_id, zone)
    return begun


def of_year(unit: Unit, school_id: int, zone: str) -> MentorPoll | None:
    """A school's question of this school year, or nothing yet."""
    row = unit.execute(_OF_YEAR, school=school_id, year=year_of(today_of(unit, zone))).first()
    return None if row is None else unit.session.get(MentorPoll, row.id)


def list_part(unit: Unit) -> bool:
    """Writes the next part of the list of who is asked. True where there was something to write."""
    row = unit.execute(_TO_LIST).first()
    if row is None:
        return False
    part = unit.execute(_PART, school=row.school_id, after=row.cursor, most=BATCH).one()
    last, done = part.last or row.cursor, part.many < BATCH
    if part.many:
        unit.write(_LIST, poll=row.id, school=row.school_id, after=row.cursor, last=last, now=unit.now_ms)
    if unit.write(_LISTED, poll=row.id, before=row.cursor, last=last, done=done, now=unit.now_ms) != 1:
        raise RuntimeError("another process writes the same list")  # all of this part is taken back
    return True


def crowded(unit: Unit) -> bool:
    """Whether enough that can wait is on its way: a city's question must not be sent when the day's hours are over."""
    return int(unit.execute(_AHEAD, lane=int(Lane.LATER), now=unit.now_ms, most=AHEAD).one().many) >= AHEAD


def due(unit: Unit, most: int) -> list[Ask]:
    """Who is to be asked now. Who may not be written to, or is no longer that child's guardian, is not among them."""
    return [
        Ask(
            row.poll_id,
            row.person_id,
            row.pupil_id,
            bytes(row.sealed_name),
            row.school_id,
            row.mentor_id,
            Reach(row.bot_id, row.user_id, row.language, True),
            (row.quiet_from, row.quiet_to),
        )
        for row in unit.execute(_DUE, now=unit.now_ms, most=most)
    ]


def asked(unit: Unit, one: Ask) -> bool:
    """The question goes out to somebody. False where it did."""
    return unit.write(_ASKED, poll=one.poll_id, person=one.person_id) == 1


def put_off(unit: Unit, one: Ask, until: int) -> None:
    """Not before that moment (milliseconds since 1970)."""
    unit.write(_PUT_OFF, poll=one.poll_id, person=one.person_id, due=until)


def names(unit: Unit, school_id: int, mentor_id: int) -> list[tuple[int, str]]:
    """NAMES mentors of a school by id and name, that one among them, in no order. No name stands twice."""
    key = ("mentors to choose from", school_id)
    known = unit.notes.get(key)
    if not isinstance(known, dict):
        known = {row.mentor_id: row for row in unit.execute(_OTHERS, school=school_id)}
        unit.notes[key] = known
    rng = secrets.SystemRandom()
    others = [one for row, one in known.items() if row != mentor_id]
    rng.shuffle(others)
    chosen = [known[mentor_id]] if mentor_id in known else []
    for one in others:
        if len(chosen) < NAMES and all(bytes(one.name_hash) != bytes(had.name_hash) for had in chosen):
            chosen.append(one)
    rng.shuffle(chosen)
    return [(one.mentor_id, unit.vault.open("person", one.mentor_id, "name", bytes(one.sealed_name))) for one in chosen]
