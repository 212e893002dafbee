"""The tables of the rights of the person. Times are milliseconds since 1970. What people wrote is sealed."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.base import new_id


def _where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


class DataExport(SQLModel, table=True):
    """Somebody asked for what takes long, a copy of the own data or a check of the log: done outside of the conversation's
    transaction."""

    __tablename__: ClassVar[str] = "data_export"
    __table_args__ = (
        Index("ix_data_export_account", "account_id", "at"),
        # For the clock, which looks every few seconds.
        _where("ix_data_export_asked", "state = 'asked'", "id"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    account_id: int = Field(sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    user_id: int = Field(sa_type=BigInteger)
    kind: str = "copy"
    """copy, log."""
    extra: str = ""
    """Of a check: the number and code of an earlier day, where they are to be compared."""
    state: str = "asked"
    """asked, made, failed."""
    attempts: int = 0
    at: int = Field(sa_type=BigInteger)
    made_at: int | None = Field(default=None, sa_type=BigInteger)


class Correction(SQLModel, table=True):
    """Somebody says that the roster is wrong; an admin takes it over or answers."""

    __table_args__ = (
        Index("ix_correction_school", "school_id", "state", "id"),
        Index("ix_correction_person", "person_id", "at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    pupil_id: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger)
    """About which child; empty for the person's own."""
    field: str
    """name, phone, relation, child."""
    sealed_value: bytes | None = Field(default=None, sa_type=LargeBinary)
    """What it should be; gone once it was decided."""
    state: str = "open"
    """open, taken, answered, withdrawn."""
    decided_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)


class Erasure(SQLModel, table=True):
    """Something was erased: the proof that it was done, without what it was."""

    __table_args__ = (
        Index("ix_erasure_person", "person_id"),
        # What was on its way at that moment, or was in people's hands, is swept once more.
        _where("ix_erasure_again", "again_at IS NOT NULL", "again_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    scope: str
    """line (a guardian and one child), guardian, child, pupil, staff: see models/rights/datamap.py."""
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    pupil_id: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger)
    asked_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Empty where it was done from the command line."""
    at: int = Field(sa_type=BigInteger)
    again_at: int | None = Field(default=None, sa_type=BigInteger)
    """When it is swept once more."""


class ThreadLook(SQLModel, table=True):
    """An admin wants to read a conversation: the reason, who agreed, until when. Both sides are told."""

    __tablename__: ClassVar[str] = "thread_look"
    __table_args__ = (
        Index("ix_thread_look_asked_by", "asked_by", "asked_at"),
        Index("ix_thread_look_pupil", "pupil_id", "asked_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    asked_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    sealed_reason: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = "asked"
    """asked, agreed, declined."""
    asked_at: int = Field(sa_type=BigInteger)
    agreed_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    agreed_at: int | None = Field(default=None, sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
    """The conversation can be read until then."""


class RetentionMark(SQLModel, table=True):
    """How far a kind of record has been looked through for what is too old."""

    __tablename__: ClassVar[str] = "retention_mark"
    kind: str = Field(primary_key=True)
    cursor: int = Field(default=0, sa_type=BigInteger)
    """Looked at up to this row."""
    floor: int = Field(default=0, sa_type=BigInteger)
    """Up to this row all is forgotten: the next round begins here."""
    rests_until: int = Field(default=0, sa_type=BigInteger)
