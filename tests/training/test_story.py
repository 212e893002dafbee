"""Training through the front door: hours by signing in, own entries, files for the mentor alone; a case in the week's list."""

from __future__ import annotations

import io
from datetime import timedelta

from openpyxl import load_workbook

from models.base import to_ms
from models.events import events as events_of
from models.events import signin
from models.training import hours
from simulator.client import Person
from tests.appointments import crowd
from tests.duties.test_week import digests, tick, to_monday, without_groups
from tests.events.class_of_parents import at_seven, done, now_of, planned, unit_of, until
from tests.events.test_create import steals
from tests.school import OTHER_MENTOR, Bot


async def opens(person: Person, button: str = "") -> None:
    """Opens /training, and what is behind a button."""
    await person.looks_away()
    await person.says("/training")
    shown = await person.sees("培训与学时")
    if button:
        await person.presses(button, shown)


async def trained(bot: Bot, mentor: Person, minutes: int = 90) -> int:
    """A training in two days to which the mentor comes and signs in."""
    starts = at_seven(bot, 2)
    event = planned(
        bot,
        starts,
        kind="training",
        host_id=bot.school.ids["周静"],
        classes=(),
        topic="reading",
        ends_at=to_ms(starts) + minutes * 60_000,
    )
    await tick(bot, minutes=1)
    await mentor.presses("来", await mentor.sees("您来吗"))
    await mentor.sees("您选了：来")
    await until(bot, starts)
    await mentor.looks_away()
    await mentor.says("/classes")
    await mentor.presses("培训", await mentor.sees("接下来"))
    await mentor.presses("我到了", await mentor.sees("培训"))
    await mentor.sees("签到")
    return event


