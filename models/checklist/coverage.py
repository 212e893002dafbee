"""Coverage: which items a pupil's home and school have talked about in a term, which are due. No score, no ranking."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlmodel import select

from models.base import as_day, to_ms
from models.checklist import items
from models.checklist.items import Item
from models.checklist.tables import ItemMark
from models.unit import Unit, sql

DONE, DUE, NOT_APPLICABLE, OPEN = "done", "due", "not_applicable", "open"
WITHOUT_TERM = timedelta(days=120)
"""What counts as a term where the school has entered none."""
CYCLES = {"month": 30, "twice_a_term": 75, "term": 150, "year": 365}
"""Days of each cycle. An item of 'event' is never due by itself."""


@dataclass(frozen=True, slots=True)
class Term:
    """The span that is looked at; `id` is empty where the school has entered no term."""

    id: int | None
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Cell:
    """One item of one pupil's term."""

    item: Item
    state: str
    on: date | None


_TERM = sql(
    "SELECT id, starts_on, ends_on FROM term WHERE school_id = :school AND starts_on <= :day AND ends_on >= :day"
    " ORDER BY starts_on DESC LIMIT 1"
)
_PUPIL = sql(
    "SELECT pu.school_id, st.name AS stage, sc.grade FROM pupil pu JOIN school_class sc ON sc.id = pu.school_class_id"
    " JOIN stage st ON st.id = sc.stage_id WHERE pu.id = :pupil"
)
_WRITTEN = sql(
    "SELECT i.code, MAX(m.written_at) AS at FROM message m JOIN thread t ON t.id = m.thread_id"
    " JOIN checklist_item i ON i.id = m.item_id WHERE t.pupil_id = :pupil AND m.written_at >= :begins"
    " AND m.state <> 'recalled' GROUP BY i.code"
)
_STAGES = {
    "小学": "primary",
    "初中": "junior",
    "高中": "senior",
    "primary": "primary",
    "junior": "junior",
    "senior": "senior",
}
_NUMBERS = {one: number for number, one in enumerate("一二三四五六七八九", 1)}


def term_of(unit: Unit, school_id: int, zone: str) -> Term:
    """The term of today, or the last four months where the school has entered none."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    row = unit.execute(_TERM, school=school_id, day=today).first()
    if row is None:
        return Term(None, today - WITHOUT_TERM, today)
    return Term(row.id, as_day(row.starts_on), as_day(row.ends_on))


def stage_of(unit: Unit, pupil_id: int) -> tuple[str, int | None]:
    """A pupil's stage as the checklist calls it, and the grade within it where its name tells."""
    row = unit.execute(_PUPIL, pupil=pupil_id).one()
    return stage_names(row.stage, row.grade)


@lru_cache(maxsize=1024)
def stage_names(stage_name: str, grade_name: str) -> tuple[str, int | None]:
    """A stage's and a grade's own names (小学, 五年级) as the checklist calls them."""
    stage = next((token for name, token in _STAGES.items() if name in stage_name.lower()), "primary")
    digits = [int(one) if one.isdigit() else _NUMBERS[one] for one in grade_name if one.isdigit() or one in _NUMBERS]
    grade = digits[0] if digits else None
    if grade is not None and stage == "junior" and grade > 6:
        grade -= 6
    return stage, grade


def grid(unit: Unit, pupil_id: int, zone: str) -> list[Cell]:
    """All items of a pupil's term. Rights are the caller's to ask."""
    row = unit.execute(_PUPIL, pupil=pupil_id).one()
    term = term_of(unit, row.school_id, zone)
    place = ZoneInfo(zone)
    stage, grade = stage_of(unit, pupil_id)
    begins = to_ms(datetime.combine(term.begins, time(), place))
    written = {
        one.code: datetime.fromtimestamp(one.at / 1000, place).date()
        for one in unit.execute(_WRITTEN, pupil=pupil_id, begins=begins)
    }
    marks = {
        one.code: one
        for one in unit.session.exec(
            select(ItemMark).where(ItemMark.pupil_id == pupil_id, ItemMark.term_id == term.id)
        ).all()
    }
    today = unit.now.astimezone(place).date()
    return [
        _cell(
            one,
            written.get(one.code),
            marks.get(one.code),
            items.stage_fits(one.stages, stage, grade),
            term,
            today,
            place,
        )
        for one in items.current(unit, row.school_id)
    ]


def _cell(
    one: Item, written: date | None, mark: ItemMark | None, fits: bool, term: Term, today: date, place: ZoneInfo
) -> Cell:
    marked = datetime.fromtimestamp(mark.at / 1000, place).date() if mark is not None else None
    if mark is not None and mark.state == DONE and (written is None or (marked is not None and marked > written)):
        written = marked
    if mark is not None and mark.state == NOT_APPLICABLE:
        return Cell(one, NOT_APPLICABLE, None)
    days = CYCLES.get(one.cycle)
    if written is not None:
        late = days is not None and one.cycle == "month" and (today - written).days > days
        return Cell(one, DUE if late else DONE, written)
    if not fits:
        return Cell(one, NOT_APPLICABLE, None)
    if days is None or not one.may_be_written or one.direction == "home_to_school":
        return Cell(one, OPEN, None)
    # A term's item becomes due in the second half of the term, a month's after a month.
    wait = days if one.cycle == "month" else (term.ends - term.begins).days // 2
    return Cell(one, DUE if (today - term.begins).days >= wait else OPEN, None)


def mark(unit: Unit, pupil_id: int, school_id: int, code: str, state: str, person_id: int, zone: str) -> None:
    """Notes that an item was dealt with elsewhere, or is not applicable; `state` is done or not_applicable."""
    term = term_of(unit, school_id, zone)
    session = unit.session
    known = session.exec(
        select(ItemMark).where(ItemMark.pupil_id == pupil_id, ItemMark.term_id == term.id, ItemMark.code == code)
    ).first()
    if known is None:
        known = ItemMark(
            pupil_id=pupil_id, term_id=term.id, code=code, state=state, person_id=person_id, at=unit.now_ms
        )
    known.state, known.person_id, known.at = state, person_id, unit.now_ms
    session.add(known)
    session.flush()


def class_counts(
    unit: Unit, pupil_ids: list[int], zone: str
) -> tuple[Counter[tuple[str, str]], list[tuple[str, Item]]]:
    """For a class: how many cells of each category are in each state. No names."""
    counts: Counter[tuple[str, str]] = Counter()
    letters: dict[str, Item] = {}
    for pupil_id in pupil_ids:
        for cell in grid(unit, pupil_id, zone):
            counts[cell.item.letter, cell.state] += 1
            letters.setdefault(cell.item.letter, cell.item)
    return counts, sorted(letters.items())
