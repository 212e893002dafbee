"""The contacts of a sheet, reckoned a second way over random histories: day by day, from what was put into the rows."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.evidence import terms
from models.evidence.counters import Count
from models.evidence.terms import Term
from models.unit import sql
from tests.evidence.test_rules import ZONE, count, mark
from tests.school import School

PUPILS = ("张小雨", "张小阳")
DAYS = st.integers(0, 150)


def reckoned(term: Term, today: date, own: dict[str, tuple[date, date | None]], said: dict[str, list[date]]) -> Count:
    """Month by month: who was whose pupil on how many of its days, and was there a day with a contact."""
    done = due = 0
    every = [term.begins + timedelta(days=one) for one in range((term.ends - term.begins).days + 1)]
    for month in sorted({day.replace(day=1) for day in every}):
        days = [day for day in every if day.replace(day=1) == month]
        if len(days) < 7 or days[0] > today:
            continue
        for pupil, (since, until) in own.items():
            there = [day for day in days if since <= day <= today and (until is None or day < until)]
            if not [day for day in every if since <= day <= today and (until is None or day < until)]:
                continue
            met = any(day in days for day in said[pupil])
            over = days[-1] <= today and (until is None or days[-1] < until)
            if met or (over and len(there) >= 14):
                done, due = done + met, due + 1
    return Count(done, due)


@given(
    since=st.tuples(DAYS, DAYS),
    ended=st.none() | st.integers(0, 60),
    said=st.lists(st.tuples(st.sampled_from(PUPILS), DAYS), max_size=8),
    begun=st.integers(10, 140),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_contacts_are_what_a_second_reckoning_says(
    school: School, since: tuple[int, int], ended: int | None, said: list[tuple[str, int]], begun: int
) -> None:
    unit = school.unit()
    today = terms.today_of(unit, ZONE)
    term = Term(None, "秋", today - timedelta(days=begun), today + timedelta(days=20), ZONE)
    own: dict[str, tuple[date, date | None]] = {}
    for name, ago in zip(PUPILS, since, strict=True):
        first = today - timedelta(days=ago)
        last = None if ended is None or name == PUPILS[1] or ended >= ago else today - timedelta(days=ended)
        own[name] = (first, last)
        unit.write(
            sql("UPDATE mentorship SET since = :since, until = :until WHERE pupil_id = :pupil"),
            since=terms.midnight(first, ZONE),
            until=None if last is None else terms.midnight(last, ZONE),
            pupil=school.ids[name],
        )
    days: dict[str, list[date]] = {name: [] for name in PUPILS}
    for name, ago in said:
        days[name].append(today - timedelta(days=ago))
        mark(unit, school, "family_contact", name, ago)
    assert count(unit, school, "contact_months", term) == reckoned(term, today, own, days)
    unit.connection.rollback()
    unit.connection.close()
