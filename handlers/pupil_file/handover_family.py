"""A handover card with the family: read, strike out, pass on, or nothing. Each guardian sees the own taps alone."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.digest import subject_name
from handlers.pupil_file import handover_told, words
from handlers.texts import Block, plain
from models.pupil_file import cards
from models.pupil_file.cards import Card
from models.pupil_file.states import HandoverState
from models.standing import lines_of_pupil

PAGE = 6
"""Items on a page."""


def _card(context: Context, card_id: int) -> tuple[Card, int] | None:
    found = cards.read(context.unit, card_id, context.who.person_ids)
    if found is None:
        context.toast("handover.over", alert=True)
    return found


def show(context: Context, card_id: int, page: int) -> None:
    """The card, page by page."""
    found = _card(context, card_id)
    if found is None:
        return
    context.toast()
    _show(context, *found, page=page)


def _show(context: Context, card: Card, me: int, *, page: int = 0, quiet: bool = False) -> None:
    unit = context.unit
    every = cards.items(unit, card, me)
    part = [one for one in every if (one.level > 1) == quiet]
    pages = words.paged(part, lambda one: one.text, PAGE)
    page = max(0, min(page, len(pages) - 1))
    on_page = pages[page]
    rows: list[list[say.Button]] = [
        [
            context.named(
                f"{'✓' if one.goes else '✗'} {one.number} · {words.short(one.text)}",
                "hot",
                card.id,
                one.id,
                page,
                int(not one.goes),
            )
        ]
        for one in on_page
    ]
    action = "hoq" if quiet else "ho"
    turning = []
    if page:
        turning.append(context.button("button.earlier", action, card.id, page - 1))
    if page + 1 < len(pages):
        turning.append(context.button("button.more", action, card.id, page + 1))
    rows.append(turning)
    if quiet:
        rows.append([context.button("button.handover_back", "ho", card.id, 0)])
    else:
        rest = sum(1 for one in every if one.level > 1)
        if rest:
            rows.append([context.button("button.handover_quiet", "hoq", card.id, 0, count=rest)])
        rows += _answers(context, card, me)
    context.change(
        "handover.quiet" if quiet else "handover.card",
        buttons=rows,
        child=subject_name(unit, "pupil", card.pupil_id),
        mentor=_mentor(context, card),
        origin=Block(context.words("handover.from_school", school=plain(card.school)) if card.school else ""),
        lines=Block("\n".join(words.item_line(context, one) for one in on_page)),
        own=Block("\n" + context.words("handover.own") if any(one.own for one in on_page) else ""),
        state=Block(_state(context, card, me)),
    )


def _mentor(context: Context, card: Card) -> str:
    return next((line.mentor_name or "" for line in lines_of_pupil(context.unit, card.pupil_id)), "")


def _state(context: Context, card: Card, me: int) -> str:
    said = cards.said(context.unit, card, me)
    if said is None:
        return context.words("handover.unanswered", day=words.day(context, card.closes_at))
    return context.words("handover.passed" if said else "handover.nothing")


def _answers(context: Context, card: Card, me: int) -> list[list[say.Button]]:
    said = cards.said(context.unit, card, me)
    rows = []
    if said is not True:
        rows.append([context.button("button.handover_yes", "hoy", card.id)])
    if said is not False:
        rows.append([context.button("button.handover_no", "hon", card.id)])
    rows.append([context.button("button.file_back", "pfg", card.pupil_id)])
    return rows


def quiet(context: Context, card_id: int, page: int) -> None:
    """What is need to know: on a page of its own, and goes over only where it is added."""
    found = _card(context, card_id)
    if found is None:
        return
    context.toast()
    _show(context, *found, page=page, quiet=True)


def turn_over(context: Context, card_id: int, item_id: int, page: int, goes: int) -> None:
    """A tap on an item strikes it out, or takes it in again."""
    found = _card(context, card_id)
    if found is None:
        return
    item = cards.pick(context.unit, *found, item_id, goes=goes == 1)
    if item is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast("handover.in" if item.goes else "handover.out")
    _show(context, *found, page=page, quiet=item.level > 1)
    _passed_on(context, card_id)


def yes(context: Context, card_id: int) -> None:
    """Passed on: the mentor hears of it, at once or at the own hours."""
    _answer(context, card_id, passes=True)


def no(context: Context, card_id: int) -> None:
    """Nothing is passed on."""
    _answer(context, card_id, passes=False)


def _answer(context: Context, card_id: int, *, passes: bool) -> None:
    found = _card(context, card_id)
    if found is None:
        return
    cards.answer(context.unit, *found, passes=passes)
    context.toast("handover.noted")
    now = cards.read(context.unit, card_id, context.who.person_ids)
    if now is not None:
        _show(context, *now)
    _passed_on(context, card_id)


def _passed_on(context: Context, card_id: int) -> None:
    card = cards.one(context.unit, card_id)
    if card is not None and card.state == HandoverState.CONSENTED:
        handover_told.mentor(context.unit, card, context.school, first=True)


PRESSES: dict[str, Press] = {
    "ho": Press(show, (int, int)),
    "hoq": Press(quiet, (int, int)),
    "hot": Press(turn_over, (int, int, int, int)),
    "hoy": Press(yes, (int,)),
    "hon": Press(no, (int,)),
}
