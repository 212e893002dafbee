"""What retention would forget now, kind by kind, in numbers: by the same conditions as it is forgotten by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from models.base import from_ms, id_at
from models.rights import retention
from models.rights.ages import GUARDIANS, KINDS, PARTS, PUPILS, STAFF
from models.rights.rules import RetentionRules
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class Report:
    """Of one kind: how long it is kept, how many rows would go now, and since when the oldest of them is there."""

    kind: str
    days: int
    rows: int
    oldest: datetime | None


_COUNT_MESSAGES = (
    "SELECT m.written_at AS at FROM message m JOIN thread t ON t.id = m.thread_id"
    " JOIN pupil pu ON pu.id = t.pupil_id WHERE pu.school_id = :school AND m.written_at < :before AND m.id < :below"
    " AND LENGTH(m.sealed_body) > 0 AND m.id > :after"
    " AND t.pupil_id NOT IN (SELECT pupil_id FROM safety_case WHERE state <> 'closed')"
)


def report(unit: Unit, rules: RetentionRules, most: int = 2**31) -> list[Report]:
    """What would go if everything were gone through at this moment, each part counted up to `most` rows. Reads only."""
    found: dict[str, tuple[int, int | None]] = dict.fromkeys(KINDS, (0, None))

    def add(kind: str, rows: str, **values: int) -> None:
        statement = text(f"SELECT COUNT(*) AS many, MIN(at) AS oldest FROM ({rows} LIMIT {most}) AS due")
        row = unit.execute(statement, **values).one()
        many, oldest = found[kind]
        known = [one for one in (oldest, row.oldest) if one is not None]
        found[kind] = many + int(row.many), min(known, default=None)

    after = retention.floor_of(unit, retention.MESSAGES)
    for school, before in retention.cutoffs(unit, rules).items():
        add("messages", _COUNT_MESSAGES, school=school, before=before, below=id_at(before), after=after)
    for part in PARTS:
        before = retention.before_of(unit, retention.days_of(rules, part.kind))
        add(
            part.kind,
            f"SELECT {part.at} AS at FROM {part.table} t WHERE t.{part.key} > :after"
            f" AND t.{part.key} < :below AND ({part.old}) AND ({part.still})",
            after=retention.floor_of(unit, part.name),
            below=id_at(before),
            before=before,
        )
    before = retention.before_of(unit, rules.access)
    add("access", "SELECT at FROM access WHERE id < :below AND at < :before", before=before, below=id_at(before))
    for rest in (PUPILS, STAFF, GUARDIANS):
        add("identity", f"SELECT p.ended_at AS at {rest}", before=retention.before_of(unit, rules.identity))
    return [
        Report(kind, retention.days_of(rules, kind), many, None if oldest is None else from_ms(oldest))
        for kind, (many, oldest) in found.items()
    ]
