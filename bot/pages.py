"""The bot's pages in the chat's own web view: files, a session for who has opened one, and when a teacher is free.

The page's address is public and holds nothing. What belongs to a person is given for a session only (bot/launch.py), which
the page sends in a header: no cookie, so no other site can make a browser use it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.config import Settings
from bot.config_values import is_loopback
from bot.database import Database, DatabaseGone
from bot.launch import MOST_BYTES, LaunchRefused, checked, session, session_user
from bot.logs import get_logger
from handlers import free_page
from handlers.free_page import PageRefused
from handlers.texts import language_for, words
from models.unit import Unit
from models.vault import Vault

log = get_logger("pages")
T = TypeVar("T")

FOLDER = Path(__file__).parent / "app_page"
FILES = {
    "free.css": "text/css",
    "free.js": "text/javascript",
    "host.js": "text/javascript",
    "spans.js": "text/javascript",
    "week.js": "text/javascript",
}
"""What is served of the folder, and as what."""
MOST_TIMES = 64 * 1024
"""Bytes of a call that saves: sixty times of each kind are less than ten thousand."""
FRAMES = ("https://web.telegram.org", "https://*.telegram.org")
"""Telegram's clients in a browser show pages in a frame; its apps do not need to be named."""
DEMO_FRAME = "http://127.0.0.1:*"
"""The demo's page of phones, where the pages themselves are this machine's."""


class Pages:
    """The pages of all bots of a process: whose a page is, the signature tells."""

    def __init__(self, config: Settings, vault: Vault, database: Database, clock: Clock) -> None:
        self._tokens = {one.bot_id: one.telegram.token.get_secret_value() for one in config.each()}
        self._vault, self._database, self._clock, self._zone = vault, database, clock, config.school.zone
        self._rules = config.visits.rules()
        self._headers = _headers(config.web.public_url)

    def routes(self) -> list[web.RouteDef]:
        """Pages and what they ask."""
        return [
            web.get("/app/free", self.free),
            web.get("/app/{file}", self.file),
            web.post("/app/session", self._answered(self.session)),
            web.get("/app/free/data", self._answered(self.shown)),
            web.put("/app/free/data", self._answered(self.taken)),
        ]

    async def free(self, request: web.Request) -> web.Response:
        """The page itself, with the few words that it needs before it knows whom it speaks to."""
        language = _language(request)
        before = {key.removeprefix("page."): words(language, key) for key in free_page.BEFORE}
        text = _template().render(language=language.replace("_", "-"), words=before)
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=self._headers)

    async def file(self, request: web.Request) -> web.Response:
        """Its script and style."""
        name = request.match_info["file"]
        if name not in FILES:
            return web.Response(status=404, headers=self._headers)
        return web.Response(text=_text_of(name), content_type=FILES[name], charset="utf-8", headers=self._headers)

    async def session(self, request: web.Request) -> Any:
        """{"launch": the launch data as it stands in the address}: answers a session for half an hour."""
        given = await _body(request, 2 * MOST_BYTES)
        launch = given.get("launch") if isinstance(given, dict) else None
        now = self._clock.now()
        why = LaunchRefused("no bot")
        for token in self._tokens.values():
            try:
                who = checked(launch if isinstance(launch, str) else "", token, now)
            except LaunchRefused as refused:
                why = refused
            else:
                return {"session": session(who.user_id, token, now)}
        log.debug("launch data was refused", why=str(why))
        raise PageRefused(401, words(_language(request), "page.reopen"))

    async def shown(self, request: web.Request) -> Any:
        """When the teacher is free."""
        bot_id, user_id = self._user(request)

        def work(connection: Connection) -> Any:
            return free_page.shown(self._unit(connection), bot_id, user_id, self._zone, self._rules)

        return await self._database.read(work)

    async def taken(self, request: web.Request) -> Any:
        """Keeps what the page holds instead."""
        bot_id, user_id = self._user(request)
        given = await _body(request, MOST_TIMES)

        def work(connection: Connection) -> Any:
            unit = self._unit(connection)
            found = free_page.taken(unit, bot_id, user_id, self._zone, given)
            unit.finish()
            return found

        return await self._database.write(work)

    def _unit(self, connection: Connection) -> Unit:
        return Unit(connection, self._vault, self._clock.now())

    def _user(self, request: web.Request) -> tuple[int, int]:
        """By which bot the page was opened, and by whose account."""
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        for bot_id, token in self._tokens.items():
            with suppress(LaunchRefused):
                return bot_id, session_user(given if kind == "Bearer" else "", token, self._clock.now())
        raise PageRefused(401, words(_language(request), "page.over"))

    def _answered(
        self, run: Callable[[web.Request], Awaitable[Any]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """What `run` gives, as JSON; where it cannot, {"said": why, in words for the person}."""

        async def handler(request: web.Request) -> web.Response:
            status = 200
            try:
                found = await run(request)
            except PageRefused as refused:
                status, found = refused.status, {"said": refused.said, "mark": refused.mark}
            except (DatabaseGone, SQLAlchemyError) as error:
                log.warning("a page could not be served", error=type(error).__name__)
                status, found = 503, {"said": words(_language(request), "page.later")}
            return web.Response(
                status=status, body=orjson.dumps(found), content_type="application/json", headers=self._headers
            )

        return handler


async def _body(request: web.Request, most: int) -> Any:
    """What was sent, as JSON; None where it is none, or is longer than any page of ours sends."""
    if (request.content_length or 0) > most:
        return None
    content = await request.read()  # aiohttp itself ends above bot.web.MOST_BYTES
    try:
        return orjson.loads(content) if len(content) <= most else None
    except ValueError:
        return None


def _headers(public_url: str) -> dict[str, str]:
    frames = [*FRAMES, *([DEMO_FRAME] if is_loopback(urlsplit(public_url).hostname or "") else [])]
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
        f" form-action 'none'; frame-ancestors {' '.join(frames)}"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }


def _language(request: web.Request) -> str:
    """The browser's first language, for who is not known yet."""
    return language_for(request.headers.get("Accept-Language", "").strip() or None)


@cache
def _text_of(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=select_autoescape()).get_template("free.html")
