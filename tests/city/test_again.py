"""Inviting again: counts for admins and chief mentors, slips where they belong, one reminder for who said 'not now'."""

from __future__ import annotations

from sqlmodel import Session

from models import people
from models.base import to_ms
from tests.city.many import more_mentors
from tests.events.class_of_parents import tick
from tests.school import FATHER, Bot


async def slips(bot: Bot, person) -> str:  # type: ignore[no-untyped-def]
    """The table of slips that somebody got."""
    file = (await person.sees("：表格"))["document"]
    _, content, _ = await bot.telegram.file(file["file_id"])
    return str(content.decode("utf-8-sig"))


async def test_an_admin_gets_a_classs_slips_in_one_tap(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.father()
    await admin.says("/more")
    await admin.presses("还没加入的家庭", await admin.sees("还可以做这些"))
    found = await admin.sees("这些班还有家庭没有人加入")
    await admin.presses("五年级2班：还有 2 家", found)
    table = await slips(bot, admin)
    assert "刘敏" in table
    # 张小雨's father has joined: her mother is not asked for her, but for 张小阳, of whose family nobody has.
    assert table.count("王芳") == 1
    assert "S2" in table


async def test_a_mentor_gets_the_slips_of_the_own_families_below_the_list(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await bot.settled()
    await mentor.says("/families")
    found = await mentor.finds("我的家庭")
    await bot.settled()
    await mentor.presses("给还没加入的家庭新邀请条")
    table = await slips(bot, mentor)
    assert "王芳" in table
    assert "刘敏" not in table
    assert found


async def test_once_everybody_has_joined_there_is_nothing_to_press(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await bot.mother()
    await bot.settled()
    await mentor.looks_away()
    await mentor.says("/families")
    shown = await mentor.sees("我的家庭")
    assert not shown.get("buttons")


async def test_who_must_not_be_contacted_is_on_no_slip(bot: Bot) -> None:
    admin = await bot.joined_admin()
    bot.school.run(
        "INSERT INTO no_contact (id, person_id, set_by, since) VALUES (1, :person, :by, 1)",
        person=bot.school.ids["刘敏"],
        by=bot.school.ids["赵主任"],
    )
    await admin.says("/more")
    await admin.presses("还没加入的家庭", await admin.sees("还可以做这些"))
    await admin.presses("五年级2班", await admin.sees("这些班还有家庭没有人加入"))
    table = await slips(bot, admin)
    assert "刘敏" not in table
    assert "王芳" in table


async def test_a_chief_mentor_passes_it_on_and_sees_no_other_names(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(2002, "周静", "T2")
    await bot.settled()
    await chief.says("/more")
    await chief.presses("还没加入的家庭", await chief.sees("还可以做这些"))
    found = await chief.sees("是哪几家，只有他们的导师看得到")
    await chief.presses("五年级2班：还有 3 家", found)
    await chief.sees("已请 1 位导师")
    table = await slips(bot, chief)
    assert "王芳" in table
    assert "刘敏" not in table, "another mentor's family"
    told = await other.sees("首席导师想请您再送一次")
    assert "刘敏" not in told["text"]
    await chief.presses("五年级2班：还有 3 家", found)
    await bot.settled()
    assert sum("首席导师想请您再送一次" in one for one in await other.reads()) == 1
    await other.presses("给还没加入的家庭新邀请条", told)
    assert "刘敏" in await slips(bot, other)


async def test_for_a_mentor_who_is_away_the_substitute_is_asked(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(2002, "周静", "T2")
    await bot.settled()
    more_mentors(bot.school, 1)
    now = to_ms(bot.clock.now())
    bot.school.run(
        "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
        " SELECT 1, id, :by, :since, :until, id, :yes, :yes FROM person WHERE staff_number = 'M0'",
        by=bot.school.ids["周静"],
        since=now - 1,
        until=now + 86_400_000,
        yes=True,
    )
    await chief.says("/more")
    await chief.presses("还没加入的家庭", await chief.sees("还可以做这些"))
    await chief.presses("五年级2班", await chief.sees("是哪几家，只有他们的导师看得到"))
    told = await other.sees("还有 2 个您负责的家庭没有人加入")
    await other.presses("给还没加入的家庭新邀请条", told)
    assert "家属0" in await slips(bot, other)


async def test_a_chief_mentor_hears_of_families_without_a_mentor_and_when_nobody_is_left(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    await bot.settled()
    await chief.says("/more")
    await chief.presses("还没加入的家庭", await chief.sees("还可以做这些"))
    found = await chief.sees("是哪几家，只有他们的导师看得到")
    bot.school.run("UPDATE mentorship SET until = since + 1 WHERE mentor_id = :one", one=bot.school.ids["周静"])
    await chief.presses("五年级2班：还有 3 家", found)
    await chief.sees("有 1 个家庭的孩子现在没有导师")
    bot.school.run("UPDATE pupil SET ended_at = 1")
    await chief.presses("五年级2班：还有 3 家", found)
    await chief.sees("每个家庭都有人加入了")


async def test_a_mentor_cannot_invite_a_class(bot: Bot) -> None:
    with Session(bot.school.engine) as session:
        session.add(people.Role(person_id=bot.school.ids["周静"], kind="admin", since=bot.school.now))
        session.commit()
    other = await bot.joined_mentor(2002, "周静", "T2")
    await other.says("/more")
    await other.presses("还没加入的家庭", await other.sees("还可以做这些"))
    found = await other.sees("这些班还有家庭没有人加入")
    bot.school.run("UPDATE role SET until = 1 WHERE kind = 'admin'")
    await other.presses("五年级2班", found)
    await other.sees_toast("按钮")
    assert bot.school.run("SELECT 1 FROM invite WHERE used_at IS NULL AND created_at > :at", at=2**61) == []


async def test_a_chief_mentor_and_a_mentor_of_yesterday_get_no_slip(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    await bot.settled()
    await chief.says("/families")
    await chief.finds("我的家庭")
    await bot.settled()
    below = await chief.finds("我的家庭")
    await chief.says("/more")
    await chief.presses("还没加入的家庭", await chief.sees("还可以做这些"))
    found = await chief.sees("是哪几家，只有他们的导师看得到")
    before = bot.school.run("SELECT COUNT(*) FROM invite")
    bot.school.run("UPDATE class_team SET until = since + 1")
    bot.school.run("UPDATE mentorship SET until = since + 1")
    await chief.presses("五年级2班", found)
    await chief.sees_toast("按钮")
    await chief.presses("给还没加入的家庭新邀请条", below)
    await chief.sees("每个家庭都有人加入了")
    assert bot.school.run("SELECT COUNT(*) FROM invite") == before


async def said_later(bot: Bot):  # type: ignore[no-untyped-def]
    """张强, who said yes and then 'not now'."""
    father = await bot.person(FATHER, "张强")
    await father.starts(bot.school.link("张强", "S1"))
    await father.sees("对吗")
    await father.presses("是，是我")
    asked = await father.sees("您同意吗")
    await father.presses(asked["buttons"][0][-1]["text"], asked)
    await bot.settled()
    return father, asked


async def test_who_said_not_now_is_reminded_once(bot: Bot) -> None:
    father, _ = await said_later(bot)
    await tick(bot, days=2)
    assert not any("以后也不会再提醒" in one for one in await father.reads())
    await tick(bot, days=1, minutes=5)
    told = await father.sees("以后也不会再提醒")
    await tick(bot, days=5)
    await bot.settled()
    assert sum("以后也不会再提醒" in one for one in await father.reads()) == 1
    await father.presses("同意", told)
    await father.sees("好了！有事")


async def test_who_must_not_be_contacted_is_not_reminded(bot: Bot) -> None:
    father, _ = await said_later(bot)
    bot.school.run(
        "INSERT INTO no_contact (id, person_id, set_by, since) VALUES (1, :person, :by, 1)",
        person=bot.school.ids["张强"],
        by=bot.school.ids["赵主任"],
    )
    await tick(bot, days=4)
    await bot.settled()
    assert not any("以后也不会再提醒" in one for one in await father.reads())
    assert bot.school.run("SELECT 1 FROM join_reminder WHERE told_at IS NULL") == []


async def test_who_agreed_meanwhile_is_not_reminded(bot: Bot) -> None:
    father, asked = await said_later(bot)
    await father.presses("同意", asked)
    await father.sees("好了！有事")
    await tick(bot, days=4)
    await bot.settled()
    assert not any("以后也不会再提醒" in one for one in await father.reads())
