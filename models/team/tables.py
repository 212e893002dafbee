"""The class team's tables: the daily touch, the weekly meeting with its decisions, the monthly review."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import new_id


class Touch(SQLModel, table=True):
    """日碰头: a mentor's word to the team on a day; without a text 'nothing today'. Kept for a week."""

    __tablename__: ClassVar[str] = "daily_touch"
    __table_args__ = (UniqueConstraint("school_class_id", "person_id", "day"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    day: date
    sealed_note: bytes | None = Field(default=None, sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class TouchHour(SQLModel, table=True):
    """When the class's daily touch ends; without a row nobody is asked for it."""

    __tablename__: ClassVar[str] = "touch_hour"
    school_class_id: int = Field(
        foreign_key="school_class.id", primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    minute: int = Field(sa_type=SmallInteger)
    """Minutes after midnight."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    """Who switched it on."""


class TouchDigest(SQLModel, table=True):
    """The day's summary for a class's chief mentor was made: once for each class and day."""

    __tablename__: ClassVar[str] = "touch_digest"
    __table_args__ = (UniqueConstraint("school_class_id", "day"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger)
    day: date
    state: str
    """sent, silent, expired."""
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class Decision(SQLModel, table=True):
    """What a weekly meeting decided: a task with an owner and a date."""

    __tablename__: ClassVar[str] = "team_decision"
    __table_args__ = (Index("ix_team_decision_owner", "owner_id", "done_at"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger, index=True)
    sealed_text: bytes = Field(sa_type=LargeBinary)
    owner_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    due_on: date
    made_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    made_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
    done_at: int | None = Field(default=None, sa_type=BigInteger)


class Review(SQLModel, table=True):
    """月研判: the team's word on a pupil in a month: a level on the school's scale, and a next step. People decide it."""

    __tablename__: ClassVar[str] = "team_review"
    __table_args__ = (UniqueConstraint("pupil_id", "month"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    month: date
    """Its first day."""
    level: int = Field(sa_type=SmallInteger)
    """Place on the school's scale, 0 the first."""
    sealed_step: bytes | None = Field(default=None, sa_type=LargeBinary)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
