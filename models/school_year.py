"""The school year: terms, exam weeks, holidays, single days and lesson hours; read from a file or changed one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from models.base import as_day, new_id
from models.roster import reading
from models.roster.faults import Fault, FileFaults
from models.unit import Unit, sql

TERM, EXAM, HOLIDAY, SCHOOL_DAY, DAY_OFF, LESSONS = "term", "exam", "holiday", "school_day", "day_off", "lessons"
KINDS = {
    TERM: ("term", "学期"),
    EXAM: ("exam", "考试", "考试周"),
    HOLIDAY: ("holiday", "假期", "放假", "break"),
    SCHOOL_DAY: ("school day", "school_day", "上学日", "上学", "补课", "上课", "调休上课"),
    DAY_OFF: ("day off", "day_off", "放假日", "休息日", "停课", "放假一天"),
    LESSONS: ("lessons", "课时", "上课时间"),
}
HEADINGS = {
    "kind": ("kind", "类型"),
    "name": ("name", "名称"),
    "first": ("first", "开始"),
    "last": ("last", "结束"),
    "stage": ("stage", "学段"),
    "begins": ("begins", "上课"),
    "ends": ("ends", "放学"),
}
LONGEST_TERM = 250
"""Days. A longer one is a slip of the pen."""
LONGEST_SPAN = 100
LONGEST_NAME = 40
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_TRIMMED = re.compile(r"[\s~～—–至到-]+")
_TIME = re.compile(r"(\d{1,2})\s*[:：]\s*(\d{2})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, a span or a single day, both days included. `id` is empty before it is kept."""

    kind: str
    name: str
    first: date
    last: date
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """When lessons are held in a stage, minutes after midnight."""

    stage: str
    begins: int
    ends: int
    id: int | None = None


@dataclass(slots=True)
class Year:
    """A school's calendar."""

    entries: list[Entry] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)


# --- reading ---


def kind_of(written: str) -> str | None:
    """What a word in the file's first column means."""
    plain = written.strip().lower()
    return next((kind for kind, names in KINDS.items() if plain in names), None)


