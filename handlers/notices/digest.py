"""The week's list, made and sent: what was above a family's few of the week, named in one message at the school's hour."""

from __future__ import annotations

from collections import defaultdict

from handlers import telling
from handlers.context import SchoolSettings
from handlers.notices import listing
from handlers.notices.shown import Sheet
from models import freezing
from models.base import to_ms
from models.hours import quiet_until
from models.notices import weeklist
from models.notices.states import With
from models.notices.weeklist import Due, Item
from models.queues import Lane
from models.unit import Unit

FROZEN_MS = 3_600_000
"""So long a notice that a freeze holds is not looked at again."""


class Taken(Exception):
    """Another process makes the same lists: all of this transaction is to be taken back."""


class Changes:
    """What becomes of the notices of a batch of people, gathered, so that each notice is written once."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._put: dict[tuple[int, int, With], list[int]] = defaultdict(list)
        self._later: dict[tuple[int, int], list[int]] = defaultdict(list)

    def put(self, person_id: int, items: list[Item], state: With) -> None:
        """These notices come to that state with somebody."""
        for one in items:
            self._put[one.notice_id, one.version, state].append(person_id)

    def later(self, person_id: int, items: list[Item], until: int) -> None:
        """These wait until then."""
        for one in items:
            self._later[one.notice_id, until].append(person_id)

    def write(self) -> None:
        """Writes them. Raises Taken."""
        for (notice_id, version, state), people in sorted(self._put.items()):
            if not weeklist.put(self._unit, notice_id, version, people, state):
                raise Taken(notice_id)
        for (notice_id, until), people in sorted(self._later.items()):
            weeklist.postpone(self._unit, notice_id, people, until)


def turn(unit: Unit, bot_id: int, school: SchoolSettings) -> bool:
    """The next people's lists. True where there may be more to make."""
    if not weeklist.room(unit, bot_id, school.bulk_per_second):
        return False
    found = weeklist.due(unit, bot_id)
    if not found:
        return False
    authors = sorted({item.author_id for one in found for item in one.items})
    frozen = freezing.stopped(unit, authors)
    changes, sheets = Changes(unit), dict[int, Sheet | None]()
    for one in found:
        _one(unit, one, school, frozen, changes, sheets)
    changes.write()
    return True


def _one(
    unit: Unit,
    one: Due,
    school: SchoolSettings,
    frozen: set[int],
    changes: Changes,
    sheets: dict[int, Sheet | None],
) -> None:
    person, now = one.person_id, unit.now_ms
    if one.cannot is not None:
        changes.put(person, one.items, one.cannot)
        return
    following = weeklist.next_at(unit.now, school.zone, school.notices)
    changes.put(person, [item for item in one.items if not item.valid], With.ENDED)
    left = [item for item in one.items if item.valid]
    old = [item for item in left if now - item.due_at > weeklist.USEFUL]
    changes.later(person, old, following)
    left = [item for item in left if item not in old]
    quiet = quiet_until(school.zone, one.quiet, unit.now) if school.keep_hours else None
    if quiet is not None:
        changes.later(person, left, to_ms(quiet))
        return
    held = [item for item in left if item.author_id in frozen]
    changes.later(person, held, now + FROZEN_MS)
    left = [item for item in left if item not in held]
    named, over = left[: weeklist.MOST], left[weeklist.MOST :]
    changes.put(person, named, With.LISTED)
    changes.later(person, over, following)
    view = listing.view(unit, one.reach, [item.notice_id for item in named], sheets=sheets)
    if not view.rows:
        return
    telling.tell(
        unit,
        one.reach,
        "nlist.week",
        dedupe_key=None,
        lane=Lane.LATER,
        buttons=view.rows,
        count=len(named),
        lines=view.lines,
    )
