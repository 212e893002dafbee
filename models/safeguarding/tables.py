"""Safeguarding cases: who was paged, when, who acknowledged. No diagnosis, no score; the text goes when a case is closed."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """People are paged in turn."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken it."""
    CLOSED = "closed"
    """Ended: referred, or not urgent."""


CASE_MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.ACKNOWLEDGED, CaseState.CLOSED}),
    # Back to 'open': who had taken it has nothing to do with the child any more (part.py).
    CaseState.ACKNOWLEDGED: frozenset({CaseState.OPEN, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}


class SafetyCase(SQLModel, table=True):
    """One worry about one pupil's safety."""

    __tablename__: ClassVar[str] = "safety_case"
    __table_args__ = (
        Index(
            "ix_safety_case_going",
            "next_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger, index=True)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger, index=True)
    by_guardian: bool
    writer_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    found_by: str
    """button, signal."""
    rule: str | None = None
    state: str = CaseState.OPEN
    outcome: str | None = None
    """referred, not_urgent."""
    opened_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970, as all times here."""
    next_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the next step is due, while nobody has acknowledged."""
    acknowledged_at: int | None = Field(default=None, sa_type=BigInteger)
    acknowledged_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    exhausted_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the path had nobody left to page."""
    sealed_text: bytes | None = Field(default=None, sa_type=LargeBinary)
    """What was written, until the case is closed."""


class CaseStep(SQLModel, table=True):
    """One person's turn in the path."""

    __tablename__: ClassVar[str] = "case_step"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    case_id: int = Field(foreign_key="safety_case.id", sa_type=BigInteger, index=True)
    number: int = Field(sa_type=SmallInteger)
    """The step of the path, from 1; several people may share one. 0: of somebody who must not hear of it."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    role: str
    """As whom; `spared` for who must not hear of it."""
    paged_at: int = Field(sa_type=BigInteger)
    reached: bool
    """False where the person has not joined or cannot be reached."""


class CaseLook(SQLModel, table=True):
    """Somebody opened the text of a case."""

    __tablename__: ClassVar[str] = "case_look"
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    case_id: int = Field(foreign_key="safety_case.id", sa_type=BigInteger, index=True)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)


class NoContact(SQLModel, table=True):
    """Nothing that others say goes to this guardian, while it lasts. Never visible to the guardian."""

    __tablename__: ClassVar[str] = "no_contact"
    __table_args__ = (
        Index(
            "uq_no_contact_now",
            "person_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    case_id: int | None = Field(default=None, foreign_key="safety_case.id", sa_type=BigInteger)
    set_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    since: int = Field(sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
