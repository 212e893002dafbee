"""What guardians and mentors write each other: where it belongs, 'for whom is this?', 'Answer'. Never sent on a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers import asked, compose, copies, say, urgent
from handlers.context import Context, tell
from handlers.copies import relation_word
from handlers.events import present
from handlers.incoming import Commanded, SentOther, SharedContact, Wrote
from handlers.matching import replied as about_requests
from handlers.notices import answer as about_notices
from handlers.notices.answer import About
from handlers.relay import relay
from handlers.texts import catalogue
from models import choices, conversation, topics
from models.conversation import Body
from models.duties import forms
from models.safeguarding import signals
from models.standing import Line, families, line_of_thread
from models.unit import Unit

PAGE = 8
"""Families shown at once; more would not fit a small screen."""
NUDGE = timedelta(minutes=10)
"""After this long 'for whom is this?' is asked once more: a parent may believe that it went out."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that was written, whole: what, where it stands, and what it answers."""

    body: Body
    places: tuple[int, ...]
    reply_to: int | None = None
    claims: tuple[str, ...] = ()
    second_hand: bool = False
    chat_id: int | None = None
    topic: int | None = None

    @staticmethod
    def of(event: Wrote, body: Body) -> Incoming:
        """From an event that is whole by itself."""
        return Incoming(
            body,
            (event.place_id,),
            event.reply_to,
            event.reply_claims,
            event.second_hand,
            event.chat_id,
            event.topic,
        )


# --- something was written ---


def wrote(context: Context, event: Wrote) -> None:
    """Something that can be passed on: to a dialogue that waits for it, or to the other side."""
    if event.second_hand and event.media is None and event.text.lstrip().startswith("/"):
        context.say("relay.forwarded_command")
        return
    if (
        not event.second_hand
        and _is_no_reply(context, event)
        and (urgent.takes(context, event) or (event.topic is None and _asked_for(context, event)))
    ):
        return
    if event.second_hand and is_gathered(context, event) and asked.takes(context, event):
        return
    if (
        not event.second_hand
        and event.media is None
        and event.reply_to is None
        and event.topic is None
        and present.by_code(context, event.text)
    ):
        return
    body = Body(event.text, event.spans, () if event.media is None else (event.media,), event.quote)
    route(context, Incoming.of(event, body))


def _is_no_reply(context: Context, event: Wrote) -> bool:
    """Whether it answers no message of a conversation: a reply to the bot's own question is an answer to that question."""
    if event.reply_to is None:
        return True
    room = event.chat_id or context.who.user_id
    known = conversation.at_place(context.unit, context.who.bot_id, room, event.reply_to)
    if known is not None or _claimed_thread(context, event.reply_claims) is not None:
        return False
    return not about_notices.takes_reply(context, event)


def is_gathered(context: Context, event: Wrote) -> bool:
    """Whether all that is sent now, pieces of albums and what was forwarded among it, is gathered by a dialogue."""
    return event.topic is None and asked.gathers(context) and _is_no_reply(context, event)


def _asked_for(context: Context, event: Wrote) -> bool:
    """Whether a dialogue waits for it. What is written in a family's topic is for that family, whatever else waits."""
    return compose.takes(context, event) or asked.takes(context, event)


def route(context: Context, incoming: Incoming, late_for: int | None = None) -> int | None:
    """To where its reply belongs, to the only one it can be for, or asked about. Answers the message where one was made.

    `late_for` is the album that it came too late for.
    """
    unit, who = context.unit, context.who
    context.room = incoming.chat_id
    if late_for is not None:
        message = conversation.load(unit, late_for)
        if message is not None:
            return _reply(context, incoming, message.thread_id, late_for)
    if incoming.reply_to is not None:
        found = conversation.at_place(unit, who.bot_id, incoming.chat_id or who.user_id, incoming.reply_to)
        if found is not None:
            return _reply(context, incoming, found.thread_id, found.message_id)
        # After a crash a copy may stand in the chat without our knowing its place; its own button still tells the thread.
        thread_id = _claimed_thread(context, incoming.claims)
        if thread_id is not None:
            return _reply(context, incoming, thread_id, None)
        notice = about_notices.replied(context, incoming.reply_to, incoming.claims, incoming.chat_id)
        if notice is not None:
            return _about_notice(context, incoming, notice)
        about = (incoming.reply_to, incoming.claims, incoming.body, incoming.places[0])
        if incoming.chat_id is None and about_requests.takes(context, *about):
            return None
    if incoming.topic is not None or incoming.chat_id is not None:
        thread_id = _thread_of_topic(context, incoming)
        if thread_id is not None:
            return _reply(context, incoming, thread_id, None)
    pressed = None if incoming.second_hand else choices.is_answering(unit, who)
    if pressed is not None:
        choices.answered(unit, who)
        return _reply(context, incoming, pressed, None)
    targets = _targets(context)
    if len(targets) > 1 and context.who.children and signals.find(_words(incoming.body)) is not None:
        # People look at once; about which of the children it is they find out, not a question that nobody may answer.
        latest = max(context.who.children, key=lambda line: line.guardian_wrote_at)
        return relay(context, latest, True, incoming.body, incoming.places)
    if len(targets) == 1:
        return relay(context, targets[0][0], targets[0][1], incoming.body, incoming.places)
    if targets:
        _ask_whom(context, incoming.body, incoming.places)
    else:
        context.say("relay.nobody_yet" if who.staff is not None else "relay.no_child")
    return None


