"""Where they meet: a guardian says it, its two teachers see it for a time, and then it is nowhere any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from handlers import say
from handlers.appointments import shown
from handlers.context import Context, Press, SchoolSettings
from handlers.events import Wrote
from handlers.texts import render
from models.appointments import party, places, visits
from models.appointments.places import Place, Shown
from models.appointments.states import Form, Reply
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.duties import forms
from models.duties.forms import Asked
from models.queues import Lane
from models.safeguarding import signals
from models.unit import Unit

LONGEST = 200
"""Characters of an address."""
USEFUL = 600_000
"""Milliseconds after which an address that could not be shown is not shown: its row forgets it."""
ASKS = {Form.HOME: "before.place_ask_home", Form.PUBLIC: "before.place_ask_public"}
ASKS_GUEST = {Form.HOME: "before.place_guest_home", Form.PUBLIC: "before.place_guest_public"}


# --- a guardian says it ---


def _comes(context: Context, visit_id: int) -> tuple[Visit, Guest] | None:
    """The visit and as whom, for a guardian who comes."""
    guest = visits.invited(context.unit, visit_id, context.who.person_ids)
    if guest is None or guest.reply not in (Reply.HOST, Reply.JOINED):
        return None
    return visits.must(context.unit, visit_id), guest


def ask(context: Context, visit_id: int) -> None:
    """After the confirmation: where do they meet? Not asked where it is known, or where nobody goes out."""
    mine = _comes(context, visit_id)
    if mine is not None and places.wanted(mine[0]) and places.of(context.unit, mine[0]) is None:
        _ask(context, mine[0])


def _ask(context: Context, visit: Visit) -> None:
    forms.ask(context.unit, context.who, "vplace", visit.id)
    context.say(ASKS[Form(visit.form or Form.HOME)], child=visits.names(context.unit, visit.id).child)


def ask_guest(unit: Unit, guest: Guest, visit: Visit, school: SchoolSettings) -> None:
    """The same for a guardian who did not just press: by a button, out of quiet hours."""
    if places.wanted(visit) and places.of(unit, visit) is None:
        shown.tell_guests(
            unit,
            [guest],
            school,
            ASKS_GUEST[Form(visit.form or Form.HOME)],
            visit,
            "place",
            actions=[("button.before_place", "vplace")],
            child=visits.names(unit, visit.id).child,
        )


def begin(context: Context, visit_id: int) -> None:
    """'Say where': the first time, or another place."""
    mine = _comes(context, visit_id)
    if mine is None or not places.wanted(mine[0]):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _ask(context, mine[0])


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """An address that was typed, or a place on the map. What reads like a question, or like trouble, is a message."""
    unit = context.unit
    mine, place = _comes(context, wanted.subject_id), _place(event)
    if mine is None or place is None or not places.wanted(mine[0]):
        return False
    visit, guest = mine
    before = places.of(unit, visit)
    if not places.keep(unit, visit, guest.guardian_id, place):
        return False
    forms.end(unit, context.who)
    if before is not None:
        _anew(unit, visit, context.school)
    rows = [[context.button("button.before_other_place", "vplace", visit.id)]]
    if before is None and not places.area_of(unit, visit.pupil_id):
        forms.ask(unit, context.who, "varea", visit.id)
        rows.append([context.button("button.before_skip", "vskip")])
        context.say("before.place_kept_area", buttons=rows, reply_to=event.place_id)
    else:
        forms.ask(unit, context.who, "vmap", visit.id)
        context.say("before.place_kept", buttons=rows, reply_to=event.place_id)
    return True


def _place(event: Wrote) -> Place | None:
    if event.media is not None:
        piece = event.media
        name = " ".join(str(piece[one]) for one in ("title", "address") if piece.get(one))
        return Place(name[:LONGEST], piece["latitude"], piece["longitude"])
    text = event.text.strip()
    if len(text) > LONGEST or "?" in text or "？" in text or signals.find(text) is not None:
        return None
    return Place(text)


def takes_map(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A point on the map that follows the words belongs to them: it must not stay in the conversation with the mentor."""
    mine, found = _comes(context, wanted.subject_id), None if event.media is None else _place(event)
    if mine is None or found is None or not places.wanted(mine[0]):
        return False
    visit, guest = mine
    before = places.of(context.unit, visit)
    words = before.text if before is not None and before.text else found.text
    both = Place(words, found.latitude, found.longitude)
    if not places.keep(context.unit, visit, guest.guardian_id, both):
        return False
    _anew(context.unit, visit, context.school)
    rows = [[context.button("button.before_other_place", "vplace", visit.id)]]
    context.say("before.place_kept", buttons=rows, reply_to=event.place_id)
    return True


