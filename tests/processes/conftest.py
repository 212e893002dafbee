"""Real processes on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.database import open_engine
from simulator.client import Person, Telegram
from tests import chaos
from tests.chaos import Town
from tests.chaos_processes import Processes, fresh_database, started


@dataclass
class Cluster:
    """A town, its processes, and its people's phones."""

    telegram: Telegram
    town: Town
    processes: Processes
    engine: Engine
    phones: dict[int, Person]

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Asks the database."""
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    async def until(self, holds: Callable[[], object], seconds: float = 40) -> float:
        """Waits until something holds; answers how long that took."""
        begun = time.monotonic()
        while not holds():
            assert time.monotonic() - begun < seconds, "it did not come to that"
            await asyncio.sleep(0.05)
        return time.monotonic() - begun

    def said(self, role: str, event: str) -> int:
        """How often the processes of a role have logged that."""
        return sum(1 for line in self.town.logged(role) if str(line["event"]).startswith(event))

    async def ready(self, **roles: int) -> None:
        """Waits until so many processes of each role have been ready."""
        for role, many in roles.items():
            await self.until(lambda role=role, many=many: self.said(role, "ready") >= many)  # type: ignore[misc]


Clusters = Callable[..., AbstractAsyncContextManager[Cluster]]


@pytest.fixture
def cluster(postgres: str, tmp_path: Path) -> Clusters:
    """Starts so many processes of each role: `async with cluster(intake=1, worker=2, delivery=1) as found`."""

    @asynccontextmanager
    async def start(**roles: int) -> AsyncIterator[Cluster]:
        url = fresh_database(postgres, "template_school")
        engine = open_engine(url)
        try:
            async with started(tmp_path, url, roles) as (telegram, town, processes):
                phones = await chaos._phones(telegram, town)
                yield Cluster(telegram, town, processes, engine, phones)
        finally:
            engine.dispose()

    return start
