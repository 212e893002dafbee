"""A look at a conversation takes a reason and a second person, is told to both sides and stands in the log that they see."""

from __future__ import annotations

import pytest

from models import access, people
from models.base import new_id
from models.safeguarding import cases
from models.unit import sql
from simulator.client import Person
from tests.rights.people import mydata, talk
from tests.school import Bot

SECOND = 3002
REASON = "两位家长都来学校问过这件事"


async def _second_admin(bot: Bot) -> Person:
    from sqlmodel import Session

    with Session(bot.school.engine, expire_on_commit=False) as session:
        row = bot.school.person(session, "钱主任", "T8")
        session.add(people.Role(person_id=row, kind="admin", since=bot.school.now))
        session.commit()
    second = await bot.person(SECOND, "钱主任")
    await second.starts(bot.school.link("钱主任", "T8"))
    await second.sees("对吗")
    await second.presses("是，是我")
    await second.sees("您是管理员")
    return second


async def _asks(admin: Person, relation: str = "爸爸") -> None:
    await admin.says("/look")
    await admin.finds("请输入学生的学号")
    await admin.says("S1")
    await admin.finds("和谁的对话")
    await admin.presses(f"张小雨 · {relation}")
    await admin.finds("为什么要看")


@pytest.mark.both
async def test_the_whole_way(bot: Bot) -> None:
    mentor, admin, second = await bot.joined_mentor(), await bot.joined_admin(), await _second_admin(bot)
    mother, father = await bot.mother(), await bot.father()
    await talk(bot, father, mentor, "父亲的话", "老师的回答")
    await mother.says("母亲的话")
    await mother.presses("张小雨")
    await mentor.finds("母亲的话")
    await bot.settled()
    await _asks(admin)
    await admin.says("看看")
    await admin.finds("请写 5 到 200 个字")
    await admin.says(REASON)
    await admin.finds("已经去问了")
    found = await second.finds("想看 张小雨 的")
    assert REASON in found["text"]
    # The chief mentor is the pupil's own mentor here, takes part, and is not asked.
    assert not any("想看" in text for text in await mentor.reads())
    await second.presses("同意")
    await second.finds("✓ 您同意了")
    for person in (father, mentor):
        told = await person.finds("学校管理员赵主任会看您")
        assert REASON in told["text"]
    await admin.finds("已经有人同意")
    await admin.presses("打开")
    page = await admin.finds("父亲的话")
    assert "老师的回答" in page["text"]
    assert "母亲的话" not in page["text"]
    await bot.settled()
    assert not any("会看您" in text for text in await mother.reads())
    # Both see it where they look, the other guardian does not.
    await mydata(father, "谁看过孩子的资料")
    line = await father.finds("赵主任（学校管理员）")
    assert REASON in line["text"]
    await mydata(mother)
    await mother.presses("谁看过孩子的资料")
    await mother.finds("看哪个孩子的")
    await mother.presses("张小雨")
    assert "赵主任" not in (await mother.finds("谁看过张小雨的资料"))["text"]
    unit = bot.school.unit()
    assert access.verify(unit, bot.school.ids["school"]).broken_at is None
    unit.connection.rollback()
    unit.connection.close()


async def test_it_closes_after_a_day_and_for_who_is_no_admin_any_more(bot: Bot) -> None:
    mentor, admin, second, father = (
        await bot.joined_mentor(),
        await bot.joined_admin(),
        await _second_admin(bot),
        await bot.father(),
    )
    await talk(bot, father, mentor, "父亲的话")
    await _asks(admin)
    await admin.says(REASON)
    await second.finds("想看 张小雨 的")
    await second.presses("同意")
    may = await admin.finds("已经有人同意")
    bot.school.run("UPDATE role SET until = 1 WHERE person_id = :id", id=bot.school.ids["赵主任"])
    await admin.presses("打开", may)
    await admin.sees_toast("时间过了")
    bot.school.run("UPDATE role SET until = NULL WHERE person_id = :id", id=bot.school.ids["赵主任"])
    bot.later(hours=25)
    await admin.presses("打开", may)
    await bot.settled()
    assert bot.school.run("SELECT COUNT(*) FROM access WHERE what = 'thread'") == [(0,)]


async def test_declined_or_alone_nothing_can_be_read(bot: Bot) -> None:
    mentor, admin, father = await bot.joined_mentor(), await bot.joined_admin(), await bot.father()
    await talk(bot, father, mentor, "父亲的话")
    await _asks(admin)
    await admin.says(REASON)
    await admin.finds("现在没有能同意的人")
    assert bot.school.run("SELECT id FROM thread_look") == []  # it does not wait, nor count
    second = await _second_admin(bot)
    await _asks(admin)
    await admin.says(REASON)
    await second.finds("想看 张小雨 的")
    await second.presses("不同意")
    await admin.finds("没有得到同意")
    await bot.settled()
    assert not any("会看您" in text for text in await father.reads())


