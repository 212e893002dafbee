"""Everybody at once: on PostgreSQL over eight connections, on SQLite through the bot's one way to it, and through the bot."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session

from bot.database import Database, open_engine
from models.appointments import availability, booking, slots, visits
from models.appointments.booking import Result
from models.appointments.rules import VisitRules
from models.appointments.slots import MINUTE
from models.appointments.states import Form, Purpose, VisitState
from models.base import to_ms
from models.unit import Unit
from models.vault import Vault
from tests.appointments import crowd, reckoned
from tests.appointments.reckoned import Facts
from tests.appointments.town import ZONE, Town
from tests.school import Bot

EVENING = 17 * 60
RULES = VisitRules(most_per_week=100)
WORKERS = 8
Work = Callable[[Unit], object]


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def at_once(town: Town, url: str, works: list[Work]) -> list[object]:
    """Each in a transaction of its own, as many at once as there are connections; the answers in order."""

    def run(connection: Connection, work: Work) -> object:
        unit = Unit(connection, town.vault, town.now)
        answer = work(unit)
        unit.finish()
        return answer

    if "sqlite" in url:

        async def through_the_writer() -> list[object]:
            database = Database(url)
            asked = (database.write(partial(run, work=work)) for work in works)
            found = await asyncio.gather(*asked)
            await database.close()
            return list(found)

        return asyncio.run(through_the_writer())
    start, workers = Barrier(min(WORKERS, len(works))), min(WORKERS, len(works))

    def one(number: int) -> list[tuple[int, object]]:
        engine, found = open_engine(url), []
        with engine.connect():
            pass
        start.wait(30)
        for place in range(number, len(works), workers):
            with engine.begin() as connection:
                found.append((place, run(connection, works[place])))
        engine.dispose()
        return found

    with ThreadPoolExecutor(workers) as pool:
        answers = dict(pair for part in pool.map(one, range(workers)) for pair in part)
    return [answers[place] for place in range(len(works))]


def all_holds(town: Town, rules: VisitRules = RULES) -> reckoned.Seen:
    """Reckons from the rows that nobody is in two places, and that holds are what the confirmed ones need."""
    children: dict[int, set[int]] = {}
    for pupil, guardian in town.school.run(
        "SELECT pupil_id, person_id FROM guardianship WHERE confirmed_at IS NOT NULL"
    ):
        children.setdefault(int(str(guardian)), set()).add(int(str(pupil)))
    with town.engine.connect() as connection:
        seen = reckoned.look(connection, to_ms(town.now))
    reckoned.check(seen, Facts(rules, ZONE, children))
    return seen


def choice(visit: int, guardian: int, at: int, form: Form = Form.SCHOOL) -> Work:
    return lambda unit: booking.choose(unit, visit, guardian, form, at, RULES, ZONE)


def yes(visit: int, second: int, at: int) -> Work:
    return lambda unit: booking.companion_agrees(unit, visit, second, at, RULES, ZONE)


def off(visit: int, who: int) -> Work:
    return lambda unit: booking.end(unit, visit, VisitState.CANCELLED, who)


def anew(visit: int, mentor: int) -> Work:
    return lambda unit: booking.reopen(unit, visit, mentor, "mentor_moves")


def along(visit: int, guardian: int) -> Work:
    return lambda unit: booking.join(unit, visit, guardian)


def two_mentors(town: Town) -> tuple[int, int]:
    """Both are free on two evenings."""
    mentors = town.teacher("李"), town.teacher("周")
    for mentor in mentors:
        for weekday in (1, 2):
            town.free(mentor, weekday, EVENING, EVENING + 180)
    return mentors


def test_one_second_teacher_is_never_with_two_families_at_once(town: Town, database_url: str) -> None:
    mentors, second = two_mentors(town), town.teacher("孙")
    families = [(mentor, pair) for mentor in mentors for pair in town.families(10, mentor)]
    town.school.run("UPDATE visit SET companion_id = :second", second=second)
    times = [town.at(1 + number % 2, EVENING + 60 * (number // 2 % 3)) for number in range(20)]
    chosen = at_once(
        town, database_url, [choice(*pair, at, Form.HOME) for (_, pair), at in zip(families, times, strict=True)]
    )
    assert Counter(chosen) == {Result.WAITS_COMPANION: 20}
    answers = at_once(
        town, database_url, [yes(visit, second, at) for (_, (visit, _)), at in zip(families, times, strict=True)]
    )
    assert Counter(answers) == {Result.CONFIRMED: 6, Result.GONE: 14}
    seen = all_holds(town)
    assert {one.starts_at for one in seen.holding} == set(times)


def test_a_mother_of_two_accepts_both_mentors_at_the_same_moment(town: Town, database_url: str) -> None:
    one, other = two_mentors(town)
    works: list[Work] = []
    for number in range(6):
        mother = town.guardian(f"妈{number}")
        # Times of one mentor that do not stand in each other's way; the two children's are the same.
        at = town.at(1 + number // 3, EVENING + 60 * (number % 3))
        for name, mentor in (("大", one), ("小", other)):
            visit = town.invite(town.pupil(f"{name}{number}", mentor, mother), mentor, mother)
            works.append(choice(visit, mother, at))
    assert Counter(at_once(town, database_url, works)) == {Result.CONFIRMED: 6, Result.GONE: 6}
    all_holds(town)


def test_cancelled_while_the_second_teacher_says_yes(town: Town, database_url: str) -> None:
    mentors, works = two_mentors(town), list[Work]()
    for number in range(8):
        mother, second = town.guardian(f"妈{number}"), town.teacher(f"孙{number}")
        mentor = mentors[number % 2]
        visit = town.invite(town.pupil(f"甲{number}", mentor, mother), mentor, mother, companion=second)
        at = town.at(1, EVENING + 60 * (number // 2 % 3))
        assert at_once(town, database_url, [choice(visit, mother, at, Form.HOME)]) == [Result.WAITS_COMPANION]
        works += [yes(visit, second, at), off(visit, mother)]
    answers = at_once(town, database_url, works)
    assert set(answers[1::2]) == {True}
    seen = all_holds(town)
    assert {one.state for one in seen.visits.values()} == {"cancelled"}
    assert not seen.busy


def test_two_guardians_choose_different_times_at_once_and_one_of_them_decides(town: Town, database_url: str) -> None:
    mentor, works = two_mentors(town)[0], list[Work]()
    for number in range(6):
        mother, father = town.guardian(f"妈{number}"), town.guardian(f"爸{number}")
        visit = town.invite(town.pupil(f"甲{number}", mentor, mother, father), mentor, mother, father)
        first = town.at(1, EVENING + 30 * number)
        works += [choice(visit, mother, first), choice(visit, father, first + 24 * 60 * MINUTE)]
    answers = at_once(town, database_url, works)
    for mothers, fathers in zip(answers[::2], answers[1::2], strict=True):
        assert {mothers, fathers} == {Result.CONFIRMED, Result.NOT_HOST}
    assert len(all_holds(town).holding) == 6


def test_one_comes_along_while_the_other_moves_or_calls_it_off(town: Town, database_url: str) -> None:
    mentor, works = two_mentors(town)[0], list[Work]()
    for number in range(6):
        mother, father = town.guardian(f"妈{number}"), town.guardian(f"爸{number}")
        visit = town.invite(town.pupil(f"甲{number}", mentor, mother, father), mentor, mother, father)
        at = town.at(1, EVENING + 30 * number)
        assert at_once(town, database_url, [choice(visit, mother, at)]) == [Result.CONFIRMED]
        works.append(along(visit, father))
        works.append(choice(visit, mother, at + 24 * 60 * MINUTE) if number % 2 else anew(visit, mentor))
    at_once(town, database_url, works)
    assert len(all_holds(town).holding) == 3


def test_an_invitation_that_is_sent_twice_at_once_is_one(town: Town, database_url: str) -> None:
    mentor = town.teacher("李")
    pupils = [town.pupil(f"甲{number}", mentor, town.guardian(f"妈{number}")) for number in range(4)]

    def plan(pupil: int) -> Work:
        return lambda unit: visits.plan(
            unit,
            school_id=town.school.ids["school"],
            pupil_id=pupil,
            mentor_id=mentor,
            purpose=Purpose.VISIT,
            state=VisitState.INVITED,
            actor=mentor,
        )

    answers = at_once(town, database_url, [plan(pupils[number // 8]) for number in range(32)])
    # For each pupil one that is new, and seven times the same found again.
    assert {len(found) for found in (set(answers[at : at + 8]) for at in range(0, 32, 8))} == {2}
    assert town.school.run("SELECT COUNT(*) FROM visit") == [(4,)]


# --- through the bot ---

SLOTS, EACH = 100, 8


def prepared(bot: Bot) -> list[tuple[crowd.Family, int]]:
    """A mentor with a hundred free quarters of an hour, and eight families with a button for each of them."""
    school, moment = bot.school, bot.clock.now().astimezone(UTC)
    with Session(school.engine) as session:
        mentor = crowd.joined(session, school, bot.id, crowd.FIRST - 1, "李老师", "M1")
        session.commit()
    unit = school.unit()
    for weekday in range(7):
        availability.toggle_week(unit, mentor, "hour", weekday, 8 * 60, 13 * 60)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    families = crowd.families(school, bot.id, [mentor], SLOTS * EACH, Purpose.HOUR)
    with school.engine.connect() as connection:
        unit = Unit(connection, school.vault, moment)
        first = families[0]
        wanted = booking.wanted_for(visits.must(unit, first.visit), Form.SCHOOL, first.guardian, VisitRules(), ZONE)
        times = [one.starts_at for one in slots.free(unit, wanted, VisitRules())][:SLOTS]
    return [(family, times[number // EACH]) for number, family in enumerate(families)]


async def done(bot: Bot) -> None:
    """Waits until everything that came in is handled and everything that was to be said is said."""
    while True:
        waits = bot.school.run(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new')"
            " + (SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
        )
        pending = (await bot.telegram.stats())["pending"][str(bot.id)]
        if waits == [(0,)] and not pending:
            return
        await asyncio.sleep(0.1)


@pytest.mark.timeout(400)
async def test_a_hundred_times_and_eight_families_for_each_press_at_once(bot: Bot) -> None:
    claims = prepared(bot)
    people = [crowd.FIRST - 1, *(family.user_id for family, _ in claims)]
    await bot.telegram.post(
        "people", people=[{"id": one, "first_name": "家长", "language_code": "zh-hans"} for one in people]
    )
    await bot.telegram.act_all([{"person": one, "bot": bot.id, "do": "start"} for one in people])
    await done(bot)
    crowd.offer(bot.school, bot.id, claims, "school", "就约这个时间")
    await asyncio.sleep(3.5)  # the bot looks at the table itself every three seconds
    await done(bot)
    presses = [
        {"person": family.user_id, "bot": bot.id, "do": "press", "button": "就约这个时间"} for family, _ in claims
    ]
    began, cpu = time.perf_counter(), time.process_time()
    answers = await bot.telegram.act_all(presses)
    assert not [one for one in answers if "error" in one]
    await done(bot)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    seen: Counter[str] = Counter()
    for family, _ in claims:
        chat = await bot.telegram.get("chat", person=family.user_id, bot=bot.id)
        shown = [one for one in chat["messages"] if one["from"] == "bot"]
        seen.update(_kinds([one["text"] or one.get("caption") or "" for one in shown]))
        # The short answer to a press is worthless after fifteen seconds, and then not sent; the text says it in any case.
        seen["in a word"] += sum("刚刚被约走了" in one["text"] for one in chat["toasts"])
        for one in shown:
            if "这些还空着" in (one["text"] or ""):
                assert len([row for row in one["buttons"] if re.search(r"\d:\d\d", row[0]["text"])]) >= 4
    name = bot.school.engine.dialect.name
    print(f"\n{name}: 800 presses at once answered in {took:.1f} s ({cpu:.1f} s of processor): {dict(seen)}")
    assert 0 <= seen.pop("in a word") <= 700
    assert seen == {"agreed": 100, "calendar": 100, "refused": 700}
    kept = bot.school.run("SELECT state, COUNT(*) FROM visit GROUP BY state ORDER BY state")
    assert kept == [("confirmed", 100), ("invited", 700)]
    assert bot.school.run("SELECT COUNT(DISTINCT starts_at) FROM visit WHERE state = 'confirmed'") == [(100,)]
    assert bot.school.run("SELECT COUNT(*) FROM inbox WHERE state = 'aside' OR attempts > 0") == [(0,)]
    assert bot.school.run(
        "SELECT COUNT(*) FROM outbox WHERE state NOT IN ('sent', 'cancelled') AND kind <> 'toast'"
    ) == [(0,)]


def _kinds(texts: list[str]) -> list[str]:
    found = []
    for one in texts:
        found += ["agreed"] * ("约好了" in one) + ["refused"] * ("已经被约走了。这些还空着" in one)
        found += ["calendar"] * ("日历" in one and "约好了" not in one)
        found += ["error"] * ("出错" in one or "没能处理" in one)
    return found
