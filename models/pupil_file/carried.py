"""A pupil's file goes to another deployment, and comes from one: made on a guardian's demand, read there by a guardian first."""

from __future__ import annotations

from models.pupil_file import allowed, entries, preparing, signed
from models.pupil_file.preparing import Fact
from models.pupil_file.signed import Content, Refused
from models.unit import Unit, sql

_PUPIL = sql(
    "SELECT pu.id, pu.sealed_name, s.name AS school FROM pupil pu JOIN school s ON s.id = pu.school_id WHERE pu.id = :pupil"
)
_BY_NUMBER = sql(
    "SELECT pu.id, pu.sealed_name, s.name AS school FROM pupil pu JOIN school s ON s.id = pu.school_id"
    " WHERE pu.number = :number AND pu.ended_at IS NULL ORDER BY pu.id"
)


def facts(unit: Unit, pupil_id: int) -> list[Fact]:
    """What may leave by a file: below level 2, shown to all guardians, no guardian's own words."""
    found = preparing.gather(unit, pupil_id, 0, allowed.guardians(unit, pupil_id))
    return [Fact(one.kind, one.text, one.at) for one in found if one.level < 2 and one.owner_id is None]


def pack(unit: Unit, pupil_id: int, guardian_id: int) -> tuple[bytes, list[Fact]] | None:
    """The signed file for this guardian, and what is in it. None where as guardian one may not, or nothing is there."""
    if allowed.guardian(unit, pupil_id, [guardian_id]) is None:
        return None
    inside = facts(unit, pupil_id)
    if not inside:
        return None
    row = unit.execute(_PUPIL, pupil=pupil_id).one()
    child = unit.vault.open("pupil", pupil_id, "name", bytes(row.sealed_name))
    return signed.write(unit.vault.handover_key(), row.school, child, inside, unit.now_ms), inside


def pupil(unit: Unit, number: str, school: str = "") -> tuple[int, str, int]:
    """The pupil with that number: row, name, mentorship of today. Raises Refused: no_pupil, several_pupils, no_mentor."""
    rows = [row for row in unit.execute(_BY_NUMBER, number=number) if school in ("", row.school)]
    if len(rows) != 1:
        raise Refused("several_pupils" if rows else "no_pupil", number)
    now = preparing.mentorship(unit, rows[0].id)
    if now is None:
        raise Refused("no_mentor", number)
    return rows[0].id, unit.vault.open("pupil", rows[0].id, "name", bytes(rows[0].sealed_name)), now


def take(unit: Unit, content: Content, number: str, school: str = "") -> int:
    """A file that was read (signed.read) becomes a card for the pupil with that number; its row. The guardians are asked by the
    clock. Raises Refused as `pupil` does, and another_child, taken_before: the caller's part of the transaction is to be
    taken back then.
    """
    pupil_id, name, now = pupil(unit, number, school)
    if "".join(name.split()) != "".join(content.child.split()):
        raise Refused("another_child")
    origin = f"import:{content.number}"
    if unit.execute(_KNOWN, pupil=pupil_id, origin=origin).first() is not None:
        raise Refused("taken_before", number)
    entries.begin(unit, pupil_id)
    made = preparing.make(unit, pupil_id, now, origin, list(content.facts), school=content.school)
    if made is None:
        raise Refused("taken_before", number)
    return made


_KNOWN = sql("SELECT 1 FROM handover WHERE pupil_id = :pupil AND origin = :origin")
