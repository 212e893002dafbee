"""What a guardian thought of a visit: five buttons, and a sentence for who likes. Asked once, with what was agreed."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.appointments import agreement_view, shown
from handlers.appointments.agreement_view import attends
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.texts import render
from models.appointments import feedback, visits
from models.duties import forms
from models.duties.forms import Asked


def stars(context: Context, visit_id: int, count: int) -> None:
    """1 to 5; pressed again it is changed."""
    guest = attends(context, visit_id)
    if guest is None:
        return
    if not 1 <= count <= 5 or not feedback.give(context.unit, visit_id, guest.guardian_id, count):
        context.toast("agreement.feedback_over", alert=True)
        return
    context.toast("agreement.thank_you")
    agreement_view.now(context, visit_id, guest)


def ask(context: Context, visit_id: int) -> None:
    """The next text is a comment; not having one is fine. The question is asked in the agreement's own message."""
    guest = attends(context, visit_id)
    if guest is None:
        return
    if not feedback.open_for(context.unit, visit_id):
        context.toast("agreement.feedback_over", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "vfbtext", visit_id, str(context.place_id or 0))
    context.change(
        "agreement.feedback_type",
        buttons=[[context.button("button.feedback_back", "vaback", visit_id)]],
        child=visits.names(context.unit, visit_id).child,
    )


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A comment: the question becomes a word of thanks, and the agreement, which stood there, follows anew."""
    guest = visits.invited(context.unit, wanted.subject_id, context.who.person_ids)
    if guest is None or guest not in shown.attending(context.unit, wanted.subject_id):
        return False
    text = event.text.strip()
    if len(text) > feedback.LONGEST:
        context.say("agreement.too_long", most=feedback.LONGEST, count=len(text), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    kept = feedback.comment(context.unit, wanted.subject_id, guest.guardian_id, text)
    said = "agreement.feedback_kept" if kept else "agreement.feedback_over"
    place = int(wanted.extra or 0)
    if place:
        payload = say.edit(place, render(context.language, said))
        context.unit.queue(
            answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=say.EDIT, payload=payload
        )
    else:
        context.say(said)
    agreement_view.now(context, wanted.subject_id, guest)
    return True


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"vfbtext": takes}
PRESSES: dict[str, Press] = {"vfb": Press(stars, (int, int)), "vfbc": Press(ask, (int,))}
