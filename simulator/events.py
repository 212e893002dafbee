"""Server-sent events: the page hears at once of what changes."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from aiohttp import web

from simulator.state import State

_MOST = 20_000
"""Events that wait for one page; a page that reads none of them is let go."""
_QUIET = 10.0
"""Seconds after which a sign of life is sent."""


class Events:
    """The pages that listen."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._tasks: set[asyncio.Task[Any]] = set()

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """GET /control/events"""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        task = asyncio.current_task()

        def hear(event: dict[str, Any]) -> None:
            waiting.put_nowait(event)
            if waiting.qsize() > _MOST and task is not None:
                task.cancel()

        self.state.listeners.append(hear)
        if task is not None:
            self._tasks.add(task)
        try:
            await response.write(b"retry: 500\n\n")
            while True:
                await response.write(await self._next(waiting))
        except (ConnectionError, asyncio.CancelledError):
            return response
        finally:
            self.state.listeners.remove(hear)
            if task is not None:
                self._tasks.discard(task)

    async def _next(self, waiting: asyncio.Queue[dict[str, Any]]) -> bytes:
        try:
            async with asyncio.timeout(_QUIET):
                parts = [await waiting.get()]
        except TimeoutError:
            return b": still here\n\n"
        while not waiting.empty():
            parts.append(waiting.get_nowait())
        return b"".join(b"data: " + orjson.dumps(one) + b"\n\n" for one in parts)

    def close(self) -> None:
        """Lets all pages go."""
        for task in list(self._tasks):
            task.cancel()