def day_of(value: object) -> date:
    """A cell as a day. Raises ValueError."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DATE.fullmatch(str(value).strip())
    if found is None:
        raise ValueError(value)
    return date(*(int(part) for part in found.groups()))


def minutes_of(value: object) -> int:
    """A cell as minutes after midnight. Raises ValueError."""
    text = f"{value.hour}:{value.minute:02d}" if isinstance(value, datetime) else str(value).strip()
    found = _TIME.match(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(value)
    return int(found[1]) * 60 + int(found[2])


def days_in(text: str, today: date) -> tuple[list[date], str]:
    """The days that a text names, and the text without them. A day without a year is the next one. Raises ValueError."""
    whole = [date(*(int(part) for part in found.groups())) for found in _DATE.finditer(text)]
    rest = _DATE.sub(" ", text)
    whole += [_next(int(found[1]), int(found[2]), today) for found in _SHORT.finditer(rest)]
    return whole, _TRIMMED.sub(" ", _SHORT.sub(" ", rest)).strip()


def times_in(text: str) -> tuple[list[int], str]:
    """The times of day that a text names as minutes after midnight, and the text without them. Raises ValueError."""
    times = [minutes_of(found[0]) for found in _TIME.finditer(text)]
    return times, _TRIMMED.sub(" ", _TIME.sub(" ", text)).strip()


def _next(month: int, day: int, today: date) -> date:
    found = date(today.year, month, day)
    # A day of a few weeks ago is meant as it is; anything older is next year's.
    return found if found >= today - timedelta(days=60) else date(today.year + 1, month, day)


def problem(one: Entry, others: Iterable[Entry]) -> str | None:
    """What is wrong with an entry, as a word: order, long, overlap. A term may not touch another one."""
    if one.first > one.last or (one.kind == TERM and one.first == one.last):
        return "order"
    if (one.last - one.first).days > (LONGEST_TERM if one.kind == TERM else LONGEST_SPAN):
        return "long"
    if one.kind == TERM and any(
        other.kind == TERM and other.name != one.name and other.first <= one.last and one.first <= other.last
        for other in others
    ):
        return "overlap"
    return None


_EXPECTED = {
    "order": "the last day must come after the first",
    "long": f"a term has at most {LONGEST_TERM} days, anything else {LONGEST_SPAN}",
    "overlap": "terms must not overlap",
}


def read(path: Path) -> Year:
    """A file as a calendar. Raises FileFaults with every fault at once."""
    year, faults = Year(), list[Fault]()
    rows: list[tuple[Fault, Entry]] = []
    reading.first_sheet(path, lambda sheet: _sheet(path.name, sheet, year, rows, faults), faults)
    for at, (place, entry) in enumerate(rows):
        wrong = problem(entry, [other for _, other in rows[:at]])
        if wrong is not None:
            faults.append(Fault(place.file, place.sheet, place.row, "first", str(entry.first), _EXPECTED[wrong]))
    if not faults and not rows and not year.hours:
        faults.append(Fault(path.name, None, 0, None, None, "no rows: expected at least one term"))
    if faults:
        raise FileFaults(sorted(faults, key=lambda one: one.row))
    year.entries = [entry for _, entry in rows]
    return year


def _sheet(name: str, sheet: reading.Sheet, year: Year, rows: list[tuple[Fault, Entry]], faults: list[Fault]) -> None:
    columns: dict[str, int] = {}
    for number, cells in sheet.rows:
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if not any(texts):
            continue
        if not columns:
            for at, text in enumerate(texts):
                key = next((one for one, names in HEADINGS.items() if text.lower() in names), None)
                if key is not None:
                    columns[key] = at
            for missing in ("kind", "first", "last"):
                if missing not in columns:
                    faults.append(
                        Fault(name, sheet.title, number, missing, None, f"this heading is missing: {missing}")
                    )
            if faults:
                return
            continue
        _row(
            name,
            sheet.title,
            number,
            {key: cells[at] for key, at in columns.items() if at < len(cells)},
            year,
            rows,
            faults,
        )


def _row(
    file: str,
    sheet: str | None,
    number: int,
    cells: dict[str, object],
    year: Year,
    rows: list[tuple[Fault, Entry]],
    faults: list[Fault],
) -> None:
    before = len(faults)

    def bad(column: str, expected: str) -> None:
        value = cells.get(column)
        faults.append(Fault(file, sheet, number, column, None if value is None else str(value), expected))

    kind = kind_of(str(cells.get("kind") or ""))
    if kind is None:
        bad("kind", "expected term, exam, holiday, school day, day off or lessons")
        return
    if kind == LESSONS:
        stage = str(cells.get("stage") or "").strip()
        times: list[int] = []
        if not stage:
            bad("stage", "expected the stage's name as in the roster")
        for column in ("begins", "ends"):
            try:
                times.append(minutes_of(cells.get(column)))
            except ValueError:
                bad(column, "expected a time like 8:00")
        if len(times) == 2 and times[0] >= times[1]:
            bad("ends", "lessons must end after they begin")
        if len(faults) == before:
            year.hours.append(Hours(stage, times[0], times[1]))
        return
    name = str(cells.get("name") or "").strip()
    if not name and kind == TERM:
        bad("name", "a term needs a name")
    if len(name) > LONGEST_NAME:
        bad("name", f"at most {LONGEST_NAME} characters")
    days: list[date] = []
    for column in ("first", "last"):
        value = cells.get(column)
        if column == "last" and not str(value or "").strip() and days:
            value = days[0]
        try:
            days.append(day_of(value))
        except ValueError:
            bad(column, "expected a day like 2027-02-22")
    if kind in (SCHOOL_DAY, DAY_OFF) and len(days) == 2 and days[0] != days[1]:
        bad("last", "a single day: leave it empty, or write a holiday")
    if len(faults) == before:
        rows.append((Fault(file, sheet, number, None, None, ""), Entry(kind, name, days[0], days[1])))


# --- what is kept ---

_TERMS = sql("SELECT id, name, starts_on, ends_on FROM term WHERE school_id = :school ORDER BY starts_on")
_SPANS = sql("SELECT id, kind, name, first, last FROM calendar_span WHERE school_id = :school ORDER BY first")
_DAYS = sql("SELECT id, day, is_school_day, note FROM calendar_day WHERE school_id = :school ORDER BY day")
_HOURS = sql("SELECT id, stage, begins, ends FROM lesson_hours WHERE school_id = :school ORDER BY begins, stage")
_STAGES = sql("SELECT name FROM stage WHERE school_id = :school ORDER BY id")
_PUT_TERM = sql(
    "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (:id, :school, :name, :first, :last)"
    " ON CONFLICT (school_id, name) DO UPDATE SET starts_on = :first, ends_on = :last"
)
_PUT_SPAN = sql(
    "INSERT INTO calendar_span (id, school_id, kind, name, first, last) VALUES (:id, :school, :kind, :name, :first, :last)"
    " ON CONFLICT (school_id, kind, first) DO UPDATE SET name = :name, last = :last"
)
_PUT_DAY = sql(
    "INSERT INTO calendar_day (id, school_id, day, is_school_day, note) VALUES (:id, :school, :first, :on, :name)"
    " ON CONFLICT (school_id, day) DO UPDATE SET is_school_day = :on, note = :name"
)
_PUT_HOURS = sql(
    "INSERT INTO lesson_hours (id, school_id, stage, begins, ends) VALUES (:id, :school, :stage, :begins, :ends)"
    " ON CONFLICT (school_id, stage) DO UPDATE SET begins = :begins, ends = :ends"
)
_NO_SPANS = sql("DELETE FROM calendar_span WHERE school_id = :school AND first >= :first AND first <= :last")
_NO_DAYS = sql("DELETE FROM calendar_day WHERE school_id = :school AND day >= :first AND day <= :last")
_USED = sql(
    "SELECT 1 FROM written_note WHERE term_id = :id UNION ALL SELECT 1 FROM item_mark WHERE term_id = :id LIMIT 1"
)
_REMOVE = {
    TERM: sql("DELETE FROM term WHERE id = :id AND school_id = :school"),
    EXAM: sql("DELETE FROM calendar_span WHERE id = :id AND school_id = :school"),
    SCHOOL_DAY: sql("DELETE FROM calendar_day WHERE id = :id AND school_id = :school"),
    LESSONS: sql("DELETE FROM lesson_hours WHERE id = :id AND school_id = :school"),
}
_REMOVE[HOLIDAY], _REMOVE[DAY_OFF] = _REMOVE[EXAM], _REMOVE[SCHOOL_DAY]


def kept(unit: Unit, school_id: int) -> Year:
    """All that a school has entered, by day."""
    found = [
        Entry(TERM, row.name, as_day(row.starts_on), as_day(row.ends_on), row.id)
        for row in unit.execute(_TERMS, school=school_id)
    ]
    found += [
        Entry(row.kind, row.name, as_day(row.first), as_day(row.last), row.id)
        for row in unit.execute(_SPANS, school=school_id)
    ]
    found += [
        Entry(SCHOOL_DAY if row.is_school_day else DAY_OFF, row.note, as_day(row.day), as_day(row.day), row.id)
        for row in unit.execute(_DAYS, school=school_id)
    ]
    hours = [Hours(row.stage, row.begins, row.ends, row.id) for row in unit.execute(_HOURS, school=school_id)]
    return Year(sorted(found, key=lambda one: (one.first, one.kind)), hours)


def _forget(unit: Unit, school_id: int) -> None:
    """What was read for this unit of work counts no longer."""
    for key in [
        one
        for one in unit.notes
        if isinstance(one, tuple) and one[:2] in (("calendar", school_id), ("school days", school_id))
    ]:
        del unit.notes[key]


def stages(unit: Unit, school_id: int) -> list[str]:
    """The stages of a school by name."""
    return [row.name for row in unit.execute(_STAGES, school=school_id)]


def put(unit: Unit, school_id: int, one: Entry) -> None:
    """Keeps an entry; a term of that name, or what begins that day, is changed."""
    values = {"id": new_id(), "school": school_id, "name": one.name, "first": one.first}
    if one.kind == TERM:
        unit.write(_PUT_TERM, last=one.last, **values)
    elif one.kind in (SCHOOL_DAY, DAY_OFF):
        unit.write(_PUT_DAY, on=one.kind == SCHOOL_DAY, **values)
    else:
        unit.write(_PUT_SPAN, kind=one.kind, last=one.last, **values)
    _forget(unit, school_id)


def put_hours(unit: Unit, school_id: int, one: Hours) -> None:
    """Keeps a stage's lesson hours."""
    unit.write(_PUT_HOURS, id=new_id(), school=school_id, stage=one.stage, begins=one.begins, ends=one.ends)


