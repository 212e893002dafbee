"""The tables of notices. Times are milliseconds since 1970 unless something else is said. What people wrote is sealed."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, text
from sqlmodel import Field, SQLModel

from models.base import new_id
from models.notices.states import NoticeState


def _where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


class Notice(SQLModel, table=True):
    """Something said to many."""

    __table_args__ = (
        # For the clock, which looks every few seconds.
        _where("ix_notice_open", "state IN ('planned', 'running')", "starts_at"),
        Index("ix_notice_school", "school_id", "created_at"),
        Index("ix_notice_author", "author_id", "created_at"),
        Index("ix_notice_valid", "valid_until"),
        _where("ix_notice_mending", "mending IS NOT NULL", "id"),
        # Of which the author has still to hear how it went.
        _where("ix_notice_unreported", "reported_at IS NULL AND listed_at IS NOT NULL", "id"),
        _where("ix_notice_asked", "state = 'asked'", "asked_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    """The author's school."""
    author_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    """The bot in which it was written: files go by its ids."""
    level: str
    """models/notices/states.Level."""
    audience: str
    """JSON, see models/notices/audience.py."""
    sealed_content: bytes = Field(sa_type=LargeBinary)
    """JSON, see models/notices/content.py."""
    version: int = 1
    """Rises with each correction of what is out."""
    emergency: bool = False
    """Breaks quiet hours and is not counted in the week's few."""
    state: str = NoticeState.DRAFT
    starts_at: int | None = Field(default=None, sa_type=BigInteger)
    """Not before; empty for at once."""
    valid_until: int | None = Field(default=None, sa_type=BigInteger)
    """Who joins until then still gets it, and a slip can be changed."""
    event_id: int | None = Field(default=None, foreign_key="event.id", sa_type=BigInteger)
    """The event that its button signs up for."""
    again_of: int | None = Field(default=None, foreign_key="notice.id", sa_type=BigInteger)
    """The notice whose second round this is."""
    asked_at: int | None = Field(default=None, sa_type=BigInteger)
    """When a second person was asked to agree."""
    asked_again: int = 0
    """So many times that person was reminded."""
    approved_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    approved_at: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    began_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the last of its first people was reached, or it was stopped."""
    cursor: int = Field(default=0, sa_type=BigInteger)
    """The person up to whom the list of those who get it is written."""
    listed_at: int | None = Field(default=None, sa_type=BigInteger)
    """When that list was complete."""
    mending: int | None = Field(default=None, sa_type=BigInteger)
    """While it is corrected or taken back: the person up to whom that is done."""
    panel_bot: int | None = Field(default=None, sa_type=BigInteger)
    """Where its progress is shown: bot, chat, place."""
    panel_chat: int | None = Field(default=None, sa_type=BigInteger)
    panel_place: int | None = Field(default=None, sa_type=BigInteger)
    panel_at: int | None = Field(default=None, sa_type=BigInteger)
    """When that was last changed."""
    panel_sent: int = 0
    """How many had it by then."""
    panel_shown: int | None = Field(default=None, sa_type=BigInteger)
    """A check sum of what it says, so that nothing is said anew that has not changed."""
    paused_at: int | None = Field(default=None, sa_type=BigInteger)
    """Since when somebody holds it."""
    reported_at: int | None = Field(default=None, sa_type=BigInteger)
    """When its author was told how it went."""


class NoticeRecipient(SQLModel, table=True):
    """One person who is to get a notice: one row, whatever happens."""

    __tablename__: ClassVar[str] = "notice_recipient"
    __table_args__ = (
        # The next to be told, in order; whoever rests has a later `due_at` and is not looked at.
        _where("ix_notice_recipient_waiting", "state = 'waiting'", "notice_id", "bot_id", "due_at", "person_id"),
        # Sums by state and by class, without a look at the rows.
        Index("ix_notice_recipient_state", "notice_id", "state", "class_id"),
        # One account gets it once, whichever of its people it is for.
        _where("uq_notice_recipient_account", "user_id IS NOT NULL", "notice_id", "bot_id", "user_id", unique=True),
        _where("ix_notice_recipient_place", "place_id IS NOT NULL", "user_id", "place_id"),
        # Whether a week's list is due at all, and whose, in order.
        _where("ix_notice_recipient_digest", "state = 'digest'", "due_at", "bot_id", "person_id"),
        # What was on its way to a chat that takes nothing any more.
        _where("ix_notice_recipient_queued", "state = 'queued'", "bot_id", "user_id"),
        Index("ix_notice_recipient_person", "person_id", "notice_id"),
    )
    notice_id: int = Field(foreign_key="notice.id", primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", primary_key=True, sa_type=BigInteger)
    bot_id: int | None = Field(default=None, sa_type=BigInteger)
    user_id: int | None = Field(default=None, sa_type=BigInteger)
    """The account; empty for who has never joined."""
    class_id: int | None = Field(default=None, sa_type=BigInteger)
    """The class because of which a guardian gets it, for sums."""
    family: bool = True
    """A guardian: counted in the week's few."""
    state: str
    due_at: int = Field(default=0, sa_type=BigInteger)
    week: int | None = None
    """The week in which it was counted, as 202648."""
    place_id: int | None = Field(default=None, sa_type=BigInteger)
    """The messenger's id of the message with the buttons."""
    places: str = ""
    """Of the other messages that belong to it, with spaces between."""
    version: int = 0
    """Which version it shows."""
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    read_at: int | None = Field(default=None, sa_type=BigInteger)
    """When 'I have read it' was pressed."""


