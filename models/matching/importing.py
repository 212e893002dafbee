"""A round's wishes, facts, pairs and places from files: pupils and mentors by their numbers, every fault at once.

An empty cell leaves what is there; `none` (无) takes it away. A file says what a family has said on paper, and goes before
what was pressed earlier; who presses later goes before the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from models.matching import moving, proposals, rounds, wishes
from models.matching.problem import Sex
from models.matching.proposals import Loaded
from models.matching.rounds import Round
from models.matching.sheets import NONE, SEXES, Reader
from models.matching.wishes import MOST_LIKED, MOST_REFUSED, MentorWish
from models.roster import cells, reading
from models.roster.faults import Fault, FileFaults, Unreadable
from models.unit import Unit, sql

PUPIL_COLUMNS = {
    "number": ("学号", "number", "pupil"),
    "sex": ("性别", "sex"),
    "priority": ("重点关注", "priority"),
    "first": ("第一志愿", "first wish", "first"),
    "second": ("第二志愿", "second wish", "second"),
    "third": ("第三志愿", "third wish", "third"),
    "child": ("和孩子商量过", "with the child", "child"),
    "must": ("必须", "must"),
    "never": ("不能", "must not"),
}
MENTOR_COLUMNS = {
    "staff": ("工号", "staff number", "staff"),
    "capacity": ("名额", "capacity", "places"),
    "keep": ("继续带", "keep"),
    "liked": ("想带", "likes"),
    "refused": ("不便带", "rather not"),
}
MOST_ROWS = 100_000

_PUPIL_NUMBERS = sql(
    "SELECT pu.id, pu.number FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id WHERE m.round_id = :round"
)
_STAFF_NUMBERS = sql(
    "SELECT p.id, p.staff_number FROM person p JOIN role ro ON ro.person_id = p.id AND ro.kind = 'mentor'"
    " AND ro.until IS NULL WHERE p.school_id = :school AND p.ended_at IS NULL AND p.staff_number IS NOT NULL"
)


@dataclass(slots=True)
class PupilLine:
    """What a file says of a pupil; None where it says nothing."""

    sex: Sex | None = None
    priority: bool | None = None
    wishes: tuple[int, ...] | None = None
    child: bool = False
    must: tuple[int, ...] | None = None
    never: tuple[int, ...] | None = None


@dataclass(slots=True)
class MentorLine:
    """What a file says of a mentor; None where it says nothing."""

    capacity: int | None = None
    keep: bool | None = None
    liked: tuple[int, ...] | None = None
    refused: tuple[int, ...] | None = None


@dataclass(slots=True)
class Taken:
    """What files say, by ids."""

    pupils: dict[int, PupilLine] = field(default_factory=dict)
    mentors: dict[int, MentorLine] = field(default_factory=dict)


def read(unit: Unit, round_: Round, files: list[Path]) -> Taken:
    """What files say about a round. Raises FileFaults with every fault at once."""
    taken, faults = Taken(), list[Fault]()
    pupils = {row.number: row.id for row in unit.execute(_PUPIL_NUMBERS, round=round_.id)}
    staff = {row.staff_number: row.id for row in unit.execute(_STAFF_NUMBERS, school=round_.school_id)}
    for path in files:
        try:
            with reading.opened(path) as sheets:
                for sheet in sheets:
                    _sheet(Reader(path.name, sheet.title, pupils, staff, faults), sheet, taken)
        except Unreadable as error:
            faults.append(Fault(path.name, None, error.row, None, None, error.expected))
    if not faults and not taken.pupils and not taken.mentors:
        faults.append(Fault(files[0].name if files else "", None, 0, None, None, "no rows: expected pupils or mentors"))
    if faults:
        raise FileFaults(sorted(faults, key=lambda one: (one.file, one.sheet or "", one.row)))
    return taken


def _sheet(reader: Reader, sheet: reading.Sheet, taken: Taken) -> None:
    columns: dict[str, int] = {}
    for number, row in sheet.rows:
        reader.number = number
        if not any(cell is not None and str(cell).strip() for cell in row):
            continue
        if not columns:
            columns = _headings(row)
            if not columns:
                reader.cells = {}
                reader.bad(None, "expected a heading 学号 (number) for pupils, or 工号 (staff number) for mentors")
                return
            continue
        if number > MOST_ROWS:
            reader.bad(None, f"more than {MOST_ROWS} rows: this is no round")
            return
        reader.cells = {key: row[at] for key, at in columns.items() if at < len(row)}
        if "number" in columns:
            _pupil(reader, taken)
        else:
            _mentor(reader, taken)


def _headings(row: list[object]) -> dict[str, int]:
    texts = [cells.folded(str(cell or "")) for cell in row]
    for kind, first in ((PUPIL_COLUMNS, "number"), (MENTOR_COLUMNS, "staff")):
        found: dict[str, int] = {}
        for key, names in kind.items():
            there = [texts.index(cells.folded(one)) for one in names if cells.folded(one) in texts]
            if there:
                found[key] = there[0]
        if first in found:
            return found
    return {}


def _pupil(reader: Reader, taken: Taken) -> None:
    number = reader.text("number")
    pupil = reader.pupils.get(number)
    if pupil is None:
        reader.bad("number", "expected the number of a pupil in this round")
        return
    if pupil in taken.pupils:
        reader.bad("number", "this pupil stands twice")
        return
    line = PupilLine(priority=reader.flag("priority"), child=reader.flag("child") or False)
    if written := reader.text("sex").casefold():
        line.sex = Sex.UNKNOWN if written in NONE else SEXES.get(written)
        if line.sex is None:
            reader.bad("sex", "expected 男 or 女 (boy or girl)")
    ranked = [reader.ids(column, reader.staff, "a mentor", 1) for column in ("first", "second", "third")]
    if any(one is not None for one in ranked):
        named = [mentor for one in ranked for mentor in one or ()]
        if len(set(named)) < len(named):
            reader.bad("first", "the same mentor is wished for twice")
        line.wishes = tuple(dict.fromkeys(named))
    line.must = reader.ids("must", reader.staff, "a mentor", 1)
    line.never = reader.ids("never", reader.staff, "a mentor", 20)
    if set(line.must or ()) & set(line.never or ()):
        reader.bad("must", "the same mentor must and must not")
    taken.pupils[pupil] = line


def _mentor(reader: Reader, taken: Taken) -> None:
    mentor = reader.staff.get(reader.text("staff"))
    if mentor is None:
        reader.bad("staff", "expected the staff number of a mentor of this school")
        return
    if mentor in taken.mentors:
        reader.bad("staff", "this mentor stands twice")
        return
    line = MentorLine(keep=reader.flag("keep"))
    if written := reader.text("capacity"):
        if written.isascii() and written.isdigit() and int(written) <= rounds.MOST:
            line.capacity = int(written)
        else:
            reader.bad("capacity", f"expected a number from 0 to {rounds.MOST}")
    line.liked = reader.ids("liked", reader.pupils, "a pupil in this round", MOST_LIKED)
    line.refused = reader.ids("refused", reader.pupils, "a pupil in this round", MOST_REFUSED)
    if set(line.liked or ()) & set(line.refused or ()):
        reader.bad("liked", "the same pupil in both")
    taken.mentors[mentor] = line


# --- taking ---


def take(unit: Unit, round_: Round, taken: Taken) -> None:
    """Puts what files say into the round; mentors who are not in it come in."""
    named = {mentor for line in taken.pupils.values() for mentor in (*(line.wishes or ()), *(line.must or ()))}
    rounds.add_mentors(unit, round_.id, sorted({*taken.mentors, *named}))
    loaded = proposals.load(unit, round_)
    for pupil, line in taken.pupils.items():
        if pupil in loaded.pupils:
            _take_pupil(unit, loaded, pupil, line)
    for mentor, one in taken.mentors.items():
        row = loaded.mentors.get(mentor)
        if row is None:
            continue
        if one.capacity is not None:
            moving.set_room(unit, row.id, one.capacity)
        if (one.keep, one.liked, one.refused) != (None, None, None):
            old = row.wish
            wishes.put_mentor(
                unit,
                row.id,
                MentorWish(
                    old.keep if one.keep is None else one.keep,
                    old.liked if one.liked is None else one.liked,
                    old.refused if one.refused is None else one.refused,
                    True,
                ),
            )


def _take_pupil(unit: Unit, loaded: Loaded, pupil: int, line: PupilLine) -> None:
    row = loaded.pupils[pupil]
    facts = row.facts
    if line.sex is not None:
        facts = replace(facts, sex=line.sex)
    if line.priority is not None:
        facts = replace(facts, priority=line.priority)
    if facts != row.facts:
        wishes.put_facts(unit, row.id, facts)
    if line.wishes is not None:
        wishes.put(unit, row.id, line.wishes, None, line.child)
    for must, fresh, old in ((True, line.must, loaded.must), (False, line.never, loaded.never)):
        if fresh is None:
            continue
        for one, mentor in old:
            if one == pupil and mentor not in fresh:
                moving.pair(unit, loaded.round.id, pupil, mentor, None, None)
        for mentor in fresh:
            moving.pair(unit, loaded.round.id, pupil, mentor, must, None)
