"""A school for the bench: classes, mentors, guardians with one child each, all of whom have joined already."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from bot.database import open_engine
from models.base import new_id
from models.people import (
    Account,
    Consent,
    Guardianship,
    Mentorship,
    Person,
    Pupil,
    Role,
    RoleKind,
    School,
    SchoolClass,
    Stage,
)
from models.vault import Vault

GUARDIANS = 400
MENTORS = 40
FIRST_GUARDIAN = 10_001
"""Account ids: one after the other from here."""
FIRST_MENTOR = 20_001
PUPILS_IN_CLASS = 40


def accounts() -> list[int]:
    """Everybody's account id, guardians first."""
    return [FIRST_GUARDIAN + n for n in range(GUARDIANS)] + [FIRST_MENTOR + n for n in range(MENTORS)]


def mentor_of(guardian: int) -> int:
    """The mentor's account to which a guardian's messages go."""
    return FIRST_MENTOR + (guardian - FIRST_GUARDIAN) % MENTORS


def seed(url: str, vault: Vault, bot_id: int) -> None:
    """Writes the school into a database whose tables are there and empty."""
    now = datetime.now(UTC)
    engine = open_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        school = School(name="实验小学")
        session.add(school)
        session.flush()
        stage = Stage(school_id=school.id, name="小学")
        session.add(stage)
        session.flush()
        classes = [
            SchoolClass(school_id=school.id, stage_id=stage.id, grade="五年级", name=f"{number + 1}班")
            for number in range(GUARDIANS // PUPILS_IN_CLASS)
        ]
        session.add_all(classes)
        session.flush()

        def joined(name: str, user_id: int, staff_number: str | None, phone: str | None) -> Person:
            account = Account(bot_id=bot_id, user_id=user_id, created_at=now)
            session.add(account)
            session.flush()
            person_id = new_id()
            person = Person(
                id=person_id,
                school_id=school.id,
                staff_number=staff_number,
                sealed_name=vault.seal("person", person_id, "name", name),
                name_hash=vault.lookup("name", name),
                sealed_phone=vault.seal("person", person_id, "phone", phone) if phone else None,
                phone_hash=vault.lookup("phone", phone) if phone else None,
                account_id=account.id,
                joined_at=now,
            )
            session.add(person)
            return person

        mentors = [joined(f"李明{n}", FIRST_MENTOR + n, f"T{n:03}", None) for n in range(MENTORS)]
        guardians = [joined(f"王芳{n}", FIRST_GUARDIAN + n, None, f"+86138{n:08}") for n in range(GUARDIANS)]
        pupils = []
        for number in range(GUARDIANS):
            pupil_id, name = new_id(), f"张小雨{number}"
            pupils.append(
                Pupil(
                    id=pupil_id,
                    school_id=school.id,
                    school_class_id=classes[number // PUPILS_IN_CLASS].id,
                    number=f"P{number:05}",
                    sealed_name=vault.seal("pupil", pupil_id, "name", name),
                    name_hash=vault.lookup("name", name),
                )
            )
        session.add_all(pupils)
        session.flush()
        for mentor in mentors:
            session.add(Role(person_id=mentor.id, kind=RoleKind.MENTOR.value, since=now))
        for number, (guardian, pupil) in enumerate(zip(guardians, pupils, strict=True)):
            session.add(Consent(person_id=guardian.id, version="1", given_at=now))
            session.add(
                Guardianship(pupil_id=pupil.id, person_id=guardian.id, relation="mother", since=now, confirmed_at=now)
            )
            session.add(Mentorship(pupil_id=pupil.id, mentor_id=mentors[number % MENTORS].id, since=now))
        session.commit()
    engine.dispose()
