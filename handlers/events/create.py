"""Calling an event of any kind by hand: its kind, its questions, and all of it seen before it is sent; a further date."""

from __future__ import annotations

from handlers import say
from handlers.appointments.available import short_day
from handlers.context import Context, Press
from handlers.events import create_guests, create_what, create_when, draft, shown
from handlers.telling import when
from handlers.texts import Block, listed, render
from models.base import from_ms
from models.events import audience, calling, changing, clashes, days, drafts, events, kinds
from models.events.drafts import Draft, Step
from models.events.states import AHEAD, Audience, EventState
from models.events.tables import Event

# --- the beginning ---

CLASHES = 5
"""So many other events of the same hours are named."""


def home_rows(context: Context) -> list[list[say.Button]]:
    """The way here from /classes, for those who may call something."""
    if not calling.kinds_for(context.unit, context.who):
        return []
    return [[context.button("button.new_event", "nevnew")]]


def lead_rows(context: Context, event: Event) -> list[list[say.Button]]:
    """On the screen of an event that lies ahead: another date for it."""
    first = events.must(context.unit, event.first_id) if event.first_id is not None else event
    if not _extends(context, first) or not calling.may_add(context.unit, first, context.who):
        return []
    return [[context.button("button.session_add", "evsess", event.id)]]


def begin(context: Context) -> None:
    """What kind of event? One that was begun before can be gone on with."""
    known = calling.kinds_for(context.unit, context.who)
    if not known:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    rows = [[context.named(one.title(context.language), "nevkind", one.code)] for one in known]
    left = drafts.of(context.unit, context.who)
    if left is not None:
        rows.append([context.button("button.new_on", "nevon", left.id, kind=left.of_kind.title(context.language))])
    rows.append([context.button("button.classes_back", "clist")])
    context.change("create.kind", buttons=rows)


def choose_kind(context: Context, code: str) -> None:
    """That kind."""
    staff = context.who.staff
    if staff is None or code not in {one.code for one in calling.kinds_for(context.unit, context.who)}:
        context.toast("help.button_gone", alert=True)
        return
    fresh = drafts.begin(context.unit, context.who, code, staff.school_id, staff.person_id)
    classes = calling.classes_for(context.unit, context.who)
    if kinds.kind_of(code).audience is Audience.CLASSES and len(classes) == 1:
        draft.kept(context, fresh, classes=tuple(classes), whom_said=True)
    else:
        draft.onward(context, fresh)


def again(context: Context, draft_id: int, step: str) -> None:
    """A question that was answered already, or the next one: to answer it otherwise."""
    one = draft.mine(context, draft_id)
    if one is None:
        return
    ways = drafts.steps(one)
    coming = drafts.next_step(one)
    if step not in ways or (coming is not None and ways.index(Step(step)) > ways.index(coming)):
        context.toast("help.button_gone", alert=True)
        return
    draft.ASKS[Step(step)](context, one)


def on(context: Context, draft_id: int) -> None:
    """On with it."""
    one = draft.mine(context, draft_id)
    if one is not None:
        draft.onward(context, one)


def drop(context: Context, draft_id: int) -> None:
    """Thrown away: nobody has heard of it."""
    one = draft.mine(context, draft_id)
    if one is None or not drafts.take(context.unit, context.who, one.id):
        return
    context.toast()
    context.change("create.dropped", buttons=[[context.button("button.classes_back", "clist")]])


# --- another date ---


def _extends(context: Context, first: Event) -> bool:
    return first.state in AHEAD and not changing.begun(first, context.unit.now_ms)


def another(context: Context, event_id: int) -> None:
    """Another day and time for the same."""
    event = events.one(context.unit, event_id)
    first = event if event is None or event.first_id is None else events.one(context.unit, event.first_id)
    if first is None or not calling.may_add(context.unit, first, context.who):
        context.toast("help.button_gone", alert=True)
        return
    if not _extends(context, first):
        context.toast("event.over", alert=True)
        return
    if len(events.sessions(context.unit, first)) >= calling.MOST_DATES:
        context.toast("create.dates_most", alert=True, most=calling.MOST_DATES)
        return
    draft.onward(context, drafts.another_date(context.unit, context.who, first))


# --- seen, and sent ---


def preview(context: Context, one: Draft) -> None:
    """What those who are invited will see, how many they are, when they get it, and what should be known about the day."""
    staff = context.who.staff
    if staff is None or not calling.may(context.unit, context.who, one):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    zone = context.school.zone
    with drafts.tried(context.unit, one, zone, staff.person_id) as event:
        card, facts = _card(context, one, event), _facts(context, one, event)
    steps = drafts.steps(one)
    parts = [step for step in steps if step not in (Step.TIME, Step.PUPIL)]
    buttons = [context.button(f"button.new_part_{step.value}", "nevask", one.id, step.value) for step in parts]
    rows = [
        [context.button("button.new_send", "nevsend", one.id)],
        *(buttons[at : at + 2] for at in range(0, len(buttons), 2)),
        [context.button("button.new_drop", "nevdrop", one.id)],
    ]
    context.change("create.preview", buttons=rows, card=Block(card), facts=draft.lines(facts))


