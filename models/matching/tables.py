"""The tables of models/matching. Times are milliseconds since 1970.

Wishes, and what is known of a pupil for the sake of balance, are sealed and bound to their row; they are deleted with the
round's rows some days after it is over (closing.py), and only the counts of MatchRound stay.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id

_OPEN_CLASS, _UNTOLD, _OPEN_REQUEST = text("until IS NULL"), text("done_at IS NULL"), text("decided_at IS NULL")


class MatchRound(SQLModel, table=True):
    """One round: pupils of some classes and the mentors to choose from. Its states and moves are in rounds.py."""

    __tablename__: ClassVar[str] = "match_round"
    __table_args__ = (Index("ix_match_round_school", "school_id", "state"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    scope: str
    """school, grade or class."""
    name: str
    """What it is called: the grade, the class, or empty for the whole school."""
    state: str
    version: int = 0
    """Rises with every move within the proposal: whoever changes it takes this row first."""
    wishes_until: int | None = Field(default=None, sa_type=BigInteger)
    capacity: int = Field(sa_type=SmallInteger)
    """Pupils of a mentor at most, those outside the round included."""
    balance: bool = True
    priority: bool = True
    keep: bool = True
    seed: int = Field(sa_type=BigInteger)
    """Of the draw among those whom nothing else tells apart: the same input gives the same result."""
    slack: int | None = Field(default=None, sa_type=SmallInteger)
    """By how much the bounds for balance had to be widened so that everybody finds a place; empty: before a proposal, or
    without any bounds in the end (`unbounded`)."""
    unbounded: bool = False
    created_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    opened_at: int | None = Field(default=None, sa_type=BigInteger)
    reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    proposed_at: int | None = Field(default=None, sa_type=BigInteger)
    shown_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the chief mentors were asked to look."""
    live_at: int | None = Field(default=None, sa_type=BigInteger)
    over_at: int | None = Field(default=None, sa_type=BigInteger)
    """When everybody had been told, or it was cancelled."""
    forgotten_at: int | None = Field(default=None, sa_type=BigInteger)
    pupils: int = 0
    """From here on: the counts that stay."""
    wished: int = 0
    first: int = 0
    second: int = 0
    third: int = 0


class MatchClass(SQLModel, table=True):
    """A class of a round; in at most one that is not over."""

    __tablename__: ClassVar[str] = "match_class"
    __table_args__ = (
        Index(
            "uq_match_class_open",
            "class_id",
            unique=True,
            sqlite_where=_OPEN_CLASS,
            postgresql_where=_OPEN_CLASS,
        ),
    )
    round_id: int = Field(foreign_key="match_round.id", primary_key=True, sa_type=BigInteger)
    class_id: int = Field(foreign_key="school_class.id", primary_key=True, sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
    looked_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    looked_at: int | None = Field(default=None, sa_type=BigInteger)


class MatchPupil(SQLModel, table=True):
    """A pupil of a round: what the family wishes, what is known for balance, and what is proposed."""

    __tablename__: ClassVar[str] = "match_pupil"
    __table_args__ = (UniqueConstraint("round_id", "pupil_id"), Index("ix_match_pupil_pupil", "pupil_id"))
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    round_id: int = Field(foreign_key="match_round.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    sealed_wish: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Mentors' person ids in order, space-separated."""
    wished_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """The guardian who said so; empty where a file did."""
    wished_at: int | None = Field(default=None, sa_type=BigInteger)
    with_child: bool = False
    sealed_facts: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Sex (m, f or -) and 1 for a priority pupil, else 0."""
    mentor_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Proposed."""
    why: str = ""
    unmet: str = ""
    """A letter for each wish that stood before: why it was not met (stable.py)."""
    moved_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    former_id: int | None = Field(default=None, sa_type=BigInteger)
    """The mentor at the moment at which it was proposed: who has another one by then was changed by somebody since."""
    applied: str = ""
    """After its turn: changed, same, or why nothing was done."""


class MatchMentor(SQLModel, table=True):
    """A mentor of a round: how many, whom the mentor would like and whom not."""

    __tablename__: ClassVar[str] = "match_mentor"
    __table_args__ = (UniqueConstraint("round_id", "person_id"), Index("ix_match_mentor_person", "person_id"))
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    round_id: int = Field(foreign_key="match_round.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    capacity: int | None = Field(default=None, sa_type=SmallInteger)
    """Of this mentor, where it is not the round's."""
    sealed_wish: bytes | None = Field(default=None, sa_type=LargeBinary)
    """1 or 0 for keeping the pupils of today; then pupils' ids in order; then those rather not: three parts between bars."""
    wished_at: int | None = Field(default=None, sa_type=BigInteger)


class MatchPair(SQLModel, table=True):
    """A pupil and a mentor who must, or must not, come together; set by the school."""

    __tablename__: ClassVar[str] = "match_pair"
    round_id: int = Field(foreign_key="match_round.id", primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", primary_key=True, sa_type=BigInteger)
    mentor_id: int = Field(foreign_key="person.id", primary_key=True, sa_type=BigInteger)
    must: bool
    set_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)


class MatchTelling(SQLModel, table=True):
    """Something that all of a round are told, or that is done for all of them, with how far it has come (spread.py)."""

    __tablename__: ClassVar[str] = "match_telling"
    __table_args__ = (Index("ix_match_telling_open", "begun_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),)
    round_id: int = Field(foreign_key="match_round.id", primary_key=True, sa_type=BigInteger)
    what: str = Field(primary_key=True)
    cursor: int = Field(default=0, sa_type=BigInteger)
    begun_at: int = Field(sa_type=BigInteger)
    done_at: int | None = Field(default=None, sa_type=BigInteger)


class MentorRequest(SQLModel, table=True):
    """Somebody asks, within the year, that a pupil has another mentor. Known to those who decide, and to nobody else."""

    __tablename__: ClassVar[str] = "mentor_request"
    __table_args__ = (
        Index(
            "uq_mentor_request_open",
            "pupil_id",
            "asked_by",
            unique=True,
            sqlite_where=_OPEN_REQUEST,
            postgresql_where=_OPEN_REQUEST,
        ),
        Index("ix_mentor_request_school", "school_id", "decided_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    asked_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    by_mentor: bool
    mentor_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Whom the pupil had when it was asked."""
    reason: str = ""
    """A word of requests.REASONS; empty for none."""
    sealed_words: bytes | None = Field(default=None, sa_type=LargeBinary)
    outcome: str = ""
    """talk, changed or kept; `talk` while people talk first."""
    asked_at: int = Field(sa_type=BigInteger)
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
