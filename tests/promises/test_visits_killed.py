"""kill -9 while sixty families choose times and some call theirs off: every press is answered, rows and chats say the same."""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlmodel import Session

from bot.config import Settings
from bot.database import open_engine
from handlers import telling
from models.appointments import availability
from models.appointments.rules import VisitRules
from models.appointments.states import Purpose
from models.base import to_ms
from simulator.client import Person, Telegram
from tests import chaos
from tests.appointments import crowd, reckoned
from tests.appointments.crowd import Family
from tests.appointments.reckoned import Facts, Seen
from tests.appointments.town import ZONE
from tests.school import School

FAMILIES, MENTORS, KILLS, SLOTS = 60, 4, 5, 10
PATIENCE = 120.0
TAKE, MENU, CANCEL, SURE = "就约这个时间", "改时间、取消等", "取消", "取消这次"
_TIME = re.compile(r"\d:\d\d")
AGREED, REFUSED, NONE_LEFT, CALLED_OFF = "约好了", "已经被约走了。这些还空着", "暂时没有空的时间", "已取消"


class Town(chaos.Town):
    """Four mentors with ten quarters of an hour each, and fifteen families for these, all with a button in their chat."""

    def _fill(self, school: School) -> None:
        self.mentors = [crowd.FIRST - 1 - number for number in range(MENTORS)]
        with Session(school.engine) as session:
            mentors = [
                crowd.joined(session, school, self.bot_id, user, f"导师{user}", f"M{user}") for user in self.mentors
            ]
            session.commit()
        day = (datetime.now(UTC) + timedelta(days=3)).date()
        unit = school.unit()
        for mentor in mentors:
            availability.add_day(unit, mentor, "hour", day, 10 * 60, 10 * 60 + 15 * SLOTS, free=True)
        unit.finish()
        unit.connection.commit()
        unit.connection.close()
        self.families = crowd.families(school, self.bot_id, mentors, FAMILIES, Purpose.HOUR)
        school.run("UPDATE person SET quiet_from = 0, quiet_to = 0")
        school.run(
            "INSERT INTO calendar_day (id, school_id, day, is_school_day, note) VALUES (1, :school, :day, 1, '')",
            school=school.ids["school"],
            day=day.isoformat(),
        )
        begins = to_ms(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))  # ten o'clock there
        claims = [(family, begins + number // MENTORS % SLOTS * 900_000) for number, family in enumerate(self.families)]
        crowd.offer(school, self.bot_id, claims, "school", TAKE)


@dataclass
class Heard:
    """What one family did and saw."""

    family: Family
    said: list[str] = field(default_factory=list)
    when: str = ""
    """The text that said 'agreed'."""


async def shows(person: Person, done: Callable[[str], bool]) -> str:
    """Waits until the newest text with words for it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for one in reversed(await person.reads()):
            if done(one):
                return one
        await asyncio.sleep(0.1)
    raise AssertionError(f"a press was not answered:\n{await person.story()}")


async def lives(person: Person, family: Family, dice: random.Random, seconds: float) -> Heard:
    """Takes the time; who gets it calls it off at times, who does not may take another one."""
    heard = Heard(family)
    await asyncio.sleep(dice.uniform(0, seconds))
    await person.presses(TAKE, timeout=PATIENCE)
    for tries in range(3):
        text = await shows(person, lambda one: any(word in one for word in (AGREED, REFUSED, NONE_LEFT)))
        heard.said.append(next(word for word in (AGREED, REFUSED, NONE_LEFT) if word in text))
        if AGREED in text:
            heard.when = text
            break
        if NONE_LEFT in text or tries == 2 or dice.random() < 0.3:
            return heard
        (choice,) = (one for one in (await person.chat())["messages"] if REFUSED in (one["text"] or ""))
        other = dice.choice([row[0]["text"] for row in choice["buttons"] if _TIME.search(row[0]["text"])])
        await asyncio.sleep(dice.uniform(0, 1))
        await person.presses(other, choice)
        # Refused again the text is the same, and that time stands on no button any more.
        await answered(person, choice, other)
    if heard.said[-1] == AGREED and dice.random() < 0.4:
        await asyncio.sleep(dice.uniform(0, 1))
        await person.presses(MENU)
        await shows(person, lambda one: "现在：" in one)
        await person.presses(CANCEL)
        await shows(person, lambda one: "要取消" in one)
        await person.presses(SURE)
        await shows(person, lambda one: CALLED_OFF in one)
        heard.said.append(CALLED_OFF)
    return heard


async def answered(person: Person, choice: dict[str, Any], name: str) -> None:
    """Waits until the message with the buttons has changed: the button that was pressed is gone."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        now = next(one for one in (await person.chat())["messages"] if one["message_id"] == choice["message_id"])
        if name not in [one["text"] for row in now["buttons"] for one in row]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"a press was not answered:\n{await person.story()}")


@pytest.mark.timeout(400)
async def test_five_kills_while_families_choose_and_call_off() -> None:
    dice, began = random.Random(5), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        async with chaos.simulator() as url, Telegram(url) as telegram:
            town = Town(Path(name), url)
            async with aiohttp.ClientSession() as http, http.get(f"{url}/bot{town.token}/getMe") as answer:
                assert answer.status == 200
            everybody = [*town.mentors, *(one.user_id for one in town.families)]
            phones = {one: await telegram.person(one, f"P{one}", "zh-hans", bot=town.bot_id) for one in everybody}
            await telegram.act_all([{"person": one, "bot": town.bot_id, "do": "start"} for one in everybody])
            process = town.start()
            try:
                acting = asyncio.gather(
                    *(lives(phones[one.user_id], one, random.Random(one.user_id), 8) for one in town.families)
                )
                await shows(phones[town.families[0].user_id], lambda one: "哪个时间方便" in one)
                for _ in range(KILLS):
                    await asyncio.sleep(dice.uniform(0.3, 2.0))
                    process.kill()
                    process.wait()
                    process = town.start()
                heard = await acting
                await _quiet(town)
                texts = {one: await phones[one].reads() for one in everybody}
            finally:
                process.terminate()
                process.wait(15)
            _judge(town, heard, texts)
        print(f"\n{Counter(word for one in heard for word in one.said)} in {time.monotonic() - began:.0f} s")


async def _quiet(town: Town) -> None:
    """Until nothing waits to be handled or to be said."""
    for _ in range(300):
        connection = sqlite3.connect(town.database)
        (waits,) = connection.execute(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new')"
            " + (SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
        ).fetchone()
        connection.close()
        if waits == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("something is still not said")


def _judge(town: Town, heard: list[Heard], texts: dict[int, list[str]]) -> None:
    seen = _rows(town)
    doubled = 0
    for one in heard:
        row = seen.visits[one.family.visit]
        mine = texts[one.family.user_id]
        if one.said[-1] == AGREED:
            assert row.state == "confirmed", "told that it is agreed, and it is not"
            assert telling.when("zh_CN", row.starts_at, ZONE) in one.when, "told another time than is booked"
        else:
            assert row.state == ("cancelled" if one.said[-1] == CALLED_OFF else "invited"), one.said
        files = [text for text in mine if "手机日历" in text]
        if one.said[-1] == AGREED:
            doubled += _once(files, "点开，就加到手机日历里")
        if one.said[-1] == CALLED_OFF:
            doubled += _once(files, "去掉")
    for row in seen.visits.values():
        assert row.state in ("invited", "confirmed", "cancelled")
        assert row.confirmed_at is None or row.state != "invited"
    taken = Counter((row.mentor_id, row.starts_at) for row in seen.holding)
    assert max(taken.values()) == 1
    assert len(taken) == sum(1 for one in heard if one.said[-1] == AGREED) > MENTORS
    # Each mentor hears of each time that was agreed with one of the families, and of each that was called off.
    users = dict(zip(dict.fromkeys(one.mentor for one in town.families), town.mentors, strict=True))
    for number, family in enumerate(town.families):
        row, told = seen.visits[family.visit], texts[users[family.mentor]]
        # What was called off before it was told is not told any more.
        if row.state == "confirmed" or any(f"{AGREED}：孩子{number}（" in text for text in told):
            doubled += _once(told, f"{AGREED}：孩子{number}（")
        if row.state == "cancelled":
            doubled += _once([text for text in told if "）取消了。" in text], f"孩子{number}的")
    assert doubled <= KILLS * Settings().limits.in_flight


def _once(texts: list[str], words: str) -> int:
    """That something was told, and that all but one of it says that it may be a repeat; answers the repeats."""
    found = [text for text in texts if words in text]
    assert found, f"never told: {words}, but {texts}"
    assert len([text for text in found if "可能重复" not in text]) <= 1, found
    return len(found) - 1


def _rows(town: Town) -> Seen:
    """The rows, after everything that must hold of them does."""
    engine = open_engine(f"sqlite:///{town.database}")
    with engine.connect() as connection:
        seen = reckoned.look(connection, to_ms(datetime.now(UTC)))
        aside = connection.exec_driver_sql("SELECT COUNT(*) FROM inbox WHERE state = 'aside'").scalar()
        pupils = connection.exec_driver_sql("SELECT person_id, pupil_id FROM guardianship").all()
    engine.dispose()
    assert aside == 0
    children: dict[int, set[int]] = {}
    for guardian, pupil in pupils:
        children.setdefault(guardian, set()).add(pupil)
    reckoned.check(seen, Facts(VisitRules(), ZONE, children))
    return seen
