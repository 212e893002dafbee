"""Other words for what is out, and taking it back: in place, once for each, whoever is under way too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.context import SchoolSettings
from handlers.notices import mend
from models.notices import mending, notices
from models.notices.content import Content, Piece
from models.unit import sql
from simulator.client import Person
from tests.notices.crowd import done, states, unit_of, until
from tests.notices.readers import READ, SLIP
from tests.notices.written import sends
from tests.school import Bot, School

PHOTO = Content(
    title={"zh_CN": "校服"},
    pieces={"zh_CN": (Piece("请周五领校服。", (), {"kind": "photo", "file": ""}),)},
)


def notice_state(bot: Bot, notice: int) -> tuple[Any, ...]:
    """Its state, version, and whether it is being mended."""
    return bot.school.run("SELECT state, version, mending FROM notice WHERE id = :id", id=notice)[0]


async def corrects(admin: Person, words: str) -> None:
    """The admin corrects the notice that is shown last."""
    await admin.presses("✏ 更正文字")
    await admin.sees("请把更正后的全文发给我")
    await admin.says(words)
    await admin.sees(words)
    await admin.sees("现在更正吗")
    await admin.presses("是，现在更正")


async def test_new_words_stand_where_the_old_ones_stood(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    notice = sends(bot, content=READ)
    first = await mother.sees("下周起四点放学。")
    await mother.presses("我已阅读")
    await mother.sees_toast("")
    await admin.sees("📬 放学时间 发送情况")
    await admin.presses("📈 发送进度")
    await admin.sees("发完了")
    await corrects(admin, "下周起四点半放学。")
    changed = await mother.sees("下周起四点半放学。")
    assert changed["message_id"] == first["message_id"]
    assert "张小雨、张小阳" in changed["text"]
    # What was answered stays ticked.
    assert any("已阅读" in one["text"] and "✓" in one["text"] for row in changed["buttons"] for one in row)
    await until(lambda: notice_state(bot, notice) == ("done", 2, None))
    await bot.settled()
    await admin.finds("✏ 已更正")
    assert bot.school.run("SELECT version FROM notice_recipient WHERE state = 'sent'") == [(2,)]


async def test_a_caption_stays_a_caption(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    place = await admin.sends("photo")
    chat = await bot.telegram.get("chat", person=admin.id, bot=bot.id)
    file = next(one for one in chat["messages"] if one["message_id"] == place)["document"]["file_id"]
    piece = Piece("请周五领校服。", (), {"kind": "photo", "file": file})
    notice = sends(bot, content=PHOTO.with_(pieces={"zh_CN": (piece,)}))
    first = await mother.sees("请周五领校服。")
    await admin.sees("📬 校服 发送情况")
    await admin.presses("📈 发送进度")
    await admin.sees("发完了")
    await corrects(admin, "请周四领校服。")
    changed = await mother.sees("请周四领校服。")
    assert changed["message_id"] == first["message_id"]
    assert changed["kind"] == "photo"
    await until(lambda: notice_state(bot, notice) == ("done", 2, None))


async def test_too_long_words_are_not_lost_and_nothing_changes(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    notice = sends(bot)
    await mother.sees("交通安全")
    await admin.sees("📬 秋假安全 发送情况")
    await admin.presses("📈 发送进度")
    await admin.sees("发完了")
    await admin.presses("✏ 更正文字")
    await admin.sees("请把更正后的全文发给我")
    await admin.says("长" * 4090)
    await admin.sees("请短一点再发一次")
    await admin.says("短一点的话。")
    await admin.sees("现在更正吗")
    await admin.presses("算了，不更正")
    await admin.sees("没有更改")
    assert notice_state(bot, notice) == ("done", 1, None)


async def test_what_is_sent_while_a_correction_is_awaited_goes_to_no_family(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    notice = sends(bot)
    await mother.sees("交通安全")
    await admin.sees("📬 秋假安全 发送情况")
    await admin.presses("📈 发送进度")
    await admin.sees("发完了")
    await admin.presses("✏ 更正文字")
    await admin.sees("请把更正后的全文发给我")
    await admin.sends("photo", caption="改成这张")
    await admin.sees("更正只能换文字")
    await admin.presses("📊 结果与名单")
    await admin.sees("已送达")
    # Something else was pressed: whether the next text is for the notice or for a family is for its writer to say.
    await admin.says("请注意水上安全。")
    await admin.sees("这句先没有动")
    await mother.sees_nothing_with("水上", 0.2)
    assert notice_state(bot, notice) == ("done", 1, None)


async def test_who_corrects_what_was_corrected_meanwhile_looks_first(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    notice = sends(bot)
    await mother.sees("交通安全")
    await admin.sees("📬 秋假安全 发送情况")
    await admin.presses("📈 发送进度")
    await admin.sees("发完了")
    await admin.presses("✏ 更正文字")
    await admin.sees("请把更正后的全文发给我")
    await admin.says("请注意水上安全。")
    await admin.sees("现在更正吗")
    unit = unit_of(bot)
    one = notices.one(unit, notice)
    assert one is not None
    content = notices.content(unit, one)
    assert mending.correct(unit, one, content.with_(pieces={"zh_CN": (Piece("请注意防火。"),)}))
    done(unit)
    await mother.sees("请注意防火。")
    await admin.presses("是，现在更正")
    await admin.sees_toast("刚刚有人更正过了")
    assert notice_state(bot, notice)[1] == 2


async def test_it_is_taken_back_and_slips_stay(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    father = await bot.father()
    notice = sends(bot, content=SLIP)
    await mother.sees("秋游去南山")
    await father.sees("秋游去南山")
    await admin.sees("📬 秋游回执 发送情况")
    await admin.presses("📈 发送进度")
    await admin.sees("发完了")
    # The father has had it for three days.
    bot.school.run(
        "UPDATE notice_recipient SET sent_at = sent_at - 259200000 WHERE person_id = :id", id=bot.school.ids["张强"]
    )
    await admin.presses("↩ 撤回…")
    asked = await admin.sees("要撤回")
    assert "1 人那里会直接消失" in asked["text"]
    assert "1 人收到超过 48 小时" in asked["text"]
    await admin.presses("是，从所有人那里撤回")
    await father.sees("这条通知已经撤回。")
    await until(lambda: notice_state(bot, notice) == ("recalled", 1, None))
    await bot.settled()
    assert not [one for one in await mother.reads() if "秋游去南山" in one]
    assert states(bot, notice) == {"recalled": 2, "unjoined": 1}
    await admin.finds("已从这些人那里撤回：2")


async def test_what_the_messenger_does_not_let_go_of_is_overwritten(bot: Bot) -> None:
    await bot.joined_admin()
    mother = await bot.mother()
    notice = sends(bot)
    await mother.sees("交通安全")
    await bot.settled()
    await bot.telegram.forward(timedelta(hours=49).total_seconds())
    unit = unit_of(bot)
    one = notices.one(unit, notice)
    assert one is not None
    assert mending.recall(unit, one)
    done(unit)
    await mother.sees("这条通知已经撤回。")


@pytest.mark.parametrize("recalled", [False, True])
def test_whose_message_is_under_way_is_waited_for(school: School, recalled: bool) -> None:
    """Rules on rows: the second of three people is being told the old words."""
    from handlers.notices import feed
    from models.notices import fanout
    from tests.notices.test_list import BOT, joins, morning
    from tests.notices.written import planned

    for number, name in enumerate(("王芳", "张强", "刘敏")):
        joins(school, name, 100 + number)
    school.run("INSERT INTO bot (id, username) VALUES (:bot, 'x')", bot=BOT)
    unit = morning(school)
    notice = planned(unit, school, BOT)
    while fanout.tick(unit):
        pass
    feed.tick(unit, BOT, SchoolSettings())
    unit.flush()
    first, second, third = (
        row.person_id for row in unit.execute(sql("SELECT person_id FROM notice_recipient ORDER BY person_id"))
    )
    unit.write(
        sql("UPDATE notice_recipient SET state = 'sent', place_id = 5, sent_at = :now WHERE person_id IN (:a, :c)"),
        a=first,
        c=third,
        now=unit.now_ms,
    )
    users = {row.person_id: row.user_id for row in unit.execute(sql("SELECT person_id, user_id FROM notice_recipient"))}
    unit.write(sql("UPDATE outbox SET state = 'sent' WHERE chat_id IN (:a, :c)"), a=users[first], c=users[third])
    unit.write(sql("UPDATE outbox SET state = 'sending' WHERE chat_id = :b"), b=users[second])
    unit.session.refresh(notice)
    if recalled:
        assert mending.recall(unit, notice)
    else:
        content = notices.content(unit, notice).with_(pieces={"zh_CN": (Piece("新的话。"),)})
        assert mending.correct(unit, notice, content)

    def mended() -> list[int]:
        with unit.part():
            while mend.tick(unit, BOT, SchoolSettings()):
                pass
        kinds = ("erase",) if recalled else ("amend",)
        rows = unit.execute(sql("SELECT chat_id FROM outbox WHERE kind = :kind ORDER BY id"), kind=kinds[0])
        return [row.chat_id for row in rows]

    assert mended() == [users[first]]
    unit.write(sql("UPDATE outbox SET state = 'sent' WHERE chat_id = :b AND kind = 'text'"), b=users[second])
    unit.write(
        sql("UPDATE notice_recipient SET state = 'sent', place_id = 6, sent_at = :now WHERE person_id = :b"),
        b=second,
        now=unit.now_ms,
    )
    assert mended() == [users[one] for one in (first, second, third)]
    found = notices.one(unit, notice.id)
    assert found is not None
    assert found.mending is None
    unit.connection.close()
