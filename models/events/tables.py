"""The tables of events. Times are milliseconds since 1970 unless something else is said.

What people wrote is sealed. Who came and what was thought of it are kept for as long as they are needed to add them up,
then only the sums stay (closing.py).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import new_id
from models.events.states import AHEAD, COUNTS, EventState


def _states(*states: EventState) -> str:
    return "state IN ({})".format(", ".join(f"'{one.value}'" for one in states))


_IN_ROTA = f"class_id IS NOT NULL AND {_states(*COUNTS)}"


class Event(SQLModel, table=True):
    """A parent class, an activity, a meeting, a training: one date of it."""

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "in_order"),
        # One a class and month, whoever proposes and however often a button is pressed.
        Index(
            "uq_event_rota",
            "class_id",
            "month",
            unique=True,
            sqlite_where=text(_IN_ROTA),
            postgresql_where=text(_IN_ROTA),
        ),
        Index("ix_event_school", "school_id", "starts_at"),
        Index("ix_event_host", "host_id", "starts_at"),
        Index("ix_event_first", "first_id"),
        # For the clock, which looks every few seconds.
        Index(
            "ix_event_ahead",
            "starts_at",
            sqlite_where=text(_states(*AHEAD)),
            postgresql_where=text(_states(*AHEAD)),
        ),
        Index(
            "ix_event_open",
            "ends_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    kind: str
    """Its code in kinds.csv."""
    state: str
    version: int = 0
    """Rises with everything that is written about it: whoever changes it takes its row first."""
    sequence: int = Field(default=0, sa_type=SmallInteger)
    """Of the calendar file: rises with every change that those who come must hear of."""
    audience: str
    host_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    """The member of staff who answers for it; gives it, unless somebody else is named."""
    speaker_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """A guardian who gives it."""
    sealed_speaker: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The name of somebody from outside who gives it."""
    topic: str = ""
    """A code of topics.csv, or 'own' with `sealed_topic`; empty before it is chosen."""
    sealed_topic: bytes | None = Field(default=None, sa_type=LargeBinary)
    starts_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    form: str = "room"
    sealed_place: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed_link: bytes | None = Field(default=None, sa_type=LargeBinary)
    capacity: int | None = None
    """How many people there is room for; empty: enough."""
    first_id: int | None = Field(default=None, foreign_key="event.id", sa_type=BigInteger)
    """The session of which this is another date: whoever comes to one does not come to the other."""
    class_id: int | None = Field(default=None, foreign_key="school_class.id", sa_type=BigInteger)
    """Of the rota: the class whose class of `month` this is. All classes that are invited stand in EventClass."""
    month: date | None = None
    pupil_id: int | None = Field(default=None, foreign_key="pupil.id", sa_type=BigInteger)
    """About whom a consultation is."""
    remind_minutes: int | None = Field(default=None, sa_type=SmallInteger)
    """How long before it the last reminder is due; empty: as the school has set."""
    vote: str = ""
    """The topics that guardians choose among, space-separated."""
    vote_until: int | None = Field(default=None, sa_type=BigInteger)
    topic_asked_at: int | None = Field(default=None, sa_type=BigInteger)
    """When who gives it was last asked for the topic."""
    held_asked_at: int | None = Field(default=None, sa_type=BigInteger)
    questions_asked_at: int | None = Field(default=None, sa_type=BigInteger)
    absence_told: int | None = Field(default=None, sa_type=BigInteger)
    """The absence of its host of which the chief mentor was told."""
    counted: int | None = None
    """How many came, as who gave it says."""
    people: int = 0
    """After closing: how many came."""
    signed_up: int = 0
    """After closing: how many people had said that they come or take part online."""
    answers: int = 0
    help_sum: int = 0
    """The first question of feedback as it may be shown: of so many people, the sum. It moves with every five more of them."""
    use_answers: int = 0
    use_sum: int = 0
    """The second one in the same way: of so many people, how many can use it at home."""
    changed_at: int | None = Field(default=None, sa_type=BigInteger)
    """When something changed of which those who come were told: a reminder that was due before is not made up for."""
    created_by: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    """From then on only sums are kept."""


class EventClass(SQLModel, table=True):
    """A class that is invited."""

    __tablename__: ClassVar[str] = "event_class"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigInteger)
    class_id: int = Field(primary_key=True, foreign_key="school_class.id", sa_type=BigInteger, index=True)


class EventGuest(SQLModel, table=True):
    """Somebody who was chosen one by one."""

    __tablename__: ClassVar[str] = "event_guest"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigInteger)
    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInteger, index=True)


class EventReply(SQLModel, table=True):
    """What somebody has answered."""

    __tablename__: ClassVar[str] = "event_reply"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigInteger)
    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInteger, index=True)
    reply: str
    people: int = Field(default=1, sa_type=SmallInteger)
    """With how many, the person included."""
    since: int = Field(sa_type=BigInteger)
    """Since when it waits, or has said so: the waiting list's order."""
    at: int = Field(sa_type=BigInteger)


class EventHere(SQLModel, table=True):
    """Somebody was there: for the number alone, and gone once it is added up."""

    __tablename__: ClassVar[str] = "event_here"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigInteger)
    account_id: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigInteger)
    people: int = Field(default=1, sa_type=SmallInteger)
    guest: bool = False
    """Was not invited."""
    how: str
    """button, code or link."""
    at: int = Field(sa_type=BigInteger)


