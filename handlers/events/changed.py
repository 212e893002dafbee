"""A planner changes who gives a parent class or when: those who give it hear of it, and families if they were invited."""

from __future__ import annotations

from typing import Any

from handlers.context import SchoolSettings
from handlers.events import offers, shown
from models.events import changing, events
from models.events.states import EventState
from models.events.tables import Event
from models.unit import Unit


def by_planner(unit: Unit, event: Event, actor: int, school: SchoolSettings, what: set[str], **values: Any) -> None:
    """Changes a place of the rota (`what`: time, speaker). As long as it is only proposed, nobody hears of it."""
    if event.state == EventState.PROPOSED:
        events.change(unit, event.id, actor, **values)
        return
    changing.changed(unit, event.id, actor, what, **values)
    fresh = events.must(unit, event.id)
    before, after = _giver(event), _giver(fresh)
    if before != after:
        if before is not None and before != actor:
            shown.tell_staff(unit, before, fresh, school, "given.no_longer", f"freed.{fresh.sequence}.{fresh.version}")
        tell_new(unit, fresh, actor, school)
    elif "time" in what and after is not None and after != actor:
        shown.tell_staff(
            unit,
            after,
            fresh,
            school,
            "given.moved",
            f"moved.{fresh.sequence}.{fresh.version}",
            buttons=[("button.lead_open", "evlead"), ("button.given_cannot", "egno")],
            useful_until=fresh.starts_at,
        )


def _giver(event: Event) -> int | None:
    """Who gives it, as far as the bot reaches that person."""
    if event.sealed_speaker is not None:
        return None
    return event.speaker_id or event.host_id


def tell_new(unit: Unit, event: Event, actor: int | None, school: SchoolSettings) -> None:
    """Who gives it now hears so: a mentor, or a guardian whose offer was taken up."""
    if event.speaker_id is not None:
        offers.tell_chosen(unit, event, school)
    elif event.sealed_speaker is None and event.host_id != actor:
        shown.tell_staff(
            unit,
            event.host_id,
            event,
            school,
            "given.yours",
            f"given.{event.sequence}.{event.version}",
            buttons=[("button.given_fine", "egok"), ("button.given_cannot", "egno")],
            useful_until=event.starts_at,
            days=school.events.topic_days,
        )
