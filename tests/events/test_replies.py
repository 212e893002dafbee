"""Random answers of families to an event with two dates and few places, beside a second reckoning that knows no database.

After every step the rows must say what a plain list of the answers says: who comes, who waits in which order, who moved
up. `REPLY_HISTORIES=2000` tries so many, each another time; what failed is printed by hypothesis as a program.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from models.base import to_ms
from models.events import events, replies, signin
from models.events.replies import Given
from models.events.rules import HOUR
from models.events.states import EventState, Form, Reply
from models.unit import Unit, sql
from models.vault import Vault
from tests.appointments.town import Town
from tests.effort import examples

FAMILIES = 7
WHO, WHICH = st.integers(0, FAMILIES - 1), st.integers(0, 1)
ROOMS = [None, 0, 1, 2, 3, 3, 4, 4, 5, 5, 6, 7]
OFTEN = {"answers": 16, "room_changes": 3, "signs_in": 1, "is_called_off": 1}
"""How often each thing happens, of all together."""
WHAT = [name for name, times in OFTEN.items() for _ in range(times)]
SAID = [*[Reply.COME] * 6, Reply.ONLINE, Reply.CANNOT, Reply.CANNOT, Reply.NOTES]


@dataclass
class Date:
    """One date as the second reckoning knows it: who comes with how many, who waits in which order, what else was said."""

    room: int | None
    come: dict[int, int] = field(default_factory=dict)
    wait: list[tuple[int, int]] = field(default_factory=list)
    else_: dict[int, tuple[Reply, int]] = field(default_factory=dict)
    off: bool = False

    @property
    def taken(self) -> int:
        return sum(self.come.values())

    def fits(self, many: int) -> bool:
        return self.room is None or self.taken + many <= self.room

    def waits(self, who: int) -> int | None:
        return next((many for one, many in self.wait if one == who), None)

    def forget(self, who: int) -> None:
        self.come.pop(who, None)
        self.else_.pop(who, None)
        self.wait = [one for one in self.wait if one[0] != who]

    def fill(self) -> list[int]:
        """Those who wait come in, in their order, until one does not fit; a family that never fits is passed over."""
        moved, rest, stopped = [], [], False
        for who, many in self.wait:
            if not stopped and self.fits(many):
                self.come[who] = many
                moved.append(who)
                continue
            rest.append((who, many))
            stopped = stopped or self.room is None or many <= self.room
        self.wait = rest
        return moved

    def said(self, who: int) -> tuple[Reply, int] | None:
        if who in self.come:
            return Reply.COME, self.come[who]
        waits = self.waits(who)
        return self.else_.get(who) if waits is None else (Reply.WAITING, waits)


@dataclass
class Second:
    """The second reckoning."""

    dates: list[Date]

    def give(self, which: int, who: int, reply: Reply, people: int | None) -> tuple[object, ...]:
        """What the answer comes to: the reply and number kept, where a place stays, who moved up on which date."""
        date, other = self.dates[which], self.dates[1 - which]
        if date.off:
            return None, 1, None, set()
        here, there = date.said(who), None if other.off else other.said(who)
        many = people or next((one[1] for one in (here, there) if one and one[0] not in (Reply.CANNOT, Reply.NOTES)), 1)
        if reply is Reply.COME and date.room is not None and date.waits(who) is None:
            less = who in date.come and many <= date.come[who]
            first = date.taken - date.come.get(who, 0) + many <= date.room and not any(
                one <= date.room for _, one in date.wait
            )
            if not less and not first:
                if who in date.come:
                    return Reply.COME, date.come[who], which, set()
                if there is not None and there[0] is Reply.COME:
                    return Reply.COME, there[1], 1 - which, set()
                self._leaves(who, other)
                date.forget(who)
                date.wait.append((who, many))
                return self._settled(which, who, many)
        turn = None if reply is not Reply.COME else date.waits(who)
        self._leaves(who, other)
        if turn is not None and date.room is not None:
            date.wait = [(one, many if one == who else its) for one, its in date.wait]
            return self._settled(which, who, many)
        date.forget(who)
        if reply is Reply.COME:
            date.come[who] = many
        else:
            date.else_[who] = (reply, many)
        return self._settled(which, who, many)

    def _leaves(self, who: int, other: Date) -> None:
        if not other.off:
            other.forget(who)

    def _settled(self, which: int, who: int, many: int) -> tuple[object, ...]:
        moved = {(at, one) for at, date in enumerate(self.dates) if not date.off for one in date.fill() if one != who}
        said = self.dates[which].said(who)
        assert said is not None
        return said[0], many, None, moved


class Answers(RuleBasedStateMachine):
    """Seven families, two dates of one event."""

    town: ClassVar[Town]
    families: ClassVar[list[int]]
    accounts: ClassVar[list[int]]

    @initialize(rooms=st.tuples(st.sampled_from(ROOMS), st.sampled_from(ROOMS)))
    def begins(self, rooms: tuple[int | None, int | None]) -> None:
        town = self.town
        self.now = town.now
        with self.unit() as unit:
            self.ids: list[int] = []
            for number, room in enumerate(rooms):
                starts = to_ms(self.now) + (24 + number) * HOUR
                self.ids.append(
                    events.plan(
                        unit,
                        school_id=town.school.ids["school"],
                        kind="parent_class",
                        state=EventState.ANNOUNCED,
                        host_id=town.school.ids["李明"],
                        starts_at=starts,
                        ends_at=starts + HOUR,
                        actor=None,
                        classes=[town.school.ids["class"]],
                        form=Form.BOTH,
                        capacity=room,
                        first_id=self.ids[0] if self.ids else None,
                    )
                )
        self.second = Second([Date(room) for room in rooms])
        self.lowered = [False, False]
        self.signed: dict[int, int] = {}

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self.town.unit(self.now) as unit:
            yield unit

    @rule(
        what=st.sampled_from(WHAT),
        who=WHO,
        which=WHICH,
        people=st.sampled_from([None, 1, 2, 2, 3, 4]),
        reply=st.sampled_from(SAID),
        room=st.sampled_from(ROOMS),
        later=st.sampled_from([0, 0, 1, 500]),
    )
    def somebody(
        self, what: str, who: int, which: int, people: int | None, reply: Reply, room: int | None, later: int
    ) -> None:
        """One rule for all that happens, so that most of it is answers."""
        self.now += timedelta(milliseconds=later)
        if what == "answers":
            self.answers(who, which, reply, people)
        elif what == "room_changes":
            self.room_changes(which, room)
        elif what == "signs_in":
            self.signs_in(who, people or 1, guest=reply is Reply.CANNOT)
        elif room is None:
            self.is_called_off(which)

    def answers(self, who: int, which: int, reply: Reply, people: int | None) -> None:
        with self.unit() as unit:
            given = replies.give(unit, self.ids[which], self.families[who], reply, people)
        assert self.named(given) == self.second.give(which, who, reply, people)
        if given.reply is Reply.WAITING:
            order = [one for one, _ in self.second.dates[which].wait]
            assert given.place == order.index(who) + 1

    def named(self, given: Given) -> tuple[object, ...]:
        moved = {(self.ids.index(event), self.families.index(person)) for event, person in given.moved_up}
        assert len(moved) == len(given.moved_up)
        return given.reply, given.people, None if given.stays is None else self.ids.index(given.stays), moved

    def room_changes(self, which: int, room: int | None) -> None:
        date = self.second.dates[which]
        with self.unit() as unit:
            stale = events.must(unit, self.ids[which])
            events.change(unit, self.ids[which], None, capacity=room)
            found = replies.move_up(unit, stale)
        date.room = room
        assert [self.families.index(one) for one in found] == ([] if date.off else date.fill())
        self.lowered[which] = room is not None and date.taken > room

    def is_called_off(self, which: int) -> None:
        with self.unit() as unit:
            moved = events.move(unit, self.ids[which], EventState.CANCELLED, None)
        assert moved != self.second.dates[which].off
        self.second.dates[which].off = True

    def signs_in(self, who: int, people: int, *, guest: bool) -> None:
        with self.unit() as unit:
            event = events.must(unit, self.ids[0])
            signin.sign(unit, event, self.accounts[who], people, "button", guest=guest)
            self.signed[who] = people
            assert signin.signed(unit, event.id)[0] == sum(self.signed.values())
            assert signin.attendance(unit, event) == sum(self.signed.values())

    @invariant()
    def rows_say_the_same(self) -> None:
        if not hasattr(self, "second"):
            return
        with self.unit() as unit:
            rows = unit.execute(ROWS, one=self.ids[0], other=self.ids[1]).all()
            sums = [replies.sums(unit, event).get(Reply.COME, (0, 0))[1] for event in self.ids]
        for which, date in enumerate(self.second.dates):
            mine = [row for row in rows if row.event_id == self.ids[which]]
            kept = {self.families.index(row.person_id): (Reply(row.reply), row.people) for row in mine}
            assert kept == {who: said for who in range(FAMILIES) if (said := date.said(who)) is not None}
            waits = [row for row in mine if row.reply == Reply.WAITING]
            assert [self.families.index(row.person_id) for row in waits] == [one for one, _ in date.wait]
            assert len({row.since for row in waits}) == len(waits)
            assert sums[which] == date.taken
            self.lowered[which] = self.lowered[which] and date.room is not None and date.taken > date.room
            assert self.lowered[which] or date.fits(0), "more people than places"
        both = [row.person_id for row in rows if not self.second.dates[self.ids.index(row.event_id)].off]
        assert len(set(both)) == len(both), "has answered for two dates"


ROWS = sql(
    "SELECT event_id, person_id, reply, people, since FROM event_reply WHERE event_id IN (:one, :other)"
    " ORDER BY event_id, since, person_id"
)


@pytest.mark.timeout(7200 if "REPLY_HISTORIES" in os.environ else 400)
def test_any_answers_come_to_what_a_plain_list_says(engine: Engine, vault: Vault) -> None:
    many = os.environ.get("REPLY_HISTORIES")
    town = Town(engine, vault)
    families = [town.guardian(f"家{number}") for number in range(FAMILIES)]
    for number, guardian in enumerate(families):
        town.pupil(f"生{number}", town.school.ids["李明"], guardian)
    accounts = [int(str(row[0])) for row in town.school.run("SELECT id FROM account ORDER BY id")]
    machine = type("TheAnswers", (Answers,), {"town": town, "families": families, "accounts": accounts})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(many) if many else examples(15, of=300),
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.generate] if many is None else [Phase.generate, Phase.shrink],
            database=None,
            derandomize=many is None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
