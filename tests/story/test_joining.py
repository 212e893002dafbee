"""Getting in and out, as people live it."""

from __future__ import annotations

import secrets

import pytest

from models.vault import token_hash
from tests.school import ADMIN, FATHER, MENTOR, MOTHER, STRANGER, Bot


async def test_a_guardian_is_asked_who_she_is_then_for_consent_then_sees_the_mentors_card(bot: Bot) -> None:
    await bot.joined_mentor()
    mother = await bot.person(MOTHER, "王芳")
    await mother.starts(bot.school.link("王芳", "S1"))
    question = await mother.sees("对吗")
    assert "张小雨，五年级2班（您是妈妈）" in question["text"]
    await mother.presses("是，是我")
    consent = await mother.sees("您同意吗")
    assert [one["text"] for row in consent["buttons"] for one in row] == ["同意", "暂不", "查看完整说明"]
    await mother.presses("查看完整说明")
    await mother.sees("您的权利")
    await mother.presses("同意")
    card = await mother.sees("张小雨（五年级2班）的导师")
    assert "李明 老师 · 数学" in card["text"]
    assert "07:30–18:30" in card["text"]
    await mother.sees("好了")
    assert bot.school.run("SELECT version FROM consent") == [("2026-11",)]


async def test_a_second_childs_link_adds_the_child_without_asking_all_over_again(bot: Bot) -> None:
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    await mother.starts(bot.school.link("王芳", "S2"))
    await mother.sees("张小阳")
    await mother.presses("是，是我")
    await mother.sees("我会问是哪个孩子的事")
    assert sum("谢谢，您已同意" in text for text in await mother.reads()) == 1


async def test_no_withdraws_the_link_and_tells_the_school(bot: Bot) -> None:
    admin = await bot.joined_admin()
    token = bot.school.link("王芳", "S1")
    stranger = await bot.stranger()
    await stranger.starts(token)
    await stranger.sees("对吗")
    await stranger.presses("不是")
    await stranger.sees("这个链接已经作废")
    await admin.sees("不是本人")
    await stranger.starts(token)
    await stranger.sees("这个链接用不了")


async def test_not_now_keeps_nothing_and_the_link_stays_open_to_the_same_person(bot: Bot) -> None:
    token = bot.school.link("张强", "S1")
    father = await bot.person(FATHER, "张强")
    await father.starts(token)
    await father.sees("对吗")
    await father.presses("是，是我")
    await father.sees("您同意吗")
    await father.presses("暂不")
    await father.sees("不着急")
    assert bot.school.run("SELECT COUNT(*) FROM consent") == [(0,)]
    await father.says("我想写点什么")
    await father.sees("您同意吗")
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]
    await father.starts(token)
    await father.sees("您同意吗")
    await father.presses("同意")
    await father.sees("好了")


async def test_a_link_used_again_by_someone_else_gives_nothing_away_and_the_admin_is_told(bot: Bot) -> None:
    admin = await bot.joined_admin()
    token = bot.school.link("张强", "S1")
    father = await bot.person(FATHER, "张强")
    await father.starts(token)
    await father.sees("对吗")
    await father.presses("是，是我")
    await father.sees("您同意吗")
    await father.presses("同意")
    await father.sees("好了")
    stranger = await bot.stranger()
    await stranger.starts(token)
    told = await stranger.sees("这个链接用不了")
    assert "张强" not in told["text"]
    assert "小雨" not in told["text"]
    await admin.sees("张强 的加入链接被另一个账号再次打开")
    await father.starts(token)
    await father.sees("您已加入")


@pytest.mark.parametrize("kind", ["mistyped", "expired", "withdrawn", "sql"])
async def test_every_wrong_link_gets_the_same_friendly_text(bot: Bot, kind: str) -> None:
    token = bot.school.link("张强", "S1")
    if kind == "mistyped":
        token = token[:-3] + ("aaa" if token[-3:] != "aaa" else "bbb")
    elif kind == "expired":
        bot.later(days=31)
    elif kind == "withdrawn":
        bot.school.run("UPDATE invite SET withdrawn_at = 1 WHERE token_hash = :hash", hash=token_hash(token))
    else:
        token = "1_OR_1-1--DROP_TABLE"
    stranger = await bot.stranger()
    await stranger.starts(token)
    told = await stranger.sees("这个链接用不了：可能已经用过、过期或写错了")
    assert "请向班主任或学校要一张新的加入单" in told["text"]


