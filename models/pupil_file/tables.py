"""The tables of models/pupil_file: one pupil's file, and what a family hands over to the next mentor.

Times are milliseconds since 1970. Every word that somebody wrote is sealed. Agreements, visits and written notes are not
here: they are shown from where they stand (existing.py).
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id

_OPEN = text("state IN ('prepared', 'with_family', 'declined')")
_UNTOLD = text("state = 'consented' AND mentor_reminded_at IS NULL")


class PupilFile(SQLModel, table=True):
    """That a pupil has a file, and for which mentorship it has been looked at last (sweep.py)."""

    __tablename__: ClassVar[str] = "pupil_file"
    pupil_id: int = Field(
        primary_key=True, foreign_key="pupil.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    mentorship_id: int | None = Field(default=None, foreign_key="mentorship.id", sa_type=BigInteger)
    """Empty where it was begun while the pupil had no mentor."""
    moved_to: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger)
    """The pupil's row at another school of this deployment to which the family was asked to take it."""
    begun_at: int = Field(sa_type=BigInteger)


class FileSweep(SQLModel, table=True):
    """How far the clock has looked through all files in this round. One row."""

    __tablename__: ClassVar[str] = "file_sweep"
    id: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    after: int = Field(sa_type=BigInteger)


class FileEntry(SQLModel, table=True):
    """A sentence in a pupil's file: a strength, a habit, what works, a note."""

    __tablename__: ClassVar[str] = "file_entry"
    __table_args__ = (
        Index("ix_file_entry_pupil", "pupil_id", "id"),
        CheckConstraint("shown OR level = 2", "hidden_is_level_two"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    mentorship_id: int | None = Field(default=None, foreign_key="mentorship.id", sa_type=BigInteger)
    """During which it was written: that mentor sees it, the next one does not. Empty: there was no mentor."""
    kind: str
    level: int = Field(default=1, sa_type=SmallInteger)
    shown: bool = True
    """Whether guardians see it; what is not shown is the mentor's working note."""
    sealed_text: bytes = Field(sa_type=LargeBinary)
    author_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    by_guardian: bool = False
    """A guardian's own words: no other guardian sees them."""
    at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    wrong_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """The guardian who said that it is not right; empty again once it was corrected."""
    wrong_at: int | None = Field(default=None, sa_type=BigInteger)


class FileGoal(SQLModel, table=True):
    """A goal that school and family set for a term."""

    __tablename__: ClassVar[str] = "file_goal"
    __table_args__ = (Index("ix_file_goal_pupil", "pupil_id", "term_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    term_id: int | None = Field(default=None, foreign_key="term.id", sa_type=BigInteger)
    """Empty where the school has entered no terms."""
    mentorship_id: int = Field(foreign_key="mentorship.id", sa_type=BigInteger)
    state: str
    """See goals.py: with_family, with_mentor, agreed, dropped."""
    version: int = Field(default=1, sa_type=SmallInteger)
    """Counts wordings: a button says yes to the one that was read."""
    sealed_text: bytes = Field(sa_type=LargeBinary)
    by_person: int = Field(foreign_key="person.id", sa_type=BigInteger)
    """Who worded it so."""
    agreed_at: int | None = Field(default=None, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)


class GoalReview(SQLModel, table=True):
    """How one side looks back at a goal."""

    __tablename__: ClassVar[str] = "file_goal_review"
    goal_id: int = Field(
        primary_key=True, foreign_key="file_goal.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    person_id: int = Field(
        primary_key=True, foreign_key="person.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    by_guardian: bool
    result: str
    """reached, partly, not_yet."""
    sealed_words: bytes | None = Field(default=None, sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)


class Handover(SQLModel, table=True):
    """A card for the mentor of one mentorship: with the family first, then, as far as the family says so, with the mentor."""

    __table_args__ = (
        # One card for a mentorship and a source, however often the clock looks or a file is imported.
        UniqueConstraint("mentorship_id", "origin"),
        Index("ix_handover_pupil", "pupil_id", "id"),
        Index("ix_handover_open", "closes_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_handover_untold", "consented_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    mentorship_id: int = Field(foreign_key="mentorship.id", sa_type=BigInteger)
    origin: str
    """file, moved:<pupil's row at the other school>, import:<the signed file's number>."""
    from_pupil: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger)
    sealed_from: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The school that it comes from, where that is another one."""
    state: str
    """See states.py."""
    made_at: int = Field(sa_type=BigInteger)
    closes_at: int = Field(sa_type=BigInteger)
    """Until when the family may answer; after it nothing is handed over."""
    reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    consented_at: int | None = Field(default=None, sa_type=BigInteger)
    mentor_told_at: int | None = Field(default=None, sa_type=BigInteger)
    mentor_reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    received_at: int | None = Field(default=None, sa_type=BigInteger)


class HandoverItem(SQLModel, table=True):
    """One sentence of a card: a copy, because the family says yes to these very words."""

    __tablename__: ClassVar[str] = "handover_item"
    __table_args__ = (UniqueConstraint("handover_id", "number"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    handover_id: int = Field(foreign_key="handover.id", sa_type=BigInteger)
    number: int = Field(sa_type=SmallInteger)
    kind: str
    level: int = Field(default=1, sa_type=SmallInteger)
    """2 goes over only where a guardian has added it."""
    owner_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """The one guardian who sees it: own words, or an agreement that this one made. Empty: all guardians."""
    source_id: int | None = Field(default=None, sa_type=BigInteger)
    """The entry's or goal's row that it was copied from."""
    sealed_text: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Empty once nobody may read it any more."""
    at: int = Field(sa_type=BigInteger)
    """When it was written first."""


class HandoverPick(SQLModel, table=True):
    """What a guardian said of one item: struck out, or (level 2) added."""

    __tablename__: ClassVar[str] = "handover_pick"
    item_id: int = Field(
        primary_key=True, foreign_key="handover_item.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    person_id: int = Field(
        primary_key=True, foreign_key="person.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    goes: bool


class HandoverAnswer(SQLModel, table=True):
    """What a guardian said to the whole card: pass on, or nothing."""

    __tablename__: ClassVar[str] = "handover_answer"
    handover_id: int = Field(
        primary_key=True, foreign_key="handover.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    person_id: int = Field(
        primary_key=True, foreign_key="person.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    passes: bool
    at: int = Field(sa_type=BigInteger)
