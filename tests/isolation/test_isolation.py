"""Random triples of actor, action and object: nobody reads, sends or changes anything outside of own relations.

`TRIPLES=100000` tries so many, `ISOLATION_SEED` repeats a day's; `pytest -s` shows what was reached.
"""

from __future__ import annotations

import os

from sqlmodel import SQLModel

from tests.isolation.acting import Stage
from tests.isolation.after import ENDINGS, ended
from tests.isolation.choosing import Chooser
from tests.isolation.conftest import SEED
from tests.isolation.matrix import MATRIX
from tests.isolation.rows import DAY
from tests.isolation.walking import Tally, attempt, crawl, former, guesses, hostile

TRIPLES = int(os.environ.get("TRIPLES") or 1000)
AFTER = max(16, TRIPLES // 60)
"""Tries of each who loses something, for each change."""
REACHED = 0.6
"""The share of commands and buttons that must have gone through in the hands of who may."""
NOT_IN_TOWN: dict[str, str] = {
    "inbox.sealed_update": "what came in, before anybody is asked for rights",
    "outbox.sealed_payload": "what goes out: it is what is searched",
    "key_mark.sealed_word": "a word that proves the keys, nobody's",
    "album.sealed_first": "how a half-arrived album came: places and numbers",
    "mentor_poll_sum.sealed_pending": "two numbers that nobody is shown (tests/city/test_shares.py)",
    "album_piece.sealed_body": "a half-arrived album, closed by the clock for its own writer",
}


def _fine(faults: list[str]) -> None:
    assert not faults, f"{len(faults)} faults, ISOLATION_SEED={SEED}\n" + "\n".join(faults[:12])


def test_nobody_reads_or_sends_outside_of_own_relations(stage: Stage) -> None:
    """First what everybody reaches by own buttons; then random triples; then, after each change, what was there before it."""
    quick = stage.engine.dialect.name == "sqlite"
    chooser, tally = Chooser(stage.rows, SEED), Tally()
    for one, outcome in crawl(stage, chooser, 800 if quick else 300):
        tally.count(one, outcome)
    for one, outcome in guesses(stage, chooser, tally, 4 if quick else 1):
        tally.count(one, outcome)
    print(f"\nwalk: {tally.told()}")
    _fine(tally.faults)
    # So that the rest is not about 'this button is gone' alone.
    assert tally.share(tally.went) > (REACHED if quick else REACHED / 2), tally.told()

    tally = Tally()
    for one in hostile(chooser, TRIPLES):
        tally.count(one, attempt(stage, chooser, one))
    for ahead in (0, DAY, 4 * DAY):
        tally.faults += [f"the clock: {one}" for one in stage.clock(ahead).faults]
    print(f"random: {tally.told()}")
    _fine(tally.faults)

    tally = Tally()
    for ending in ENDINGS:
        with ended(stage, ending):
            # What the clock tells is the same SQL on both databases; a long run asks it a day later too.
            for ahead in ((0, DAY) if TRIPLES > 1000 else (0,)) if quick else ():
                tally.faults += [f"{ending.name}: the clock: {one}" for one in stage.clock(ahead).faults]
            for one in former(stage, chooser, ending, AFTER if quick else AFTER // 3):
                tally.count(one, attempt(stage, chooser, one, learn=False), ending.name)
    print(f"after a change: {tally.told()}")
    _fine(tally.faults)


def test_every_sealed_field_stands_in_the_town(small_stage: Stage) -> None:
    """A new table with sealed words is not forgotten here: its words get a canary, and the matrix a line."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name.startswith("sealed_")
    }
    there = {
        f"{name}.{column}"
        for name, rows in small_stage.rows.kept.items()
        for row in rows
        for column, value in row.items()
        if column.startswith("sealed_") and value
    }
    assert sealed - there - set(NOT_IN_TOWN) == set()
    assert {one.kind for one in small_stage.birds.known.values()} == set(MATRIX)
