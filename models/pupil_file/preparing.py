"""A handover card is made: what stands in the file goes onto it, word by word; of level 2 as what may be added."""

from __future__ import annotations

from dataclasses import dataclass

from models.base import new_id
from models.pupil_file import allowed, entries, existing, moved
from models.pupil_file.cards import DAY, GOES_OVER
from models.unit import Unit, sql

OF_A_KIND = 10
"""Entries of a kind that go onto a card, the newest."""
GOAL, SCHOOL_DOES, FAMILY_DOES = "goal", "school_does", "family_does"
ORDER = (entries.STRENGTH, entries.HABIT, entries.WORKS, entries.NOTE, GOAL, SCHOOL_DOES, FAMILY_DOES)
"""Kinds on a card in the order in which they stand there."""
AGREEMENTS = 3
WAITS = 60
"""Days that a card waits for a guardian whom one could tell."""
FILE = "file"


@dataclass(frozen=True, slots=True)
class Fact:
    """What goes onto a card. `owner_id`: the one guardian whose it is."""

    kind: str
    text: str
    at: int
    level: int = 1
    owner_id: int | None = None
    source_id: int | None = None


_ENTRIES = sql(
    "SELECT e.id, e.kind, e.level, e.sealed_text, e.author_id, e.by_guardian, e.at FROM file_entry e"
    " WHERE e.pupil_id = :pupil AND e.ended_at IS NULL AND e.shown AND e.wrong_by IS NULL"
    " AND (e.mentorship_id IS NULL OR e.mentorship_id <> :mentorship) ORDER BY e.id DESC"
)
_GOALS = sql(
    "SELECT g.id, g.sealed_text, g.at FROM file_goal g WHERE g.pupil_id = :pupil AND g.state = 'agreed'"
    " AND g.mentorship_id <> :mentorship AND NOT EXISTS (SELECT 1 FROM file_goal_review r WHERE r.goal_id = g.id"
    " AND NOT r.by_guardian AND r.result = 'reached') ORDER BY g.id DESC LIMIT 5"
)
_BROUGHT = sql(
    "SELECT i.id, i.kind, i.level, i.sealed_text, i.owner_id, i.at FROM handover_item i"
    " JOIN handover h ON h.id = i.handover_id"
    f" WHERE h.pupil_id = :pupil AND h.origin <> 'file' AND h.mentorship_id <> :mentorship AND {GOES_OVER}"
    " ORDER BY i.id DESC"
)


def gather(unit: Unit, pupil_id: int, mentorship_id: int, guardians: list[int]) -> list[Fact]:
    """What a file has for the mentor of that mentorship, which cannot see it yet; 0 for no mentorship of this pupil.

    Left out is what a guardian has marked as wrong, and what is not shown to guardians: they could not read what they hand
    over.
    """
    opened, found = unit.vault.open, list[Fact]()
    for row in unit.execute(_ENTRIES, pupil=pupil_id, mentorship=mentorship_id):
        text = opened("file_entry", row.id, "text", bytes(row.sealed_text))
        owner = row.author_id if row.by_guardian else None
        found.append(Fact(row.kind, text, row.at, row.level, owner, row.id))
    for row in unit.execute(_GOALS, pupil=pupil_id, mentorship=mentorship_id):
        text = opened("file_goal", row.id, "text", bytes(row.sealed_text))
        found.append(Fact(GOAL, text, row.at, source_id=row.id))
    for row in unit.execute(_BROUGHT, pupil=pupil_id, mentorship=mentorship_id):
        text = opened("handover_item", row.id, "text", bytes(row.sealed_text))
        found.append(Fact(row.kind, text, row.at, row.level, row.owner_id))
    if found:
        for one in existing.standing(unit, pupil_id, guardians, AGREEMENTS):
            for kind, text in ((SCHOOL_DOES, one.school), (FAMILY_DOES, one.family)):
                if text.strip():
                    found.append(Fact(kind, text, one.at, owner_id=one.owner_id))
    # What came from another school and was written down here again is said once.
    found = list({(one.kind, one.text, one.owner_id): one for one in reversed(found)}.values())[::-1]
    kept = [fact for kind in ORDER for fact in [one for one in found if one.kind == kind][:OF_A_KIND]]
    return [*(one for one in kept if one.level < 2), *(one for one in kept if one.level == 2)]


