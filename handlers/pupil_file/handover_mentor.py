"""A handover card with the new mentor: what the family has passed on, as it stands at this moment, and 'received'."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.digest import subject_name
from handlers.pupil_file import words
from handlers.pupil_file.handover_family import PAGE
from handlers.texts import Block, plain
from models import access
from models.pupil_file import allowed, cards
from models.pupil_file.allowed import Keeper
from models.pupil_file.cards import Card
from models.pupil_file.states import HandoverState

LOOKED = "handover"
"""How a look is noted (texts `access.handover`)."""


def _card(context: Context, card_id: int) -> tuple[Card, Keeper] | None:
    unit = context.unit
    card = cards.one(unit, card_id)
    keeper = None if card is None else allowed.mentor(unit, card.pupil_id, context.who.person_ids)
    if card is None or keeper is None or card.id not in [one.id for one in cards.of_keeper(unit, keeper)]:
        context.toast("help.button_gone", alert=True)
        return None
    access.note(unit, keeper.person_id, card.pupil_id, LOOKED)
    return card, keeper


def show(context: Context, card_id: int, page: int) -> None:
    """The card, page by page."""
    found = _card(context, card_id)
    if found is None:
        return
    context.toast()
    _show(context, found[0], page)


def _show(context: Context, card: Card, page: int = 0) -> None:
    unit = context.unit
    every = cards.gone_over(unit, card)
    pages = words.paged(every, lambda one: one.text, PAGE)
    page = max(0, min(page, len(pages) - 1))
    turning = []
    if page:
        turning.append(context.button("button.earlier", "hom", card.id, page - 1))
    if page + 1 < len(pages):
        turning.append(context.button("button.more", "hom", card.id, page + 1))
    rows = [turning]
    if card.state == HandoverState.CONSENTED:
        rows.append([context.button("button.handover_received", "hor", card.id)])
    rows.append([context.button("button.file_back", "pfm", card.pupil_id)])
    context.change(
        "handover.for_mentor" if every else "handover.for_mentor_none",
        buttons=rows,
        child=subject_name(unit, "pupil", card.pupil_id),
        origin=Block(context.words("handover.from_school", school=plain(card.school)) if card.school else ""),
        lines=Block("\n".join(words.item_line(context, one) for one in pages[page])),
    )


def receive(context: Context, card_id: int) -> None:
    """It has arrived: said once."""
    found = _card(context, card_id)
    if found is None:
        return
    cards.receive(context.unit, found[0])
    context.toast("handover.thanks")
    now = cards.one(context.unit, card_id)
    if now is not None:
        _show(context, now)


PRESSES: dict[str, Press] = {"hom": Press(show, (int, int)), "hor": Press(receive, (int,))}
