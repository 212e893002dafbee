"""A reply to what the bot said about another mentor: words for the school, and never a message to that mentor."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import say
from handlers.context import Context
from handlers.matching.rematch import WORDS, take_words
from models.conversation import Body
from models.duties import forms
from models.matching import replies
from models.safeguarding import signals

_OWN = ("mrx", "mrz")
"""Buttons under what is said of an own request; they carry it."""
_ASKING = ("mrw", "mrc", "mrm", "mrmy")
"""Buttons under what is said before anything was asked for."""
_DECIDING = ("mrq", "mrt", "mrn", "mrk", "mrg", "mrky", "mrgy")


def takes(context: Context, reply_to: int, claims: Sequence[str], body: Body, place: int) -> bool:
    """Takes what replies to a message about another mentor: for the school where the writer's request is open; otherwise
    says that nothing was passed on, and what can be done."""
    unit, who = context.unit, context.who
    actions = {found[0]: found[1] for one in claims if (found := say.claim(unit.vault, who.bot_id, who.user_id, one))}
    mine = next((int(actions[one][0], 36) for one in _OWN if one in actions), None)
    if mine is None and any(one in actions for one in _DECIDING):
        context.say(
            "rematch.reply_decides", buttons=[[context.button("button.rematch_list", "mrlist")]], reply_to=place
        )
        return True
    if mine is None and not any(one in actions for one in _ASKING):
        schools = {one.school_id for one in who.selves}
        mine = replies.at_place(unit, schools, who.person_ids, who.bot_id, who.user_id, reply_to)
        if mine is None:
            return False
    if mine is None or not replies.is_open(unit, mine, who.person_ids):
        _nothing(context, body, place)
    elif not take_words(context, body.text, bool(body.media), place, mine):
        # It has to be written once more: the next text is for the school too.
        forms.ask(unit, who, WORDS, mine)
    return True


def _nothing(context: Context, body: Body, place: int) -> None:
    rows = []
    if signals.find(body.text) is not None:
        rows.append([context.button("button.urgent_danger", "udanger", 0)])
    if any(one.mentor_id is not None for one in context.who.children):
        rows.append([context.button("button.rematch_ask", "mr")])
    elif context.who.staff is not None:
        rows.append([context.button("button.rematch_mentor", "mrp", 0)])
    context.say("rematch.not_passed_on", buttons=rows, reply_to=place)
