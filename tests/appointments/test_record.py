"""The record of a visit through the front door: by taps, with stops, by those alone who may."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from handlers.appointments import record_due
from handlers.context import SchoolSettings
from models.appointments import agreements, records, steps, visits
from models.appointments.records import Answer
from models.base import from_ms
from models.vault import Vault
from tests.appointments.after import (
    after_visit,
    begins,
    everything,
    press,
    quick_record,
    second_teacher,
    state,
    walk,
    writes,
)
from tests.appointments.agreed import HOUR, at_time, family, unit_of
from tests.appointments.town import BOT, Town
from tests.school import Bot

DAY = 24 * HOUR
ZONE = "Asia/Shanghai"


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def record(bot: Bot, visit: int) -> records.Record:
    with unit_of(bot) as unit:
        found = records.kept(unit, visit)
    assert found is not None
    return found


# --- the story ---


async def test_a_record_is_written_by_taps_stopped_and_gone_on_with_days_later(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    shown = await begins(bot, mentor, visit)
    assert "1/1" in shown["text"]
    assert state(bot, visit) == "held"
    shown = await walk(mentor, shown, ("✓ 例行", "老师来了谁"))
    assert "✓ 同行老师" in str(shown["buttons"])
    await walk(mentor, shown, ("下一步", "孩子在场吗"), ("不在", "家长想聊什么"), ("学习", "谈到的点一下"))
    await mentor.presses("作业与用时", shown)
    await walk(mentor, shown, ("回到大类", "✓ 作业与用时"), ("下一步", "孩子的闪光点"))
    await mentor.says("讲了自己做的航模")
    below = await mentor.sees("讲了自己做的航模")
    await mentor.sees("接着看下面")
    await mentor.presses("以后接着写", below)
    later = await mentor.sees("存好了")
    await bot.stop()
    bot.clock.offset += timedelta(days=3)
    await bot.start()
    await mentor.presses("接着写", later)
    again = await mentor.sees("孩子的闪光点")
    assert "讲了自己做的航模" in again["text"]
    assert again["message_id"] == below["message_id"]
    found = record(bot, visit)
    assert (found.answer("pupil").options, found.answer("wanted").options) == (("no",), ("B2",))


async def test_the_whole_of_it_in_few_taps_and_its_summary_covers_what_is_private(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    shown = await begins(bot, mentor, visit)
    way = [("例行", "老师来了谁"), ("下一步", "孩子在场吗"), ("在", "家长想聊"), ("跳过", "闪光点")]
    await walk(mentor, shown, *way)
    await press(bot, mentor, "vrset", visit, "strong", "reads", 1)
    way = [("下一步", "学校反馈"), ("跳过", "学习的地方"), ("跳过", "照料和家人")]
    await walk(mentor, shown, *way)
    await mentor.says("外婆住院")
    shown = await mentor.sees("外婆住院")
    await walk(mentor, shown, ("下一步", "运动、手机"), ("跳过", "担心和需要"), ("跳过", "意见"), ("跳过", "学校来做"))
    await mentor.says("每周三一起整理错题")
    await mentor.says("借一本航模书")
    shown = await mentor.sees("借一本航模书")
    way = [("下一步", "家里来做"), ("跳过", "关注程度"), ("上调一级", "需要转介"), ("不需要", "什么时候回访")]
    await walk(mentor, shown, *way)
    summary = await walk(mentor, shown, ("两周后", "谁来回访"), ("同行老师", "家访记录小结"))
    assert "每周三一起整理错题\n借一本航模书" in summary["text"]
    hidden = [one for one in summary["entities"] if one["type"] == "spoiler"]
    assert len(hidden) == 3
    found = record(bot, visit)
    assert (found.answer("owner").options, found.answer("level").options) == (("companion",), ("up",))
    assert found.follow_up is not None
    await mentor.presses("发给家长确认", summary)
    await mentor.sees("约定已发给")
    by = bot.school.run("SELECT follow_up_by FROM visit WHERE id = :id", id=visit)
    assert by == [(bot.school.ids["周静"],)]


async def test_strengths_are_asked_for_and_nothing_agreed_closes_the_visit(bot: Bot) -> None:
    mentor, _, father = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrend", visit)
    await mentor.presses("孩子的闪光点", await mentor.sees("还差：孩子的闪光点"))
    await mentor.presses("做事有始有终", await mentor.sees("至少一条"))
    await press(bot, mentor, "vritem", visit, "said", "B3", 1)
    await press(bot, mentor, "vrsum", visit)
    summary = await mentor.sees("没有写约定")
    await asyncio.gather(*(mentor.presses("写完了", summary) for _ in range(2)))
    await mentor.sees("这次家访就到这里")
    assert state(bot, visit) == "closed"
    await press(bot, mentor, "vrsum", visit)
    await mentor.presses("回到家访列表", await mentor.sees("做事有始有终"))
    await mentor.sees("还没有约家访或面谈")
    assert "做事有始有终" in (await father.sees("谢谢您和我们聊张小雨"))["text"]
    assert len([one for one in await father.reads() if "谢谢您和我们聊" in one]) == 1
    assert bot.school.run("SELECT code, state FROM item_mark") == [("B3", "done")]
    await press(bot, mentor, "vrset", visit, "strong", "reads", 1)
    await mentor.sees_toast("不再改动")
    assert record(bot, visit).answer("strong").options == ("sticks",)


async def test_a_day_is_typed_as_people_write_it(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrgo", visit, "again")
    await mentor.sees("什么时候回访")
    for wrong in ("下周吧", "2020-01-05", "99月3日"):
        await mentor.says(wrong)
        await mentor.sees("没看懂是哪一天")
    day = bot.clock.now().date() + timedelta(days=20)
    await mentor.says(f"{day.month}月{day.day}日")
    await mentor.sees("谁来回访")
    assert record(bot, visit).follow_up == day
    await press(bot, mentor, "vrset", visit, "again", "none", 1)
    assert record(bot, visit).follow_up is None


async def test_words_name_no_other_child_and_have_an_end(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrgo", visit, "worry")
    await mentor.sees("家长的担心和需要")
    await mentor.says("和张小阳吵架")
    await mentor.sees("提到了张小阳")
    await mentor.says("好" * 400)
    await mentor.sees("好好好")
    await mentor.says("好" * 100)
    await mentor.sees("加上这段有 501 个")
    await mentor.presses("清掉打的字")
    await writes(bot, mentor, visit, "worry", "睡得晚")
    assert record(bot, visit).answer("worry").words == "睡得晚"


async def test_a_toggle_pressed_twice_is_on(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    for _ in range(2):
        await press(bot, mentor, "vrset", visit, "daily", "desk", 1)
    assert record(bot, visit).answer("daily").options == ("desk",)
    for _ in range(2):
        await press(bot, mentor, "vrset", visit, "daily", "desk", 0)
    assert not record(bot, visit).answer("daily")
    await press(bot, mentor, "vrset", visit, "daily", "nonsense", 1)
    await press(bot, mentor, "vrset", visit, "nonsense", "desk", 1)
    assert not record(bot, visit).answer("daily")


# --- did it take place ---


@pytest.mark.parametrize(
    ("button", "becomes"),
    [("家里没有人", "no_show"), ("家长改了时间", "cancelled"), ("老师病了", "cancelled"), ("其他原因", "cancelled")],
)
async def test_a_visit_that_did_not_take_place_is_noted_as_that(bot: Bot, button: str, becomes: str) -> None:
    mentor, _, father = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await press(bot, mentor, "vrec", visit)
    await mentor.presses("没有见面", await mentor.sees("见面了吗"))
    await mentor.presses(button, await mentor.sees("是因为"))
    await mentor.sees("这次没有见面。想再约")
    assert state(bot, visit) == becomes
    assert bot.school.run("SELECT COUNT(*) FROM busy") == [(0,)]
    await father.sees_nothing_with("没有见面", 0.2)
    await press(bot, mentor, "vrec", visit)
    await mentor.sees_toast("没有进行")


async def test_a_visit_to_come_has_no_record_and_one_that_goes_on_is_left_first(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    at = int(str(bot.school.run("SELECT starts_at FROM visit WHERE id = :id", id=visit)[0][0]))
    bot.clock.offset -= timedelta(hours=2)
    await press(bot, mentor, "vrec", visit)
    await mentor.sees_toast("开始以后再写")
    await at_time(bot, at + HOUR)
    bot.school.run("UPDATE visit SET state = 'in_progress', arrived_at = starts_at WHERE id = :id", id=visit)
    await press(bot, mentor, "vrec", visit)
    asked = await mentor.sees("都已离开了吗")
    assert state(bot, visit) == "in_progress"
    await walk(mentor, asked, ("还没离开", "以后再写"), ("现在写", "都已离开了吗"), ("已经离开", "哪一类家访"))
    rows = bot.school.run(
        "SELECT ended_at = left_at, sealed_place, safe_at = left_at FROM visit WHERE id = :id", id=visit
    )
    assert rows == [(True, None, True)]


# --- rights ---


async def test_nobody_but_the_two_teachers_reads_it(bot: Bot) -> None:
    mentor, other = await bot.joined_mentor(), await second_teacher(bot)
    admin, father, mother = await bot.joined_admin(), await bot.father(), await bot.mother()
    visit = await after_visit(bot, "张强", "王芳")
    await begins(bot, mentor, visit)
    await writes(bot, mentor, visit, "care", "金丝雀照料")
    await writes(bot, mentor, visit, "worry", "金丝雀担心")
    for person in (admin, father, mother):
        for action, args in (("vrec", ()), ("vrsum", ()), ("vrgo", ("care",)), ("vrall", ()), ("vrend", ())):
            await press(bot, person, action, visit, *args)
            await person.sees_toast("失效")
        assert "金丝雀" not in await everything(person)
    assert bot.school.run("SELECT COUNT(*) FROM access") == [(0,)]
    await press(bot, other, "vrec", visit)
    await other.sees("金丝雀担心")
    await press(bot, other, "vrsum", visit)
    await other.sees("金丝雀照料")
    looks = bot.school.run("SELECT person_id, pupil_id, what FROM access")
    assert looks == [(bot.school.ids["周静"], bot.school.ids["张小雨"], "visit_record")]


async def test_a_mentor_who_is_no_longer_that_has_no_record_any_more(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await writes(bot, mentor, visit, "care", "金丝雀照料")
    bot.school.run("UPDATE mentorship SET until = 1 WHERE pupil_id = :pupil", pupil=bot.school.ids["张小雨"])
    await mentor.looks_away()
    for action in ("vrec", "vrsum", "vagree"):
        await press(bot, mentor, action, visit)
        await mentor.sees_toast("失效")
    await mentor.says("接着写担心")
    await asyncio.sleep(0.3)
    assert record(bot, visit).answer("care").words == "金丝雀照料"


def test_who_covers_writes_on_but_finds_nothing_private_of_others(town: Town) -> None:
    mentor, other, cover, stranger = (town.teacher(one) for one in ("李", "周", "孙", "吴"))
    visit, guardian = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    care, level = steps.step("care"), steps.step("level")
    assert care is not None
    assert level is not None
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        assert records.begin(unit, visit, mentor) is not None
        assert records.put(unit, visit, mentor, "care", Answer((), "金丝雀"))
        unit.write(
            text(
                "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
                " VALUES (1, :mentor, :cover, :now, :end, :mentor, :no, :no)"
            ),
            mentor=mentor,
            cover=cover,
            no=False,
            now=unit.now_ms,
            end=unit.now_ms + DAY,
        )
        for nobody in (stranger, guardian):
            assert records.reader(unit, visit, [nobody]) is None
        found, reader = records.kept(unit, visit), records.reader(unit, visit, [cover])
        assert found is not None
        assert reader is not None
        assert not found.shows(care, reader)
        assert not found.shows(level, reader)
        second = records.reader(unit, visit, [other])
        assert second is not None
        assert found.shows(care, second)
    with town.unit(from_ms(town.at(5, 18 * 60))) as unit:
        assert records.reader(unit, visit, [cover]) is None


# --- the one reminder, and what is left after long ---


async def test_who_has_left_is_offered_the_record_at_once(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await press(bot, mentor, "vleft", visit)
    offered = await mentor.sees("趁现在还记得")
    await walk(mentor, offered, ("以后写", "以后再写"), ("现在写", "哪一类家访"))
    assert state(bot, visit) == "held"


async def test_a_record_that_is_missing_is_asked_for_once_the_next_morning(bot: Bot) -> None:
    mentor, other, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    ended = int(str(bot.school.run("SELECT ends_at FROM visit WHERE id = :id", id=visit)[0][0]))
    await at_time(bot, ended + 12 * HOUR)  # 5:30 in the morning
    await mentor.sees_nothing_with("还没有记录", 0.2)
    await at_time(bot, ended + 15 * HOUR)
    asked = await mentor.sees("还没有记录")
    for hours in (16, 24, 40, 64):
        await at_time(bot, ended + hours * HOUR)
    assert len([one for one in await mentor.reads() if "还没有记录" in one]) == 1
    await other.sees_nothing_with("还没有记录", 0.1)
    await mentor.presses("现在写", asked)
    await mentor.presses("见面了", asked)
    await mentor.sees("哪一类家访")
    assert bot.school.run("SELECT COUNT(*) FROM prompt WHERE kind = 'record'") == [(1,)]
    assert state(bot, visit) == "held"


async def test_a_written_record_is_not_asked_for_and_no_prompt_is_spent(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await quick_record(bot, mentor, visit, school="每周三一起整理错题")
    for hours in (15, 40):
        await at_time(bot, bot.clock.now_ms() + hours * HOUR)
    await mentor.sees_nothing_with("还没有记录", 0.3)
    assert bot.school.run("SELECT COUNT(*) FROM prompt WHERE kind = 'record'") == [(0,)]


def test_what_a_record_said_is_forgotten_and_what_was_agreed_stays(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, guardian = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    late, _ = family(town, "乙", mentor, other, town.at(3, 17 * 60))
    for one, at in ((visit, town.at(1, 18 * 60)), (late, town.at(3, 18 * 60))):
        with town.unit(from_ms(at)) as unit:
            records.begin(unit, one, mentor)
            for code in ("strong", "care", "school"):
                assert records.put(unit, one, mentor, code, Answer((), "每周三"))
            assert records.finish(unit, one, mentor, ZONE) is not None
            made = agreements.propose(unit, one, "每周三", "", mentor)
            assert made is not None
            if one == visit:
                assert agreements.confirm(unit, one, made.number, guardian)
    with town.unit() as unit:
        assert records.forget(unit, town.at(2, 0)) == 1
        gone, kept = records.kept(unit, visit), records.kept(unit, late)
        assert gone is not None
        assert kept is not None
        assert gone.answers == {}
        assert gone.finished_at is not None
        assert kept.answer("care").words == "每周三"
        assert [one.school for one in agreements.past(unit, visits.must(unit, visit).pupil_id)] == ["每周三"]
        assert records.forget(unit, town.at(2, 0)) == 0


def test_every_step_is_named_in_both_languages_and_fits_a_button() -> None:
    assert [one.code for one in steps.steps() if one.required] == ["strong"]
    assert {one.code for one in steps.steps() if one.private} == {"care", "level", "refer"}
    for one in steps.steps():
        assert all((one.zh, one.en, one.about_zh, one.about_en))
        for option in one.options:
            assert option.zh
            assert option.en
            # Visit, step, option, on: with the signature 64 bytes.
            assert len(f"vrset:{'z' * 13}:{one.code}:{option.code}:1:{'s' * 12}") <= 64


async def test_what_is_typed_long_after_the_record_was_left_open_goes_to_nobody(bot: Bot) -> None:
    mentor, _, father = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrgo", visit, "care")
    await mentor.sees("照料和家人相处")
    bot.later(hours=2)
    await mentor.says("外婆病重，家里吵架")
    await mentor.sees("这句先没有动")
    await father.sees_nothing_with("外婆", 0.3)
    assert not record(bot, visit).answer("care").words
    await mentor.says("小雨爸爸好")
    await father.sees("小雨爸爸好")


def test_mentors_who_work_now_do_not_wait_behind_those_who_do_not(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_due, "MOST", 2)
    late = [town.teacher(f"夜{number}") for number in range(3)]
    day, other = town.teacher("日"), town.teacher("周")
    for number, one in enumerate([*late, day]):
        family(town, f"生{number}", one, other, town.at(1, 12 * 60 + 70 * number))
    for one in late:
        town.school.run("UPDATE person SET hours_from = 1200, hours_to = 1320 WHERE id = :one", one=one)
    for minute in (0, 1):
        with town.unit(from_ms(town.at(2, 10 * 60 + minute))) as unit:
            record_due.tick(unit, BOT, SchoolSettings())
    assert town.school.run("SELECT person_id FROM prompt") == [(day,)]
    for minute in (0, 1):
        with town.unit(from_ms(town.at(2, 20 * 60 + 30 + minute))) as unit:
            record_due.tick(unit, BOT, SchoolSettings())
    assert {one[0] for one in town.school.run("SELECT person_id FROM prompt")} == {*late, day}
