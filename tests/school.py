"""A small school for the tests: its people in the database, their phones in the simulator, a bot between them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text
from sqlmodel import Session

from bot.application import Application
from bot.clock import Clock
from bot.config import Settings
from models import joining, people
from models.base import new_id
from models.calendar import Calendar
from models.unit import Unit
from models.vault import Vault
from simulator.client import Person, Telegram

MOTHER, FATHER, OTHER_MOTHER, MENTOR, OTHER_MENTOR, ADMIN, STRANGER = 1001, 1002, 1003, 2001, 2002, 3001, 9001
PHONES = {"王芳": "+8613800000001", "张强": "+8613800000002", "刘敏": "+8613800000003"}

ZONE = ZoneInfo("Asia/Shanghai")


def until_morning(now: datetime) -> timedelta:
    """How far it is to ten in the morning of the next school day: when nobody's hours hold anything back."""
    calendar = Calendar("Asia/Shanghai", {})
    there = now.astimezone(ZONE)
    found = there.replace(hour=10, minute=0, second=0, microsecond=0)
    # Two school days in a row, so that a test that goes on to tomorrow finds one.
    while found <= there or not (
        calendar.is_school_day(found.date()) and calendar.is_school_day(found.date() + timedelta(days=1))
    ):
        found += timedelta(days=1)
    return found - now


def until_thursday(now: datetime) -> timedelta:
    """How far it is to ten in the morning of the next Thursday on which and after which school is held.

    Every test with a bot begins then, whatever the day of the week is on which it is run: what is due in a week or two, on
    Mondays, or not at the weekend, would come to something else on another day.
    """
    found = now + until_morning(now)
    while found.astimezone(ZONE).weekday() != 3:
        found += until_morning(found)
    return found - now