async def test_ten_wrong_links_make_the_account_wait_and_then_it_may_try_again(bot: Bot) -> None:
    token = bot.school.link("张强", "S1")
    stranger = await bot.stranger()
    for _ in range(10):
        await stranger.starts(secrets.token_urlsafe(32))
    await stranger.sees("请过一小时再试")
    await stranger.starts(token)
    await stranger.sees("请过一小时再试")
    bot.later(minutes=61)
    await stranger.starts(token)
    await stranger.sees("对吗")


async def test_staff_confirm_then_see_hours_and_their_families(bot: Bot) -> None:
    await bot.father()
    mentor = await bot.person(MENTOR, "李明")
    await mentor.starts(bot.school.link("李明", "T1"))
    await mentor.sees("李明 老师，对吗")
    await mentor.presses("是，是我")
    await mentor.sees("欢迎加入")
    hours = await mentor.sees("工作时间现在是 07:30–18:30")
    families = await mentor.sees("我的家庭：1 / 3 位监护人已加入")
    assert "✓ 爸爸" in families["text"]
    assert "– 妈妈，还没加入" in families["text"]
    await mentor.presses("08:00", hours)
    await mentor.sees("工作时间：08:00–20:00")
    await mentor.says("/hours 9:15-17:05")
    await mentor.sees("工作时间：09:15–17:05")
    await mentor.says("/hours 后天")
    await mentor.sees("没看懂这个时间")


async def test_the_own_number_lets_in_whom_the_roster_holds(bot: Bot) -> None:
    mother = await bot.person(MOTHER, "王芳")
    await mother.starts()
    await mother.sees("发送我的手机号")
    await mother.act("contact", phone="8613800000001")
    question = await mother.sees("对吗")
    assert "张小雨" in question["text"]
    assert "张小阳" in question["text"]
    await mother.presses("是，是我")
    await mother.sees("您同意吗")
    await mother.presses("同意")
    await mother.sees("好了")
    assert bot.school.run("SELECT COUNT(*) FROM guardianship WHERE confirmed_at IS NOT NULL") == [(2,)]


@pytest.mark.parametrize("how", ["somebody else's", "without an account", "forwarded"])
async def test_a_number_that_is_not_the_senders_own_counts_for_nothing(bot: Bot, how: str) -> None:
    stranger = await bot.stranger()
    await stranger.starts()
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": 1}
    cases: dict[str, dict[str, object]] = {
        "somebody else's": {"user_id": MOTHER},
        "without an account": {"user_id": None},
        "forwarded": {"forward_origin": origin},
    }
    await stranger.act("contact", phone="+8613800000001", **cases[how])
    await stranger.sees("请用“发送我的手机号”按钮发送您自己的号码")


async def test_a_number_that_the_roster_does_not_hold_is_told_the_way_on(bot: Bot) -> None:
    stranger = await bot.stranger()
    await stranger.starts()
    await stranger.act("contact", phone="+8613999999999")
    await stranger.sees("学校的名册里没有找到这个号码")


async def test_a_number_never_takes_over_somebody_elses_place(bot: Bot) -> None:
    await bot.father()
    thief = await bot.stranger()
    await thief.starts()
    await thief.act("contact", phone="+8613800000002")
    await thief.sees("没有找到这个号码")


async def test_start_of_someone_who_has_joined_shows_where_they_stand_and_resets_nothing(bot: Bot) -> None:
    father = await bot.father()
    before = bot.school.run("SELECT id, person_id, confirmed_at FROM guardianship ORDER BY id")
    await father.starts()
    await father.sees("张小雨的导师：李明老师")
    assert bot.school.run("SELECT id, person_id, confirmed_at FROM guardianship ORDER BY id") == before


