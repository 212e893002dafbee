"""The rule by itself: stable within its bounds, best for families, the same for the same input, and honest where it cannot be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as some

from models.matching.preferences import Ranks, asked_of, chosen, fixed_of
from models.matching.problem import FULL, NEVER, Cause, Facts, Problem, Sex, Tally, Trouble, bounds_of, causes
from models.matching.stable import RANKS, SLACKS, Place, Run, Why, blocking, propose

MENTORS = (101, 102, 103)


@some.composite
def problems(draw: some.DrawFn, pupils: int = 5, most: int = 4) -> Problem:
    """A small round of any kind; not every one is possible."""
    here = tuple(range(1, draw(some.integers(1, pupils)) + 1))
    mentors = MENTORS[: draw(some.integers(1, 3))]
    anybody = some.sampled_from(mentors)
    pairs = some.frozensets(some.tuples(some.sampled_from(here), anybody), max_size=2)
    return Problem(
        here,
        {one: draw(some.integers(0, most)) for one in mentors},
        {one: tuple(draw(some.lists(anybody, max_size=3, unique=True))) for one in here},
        {one: tuple(draw(some.lists(some.sampled_from(here), max_size=3, unique=True))) for one in mentors},
        draw(some.frozensets(anybody)),
        draw(pairs),
        draw(pairs),
        draw(some.dictionaries(some.sampled_from(here), anybody)),
        {one: Facts(draw(some.sampled_from(Sex)), draw(some.booleans())) for one in here},
        draw(some.booleans()),
        draw(some.booleans()),
        draw(some.booleans()),
        draw(some.integers(0, 99)),
    )


def mentors_of(places: dict[int, Place]) -> dict[int, int]:
    return {pupil: place.mentor for pupil, place in places.items()}


@settings(max_examples=400, deadline=None)
@given(problems(pupils=9, most=5))
def test_no_pair_would_rather_have_each_other_within_the_bounds(problem: Problem) -> None:
    if causes(problem):
        return
    found = propose(problem)
    places = dict(found.places)
    assert found.slack in SLACKS
    assert set(places) | set(found.left) == set(problem.pupils)
    assert not set(places) & set(found.left)
    assert blocking(problem, found.slack, mentors_of(places)) == []
    count = Counter(place.mentor for place in places.values())
    fixed = fixed_of(problem)
    for mentor, many in count.items():
        assert many <= problem.rooms[mentor]
    for pupil, place in places.items():
        assert (pupil, place.mentor) not in problem.never or (pupil, place.mentor) in problem.must
        if pupil in fixed:
            assert place.mentor == fixed[pupil]
    # Balance holds for all that was not settled before.
    bounds = bounds_of(problem, found.slack)
    for mentor, bound in bounds.items():
        own = [pupil for pupil, place in places.items() if place.mentor == mentor and pupil not in fixed]
        tally = Tally(bound, problem)
        for pupil in own:
            assert not tally.refuses(pupil)
            tally.add(pupil)


@settings(max_examples=150, deadline=None)
@given(problems(pupils=4, most=3))
def test_it_is_the_best_stable_result_for_every_family(problem: Problem) -> None:
    """Against every assignment there is: none that is stable gives any family a mentor that it would rather have."""
    if causes(problem):
        return
    found = propose(problem)
    asked, fixed, ranks = asked_of(problem), fixed_of(problem), Ranks(problem)
    bounds = bounds_of(problem, found.slack)
    free = [one for one in problem.pupils if one not in fixed]
    lists = {one: [m for m in asked[one] if problem.possible(one, m)] for one in free}

    def sorted_by(mentor: int, pupils: list[int]) -> list[int]:
        return sorted(pupils, key=lambda one: ranks.key(mentor, one))

    def stable(with_: dict[int, list[int]], got: dict[int, int | None]) -> bool:
        settled = {m: [p for p, at in fixed.items() if at == m] for m in with_}
        for mentor, pupils in with_.items():
            if chosen(problem, bounds[mentor], settled[mentor], sorted_by(mentor, pupils))[1]:
                return False  # more than the bounds allow
        for pupil in free:
            for mentor in lists[pupil]:
                if mentor == got[pupil]:
                    break
                some_ = sorted_by(mentor, [*with_[mentor], pupil])
                if pupil in chosen(problem, bounds[mentor], settled[mentor], some_)[0]:
                    return False
        return True

    mine = {
        pupil: found.places[pupil].mentor
        if pupil in found.places and found.places[pupil].mentor in lists[pupil]
        else None
        for pupil in free
    }
    for choice in product(*([*lists[one], None] for one in free)):
        got = dict(zip(free, choice, strict=True))
        with_: dict[int, list[int]] = {mentor: [] for mentor in problem.rooms}
        for pupil, mentor in got.items():
            if mentor is not None:
                with_[mentor].append(pupil)
        if not stable(with_, got):
            continue
        for pupil in free:
            theirs, own = got[pupil], mine[pupil]
            rank = len(lists[pupil]) if own is None else lists[pupil].index(own)
            assert theirs is None or lists[pupil].index(theirs) >= rank


@settings(max_examples=150, deadline=None)
@given(problems(pupils=6, most=3), some.sampled_from((0, None)))
def test_no_family_gains_by_another_order_of_its_wishes(problem: Problem, slack: int | None) -> None:
    """Under the same bounds, and of all whose pair is not settled before: whatever order it says, it gets nothing better."""
    if causes(problem):
        return
    problem = replace(problem, keep=False)
    true = Run(problem, slack).done().places
    for pupil, wishes in problem.wishes.items():
        if pupil in fixed_of(problem):
            continue
        got = [one for one in wishes if pupil in true and true[pupil].mentor == one]
        best = wishes.index(got[0]) if got else len(wishes)
        for order in (said for many in range(1, len(wishes) + 1) for said in permutations(wishes, many)):
            place = Run(replace(problem, wishes={**problem.wishes, pupil: order}), slack).done().places.get(pupil)
            if place is not None and place.mentor in order:
                assert wishes.index(place.mentor) >= best


@settings(max_examples=200, deadline=None)
@given(problems(pupils=6, most=4))
def test_nobody_is_left_over_where_there_is_a_place_that_may_be(problem: Problem) -> None:
    if causes(problem):
        return
    found = propose(problem)
    count = Counter(place.mentor for place in found.places.values())
    for pupil in found.left:
        # Every mentor who may have this pupil is full; and none of those there who did not ask could go elsewhere.
        for mentor in problem.rooms:
            if problem.possible(pupil, mentor):
                assert count[mentor] == problem.rooms[mentor]
    assert propose(problem) == found


def test_impossible_rounds_say_why() -> None:
    few = Problem((1, 2, 3), {101: 1, 102: 1})
    assert causes(few) == [Cause(Trouble.TOO_FEW, number=1)]
    pairs = Problem(
        (1, 2, 3),
        {101: 1, 102: 5},
        must=frozenset({(1, 101), (1, 102), (2, 101), (3, 999)}),
        never=frozenset({(2, 101)}),
    )
    assert set(causes(pairs)) == {
        Cause(Trouble.TWO_MUSTS, 1, 102),
        Cause(Trouble.MUST_NEVER, 2, 101),
        Cause(Trouble.MUST_STRANGER, 3, 999),
        Cause(Trouble.MUST_FULL, 0, 101, 1),
    }
    assert causes(Problem((), {})) == [Cause(Trouble.NOBODY)]


def test_reasons_and_keeping() -> None:
    problem = Problem(
        (1, 2, 3, 4),
        {101: 1, 102: 2, 103: 1},
        {1: (101,), 2: (101, 102), 3: (103, 101)},
        {101: (1,)},
        never=frozenset({(3, 103)}),
        present={4: 103},
    )
    found = propose(problem)
    assert found.places[1] == Place(101, Why.FIRST)
    assert found.places[2] == Place(102, Why.SECOND, FULL)
    assert found.places[4] == Place(103, Why.STAYED)
    assert found.places[3] == Place(102, Why.FILLED, NEVER + FULL)
    kept = propose(Problem((1, 2), {101: 1, 102: 1}, {1: (101,), 2: (101,)}, keeps=frozenset({101}), present={2: 101}))
    assert kept.places[2].why is Why.KEPT
    assert kept.places[1] == Place(102, Why.FILLED, FULL)


def test_balance_spreads_and_gives_way_only_where_it_must() -> None:
    facts = {pupil: Facts(Sex.GIRL if pupil % 2 else Sex.BOY, pupil in (1, 3)) for pupil in range(1, 9)}
    wishes = {pupil: (101,) for pupil in range(1, 9) if facts[pupil].sex == Sex.GIRL}
    even = propose(Problem(tuple(range(1, 9)), {101: 4, 102: 4}, wishes, facts=facts))
    girls = Counter(place.mentor for pupil, place in even.places.items() if facts[pupil].sex == Sex.GIRL)
    assert (girls, even.slack) == ({101: 2, 102: 2}, 0)
    urgent = Counter(place.mentor for pupil, place in even.places.items() if facts[pupil].priority)
    assert urgent == {101: 1, 102: 1}
    # Without the rule all girls get their wish.
    free = propose(Problem(tuple(range(1, 9)), {101: 4, 102: 4}, wishes, facts=facts, balance=False, priority=False))
    assert all(free.places[pupil].why in RANKS for pupil in wishes)
    # A pair that must not be leaves no other way: the bound is widened, and it is said by how much.
    forced = propose(
        Problem(
            tuple(range(1, 9)),
            {101: 4, 102: 4},
            facts=facts,
            never=frozenset((pupil, 102) for pupil in range(1, 9) if facts[pupil].sex == Sex.GIRL),
        )
    )
    assert not forced.left
    assert forced.slack == 2
