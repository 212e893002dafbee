"""The one clock: everything that asks for the time is handed this object, so that tests and the demo can move it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

LOOK_SECONDS = 0.25
"""How often a rehearsal's file is looked at."""


class Clock:
    """The time of day in UTC, shifted by an offset (zero in real life)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def now_ms(self) -> int:
        """This moment in milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)


async def follow(clock: Clock, file: Path, moved: Callable[[], Awaitable[None]]) -> None:
    """For a rehearsal: goes ahead by the seconds that the file says, whenever it says more, and lets `moved` look."""
    began, known = clock.offset, 0.0
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        ahead = known
        with suppress(OSError, ValueError):  # not there yet, or half written
            ahead = float(await asyncio.to_thread(file.read_text, "ascii"))
        if ahead > known:
            known = ahead
            clock.offset = began + timedelta(seconds=ahead)
            await moved()
