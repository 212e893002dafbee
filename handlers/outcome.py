"""What was tried: an outbox row with its payload, as those who care about its outcome see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tried:
    """An outbox row that was tried."""

    row_id: int
    bot_id: int
    chat_id: int
    kind: str
    message_id: int | None
    payload: dict[str, Any]
