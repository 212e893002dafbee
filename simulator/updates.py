"""getUpdates: long polling, confirmation by offset, and conflicts (Telegram Bot API, getting updates)."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from simulator.parameters import Values, listed, number
from simulator.refusals import Refused
from simulator.state import UPDATE_LIFE, Bot, State

MOST = 100
LONGEST_POLL = 50
_OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_SET = "Conflict: terminated by setWebhook request"
_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


def allow(bot: Bot, values: Values) -> None:
    """Keeps allowed_updates where the call names them; an empty list means the usual ones again."""
    allowed = listed(values, "allowed_updates")
    if allowed is not None:
        bot.allowed = tuple(str(one) for one in allowed)


def expire(state: State, bot: Bot) -> None:
    """Forgets updates that nobody fetched for a day."""
    oldest = state.now() - UPDATE_LIFE
    while bot.updates and next(iter(bot.updates.values())).at < oldest:
        bot.updates.popitem(last=False)


def confirm(bot: Bot, offset: int) -> None:
    """Forgets what is before the offset; a negative one counts from the end."""
    if offset < 0:
        keep = -offset
        while len(bot.updates) > keep:
            bot.updates.popitem(last=False)
    else:
        while bot.updates and next(iter(bot.updates)) < offset:
            bot.updates.popitem(last=False)


def _hooked(bot: Bot) -> bool:
    return bot.push is not None


async def get_updates(state: State, bot: Bot, values: Values, request: web.Request) -> bytes:
    """The answer's whole body. Raises Refused for conflicts.

    1. A newer call of the same bot ends this one while it waits.
    2. What is before `offset` is confirmed and gone, whatever becomes of this answer.
    3. It waits up to `timeout` seconds, or until the client is gone, for something to tell.
    """
    if _hooked(bot):
        raise Refused(409, _WEBHOOK)
    allow(bot, values)
    limit = min(max(number(values, "limit", MOST), 1), MOST)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(max(number(values, "timeout"), 0), LONGEST_POLL)
    bot.poll += 1
    mine = bot.poll
    bot.arrived.set()
    offset = number(values, "offset")
    if offset:
        confirm(bot, offset)
    while True:
        if bot.poll != mine:
            raise Refused(409, _WEBHOOK_SET if _hooked(bot) else _OTHER)
        expire(state, bot)
        if bot.updates:
            bodies = []
            for update in bot.updates.values():
                bodies.append(update.body)
                if len(bodies) == limit:
                    break
            if state.faults.rules and state.faults.repeats("getupdates"):
                bodies.append(bodies[-1])
            return b'{"ok":true,"result":[' + b",".join(bodies) + b"]}"
        rest = deadline - loop.time()
        if rest <= 0 or bot.gone or request.transport is None:
            return b'{"ok":true,"result":[]}'
        bot.arrived.clear()
        # A client that was killed is noticed once a second.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(rest, 1.0)):
                await bot.arrived.wait()
