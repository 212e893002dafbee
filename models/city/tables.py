"""The tables of the counts over schools, of districts, and of the yearly question 'who is your child's mentor?'."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id

_RUNNING = text("ended_at IS NULL")
_WAITING = text("state = 'waiting'")


class District(SQLModel, table=True):
    """A district: some schools together, as the centre has entered it."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    name: str = Field(unique=True)


class DistrictSchool(SQLModel, table=True):
    """In which district a school is: in one at most."""

    __tablename__: ClassVar[str] = "district_school"
    school_id: int = Field(
        primary_key=True, foreign_key="school.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    district_id: int = Field(foreign_key="district.id", sa_type=BigInteger, index=True)


class CityCount(SQLModel, table=True):
    """A number of a school in a month or a term, as it was counted last. What is shown of it is rounded (counts.py)."""

    __tablename__: ClassVar[str] = "city_count"
    __table_args__ = (Index("ix_city_count_begins", "span", "begins"),)
    school_id: int = Field(
        primary_key=True, foreign_key="school.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    span: str = Field(primary_key=True)
    """month or term."""
    begins: date = Field(primary_key=True)
    """The month's first day; of a term 1 February or 1 August, so that schools whose terms differ stand beside each other."""
    what: str = Field(primary_key=True)
    number: int


class CityCounted(SQLModel, table=True):
    """When a school was counted last, and when somebody asked for it."""

    __tablename__: ClassVar[str] = "city_counted"
    school_id: int = Field(
        primary_key=True, foreign_key="school.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970, as all times here."""
    asked_at: int | None = Field(default=None, sa_type=BigInteger)


class JoinReminder(SQLModel, table=True):
    """Somebody who said 'not now' to the notice on personal data: reminded once, whatever comes."""

    __tablename__: ClassVar[str] = "join_reminder"
    __table_args__ = (
        Index(
            "ix_join_reminder_due",
            "due_at",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )
    account_id: int = Field(
        primary_key=True, foreign_key="account.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    invite_id: int = Field(foreign_key="invite.id", sa_type=BigInteger)
    due_at: int = Field(sa_type=BigInteger)
    told_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the reminder was given, or it was seen that none is needed."""


class MentorPoll(SQLModel, table=True):
    """The yearly question in a school; a row without `begun_at` says that it is not asked in that school year."""

    __tablename__: ClassVar[str] = "mentor_poll"
    __table_args__ = (
        UniqueConstraint("school_id", "year"),
        Index("ix_mentor_poll_running", "ends_at", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    year: int = Field(sa_type=SmallInteger)
    """In which the school year begins."""
    begun_at: int | None = Field(default=None, sa_type=BigInteger)
    cursor: int = Field(default=0, sa_type=BigInteger)
    """Everybody up to this person stands on the list."""
    listed_at: int | None = Field(default=None, sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    """From then on there are sums only."""


class MentorPollAsk(SQLModel, table=True):
    """Somebody who is asked, until the poll ends: whether they have answered, never what."""

    __tablename__: ClassVar[str] = "mentor_poll_ask"
    __table_args__ = (
        Index("ix_mentor_poll_ask_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mentor_poll_ask_person", "person_id"),
    )
    poll_id: int = Field(
        primary_key=True, foreign_key="mentor_poll.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    person_id: int = Field(
        primary_key=True, foreign_key="person.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    """The child who is asked about."""
    state: str
    """waiting, asked, answered."""
    due_at: int = Field(sa_type=BigInteger)
    """Not before: a week whose notices are used up is passed over."""


class MentorPollSum(SQLModel, table=True):
    """The answers of a class: how many, and how many were right, as may be seen; it moves with five more.

    What is not shown yet is sealed: of a class of which one has answered, a plain row would be that one's answer.
    """

    __tablename__: ClassVar[str] = "mentor_poll_sum"
    __table_args__ = (UniqueConstraint("poll_id", "class_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    poll_id: int = Field(foreign_key="mentor_poll.id", sa_type=BigInteger)
    class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger)
    sealed_pending: bytes | None = Field(default=None, sa_type=LargeBinary)
    """'<answers> <right ones>' since what is shown; always of the same length, and gone once the poll has ended."""
    shown_answered: int = 0
    shown_knew: int = 0
