"""The tables of a mentor's own sheet: a school's own criteria, a few words, sums as they may be shown, what was handed in."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id

_OPEN = text("noted_at IS NULL")


class EvidenceCriterion(SQLModel, table=True):
    """A line of a school's own list. Where a school has any, they stand in place of those in criteria.csv."""

    __tablename__: ClassVar[str] = "evidence_criterion"
    __table_args__ = (UniqueConstraint("school_id", "code"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    place: int = Field(sa_type=SmallInteger)
    """Where it stands on the sheet."""
    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    counter: str
    """How it is counted: one of models/evidence/counters.py."""
    unit: str
    """times, families, pupils, months, weeks, hours, stars."""
    wanted: str
    """In a term, in that unit, or as '90%' of what fell due; empty: no number is wanted."""
    star: str
    """The school's line in the same way; empty: it does not count for it."""


class EvidenceWords(SQLModel, table=True):
    """What a mentor says on the own sheet of a term, in a few words; it can be changed until the sheet is handed in."""

    __tablename__: ClassVar[str] = "evidence_words"
    __table_args__ = (UniqueConstraint("person_id", "begins"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    begins: date
    """The first day of the term."""
    sealed_text: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class EvidenceSum(SQLModel, table=True):
    """Feedback in sum as it was last shown to its mentor: it moves with five more answers, not with each."""

    __tablename__: ClassVar[str] = "evidence_sum"
    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInteger)
    begins: date = Field(primary_key=True)
    counter: str = Field(primary_key=True)
    many: int
    total: int


class EvidenceSheet(SQLModel, table=True):
    """A sheet that its mentor has handed in, as it was at that moment. Taken back, its row is gone."""

    __tablename__: ClassVar[str] = "evidence_sheet"
    __table_args__ = (
        # One of a term waits at a time, however often a button is pressed.
        Index(
            "uq_evidence_sheet_open",
            "person_id",
            "begins",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_evidence_sheet_school", "school_id", "handed_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    begins: date
    ends: date
    sealed_content: bytes = Field(sa_type=LargeBinary)
    """JSON: the term's name, the lines with their numbers, the mentor's words."""
    handed_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
    noted_at: int | None = Field(default=None, sa_type=BigInteger)
    """When an admin took note; from then on it cannot be taken back."""
    noted_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
