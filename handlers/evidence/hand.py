"""The mentor's own words on the sheet, handing it in, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from handlers import telling
from handlers.context import Context, Press
from handlers.evidence.own import me, show_term, term_at
from handlers.evidence.shown import term_words
from handlers.incoming import Wrote
from models.duties import forms
from models.duties.forms import Asked
from models.evidence import handing
from models.evidence.terms import today_of
from models.standing import admins

WORDS = "edwords"


def ask_words(context: Context, begins: int) -> None:
    """What do you want to say on it yourself? The next text is that."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    term = term_at(context, staff, begins)
    forms.ask(context.unit, context.who, WORDS, term.begins.toordinal())
    said = handing.words(context.unit, staff.person_id, term)
    at = term.begins.toordinal()
    rows = [[context.button("button.evidence_up", "edterm", at)]]
    if said:
        rows.insert(0, [context.button("button.evidence_words_drop", "eddrop", at)])
        context.change("evidence.ask_words_again", buttons=rows, most=handing.LONGEST, text=said)
    else:
        context.change("evidence.ask_words", buttons=rows, most=handing.LONGEST)


def take_words(context: Context, event: Wrote, asked: Asked) -> bool:
    """The words. Too many: said so, and asked again; nothing is lost, the message is still in the chat."""
    staff = me(context)
    if staff is None:
        forms.end(context.unit, context.who)
        return False
    text = event.text.strip()
    rows = [[context.button("button.evidence_up", "edterm", asked.subject_id)]]
    if not 0 < len(text) <= handing.LONGEST:
        context.say(
            "evidence.words_long",
            most=handing.LONGEST,
            count=len(text),
            reply_to=event.place_id,
            buttons=rows,
        )
        return True
    forms.end(context.unit, context.who)
    handing.say(context.unit, staff.person_id, date.fromordinal(asked.subject_id), text)
    context.say("evidence.words_kept", reply_to=event.place_id, buttons=rows)
    return True


def drop_words(context: Context, begins: int) -> None:
    """The words are taken away."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    handing.say(context.unit, staff.person_id, term_at(context, staff, begins).begins, "")
    forms.end(context.unit, context.who)
    show_term(context, begins)


def ask(context: Context, begins: int) -> None:
    """What will be handed in, to whom, and that it can be taken back."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    at = term_at(context, staff, begins).begins.toordinal()
    context.change(
        "evidence.hand_ask",
        buttons=[
            [context.button("button.evidence_hand_yes", "edhanded", at)],
            [context.button("button.evidence_up", "edterm", at)],
        ],
    )


def hand_in(context: Context, begins: int) -> None:
    """The sheet of this moment goes to the school's admins."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    unit = context.unit
    term = term_at(context, staff, begins)
    if term.begins.toordinal() != begins:
        # What was asked about is no term any more: another one is not handed in for it.
        context.toast("help.button_gone", alert=True)
        return
    given = handing.hand_in(unit, staff.school_id, staff.person_id, term)
    if given is None:
        context.toast("evidence.handed_before")
        show_term(context, begins)
        return
    context.toast("evidence.handed_now")
    day, noted = today_of(unit, context.school.zone), handing.noted(unit, staff.person_id, term)
    for reach in admins(unit, staff.school_id):
        telling.tell(
            unit,
            reach,
            "evidence.told",
            # Handed in, taken back and handed in again on a day is told once; a corrected one after a look is news.
            dedupe_key=f"evsheet:{staff.person_id}:{term.begins}:{day}:{noted}:{reach.user_id}",
            buttons=[[telling.button(unit, reach, "button.evidence_see", "edsee", given.id)]],
            name=staff.name,
            term=term_words(reach.language, given.sheet),
        )
    show_term(context, begins)


def take_back(context: Context, sheet_id: int) -> None:
    """Nothing of it stays with the school; too late once somebody took note."""
    staff = me(context)
    given = None if staff is None else handing.one(context.unit, sheet_id)
    if staff is None or given is None or given.person_id != staff.person_id:
        context.toast("help.button_gone", alert=True)
        return
    done = handing.take_back(context.unit, sheet_id, staff.person_id)
    context.toast("evidence.taken_back" if done else "evidence.too_late", alert=not done)
    show_term(context, given.begins.toordinal())


PRESSES: dict[str, Press] = {
    "edwords": Press(ask_words, (int,)),
    "eddrop": Press(drop_words, (int,)),
    "edhand": Press(ask, (int,)),
    "edhanded": Press(hand_in, (int,)),
    "edback": Press(take_back, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {WORDS: take_words}
