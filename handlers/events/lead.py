"""One event as who gives it sees it: what stands, who comes in numbers, what is missing; and the ways to all that is to do."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import segno

from handlers import say
from handlers.context import Context, Press
from handlers.events import shown
from handlers.telling import when
from handlers.texts import Block, listed, render, words
from models.base import from_ms
from models.events import (
    asking,
    audience,
    changing,
    events,
    feedback,
    kinds,
    materials,
    questions,
    replies,
    signin,
    tellings,
)
from models.events.rules import DAY
from models.events.signin import Signed
from models.events.states import AHEAD, EventState, Form, Reply, What
from models.events.tables import Event
from models.unit import Unit

MORE: list[Callable[[Context, Event], list[list[say.Button]]]] = []
"""Rows that other conversations add; menu.py fills it."""


def led(context: Context, event_id: int) -> tuple[Event, int] | None:
    """An event that this account leads, and as whom; nothing where it does not, or only those who plan know of it."""
    event = events.one(context.unit, event_id)
    if event is None or event.state == EventState.PROPOSED:
        return None
    person = audience.leads(context.unit, event, context.who)
    return None if person is None else (event, person)


def mine(context: Context, event_id: int) -> tuple[Event, int] | None:
    """The same for a press: otherwise the button leads nowhere."""
    found = led(context, event_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
    return found


def show(context: Context, event_id: int) -> None:
    """The event as it stands, in the message whose button was pressed."""
    found = mine(context, event_id)
    if found is None:
        return
    context.toast()
    view(context, found[0])


def view(context: Context, event: Event, key: str = "lead.view") -> None:
    """The screen of an event that the caller has looked up."""
    unit = context.unit
    lines = [
        shown.groups(unit, event, context.language),
        context.words("event.when", time=shown.span(context.language, event, context.school.zone)),
        shown.place_line(unit, event, context.language),
        _link(context, event),
        context.words("event.speaker", name=events.speaker_name(unit, event)),
        context.words(f"lead.state_{event.state}", day=_notice_day(context, event)),
    ]
    parts = [_coming(context, event), _came(context, event), _missing(context, event), _said(context, event)]
    found = [line for part in parts for line in part]
    context.change(
        key,
        buttons=_rows(context, event),
        what=shown.title(unit, event, context.language),
        lines=Block("\n".join([one for one in lines if one] + ([""] if found else []) + found)),
    )


def _link(context: Context, event: Event) -> str:
    link = events.opened(context.unit, event, "link")
    return context.words("lead.link", link=link) if link and event.form != Form.ROOM else ""


def _notice_day(context: Context, event: Event) -> str:
    at = event.starts_at - kinds.kind_of(event.kind).notice_days * DAY
    return when(context.language, max(at, context.unit.now_ms), context.school.zone)


def _coming(context: Context, event: Event) -> list[str]:
    """Who comes, in numbers, as long as that is to come."""
    if event.state not in AHEAD:
        return []
    sums = replies.sums(context.unit, event.id)
    allowed = replies.allowed(event, kinds.kind_of(event.kind).replies)
    lines = []
    if event.state == EventState.ANNOUNCED:
        for one in (Reply.COME, Reply.ONLINE, Reply.WAITING, Reply.NOTES):
            families, people = sums.get(one, (0, 0))
            if families or one in allowed:
                lines.append(context.words(f"lead.sum_{one.value}", families=families, people=people))
    if event.capacity is not None:
        lines.append(context.words("lead.capacity", count=event.capacity))
    return lines


def _came(context: Context, event: Event) -> list[str]:
    """How many are there, or were."""
    if event.state not in (*AHEAD, EventState.HELD):
        return []
    unit, lines = context.unit, []
    people, guests = signin.signed(unit, event.id)
    if people:
        lines.append(context.words("lead.signed", people=people, guests=guests))
    if event.state == EventState.HELD:
        came = signin.attendance(unit, event)
        lines.append(context.words("lead.came_unknown") if came is None else context.words("lead.came", count=came))
    return lines


def missing(unit: Unit, event: Event, now_ms: int) -> list[str]:
    """What is still missing before it can begin: topic, link, place."""
    if event.state not in AHEAD or now_ms >= event.ends_at:
        return []
    found = []
    if event.kind == kinds.CLASS and not event.topic:
        found.append("topic")
    if event.form != Form.ONLINE and event.sealed_place is None:
        found.append("place")
    online = event.form == Form.ONLINE or replies.sums(unit, event.id).get(Reply.ONLINE, (0, 0))[0] > 0
    if event.form != Form.ROOM and online and event.sealed_link is None:
        found.append("link")
    return found


def _missing(context: Context, event: Event) -> list[str]:
    now = context.unit.now_ms
    if changing.voting_now(event, now) and event.vote_until is not None:
        until = when(context.language, event.vote_until, context.school.zone)
        return [
            context.words("lead.voting", until=until),
            *(context.words(f"lead.missing_{one}") for one in missing(context.unit, event, now) if one != "topic"),
        ]
    return [context.words(f"lead.missing_{one}") for one in missing(context.unit, event, now)]


def _said(context: Context, event: Event) -> list[str]:
    """What was sent, asked and thought."""
    unit, lines = context.unit, []
    sent, waits = len(materials.of(unit, event.id)), materials.waiting(unit, event.id)
    if sent:
        lines.append(context.words("lead.notes_sent", count=sent))
    if waits:
        lines.append(context.words("lead.notes_waiting", count=waits))
    open_ = len(questions.open_for(unit, event, _me(context, event)))
    if open_:
        lines.append(context.words("lead.questions_count", count=open_))
    if event.state == EventState.HELD and kinds.kind_of(event.kind).feedback:
        sums = feedback.sums(event)
        if sums.helped is not None:
            mean, count = f"{sums.helped:.1f}", sums.count
            lines.append(
                context.words("lead.feedback_first", count=count, mean=mean)
                if sums.usable is None
                else context.words("lead.feedback", count=count, mean=mean, usable=sums.usable)
            )
        elif tellings.was(unit, event.id, What.FEEDBACK):
            lines.append(context.words("lead.feedback_few"))
    return lines


def _me(context: Context, event: Event) -> int | None:
    return audience.leads(context.unit, event, context.who)


def _rows(context: Context, event: Event) -> list[list[say.Button]]:
    """What can be done now."""
    unit, now, one = context.unit, context.unit.now_ms, event.id
    kind = kinds.kind_of(event.kind)
    ahead, over = event.state in AHEAD, now >= event.ends_at
    lacks = missing(unit, event, now)
    rows: list[list[say.Button]] = []
    if changing.topic_may_change(event, now) and event.kind == kinds.CLASS:
        key = "button.lead_topic_other" if event.topic else "button.lead_topic"
        rows.append([context.button(key, "eltopic", one)])
    rows.append([context.button(f"button.lead_add_{name}", f"el{name}", one) for name in lacks if name != "topic"])
    if ahead and kind.sign_in and now < signin.window(event, context.school.events)[1]:
        rows.append([context.button("button.lead_code", "evcode", one)])
    if ahead and over:
        rows.append([context.button("button.held_yes", "elheld", one), context.button("button.held_no", "elnot", one)])
    elif event.state == EventState.HELD or (ahead and changing.begun(event, now)):
        rows.append([context.button("button.lead_count", "elcount", one)])
    if kind.notes and event.state in (*AHEAD, EventState.HELD):
        rows.append([context.button("button.lead_notes", "elnotes", one)])
    asked = len(questions.open_for(unit, event, _me(context, event)))
    if asked and event.state in (*AHEAD, EventState.HELD):
        rows.append([context.button("button.lead_questions", "elqs", one, 0, count=asked)])
    if ahead and not changing.begun(event, now):
        rows.append([context.button("button.lead_change", "elchange", one)])
    elif ahead and not over and event.form != Form.ROOM and "link" not in lacks:
        rows.append([context.button("button.change_link", "ellink", one)])
    if over and event.state == EventState.HELD:
        rows.append([context.button("button.held_wrong_no", "elnot", one)])
    if event.state == EventState.NOT_HELD:
        rows.append([context.button("button.held_wrong_yes", "elheld", one)])
    for more in MORE:
        rows += more(context, event)
    return [*rows, [context.button("button.classes_back", "clist")]]


# --- the code for the room ---


def code(context: Context, event_id: int) -> None:
    """The picture to show in the room, with six digits for typing; before its time from when it is there."""
    found = mine(context, event_id)
    if found is None:
        return
    event, _ = found
    if not kinds.kind_of(event.kind).sign_in:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    unit, rules, zone, language = context.unit, context.school.events, context.school.zone, context.language
    stands = signin.stands(event, unit.now_ms, rules)
    begins, ends = signin.window(event, rules)
    what = shown.title(unit, event, language)
    if stands is not Signed.HERE:
        context.say(
            "lead.code_early" if stands is Signed.EARLY else "lead.code_over",
            what=what,
            since=when(language, begins, zone),
            buttons=[[context.button("button.lead_open", "evlead", event_id)]],
        )
        return
    values: dict[str, Any] = {
        "what": what,
        "code": signin.code(unit, event),
        "until": f"{from_ms(ends).astimezone(context.zone):%H:%M}",
    }
    if not context.school.bot_username:
        context.say("lead.code_digits", **values)
        return
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.PICTURE,
        payload=say.picture("code.png", _drawn(context, event), render(language, "lead.code", **values)),
    )


def _drawn(context: Context, event: Event) -> bytes:
    link = f"https://t.me/{context.school.bot_username}?start={signin.payload(context.unit, event)}"
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="png", scale=12, border=3)
    return out.getvalue()


# --- who gives it hears what somebody else did ---


def tell_givers(context: Context, event: Event, actor: int, key: str, what: str, changed: set[str]) -> None:
    """Tells those who give an event what somebody else has changed about it."""
    for person in asking.givers(context.unit, event):
        if person == actor or person in context.who.person_ids:
            continue

        def words_of(language: str) -> Block:
            return Block(listed(language, (words(language, f"event.changed_{one}") for one in sorted(changed))))

        def place_of(language: str) -> str:
            return shown.place_line(context.unit, event, language)

        shown.tell_staff(
            context.unit,
            person,
            event,
            context.school,
            key,
            f"{what}.{event.version}",
            buttons=[("button.lead_open", "evlead")],
            useful_until=event.starts_at,
            changed=words_of,
            place=place_of,
        )


PRESSES: dict[str, Press] = {"evlead": Press(show, (int,)), "evcode": Press(code, (int,))}
