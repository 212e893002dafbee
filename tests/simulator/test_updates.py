"""getUpdates: confirmation, conflicts, kinds; the webhook: secret, order, repetition."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict

from simulator.client import Person, Telegram
from tests.simulator.conftest import Server


async def test_an_update_stays_until_a_higher_offset_confirms_it(ptb: Bot, person: Person) -> None:
    for text in "abc":
        await person.says(text)
    first = await ptb.get_updates(limit=2)
    assert [one.message.text for one in first if one.message] == ["a", "b"]
    assert await ptb.get_updates(limit=2) == first
    rest = await ptb.get_updates(offset=first[-1].update_id + 1)
    assert [one.message.text for one in rest if one.message] == ["c"]
    assert [one.update_id for one in (*first, *rest)] == list(range(first[0].update_id, first[0].update_id + 3))


async def test_a_negative_offset_forgets_all_but_the_last(ptb: Bot, person: Person) -> None:
    for text in "abcd":
        await person.says(text)
    assert [one.message.text for one in await ptb.get_updates(offset=-2) if one.message] == ["c", "d"]
    assert len(await ptb.get_updates()) == 2


async def test_a_long_poll_ends_when_something_comes(ptb: Bot, person: Person) -> None:
    waiting = asyncio.create_task(ptb.get_updates(timeout=10))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await person.says("x")
    assert len(await waiting) == 1
    assert time.monotonic() - began < 8


async def test_the_older_of_two_polls_is_ended(server: Server, ptb: Bot, person: Person) -> None:
    waiting = asyncio.create_task(server.refused("getUpdates", timeout=10))
    await asyncio.sleep(0.3)
    newer = asyncio.create_task(ptb.get_updates(timeout=5))
    assert await waiting == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    await person.says("x")
    assert len(await newer) == 1


async def test_updates_are_kept_for_a_day(ptb: Bot, telegram: Telegram, person: Person) -> None:
    await person.says("old")
    await telegram.forward(86_401)
    await person.says("new")
    assert [one.message.text for one in await ptb.get_updates() if one.message] == ["new"]


async def test_reactions_come_only_to_who_asks_for_them(ptb: Bot, person: Person) -> None:
    sent = await ptb.send_message(1001, "x")
    await person.reacts(sent.message_id, "👍")
    assert await ptb.get_updates(allowed_updates=["message", "message_reaction"]) == ()
    await person.reacts(sent.message_id, "❤")
    update = (await ptb.get_updates())[0]
    assert update.message_reaction is not None
    assert update.message_reaction.new_reaction[0].to_dict() == {"type": "emoji", "emoji": "❤"}
    await person.blocks()
    assert len(await ptb.get_updates(offset=update.update_id + 1, allowed_updates=[])) == 0
    await person.unblocks()
    assert (await ptb.get_updates())[0].my_chat_member is not None


class Hook:
    """A bot's webhook: what it got, and how it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.came = asyncio.Event()
        self.refuse = 0
        self.pause = 0.0
        self.under_way: defaultdict[int, int] = defaultdict(int)
        self.most = 0
        self.overlap = False
        self.answer: dict[str, Any] | None = None

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        chat = update["message"]["chat"]["id"]
        self.under_way[chat] += 1
        self.overlap |= self.under_way[chat] > 1
        self.most = max(self.most, sum(self.under_way.values()))
        await asyncio.sleep(self.pause)
        self.under_way[chat] -= 1
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refuse > 0:
            self.refuse -= 1
            return web.Response(status=500)
        self.got.append(update)
        self.came.set()
        return web.json_response(self.answer) if self.answer else web.Response()

    async def has(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.got) < count:
                self.came.clear()
                await self.came.wait()

    def texts(self, chat: int = 1001) -> list[str]:
        return [one["message"]["text"] for one in self.got if one["message"]["chat"]["id"] == chat]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_what_waits_is_posted_with_the_secret(ptb: Bot, person: Person, hook: Hook) -> None:
    await person.says("before")
    await ptb.set_webhook(hook.url, secret_token="s-1")
    await person.says("after")
    await hook.has(2)
    assert hook.texts() == ["before", "after"]
    assert hook.secrets == {"s-1"}
    info = await ptb.get_webhook_info()
    assert (info.url, info.pending_update_count) == (hook.url, 0)
    with pytest.raises(Conflict, match="use deleteWebhook to delete the webhook first"):
        await ptb.get_updates()


async def test_setting_a_webhook_ends_a_poll(server: Server, ptb: Bot, hook: Hook) -> None:
    waiting = asyncio.create_task(server.refused("getUpdates", timeout=10))
    await asyncio.sleep(0.3)
    await ptb.set_webhook(hook.url)
    assert await waiting == "Conflict: terminated by setWebhook request"


async def test_a_refused_update_is_posted_again_and_keeps_its_place(ptb: Bot, person: Person, hook: Hook) -> None:
    hook.refuse = 3
    await ptb.set_webhook(hook.url)
    for text in "abc":
        await person.says(text)
    await hook.has(3)
    assert hook.texts() == ["a", "b", "c"]
    assert (await ptb.get_webhook_info()).last_error_message == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_chats_are_served_at_once_each_in_order(ptb: Bot, telegram: Telegram, person: Person, hook: Hook) -> None:
    people = [person, *[await telegram.person(number) for number in (1002, 1003, 1004)]]
    for one in people[1:]:
        await one.starts()
    hook.pause = 0.02
    await ptb.set_webhook(hook.url, max_connections=2, drop_pending_updates=True)
    for number in range(5):
        for one in people:
            await one.says(str(number))
    await hook.has(20)
    assert all(hook.texts(one.id) == list("01234") for one in people)
    assert hook.most == 2
    assert not hook.overlap


async def test_a_bot_may_answer_with_a_method(ptb: Bot, person: Person, hook: Hook) -> None:
    hook.answer = {"method": "sendMessage", "chat_id": 1001, "text": "Echo"}
    await ptb.set_webhook(hook.url)
    await person.says("x")
    await person.sees("Echo")


async def test_what_was_not_taken_waits_for_get_updates(server: Server, ptb: Bot, person: Person, hook: Hook) -> None:
    hook.refuse = 1000
    await ptb.set_webhook(hook.url)
    await person.says("x")
    await asyncio.sleep(0.2)
    await ptb.delete_webhook()
    assert [one.message.text for one in await ptb.get_updates() if one.message] == ["x"]
    for values, answer in (
        ({"url": "ftp://x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": hook.url, "secret_token": "a b"}, "secret token contains unallowed characters"),
    ):
        assert await server.refused("setWebhook", **values) == f"Bad Request: {answer}"


async def test_a_fault_posts_an_update_twice(ptb: Bot, telegram: Telegram, person: Person, hook: Hook) -> None:
    await telegram.faults({"method": "*", "kind": "duplicate_update", "times": 1})
    await ptb.set_webhook(hook.url)
    await person.says("x")
    await person.says("y")
    await hook.has(3)
    assert hook.texts() == ["x", "x", "y"]
