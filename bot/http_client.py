"""The HTTP client under python-telegram-bot: its request class over one aiohttp session (docs/decisions/0003).

What matters beside speed: after an error the caller must know whether the call surely did not reach Telegram, or may
have had its effect. And no error that leaves here holds the address, because the address holds the token.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

READ_TIMEOUT = 20.0
"""Seconds between two bytes of an answer: the library's 5 are too short for a school's network."""
CONNECT_TIMEOUT = 10.0
"""Seconds for name, TCP and TLS."""
POOL_TIMEOUT = 5.0
"""Seconds to wait for one of the kept connections."""

_ADDRESS = re.compile(r"\d+:[\w-]{30,}|(?<=/bot)[^/\s'\"()<>]+")
_ADDRESS_BYTES = re.compile(_ADDRESS.pattern.encode(), re.ASCII)


class NotSent(NetworkError):
    """The request surely had no effect: it never left, or never reached the server."""


class Unknown(NetworkError):
    """The request may have had its effect; its answer is lost or is none of Telegram's."""


class NotSentInTime(NotSent, TimedOut):
    """No connection within the time-out."""


class UnknownInTime(Unknown, TimedOut):
    """Sent, but no answer within the time-out."""


class Outcome(Enum):
    """What an error says about the call."""

    NOT_SENT = "surely not sent"
    UNKNOWN = "may have been sent"
    FLOOD = "too many requests"
    REFUSED_PERSON = "the account cannot be reached"
    REFUSED_FORMAT = "this call will never be taken"
    STOP = "the bot may not call at all"
    MIGRATED = "the chat has another id now"


_UNREACHABLE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "input_user_deactivated",
    "user is deactivated",
    "bot was blocked",
    "bot can't initiate conversation",
)


def outcome_of(error: BaseException) -> Outcome:
    """The class of an error of a Bot API call. What is not known counts as 'may have been sent'."""
    match error:
        case RetryAfter():
            return Outcome.FLOOD
        case ChatMigrated():
            return Outcome.MIGRATED
        case Forbidden():
            return Outcome.REFUSED_PERSON
        case EndPointNotFound():
            # Bot.do_api_request turns 401 into this error too: a revoked token must not look like a bad call.
            cause = error.__cause__
            revoked = isinstance(cause, InvalidToken) and "not found" not in str(cause).lower()
            return Outcome.STOP if revoked else Outcome.REFUSED_FORMAT
        case InvalidToken() | Conflict():
            return Outcome.STOP
        case BadRequest():
            text = str(error).lower()
            gone = any(one in text for one in _UNREACHABLE)
            return Outcome.REFUSED_PERSON if gone else Outcome.REFUSED_FORMAT
        case NotSent():
            return Outcome.NOT_SENT
        case _:
            return Outcome.UNKNOWN


def retry_after(error: BaseException) -> float:
    """Seconds that Telegram asks to wait; the library is changing the type of that number. 1 where none is said."""
    value: Any = getattr(error, "retry_after", 1)
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


