"""The written note (成长寄语): words to begin with, a draft to look at, sent on the mentor's word as text and as a card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers import card, compose, say
from handlers.context import Context, Press
from handlers.digest import subject_name
from handlers.incoming import Wrote
from handlers.relay import relay
from handlers.texts import Rich, render, units, words
from models import conversation
from models.checklist import coverage, items
from models.conversation import Body
from models.duties import forms, marks, notes
from models.duties.forms import Asked
from models.duties.notes import Draft, NoteTerm
from models.queues import Lane
from models.standing import Line, families
from models.unit import Unit

PAGE = 10
HELPS = 3
"""Patterns of words to begin with."""
CODE = "written_note"


def _may(context: Context, pupil_id: int) -> NoteTerm | None:
    """The term, where this account may write the pupil's note."""
    staff = context.who.staff
    if staff is None or not marks.may(context.unit, staff.person_id, "pupil", CODE, pupil_id):
        context.toast("help.button_gone", alert=True)
        return None
    term = notes.term_of(context.unit, staff.school_id, context.school.zone)
    if term is None:
        context.toast("note.no_term", alert=True)
    return term


def _mine(context: Context) -> dict[int, list[Line]]:
    """The own pupils and those one covers for, each with its families."""
    found: dict[int, list[Line]] = {}
    for line in families(context.unit, context.who):
        found.setdefault(line.pupil_id, []).append(line)
    return found


def show_list(context: Context, page: int) -> None:
    """All own pupils: sent, written, or still to write; and what is written goes out with one tap."""
    staff = context.who.staff
    term = None if staff is None else notes.term_of(context.unit, staff.school_id, context.school.zone)
    if term is None:
        context.toast("note.no_term", alert=True)
        return
    context.toast()
    forms.end(context.unit, context.who)
    mine = sorted(_mine(context).items(), key=lambda one: (one[1][0].school_class, one[1][0].pupil_name))
    states = {pupil: notes.draft(context.unit, pupil, term.id) for pupil, _ in mine}
    ready = sum(1 for one in states.values() if one is not None and one.sent_at is None)
    sent = sum(1 for one in states.values() if one is not None and one.sent_at is not None)
    rows = []
    for pupil, lines in mine[page * PAGE : page * PAGE + PAGE]:
        sign = {None: "", False: "✎ ", True: "✓ "}[_is_sent(states[pupil])]
        rows.append([context.named(f"{sign}{lines[0].pupil_name}", "nwrite", pupil)])
    turn = []
    if page:
        turn.append(context.button("button.earlier", "nlist", page - 1))
    if (page + 1) * PAGE < len(mine):
        turn.append(context.button("button.more", "nlist", page + 1))
    send = [context.button("button.note_send_all", "nall", count=ready)] if ready else []
    context.change(
        "note.list", buttons=[*rows, turn, send], term=term.name, sent=sent, ready=ready, rest=len(mine) - sent - ready
    )


def _is_sent(one: Draft | None) -> bool | None:
    return None if one is None else one.sent_at is not None


def begin(context: Context, pupil_id: int) -> None:
    """What was written so far, or words to begin with; the next text is the note."""
    term = _may(context, pupil_id)
    if term is None:
        return
    context.toast()
    unit = context.unit
    known = notes.draft(unit, pupil_id, term.id)
    child = _name(unit, pupil_id)
    if known is not None and known.sent_at is not None:
        context.change(
            "note.was_sent",
            buttons=[[context.button("button.note_card", "ncard", pupil_id)], _list_button(context)],
            child=child,
            text=known.text,
        )
        return
    if known is not None:
        _preview(context, pupil_id, known)
        return
    _ask(context, pupil_id, term, child)


def again(context: Context, pupil_id: int) -> None:
    """Another text in place of the draft."""
    term = _may(context, pupil_id)
    if term is None:
        return
    context.toast()
    _ask(context, pupil_id, term, _name(context.unit, pupil_id))


def _ask(context: Context, pupil_id: int, term: NoteTerm, child: str) -> None:
    unit = context.unit
    forms.ask(unit, context.who, "note", pupil_id)
    talked = []
    for item_id, many in notes.talked_about(unit, pupil_id, term.begins, context.school.zone):
        found = items.item(unit, item_id)
        if found is not None and found.level < 2:
            talked.append(f"{found.title(context.language)} {many}")
    helps = [context.button(f"button.note_help_{one}", "nhelp", pupil_id, one) for one in range(HELPS)]
    rows = [helps, _list_button(context)]
    if talked:
        context.change("note.ask_talked", buttons=rows, child=child, term=term.name, talked=" · ".join(talked))
    else:
        context.change("note.ask", buttons=rows, child=child, term=term.name)


def _list_button(context: Context) -> list[say.Button]:
    return [context.button("button.note_list", "nlist", 0)]