def _about_notice(context: Context, incoming: Incoming, notice: About) -> int | None:
    """A reply to a notice goes to the family's own mentor, with the notice named above it; staff hear whom to ask."""
    if not notice.family:
        about_notices.tell_staff(context, notice, incoming.places[0])
        return None
    body = about_notices.quoted(context, notice, incoming.body)
    lines = about_notices.lines(context, notice)
    if not lines:
        context.say("relay.no_child")
    elif len(lines) == 1:
        return relay(context, lines[0], True, body, incoming.places)
    elif signals.find(_words(body)) is not None:
        # As with what replies to nothing: people look at once, and find out about which child it is.
        latest = max(lines, key=lambda line: line.guardian_wrote_at)
        return relay(context, latest, True, body, incoming.places)
    else:
        _ask_whom(context, body, incoming.places)
    return None


def _words(body: Body) -> str:
    return body.text or "\n".join(piece["text"] for piece in body.media if piece.get("text"))


def _targets(context: Context) -> list[tuple[Line, bool]]:
    targets = [(line, True) for line in context.who.children]
    if context.who.staff is not None:
        targets += [(line, False) for line in families(context.unit, context.who) if line.confirmed]
    return targets


def _claimed_thread(context: Context, claims: tuple[str, ...]) -> int | None:
    for data in claims:
        found = say.claim(context.unit.vault, context.who.bot_id, context.who.user_id, data)
        if found is not None and found[0] == "answer" and len(found[1]) == 1:
            return int(found[1][0], 36)
    return None


def _thread_of_topic(context: Context, incoming: Incoming) -> int | None:
    own = topics.of_account(context.unit, context.who.account_id)
    room = incoming.chat_id or context.who.user_id
    if own is None or own.chat_id != room or incoming.topic is None:
        return None
    return topics.thread_at(context.unit, own.workspace_id, incoming.topic)


def _reply(context: Context, incoming: Incoming, thread_id: int, answers: int | None) -> int | None:
    line = line_of_thread(context.unit, thread_id)
    mine = context.who.person_ids
    if line is None or not line.belongs_to(mine):
        # A thread that waited for a mentor has one now, or the mentorship has ended since.
        old = conversation.thread_row(context.unit, thread_id)
        own = [child for child in context.who.children if old is not None and child.pupil_id == old.pupil_id]
        if own:
            return relay(context, own[0], True, incoming.body, incoming.places, answers)
        context.say("relay.ended", reply_to=incoming.places[0])
        return None
    by_guardian = line.guardian_id in mine
    if by_guardian and not line.confirmed:
        context.say("relay.ended", reply_to=incoming.places[0])
        return None
    return relay(context, line, by_guardian, incoming.body, incoming.places, answers)


def show_again(context: Context, message_id: int) -> bool:
    """Shows a message of the record once more to this person, pictures and all. Rights are the caller's to ask."""
    message = conversation.load(context.unit, message_id)
    line = None if message is None else line_of_thread(context.unit, message.thread_id)
    if message is None or line is None:
        return False
    copies.show(context, message.body)
    return True


# --- what cannot be passed on as it is ---


def sent_other(context: Context, event: SentOther) -> None:
    """A story, a game …: answered with what to do instead, not dropped."""
    kind = event.kind if f"kind.{event.kind}" in catalogue(context.language) else "other"
    context.say("relay.cannot", kind=context.words(f"kind.{kind}"), reply_to=event.place_id)


def contact(context: Context, event: SharedContact) -> None:
    """A card would show somebody's number: passed on only after its sender says so."""
    body = Body("", (), (event.media,))
    choice_id, _count, _fresh = choices.ask_later(
        context.unit, context.who, body, (event.place_id,), kind=choices.CONTACT, reply_to=event.reply_to
    )
    context.say(
        "contact.ask",
        phone=event.phone,
        buttons=[
            [context.button("button.send_card", "card", choice_id), context.button("button.drop", "drop", choice_id)]
        ],
        reply_to=event.place_id,
    )


