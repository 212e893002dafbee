"""What comes in: by webhook and by polling, broken, hostile, from groups, forwarded, repeated."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Engine

from bot import logs
from bot.config import Settings
from models.vault import Vault
from simulator.client import Telegram
from tests.conftest import settings_for
from tests.school import FATHER, MENTOR, Bot, School

BROKEN: list[dict[str, Any]] = [
    {"message": []},
    {"message": {"message_id": "x", "date": "never", "chat": 5, "from": {"id": 1}}},
    {"message": {"date": 10**18, "chat": {"id": 1, "type": "private"}, "message_id": 1}},
    {"callback_query": {"id": 1}},
    {"my_chat_member": {}},
    {"message": {"message_id": 1, "from": {"id": 2**70}, "chat": {}, "date": 1}},
]


def counted(rows: list[tuple[object, ...]]) -> dict[str, int]:
    """Rows of (state, count)."""
    return {str(state): int(str(count)) for state, count in rows}


async def test_broken_updates_are_set_aside_and_the_others_go_on(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    for number, update in enumerate(BROKEN):
        await father.act("raw", update=update)
        await father.says(f"第{number}句")
    for number in range(len(BROKEN)):
        await mentor.sees(f"第{number}句")
    states = counted(bot.school.run("SELECT state, COUNT(*) FROM inbox GROUP BY state"))
    assert states["aside"] >= 4
    assert "new" not in states


async def test_updates_that_come_twice_take_effect_once(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.telegram.faults({"method": "duplicate_update", "kind": "duplicate_update", "rate": 1.0})
    for number in range(20):
        await father.says(f"只要一次 {number:02}")
    await mentor.sees("只要一次 19")
    await bot.telegram.faults()
    told = [text for text in await mentor.reads() if "只要一次" in text]
    assert len(told) == len(set(told)) == 20


async def test_the_bot_leaves_groups_and_says_nothing_there(bot: Bot) -> None:
    father = await bot.father()
    await father.act("add_to_group")
    mine: list[dict[str, Any]] = []
    for _ in range(600):
        mine = [one for one in await bot.telegram.calls() if one["bot"] == bot.id]
        if any(one["method"] == "leaveChat" for one in mine):
            break
        await asyncio.sleep(0.05)
    assert any(one["method"] == "leaveChat" and one["status"] == 200 for one in mine)
    assert not [one for one in mine if one["method"] == "sendMessage" and int(one["chat_id"]) < 0]


@pytest.mark.parametrize("command", ["leave", "invites", "cancel", "start", "hours 1:00-2:00"])
async def test_forwarded_commands_do_nothing(bot: Bot, command: str) -> None:
    mentor = await bot.joined_mentor()
    before = bot.school.run("SELECT account_id, hours_from FROM person ORDER BY id")
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": 1}
    await mentor.act("text", text=f"/{command}", forward_origin=origin)
    await mentor.sees("转发来的指令不起作用")
    assert bot.school.run("SELECT account_id, hours_from FROM person ORDER BY id") == before


async def test_a_button_works_for_its_owner_only_and_forged_data_does_nothing(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("在吗")
    copy = await mentor.sees("在吗")
    data = copy["buttons"][0][0]["data"]
    stranger = await bot.stranger()
    await stranger.starts()
    question = await stranger.sees("您好")
    for forged in (data, "leave:AAAAAAAAAAAA", data[:-1] + "!", "x" * 64, ":::", "answer:1:"):
        await stranger.act("press", message_id=question["message_id"], data=forged)
    await stranger.sees_toast("这个按钮已经失效了")
    assert bot.school.run("SELECT COUNT(*) FROM account WHERE answering_thread_id IS NOT NULL") == [(0,)]


@pytest.fixture
async def hooked(simulator: str, database_url: str, school: School, telegram: Telegram, unused_tcp_port: int) -> Bot:
    """A bot that receives by webhook."""
    url = f"http://127.0.0.1:{unused_tcp_port}/hook"
    more = {"MODE": "webhook", "WEBHOOK_URL": url, "WEBHOOK_SECRET": "s3cret"}
    settings = settings_for(
        simulator,
        database_url,
        BOT_WEB__PORT=str(unused_tcp_port),
        **{f"BOT_TELEGRAM__{name}": value for name, value in more.items()},
    )
    return Bot(settings, school, telegram)


async def test_by_webhook_the_same_story_holds_and_a_wrong_secret_is_refused(hooked: Bot) -> None:
    bot = hooked
    await bot.start()
    try:
        mentor, father = await bot.joined_mentor(), await bot.father()
        await father.says("经由 webhook")
        await mentor.sees("经由 webhook")
        url = bot.settings.telegram.webhook_url
        update = {"update_id": 999_999_999, "message": {}}
        async with aiohttp.ClientSession() as http:
            for secret, expected in (("wrong", 403), ("", 403), ("s3cret", 200)):
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                async with http.post(url, json=update, headers=headers) as response:
                    assert response.status == expected
            headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
            async with http.post(url, data=b"x" * (1 << 21), headers=headers) as response:
                assert response.status == 413
    finally:
        await bot.stop()


async def test_ten_thousand_waiting_rows_do_not_hold_up_the_stop(
    simulator: str, sqlite_url: str, vault: Vault, telegram: Telegram
) -> None:
    from bot.database import open_engine

    engine = open_engine(sqlite_url)
    school = School(engine, vault)
    bot = Bot(settings_for(simulator, sqlite_url, BOT_LIMITS__CHAT_PER_SECOND="1"), school, telegram)
    await bot.start()
    father = await bot.father()
    unit = school.unit()
    for number in range(10_000):
        unit.queue(bot_id=bot.id, chat_id=father.id, kind="text", payload=f'{{"text":"{number}"}}')
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await father.sees("0")
    begun = time.monotonic()
    await bot.stop()
    # At one a second they would take hours.
    assert time.monotonic() - begun < 30
    states = counted(school.run("SELECT state, COUNT(*) FROM outbox WHERE kind = 'text' GROUP BY state"))
    assert states["waiting"] + states["sent"] >= 10_000
    assert "sending" not in states
    engine.dispose()


async def test_no_name_body_or_token_reaches_the_logs(
    settings: Settings, engine: Engine, school: School, telegram: Telegram
) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.set_up("DEBUG", "json", stream, uncaught=False)
    try:
        bot = Bot(settings, school, telegram)
        await bot.start()
        mentor = await bot.joined_mentor(MENTOR)
        father = await bot.joined_guardian(FATHER, "张强", "S1")
        await father.says("CANARYBODY 请假")
        await mentor.sees("CANARYBODY")
        await father.act("raw", update={"message": {"text": "CANARYBODY", "message_id": []}})
        await telegram.faults({"method": "sendMessage", "kind": "http_500", "rate": 1.0, "times": 2})
        await father.says("CANARYBODY 再一次")
        await mentor.sees("CANARYBODY 再一次")
        await bot.stop()
    finally:
        await telegram.faults()
        root.handlers[:] = handlers
        root.setLevel(level)
    written = stream.getvalue()
    assert "ready" in written
    token = settings.telegram.token.get_secret_value()
    for secret in ("CANARYBODY", "张强", "张小雨", "13800000002", token, token.partition(":")[2]):
        assert secret not in written
