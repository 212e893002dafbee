"""The rows of an import, put aside between reading and writing in an unnamed file on disk.

Rows are kept there sealed under a key that only this process knows and that dies with it. Rows come back in the order
of their numbers, so that the order of the rows in the files does not matter, and memory does not grow with them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.people import RoleKind
from models.roster.cells import folded, folded_class, folded_name
from models.roster.checks import Place, PupilRow, StaffRow
from models.roster.faults import Fault
from models.vault import Vault

CHUNK = 1000
_TABLES = """
CREATE TABLE pupil (school INT, number TEXT, source INT, row INT, mentor TEXT, body BLOB,
    PRIMARY KEY (school, number)) WITHOUT ROWID;
CREATE TABLE staff (school INT, number TEXT, source INT, row INT, mentor INT, body BLOB,
    PRIMARY KEY (school, number)) WITHOUT ROWID;
CREATE TABLE chief (school INT, number TEXT, source INT, row INT, heading TEXT, class TEXT);
CREATE TABLE guardian (school INT, phone BLOB, name BLOB);
CREATE TABLE fault (source INT, row INT, place INT, body BLOB);
CREATE TABLE bad_mentor (school INT, number TEXT, expected TEXT, PRIMARY KEY (school, number)) WITHOUT ROWID;
CREATE TABLE seen (kind TEXT, id INT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Guardian:
    """A guardian's cell with its hashes; `phone_hash` None for no phone."""

    name: str
    relation: str
    phone: str
    name_hash: bytes
    phone_hash: bytes | None


@dataclass(slots=True)
class Pupil:
    """A pupil to be written; `group` is the folded (stage, grade, class)."""

    number: str
    name: str
    name_hash: bytes
    group: tuple[str, str, str]
    mentor: str
    guardians: list[Guardian]


@dataclass(slots=True)
class Staff:
    """A member of staff to be written."""

    number: str
    name: str
    name_hash: bytes
    subject: str
    phone: str
    phone_hash: bytes | None
    roles: frozenset[RoleKind]


class Staging:
    """What the files hold. Use it with `with`: afterwards nothing of it is left."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._db = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-8192"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self.sources: list[tuple[str, str | None]] = []
        self.schools: dict[str, str] = {}
        """Folded name → name; their order gives the number that stands for a school here."""
        self._school_numbers: dict[str, int] = {}
        self.with_pupils: set[str] = set()
        self.with_staff: set[str] = set()
        self.classes: dict[tuple[str, str, str, str], tuple[str, str, str]] = {}
        """Folded (school, stage, grade, class) → (stage, grade, class) as written."""
        self.pupils = self.guardians = self.staff = self.faults = self.unmentored = 0
        self._guardians_indexed = False

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def source(self, file: str, sheet: str | None) -> int:
        """A number for a file or a sheet of it."""
        self.sources.append((file, sheet))
        return len(self.sources) - 1

    def fault(
        self, source: int, row: int, place: int, heading: str | None, *, value: str | None, expected: str
    ) -> None:
        """Keeps a fault; `place` orders the faults of a row."""
        self.faults += 1
        self._db.execute(
            "INSERT INTO fault VALUES (?, ?, ?, ?)", (source, row, place, self._shut([heading, value, expected]))
        )

    def all_faults(self) -> Iterator[Fault]:
        """Every fault, in the order of the files and rows."""
        for source, row, body in self._db.execute("SELECT source, row, body FROM fault ORDER BY source, row, place"):
            heading, value, expected = self._open(body)
            file, sheet = self.sources[source]
            yield Fault(file, sheet, row, heading, value, expected)

    # -- what reading puts in ------------------------------------------------------------------------------------------

    def add_pupil(self, source: int, row: int, pupil: PupilRow) -> str | None:
        """Keeps a pupil. Where the number stands already: the place of it, and nothing is kept."""
        school, group = self._place(pupil.place)
        number = self._school_numbers[school]
        self.with_pupils.add(school)
        hashes = [
            (
                self._vault.lookup("name", folded_name(one.name)),
                self._vault.lookup("phone", one.phone) if one.phone else None,
            )
            for one in pupil.guardians
        ]
        body = [
            pupil.name,
            self._vault.lookup("name", folded_name(pupil.name)).hex(),
            group,
            [
                (one.name, one.relation, one.phone, name.hex(), phone.hex() if phone else None)
                for one, (name, phone) in zip(pupil.guardians, hashes, strict=True)
            ],
        ]
        values = (number, pupil.number, source, row, pupil.mentor, self._shut(body))
        if self._db.execute("INSERT OR IGNORE INTO pupil VALUES (?, ?, ?, ?, ?, ?)", values).rowcount == 0:
            return self._where("pupil", number, pupil.number, source)
        for name, phone in hashes:
            self.guardians += 1
            if phone is not None:
                self._db.execute("INSERT INTO guardian VALUES (?, ?, ?)", (number, phone, name))
        self.pupils += 1
        self.unmentored += not pupil.mentor
        return None

    def add_staff(self, source: int, row: int, heading: str, staff: StaffRow, *, whole: bool = True) -> str | None:
        """Keeps a member of staff, as add_pupil does. `whole` is False for a row with faults, kept by number alone."""
        school = self._school(staff.school)
        number = self._school_numbers[school]
        self.with_staff.add(school)
        body = [
            staff.name,
            self._vault.lookup("name", folded_name(staff.name)).hex(),
            staff.subject,
            staff.phone,
            self._vault.lookup("phone", staff.phone).hex() if staff.phone else None,
            sorted(staff.roles),
        ]
        is_mentor = RoleKind.MENTOR in staff.roles or not whole
        values = (number, staff.number, source, row, is_mentor, self._shut(body))
        if self._db.execute("INSERT OR IGNORE INTO staff VALUES (?, ?, ?, ?, ?, ?)", values).rowcount == 0:
            return self._where("staff", number, staff.number, source)
        for one in staff.chief_of:
            self._db.execute(
                "INSERT INTO chief VALUES (?, ?, ?, ?, ?, ?)", (number, staff.number, source, row, heading, one)
            )
        self.staff += 1
        return None

    def _where(self, table: str, school: int, number: str, asking: int) -> str:
        source, row = self._db.execute(
            f"SELECT source, row FROM {table} WHERE school = ? AND number = ?", (school, number)
        ).fetchone()
        file, sheet = self.sources[source]
        if source == asking:
            return f"row {row}"
        return f"{file}{'' if sheet is None else f', sheet {sheet}'}, row {row}"

    def _school(self, name: str) -> str:
        key = folded(name)
        # of several spellings the first in order stands, so that the order of rows does not matter
        known = self.schools.get(key)
        if known is None:
            self._school_numbers[key] = len(self.schools)
            self.schools[key] = name
        elif name < known:
            self.schools[key] = name
        return key

    def _place(self, place: Place) -> tuple[str, tuple[str, str, str]]:
        school = self._school(place[0])
        group = folded_class(*place[1:])
        key = (school, *group)
        written = place[1:]
        known = self.classes.get(key)
        if known is None or written < known:
            self.classes[key] = written
        return school, group

    # -- what writing takes out ----------------------------------------------------------------------------------------

    def pupil_chunks(self, school: str) -> Iterator[list[Pupil]]:
        """The pupils of a school by number, some at a time."""
        for rows in self._chunks("pupil", "number, mentor, body", school):
            chunk = []
            for number, mentor, sealed in rows:
                name, name_hash, group, guardians = self._open(sealed)
                chunk.append(
                    Pupil(
                        number,
                        name,
                        bytes.fromhex(name_hash),
                        tuple(group),
                        mentor,
                        [
                            Guardian(n, r, p, bytes.fromhex(nh), bytes.fromhex(ph) if ph else None)
                            for n, r, p, nh, ph in guardians
                        ],
                    )
                )
            yield chunk

    def staff_chunks(self, school: str) -> Iterator[list[Staff]]:
        """The staff of a school by number, some at a time."""
        for rows in self._chunks("staff", "number, body", school):
            chunk = []
            for number, sealed in rows:
                name, name_hash, subject, phone, phone_hash, roles = self._open(sealed)
                kinds = frozenset(RoleKind(role) for role in roles)
                hashed = bytes.fromhex(phone_hash) if phone_hash else None
                chunk.append(Staff(number, name, bytes.fromhex(name_hash), subject, phone, hashed, kinds))
            yield chunk

    def _chunks(self, table: str, columns: str, school: str) -> Iterator[list[Any]]:
        last = ""
        while rows := self._db.execute(
            f"SELECT {columns} FROM {table} WHERE school = ? AND number > ? ORDER BY number LIMIT {CHUNK}",
            (self._school_numbers[school], last),
        ).fetchall():
            yield rows
            last = rows[-1][0]

    def still_told(self, school: str, phone_hash: bytes | None, name_hash: bytes) -> bool:
        """Whether some row of the school still has a guardian of this phone and name."""
        if phone_hash is None:
            return False
        if not self._guardians_indexed:
            self._db.execute("CREATE INDEX guardian_told ON guardian (school, phone, name)")
            self._guardians_indexed = True
        return (
            self._db.execute(
                "SELECT 1 FROM guardian WHERE school = ? AND phone = ? AND name = ? LIMIT 1",
                (self._school_numbers[school], phone_hash, name_hash),
            ).fetchone()
            is not None
        )

    def chiefs(self, school: str) -> list[tuple[str, int, int, str, str]]:
        """(staff number, source, row, heading, class as written) of the chief mentors of a school."""
        statement = "SELECT number, source, row, heading, class FROM chief WHERE school = ? ORDER BY source, row"
        return self._db.execute(statement, (self._school_numbers[school],)).fetchall()

    def mentors_not_told(self, school: str) -> Iterator[list[tuple[str, bool]]]:
        """(number, whether a staff row has it) of mentors whom pupils have and no staff row makes a mentor."""
        last = ""
        while rows := self._db.execute(
            "SELECT p.mentor, max(s.number IS NOT NULL) FROM pupil p"
            " LEFT JOIN staff s ON s.school = p.school AND s.number = p.mentor"
            " WHERE p.school = ? AND p.mentor > ? AND coalesce(s.mentor, 0) = 0"
            f" GROUP BY p.mentor ORDER BY p.mentor LIMIT {CHUNK}",
            (self._school_numbers[school], last),
        ).fetchall():
            yield [(number, bool(told)) for number, told in rows]
            last = rows[-1][0]

    def refuse_mentors(self, school: str, numbers: Iterable[tuple[str, str]], heading_of: dict[int, str]) -> None:
        """A fault for each pupil's row with one of these (mentor's number, what is expected)."""
        number = self._school_numbers[school]
        self._db.executemany("INSERT OR IGNORE INTO bad_mentor VALUES (?, ?, ?)", ((number, *one) for one in numbers))
        rows = self._db.execute(
            "SELECT p.source, p.row, p.mentor, b.expected FROM pupil p JOIN bad_mentor b"
            " ON b.school = p.school AND b.number = p.mentor WHERE p.school = ?",
            (number,),
        )
        for source, row, mentor, expected in rows:
            self.fault(source, row, 50, heading_of.get(source), value=mentor, expected=expected)

    def see(self, kind: str, ids: Iterable[int]) -> None:
        """Remembers ids of rows of the database."""
        self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", ((kind, one) for one in ids))

    def unseen(self, kind: str, ids: list[int]) -> set[int]:
        """Those of the ids that were not remembered."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(f"SELECT id FROM seen WHERE kind = ? AND id IN ({marks})", (kind, *ids))
        return set(ids) - {row[0] for row in rows}

    def seen_chunks(self, kind: str) -> Iterator[list[int]]:
        """The remembered ids in order, some at a time."""
        last = -1
        while rows := self._db.execute(
            f"SELECT id FROM seen WHERE kind = ? AND id > ? ORDER BY id LIMIT {CHUNK}", (kind, last)
        ).fetchall():
            yield [row[0] for row in rows]
            last = rows[-1][0]

    def _shut(self, values: list[Any]) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, json.dumps(values, ensure_ascii=True).encode(), None)

    def _open(self, sealed: bytes) -> Any:
        return json.loads(self._cipher.decrypt(sealed[:12], sealed[12:], None))
