"""Whatever is old when, retention's walk forgets exactly that, however small its blocks are."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rights import retention
from tests.school import School

ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=25)
"""For each row the day on which it is old, and whether there is anything to forget."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, block=st.integers(1, 6))
def test_what_is_old_goes_and_nothing_else(school: School, rows: list[tuple[int, bool]], block: int) -> None:
    unit = school.unit()
    kept, was = {number: row for number, row in enumerate(rows, 1) if row[1]}, retention.BLOCK
    retention.BLOCK = block
    try:
        for day in range(7):

            def look(after: int, _below: int, day: int = day) -> list[tuple[int, bool, bool]]:
                some = [(number, row[0] <= day, number in kept) for number, row in enumerate(rows, 1) if number > after]
                return some[:block]

            def forget(ids: list[int], day: int = day) -> None:
                assert all(rows[number - 1][0] <= day for number in ids)
                for number in ids:
                    del kept[number]

            # A round has as many blocks as are needed; what was passed over is looked at again in the next.
            for _ in range(2 * (len(rows) // block + 2)):
                retention._walk(unit, "test", unit.now_ms, look, forget)
            assert all(row[0] > day for row in kept.values())
        assert not kept
    finally:
        retention.BLOCK = was
        unit.connection.rollback()
        unit.connection.close()
