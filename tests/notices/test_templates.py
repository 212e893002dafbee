"""Templates: those that come with the program, what a school keeps, and the blanks that are filled first."""

from __future__ import annotations

from handlers.texts import LANGUAGES, units
from models.notices import templates
from models.notices.content import LONGEST_CHOICE, LONGEST_TITLE, MOST_CHOICES, MOST_QUESTIONS, Content, Piece
from tests.notices.walk import buttons, looks, opens, said, writes
from tests.school import Bot


def test_what_comes_with_the_program_is_whole_in_both_languages() -> None:
    codes = [one.code for one in templates.ready()]
    assert codes == ["class", "holiday", "outing", "parents", "mentors"]
    for one in templates.ready():
        assert set(one.title) == set(one.content.pieces) == set(LANGUAGES)
        assert all(one.title.values())
        assert all(len(title) <= LONGEST_TITLE for title in one.content.title.values())
        for question in (*one.content.questions, *((one.content.slip,) if one.content.slip else ())):
            assert set(question.text) == set(question.choices) == set(LANGUAGES)
            assert len({len(choices) for choices in question.choices.values()}) == 1
            assert 2 <= question.count <= MOST_CHOICES
            assert all(len(choice) <= LONGEST_CHOICE for choices in question.choices.values() for choice in choices)
        # Every bracket in them is a blank that is asked for.
        assert len(templates.blanks(one.content)) == len(set(templates.BLANK.findall(one.content.words)))
    for name in ("parents", "mentors"):
        assert 4 <= len(templates.survey(name)) <= MOST_QUESTIONS
    outing = templates.ready_one("outing")
    assert outing is not None
    assert outing.content.slip is not None


def test_a_heading_in_brackets_is_no_blank() -> None:
    said_ = Content(
        pieces={"zh_CN": (Piece("【温馨提示】【日期】在【地点】，【X月X日】前报名 [date] [sic]【请填班级】"),)}
    )
    assert templates.blanks(said_) == ["【日期】", "【地点】", "【X月X日】", "[date]", "【请填班级】"]


def test_formatting_stays_where_it_was_when_blanks_are_filled() -> None:
    text = "😀【日期】来，【日期】见，请准时"
    spans = (
        {"type": "bold", "offset": units("😀"), "length": units("【日期】来")},
        {"type": "italic", "offset": units("😀【日期】来，【日期】见，"), "length": 3},
    )
    filled = templates.fill(Content(pieces={"zh_CN": (Piece(text, spans),)}), "【日期】", "12月3日🎉")
    (piece,) = filled.pieces["zh_CN"]
    assert piece.text == "😀12月3日🎉来，12月3日🎉见，请准时"
    cut = [
        piece.text.encode("utf-16-le")[2 * one["offset"] : 2 * (one["offset"] + one["length"])] for one in piece.spans
    ]
    assert [one.decode("utf-16-le") for one in cut] == ["12月3日🎉来", "请准时"]


async def test_a_ready_one_is_filled_and_sent(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    await admin.presses("从模板开始", await opens(admin))
    await admin.presses("外出活动回执", await admin.sees("从哪一个开始"))
    await admin.presses("就发给他们", await admin.sees("发给谁"))
    board = await admin.sees("这条通知")
    assert "回执：同意孩子参加这次活动吗？" in board["text"]
    assert not any("看看样子" in one for one in buttons(board))
    await admin.presses("填空", board)
    for blank, value in (("日期", "12月3日"), ("地点", "动物园"), ("活动", "写生"), ("集合时间", "8:00")):
        await admin.sees(f"【{blank}】 填什么")
        await admin.says(value)
    await admin.sees("【集合地点】 填什么")
    await admin.says("x" * 400)
    await admin.sees("请短一点")
    for value in ("校门口", "16:00", "水和帽子"):
        await admin.says(value)
    english = await admin.sees("[date] 填什么")
    await admin.presses("只要一种语言", english)
    board = await admin.sees("这条通知")
    await admin.presses("现在发给", await looks(admin, board))
    got = await mother.sees("12月3日我们去动物园写生，8:00在校门口集合")
    assert "【集合" not in got["text"]


async def test_a_school_keeps_its_own_renames_and_deletes_it(bot: Bot) -> None:
    admin = await bot.joined_admin()
    mentor = await bot.joined_mentor()
    board = await writes(admin, "【温馨提示】天冷了，请多穿衣服。")
    await admin.presses("加点别的", board)
    await admin.presses("存成模板", await said(admin, "存成模板"))
    await admin.sees("给模板起个名字")
    await admin.says("天" * 40)
    await admin.sees("请短一点")
    await admin.says("降温提醒")
    await admin.sees("存好了：降温提醒")
    await mentor.presses("从模板开始", await opens(mentor))
    found = await mentor.sees("从哪一个开始")
    await mentor.presses("改名或删掉", found)
    await mentor.sees_toast("只有那位老师和管理员能改")
    await mentor.presses("⭐ 降温提醒", found)
    await mentor.presses("导师：给我带的学生的家长", await mentor.sees("以谁的名义"))
    assert "天冷了" in (await mentor.sees("这条通知"))["text"]
    await admin.presses("从模板开始", await opens(admin))
    await admin.presses("改名或删掉", await said(admin, "改名或删掉"))
    await admin.presses("改名", await admin.sees("模板“降温提醒”"))
    await admin.sees("新的名字")
    await admin.says("降温")
    listed = await said(admin, "⭐ 降温")
    await admin.presses("改名或删掉", listed)
    await admin.presses("删掉", await admin.sees("模板“降温”"))
    await admin.sees("从哪一个开始")
    assert bot.school.run("SELECT COUNT(*) FROM notice_template") == [(0,)]