@pytest.mark.both
async def test_who_must_not_be_contacted_is_not_told_and_a_case_shows_nothing(bot: Bot) -> None:
    mentor, admin, second, father = (
        await bot.joined_mentor(),
        await bot.joined_admin(),
        await _second_admin(bot),
        await bot.father(),
    )
    await talk(bot, father, mentor, "父亲的话")
    ids = bot.school.ids
    unit = bot.school.unit()
    cases.stop_contact(unit, ids["张强"], None, ids["赵主任"])
    access.note(unit, ids["赵主任"], ids["张小雨"], "case")
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await _asks(admin)
    await admin.says(REASON)
    await second.finds("想看 张小雨 的")
    await second.presses("同意")
    await admin.finds("已经有人同意")
    await admin.presses("打开")
    await admin.finds("父亲的话")
    await bot.settled()
    assert not any("会看您" in text for text in await father.reads())
    await mydata(father, "谁看过孩子的资料")
    shown = await father.finds("谁看过张小雨的资料")
    assert "还没有人看过" in shown["text"]
    assert REASON not in shown["text"]


async def test_looks_that_a_case_made_necessary_are_not_shown(bot: Bot) -> None:
    father, ids = await bot.father(), bot.school.ids
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    case = new_id()
    unit.write(
        sql(
            "INSERT INTO safety_case (id, school_id, pupil_id, by_guardian, found_by, state, opened_at)"
            " VALUES (:id, :school, :pupil, :no, 'button', 'open', :now)"
        ),
        id=case,
        school=ids["school"],
        pupil=ids["张小雨"],
        no=False,
        now=unit.now_ms - 1000,
    )
    unit.write(
        sql(
            "INSERT INTO case_step (id, case_id, number, person_id, role, paged_at, reached)"
            " VALUES (:id, :case, 1, :person, 'admin', :now, :yes)"
        ),
        id=new_id(),
        case=case,
        person=ids["赵主任"],
        now=unit.now_ms - 1000,
        yes=True,
    )
    access.note(unit, ids["赵主任"], ids["张小雨"], "visit_record")
    access.note(unit, ids["周静"], ids["张小雨"], "file")
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await mydata(father, "谁看过孩子的资料")
    shown = await father.finds("谁看过张小雨的资料")
    assert "周静" in shown["text"]
    assert "赵主任" not in shown["text"]


async def test_a_mentors_history_is_noted_for_that_guardian_alone(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await talk(bot, father, mentor, "父亲的话")
    await mentor.says("/history")
    await mentor.finds("父亲的话")
    await mentor.says("/checklist")
    await bot.settled()
    await mydata(father, "谁看过孩子的资料")
    shown = await father.finds("李明（导师）")
    assert "聊天记录" in shown["text"]
    await mydata(mother)
    await mother.presses("谁看过孩子的资料")
    await mother.finds("看哪个孩子的")
    await mother.presses("张小雨")
    assert "李明" not in (await mother.finds("谁看过张小雨的资料"))["text"]


async def test_an_admin_has_the_log_gone_through_and_compares_an_earlier_code(bot: Bot) -> None:
    admin, ids = await bot.joined_admin(), bot.school.ids
    unit = bot.school.unit()
    access.note(unit, ids["赵主任"], ids["张小雨"], "file", "一")
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await admin.says("/more")
    await admin.finds("还可以做这些")
    await admin.presses("资料管理")
    await admin.finds("处理更正")
    await admin.presses("查阅记录是否完整")
    await bot.app.tick_now()  # type: ignore[union-attr]
    found = await admin.finds("✓ 完整，没有被改过")
    code = found["text"].split("请把这一行抄在别处：\n")[1].split("\n")[0]
    assert code.startswith("1 ")
    await admin.presses("用以前抄下的校验码核对", found)
    await admin.finds("请输入以前抄下的编号和校验码")
    await admin.says("随便什么")
    await admin.finds("没看明白")
    await admin.says(code.lower())
    await bot.app.tick_now()  # type: ignore[union-attr]
    await admin.finds("✓ 对得上：第 1 行")
    bot.school.run("UPDATE access SET at = at + 1")
    await admin.presses("‹ 资料管理")
    await admin.finds("处理更正")
    await admin.presses("查阅记录是否完整")
    await bot.app.tick_now()  # type: ignore[union-attr]
    await admin.finds("从第 1 行起对不上")


async def test_an_admin_cannot_ask_about_an_own_child(bot: Bot) -> None:
    mentor, admin, father = await bot.joined_mentor(), await bot.joined_admin(), await bot.father()
    await talk(bot, father, mentor, "父亲的话")
    ids = bot.school.ids
    bot.school.run(
        "UPDATE person SET account_id = (SELECT account_id FROM person WHERE id = :admin) WHERE id = :mother",
        admin=ids["赵主任"],
        mother=ids["王芳"],
    )
    await admin.says("/look")
    await admin.finds("请输入学生的学号")
    await admin.says("S1")
    await admin.finds("没有找到这个学号")