class AiohttpRequest(BaseRequest):
    """One aiohttp session with kept connections. `pool`: calls under way at most; times in seconds."""

    def __init__(
        self, pool: int = 64, *, read_timeout: float = READ_TIMEOUT, connect_timeout: float = CONNECT_TIMEOUT
    ) -> None:
        self._pool, self._reading, self._connecting = pool, read_timeout, connect_timeout
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str | None] = {}

    @property
    def read_timeout(self) -> float | None:
        """Seconds, see BaseRequest."""
        return self._reading

    async def initialize(self) -> None:
        """Opens the session. Twice does no harm."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool, ttl_dns_cache=300, keepalive_timeout=55),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Answers are short: packing them costs more than it saves.
                headers={"User-Agent": self.USER_AGENT, "Accept-Encoding": "identity"},
                # aiohttp would look for a proxy on a thread of its own before every call, and in ~/.netrc.
                trust_env=False,
            )

    async def shutdown(self) -> None:
        """Closes the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of one call; `write_timeout` is part of the read time-out here.

        Raises NotSent, Unknown (both also as TimedOut), and RetryAfter or BadRequest where the answer is not JSON.
        """
        session = self._session
        if session is None or session.closed:
            raise NotSent("the HTTP client is not open")
        connecting = _given(connect_timeout, self._connecting)
        waiting = _given(pool_timeout, POOL_TIMEOUT)
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=None if connecting is None or waiting is None else connecting + waiting,
            sock_connect=connecting,
            sock_read=_given(read_timeout, self._reading),
        )
        failure: TelegramError
        try:
            async with session.request(
                method,
                url,
                timeout=timeout,
                allow_redirects=False,
                proxy=self._proxy(url),
                **_body(request_data),
            ) as response:
                status, headers, content = response.status, response.headers, await response.read()
        except _NOT_SENT as error:
            late = isinstance(error, asyncio.TimeoutError)
            failure = (NotSentInTime if late else NotSent)(f"no connection: {type(error).__name__}")
            failure.__cause__ = _without_address(error)
        except Exception as error:
            late = isinstance(error, asyncio.TimeoutError)
            failure = (UnknownInTime if late else Unknown)(f"no answer: {type(error).__name__}")
            failure.__cause__ = _without_address(error)
        else:
            if 200 <= status <= 299:
                return status, content
            content = _ADDRESS_BYTES.sub(b"<token>", content)
            _refuse_strangers(status, headers.get("Retry-After", ""), content)
            return status, content
        # Raised here and not within `except`: the original error, with the address, must not hang on as context.
        raise failure

    async def call(self, address: str, method: str, values: dict[str, Any]) -> Any:
        """The result of one Bot API call without files, with the errors of Bot.do_api_request and a third of its cost.

        `address` is the bot's own, with its token.
        """
        try:
            content = await self._request_wrapper(f"{address}/{method}", "POST", cast("RequestData", _Plain(values)))
        except InvalidToken as error:
            if "not found" in str(error).lower():
                raise EndPointNotFound(f"Endpoint '{method}' not found in Bot API") from error
            raise
        return self.parse_json_payload(content).get("result")

    async def retrieve_raw(self, url: str, data: RequestData, read_timeout: float) -> bytes:
        """The answer's bytes, with the same errors as every call; for answers that may not be JSON."""
        return await self._request_wrapper(url, "POST", data, read_timeout=read_timeout)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The decoded answer. Raises Unknown where it is no JSON object (a 200 of some box on the way)."""
        try:
            found = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise Unknown("Invalid server response") from None
        if not isinstance(found, dict):
            raise Unknown("Invalid server response")
        return found

    def _proxy(self, url: str) -> str | None:
        """The proxy that the environment names for this server; never one for this machine itself."""
        place = urlsplit(url)
        origin = f"{place.scheme}://{place.netloc}"
        if origin not in self._proxies:
            host = place.hostname or ""
            passed = _is_loopback(host) or bool(proxy_bypass(host))
            self._proxies[origin] = None if passed else getproxies().get(place.scheme)
        return self._proxies[origin]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A call's parameters as they are: what the library's RequestData offers where no file is sent."""

    parameters: dict[str, Any]
    contains_files: bool = False


_NOT_SENT = (
    aiohttp.ClientConnectorError,  # name, TCP, TLS
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # the proxy did not connect us
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


def _refuse_strangers(status: int, wait: str, content: bytes) -> None:
    """Raises for error answers that python-telegram-bot would misread; Telegram's own refusals pass.

    A box on the way that says 403 or 400 in HTML must not make us believe that a person has blocked the bot.
    """
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    answer = found if isinstance(found, dict) and found.get("ok") is False else None
    if status == 429:
        if not ((answer or {}).get("parameters") or {}).get("retry_after"):
            raise RetryAfter(int(wait) if wait.isdecimal() and int(wait) > 0 else 1)
    elif status == 413:
        raise BadRequest("Request Entity Too Large (413)")
    elif status >= 500 or answer is None:
        raise Unknown(f"HTTP {status} {'from Telegram' if answer else 'without an answer of Telegram'}")


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        # One JSON body: Telegram takes it for every method, and it is the cheapest to write and to read.
        return {"data": _json(data.parameters), "headers": {"Content-Type": "application/json"}}
    # Unquoted: file names in any script arrive as they are, as browsers send them.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.parameters.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


def _json(values: object) -> bytes:
    try:
        return orjson.dumps(values)
    except TypeError:
        # Half a surrogate pair, a number over 64 bits: the standard library writes them, Telegram decides.
        return json.dumps(values).encode()


def _given(value: object, default: float) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else cast("float | None", value)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_address(error: BaseException) -> BaseException:
    """The error as a cause: its text without the address; another in its place where that cannot be."""
    link: BaseException | None = error
    while link is not None:
        if _ADDRESS.search(f"{link} {link!r}"):
            link.args = tuple(_ADDRESS.sub("<token>", one) if isinstance(one, str) else one for one in link.args)
            if _ADDRESS.search(f"{link} {link!r}"):
                return HiddenCause(type(error).__name__)
        link = link.__cause__ or link.__context__
    return error


class HiddenCause(Exception):
    """Stands for a network error whose own text holds the address; its text is that error's kind."""
