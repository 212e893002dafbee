"""Events in counts, for chief mentors and admins: what was held in a term, and how many came. Nothing in it says who.

What nobody has counted is not known (None), never 0. What is private (a consultation) is left out altogether.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, TextClause

from models.base import as_day, from_ms, to_ms
from models.checklist.coverage import WITHOUT_TERM
from models.events import kinds, topics
from models.events.feedback import Sums
from models.events.states import AHEAD, Audience, EventState, Form
from models.events.unnamed import Titles
from models.unit import Unit, sql

LEAST_DAYS = 7
"""A month of which a term has fewer days is not one of its months, unless something was held in it."""
_FOREVER = 2**62


class Stands(StrEnum):
    """How a date stands, and so a class's month: the first of these that one of its dates has."""

    HELD = "held"
    UNSAID = "unsaid"
    """Its time has passed, and nobody has said yet whether it took place."""
    AHEAD = "ahead"
    NOT_HELD = "not_held"
    NONE = "none"
    """Nothing was planned, or it was called off."""


@dataclass(frozen=True, slots=True)
class Season:
    """What is counted: a term and the holidays after it; where the school has entered none, the last four months."""

    begins: date
    months: tuple[date, ...]
    """By their first days."""
    since: int
    """Milliseconds since 1970, as `until`, which is the first moment that does not belong to it."""
    until: int


@dataclass(frozen=True, slots=True)
class Line:
    """One date of an event. `people` is how many came, None where nobody has counted; `invited` counts families."""

    id: int
    kind: str
    stands: Stands
    classes: tuple[int, ...]
    month: date
    """The month for which it counts: of the rota, otherwise of its day."""
    day: date
    topic: str
    own_topic: str
    """Names are taken out of it."""
    form: Form
    invited: int | None
    """None where it is not families who are invited."""
    signed_up: int
    people: int | None
    answers: int
    help_sum: int
    use_answers: int
    use_sum: int
    """Feedback: of the answers that may be shown."""

    def title(self, language: str) -> str:
        """What it was about; empty where that is open."""
        found = topics.by_code(self.topic) if self.topic else None
        return self.own_topic if found is None else found.title(language)


_PRIVATE = ", ".join(f"'{one.code}'" for one in kinds.every() if one.private)
_SHOWN = (
    "e.school_id = :school AND e.starts_at >= :since AND e.starts_at < :until"
    f" AND e.kind LIKE :kind AND e.kind NOT IN ({_PRIVATE})"
    f" AND e.state NOT IN ('{EventState.PROPOSED}', '{EventState.CANCELLED}')"
)
_OF_CLASS = (
    " AND (EXISTS (SELECT 1 FROM event_class x WHERE x.event_id = e.id AND x.class_id = :class)"
    " OR (e.audience = 'families' AND e.host_id IN (SELECT y.mentor_id FROM mentorship y"
    " JOIN pupil z ON z.id = y.pupil_id AND z.ended_at IS NULL WHERE y.until IS NULL AND z.school_class_id = :class)))"
)


def _both(select: str, ending: str) -> tuple[TextClause, TextClause]:
    """A statement about the dates of a whole school, and about those of one class."""
    return sql(f"{select} WHERE {_SHOWN}{ending}"), sql(f"{select} WHERE {_SHOWN}{_OF_CLASS}{ending}")


_EVENTS = _both(
    "SELECT e.id, e.kind, e.state, e.audience, e.host_id, e.class_id, e.month, e.starts_at, e.ends_at, e.form, e.topic,"
    " e.sealed_topic, e.speaker_id, e.sealed_speaker, e.counted, e.people, e.signed_up, e.answers, e.help_sum,"
    " e.use_answers, e.use_sum, e.closed_at FROM event e",
    " ORDER BY e.starts_at, e.id",
)
_CLASSES = _both(
    "SELECT e.id, c.class_id FROM event e JOIN event_class c ON c.event_id = e.id", " ORDER BY e.id, c.class_id"
)
_HERE = _both(
    "SELECT e.id, SUM(h.people) AS many FROM event e JOIN event_here h ON h.event_id = e.id", " GROUP BY e.id"
)
_SIGNED = _both(
    "SELECT e.id, SUM(CASE WHEN r.reply IN ('come', 'online') THEN r.people ELSE 0 END) AS many FROM event e"
    " JOIN event_reply r ON r.event_id = e.id",
    " GROUP BY e.id",
)
_PUPILS = sql(
    "SELECT school_class_id AS class_id, COUNT(*) AS many FROM pupil WHERE school_id = :school AND ended_at IS NULL"
    " GROUP BY school_class_id"
)
_GROUPS = sql(
    "SELECT m.mentor_id, pu.school_class_id AS class_id, COUNT(*) AS many FROM mentorship m"
    " JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL WHERE m.until IS NULL AND pu.school_id = :school"
    " GROUP BY m.mentor_id, pu.school_class_id ORDER BY pu.school_class_id"
)
_TERMS = sql("SELECT starts_on, ends_on FROM term WHERE school_id = :school ORDER BY starts_on")


