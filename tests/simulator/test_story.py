"""The page's side: scene, story, events."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from telegram import Bot

from simulator import story
from simulator.client import Person, Telegram
from tests.simulator.conftest import Server

_PEOPLE = [
    {"id": 1001, "first_name": "王芳", "role": {"zh": "妈妈", "en": "Mother"}, "hint": {"zh": "", "en": ""}},
    {"id": 2001, "first_name": "李明", "role": {"zh": "导师", "en": "Mentor"}, "hint": {"zh": "", "en": ""}},
]


def _step(*acts: dict[str, Any], wait: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"zh": "步", "en": "Step", "acts": list(acts), "wait": wait}


async def test_a_story_is_told_step_by_step(ptb: Bot, server: Server, telegram: Telegram, person: Person) -> None:
    steps = [
        _step({"person": 1001, "do": "text", "text": "您好"}, wait={"person": 1001, "contains": ["是谁", "Who"]}),
        _step({"person": 1001, "do": "press", "last_with_button": ["是", "Yes"]}),
        _step({"person": 1001, "do": "reply", "reply_to_last": ["是谁", "Who"], "text": "答"}),
    ]
    await telegram.post("scene", title={"zh": "一天", "en": "A day"}, people=_PEOPLE, story=steps)
    first = asyncio.create_task(telegram.post("story/next"))
    await asyncio.sleep(0.05)
    assert not first.done()
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    second = asyncio.create_task(telegram.post("story/next"))
    await server.call("sendMessage", chat_id=1001, text="Who is it?", reply_markup=markup)
    assert await first == {"step": 1, "of": 3}
    assert await second == {"step": 2, "of": 3}
    assert await telegram.post("story/next") == {"step": 3, "of": 3}
    with pytest.raises(AssertionError, match="the story is told"):
        await telegram.post("story/next")
    updates = await ptb.get_updates()
    assert [one.to_dict().keys() - {"update_id"} for one in updates] == [{"message"}, {"callback_query"}, {"message"}]
    scene = await telegram.get("scene")
    assert (scene["step"], scene["of"], scene["bots"][0]["username"]) == (3, 3, "mentor_demo_bot")


async def test_a_step_that_failed_is_taken_up_where_it_stopped(
    server: Server, telegram: Telegram, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "PATIENCE", 0.1)
    await server.call("sendMessage", chat_id=1001, text="好 of long ago")
    step = _step({"person": 1001, "do": "text", "text": "once"}, wait={"person": 1001, "contains": "好"})
    await telegram.post("scene", people=_PEOPLE, story=[step])
    with pytest.raises(AssertionError, match="did not come"):
        await telegram.post("story/next")
    await server.call("sendMessage", chat_id=1001, text="好")
    assert await telegram.post("story/next") == {"step": 1, "of": 1}
    written = [one for one in (await person.chat())["messages"] if one["text"] == "once"]
    assert len(written) == 1


async def test_the_page_hears_of_everything(server: Server, telegram: Telegram, person: Person) -> None:
    async with server.http.get(f"{server.url}/control/events") as response:
        assert response.content_type == "text/event-stream"
        await response.content.readuntil(b"\n\n")
        sent = (await server.call("sendMessage", chat_id=1001, text="x"))["result"]["message_id"]
        where = {"chat_id": 1001, "message_id": sent}
        await server.call("editMessageText", **where, text="y")
        await server.call("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
        await server.call("sendChatAction", chat_id=1001, action="typing")
        await server.call("deleteMessage", **where)
        await person.blocks()
        heard: list[dict[str, Any]] = []
        while len(heard) < 6:
            line = (await response.content.readuntil(b"\n\n")).decode()
            heard.append(json.loads(line.removeprefix("data: ")))
    assert [one["type"] for one in heard] == ["message", "edit", "reaction", "typing", "delete", "person"]
    assert all((one["bot"], one["person"]) == (700000001, 1001) for one in heard)
    assert heard[0]["message_id"] == sent


async def test_only_what_changed_is_told(server: Server, telegram: Telegram, person: Person) -> None:
    first = (await server.call("sendMessage", chat_id=1001, text="x"))["result"]["message_id"]
    second = (await server.call("sendMessage", chat_id=1001, text="y"))["result"]["message_id"]
    before = (await person.chat())["seq"]
    assert (await person.chat(before))["messages"] == []
    waiting = asyncio.create_task(telegram.get("wait", person=1001, since=before, timeout=5))
    await asyncio.sleep(0.05)
    await server.call("editMessageText", chat_id=1001, message_id=first, text="z")
    assert [one["text"] for one in (await waiting)["messages"]] == ["z"]
    await server.call("deleteMessage", chat_id=1001, message_id=second)
    assert (await person.chat(before))["deleted"] == [second]
