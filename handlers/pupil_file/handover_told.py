"""Who hears of a handover card, each once and at the own hours: the guardians, a reminder, the new mentor, a reminder."""

from __future__ import annotations

from functools import partial

from handlers import holding, telling
from handlers.context import SchoolSettings, tell
from models.base import to_ms
from models.pupil_file import cards, sweep
from models.pupil_file.cards import Card
from models.pupil_file.states import HandoverState
from models.queues import Lane
from models.standing import lines_of_pupil
from models.unit import Unit


def family(unit: Unit, card: Card, school: SchoolSettings, *, again: bool = False) -> None:
    """Tells every guardian who may read it and has not answered."""
    known = cards.readers(unit, card)
    for line in lines_of_pupil(unit, card.pupil_id):
        reach = line.guardian
        if reach is None or not reach.reachable or line.guardian_id not in known:
            continue
        items = cards.items(unit, card, line.guardian_id)
        if not items or cards.said(unit, card, line.guardian_id) is not None:
            continue
        at = holding.goes_at(unit, line, by_guardian=False, school=school)
        origin = "moved" if card.school else "mentor"
        tell(
            unit,
            reach,
            f"handover.remind_{origin}" if again else f"handover.told_{origin}",
            dedupe_key=f"handover:{card.id}:{'again' if again else 'told'}:{line.guardian_id}",
            lane=Lane.REMINDER,
            due_at=None if at is None else to_ms(at),
            buttons=[
                [telling.button(unit, reach, "button.handover_look", "ho", card.id, 0)],
                [telling.button(unit, reach, "button.handover_no", "hon", card.id)],
            ],
            child=line.pupil_name,
            mentor=line.mentor_name or "",
            school=card.school,
        )


def mentor(unit: Unit, card: Card, school: SchoolSettings, *, first: bool = False) -> None:
    """Tells the new mentor, and once more after a week without a confirmation. With `first` only for the first time."""
    lines = [line for line in lines_of_pupil(unit, card.pupil_id) if line.mentor is not None and line.mentor.reachable]
    if not lines or lines[0].mentor is None or (first and sweep.is_mentor_told(unit, card)):
        return
    line, reach = lines[0], lines[0].mentor
    how = sweep.mentor_told(unit, card)
    if how is None:
        return
    at = holding.goes_at(unit, line, by_guardian=True, school=school)
    tell(
        unit,
        reach,
        f"handover.mentor_{how}",
        dedupe_key=f"handover:{card.id}:mentor:{how}",
        lane=Lane.REMINDER,
        due_at=None if at is None else to_ms(at),
        buttons=[[telling.button(unit, reach, "button.handover_open", "hom", card.id, 0)]],
        child=line.pupil_name,
    )


def tick(unit: Unit, _bot: int, school: SchoolSettings) -> None:
    """What is due: new cards, cards to tell of, to remind of, to close."""
    sweep.look(unit)
    sweep.close(unit)
    # Each by itself: a card that cannot be read keeps no other waiting.
    for card in sweep.to_tell(unit):
        unit.attempt(partial(_begins, unit, card, school))
    for card in sweep.to_remind(unit):
        unit.attempt(partial(_reminds, unit, card, school))
    for card in sweep.for_mentors(unit):
        unit.attempt(partial(mentor, unit, card, school))


def _begins(unit: Unit, card: Card, school: SchoolSettings) -> None:
    family(unit, card, school)
    cards.move(unit, card, HandoverState.WITH_FAMILY)


def _reminds(unit: Unit, card: Card, school: SchoolSettings) -> None:
    if sweep.reminded(unit, card):
        family(unit, card, school, again=True)
