"""What mentors have given and will give: by it the duties of a parent class a term and an activity a week are done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models.base import from_ms
from models.events import kinds
from models.events.rules import DAY
from models.events.states import AHEAD
from models.unit import Unit

UNSAID_DAYS = 7
"""So long after its day one of which nobody has said whether it was held still counts as planned."""

_GIVES = (
    f"((kind = '{kinds.CLASS}' AND speaker_id IS NULL AND sealed_speaker IS NULL) OR kind = '{kinds.GROUP}')"
    " AND host_id IN :mentors"
)
_LED = text(
    f"SELECT host_id, kind, 1 AS held, MAX(starts_at) AS at FROM event WHERE {_GIVES} AND state = 'held'"
    " GROUP BY host_id, kind"
    f" UNION ALL SELECT host_id, kind, 0 AS held, starts_at AS at FROM event WHERE {_GIVES} AND starts_at >= :since"
    " AND state IN ({})".format(", ".join(f"'{one.value}'" for one in AHEAD))
).bindparams(bindparam("mentors", expanding=True))


@dataclass(frozen=True, slots=True)
class Led:
    """By kind and mentor: the day of the last one that was held, and the days of those that are planned or announced.

    Of parent classes those that the mentor gives, not those for which somebody else speaks.
    """

    last: dict[tuple[str, int], date] = field(default_factory=dict)
    planned: dict[tuple[str, int], list[date]] = field(default_factory=lambda: defaultdict(list))

    def ahead(self, kind: str, mentor: int, first: date, last: date) -> bool:
        """Whether one is planned or announced for one of these days."""
        return any(first <= day <= last for day in self.planned.get((kind, mentor), ()))


def of_mentors(unit: Unit, mentors: list[int], zone: ZoneInfo) -> Led:
    """What these mentors have led and will lead, in one query."""
    found = Led()
    for row in unit.execute(_LED, mentors=mentors, since=unit.now_ms - UNSAID_DAYS * DAY):
        day, key = from_ms(row.at).astimezone(zone).date(), (row.kind, row.host_id)
        if row.held:
            found.last[key] = day
        else:
            found.planned[key].append(day)
    return found