def help_(context: Context, pupil_id: int, which: int) -> None:
    """Words to begin with, to be copied with a tap."""
    if _may(context, pupil_id) is None or not 0 <= which < HELPS:
        return
    context.toast()
    forms.ask(context.unit, context.who, "note", pupil_id)
    stage, _ = coverage.stage_of(context.unit, pupil_id)
    older = "" if stage == "primary" else "_older"
    text = context.words(f"note.help{older}_{which}", child=_name(context.unit, pupil_id))
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.TEXT,
        payload=say.text(Rich(text, ({"type": "pre", "offset": 0, "length": units(text)},))),
    )
    context.say("note.copy")


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The note as it was typed: kept as a draft and shown as it will arrive."""
    pupil_id = wanted.subject_id
    staff = context.who.staff
    if staff is None or not marks.may(context.unit, staff.person_id, "pupil", CODE, pupil_id):
        return False
    unit = context.unit
    term = notes.term_of(unit, staff.school_id, context.school.zone)
    if term is None:
        return False
    text = event.text.strip()
    if compose.BLANK.search(text):
        context.say("compose.blank", reply_to=event.place_id)
        return True
    if len(text) > notes.LONGEST:
        context.say("note.too_long", most=notes.LONGEST, count=len(text), reply_to=event.place_id)
        return True
    mine = _mine(context)
    named = compose.others_named(context, mine.get(pupil_id, []), text)
    if named:
        context.say("compose.names_another", child=named, reply_to=event.place_id)
        return True
    forms.end(unit, context.who)
    kept = notes.save(unit, pupil_id, term.id, staff.person_id, text)
    known = notes.draft(unit, pupil_id, term.id)
    if not kept or known is None:
        context.say("note.sent_before")
        return True
    _preview(context, pupil_id, known)
    return True


def _preview(context: Context, pupil_id: int, known: Draft) -> None:
    rows = [
        [context.button("button.note_send", "nsend", pupil_id), context.button("button.note_card", "ncard", pupil_id)],
        [context.button("button.note_again", "nagain", pupil_id), context.button("button.note_keep", "nlist", 0)],
    ]
    context.change("note.preview", buttons=rows, child=_name(context.unit, pupil_id), text=known.text)


def show_card(context: Context, pupil_id: int) -> None:
    """The card, for its writer to look at or to print."""
    term = _may(context, pupil_id)
    known = None if term is None else notes.draft(context.unit, pupil_id, term.id)
    if known is None:
        return
    context.toast()
    _queue_card(
        context.unit, known.id, context.who.bot_id, context.who.user_id, context.language, "note.card_own", answers=True
    )


def _queue_card(
    unit: Unit,
    note_id: int,
    bot_id: int,
    user_id: int,
    language: str,
    key: str,
    *,
    answers: bool = False,
    dedupe_key: str | None = None,
    then: dict[str, Any] | None = None,
) -> None:
    whole = notes.card(unit, note_id)
    if whole is None:
        return
    name = f"{render(language, 'note.file', child=whole.child).text}.pdf"
    unit.queue(
        answers=answers,
        bot_id=bot_id,
        chat_id=user_id,
        kind=say.FILE,
        lane=Lane.RELAY,
        payload=say.file(name, card.drawn(whole, language), render(language, key, child=whole.child), then=then),
        dedupe_key=dedupe_key,
    )


def send(context: Context, pupil_id: int) -> None:
    """Sends the note to the pupil's families, once."""
    term = _may(context, pupil_id)
    if term is None:
        return
    context.toast()
    done = _send(context, pupil_id, term, _mine(context).get(pupil_id, []))
    child = _name(context.unit, pupil_id)
    key = {None: "note.sent_before", 0: "note.nobody"}.get(done, "note.sent")
    rows = [[context.button("button.note_card", "ncard", pupil_id)], _list_button(context)]
    context.change(key, buttons=rows, child=child, count=done or 0)


def send_all(context: Context) -> None:
    """Sends all that is written: each note to its own families."""
    staff = context.who.staff
    term = None if staff is None else notes.term_of(context.unit, staff.school_id, context.school.zone)
    if term is None:
        context.toast("note.no_term", alert=True)
        return
    context.toast()
    gone = [_send(context, pupil, term, lines) for pupil, lines in sorted(_mine(context).items())]
    pupils, skipped = sum(1 for one in gone if one), sum(1 for one in gone if one == 0)
    context.change(
        "note.sent_all_but" if skipped else "note.sent_all",
        buttons=[_list_button(context)],
        count=pupils,
        skipped=skipped,
    )


def _send(context: Context, pupil_id: int, term: NoteTerm, lines: list[Line]) -> int | None:
    """To how many it went; None where there is no draft, 0 where nobody of the family has joined."""
    unit, staff = context.unit, context.who.staff
    known = notes.draft(unit, pupil_id, term.id)
    if known is None or known.sent_at is not None or staff is None:
        return None
    joined = [line for line in lines if line.confirmed]
    if not joined:
        return 0
    if not notes.sent(unit, known.id, staff.person_id):
        return None
    for line in joined:
        title = words(
            line.guardian.language if line.guardian else context.language, "note.title", child=line.pupil_name
        )
        message = relay(context, line, False, Body(f"【{title}】\n{known.text}"), ())
        if message is not None:
            notes.card_follows(unit, known.id, message, line.guardian_id)
    return len(joined)


def tick(unit: Unit, bot_id: int) -> None:
    """Sends the cards whose text has arrived; a text that was taken back takes its card with it."""
    for one in notes.cards_due(unit, bot_id):
        if notes.card_done(unit, one.message_id) and one.arrived and one.bot_id is not None and one.user_id is not None:
            _queue_card(
                unit,
                one.note_id,
                one.bot_id,
                one.user_id,
                one.language or "zh_CN",
                "note.card",
                dedupe_key=f"card:{one.message_id}",
                # A part of the copy from now on: an answer to it finds its thread, and a recall takes it along.
                then={"thread": one.thread_id, "message": one.message_id, "parts": [conversation.CARD]},
            )


def _name(unit: Unit, pupil_id: int) -> str:
    return subject_name(unit, "pupil", pupil_id)


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"note": takes}
PRESSES: dict[str, Press] = {
    "nlist": Press(show_list, (int,)),
    "nwrite": Press(begin, (int,)),
    "nagain": Press(again, (int,)),
    "nhelp": Press(help_, (int, int)),
    "nsend": Press(send, (int,)),
    "nall": Press(send_all),
    "ncard": Press(show_card, (int,)),
}
