"""A school with rows for booking: mentors who are free, families that are invited, everybody joined; no bot, no phones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from models import people
from models.appointments import availability, visits
from models.appointments.rules import VisitRules
from models.appointments.states import Purpose, Reply, VisitState
from models.base import new_id
from models.calendar import Calendar, is_public_holiday
from models.unit import Unit
from models.vault import Vault
from tests.school import School

ZONE = "Asia/Shanghai"
BOT = 7
RULES = VisitRules(teachers=1)


def a_school_morning() -> datetime:
    """Nine o'clock of a Monday with three weeks of school before it meets a public holiday."""
    place = ZoneInfo(ZONE)
    day = datetime.now(place).date()
    day += timedelta(days=7 - day.weekday())
    calendar = Calendar(ZONE, {})
    while any(
        is_public_holiday(day + timedelta(days=ahead))
        or not calendar.is_school_day(day + timedelta(days=ahead - ahead % 7))
        for ahead in range(23)
    ):
        day += timedelta(days=7)
    return datetime(day.year, day.month, day.day, 9, tzinfo=place).astimezone(UTC)


class Town:
    """Mentors, pupils, guardians: made by the number that a test needs, all of them joined."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.school = School(engine, vault)
        self.engine, self.vault = engine, vault
        self.now = a_school_morning()
        self._accounts = 50_000

    @contextmanager
    def unit(self, now: datetime | None = None, engine: Engine | None = None) -> Iterator[Unit]:
        """A transaction of its own, committed at its end."""
        with (engine or self.engine).begin() as connection:
            unit = Unit(connection, self.vault, now or self.now)
            yield unit
            unit.finish()

    def teacher(self, name: str) -> int:
        """A teacher who has joined."""
        return self._person(name, f"N{name}")

    def guardian(self, name: str) -> int:
        """A guardian who has joined."""
        return self._person(name, None)

    def _person(self, name: str, staff_number: str | None) -> int:
        self._accounts += 1
        row = new_id()
        with Session(self.engine, expire_on_commit=False) as session:
            account = people.Account(bot_id=BOT, user_id=self._accounts, created_at=self.now)
            session.add(account)
            session.flush()
            session.add(
                people.Person(
                    id=row,
                    school_id=self.school.ids["school"],
                    staff_number=staff_number,
                    sealed_name=self.vault.seal("person", row, "name", name),
                    name_hash=self.vault.lookup("name", name),
                    account_id=account.id,
                    joined_at=self.now,
                )
            )
            session.commit()
        return row

    def pupil(self, name: str, mentor: int, *guardians: int) -> int:
        """A pupil with joined guardians."""
        with Session(self.engine, expire_on_commit=False) as session:
            row = self.school.pupil(session, f"P{name}", name, mentor, tuple((one, "mother") for one in guardians))
            session.commit()
        self.school.run("UPDATE guardianship SET confirmed_at = 1 WHERE pupil_id = :pupil", pupil=row)
        return row

    def families(self, count: int, mentor: int, purpose: Purpose = Purpose.VISIT) -> list[tuple[int, int]]:
        """Many families at once, each asked: its appointment and its guardian."""
        made, now = [], self.now
        with Session(self.engine, expire_on_commit=False) as session:
            for number in range(count):
                guardian, pupil = new_id(), new_id()
                sealed, hashed = self.vault.seal("person", guardian, "name", "家长"), self.vault.lookup("name", "家长")
                session.add(
                    people.Person(
                        id=guardian, school_id=self.school.ids["school"], sealed_name=sealed, name_hash=hashed
                    )
                )
                session.add(
                    people.Pupil(
                        id=pupil,
                        school_id=self.school.ids["school"],
                        school_class_id=self.school.ids["class"],
                        number=f"M{pupil}",
                        sealed_name=self.vault.seal("pupil", pupil, "name", f"生{number}"),
                        name_hash=hashed,
                    )
                )
                made.append((pupil, guardian))
            session.flush()
            for pupil, guardian in made:
                session.add(people.Mentorship(pupil_id=pupil, mentor_id=mentor, since=now))
                session.add(
                    people.Guardianship(
                        pupil_id=pupil, person_id=guardian, relation="mother", since=now, confirmed_at=now
                    )
                )
            session.commit()
        found = []
        with self.unit() as unit:
            for pupil, guardian in made:
                visit, _ = visits.plan(
                    unit,
                    school_id=self.school.ids["school"],
                    pupil_id=pupil,
                    mentor_id=mentor,
                    purpose=purpose,
                    state=VisitState.INVITED,
                    actor=mentor,
                )
                visits.says(unit, visit, guardian, Reply.INVITED)
                found.append((visit, guardian))
        return found

    def free(self, person: int, weekday: int, begins: int, ends: int, purpose: Purpose = Purpose.VISIT) -> None:
        """This teacher is free every week at that time."""
        with self.unit() as unit:
            availability.toggle_week(unit, person, purpose, weekday, begins, ends)

    def invite(self, pupil: int, mentor: int, *guardians: int, companion: int | None = None) -> int:
        """An invited family."""
        with self.unit() as unit:
            visit, _ = visits.plan(
                unit,
                school_id=self.school.ids["school"],
                pupil_id=pupil,
                mentor_id=mentor,
                purpose=Purpose.VISIT,
                state=VisitState.INVITED,
                actor=mentor,
                companion_id=companion,
            )
            for one in guardians:
                visits.says(unit, visit, one, Reply.INVITED)
        return visit

    def at(self, days: int, minutes: int) -> int:
        """That minute of a day so many days after the town's Monday, in milliseconds since 1970."""
        there = self.now.astimezone(ZoneInfo(ZONE)).replace(hour=0, minute=0) + timedelta(days=days, minutes=minutes)
        return int(there.timestamp() * 1000)
