"""A second round: the same words once more, to those alone who have not read it, or have not signed for a child."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.notices import asks, compose, panel
from handlers.notices.going import tended
from models.notices import allowed, audience, notices
from models.notices.audience import Audience
from models.notices.states import OUT, Level, NoticeState
from models.notices.tables import Notice

UNREAD, UNSIGNED = "unread", "unsigned"


def _wanted(context: Context, notice: Notice) -> dict[str, Audience]:
    """Whom a second round could be for."""
    first = notices.one(context.unit, asks.root(notice))
    if first is None or NoticeState(first.state) not in OUT:
        return {}
    content, whom = notices.content(context.unit, first), notices.audience(first)
    found = {}
    if content.read:
        found[UNREAD] = whom.with_(unread=first.id, unsigned=None)
    if content.slip is not None and whom.families:
        found[UNSIGNED] = whom.with_(unread=None, unsigned=first.id)
    return found


def ask(context: Context, notice_id: int) -> None:
    """To whom: with how many that is now."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    rows: list[list[say.Button]] = []
    for word, whom in _wanted(context, notice).items():
        many = audience.size(context.unit, whom).reached
        if many:
            key = "button.nr_again_unread" if word == UNREAD else "button.nr_again_unsigned"
            rows.append([context.button(key, "nragainy", notice.id, word, count=many)])
    if not rows:
        context.toast("nafter.again_none", alert=True)
        return
    context.toast()
    panel.leave_if_here(context, notice)
    context.change("nafter.again", buttons=[*rows, [context.button("button.nr_after", "nrafter", notice.id)]])


def begin(context: Context, notice_id: int, word: str) -> None:
    """A draft with the same words for these people, on the board where it can be changed and sent."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    unit, staff = context.unit, context.who.staff
    whom = _wanted(context, notice).get(word)
    first = notices.one(unit, asks.root(notice))
    if whom is None or first is None or staff is None:
        context.toast("help.button_gone", alert=True)
        return
    level = Level(first.level)
    if allowed.may_send(unit, context.who, level, whom) is None:
        context.toast("nafter.again_not_yours", alert=True)
        return
    fresh = notices.draft(unit, context.who, staff, level, whom, notices.content(unit, first))
    fresh.again_of, fresh.event_id, fresh.bot_id = first.id, first.event_id, first.bot_id
    fresh.valid_until = first.valid_until
    unit.session.add(fresh)
    unit.session.flush()
    compose.show(context, fresh.id)


PRESSES: dict[str, Press] = {"nragain": Press(ask, (int,)), "nragainy": Press(begin, (int, str))}
