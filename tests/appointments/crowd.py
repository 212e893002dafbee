"""Many families that have joined, straight into the rows: for what is tried with all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from handlers import say, telling
from handlers.texts import Rich
from models import people
from models.appointments import visits
from models.appointments.states import Purpose, Reply, VisitState
from models.base import new_id
from models.standing import Reach
from tests.school import School

FIRST = 400_000
"""Account ids: one after the other from here."""


@dataclass(frozen=True)
class Family:
    """An invited family of one child."""

    user_id: int
    guardian: int
    visit: int
    mentor: int


def joined(session: Session, school: School, bot_id: int, user_id: int, name: str, staff: str | None = None) -> int:
    """Somebody who has joined; answers the person."""
    account = people.Account(bot_id=bot_id, user_id=user_id, created_at=school.now)
    session.add(account)
    session.flush()
    row = new_id()
    session.add(
        people.Person(
            id=row,
            school_id=school.ids["school"],
            staff_number=staff,
            sealed_name=school.vault.seal("person", row, "name", name),
            name_hash=school.vault.lookup("name", name),
            account_id=account.id,
            joined_at=school.now,
        )
    )
    session.flush()
    if staff is not None:
        session.add(people.Role(person_id=row, kind="mentor", since=school.now))
    return row


def families(school: School, bot_id: int, mentors: list[int], count: int, purpose: Purpose) -> list[Family]:
    """So many families, of these mentors by turns, joined and invited."""
    made = []
    with Session(school.engine, expire_on_commit=False) as session:
        for number in range(count):
            guardian = joined(session, school, bot_id, FIRST + number, f"家长{number}")
            mentor = mentors[number % len(mentors)]
            pupil = school.pupil(session, f"F{number}", f"孩子{number}", mentor, ((guardian, "mother"),))
            made.append((FIRST + number, guardian, pupil, mentor))
        session.commit()
    school.run("UPDATE guardianship SET confirmed_at = since WHERE confirmed_at IS NULL")
    unit, found = school.unit(), []
    for user, guardian, pupil, mentor in made:
        visit, _ = visits.plan(
            unit,
            school_id=school.ids["school"],
            pupil_id=pupil,
            mentor_id=mentor,
            purpose=purpose,
            state=VisitState.INVITED,
            actor=mentor,
        )
        visits.says(unit, visit, guardian, Reply.INVITED)
        found.append(Family(user, guardian, visit, mentor))
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    return found


def offer(school: School, bot_id: int, claims: list[tuple[Family, int]], form: str, name: str) -> None:
    """Puts a message with the button of a time into each family's chat, as the bot would."""
    unit = school.unit()
    for family, at in claims:
        reach = Reach(bot_id, family.user_id, "zh_CN", True)
        button = telling.named(unit, reach, name, "vslot", family.visit, form, at // 60_000)
        payload = say.text(Rich("哪个时间方便？"), buttons=[[button]])
        unit.queue(bot_id=bot_id, chat_id=family.user_id, kind=say.TEXT, payload=payload)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
