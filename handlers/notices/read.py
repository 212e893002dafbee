"""What readers press under a notice: that they have read it, the event it is about; and notices opened from a list."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.events import shown as event_shown
from handlers.notices import asks, feed, listing, shown
from handlers.notices.asks import Answers
from handlers.notices.shown import Sheet
from models.events import audience as invitations
from models.events import dates, events
from models.notices import allowed, audience, notices, received
from models.notices.feeding import Next
from models.notices.received import Received
from models.notices.states import OUT, NoticeState
from models.notices.tables import Notice
from models.queues import Lane

TWICE_MS = 20_000
"""A second tap on 'open' within that time is the same tap."""


def have(context: Context, notice_id: int) -> tuple[Sheet, Received] | None:
    """A notice that this account has, and as whom; otherwise the press is answered with why it leads nowhere."""
    unit = context.unit
    notice = notices.one(unit, notice_id)
    if notice is None:
        context.toast("help.button_gone", alert=True)
        return None
    found = received.of(unit, notice_id, context.who.person_ids)
    if notice.state == NoticeState.RECALLED and received.had(unit, notice_id, context.who.person_ids):
        context.toast("nread.gone", alert=True)
        return None
    if found is None or notice.state not in OUT:
        context.toast("nread.preview" if _previews(context, notice) else "help.button_gone", alert=True)
        return None
    return feed.sheet_of(unit, notice), found


def _previews(context: Context, notice: Notice) -> bool:
    """Whether somebody who has not got it may have seen it beforehand."""
    may = (allowed.tends, allowed.approves)
    return any(ask(context.unit, notice, context.who) is not None for ask in may)


def draw(context: Context, sheet: Sheet, found: Received, answers: Answers, place: int | None) -> None:
    """Shows a notice anew where it stands, with what is answered now."""
    if place is None:
        return
    unit = context.unit
    children = audience.children(unit, sheet.audience, [found.person_id]).get(found.person_id, [])
    piece, whole, rows = shown.last_part(sheet, context.reach, children, family=found.family, answers=answers)
    if piece is None:
        kind, payload = say.EDIT, say.edit(place, whole, buttons=rows)
    else:
        kind, payload = say.AMEND, say.amend_at(place, "caption", whole, buttons=rows)
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=kind,
        lane=Lane.PRESS,
        payload=payload,
    )


def noted(context: Context, notice_id: int) -> None:
    """'I have read it'."""
    got = have(context, notice_id)
    if got is None:
        return
    sheet, found = got
    fresh = received.read(context.unit, found)
    context.toast("nread.noted" if fresh else "nread.noted_before")
    answers = asks.answers_of(context.unit, sheet.notice, found.person_id, sheet.content)
    draw(context, sheet, found, answers, context.place_id)


def event(context: Context, event_id: int, notice_id: int) -> None:
    """The event's own card, as a message of its own: its rights are asked there, whoever has the notice."""
    got = have(context, notice_id)
    if got is None:
        return
    unit = context.unit
    one = events.one(unit, event_id)
    person = None if one is None else invitations.invited_as(unit, one, context.who.person_ids)
    if one is None or person is None:
        context.toast("nread.event_gone", alert=True)
        return
    context.toast()
    one, known = dates.stands_for(unit, one, person)
    values, rows, key = event_shown.card(
        unit,
        one,
        context.school,
        context.reach,
        children=invitations.children(unit, one, [person]).get(person, []),
        reply=None if known is None else known[0],
        people=1 if known is None else known[1],
    )
    context.say(key, buttons=rows, **values)


# --- from a list ---


def opened(context: Context, notice_id: int) -> None:
    """Shows a notice whole, from a list that named it."""
    unit = context.unit
    got = have(context, notice_id)
    if got is None:
        return
    sheet, found = got
    if not unit.once(
        f"notice:{notice_id}:open.{found.person_id}:{unit.now_ms // TWICE_MS}", context.who.bot_id, context.who.user_id
    ):
        context.toast()
        return
    context.toast()
    received.opened(unit, found, sheet.notice.version)
    one = Next(found.person_id, context.reach, found.family, (0, 0), (0, 0), sheet.notice.school_id, gone=False)
    children = audience.children(unit, sheet.audience, [found.person_id]).get(found.person_id, [])
    answers = asks.answers_of(unit, sheet.notice, found.person_id, sheet.content)
    feed.send(sheet, one, children, answers, lane=Lane.RELAY)


def mine(context: Context) -> None:
    """The notices that still hold, to be opened with a tap: /notice of who sends none, and 'all notices' in a list."""
    found = received.valid(context.unit, context.who.person_ids)
    view = listing.view(context.unit, context.reach, [one.notice_id for one in found], all_button=False)
    context.toast()
    if not view.rows:
        context.say("nlist.none")
        return
    context.say("nlist.mine", buttons=view.rows, lines=view.lines)


PRESSES: dict[str, Press] = {
    "nread": Press(noted, (int,)),
    "nevent": Press(event, (int, int)),
    "nlo": Press(opened, (int,)),
    "nlall": Press(mine),
}