async def test_leaving_stops_everything_and_coming_back_needs_a_new_link(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("先打个招呼")
    copy = await mentor.sees("打个招呼")
    await father.says("/leave")
    await father.sees("确定退出吗")
    await father.presses("退出")
    await father.sees("您已退出")
    await mentor.replies(copy, "收到吗")
    await mentor.sees("没有")
    await father.says("还在吗")
    await father.sees("学校会给每位家长和老师一张带二维码的加入单")
    await mentor.sees_nothing_with("还在吗", 0.2)
    assert bot.school.run("SELECT COUNT(*) FROM consent WHERE withdrawn_at IS NULL") == [(0,)]
    again = await bot.father()
    await again.says("我回来了")
    await mentor.sees("我回来了")


async def test_a_person_may_be_guardian_and_mentor_at_once(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(2002, "周静", "T2")
    await bot.father()
    bot.school.run(
        "UPDATE guardianship SET person_id = :mentor WHERE pupil_id = :pupil",
        mentor=bot.school.ids["李明"],
        pupil=bot.school.ids["陈晨"],
    )
    await mentor.starts(bot.school.link("李明", "S3"))
    await mentor.sees("陈晨")
    await mentor.presses("是，是我")
    await mentor.sees("您同意吗")
    await mentor.presses("同意")
    await mentor.sees("陈晨（五年级2班）的导师")
    await mentor.says("我是家长也是老师")
    question = await mentor.sees("发给谁")
    names = [row[0]["text"] for row in question["buttons"]]
    assert names == ["陈晨（周静老师）", "张小雨 · 爸爸", "不发了"]
    await mentor.presses("陈晨（周静老师）")
    assert (await other.sees("我是家长也是老师"))["text"].startswith("陈晨 · 五年级2班 · 妈妈")


async def test_a_new_telephone_takes_the_persons_place_by_a_new_link(bot: Bot) -> None:
    mentor, old = await bot.joined_mentor(), await bot.father()
    new = await bot.person(1009, "张强")
    await new.starts(bot.school.link("张强", "S1"))
    await new.sees("对吗")
    await new.presses("是，是我")
    await new.sees("张小雨（五年级2班）的导师")
    await new.says("换手机了")
    await mentor.sees("换手机了")
    await old.says("旧手机")
    await old.sees("学校会给每位家长和老师")
    await mentor.sees_nothing_with("旧手机", 0.2)


async def test_first_contact_sets_the_language_and_a_choice_stays(bot: Bot) -> None:
    english = await bot.stranger(language="en")
    await english.starts()
    await english.sees("Hello!")
    other = await bot.stranger(STRANGER + 1, language=None)
    await other.starts()
    await other.sees("您好")
    await other.says("/language")
    await other.sees("Choose your language")
    await other.presses("English")
    await other.sees("English from now on")
    await other.says("/help")
    await other.sees("You have not joined yet")
    assert [one["description"] for one in (await other.chat())["menu"]][:1] == ["Where I stand"]


async def test_menus_are_set_for_each_role(bot: Bot) -> None:
    mentor, admin, father = await bot.joined_mentor(), await bot.joined_admin(), await bot.father()
    for person, expected in (
        (mentor, {"week", "write", "visits", "families"}),
        (admin, {"invites", "joined"}),
        (father, {"visits", "help", "settings", "language", "more"}),
    ):
        names = await person.sees_menu("urgent")
        assert "leave" not in names
        assert expected <= names
        assert len(names) <= {mentor: 14, admin: 10, father: 8}[person]


@pytest.mark.parametrize("who", ["mentor", "guardian", "admin", "stranger"])
async def test_help_and_settings_exist_for_every_role(bot: Bot, who: str) -> None:
    person = await {
        "mentor": bot.joined_mentor,
        "guardian": bot.father,
        "admin": bot.joined_admin,
        "stranger": bot.stranger,
    }[who]()
    if who == "stranger":
        await person.starts()
    await person.says("/help")
    await person.sees("您还没有加入" if who == "stranger" else "怎么用")
    await person.says("/settings")
    await person.sees("设置")
    await person.says("/nonsense")
    await person.sees("没有这个指令")


async def test_admins_make_slips_in_the_chat(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/invites")
    await admin.sees("为哪个班生成加入单")
    await admin.presses("五年级2班")
    await admin.sees("4 张加入单")
    sheet = await admin.sees("打印用，4 张")
    table = await admin.sees("五年级2班：表格")
    assert sheet["document"]["file_name"] == "五年级2班.html"
    assert table["document"]["size"] > 400
    await admin.says("/joined")
    await admin.sees("五年级2班：0 / 4")


async def test_who_is_no_admin_makes_no_slips(bot: Bot) -> None:
    father = await bot.father()
    for command in ("/invites", "/joined"):
        await father.says(command)
        await father.sees("这个功能只给学校管理员")
    assert father.id != ADMIN
