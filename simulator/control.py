"""The control side: playing people, reading what they see, faults, limits, the clock, the page and its story."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from simulator.acts import BadAct
from simulator.events import Events
from simulator.methods.files import picture_type
from simulator.methods.settings import menu
from simulator.more_acts import act, add_people
from simulator.state import Bot, Chat, State
from simulator.story import changed, scene_view, set_scene, tell_next
from simulator.webhook import Webhooks

PAGE = Path(__file__).parent / "page"
_LONGEST_WAIT = 60.0
_MOST_CALLS = 100_000


def _json(content: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json")


def view(bot: Bot, chat: Chat, since: int) -> dict[str, Any]:
    """What a phone shows of the chat: what changed after `since` only. Its cost is that of what changed."""
    found = []
    for message_id in reversed(chat.touched):
        if chat.touched[message_id] <= since:
            break
        found.append(chat.messages[message_id])
    found.sort(key=lambda message: message.id)
    gone = []
    for seq, message_id in reversed(chat.deleted):
        if seq <= since:
            break
        gone.append(message_id)
    return {
        "messages": [message.view() for message in found],
        "deleted": gone[::-1],
        "menu": menu(bot, chat),
        "topics": {str(key): one["name"] for key, one in chat.topics.items()},
        "keyboard": chat.keyboard,
        "blocked": chat.blocked,
        "started": chat.started,
        "toasts": [one for one in chat.toasts[-100:] if one["seq"] > since],
        "ids": list(chat.messages) if since == 0 else None,
        "seq": chat.seq,
    }


class Control:
    """The control API of one state."""

    def __init__(self, state: State, webhooks: Webhooks) -> None:
        self.state, self.webhooks = state, webhooks
        self.events = Events(state)
        self._telling = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """All its routes."""
        return [
            *(web.post(f"/control/{path}", _posted(run)) for path, run in self._posts().items()),
            web.get("/control/chat", _asked(self.chat)),
            web.get("/control/wait", _asked(self.wait)),
            web.get("/control/calls", _asked(self.calls)),
            web.get("/control/stats", _asked(self.stats)),
            web.get("/control/scene", _asked(self.scene)),
            web.get("/control/clock", _asked(self.ahead)),
            web.get("/control/events", self.events.listen),
            web.get("/control/file/{id}", self.file),
        ]

    def _posts(self) -> dict[str, Callable[[dict[str, Any]], Awaitable[Any]]]:
        return {
            "reset": self.reset,
            "people": self.people,
            "bots": self.bots,
            "act": self.act,
            "acts": self.acts,
            "faults": self.faults,
            "limits": self.limits,
            "clock": self.clock,
            "scene": self.set_scene,
            "story/next": self.next_step,
        }

    async def reset(self, _body: dict[str, Any]) -> Any:
        """Forgets everything; ids of updates and messages go on from where they were."""
        await self.webhooks.close()
        self.state.reset()
        return {}

    async def people(self, body: dict[str, Any]) -> Any:
        """{"people": [...]}: adds or changes accounts."""
        add_people(self.state, body["people"])
        return {}

    async def bots(self, body: dict[str, Any]) -> Any:
        """{"bots": [{"id", "username", "first_name"}]}: names of bots that are there."""
        for one in body["bots"]:
            bot = self.state.bot_by_id(one.get("id"))
            if bot is None:
                raise BadAct(f"no such bot: {one.get('id')}")
            bot.username = str(one.get("username") or bot.username)
            bot.first_name = str(one.get("first_name") or bot.first_name)
        return {}

    async def act(self, body: dict[str, Any]) -> Any:
        """One act of a person."""
        return act(self.state, body)

    async def acts(self, body: dict[str, Any]) -> Any:
        """{"acts": [...]}: many; each answered by itself."""
        answers: list[Any] = []
        for one in body["acts"]:
            try:
                answers.append(act(self.state, one))
            except BadAct as error:
                answers.append({"error": str(error)})
        return {"answers": answers}

    async def faults(self, body: dict[str, Any]) -> Any:
        """{"rules": [...], "seed": 1}: these faults and no others."""
        self.state.faults.set(body.get("rules") or [], int(body.get("seed", 1)))
        return {}

    async def limits(self, body: dict[str, Any]) -> Any:
        """Flood limits."""
        self.state.limits.set(body)
        return {}

    async def clock(self, body: dict[str, Any]) -> Any:
        """{"forward": seconds}: this Telegram's clock goes ahead; presses and updates grow old."""
        self.state.ahead += max(float(body.get("forward", 0)), 0)
        self.state.tell({"type": "scene"})
        return {"ahead": self.state.ahead}

    async def ahead(self, _query: dict[str, str]) -> Any:
        """By how many seconds this Telegram's clock is ahead: what else runs beside it can follow."""
        return {"ahead": self.state.ahead}

    async def set_scene(self, body: dict[str, Any]) -> Any:
        """Puts people and a story on the page."""
        set_scene(self.state, body)
        return {}

    async def next_step(self, _body: dict[str, Any]) -> Any:
        """Tells the next step of the story; two who ask at once are served one after the other."""
        async with self._telling:
            return await tell_next(self.state)

    def _which(self, query: dict[str, str]) -> tuple[Bot, Chat]:
        bot = self.state.bot_by_id(int(query["bot"]) if query.get("bot") else None)
        if bot is None:
            raise BadAct("no such bot; give its id where there are several")
        number = int(query.get("person") or 0)
        if number in bot.chats:
            return bot, bot.chats[number]
        person = self.state.people.get(number)
        if person is None:
            raise BadAct(f"no such person: {number}")
        return bot, self.state.chat(bot, person)

    async def chat(self, query: dict[str, str]) -> Any:
        """What a person sees."""
        return view(*self._which(query), int(query.get("since") or 0))

    async def wait(self, query: dict[str, str]) -> Any:
        """The same, as soon as something after `since` is there."""
        bot, chat = self._which(query)
        since = int(query.get("since") or 0)
        deadline = time.monotonic() + min(float(query.get("timeout") or 10), _LONGEST_WAIT)
        while chat.seq == since and not bot.gone and await changed(chat, deadline):
            pass
        # A since beyond the present is one from before a reset: everything is told again.
        return view(bot, chat, since if since <= chat.seq else 0)

    async def calls(self, query: dict[str, str]) -> Any:
        """The bots' calls after the nth."""
        return {"calls": self.state.calls.since(int(query.get("since") or 0), int(query.get("most") or _MOST_CALLS))}

    async def stats(self, _query: dict[str, str]) -> Any:
        """Counts."""
        state = self.state
        return {
            "calls": state.calls.total,
            "counts": state.calls.counts,
            "methods": state.calls.by_method(),
            "unknown_parameters": state.calls.unknown,
            "sends_per_second": state.calls.sends_a_second(),
            "pending": {str(bot.id): len(bot.updates) for bot in state.bots.values()},
            "bots": [{"id": bot.id, "username": bot.username} for bot in state.bots.values()],
            "flood": {
                str(bot.id): {"taken": bot.flow.taken, "refused": bot.flow.refused, "billed": bot.flow.billed}
                for bot in state.bots.values()
            },
            "faults": [{"method": one.method, "kind": one.kind, "met": one.met} for one in state.faults.rules],
        }

    async def scene(self, _query: dict[str, str]) -> Any:
        """The scene, or null."""
        return scene_view(self.state)

    async def file(self, request: web.Request) -> web.Response:
        """GET /control/file/<file_id>: a file of a message, for the page."""
        file_id = request.match_info["id"]
        for bot in self.state.bots.values():
            file = bot.files.get(file_id)
            if file is not None:
                # A page of this address must never run what somebody uploaded.
                # What its bytes say counts, not its name: only a picture is served as one.
                kind = (picture_type(file.content) if file.kind == "photo" else None) or "application/octet-stream"
                safe = {
                    "X-Content-Type-Options": "nosniff",
                    "Content-Security-Policy": "default-src 'none'",
                    "Cache-Control": "private, max-age=31536000, immutable",
                }
                return web.Response(body=file.content, content_type=kind, headers=safe)
        return _json({"error": "no such file"}, 404)


def _posted(run: Callable[[dict[str, Any]], Awaitable[Any]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = orjson.loads(raw) if raw else {}
            if not isinstance(body, dict):
                raise BadAct("expected an object")
            return _json(await run(body))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return _refusal(error)

    return handler


def _asked(run: Callable[[dict[str, str]], Awaitable[Any]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        try:
            return _json(await run(dict(request.query)))
        except (ValueError, TypeError, KeyError) as error:
            return _refusal(error)

    return handler


def _refusal(error: Exception) -> web.Response:
    if isinstance(error, KeyError):
        return _json({"error": f"missing: {error.args[0]}"}, 400)
    return _json({"error": str(error) or type(error).__name__}, 400)


async def index(_request: web.Request) -> web.StreamResponse:
    """The page."""
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})
