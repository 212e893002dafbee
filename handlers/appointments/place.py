"""Where they meet: a guardian says it, its two teachers see it for a time, and then it is nowhere any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from handlers import say
from handlers.appointments import shown
from handlers.context import Context, Press, SchoolSettings
from handlers.incoming import Wrote
from handlers.relay import relay
from handlers.texts import render
from models.appointments import party, places, visits
from models.appointments.places import Doubt, Place, Shown
from models.appointments.states import Form, Reply
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.conversation import Body
from models.duties import forms
from models.duties.forms import Asked
from models.promises import needs_answer
from models.queues import Lane
from models.safeguarding import signals
from models.standing import line_of_pupil
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
    """What was typed after an address was asked for is shown back first: it may have been meant for the mentor.

    A place on the map needs no question. What reads like a question, like trouble or like thanks is a message.
    """
    unit = context.unit
    mine, found = _comes(context, wanted.subject_id), _place(event)
    if mine is None or found is None or not places.wanted(mine[0]):
        return False
    visit, guest = mine
    if event.media is not None:
        return _keeps(context, visit, guest, found, event.place_id)
    if not places.doubt(unit, visit, guest.guardian_id, Doubt(event.text, event.spans, event.place_id)):
        return False
    forms.ask(unit, context.who, "vmap", visit.id)
    rows = [
        [context.button("button.before_is_place", "vplok", visit.id)],
        [context.button("button.before_is_message", "vplno", visit.id)],
    ]
    context.say("before.place_check", buttons=rows, reply_to=event.place_id, address=found.text)
    return True


def _place(event: Wrote) -> Place | None:
    if event.media is not None:
        piece = event.media
        name = " ".join(str(piece[one]) for one in ("title", "address") if piece.get(one))
        return Place(name[:LONGEST], piece["latitude"], piece["longitude"])
    text = event.text.strip()
    if len(text) > LONGEST or "?" in text or "？" in text or signals.find(text) is not None:
        return None
    return Place(text) if needs_answer(text) else None


def _keeps(context: Context, visit: Visit, guest: Guest, place: Place, reply_to: int | None = None) -> bool:
    """Keeps it and says so: below what was sent, or in the place of the question. False where it is too late."""
    before = places.of(context.unit, visit)
    if not places.keep(context.unit, visit, guest.guardian_id, place):
        return False
    if before is not None:
        _anew(context.unit, visit, context.school)
    forms.ask(context.unit, context.who, "vmap", visit.id)
    rows = [[context.button("button.before_other_place", "vplace", visit.id)]]
    if not places.area_of(context.unit, visit.pupil_id):
        rows.append([context.button("button.before_area", "varea", visit.id)])
    if reply_to is None:
        context.change("before.place_kept", buttons=rows)
    else:
        context.say("before.place_kept", buttons=rows, reply_to=reply_to)
    return True


def takes_map(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A point on the map that follows the words belongs to them: it must not stay in the conversation with the mentor."""
    mine, found = _comes(context, wanted.subject_id), None if event.media is None else _place(event)
    if mine is None or found is None or not places.wanted(mine[0]):
        return False
    (visit, guest), unit = mine, context.unit
    said, before = places.doubted(unit, visit, guest.guardian_id), places.of(unit, visit)
    words = before.text if said is None and before is not None and before.text else found.text
    if not _keeps(context, visit, guest, Place(words, found.latitude, found.longitude), event.place_id):
        return False
    if said is not None and found.latitude is not None and found.longitude is not None:
        # What was typed before it is still to be asked about.
        places.doubt(unit, visit, guest.guardian_id, replace(said, point=(found.latitude, found.longitude)))
    return True


def _said(context: Context, visit_id: int) -> tuple[Visit, Guest, Doubt] | None:
    """What a guardian has typed and presses about now; says so where it is not there any more."""
    mine = _comes(context, visit_id)
    said = None if mine is None else places.doubted(context.unit, mine[0], mine[1].guardian_id)
    if mine is not None and said is not None:
        return *mine, said
    if mine is None or places.of(context.unit, mine[0]) is not None:
        context.toast("help.button_gone", alert=True)
    else:
        context.toast()
        context.change("before.place_lost", buttons=[[context.button("button.before_place", "vplace", visit_id)]])
    return None


def is_place(context: Context, visit_id: int) -> None:
    """'Yes, this is the address': from now on its teachers may see it."""
    found = _said(context, visit_id)
    if found is None:
        return
    visit, guest, said = found
    latitude, longitude = said.point or (None, None)
    place = Place(said.text.strip(), latitude, longitude)
    if not places.wanted(visit) or not _keeps(context, visit, guest, place):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()


def is_message(context: Context, visit_id: int) -> None:
    """'No, it is for the teacher': it goes the ordinary way, and is kept as an address no longer."""
    found = _said(context, visit_id)
    if found is None:
        return
    visit, guest, said = found
    line = line_of_pupil(context.unit, visit.pupil_id, guest.guardian_id)
    if line is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    places.doubt(context.unit, visit, guest.guardian_id, None)
    rows = [[context.button("button.before_place", "vplace", visit_id)]] if places.wanted(visit) else []
    context.change("before.place_passed", buttons=rows)
    relay(context, line, True, Body(said.text, said.spans), said.message)


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


def ask_area(context: Context, visit_id: int) -> None:
    """'Say the part of town', for planning the way: nobody has to."""
    mine = _comes(context, visit_id)
    if mine is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "varea", visit_id)
    context.say("before.area_ask", buttons=[[context.button("button.before_skip", "vskip")]])


def takes_area(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The part of town. What is longer than a name, or only thanks, was meant for the mentor."""
    if event.media is not None:
        return takes_map(context, event, wanted)
    mine, name = _comes(context, wanted.subject_id), event.text.strip()
    if mine is None or len(name) > places.LONGEST_AREA or any(one in name for one in "\n，。！？,!?"):
        return False
    if signals.find(name) is not None or not needs_answer(name):
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
    "vplok": Press(is_place, (int,)),
    "vplno": Press(is_message, (int,)),
    "varea": Press(ask_area, (int,)),
    "vskip": Press(skip),
    "vaddr": Press(look, (int,)),
}
