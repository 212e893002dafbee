"""Who gives an event changes it: place, link, form; or calls it off. Time and size are in files of
their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from handlers import say
from handlers.context import Context, Press
from handlers.events import lead, shown
from handlers.incoming import Wrote
from models.duties import forms
from models.duties.forms import Asked
from models.events import audience, changing, events, replies
from models.events.states import AHEAD, SIGNED_UP, EventState, Form
from models.events.tables import Event
from models.unit import Unit

PLACE, LINK = 100, 500
"""Characters at most."""


def open_one(context: Context, event_id: int, *, link: bool = False) -> tuple[Event, int] | None:
    """The event and as whom, while it can be changed: until it begins, its link until it ends; otherwise says so."""
    found = lead.mine(context, event_id)
    if found is None:
        return None
    event, now = found[0], context.unit.now_ms
    if event.state not in AHEAD or now >= (event.ends_at if link else event.starts_at):
        context.toast("lead.begun", alert=True)
        lead.view(context, event)
        return None
    return found


def back(context: Context, event_id: int) -> list[say.Button]:
    """A row that leads back."""
    return [context.button("button.lead_back", "evlead", event_id)]


def show(context: Context, event_id: int) -> None:
    """What can be changed."""
    found = open_one(context, event_id, link=True)
    if found is None:
        return
    context.toast()
    event = found[0]
    rows: list[list[say.Button]] = []
    link = [context.button("button.change_link", "ellink", event_id)] if event.form != Form.ROOM else []
    if changing.begun(event, context.unit.now_ms):
        rows = [link]
    else:
        place = [context.button("button.change_place", "elplace", event_id)] if event.form != Form.ONLINE else []
        only = audience.only_speaks(*found)
        time = [] if only else [context.button("button.change_time", "eltime", event_id)]
        rows = [
            [*time, *place],
            [context.button("button.change_form", "elform", event_id), *link],
            [context.button("button.change_capacity", "elcap", event_id)],
            [] if only else [context.button("button.call_off", "eloff", event_id)],
        ]
    context.change(
        "lead.change",
        buttons=[*rows, back(context, event_id)],
        what=shown.title(context.unit, event, context.language),
        heard=context.words("lead.heard" if event.state == EventState.ANNOUNCED else "lead.not_heard"),
    )


def signed_up(unit: Unit, event_id: int) -> int:
    """How many families hear of a change."""
    sums = replies.sums(unit, event_id)
    return sum(sums.get(one, (0, 0))[0] for one in SIGNED_UP)


def _ask(context: Context, event_id: int, kind: str, key: str, *, link: bool = False, **values: Any) -> None:
    found = open_one(context, event_id, link=link)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, kind, event_id)
    context.change(
        key,
        buttons=[back(context, event_id)],
        what=shown.title(context.unit, found[0], context.language),
        **values,
    )


def ask_place(context: Context, event_id: int) -> None:
    """The next text is the place."""
    _ask(context, event_id, "evplace", "lead.place_ask", most=PLACE)


def ask_link(context: Context, event_id: int) -> None:
    """The next text is the link."""
    _ask(context, event_id, "evlink", "lead.link_ask", link=True)


def taken(context: Context, event: Wrote, event_id: int) -> tuple[Event, int] | None:
    """For a typed text: the event and as whom; says so where it can no longer be done, and nothing is asked for any more."""
    found = lead.led(context, event_id)
    if found is None:
        forms.end(context.unit, context.who)
        context.say("help.button_gone", reply_to=event.place_id)
    return found


def takes_place(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The place as it was typed."""
    found = taken(context, event, wanted.subject_id)
    if found is None:
        return True
    text = " ".join(event.text.split())
    if event.media is not None or not text or len(text) > PLACE:
        context.say("lead.place_long", most=PLACE, count=len(text), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    done(context, found, {"place"}, place=text)
    return True


def takes_link(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The link as it was typed."""
    found = taken(context, event, wanted.subject_id)
    if found is None:
        return True
    text = event.text.strip()
    if not is_link(text):
        context.say("lead.link_wrong", most=LINK, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    before, actor = found
    if not changing.link_changed(context.unit, before.id, actor, text):
        context.say("lead.begun", reply_to=event.place_id)
        return True
    _told(context, before.id, actor, {"link"}, "lead.link_done")
    return True


def is_link(text: str) -> bool:
    """Whether it can be opened in a browser."""
    if len(text) > LINK or re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def done(context: Context, found: tuple[Event, int], what: set[str], **values: Any) -> None:
    """Makes a change of which those who come hear, and shows the event."""
    before, actor = found
    families = signed_up(context.unit, before.id) if before.state == EventState.ANNOUNCED else 0
    if not changing.changed(context.unit, before.id, actor, what, **values):
        context.toast("lead.begun", alert=True)
        lead.view(context, events.must(context.unit, before.id))
        return
    context.toast()
    _told(context, before.id, actor, what, "lead.changed_told" if families else "lead.changed")


def _told(context: Context, event_id: int, actor: int, what: set[str], key: str) -> None:
    fresh = events.must(context.unit, event_id)
    lead.view(context, fresh, key)
    lead.tell_givers(context, fresh, actor, "lead.by_other", "lead_by_other", what)


# --- the form ---


def ask_form(context: Context, event_id: int) -> None:
    """In the room, online, or both?"""
    found = open_one(context, event_id)
    if found is None:
        return
    context.toast()
    rows = [
        [
            context.named(
                ("✓ " if one == found[0].form else "") + context.words(f"button.form_{one.value}"),
                "elform2",
                event_id,
                one.value,
            )
        ]
        for one in Form
    ]
    context.change(
        "lead.form_ask",
        buttons=[*rows, back(context, event_id)],
        what=shown.title(context.unit, found[0], context.language),
    )


def set_form(context: Context, event_id: int, form: str) -> None:
    """Another form."""
    found = open_one(context, event_id)
    if found is None:
        return
    if form not in {one.value for one in Form}:
        context.toast("help.button_gone", alert=True)
    elif form == found[0].form:
        context.toast()
        lead.view(context, found[0])
    else:
        done(context, found, {"form"}, form=form)


# --- calling it off ---


def _open_for_host(context: Context, event_id: int) -> tuple[Event, int] | None:
    """The same for who answers for it: a guardian who gives it does not call it off."""
    found = open_one(context, event_id)
    if found is not None and audience.only_speaks(*found):
        context.toast("lead.time_not_yours", alert=True)
        return None
    return found


def ask_off(context: Context, event_id: int) -> None:
    """Really?"""
    found = _open_for_host(context, event_id)
    if found is None:
        return
    context.toast()
    event = found[0]
    context.change(
        "lead.off_sure",
        buttons=[
            [context.button("button.call_off_yes", "eloff2", event_id)],
            [context.button("button.call_off_no", "evlead", event_id)],
        ],
        what=shown.title(context.unit, event, context.language),
        time=shown.span(context.language, event, context.school.zone),
        families=signed_up(context.unit, event_id),
    )


def call_off(context: Context, event_id: int) -> None:
    """Called off; everybody who would have come is told at once."""
    found = _open_for_host(context, event_id)
    if found is None:
        return
    context.toast()
    if not changing.called_off(context.unit, event_id, found[1]):
        lead.view(context, events.must(context.unit, event_id))
        return
    fresh = events.must(context.unit, event_id)
    lead.view(context, fresh)
    lead.tell_givers(context, fresh, found[1], "lead.off_by_other", "lead_off", set())


PRESSES: dict[str, Press] = {
    "elchange": Press(show, (int,)),
    "elplace": Press(ask_place, (int,)),
    "ellink": Press(ask_link, (int,)),
    "elform": Press(ask_form, (int,)),
    "elform2": Press(set_form, (int, str)),
    "eloff": Press(ask_off, (int,)),
    "eloff2": Press(call_off, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {
    "evplace": takes_place,
    "evlink": takes_link,
}