async def test_who_signs_in_has_the_hours_also_after_who_came_was_forgotten(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    event = await trained(bot, mentor)
    await tick(bot, days=40)
    assert bot.school.run("SELECT COUNT(*) FROM event_here") == [(0,)]
    await opens(mentor, "看明细")
    assert "1.5 小时 ✓签到" in (await mentor.sees("我的学时"))["text"]
    # It did not take place after all: then there was none.
    bot.school.run("UPDATE event SET state = 'not_held' WHERE id = :id", id=event)
    await opens(mentor, "看明细")
    await mentor.sees("还没有记录")


async def test_who_signs_in_again_after_it_was_made_longer_has_the_hours_as_they_are(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    event = await trained(bot, mentor)
    bot.school.run("UPDATE event SET ends_at = ends_at + 3600000 WHERE id = :id", id=event)
    unit = unit_of(bot)
    (account,) = bot.school.run("SELECT account_id FROM person WHERE id = :id", id=bot.school.ids["李明"])[0]
    signin.sign(unit, events_of.must(unit, event), int(str(account)), 1, "button", guest=False)
    done(unit)
    assert bot.school.run("SELECT minutes FROM training_hours") == [(150,)]


async def test_own_entries_are_added_put_right_and_removed(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await opens(mentor, "记一次校外培训")
    await mentor.sees("请写在一句话里")
    await mentor.says("家庭教育指导培训")
    await mentor.sees("没看出多长时间")
    await mentor.says("家庭教育指导培训 3小时")
    kept = await mentor.sees("记好了")
    assert "家庭教育指导培训 3 小时（自己填写）" in kept["text"]
    await mentor.presses("改一改", kept)
    await mentor.sees("整句重新发过来")
    await mentor.says("家庭教育培训 4.5小时")
    await mentor.sees("家庭教育培训 4.5 小时")
    await opens(mentor)
    await mentor.finds("本学期：4.5 小时")
    await mentor.presses("看明细")
    await mentor.presses("改：家庭教育培训", await mentor.sees("我的学时"))
    await mentor.presses("删掉这一条", await mentor.sees("整句重新发过来"))
    await mentor.sees("还没有记录")


async def test_nobody_else_sees_or_changes_them(bot: Bot) -> None:
    mentor, admin = await bot.joined_mentor(), await bot.joined_admin()
    other, mother = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"), await bot.mother()
    await opens(mentor, "记一次校外培训")
    await mentor.sees("请写在一句话里")
    await mentor.says("家庭教育指导培训 3小时")
    await mentor.sees("记好了")
    (row,) = bot.school.run("SELECT id FROM training_hours")[0]
    for action, *args in (("trlist", 0), ("trfile", "x"), ("tradd",), ("trcase",), ("trwant", 0), ("trschool",)):
        await steals(bot, mother, action, *args)
    await other.looks_away()
    unit = unit_of(bot)
    assert hours.own(unit, int(str(row)), bot.school.ids["周静"]) is None
    assert not hours.remove(unit, int(str(row)), bot.school.ids["周静"])
    assert not hours.change(unit, int(str(row)), bot.school.ids["周静"], "x", 1, now_of(bot).date())
    done(unit)
    await steals(bot, other, "trschool")
    await admin.says("/training")
    shown = await admin.sees("全校培训")
    assert "不到五位" in shown["text"]
    assert "李明" not in shown["text"]


async def test_the_files_go_to_the_mentor_alone(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await trained(bot, mentor)
    await opens(mentor, "记一次校外培训")
    await mentor.sees("请写在一句话里")
    await mentor.says("=家庭教育 3小时")
    await mentor.sees("记好了")
    await opens(mentor, "导出表格")
    sent = await mentor.sees("只发给了您")
    _, content, _ = await bot.telegram.file(sent["document"]["file_id"])
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    # What was typed is a text, never a formula.
    assert sorted(str(row[2]) for row in rows[1:3]) == ["1.5", "3"]
    assert {"=家庭教育", "自己填写", "现场签到"} <= {cell for row in rows for cell in row}
    assert rows[3][2] == 4.5
    await mentor.presses("导出打印版")
    sent = await mentor.sees("只发给了您")
    _, content, _ = await bot.telegram.file(sent["document"]["file_id"])
    assert content.startswith(b"%PDF")


async def test_the_school_has_sums_in_steps_of_five_people(bot: Bot) -> None:
    admin = await bot.joined_admin()
    starts = at_seven(bot, 0).replace(hour=11)
    event = planned(bot, starts, kind="training", classes=(), topic="reading")
    unit = unit_of(bot)
    for number in range(7):
        person = crowd.joined(unit.session, bot.school, bot.id, crowd.FIRST + number, f"师{number}", f"X{number}")
        unit.session.flush()
        account = unit.connection.exec_driver_sql(f"SELECT account_id FROM person WHERE id = {person}").one()[0]
        signin.sign(unit, events_of.must(unit, event), account, 1, "button", guest=False)
        signin.sign(unit, events_of.must(unit, event), account, 2, "button", guest=False)
    done(unit)
    assert bot.school.run("SELECT COUNT(*), SUM(minutes) FROM training_hours") == [(7, 420)]
    await until(bot, starts + timedelta(hours=2))
    await admin.says("/training")
    shown = await admin.sees("全校培训")
    assert "办了 1 次培训" in shown["text"]
    assert "前 5 位一共 5 小时" in shown["text"]


# --- the case of the week ---


async def test_a_case_stands_in_the_week_s_list_and_one_tap_ends_it(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await to_monday(bot)
    found = await mentor.sees("【本周该做】")
    assert "💡 本周小案例：" in found["text"]
    assert len(found["text"].splitlines()) <= 10
    assert len([one for one in await mentor.reads() if "小案例" in one]) == 1
    await mentor.presses("小案例：", found)
    shown = await mentor.sees("💡")
    await mentor.presses("可以怎么做", shown)
    await mentor.sees("1. ")
    await mentor.presses("不再推送")
    await mentor.sees_toast("不再推送小案例")
    await to_monday(bot)
    again = await mentor.sees("【本周该做】")
    assert "小案例" not in again["text"] + str(again["buttons"])
    await opens(mentor, "每周小案例：关")
    await mentor.sees_toast("以后每周清单里会带")
    assert len(digests(await mentor.reads())) == 2


async def test_in_an_exam_week_the_list_brings_who_waits_and_no_case(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("小雨这周要请两天假")
    await mentor.sees("请两天假")
    day = now_of(bot).date()
    bot.school.run(
        "INSERT INTO calendar_span (id, school_id, kind, name, first, last) VALUES (1, :school, 'exam', '期末', :first, :last)",
        school=bot.school.ids["school"],
        first=day.isoformat(),
        last=(day + timedelta(days=20)).isoformat(),
    )
    await to_monday(bot)
    found = await mentor.sees("【等您回复】1 家")
    assert "小案例" not in found["text"] + str(found["buttons"])
    await opens(mentor, "本周小案例")
    await mentor.sees("💡")


async def test_where_no_list_goes_out_no_case_does(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await without_groups(bot)
    bot.school.run("UPDATE mentorship SET until = since")
    await to_monday(bot)
    await bot.settled()
    assert not [one for one in await mentor.reads() if "小案例" in one]
