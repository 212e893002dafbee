"""Everybody answers at once: through the bot, and on PostgreSQL over eight connections; nothing is given away twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from bot.database import open_engine
from models.base import to_ms
from models.events import events, replies, signin
from models.events.rules import HOUR, MINUTE, EventRules
from models.events.states import EventState, Reply
from models.unit import Unit
from models.vault import Vault
from simulator.client import Person
from tests.appointments import crowd
from tests.appointments.test_races import done
from tests.appointments.town import Town
from tests.events.class_of_parents import at_seven, planned, unit_of, until
from tests.school import Bot

FAMILIES, PLACES, WORKERS = 300, 100, 8


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


async def families(bot: Bot, count: int) -> list[Person]:
    """So many joined families of the small school's class."""
    school = bot.school
    with Session(school.engine) as session:
        for number in range(count):
            guardian = crowd.joined(session, school, bot.id, crowd.FIRST + number, f"家长{number}")
            school.pupil(session, f"F{number}", f"孩子{number}", school.ids["李明"], ((guardian, "mother"),))
        session.commit()
    school.run("UPDATE guardianship SET confirmed_at = since WHERE confirmed_at IS NULL")
    found = [await bot.person(crowd.FIRST + number, f"家长{number}") for number in range(count)]
    await bot.telegram.act_all([{"person": one.id, "bot": bot.id, "do": "start"} for one in found])
    return found


def rows(bot: Bot, reply: Reply) -> list[int]:
    """The account numbers of who has this answer, in the order of waiting."""
    found = bot.school.run(
        "SELECT a.user_id FROM event_reply r JOIN person p ON p.id = r.person_id JOIN account a ON a.id = p.account_id"
        " WHERE r.reply = :reply ORDER BY r.since, p.id",
        reply=reply.value,
    )
    return [int(str(row[0])) for row in found]


async def press_all(bot: Bot, people: list[Person], button: str) -> None:
    """All at once, in this order."""
    await done(bot)
    acts = [{"person": one.id, "bot": bot.id, "do": "press", "button": button} for one in people]
    assert not [one for one in await bot.telegram.act_all(acts) if "error" in one]
    await done(bot)


async def test_eight_families_want_three_places_and_two_of_them_cancel_at_once(bot: Bot) -> None:
    people = await families(bot, 8)
    # The order of pressing is not that of the rows' numbers.
    order = [people[number] for number in (6, 1, 7, 4, 0, 5, 2, 3)]
    starts = at_seven(bot, 9)
    planned(bot, starts, capacity=3)
    await until(bot, starts - timedelta(days=7))
    for one in people:
        await one.sees("您来吗")
    await press_all(bot, order, "来")
    assert set(rows(bot, Reply.COME)) == {one.id for one in order[:3]}
    assert rows(bot, Reply.WAITING) == [one.id for one in order[3:]]
    for one in order[:3]:
        await one.sees("您选了：来，1 人")
    for place, one in enumerate(order[3:], 1):
        await one.sees("您在候补")
        await one.sees_toast(f"您排在第 {place} 位")
    await press_all(bot, [order[2], order[0]], "来不了")
    assert set(rows(bot, Reply.COME)) == {order[1].id, order[3].id, order[4].id}
    assert rows(bot, Reply.WAITING) == [one.id for one in order[5:]]
    for one in order[3:5]:
        await one.sees("有位子了")
    for one in (order[1], *order[5:]):
        assert not [text for text in await one.reads() if "有位子了" in text]
    # Nobody loses a place by asking for more than there is.
    await order[1].presses("3 人")
    await order[1].sees_toast("您原来的位子还给您留着")
    assert order[1].id in rows(bot, Reply.COME)
    assert bot.school.run("SELECT SUM(people) FROM event_reply WHERE reply = 'come'") == [(3,)]


async def test_one_place_becomes_free_at_night_and_the_next_family_hears_in_the_morning(bot: Bot) -> None:
    people = await families(bot, 2)
    starts = at_seven(bot, 9)
    planned(bot, starts, capacity=1)
    await until(bot, starts - timedelta(days=7))
    await press_all(bot, people, "来")
    await until(bot, starts - timedelta(days=7) + timedelta(hours=4))  # eleven at night
    await people[0].presses("来不了")
    await people[0].sees("您选了：来不了")
    await people[1].sees_nothing_with("有位子了", 0.3)
    assert rows(bot, Reply.COME) == [people[1].id]
    await until(bot, starts - timedelta(days=7) + timedelta(hours=12, minutes=5))
    await people[1].sees("有位子了")


