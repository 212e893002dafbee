"""A school office for the tests: writes rosters as files, imports them, and tells what the database holds."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from rich.console import Console
from sqlalchemy import Engine, select, text
from sqlmodel import SQLModel

from bot.commands.roster import run_import
from models.roster.work import Hooks
from models.vault import Vault

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PUPILS = ["学校", "学段", "年级", "班级", "学号", "姓名", "导师工号"] + [
    f"监护人{n}{part}" for n in (1, 2) for part in ("姓名", "关系", "电话")
]
STAFF = ["学校", "工号", "姓名", "学科", "电话", "角色"]
MOTHER, FATHER = ("王芳", "妈妈", "13800000001"), ("林强", "爸爸", "13800000002")
Row = Sequence[object]


def pupil(
    number: str, *guardians: Sequence[str], group: str = "五年级2班", mentor: str = "T1", name: str = ""
) -> list[str]:
    """A pupil's row of 实验学校."""
    cells = [cell for guardian in guardians for cell in guardian]
    row = ["实验学校", "小学", group[:3], group, number, name or f"学生{number}", mentor, *cells]
    return row + [""] * (len(PUPILS) - len(row))


def staff(number: str, roles: str = "导师", *, name: str = "", phone: str = "", subject: str = "语文") -> list[str]:
    """A staff member's row of 实验学校."""
    return ["实验学校", number, name or f"老师{number}", subject, phone, roles]


@dataclass
class Office:
    """Imports into one database; `told` is what the last import printed."""

    engine: Engine
    vault: Vault
    folder: Path
    told: str = ""
    mentor_changes: list[tuple[int, int | None, int | None]] = field(default_factory=list)
    ended_people: list[int] = field(default_factory=list)
    ended_pupils: list[int] = field(default_factory=list)
    _files: int = 0

    def csv(self, headings: Row, rows: Sequence[Row], *, encoding: str = "utf-8-sig", name: str = "") -> Path:
        """Writes a CSV file."""
        self._files += 1
        path = self.folder / (name or f"{self._files}.csv")
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([headings, *rows])
        return path

    def xlsx(self, sheets: dict[str, list[Row]], *, name: str = "roster.xlsx") -> Path:
        """Writes a workbook of these sheets."""
        book = Workbook()
        assert book.active is not None
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        book.save(self.folder / name)
        return self.folder / name

    def run(self, *files: Path, dry_run: bool = False, end_missing: bool = False, hooks: Hooks | None = None) -> int:
        """Imports files, returns the exit code."""
        written = io.StringIO()
        self.mentor_changes, self.ended_people, self.ended_pupils = [], [], []

        def on_ended(_connection: object, people: list[int], pupils: list[int]) -> None:
            self.ended_people += people
            self.ended_pupils += pupils

        code = run_import(
            self.engine,
            self.vault,
            files,
            now=NOW,
            dry_run=dry_run,
            end_missing=end_missing,
            console=Console(file=written, width=100),
            hooks=hooks or Hooks(lambda _c, changes: self.mentor_changes.extend(changes), on_ended),
        )
        self.told = written.getvalue()
        return code

    def bring(self, pupils: Sequence[Row], people: Sequence[Row] | None = None, *, end_missing: bool = False) -> str:
        """Imports pupils and staff that must be fine; returns what was printed."""
        people = [staff("T1")] if people is None else people
        files = [self.csv(PUPILS, pupils)] if pupils else []
        files += [self.csv(STAFF, people)] if people else []
        assert self.run(*files, end_missing=end_missing) == 0, self.told
        return self.told

    def faults(self, *files: Path, end_missing: bool = False) -> list[str]:
        """Imports files that must be refused; returns the faults and sees to it that nothing was written."""
        before = self.everything()
        assert self.run(*files, end_missing=end_missing) == 2, self.told
        assert self.everything() == before
        lines = self.told.splitlines()
        assert lines[0] == f"Nothing was imported: {len(lines) - 1} fault(s)."
        return [line.strip() for line in lines[1:]]

    # -- what the database holds ---------------------------------------------------------------------------------------

    def everything(self) -> dict[str, Counter[tuple[Any, ...]]]:
        """Every row of every table as it is."""
        with self.engine.connect() as connection:
            return {
                name: Counter(tuple(row) for row in connection.execute(select(table)))
                for name, table in SQLModel.metadata.tables.items()
            }

    def _all(self, statement: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement)))

    def pupils(self) -> dict[str, tuple[str, str, str | None]]:
        """Number → name, class, mentor's number, of those who have not ended."""
        statement = (
            "SELECT p.id, p.number, p.sealed_name, c.name AS class, s.staff_number FROM pupil p"
            " JOIN school_class c ON c.id = p.school_class_id"
            " LEFT JOIN mentorship m ON m.pupil_id = p.id AND m.until IS NULL"
            " LEFT JOIN person s ON s.id = m.mentor_id WHERE p.ended_at IS NULL"
        )
        return {
            row.number: (self.vault.open("pupil", row.id, "name", row.sealed_name), row[3], row.staff_number)
            for row in self._all(statement)
        }

    def guardians(self, number: str) -> list[tuple[str, str, str | None]]:
        """Name, relation and telephone of a pupil's guardians of today."""
        return sorted((one[:3] for one in self._ties() if one[3] == number), key=lambda one: (one[:2], one[2] or ""))

    def person_of(self, number: str, name: str) -> int:
        """The id of the person who is this pupil's guardian under that name."""
        return next(one[4] for one in self._ties() if one[3] == number and one[0] == name)

    def _ties(self) -> list[tuple[str, str, str | None, str, int]]:
        statement = (
            "SELECT pe.id, pe.sealed_name, pe.sealed_phone, g.relation, pu.number FROM guardianship g"
            " JOIN person pe ON pe.id = g.person_id JOIN pupil pu ON pu.id = g.pupil_id WHERE g.until IS NULL"
        )
        return [(self._name(row), row.relation, self._phone(row), row.number, row.id) for row in self._all(statement)]

    def staff(self) -> dict[str, tuple[str, str | None, str | None, list[str], list[str]]]:
        """Number → name, telephone, subject, roles, classes as chief mentor, of those who have not ended."""
        people = self._all("SELECT * FROM person WHERE staff_number IS NOT NULL AND ended_at IS NULL")
        roles = self._all("SELECT person_id, kind FROM role WHERE until IS NULL ORDER BY kind")
        teams = self._all(
            "SELECT t.chief_mentor_id, c.name FROM class_team t JOIN school_class c ON c.id = t.school_class_id"
            " WHERE t.until IS NULL ORDER BY c.name"
        )
        return {
            row.staff_number: (
                self._name(row),
                self._phone(row),
                row.subject,
                [role.kind for role in roles if role.person_id == row.id],
                [team.name for team in teams if team.chief_mentor_id == row.id],
            )
            for row in people
        }

    def people(self, *, ended: bool = False) -> int:
        """How many people there are."""
        where = "IS NOT NULL" if ended else "IS NULL"
        return int(self._all(f"SELECT count(*) FROM person WHERE ended_at {where}")[0][0])

    def state(self) -> object:
        """All that a reader of the school could tell, without ids and times."""
        numbers = sorted(self.pupils())
        return self.pupils(), self.staff(), [(number, self.guardians(number)) for number in numbers], self.people()

    def _name(self, row: Any) -> str:
        return self.vault.open("person", row.id, "name", row.sealed_name)

    def _phone(self, row: Any) -> str | None:
        return self.vault.open("person", row.id, "phone", row.sealed_phone) if row.sealed_phone else None