def _anew(unit: Unit, visit: Visit, school: SchoolSettings) -> None:
    """Another place: teachers who have looked at the old one hear of it, and that one goes."""
    gone = places.outdated(unit, visit.id)
    _erase(unit, gone)
    chats = {(one.bot_id, one.chat_id) for one in gone}
    fresh = visits.must(unit, visit.id)
    for person in party.teachers(unit, visit):
        one = shown.teacher(unit, person)
        if one.reach is not None and (one.reach.bot_id, one.reach.user_id) in chats:
            shown.tell_teacher(
                unit,
                one,
                school,
                "before.place_changed",
                fresh,
                "replaced",
                actions=[("button.before_address", "vaddr")],
                at_once=True,
                child=visits.names(unit, visit.id).child,
            )


def takes_area(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The part of town, for planning the way. What is longer than a name was meant for the mentor."""
    if event.media is not None:
        return takes_map(context, event, wanted)
    mine, name = _comes(context, wanted.subject_id), event.text.strip()
    if mine is None or len(name) > places.LONGEST_AREA or any(one in name for one in "\n，。！？,!?"):
        return False
    if signals.find(name) is not None:
        return False
    if any(one.isdigit() for one in name):
        rows = [[context.button("button.before_skip", "vskip")]]
        context.say("before.area_only", buttons=rows, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    places.set_area(context.unit, mine[0].pupil_id, name)
    context.say("before.area_kept", reply_to=event.place_id)
    return True


def skip(context: Context) -> None:
    """No part of town; the press itself has ended the question."""
    context.toast()
    context.change("before.area_skipped")


# --- its teachers see it ---


def look(context: Context, visit_id: int) -> None:
    """'Address': for its teachers from a day before until it is over, and for leaders who look for them."""
    unit = context.unit
    visit = visits.one(unit, visit_id)
    viewer = None if visit is None else places.viewer(unit, visit, context.who.person_ids)
    if visit is None or viewer is None:
        context.toast("help.button_gone", alert=True)
        return
    if not places.is_time(visit, unit.now_ms):
        early = visit.starts_at is not None and unit.now_ms < visit.starts_at - places.DAY
        context.toast("before.address_early" if early else "before.address_over", alert=True)
        return
    found = places.look(unit, visit, viewer)
    if found is None:
        context.toast("before.address_none", alert=True)
        return
    context.toast()
    _show(context, visit, found)


def _show(context: Context, visit: Visit, place: Place) -> None:
    child = visits.names(context.unit, visit.id).child
    rich = render(context.language, "before.address", child=child, address=place.text or "📍")
    pieces = [(say.TEXT, say.text(rich, then={"address": visit.id}))]
    if place.latitude is not None and place.longitude is not None:
        point = {"kind": "location", "latitude": place.latitude, "longitude": place.longitude}
        pieces.append((say.MEDIA, say.media(point, None, then={"address": visit.id})))
    for kind, payload in pieces:
        context.unit.queue(
            answers=True,
            bot_id=context.who.bot_id,
            chat_id=context.who.user_id,
            kind=kind,
            payload=payload,
            useful_until=context.unit.now_ms + USEFUL,
        )


# --- and then it goes ---


def tick(unit: Unit, _bot_id: int, _school: SchoolSettings) -> None:
    """Addresses whose time is over go out of rows and out of chats."""
    places.wipe(unit)
    _erase(unit, places.stale(unit))


def _erase(unit: Unit, gone: Iterable[Shown]) -> None:
    for one in gone:
        unit.queue(
            answers=True,
            bot_id=one.bot_id,
            chat_id=one.chat_id,
            kind=say.ERASE,
            lane=Lane.RELAY,
            payload=say.erase_at(one.place_id, then={"address_gone": one.id, "language": one.language}),
        )


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"vplace": takes, "varea": takes_area, "vmap": takes_map}
PRESSES: dict[str, Press] = {
    "vplace": Press(begin, (int,)),
    "vskip": Press(skip),
    "vaddr": Press(look, (int,)),
}
