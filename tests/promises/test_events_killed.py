"""kill -9 while families answer an invitation to few places and two hundred are told of another: rows and chats agree."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import Session

from bot.config import Settings
from handlers import say, telling
from handlers.texts import Rich
from models.base import to_ms
from models.events import events
from models.events.rules import DAY, HOUR
from models.events.states import EventState
from models.standing import Reach
from simulator.client import Person, Telegram
from tests import chaos
from tests.appointments import crowd
from tests.school import School

ANSWERING, TOLD, PLACES, KILLS = 30, 200, 12, 5
PATIENCE = 120.0
COME, CANNOT, TWO = "我们来", "来不了", "2 人"
IS_COME, IS_WAITING, IS_CANNOT = "您选了：来，", "您在候补", "您选了：来不了"


class Town(chaos.Town):
    """A class of two hundred families. Thirty of them have a button for an event with few places; all are to be invited
    to another one as soon as the bot looks."""

    def _fill(self, school: School) -> None:
        guardians = []
        with Session(school.engine) as session:
            host = crowd.joined(session, school, self.bot_id, crowd.FIRST - 1, "李老师", "M1")
            for number in range(TOLD):
                guardian = crowd.joined(session, school, self.bot_id, crowd.FIRST + number, f"家长{number}")
                school.pupil(session, f"F{number}", f"孩子{number}", host, ((guardian, "mother"),))
                guardians.append(guardian)
            session.commit()
        school.run("UPDATE guardianship SET confirmed_at = since")
        school.run("UPDATE person SET quiet_from = 0, quiet_to = 0")
        self.users = dict(zip(guardians, range(crowd.FIRST, crowd.FIRST + TOLD), strict=True))
        now = to_ms(datetime.now(UTC))
        # It is too early for the invitation to this one: it is answered by a button that is there.
        self.small = self._event(school, host, now + 9 * DAY, capacity=PLACES, state=EventState.ANNOUNCED)
        self.large = self._event(school, host, now + 6 * DAY)
        unit = school.unit()
        for user in range(crowd.FIRST, crowd.FIRST + ANSWERING):
            reach = Reach(self.bot_id, user, "zh_CN", True)
            button = telling.named(unit, reach, COME, "evr", self.small, "come", 0)
            payload = say.text(Rich("小活动，来吗"), buttons=[[button]])
            unit.queue(bot_id=self.bot_id, chat_id=user, kind=say.TEXT, payload=payload)
        unit.finish()
        unit.connection.commit()
        unit.connection.close()

    def _event(
        self,
        school: School,
        host: int,
        starts: int,
        *,
        capacity: int | None = None,
        state: EventState = EventState.PLANNED,
    ) -> int:
        unit = school.unit()
        found = events.plan(
            unit,
            school_id=school.ids["school"],
            kind="parent_class",
            state=state,
            host_id=host,
            starts_at=starts,
            ends_at=starts + HOUR,
            actor=None,
            classes=[school.ids["class"]],
            own_topic="大讲座" if capacity is None else "小活动",
            place="礼堂",
            capacity=capacity,
        )
        unit.finish()
        unit.connection.commit()
        unit.connection.close()
        return found


async def shows(person: Person, *words: str) -> str:
    """Waits for a text with one of these words."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for one in reversed(await person.reads()):
            if any(word in one for word in words):
                return one
        await asyncio.sleep(0.1)
    raise AssertionError(f"a press was not answered:\n{await person.story()}")


async def lives(person: Person, dice: random.Random) -> None:
    """Comes; then at times with one more, and at times not after all."""
    await asyncio.sleep(dice.uniform(0, 6))
    await person.presses(COME, timeout=PATIENCE)
    await shows(person, IS_COME, IS_WAITING)
    (card,) = (one for one in (await person.chat())["messages"] if _is_card(one["text"] or ""))
    await asyncio.sleep(dice.uniform(0, 2))
    if dice.random() < 0.3:
        # With no room for two everything stays as it was, and the message too.
        await person.presses(TWO, card["message_id"], timeout=PATIENCE)
        await asyncio.sleep(dice.uniform(0, 2))
    if dice.random() < 0.4:
        await person.presses(CANNOT, card["message_id"], timeout=PATIENCE)
        await shows(person, IS_CANNOT)


