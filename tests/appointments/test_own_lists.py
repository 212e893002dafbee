"""What a family and a teacher see of their own: the next ones in order, nothing that is not theirs, and room for new days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from handlers.appointments.mine import MOST, _next
from models.appointments import availability, booking, lists, visits
from models.appointments.availability import Full
from models.appointments.lists import Entry
from models.appointments.states import Form, Purpose, Reply, Says, VisitState
from models.vault import Vault
from tests.appointments.after import press
from tests.appointments.agreed import agree, at_of, family, unit_of
from tests.appointments.town import Town
from tests.school import FATHER, Bot

EVENING = 17 * 60


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


# --- in order ---


def test_what_has_no_time_yet_stands_last_for_teachers_and_families(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    guardian = town.guardian("甲妈妈")
    undated = town.invite(town.pupil("甲", mentor, guardian), mentor, guardian)
    late, mother = family(town, "乙", mentor, other, town.at(3, EVENING))
    soon, _ = family(town, "丙", mentor, other, town.at(2, EVENING))
    town.school.run("UPDATE visit_guest SET guardian_id = :one WHERE guardian_id = :other", one=guardian, other=mother)
    town.school.run("UPDATE guardianship SET person_id = :one WHERE person_id = :other", one=guardian, other=mother)
    with town.unit() as unit:
        assert [one.id for one in lists.of_teachers(unit, [mentor])] == [soon, late, undated]
        assert [one.id for one in lists.of_guardians(unit, [guardian])] == [late, undated]


def test_a_guardian_who_has_left_sees_none_of_it(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, guardian = family(town, "甲", mentor, other, town.at(3, EVENING))
    with town.unit() as unit:
        assert [one.id for one in lists.of_guardians(unit, [guardian])] == [visit]
    town.school.run("UPDATE guardianship SET confirmed_at = NULL WHERE person_id = :one", one=guardian)
    with town.unit() as unit:
        assert lists.of_guardians(unit, [guardian]) == []


def entry(number: int, state: VisitState) -> Entry:
    return Entry(number, state, "visit", "甲", None, number, False, Says.NOBODY)


def test_a_family_sees_the_next_ones_first_and_of_the_past_the_latest() -> None:
    held = [entry(number, VisitState.HELD) for number in range(5)]
    coming = [entry(100 + number, VisitState.CONFIRMED) for number in range(MOST + 3)]
    assert _next([*held, *coming]) == coming[:MOST]
    assert _next([*held, *coming[: MOST - 2]]) == [*held[-2:], *coming[: MOST - 2]]
    assert _next(held) == held


# --- times that a teacher is free ---


def test_days_that_are_over_make_room_for_new_ones(town: Town) -> None:
    mentor = town.teacher("李")
    today = town.now.date()
    with town.unit(town.now - timedelta(days=200)) as unit:
        for number in range(availability.MOST):
            day = today - timedelta(days=100 + number)
            availability.add_day(unit, mentor, Purpose.VISIT, day, 1020, 1080, free=True)
        with pytest.raises(Full):
            availability.add_day(unit, mentor, Purpose.VISIT, today, 1020, 1080, free=True)
    with town.unit() as unit:
        availability.add_day(unit, mentor, Purpose.VISIT, today, 1020, 1080, free=True)
        assert [one.day for one in availability.kept(unit, mentor)] == [today]


async def test_a_teacher_with_too_many_days_is_told_so_in_words(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    today = bot.clock.now().date()
    with unit_of(bot) as unit:
        for number in range(availability.MOST):
            day = today + timedelta(days=30 + number)
            availability.add_day(unit, bot.school.ids["李明"], Purpose.VISIT, day, 1020, 1080, free=True)
    for action, *more in (("vfclose",), ("vfadd", 1020)):
        begins = [480 + 60 * 9] if more else []
        await press(bot, mentor, action, "visit", (today + timedelta(days=5)).toordinal(), *begins)
        await mentor.sees_toast("加不下了")
    assert bot.school.run("SELECT COUNT(*) FROM availability") == [(availability.MOST,)]


# --- joined late ---


@pytest.mark.parametrize("state", [VisitState.INVITED, VisitState.CONFIRMED])
async def test_a_guardian_who_joins_after_the_invitation_sees_it_and_may_come_along(
    bot: Bot, state: VisitState
) -> None:
    await bot.joined_mentor()
    await bot.father()
    at = at_of(bot, 2, 17)
    visit = agree(bot, at, Form.SCHOOL) if state is VisitState.CONFIRMED else invited(bot)
    mother = await bot.mother()
    await mother.looks_away()
    await mother.says("/visits")
    shown = await mother.sees("张小雨")
    with unit_of(bot) as unit:
        guest = visits.invited(unit, visit, [bot.school.ids["王芳"]])
        assert guest is not None
        assert guest.reply is Reply.INVITED
        if state is VisitState.CONFIRMED:
            assert booking.join(unit, visit, guest.guardian_id) is booking.Result.CONFIRMED
    assert any("张小雨" in str(button["text"]) for row in shown["buttons"] for button in row)


def invited(bot: Bot) -> int:
    """张小雨's father, invited by 李明."""
    ids = bot.school.ids
    with unit_of(bot) as unit:
        visit, _ = visits.plan(
            unit,
            school_id=ids["school"],
            pupil_id=ids["张小雨"],
            mentor_id=ids["李明"],
            purpose=Purpose.VISIT,
            state=VisitState.INVITED,
            actor=ids["李明"],
        )
        visits.says(unit, visit, ids["张强"], Reply.INVITED)
    return visit


async def test_who_joins_again_keeps_what_was_answered(bot: Bot) -> None:
    await bot.joined_mentor()
    await bot.father()
    visit = agree(bot, at_of(bot, 2, 17), Form.SCHOOL)
    bot.school.run("UPDATE guardianship SET confirmed_at = NULL WHERE person_id = :id", id=bot.school.ids["张强"])
    again = await bot.person(FATHER + 5000, "张强")
    await again.starts(bot.school.link("张强", "S1"))
    await again.presses("是，是我", await again.sees("对吗"))
    await again.sees("好了")
    with unit_of(bot) as unit:
        assert [one.reply for one in visits.guests(unit, visit)] == [Reply.HOST]
