"""Erasing, as the data map says it: at once, in one transaction, and once more for what was on its way at that moment.

What stays is named in the map with its reason. While a safeguarding case about the child is in people's hands, the words that
may be needed for it stay: nobody erases what a child has to be protected by. Nothing shows that; the sweep comes back for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table, text
from sqlmodel import SQLModel

from models.base import new_id
from models.reaching import stop_sending
from models.rights import datamap
from models.rights.datamap import Rule
from models.unit import Unit, sql

FOLD = "fold"
"""Among a unit's notes: something was erased, the database's log is to be folded once it is committed."""
ERASABLE = 48 * 3_600_000
"""Milliseconds for which a bot can take back its own messages (Telegram Bot API, deleteMessage)."""
AGAIN, DAILY = 600_000, 86_400_000
"""Milliseconds until what was on its way is swept; and until it is looked again after what waits for a case."""
_CONTENT = {
    "line": ("message", "message_version", "outbox", "place", "file_entry"),
    "child": ("visit_record", "file_entry"),
}
"""What the sweep goes through again: words from before the erasure alone. Who has come back meanwhile stays."""


UNERASED = (
    "m.written_at > COALESCE((SELECT MAX(e.at) FROM erasure e JOIN thread et ON et.guardian_id = e.person_id"
    " AND et.pupil_id = e.pupil_id WHERE et.id = m.thread_id AND e.scope = 'line'), 0)"
)
"""Of a message `m`: it was not erased. Whoever reads a talk asks so, because words may have to stay for a while unseen."""

UNERASED_ENTRY = (
    "e.at > COALESCE((SELECT MAX(x.at) FROM erasure x WHERE x.person_id = :person AND x.pupil_id = e.pupil_id"
    " AND x.scope = CASE WHEN e.by_guardian THEN 'line' ELSE 'child' END), 0)"
)
"""Of a sentence `e` of the file, for the guardian `:person`: the same."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing to erase (see datamap.py)."""

    name: str
    person_id: int | None = None
    pupil_id: int | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy of a message stands that can still be taken away."""

    bot_id: int
    chat_id: int
    place_id: int


_CHILDREN = sql(
    "SELECT pupil_id AS id FROM guardianship WHERE person_id = :person UNION SELECT pupil_id FROM thread"
    " WHERE guardian_id = :person ORDER BY 1"
)
_OTHERS = sql(
    "SELECT 1 FROM guardianship g WHERE g.pupil_id = :pupil AND g.person_id <> :person AND g.until IS NULL"
    " AND NOT (g.confirmed_at IS NULL AND EXISTS (SELECT 1 FROM erasure e WHERE e.scope = 'line'"
    " AND e.person_id = g.person_id AND e.pupil_id = g.pupil_id))"
)
_GUARDIANS = sql(
    "SELECT person_id AS id FROM guardianship WHERE pupil_id = :pupil UNION SELECT guardian_id FROM thread"
    " WHERE pupil_id = :pupil ORDER BY 1"
)
_ELSEWHERE = sql(
    # Another child at the school, or one that has left too and is not erased yet.
    "SELECT 1 FROM guardianship g JOIN pupil p ON p.id = g.pupil_id AND p.number NOT LIKE '~%'"
    " WHERE g.person_id = :person AND g.pupil_id <> :pupil AND (g.until IS NULL OR p.ended_at IS NOT NULL)"
)


def shares(unit: Unit, person_id: int, pupil_id: int) -> bool:
    """Whether another guardian has part in what the school wrote about the child."""
    return unit.execute(_OTHERS, pupil=pupil_id, person=person_id).first() is not None


def of_child(unit: Unit, person_id: int, pupil_id: int) -> list[Scope]:
    """What a guardian can erase about one child: the own line, and what the school wrote where no other guardian shares it.
    Who is the child's guardian no more has the own line alone."""
    found = [Scope("line", person_id, pupil_id)]
    guards = unit.execute(_TIE, person=person_id, pupil=pupil_id).first() is not None
    if guards and not shares(unit, person_id, pupil_id):
        found.append(Scope("child", person_id, pupil_id))
    return found


def of_guardian(unit: Unit, person_id: int) -> list[Scope]:
    """All that is a guardian's."""
    found = [
        scope for row in unit.execute(_CHILDREN, person=person_id).all() for scope in of_child(unit, person_id, row.id)
    ]
    return [*found, Scope("guardian", person_id)]


