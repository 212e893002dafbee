"""The bot's pages over HTTP: who gets a session, what a session may, what is kept. The page itself: tests/page/test_free.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest

from bot.config import Settings
from bot.launch import session
from bot.pages import FILES
from handlers import say
from handlers.texts import Rich
from models.appointments import availability
from models.unit import Unit
from simulator.client import Person
from tests.conftest import settings_for
from tests.school import MENTOR, ZONE, Bot

EMPTY: dict[str, Any] = {"week": {"visit": [], "hour": []}, "single": []}


@pytest.fixture
def settings(simulator: str, database_url: str) -> Settings:
    return settings_for(simulator, database_url, BOT_WEB__PUBLIC_URL="https://bot.school.example")


@pytest.fixture
async def http(bot: Bot) -> AsyncIterator[aiohttp.ClientSession]:
    assert bot.app is not None
    async with aiohttp.ClientSession(bot.app.web_address) as found:
        yield found


async def launches(bot: Bot, person: Person) -> str:
    """The bot offers the page, the person opens it: the launch data as the page finds it in its address."""

    def offer(unit: Unit) -> None:
        buttons = [[say.Button("打开日历", page="https://bot.school.example/app/free")]]
        payload = say.text(Rich("您什么时候有空？"), buttons=buttons)
        unit.queue(answers=True, bot_id=bot.id, chat_id=person.id, kind=say.TEXT, payload=payload)

    assert bot.app is not None
    await bot.app.in_unit(offer)
    await person.sees("什么时候有空")
    address = await person.opens_page("打开日历", date=bot.clock.now().timestamp())
    return dict(parse_qsl(address.partition("#")[2]))["tgWebAppData"]


async def enters(bot: Bot, http: aiohttp.ClientSession, person: Person) -> dict[str, str]:
    """The header that the page sends once it has its session."""
    async with http.post("/app/session", json={"launch": await launches(bot, person)}) as answer:
        assert answer.status == 200
        return {"Authorization": f"Bearer {(await answer.json())['session']}"}


async def shown(http: aiohttp.ClientSession, who: dict[str, str]) -> tuple[int, Any]:
    async with http.get("/app/free/data", headers=who) as answer:
        return answer.status, await answer.json()


async def saves(http: aiohttp.ClientSession, who: dict[str, str], **what: Any) -> tuple[int, Any]:
    """Puts times there, on top of what is shown."""
    _, found = await shown(http, who)
    body = {"week": found["week"], "single": found["single"], "mark": found["mark"], **what}
    async with http.put("/app/free/data", headers=who, json=body) as answer:
        return answer.status, await answer.json()


def kept(bot: Bot, name: str = "李明") -> list[tuple[Any, ...]]:
    unit = bot.school.unit()
    found = availability.kept(unit, bot.school.ids[name])
    unit.connection.close()
    return [(one.purpose, one.weekday, one.day, one.begins, one.ends, one.free) for one in found]


def today(bot: Bot) -> date:
    return bot.clock.now().astimezone(ZONE).date()


async def test_the_page_and_its_files_tell_nothing_and_are_framed_by_telegram_alone(
    bot: Bot, http: aiohttp.ClientSession
) -> None:
    for path in ("/app/free", *(f"/app/{name}" for name in FILES)):
        async with http.get(path) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
            assert policy.endswith("frame-ancestors https://web.telegram.org https://*.telegram.org")
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "李明" not in await answer.text()
    for path in ("/app/", "/app/free.html", "/app/nothing.js", "/app/..%2Fpages.py", "/app/free/"):
        async with http.get(path) as answer:
            assert answer.status == 404
    async with http.get("/app/free", headers={"Accept-Language": "en-GB,zh;q=0.5"}) as answer:
        assert "<title>When I am free</title>" in await answer.text()


async def test_a_teacher_sees_and_changes_only_what_is_his_own(bot: Bot, http: aiohttp.ClientSession) -> None:
    who = await enters(bot, http, await bot.joined_mentor())
    status, found = await shown(http, who)
    assert (status, found["week"], found["single"]) == (200, {"visit": [], "hour": []}, [])
    assert found["language"] == "zh-CN"
    assert found["today"] == today(bot).isoformat()
    assert all(found["words"].values())
    week = {"visit": [[1, 840, 930], [1, 930, 1020]], "hour": [[0, 970, 1000]]}
    status, answer = await saves(http, who, week=week, person_id=bot.school.ids["周静"])
    assert (status, answer["said"]) == (200, "已保存。每周家访 3 小时，到校面谈 0.5 小时，单独的日子 0 个。")
    assert kept(bot) == [("hour", 0, None, 970, 1000, True), ("visit", 1, None, 840, 1020, True)]
    assert kept(bot, "周静") == []


async def test_the_same_twice_changes_nothing_more(bot: Bot, http: aiohttp.ClientSession) -> None:
    who = await enters(bot, http, await bot.joined_mentor())
    day = (today(bot) + timedelta(days=3)).isoformat()
    single = [
        {"purpose": "visit", "day": day, "free": True, "begins": 600, "ends": 660},
        {"purpose": "visit", "day": day, "free": True, "begins": 660, "ends": 690},
        {"purpose": "hour", "day": day, "free": False, "begins": 0, "ends": 1440},
    ]
    for _ in range(2):
        status, answer = await saves(http, who, single=single)
        assert (status, len(answer["single"])) == (200, 2)
    there = date.fromisoformat(day)
    assert sorted(kept(bot)) == [("hour", None, there, 0, 1440, False), ("visit", None, there, 600, 690, True)]
    assert (await saves(http, who, single=[]))[0] == 200
    assert kept(bot) == []


async def test_what_was_changed_elsewhere_is_not_overwritten_unseen(bot: Bot, http: aiohttp.ClientSession) -> None:
    who = await enters(bot, http, await bot.joined_mentor())
    _, before = await shown(http, who)
    await saves(http, who, week={"visit": [[4, 600, 660]], "hour": []})
    status, answer = await saves(http, who, **EMPTY, mark=before["mark"])
    assert (status, answer["said"]) == (409, "您在聊天里也改过时间，本页还没有保存。再按一次保存，就以本页为准。")
    assert kept(bot) == [("visit", 4, None, 600, 660, True)]
    assert (await saves(http, who, **EMPTY, mark=answer["mark"]))[0] == 200
    assert kept(bot) == []


async def test_as_many_days_as_fit_may_be_changed_for_as_many_others(bot: Bot, http: aiohttp.ClientSession) -> None:
    who = await enters(bot, http, await bot.joined_mentor())
    for first in (availability.MOST + 1, 1):
        single = [
            {
                "purpose": "visit",
                "day": (today(bot) + timedelta(days=first + number)).isoformat(),
                "free": True,
                "begins": 1020,
                "ends": 1080,
            }
            for number in range(availability.MOST)
        ]
        status, answer = await saves(http, who, single=single)
        assert (status, answer["single"]) == (200, single)


WRONG: list[dict[str, Any]] = [
    {"week": {"visit": [[7, 600, 660]], "hour": []}},
    {"week": {"visit": [[1, 660, 600]], "hour": []}},
    {"week": {"visit": [[1, 601, 660]], "hour": []}},
    {"week": {"visit": [[1, 600, 1500]], "hour": []}},
    {"week": {"visit": [[1, 600.0, 660]], "hour": []}},
    {"week": {"visit": [[True, 600, 660]], "hour": []}},
    {"week": {"visit": [["1", "600", "660"]], "hour": []}},
    {"week": {"visit": [[1, 600]], "hour": []}},
    {"week": {"visit": []}},
    {"week": []},
    {"week": None},
    {"week": {"visit": [[1, at, at + 5] for at in range(0, 1440, 10)], "hour": []}},
    {"single": [{"purpose": "other", "day": "2999-01-01", "free": True, "begins": 0, "ends": 60}]},
    {"single": [{"purpose": "visit", "day": "2020-01-01", "free": True, "begins": 0, "ends": 60}]},
    {"single": [{"purpose": "visit", "day": "2999-01-01", "free": True, "begins": 0, "ends": 60}]},
    {"single": [{"purpose": "visit", "day": "soon", "free": True, "begins": 0, "ends": 60}]},
    {"single": [{"purpose": "visit", "day": 5, "free": True, "begins": 0, "ends": 60}]},
    {"single": [{"purpose": "visit"}]},
    {"single": "all of them"},
]


async def test_times_that_are_none_are_refused_and_nothing_is_kept(bot: Bot, http: aiohttp.ClientSession) -> None:
    who = await enters(bot, http, await bot.joined_mentor())
    await saves(http, who, week={"visit": [[4, 600, 660]], "hour": []})
    for wrong in WRONG:
        status, answer = await saves(http, who, **wrong)
        assert (status, answer["said"]) == (422, "有一个时间不对，或者时间太多了，什么都没有保存。"), wrong
    # The week would be right; a day with too many times takes it back.
    day = (today(bot) + timedelta(days=1)).isoformat()
    single = [{"purpose": "visit", "day": day, "free": True, "begins": at, "ends": at + 7} for at in (0, 10)]
    assert (await saves(http, who, week=EMPTY["week"], single=single))[0] == 422
    for content in (b"", b"[]", b"nonsense", b"{" * 5000, b"x" * 70_000):
        async with http.put("/app/free/data", headers=who, data=content) as answer_:
            assert answer_.status == 422
    assert kept(bot) == [("visit", 4, None, 600, 660, True)]


async def test_launch_data_that_is_none_gives_no_session(bot: Bot, http: aiohttp.ClientSession) -> None:
    good = await launches(bot, await bot.joined_mentor())
    changed = good.replace(str(MENTOR), "2002")
    wrong: tuple[Any, ...] = (
        {"launch": changed},
        {"launch": good + "&user=%7B%22id%22%3A2002%7D"},
        {"launch": 5},
        {},
        [],
        "x",
    )
    for given in wrong:
        async with http.post("/app/session", json=given) as answer:
            assert answer.status == 401
            assert (await answer.json())["said"] == "请回到聊天里，再打开一次这个页面。"
    async with http.post("/app/session", data=b"x" * 1_000_000) as answer:
        assert answer.status == 401
    bot.later(minutes=61)
    async with http.post("/app/session", json={"launch": good}, headers={"Accept-Language": "en"}) as answer:
        assert (answer.status, (await answer.json())["said"]) == (
            401,
            "Please go back to the chat and open this page again.",
        )


async def test_without_a_session_of_this_bot_nothing_is_given(bot: Bot, http: aiohttp.ClientSession) -> None:
    mentor = await bot.joined_mentor()
    good = await launches(bot, mentor)
    token, now = bot.settings.telegram.token.get_secret_value(), bot.clock.now()
    mine = session(MENTOR, token, now)
    assert (await shown(http, {"Authorization": f"Bearer {mine}"}))[0] == 200
    others = (good, mine[:-1], mine.replace("2001.", "2002."), session(MENTOR, f"{token[:-1]}B", now))
    for given in ({}, {"Authorization": mine}, *({"Authorization": f"Bearer {one}"} for one in others)):
        status, answer = await shown(http, given)
        assert (status, "再打开一次" in answer["said"]) == (401, True)
        async with http.put("/app/free/data", headers=given, json=EMPTY) as refused:
            assert refused.status == 401
    bot.later(minutes=31)
    assert (await shown(http, {"Authorization": f"Bearer {mine}"}))[0] == 401


async def test_only_teachers_who_have_joined_may_use_it_and_no_longer_than_they_are_there(
    bot: Bot, http: aiohttp.ClientSession
) -> None:
    father, stranger, mentor = await bot.father(), await bot.stranger(language="en"), await bot.joined_mentor()
    await stranger.starts()
    for person, why in (
        (father, "这个页面只给已经加入的老师用。"),
        (stranger, "This page is for teachers who have joined."),
    ):
        who = await enters(bot, http, person)
        status, answer = await shown(http, who)
        assert (status, answer["said"]) == (403, why)
        async with http.put("/app/free/data", headers=who, json=EMPTY) as refused:
            assert refused.status == 403
    who = await enters(bot, http, mentor)
    assert (await shown(http, who))[0] == 200
    bot.school.run("UPDATE person SET ended_at = :now WHERE id = :id", now=1, id=bot.school.ids["李明"])
    assert (await shown(http, who))[0] == 403
