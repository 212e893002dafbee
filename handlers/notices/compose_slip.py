"""A slip to sign with a notice: its question, its choices, and until which day it can be changed."""

from __future__ import annotations

from datetime import date, timedelta

from handlers import say
from handlers.appointments.available import short_day
from handlers.context import Context, Press
from handlers.events.create_when import today
from handlers.incoming import Wrote
from handlers.notices import compose
from handlers.notices.compose_draft import asks, holds, mine
from handlers.notices.compose_question import LONGEST_QUESTION, Unclear, language_of, read, refuse
from handlers.texts import LANGUAGES, listed, words
from models.base import to_ms
from models.events import days
from models.hours import at_minute
from models.notices import notices
from models.notices.content import Content, Question, is_seen
from models.notices.tables import Notice

SLIP_FIELD, UNTIL = "slip", "until"
MOST = 4
"""Choices of a slip."""
DAYS = (3, 7, 14)
"""Until when a slip can be changed, as buttons: so many days from today."""


def slip(context: Context, notice_id: int) -> None:
    """A slip to sign: its question is typed; one that is there can be taken away."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    content, row = notices.content(context.unit, notice), notice.id
    back = [context.button("button.nw_back", "nwboard", row)]
    if not notices.audience(notice).families:
        holds(context, notice)
        context.change("nwrite.slip_staff", buttons=[back])
        return
    asks(context, notice, SLIP_FIELD)
    if content.slip is None:
        context.change("nwrite.slip_ask", buttons=[back], most=MOST)
        return
    rows = [
        [context.button("button.nw_until", "nwuntil", row)],
        [context.button("button.nw_no_slip", "nwnoslip", row)],
        back,
    ]
    offered = listed(context.language, content.slip.offered(context.language))
    context.change("nwrite.slip", buttons=rows, question=content.slip.asked(context.language), choices=offered)


def takes_slip(context: Context, notice: Notice, event: Wrote) -> None:
    """The slip's question; with a single line its choices are 'agree' and 'do not agree'."""
    content = notices.content(context.unit, notice)
    lines = [" ".join(one.split()) for one in event.text.splitlines() if is_seen(one)]
    language = language_of(content, event.text)
    if len(lines) == 1 and len(lines[0]) <= LONGEST_QUESTION:
        # Everybody reads these two in the own language; the question's own comes first.
        ordered = sorted(LANGUAGES, key=lambda one: one != language)
        found = Question({language: lines[0]}, {one: _agree(one) for one in ordered})
    else:
        try:
            question, typed = read(event.text, MOST)
        except Unclear as why:
            refuse(context, str(why), MOST, event)
            return
        found = Question({language: question}, {language: typed})
    notices.write(context.unit, notice, content.with_(slip=found))
    _ask_until(context, notice)


def _agree(language: str) -> tuple[str, str]:
    return words(language, "nwrite.agree"), words(language, "nwrite.agree_not")


def no_slip(context: Context, notice_id: int) -> None:
    """No slip after all."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    notice.valid_until = None
    notices.write(context.unit, notice, notices.content(context.unit, notice).with_(slip=None))
    compose.board(context, notice)


def ask_until(context: Context, notice_id: int) -> None:
    """Until when can it be changed?"""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        _ask_until(context, notice)


def _ask_until(context: Context, notice: Notice) -> None:
    now = today(context)
    asks(context, notice, UNTIL)
    rows = [
        [
            context.named(
                short_day(context.language, now + timedelta(days=ahead)),
                "nwuntild",
                notice.id,
                (now + timedelta(days=ahead)).toordinal(),
            )
            for ahead in DAYS
        ]
    ]
    if notice.valid_until is None:
        # Until somebody says otherwise.
        keep_until(context, notice, now + timedelta(days=DAYS[1]))
    rows.append([context.button("button.nw_back", "nwboard", notice.id)])
    context.change("nwrite.until", buttons=rows, example=_example(context, now + timedelta(days=10)))


def _example(context: Context, day: date) -> str:
    """A day without its weekday: 12月5日, 5 Dec."""
    parts = short_day(context.language, day).split()
    return parts[0] if context.language == "zh_CN" else " ".join(parts[1:])


def keep_until(context: Context, notice: Notice, day: date) -> None:
    """The slip can be changed until the end of that day."""
    notice.valid_until = to_ms(at_minute(day, 1440, context.zone)) - 1
    context.unit.session.add(notice)
    context.unit.session.flush()


def choose_until(context: Context, notice_id: int, number: int) -> None:
    """That day."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    ahead = number - today(context).toordinal()
    if not 0 <= ahead <= days.FARTHEST:
        context.toast("nwrite.until_wrong", alert=True, days=days.FARTHEST)
        return
    context.toast()
    keep_until(context, notice, date.fromordinal(number))
    compose.board(context, notice)


def takes_until(context: Context, notice: Notice, event: Wrote) -> None:
    """A day, as somebody types it."""
    try:
        day, _ = days.typed(event.text, today(context))
    except ValueError:
        day = None
    if day is None:
        context.say("nwrite.until_unclear", reply_to=event.place_id)
        return
    if days.wrong_day(day, today(context)):
        context.say("nwrite.until_wrong", days=days.FARTHEST, reply_to=event.place_id)
        return
    keep_until(context, notice, day)
    compose.board(context, notice)


def rows(context: Context, notice: Notice, _content: Content) -> list[list[say.Button]]:
    """On the screen 'something more'."""
    if not notices.audience(notice).families:
        return []
    return [[context.button("button.nw_slip", "nwslip", notice.id)]]


PRESSES: dict[str, Press] = {
    "nwslip": Press(slip, (int,)),
    "nwnoslip": Press(no_slip, (int,)),
    "nwuntil": Press(ask_until, (int,)),
    "nwuntild": Press(choose_until, (int, int)),
}
