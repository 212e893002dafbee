"""What was received and what is to be sent: rows, so that nothing that travels is only in memory.

An update is one row of `inbox` until all its effects are committed with it. Everything that the bot wants to say is one
row of `outbox` until the messenger has taken it, or has refused it for good.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import Instant, new_id


class InboxState(StrEnum):
    """Where a received update stands."""

    NEW = "new"
    """Stored and confirmed; its effects are not."""
    DONE = "done"
    """All effects are committed; the payload is wiped."""
    ASIDE = "aside"
    """Could not be handled: kept for the operator, the others go on."""


class OutboxState(StrEnum):
    """Where something to be sent stands."""

    WAITING = "waiting"
    """Not tried, or surely not sent yet."""
    SENDING = "sending"
    """Tried, and the answer is not known yet: after a crash it may or may not have gone out."""
    SENT = "sent"
    """The messenger has taken it; the payload is wiped."""
    FAILED = "failed"
    """Refused for good; `error` says why."""
    CANCELLED = "cancelled"
    """Taken back by a rule before it went out."""
    EXPIRED = "expired"
    """Past its useful time."""
    FROZEN = "frozen"
    """Stopped by a person until a person lifts it again (models/freezing.py)."""


OUTBOX_MOVES: dict[OutboxState, frozenset[OutboxState]] = {
    OutboxState.WAITING: frozenset(
        {OutboxState.SENDING, OutboxState.CANCELLED, OutboxState.EXPIRED, OutboxState.FROZEN}
    ),
    OutboxState.FROZEN: frozenset({OutboxState.WAITING, OutboxState.CANCELLED}),
    OutboxState.SENDING: frozenset({OutboxState.WAITING, OutboxState.SENT, OutboxState.FAILED}),
    OutboxState.SENT: frozenset(),
    OutboxState.FAILED: frozenset(),
    OutboxState.CANCELLED: frozenset(),
    OutboxState.EXPIRED: frozenset(),
}


class Lane(IntEnum):
    """Priority of something to be sent; lower goes first. The numbers are stored."""

    URGENT = -1
    """A page about somebody's safety: before all else, also where all calls that may be under way are."""
    PRESS = 0
    """The answer to a button: worthless after some seconds."""
    RELAY = 1
    """What people write to each other, and the bot's answers to them."""
    REMINDER = 2
    """What became due for a few, and what everybody concerned must hear at once: a change, a link."""
    BULK = 3
    """What many are told and is of no use later: the last reminders of an evening."""
    LATER = 4
    """What many are told and can wait: invitations, notes, questions."""


PACED = frozenset({Lane.REMINDER, Lane.BULK, Lane.LATER})
"""Held to the even rate; the others are not made to wait for it, and count in it."""


class Bot(SQLModel, table=True):
    """A bot of the messenger that this deployment runs; `id` is the messenger's own id of it."""

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    username: str
    last_update_id: int | None = Field(default=None, sa_type=BigInteger)
    last_update_at: datetime | None = Field(default=None, sa_type=Instant)
    held_until: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970: nothing is sent before, because the messenger said 'too many requests'."""


class Inbox(SQLModel, table=True):
    """A received update."""

    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index(
            "ix_inbox_new",
            "bot_id",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        # Each person's order: what several workers take person by person.
        Index(
            "ix_inbox_of_user",
            "bot_id",
            "user_id",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    update_id: int = Field(sa_type=BigInteger)
    user_id: int | None = Field(default=None, sa_type=BigInteger)
    """Whose order it is in; empty for what belongs to nobody."""
    sealed_update: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = InboxState.NEW
    attempts: int = 0
    due_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970: not to be tried before."""
    received_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
    error: str | None = None
    leased_until: int | None = Field(default=None, sa_type=BigInteger)
    fence: int | None = Field(default=None, sa_type=BigInteger)


class Outbox(SQLModel, table=True):
    """Something to be sent to one chat, in that chat's order of (lane, id)."""

    __table_args__ = (
        Index(
            "ix_outbox_open",
            "bot_id",
            "lane",
            "id",
            # So that what is due tomorrow is passed over without a look at its row.
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_of_chat",
            "bot_id",
            "chat_id",
            sqlite_where=text("state IN ('waiting', 'frozen')"),
            postgresql_where=text("state IN ('waiting', 'frozen')"),
        ),
        Index(
            "ix_outbox_sending",
            "bot_id",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        # What was not sent because it was too late is counted.
        Index(
            "ix_outbox_expired",
            "finished_at",
            sqlite_where=text("state = 'expired' AND dedupe_key IS NOT NULL"),
            postgresql_where=text("state = 'expired' AND dedupe_key IS NOT NULL"),
        ),
        # What a freeze stops and lifts: media and notices, by whose they are.
        Index(
            "ix_outbox_author",
            "author_id",
            sqlite_where=text("author_id IS NOT NULL AND state IN ('waiting', 'frozen')"),
            postgresql_where=text("author_id IS NOT NULL AND state IN ('waiting', 'frozen')"),
        ),
        # How far a notice's rows are ahead of what is sent, and which to take back.
        Index(
            "ix_outbox_notice",
            "bot_id",
            "notice_id",
            sqlite_where=text("notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"),
            postgresql_where=text("notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"),
        ),
        Index(
            "ix_outbox_message",
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    chat_id: int = Field(sa_type=BigInteger)
    lane: int = Field(sa_type=SmallInteger)
    kind: str
    """What to do: see handlers/say.py."""
    sealed_payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = OutboxState.WAITING
    due_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970: not to be sent before."""
    useful_until: int | None = Field(default=None, sa_type=BigInteger)
    """Milliseconds since 1970: not to be sent after."""
    attempts: int = 0
    unsure: int = 0
    """How often it may have gone out without our knowing."""
    dedupe_key: str | None = Field(default=None, unique=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=BigInteger)
    author_id: int | None = Field(default=None, sa_type=BigInteger)
    """Of media and notices, the person whose they are: what a freeze goes by."""
    notice_id: int | None = Field(default=None, sa_type=BigInteger)
    """The notice that it carries to somebody."""
    answers: bool = Field(default=True, sa_column_kwargs={"server_default": "1"})
    """True for the bot's own answer to what this very chat did; 'no contact' holds back all others."""
    created_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)
    place_id: int | None = Field(default=None, sa_type=BigInteger)
    """The messenger's own id of what was sent."""
    error: str | None = None
    leased_until: int | None = Field(default=None, sa_type=BigInteger)
    fence: int | None = Field(default=None, sa_type=BigInteger)


class Lease(SQLModel, table=True):
    """Who may act for a bot now. `epoch` rises with every new holder, so that a late one can be told."""

    __tablename__: ClassVar[str] = "lease"
    name: str = Field(primary_key=True)
    holder: str
    epoch: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class KeyMark(SQLModel, table=True):
    """A word sealed when the database was new: keys that do not open it are not this database's."""

    __tablename__: ClassVar[str] = "key_mark"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sealed_word: bytes = Field(sa_type=LargeBinary)
