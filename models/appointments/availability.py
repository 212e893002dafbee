"""When a teacher is free for appointments: a weekly pattern, and single days that differ from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, text

from models.appointments import diary
from models.appointments.rules import GRAIN
from models.appointments.states import Purpose
from models.base import as_day, new_id
from models.unit import Unit, sql

MOST = 60
"""Rows of one person at most: nobody has more, and a page that is left pressing must not fill the table."""
Span = tuple[int, int]
"""From and to, in minutes after midnight."""


class Full(ValueError):
    """There are as many times as anybody needs (MOST)."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which a teacher is free (or, on a single day, is not): weekly, or on a day."""

    id: int
    purpose: str
    weekday: int | None
    day: date | None
    begins: int
    ends: int
    free: bool


_OF = text(
    "SELECT id, person_id, purpose, weekday, day, begins, ends, free FROM availability WHERE person_id IN :people"
    " ORDER BY weekday, day, begins, id"
).bindparams(bindparam("people", expanding=True))
_PUT = sql(
    "INSERT INTO availability (id, person_id, purpose, weekday, day, begins, ends, free)"
    " VALUES (:id, :person, :purpose, :weekday, :day, :begins, :ends, :free)"
)
_NO_WEEK = sql("DELETE FROM availability WHERE person_id = :person AND purpose = :purpose AND weekday IS NOT NULL")
_NO_DAY = sql(
    "DELETE FROM availability WHERE person_id = :person AND purpose = :purpose AND day = :day AND free = :free"
)
_REMOVE = sql("DELETE FROM availability WHERE id = :id AND person_id = :person")
_PAST = sql("DELETE FROM availability WHERE person_id = :person AND day < :day")
_LOOK = sql(
    "UPDATE visit_wait SET look = :yes WHERE look = :no AND (mentor_id = :person OR visit_id IN"
    " (SELECT v.id FROM visit v WHERE v.companion_id = :person AND v.state IN ('planned', 'invited')))"
)


def of_people(unit: Unit, people: Iterable[int]) -> dict[int, list[Window]]:
    """What these people have said, each in the order of the week and then of the days."""
    wanted = list(people)
    found: dict[int, list[Window]] = {one: [] for one in wanted}
    if wanted:
        for row in unit.execute(_OF, people=wanted):
            day = None if row.day is None else as_day(row.day)
            found[row.person_id].append(
                Window(row.id, row.purpose, row.weekday, day, row.begins, row.ends, bool(row.free))
            )
    return found


def kept(unit: Unit, person_id: int) -> list[Window]:
    """What one person has said."""
    return of_people(unit, [person_id])[person_id]


def set_week(unit: Unit, person_id: int, purpose: str, windows: Sequence[tuple[int, int, int]]) -> None:
    """Replaces the weekly pattern by these (weekday, from, to); what touches is merged. Raises ValueError, Full."""
    _known(purpose)
    by_day: dict[int, list[Span]] = {}
    for weekday, begins, ends in windows:
        if not 0 <= weekday <= 6:
            raise ValueError(f"weekday {weekday}")
        by_day.setdefault(weekday, []).append(_span(begins, ends))
    whole = [(weekday, span) for weekday, spans in sorted(by_day.items()) for span in merged(spans)]
    if len(whole) > MOST:
        raise Full("too many times")
    unit.write(_NO_WEEK, person=person_id, purpose=purpose)
    for weekday, (begins, ends) in whole:
        _put(unit, person_id, purpose, weekday, None, begins, ends, True)
    look(unit, person_id)


def toggle_week(unit: Unit, person_id: int, purpose: str, weekday: int, begins: int, ends: int) -> bool:
    """A time of the week becomes free, or no longer is where it was all free before. Answers whether it is free now."""
    _known(purpose)
    span = _span(begins, ends)
    week = [
        (one.weekday, one.begins, one.ends)
        for one in kept(unit, person_id)
        if one.purpose == purpose and one.weekday is not None
    ]
    same = [(b, e) for day, b, e in week if day == weekday]
    others = [one for one in week if one[0] != weekday]
    was = covered(span, merged(same))
    spans = without(same, [span]) if was else [*same, span]
    set_week(unit, person_id, purpose, [*others, *((weekday, b, e) for b, e in spans)])
    return not was


def add_day(unit: Unit, person_id: int, purpose: str, day: date, begins: int, ends: int, *, free: bool) -> None:
    """On this day also free from then to then, or not free then. Raises ValueError, Full. Days that are over do not count."""
    _known(purpose)
    span = _span(begins, ends)
    forget(unit, person_id)
    mine = [one for one in kept(unit, person_id) if one.purpose == purpose]
    same = [(one.begins, one.ends) for one in mine if one.day == day and one.free == free]
    if len(mine) >= MOST and not same:
        raise Full("too many times")
    unit.write(_NO_DAY, person=person_id, purpose=purpose, day=day, free=free)
    for begin, end in merged([*same, span]):
        _put(unit, person_id, purpose, None, day, begin, end, free)
    look(unit, person_id)


def remove(unit: Unit, person_id: int, window_id: int) -> bool:
    """Takes a time away. False where it is gone, or is somebody else's."""
    look(unit, person_id)
    return unit.write(_REMOVE, id=window_id, person=person_id) == 1


def look(unit: Unit, person_id: int) -> None:
    """Something of this teacher's may have become free: families that wait for this one, as the mentor or as the second
    teacher, are looked after at the next tick."""
    diary.lock(unit, [person_id])
    unit.write(_LOOK, person=person_id, yes=True, no=False)


def forget(unit: Unit, person_id: int) -> None:
    """Single days that have passed, wherever on earth the school is."""
    unit.write(_PAST, person=person_id, day=unit.now.date() - timedelta(days=1))


def of_day(windows: Iterable[Window], purpose: str, day: date) -> list[Span]:
    """The free times of a day: the week's and the day's own, without what the day takes away."""
    mine = [one for one in windows if one.purpose == purpose]
    free = [(w.begins, w.ends) for w in mine if w.free and (w.day == day or w.weekday == day.weekday())]
    return without(free, [(w.begins, w.ends) for w in mine if not w.free and w.day == day])


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of spans when others are taken out of them."""
    left = merged(spans)
    for begins, ends in merged(taken):
        left = [piece for b, e in left for piece in ((b, min(e, begins)), (max(b, ends), e)) if piece[0] < piece[1]]
    return left


def both(ones: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What lies in both."""
    second = merged(others)
    return [(max(b, c), min(e, f)) for b, e in merged(ones) for c, f in second if max(b, c) < min(e, f)]


def covered(span: Span, spans: Iterable[Span]) -> bool:
    """Whether all of it lies in one of them."""
    return any(b <= span[0] and span[1] <= e for b, e in spans)


def _known(purpose: str) -> None:
    Purpose(purpose)


def _span(begins: int, ends: int) -> Span:
    if not 0 <= begins < ends <= 1440 or begins % GRAIN or ends % GRAIN:
        raise ValueError(f"{begins}-{ends}")
    return begins, ends


def _put(
    unit: Unit, person: int, purpose: str, weekday: int | None, day: date | None, begins: int, ends: int, free: bool
) -> None:
    unit.write(
        _PUT,
        id=new_id(),
        person=person,
        purpose=purpose,
        weekday=weekday,
        day=day,
        begins=begins,
        ends=ends,
        free=free,
    )