_INSERT = sql(
    "INSERT INTO handover (id, pupil_id, mentorship_id, origin, from_pupil, sealed_from, state, made_at, closes_at)"
    " VALUES (:id, :pupil, :mentorship, :origin, :old, :school, 'prepared', :now, :closes)"
    " ON CONFLICT (mentorship_id, origin) DO NOTHING"
)
_ITEM = sql(
    "INSERT INTO handover_item (id, handover_id, number, kind, level, owner_id, source_id, sealed_text, at)"
    " VALUES (:id, :card, :number, :kind, :level, :owner, :source, :text, :at)"
)


def make(
    unit: Unit,
    pupil_id: int,
    mentorship_id: int,
    origin: str,
    facts: list[Fact],
    *,
    from_pupil: int | None = None,
    school: str = "",
) -> int | None:
    """A card with these facts, for the family to read first. None where there is nothing, or that card was made before."""
    if not facts:
        return None
    row, seal = new_id(), unit.vault.seal
    made = unit.write(
        _INSERT,
        id=row,
        pupil=pupil_id,
        mentorship=mentorship_id,
        origin=origin,
        old=from_pupil,
        school=seal("handover", row, "from", school) if school else None,
        now=unit.now_ms,
        closes=unit.now_ms + WAITS * DAY,
    )
    if made != 1:
        return None
    for number, fact in enumerate(facts, 1):
        item = new_id()
        unit.later(
            _ITEM,
            id=item,
            card=row,
            number=number,
            kind=fact.kind,
            level=fact.level,
            owner=fact.owner_id,
            source=fact.source_id,
            text=seal("handover_item", item, "text", fact.text),
            at=fact.at,
        )
    unit.flush()
    return row


_SCHOOL = sql("SELECT s.name FROM pupil pu JOIN school s ON s.id = pu.school_id WHERE pu.id = :pupil")
_MENTORSHIP = sql(
    "SELECT m.id FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " WHERE m.pupil_id = :pupil AND m.until IS NULL"
)
_MOVED = sql("UPDATE pupil_file SET moved_to = :new WHERE pupil_id = :old AND moved_to IS NULL")


def mentorship(unit: Unit, pupil_id: int) -> int | None:
    """The pupil's mentorship of today."""
    row = unit.execute(_MENTORSHIP, pupil=pupil_id).first()
    return None if row is None else int(row.id)


def for_next_mentor(unit: Unit, pupil_id: int, mentorship_id: int) -> int | None:
    """A card for the mentor of a new mentorship. None where nothing is in the file for that one."""
    facts = gather(unit, pupil_id, mentorship_id, allowed.guardians(unit, pupil_id))
    return make(unit, pupil_id, mentorship_id, FILE, facts)


def for_next_school(unit: Unit, old_pupil: int) -> int | None:
    """A card for a child that has moved within the deployment, once it has a mentor at the new school. Who was no guardian at
    the old one sees nothing of it; a guardian's own words come as that guardian's own."""
    new_pupil = moved.to(unit, old_pupil)
    now = None if new_pupil is None else mentorship(unit, new_pupil)
    if new_pupil is None or now is None:
        return None
    people = moved.guardians(unit, old_pupil, new_pupil)
    facts = [
        Fact(one.kind, one.text, one.at, one.level, None if one.owner_id is None else people[one.owner_id])
        for one in gather(unit, old_pupil, 0, list(people))
        if one.owner_id is None or one.owner_id in people
    ]
    unit.write(_MOVED, old=old_pupil, new=new_pupil)
    if not facts:
        return None
    entries.begin(unit, new_pupil)
    name = unit.execute(_SCHOOL, pupil=old_pupil).one().name
    return make(unit, new_pupil, now, f"moved:{old_pupil}", facts, from_pupil=old_pupil, school=name)
