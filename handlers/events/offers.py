"""A guardian who could give a parent class: offers it, the chief mentor answers, and hears the date once it is chosen."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import shown
from handlers.incoming import Wrote
from handlers.texts import Block
from models.duties import forms
from models.duties.forms import Asked
from models.events import allowed, audience, events, offers, suggesting
from models.events.audience import Invited
from models.events.offers import Offer, OwnClass
from models.events.tables import Event
from models.safeguarding import signals
from models.unit import Unit

SHORT = 20
"""Characters of an offer on a button."""


def rows(context: Context) -> list[list[say.Button]]:
    """What stands on the /classes screen: for guardians the way to offer, for who answers offers those that are open."""
    found = []
    if offers.classes(context.unit, context.who.person_ids):
        key = "button.offer_mine" if _mine(context) else "button.offer_make"
        found.append([context.button(key, "offer")])
    wait = offers.open_for(context.unit, context.who)
    if wait:
        found.append([context.button("button.offer_open", "ofopen", count=len(wait))])
    return found


def _mine(context: Context) -> list[Offer]:
    return [one for person in context.who.person_ids for one in offers.of_person(context.unit, person)]


# --- offering ---


def begin(context: Context) -> None:
    """What I have offered; or at once the question, where that is nothing."""
    mine = _mine(context)
    if not mine:
        another(context)
        return
    context.toast()
    rows_ = [[_back_button(context, one)] for one in mine]
    if sum(1 for one in mine if one.state == "open") < offers.MOST:
        rows_.append([context.button("button.offer_another", "ofmore")])
    rows_.append([context.button("button.classes_back", "clist")])
    lines = [context.words(f"offer.line_{one.state}", group=one.group, about=one.about) for one in mine]
    context.change("offer.mine", buttons=rows_, lines=Block("\n".join(lines)))


def _back_button(context: Context, one: Offer) -> say.Button:
    about = one.about.replace("\n", " ")
    short = about if len(about) <= SHORT else f"{about[: SHORT - 1]}…"
    return context.button("button.offer_take_back", "ofback", one.id, about=short)


def another(context: Context) -> None:
    """Which class, if there are several; then the question."""
    own = offers.classes(context.unit, context.who.person_ids)
    if not own:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    if len(own) == 1:
        _ask(context, own[0])
        return
    rows_ = [[context.named(one.group, "ofclass", one.id)] for one in own]
    context.change("offer.which", buttons=[*rows_, [context.button("button.classes_back", "clist")]])


def for_class(context: Context, class_id: int) -> None:
    """The class was chosen."""
    own = _own(context, class_id)
    if own is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _ask(context, own)


def _own(context: Context, class_id: int) -> OwnClass | None:
    found = offers.classes(context.unit, context.who.person_ids)
    return next((one for one in found if one.id == class_id), None)


def _ask(context: Context, own: OwnClass) -> None:
    forms.ask(context.unit, context.who, "evoffer", own.id)
    context.change(
        "offer.ask",
        buttons=[[context.button("button.offer_never_mind", "clist")]],
        group=own.group,
        most=offers.LONGEST,
    )


def takes_offer(context: Context, event: Wrote, wanted: Asked) -> bool:
    """What it would be about, as it was typed: kept, and the chief mentor asked."""
    unit, text = context.unit, event.text.strip()
    own = _own(context, wanted.subject_id)
    if own is None or not text or signals.find(text) is not None:
        # No child in that class any more; or words about a child's safety, which go to people at once.
        forms.end(unit, context.who)
        return False
    if len(text) > offers.LONGEST:
        context.say("offer.long", most=offers.LONGEST, count=len(text), reply_to=event.place_id)
        return True
    forms.end(unit, context.who)
    kept = offers.make(unit, own.id, own.person_id, text)
    found = None if kept is None else offers.one(unit, kept)
    if found is None:
        rows_ = [[context.button("button.offer_mine", "offer")]]
        context.say("offer.many", most=offers.MOST, buttons=rows_, reply_to=event.place_id)
        return True
    people, chief = offers.deciders(unit, own.id)
    for one in people:
        _tell_decider(unit, found, one, own.school_id, context.school)
    rows_ = [[_back_button(context, found)], [context.button("button.classes_back", "clist")]]
    key = "offer.kept" if chief else "offer.kept_school"
    context.say(key, buttons=rows_, group=own.group, reply_to=event.place_id)
    return True


def tell(
    unit: Unit, offer: Offer, one: Invited, school_id: int, school: SchoolSettings, what: str, buttons: say.Rows
) -> None:
    """Tells somebody of an offer, once for `what`, outside rest."""
    telling.tell(
        unit,
        one.reach,
        f"offer.{what}",
        dedupe_key=f"offer:{offer.id}:{what}:{one.person_id}",
        due_at=shown.hears(unit, one, school_id, school),
        buttons=buttons,
        group=offer.group,
        name=offer.name,
        about=offer.about,
    )


def _tell_decider(unit: Unit, offer: Offer, one: Invited, school_id: int, school: SchoolSettings) -> None:
    buttons = [
        [
            telling.button(unit, one.reach, "button.offer_yes", "ofyes", offer.id),
            telling.button(unit, one.reach, "button.offer_no", "ofno", offer.id),
        ]
    ]
    tell(unit, offer, one, school_id, school, "asked", buttons)


def take_back(context: Context, offer_id: int) -> None:
    """Its guardian would rather not. Who had planned with it hears so."""
    unit = context.unit
    offer = offers.one(unit, offer_id)
    if offer is None or offer.person_id not in context.who.person_ids:
        context.toast("help.button_gone", alert=True)
        return
    if not offers.withdraw(unit, offer_id, offer.person_id):
        context.toast("offer.over", alert=True)
        return
    context.toast()
    for event_id in offers.booked(unit, offer):
        say_cannot(unit, events.must(unit, event_id), offer.person_id, context.school)
    context.change("offer.taken_back", buttons=[[context.button("button.classes_back", "clist")]])


# --- chosen ---


def tell_chosen(unit: Unit, event: Event, school: SchoolSettings) -> None:
    """The guardian who gives it now hears date and time, with the way to all that belongs to it and to 'I cannot'. Whose child
    has left the class meanwhile hears nothing (left.py looks after the place)."""
    if event.speaker_id is None or allowed.speaker(unit, event) is None:
        return
    shown.tell_staff(
        unit,
        event.speaker_id,
        event,
        school,
        "offer.chosen",
        f"given.{event.sequence}.{event.version}",
        buttons=[("button.lead_open", "evlead"), ("button.offer_cannot", "ofcannot")],
        useful_until=event.starts_at,
    )


def cannot(context: Context, event_id: int) -> None:
    """The guardian who was to give it cannot: who plans it hears so."""
    unit = context.unit
    event = events.one(unit, event_id)
    speaks = None if event is None else allowed.speaker(unit, event)
    if event is None or speaks is None or speaks not in context.who.person_ids or event.starts_at <= unit.now_ms:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    told = say_cannot(unit, event, speaks, context.school)
    key = "offer.cannot_told" if told else "offer.cannot_nobody"
    context.change(
        key,
        buttons=[[context.button("button.classes_back", "clist")]],
        time=shown.span(context.language, event, context.school.zone),
    )


def say_cannot(unit: Unit, event: Event, person: int, school: SchoolSettings) -> bool:
    """Tells who plans the event; False where there is nobody whom the bot reaches."""
    planners = list(audience.reaches(unit, audience.chiefs(unit, event)))
    choose = ("button.lead_open", "evlead") if event.class_id is None else ("button.given_self", "eplacee")
    planners = planners or list(audience.admins_of(unit, event.school_id))
    for planner in planners:
        shown.tell_staff(
            unit,
            planner,
            event,
            school,
            "offer.speaker_cannot",
            f"speaker_cannot.{event.sequence}.{person}.{suggesting.rounds(unit, event.id)}",
            buttons=[choose],
            useful_until=event.starts_at,
            name=events.name_of(unit, person),
        )
    return bool(planners)


PRESSES: dict[str, Press] = {
    "offer": Press(begin),
    "ofmore": Press(another),
    "ofclass": Press(for_class, (int,)),
    "ofback": Press(take_back, (int,)),
    "ofcannot": Press(cannot, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evoffer": takes_offer}
