"""Who hears what about a request: who answers it, without a word about any child; and who asked."""

from __future__ import annotations

from typing import Any

from handlers import say, telling
from handlers.context import SchoolSettings
from handlers.events.shown import hears
from handlers.texts import words
from models.directory import cards, deciding
from models.directory.content import PARENT, Card
from models.directory.requests import Request, State
from models.events import offers as people
from models.events.audience import Invited
from models.unit import Unit


def card_name(unit: Unit, card: Card, language: str) -> str:
    """How a card is called in somebody's language."""
    if card.kind.code != PARENT:
        return card.content.name(language)
    group, parent = cards.offerer(unit, card)
    return (
        words(language, "directory.parent_named", group=group, name=parent)
        if parent
        else words(language, "directory.parent", group=group)
    )


def _tell(
    unit: Unit,
    school: SchoolSettings,
    one: Invited,
    request: Request,
    card: Card,
    key: str,
    what: str,
    buttons: say.Rows,
    **values: Any,
) -> None:
    telling.tell(
        unit,
        one.reach,
        key,
        dedupe_key=f"dirreq:{request.id}:{what}",
        due_at=hears(unit, one, request.school_id, school),
        buttons=buttons,
        name=card_name(unit, card, one.reach.language),
        **values,
    )


def deciders(unit: Unit, school: SchoolSettings, card: Card, request: Request, *, again: bool = False) -> bool:
    """Asks who says yes: only that there is a request and for what. False where there is nobody to ask."""
    found = deciding.deciders(unit, card, request)
    for one in found:
        if deciding.knows(unit, one.person_id, request, again=again):
            continue
        rows = [[telling.button(unit, one.reach, "button.directory_look", "drreq", request.id)]]
        key = "directory.request_waits" if again else "directory.request_new"
        what = f"ask{'again' if again else ''}:{one.person_id}"
        _tell(unit, school, one, request, card, key, what, rows)
    return bool(found)


def cancelled(unit: Unit, school: SchoolSettings, card: Card, request: Request) -> None:
    """Tells who had said yes that the place is free again."""
    for one in deciding.deciders(unit, card, request):
        _tell(unit, school, one, request, card, "directory.request_cancelled", f"gone:{one.person_id}", ())


def asker(unit: Unit, school: SchoolSettings, card: Card, request: Request, state: State, answer: str = "") -> None:
    """Tells who asked what became of it; what stands in the answer is for that person alone."""
    key = f"directory.answer_{state.value}"
    values = {}
    if answer:
        key, values = "directory.answer_word", {"word": answer}
    for one in people.person(unit, [request.person_id]):
        rows = [[telling.button(unit, one.reach, "button.directory_mine", "drmine")]]
        _tell(unit, school, one, request, card, key, f"answer.{state.value}", rows, **values)


def parent(unit: Unit, school: SchoolSettings, card: Card, request: Request) -> None:
    """Tells the parent whose offer it is that somebody would like it; who, the one who said yes says."""
    for one in people.person(unit, [] if card.offered_by is None else [card.offered_by]):
        _tell(unit, school, one, request, card, "directory.offer_wanted", f"parent:{one.person_id}", ())
