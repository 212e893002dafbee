"""A planner changes who gives a parent class or when: those who give it hear of it, and families if they were invited."""

from __future__ import annotations

from typing import Any

from handlers.context import SchoolSettings
from handlers.events import offers, shown
from models.events import changing, events, suggesting
from models.events.states import EventState
from models.events.tables import Event
from models.unit import Unit


def by_planner(unit: Unit, event: Event, actor: int, school: SchoolSettings, what: set[str], **values: Any) -> bool:
    """Changes a place of the rota (`what`: time, speaker). As long as it is only proposed, nobody hears of it.

    False where it is too late for that, and nothing is changed. Families hear of another speaker only where another name
    stands there.
    """
    before = events.lock(unit, event.id)
    if before is None:
        return False
    if before.state == EventState.PROPOSED:
        if values.get("starts_at", unit.now_ms + 1) <= unit.now_ms:
            return False
        events.change(unit, event.id, actor, **values)
        return True
    if _speaker(unit, before, values) == _speaker(unit, before, {}):
        what = what - {"speaker"}
    if not changing.changed(unit, event.id, actor, what, **values):
        return False
    fresh = events.must(unit, event.id)
    gave, gives = _giver(before), _giver(fresh)
    if gave != gives:
        if gave is not None and gave != actor:
            shown.tell_staff(unit, gave, fresh, school, "given.no_longer", f"freed.{fresh.sequence}.{fresh.version}")
        tell_new(unit, fresh, actor, school)
    elif "time" in what and gives is not None and gives != actor:
        shown.tell_staff(
            unit,
            gives,
            fresh,
            school,
            "given.moved",
            f"moved.{fresh.sequence}.{fresh.version}",
            buttons=[("button.lead_open", "evlead"), ("button.given_cannot", "egno")],
            useful_until=fresh.starts_at,
        )
    if not suggesting.own(fresh) and fresh.host_id not in (before.host_id, gave, actor):
        shown.tell_staff(
            unit,
            fresh.host_id,
            fresh,
            school,
            "given.answers",
            f"answers.{fresh.sequence}.{fresh.version}",
            buttons=[("button.lead_open", "evlead")],
            useful_until=fresh.starts_at,
            speaker=events.speaker_name(unit, fresh),
        )
    return True


def _speaker(unit: Unit, event: Event, values: dict[str, Any]) -> str:
    """The name that will stand there."""
    outside: str = values.get("speaker_name", events.opened(unit, event, "speaker"))
    person = values.get("speaker_id", event.speaker_id) or values.get("host_id", event.host_id)
    return outside or events.name_of(unit, person)


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
