"""Who joins late, or can be reached again, gets the notices that still hold: the newest as messages, the rest in one list."""

from __future__ import annotations

from handlers import telling
from handlers.notices import listing
from models.notices import fanout
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit


def catch_up(unit: Unit, reach: Reach, person_ids: list[int]) -> None:
    """The newest few go out with the clock's next look, by the same hours and the same few a week as everybody's; what is
    older is named at once, to be opened with a tap."""
    found = fanout.late(unit, person_ids)
    if not found.named:
        return
    view = listing.view(unit, reach, found.named[: listing.MOST])
    if view.rows:
        telling.tell(unit, reach, "nlist.late", dedupe_key=None, lane=Lane.RELAY, buttons=view.rows, lines=view.lines)
