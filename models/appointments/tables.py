"""The tables of appointments. Times are milliseconds since 1970 unless something else is said.

What a family or a teacher wrote is sealed. Slots are nowhere a table: they are worked out from these rows (slots.py).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.appointments.states import HOLDING, OPEN, VisitState
from models.base import new_id


def _states(*states: VisitState) -> str:
    return "state IN ({})".format(", ".join(f"'{one.value}'" for one in states))


_UNWRITTEN = f"record_asked_at IS NULL AND {_states(*HOLDING, VisitState.HELD)}"


class Availability(SQLModel, table=True):
    """When a teacher is free for appointments: every week, or on one day; or is not, on one day."""

    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", "weekly_or_once"),
        CheckConstraint("0 <= begins AND begins < ends AND ends <= 1440", "in_order"),
        Index("ix_availability_person", "person_id"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    purpose: str
    """visit or hour (Purpose)."""
    weekday: int | None = Field(default=None, sa_type=SmallInteger)
    """0 is Monday."""
    day: date | None = None
    begins: int = Field(sa_type=SmallInteger)
    """Minutes after midnight."""
    ends: int = Field(sa_type=SmallInteger)
    free: bool = True
    """False only for a day: not free then, whatever the week says."""


class Visit(SQLModel, table=True):
    """An appointment of a family with its mentor."""

    __table_args__ = (
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", "both_ends"),
        CheckConstraint("starts_at IS NULL OR starts_at < ends_at", "in_order"),
        CheckConstraint("state NOT IN ('confirmed', 'in_progress') OR starts_at IS NOT NULL", "has_time"),
        # One visit for a pupil at a time, whoever asks for it and however often a button is pressed.
        Index(
            "uq_visit_open",
            "pupil_id",
            "purpose",
            unique=True,
            sqlite_where=text(_states(*OPEN)),
            postgresql_where=text(_states(*OPEN)),
        ),
        Index("ix_visit_mentor", "mentor_id", "starts_at"),
        Index("ix_visit_companion", "companion_id", "starts_at"),
        Index("ix_visit_pupil", "pupil_id", "created_at"),
        Index("ix_visit_school", "school_id", "starts_at"),
        # For the clock, which looks every few seconds: what waits for a family, and for a teacher's word.
        Index(
            "ix_visit_invited",
            "created_at",
            sqlite_where=text("state = 'invited'"),
            postgresql_where=text("state = 'invited'"),
        ),
        Index(
            "ix_visit_planned",
            "created_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_visit_wish",
            "wish_at",
            sqlite_where=text("wish_at IS NOT NULL AND state IN ('accepted', 'confirmed')"),
            postgresql_where=text("wish_at IS NOT NULL AND state IN ('accepted', 'confirmed')"),
        ),
        Index(
            "ix_visit_going",
            "starts_at",
            sqlite_where=text(_states(*HOLDING)),
            postgresql_where=text(_states(*HOLDING)),
        ),
        Index(
            "ix_visit_place",
            "ends_at",
            sqlite_where=text("sealed_place IS NOT NULL"),
            postgresql_where=text("sealed_place IS NOT NULL"),
        ),
        Index(
            "ix_visit_after",
            "ended_at",
            sqlite_where=text("state IN ('held', 'agreed')"),
            postgresql_where=text("state IN ('held', 'agreed')"),
        ),
        Index(
            "ix_visit_unwritten",
            "ends_at",
            sqlite_where=text(_UNWRITTEN),
            postgresql_where=text(_UNWRITTEN),
        ),
        Index(
            "ix_visit_follow_up",
            "follow_up_by",
            "follow_up_on",
            sqlite_where=text("follow_up_on IS NOT NULL AND followed_up_at IS NULL"),
            postgresql_where=text("follow_up_on IS NOT NULL AND followed_up_at IS NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    purpose: str
    """visit or hour (Purpose)."""
    state: str
    version: int = 0
    """Rises with every move of the state."""
    kind: str = "routine"
    """routine, new, priority, follow_up."""
    aim: str = "know"
    """Why the family is invited, by its key: see handlers/appointments/invite.py; `sealed_aim` where it is 'own'."""
    sealed_aim: bytes | None = Field(default=None, sa_type=LargeBinary)
    asked_by_guardian: bool = False
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    companion_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """The second teacher: asked, or agreed."""
    companion_says: str = "nobody"
    guardian_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Who chose the time."""
    form: str | None = None
    starts_at: int | None = Field(default=None, sa_type=BigInteger)
    """The confirmed time: it is held for everybody who takes part."""
    ends_at: int | None = Field(default=None, sa_type=BigInteger)
    wish_at: int | None = Field(default=None, sa_type=BigInteger)
    """A time that was asked for and that somebody has still to agree to. It holds nothing; a confirmed one stays until then."""
    wish_form: str | None = None
    wish_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """The guardian who asked."""
    wish_proposed: bool = False
    """The wish lies outside of what was offered: the mentor has to agree too."""
    sequence: int = Field(default=0, sa_type=SmallInteger)
    """Of the calendar file: rises with every change that the participants' calendars must follow."""
    confirmed_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the time of now was confirmed."""
    sealed_place: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Address or meeting place as JSON {text, latitude, longitude}; deleted after the visit."""
    area_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The pupil's area at the time of booking: for the way between two visits."""
    day_told: int = Field(default=-1, sa_type=SmallInteger, sa_column_kwargs={"server_default": "-1"})
    """The `sequence` whose reminder of a day before was given, or can no longer be; a new time has a new one."""
    soon_told: int = Field(default=-1, sa_type=SmallInteger, sa_column_kwargs={"server_default": "-1"})
    """The same for the reminder of two hours before."""
    arrived_at: int | None = Field(default=None, sa_type=BigInteger)
    left_at: int | None = Field(default=None, sa_type=BigInteger)
    safety_step: int = Field(default=0, sa_type=SmallInteger)
    """Who has been asked whether they are back: 0 nobody, 1 the two teachers, 2 and more the duty leaders (safety.py)."""
    safety_at: int | None = Field(default=None, sa_type=BigInteger)
    """Not to be asked again before."""
    safe_at: int | None = Field(default=None, sa_type=BigInteger)
    """When somebody said that all is well."""
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    """When it was held, declined, called off, or nobody was there."""
    why: str = ""
    """Why it was called off or not held, by its key."""
    follow_up_on: date | None = None
    follow_up_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    followed_up_at: int | None = Field(default=None, sa_type=BigInteger)
    record_asked_at: int | None = Field(default=None, sa_type=BigInteger)
    """When its mentor was reminded of the record, or wrote it without that."""
    created_at: int = Field(sa_type=BigInteger)


