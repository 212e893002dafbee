"""Which request for another mentor a message of ours in somebody's own chat was about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, text

from models.matching.still_open import STANDS
from models.unit import Unit

TOLD = ("talk", "kept", "changed")
"""What who asked is told, as it ends the dedupe keys `rematch:<request>:…`."""

_OWN = text("SELECT r.id FROM mentor_request r WHERE r.school_id IN :schools AND r.asked_by IN :people").bindparams(
    bindparam("schools", expanding=True), bindparam("people", expanding=True)
)
_AT = text(
    "SELECT o.dedupe_key FROM outbox o WHERE o.dedupe_key IN :keys AND o.bot_id = :bot AND o.chat_id = :chat"
    " AND o.place_id = :place"
).bindparams(bindparam("keys", expanding=True))
_OPEN = text(
    f"SELECT 1 FROM mentor_request r WHERE r.id = :id AND r.asked_by IN :people AND r.decided_at IS NULL AND {STANDS}"
).bindparams(bindparam("people", expanding=True))


def at_place(
    unit: Unit, schools: Iterable[int], people: Iterable[int], bot_id: int, user_id: int, place_id: int
) -> int | None:
    """The request of one of these people whose outcome was told at that place of the own chat."""
    own = [row.id for row in unit.execute(_OWN, schools=list(schools), people=list(people))]
    keys = [f"rematch:{one}:{what}" for one in own for what in TOLD]
    row = unit.execute(_AT, keys=keys, bot=bot_id, chat=user_id, place=place_id).first() if keys else None
    return None if row is None else int(row.dedupe_key.split(":")[1])


def is_open(unit: Unit, request_id: int, people: Iterable[int]) -> bool:
    """Whether one of these people has asked for it, and it still waits to be decided."""
    return unit.execute(_OPEN, id=request_id, people=list(people), yes=True).first() is not None