class School:
    """Who is who: 王芳 is the mother of 张小雨 and 张小阳, 张强 the father of 张小雨, 刘敏 the mother of 陈晨.

    李明 mentors the two, 周静 mentors 陈晨, 赵主任 is the admin.
    """

    def __init__(self, engine: Engine, vault: Vault, ahead: timedelta = timedelta()) -> None:
        """`ahead`: by how much its clock is; what it begins with is from that moment."""
        self.engine, self.vault, self.ahead = engine, vault, ahead
        self.now = datetime.now(UTC) + ahead
        self.ids: dict[str, int] = {}
        with Session(engine, expire_on_commit=False) as session:
            self._fill(session)
            session.commit()

    def person(self, session: Session, name: str, staff_number: str | None = None, subject: str | None = None) -> int:
        """Adds a person; answers the row's id."""
        row, phone, vault = new_id(), PHONES.get(name), self.vault
        session.add(
            people.Person(
                id=row,
                school_id=self.ids["school"],
                staff_number=staff_number,
                subject=subject,
                sealed_name=vault.seal("person", row, "name", name),
                name_hash=vault.lookup("name", name),
                sealed_phone=vault.seal("person", row, "phone", phone) if phone else None,
                phone_hash=vault.lookup("phone", phone) if phone else None,
            )
        )
        session.flush()
        self.ids[name] = row
        return row

    def _fill(self, session: Session) -> None:
        now = self.now
        school = people.School(name="实验小学")
        session.add(school)
        session.flush()
        self.ids["school"] = school.id
        stage = people.Stage(school_id=school.id, name="小学")
        session.add(stage)
        session.flush()
        group = people.SchoolClass(school_id=school.id, stage_id=stage.id, grade="五年级", name="2班")
        session.add(group)
        session.flush()
        self.ids["class"] = group.id
        mentor = self.person(session, "李明", "T1", "数学")
        other = self.person(session, "周静", "T2", "语文")
        admin = self.person(session, "赵主任", "T9")
        session.add(people.Role(person_id=mentor, kind="mentor", since=now))
        session.add(people.Role(person_id=other, kind="mentor", since=now))
        session.add(people.Role(person_id=admin, kind="admin", since=now))
        session.add(people.ClassTeam(school_class_id=group.id, chief_mentor_id=mentor, since=now))
        mother, father, third = (self.person(session, name) for name in ("王芳", "张强", "刘敏"))
        for number, name, mentors, guardians in (
            ("S1", "张小雨", mentor, ((mother, "mother"), (father, "father"))),
            ("S2", "张小阳", mentor, ((mother, "mother"),)),
            ("S3", "陈晨", other, ((third, "mother"),)),
        ):
            self.pupil(session, number, name, mentors, guardians)

    def pupil(
        self,
        session: Session,
        number: str,
        name: str,
        mentor: int | None,
        guardians: tuple[tuple[int, str], ...],
    ) -> int:
        """Adds a pupil of the class."""
        row, vault = new_id(), self.vault
        session.add(
            people.Pupil(
                id=row,
                school_id=self.ids["school"],
                school_class_id=self.ids["class"],
                number=number,
                sealed_name=vault.seal("pupil", row, "name", name),
                name_hash=vault.lookup("name", name),
            )
        )
        session.flush()
        self.ids[name] = row
        if mentor is not None:
            session.add(people.Mentorship(pupil_id=row, mentor_id=mentor, since=self.now))
        for person, relation in guardians:
            session.add(people.Guardianship(pupil_id=row, person_id=person, relation=relation, since=self.now))
        return row

    def slips(self, number: str | None = None, days: int = 30) -> list[joining.Slip]:
        """Fresh one-time links."""
        with self.engine.begin() as connection:
            unit = Unit(connection, self.vault, datetime.now(UTC) + self.ahead)
            found = list(joining.make_slips(unit, days=days, number=number))
            unit.finish()
        return found

    def link(self, name: str, number: str) -> str:
        """A fresh link of this person: of a guardian for the pupil with that number, or of staff with it."""
        return next(slip.token for slip in self.slips(number) if slip.name == name)

    def run(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Runs SQL, for what no conversation does yet."""
        file = self.engine.url.database
        if self.engine.dialect.name == "sqlite" and file not in (None, ":memory:") and statement.startswith("SELECT"):
            # The bot's engine would ask for the right to write, and wait in vain for a bot that is writing all the time.
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as looking:
                return looking.execute(statement, values).fetchall()
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    def unit(self) -> Unit:
        """A unit of work on a connection of its own; its caller commits."""
        connection = self.engine.connect()
        connection.begin()
        return Unit(connection, self.vault, datetime.now(UTC) + self.ahead)


class Bot:
    """A running bot and its people."""

    def __init__(self, settings: Settings, school: School, telegram: Telegram) -> None:
        self.settings, self.school, self.telegram = settings, school, telegram
        self.id = int(settings.telegram.token.get_secret_value().partition(":")[0])
        self.clock = Clock(until_thursday(datetime.now(UTC)))
        self.app: Application | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts it and waits until it is ready, and has looked for the first time what is due: that never falls into a test."""
        self.app = Application(self.settings, self.school.vault, clock=self.clock)
        begin, looking = self.app.ticks.start, list[asyncio.Task[None]]()

        def noted() -> list[asyncio.Task[None]]:
            looking.extend(begin())
            return list(looking)

        with patch.object(self.app.ticks, "start", noted):
            self._task = asyncio.create_task(self.app.run())
            while self.app.health.problems():
                if self._task.done():
                    self._task.result()
                    raise AssertionError("the bot ended before it was ready")
                await asyncio.sleep(0.01)
        if looking:
            # Not for ever: another process may hold the clock.
            await asyncio.wait(looking, timeout=5)

    async def stop(self) -> None:
        """Stops it as SIGTERM does."""
        if self.app is not None and self._task is not None:
            self.app.end()
            await self._task
            self.app = None

    async def settled(self, seconds: float = 60.0) -> None:
        """Waits until the bot has handled all that came in, and has sent all that is due: then what stands in a chat may be
        counted, and what is not there does not come."""
        async with asyncio.timeout(seconds):
            while await self._has_to_do():  # noqa: ASYNC110 - rows say it
                await asyncio.sleep(0.02)

    async def _has_to_do(self) -> bool:
        if (await self.telegram.stats())["pending"].get(str(self.id)):
            return True
        open_ones = self.school.run(
            "SELECT id FROM inbox WHERE state = 'new' AND bot_id = :bot"
            " UNION ALL SELECT id FROM outbox WHERE bot_id = :bot"
            " AND (state = 'sending' OR state = 'waiting' AND due_at <= :now) LIMIT 1",
            bot=self.id,
            now=self.clock.now_ms(),
        )
        return bool(open_ones)

    def later(self, **by: float) -> None:
        """Moves the bot's clock."""
        self.clock.offset += timedelta(**by)

    async def person(self, number: int, name: str, language: str | None = "zh-hans") -> Person:
        """Somebody's phone."""
        return await self.telegram.person(number, name, language, bot=self.id)

    async def stranger(self, number: int = STRANGER, language: str | None = "zh-hans") -> Person:
        """Somebody of whom the school knows nothing."""
        return await self.person(number, "路人", language)

    async def joined_mentor(self, number: int = MENTOR, name: str = "李明", staff_number: str = "T1") -> Person:
        """A mentor who has joined."""
        mentor = await self.person(number, name)
        await mentor.starts(self.school.link(name, staff_number))
        await mentor.sees("对吗")
        await mentor.presses("是，是我")
        await mentor.sees("我的家庭")
        return mentor

    async def joined_admin(self) -> Person:
        """The admin, joined."""
        admin = await self.person(ADMIN, "赵主任")
        await admin.starts(self.school.link("赵主任", "T9"))
        await admin.sees("对吗")
        await admin.presses("是，是我")
        await admin.sees("您是管理员")
        return admin

    async def joined_guardian(self, number: int, name: str, *pupils: str, language: str | None = "zh-hans") -> Person:
        """A guardian who has joined for the pupils with these numbers."""
        guardian = await self.person(number, name, language)
        yes, agree, done = ("是，是我", "同意", "好了") if language != "en" else ("Yes", "I agree", "Done")
        for count, pupil in enumerate(pupils):
            await guardian.starts(self.school.link(name, pupil))
            await guardian.sees("对吗" if language != "en" else "guardian of")
            await guardian.presses(yes)
            if count == 0:
                await guardian.sees("您同意吗" if language != "en" else "Do you agree")
                await guardian.presses(agree)
            await guardian.sees(done)
        return guardian

    async def father(self) -> Person:
        """张强, father of 张小雨, joined."""
        return await self.joined_guardian(FATHER, "张强", "S1")

    async def mother(self) -> Person:
        """王芳, mother of 张小雨 and 张小阳, joined for both."""
        return await self.joined_guardian(MOTHER, "王芳", "S1", "S2")
