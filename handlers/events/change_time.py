"""Another date or time for an event: by buttons, or typed. Who plans it may, and who gives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from handlers import say
from handlers.appointments.available import short_day
from handlers.context import Context, Press
from handlers.events import shown
from handlers.events.change import back, done, open_one, signed_up, taken
from handlers.incoming import Wrote
from handlers.texts import clock
from models.base import to_ms
from models.duties import forms
from models.duties.forms import Asked
from models.events import audience, days
from models.events.rules import DAY, MINUTE
from models.events.states import EventState
from models.events.tables import Event
from models.hours import at_minute

A_PAGE = 21
"""Days that are shown at once."""
PAGES = 9
EARLIEST, LATEST, STEP = 480, 1260, 30
"""Minutes after midnight that are offered."""
FAR = 200 * DAY


def may(context: Context, event: Event) -> bool:
    """Whether this account may change date and time."""
    host = (event.host_id, audience.acts(context.unit, event))
    return audience.plans(context.unit, event, context.who) is not None or any(
        one in host for one in context.who.person_ids
    )


def _open(context: Context, event_id: int) -> tuple[Event, int] | None:
    found = open_one(context, event_id)
    if found is not None and not may(context, found[0]):
        context.toast("lead.time_not_yours", alert=True)
        return None
    return found


def ask_day(context: Context, event_id: int, page: int = 0) -> None:
    """On which day? It can be typed as well."""
    found = _open(context, event_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "evtime", event_id)
    page = min(max(page, 0), PAGES - 1)
    first = context.unit.now.astimezone(context.zone).date() + timedelta(days=page * A_PAGE)
    ahead = [first + timedelta(days=one) for one in range(A_PAGE)]
    buttons = [context.named(short_day(context.language, one), "elday", event_id, one.toordinal()) for one in ahead]
    turn = [context.button("button.earlier", "eldays", event_id, page - 1)] if page else []
    if page + 1 < PAGES:
        turn.append(context.button("button.more", "eldays", event_id, page + 1))
    context.change(
        "lead.day_ask",
        buttons=[*(buttons[at : at + 3] for at in range(0, len(buttons), 3)), turn, back(context, event_id)],
        what=shown.title(context.unit, found[0], context.language),
        time=shown.span(context.language, found[0], context.school.zone),
    )


def show_days(context: Context, event_id: int) -> None:
    """The first days."""
    ask_day(context, event_id)


def ask_hour(context: Context, event_id: int, number: int) -> None:
    """At what time of that day?"""
    found = _open(context, event_id)
    today = context.unit.now.astimezone(context.zone).date()
    if found is None:
        return
    if not 0 <= number - today.toordinal() <= FAR // DAY:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "evtime", event_id)
    day = date.fromordinal(number)
    hours = [
        (at, to_ms(at_minute(day, at, context.zone)))
        for at in range(EARLIEST, LATEST + 1, STEP)
        if to_ms(at_minute(day, at, context.zone)) > context.unit.now_ms
    ]
    buttons = [context.named(clock(at), "elhour", event_id, moment // MINUTE) for at, moment in hours]
    context.change(
        "lead.hour_ask",
        buttons=[
            *(buttons[at : at + 4] for at in range(0, len(buttons), 4)),
            [context.button("button.back", "eltime", event_id)],
        ],
        day=short_day(context.language, day),
    )


def choose(context: Context, event_id: int, minute: int) -> None:
    """A time is chosen: where families were invited it is asked once more, for they hear of it at once."""
    found = _open(context, event_id)
    if found is not None:
        _sure(context, found, minute * MINUTE)


def _fits(context: Context, event: Event, starts_at: int) -> bool:
    return context.unit.now_ms < starts_at <= context.unit.now_ms + FAR and starts_at != event.starts_at


def _sure(context: Context, found: tuple[Event, int], starts_at: int) -> None:
    event = found[0]
    if not _fits(context, event, starts_at):
        context.toast("lead.time_wrong", alert=True)
        if context.pressed is None:
            context.say("lead.time_wrong", buttons=[back(context, event.id)])
        return
    if event.state != EventState.ANNOUNCED:
        _set(context, found, starts_at)
        return
    context.toast()
    moved = _moved(event, starts_at)
    context.change(
        "lead.time_sure",
        buttons=[
            [context.button("button.time_yes", "eltime2", event.id, starts_at // MINUTE)],
            [context.button("button.time_no", "evlead", event.id)],
        ],
        what=shown.title(context.unit, event, context.language),
        before=shown.span(context.language, event, context.school.zone),
        after=shown.span(context.language, moved, context.school.zone),
        families=signed_up(context.unit, event.id),
    )


def _moved(event: Event, starts_at: int) -> Event:
    """The event as it would be, for showing."""
    values = event.model_dump()
    return Event(**{**values, "starts_at": starts_at, "ends_at": starts_at + event.ends_at - event.starts_at})


def _set(context: Context, found: tuple[Event, int], starts_at: int) -> None:
    event = found[0]
    done(context, found, {"time"}, starts_at=starts_at, ends_at=starts_at + event.ends_at - event.starts_at)


def set_time(context: Context, event_id: int, minute: int) -> None:
    """Yes, then."""
    found = _open(context, event_id)
    if found is None:
        return
    if not _fits(context, found[0], minute * MINUTE):
        context.toast("lead.time_wrong", alert=True)
        return
    _set(context, found, minute * MINUTE)


def typed(text: str, now: datetime) -> int | None:
    """A date and time as people type them (12-05 19:00, 12月5日 19点, Feb 5 19:00), milliseconds since 1970; nothing for what
    is none. `now` is in the school's zone."""
    try:
        day, minutes = days.typed(text, now.date())
    except ValueError:
        return None
    if day is None or minutes is None or now.tzinfo is None:
        return None
    return to_ms(datetime.combine(day, time(minutes // 60, minutes % 60), now.tzinfo))


def takes_time(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Date and time as they were typed."""
    found = taken(context, event, wanted.subject_id)
    if found is None:
        return True
    at = typed(event.text, context.unit.now.astimezone(context.zone))
    if at is None or not _fits(context, found[0], at):
        context.say("lead.time_wrong", buttons=_again(context, wanted.subject_id), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    if _open(context, wanted.subject_id) is not None:
        _sure(context, found, at)
    return True


def _again(context: Context, event_id: int) -> list[list[say.Button]]:
    return [[context.button("button.change_time", "eltime", event_id)], back(context, event_id)]


PRESSES: dict[str, Press] = {
    "eltime": Press(show_days, (int,)),
    "eldays": Press(ask_day, (int, int)),
    "elday": Press(ask_hour, (int, int)),
    "elhour": Press(choose, (int, int)),
    "eltime2": Press(set_time, (int, int)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evtime": takes_time}
