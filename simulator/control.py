"""The control side: playing people, reading what they see, faults, limits, the page and its story."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from simulator.acts import BadAct, act, add_people
from simulator.methods import menu
from simulator.state import Bot, Chat, State

PAGE = Path(__file__).parent / "page"
_WAIT_FOR_STORY = 10.0
"""Seconds that a step of the story waits for what it promises."""


def _json(content: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json")


def _bad(text: str) -> web.Response:
    return _json({"error": text}, 400)


def view(bot: Bot, chat: Chat, since: int) -> dict[str, Any]:
    """What a person sees in the chat, what changed after `since` only."""
    found = []
    for message_id in reversed(chat.touched):
        if chat.touched[message_id] <= since:
            break
        found.append(chat.messages[message_id])
    found.sort(key=lambda message: int(message["message_id"]))
    return {
        "messages": found,
        "menu": menu(bot, chat),
        "keyboard": chat.keyboard,
        "blocked": chat.blocked,
        "started": chat.started,
        "toasts": [one for one in chat.toasts if one["seq"] > since],
        "ids": list(chat.messages) if since == 0 else None,
        "seq": chat.seq,
    }


class Control:
    """The control API of one state."""

    def __init__(self, state: State) -> None:
        self.state = state

    def routes(self) -> list[web.RouteDef]:
        """All its routes."""
        return [
            web.post("/control/reset", self.reset),
            web.post("/control/people", self.people),
            web.post("/control/act", self.act),
            web.post("/control/acts", self.acts),
            web.get("/control/chat", self.chat),
            web.get("/control/wait", self.wait),
            web.get("/control/calls", self.calls),
            web.get("/control/stats", self.stats),
            web.post("/control/faults", self.faults),
            web.post("/control/limits", self.limits),
            web.get("/control/events", self.events),
            web.post("/control/scene", self.set_scene),
            web.get("/control/scene", self.scene),
            web.post("/control/story/next", self.next_step),
            web.get("/control/file/{id}", self.file),
        ]

    async def reset(self, _request: web.Request) -> web.Response:
        state = self.state
        state.bots.clear()
        state.people.clear()
        state.calls.clear()
        state.counts.clear()
        state.faults.rules = []
        state.scene, state.step, state.call_count = None, 0, 0
        state.limits.enforce = False
        return _json({})

    async def people(self, request: web.Request) -> web.Response:
        add_people(self.state, (await _body(request))["people"])
        return _json({})

    async def act(self, request: web.Request) -> web.Response:
        try:
            return _json(act(self.state, await _body(request)))
        except BadAct as error:
            return _bad(str(error))

    async def acts(self, request: web.Request) -> web.Response:
        answers: list[Any] = []
        for one in (await _body(request))["acts"]:
            try:
                answers.append(act(self.state, one))
            except BadAct as error:
                answers.append({"error": str(error)})
        return _json({"answers": answers})

    def _which(self, request: web.Request) -> tuple[Bot, Chat] | None:
        query = request.query
        bot = self.state.bot_by_id(int(query["bot"]) if query.get("bot") else None)
        person = self.state.people.get(int(query.get("person", 0)))
        if bot is None or person is None:
            return None
        return bot, self.state.chat(bot, person)

    async def chat(self, request: web.Request) -> web.Response:
        found = self._which(request)
        if found is None:
            return _bad("no such bot or person")
        return _json(view(*found, int(request.query.get("since", 0))))

    async def wait(self, request: web.Request) -> web.Response:
        found = self._which(request)
        if found is None:
            return _bad("no such bot or person")
        bot, chat = found
        since = int(request.query.get("since", 0))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(float(request.query.get("timeout", 10)), 60)):
                while chat.seq <= since:
                    await chat.changed.wait()
        return _json(view(bot, chat, since))

    async def calls(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        most = int(request.query.get("most", 100_000))
        found: list[Any] = []
        for one in reversed(self.state.calls):
            if one["n"] <= since or len(found) == most:
                break
            found.append(one)
        return _json({"calls": found[::-1]})

    async def stats(self, _request: web.Request) -> web.Response:
        state = self.state
        return _json(
            {
                "counts": state.counts,
                "pending": {str(bot.id): len(bot.updates) for bot in state.bots.values()},
                "bots": [{"id": bot.id, "username": bot.username} for bot in state.bots.values()],
            }
        )

    async def faults(self, request: web.Request) -> web.Response:
        body = await _body(request)
        try:
            self.state.faults.set(body.get("rules", []), int(body.get("seed", 1)))
        except (ValueError, TypeError) as error:
            return _bad(str(error))
        return _json({})

    async def limits(self, request: web.Request) -> web.Response:
        for name, value in (await _body(request)).items():
            if not hasattr(self.state.limits, name):
                return _bad(f"unknown limit {name}")
            setattr(self.state.limits, name, value)
        return _json({})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events for the page."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.state.listeners.append(waiting.put_nowait)
        try:
            await response.write(b"retry: 500\n\n")
            while True:
                try:
                    async with asyncio.timeout(10):
                        event = await waiting.get()
                    await response.write(b"data: " + orjson.dumps(event) + b"\n\n")
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except (ConnectionError, asyncio.CancelledError):
            return response
        finally:
            self.state.listeners.remove(waiting.put_nowait)

    async def file(self, request: web.Request) -> web.Response:
        """A document that a bot sent, for the page."""
        file_id = request.match_info["id"]
        for bot in self.state.bots.values():
            if file_id in bot.files:
                return web.Response(body=bot.files[file_id][1], content_type="application/octet-stream")
        return _bad("no such file")

    # --- the scene and its story ---

    async def set_scene(self, request: web.Request) -> web.Response:
        self.state.scene, self.state.step = await _body(request), 0
        add_people(self.state, self.state.scene["people"])
        self.state.tell({"type": "scene"})
        return _json({})

    async def scene(self, _request: web.Request) -> web.Response:
        scene = self.state.scene
        if scene is None:
            return _json(None)
        bots = [{"id": bot.id, "username": bot.username} for bot in self.state.bots.values()]
        return _json({**scene, "step": self.state.step, "bots": bots})

    async def next_step(self, _request: web.Request) -> web.Response:
        scene = self.state.scene
        if scene is None or self.state.step >= len(scene["story"]):
            return _bad("the story is told")
        step = scene["story"][self.state.step]
        try:
            for one in step.get("acts", []):
                act(self.state, one)
        except BadAct as error:
            return _bad(str(error))
        if step.get("wait") and not await self._seen(step["wait"]):
            return _bad("what this step waits for did not come")
        self.state.step += 1
        self.state.tell({"type": "scene"})
        return _json({"step": self.state.step, "of": len(scene["story"])})

    async def _seen(self, wait: dict[str, Any]) -> bool:
        bot = self.state.bot_by_id(wait.get("bot"))
        if bot is None:
            return False
        chat = self.state.chat(bot, self.state.people[wait["person"]])
        wanted = [wait["contains"]] if isinstance(wait["contains"], str) else wait["contains"]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_FOR_STORY):
                while True:
                    changed = chat.changed
                    if any(
                        message["from"] == "bot"
                        and any(one in (message.get("text") or message.get("caption") or "") for one in wanted)
                        for message in list(chat.messages.values())[-12:]
                    ):
                        return True
                    await changed.wait()
        return False


async def _body(request: web.Request) -> Any:
    raw = await request.read()
    return orjson.loads(raw) if raw else {}


async def index(_request: web.Request) -> web.StreamResponse:
    """The page."""
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})
