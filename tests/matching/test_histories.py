"""Random histories of a round: whatever comes in whatever order, no place is given twice, no pair that must not be is made, and
nobody's mentor changes before the admin says so."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine, text

from handlers.context import SchoolSettings
from handlers.matching import spread
from models import mentorships
from models.matching import closing, going_live, moving, proposals, rounds, wishes
from models.matching.problem import Facts, Sex
from models.matching.rounds import RoundState, Scope, Switch
from models.matching.wishes import MentorWish
from models.people import Role
from models.unit import Unit, sql
from tests.school import School

WHAT = (
    *(
        "wish",
        "names",
        "pair",
        "room",
        "switch",
        "facts",
        "open",
        "move",
        "swap",
        "import",
        "leave",
        "cancel",
        "forget",
    ),
    # Often enough that most histories come to their end.
    *("propose", "propose", "live", "part", "part"),
)
STEPS = some.lists(
    some.tuples(some.sampled_from(WHAT), some.integers(0, 5), some.integers(0, 5)), min_size=15, max_size=40
)


def present(unit: Unit) -> dict[int, int]:
    rows = unit.execute(sql("SELECT pupil_id, mentor_id FROM mentorship WHERE until IS NULL")).all()
    assert len({row.pupil_id for row in rows}) == len(rows)
    return {row.pupil_id: row.mentor_id for row in rows}


class History:
    """One round and what happens to it."""

    def __init__(self, school: School, unit: Unit) -> None:
        self.school, self.unit, ids = school, unit, school.ids
        for number in range(3):
            school.pupil(unit.session, f"X{number}", f"同学{number}", None, ())
        third = school.person(unit.session, "孙涛", "T3", "体育")
        unit.session.add(Role(person_id=third, kind="mentor", since=unit.now))
        unit.session.flush()
        self.pupils = [ids[name] for name in ("张小雨", "张小阳", "陈晨", "同学0", "同学1", "同学2")]
        self.mentors = [ids["李明"], ids["周静"], third]
        made = rounds.create(unit, ids["school"], Scope.SCHOOL, "", [ids["class"]], ids["赵主任"])
        assert made is not None
        self.id, self.by = made, ids["赵主任"]
        rounds.set_until(unit, made, unit.now_ms + 10**9)
        self.imported = False

    def step(self, what: str, first: int, second: int) -> None:
        unit, round_ = self.unit, rounds.one(self.unit, self.id)
        assert round_ is not None
        loaded = proposals.load(unit, round_)
        pupil, mentor = self.pupils[first], self.mentors[second % 3]
        row = loaded.pupils.get(pupil)
        if what == "wish" and row is not None and round_.takes_wishes(unit.now_ms):
            wishes.put(unit, row.id, (mentor, self.mentors[(second + 1) % 3]), None)
        elif what == "names" and mentor in loaded.mentors:
            wish = MentorWish(first % 2 == 0, (pupil,), (self.pupils[second],) if second != first else (), True)
            wishes.put_mentor(unit, loaded.mentors[mentor].id, wish)
        elif what == "pair" and round_.state in rounds.RUNNING:
            moving.pair(unit, self.id, pupil, mentor, [None, True, False][(first + second) % 3], self.by)
        elif what == "room" and mentor in loaded.mentors:
            moving.set_room(unit, loaded.mentors[mentor].id, first)
        elif what == "switch":
            rounds.set_switch(unit, self.id, list(Switch)[first % 3], second % 2 == 0)
        elif what == "facts" and row is not None:
            wishes.put_facts(unit, row.id, Facts(list(Sex)[second % 3], first % 2 == 0))
        elif what == "open":
            rounds.open_(unit, self.id)
        elif what == "propose" and round_.state in (RoundState.WISHES, RoundState.PROPOSED):
            if not proposals.make(unit, round_):
                self.check()
        elif what in ("move", "swap") and round_.state is RoundState.PROPOSED and row is not None:
            other, now = self.pupils[second], loaded.proposed
            changes = {pupil: mentor}
            if what == "swap":
                if pupil not in now or other not in now or other == pupil:
                    return
                changes = {pupil: now[other], other: now[pupil]}
            if moving.move(unit, loaded, changes, self.by):
                assert all((one, to) not in loaded.never for one, to in changes.items())
        elif what == "live" and round_.state is RoundState.PROPOSED:
            assert going_live.go(unit, round_)
        elif what == "part":
            with unit.part():
                _ = unit.session
                spread.turn(unit, 1, SchoolSettings(keep_hours=False))
            assert unit.faults == []
        elif what == "import":
            mentorships.change(unit, pupil, None)
            self.imported = True
        elif what == "leave" and row is not None and second == 0:
            unit.write(sql("UPDATE pupil SET ended_at = :now WHERE id = :id"), id=pupil, now=unit.now_ms)
            self.imported = True
        elif what == "cancel" and second == 0:
            rounds.cancel(unit, self.id)
        elif what == "forget":
            closing.tick(unit)

    def check(self) -> None:
        """What holds for every fresh proposal."""
        fresh = rounds.one(self.unit, self.id)
        assert fresh is not None
        loaded = proposals.load(self.unit, fresh)
        many = Counter(loaded.proposed.values())
        for mentor, count in many.items():
            assert count <= loaded.mentors[mentor].room
        assert not loaded.never & set(loaded.proposed.items())
        assert set(loaded.proposed.values()) <= set(self.mentors)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_any_history(school: School, engine: Engine, steps: list[tuple[str, int, int]]) -> None:
    with engine.connect() as connection:
        transaction = connection.begin()
        unit = Unit(connection, school.vault, datetime.now(UTC))
        history = History(school, unit)
        states, before = [], present(unit)
        for what, first, second in (steps[0], ("open", 0, 0), *steps[1:]):
            history.step(what, first, second)
            fresh = rounds.one(unit, history.id)
            assert fresh is not None
            states.append(fresh.state)
            if fresh.state is not RoundState.LIVE and not history.imported:
                assert present(unit) == before
        order = list(RoundState)
        assert all(order.index(one) <= order.index(other) for one, other in pairwise(states))
        unit.flush()
        assert connection.execute(text("SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE 'mentor:%'")).scalar() == 0
        if states[-1] is RoundState.LIVE:
            for _ in range(20):
                history.step("part", 0, 0)
            over = rounds.one(unit, history.id)
            assert over is not None
            assert over.over_at is not None
        transaction.rollback()
