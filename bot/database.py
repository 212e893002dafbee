"""The one way to the database: reads on a few threads, writes on one, many writes in one commit.

Every write is a plain function of a connection. It runs on the writer's thread within a transaction, next to other writes
that were waiting (group commit: with synchronous=FULL the disk is asked once for all of them). A function cannot wait for
the network there, because it is not a coroutine. See docs/decisions/0002-one-writer-thread.md for the measurements.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import QueuePool

from bot.logs import get_logger

T = TypeVar("T")
log = get_logger("database")

GROUP = 64
"""Writes in one commit at most. 16 reach most of the gain, more keeps the latency of a burst low."""
FOLDS = 3
"""So often the log is tried to be folded after an erasure."""
STOPPED = 20
"""Seconds after which a running bot that says nothing within a transaction has lost it (PostgreSQL)."""
_PATIENCE = 300.0
"""Seconds to wait for a database that another process holds (an import of a whole city) before giving up."""


def open_engine(url: str, *, read_only: bool = False, idle_seconds: int = 60) -> Engine:
    """A synchronous engine with what each connection needs (reliability: see docs/decisions/0002).

    SQLite: WAL, full synchronous, foreign keys, erased pages overwritten, and BEGIN IMMEDIATE, because the default lets
    two writers lose each other's updates silently. PostgreSQL: time-outs, so that nothing can hang for ever; a process that
    stops in the midst of a transaction for `idle_seconds` has lost it, and what it held.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            address,
            hide_parameters=True,
            connect_args={"isolation_level": None, "check_same_thread": False},
            poolclass=QueuePool,
            pool_size=5,
        )

        @event.listens_for(engine, "connect")
        def set_up(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "busy_timeout=5000",
                "foreign_keys=ON",
                "secure_delete=ON",
                "journal_size_limit=67108864",
                "cache_size=-32768",
            ):
                connection.execute(f"PRAGMA {pragma}")
            if read_only:
                connection.execute("PRAGMA query_only=ON")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

        return engine
    return create_engine(
        address,
        hide_parameters=True,
        pool_size=5,
        pool_pre_ping=True,
        connect_args={
            "options": f"-c lock_timeout=5000 -c idle_in_transaction_session_timeout={idle_seconds * 1000} -c timezone=UTC",
            "connect_timeout": 10,
        },
    )


class DatabaseGone(Exception):
    """The database could not be reached or the commit failed: what was asked may or may not be in it."""


class Crossed(DatabaseGone):
    """Another process was faster at the same rows: nothing of what was asked is kept, and asked again it goes through."""


_CROSSED = frozenset({"40001", "40P01", "55P03", "23505"})
"""PostgreSQL's codes: serialization failure, deadlock, lock not available in time, unique violation."""


def is_crossed(error: BaseException) -> bool:
    """Whether an error says that another one was at the same rows, or has written the same row first."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in _CROSSED if state is not None else isinstance(error, IntegrityError)


def _told(error: Exception) -> DatabaseGone:
    found = Crossed(type(error).__name__) if is_crossed(error) else DatabaseGone(type(error).__name__)
    found.__cause__ = error
    return found


class _Job:
    __slots__ = ("answer", "error", "future", "loop", "work")

    def __init__(
        self, work: Callable[[Connection], Any], loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]
    ) -> None:
        self.work, self.loop, self.future = work, loop, future
        self.answer: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.answer)


class Database:
    """Reads and writes of one running bot."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = open_engine(url, idle_seconds=STOPPED)
        self._reading = open_engine(url, read_only=True)
        self._readers = ThreadPoolExecutor(2, "database-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_for_ever, name="database-write", daemon=True)
        self._writer.start()
        self._closed = False

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction of its own or together with others; returns after the commit.

        Raises what `work` raised (then nothing of it is kept), or DatabaseGone (then the rows tell what is true).
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))
        return await future

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` on a connection that cannot write."""

        def run() -> T:
            with self._reading.connect() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def fold(self) -> None:
        """Folds the write-ahead log into the file, so that it stays small and what was deleted is gone from it."""
        await asyncio.get_running_loop().run_in_executor(self._readers, self._fold)

    async def fold_erased(self) -> None:
        """The same right after something was erased, tried a few times where somebody is reading; nothing on PostgreSQL. Where
        it does not come to it now, the hourly one does it."""
        for _ in range(FOLDS if self.is_sqlite else 0):
            if await asyncio.get_running_loop().run_in_executor(self._readers, self._fold):
                return
            await asyncio.sleep(0.1)

    def _fold(self) -> bool:
        raw = self.engine.raw_connection()
        try:
            busy, _, _ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.close()
        return not busy

    async def close(self) -> None:
        """Ends the threads after what is already asked; on SQLite folds the write-ahead log into the file."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._writer.join)
        self._readers.shutdown()
        self._reading.dispose()
        self.engine.dispose()

    def _write_for_ever(self) -> None:
        ended = False
        while not ended:
            first = self._jobs.get()
            if first is None:
                return
            jobs = [first]
            while len(jobs) < GROUP:
                try:
                    another = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if another is None:
                    ended = True
                    break
                jobs.append(another)
            self._write_together(jobs)
            by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
            for job in jobs:
                by_loop.setdefault(job.loop, []).append(job)
            for loop, settled in by_loop.items():
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_settle, settled)

    def _write_together(self, jobs: list[_Job]) -> None:
        try:
            with self._begun() as connection:
                for job in jobs:
                    if len(jobs) == 1:
                        job.answer = job.work(connection)
                        continue
                    connection.exec_driver_sql("SAVEPOINT job")
                    try:
                        job.answer = job.work(connection)
                    except DBAPIError as error:
                        if error.connection_invalidated:
                            raise
                        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
                        job.error = _told(error) if is_crossed(error) else error
                    except Exception as error:
                        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
                        job.error = error
                    connection.exec_driver_sql("RELEASE SAVEPOINT job")
                connection.commit()
        except Exception as error:
            alone = len(jobs) == 1 and not isinstance(error, DBAPIError)
            for job in jobs:
                job.error = error if alone else _told(error)

    def _begun(self) -> Connection:
        deadline = time.monotonic() + _PATIENCE
        while True:
            connection = None
            try:
                connection = self.engine.connect()
                connection.begin()
                return connection
            except OperationalError as error:
                if connection is not None:
                    connection.close()
                if time.monotonic() > deadline or self._closed or not self.is_sqlite:
                    raise
                log.warning("database is held by another process, waiting", error=type(error.orig).__name__)
                time.sleep(0.2)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()
