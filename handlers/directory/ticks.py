"""What the clock does about the directory: reminds who answers, once; ends what nobody answered or what is over; forgets."""

from __future__ import annotations

from functools import partial

from handlers.context import SchoolSettings
from handlers.directory import told
from models.directory import cards, due, lookups, requests
from models.directory.requests import Request, State
from models.unit import Unit


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Each look takes on some of each; what is left comes with the next one."""
    for one in due.unanswered(unit):
        unit.attempt(partial(_lapse, unit, school, one))
    for one in due.unreminded(unit):
        unit.attempt(partial(_remind, unit, school, one))
    for one in due.passed(unit):
        unit.attempt(partial(requests.move, unit, one, State.OVER))
    for one in due.cardless(unit, cards.today_in(unit, school.zone)):
        unit.attempt(partial(_ended, unit, school, one))
    # These are no longer seen by anybody from the moment on: that the place is free again may take an hour.
    if unit.once(f"directory:lost:{unit.now:%Y-%m-%d-%H}", bot_id, 0):
        for one in due.lost(unit):
            unit.attempt(partial(requests.move, unit, one, State.OVER))
    if unit.once(f"directory:forget:{unit.now:%Y-%m-%d}", bot_id, 0):
        due.forget(unit)
        due.forget_offers(unit)
        lookups.forget(unit)


def _lapse(unit: Unit, school: SchoolSettings, request: Request) -> None:
    card = cards.whatever(unit, request.card_id)
    if requests.move(unit, request, State.LAPSED) and card is not None:
        told.asker(unit, school, card, request, State.LAPSED)


def _remind(unit: Unit, school: SchoolSettings, request: Request) -> None:
    card = cards.whatever(unit, request.card_id)
    if card is not None:
        told.deciders(unit, school, card, request, again=True)


def _ended(unit: Unit, school: SchoolSettings, request: Request) -> None:
    """The card has ended: who waits for it, or has a place, hears so."""
    card = cards.whatever(unit, request.card_id)
    if requests.move(unit, request, State.OVER) and card is not None:
        told.asker(unit, school, card, request, State.OVER)
