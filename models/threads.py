"""Threads and messages between a guardian and a mentor about one pupil, and where each stands in the messenger."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import Instant, new_id


class MessageState(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    """On its way."""
    HELD = "held"
    """Kept until the other side can be reached: not joined, blocked the bot, or no mentor at present."""
    DELIVERED = "delivered"
    """The other side has it."""
    REFUSED = "refused"
    """The messenger would not take it; the writer was told."""


MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset({MessageState.DELIVERED, MessageState.HELD, MessageState.REFUSED}),
    MessageState.HELD: frozenset({MessageState.QUEUED}),
    MessageState.DELIVERED: frozenset(),
    MessageState.REFUSED: frozenset(),
}


class Thread(SQLModel, table=True):
    """All that one guardian and one mentor write each other about one pupil; no mentor: waiting for one."""

    __table_args__ = (
        UniqueConstraint("pupil_id", "guardian_id", "mentor_id"),
        Index(
            "uq_thread_without_mentor",
            "pupil_id",
            "guardian_id",
            unique=True,
            sqlite_where=text("mentor_id IS NULL"),
            postgresql_where=text("mentor_id IS NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    mentor_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger, index=True)
    guardian_wrote_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970."""
    mentor_wrote_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970."""


class Message(SQLModel, table=True):
    """One message as it was written. The body is sealed: JSON of text and spans."""

    __table_args__ = (
        Index("ix_message_thread", "thread_id", "id"),
        Index(
            "ix_message_held",
            "thread_id",
            "id",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    thread_id: int = Field(foreign_key="thread.id", sa_type=BigInteger)
    by_guardian: bool
    sealed_body: bytes = Field(sa_type=LargeBinary)
    reply_to_id: int | None = Field(default=None, sa_type=BigInteger)
    state: str = MessageState.QUEUED
    written_at: datetime = Field(sa_type=Instant)


class Place(SQLModel, table=True):
    """Where something stands in the messenger, so that a reply to it finds its thread."""

    __tablename__: ClassVar[str] = "place"
    __table_args__ = (Index("ix_place_message", "message_id"),)
    bot_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    chat_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    place_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    thread_id: int = Field(foreign_key="thread.id", sa_type=BigInteger)
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=BigInteger)


class Choice(SQLModel, table=True):
    """An open question 'for whom is this?'; the texts that wait for the answer are its drafts."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInteger, index=True)
    asked_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)


class Draft(SQLModel, table=True):
    """A text whose thread its writer has still to say."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    choice_id: int = Field(foreign_key="choice.id", sa_type=BigInteger, index=True)
    sealed_body: bytes = Field(sa_type=LargeBinary)
    origin_place_id: int = Field(sa_type=BigInteger)
    written_at: datetime = Field(sa_type=Instant)
