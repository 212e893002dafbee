"""The one clock: everything that asks for the time is handed this object, so that tests and the demo can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


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
