"""Agreed appointments for the tests of what comes before and during them: set up by the rules, not by conversations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from models.appointments import booking, visits
from models.appointments.booking import Result
from models.appointments.rules import VisitRules
from models.appointments.states import Form, Purpose, Reply, VisitState
from models.unit import Unit, sql
from tests.appointments.town import Town
from tests.school import ZONE, Bot

RULES = VisitRules()
PLACE = "Asia/Shanghai"
MINUTE, HOUR = 60_000, 3_600_000


@contextmanager
def unit_of(bot: Bot) -> Iterator[Unit]:
    """A transaction at the bot's own time."""
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    try:
        yield unit
        unit.finish()
        unit.connection.commit()
    finally:
        unit.connection.close()


_IS_GUARDIAN = sql(
    "UPDATE guardianship SET confirmed_at = :now WHERE pupil_id = :pupil AND person_id = :person AND confirmed_at IS NULL"
)


def settle(
    unit: Unit,
    school_id: int,
    pupil: int,
    mentor: int,
    guardians: tuple[int, ...],
    at: int,
    form: Form = Form.HOME,
    *,
    companion: int | None = None,
    purpose: Purpose = Purpose.VISIT,
    visit: int | None = None,
    rules: VisitRules = RULES,
) -> int:
    """An appointment that everybody has agreed to, at that time; an earlier one (`visit`) is moved. The first is the host."""
    if visit is None:
        visit, _ = visits.plan(
            unit,
            school_id=school_id,
            pupil_id=pupil,
            mentor_id=mentor,
            purpose=purpose,
            state=VisitState.INVITED,
            actor=mentor,
            companion_id=companion,
        )
        for one in guardians:
            # Only guardians who have said in the bot that they are can host; whether they can be reached is another matter.
            unit.write(_IS_GUARDIAN, pupil=pupil, person=one, now=unit.now_ms)
            visits.says(unit, visit, one, Reply.INVITED)
    host, *others = guardians
    assert booking.choose(unit, visit, host, form, at, rules, PLACE, proposed=True) is Result.WAITS_MENTOR
    result = booking.mentor_agrees(unit, visit, mentor, at, rules, PLACE)
    if result is Result.WAITS_COMPANION and companion is not None:
        result = booking.companion_agrees(unit, visit, companion, at, rules, PLACE)
    assert result is Result.CONFIRMED, result
    for one in others:
        assert booking.join(unit, visit, one) is Result.CONFIRMED
    return visit


def at_of(bot: Bot, days: int, hour: int, minute: int = 0) -> int:
    """That time of a day so many days after the bot's own, in milliseconds since 1970."""
    there = bot.clock.now().astimezone(ZONE).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return int((there + timedelta(days=days)).timestamp() * 1000)


def agree(
    bot: Bot,
    at: int,
    form: Form = Form.HOME,
    *,
    guardians: tuple[str, ...] = ("张强",),
    visit: int | None = None,
    purpose: Purpose = Purpose.VISIT,
) -> int:
    """An appointment about 张小雨 with 李明, with 周静 where two go out."""
    ids = bot.school.ids
    with unit_of(bot) as unit:
        return settle(
            unit,
            ids["school"],
            ids["张小雨"],
            ids["李明"],
            tuple(ids[one] for one in guardians),
            at,
            form,
            companion=ids["周静"] if purpose is Purpose.VISIT else None,
            visit=visit,
            purpose=purpose,
        )


async def at_time(bot: Bot, at: int) -> None:
    """Moves the clock to that moment (it runs on from there) and lets the bot look what is due."""
    bot.clock.offset += timedelta(milliseconds=at - bot.clock.now_ms())
    assert bot.app is not None
    await bot.app.tick_now()


def family(town: Town, name: str, mentor: int, companion: int, at: int, form: Form = Form.HOME) -> tuple[int, int]:
    """A family of the town with an agreed visit: the visit and the guardian."""
    guardian = town.guardian(f"{name}妈妈")
    pupil = town.pupil(name, mentor, guardian)
    with town.unit() as unit:
        visit = settle(unit, town.school.ids["school"], pupil, mentor, (guardian,), at, form, companion=companion)
    return visit, guardian
