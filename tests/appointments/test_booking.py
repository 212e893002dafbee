"""Nobody is booked twice: the rules one by one, and then everybody at once on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, text

from bot.database import Database, open_engine
from models.appointments import booking, slots, visits
from models.appointments.booking import Result
from models.appointments.rules import VisitRules
from models.appointments.states import Form, Purpose, Reply, VisitState
from models.unit import Unit
from models.vault import Vault
from tests.appointments.town import RULES, ZONE, Town

EVENING = 17 * 60
MANY = VisitRules(teachers=1, most_per_week=100)


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def choose(
    town: Town,
    visit: int,
    guardian: int,
    at: int,
    form: Form = Form.HOME,
    rules: VisitRules = RULES,
    proposed: bool = False,
) -> Result:
    with town.unit() as unit:
        return booking.choose(unit, visit, guardian, form, at, rules, ZONE, proposed=proposed)


def state(town: Town, visit: int) -> str:
    with town.unit() as unit:
        return visits.must(unit, visit).state


def busy(town: Town, visit: int) -> int:
    return int(str(town.school.run("SELECT COUNT(*) FROM busy WHERE visit_id = :visit", visit=visit)[0][0]))


def family(town: Town, mentor: int, name: str) -> tuple[int, int]:
    guardian = town.guardian(f"{name}妈妈")
    pupil = town.pupil(name, mentor, guardian)
    return town.invite(pupil, mentor, guardian), guardian


def test_a_chosen_slot_is_booked_and_taken_for_everybody_else(town: Town) -> None:
    mentor = town.teacher("李")
    town.free(mentor, 1, EVENING, EVENING + 120)
    first, mother = family(town, mentor, "甲")
    second, father = family(town, mentor, "乙")
    at = town.at(1, EVENING)
    assert choose(town, first, mother, at) is Result.CONFIRMED
    assert choose(town, second, father, at) is Result.GONE
    assert state(town, second) == "invited"
    # The way between two homes is thirty minutes: the next one begins an hour later.
    assert choose(town, second, father, at + 55 * 60_000) is Result.GONE
    assert choose(town, second, father, at + 60 * 60_000) is Result.CONFIRMED
    assert busy(town, first) == 6 * 3  # mentor, mother and child, half an hour
    with town.unit() as unit:
        assert [one.reply for one in visits.guests(unit, first)] == [Reply.HOST]


def test_a_request_holds_nothing_until_the_second_teacher_agrees(town: Town) -> None:
    rules = VisitRules()
    mentor, other = town.teacher("李"), town.teacher("周")
    town.free(mentor, 1, EVENING, EVENING + 60)
    mother, father = town.guardian("甲妈妈"), town.guardian("乙妈妈")
    first = town.invite(town.pupil("甲", mentor, mother), mentor, mother, companion=other)
    second = town.invite(town.pupil("乙", mentor, father), mentor, father, companion=other)
    at = town.at(1, EVENING)
    assert choose(town, first, mother, at, rules=rules) is Result.WAITS_COMPANION
    assert choose(town, second, father, at, rules=rules) is Result.WAITS_COMPANION
    assert busy(town, first) == 0
    with town.unit() as unit:
        assert booking.companion_agrees(unit, second, other, at, rules, ZONE) is Result.CONFIRMED
    with town.unit() as unit:
        assert booking.companion_agrees(unit, first, other, at, rules, ZONE) is Result.GONE
    assert (state(town, first), state(town, second)) == ("invited", "confirmed")
    assert busy(town, second) == 6 * 4


def test_a_visit_without_its_second_teacher_is_not_confirmed_any_more(town: Town) -> None:
    rules = VisitRules()
    mentor, other, third = town.teacher("李"), town.teacher("周"), town.teacher("孙")
    town.free(mentor, 1, EVENING, EVENING + 60)
    mother = town.guardian("甲妈妈")
    visit = town.invite(town.pupil("甲", mentor, mother), mentor, mother)
    at = town.at(1, EVENING)
    assert choose(town, visit, mother, at, rules=rules) is Result.NEEDS_COMPANION
    for one in (other, third):
        with town.unit() as unit:
            assert booking.ask_companion(unit, visit, mentor, one)
        with town.unit() as unit:
            assert booking.companion_agrees(unit, visit, one, at, rules, ZONE) is Result.CONFIRMED
        with town.unit() as unit:
            assert booking.companion_refuses(unit, visit, one) is Result.NEEDS_COMPANION
        assert state(town, visit) == "accepted"
        assert busy(town, visit) == 0


def test_two_children_of_one_family_are_not_visited_at_one_time(town: Town) -> None:
    one, other = town.teacher("李"), town.teacher("周")
    for teacher in (one, other):
        town.free(teacher, 1, EVENING, EVENING + 60)
    mother, father = town.guardian("妈妈"), town.guardian("爸爸")
    elder, younger = town.pupil("大", one, mother, father), town.pupil("小", other, mother, father)
    first, second = town.invite(elder, one, mother, father), town.invite(younger, other, mother, father)
    at = town.at(1, EVENING)
    assert choose(town, first, mother, at) is Result.CONFIRMED
    # Another guardian, another teacher, another child: but the children would be at two visits.
    assert choose(town, second, father, at) is Result.GONE
    assert choose(town, second, father, at + 30 * 60_000) is Result.CONFIRMED


def test_a_move_keeps_the_old_time_until_the_new_one_is_held(town: Town) -> None:
    mentor = town.teacher("李")
    town.free(mentor, 1, EVENING, EVENING + 120)
    first, mother = family(town, mentor, "甲")
    second, father = family(town, mentor, "乙")
    at = town.at(1, EVENING)
    assert choose(town, first, mother, at) is Result.CONFIRMED
    assert choose(town, second, father, at + 3_600_000) is Result.CONFIRMED
    assert choose(town, second, father, at) is Result.GONE
    with town.unit() as unit:
        kept = visits.must(unit, second)
        assert (kept.state, kept.starts_at, kept.sequence) == ("confirmed", at + 3_600_000, 0)
    with town.unit() as unit:
        assert booking.end(unit, first, VisitState.CANCELLED, mother)
    assert busy(town, first) == 0
    assert choose(town, second, father, at) is Result.CONFIRMED
    with town.unit() as unit:
        moved = visits.must(unit, second)
        assert (moved.starts_at, moved.sequence) == (at, 1)
    assert busy(town, second) == 18


def test_the_schools_bounds_hold(town: Town) -> None:
    mentor = town.teacher("李")
    for weekday in range(7):
        town.free(mentor, weekday, 0, 1440)
    visit, mother = family(town, mentor, "甲")
    for minutes in (9 * 60, 16 * 60, 19 * 60 + 35, 7 * 60):  # lessons, lessons, after 20:00, before 08:00
        assert choose(town, visit, mother, town.at(1, minutes)) is Result.GONE, minutes
    assert choose(town, visit, mother, town.at(0, 19 * 60)) is Result.GONE  # less than a day ahead
    assert choose(town, visit, mother, town.at(40, 17 * 60)) is Result.GONE
    assert choose(town, visit, mother, town.at(1, 17 * 60 + 2)) is Result.GONE
    # On a Saturday there are no lessons.
    assert choose(town, visit, mother, town.at(5, 9 * 60)) is Result.CONFIRMED


def test_a_proposal_needs_the_mentors_word_and_may_lie_within_lessons(town: Town) -> None:
    mentor = town.teacher("李")
    visit, mother = family(town, mentor, "甲")
    at = town.at(2, 15 * 60)
    assert choose(town, visit, mother, at, Form.SCHOOL, proposed=True) is Result.WAITS_MENTOR
    assert busy(town, visit) == 0
    with town.unit() as unit:
        assert booking.mentor_agrees(unit, visit, mentor, at + 60_000, RULES, ZONE) is Result.OVER
        assert booking.mentor_agrees(unit, visit, mentor, at, RULES, ZONE) is Result.CONFIRMED
    assert choose(town, visit, mother, town.at(2, 20 * 60), proposed=True) is Result.GONE


def test_a_week_has_an_end_of_visits(town: Town) -> None:
    mentor = town.teacher("李")
    for weekday in range(5):
        town.free(mentor, weekday, 17 * 60, 20 * 60)
    rules = VisitRules(teachers=1, most_per_week=2)
    done = []
    for number in range(3):
        visit, mother = family(town, mentor, f"生{number}")
        done.append(choose(town, visit, mother, town.at(1 + number, EVENING), rules=rules))
        if number == 2:
            assert choose(town, visit, mother, town.at(8, EVENING), rules=rules) is Result.CONFIRMED
    assert done == [Result.CONFIRMED, Result.CONFIRMED, Result.GONE]


def test_one_guardian_accepts_the_other_joins_and_cannot_move_it(town: Town) -> None:
    mentor = town.teacher("李")
    town.free(mentor, 1, EVENING, EVENING + 120)
    mother, father = town.guardian("妈妈"), town.guardian("爸爸")
    visit = town.invite(town.pupil("甲", mentor, mother, father), mentor, mother, father)
    at = town.at(1, EVENING)
    assert choose(town, visit, mother, at) is Result.CONFIRMED
    assert choose(town, visit, father, at + 3_600_000) is Result.NOT_HOST
    with town.unit() as unit:
        assert booking.join(unit, visit, father) is Result.CONFIRMED
        assert {one.guardian_id: one.reply for one in visits.guests(unit, visit)} == {
            mother: Reply.HOST,
            father: Reply.JOINED,
        }
    assert busy(town, visit) == 24


def test_a_family_has_declined_when_all_of_it_has(town: Town) -> None:
    mentor = town.teacher("李")
    mother, father = town.guardian("妈妈"), town.guardian("爸爸")
    visit = town.invite(town.pupil("甲", mentor, mother, father), mentor, mother, father)
    with town.unit() as unit:
        assert booking.decline(unit, visit, mother) is False
    assert state(town, visit) == "invited"
    with town.unit() as unit:
        assert booking.decline(unit, visit, father) is True
    assert state(town, visit) == "declined"


# --- all at once ---


def one_choice(unit: Unit, claim: tuple[int, int, int], form: Form) -> Result:
    """A choice, and what is shown after a refusal: the next free slots, none of them taken."""
    visit, guardian, at = claim
    result = booking.choose(unit, visit, guardian, form, at, MANY, ZONE)
    if result is Result.GONE:
        wanted = booking.wanted_for(visits.must(unit, visit), form, guardian, MANY, ZONE)
        assert at not in [one.starts_at for one in slots.free(unit, wanted, MANY)]
    return result


def race(town: Town, url: str, claims: list[tuple[int, int, int]], form: Form) -> Counter[Result]:
    """Each claim (visit, guardian, time) in a transaction of its own: PostgreSQL over eight connections at once, SQLite
    through the bot's one way to it, all asked for at once."""
    if "sqlite" in url:
        return asyncio.run(_race_of_writes(town, url, claims, form))
    workers = 8
    start = Barrier(workers)

    def work(mine: list[tuple[int, int, int]]) -> Counter[Result]:
        engine = open_engine(url)
        found: Counter[Result] = Counter()
        start.wait(30)
        for claim in mine:
            with town.unit(engine=engine) as unit:
                found[one_choice(unit, claim, form)] += 1
        engine.dispose()
        return found

    with ThreadPoolExecutor(workers) as pool:
        total: Counter[Result] = Counter()
        for one in pool.map(work, [claims[number::workers] for number in range(workers)]):
            total += one
    return total


