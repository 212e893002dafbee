"""Random events, and their counts reckoned a second time: slowly, one row after the other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from models.base import from_ms, new_id, to_ms
from models.events import events, feedback, kinds, signin
from models.events.states import COMING, EventState, Reply
from models.events.tables import Event, EventClass, EventFeedback, EventHere, EventReply
from models.people import Account, Mentorship, Pupil, SchoolClass, Stage, Term
from models.unit import Unit
from tests.school import ZONE, School

PLACE = "Asia/Shanghai"
STATES = [one.value for one in EventState]


@contextmanager
def at(school: School, now: datetime | None = None) -> Iterator[Unit]:
    """A unit of work, committed at its end."""
    with school.engine.begin() as connection:
        unit = Unit(connection, school.vault, now or school.now)
        yield unit
        unit.finish()


def term(school: School, begins: int, ends: int) -> tuple[date, date]:
    """A term around today, in days from it."""
    today = school.now.astimezone(ZONE).date()
    first, last = today + timedelta(days=begins), today + timedelta(days=ends)
    with Session(school.engine) as session:
        session.add(Term(school_id=school.ids["school"], name=f"from {first}", starts_on=first, ends_on=last))
        session.commit()
    return first, last


def another_class(school: School, grade: str) -> int:
    """A further class with two pupils of 李明."""
    with Session(school.engine) as session:
        stage = session.exec(select(Stage)).one()
        group = SchoolClass(school_id=school.ids["school"], stage_id=stage.id, grade=grade, name="1班")
        session.add(group)
        session.flush()
        found = group.id
        for number in range(2):
            row = school.pupil(session, f"{grade}{number}", f"{grade}生{number}", None, ())
            session.add(Mentorship(pupil_id=row, mentor_id=school.ids["李明"], since=school.now))
            pupil = session.get(Pupil, row)
            assert pupil is not None
            pupil.school_class_id = found
        session.commit()
    return found


def accounts(school: School, many: int) -> list[int]:
    """Accounts that can sign in."""
    with Session(school.engine) as session:
        rows = [Account(bot_id=1, user_id=70_000 + number, created_at=school.now) for number in range(many)]
        found = [one.id for one in rows]
        session.add_all(rows)
        session.commit()
    return found


def event(school: School, when: datetime, **more: Any) -> int:
    """An event by its row; `classes` are invited."""
    row = new_id()
    classes = more.pop("classes", [school.ids["class"]])
    own = more.pop("own_topic", "")
    kind = more.get("kind", kinds.CLASS)
    values: dict[str, Any] = {
        "id": row,
        "school_id": school.ids["school"],
        "kind": kind,
        "state": "held",
        "audience": kinds.kind_of(kind).audience.value,
        "host_id": school.ids["李明"],
        "topic": "own" if own else "reading",
        "sealed_topic": school.vault.seal("event", row, "topic", own) if own else None,
        "starts_at": to_ms(when),
        "ends_at": to_ms(when + timedelta(hours=1)),
        "created_at": 1,
    }
    with Session(school.engine) as session:
        session.add(Event(**values | more))
        session.flush()
        session.add_all(EventClass(event_id=row, class_id=one) for one in classes)
        session.commit()
    return row


def settled(school: School, event_id: int) -> None:
    """The sums that are shown follow, as they do with each answer."""
    unit = school.unit()
    feedback.settle(unit, event_id)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def random_events(school: School, dice: random.Random, classes: list[int], many: int, days: tuple[int, int]) -> None:
    """Events of every kind and state between these days from today, with people, replies and feedback."""
    there, people = (
        accounts(school, 12),
        [school.ids[one] for one in ("王芳", "张强", "刘敏", "李明", "周静", "赵主任")],
    )
    for _ in range(many):
        when = (school.now + timedelta(days=dice.randint(*days))).astimezone(ZONE).replace(hour=19, minute=0)
        kind = dice.choice(kinds.every())
        more: dict[str, Any] = {}
        if dice.random() < 0.2:
            more["counted"] = dice.randrange(40)
        if dice.random() < 0.3:
            # Put off by some days: it stays the class of its month.
            more["month"] = (when - timedelta(days=dice.randrange(15))).date().replace(day=1)
        invited = dice.sample(classes, dice.randint(1, len(classes))) if kind.audience == "classes" else []
        row = event(
            school,
            when,
            kind=kind.code,
            state=dice.choice(STATES),
            classes=invited,
            host_id=school.ids[dice.choice(["李明", "周静", "赵主任"])],
            form=dice.choice(["room", "online", "both"]),
            topic=dice.choice(["", "reading", "sleep"]),
            **more,
        )
        with Session(school.engine) as session:
            for account in dice.sample(there, dice.choice([0, 0, 3, 12])):
                session.add(EventHere(event_id=row, account_id=account, people=dice.randint(1, 4), how="button", at=1))
            for number, person in enumerate(dice.sample(people, dice.randrange(7))):
                answer = dice.choice([one.value for one in Reply])
                session.add(EventReply(event_id=row, person_id=person, reply=answer, people=number + 1, since=1, at=1))
            for person in dice.sample(people, dice.choice([0, 4, 5, 6])):
                one = EventFeedback(event_id=row, person_id=person, helped=dice.choice([None, 1, 4, 5]), at=1)
                one.usable = dice.choice([None, 1, 2, 3])
                session.add(one)
            session.commit()
        settled(school, row)


@dataclass
class Reckoned:
    """What an event should be counted as."""

    kind: str
    state: str
    classes: set[int]
    month: date
    people: int | None
    signed_up: int
    answers: int
    helped: float | None
    usable: int | None
    invited: int | None


def reckoned(unit: Unit, school: School, first: date, until: date | None) -> dict[int, Reckoned]:
    """The events that count from a day up to another one, each looked at by itself."""
    session, found = unit.session, {}
    pupils = session.exec(select(Pupil)).all()
    of_class = {one.id: one.school_class_id for one in pupils}
    groups = session.exec(select(Mentorship)).all()
    for row in session.exec(select(Event.id)).all():
        one = events.must(unit, row)
        day = from_ms(one.starts_at).astimezone(ZONE).date()
        if day < first or (until is not None and day >= until):
            continue
        if one.state in ("proposed", "cancelled") or one.kind == "consultation":
            continue
        children = [each.pupil_id for each in groups if each.mentor_id == one.host_id and each.until is None]
        invited = {label for label, _ in events.classes_of(unit, row)}
        number: int | None = sum(1 for each in pupils if each.school_class_id in invited)
        if one.audience == "families":
            invited, number = {of_class[each] for each in children}, len(children)
        if one.audience == "staff":
            number = None
        state = one.state
        if state in ("planned", "announced"):
            state = "ahead" if unit.now_ms < one.ends_at else "unsaid"
        said = feedback.sums(one)
        given = sum(
            one_reply.people
            for one_reply in unit.session.exec(select(EventReply).where(EventReply.event_id == row))
            if one_reply.reply in COMING
        )
        found[row] = Reckoned(
            kind=one.kind,
            state=state,
            classes=invited,
            month=(one.month or day).replace(day=1),
            people=signin.attendance(unit, one),
            signed_up=given,
            answers=said.count,
            helped=said.helped,
            usable=said.usable,
            invited=number,
        )
    return found
