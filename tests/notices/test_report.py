"""After a notice: its author hears once how it went; slips for exactly the families that it could not reach."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

from openpyxl import load_workbook

from models.notices import ends, notices
from models.unit import sql
from simulator.client import Person
from tests.notices.crowd import FIRST, another_class, crowd, done, rows_of, states, unit_of, until
from tests.notices.readers import READ, SLIP
from tests.notices.test_running import state_of
from tests.notices.written import sends
from tests.school import Bot


async def file_of(bot: Bot, person: Person, ending: str) -> bytes:
    """The newest file with that ending in somebody's chat."""

    async def find() -> dict[str, Any] | None:
        messages = (await bot.telegram.get("chat", person=person.id, bot=bot.id))["messages"]
        found = [one for one in messages if (one.get("document") or {}).get("file_name", "").endswith(ending)]
        return found[-1] if found else None

    await bot.settled()
    message = await find()
    assert message is not None
    _, content, _ = await bot.telegram.file(message["document"]["file_id"])
    return content


async def test_all_are_counted_and_the_slips_are_those_who_could_not_be_reached(bot: Bot) -> None:
    admin = await bot.joined_admin()
    bot.school.run(
        "UPDATE guardianship SET until = since WHERE person_id IN (SELECT id FROM person WHERE account_id IS NULL)"
    )
    people = await crowd(bot, 184)
    other = another_class(bot, "3班")
    never = rows_of(bot, 5, joined=False, first=FIRST + 1000)
    never += rows_of(bot, 1, joined=False, first=FIRST + 2000, class_id=other)
    gone = await crowd(bot, 10, first=FIRST + 3000)
    acts = [{"person": FIRST + 3000 + one, "bot": bot.id, "do": "block"} for one in range(10)]
    # Half of them are known to have stopped the bot, of the others it is found out.
    await bot.telegram.act_all(acts[:5])
    await bot.settled()
    notice = sends(bot, content=READ)
    await bot.telegram.act_all(acts[5:])
    said = await admin.sees("📬 放学时间 发送情况")
    found = states(bot, notice)
    assert found["unjoined"] == 6
    assert found["sent"] + found["blocked"] == 194
    assert f"已送达：{found['sent']}" in said["text"]
    assert f"停用了机器人 {found['blocked']}" in said["text"]
    assert "还没加入 6" in said["text"]
    assert sum("📬" in one for one in await admin.reads()) == 1
    # Two classes: one is chosen.
    await admin.presses("🖨 发不到的家长：加入单")
    await admin.sees(f"有 {6 + found['blocked']} 位家长发不到")
    await admin.presses(f"五年级2班：{5 + found['blocked']}")
    await admin.sees("张加入单")
    table = csv.DictReader(io.StringIO((await file_of(bot, admin, ".csv")).decode("utf-8-sig")))
    names = {row["name"] for row in table}
    cannot = bot.school.run(
        "SELECT person_id FROM notice_recipient WHERE state IN ('blocked', 'unjoined') AND class_id = :id",
        id=bot.school.ids["class"],
    )
    back = {row: name for name, row in bot.school.ids.items()}
    assert names == {back[int(str(one[0]))] for one in cannot}
    assert {int(str(one[0])) for one in cannot} <= set(never) | set(gone)
    assert not names & {back[one] for one in people}
    assert b"<svg" in await file_of(bot, admin, ".html")


