"""What may be seen of the yearly question: by class and school, from five answers up, a page at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import Session

from models.city import polls, shares
from models.people import Pupil, SchoolClass
from models.unit import sql
from tests.city.many import families, joined_centre, more_mentors
from tests.city.test_poll import ZONE, accounts_of, begins, running, sums, unit_of
from tests.events.class_of_parents import tick
from tests.school import Bot, School


def pupil_of(bot: Bot, guardian: int) -> int:
    """The child of a guardian of the city."""
    return bot.school.ids[f"pupil of {guardian}"]


def test_sums_move_with_five_and_nobody_learns_one_answer(school: School) -> None:
    more_mentors(school)
    guardians = families(school, 12, joined=12)
    poll = running(school, guardians)
    accounts = accounts_of(school)
    looks = []
    for number, guardian in enumerate(guardians):
        with unit_of(school) as unit:
            mentor = school.ids["李明"] if number % 3 else polls.UNSURE
            pupil = school.ids[f"pupil of {guardian}"]
            assert not shares.answer(unit, poll, accounts[guardian] + 1, mentor, pupil), "nobody's account"
            assert not shares.answer(unit, poll, accounts[guardian], mentor, school.ids["陈晨"]), (
                "not asked about that child"
            )
            assert shares.answer(unit, poll, accounts[guardian], mentor, pupil)
            assert not shares.answer(unit, poll, accounts[guardian], mentor, pupil)
            found = polls.of_year(unit, school.ids["school"], ZONE)
            assert found is not None
            (share,) = shares.by_class(unit, found)
            (whole,) = shares.by_school(unit, found.year)
            assert (whole.answered, whole.knew) == (share.answered, share.knew)
            looks.append((share.answered, share.knew))
    assert looks == [(0, 0)] * 4 + [(5, 3)] * 5 + [(10, 6)] * 3
    assert sums(school) == [(2, 2, 10, 6)]
    (sealed,) = school.run("SELECT sealed_pending FROM mentor_poll_sum")
    assert b"2 2" not in bytes(sealed[0]), "of fewer than five nothing can be read from the rows"  # type: ignore[call-overload]


def test_answers_at_the_same_moment_are_all_added(school: School) -> None:
    more_mentors(school)
    guardians = families(school, 10, joined=10)
    poll, accounts, right = running(school, guardians), accounts_of(school), school.ids["李明"]

    def answers(guardian: int) -> bool:
        with unit_of(school) as unit:
            pupil = school.ids[f"pupil of {guardian}"]
            return shares.answer(unit, poll, accounts[guardian], right, pupil)

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(answers, guardians))
    assert sums(school) == [(0, 0, 10, 10)]


async def test_many_classes_are_shown_page_by_page(bot: Bot) -> None:
    more_mentors(bot.school)
    with Session(bot.school.engine) as session:
        stage = session.get_one(SchoolClass, bot.school.ids["class"]).stage_id
        for number in range(20):
            group = SchoolClass(
                school_id=bot.school.ids["school"], stage_id=stage, grade="六年级", name=f"{number + 10}班"
            )
            session.add(group)
            session.flush()
            pupil = Pupil(
                school_id=group.school_id,
                school_class_id=group.id,
                number=f"六{number}",
                sealed_name=b"x",
                name_hash=b"x",
            )
            session.add(pupil)
        session.commit()
    admin = await begins(bot)
    await bot.settled()
    await admin.says("/more")
    await admin.presses("家长认识导师吗", await admin.sees("还可以做这些"))
    shown = await admin.sees("六年级20班")
    assert "六年级29班" not in shown["text"]
    await admin.presses("更多", shown)
    await admin.sees("六年级29班")


async def test_the_centre_sees_schools_from_five_up(bot: Bot) -> None:
    more_mentors(bot.school)
    guardians = families(bot.school, 6, joined=6)
    centre = await joined_centre(bot)
    with unit_of(bot.school) as unit:
        unit.now = bot.clock.now()
        assert polls.begin(unit, bot.school.ids["school"], ZONE)
        while polls.list_part(unit):
            pass
        for one in polls.due(unit, 500):
            polls.asked(unit, one)
    poll = int(str(bot.school.run("SELECT id FROM mentor_poll")[0][0]))
    accounts = accounts_of(bot.school)
    for guardian in guardians[:4]:
        with unit_of(bot.school) as unit:
            unit.now = bot.clock.now()
            assert shares.answer(unit, poll, accounts[guardian], bot.school.ids["李明"], pupil_of(bot, guardian))
    await tick(bot)
    await centre.says("/city")
    await centre.presses("家长认识导师吗", await centre.sees("家庭数满 5 才写"))
    shown = await centre.sees("实验小学：不到 5 人回答")
    with unit_of(bot.school) as unit:
        unit.now = bot.clock.now()
        assert shares.answer(unit, poll, accounts[guardians[4]], polls.UNSURE, pupil_of(bot, guardians[4]))
    await centre.presses("全市情况", shown)
    await centre.presses("家长认识导师吗", await centre.sees("家庭数满 5 才写"))
    await centre.sees("实验小学：80% 说得出（5 人回答）")


def test_nobody_is_asked_about_a_mentor_who_has_left(school: School) -> None:
    more_mentors(school)
    families(school, 2, joined=2)
    with unit_of(school) as unit:
        assert polls.begin(unit, school.ids["school"], ZONE)
        while polls.list_part(unit):
            pass
        assert len(polls.due(unit, 9)) == 2
        unit.write(sql("UPDATE person SET ended_at = :now WHERE id = :id"), now=unit.now_ms, id=school.ids["李明"])
        assert polls.due(unit, 9) == []
