"""A text that somebody was asked for and has still to type. One at a time: what was asked for last counts."""

from __future__ import annotations

from dataclasses import dataclass

from models.standing import Standing
from models.unit import Unit, sql

USEFUL = 3_600_000
"""Milliseconds after which a text is no longer taken for what was asked for."""
LEFT = "left"
"""Stands for a record that was left in the middle: the next text may be private still, and goes to nobody unasked."""
NOTICE, NOTICE_FIELD = "nwbody", "nwfield"
"""A notice that is being written (handlers/notices): left in the middle, the next text may be meant for it still."""
FILE_NOTE, FILE_MENDED = "pfnote", "pfmend"
"""A mentor's words for a pupil's file (handlers/pupil_file): left in the middle, the next text may be private still."""
NOTICE_MENDED = "nrfix"
"""The corrected words of a notice that is out (handlers/notices/fix.py): the same holds for them."""
DOUBTFUL = 86_400_000
"""Milliseconds within which staff is asked what a text is for, rather than its going to a family by mistake."""
GUARDIANS_USEFUL = 900_000
"""The same for guardians."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: its kind, whom or what it is about, and what else belongs to it."""

    kind: str
    subject_id: int
    extra: str


_ASK = sql(
    "INSERT INTO form (account_id, kind, subject_id, extra, asked_at) VALUES (:account, :kind, :subject, :extra, :now)"
    " ON CONFLICT (account_id) DO UPDATE SET kind = :kind, subject_id = :subject, extra = :extra, asked_at = :now"
)
_COMPOSITION = sql("UPDATE composition SET ended_at = :now WHERE account_id = :account AND ended_at IS NULL")
_END = sql("DELETE FROM form WHERE account_id = :account")
_LEAVE = sql(
    "DELETE FROM form WHERE account_id = :account AND kind NOT IN"
    " ('note', 'vrtext', 'left', 'nwbody', 'nwfield', 'nrfix', 'pfnote', 'pfmend',"
    " 'mrwords')"
)
_LEFT = sql(
    "UPDATE form SET kind = CASE kind WHEN 'mrwords' THEN kind ELSE 'left' END, asked_at = CASE WHEN kind = 'mrwords'"
    " AND asked_at > :old THEN :old ELSE asked_at END WHERE account_id = :account"
    " AND kind IN ('vrtext', 'nwbody', 'nwfield', 'nrfix', 'pfnote', 'pfmend', 'mrwords')"
)
_OPEN = sql("SELECT kind, subject_id, extra FROM form WHERE account_id = :account AND asked_at > :after")


def ask(unit: Unit, who: Standing, kind: str, subject_id: int, extra: str = "") -> None:
    """The next text of this account is for this; a message that was being written is not waited for any more."""
    unit.write(_ASK, account=who.account_id, kind=kind, subject=subject_id, extra=extra, now=unit.now_ms)
    unit.write(_COMPOSITION, account=who.account_id, now=unit.now_ms)


def end(unit: Unit, who: Standing) -> None:
    """Nothing is asked for any more."""
    unit.write(_END, account=who.account_id)


def leave(unit: Unit, who: Standing) -> None:
    """Something else was pressed or commanded: what would be kept without being shown first is not asked for any more."""
    unit.write(_LEAVE, account=who.account_id)
    # Words about a mentor (handlers/matching/rematch.py) are in doubt from now on for an hour, and then forgotten.
    unit.write(_LEFT, account=who.account_id, old=unit.now_ms - DOUBTFUL + USEFUL)


def asked(unit: Unit, who: Standing, useful: int = USEFUL) -> Asked | None:
    """What this account was asked for, while that counts."""
    row = unit.execute(_OPEN, account=who.account_id, after=unit.now_ms - useful).first()
    return None if row is None else Asked(row.kind, row.subject_id, row.extra)