def season(unit: Unit, school_id: int, zone: str) -> Season:
    """What is counted today: the term that began last, up to the next one."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    terms = [(as_day(row.starts_on), as_day(row.ends_on)) for row in unit.execute(_TERMS, school=school_id)]
    begun = [one for one in terms if one[0] <= today]
    first, last = begun[-1] if begun else (today - WITHOUT_TERM, _after(today) - timedelta(days=1))
    after = terms[len(begun)][0] if begun and len(begun) < len(terms) else None
    until = _FOREVER if after is None else _midnight(after, zone)
    return Season(first, _months(first, last), _midnight(first, zone), until)


def _midnight(day: date, zone: str) -> int:
    return to_ms(datetime.combine(day, time(), ZoneInfo(zone)))


def _after(day: date) -> date:
    """The first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months(first: date, last: date) -> tuple[date, ...]:
    found, month = [], first.replace(day=1)
    while month <= last:
        if (min(_after(month), last + timedelta(days=1)) - max(month, first)).days >= LEAST_DAYS:
            found.append(month)
        month = _after(month)
    return tuple(found)


def of_school(unit: Unit, school_id: int, zone: str, kind: str = "%") -> list[Line]:
    """All dates of a school's events (or of one kind) in its season, the first one first. Rights are the caller's to ask.

    A fixed number of queries, and a few for each topic that somebody has written.
    """
    return _lines(unit, school_id, zone, 0, kind)


def of_class(unit: Unit, school_id: int, class_id: int, zone: str) -> list[Line]:
    """The same for those to which families of a class are invited."""
    return _lines(unit, school_id, zone, class_id, "%")


def _lines(unit: Unit, school_id: int, zone: str, class_id: int, kind: str) -> list[Line]:
    when = season(unit, school_id, zone)
    values: dict[str, Any] = {"school": school_id, "since": when.since, "until": when.until, "kind": kind}
    if class_id:
        values["class"] = class_id

    def rows(statements: tuple[TextClause, TextClause]) -> Sequence[Row[Any]]:
        return unit.execute(statements[bool(class_id)], **values).all()

    classes: dict[int, list[int]] = defaultdict(list)
    for row in rows(_CLASSES):
        classes[row.id].append(row.class_id)
    groups: dict[int, dict[int, int]] = defaultdict(dict)
    for row in unit.execute(_GROUPS, school=school_id):
        groups[row.mentor_id][row.class_id] = row.many
    pupils = {row.class_id: int(row.many) for row in unit.execute(_PUPILS, school=school_id)}
    here = {row.id: int(row.many) for row in rows(_HERE)}
    signed = {row.id: int(row.many) for row in rows(_SIGNED)}
    titles, place, found = Titles(unit, school_id), ZoneInfo(zone), []
    for row in rows(_EVENTS):
        own = groups.get(row.host_id, {}) if row.audience == Audience.FAMILIES else {}
        invited = tuple(own) or tuple(classes[row.id])
        families = {
            Audience.FAMILIES: sum(own.values()),
            Audience.CLASSES: sum(pupils.get(one, 0) for one in invited),
        }.get(row.audience)
        day = from_ms(row.starts_at).astimezone(place).date()
        month = day.replace(day=1) if row.month is None else as_day(row.month)
        closed = row.closed_at is not None
        came = row.counted if row.counted is not None else (row.people or None) if closed else here.get(row.id) or None
        found.append(
            Line(
                id=row.id,
                kind=row.kind,
                stands=_stands(row, unit.now_ms),
                classes=invited,
                month=month,
                day=day,
                topic=row.topic,
                own_topic=titles.own(row, invited),
                form=Form(row.form),
                invited=families,
                signed_up=row.signed_up if closed else signed.get(row.id, 0),
                people=came,
                answers=row.answers,
                help_sum=row.help_sum,
                use_answers=row.use_answers,
                use_sum=row.use_sum,
            )
        )
    return found


def _stands(row: Row[Any], now: int) -> Stands:
    if row.state in AHEAD:
        return Stands.AHEAD if now < row.ends_at else Stands.UNSAID
    return Stands(row.state)


# --- put together ---


def lectures(lines: Iterable[Line], class_id: int = 0) -> list[Line]:
    """The parent classes among them; with a class, its own."""
    return [one for one in lines if one.kind == kinds.CLASS and (not class_id or class_id in one.classes)]


def months(when: Season, lines: Iterable[Line]) -> list[date]:
    """The months of a season, and those in which something of these was or will be."""
    return sorted({*when.months, *(one.month for one in lines)})


def stands(lines: Iterable[Line]) -> Stands:
    """How a class's month stands by the parent classes in it."""
    known = {one.stands for one in lines}
    return next((one for one in Stands if one in known), Stands.NONE)


def people(lines: Iterable[Line]) -> int | None:
    """How many came to what was held, as far as it is known; None where of nothing it is."""
    known = [one.people for one in lines if one.stands is Stands.HELD and one.people is not None]
    return sum(known) if known else None


def by_kind(lines: Iterable[Line]) -> Counter[str]:
    """How many were held of each kind."""
    return Counter(one.kind for one in lines if one.stands is Stands.HELD)


def thought(lines: Iterable[Line]) -> Sums:
    """What was thought of them together: the sum of what each may show, and nothing where none may."""
    held = [one for one in lines if one.stands is Stands.HELD and one.answers]
    count = sum(one.answers for one in held)
    if not count:
        return Sums()
    # Only what each date may show is added up, so that no sum of sums shows one more.
    helped, use = sum(one.help_sum for one in held), sum(one.use_sum for one in held)
    used = sum(one.use_answers for one in held)
    return Sums(count, helped / count, round(100 * use / used) if used else None)