async def _race_of_writes(town: Town, url: str, claims: list[tuple[int, int, int]], form: Form) -> Counter[Result]:
    database = Database(url)

    def choice(connection: Connection, claim: tuple[int, int, int]) -> Result:
        unit = Unit(connection, town.vault, town.now)
        result = one_choice(unit, claim, form)
        unit.finish()
        return result

    found = await asyncio.gather(*(database.write(partial(choice, claim=one)) for one in claims))
    await database.close()
    return Counter(found)


@pytest.mark.timeout(400)
def test_thirty_slots_and_eight_guardians_for_each_on_eight_connections_at_once(town: Town, database_url: str) -> None:
    if "sqlite" in database_url:
        pytest.skip("one writer: a hundred slots through the bot, with what people see, are in test_races.py")
    days, each = 5, 6  # five mornings at school, a slot every fifteen minutes from 8:00
    mentor = town.teacher("李")
    for weekday in range(1, 1 + days):
        town.free(mentor, weekday, 8 * 60, 8 * 60 + each * 15, Purpose.HOUR)
    times = [town.at(day, 8 * 60 + 15 * number) for day in range(1, 1 + days) for number in range(each)]
    families = town.families(len(times) * 8, mentor, Purpose.HOUR)
    claims = [(visit, guardian, times[number // 8]) for number, (visit, guardian) in enumerate(families)]
    total = race(town, database_url, claims, Form.SCHOOL)
    assert total == {Result.CONFIRMED: 30, Result.GONE: 210}
    with town.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT starts_at, COUNT(*) FROM visit WHERE state = 'confirmed' GROUP BY starts_at")
        ).all()
    assert {(at, 1) for at in times} == {tuple(row) for row in rows}


@pytest.mark.timeout(400)
def test_twelve_visits_move_to_three_times_at_once(town: Town, database_url: str) -> None:
    mentor = town.teacher("李")
    for weekday in range(1, 6):
        town.free(mentor, weekday, 17 * 60, 20 * 60)
    families = town.families(12, mentor)
    # Three an evening, an hour apart, on four evenings; then all want the last evening.
    for number, (visit, guardian) in enumerate(families):
        at = town.at(1 + number // 3, 17 * 60 + 60 * (number % 3))
        assert choose(town, visit, guardian, at, rules=MANY) is Result.CONFIRMED
    goals = [town.at(5, 17 * 60 + 60 * (number % 3)) for number in range(12)]
    claims = [(visit, guardian, at) for (visit, guardian), at in zip(families, goals, strict=True)]
    total = race(town, database_url, claims, Form.HOME)
    assert total[Result.CONFIRMED] == 3
    with town.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*), COUNT(DISTINCT starts_at) FROM visit")).one() == (12, 12)
        assert connection.execute(text("SELECT COUNT(*) FROM busy")).scalar() == 12 * 18
