"""A poll or a survey: one question after the other in the notice's own message, without names."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context, Press
from handlers.notices import asks
from handlers.notices.read import draw, have
from models.notices import surveys


def vote(context: Context, notice_id: int, question: int, choice: int) -> None:
    """An answer; pressed again it is changed. The next question follows."""
    got = have(context, notice_id)
    if got is None:
        return
    sheet, found = got
    asked = sheet.content.questions
    if not 0 <= question < len(asked) or not 0 <= choice < asked[question].count:
        context.toast("help.button_gone", alert=True)
        return
    if not surveys.is_open(sheet.notice, context.unit.now_ms):
        context.toast("nvote.closed", alert=True)
        return
    surveys.give(context.unit, sheet.notice, found.person_id, question, choice)
    context.toast("nvote.noted")
    answers = asks.answers_of(context.unit, sheet.notice, found.person_id, sheet.content)
    draw(context, sheet, found, replace(answers, at=question + 1), context.place_id)


def turn(context: Context, notice_id: int, question: int) -> None:
    """Another question is looked at."""
    got = have(context, notice_id)
    if got is None:
        return
    sheet, found = got
    context.toast()
    answers = asks.answers_of(context.unit, sheet.notice, found.person_id, sheet.content)
    draw(context, sheet, found, replace(answers, at=question), context.place_id)


PRESSES: dict[str, Press] = {"nvote": Press(vote, (int, int, int)), "nvat": Press(turn, (int, int))}
