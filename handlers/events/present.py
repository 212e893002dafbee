"""Signing in: a button for who is invited, a code or link from the room for everybody; only the number is kept for long."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.events import shown
from handlers.events.reply import invited
from models.events import allowed, audience, events, lists, replies, signin
from models.events.signin import Signed
from models.events.states import Reply
from models.events.tables import Event
from models.unit import Unit

SHOWN = 5
"""So many numbers stand as buttons."""


def here(context: Context, event_id: int) -> None:
    """'I am here': with as many as were announced; the number can be set right below."""
    found = invited(context, event_id)
    if found is None:
        return
    event, person = found
    stands = signin.stands(event, context.unit.now_ms, context.school.events)
    if stands is not Signed.HERE:
        context.toast(f"present.{stands.value}", alert=True, minutes=context.school.events.sign_in_minutes)
        return
    context.toast("present.noted")
    _sign(context, event, _people(context.unit, event, person), "button", guest=False)


def _people(unit: Unit, event: Event, person: int | None) -> int:
    known = None if person is None else replies.of(unit, event.id, person)
    return known[1] if known is not None and known[0] is Reply.COME else 1


def _sign(context: Context, event: Event, people: int, how: str, *, guest: bool) -> None:
    before = signin.here(context.unit, event.id, context.who.account_id)
    many = before or people
    signin.sign(context.unit, event, context.who.account_id, many, how, guest=guest)
    _say(context, event, many, changes=False)


def _say(context: Context, event: Event, people: int, *, changes: bool) -> None:
    rows = [
        [
            context.named(
                ("✓ " if one == people else "") + context.words("button.event_people", count=one),
                "evmany",
                event.id,
                one,
            )
            for one in range(1, max(SHOWN, people) + 1)
        ]
    ]
    say_ = context.change if changes else context.say
    say_("present.here", buttons=rows, what=shown.title(context.unit, event, context.language))


def many(context: Context, event_id: int, people: int) -> None:
    """The number of people who came is another one."""
    event = events.one(context.unit, event_id)
    mine = None if event is None else signin.here(context.unit, event.id, context.who.account_id)
    if any(allowed.stopped(context.unit, one) for one in context.who.person_ids):
        mine = None
    if event is None or mine is None or not 1 <= people <= signin.MOST_PEOPLE:
        context.toast("help.button_gone", alert=True)
        return
    if signin.stands(event, context.unit.now_ms, context.school.events) is not Signed.HERE:
        context.toast("present.over", alert=True)
        return
    context.toast("present.noted")
    signin.sign(context.unit, event, context.who.account_id, people, "button", guest=False)
    _say(context, event, people, changes=True)


def by_link(context: Context, payload: str) -> bool:
    """/start with the room's link. False where the payload is none of ours."""
    if not payload.startswith(signin.LINK):
        return False
    event = signin.of_payload(context.unit, payload)
    if event is None:
        context.say("present.none")
        return True
    _from_room(context, event, "link")
    return True


def by_code(context: Context, text: str) -> bool:
    """Six digits that are the code of an event of now. False where they are not: then they are an ordinary message."""
    if not signin.is_code(text):
        return False
    found = signin.of_code(context.unit, text, context.school.events)
    if not found:
        return _wrong_code(context)
    mine = context.who.person_ids
    # Where two events share a code it is the one to which one is invited, then one of the own school.
    schools = {one.school_id for one in context.who.selves}
    found.sort(
        key=lambda one: (audience.invited_as(context.unit, one, mine) is None, one.school_id not in schools, one.id)
    )
    _from_room(context, found[0], "code")
    return True


def _wrong_code(context: Context) -> bool:
    """Six digits while somebody could sign in are a slip, not a letter to the mentor."""
    now, rules = context.unit.now_ms, context.school.events
    open_ = [one for one in lists.invited(context.unit, context.who) if signin.stands(one, now, rules) is Signed.HERE]
    if not open_:
        return False
    context.say("present.wrong_code", buttons=[[context.button("button.event_here", "evhere", open_[0].id)]])
    return True


def _from_room(context: Context, event: Event, how: str) -> None:
    stands = signin.stands(event, context.unit.now_ms, context.school.events)
    if stands is not Signed.HERE:
        context.say(f"present.{stands.value}", minutes=context.school.events.sign_in_minutes)
        return
    person = audience.invited_as(context.unit, event, context.who.person_ids)
    leads = audience.leads(context.unit, event, context.who)
    if person is None and leads is not None and leads in (event.host_id, event.speaker_id):
        context.say("present.own")
        return
    _sign(context, event, _people(context.unit, event, person), how, guest=person is None)


PRESSES: dict[str, Press] = {"evhere": Press(here, (int,)), "evmany": Press(many, (int, int))}
