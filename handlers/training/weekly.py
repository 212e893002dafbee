"""The week's short case as a line in the week's list: for who wants it, and only where a list goes out anyway."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from handlers import say, telling
from handlers.context import SchoolSettings
from handlers.texts import plain, words
from models.duties import due
from models.duties.digests import Receiver
from models.duties.due import monday
from models.training import cases
from models.unit import Unit

Line = tuple[str, list[say.Button]]
"""What is read, and the row of buttons."""


def for_digests(unit: Unit, receivers: Sequence[Receiver], school: SchoolSettings) -> dict[int, Line]:
    """For those of the week's lists that take a case: its line and its row of buttons. None in exam weeks, holidays, or
    outside term. A fixed number of queries."""
    quiet: dict[int, bool] = {}
    for school_id in {one.school_id for one in receivers}:
        days = due.days_of(unit, school_id, school.zone)
        quiet[school_id] = days.rests or (days.known and days.term is None)
    wanting = set(cases.wanting(unit, [one.person_id for one in receivers if not quiet[one.school_id]]))
    stages = cases.stages_of(unit, list(wanting))
    week = monday(unit.now.astimezone(ZoneInfo(school.zone)).date())
    found: dict[int, Line] = {}
    for one in receivers:
        case = (
            cases.of_week(cases.of_school(unit, one.school_id), stages[one.person_id], week)
            if one.person_id in wanting
            else None
        )
        if case is not None:
            language = one.reach.language
            title = plain(case.words(language).title)
            button = telling.button(unit, one.reach, "button.training_read", "trread", case.code, title=title)
            found[one.person_id] = (words(language, "training.case_line", title=title), [button])
    return found


def put(lines: list[str], rows: list[list[say.Button]], case: Line | None, most: int) -> None:
    """Adds it below a week's list; where that has as many lines as it may have, the button alone."""
    if case is None:
        return
    if len(lines) < most:
        lines.append(case[0])
    rows.append(case[1])