def send_card(context: Context, choice_id: int) -> None:
    """The card goes where it belongs after all."""
    context.toast()
    for kept in choices.settle(context.unit, context.who, choice_id) or ():
        context.change("contact.sending")
        route(context, Incoming(kept.body, kept.places, kept.reply_to))


# --- for whom? ---


def _ask_whom(context: Context, body: Body, places: tuple[int, ...]) -> None:
    choice_id, _count, fresh = choices.ask_later(context.unit, context.who, body, places)
    if fresh:
        context.say("choose.ask", buttons=_choices(context, choice_id, 0), reply_to=places[0])


def _choices(context: Context, choice_id: int, page: int) -> list[list[say.Button]]:
    lines = sorted(context.who.children, key=lambda line: -line.guardian_wrote_at)
    rows = [
        [
            context.named(
                context.words("choose.child", child=line.pupil_name, mentor=line.mentor_name)
                if line.mentor_name
                else line.pupil_name,
                "to",
                choice_id,
                line.guardianship_id,
            )
        ]
        for line in lines
    ]
    if context.who.staff is not None:
        own = [line for line in families(context.unit, context.who) if line.confirmed]
        own.sort(key=lambda line: -max(line.guardian_wrote_at, line.mentor_wrote_at))
        rows += [
            [
                context.named(
                    context.words(
                        "choose.family",
                        child=line.pupil_name,
                        relation=relation_word(context.language, line.relation),
                    ),
                    "to",
                    choice_id,
                    line.guardianship_id,
                )
            ]
            for line in own
        ]
    pages = (len(rows) + PAGE - 1) // PAGE
    page = min(max(page, 0), max(pages - 1, 0))
    shown = rows[page * PAGE : page * PAGE + PAGE]
    turn = []
    if page > 0:
        turn.append(context.button("button.earlier", "whom", choice_id, page - 1))
    if page + 1 < pages:
        turn.append(context.button("button.more", "whom", choice_id, page + 1))
    return [*shown, turn, [context.button("button.drop", "drop", choice_id)]]


def turn_page(context: Context, choice_id: int, page: int) -> None:
    """More of those for whom it could be."""
    context.toast()
    context.change("choose.ask", buttons=_choices(context, choice_id, page))


def chosen(context: Context, choice_id: int, guardianship_id: int) -> None:
    """The writer has said for whom: sends what waited, in order."""
    target = next((one for one in _targets(context) if one[0].guardianship_id == guardianship_id), None)
    context.toast()
    if target is None:
        context.change("choose.gone", buttons=_choices(context, choice_id, 0))
        return
    drafts = choices.settle(context.unit, context.who, choice_id)
    if drafts is None:
        return
    line, by_guardian = target
    for kept in drafts:
        relay(context, line, by_guardian, kept.body, kept.places)
    context.change(
        "choose.sent_mentor" if by_guardian else "choose.sent_family",
        child=line.pupil_name,
        mentor=line.mentor_name or "",
        relation=relation_word(context.language, line.relation),
        count=len(drafts),
    )


def drop(context: Context, choice_id: int) -> None:
    """Not to be sent after all."""
    context.toast()
    if choices.settle(context.unit, context.who, choice_id) is not None:
        context.change("choose.dropped")


def remind(unit: Unit, bot_id: int) -> None:
    """Asks once more for whom a text is, where nobody has said so for NUDGE."""
    for one in choices.forgotten(unit, bot_id, NUDGE):
        tell(unit, one.reach, "choose.reminder", dedupe_key=f"choice:{one.choice_id}:reminder", count=one.texts)


# --- Answer, /cancel ---


def answer(context: Context, thread_id: int) -> None:
    """'Answer' under a message: the next text goes there."""
    if context.room is not None:
        context.toast("answer.in_topic")
        return
    context.toast()
    line = line_of_thread(context.unit, thread_id)
    if line is None or not line.belongs_to(context.who.person_ids):
        context.say("relay.ended")
        return
    # What was asked for last counts: a half-written message or note waits no longer.
    compose.ends(context.unit, context.who)
    forms.end(context.unit, context.who)
    choices.answer_next(context.unit, context.who, thread_id)
    context.say(
        "answer.prompt",
        child=line.pupil_name,
        relation=relation_word(context.language, line.relation),
        keyboard="reply",
        then={"thread": thread_id},
    )


def cancel(context: Context, _event: Commanded) -> None:
    """/cancel: nothing is waited for any more."""
    compose.ends(context.unit, context.who)
    urgent.ends(context.unit, context.who)
    wanted = forms.asked(context.unit, context.who, forms.DOUBTFUL)
    forms.end(context.unit, context.who)
    choices.answered(context.unit, context.who)
    begun = wanted is not None and wanted.kind == forms.LEFT
    context.say("answer.put_aside" if begun else "answer.cancelled")
