"""What every table shares: row ids, instants, and names for constraints."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

_EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z


class _Ids:
    """Row ids: 41 bits of milliseconds since 2025, 22 bits that begin at random and count up.

    20 of them are random, so that several processes hardly ever choose the same in one millisecond.
    Ids are made before the insert, because a sealed field is bound to its row's id. They rise within one
    process, also when the clock is set back, so that 'in order of id' means 'in order of writing'.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> int:
        fresh = ((time.time_ns() // 1_000_000 - _EPOCH_MS) << 22) | secrets.randbits(20)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            return self._last

    def never_below(self, floor: int) -> None:
        with self._lock:
            self._last = max(self._last, floor)


_ids = _Ids()


def new_id() -> int:
    """A new row id, above every earlier one of this process (63 bits, fits BIGINT)."""
    return _ids.new()


def id_at(milliseconds: int) -> int:
    """The least id that a row of that moment (ms since 1970) can have: rows are found by age without an index of their own."""
    return max(milliseconds - _EPOCH_MS, 0) << 22


def ids_never_below(floor: int) -> None:
    """Called at start with the largest id in the queues: a clock that was set back must not reorder them."""
    _ids.never_below(floor)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone means nothing here")
    return int(moment.timestamp() * 1000)


def as_day(value: date | str) -> date:
    """A day out of plain SQL: SQLite keeps days as text and does not turn them back."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def from_ms(milliseconds: int) -> datetime:
    """The UTC datetime of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class Instant(TypeDecorator[datetime]):
    """A moment, kept as BIGINT milliseconds since 1970 on both databases, read back aware in UTC.

    SQLite's own datetime drops the zone, and then 'due' is wrong by eight hours in China.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)
