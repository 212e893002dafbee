"""The page's scene and its story: each step is a few acts, and what somebody must see before it is done.

Beside what people do, an act may move the clock, {"do": "clock", "until": seconds since 1970}, and wait until somebody
sees something, {"do": "see", "person": …, "contains": …}, or for a while, {"do": "pause", "seconds": …}.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from simulator.acts import BadAct
from simulator.messages import Message
from simulator.more_acts import act, add_people
from simulator.state import Bot, Chat, Scene, State

PATIENCE = 10.0
"""Seconds that a step waits: for a button that it presses, and for what it promises."""


def set_scene(state: State, content: dict[str, Any]) -> None:
    """Puts people and a story on the page. Raises BadAct or KeyError where it is none."""
    content = {"title": {"zh": "", "en": ""}, "story": [], **content}
    if not isinstance(content["story"], list):
        raise BadAct("a story is a list of steps")
    add_people(state, content["people"])
    state.scene = Scene(content)
    state.tell({"type": "scene"})


def scene_view(state: State) -> dict[str, Any] | None:
    """The scene with how far its story is told; None without one."""
    if state.scene is None:
        return None
    bots = [{"id": bot.id, "username": bot.username, "name": bot.user()["first_name"]} for bot in state.bots.values()]
    story = state.scene.content["story"]
    return {**state.scene.content, "step": state.scene.step, "of": len(story), "bots": bots, "ahead": state.ahead}


async def tell_next(state: State) -> dict[str, Any]:
    """Tells the story's next step. Raises BadAct where something of it cannot be done or does not come.

    A step that failed is taken up where it stopped: acts that were done are not done again.
    """
    scene = state.scene
    if scene is None or scene.step >= len(scene.content["story"]):
        raise BadAct("the story is told")
    story = scene.content["story"]
    step = story[scene.step]
    acts, wait = step.get("acts") or [], step.get("wait")
    chat = _chat(state, wait) if wait else None
    if chat is not None and scene.acted == 0:
        scene.before = chat.seq
    for one in acts[scene.acted :]:
        await _patiently(state, one)
        scene.acted += 1
    if chat is not None and not await _seen(chat, wait, scene.before):
        raise BadAct(f"what this step waits for did not come: {wait['contains']}")
    scene.step, scene.acted = scene.step + 1, 0
    state.tell({"type": "scene"})
    return {"step": scene.step, "of": len(story)}


def _bot(state: State, raw: dict[str, Any]) -> Bot:
    bot = state.bot_by_id(raw.get("bot"))
    if bot is None:
        raise BadAct("no such bot; give its id where there are several")
    return bot


def _chat(state: State, raw: dict[str, Any]) -> Chat:
    person = state.people.get(raw["person"])
    if person is None:
        raise BadAct(f"no such person: {raw['person']}")
    return state.chat(_bot(state, raw), person)


async def _patiently(state: State, raw: dict[str, Any]) -> None:
    """Does an act; a button, or a message to answer, that is not there yet is waited for."""
    if raw.get("do") == "clock":
        _until(state, float(raw["until"]))
        return
    if raw.get("do") == "pause":
        await asyncio.sleep(float(raw["seconds"]))
        return
    if raw.get("do") == "see":
        if not await _seen(_chat(state, raw), raw, 0):
            raise BadAct(f"what this step waits for did not come: {raw['contains']}")
        return
    deadline = time.monotonic() + PATIENCE
    awaited = "last_with_button" in raw or "reply_to_last" in raw
    while True:
        try:
            act(state, raw)
            return
        except BadAct:
            if not awaited or not await changed(_chat(state, raw), deadline):
                raise


def _until(state: State, moment: float) -> None:
    """The scene's clock goes ahead to that moment (seconds since 1970 by the clock that the page shows), never back."""
    base = float(((state.scene.content if state.scene else {}).get("clock") or {}).get("base", 0))
    state.ahead = max(state.ahead, moment - time.time() - base)
    state.tell({"type": "scene"})


async def _seen(chat: Chat, wait: dict[str, Any], before: int) -> bool:
    wanted = [wait["contains"]] if isinstance(wait["contains"], str) else list(wait["contains"])

    def fits(message: Message) -> bool:
        return message.mine and message.seq > before and any(one in message.shown for one in wanted)

    deadline = time.monotonic() + PATIENCE
    while not any(fits(message) for message in chat.messages.values()):
        if not await changed(chat, deadline):
            return False
    return True


async def changed(chat: Chat, deadline: float) -> bool:
    """Waits until something in the chat changes; no after the deadline (of time.monotonic)."""
    future = asyncio.get_running_loop().create_future()
    chat.waiting.append(future)
    try:
        async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
            await future
    except TimeoutError:
        return False
    finally:
        if future in chat.waiting:
            chat.waiting.remove(future)
    return True