def _is_card(text: str) -> bool:
    return "小活动" in text and any(word in text for word in (IS_COME, IS_WAITING, IS_CANNOT))


@pytest.mark.timeout(400)
async def test_five_kills_while_families_answer_and_two_hundred_are_told() -> None:
    dice, began = random.Random(6), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        async with chaos.simulator() as url, Telegram(url) as telegram:
            town = Town(Path(name), url)
            async with aiohttp.ClientSession() as http, http.get(f"{url}/bot{town.token}/getMe") as answer:
                assert answer.status == 200
            users = list(town.users.values())
            await telegram.post(
                "people", people=[{"id": one, "first_name": "家长", "language_code": "zh-hans"} for one in users]
            )
            phones = {one: Person(telegram, one, f"P{one}", town.bot_id) for one in users}
            await telegram.act_all([{"person": one, "bot": town.bot_id, "do": "start"} for one in users])
            process = town.start()
            try:
                acting = asyncio.gather(*(lives(phones[one], random.Random(one)) for one in users[:ANSWERING]))
                for _ in range(KILLS):
                    await asyncio.sleep(dice.uniform(0.5, 2.5))
                    process.kill()
                    process.wait()
                    process = town.start()
                await acting
                await _quiet(town)
                texts = {one: await phones[one].reads() for one in users}
            finally:
                process.terminate()
                process.wait(15)
            said = _judge(town, texts)
        print(f"\n{said} in {time.monotonic() - began:.0f} s")


async def _quiet(town: Town) -> None:
    """Until everything is handled, told and said."""
    for _ in range(600):
        connection = sqlite3.connect(town.database)
        (waits,) = connection.execute(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new')"
            " + (SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
            " + (SELECT COUNT(*) FROM event_telling WHERE done_at IS NULL)"
            " + (SELECT COUNT(*) = 0 FROM event_telling)"
        ).fetchone()
        connection.close()
        if waits == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("something is still not said")


def _judge(town: Town, texts: dict[int, list[str]]) -> Counter[str]:
    connection = sqlite3.connect(town.database)
    replies = connection.execute(
        "SELECT person_id, reply, people FROM event_reply WHERE event_id = ? ORDER BY since, person_id", (town.small,)
    ).fetchall()
    (tellings,) = connection.execute("SELECT queued FROM event_telling WHERE event_id = ?", (town.large,)).fetchall()
    (aside,) = connection.execute("SELECT COUNT(*) FROM inbox WHERE state = 'aside'").fetchone()
    connection.close()
    assert aside == 0
    said: Counter[str] = Counter()
    for person, reply, people in replies:
        mine = texts[town.users[person]]
        said[reply] += 1
        (card,) = (one for one in mine if _is_card(one))
        up = [one for one in mine if "有位子了" in one]
        if reply == "cannot":
            assert IS_CANNOT in card
            continue
        if reply == "waiting":
            assert IS_WAITING in card
            assert not up
            continue
        assert reply == "come"
        if IS_WAITING in card:
            said["moved up"] += 1
            said["repeats"] += _once(up)
        else:
            assert f"{IS_COME}{people} 人" in card
        said["repeats"] += _once([one for one in mine if "加到手机日历" in one])
    assert len(replies) == ANSWERING
    taken = sum(people for _, reply, people in replies if reply == "come")
    first = next((people for _, reply, people in replies if reply == "waiting"), PLACES)
    assert taken <= PLACES < taken + first, "a place was given twice, or stays empty"
    # Everybody was told of the other event; what may have gone out twice says so.
    assert tellings == (TOLD,)
    for user in town.users.values():
        said["repeats"] += _once([one for one in texts[user] if "大讲座" in one])
    assert said["repeats"] <= KILLS * Settings().limits.in_flight
    assert said["moved up"] > 0
    return said


def _once(found: list[str]) -> int:
    """That something was told, at most once for each start of the bot, and that all but one say that it may be a repeat."""
    assert 1 <= len(found) <= KILLS + 1, found
    assert len([one for one in found if "可能重复" not in one]) <= 1, found
    return len(found) - 1