def of_pupil(unit: Unit, pupil_id: int) -> list[Scope]:
    """A child that has left, with all guardians; those with another child at the school stay."""
    people = [row.id for row in unit.execute(_GUARDIANS, pupil=pupil_id).all()]
    found = [Scope("line", person, pupil_id) for person in people]
    found += [Scope("child", None, pupil_id), Scope("pupil", None, pupil_id)]
    for person in people:
        if unit.execute(_ELSEWHERE, person=person, pupil=pupil_id).first() is None:
            found += [Scope("guardian", person), Scope("gone", person)]
    return found


def of_former(unit: Unit, person_id: int) -> list[Scope]:
    """Who is a guardian of no child any more, though a child may still be here: the own lines, and who they were."""
    return [*of_guardian(unit, person_id), Scope("gone", person_id)]


def of_staff(person_id: int) -> list[Scope]:
    """A member of staff who has left: what they wrote to families stays with the families, their name does not."""
    return [Scope("staff", person_id)]


# --- done ---

_COPIES = sql(
    # In a private chat a bot can take away what was written to it too; in a group it cannot.
    "SELECT p.bot_id, p.chat_id, p.place_id FROM place p JOIN message m ON m.id = p.message_id"
    " WHERE (NOT p.origin OR p.chat_id > 0) AND m.thread_id IN"
    " (SELECT id FROM thread WHERE guardian_id = :person AND pupil_id = :pupil) AND m.written_at > :after"
    " AND m.written_at <= :at ORDER BY p.bot_id, p.chat_id, p.place_id"
)
_ACCOUNT = sql(
    "SELECT a.id, a.bot_id, a.user_id FROM person p JOIN account a ON a.id = p.account_id WHERE p.id = :person"
)
_SHARED = sql(
    "SELECT p.id, p.staff_number FROM person p WHERE p.account_id = :account AND p.id <> :person AND p.ended_at IS NULL"
)
_OWN_STAFF = sql("SELECT 1 FROM person WHERE id = :person AND staff_number IS NOT NULL AND ended_at IS NULL")
_OWN_CHILD = sql("SELECT 1 FROM guardianship WHERE person_id = :person AND until IS NULL")
_TIE = sql("SELECT id FROM guardianship WHERE person_id = :person AND pupil_id = :pupil AND until IS NULL")
_SCHOOL = sql("SELECT school_id FROM pupil WHERE id = :pupil UNION ALL SELECT school_id FROM person WHERE id = :person")
_KEPT = sql(
    "INSERT INTO erasure (id, school_id, scope, person_id, pupil_id, asked_by, at, again_at)"
    " VALUES (:id, :school, :scope, :person, :pupil, :by, :now, :again)"
)
_DUE = sql("SELECT id, scope, person_id, pupil_id, at FROM erasure WHERE again_at <= :now ORDER BY again_at LIMIT 5")
_AGAIN = sql("UPDATE erasure SET again_at = :again WHERE id = :id")
_OPEN = sql("SELECT 1 FROM safety_case WHERE pupil_id = :pupil AND state <> 'closed'")


def erase(unit: Unit, scopes: Sequence[Scope], asked_by: int | None) -> tuple[list[Copy], Counter[str]]:
    """Erases, and keeps that it was done. Answers the copies that stand in chats and can be taken away by the caller, and how
    many rows of each table were met. Rights are the caller's to ask."""
    copies: list[Copy] = []
    met: Counter[str] = Counter()
    for scope in scopes:
        if scope.name == "line":
            copies += _copies(unit, scope, unit.now_ms)
        values = _values(unit, scope, [one.person_id for one in scopes if one.name in ("guardian", "staff")])
        if values["user"] is not None and scope.name in ("guardian", "staff"):
            stop_sending(unit, values["bot"], values["user"], why="erased")
        met += _carry_out(unit, scope.name, values)
        school = unit.execute(_SCHOOL, pupil=scope.pupil_id, person=scope.person_id).first()
        if school is not None:
            again = unit.now_ms + AGAIN if scope.name in _CONTENT else None
            unit.write(
                _KEPT,
                id=new_id(),
                school=school.school_id,
                scope=scope.name,
                person=scope.person_id,
                pupil=scope.pupil_id,
                by=asked_by,
                now=unit.now_ms,
                again=again,
            )
    unit.notes[FOLD] = True
    return copies, met


def _copies(unit: Unit, scope: Scope, at: int) -> list[Copy]:
    # Written some time before it went out, where it was held: what is too old after all is refused, and stays.
    after = unit.now_ms - 2 * ERASABLE
    rows = unit.execute(_COPIES, person=scope.person_id, pupil=scope.pupil_id, after=after, at=at)
    return [Copy(row.bot_id, row.chat_id, row.place_id) for row in rows]


