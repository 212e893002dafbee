"""Taking a file of cards into the database, by their codes, so that it repeats safely; and writing them out again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row

from models.base import as_day, new_id
from models.directory import content
from models.directory.content import SignUp
from models.directory.reading import HEADINGS, Line
from models.roster.faults import Fault, FileFaults
from models.unit import Unit, sql

_KNOWN = sql(
    "SELECT id, code, ended_at FROM directory_card WHERE code IS NOT NULL"
    " AND (school_id = :school OR (school_id IS NULL AND CAST(:school AS BIGINT) IS NULL))"
)
_STAFF = sql(
    "SELECT id, staff_number FROM person WHERE school_id = :school AND staff_number IS NOT NULL AND ended_at IS NULL"
)
_ADD = sql(
    "INSERT INTO directory_card (id, school_id, code, kind, sealed_content, stages, places, taken, sign_up, approver_id,"
    " named, valid_until, created_at) VALUES (:id, :school, :code, :kind, :content, :stages, :places, 0, :sign_up,"
    " :approver, :no, :until, :now)"
)
_CHANGE = sql(
    "UPDATE directory_card SET kind = :kind, sealed_content = :content, stages = :stages, places = :places,"
    " sign_up = :sign_up, approver_id = :approver, valid_until = :until, ended_at = NULL WHERE id = :id"
)
_END = sql("UPDATE directory_card SET ended_at = :now WHERE id = :id AND ended_at IS NULL")
_OUT = sql(
    "SELECT c.id, c.code, c.kind, c.sealed_content, c.stages, c.places, c.sign_up, c.valid_until, p.staff_number"
    " FROM directory_card c LEFT JOIN person p ON p.id = c.approver_id WHERE c.code IS NOT NULL AND c.ended_at IS NULL"
    " AND (c.school_id = :school OR (c.school_id IS NULL AND CAST(:school AS BIGINT) IS NULL)) ORDER BY c.code"
)


@dataclass(frozen=True, slots=True)
class Result:
    """How many cards were added, brought up to date, ended."""

    added: int
    changed: int
    ended: int


def take(
    unit: Unit, school_id: int | None, lines: list[Line], *, end_missing: bool = False, today: date | None = None
) -> Result:
    """Takes the cards of a file for a school, or (None) for all. Raises FileFaults before anything is written.

    Requests on a card stay with it; where there are fewer places now than are taken, nobody loses one. With `today`, a card whose
    last day has been is a fault: nobody would ever see it.
    """
    staff = {} if school_id is None else {row.staff_number: row.id for row in unit.execute(_STAFF, school=school_id)}
    faults = [_unknown(one, school_id) for one in lines if one.sign_up is SignUp.PERSON and one.approver not in staff]
    faults += [
        replace(one.place, column="valid_until", value=str(one.valid_until))
        for one in lines
        if today is not None and one.valid_until is not None and one.valid_until < today
    ]
    if faults:
        raise FileFaults(faults)
    known = {row.code: row for row in unit.execute(_KNOWN, school=school_id).all()}
    added = changed = ended = 0
    for line in lines:
        row = known.pop(line.code, None)
        card = new_id() if row is None else row.id
        values: dict[str, Any] = {
            "id": card,
            "kind": line.kind.code,
            "content": content.sealed(unit.vault, card, line.content),
            "stages": " ".join(line.stages),
            "places": line.places,
            "sign_up": line.sign_up.value,
            "approver": staff.get(line.approver),
            "until": line.valid_until,
        }
        if row is None:
            unit.write(_ADD, school=school_id, code=line.code, no=False, now=unit.now_ms, **values)
            added += 1
        else:
            unit.write(_CHANGE, **values)
            changed += 1
    if end_missing:
        ended = sum(unit.write(_END, id=row.id, now=unit.now_ms) for row in known.values())
    return Result(added, changed, ended)


def _unknown(line: Line, school_id: int | None) -> Fault:
    at = line.place
    expected = (
        "expected 不用报名, 直接报名, 管理员, 首席导师, 活动 (none, open, admin, chief, events)"
        if school_id is None
        else "expected 不用报名, 直接报名, 管理员, 首席导师, 活动 (none, open, admin, chief, events), or a staff number"
    )
    return Fault(at.file, at.sheet, at.row, at.column, at.value, expected)


def rows(unit: Unit, school_id: int | None) -> list[list[str]]:
    """The cards of a school, or of all, as the file that `take` takes again; the Chinese headings first."""
    found = [[names[0] for names in HEADINGS.values()]]
    found += [_row(unit, row) for row in unit.execute(_OUT, school=school_id).all()]
    return found


def _row(unit: Unit, row: Row[Any]) -> list[str]:
    said, kind = content.opened(unit.vault, row.id, row.sealed_content), content.kind_of(row.kind)
    return [
        row.code,
        row.kind if kind is None else kind.zh,
        said.name_zh,
        said.name_en,
        said.for_zh,
        said.for_en,
        said.where,
        said.hours,
        said.contact,
        str(row.stages),
        "" if row.places is None else str(row.places),
        (row.staff_number or "admin") if row.sign_up == SignUp.PERSON else row.sign_up,
        "" if row.valid_until is None else as_day(row.valid_until).isoformat(),
    ]
