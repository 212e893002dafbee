"""The Bot API over HTTP: reading a call, faults, its effect, the answer; getUpdates and the webhook's pusher."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import ClientSession, ClientTimeout, web

from simulator.entities import Refused, bad
from simulator.faults import AFTER, Rule
from simulator.methods import METHODS, Values
from simulator.state import UPDATE_LIFE, Bot, State

_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
JSON = "application/json"


async def read_values(request: web.Request) -> Values:
    """Parameters of a call: query, JSON, form or multipart; nested ones may come as JSON texts."""
    values: Values = dict(request.query)
    kind = request.content_type
    if kind == JSON:
        raw = await request.read()
        if raw:
            found = orjson.loads(raw)
            if isinstance(found, dict):
                if not values:
                    return found
                values.update(found)
        return values
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                values[name] = (value.filename, value.file.read())
            else:
                values[name] = value
    for name, value in values.items():
        if isinstance(value, str) and value[:1] in "[{":
            with contextlib.suppress(orjson.JSONDecodeError):
                values[name] = orjson.loads(value)
    return values


class Api:
    """The Bot API of one state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._pushers: dict[int, asyncio.Task[None]] = {}

    async def call(self, request: web.Request) -> web.StreamResponse:
        """/bot<token>/<method>"""
        token, name = request.match_info["token"], request.match_info["method"]
        state = self.state
        bot = state.bot(token)
        if bot is None:
            return _answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        method = name.lower()
        fault = state.faults.meet(name) if state.faults.rules else None
        if fault is not None and fault.kind not in AFTER:
            refused = await _before(request, fault)
            if refused is not None:
                self._note(bot, name, None, refused.status, fault.kind, None)
                return refused
        chat_id: Any = None
        made: Any = None
        try:
            values = await read_values(request)
            chat_id = values.get("chat_id")
            if method == "getupdates":
                result: Any = await self._get_updates(bot, values, request)
            elif method in ("setwebhook", "deletewebhook", "getwebhookinfo"):
                result = getattr(self, f"_{method}")(bot, values)
            else:
                run = METHODS.get(method)
                if run is None:
                    raise Refused(404, "Not Found")
                result = run(state, bot, values)
            made = result.get("message_id") if isinstance(result, dict) else None
            status, content = 200, {"ok": True, "result": result}
        except Refused as error:
            status = error.status
            content = {"ok": False, "error_code": status, "description": error.text}
            if error.parameters:
                content["parameters"] = error.parameters
        except (orjson.JSONDecodeError, UnicodeDecodeError):
            status = 400
            content = {"ok": False, "error_code": 400, "description": "Bad Request: can't parse JSON object"}
        if method != "getupdates":
            self._note(bot, name, chat_id, status, content.get("description"), made)
        if fault is not None and fault.kind in AFTER:
            return await _after(request, fault, content)
        return _answer(status, content)

    def _note(self, bot: Bot, name: str, chat_id: Any, status: int, error: Any, made: Any) -> None:
        state = self.state
        state.call_count += 1
        key = f"{name} {status}"
        state.counts[key] = state.counts.get(key, 0) + 1
        state.calls.append(
            {
                "n": state.call_count,
                "bot": bot.id,
                "method": name,
                "chat_id": chat_id,
                "status": status,
                "error": error if status != 200 else None,
                "time": time.time(),
                "message_id": made,
            }
        )

    async def file(self, request: web.Request) -> web.StreamResponse:
        """/file/bot<token>/<path>"""
        bot = self.state.bots.get(request.match_info["token"])
        file_id = request.match_info["path"].rpartition("/")[2]
        if bot is None or file_id not in bot.files:
            return _answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        name, content = bot.files[file_id]
        return web.Response(
            body=content,
            content_type="application/octet-stream",
            headers={"X-File-Name": name.encode("ascii", "replace").decode()},
        )

    # --- getUpdates ---

    async def _get_updates(self, bot: Bot, values: Values, request: web.Request) -> list[dict[str, Any]]:
        if bot.webhook is not None:
            raise Refused(409, _HOOKED)
        allowed = values.get("allowed_updates")
        if isinstance(allowed, list) and allowed:
            bot.allowed = frozenset(str(one) for one in allowed)
        limit = min(max(int(values.get("limit") or 100), 1), 100)
        timeout = min(max(float(values.get("timeout") or 0), 0), 50)
        offset = int(values["offset"]) if values.get("offset") not in (None, "") else None
        bot.poll += 1
        mine = bot.poll
        bot.arrived.set()  # an older call that still waits wakes up and is told of the conflict
        if offset is not None:
            if offset < 0:
                for old in list(bot.updates)[:offset]:
                    del bot.updates[old]
            else:
                while bot.updates and next(iter(bot.updates)) < offset:
                    bot.updates.popitem(last=False)
        deadline = time.monotonic() + timeout
        while True:
            if bot.poll != mine:
                raise Refused(409, _CONFLICT)
            expired = time.monotonic() - UPDATE_LIFE
            while bot.updates and next(iter(bot.updates.values()))[0] < expired:
                bot.updates.popitem(last=False)
            if bot.updates:
                found = []
                for _, raw in bot.updates.values():
                    found.append(raw)
                    if len(found) == limit:
                        break
                repeat = self.state.faults.meet("duplicate_update") if self.state.faults.rules else None
                return found + found[-1:] if repeat is not None else found
            rest = deadline - time.monotonic()
            if rest <= 0 or request.transport is None:
                return []
            bot.arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(rest, 1.0)):
                    await bot.arrived.wait()

    # --- webhook ---

    def _setwebhook(self, bot: Bot, values: Values) -> bool:
        url = str(values.get("url") or "")
        if not url:
            return self._deletewebhook(bot, values)
        if urlsplit(url).scheme not in ("https", "http"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        allowed = values.get("allowed_updates")
        if isinstance(allowed, list) and allowed:
            bot.allowed = frozenset(str(one) for one in allowed)
        if values.get("drop_pending_updates") in (True, "true"):
            bot.updates.clear()
        bot.webhook = {
            "url": url,
            "secret": values.get("secret_token"),
            "max": int(values.get("max_connections") or 40),
        }
        self._stop_pusher(bot)
        self._pushers[bot.id] = asyncio.create_task(self._push(bot))
        return True

    def _deletewebhook(self, bot: Bot, values: Values) -> bool:
        if values.get("drop_pending_updates") in (True, "true"):
            bot.updates.clear()
        bot.webhook = None
        self._stop_pusher(bot)
        return True

    def _getwebhookinfo(self, bot: Bot, _values: Values) -> dict[str, Any]:
        return {
            "url": bot.webhook["url"] if bot.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(bot.updates),
            **({"last_error_message": bot.webhook_error} if bot.webhook_error else {}),
        }

    def _stop_pusher(self, bot: Bot) -> None:
        pusher = self._pushers.pop(bot.id, None)
        if pusher is not None:
            pusher.cancel()

    async def close(self) -> None:
        """Ends the pushers."""
        for pusher in self._pushers.values():
            pusher.cancel()

    async def _push(self, bot: Bot) -> None:
        """Posts updates: those of one person in order, of different people at once; repeats what was not taken."""
        under_way: dict[int, asyncio.Task[None]] = {}
        busy: set[Any] = set()
        async with ClientSession(timeout=ClientTimeout(total=60)) as session, asyncio.TaskGroup() as tasks:
            while bot.webhook is not None:
                hook = bot.webhook
                for update_id, (_, raw) in list(bot.updates.items()):
                    if len(under_way) >= hook["max"]:
                        break
                    owner = _owner(raw)
                    if update_id in under_way or owner in busy:
                        continue
                    busy.add(owner)
                    under_way[update_id] = tasks.create_task(
                        self._post(bot, session, hook, update_id, raw, owner, under_way, busy)
                    )
                bot.arrived.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await bot.arrived.wait()

    async def _post(
        self,
        bot: Bot,
        session: ClientSession,
        hook: dict[str, Any],
        update_id: int,
        raw: dict[str, Any],
        owner: Any,
        under_way: dict[int, asyncio.Task[None]],
        busy: set[Any],
    ) -> None:
        headers = {"Content-Type": JSON}
        if hook["secret"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret"]
        taken = False
        try:
            times = 2 if self.state.faults.rules and self.state.faults.meet("duplicate_update") else 1
            for _ in range(times):
                async with session.post(hook["url"], data=orjson.dumps(raw), headers=headers) as response:
                    taken = 200 <= response.status < 300
                    bot.webhook_error = None if taken else f"Wrong response from the webhook: {response.status}"
        except Exception as error:
            bot.webhook_error = f"Connection failed: {type(error).__name__}"
        if not taken:
            await asyncio.sleep(0.3)
        else:
            bot.updates.pop(update_id, None)
        under_way.pop(update_id, None)
        busy.discard(owner)
        bot.arrived.set()


def _owner(raw: dict[str, Any]) -> Any:
    for part in raw.values():
        if isinstance(part, dict) and isinstance(part.get("from"), dict):
            return part["from"].get("id")
    return raw["update_id"]


def _answer(status: int, content: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(content), content_type=JSON)


async def _before(request: web.Request, fault: Rule) -> web.StreamResponse | None:
    if fault.kind == "latency":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind == "reset_before":
        _reset(request)
        return web.Response(status=500)
    if fault.kind == "http_500":
        return _answer(500, {"ok": False, "error_code": 500, "description": "Internal Server Error"})
    if fault.kind == "http_502_html":
        return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
    if fault.kind == "retry_after":
        return _answer(
            429,
            {
                "ok": False,
                "error_code": 429,
                "description": f"Too Many Requests: retry after {fault.retry_after}",
                "parameters": {"retry_after": fault.retry_after},
            },
        )
    return None


async def _after(request: web.Request, fault: Rule, content: dict[str, Any]) -> web.StreamResponse:
    if fault.kind == "half_body":
        body = orjson.dumps(content)
        response = web.StreamResponse(headers={"Content-Length": str(len(body)), "Content-Type": JSON})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        _reset(request)
        return response
    if fault.kind == "timeout_after":
        await asyncio.sleep(fault.seconds)
    _reset(request)
    return web.Response(status=500)


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
