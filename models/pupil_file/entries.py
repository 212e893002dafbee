"""What stands in a pupil's file, sentence by sentence: written, corrected, marked as wrong, taken out.

Each read takes who asks. A guardian sees what the school has shown, of all years, and own words; a mentor sees what was
written during the own mentorship. What the family handed over comes beside it (cards.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models.base import new_id
from models.pupil_file.allowed import Keeper
from models.rights.erasing import UNERASED_ENTRY
from models.unit import Unit, sql

STRENGTH, HABIT, WORKS, NOTE = "strength", "habit", "works", "note"
KINDS = (STRENGTH, HABIT, WORKS, NOTE)
OF_GUARDIANS = (STRENGTH, WORKS)
"""Kinds that a guardian may add."""
LONGEST = 200
"""Characters of an entry."""
MOST = 40
"""Entries of a kind that stand in a pupil's file at a time; of one guardian half as many."""
PAGE = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `own`: of who asks. `wrong`: a guardian said that it is not right; staff alone sees that."""

    id: int
    kind: str
    level: int
    shown: bool
    text: str
    by_guardian: bool
    own: bool
    at: int
    wrong: bool


_FIELDS = (
    "e.id, e.pupil_id, e.kind, e.level, e.shown, e.sealed_text, e.author_id, e.by_guardian, e.at, e.wrong_by,"
    " e.mentorship_id"
)
_SEEN = f"e.shown AND (NOT e.by_guardian OR e.author_id = :person) AND {UNERASED_ENTRY}"
"""What of a pupil's file a guardian may see."""
_FOR_GUARDIAN = sql(
    f"SELECT {_FIELDS} FROM file_entry e WHERE e.pupil_id = :pupil AND e.ended_at IS NULL AND {_SEEN}"
    " ORDER BY e.id DESC"
)
_FOR_MENTOR = sql(
    f"SELECT {_FIELDS} FROM file_entry e WHERE e.pupil_id = :pupil AND e.ended_at IS NULL AND e.mentorship_id = :mentorship"
    " AND e.level <= :level ORDER BY e.id DESC"
)
_INSERT = sql(
    "INSERT INTO file_entry (id, pupil_id, mentorship_id, kind, level, shown, sealed_text, author_id, by_guardian, at)"
    " VALUES (:id, :pupil, (SELECT m.id FROM mentorship m WHERE m.pupil_id = :pupil AND m.until IS NULL), :kind, :level,"
    " :shown, :text, :author, :guardian, :now)"
)
_COUNT = sql(
    "SELECT COUNT(*) AS many FROM file_entry WHERE pupil_id = :pupil AND kind = :kind AND ended_at IS NULL"
    " AND by_guardian = :guardian AND (NOT by_guardian OR author_id = :author)"
)
_LOCK = sql("UPDATE pupil_file SET begun_at = begun_at WHERE pupil_id = :pupil")
_BEGIN = sql(
    "INSERT INTO pupil_file (pupil_id, mentorship_id, begun_at) SELECT :pupil,"
    " (SELECT m.id FROM mentorship m WHERE m.pupil_id = :pupil AND m.until IS NULL), :now"
    " WHERE NOT EXISTS (SELECT 1 FROM pupil_file f WHERE f.pupil_id = :pupil) ON CONFLICT DO NOTHING"
)
_FIX = sql(
    "UPDATE file_entry SET sealed_text = :text, wrong_by = NULL, wrong_at = NULL WHERE id = :id AND ended_at IS NULL"
)
_SHOW = sql("UPDATE file_entry SET shown = :shown, level = :level WHERE id = :id AND ended_at IS NULL")
_END = sql("UPDATE file_entry SET ended_at = :now, sealed_text = :nothing WHERE id = :id AND ended_at IS NULL")
_WRONG = sql(
    "UPDATE file_entry SET wrong_by = :person, wrong_at = :now WHERE id = :id AND ended_at IS NULL AND wrong_by IS NULL"
)
_COPIES = (
    " handover_id IN (SELECT h.id FROM handover h JOIN file_entry e ON e.pupil_id = h.pupil_id WHERE e.id = :id)"
    " AND source_id = :id AND kind <> 'goal' AND sealed_text IS NOT NULL"
)
_WIPE_COPIES = sql(f"UPDATE handover_item SET sealed_text = NULL WHERE{_COPIES}")
_OWN_COPIES = sql(f"SELECT id FROM handover_item WHERE{_COPIES} AND owner_id IS NOT NULL ORDER BY id")
_COPY = sql("UPDATE handover_item SET sealed_text = :text WHERE id = :id AND sealed_text IS NOT NULL")
_CURRENT = sql("SELECT 1 FROM mentorship WHERE id = :mentorship AND until IS NULL")


def begin(unit: Unit, pupil_id: int) -> None:
    """The pupil has a file from now on; where there is one already nothing changes."""
    unit.write(_BEGIN, pupil=pupil_id, now=unit.now_ms)


def hold(unit: Unit, pupil_id: int) -> None:
    """The same, and the file is held until the end of the transaction: two who add at once do not make one too many."""
    begin(unit, pupil_id)
    unit.write(_LOCK, pupil=pupil_id)