def sweep(unit: Unit) -> list[Copy]:
    """Goes once more through what was erased a while ago. Answers the copies that have come into chats since."""
    copies: list[Copy] = []
    for row in unit.execute(_DUE, now=unit.now_ms).all():
        scope = Scope(row.scope, row.person_id, row.pupil_id)
        if row.scope == "line":
            copies += _copies(unit, scope, row.at)
        met = _carry_out(unit, row.scope, {**_values(unit, scope, []), "at": row.at}, _CONTENT[row.scope])
        waits = unit.execute(_OPEN, pupil=row.pupil_id).first() is not None
        unit.write(_AGAIN, id=row.id, again=unit.now_ms + DAILY if waits else None)
        if met:
            unit.notes[FOLD] = True
    return copies


def _values(unit: Unit, scope: Scope, erased: Iterable[int | None]) -> dict[str, Any]:
    account = None
    if scope.person_id is not None and scope.name in ("line", "guardian", "staff"):
        account = unit.execute(_ACCOUNT, person=scope.person_id).first()
    if account is not None and scope.name != "line" and _still_used(unit, scope, account.id, erased):
        # Somebody else, or the same person in another role, still stands behind this account.
        account = None
    tie = None
    if scope.name == "line":
        tie = unit.execute(_TIE, person=scope.person_id, pupil=scope.pupil_id).scalar()
    return {
        "person": scope.person_id,
        "pupil": scope.pupil_id,
        "account": None if account is None else account.id,
        "bot": None if account is None else account.bot_id,
        "user": None if account is None else account.user_id,
        "chosen": "-" if tie is None else f"%{tie}%",
        "at": unit.now_ms,
        "now": unit.now_ms,
        "nothing": b"",
        "no": False,
        "shell": f"~{scope.pupil_id or scope.person_id}",
    }


def _still_used(unit: Unit, scope: Scope, account_id: int, erased: Iterable[int | None]) -> bool:
    others = {row.id for row in unit.execute(_SHARED, account=account_id, person=scope.person_id)}
    also = _OWN_STAFF if scope.name == "guardian" else _OWN_CHILD
    return bool(others - set(erased)) or unit.execute(also, person=scope.person_id).first() is not None


@cache
def _order() -> dict[str, int]:
    """Tables in the order in which rows can go: what points at another one before it."""
    return {table.name: place for place, table in enumerate(reversed(SQLModel.metadata.sorted_tables))}


@cache
def _rules(scope: str) -> tuple[Rule, ...]:
    order = _order()
    found = [rule for entry in datamap.entries().values() for rule in entry.rules if rule.scope == scope]
    return tuple(sorted(found, key=lambda rule: order[rule.table]))


def _carry_out(unit: Unit, scope: str, values: dict[str, Any], only: Sequence[str] = ()) -> Counter[str]:
    met: Counter[str] = Counter()
    for rule in _rules(scope):
        if only and rule.table not in only:
            continue
        for statement in rule.first:
            _run(unit, statement, rule, values)
        if rule.blank:
            met[rule.table] += _blank(unit, rule, values)
        if rule.delete:
            met[rule.table] += _run(unit, f"DELETE FROM {rule.table} WHERE {rule.where}", rule, values)
        elif rule.change:
            many = _run(unit, f"UPDATE {rule.table} SET {rule.change} WHERE {rule.where}", rule, values)
            met[rule.table] += 0 if rule.blank else many
    return +met


def _run(unit: Unit, statement: str, rule: Rule, values: dict[str, Any]) -> int:
    return unit.write(text(statement), **{name: values[name] for name in rule.needs(statement)})


def _blank(unit: Unit, rule: Rule, values: dict[str, Any]) -> int:
    """Columns that must hold something hold a sealed nothing: whoever reads them finds an empty text."""
    table: Table = SQLModel.metadata.tables[rule.table]
    key = next(iter(table.primary_key.columns)).name
    named = {name: values[name] for name in rule.needs(rule.where)}
    rows = unit.execute(text(f"SELECT {key} AS id FROM {rule.table} WHERE {rule.where}"), **named).all()
    settings = ", ".join(f"{column} = :{column}" for column in rule.blank)
    for row in rows:
        sealed = {one: unit.vault.seal(rule.table, row.id, one.removeprefix("sealed_"), "") for one in rule.blank}
        unit.write(text(f"UPDATE {rule.table} SET {settings} WHERE {key} = :id"), id=row.id, **sealed)
    return len(rows)
