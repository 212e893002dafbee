"""Too many messages in a minute from one person: gathered, never dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.unit import Unit, sql

MINUTE = 60_000

_STILL_HELD = sql(
    "SELECT p.chat_id, MAX(m.due_at) AS due FROM message m JOIN place p ON p.message_id = m.id AND p.origin"
    " WHERE m.state = 'held' AND m.held_for = 'flood' AND m.due_at IS NOT NULL GROUP BY p.chat_id"
)


@dataclass
class Flood:
    """Counts in memory; what is held is in the table, and is read from there at the start, so that order is kept."""

    _minutes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By account: when its minute began, and how many came since."""
    _held: dict[int, int] | None = None

    def until(self, unit: Unit, user_id: int, most: int) -> tuple[int | None, bool]:
        """Until when (milliseconds since 1970) this account's next message is held, and whether that is new.

        `most` messages in a minute go through one by one.
        """
        now = unit.now_ms
        if self._held is None:
            self._held = {row.chat_id: row.due for row in unit.execute(_STILL_HELD)}
        held = self._held.get(user_id)
        if held is not None and held > now:
            return held, False
        if held is not None:
            del self._held[user_id]
        began, count = self._minutes.get(user_id, (now, 0))
        if not 0 <= now - began < MINUTE:
            began, count = now, 0
            if len(self._minutes) > 10_000:
                self._minutes = {who: one for who, one in self._minutes.items() if now - one[0] < MINUTE}
        self._minutes[user_id] = (began, count + 1)
        if count < most:
            return None, False
        del self._minutes[user_id]
        self._held[user_id] = now + MINUTE
        return now + MINUTE, True
