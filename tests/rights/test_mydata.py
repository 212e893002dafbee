"""What is kept on me and my child: seen, taken along, and who looked."""

from __future__ import annotations

from tests.rights.people import mydata, unpacked
from tests.school import Bot


async def test_a_mother_sees_what_is_kept_and_takes_a_copy_that_has_hers_alone(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await mother.says("/more")
    await mother.finds("还可以做这些")
    await mother.presses("我的资料")
    await mother.finds("除了名册，还没有别的")
    await father.says("父亲写的话")
    await mentor.finds("父亲写的话")
    await mother.says("<b>小雨</b>今天发烧了 & 请假")
    await mother.presses("张小雨")
    await mentor.finds("今天发烧了")
    await bot.settled()
    await mydata(mother, "带走一份")
    await mother.finds("正在准备")
    await bot.app.tick_now()  # type: ignore[union-attr]
    message = await mother.finds("您的资料。解压后")
    page, data = await unpacked(bot, message)
    assert [child["name"] for child in data["children"]] == ["张小雨", "张小阳"]
    assert data["people"][0]["name"] == "王芳"
    assert data["people"][0]["phone"] == "+8613800000001"
    assert [one["text"] for one in data["children"][0]["messages"]] == ["<b>小雨</b>今天发烧了 & 请假"]
    assert "&lt;b&gt;小雨&lt;/b&gt;今天发烧了 &amp; 请假" in page
    assert "<script" not in page
    assert "http" not in page
    for hidden in ("父亲写的话", "张强", "13800000002"):
        assert hidden not in page
        assert hidden not in str(data)
    # Three a day.
    for said in ("正在准备", "正在准备", "今天已经准备过 3 次了"):
        await bot.settled()
        await mother.looks_away()
        await mother.says("/mydata")
        await mother.presses("带走一份", await mother.sees("学校在这里保存了什么"))
        await mother.sees(said)
        await bot.app.tick_now()  # type: ignore[union-attr]


async def test_who_has_left_gets_no_copy_that_was_asked_for(bot: Bot) -> None:
    mother = await bot.mother()
    bot.app.ticks.stop()  # type: ignore[union-attr] # so that the copy is not made at once
    await mydata(mother, "带走一份")
    await mother.finds("正在准备")
    await mother.says("/leave")
    await mother.finds("确定退出吗")
    await mother.presses("退出")
    await mother.finds("您已退出")
    await bot.app.tick_now()  # type: ignore[union-attr]
    await bot.settled()
    assert not any("解压" in text for text in await mother.reads())


async def test_a_strangers_and_a_forged_button_show_nothing(bot: Bot) -> None:
    stranger = await bot.stranger()
    await stranger.starts()
    await stranger.says("/mydata")
    await stranger.finds("还没有加入学校")
    father = await bot.father()
    await bot.mother()
    await mydata(father, "谁看过孩子的资料")
    await father.finds("还没有人看过")


async def test_staff_see_their_own_and_english_is_complete(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    found = await mydata(mentor)
    assert "您（教职工）" in found["text"]
    assert "谁看过" not in str(found["buttons"])
    await mentor.presses("带走一份")
    await bot.app.tick_now()  # type: ignore[union-attr]
    _, data = await unpacked(bot, await mentor.finds("解压后"))
    assert data["people"][0]["mentorships"]["pupils"] == 2
    assert data["children"] == []
    mother = await bot.joined_guardian(1003, "刘敏", "S3", language="en")
    await mother.says("/mydata")
    await mother.finds("What the school keeps here")
    await mother.presses("Take a copy")
    await bot.app.tick_now()  # type: ignore[union-attr]
    page, _ = await unpacked(bot, await mother.finds("Unpack it"))
    assert 'lang="en"' in page


async def test_two_thousand_messages_are_packed_soon(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.joined_guardian(1003, "刘敏", "S3")
    _ = mentor
    ids = bot.school.ids
    unit = bot.school.unit()
    from models.base import new_id
    from models.conversation import Body
    from models.unit import sql

    thread = new_id()
    unit.write(
        sql("INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"),
        id=thread,
        pupil=ids["陈晨"],
        guardian=ids["刘敏"],
        mentor=ids["周静"],
    )
    for number in range(2_000):
        row = new_id()
        unit.later(
            sql(
                "INSERT INTO message (id, thread_id, by_guardian, kind, sealed_body, state, hurried, written_at)"
                " VALUES (:id, :thread, :by, 'text', :body, 'delivered', :no, :now)"
            ),
            id=row,
            thread=thread,
            by=number % 2 == 0,
            body=unit.vault.seal("message", row, "body", Body(f"今天的作业写完了，谢谢老师 {number}").to_json()),
            no=False,
            now=unit.now_ms + number,
        )
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await mydata(mother, "带走一份")
    await bot.app.tick_now()  # type: ignore[union-attr]
    message = await mother.finds("解压后", timeout=20)
    _, data = await unpacked(bot, message)
    assert len(data["children"][0]["messages"]) == 2_000
