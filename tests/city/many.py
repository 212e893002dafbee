"""A city for tests: more schools, pupils, guardians and mentors than the small school has, and the centre."""

from __future__ import annotations

from sqlmodel import Session

from models import people
from models.base import new_id
from simulator.client import Person
from tests.school import Bot, School

CENTRE = 4001
NAMES = ("王芳", "张强", "刘敏", "李明", "周静", "赵主任", "张小雨", "张小阳", "陈晨", "中心老师")
"""What must stand in nothing that the centre gets."""


def centre(school: School) -> int:
    """Somebody of the centre, in the roster of the small school."""
    with Session(school.engine, expire_on_commit=False) as session:
        row = school.person(session, "中心老师", "C1")
        session.add(people.Role(person_id=row, kind="centre", since=school.now))
        session.commit()
    return row


async def joined_centre(bot: Bot) -> Person:
    """The centre, joined."""
    centre(bot.school)
    found = await bot.person(CENTRE, "中心老师")
    await found.starts(bot.school.link("中心老师", "C1"))
    await found.sees("对吗")
    await found.presses("是，是我")
    await found.sees("中心老师")
    await bot.settled()
    return found


def other_school(school: School, name: str) -> int:
    """Another school, with a stage and a class."""
    with Session(school.engine, expire_on_commit=False) as session:
        other = people.School(name=name)
        session.add(other)
        session.flush()
        stage = people.Stage(school_id=other.id, name="小学")
        session.add(stage)
        session.flush()
        session.add(people.SchoolClass(school_id=other.id, stage_id=stage.id, grade="一年级", name="1班"))
        session.commit()
        return int(other.id)


def families(school: School, count: int, *, joined: int = 0, mentor: str = "李明", first: int = 100) -> list[int]:
    """So many more pupils of the small school's class, each with a guardian; of the first ones the guardian has joined.

    Answers the guardians. Their accounts are nobody's phone: what goes to them goes nowhere.
    """
    found = []
    with Session(school.engine, expire_on_commit=False) as session:
        for number in range(count):
            name = f"家长{first + number}"
            guardian = school.person(session, name)
            pupil = school.pupil(
                session, f"N{first + number}", f"孩子{first + number}", school.ids[mentor], ((guardian, "mother"),)
            )
            school.ids[f"pupil of {guardian}"] = pupil
            session.flush()
            if number < joined:
                account = people.Account(
                    id=new_id(), bot_id=1, user_id=900_000 + first + number, created_at=school.now, reachable=True
                )
                session.add(account)
                session.flush()
                row = session.get_one(people.Person, guardian)
                row.account_id, row.joined_at = account.id, school.now
                session.add(row)
            found.append(guardian)
        session.commit()
    if joined:
        for one in found[:joined]:
            school.run(
                "UPDATE guardianship SET confirmed_at = since WHERE person_id = :person",
                person=one,
            )
    return found


def more_mentors(school: School, count: int = 3) -> list[int]:
    """More mentors, each with a pupil."""
    found = []
    with Session(school.engine, expire_on_commit=False) as session:
        for number in range(count):
            mentor = school.person(session, f"导师{number}", f"M{number}", "英语")
            session.add(people.Role(person_id=mentor, kind="mentor", since=school.now))
            guardian = school.person(session, f"家属{number}")
            school.pupil(session, f"P{number}", f"学生{number}", mentor, ((guardian, "mother"),))
            found.append(mentor)
        session.commit()
    return found
