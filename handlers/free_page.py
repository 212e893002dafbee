"""The page on which a teacher says when he or she is free: what it shows, and what comes back from it.

All of it can be done by buttons in the chat, too. Who asks is known by the account; nobody sees or changes anybody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from babel.dates import get_day_names

from handlers.texts import DEFAULT, clock, words
from models.appointments import availability
from models.appointments.availability import Span, Window
from models.appointments.rules import VisitRules
from models.appointments.states import Purpose
from models.standing import standing
from models.unit import Unit

AHEAD = timedelta(days=366)
"""How far ahead a single day may be."""
BEFORE = ("page.title", "page.loading", "page.reopen", "page.offline")
"""Texts that the page needs before it knows who has opened it."""
_WORDS = (
    *BEFORE,
    "page.lead",
    "page.tabs",
    "page.visit",
    "page.hour",
    "page.about_visit",
    "page.how_touch",
    "page.how_mouse",
    "page.none",
    "page.free",
    "page.partly",
    "page.not_free",
    "page.time",
    "page.single",
    "page.single_none",
    "page.also_free",
    "page.away",
    "page.kind",
    "page.date",
    "page.from",
    "page.until",
    "page.whole_day",
    "page.add",
    "page.take_away",
    "page.no_date",
    "page.no_times",
    "page.save",
    "page.saving",
    "page.unsaved",
    "page.unchanged",
)

Week = list[tuple[int, int, int]]
"""Weekday (Monday 0), from and to in minutes after midnight."""
Single = tuple[str, date, bool]
"""Purpose, day, and whether the teacher is free then or is not."""


class PageRefused(Exception):
    """What the page asks cannot be done; `said` tells the person why, `status` is HTTP's."""

    def __init__(self, status: int, said: str, mark: str | None = None) -> None:
        super().__init__(said)
        self.status, self.said, self.mark = status, said, mark


@dataclass(frozen=True, slots=True)
class _Teacher:
    """Who has opened the page, and what he or she has said so far: single days from today on."""

    person_id: int
    language: str
    today: date
    week: dict[str, Week]
    single: dict[Single, list[Window]]

    @property
    def mark(self) -> str:
        """Changes whenever one of the times does."""
        return sha256(orjson.dumps([self.week, _listed(self.single)])).hexdigest()[:16]


def shown(unit: Unit, bot_id: int, user_id: int, zone: str, rules: VisitRules) -> dict[str, Any]:
    """All that the page shows, its texts included. Raises PageRefused for who is no teacher."""
    who = _teacher(unit, bot_id, user_id, zone)
    names = {width: get_day_names(width, locale=who.language) for width in ("abbreviated", "wide")}
    texts = {key.removeprefix("page."): words(who.language, key) for key in _WORDS}
    texts["outside"] = words(who.language, "page.outside", earliest=clock(rules.earliest), latest=clock(rules.latest))
    texts["about_hour"] = words(who.language, "page.about_hour", minutes=rules.length(Purpose.HOUR))
    return {
        "language": who.language.replace("_", "-"),
        "words": texts,
        "days": [[names["abbreviated"][day], names["wide"][day]] for day in range(7)],
        "today": who.today.isoformat(),
        "last": (who.today + AHEAD).isoformat(),
        # Times outside may be filled, but no visit is offered then.
        "bounds": {"visit": [rules.earliest, rules.latest], "hour": [0, 1440]},
        "week": who.week,
        "single": _listed(who.single),
        "mark": who.mark,
    }


def taken(unit: Unit, bot_id: int, user_id: int, zone: str, given: Any) -> dict[str, Any]:
    """Puts what the page holds in the place of what was kept; the same twice changes nothing more.

    Answers what to say, and the new mark. Raises PageRefused: for who is no teacher, where the times were changed elsewhere
    since the page read them (it then has the mark to try again with), and for times that are none.
    """
    who = _teacher(unit, bot_id, user_id, zone)
    try:
        week, single = _read(given, who.today)
        if given.get("mark") != who.mark:
            raise PageRefused(409, words(who.language, "page.changed"), who.mark)
        for purpose in Purpose:
            if week[purpose] != who.week[purpose]:
                availability.set_week(unit, who.person_id, purpose, week[purpose])
        _put_days(unit, who, single)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise PageRefused(422, words(who.language, "page.wrong")) from None
    now = _teacher(unit, bot_id, user_id, zone)
    hours = {purpose.value: _hours(now.week[purpose]) for purpose in Purpose}
    return {
        "said": words(who.language, "page.saved", days=len(_listed(now.single)), **hours),
        "week": now.week,
        "single": _listed(now.single),
        "mark": now.mark,
    }


def _teacher(unit: Unit, bot_id: int, user_id: int, zone: str) -> _Teacher:
    who = standing(unit, bot_id, user_id)
    if who is None or who.staff is None:
        raise PageRefused(403, words(who.language if who is not None else DEFAULT, "page.not_yours"))
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    week: dict[str, Week] = {purpose.value: [] for purpose in Purpose}
    single: dict[Single, list[Window]] = {}
    for one in availability.kept(unit, who.staff.person_id):
        if one.weekday is not None:
            week[one.purpose].append((one.weekday, one.begins, one.ends))
        elif one.day is not None and one.day >= today:
            single.setdefault((one.purpose, one.day, one.free), []).append(one)
    return _Teacher(who.staff.person_id, who.language, today, week, single)


def _listed(single: dict[Single, list[Window]]) -> list[dict[str, Any]]:
    return [
        {"purpose": purpose, "day": day.isoformat(), "free": free, "begins": one.begins, "ends": one.ends}
        for (purpose, day, free), windows in sorted(single.items())
        for one in windows
    ]


def _read(given: Any, today: date) -> tuple[dict[str, Week], dict[Single, list[Span]]]:
    """What the page has sent. Raises ValueError and its like where it is not what a page of ours sends."""
    week: dict[str, Week] = {}
    for purpose in Purpose:
        spans: dict[int, list[Span]] = {}
        for weekday, begins, ends in given["week"][purpose]:
            spans.setdefault(_number(weekday), []).append((_number(begins), _number(ends)))
        # Merged here too, so that what is as it was is left alone.
        week[purpose] = [(day, *span) for day in sorted(spans) for span in availability.merged(spans[day])]
    single: dict[Single, list[Span]] = {}
    for one in given["single"]:
        day = date.fromisoformat(one["day"])
        if not today <= day <= today + AHEAD or type(one["free"]) is not bool:
            raise ValueError("a single day")
        span = (_number(one["begins"]), _number(one["ends"]))
        single.setdefault((Purpose(one["purpose"]).value, day, one["free"]), []).append(span)
    return week, {key: availability.merged(spans) for key, spans in single.items()}


def _number(value: object) -> int:
    if type(value) is not int:
        raise ValueError("no number")
    return value


def _put_days(unit: Unit, who: _Teacher, wanted: dict[Single, list[Span]]) -> None:
    """What goes goes first: its room is for what comes."""
    changed = [
        key
        for key in sorted({*wanted, *who.single})
        if [(one.begins, one.ends) for one in who.single.get(key, [])] != wanted.get(key, [])
    ]
    for key in changed:
        for one in who.single.get(key, []):
            availability.remove(unit, who.person_id, one.id)
    for purpose, day, free in changed:
        for begins, ends in wanted.get((purpose, day, free), []):
            availability.add_day(unit, who.person_id, purpose, day, begins, ends, free=free)


def _hours(week: Iterable[tuple[int, int, int]]) -> str:
    minutes = sum(ends - begins for _, begins, ends in week)
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
