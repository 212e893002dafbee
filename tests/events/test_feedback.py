"""Feedback in sums: what is shown moves with every five people more, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.base import to_ms
from models.events import events, feedback
from models.events.feedback import Sums
from models.events.states import EventState
from models.unit import Unit
from tests.school import School


def held(school: School, unit: Unit) -> int:
    """A parent class that was held yesterday."""
    ends = to_ms(unit.now - timedelta(days=1))
    return events.plan(
        unit,
        school_id=school.ids["school"],
        kind="parent_class",
        state=EventState.HELD,
        host_id=school.ids["李明"],
        starts_at=ends - 3_600_000,
        ends_at=ends,
        actor=None,
        classes=[school.ids["class"]],
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["helped", "usable"]), st.integers(1, 5)), min_size=1, max_size=40
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_between_two_steps_nothing_moves_whoever_changes_an_answer(
    school: School, said: list[tuple[int, str, int]]
) -> None:
    connection = school.engine.connect()
    transaction = connection.begin()
    unit = Unit(connection, school.vault, datetime.now(UTC))
    row = held(school, unit)
    people = [school.ids[one] for one in ("王芳", "张强", "刘敏", "李明", "周静", "赵主任")]
    first: set[int] = set()
    second: set[int] = set()
    shown = Sums()
    for who, which, number in said:
        value = number if which == "helped" else min(number, feedback.USABLE)
        assert feedback.give(unit, events.must(unit, row), people[who], **{which: value})
        before, answered = shown, (first if which == "helped" else second)
        fresh = who not in answered
        answered.add(who)
        shown = feedback.sums(events.must(unit, row))
        if not (fresh and len(answered) == 5):
            assert shown == before
        assert (shown.helped is None) == (len(first) < 5)
        assert (shown.usable is None) == (len(second) < 5 or len(first) < 5)
    unit.finish()
    transaction.rollback()
    connection.close()
