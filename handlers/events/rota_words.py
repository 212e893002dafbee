"""The rota in words: when it usually is, which class and month, and why something cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.context import Context
from handlers.texts import clock, listed, units, words
from models.events import events
from models.events.planning import Setting
from models.events.rota import Proposal, Unmet, Why

PAGE = 12
REASONS = 8
"""Open places that are explained in the message; the others are found class by class."""
ROOM = 2600
"""UTF-16 units for those reasons: a message has 4096, and the rest of it stands around them."""


def usual_words(language: str, usual: Setting) -> str:
    """Friday 19:00."""
    return words(language, "rota.usual", day=words(language, f"rota.weekday_{usual.weekday}"), time=clock(usual.begins))


def some(language: str, names: Sequence[str]) -> str:
    """The first ones, and a sign where there are more."""
    return listed(language, [*names[:PAGE], *(["…"] if len(names) > PAGE else [])])


def some_people(context: Context, person_ids: Sequence[int]) -> str:
    """The names of the first ones."""
    return some(context.language, [events.name_of(context.unit, one) for one in person_ids[: PAGE + 1]])


def explained(context: Context, found: Proposal, names: dict[int, str]) -> list[str]:
    """What could not be filled and why: each conflict once, with all places that it is about."""
    if not found.unmet:
        return [context.words("rota.all_filled")]
    lines = [context.words("rota.unmet", count=len(found.unmet))]
    conflicts: dict[tuple[object, ...], list[Unmet]] = {}
    for one in found.unmet:
        # Those that compete for the same mentors are one conflict.
        key = (one.why, one.mentors) if one.why is Why.TOO_FEW else (one.why, one.class_id, one.month)
        conflicts.setdefault(key, []).append(one)
    room = ROOM
    for same in list(conflicts.values())[:REASONS]:
        reason = _reason(context, same, names)
        room -= units(reason) + 1
        if room < 0:
            break
        lines.append(reason)
    if len(lines) - 1 < len(conflicts):
        lines.append(context.words("rota.unmet_more"))
    return lines


def _reason(context: Context, same: list[Unmet], names: dict[int, str]) -> str:
    one = same[0]
    mentors = some_people(context, one.mentors)
    if one.why is not Why.TOO_FEW:
        place = place_word(context.language, one.class_id, one.month, names)
        return context.words(f"rota.why_{one.why.value}", place=place, mentors=mentors)
    slots = sorted({slot for each in same for slot in each.others})
    places = [place_word(context.language, class_id, month, names) for class_id, month in slots[: PAGE + 1]]
    return context.words(
        "rota.why_too_few",
        places=some(context.language, places),
        count=len(slots),
        can=max(each.places for each in same),
        mentors=mentors,
    )


def place_word(language: str, class_id: int, month: date, names: dict[int, str]) -> str:
    """A class and a month."""
    return words(language, "rota.place", group=names.get(class_id, ""), month=month_word(language, month))


def month_word(language: str, month: date) -> str:
    """A month by its name."""
    return words(language, f"rota.month_{month.month}")
