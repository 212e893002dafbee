"""Who has a file open: a guardian (side 'g') or a member of staff (side 'm'). Asked anew for every button and every text."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import say
from handlers.context import Context
from handlers.digest import subject_name
from models.pupil_file import allowed, entries, goals
from models.pupil_file.allowed import Keeper
from models.pupil_file.entries import Entry
from models.pupil_file.goals import Goal, Review

GUARDIAN, MENTOR = "g", "m"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with a pupil's file. `keeper` for staff."""

    side: str
    pupil_id: int
    person_id: int
    child: str
    keeper: Keeper | None = None

    @property
    def writes(self) -> bool:
        """Whether this one may add to the file: everybody but who only covers."""
        return self.keeper is None or not self.keeper.covers


def find(context: Context, side: str, pupil_id: int) -> Reader | None:
    """As whom this account may open the file from that side; None where it may not. A look of staff is noted."""
    unit, people = context.unit, context.who.person_ids
    if side == GUARDIAN:
        person = allowed.guardian(unit, pupil_id, people)
        if person is None:
            return None
        return Reader(side, pupil_id, person, subject_name(unit, "pupil", pupil_id))
    keeper = allowed.keeper(unit, pupil_id, people) if side == MENTOR else None
    if keeper is None:
        return None
    allowed.looked(unit, keeper)
    return Reader(side, pupil_id, keeper.person_id, subject_name(unit, "pupil", pupil_id), keeper)


def opened(context: Context, side: str, pupil_id: int, *, to_write: bool = False) -> Reader | None:
    """The same for a button: says that it is gone where it is."""
    found = find(context, side, pupil_id)
    if found is None or (to_write and not found.writes):
        context.toast("help.button_gone", alert=True)
        return None
    return found


def entries_of(context: Context, one: Reader) -> list[Entry]:
    """The entries that this reader may see."""
    if one.keeper is not None:
        return entries.of_keeper(context.unit, one.keeper)
    return entries.of_guardian(context.unit, one.pupil_id, one.person_id)


def entry_of(context: Context, one: Reader, entry_id: int) -> Entry | None:
    """One of them."""
    return next((found for found in entries_of(context, one) if found.id == entry_id), None)


def goals_of(context: Context, one: Reader) -> list[Goal]:
    """The goals that this reader may see."""
    if one.keeper is not None:
        return goals.of_keeper(context.unit, one.keeper)
    return goals.of_guardian(context.unit, one.pupil_id, one.person_id)


def goal_of(context: Context, one: Reader, goal_id: int) -> Goal | None:
    """One of them."""
    return next((found for found in goals_of(context, one) if found.id == goal_id), None)


def reviews_of(context: Context, one: Reader, goal: Goal) -> list[Review]:
    """How the sides look back at a goal, as this reader may see it."""
    return goals.reviews(context.unit, goal, one.person_id, by_guardian=one.side == GUARDIAN)


def back(context: Context, one: Reader) -> list[say.Button]:
    """The way back to the file."""
    return [context.button("button.file_back", "pf" + one.side, one.pupil_id)]
