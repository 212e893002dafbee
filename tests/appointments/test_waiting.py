"""Who waits for a slot hears of what becomes free by time too, and a slot is kept for nobody who cannot be told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models import absence
from models.appointments import availability, booking, visits, waiting
from models.appointments.rules import VisitRules
from models.appointments.states import Form, Purpose, Reply, VisitState
from models.appointments.waiting import Offer
from models.base import from_ms
from models.vault import Vault
from tests.appointments.after import press
from tests.appointments.agreed import settle, unit_of
from tests.appointments.town import RULES, ZONE, Town
from tests.school import Bot

EVENING = 17 * 60
HORIZON = VisitRules(teachers=1, horizon_days=7)


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def waits(town: Town, visit: int, guardian: int, rules: VisitRules = RULES, form: Form = Form.SCHOOL) -> None:
    with town.unit() as unit:
        assert waiting.wait(unit, visit, guardian, form, rules, ZONE)


def offers(town: Town, rules: VisitRules = RULES, **later: float) -> list[Offer]:
    """What a tick offers, so long after the town's Monday morning."""
    with town.unit(town.now + timedelta(**later)) as unit:
        return waiting.due(unit, rules, ZONE, lambda _guardian: None)


def family(town: Town, mentor: int, name: str, companion: int | None = None) -> tuple[int, int]:
    guardian = town.guardian(f"{name}妈妈")
    return town.invite(town.pupil(name, mentor, guardian), mentor, guardian, companion=companion), guardian


def test_a_day_that_has_come_near_enough_is_offered_in_the_morning(town: Town) -> None:
    mentor = town.teacher("李")
    visit, guardian = family(town, mentor, "甲")
    with town.unit() as unit:
        availability.add_day(unit, mentor, Purpose.VISIT, from_ms(town.at(8, EVENING)).date(), 1020, 1050, free=True)
    waits(town, visit, guardian, HORIZON)
    assert offers(town, HORIZON) == []
    assert offers(town, HORIZON, hours=20) == []
    (offer,) = offers(town, HORIZON, hours=22)
    assert (offer.visit_id, offer.slot.starts_at) == (visit, town.at(8, EVENING))
    assert offers(town, HORIZON, hours=23) == []


def test_what_a_mentor_who_is_back_can_offer_is_offered(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    town.free(mentor, 2, EVENING, EVENING + 30)
    with town.unit() as unit:
        away = absence.put(unit, mentor, other, town.at(0, 0), town.at(20, 0), other)
    visit, guardian = family(town, mentor, "甲")
    waits(town, visit, guardian)
    assert offers(town) == []
    with town.unit() as unit:
        assert absence.end(unit, away)
        assert not absence.end(unit, away)
    (offer,) = offers(town)
    assert offer.visit_id == visit


def test_what_a_second_teacher_is_free_for_again_is_offered_to_who_waits_for_both(town: Town) -> None:
    two = VisitRules()
    mentor, other, companion = town.teacher("李"), town.teacher("赵"), town.teacher("周")
    for one in (mentor, companion):
        town.free(one, 2, EVENING, EVENING + 30)
    guardian = town.guardian("乙妈妈")
    pupil = town.pupil("乙", other, guardian)
    with town.unit() as unit:
        school = town.school.ids["school"]
        held = settle(unit, school, pupil, other, (guardian,), town.at(2, EVENING), companion=companion, rules=two)
    visit, mother = family(town, mentor, "甲", companion)
    waits(town, visit, mother, two, Form.HOME)
    assert offers(town, two) == []
    with town.unit() as unit:
        booking.companion_refuses(unit, held, companion)
    (offer,) = offers(town, two)
    assert (offer.visit_id, offer.slot.starts_at) == (visit, town.at(2, EVENING))


@pytest.mark.parametrize("why", ["unreachable", "no guardian any more"])
def test_who_cannot_be_told_takes_no_slot_from_who_can(town: Town, why: str) -> None:
    mentor = town.teacher("李")
    town.free(mentor, 2, EVENING, EVENING + 30)
    (first, gone), (second, guardian), (third, holder) = (family(town, mentor, name) for name in "甲乙丙")
    with town.unit() as unit:
        taken = town.at(2, EVENING)
        assert booking.choose(unit, third, holder, Form.SCHOOL, taken, RULES, ZONE) is booking.Result.CONFIRMED
    for visit, person in ((first, gone), (second, guardian)):
        waits(town, visit, person)
    if why == "unreachable":
        town.school.run(
            "UPDATE account SET reachable = :no WHERE id = (SELECT account_id FROM person WHERE id = :id)",
            no=False,
            id=gone,
        )
    else:
        town.school.run("UPDATE guardianship SET until = 1 WHERE person_id = :id", id=gone)
    with town.unit() as unit:
        booking.reopen(unit, third, mentor, "again")
    (offer,) = offers(town)
    assert (offer.visit_id, offer.slot.starts_at) == (second, taken)
    assert town.school.run("SELECT visit_id FROM visit_wait") == [(second,)]
    assert town.school.run("SELECT COUNT(*) FROM visit_offer") == [(1,)]


async def test_only_who_waits_stops_waiting_or_passes_a_slot_over(bot: Bot) -> None:
    await bot.joined_mentor()
    father, mother = await bot.father(), await bot.mother()
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
        for name in ("张强", "王芳"):
            visits.says(unit, visit, ids[name], Reply.INVITED)
        assert waiting.wait(unit, visit, ids["张强"], Form.SCHOOL, RULES, ZONE)
    for action in ("vnowait", "vpass"):
        await press(bot, mother, action, visit)
        await mother.sees_toast("按钮")
        assert bot.school.run("SELECT guardian_id FROM visit_wait") == [(ids["张强"],)]
    await press(bot, father, "vnowait", visit)
    assert bot.school.run("SELECT guardian_id FROM visit_wait") == []