def remove(unit: Unit, school_id: int, kind: str, entry_id: int) -> bool:
    """Takes an entry away. False where it is gone already, or a term that records refer to."""
    if kind == TERM and unit.execute(_USED, id=entry_id).first() is not None:
        return False
    gone = kind in _REMOVE and unit.write(_REMOVE[kind], id=entry_id, school=school_id) == 1
    _forget(unit, school_id)
    return gone


def take(unit: Unit, school_id: int, year: Year, file: str) -> None:
    """Takes a file's calendar: between its first and its last day it replaces spans and single days; terms go by name.

    Raises FileFaults where a term would overlap one that is kept, or a stage is unknown.
    """
    known, faults = kept(unit, school_id), list[Fault]()
    for one in year.entries:
        if problem(one, known.entries) == "overlap":
            faults.append(Fault(file, None, 0, "first", one.name, "overlaps a term that is in the calendar already"))
    names = stages(unit, school_id)
    faults += [
        Fault(file, None, 0, "stage", one.stage, f"no such stage; the roster has: {', '.join(names)}")
        for one in year.hours
        if one.stage not in names
    ]
    if faults:
        raise FileFaults(faults)
    if year.entries:
        first, last = min(one.first for one in year.entries), max(one.last for one in year.entries)
        unit.write(_NO_SPANS, school=school_id, first=first, last=last)
        unit.write(_NO_DAYS, school=school_id, first=first, last=last)
    for one in year.entries:
        put(unit, school_id, one)
    for hours in year.hours:
        put_hours(unit, school_id, hours)


def week_of(term: Entry, day: date) -> int:
    """Which week of the term a day lies in, the first one counted from the Monday before its beginning."""
    begins = term.first - timedelta(days=term.first.weekday())
    return (day - begins).days // 7 + 1


# --- feeds ---

_FEED = sql(
    "INSERT INTO calendar_feed (account_id, token_hash, made_at) VALUES (:account, :hash, :now)"
    " ON CONFLICT (account_id) DO UPDATE SET token_hash = :hash, made_at = :now"
)
_OF_TOKEN = sql(
    "SELECT a.id, a.bot_id, a.user_id, a.language FROM calendar_feed f JOIN account a ON a.id = f.account_id"
    " WHERE f.token_hash = :hash AND a.bot_id = :bot"
)


def new_feed(unit: Unit, account_id: int, token_hash: bytes) -> None:
    """Makes an account's feed address; the one before ends."""
    unit.write(_FEED, account=account_id, hash=token_hash, now=unit.now_ms)


def feed_of(unit: Unit, bot_id: int, token_hash: bytes) -> int | None:
    """The Telegram user whose feed that is, or nothing."""
    row = unit.execute(_OF_TOKEN, hash=token_hash, bot=bot_id).first()
    return None if row is None else int(row.user_id)
