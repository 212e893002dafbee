"""The rota: against every possible one where there are few, and against what must hold of each where there are many."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.events.rota import NOBODY, Lecture, Problem, Proposal, Slot, Why, propose
from tests.effort import examples

MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
Given = dict[Slot, int]


def problem(
    teams: dict[int, tuple[int, ...]],
    months: tuple[date, ...] = MONTHS[:1],
    *,
    away: dict[int, frozenset[date]] | None = None,
    kept: dict[Slot, tuple[int, date]] | None = None,
    **more: object,
) -> Problem:
    """Two Fridays in every month, everybody there."""
    days = {(group, month): (month.replace(day=4), month.replace(day=11)) for group in teams for month in months}
    plain = Problem(months, teams, days, away or {}, {}, {}, {}, kept or {}, frozenset())
    return replace(plain, **more)  # type: ignore[arg-type]


def whole(month: date) -> frozenset[date]:
    """All days of a month."""
    return frozenset(month + timedelta(days=n) for n in range(28))


def who(proposal: Proposal) -> Given:
    """The mentor of each slot."""
    return {(one.class_id, one.month): one.mentor_id for one in proposal.lectures}


# --- reckoned a second way ---


def days_of(of: Problem, slot: Slot, mentor: int) -> list[date]:
    """On which days a mentor can give a slot."""
    if mentor not in of.teams.get(slot[0], ()) or slot[1] in of.cannot.get(mentor, ()):
        return []
    return [day for day in of.days.get(slot, ()) if day not in of.away.get(mentor, ())]


def slots_of(of: Problem) -> list[Slot]:
    """All slots that are not fixed."""
    return [(group, month) for group in of.teams for month in of.months if (group, month) not in of.fixed]


def rotas(of: Problem) -> Iterator[Given]:
    """Every rota that is possible, without what is fixed."""
    slots = slots_of(of)
    term = Counter(of.kept[slot][0] for slot in of.fixed)
    taken = {(of.kept[slot][0], slot[1]) for slot in of.fixed}

    def further(at: int, chosen: Given) -> Iterator[Given]:
        if at == len(slots):
            yield dict(chosen)
            return
        yield from further(at + 1, chosen)
        slot = slots[at]
        for mentor in set(of.teams[slot[0]]):
            place = mentor, slot[1]
            if term[mentor] < of.most and place not in taken and days_of(of, slot, mentor):
                term[mentor] += 1
                taken.add(place)
                chosen[slot] = mentor
                yield from further(at + 1, chosen)
                term[mentor] -= 1
                taken.remove(place)
                del chosen[slot]

    yield from further(0, {})


def loads(of: Problem, chosen: Given) -> list[int]:
    """Lectures of each mentor over the years, largest first."""
    count = Counter(of.given)
    count.update(chosen.values())
    count.update(of.kept[slot][0] for slot in of.fixed)
    return sorted((count[mentor] for mentor in {one for team in of.teams.values() for one in team}), reverse=True)


def score(of: Problem, chosen: Given) -> tuple[int, ...]:
    """What a rota is worth, without what is fixed: filled, as before, the same mentor, squares of loads, wishes."""
    stays = [slot for slot, mentor in chosen.items() if slot in of.kept and of.kept[slot][0] == mentor]
    return (
        len(chosen),
        sum(of.kept[slot][1] in days_of(of, slot, chosen[slot]) for slot in stays),
        len(stays),
        -sum(one * one for one in loads(of, chosen)),
        sum(month in of.prefers.get(mentor, ()) for (_, month), mentor in chosen.items()),
    )


def check(of: Problem, found: Proposal) -> Given:
    """What must hold of every proposal; returns what it chose beside what is fixed."""
    filled = [(one.class_id, one.month) for one in found.lectures]
    unmet = [(one.class_id, one.month) for one in found.unmet]
    assert filled == sorted(set(filled))
    assert unmet == sorted(set(unmet))
    assert sorted(filled + unmet) == sorted(slots_of(of) + list(of.fixed))
    now = {(one.class_id, one.month): one for one in found.lectures}
    for slot in of.fixed:
        assert now[slot] == Lecture(*slot, *of.kept[slot])
    chosen = {slot: one.mentor_id for slot, one in now.items() if slot not in of.fixed}
    term = Counter(one.mentor_id for one in found.lectures)
    month = Counter((one.mentor_id, one.month) for one in found.lectures)
    for slot, mentor in chosen.items():
        assert now[slot].day in days_of(of, slot, mentor)
        assert term[mentor] <= of.most
        assert month[mentor, slot[1]] == 1
        if slot in of.kept and of.kept[slot][1] in days_of(of, slot, mentor):
            assert now[slot].day == of.kept[slot][1], "another day without need"
    before = {slot: Lecture(*slot, *stood) for slot, stood in of.kept.items()}
    assert found.changed == tuple(sorted(slot for slot, one in before.items() if now.get(slot) != one))
    everybody = {mentor for team in of.teams.values() for mentor in team}
    assert found.idle == tuple(sorted(everybody - set(term)))
    _explains(of, found)
    return chosen


def _explains(of: Problem, found: Proposal) -> None:
    fixed = Counter(of.kept[slot][0] for slot in of.fixed)
    bound = {(of.kept[slot][0], slot[1]) for slot in of.fixed}
    for one in found.unmet:
        slot = one.class_id, one.month
        team = of.teams[one.class_id]
        if one.why is Why.NO_DAY:
            assert not of.days.get(slot)
        elif one.why is Why.NO_TEAM:
            assert not team
        elif one.why is Why.ALL_AWAY:
            assert one.mentors == tuple(sorted(set(team)))
            assert not any(days_of(of, slot, mentor) for mentor in team)
        else:
            assert slot in one.others
            assert one.others == tuple(sorted(set(one.others)))
            assert set(one.others) <= set(slots_of(of))
            can = {
                (mentor, at)
                for group, at in one.others
                for mentor in of.teams[group]
                if days_of(of, (group, at), mentor)
            }
            assert one.mentors == tuple(sorted({mentor for mentor, _ in can}))
            free = Counter(mentor for mentor, _ in can - bound)
            places = sum(min(max(of.most - fixed[mentor], 0), months) for mentor, months in free.items())
            assert one.places == places < len(one.others)


# --- all possible ones ---


@st.composite
def small(draw: st.DrawFn) -> Problem:
    """Few enough that all rotas can be looked at."""
    months = MONTHS[: draw(st.integers(1, 3))]
    groups = range(1, draw(st.integers(1, 4 - len(months) // 2)) + 1)
    mentors = range(11, 11 + draw(st.integers(1, 4)))
    fridays = [month.replace(day=day) for month in months for day in (4, 11)]
    some = st.frozensets(st.sampled_from(months), max_size=2)
    slots = [(group, month) for group in groups for month in months]
    team = st.lists(st.sampled_from(mentors), max_size=4).map(tuple)
    which = st.sampled_from(slots)
    stands = {
        slot: (draw(st.sampled_from((*mentors, NOBODY))), slot[1].replace(day=draw(st.sampled_from((4, 11, 18)))))
        for slot in draw(st.lists(which, unique=True))
    }
    return Problem(
        months,
        {group: draw(team) for group in groups},
        {slot: tuple(slot[1].replace(day=day) for day in draw(st.permutations((4, 11)))) for slot in slots}
        | dict.fromkeys(draw(st.lists(which, max_size=1)), ()),
        {mentor: draw(st.frozensets(st.sampled_from(fridays), max_size=4)) for mentor in mentors},
        {mentor: draw(some) for mentor in draw(st.lists(st.sampled_from(mentors), max_size=1))},
        {mentor: draw(some) for mentor in mentors},
        {mentor: draw(st.integers(0, 3)) for mentor in mentors},
        stands,
        frozenset(slot for slot in stands if draw(st.integers(0, 3)) == 0),
        {(1, 2): 3} if len(groups) > 1 else {},
        draw(st.integers(1, 3)),
    )


@settings(max_examples=examples(150, of=400), deadline=None)
@given(small())
def test_none_is_better(of: Problem) -> None:
    found = propose(of)
    mine = check(of, found)
    every = [(score(of, one), one) for one in rotas(of)]
    best = max(worth for worth, _ in every)
    assert score(of, mine) == best
    # What the sum of squares stands for: nobody's load can be made smaller at the cost of smaller ones only.
    assert loads(of, mine) == min(loads(of, one) for worth, one in every if worth[:3] == best[:3])


@settings(max_examples=examples(60, of=150), deadline=None)
@given(small(), st.data())
def test_a_leave_changes_only_what_it_must(of: Problem, data: st.DataObject) -> None:
    first = propose(of)
    of = replace(of, kept={(one.class_id, one.month): (one.mentor_id, one.day) for one in first.lectures})
    assert propose(of).changed == ()
    mentor = data.draw(st.sampled_from(sorted(of.away)))
    since, until = sorted(data.draw(st.tuples(*[st.integers(0, 90)] * 2)))
    leave = frozenset(MONTHS[0] + timedelta(days=n) for n in range(since, until + 1))
    after = replace(of, away={**of.away, mentor: of.away[mentor] | leave})
    found = propose(after)
    check(after, found)
    loose = {slot: stood for slot, stood in after.kept.items() if slot not in after.fixed}
    most = max(len(one) for one in rotas(after))
    least = min(
        sum(
            one.get(slot) != stood[0] or stood[1] not in days_of(after, slot, stood[0]) for slot, stood in loose.items()
        )
        for one in rotas(after)
        if len(one) == most
    )
    assert len(found.changed) == least


# --- larger ones ---


def large(seed: int, classes: int = 40, months: int = 5, mentors: int = 110, most: int = 1) -> Problem:
    """A school in which everything hangs together; nothing stands yet."""
    some = random.Random(seed)
    firsts = tuple(date(2026 + n // 12, n % 12 + 1, 1) for n in range(8, 8 + months))
    people = range(1000, 1000 + mentors)
    fridays = {month: tuple(month.replace(day=day) for day in (4, 11, 18, 25)) for month in firsts}
    all_days = [day for days in fridays.values() for day in days]
    slots = [(group, month) for group in range(classes) for month in firsts]
    return Problem(
        firsts,
        {group: tuple(some.sample(people, some.choice((0, 2, 3, 4, 5, 6)))) for group in range(classes)},
        {slot: tuple(some.sample(fridays[slot[1]], some.choice((0, 1, 2, 4, 4, 4)))) for slot in slots},
        {one: frozenset(some.sample(all_days, some.choice((0, 0, 3, 10)))) for one in people},
        {one: frozenset(some.sample(firsts, 1)) for one in people if some.random() < 0.2},
        {one: frozenset(some.sample(firsts, 2)) for one in people if some.random() < 0.5},
        {one: some.randrange(5) for one in people},
        {},
        frozenset(),
        {(one, one + 1): some.randrange(9) for one in range(classes - 1)},
        most,
    )


@pytest.mark.parametrize("seed", range(12))
def test_large_ones_hold_what_they_must(seed: int) -> None:
    some = random.Random(seed)
    of = large(seed, most=1 + seed % 3)
    first = propose(of)
    check(of, first)
    kept = {(one.class_id, one.month): (one.mentor_id, one.day) for one in first.lectures}
    of = replace(of, kept=kept, fixed=frozenset(some.sample(sorted(kept), 20)))
    again = propose(of)
    assert (again.lectures, again.changed) == (first.lectures, ())
    gone = some.sample([one.mentor_id for one in first.lectures], 5)
    of = replace(of, away={**of.away, **dict.fromkeys(gone, frozenset().union(*map(whole, of.months)))})
    third = propose(of)
    check(of, third)
    loose = [slot for slot, (mentor, _) in kept.items() if mentor in gone and slot not in of.fixed]
    assert set(loose) <= set(third.changed)
    short = [one for one in (*first.unmet, *third.unmet) if one.why is Why.TOO_FEW]
    assert short or of.most > 1, "nothing was to be explained"


def test_the_same_whatever_the_order() -> None:
    of = large(3, most=2)
    turned = replace(
        of,
        months=of.months[::-1],
        teams={group: team[::-1] for group, team in reversed(list(of.teams.items()))},
        days=dict(reversed(list(of.days.items()))),
        shared=dict(reversed(list(of.shared.items()))),
    )
    assert propose(of) == propose(of) == propose(turned)


def test_the_same_in_every_process() -> None:
    code = "from models.events.rota import propose; from tests.events.test_rota import large; print(propose(large(4)))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


# --- one by one ---


def test_nothing_is_proposed_of_nothing() -> None:
    nothing = Problem((), {}, {}, {}, {}, {}, {}, {}, frozenset())
    assert propose(nothing) == Proposal((), (), (), ())
    assert propose(replace(nothing, months=MONTHS)) == Proposal((), (), (), ())
    assert [one.why for one in propose(problem({1: ()})).unmet] == [Why.NO_TEAM]
    no_day = propose(problem({1: (11,)}, days={}))
    assert ([one.why for one in no_day.unmet], no_day.idle) == ([Why.NO_DAY], (11,))


def test_starting_the_bot_does_not_load_the_solver() -> None:
    code = "import models.events.rota, sys; sys.exit('highspy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_solver_says_nothing() -> None:
    code = (
        "from datetime import date as d; from models.events.rota import Problem, propose; m = d(2026, 9, 1);"
        "propose(Problem((m,), {1: (2,)}, {(1, m): (m,)}, {}, {}, {}, {}, {}, frozenset()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_fixed_one_stays_whatever_happens() -> None:
    slot = 1, MONTHS[0]
    stood = 99, date(2026, 9, 30)
    of = problem(
        {1: (11,), 2: (99,)}, MONTHS[:2], kept={slot: stood}, fixed=frozenset({slot}), away={99: whole(MONTHS[0])}
    )
    found = propose(of)
    assert found.lectures[0] == Lecture(*slot, *stood)
    assert found.changed == ()
    # It is one of that mentor's lectures, of the month and of the term.
    assert who(found) == {slot: 99, (1, MONTHS[1]): 11}
    last = found.unmet[-1]
    assert (last.why, last.others, last.mentors, last.places) == (Why.TOO_FEW, ((2, MONTHS[1]),), (99,), 0)
    with pytest.raises(ValueError, match="does not stand"):
        propose(replace(of, kept={}))


def test_somebody_from_outside_uses_up_the_slot_and_nobodys_turn() -> None:
    slots = [(group, MONTHS[0]) for group in (1, 2)]
    kept = {slot: (NOBODY, date(2026, 9, 4)) for slot in slots}
    found = propose(problem({1: (11,), 2: (11,)}, kept=kept, fixed=frozenset(slots)))
    assert [one.mentor_id for one in found.lectures] == [NOBODY, NOBODY]
    assert (found.idle, found.unmet) == ((11,), ())


def test_what_stands_outside_of_the_months_counts_if_it_is_fixed() -> None:
    past = 1, date(2026, 6, 1)
    of = problem({1: (11, 12)}, kept={past: (11, date(2026, 6, 5))}, given={12: 0})
    assert propose(of).changed == (past,)
    found = propose(replace(of, fixed=frozenset({past})))
    assert who(found) == {past: 11, (1, MONTHS[0]): 12}


def test_a_filled_slot_is_worth_more_than_what_stands() -> None:
    slot, other = (1, MONTHS[0]), (2, MONTHS[0])
    found = propose(problem({1: (11, 12), 2: (11,)}, kept={slot: (11, date(2026, 9, 4))}))
    assert who(found) == {slot: 12, other: 11}
    assert found.changed == (slot,)
    assert found.lectures[0].day == date(2026, 9, 4), "the families' day stays where it can"


def test_a_mentor_stays_on_another_day() -> None:
    slot, day = (1, MONTHS[0]), date(2026, 9, 4)
    of = problem({1: (11, 12)}, kept={slot: (12, day)}, given={12: 7}, away={12: frozenset({day})})
    assert propose(of).lectures == (Lecture(*slot, 12, date(2026, 9, 11)),)
    assert propose(of).changed == (slot,)


def test_one_that_stays_as_it_is_is_worth_more_than_mentors_that_stay() -> None:
    month, day, lost = MONTHS[0], date(2026, 9, 4), date(2026, 9, 25)
    kept = {(1, month): (11, day), (2, month): (11, lost), (3, month): (12, lost)}
    found = propose(problem({1: (11, 13), 2: (11, 12), 3: (12, 13)}, kept=kept))
    assert who(found) == {(1, month): 11, (2, month): 12, (3, month): 13}


def test_those_with_fewer_lectures_come_first_and_wishes_last() -> None:
    of = problem({1: (11, 12, 13)}, MONTHS[:2], given={11: 2, 12: 1, 13: 1}, prefers={11: frozenset(MONTHS)})
    assert propose(of).idle == (11,)
    wishing = replace(of, prefers={12: frozenset(MONTHS[1:2])})
    assert who(propose(wishing)) == {(1, MONTHS[0]): 13, (1, MONTHS[1]): 12}


def test_guardians_are_not_asked_to_be_at_two() -> None:
    of = problem({group: (group + 10,) for group in (1, 2, 3)}, shared={(1, 3): 2, (2, 3): 1})
    days = [one.day.day for one in propose(of).lectures]
    assert days == [4, 4, 11]
    # Where it cannot be helped, as few as can be; and what is fixed counts.
    stands = {(1, MONTHS[0]): (NOBODY, date(2026, 9, 4)), (2, MONTHS[0]): (NOBODY, date(2026, 9, 11))}
    fixed = propose(replace(of, kept=stands, fixed=frozenset(stands)))
    assert fixed.lectures[2].day == date(2026, 9, 11)


def test_why_a_slot_is_open() -> None:
    month = MONTHS[0]
    of = problem(
        {1: (11, 12), 2: (11, 12), 3: (12, 11), 4: (13, 14), 5: (15,)},
        away={13: whole(month)},
        cannot={14: frozenset({month})},
    )
    found = propose(of)
    short, away = found.unmet
    assert (short.why, short.mentors, short.places) == (Why.TOO_FEW, (11, 12), 2)
    assert short.others == ((1, month), (2, month), (3, month))
    assert (away.class_id, away.why, away.mentors) == (4, Why.ALL_AWAY, (13, 14))


def test_whoever_cannot_that_month_anyway_brings_nobody_else_into_it() -> None:
    fixed = 9, MONTHS[0]
    of = problem({1: (11,)}, MONTHS[:2], kept={fixed: (11, date(2026, 9, 4))}, fixed=frozenset({fixed}), most=3)
    (short,) = propose(of).unmet
    assert (short.others, short.mentors, short.places) == (((1, MONTHS[0]),), (11,), 0)


def test_what_is_fixed_is_a_lecture_like_others() -> None:
    fixed = 9, MONTHS[0]
    of = problem({1: (11, 12)}, MONTHS[1:2], kept={fixed: (11, date(2026, 9, 4))}, fixed=frozenset({fixed}), most=2)
    assert who(propose(of)) == {fixed: 11, (1, MONTHS[1]): 12}
    assert who(propose(replace(of, given={12: 2}))) == {fixed: 11, (1, MONTHS[1]): 11}
