"""The Bot API over HTTP: reading a call, the faults it meets, its effect, the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from aiohttp import web

from simulator.faults import AFTER, Rule
from simulator.methods import METHODS, perform
from simulator.parameters import number, read_values
from simulator.refusals import Refused, flood
from simulator.state import Bot, State
from simulator.updates import get_updates
from simulator.webhook import Webhooks

JSON = "application/json"
_UNAUTHORIZED = Refused(401, "Unauthorized")
_NOT_FOUND = Refused(404, "Not Found")


class Api:
    """The Bot API of one state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.webhooks = Webhooks(state)
        self._hooks = {
            "setwebhook": ("setWebhook", self.webhooks.set),
            "deletewebhook": ("deleteWebhook", self.webhooks.delete),
            "getwebhookinfo": ("getWebhookInfo", self.webhooks.info),
        }

    def routes(self) -> list[web.RouteDef]:
        """Calls and downloads."""
        return [web.route("*", "/bot{token}/{method}", self.call), web.get("/file/bot{token}/{path:.+}", self.file)]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """/bot<token>/<method>"""
        found = request.match_info
        state, given = self.state, found["method"]
        bot, name = state.bot(found["token"]), given.lower()
        if bot is None:
            return _answer(_UNAUTHORIZED.status, orjson.dumps(_UNAUTHORIZED.content()))
        fault: Rule | None = None
        if state.faults.rules:
            late, fault = state.faults.meet(name)
            if late:
                await asyncio.sleep(late)
            if fault is not None and fault.kind not in AFTER:
                return self._instead(request, bot, given, fault)
        chat_id: Any = None
        made: Any = None
        error: str | None = None
        try:
            values = await read_values(request)
            chat_id = values.get("chat_id")
            method = METHODS.get(name)
            if method is not None:
                given = method.name
                if not values.keys() <= method.known:
                    state.calls.odd(given, values.keys() - method.known)
                result = perform(method, state, bot, values)
                made = result.get("message_id") if type(result) is dict else None
                body = orjson.dumps({"ok": True, "result": result})
            elif name == "getupdates":
                given = "getUpdates"
                body = await get_updates(state, bot, values, request)
            elif name in self._hooks:
                given, hook = self._hooks[name]
                body = orjson.dumps({"ok": True, "result": await hook(bot, values)})
            else:
                raise _NOT_FOUND
            status = 200
        except Refused as refused:
            status, error = refused.status, refused.text
            body = orjson.dumps(refused.content())
        if isinstance(chat_id, str):
            chat_id = number({"chat_id": chat_id}, "chat_id") or chat_id
        state.calls.note(bot.id, given, status, chat_id=chat_id, error=error, made=made)
        if fault is not None:
            return await _spoiled(request, fault, body, status)
        return _answer(status, body)

    def _instead(self, request: web.Request, bot: Bot, name: str, fault: Rule) -> web.StreamResponse:
        """What a call gets that never had its effect."""
        name = METHODS[name.lower()].name if name.lower() in METHODS else name
        response: web.StreamResponse
        match fault.kind:
            case "http_502_html":
                page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
                response = web.Response(status=502, text=page, content_type="text/html")
            case "http_500":
                refused = Refused(500, "Internal Server Error")
                response = _answer(500, orjson.dumps(refused.content()))
            case "retry_after":
                response = _answer(429, orjson.dumps(flood(fault.retry_after).content()))
            case _:
                _reset(request)
                response = web.Response(status=500)
        self.state.calls.note(bot.id, name, response.status, error=fault.kind)
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        """/file/bot<token>/<path>"""
        bot = self.state.bots.get(request.match_info["token"])
        file = bot.paths.get(request.match_info["path"]) if bot is not None else None
        if file is None:
            return _answer(404, orjson.dumps(_NOT_FOUND.content()))
        return web.Response(body=file.content, content_type="application/octet-stream")


def _answer(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type=JSON)


async def _spoiled(request: web.Request, fault: Rule, body: bytes, status: int) -> web.StreamResponse:
    """What comes of an answer whose call has had its effect."""
    if fault.kind == "half_body":
        response = web.StreamResponse(status=status, headers={"Content-Length": str(len(body)), "Content-Type": JSON})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if request.transport is not None:
            request.transport.close()
        return response
    if fault.kind == "timeout_after":
        await asyncio.sleep(fault.seconds)
    _reset(request)
    return web.Response(status=500)


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
