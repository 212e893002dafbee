"""The tables of the mentor's week: a school's own cycles, what was said about a duty, digests, and one prompt a day."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id


class DutyKind(SQLModel, table=True):
    """A school's own word on a kind of duty, in place of the line in kinds.csv."""

    __tablename__: ClassVar[str] = "duty_kind"
    __table_args__ = (UniqueConstraint("school_id", "code"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    subject: str
    """pupil, mentor, team: for whom or what it is counted."""
    cycle: str
    """once:14 (days from the start), days:30, week, term:20-80 (per cent of the term, over which pupils are spread)."""
    stages: str
    """As in the checklist; empty for all."""
    weight: int = Field(sa_type=SmallInteger)
    """What stands first: the larger, the earlier."""
    enabled: bool


class DutyMark(SQLModel, table=True):
    """What a person said about a duty beyond the record. Rows are added, never changed: the last one counts."""

    __tablename__: ClassVar[str] = "duty_mark"
    __table_args__ = (Index("ix_duty_mark_subject", "subject_id", "code", "id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    code: str
    subject_id: int = Field(sa_type=BigInteger)
    """A pupil, a mentor or a class, by the kind's subject."""
    state: str
    """done, snoozed, not_applicable, handed (to `to_person`), undone."""
    on_day: date
    """The day that it happened, by the school's calendar."""
    until: date | None = None
    """snoozed: not asked before; not_applicable: the end of the term."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    to_person: int | None = Field(default=None, sa_type=BigInteger, index=True)
    reason: str = ""
    """One of the offered reasons, by its key."""
    items: str = ""
    """Codes of the checklist items that it covered, space-separated."""
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class Digest(SQLModel, table=True):
    """A mentor's weekly digest: one row for each mentor and week, also where nothing was to say."""

    __table_args__ = (UniqueConstraint("person_id", "week"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    week: date
    """Its Monday."""
    state: str
    """sent, silent (nothing was due), expired (the bot was away for too long), away (somebody covers)."""
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class Prompt(SQLModel, table=True):
    """One prompt to a person on a day beyond the digest: the key keeps there from being a second one."""

    __table_args__ = (UniqueConstraint("person_id", "day"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    day: date
    kind: str
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class Note(SQLModel, table=True):
    """A written note (成长寄语) for one pupil and term."""

    __tablename__: ClassVar[str] = "written_note"
    __table_args__ = (UniqueConstraint("pupil_id", "term_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    term_id: int = Field(foreign_key="term.id", sa_type=BigInteger)
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    sealed_text: bytes = Field(sa_type=LargeBinary)
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970; empty while it is a draft."""
    written_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class NoteCard(SQLModel, table=True):
    """The printable card of a note for one guardian: it follows the note's message once that has arrived."""

    __tablename__: ClassVar[str] = "note_card"
    __table_args__ = (
        Index(
            "ix_note_card_open",
            "message_id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        # What is kept on somebody (models/rights).
        Index("ix_note_card_guardian", "guardian_id"),
    )
    message_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    note_id: int = Field(foreign_key="written_note.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    done_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970: when it was queued, or when it became clear that it never will be."""


class Form(SQLModel, table=True):
    """A text that a person was asked for and has still to type: the last one asked for counts."""

    account_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: str
    """note, touch, decision, step, day."""
    subject_id: int = Field(sa_type=BigInteger)
    extra: str = ""
    asked_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
