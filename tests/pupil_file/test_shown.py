"""What is shown from where it stands: visits, agreements, written notes; on paper; and what of it goes onto a card."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from handlers.pupil_file import paper
from handlers.pupil_file.paper import Paper
from models.base import new_id
from tests.pupil_file.phones import another_mentor, file_of, goes_on, term, writes
from tests.school import OTHER_MENTOR, Bot


def visited(bot: Bot, guardian: str, school: str, family: str, mentor: str = "李明", days: int = 1) -> int:
    """A visit at which one guardian was, and what was agreed at it."""
    ids, seal, at = bot.school.ids, bot.school.vault.seal, bot.clock.now_ms() + days * 86_400_000
    visit, row = new_id(), new_id()
    bot.school.run(
        "INSERT INTO visit (id, school_id, pupil_id, purpose, state, version, kind, aim, asked_by_guardian, mentor_id,"
        " companion_says, wish_proposed, sequence, safety_step, why, created_at, starts_at, ends_at, form)"
        " VALUES (:id, :school, :pupil, 'visit', 'agreed', 1, 'routine', 'know', :no, :mentor, 'nobody', :no, 0, 0, '', :at,"
        " :at, :ends, 'home')",
        id=visit,
        school=ids["school"],
        pupil=ids["张小雨"],
        mentor=ids[mentor],
        no=False,
        at=at,
        ends=at + 1_800_000,
    )
    bot.school.run(
        "INSERT INTO visit_guest (id, visit_id, guardian_id, reply, at) VALUES (:id, :visit, :who, 'host', :at)",
        id=new_id(),
        visit=visit,
        who=ids[guardian],
        at=at,
    )
    bot.school.run(
        "INSERT INTO agreement (id, visit_id, pupil_id, number, sealed_school, sealed_family, state, by_person, at)"
        " VALUES (:id, :visit, :pupil, 1, :school, :family, 'confirmed', :by, :at)",
        id=row,
        visit=visit,
        pupil=ids["张小雨"],
        school=seal("agreement", row, "school", school),
        family=seal("agreement", row, "family", family),
        by=ids[mentor],
        at=at,
    )
    return visit


async def test_each_sees_the_visits_at_which_one_was(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Paper] = []
    real = paper.drawn

    def noted(one: Paper) -> bytes:
        drawn.append(one)
        return real(one)

    monkeypatch.setattr(paper, "drawn", noted)
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    visited(bot, "张强", "多请他发言", "爸爸陪他读书")
    assert "还是空的" in (await file_of(mother, "张小雨"))["text"]
    first = await file_of(father, "张小雨")
    assert "约定 1 次" in first["text"]
    assert "家访 1 次" in first["text"]
    await father.presses("🤝 约定", first)
    listed = await father.sees("家里做：爸爸陪他读书")
    await father.presses("‹ 档案", listed)
    await father.presses("🏠 家访")
    await father.sees("到家里")
    first = await file_of(mentor, "张小雨")
    await mentor.presses("🤝 约定", first)
    await mentor.sees("学校做：多请他发言")

    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await writes(father, "张小雨", "有效的方法", "爸爸的话")
    first = await file_of(mentor, "张小雨")
    await mentor.presses("记一条", first)
    await mentor.presses("敏感的记录")
    await mentor.sees("最多 200 字")
    await mentor.says("敏感内容")
    await mentor.sees("记下了")
    for parent, own in ((father, ("爸爸陪他读书", "爸爸的话")), (mother, ())):
        await file_of(parent, "张小雨")
        await parent.presses("存成 PDF")
        sent = await parent.sees("敏感的内容不在里面")
        _, content, _ = await bot.telegram.file(sent["document"]["file_id"])
        assert content.startswith(b"%PDF")
        text = repr(drawn.pop())
        assert "会照顾同学" in text
        assert "敏感内容" not in text
        for word in ("爸爸陪他读书", "爸爸的话"):
            assert (word in text) == (word in own)


@pytest.mark.both
async def test_an_agreement_goes_over_by_the_one_who_made_it(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    visited(bot, "张强", "多请他发言", "爸爸陪他读书")
    await another_mentor(bot)
    assert bot.school.run("SELECT COUNT(*) FROM handover") == [(0,)]  # an agreement alone makes no card
    await another_mentor(bot, name="李明")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    told = await mother.sees("张小雨换了导师")
    await mother.presses("先看看卡", told)
    card = await mother.sees("会照顾同学")
    assert "读书" not in card["text"]
    await mother.presses("交给老师", card)
    await mother.sees("您选了")
    await other.presses("家里交来的卡", await other.sees("把一张交接卡"))
    assert "读书" not in (await other.sees("会照顾同学"))["text"]
    await father.presses("先看看卡", await father.sees("张小雨换了导师"))
    card = await father.sees("约定：家里做：爸爸陪他读书")
    await father.presses("交给老师", card)
    await father.sees("您选了")
    await file_of(other, "张小雨")
    await other.presses("家里交来的卡")
    await other.sees("约定：学校做：多请他发言")


async def test_who_joins_later_learns_of_no_visit_of_somebody_else_s(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    visited(bot, "张强", "多请他发言", "爸爸陪他读书")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    await father.presses("先看看卡", await father.sees("张小雨换了导师"))
    await father.sees("约定：家里做：爸爸陪他读书")
    mother = await bot.mother()
    await file_of(mother, "张小雨")
    await mother.presses("给新老师的交接卡")
    card = await mother.sees("会照顾同学")
    assert "读书" not in card["text"]


async def test_a_written_note_stands_in_the_file_of_who_got_it(bot: Bot) -> None:
    term(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    await mentor.says("/write")
    await mentor.presses("成长寄语")
    await mentor.sees("点名字写或看")
    await mentor.presses("张小雨")
    await mentor.sees("写给张小雨和家里")
    await mentor.says("这学期很努力")
    shown = await mentor.sees("还没发出")
    await mentor.presses("发给家里", shown)
    await father.sees("这学期很努力")
    await goes_on(bot, seconds=20)
    first = await file_of(father, "张小雨")
    assert "成长寄语 1 篇" in first["text"]
    await father.presses("💌 成长寄语", first)
    assert "这学期很努力" in (await father.sees("第一学期"))["text"]


def test_a_long_paper_goes_on_to_further_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[int] = []
    shown = Canvas.showPage

    def counted(self: Canvas) -> None:
        pages.append(1)
        shown(self)

    monkeypatch.setattr(Canvas, "showPage", counted)
    content = paper.drawn(
        Paper("实验小学", "张小雨的成长档案", "11月26日", [("闪光点", ["很长" * 90] * 40), ("习惯", [])], "谢谢")
    )
    assert content.startswith(b"%PDF")
    assert len(pages) > 3
