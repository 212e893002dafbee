"""What a second reading of the visits found, each as it would have happened to somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from handlers.context import joined
from models.appointments import booking, visits
from models.appointments.booking import Result
from models.appointments.rules import VisitRules
from models.appointments.states import Form, VisitState
from models.vault import Vault
from tests.appointments.after import after_visit, begins, press
from tests.appointments.agreed import HOUR, agree, at_of, at_time, unit_of
from tests.appointments.test_before import people
from tests.appointments.test_booking import EVENING, choose, family
from tests.appointments.test_story import free_after_school, invites
from tests.appointments.town import RULES, ZONE, Town
from tests.duties.test_week import tick
from tests.school import Bot


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def test_two_handlers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two handlers"):
        joined({"vsheet": 1}, {"vsheet": 2})


def test_a_second_tap_on_the_same_time_changes_nothing(town: Town) -> None:
    mentor = town.teacher("李")
    town.free(mentor, 1, EVENING, EVENING + 120)
    visit, mother = family(town, mentor, "甲")
    at = town.at(1, EVENING)
    assert choose(town, visit, mother, at) is Result.CONFIRMED
    assert choose(town, visit, mother, at) is Result.AS_IT_IS
    with town.unit() as unit:
        assert visits.must(unit, visit).sequence == 0


def test_a_teacher_who_is_a_guardian_too_is_in_one_place(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    for one in (mentor, other):
        town.free(one, 1, EVENING, EVENING + 120)
    mother = town.guardian("李的另一行")
    town.school.run(
        "UPDATE person SET account_id = (SELECT account_id FROM person WHERE id = :teacher) WHERE id = :guardian",
        teacher=mentor,
        guardian=mother,
    )
    own = town.invite(town.pupil("自家", other, mother), other, mother)
    visit, father = family(town, mentor, "甲")
    at = town.at(1, EVENING)
    assert choose(town, visit, father, at) is Result.CONFIRMED
    assert choose(town, own, mother, at) is Result.GONE
    assert choose(town, own, mother, at + HOUR) is Result.CONFIRMED


def test_while_teachers_may_be_inside_the_family_cannot_call_it_off_or_move_it(town: Town) -> None:
    mentor = town.teacher("李")
    town.free(mentor, 1, EVENING, EVENING + 120)
    town.free(mentor, 2, EVENING, EVENING + 120)
    visit, mother = family(town, mentor, "甲")
    at = town.at(1, EVENING)
    assert choose(town, visit, mother, at) is Result.CONFIRMED
    later = town.now + timedelta(days=1, hours=8, minutes=10)
    with town.unit(later) as unit:
        assert booking.begun(unit, visits.must(unit, visit))
        assert booking.choose(unit, visit, mother, Form.HOME, at + 24 * HOUR, RULES, ZONE) is Result.OVER
        assert not booking.reopen(unit, visit, mentor, "mentor_moves")


async def test_the_host_leaves_and_nobody_goes_to_that_home(bot: Bot) -> None:
    mentor, _, _ = await people(bot)
    at = at_of(bot, 2, 17)
    visit = agree(bot, at)
    bot.school.run(
        "UPDATE guardianship SET confirmed_at = NULL WHERE person_id = :father", father=bot.school.ids["张强"]
    )
    await tick(bot, seconds=20)
    await mentor.sees("取消了")
    with unit_of(bot) as unit:
        now = visits.must(unit, visit)
        assert (now.state, now.sealed_place) == (VisitState.CANCELLED, None)


async def test_a_visit_that_is_over_is_not_called_off_when_the_mentor_changes(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    visit = await after_visit(bot)
    bot.school.run("UPDATE mentorship SET until = 1 WHERE pupil_id = :pupil", pupil=bot.school.ids["张小雨"])
    # Two days later, in the daytime: nothing would wait for the morning.
    await tick(bot, days=1, hours=17)
    await bot.settled()
    with unit_of(bot) as unit:
        assert visits.must(unit, visit).state == VisitState.CANCELLED
    told = [one for person in (mentor, father) for one in await person.reads()]
    assert not [one for one in told if "换了导师" in one or "别的导师" in one]


async def test_a_second_teacher_who_leaves_the_school_is_replaced_before_anybody_goes(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    agree(bot, at_of(bot, 2, 17))
    bot.school.run("UPDATE person SET ended_at = 1 WHERE id = :other", other=bot.school.ids["周静"])
    await tick(bot, seconds=20)
    await father.sees("同行的老师来不了")
    await mentor.sees("同行老师来不了。请另选一位")
    await mentor.sees("从手机日历里去掉")
    assert bot.school.run("SELECT state, companion_id FROM visit") == [("accepted", None)]


@pytest.mark.parametrize("form", [Form.HOME, Form.SCHOOL])
async def test_a_second_teacher_who_leaves_while_asked_about_a_new_time(bot: Bot, form: Form) -> None:
    """A home visit waits for another teacher; a talk at school needs none, so its old time stands. One message either way."""
    _, _, father = await people(bot)
    at, other = at_of(bot, 2, 17), bot.school.ids["周静"]
    visit = agree(bot, at, form)
    with unit_of(bot) as unit:
        host, to = bot.school.ids["张强"], at + 24 * HOUR
        rules = bot_rules(bot)
        booking.choose(unit, visit, host, Form.HOME, to, rules, ZONE, proposed=True)
        booking.mentor_agrees(unit, visit, visits.must(unit, visit).mentor_id, to, rules, ZONE)
        booking.ask_companion(unit, visit, visits.must(unit, visit).mentor_id, other)
        assert visits.must(unit, visit).companion_says == "asked"
    bot.school.run("UPDATE person SET ended_at = 1 WHERE id = :other", other=other)
    await tick(bot, seconds=20)
    kept, lost = "原来约好的", "同行的老师来不了"
    stands = form is Form.SCHOOL
    await father.sees(kept if stands else lost)
    await tick(bot, seconds=20)
    await father.sees_nothing_with(lost if stands else kept)
    assert bot.school.run("SELECT state, companion_id FROM visit") == [
        ("confirmed", None) if stands else ("accepted", None)
    ]


async def test_a_change_late_in_the_evening_reaches_who_would_go_in_the_morning(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    day = next(ahead for ahead in range(1, 8) if (bot.clock.now() + timedelta(days=ahead)).weekday() == 5)
    at = at_of(bot, day, 10)  # a Saturday: nobody works before Monday
    agree(bot, at, Form.HOME)
    await at_time(bot, at - 13 * HOUR)
    await father.says("/visits")
    await father.presses("10:00", await father.sees("您的家访和面谈"))
    await father.presses("取消", await father.sees("现在：已约好"))
    await father.presses("取消这次", await father.sees("要取消"))
    await father.sees("已取消")
    await mentor.sees("取消了")
    await mentor.sees("从手机日历里去掉")


async def test_who_is_not_needed_for_another_form_hears_it(bot: Bot) -> None:
    _, other, father = await people(bot)
    at = at_of(bot, 2, 17)
    visit = agree(bot, at)
    with unit_of(bot) as unit:
        before = visits.must(unit, visit)
    await father.says("/visits")
    await father.presses("17:00", await father.sees("您的家访和面谈"))
    await father.presses("换一种方式", await father.sees("现在：已约好"))
    await father.presses("视频", await father.sees("您想怎么见"))
    await father.presses("我来提一个时间", await father.sees("暂时没有空的时间"))
    days = await father.sees("哪一天您方便")
    await father.presses(days["buttons"][1][1]["text"], days)
    await father.presses("19:30", await father.sees("几点开始"))
    await father.sees("原来的")
    mentor = await bot.person(2001, "李明")
    await mentor.presses("可以", await mentor.sees("不在您给的时间里"))
    await other.sees("这次不用您同行了")
    assert before.companion_id == bot.school.ids["周静"]


async def test_a_button_of_an_earlier_agreement_calls_nothing_off(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.presses("改时间、取消等", await father.sees("约好了"))
    await father.presses("取消", await father.sees("现在：已约好"))
    sure = await father.sees("要取消张小雨的家访吗")
    await mentor.presses("详情", await mentor.sees("约好了"))
    await mentor.presses("改时间", await mentor.sees("现在：已约好"))
    await mentor.presses("请家长重新选", await mentor.sees("这个时间您去不了了吗"))
    await father.sees("请您再选一次")
    await father.presses("取消这次", sure)
    await father.sees_toast("按钮")
    assert bot.school.run("SELECT state FROM visit") == [("invited",)]


async def test_an_invitation_that_never_went_out_is_taken_back_without_a_word(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    bot.later(hours=12.5)  # 22:30, the family sleeps
    await invites(mentor, "张小雨")
    await mentor.presses("回到家访列表")
    await mentor.presses("还没选时间的 1 家", await mentor.sees("已邀请、还没选时间：1 家"))
    await mentor.presses("张小雨", await mentor.sees("会替您轻轻问一次"))
    await mentor.presses("取消", await mentor.sees("现在：已邀请"))
    await mentor.presses("取消这次", await mentor.sees("要取消张小雨的家访吗"))
    await mentor.sees("已取消")
    await tick(bot, hours=10)
    await father.sees_nothing_with("先不约", 0.4)
    await father.sees_nothing_with("想约您聊聊", 0.1)


async def test_an_invitation_that_nobody_answers_does_not_hide_the_family_for_ever(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.sees("想约您聊聊")
    await tick(bot, days=46)
    assert bot.school.run("SELECT state, why FROM visit") == [("cancelled", "unanswered")]


async def test_a_move_that_waits_for_a_teachers_word_is_not_forgotten(bot: Bot) -> None:
    _, _, father = await people(bot)
    at = at_of(bot, 3, 17)
    visit = agree(bot, at)
    with unit_of(bot) as unit:
        assert (
            booking.choose(
                unit, visit, bot.school.ids["张强"], Form.HOME, at - 5 * HOUR, bot_rules(bot), ZONE, proposed=True
            )
            is Result.WAITS_MENTOR
        )
    await at_time(bot, at - 31 * HOUR)
    # On a free day it waits for the morning of work.
    asked = "SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE :keys"
    assert bot.school.run(asked, keys="visit:%:proposed%") == [(1,)]
    await at_time(bot, at - 4 * HOUR)
    await father.sees("改不到")


def bot_rules(bot: Bot) -> VisitRules:
    """The rules of this bot."""
    return bot.settings.visits.rules()


async def test_a_sign_of_danger_in_an_answer_goes_to_people_at_once(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.presses("想聊点什么", await father.sees("约好了"))
    await father.presses("自己写一句", await father.sees("点一点就行"))
    await father.sees("请用自己的话写一句")
    await father.says("小雨昨晚说活着没意思，想死")
    await father.sees("110")
    await mentor.sees("请马上看")


async def test_a_sign_of_danger_does_not_wait_for_which_child_it_is(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await mother.says("孩子昨晚说想死")
    await mother.sees("110")
    await mentor.presses("我来处理", await mentor.sees("请马上看"))
    await mother.says("他现在把自己关在房间里，还说想死")
    await mentor.sees("又补充了内容")


async def test_a_record_left_by_a_command_gives_its_next_text_to_nobody(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    agree(bot, at_of(bot, 0, 11))
    visit = bot.school.run("SELECT id FROM visit")[0][0]
    assert isinstance(visit, int)
    await at_time(bot, at_of(bot, 0, 12))
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrgo", visit, "care")
    await mentor.sees("照料和家人相处")
    await mentor.says("/open")
    await mentor.says("比小雨更爱举手")
    await mentor.sees("这句先没有动")
    await father.sees_nothing_with("举手", 0.3)