class VisitDraft(SQLModel, table=True):
    """An invitation that a mentor is putting together: whom, what for, with whom."""

    __tablename__: ClassVar[str] = "visit_draft"
    account_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    pupils: str = ""
    """Row ids, space-separated."""
    aim: str = ""
    sealed_aim: bytes | None = Field(default=None, sa_type=LargeBinary)
    companion_id: int | None = Field(default=None, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)


class VisitGuest(SQLModel, table=True):
    """A guardian who was invited, and what was said."""

    __tablename__: ClassVar[str] = "visit_guest"
    __table_args__ = (UniqueConstraint("visit_id", "guardian_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    reply: str = "invited"
    topics: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Codes of the checklist's items that this guardian wants to talk about, space-separated: for the teachers alone."""
    sealed_wish: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The same in this guardian's own words."""
    at: int = Field(sa_type=BigInteger)


class Busy(SQLModel, table=True):
    """Held time: one row for each person or pupil and each five minutes. Its key is what makes a double booking impossible.

    The same key does it on both databases; see docs/decisions/0014.
    """

    subject_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    """A person or a pupil: row ids are unique over all tables."""
    grain: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    """Five-minute pieces since 1970."""
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger, index=True)


class Diary(SQLModel, table=True):
    """Locked by whoever books something for this person: bookings of one person go one after the other."""

    person_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    version: int = 0


class VisitWait(SQLModel, table=True):
    """A family that waits for a slot to become free."""

    __tablename__: ClassVar[str] = "visit_wait"
    __table_args__ = (
        Index("ix_visit_wait_mentor", "mentor_id", "since"),
        Index("ix_visit_wait_look", "mentor_id", sqlite_where=text("look"), postgresql_where=text("look")),
    )
    visit_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    since: int = Field(sa_type=BigInteger)
    seen: str = ""
    """Slots that it has seen and did not take: minutes since 1970, space-separated."""
    look: bool = False
    """Something of its mentor's may have become free since somebody looked."""
    looked_on: int = Field(default=0, sa_column_kwargs={"server_default": "0"}, index=True)
    """The day (date.toordinal) on which everybody who waits was last looked after: days come nearer by themselves."""


class VisitOffer(SQLModel, table=True):
    """A slot that became free and is kept for a waiting family for a while."""

    __tablename__: ClassVar[str] = "visit_offer"
    __table_args__ = (
        UniqueConstraint("visit_id", "starts_at"),
        Index("ix_visit_offer_mentor", "mentor_id", "until"),
        Index("ix_visit_offer_open", "until", sqlite_where=text("open"), postgresql_where=text("open")),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    starts_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    """It is kept so long; set to the moment at which it was taken or passed over."""
    open: bool = True
    """Until somebody has looked after who is next."""


class VisitLog(SQLModel, table=True):
    """What happened to an appointment: moves and reminders, without contents."""

    __tablename__: ClassVar[str] = "visit_log"
    __table_args__ = (Index("ix_visit_log_visit", "visit_id", "id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    actor_id: int | None = Field(default=None, sa_type=BigInteger)
    """Who did it; empty for the clock."""
    what: str
    state: str
    """The state after it."""


class VisitAnswer(SQLModel, table=True):
    """An answer on the voluntary question sheet: for the mentor alone."""

    __tablename__: ClassVar[str] = "visit_answer"
    __table_args__ = (UniqueConstraint("visit_id", "guardian_id", "question"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    question: str
    """Its key in questions.csv."""
    sealed_text: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)


class VisitShown(SQLModel, table=True):
    """Where an address stands in a teacher's chat: taken away after the visit."""

    __tablename__: ClassVar[str] = "visit_shown"
    __table_args__ = (Index("ix_visit_shown_visit", "visit_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    chat_id: int = Field(sa_type=BigInteger)
    place_id: int = Field(sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    erase_at: int | None = Field(default=None, sa_type=BigInteger)
    """When it was last asked to be taken away; the row goes once it surely is."""


class PupilArea(SQLModel, table=True):
    """In which part of the town a family lives, as far as somebody said so: a name like 'Riverside', never an address."""

    __tablename__: ClassVar[str] = "pupil_area"
    pupil_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    sealed_name: bytes = Field(sa_type=LargeBinary)
    area_hash: bytes = Field(sa_type=LargeBinary, index=True)
    at: int = Field(sa_type=BigInteger)


class VisitRecord(SQLModel, table=True):
    """What a visit found, step by step. Two sealed parts, because not everybody may read both."""

    __tablename__: ClassVar[str] = "visit_record"
    visit_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    sealed_plain: bytes | None = Field(default=None, sa_type=LargeBinary)
    """JSON of the fields of level 1."""
    sealed_private: bytes | None = Field(default=None, sa_type=LargeBinary)
    """JSON of the fields of level 2: the two teachers alone, never in a list, a notification or an export."""
    step: str = ""
    """Where its writer stopped."""
    begun_at: int = Field(sa_type=BigInteger)
    saved_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)
    finished_by: int | None = Field(default=None, sa_type=BigInteger)


class Agreement(SQLModel, table=True):
    """What school and family agreed at a visit, version by version."""

    __table_args__ = (
        UniqueConstraint("visit_id", "number"),
        Index("ix_agreement_pupil", "pupil_id", "id"),
        Index(
            "ix_agreement_waits",
            "at",
            sqlite_where=text("state = 'proposed' AND reminded_at IS NULL"),
            postgresql_where=text("state = 'proposed' AND reminded_at IS NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    number: int = Field(sa_type=SmallInteger)
    sealed_school: bytes = Field(sa_type=LargeBinary)
    """What the school does."""
    sealed_family: bytes = Field(sa_type=LargeBinary)
    """What the family does."""
    state: str
    """proposed (by the mentor), amended (by the guardian; the mentor has to agree), confirmed, replaced."""
    by_person: int = Field(foreign_key="person.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    confirmed_by: int | None = Field(default=None, sa_type=BigInteger)
    confirmed_at: int | None = Field(default=None, sa_type=BigInteger)
    reminded_at: int | None = Field(default=None, sa_type=BigInteger)
    """When those who had not answered were reminded."""


class VisitFeedback(SQLModel, table=True):
    """What a guardian thought of a visit, 1 to 5. Shown in sums only, from five up."""

    __tablename__: ClassVar[str] = "visit_feedback"
    __table_args__ = (UniqueConstraint("visit_id", "guardian_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    visit_id: int = Field(foreign_key="visit.id", sa_type=BigInteger)
    guardian_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    stars: int = Field(sa_type=SmallInteger)
    sealed_comment: bytes | None = Field(default=None, sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
