"""The do / do-not card for the teachers of an appointment: how to talk, what the family wants, what was agreed before.

What is need-to-know stays covered until it is tapped, in notifications too.
"""

from __future__ import annotations

from typing import Any

from handlers import say
from handlers.context import Context, Press
from handlers.copies import NEED_TO_KNOW
from handlers.split import pieces, shifted
from handlers.texts import Rich, plain, render, units
from models import access
from models.appointments import agreements, party, records, visits, wishes
from models.appointments.states import HOLDING, Form, VisitState
from models.appointments.tables import Visit
from models.checklist import items

_NOT: dict[str, str] = {Form.HOME: "before.card_home", Form.PUBLIC: "before.card_public"}
"""What is not done, where the teachers are guests; elsewhere there is less to be said."""


class _Page:
    """Lines of one text, some of them covered."""

    def __init__(self) -> None:
        self.text, self.spans = "", list[dict[str, Any]]()

    def add(self, rich: Rich, *, covered: bool = False) -> None:
        """One more line."""
        start = units(self.text) + (1 if self.text else 0)
        self.text = f"{self.text}\n{rich.text}" if self.text else rich.text
        self.spans += shifted(rich.spans, start)
        if covered and rich.text:
            self.spans.append({"type": "spoiler", "offset": start, "length": units(rich.text)})


def show(context: Context, visit_id: int) -> None:
    """The card, for the two teachers; the mentor alone also sees the family's answers on the question sheet."""
    unit = context.unit
    visit = visits.one(unit, visit_id)
    mine = None if visit is None else party.acting(unit, visit, context.who.person_ids)
    if visit is None or mine is None or not _of_use(context, visit):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    if mine != visit.mentor_id:
        access.note(unit, mine, visit.pupil_id, "visit_card")
    page = _Page()
    names = visits.names(unit, visit.id)
    page.add(render(context.language, "before.card", child=names.child, school_class=names.school_class))
    page.add(render(context.language, _NOT.get(visit.form or "", "before.card_elsewhere")))
    _wanted(context, page, visit)
    if mine == visit.mentor_id:
        _answers(context, page, visit)
    _agreed(context, page, visit)
    for piece in pieces(Rich(page.text, tuple(page.spans))):
        unit.queue(
            answers=True,
            bot_id=context.who.bot_id,
            chat_id=context.who.user_id,
            kind=say.TEXT,
            payload=say.text(piece),
        )


def _of_use(context: Context, visit: Visit) -> bool:
    """It is for a visit that is ahead or goes on; afterwards for who may still write its record, until that is written."""
    if visit.state != VisitState.HELD:
        return visit.state in HOLDING
    known = records.kept(context.unit, visit.id)
    unwritten = known is None or known.finished_at is None
    return unwritten and records.reader(context.unit, visit.id, context.who.person_ids) is not None


def _wanted(context: Context, page: _Page, visit: Visit) -> None:
    """What the guardians who come want to talk about."""
    unit = context.unit
    wish = wishes.of_coming(unit, visit.id)
    topics = [items.by_code(unit, visit.school_id, code) for code in wish.topics]
    found = [one for one in topics if one is not None]
    own = wish.words.splitlines()
    if found or own:
        page.add(render(context.language, "before.card_wanted"))
    for one in found:
        page.add(Rich(f"· {one.title(context.language)}"), covered=one.level >= NEED_TO_KNOW)
    for line in own:
        page.add(Rich(plain(line)), covered=True)


def _answers(context: Context, page: _Page, visit: Visit) -> None:
    answers = wishes.answers(context.unit, visit.id)
    if answers:
        page.add(render(context.language, "before.card_answers"))
    for question, text in answers:
        page.add(Rich(f"· {question.text(context.language)}"))
        page.add(Rich(plain(text)), covered=True)


def _agreed(context: Context, page: _Page, visit: Visit) -> None:
    past = agreements.past(context.unit, visit.pupil_id, before=visit.starts_at or context.unit.now_ms)
    if past:
        page.add(render(context.language, "before.card_agreed"))
    for one in past:
        for key, text in (("before.card_school", one.school), ("before.card_family", one.family)):
            if text:
                page.add(render(context.language, key, text=text))


PRESSES: dict[str, Press] = {"vcard": Press(show, (int,))}
