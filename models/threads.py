"""Threads and messages between a guardian and a mentor about one pupil, and where each stands in the messenger."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import Instant, new_id


class MessageState(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    """On its way."""
    HELD = "held"
    """Kept for now: `held_for` says why, `due_at` until when where that is known."""
    DELIVERED = "delivered"
    """The other side has it."""
    REFUSED = "refused"
    """The messenger would not take it; the writer was told."""
    RECALLED = "recalled"
    """Taken back by its writer before the other side had it, or after."""


class Held(StrEnum):
    """Why a message waits instead of going out."""

    NO_MENTOR = "no_mentor"
    NOT_JOINED = "not_joined"
    UNREACHABLE = "unreachable"
    HOURS = "hours"
    """Out of the receiver's hours: goes at `due_at`."""
    FLOOD = "flood"
    """Too many in a minute: goes with the others at `due_at`."""
    URGENT = "urgent"
    """A safeguarding case is open about it: people look first."""
    NO_CONTACT = "no_contact"
    """Nothing goes to this guardian while a case says so."""


MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset(
        {MessageState.DELIVERED, MessageState.HELD, MessageState.REFUSED, MessageState.RECALLED}
    ),
    MessageState.HELD: frozenset({MessageState.QUEUED, MessageState.RECALLED}),
    MessageState.DELIVERED: frozenset({MessageState.RECALLED}),
    MessageState.REFUSED: frozenset(),
    MessageState.RECALLED: frozenset(),
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
        Index(
            "ix_message_due",
            "due_at",
            sqlite_where=text("state = 'held' AND due_at IS NOT NULL"),
            postgresql_where=text("state = 'held' AND due_at IS NOT NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    thread_id: int = Field(foreign_key="thread.id", sa_type=BigInteger)
    by_guardian: bool
    author_id: int | None = Field(default=None, sa_type=BigInteger)
    """Who wrote it: the guardian, the mentor, or whoever covered for the mentor."""
    kind: str = Field(default="text", sa_column_kwargs={"server_default": "text"})
    """text, album, or a kind of handlers/media.py."""
    sealed_body: bytes = Field(sa_type=LargeBinary)
    """Empty once it was taken back."""
    reply_to_id: int | None = Field(default=None, sa_type=BigInteger)
    state: str = MessageState.QUEUED
    held_for: str | None = None
    due_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970: when a held message goes by itself."""
    hurried: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    """Its writer asked that it goes at once, whatever the hour."""
    # No foreign keys on author and item: SQLite would have to copy the whole table to add them.
    item_id: int | None = Field(default=None, sa_type=BigInteger)
    case_id: int | None = Field(default=None, sa_type=BigInteger)
    """The safeguarding case that it belongs to."""
    item_by: str | None = None
    """Who said what it is about: proposed, guardian or mentor."""
    written_at: datetime = Field(sa_type=Instant)
    edited_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970."""


class Version(SQLModel, table=True):
    """What a message said before it was edited."""

    __tablename__: ClassVar[str] = "message_version"
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    message_id: int = Field(foreign_key="message.id", sa_type=BigInteger, index=True)
    sealed_body: bytes = Field(sa_type=LargeBinary)
    replaced_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class Album(SQLModel, table=True):
    """Pictures sent together arrive one by one with no end mark: they are gathered here until they are quiet."""

    __table_args__ = (
        UniqueConstraint("bot_id", "user_id", "group_key"),
        Index(
            "ix_album_open",
            "bot_id",
            "quiet_until",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    user_id: int = Field(sa_type=BigInteger)
    group_key: str
    """The messenger's own name of the album."""
    sealed_first: bytes = Field(sa_type=LargeBinary)
    """JSON of how the first piece came: what it answers, whether it was forwarded."""
    quiet_until: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970: closed then, unless another piece comes."""
    latest: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970: closed then in any case."""
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    message_id: int | None = Field(default=None, sa_type=BigInteger)


class AlbumPiece(SQLModel, table=True):
    """One picture of an album, until its message is written."""

    __tablename__: ClassVar[str] = "album_piece"
    __table_args__ = (UniqueConstraint("album_id", "place_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    album_id: int = Field(foreign_key="album.id", sa_type=BigInteger)
    place_id: int = Field(sa_type=BigInteger)
    sealed_body: bytes = Field(sa_type=LargeBinary)


class Promise(SQLModel, table=True):
    """'Answer by Thursday': one open row for each thread in which a guardian waits for an answer."""

    __table_args__ = (
        Index(
            "uq_promise_open",
            "thread_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_promise_due",
            "due_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_promise_mentor", "mentor_id", "ended_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    thread_id: int = Field(foreign_key="thread.id", sa_type=BigInteger)
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    since: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970: when the guardian wrote."""
    due_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970: the end of the last working hours in which the answer is promised."""
    reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970: answered, or marked as needing no answer."""
    ended_by: str | None = None
    """answered, no_need, moved (to another mentor)."""


class Workspace(SQLModel, table=True):
    """Where a mentor wants the families as topics: the private chat with the bot, or a group of the mentor's own."""

    __table_args__ = (UniqueConstraint("bot_id", "chat_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInteger, unique=True)
    chat_id: int = Field(sa_type=BigInteger)
    is_group: bool
    state: str
    """asked, on, off."""
    since: int = Field(sa_type=BigInteger)


class Topic(SQLModel, table=True):
    """A family's topic in a workspace. The database is the truth, topics are only a view."""

    __table_args__ = (UniqueConstraint("workspace_id", "thread_id"), Index("ix_topic_number", "workspace_id", "number"))
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    workspace_id: int = Field(foreign_key="workspace.id", sa_type=BigInteger)
    thread_id: int = Field(foreign_key="thread.id", sa_type=BigInteger)
    number: int | None = Field(default=None, sa_type=BigInteger)
    """The messenger's message_thread_id; empty until it was made, and again once it is gone."""
    made_at: int | None = Field(default=None, sa_type=BigInteger)


class Place(SQLModel, table=True):
    """Where something stands in the messenger, so that a reply to it finds its thread."""

    __tablename__: ClassVar[str] = "place"
    __table_args__ = (Index("ix_place_message", "message_id"),)
    bot_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    chat_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    place_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    thread_id: int = Field(foreign_key="thread.id", sa_type=BigInteger)
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=BigInteger)
    part: int | None = Field(default=None, sa_type=SmallInteger)
    """Which part of a message stands there, from 0: an album and a long text have several; empty for a header alone."""
    origin: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    """The writer's own message, not the other side's copy."""


class Choice(SQLModel, table=True):
    """An open question about what somebody wrote; what waits for the answer are its drafts."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInteger, index=True)
    kind: str = Field(default="whom", sa_column_kwargs={"server_default": "whom"})
    """whom: for whom is this?; contact: shall this card with a phone number be passed on?"""
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