async def test_two_dates_are_one_answer_and_a_full_date_takes_no_place_away(bot: Bot) -> None:
    people = await families(bot, 3)
    first, second = at_seven(bot, 9), at_seven(bot, 10)
    event = planned(bot, first, capacity=2)
    planned(bot, second, capacity=1, first_id=event)
    await until(bot, first - timedelta(days=7))
    buttons = [row[0]["text"] for row in (await people[0].sees("您来吗"))["buttons"]][:2]
    await press_all(bot, people[:2], buttons[0])
    await press_all(bot, people[2:], buttons[1])
    # The other date is full: who has a place keeps it.
    await people[0].presses(buttons[1])
    await people[0].sees_toast("您原来的位子还给您留着")
    await people[2].says("/classes")
    await people[2].presses("家长学堂", await people[2].sees("接下来"))
    shown = await people[2].sees("您选了：来")
    assert f"✓ {buttons[1]}" in [one["text"] for row in shown["buttons"] for one in row]
    await people[2].presses("来不了", shown)
    await people[0].presses(buttons[1])
    await done(bot)
    kept = bot.school.run("SELECT reply, COUNT(*) FROM event_reply GROUP BY reply ORDER BY reply")
    assert kept == [("cannot", 1), ("come", 2)]


async def test_everybody_signs_in_at_once_and_guests_by_the_code(bot: Bot) -> None:
    people = await families(bot, 6)
    guest = await bot.stranger()
    await guest.starts()
    starts = at_seven(bot, 9)
    event = planned(bot, starts)
    await until(bot, starts - timedelta(days=7))
    await press_all(bot, people[:4], "来")
    await until(bot, starts)
    unit = unit_of(bot)
    code = signin.code(unit, events.must(unit, event))
    link = signin.payload(unit, events.must(unit, event))
    unit.connection.close()
    acts = [{"person": one.id, "bot": bot.id, "do": "text", "text": code} for one in (*people, *people, guest)]
    acts += [{"person": people[5].id, "bot": bot.id, "do": "start", "payload": link}]
    assert not [one for one in await bot.telegram.act_all(acts) if "error" in one]
    await done(bot)
    assert bot.school.run("SELECT COUNT(*), SUM(people) FROM event_here") == [(7, 7)]
    unit = unit_of(bot)
    assert signin.signed(unit, event) == (7, 1)
    unit.connection.close()
    shown = await people[0].sees("签到")
    await people[0].presses("3 人", shown)
    await done(bot)
    unit = unit_of(bot)
    assert signin.attendance(unit, events.must(unit, event)) == 9
    unit.connection.close()


# --- over the models ---