def _entry(unit: Unit, row: Row[Any], person_id: int, *, staff: bool) -> Entry:
    return Entry(
        id=row.id,
        kind=row.kind,
        level=row.level,
        shown=bool(row.shown),
        text=unit.vault.open("file_entry", row.id, "text", bytes(row.sealed_text)),
        by_guardian=bool(row.by_guardian),
        own=row.author_id == person_id,
        at=row.at,
        # No guardian is shown it: of two who object one would miss the mark, and know that the other was first.
        wrong=staff and row.wrong_by is not None,
    )


def of_guardian(unit: Unit, pupil_id: int, guardian_id: int) -> list[Entry]:
    """What this guardian (see allowed.guardian) may see, the newest first."""
    rows = unit.execute(_FOR_GUARDIAN, pupil=pupil_id, person=guardian_id)
    return [_entry(unit, row, guardian_id, staff=False) for row in rows]


def of_keeper(unit: Unit, one: Keeper) -> list[Entry]:
    """What was written during the mentorship, the newest first; for who covers nothing of level 2."""
    rows = unit.execute(_FOR_MENTOR, pupil=one.pupil_id, mentorship=one.mentorship_id, level=1 if one.covers else 2)
    return [_entry(unit, row, one.person_id, staff=True) for row in rows]


def counted(found: list[Entry]) -> Counter[str]:
    """How many of each kind."""
    return Counter(one.kind for one in found)


def add_as_mentor(unit: Unit, one: Keeper, kind: str, words: str, *, level: int = 1, shown: bool = True) -> int | None:
    """A mentor's entry; its row, or None where there are as many as there may be. What is not shown has level 2."""
    return _add(unit, one.pupil_id, kind, words, one.person_id, level if shown else 2, shown=shown, guardian=False)


def add_as_guardian(unit: Unit, pupil_id: int, guardian_id: int, kind: str, words: str) -> int | None:
    """A guardian's own words for the mentor; no other guardian sees them."""
    if kind not in OF_GUARDIANS:
        raise ValueError(kind)
    return _add(unit, pupil_id, kind, words, guardian_id, 1, shown=True, guardian=True)


def _add(
    unit: Unit, pupil_id: int, kind: str, words: str, author: int, level: int, *, shown: bool, guardian: bool
) -> int | None:
    if kind not in KINDS:
        raise ValueError(kind)
    hold(unit, pupil_id)
    count = unit.execute(_COUNT, pupil=pupil_id, kind=kind, guardian=guardian, author=author).one().many
    if count >= (MOST // 2 if guardian else MOST):
        return None
    row = new_id()
    unit.write(
        _INSERT,
        id=row,
        pupil=pupil_id,
        kind=kind,
        level=level,
        shown=shown,
        text=unit.vault.seal("file_entry", row, "text", words),
        author=author,
        guardian=guardian,
        now=unit.now_ms,
    )
    return row


def fix(unit: Unit, entry_id: int, words: str) -> bool:
    """Other words in place of the old ones, for who may (`Entry.own`); a mark as wrong is gone with them. A guardian's own
    words change on the handover cards too: they are that one's alone, and the old ones were not to stand."""
    if unit.write(_FIX, id=entry_id, text=unit.vault.seal("file_entry", entry_id, "text", words)) != 1:
        return False
    for row in unit.execute(_OWN_COPIES, id=entry_id).all():
        unit.write(_COPY, id=row.id, text=unit.vault.seal("handover_item", row.id, "text", words))
    return True


def show(unit: Unit, entry_id: int, *, shown: bool) -> bool:
    """Whether the guardians see it. What was once hidden stays of level 2: it was not written for them."""
    return unit.write(_SHOW, id=entry_id, shown=shown, level=2) == 1


def end(unit: Unit, entry_id: int) -> bool:
    """Takes an entry out: its words go, from the handover cards too; that there was one stays."""
    if unit.write(_END, id=entry_id, now=unit.now_ms, nothing=b"") != 1:
        return False
    unit.write(_WIPE_COPIES, id=entry_id)
    return True


MARKED, TAKEN_OUT = "marked", "taken_out"


def wrong(unit: Unit, pupil_id: int, guardian_id: int, entry_id: int) -> str | None:
    """A guardian says that what the school wrote is not right: MARKED until the mentor has corrected it.

    What an earlier mentor wrote nobody can correct any more: it is TAKEN_OUT. None where it is no such entry.
    """
    row = next((one for one in of_guardian(unit, pupil_id, guardian_id) if one.id == entry_id), None)
    if row is None or row.by_guardian:
        return None
    if is_former(unit, entry_id):
        end(unit, entry_id)
        return TAKEN_OUT
    unit.write(_WRONG, id=entry_id, person=guardian_id, now=unit.now_ms)
    return MARKED


def is_former(unit: Unit, entry_id: int) -> bool:
    """Whether an entry is of a time with another mentor than today's: nobody can correct it any more."""
    row = unit.execute(_ROW, id=entry_id).one()
    return row.mentorship_id is None or unit.execute(_CURRENT, mentorship=row.mentorship_id).first() is None


_ROW = sql("SELECT mentorship_id FROM file_entry WHERE id = :id")
