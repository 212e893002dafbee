"""Forgetting by age, in small parts.

A part goes through its table in the order of the rows' ids, which is the order of writing, up to the first row that is too
young; `floor` remembers up to where all is forgotten, so that the next round begins there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models import access
from models.base import as_day, id_at, to_ms
from models.checklist.coverage import WITHOUT_TERM
from models.rights import ages, erasing
from models.rights.ages import PARTS, Part
from models.rights.rules import RetentionRules
from models.unit import Unit, sql

DAY = 86_400_000
BLOCK = 500
"""Rows looked at in one part of a tick."""
PARTS_A_TICK = 4
REST = 6 * 3_600_000
"""Milliseconds between two rounds of a part."""
LONGEST = 300
"""Days after which a message is old whatever terms the school has entered, beside the days after a term."""
MESSAGES, LOG, LEFT = "messages.message", "log.lines", "identity.person"

_MARK = sql("SELECT cursor, floor, rests_until FROM retention_mark WHERE kind = :kind")
_MARKS = sql("SELECT kind, rests_until FROM retention_mark")
_PUT = sql(
    "INSERT INTO retention_mark (kind, cursor, floor, rests_until) VALUES (:kind, :cursor, :floor, :rests)"
    " ON CONFLICT (kind) DO UPDATE SET cursor = :cursor, floor = :floor, rests_until = :rests"
)


def tick(unit: Unit, rules: RetentionRules) -> int:
    """A few parts of what is to be forgotten. Answers how many rows were."""
    rests = {row.kind: row.rests_until for row in unit.execute(_MARKS)}
    work: dict[str, Callable[[], int]] = {
        MESSAGES: lambda: _messages(unit, rules),
        LOG: lambda: _log(unit, rules),
        LEFT: lambda: _left(unit, rules),
        **{part.name: (lambda part=part: _part(unit, part, rules)) for part in PARTS},  # type: ignore[misc]
    }
    due = sorted((rests.get(name, 0), place, name) for place, name in enumerate(work))
    gone = 0
    for until, _, name in due[:PARTS_A_TICK]:
        if until <= unit.now_ms:
            gone += _apart(unit, work[name])
    return gone


def _apart(unit: Unit, work: Callable[[], int]) -> int:
    """One that fails keeps none of the others back."""
    met: list[int] = []
    unit.attempt(lambda: met.append(work()))
    return sum(met)


# --- what goes by one rule ---


def before_of(unit: Unit, days: int) -> int:
    """The moment so many days ago (ms since 1970)."""
    return unit.now_ms - days * DAY


def days_of(rules: RetentionRules, kind: str) -> int:
    """A case stays as long as the log does: it is what keeps the looks that it made necessary unseen."""
    return max(rules.cases, rules.access) if kind == "cases" else int(getattr(rules, kind))


def _part(unit: Unit, part: Part, rules: RetentionRules) -> int:
    before = before_of(unit, days_of(rules, part.kind))

    def look(after: int, below: int) -> list[tuple[int, bool, bool]]:
        rows = unit.execute(
            text(
                f"SELECT t.{part.key} AS id, CASE WHEN {part.old} THEN 1 ELSE 0 END AS old,"
                f" CASE WHEN {part.still} THEN 1 ELSE 0 END AS still FROM {part.table} t"
                f" WHERE t.{part.key} > :after AND t.{part.key} < :below ORDER BY t.{part.key} LIMIT {BLOCK}"
            ),
            after=after,
            below=below,
            before=before,
        ).all()
        return [(row.id, bool(row.old), bool(row.still)) for row in rows]

    # A row whose key is another's can come long after those that follow it in order: each round begins at the beginning.
    return _walk(unit, part.name, before, look, lambda ids: _forget(unit, part, ids), whole=part.key != "id")


def _walk(
    unit: Unit,
    name: str,
    before: int,
    look: Callable[[int, int], list[tuple[int, bool, bool]]],
    forget: Callable[[list[int]], object],
    *,
    whole: bool = False,
) -> int:
    """One block. `look` answers id, whether it is old, whether there is something to forget; in order."""
    mark = unit.execute(_MARK, kind=name).first()
    cursor, floor = (0, 0) if mark is None else (mark.cursor, mark.floor)
    waiting = cursor > floor  # something that is not old yet was passed in this round
    rows = look(cursor, id_at(before))
    ids = [row_id for row_id, old, still in rows if old and still]
    if ids:
        forget(ids)
    for row_id, old, _ in rows:
        # Also where there is nothing yet: words may come as long as it is not over.
        waiting = waiting or whole or not old
        floor = floor if waiting else row_id
        cursor = row_id
    done = len(rows) < BLOCK
    unit.write(
        _PUT,
        kind=name,
        cursor=floor if done else cursor,
        floor=floor,
        rests=unit.now_ms + REST if done else 0,
    )
    return len(ids)


def _forget(unit: Unit, part: Part, ids: list[int]) -> None:
    for statement in part.first:
        unit.write(_of(statement), ids=ids)
    if part.blank:
        settings = ", ".join(f"{column} = :{column}" for column in part.blank)
        for row_id in ids:
            sealed = {one: unit.vault.seal(part.table, row_id, one.removeprefix("sealed_"), "") for one in part.blank}
            unit.write(text(f"UPDATE {part.table} SET {settings} WHERE {part.key} = :id"), id=row_id, **sealed)
    elif part.change:
        unit.write(_of(f"UPDATE {part.table} SET {part.change} WHERE {part.key} IN :ids"), ids=ids)
    else:
        unit.write(_of(f"DELETE FROM {part.table} WHERE {part.key} IN :ids"), ids=ids)


def _of(statement: str) -> Any:
    return text(statement).bindparams(bindparam("ids", expanding=True))


# --- messages: the term and a month ---

_SCHOOLS = sql("SELECT id, zone FROM school")
_TERM = sql("SELECT MAX(ends_on) AS last FROM term WHERE school_id = :school AND ends_on < :day")
_HAS_TERMS = sql("SELECT 1 FROM term WHERE school_id = :school LIMIT 1")
_ROWS = sql(
    "SELECT m.id, m.written_at, pu.school_id, CASE WHEN LENGTH(m.sealed_body) > 0 THEN 1 ELSE 0 END AS still,"
    " CASE WHEN t.pupil_id NOT IN (SELECT pupil_id FROM safety_case WHERE state <> 'closed') THEN 1 ELSE 0"
    " END AS free FROM message m JOIN thread t ON t.id = m.thread_id JOIN pupil pu ON pu.id = t.pupil_id"
    f" WHERE m.id > :after AND m.id < :below ORDER BY m.id LIMIT {BLOCK}"
)
_WIPE = _of(
    "UPDATE message SET sealed_body = :nothing, state = CASE WHEN state IN ('held', 'queued') THEN 'recalled' ELSE state END,"
    " held_for = NULL, due_at = NULL WHERE id IN :ids"
)
_VERSIONS = _of("DELETE FROM message_version WHERE message_id IN :ids")
_PLACES = _of("DELETE FROM place WHERE message_id IN :ids")
_WAITING = _of(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'too old'"
    " WHERE message_id IN :ids AND state IN ('waiting', 'frozen')"
)


def cutoffs(unit: Unit, rules: RetentionRules) -> dict[int, int]:
    """For each school the moment before which what was written is old: the end of the last term that ended so many days ago.

    Where no terms are entered, what counts as a term and the days after it; never longer than LONGEST and the days.
    """
    found = {}
    for school in unit.execute(_SCHOOLS).all():
        zone = ZoneInfo(school.zone)
        today = unit.now.astimezone(zone).date()
        span = LONGEST if unit.execute(_HAS_TERMS, school=school.id).first() is not None else WITHOUT_TERM.days
        cutoff = before_of(unit, span + rules.messages)
        last = unit.execute(_TERM, school=school.id, day=today - timedelta(days=rules.messages)).one().last
        if last is not None:
            ended = datetime.combine(as_day(last) + timedelta(days=1), time(), zone)
            cutoff = max(cutoff, to_ms(ended))
        found[school.id] = cutoff
    return found


def _messages(unit: Unit, rules: RetentionRules) -> int:
    by_school = cutoffs(unit, rules)
    if not by_school:
        return 0

    def look(after: int, below: int) -> list[tuple[int, bool, bool]]:
        return [
            (row.id, bool(row.free) and row.written_at < by_school[row.school_id], bool(row.still))
            for row in unit.execute(_ROWS, after=after, below=below).all()
        ]

    def forget(ids: list[int]) -> None:
        unit.write(_VERSIONS, ids=ids)
        unit.write(_WAITING, ids=ids, now=unit.now_ms)
        unit.write(_WIPE, ids=ids, nothing=b"")
        unit.write(_PLACES, ids=ids)

    return _walk(unit, MESSAGES, max(by_school.values()), look, forget)


# --- the log, and who has left ---


def _log(unit: Unit, rules: RetentionRules) -> int:
    gone = access.prune_all(unit, before_of(unit, rules.access), BLOCK)
    unit.write(_PUT, kind=LOG, cursor=0, floor=0, rests=unit.now_ms + (0 if gone >= BLOCK else REST))
    return gone


_LEFT_PUPIL = text(f"SELECT p.id {ages.PUPILS} ORDER BY p.id LIMIT 1")
_LEFT_STAFF = text(f"SELECT p.id {ages.STAFF} ORDER BY p.id LIMIT 1")
_LEFT_GUARDIAN = text(f"SELECT p.id {ages.GUARDIANS} ORDER BY p.id LIMIT 1")


def _left(unit: Unit, rules: RetentionRules) -> int:
    """One child, member of staff or guardian who has left long ago, and is erased like by hand."""
    before = before_of(unit, rules.identity)
    scopes: list[erasing.Scope] = []
    if (pupil := unit.execute(_LEFT_PUPIL, before=before).first()) is not None:
        scopes = erasing.of_pupil(unit, pupil.id)
    elif (staff := unit.execute(_LEFT_STAFF, before=before).first()) is not None:
        scopes = erasing.of_staff(staff.id)
    elif (guardian := unit.execute(_LEFT_GUARDIAN, before=before).first()) is not None:
        scopes = erasing.of_former(unit, guardian.id)
    if scopes:
        erasing.erase(unit, scopes, None)
    unit.write(_PUT, kind=LEFT, cursor=0, floor=0, rests=unit.now_ms + (0 if scopes else REST))
    return 1 if scopes else 0


def floor_of(unit: Unit, name: str) -> int:
    """Up to which row a part has nothing left to forget."""
    mark = unit.execute(_MARK, kind=name).first()
    return 0 if mark is None else int(mark.floor)