@pytest.mark.timeout(400)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_three_hundred_families_for_a_hundred_places_over_eight_connections(
    town: Town, database_url: str, vault: Vault
) -> None:
    people = [town.guardian(f"家{number}") for number in range(FAMILIES)]
    for number, guardian in enumerate(people):
        town.pupil(f"生{number}", town.school.ids["李明"], guardian)
    ids: list[int] = []
    with town.unit() as unit:
        for number in range(2):
            starts = to_ms(town.now) + (24 + number) * HOUR
            ids.append(
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
                    capacity=PLACES // 2,
                    first_id=ids[0] if ids else None,
                )
            )
    start = Barrier(WORKERS)

    def work(worker: int) -> int:
        """Each family wants one date, then often the other one; some give up, and the rest moves up."""
        own, moved = open_engine(database_url), 0
        start.wait(30)
        for number in range(worker, FAMILIES, WORKERS):
            first = number % 2
            steps = [(first, Reply.COME), (1 - first, Reply.COME)] if number % 3 else [(first, Reply.COME)]
            if number % 5 == 0:
                steps.append((first, Reply.CANNOT))
            for which, reply in steps:
                with own.begin() as connection:
                    unit = Unit(connection, vault, town.now)
                    moved += len(replies.give(unit, ids[which], people[number], reply, 1 + number % 2).moved_up)
                    unit.finish()
        own.dispose()
        return moved

    with ThreadPoolExecutor(WORKERS) as pool:
        moved = sum(pool.map(work, range(WORKERS)))  # an error or a deadlock of any of them is raised here
    run = town.school.run
    # Whether somebody gave up a place while others waited was chance until here; now it is so.
    leaving = run("SELECT event_id, person_id FROM event_reply WHERE reply = 'come' ORDER BY person_id LIMIT 10")
    for event_id, person in leaving:
        with town.unit() as unit:
            moved += len(replies.give(unit, int(str(event_id)), int(str(person)), Reply.CANNOT).moved_up)
    for event in ids:
        (taken,) = run(
            "SELECT COALESCE(SUM(people), 0) FROM event_reply WHERE event_id = :e AND reply = 'come'", e=event
        )[0]
        waits = run("SELECT people FROM event_reply WHERE event_id = :e AND reply = 'waiting' ORDER BY since", e=event)
        assert int(str(taken)) <= PLACES // 2
        # A place stays empty only where the first who waits does not fit.
        assert not waits or int(str(taken)) + int(str(waits[0][0])) > PLACES // 2
        assert run(
            "SELECT COUNT(*) - COUNT(DISTINCT since) FROM event_reply WHERE event_id = :e AND reply = 'waiting'",
            e=event,
        ) == [(0,)]
    assert run("SELECT COUNT(*), COUNT(DISTINCT person_id) FROM event_reply") == [(FAMILIES, FAMILIES)]
    assert run("SELECT COUNT(*) FROM event_reply WHERE reply = 'cannot'") == [(FAMILIES // 5 + 10,)]
    assert moved > 0


def test_a_code_counts_in_its_time_only_and_changes_with_the_date(town: Town) -> None:
    rules = EventRules()
    starts = to_ms(town.now) + HOUR
    with town.unit() as unit:
        event = events.plan(
            unit,
            school_id=town.school.ids["school"],
            kind="parent_class",
            state=EventState.ANNOUNCED,
            host_id=town.school.ids["李明"],
            starts_at=starts,
            ends_at=starts + HOUR,
            actor=None,
        )
        before, link = signin.code(unit, events.must(unit, event)), signin.payload(unit, events.must(unit, event))
    around = rules.sign_in_minutes * MINUTE
    for at, counts in ((-around - 1, False), (-around, True), (HOUR + around, True), (HOUR + around + 1, False)):
        moment = town.now + timedelta(milliseconds=HOUR + at)
        with town.unit(moment) as unit:
            known = events.must(unit, event)
            assert (signin.stands(known, unit.now_ms, rules) is signin.Signed.HERE) == counts
            found = signin.of_code(unit, f" {before} ", rules)
            assert bool(found) == counts
    with town.unit() as unit:
        events.change(unit, event, None, heard=True, starts_at=starts + MINUTE)
        fresh = events.must(unit, event)
        assert signin.of_payload(unit, link) is None
        assert signin.of_payload(unit, signin.payload(unit, fresh)) is not None
        assert signin.code(unit, fresh) != before
        events.move(unit, event, EventState.CANCELLED, None)
        assert signin.stands(events.must(unit, event), starts, rules) is signin.Signed.NONE
        for wrong in ("in_", "in_x_y", f"in_{event}_", f"in_{event}", "in_99999999999999999999_a", f"in_{event}_é"):
            assert signin.of_payload(unit, wrong) is None


def test_who_does_not_come_still_gets_the_notes(town: Town) -> None:
    with town.unit() as unit:
        for key in ("day.0:7", "up.3:7", "notes.0.1:7", "answers.0:7", "vote.0:7", "day.0:17", "notice.0:7"):
            unit.queue(bot_id=1, chat_id=2, kind="text", payload="{}", dedupe_key=f"event:5:{key}")
        unit.queue(bot_id=1, chat_id=2, kind="text", payload="{}", dedupe_key="event:55:day.0:7")
        assert replies.withdraw(unit, 5, 7) == 3
        assert replies.withdraw(unit, 5) == 2
    left = town.school.run("SELECT dedupe_key FROM outbox WHERE state = 'waiting'")
    assert {row[0] for row in left} == {"event:55:day.0:7", "event:5:answers.0:7", "event:5:notes.0.1:7"}
