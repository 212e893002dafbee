"""The HTTP client: every way in which a call can fail, and what the caller is told."""

from __future__ import annotations

import asyncio
import json
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, InputFile
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

from bot.http_client import AiohttpRequest, HiddenCause, NotSent, Outcome, Unknown, outcome_of, retry_after

TOKEN = "123456789:CANARY_token-abcdefghijklmnopqrstuv"
ME = {"id": 123456789, "is_bot": True, "first_name": "b", "username": "b_bot"}
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeServer:
    """Answers getMe well and all else as the test says; keeps what it got."""

    def __init__(self) -> None:
        self.answer: Answer = self.well
        self.got: list[Any] = []
        self.headers: list[Any] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/getMe"):
            return web.json_response({"ok": True, "result": ME})
        self.headers.append(request.headers)
        if request.content_type == "multipart/form-data":
            parts = [(part.name, part.filename, await part.read()) async for part in await request.multipart()]  # type: ignore[union-attr]
            self.got.append(parts)
        else:
            self.got.append(json.loads(await request.read() or b"null"))
        return await self.answer(request)

    async def well(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": True})

    def says(self, status: int, description: str, **parameters: int) -> None:
        """Answers as Telegram does."""
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters

        async def answer(_request: web.Request) -> web.StreamResponse:
            return web.json_response(body, status=status)

        self.answer = answer

    def html(self, status: int, text: str = "<html>a box on the way</html>", **headers: str) -> None:
        """Answers as a proxy does."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=text + request.path, content_type="text/html", headers=headers)

        self.answer = answer


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    fake = FakeServer()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fake.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


def bot_at(url: str, request: AiohttpRequest) -> Bot:
    return Bot(
        TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=request, get_updates_request=request
    )


@pytest.fixture
async def bot(server: FakeServer) -> AsyncIterator[Bot]:
    async with bot_at(server.url, AiohttpRequest(read_timeout=30, connect_timeout=30)) as made:
        yield made


async def failed(call: Awaitable[object]) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await call
    error = caught.value
    link: BaseException | None = error
    while link is not None:
        assert "CANARY" not in f"{link} {link!r} {link.args}"
        link = link.__cause__ or link.__context__
    assert "CANARY" not in "".join(traceback.format_exception(error))
    return error


async def test_values_travel_as_one_json_body_over_one_kept_connection(server: FakeServer, bot: Bot) -> None:
    ports = set()

    async def answer(request: web.Request) -> web.StreamResponse:
        ports.add(request.transport.get_extra_info("peername")[1])  # type: ignore[union-attr]
        return await server.well(request)

    server.answer = answer
    for _ in range(3):
        await bot.do_api_request(
            "sendMessage", api_kwargs={"chat_id": 1, "text": "你好 😀", "entities": [{"offset": 0}]}
        )
    assert server.got[0] == {"chat_id": 1, "text": "你好 😀", "entities": [{"offset": 0}]}
    assert server.headers[0]["Content-Type"] == "application/json"
    assert server.headers[0]["Accept-Encoding"] == "identity"
    assert len(ports) == 1


async def test_half_a_surrogate_pair_still_leaves_for_telegram_to_judge(server: FakeServer, bot: Bot) -> None:
    await bot.do_api_request("sendMessage", api_kwargs={"text": "\ud800"})
    assert server.got[0] == {"text": "\ud800"}


async def test_files_travel_as_multipart_with_their_names(server: FakeServer, bot: Bot) -> None:
    file = InputFile(b"a,b\n", filename='名单 "1".csv')
    await bot.do_api_request("sendDocument", api_kwargs={"chat_id": 1, "document": file, "reply_markup": {"a": [1]}})
    parts = {name: (filename, content) for name, filename, content in server.got[0]}
    assert parts["chat_id"] == (None, b"1")
    assert parts["reply_markup"] == (None, b'{"a": [1]}')
    assert parts["document"] == ('名单 "1".csv', b"a,b\n")


async def test_a_refused_connection_is_surely_not_sent(bot: Bot) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    request = AiohttpRequest()
    async with request:
        error = await failed(request.post(f"{url}/bot{TOKEN}/sendMessage"))
        assert isinstance(error, NotSent)
        assert isinstance(error.__cause__, aiohttp.ClientConnectorError)
        assert outcome_of(error) is Outcome.NOT_SENT


async def test_no_connection_in_time_is_surely_not_sent_and_timed_out(server: FakeServer) -> None:
    async with AiohttpRequest(pool=1) as request:
        taken, enough = asyncio.Event(), asyncio.Event()

        async def slow(asked: web.Request) -> web.StreamResponse:
            taken.set()
            await enough.wait()
            return await server.well(asked)

        server.answer = slow
        url = f"{server.url}/bot{TOKEN}/sendMessage"
        first = asyncio.create_task(request.retrieve(url, read_timeout=30))
        await taken.wait()
        # The only connection is taken: this one waits for it in vain.
        error = await failed(request.post(url, pool_timeout=0.1, connect_timeout=0.1))
        assert isinstance(error, NotSent)
        assert isinstance(error, TimedOut)
        assert isinstance(error.__cause__, aiohttp.ConnectionTimeoutError)
        assert outcome_of(error) is Outcome.NOT_SENT
        enough.set()
        await first


async def test_a_closed_client_sends_nothing() -> None:
    request = AiohttpRequest()
    assert outcome_of(await failed(request.post(f"http://127.0.0.1:1/bot{TOKEN}/getMe"))) is Outcome.NOT_SENT


@pytest.mark.parametrize("url", [f"http://[bad/bot{TOKEN}/x", f"nonsense://h/bot{TOKEN}/x", f"/bot{TOKEN}/x"])
async def test_an_address_that_is_none_is_not_sent_and_not_shown(url: str) -> None:
    async with AiohttpRequest() as request:
        error = await failed(request.post(url))
        assert outcome_of(error) in {Outcome.NOT_SENT, Outcome.UNKNOWN}


async def test_an_answer_that_never_comes_is_unknown_and_timed_out(server: FakeServer) -> None:
    async def hang(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        raise AssertionError

    async with bot_at(server.url, AiohttpRequest(read_timeout=0.3, connect_timeout=30)) as bot:
        server.answer = hang
        error = await failed(bot.do_api_request("sendMessage", api_kwargs={"text": "x"}))
    assert isinstance(error, Unknown)
    assert isinstance(error, TimedOut)
    assert isinstance(error.__cause__, aiohttp.SocketTimeoutError)
    assert outcome_of(error) is Outcome.UNKNOWN


@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "kept connection"])
async def test_a_connection_cut_after_the_request_is_unknown_and_never_repeated(
    server: FakeServer, bot: Bot, warm: bool
) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    if warm:
        await bot.do_api_request("sendMessage", api_kwargs={"text": "x"})
    server.answer = cut
    error = await failed(bot.do_api_request("sendMessage", api_kwargs={"text": "x"}))
    assert isinstance(error, Unknown)
    assert isinstance(error.__cause__, aiohttp.ClientConnectionError)
    assert outcome_of(error) is Outcome.UNKNOWN
    assert len(server.got) == 1 + warm


async def test_a_connection_cut_before_the_request_was_read_is_unknown() -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    listening = await asyncio.start_server(cut, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening, AiohttpRequest() as request:
        error = await failed(request.post(f"{url}/bot{TOKEN}/sendMessage"))
        assert isinstance(error, Unknown)
        assert outcome_of(error) is Outcome.UNKNOWN


async def test_half_an_answer_is_unknown(server: FakeServer, bot: Bot) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"ok": true, ')
        assert request.transport is not None
        request.transport.close()
        return response

    server.answer = half
    error = await failed(bot.do_api_request("sendMessage", api_kwargs={"text": "x"}))
    assert isinstance(error.__cause__, aiohttp.ClientPayloadError)
    assert outcome_of(error) is Outcome.UNKNOWN


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 409, 500, 502, 504])
async def test_what_is_no_answer_of_telegram_is_unknown_whatever_its_status(
    server: FakeServer, bot: Bot, status: int
) -> None:
    server.html(status)
    error = await failed(bot.do_api_request("sendMessage", api_kwargs={"text": "x"}))
    assert isinstance(error, Unknown)
    assert outcome_of(error) is Outcome.UNKNOWN


async def test_telegrams_own_server_error_is_unknown(server: FakeServer, bot: Bot) -> None:
    server.says(500, "Internal Server Error")
    assert outcome_of(await failed(bot.do_api_request("sendMessage"))) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("said", "kind", "outcome"),
    [
        ((403, "Forbidden: bot was blocked by the user"), Forbidden, Outcome.REFUSED_PERSON),
        ((403, "Forbidden: user is deactivated"), Forbidden, Outcome.REFUSED_PERSON),
        ((403, "Forbidden: bot can't initiate conversation with a user"), Forbidden, Outcome.REFUSED_PERSON),
        ((400, "Bad Request: chat not found"), BadRequest, Outcome.REFUSED_PERSON),
        ((400, "Bad Request: CHAT NOT FOUND"), BadRequest, Outcome.REFUSED_PERSON),
        ((400, "Bad Request: can't parse entities: Unsupported start tag"), BadRequest, Outcome.REFUSED_FORMAT),
        ((400, "Bad Request: message is not modified"), BadRequest, Outcome.REFUSED_FORMAT),
        ((413, "Request Entity Too Large"), BadRequest, Outcome.REFUSED_FORMAT),
        ((409, "Conflict: terminated by other getUpdates request"), Conflict, Outcome.STOP),
        ((401, "Unauthorized"), EndPointNotFound, Outcome.STOP),
        ((404, "Not Found"), EndPointNotFound, Outcome.REFUSED_FORMAT),
    ],
)
async def test_telegrams_refusals_are_told_apart(
    server: FakeServer, bot: Bot, said: tuple[int, str], kind: type[TelegramError], outcome: Outcome
) -> None:
    server.says(*said)
    error = await failed(bot.do_api_request("sendMessage", api_kwargs={"text": "x"}))
    assert type(error) is kind
    assert outcome_of(error) is outcome


async def test_a_token_that_telegram_does_not_know_stops(server: FakeServer, bot: Bot) -> None:
    server.says(401, f"Unauthorized /bot{TOKEN}/")
    error = await failed(bot.get_updates())
    assert isinstance(error, InvalidToken)
    assert outcome_of(error) is Outcome.STOP


async def test_too_many_requests_says_how_long_to_wait(server: FakeServer, bot: Bot) -> None:
    server.says(429, "Too Many Requests: retry after 7", retry_after=7)
    error = await failed(bot.do_api_request("sendMessage"))
    assert outcome_of(error) is Outcome.FLOOD
    assert retry_after(error) == 7.0
    server.html(429, **{"Retry-After": "3"})
    assert retry_after(await failed(bot.do_api_request("sendMessage"))) == 3.0
    server.says(429, "Too Many Requests")
    assert retry_after(await failed(bot.do_api_request("sendMessage"))) == 1.0
    assert retry_after(RetryAfter(timedelta(seconds=90))) == 90.0


async def test_a_chat_that_moved_says_where(server: FakeServer, bot: Bot) -> None:
    server.says(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100123)
    error = await failed(bot.do_api_request("sendMessage"))
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == -100123
    assert outcome_of(error) is Outcome.MIGRATED


async def test_raw_answers_come_as_they_are_and_fail_the_same_way(server: FakeServer) -> None:
    from telegram.request import RequestData

    async with AiohttpRequest() as request:
        url = f"{server.url}/bot{TOKEN}/getUpdates"

        async def broken(_request: web.Request) -> web.StreamResponse:
            return web.Response(body=b'{"ok":true,"result":[{"update')

        server.answer = broken
        assert await request.retrieve_raw(url, RequestData([]), 1) == b'{"ok":true,"result":[{"update'
        server.says(409, "Conflict")
        assert isinstance(await failed(request.retrieve_raw(url, RequestData([]), 1)), Conflict)


async def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readline())
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(proxy, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", address)
    monkeypatch.setenv("http_proxy", address)
    async with listening, AiohttpRequest() as request:
        error = await failed(request.post(f"https://api.telegram.example/bot{TOKEN}/getMe"))
        assert seen == [b"CONNECT api.telegram.example:443 HTTP/1.1\r\n"]
        assert isinstance(error, NotSent)
        assert isinstance(error.__cause__, HiddenCause)
        await failed(request.post(f"http://localhost:9/bot{TOKEN}/getMe"))
        assert len(seen) == 1


def test_what_is_not_known_counts_as_perhaps_sent() -> None:
    for error in (KeyError("result"), NetworkError("x"), TelegramError("Invalid server response"), TimedOut()):
        assert outcome_of(error) is Outcome.UNKNOWN