class Attention(SQLModel, table=True):
    """How many notices a family has had in a week, from all senders together."""

    # Whether anybody has had one this week, and what is old.
    __table_args__ = (Index("ix_attention_week", "week"),)
    user_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    """The messenger's account: the same in every bot of the city."""
    week: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """As 202648."""
    used: int


class NoticeSlip(SQLModel, table=True):
    """A slip that a guardian signed for a child: every signing stays, the last one counts."""

    __tablename__: ClassVar[str] = "notice_slip"
    __table_args__ = (
        _where("uq_notice_slip_now", "replaced_at IS NULL", "notice_id", "pupil_id", "person_id", unique=True),
        # What is kept on somebody (models/rights).
        Index("ix_notice_slip_person", "person_id"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    notice_id: int = Field(foreign_key="notice.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    choice: int = Field(sa_type=SmallInteger)
    """Its number among the notice's choices, from 0."""
    version: int
    """The version of the notice that was signed."""
    sealed_name: bytes = Field(sa_type=LargeBinary)
    """As the guardian typed it."""
    signed_at: int = Field(sa_type=BigInteger)
    replaced_at: int | None = Field(default=None, sa_type=BigInteger)


class NoticeVote(SQLModel, table=True):
    """One answer to one question of a poll or survey; whose it is cannot be read from the row."""

    __tablename__: ClassVar[str] = "notice_vote"
    notice_id: int = Field(foreign_key="notice.id", primary_key=True, sa_type=BigInteger)
    question: int = Field(primary_key=True, sa_type=SmallInteger)
    voter: bytes = Field(primary_key=True, sa_type=LargeBinary)
    """A keyed hash of notice and person."""
    choice: int = Field(sa_type=SmallInteger)


class NoticeTally(SQLModel, table=True):
    """The sums of a question as they were last shown to whoever sent it: they change in steps of five people."""

    __tablename__: ClassVar[str] = "notice_tally"
    notice_id: int = Field(foreign_key="notice.id", primary_key=True, sa_type=BigInteger)
    question: int = Field(primary_key=True, sa_type=SmallInteger)
    choice: int = Field(primary_key=True, sa_type=SmallInteger)
    many: int
    at: int = Field(sa_type=BigInteger)
    """When they were counted."""


class NoticeTemplate(SQLModel, table=True):
    """A content that a school keeps to begin from."""

    __tablename__: ClassVar[str] = "notice_template"
    __table_args__ = (Index("ix_notice_template_school", "school_id", "id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    author_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    sealed_name: bytes = Field(sa_type=LargeBinary)
    sealed_content: bytes = Field(sa_type=LargeBinary)
    created_at: int = Field(sa_type=BigInteger)


class Freeze(SQLModel, table=True):
    """Nothing of media and notices goes out for somebody, a role, a school or all, while it lasts."""

    # FREEZE is a word of PostgreSQL's own.
    __tablename__: ClassVar[str] = "freezing"
    __table_args__ = (_where("ix_freezing_now", "lifted_at IS NULL", "id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    scope: str
    """models/freezing.Scope."""
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    role: str | None = None
    school_id: int | None = Field(default=None, foreign_key="school.id", sa_type=BigInteger)
    """With the scopes role and school; a role without a school is that role everywhere."""
    set_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    set_at: int = Field(sa_type=BigInteger)
    lifted_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    lifted_at: int | None = Field(default=None, sa_type=BigInteger)
