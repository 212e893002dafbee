"""The tables of training: a mentor's own course hours, the choice about cases, a school's own cases."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import new_id


class TrainingHours(SQLModel, table=True):
    """One course of one mentor: a training of the school in which the mentor said 'here', or an entry of the mentor's own."""

    __tablename__: ClassVar[str] = "training_hours"
    __table_args__ = (
        UniqueConstraint("person_id", "event_id"),
        CheckConstraint("minutes > 0", "minutes"),
        Index("ix_training_hours_person", "person_id", "day"),
        Index("ix_training_hours_event", "event_id"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    event_id: int | None = Field(default=None, foreign_key="event.id", sa_type=BigInteger)
    """The training; empty for an own entry."""
    minutes: int
    day: date
    sealed_name: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Of an own entry: what the course was."""
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class TrainingChoice(SQLModel, table=True):
    """Whether a mentor wants the week's short case; without a row: yes."""

    __tablename__: ClassVar[str] = "training_choice"
    person_id: int = Field(
        primary_key=True, foreign_key="person.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    cases: bool
    at: int = Field(sa_type=BigInteger)


class TrainingCase(SQLModel, table=True):
    """A short case of a school's own, shown beside those that come with the program."""

    __tablename__: ClassVar[str] = "training_case"
    __table_args__ = (UniqueConstraint("school_id", "code"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    code: str
    stages: str = ""
    sealed_content: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
