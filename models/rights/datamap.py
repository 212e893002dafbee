"""The data map: of every table whose data it is, of what kind, what becomes of it when it is erased, and how long it is kept.

It stands as data in map/*.toml, and erasing goes by it (erasing.py), so that what it says is what happens. A test walks all
tables of the program and fails for one that the map does not name, and for a sealed column that it does not.

Scopes of erasing, each with the people it takes:

- line: what stands between one guardian and the school about one child (`:person`, `:pupil`)
- guardian: what is a guardian's own, whichever child it is about (`:person`, `:account`)
- child: what the school wrote about a child and all its guardians share (`:pupil`)
- pupil: who the child is, once it has left (`:pupil`)
- gone: who the guardian is, once no child of theirs is at the school (`:person`)
- staff: what is a member of staff's own, once they have left (`:person`, `:account`)
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "map"
SCOPES = ("line", "guardian", "child", "pupil", "gone", "staff")
WHOSE = ("guardian", "pupil", "family", "staff", "person", "nobody")
KINDS = (
    "identity",
    "messages",
    "visits",
    "notes",
    "file",
    "events",
    "notices",
    "matching",
    "directory",
    "training",
    "team",
    "cases",
    "consent",
    "log",
    "school",
    "technical",
)
_PARTS = {
    "threads": "(SELECT id FROM thread WHERE guardian_id = :person AND pupil_id = :pupil)",
    "visits": "(SELECT id FROM visit WHERE pupil_id = :pupil)",
    "parent": "NOT EXISTS (SELECT 1 FROM person w WHERE w.id = :person AND w.staff_number IS NOT NULL AND w.ended_at IS NULL)",
    "calm": "NOT EXISTS (SELECT 1 FROM safety_case c WHERE c.pupil_id = :pupil AND c.state <> 'closed')",
}
_NAMED = re.compile(r"(?<!:):([a-z]+)\b")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done to a table's rows within a scope: deleted, changed, or some of their sealed columns made empty."""

    table: str
    scope: str
    where: str
    delete: bool
    change: str
    blank: tuple[str, ...]
    first: tuple[str, ...]
    """Statements for rows that hang on these."""

    def needs(self, statement: str) -> set[str]:
        """The values that a statement names."""
        return set(_NAMED.findall(statement))


@dataclass(frozen=True, slots=True)
class Entry:
    """What the map says of a table."""

    table: str
    whose: str
    kind: str
    retention: str
    """A kind of models/rights/retention.py; `elsewhere`: its own package forgets it; `none`: as long as the table's subject."""
    keep: str
    """Why rows stay after an erasure; empty where none does, or where they are nobody's."""
    columns: dict[str, str]
    """Every sealed or hashed column, and what stands in it."""
    rules: tuple[Rule, ...]


@cache
def entries() -> dict[str, Entry]:
    """The whole map by table. Raises ValueError for a table that stands twice, or an unknown word."""
    found: dict[str, Entry] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        with path.open("rb") as file:
            content = tomllib.load(file)
        for table, said in content.items():
            if table in found:
                raise ValueError(f"{path.name} names '{table}' a second time")
            found[table] = _entry(table, said)
    return found


def _entry(table: str, said: dict[str, Any]) -> Entry:
    rules = tuple(_rule(table, one) for one in said.get("erase", ()))
    entry = Entry(
        table, said["whose"], said["kind"], said["retention"], said.get("keep", ""), said.get("columns", {}), rules
    )
    unknown = said.keys() - {"whose", "kind", "retention", "keep", "columns", "erase"}
    if unknown or entry.whose not in WHOSE or entry.kind not in KINDS:
        raise ValueError(
            f"the data map has an unknown word at '{table}': {sorted(unknown) or entry.whose}, {entry.kind}"
        )
    return entry


def _whole(statement: str) -> str:
    for name, part in _PARTS.items():
        statement = statement.replace(f"{{{name}}}", part)
    return statement


def _rule(table: str, said: dict[str, Any]) -> Rule:
    rule = Rule(
        table,
        said["scope"],
        _whole(said["where"]),
        said.get("do") == "delete",
        _whole(said.get("set", "")),
        tuple(said.get("blank", ())),
        tuple(said.get("first", ())),
    )
    if rule.scope not in SCOPES or not (rule.delete or rule.change or rule.blank):
        raise ValueError(f"the data map has a rule that does nothing at '{table}'")
    return rule
