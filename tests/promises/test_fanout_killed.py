"""kill -9 while a notice's list is written: nobody is left out, nobody is in it twice."""

from __future__ import annotations

from tests import chaos_fanout


def test_every_recipient_has_exactly_one_row(database_url: str) -> None:
    found = chaos_fanout.run(database_url, 20_000, 4, seed=7)
    assert found.listed
    assert found.integrity in ("ok", "-")
    assert (found.rows, found.persons) == (20_000, 20_000)