class EventQuestion(SQLModel, table=True):
    """A question to who gives it."""

    __tablename__: ClassVar[str] = "event_question"
    __table_args__ = (
        Index("ix_event_question_event", "event_id", "id"),
        # What is kept on somebody (models/rights).
        Index("ix_event_question_person", "person_id"),
    )
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=BigInteger)
    """Who asked: shown to nobody, and forgotten with closing."""
    sealed_text: bytes = Field(sa_type=LargeBinary)
    private: bool = False
    """Answered to the asker alone."""
    sealed_answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    told_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the answer went out, or the question was laid aside."""
    at: int = Field(sa_type=BigInteger)


class EventFeedback(SQLModel, table=True):
    """What somebody thought of it: shown in sums of five and five more, and kept as a sum only after a while."""

    __tablename__: ClassVar[str] = "event_feedback"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    helped: int | None = Field(default=None, sa_type=SmallInteger)
    """1 to 5: did it help?"""
    usable: int | None = Field(default=None, sa_type=SmallInteger)
    """1 to 3: can it be used at home? no, partly, yes."""
    at: int = Field(sa_type=BigInteger)


class EventMaterial(SQLModel, table=True):
    """A file, picture or text for all: the messenger's own id of it, never the file."""

    __tablename__: ClassVar[str] = "event_material"
    __table_args__ = (Index("ix_event_material_event", "event_id", "id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    sealed_piece: bytes = Field(sa_type=LargeBinary)
    """JSON {text, spans, media}."""
    by_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    round: int | None = Field(default=None, sa_type=SmallInteger)
    """With which sending it went to all; empty: it is still to be sent."""
    at: int = Field(sa_type=BigInteger)


class EventTelling(SQLModel, table=True):
    """Something that many are told about an event, and how far that has come: so none is left out and none told twice."""

    __tablename__: ClassVar[str] = "event_telling"
    __table_args__ = (
        Index(
            "ix_event_telling_open",
            "rank",
            "starts_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigInteger)
    what: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    """The event's sequence, or which sending of notes or answers."""
    rank: int = Field(sa_type=SmallInteger)
    """The most pressing first."""
    starts_at: int = Field(sa_type=BigInteger)
    """The event's: within a rank the earlier one goes first."""
    cursor: int = Field(default=0, sa_type=BigInteger)
    """Everybody up to this person has been told."""
    useful_until: int | None = Field(default=None, sa_type=BigInteger)
    begun_at: int = Field(sa_type=BigInteger)
    done_at: int | None = Field(default=None, sa_type=BigInteger)
    queued: int = 0
    """How many messages were queued."""
    late: int = 0
    """How many were not sent because it would have been too late."""
    extra: str = ""
    """What the texts need beside the event: what has changed."""


class EventLog(SQLModel, table=True):
    """What happened to an event, without contents."""

    __tablename__: ClassVar[str] = "event_log"
    __table_args__ = (Index("ix_event_log_event", "event_id", "id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    event_id: int = Field(foreign_key="event.id", sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    actor_id: int | None = Field(default=None, sa_type=BigInteger)
    """Who did it; empty for the clock."""
    what: str


class TopicVote(SQLModel, table=True):
    """A guardian's vote on the topic; gone once it is counted."""

    __tablename__: ClassVar[str] = "topic_vote"
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=BigInteger)
    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInteger)
    topic: str


class EventDraft(SQLModel, table=True):
    """An event that somebody is putting together."""

    __tablename__: ClassVar[str] = "event_draft"
    account_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    id: int = Field(sa_type=BigInteger)
    """For sealing: a draft that is begun anew has another one."""
    sealed_content: bytes = Field(sa_type=LargeBinary)
    at: int = Field(sa_type=BigInteger)


class Rota(SQLModel, table=True):
    """A school's parent classes of a term: when they usually are, and how far the plan has come."""

    __table_args__ = (UniqueConstraint("school_id", "term_id"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    school_id: int = Field(foreign_key="school.id", sa_type=BigInteger)
    term_id: int = Field(foreign_key="term.id", sa_type=BigInteger)
    weekday: int = Field(default=4, sa_type=SmallInteger)
    """0 is Monday."""
    begins: int = Field(default=1140, sa_type=SmallInteger)
    """Minutes after midnight; 19:00."""
    wishes_asked_at: int | None = Field(default=None, sa_type=BigInteger)
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the proposal went to the chief mentors."""
    made_by: int = Field(foreign_key="person.id", sa_type=BigInteger)
    made_at: int = Field(sa_type=BigInteger)


class RotaWish(SQLModel, table=True):
    """A mentor's wish about a month of parent classes."""

    __tablename__: ClassVar[str] = "rota_wish"
    person_id: int = Field(primary_key=True, foreign_key="person.id", sa_type=BigInteger)
    month: date = Field(primary_key=True)
    wish: str
    """prefer or cannot."""


class SpeakerOffer(SQLModel, table=True):
    """A guardian who would give a parent class; the chief mentor of the class says yes or no."""

    __tablename__: ClassVar[str] = "speaker_offer"
    __table_args__ = (Index("ix_speaker_offer_class", "class_id", "state"),)
    id: int = Field(default_factory=new_id, primary_key=True, sa_type=BigInteger)
    class_id: int = Field(foreign_key="school_class.id", sa_type=BigInteger)
    person_id: int = Field(foreign_key="person.id", sa_type=BigInteger)
    sealed_about: bytes = Field(sa_type=LargeBinary)
    state: str
    """open, approved, declined, withdrawn."""
    decided_by: int | None = Field(default=None, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
