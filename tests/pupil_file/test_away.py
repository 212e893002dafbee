"""The file goes along: to another school of the deployment, and as a signed file to another deployment."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlmodel import Session

from bot.commands import handover
from bot.config import HandoverKeys, Settings
from models import people
from models.pupil_file import signed
from models.vault import Vault, new_key_line, parse_keys
from simulator.client import Person
from tests.pupil_file.phones import another_mentor, file_of, goes_on, writes
from tests.school import MOTHER, OTHER_MENTOR, PHONES, Bot


def second_school(bot: Bot) -> None:
    """张小雨 has gone to 第二中学, where 王芳 and a stepfather are guardians and 吴老师 is the mentor."""
    school, first = bot.school, dict(bot.school.ids)
    with Session(school.engine, expire_on_commit=False) as session:
        other = people.School(name="第二中学")
        session.add(other)
        session.flush()
        stage = people.Stage(school_id=other.id, name="初中")
        session.add(stage)
        session.flush()
        group = people.SchoolClass(school_id=other.id, stage_id=stage.id, grade="初一", name="3班")
        session.add(group)
        session.flush()
        school.ids |= {"school": other.id, "class": group.id}
        PHONES["郭勇"] = "+8613800000009"
        mentor, mother, step = (
            school.person(session, name, number) for name, number in (("吴老师", "T70"), ("王芳", None), ("郭勇", None))
        )
        session.add(people.Role(person_id=mentor, kind="mentor", since=school.now))
        school.pupil(session, "N1", "张小雨", mentor, ((mother, "mother"), (step, "father")))
        session.commit()
    school.ids |= {"新王芳": school.ids["王芳"], "新张小雨": school.ids["张小雨"], **first}


def leaves(bot: Bot, pupil: str) -> None:
    """As the roster writes it when a pupil has left a school."""
    now, row = bot.clock.now_ms(), bot.school.ids[pupil]
    for table in ("mentorship", "guardianship"):
        bot.school.run(f"UPDATE {table} SET until = :now WHERE pupil_id = :p AND until IS NULL", now=now, p=row)
    bot.school.run("UPDATE pupil SET ended_at = :now WHERE id = :p", now=now, p=row)


async def adds_quiet(mentor: Person) -> None:
    """A sensitive note."""
    await mentor.presses("记一条", await file_of(mentor, "张小雨"))
    await mentor.presses("敏感的记录")
    await mentor.sees("最多 200 字")
    await mentor.says("敏感内容")
    await mentor.sees("记下了")


@pytest.mark.both
async def test_to_another_school_of_the_deployment(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await writes(father, "张小雨", "有效的方法", "爸爸的话")
    await writes(mother, "张小雨", "有效的方法", "妈妈的话")
    await adds_quiet(mentor)
    second_school(bot)
    # Both parents' rows at the new school have one phone: that alone makes nobody the same person.
    bot.school.run(
        "UPDATE person SET phone_hash = (SELECT phone_hash FROM person WHERE id = :w) WHERE id = :m",
        w=bot.school.ids["新王芳"],
        m=bot.school.ids["郭勇"],
    )
    await mother.starts(bot.school.link("王芳", "N1"))
    await mother.presses("是，是我")
    await goes_on(bot, seconds=20)
    assert bot.school.run("SELECT COUNT(*) FROM handover") == [(0,)]  # it is still at the old school
    new = await bot.person(2070, "吴老师")
    await new.starts(bot.school.link("吴老师", "T70"))
    await new.presses("是，是我")
    step = await bot.joined_guardian(4001, "郭勇", "N1")
    leaves(bot, "张小雨")
    await goes_on(bot, seconds=20)
    await goes_on(bot, seconds=20)
    told = await mother.sees("在实验小学的老师记下了")
    await mother.presses("先看看卡", told)
    card = await mother.sees("来自实验小学")
    assert "会照顾同学" in card["text"]
    assert "妈妈的话" in card["text"]
    assert "爸爸的话" not in card["text"]
    # Who was no guardian there sees nothing of it.
    assert not any("实验小学的老师" in one for one in await step.reads())
    assert "还是空的" in (await file_of(step, "张小雨"))["text"]
    await mother.presses("会照顾同学", card)
    await mother.sees("✗ 不交 · 闪光点")
    await mother.presses("交给老师", card)
    await mother.sees("您选了：交给老师")
    # In the file what is sensitive stands covered.
    await mother.presses("‹ 档案")
    await mother.presses("带来的 3")
    brought = await mother.sees("从以前的学校带来的")
    assert "敏感的，在交接卡里看" in brought["text"]
    assert "敏感内容" not in brought["text"]
    told = await new.sees("把一张交接卡交给了您")
    await new.presses("家里交来的卡", told)
    got = await new.sees("来自实验小学")
    assert "妈妈的话" in got["text"]
    assert "会照顾同学" not in got["text"]
    assert bot.school.run("SELECT moved_to FROM pupil_file WHERE pupil_id = :p", p=bot.school.ids["张小雨"]) == [
        (bot.school.ids["新张小雨"],)
    ]


async def taken(bot: Bot, person: Person) -> tuple[bytes, bytes]:
    """The signed file and its paper."""
    await file_of(person, "张小雨")
    await person.presses("带去新学校")
    await person.sees("可以带走")
    await person.presses("给我文件")
    found = []
    for text in ("给新学校的系统", "给人看"):
        sent: dict[str, Any] = await person.sees(text)
        _, content, _ = await bot.telegram.file(sent["document"]["file_id"])
        found.append(content)
    return found[0], found[1]


async def test_as_a_signed_file_between_deployments(bot: Bot, tmp_path: Path, vault: Vault) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await writes(father, "张小雨", "有效的方法", "爸爸的话")
    await adds_quiet(mentor)
    content, paper = await taken(bot, father)
    body = json.loads(json.loads(content)["body"])
    assert [one["text"] for one in body["items"]] == ["会照顾同学"]
    assert body["child"] == "张小雨"
    assert paper.startswith(b"%PDF")

    # The same database stands for the other deployment: there the key is trusted by its configuration.
    elsewhere = Vault(parse_keys(new_key_line())).handover_key()
    facts = signed.read(
        content, {signed.public_line(vault.handover_key()): ""}, int(bot.clock.now().timestamp() * 1000)
    ).facts
    now = bot.clock.now_ms() - int(timedelta(days=10).total_seconds() * 1000)
    foreign = tmp_path / "foreign.json"
    foreign.write_bytes(signed.write(elsewhere, "外地小学", "张小雨", facts, now))
    config = bot.settings
    assert "nobody here trusts" in takes(config, vault, foreign, "S1")
    line = f"外地小学:{signed.public_line(elsewhere)}"
    config = config.model_copy(update={"handover": HandoverKeys(trusted=(line,))})
    assert "another name" in takes(config, vault, foreign, "S2")
    told = takes(config, vault, tmp_path / "none.json", "S99")
    assert "cannot be read" in told
    assert "no pupil of today has the number S99" in told
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    assert bot.school.run("SELECT COUNT(*) FROM handover") == [(0,)]
    assert "Taken for the pupil S1" in takes(config, vault, foreign, "S1", code=0)
    assert "before" in takes(config, vault, foreign, "S1")
    await goes_on(bot, seconds=20)
    asked = await father.sees("在外地小学的老师记下了")
    assert not any("交接卡" in one for one in await mentor.reads())
    await father.presses("先看看卡", asked)
    card = await father.sees("来自外地小学")
    await father.presses("交给老师", card)
    await father.sees("您选了：交给老师")
    got = await mentor.sees("把一张交接卡交给了您")
    await mentor.presses("家里交来的卡", got)
    await mentor.sees("会照顾同学")
    # The next mentor gets it on the next card, after the family's next yes.
    await another_mentor(bot)
    await father.presses("先看看卡", await father.sees("张小雨换了导师"))
    card = await father.sees("会照顾同学")
    await father.presses("交给老师", card)
    await other.presses("家里交来的卡", await other.sees("把一张交接卡交给了您"))
    assert (await other.sees("会照顾同学"))["text"].count("会照顾同学") == 1
    assert mother_is_not_there(bot)


def mother_is_not_there(bot: Bot) -> bool:
    """Nobody who has not joined was asked anything."""
    return bot.school.run("SELECT COUNT(*) FROM outbox WHERE chat_id = :m", m=MOTHER) == [(0,)]


def takes(config: Settings, vault: Vault, file: Path, pupil: str, code: int = 2) -> str:
    """`python -m bot handover import`; answers what it printed."""
    console = Console(record=True, width=400, file=io.StringIO())
    assert handover.import_(config, vault, file, pupil, "", console) == code
    return console.export_text()


def test_the_key_is_printed_and_stays_the_same() -> None:
    line = new_key_line()
    printed = []
    for _ in range(2):
        console = Console(record=True, width=100, file=io.StringIO())
        handover.show_key(Vault(parse_keys(line)), console)
        printed.append(console.export_text().strip())
    assert printed[0] == printed[1]
    assert len(printed[0]) == 44