async def test_numbers_by_class_without_names_and_a_second_round(bot: Bot) -> None:
    admin = await bot.joined_admin()
    mother, father = await bot.mother(), await bot.father()
    await crowd(bot, 8)
    notice = sends(bot, content=READ)
    await admin.sees("📬 放学时间 发送情况")
    await mother.sees("下周起四点放学。")
    await mother.presses("我已阅读")
    await until(lambda: bool(bot.school.run("SELECT 1 FROM notice_recipient WHERE read_at IS NOT NULL")))
    await admin.presses("👀 各班已阅读人数")
    shown = await admin.sees("各班已阅读人数")
    assert "五年级2班：少于 5" in shown["text"]
    assert "王芳" not in shown["text"]
    bot.school.run(
        "UPDATE notice_recipient SET read_at = 1 WHERE person_id IN (SELECT p.id FROM person p JOIN account a"
        " ON a.id = p.account_id WHERE a.user_id BETWEEN :first AND :last)",
        first=FIRST,
        last=FIRST + 4,
    )
    await admin.presses("👀 各班已阅读人数")
    await admin.sees("五年级2班：6/10")
    await admin.presses("📄 各班人数表")
    await admin.sees("各班人数表，没有名字")
    book = load_workbook(io.BytesIO(await file_of(bot, admin, ".xlsx")))
    rows = [list(one) for one in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[1] == ["实验小学", "五年级2班", 11, 10, 0, 0, 0, 1, 0, 6]
    raw = zipfile.ZipFile(io.BytesIO(await file_of(bot, admin, ".xlsx"))).read("xl/worksheets/sheet1.xml").decode()
    assert "王芳" not in raw
    assert "孩子" not in raw
    await admin.presses("📉 送达时间图")
    await bot.settled()
    messages = (await bot.telegram.get("chat", person=admin.id, bot=bot.id))["messages"]
    assert any("送达人数" in (one.get("caption") or "") for one in messages)
    # The second round reaches those alone who have not read it, and their answer belongs to the first.
    await admin.presses("🔁 再提醒一次")
    await admin.sees("再发一次给哪些人")
    await admin.presses("还没阅读的人（4）")
    await admin.sees("下周起四点放学")
    unit = unit_of(bot)
    again = notices.drafts(unit, bot.school.ids["赵主任"])[0]
    assert again.again_of == notice
    assert notices.audience(again).unread == notice
    from models.notices.states import NoticeState

    assert notices.move(unit, again, NoticeState.PLANNED)
    done(unit)
    await father.sees("下周起四点放学。")
    second = await father.sees("下周起四点放学。")
    assert second is not None
    await bot.settled()
    assert sum("下周起四点放学。" in one for one in await mother.reads()) == 1
    await father.presses("我已阅读", second)
    await father.sees_toast("")
    await bot.settled()
    assert bot.school.run(
        "SELECT 1 FROM notice_recipient WHERE notice_id = :notice AND person_id = :person AND read_at IS NOT NULL",
        notice=notice,
        person=bot.school.ids["张强"],
    )


async def test_who_rests_is_told_of_and_hears_it_in_the_morning(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    father = await bot.father()
    # The father rests all day but the hour after the next.
    bot.school.run("UPDATE person SET quiet_from = 540, quiet_to = 660 WHERE id = :id", id=bot.school.ids["张强"])
    notice = sends(bot)
    await mother.sees("交通安全")
    said = await admin.sees("📬 秋假安全 发送情况")
    assert "正在休息" in said["text"]
    assert "11:00 起再发：1" in said["text"]
    assert state_of(bot, notice) == "running"
    bot.later(hours=1.1)
    await father.sees("交通安全")
    await until(lambda: state_of(bot, notice) == "done")
    await bot.settled()
    assert sum("📬" in one for one in await admin.reads()) == 1


async def test_a_notice_that_is_held_for_a_day_and_lists_of_long_ago(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    notice = sends(bot, content=SLIP)
    await mother.sees("秋游去南山")
    await admin.sees("📬 秋游回执 发送情况")
    bot.school.run("UPDATE notice SET state = 'paused', paused_at = :now", now=bot.clock.now_ms())
    bot.later(days=1, minutes=1)
    assert bot.app is not None
    await bot.app.tick_now()
    await admin.sees("已经暂停一天了")
    await bot.app.tick_now()
    await bot.settled()
    assert sum("已经暂停一天了" in one for one in await admin.reads()) == 1
    bot.school.run("UPDATE notice SET state = 'done', ended_at = :now", now=bot.clock.now_ms())
    unit = unit_of(bot, bot.clock.now() + timedelta(days=399))
    assert ends.forget(unit) == 0
    unit.now += timedelta(days=2)
    assert ends.forget(unit) == 3
    assert ends.forget(unit) == 0
    assert unit.execute(sql("SELECT COUNT(*) AS many FROM notice")).one().many == 1
    done(unit)
    assert notice
