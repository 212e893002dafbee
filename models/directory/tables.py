"""The tables of the directory. Times are milliseconds since 1970 unless something else is said.

What stands on a card and what people wrote is sealed. Nothing of a pupil stands anywhere but in a request's row.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.base import new_id

_OF_ALL, _RUNS = text("school_id IS NULL"), text("ended_at IS NULL")
_OPEN, _OVER = text("state = 'open'"), text("ended_at IS NOT NULL")
_HOLDS = text("state = 'approved'")
_LEFT = text("ended_at IS NOT NULL AND taken > 0")


class DirectoryCard(SQLModel, table=True):
    """Something that a school, or the whole deployment, can point to."""

    __tablename__: ClassVar[str] = "directory_card"
    __table_args__ = (
        CheckConstraint("taken >= 0", "taken"),
        Index("uq_directory_card_code", "school_id", "code", unique=True),
        # NULLs are not equal to each other: the cards of all schools have a key of their own.
        Index("uq_directory_card_all", "code", unique=True, sqlite_where=_OF_ALL, postgresql_where=_OF_ALL),
        # For the clock: requests that lost their card.
        Index("ix_directory_card_left", "id", sqlite_where=_LEFT, postgresql_where=_LEFT),
        Index("ix_directory_card_school", "school_id", sqlite_where=_RUNS, postgresql_where=_RUNS),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int | None = Field(default=None, foreign_key="school.id", sa_type=BigInteger)
    """Empty: for every school of the deployment."""
    code: str | None = None
    """By which a file names it; empty for a card that came of a parent's offer."""
    kind: str
    """Its code in kinds.csv."""
    sealed_content: bytes = Field(sa_type=LargeBinary)
    """JSON of what is read on it (content.py)."""
    stages: str = ""
    """primary, junior, senior, space-separated; empty: all."""
    places: int | None = None
    """How many requests it has room for; empty: enough."""
    taken: int = 0
    """How many requests hold a place now: counted up and down with them, in the same transaction."""
    sign_up: str = "none"
    """none, open, admin, chief, person or events (content.SignUp)."""
    approver_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    class_id: int | None = Field(default=None, foreign_key="school_class.id", sa_type=BigInteger)
    """Of a parent's offer: the class."""
    offered_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    named: bool = False
    """Whether the parent wants the own name on it."""
    valid_until: date | None = None
    """The last day, in the school's zone."""
    created_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class DirectoryHidden(SQLModel, table=True):
    """A card that a school does not show; one of all schools stays for the others. `card_id` may be one of everywhere.csv."""

    __tablename__: ClassVar[str] = "directory_hidden"
    school_id: int = Field(primary_key=True, foreign_key="school.id", sa_type=BigInteger)
    card_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class DirectoryPick(SQLModel, table=True):
    """A school's pick of a month."""

    __tablename__: ClassVar[str] = "directory_pick"
    school_id: int = Field(primary_key=True, foreign_key="school.id", sa_type=BigInteger)
    month: date = Field(primary_key=True)
    """Its first day."""
    card_id: int = Field(sa_type=BigInteger)


class DirectoryRequest(SQLModel, table=True):
    """A guardian or mentor asks for a place; gone 60 days after it ended."""

    __tablename__: ClassVar[str] = "directory_request"
    __table_args__ = (
        Index("ix_directory_request_card", "card_id", "person_id"),
        Index("ix_directory_request_person", "person_id"),
        Index("ix_directory_request_open", "school_id", "at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_directory_request_holds", "until", sqlite_where=_HOLDS, postgresql_where=_HOLDS),
        Index("ix_directory_request_over", "ended_at", sqlite_where=_OVER, postgresql_where=_OVER),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    card_id: int = Field(foreign_key="directory_card.id", sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    """The asker's."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    as_mentor: bool = False
    """For a pupil of the asker's, whom nothing names."""
    pupil_id: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger, index=True)
    """Of a guardian: for which child; empty for the family."""
    class_id: int | None = Field(default=None, foreign_key="school_class.id", sa_type=BigInteger)
    """Of a guardian: whose chief mentor is asked."""
    state: str
    """open, approved, declined, cancelled, lapsed, over."""
    sealed_word: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed_answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
    """Of one that was approved: until when it holds its place."""
    reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class DirectoryOffer(SQLModel, table=True):
    """'I can offer …' of a guardian: the chief mentor of the class answers; approved, it is a card."""

    __tablename__: ClassVar[str] = "directory_offer"
    __table_args__ = (
        Index("ix_directory_offer_class", "class_id", "state"),
        Index("ix_directory_offer_over", "ended_at", sqlite_where=_OVER, postgresql_where=_OVER),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    sealed_about: bytes = Field(sa_type=LargeBinary)
    suits: str = ""
    """When it suits: codes of offers.SUITS, space-separated."""
    named: bool = False
    state: str
    """draft, open, asked (the chief mentor wants to know more), approved, declined, withdrawn."""
    sealed_question: bytes | None = Field(default=None, sa_type=LargeBinary)
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    card_id: int | None = Field(default=None, foreign_key="directory_card.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class DirectorySearch(SQLModel, table=True):
    """What an account looked for last, so that its pages can be turned; gone after a day."""

    __tablename__: ClassVar[str] = "directory_search"
    account_id: int = Field(
        primary_key=True, foreign_key="account.id", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    sealed_words: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
