"""The data map names every table and every sealed column, so that nobody adds one without deciding what becomes of it."""

from __future__ import annotations

from itertools import product

from sqlalchemy import text
from sqlmodel import SQLModel

from bot import schema
from models.rights import ages, datamap, erasing
from models.rights.rules import RetentionRules
from tests.school import School

TABLES = SQLModel.metadata.tables
NOBODYS = ("school", "technical")


def test_every_table_is_in_the_map_and_no_other() -> None:
    assert schema.head()  # the tables are those that migrations know
    assert sorted(datamap.entries()) == sorted(TABLES)


def test_what_is_sealed_is_named_and_what_is_somebodys_has_a_rule_or_a_reason() -> None:
    faults = []
    for name, table in sorted(TABLES.items()):
        entry = datamap.entries()[name]
        sealed = {
            column.name
            for column in table.columns
            if "Binary" in type(column.type).__name__ or column.name.startswith("sealed_")
        }
        if set(entry.columns) != sealed:
            faults.append(f"{name}: {sorted(sealed)}")
        if entry.retention not in {*ages.KINDS, "elsewhere", "none"}:
            faults.append(f"{name}: {entry.retention}")
        if entry.whose != "nobody" and not (entry.rules or entry.keep):
            faults.append(f"{name}: somebody's data, and nothing says what becomes of it")
        # What stays as a row after an erasure says why.
        if not entry.keep and not all(rule.delete for rule in entry.rules):
            faults.append(f"{name}: rows stay without a reason")
    assert not faults


def test_what_is_forgotten_by_age_is_what_the_map_says() -> None:
    aged = {part.table for part in ages.PARTS}
    elsewhere = {"message", "message_version", "place", "access", "person", "pupil", "account", "availability"}
    hangs_on = {"draft", "album_piece", "case_step", "case_look", "file_goal_review", "handover", "handover_pick"}
    shells = {"workspace", "calendar_feed", "join_reminder"}
    for entry in datamap.entries().values():
        if entry.retention not in ("elsewhere", "none"):
            assert entry.table in aged | elsewhere | hangs_on | shells, entry.table
            for part in ages.PARTS:
                if part.table == entry.table and part.kind != "private":
                    assert part.kind == entry.retention
    assert set(ages.KINDS) == set(RetentionRules.__dataclass_fields__)


def test_every_rule_is_understood_by_both_databases(school: School) -> None:
    """Each scope is carried out for people who are not there: a wrong column or table fails here."""
    unit = school.unit()
    for name in datamap.SCOPES:
        erasing.erase(unit, [erasing.Scope(name, 1, 2)], None)
    assert unit.execute(text("SELECT COUNT(*) FROM erasure")).scalar() == 0
    unit.connection.rollback()
    unit.connection.close()


def test_an_account_can_go_whatever_hangs_on_it() -> None:
    """Everything that points at an account is deleted, or lets go of it, before."""
    hang = {
        (name, column.name)
        for name, table in TABLES.items()
        for column in table.columns
        if any(key.column.table.name == "account" for key in column.foreign_keys)
    }
    for (name, column), scope in product(hang - {("person", "account_id")}, ("guardian", "staff")):
        rules = [rule for rule in datamap.entries()[name].rules if rule.scope == scope]
        assert any(":account" in rule.where and (rule.delete or f"{column} = NULL" in rule.change) for rule in rules), (
            f"{name}.{column}"
        )
