"""People and places of a school: who belongs to whom. History is kept with `since` and `until`; `until` empty is now.

Personal fields are sealed (see vault.py): `sealed_name` of a person opens with `vault.open("person", id, "name", …)`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import Instant, new_id

_NOW = text("until IS NULL")


def _current(name: str, *columns: str) -> Index:
    """At most one row of these columns whose `until` is empty."""
    return Index(name, *columns, unique=True, sqlite_where=_NOW, postgresql_where=_NOW)


class RoleKind(StrEnum):
    """What a member of staff may be, besides chief mentor of a class (see ClassTeam)."""

    MENTOR = "mentor"
    COUNSELLOR = "counsellor"
    ADMIN = "admin"
    DUTY_LEADER = "duty_leader"
    CENTRE = "centre"
    """The district's or the city's centre: reaches all schools of the deployment, reads no family's thread."""


class School(SQLModel, table=True):
    """A school; its zone is an IANA name."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    name: str = Field(sa_type=String, unique=True)
    zone: str = "Asia/Shanghai"


class Stage(SQLModel, table=True):
    """小学, 初中, 高中 … of a school."""

    __table_args__ = (UniqueConstraint("school_id", "name"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    name: str


class SchoolClass(SQLModel, table=True):
    """A class of a grade, such as 五年级 2班."""

    __tablename__: ClassVar[str] = "school_class"
    __table_args__ = (UniqueConstraint("stage_id", "grade", "name"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger, index=True)
    stage_id: int = Field(foreign_key="stage.id", sa_type=BigInteger)
    grade: str
    name: str


class Term(SQLModel, table=True):
    """A term of a school, both days included."""

    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        CheckConstraint("starts_on < ends_on", "in_order"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    name: str
    starts_on: date
    ends_on: date


class Account(SQLModel, table=True):
    """An account of a messenger that has spoken to one of our bots; a stranger's has no person."""

    __table_args__ = (UniqueConstraint("bot_id", "user_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    bot_id: int = Field(sa_type=BigInteger)
    user_id: int = Field(sa_type=BigInteger)
    language: str = "zh_CN"
    language_chosen: bool = False
    """True once the person chose it: from then on the account's own setting no longer counts."""
    reachable: bool = True
    """False from a refusal ('blocked the bot') until the account speaks again."""
    wrong_links: int = 0
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    answering_thread_id: int | None = Field(default=None, sa_type=BigInteger)
    answering_until: datetime | None = Field(default=None, sa_type=Instant)
    topic_item_id: int | None = Field(default=None, sa_type=BigInteger)
    """The checklist item that the person chose for what is written next."""
    topic_until: datetime | None = Field(default=None, sa_type=Instant)
    urgent_mode: str | None = None
    """What /urgent waits for: hurry (the next message goes at once) or danger (the next text belongs to a case)."""
    urgent_case_id: int | None = Field(default=None, sa_type=BigInteger)
    urgent_until: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class Person(SQLModel, table=True):
    """A guardian or a member of staff; with an `account_id` the person has joined."""

    __table_args__ = (
        UniqueConstraint("school_id", "staff_number"),
        Index("ix_person_phone", "school_id", "phone_hash"),
        # A school's people in order, part by part (models/notices/fanout.py).
        Index("ix_person_school", "school_id", "id"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    staff_number: str | None = None
    sealed_name: bytes = Field(sa_type=LargeBinary)
    name_hash: bytes = Field(sa_type=LargeBinary)
    sealed_phone: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    subject: str | None = None
    hours_from: int = 450
    """Minutes after midnight; 07:30."""
    hours_to: int = 1110
    """Minutes after midnight; 18:30."""
    quiet_from: int = Field(default=1260, sa_column_kwargs={"server_default": "1260"})
    """Minutes after midnight; 21:00. A guardian's quiet hours; equal to `quiet_to` for none."""
    quiet_to: int = Field(default=420, sa_column_kwargs={"server_default": "420"})
    """Minutes after midnight; 07:00."""
    digest_day: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Day of the week on which a mentor gets the week's list; 0 is Monday."""
    digest_minute: int = Field(default=450, sa_column_kwargs={"server_default": "450"})
    """Minutes after midnight; 07:30."""
    account_id: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInteger, index=True)
    joined_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Pupil(SQLModel, table=True):
    """A pupil, known by the school's own number. Never a user of the bot."""

    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        # Names are looked for in what goes to many (models/notices/checks.py).
        Index("ix_pupil_name", "name_hash"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    school_class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger, index=True)
    number: str
    sealed_name: bytes = Field(sa_type=LargeBinary)
    name_hash: bytes = Field(sa_type=LargeBinary)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Guardianship(SQLModel, table=True):
    """Who is whose guardian. `confirmed_at`: that guardian has said so in the bot and agreed to the notice."""

    __table_args__ = (_current("uq_guardianship_now", "pupil_id", "person_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    relation: str
    since: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)


class Mentorship(SQLModel, table=True):
    """Who mentors whom, from when until when: one mentor at a time for each pupil."""

    __table_args__ = (_current("uq_mentorship_now", "pupil_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    since: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)


class ClassTeam(SQLModel, table=True):
    """The team of a class and its chief mentor; its members are the mentors of the class's pupils."""

    __tablename__: ClassVar[str] = "class_team"
    __table_args__ = (_current("uq_class_team_now", "school_class_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger)
    chief_mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    since: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)


class Role(SQLModel, table=True):
    """A role that a member of staff has, from when until when."""

    __table_args__ = (_current("uq_role_now", "person_id", "kind"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    kind: str
    since: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)


class Consent(SQLModel, table=True):
    """A guardian's agreement to a version of the notice on personal data."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    version: str
    given_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class Invite(SQLModel, table=True):
    """A one-time way in: by a link (its payload kept as a hash only) or by a phone number the messenger verified.

    For a guardian `pupil_id` is the child; empty means every child that the roster holds for that guardian.
    """

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    pupil_id: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger)
    token_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_by: int | None = Field(default=None, foreign_key="account.id", sa_type=BigInteger, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class Absence(SQLModel, table=True):
    """A mentor is away from one moment until another, and a substitute receives what families write."""

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "in_order"),
        Index("ix_absence_mentor", "mentor_id", "ends_at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    mentor_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    substitute_id: int = Field(foreign_key="person.id", sa_type=BigInteger, index=True)
    starts_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
    ends_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970; the substitute's access ends with it."""
    set_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    cancelled_at: int | None = Field(default=None, sa_type=BigInteger)
    started_told: bool = False
    ended_told: bool = False


class CalendarDay(SQLModel, table=True):
    """A day on which the school departs from the country's calendar: a school day that would be none, or the other way."""

    __tablename__: ClassVar[str] = "calendar_day"
    __table_args__ = (UniqueConstraint("school_id", "day"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    day: date
    is_school_day: bool
    note: str = ""


class Access(SQLModel, table=True):
    """A member of staff looked at something of a child. Written by models/access.py alone: each line is bound to the last."""

    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        Index("ix_access_pupil", "pupil_id", "at"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int | None = Field(default=None, foreign_key="school.id", sa_type=BigInteger)
    """Empty, like `number` and `digest`, for lines from before there was a chain."""
    number: int | None = Field(default=None, sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    guardian_id: int | None = Field(default=None, sa_type=BigInteger)
    """Whose side of it, where it is one guardian's alone: shown to that guardian and to no other."""
    what: str
    sealed_reason: bytes | None = Field(default=None, sa_type=LargeBinary)
    reason_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)


class AccessChain(SQLModel, table=True):
    """How many lines a school's log has, and the digest of the last; `first_...`: before what is still kept."""

    __tablename__: ClassVar[str] = "access_chain"
    school_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    number: int = Field(sa_type=BigInteger)
    digest: bytes = Field(sa_type=LargeBinary)
    first_number: int = Field(sa_type=BigInteger)
    first_digest: bytes = Field(sa_type=LargeBinary)
