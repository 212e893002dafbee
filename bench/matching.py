"""python -m bench.matching: what a proposal of mentors costs, for 2,000 pupils and 150 mentors, with all rules on.

Four in five families have three wishes each, of which a few mentors get most; mentors name some; boys and girls, priority
pupils, pairs that must and must not be. Tight: as many places as pupils. Every proposal is checked for blocking pairs.

`--rows` measures a whole round of a school in a SQLite database instead: what each press and each part of the clock costs.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from bench import school as small
from bot import schema
from bot.database import open_engine
from handlers.context import SchoolSettings
from handlers.matching import spread
from models.matching import going_live, groups, proposals, rounds, wishes
from models.matching.problem import Facts, Problem, Sex, causes
from models.matching.rounds import Round, Scope
from models.matching.stable import RANKS, blocking, propose
from models.matching.wishes import MentorWish
from models.unit import Unit, sql
from models.vault import Vault, new_key_line, parse_keys

_T = TypeVar("_T")

SIZES = ((2_000, 150, 15), (2_000, 134, 15), (10_000, 750, 15))
"""Pupils, mentors, places each."""


def town(pupils: int, mentors: int, room: int, seed: int = 1) -> Problem:
    """A round in which most families want the same few mentors."""
    some = random.Random(seed)
    names = list(range(1, mentors + 1))
    wanted = [1 / (1 + number) for number in range(mentors)]
    wishes, never = {}, set()
    for pupil in range(pupils):
        if some.random() < 0.8:
            wishes[pupil] = tuple(dict.fromkeys(some.choices(names, wanted, k=3)))
        if some.random() < 0.02:
            never.add((pupil, some.choice(names)))
    must = {(pupil, some.choice(names)) for pupil in some.sample(range(pupils), pupils // 100)} - never
    return Problem(
        tuple(range(pupils)),
        dict.fromkeys(names, room),
        wishes,
        {one: tuple(some.sample(range(pupils), 5)) for one in names},
        frozenset(some.sample(names, mentors // 2)),
        frozenset(must),
        frozenset(never),
        {pupil: some.choice(names) for pupil in range(pupils) if some.random() < 0.7},
        {pupil: Facts(some.choice((Sex.BOY, Sex.GIRL)), some.random() < 0.1) for pupil in range(pupils)},
        seed=seed,
    )


def timed(name: str, work: Callable[[], _T]) -> _T:
    """Does something and prints how long it took."""
    begun = time.perf_counter()
    found = work()
    print(f"{name:44} {time.perf_counter() - begun:6.2f} s")
    return found


def rows(pupils: int = 2_000, mentors: int = 150) -> None:
    """A round of a whole school, through its rows."""
    small.GUARDIANS, small.MENTORS = pupils, mentors
    vault = Vault(parse_keys(new_key_line()))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        engine = open_engine(url)
        schema.upgrade(engine, datetime.now(UTC))
        small.seed(url, vault, 1)
        some = random.Random(1)

        def parts(name: str) -> None:
            times = []
            while True:
                begun = time.perf_counter()
                with engine.begin() as connection:
                    unit = Unit(connection, vault, datetime.now(UTC))
                    with unit.part():
                        _ = unit.session
                        more = spread.turn(unit, 1, SchoolSettings(keep_hours=False))
                    unit.finish()
                times.append(time.perf_counter() - begun)
                if not more:
                    break
            print(f"{name:44} {sum(times):6.2f} s in {len(times)} parts, the longest {max(times):.3f} s")

        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            (school,) = unit.execute(sql("SELECT id FROM school")).one()
            people = [row.person_id for row in unit.execute(sql("SELECT person_id FROM role WHERE kind = 'mentor'"))]
            classes = [one.id for one in groups.classes_of_school(unit, school)]
            made = timed("a round begun", lambda: rounds.create(unit, school, Scope.SCHOOL, "", classes, people[0]))
            assert made is not None
            rounds.set_until(unit, made, unit.now_ms + 10**9)
            rounds.open_(unit, made)
            unit.finish()
        parts("families and mentors asked")
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            loaded = proposals.load(unit, _round(unit, made))
            wanted = [1 / (1 + number) for number in range(len(people))]
            for one in loaded.pupils.values():
                if some.random() < 0.8:
                    wishes.put(unit, one.id, tuple(dict.fromkeys(some.choices(people, wanted, k=3))), None)
                wishes.put_facts(unit, one.id, Facts(some.choice((Sex.BOY, Sex.GIRL)), some.random() < 0.1))
            for mentor in loaded.mentors.values():
                wishes.put_mentor(unit, mentor.id, MentorWish(True, tuple(some.sample(sorted(loaded.pupils), 5)), ()))
            unit.finish()
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            assert (
                timed("the proposal, with reading and keeping it", lambda: proposals.make(unit, _round(unit, made)))
                == []
            )
            unit.finish()
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            timed("read for one screen", lambda: proposals.load(unit, _round(unit, made)))
            changed = proposals.sums(proposals.load(unit, _round(unit, made))).changed
            assert timed("made live (the press)", lambda: going_live.go(unit, _round(unit, made)))
            unit.finish()
        parts(f"{changed} pupils changed and introduced")
        engine.dispose()


def _round(unit: Unit, round_id: int) -> Round:
    found = rounds.one(unit, round_id)
    assert found is not None
    return found


def main() -> None:
    """Prints a line for each size."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--rows", action="store_true")
    chosen = asked.parse_args()
    if chosen.rows:
        rows()
        return
    many = chosen.rounds
    print("pupils mentors places  seconds (least, most)   first second third  left  slack  blocking")
    for pupils, mentors, room in SIZES:
        times = []
        for seed in range(1, many + 1):
            problem = town(pupils, mentors, room, seed)
            assert not causes(problem)
            begun = time.perf_counter()
            found = propose(problem)
            times.append(time.perf_counter() - begun)
        whys = [place.why for place in found.places.values()]
        bad = blocking(problem, found.slack, {pupil: place.mentor for pupil, place in found.places.items()})
        first, second, third = (whys.count(one) for one in RANKS)
        print(
            f"{pupils:6} {mentors:7} {mentors * room:6}  {min(times):8.2f} {max(times):8.2f}      {first:11} {second:6}"
            f" {third:5} {len(found.left):5}  {found.slack!s:>5}  {len(bad):8}"
        )
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