def _card(context: Context, one: Draft, event: Event) -> str:
    """The invitation; of another date, that of the first one, in which it stands."""
    unit = context.unit
    first = event if one.first_id is None else events.must(unit, one.first_id)
    children = []
    if one.of_kind.audience in (Audience.CLASSES, Audience.FAMILIES):
        children = [context.words("create.own_child")]
    elif one.pupil_id is not None:
        children = [pupil.name for pupil in [calling.pupils_for(unit, context.who).get(one.pupil_id)] if pupil]
    values, _, key = shown.card(unit, first, context.school, context.reach, children=children, reply=None)
    return render(context.language, key, **values).text


def _facts(context: Context, one: Draft, event: Event) -> list[str]:
    unit, zone = context.unit, context.school.zone
    everyone, reached = audience.count(unit, event)
    families = one.of_kind.audience in (Audience.CLASSES, Audience.FAMILIES)
    key = "create.reach_families" if families else "create.reach_people"
    found = [context.words(key, count=everyone, reached=reached)]
    if one.classes:
        names = listed(context.language, (label for _, label in events.classes_of(unit, event.id)))
        found.append(context.words("create.to_classes", classes=names))
    if one.guests and one.pupil_id is not None:
        guests = [
            guest for guest in calling.guests_for(unit, context.who, one.pupil_id) if guest.person_id in one.guests
        ]
        names = listed(context.language, (create_guests.guest_name(context, guest) for guest in guests))
        found += [context.words("create.to_guests", guests=names), context.words("create.private")]
    silent = calling.without_family(unit, event)
    if silent:
        found.append(context.words("create.silent", count=silent))
    if event.capacity is not None:
        found.append(context.words("create.room_for", count=event.capacity))
    found.append(_goes(context, one, event))
    return found + _warnings(context, one, event, zone)


def _goes(context: Context, one: Draft, event: Event) -> str:
    """When the invitation goes out."""
    if one.first_id is not None:
        first = events.must(context.unit, one.first_id)
        return context.words("create.goes_into" if first.state == EventState.ANNOUNCED else "create.goes_with")
    at = days.notice_at(event.starts_at, one.of_kind.notice_days)
    if at <= context.unit.now_ms:
        return context.words("create.goes_now")
    return context.words("create.goes_at", time=when(context.language, at, context.school.zone))


def _warnings(context: Context, one: Draft, event: Event, zone: str) -> list[str]:
    """What a person decides on: nothing of it is forbidden."""
    unit = context.unit
    day = from_ms(event.starts_at).astimezone(context.zone).date()
    working = one.of_kind.audience is Audience.STAFF
    found = [
        context.words(f"create.day_is_{word}", day=short_day(context.language, day), name=f" {name}" if name else "")
        for word, name in days.warnings(unit, one.school_id, day, zone, working=working)
    ]
    return found + [
        context.words(
            "create.clash",
            what=shown.title(unit, other, context.language),
            time=shown.span(context.language, other, zone),
            groups=shown.groups(unit, other, context.language),
        ).rstrip(" ·")
        for other in clashes.found(unit, event)[:CLASHES]
        # What is private is its own host's alone to know of, whoever adds a date to that host's event.
        if not kinds.kind_of(other.kind).private or other.host_id in context.who.person_ids
    ]


def send(context: Context, draft_id: int) -> None:
    """It is settled. Who presses twice makes one event: the draft is gone with the first press."""
    one = draft.mine(context, draft_id)
    staff = context.who.staff
    if one is None or staff is None:
        return
    if drafts.next_step(one) is not None or not calling.may(context.unit, context.who, one):
        context.toast("help.button_gone", alert=True)
        return
    bad = create_when.wrong(context, one)
    if bad:
        # It lay about for a while.
        context.toast(f"create.when_{bad}", alert=True, hours=days.SOONEST, days=days.FARTHEST)
        return
    unit = context.unit
    first = None if one.first_id is None else events.lock(unit, one.first_id)
    if first is not None and not _extends(context, first):
        context.toast("event.over", alert=True)
        return
    if not drafts.take(unit, context.who, one.id):
        context.toast("help.button_gone", alert=True)
        return
    context.toast("create.sent")
    made = events.must(unit, drafts.make(unit, one, context.school.zone, staff.person_id))
    if first is not None:
        changing.mend(unit, first)
    rows = [
        [context.button("button.new_show", "evlead", made.id)],
        *lead_rows(context, made),
        [context.button("button.classes_back", "clist")],
    ]
    context.change(
        "create.done",
        buttons=rows,
        what=shown.title(unit, made, context.language),
        time=shown.span(context.language, made, context.school.zone),
        goes=_goes(context, one, made),
    )


draft.ASKS.update(
    {
        Step.CLASSES: create_guests.ask_classes,
        Step.PUPIL: create_guests.ask_pupil,
        Step.GUESTS: create_guests.ask_guests,
        Step.DAY: create_when.ask_day,
        Step.TIME: create_when.ask_time,
        Step.FORM: create_what.ask_form,
        Step.PLACE: create_what.ask_place,
        Step.TOPIC: create_what.ask_topic,
        Step.LIMIT: create_what.ask_limit,
    }
)
draft.DONE.append(preview)

PRESSES: dict[str, Press] = {
    "nevnew": Press(begin),
    "nevkind": Press(choose_kind, (str,)),
    "nevask": Press(again, (int, str)),
    "nevon": Press(on, (int,)),
    "nevdrop": Press(drop, (int,)),
    "nevsend": Press(send, (int,)),
    "evsess": Press(another, (int,)),
    **create_guests.PRESSES,
    **create_when.PRESSES,
    **create_what.PRESSES,
}
TEXTS = create_what.TEXTS
