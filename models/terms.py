"""The school year's tables: exam weeks and breaks, lesson hours, and the secret addresses of calendar feeds.

Terms and single days stand in models/people.py (Term, CalendarDay).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import new_id


class CalendarSpan(SQLModel, table=True):
    """Some days in a row that have a name: an exam week, a break. Both days included."""

    __tablename__: ClassVar[str] = "calendar_span"
    __table_args__ = (
        UniqueConstraint("school_id", "kind", "first"),
        CheckConstraint("first <= last", "in_order"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    kind: str
    """exam (lessons are held, nothing else is asked of anybody), holiday (no school)."""
    name: str
    first: date
    last: date


class LessonHours(SQLModel, table=True):
    """When lessons are held in a stage, on school days. Minutes after midnight."""

    __tablename__: ClassVar[str] = "lesson_hours"
    __table_args__ = (UniqueConstraint("school_id", "stage"), CheckConstraint("begins < ends", "in_order"))
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    stage: str
    """The stage's name as in the roster."""
    begins: int = Field(sa_type=SmallInteger)
    ends: int = Field(sa_type=SmallInteger)


class CalendarFeed(SQLModel, table=True):
    """A person's calendar feed: its address holds a secret of which only the hash is kept; a new one ends the old."""

    __tablename__: ClassVar[str] = "calendar_feed"
    account_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    made_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
