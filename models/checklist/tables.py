"""The checklist's tables: lists have versions, a message keeps the item that it was given."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import new_id


class ChecklistVersion(SQLModel, table=True):
    """A school's list from a moment on; the newest one counts."""

    __tablename__: ClassVar[str] = "checklist_version"
    __table_args__ = (UniqueConstraint("school_id", "number"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    number: int
    source: str
    """'default' for the list that comes with the program, otherwise the file's name."""
    made_at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class ChecklistItem(SQLModel, table=True):
    """One item of a list: what a message between home and school may be about."""

    __tablename__: ClassVar[str] = "checklist_item"
    __table_args__ = (UniqueConstraint("version_id", "code"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    version_id: int = Field(foreign_key="checklist_version.id", sa_type=BigInteger)
    position: int = Field(sa_type=SmallInteger)
    code: str
    """Letter of the category and a number, such as B2."""
    category_zh: str
    category_en: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    direction: str
    """school_to_home, home_to_school, both."""
    cycle: str
    """month, term, twice_a_term, year, event."""
    stages: str
    """Space-separated: primary, junior, senior, with grades after a colon where not all (primary:5-6)."""
    level: int = Field(sa_type=SmallInteger)
    """0 may go to a class, 1 one to one, 2 need to know, 3 never through the relay."""


class Wording(SQLModel, table=True):
    """Words to start from for an item: the fact, what the school did, what the family can do."""

    __tablename__: ClassVar[str] = "wording"
    __table_args__ = (UniqueConstraint("item_id", "stage", "language"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    item_id: int = Field(foreign_key="checklist_item.id", sa_type=BigInteger)
    stage: str
    language: str
    fact: str
    school: str
    home: str


class ItemMark(SQLModel, table=True):
    """What a person said about an item of a pupil's term beyond the messages: done elsewhere, or not applicable."""

    __tablename__: ClassVar[str] = "item_mark"
    __table_args__ = (UniqueConstraint("pupil_id", "term_id", "code"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    pupil_id: int = Field(foreign_key="pupil.id", sa_type=BigInteger)
    term_id: int | None = Field(default=None, foreign_key="term.id", sa_type=BigInteger)
    code: str
    state: str
    """done, not_applicable."""
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    """Milliseconds since 1970."""


class Composition(SQLModel, table=True):
    """A mentor writes from an item: the item, the families chosen so far, the text once it is written."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    account_id: int = Field(foreign_key="account.id", sa_type=BigInteger, index=True)
    item_id: int | None = Field(default=None, foreign_key="checklist_item.id", sa_type=BigInteger)
    chosen: str = "[]"
    """JSON list of guardianship ids."""
    sealed_text: bytes | None = None
    step: str
    """families, text, ready."""
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
