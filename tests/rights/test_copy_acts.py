"""A copy has what its person offered, asked for, wished and handed in, in words; and nothing of anybody else's."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from handlers.rights.copy_file import zips
from models.base import new_id
from models.directory import offers, requests
from models.directory import own as sign_ups
from models.directory.cards import whatever
from models.evidence import handing
from models.evidence.terms import Term
from models.matching import wishes
from models.matching.wishes import MentorWish
from models.notices.content import Content, Piece
from models.pupil_file import goals
from models.rights import gathering, holdings
from models.rights.exports import Wanted
from models.unit import Unit, sql
from tests.directory.shelf import has, line
from tests.events.class_of_parents import done, now_of, planned, unit_of
from tests.school import FATHER, MENTOR, MOTHER, Bot

ZONE = "Asia/Shanghai"


def _put(unit: Unit, table: str, **values: Any) -> int:
    row = int(values.setdefault("id", new_id()))
    names = ", ".join(values)
    unit.write(sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{one}' for one in values)})"), **values)
    return row


def _round(unit: Unit, bot: Bot) -> int:
    return _put(
        unit,
        "match_round",
        school_id=bot.school.ids["school"],
        scope="class",
        name="五年级2班",
        state="wishes",
        version=0,
        capacity=9,
        balance=True,
        priority=True,
        keep=True,
        seed=1,
        unbounded=False,
        created_by=bot.school.ids["赵主任"],
        created_at=unit.now_ms,
        pupils=0,
        wished=0,
        first=0,
        second=0,
        third=0,
    )


def _request(unit: Unit, bot: Bot, who: str, *, by_mentor: bool = False) -> None:
    ids, row = bot.school.ids, new_id()
    _put(
        unit,
        "mentor_request",
        id=row,
        school_id=ids["school"],
        pupil_id=ids["张小雨"],
        asked_by=ids[who],
        by_mentor=by_mentor,
        reason="way",
        sealed_words=unit.vault.seal("mentor_request", row, "words", f"换导师{who}"),
        outcome="",
        asked_at=unit.now_ms,
    )


def _notice(unit: Unit, bot: Bot, person: str, words: str) -> None:
    row, ids = new_id(), bot.school.ids
    said = Content(pieces={"zh_CN": (Piece(words),)})
    _put(
        unit,
        "notice",
        id=row,
        school_id=ids["school"],
        author_id=ids["赵主任"],
        bot_id=bot.id,
        level="school",
        audience="{}",
        sealed_content=unit.vault.seal("notice", row, "content", said.to_json()),
        version=1,
        emergency=False,
        state="done",
        created_at=unit.now_ms,
        asked_again=0,
        cursor=0,
        panel_sent=0,
    )
    unit.write(
        sql(
            "INSERT INTO notice_recipient (notice_id, person_id, family, state, due_at, places, version, sent_at, read_at)"
            " VALUES (:id, :person, :yes, 'sent', 0, '', 1, :now, :now)"
        ),
        id=row,
        person=ids[person],
        yes=True,
        now=unit.now_ms,
    )


def _copy(bot: Bot, number: int, language: str = "") -> tuple[str, dict[str, Any]]:
    """The page and the data, as they stand in the file."""
    unit = unit_of(bot)
    found = gathering.gather(unit, Wanted(1, bot.id, number), language)
    unit.connection.rollback()
    unit.connection.close()
    assert found is not None
    with zipfile.ZipFile(io.BytesIO(next(iter(zips(found, ZONE))))) as packed:
        return packed.read("index.html").decode(), json.loads(packed.read("data.json"))


@pytest.mark.both
async def test_a_guardians_copy_has_the_own_offer_sign_up_request_and_wish_and_not_the_others(bot: Bot) -> None:
    await bot.mother()
    await bot.father()
    ids = bot.school.ids
    card = has(bot, line("A1"))["A1"]
    event = planned(bot, bot.clock.now() + timedelta(days=20), topic="first_grade")
    unit = unit_of(bot)
    shown = whatever(unit, card)
    assert shown is not None
    row = _put(
        unit,
        "match_pupil",
        round_id=_round(unit, bot),
        pupil_id=ids["张小雨"],
        with_child=False,
        why="",
        unmet="",
        applied="",
    )
    wishes.put(unit, row, (ids["周静"], ids["李明"]), ids["王芳"], with_child=True)
    for who in ("王芳", "张强"):
        offer = offers.begin(unit, ids["class"], ids[who], f"提供{who}")
        assert offer is not None
        question = unit.vault.seal("directory_offer", offer, "question", f"几点{who}")
        unit.write(
            sql("UPDATE directory_offer SET sealed_question = :said, suits = 'evening' WHERE id = :id"),
            said=question,
            id=offer,
        )
        _, made = requests.make(
            unit, shown, ids["school"], ids[who], ZONE, pupil_id=ids["张小雨"], class_id=ids["class"], word=f"报名{who}"
        )
        assert made is not None
        _request(unit, bot, who)
        assert goals.propose(unit, ids["张小雨"], None, f"目标{who}", ids[who], by_guardian=True) is not None
        _notice(unit, bot, who, f"秋游须知{who}\n请带水")
        unit.write(
            sql(
                "INSERT INTO event_reply (event_id, person_id, reply, people, since, at)"
                " VALUES (:event, :who, 'come', 1, :now, :now)"
            ),
            event=event,
            who=ids[who],
            now=unit.now_ms,
        )
    _request(unit, bot, "李明", by_mentor=True)
    kinds = {one.kind for one in holdings.of_person(unit, ids["王芳"])}
    kinds |= {one.kind for one in holdings.of_child(unit, ids["王芳"], ids["张小雨"])}
    assert {"offers", "signups", "wishes", "another", "goals"} <= kinds
    assert "wishes" not in {one.kind for one in holdings.of_child(unit, ids["张强"], ids["张小雨"])}
    assert len(sign_ups.kept_of(unit, ids["王芳"])) == 1
    done(unit)
    for name, number, other in (("王芳", MOTHER, "张强"), ("张强", FATHER, "王芳")):
        page, data = _copy(bot, number)
        for text in (page, str(data)):
            for what in ("提供", "报名", "换导师", "秋游须知", "目标"):
                assert f"{what}{name}" in text
                assert f"{what}{other}" not in text
            assert "换导师李明" not in text
            assert "青禾社区辅导站" in text
            assert "家长学堂 · 上学第一个月" in text
        child = data["children"][0]
        assert [one["mentors"] for one in child["wishes"]] == ([["周静", "李明"]] if name == "王芳" else [])
        assert ("周静、李明" in page) == (name == "王芳")
        assert "您点了已读" in page
        assert f"晚上 · 学校说：几点{name}" in page
        # A date with its year, and no end where it goes on.
        now = now_of(bot)
        assert f"{now.year}年{now.month}月{now.day}日 星期四" in page
        assert f"{now.year} {now.month}" not in page
        assert "– 现在" in page
        assert "– –" not in page
        assert "· ·" not in page


@pytest.mark.both
async def test_a_mentors_copy_has_hours_sheets_and_wishes_and_no_pupil(bot: Bot) -> None:
    await bot.joined_mentor()
    await bot.mother()
    ids = bot.school.ids
    unit = unit_of(bot)
    today = bot.clock.now().date()
    me = ids["李明"]
    row = _put(unit, "match_mentor", round_id=_round(unit, bot), person_id=me)
    wishes.put_mentor(unit, row, MentorWish(True, (ids["张小雨"], ids["陈晨"]), (ids["张小阳"],), True))
    for who, words in ((me, "沟通课李明"), (ids["周静"], "沟通课周静")):
        hours = new_id()
        sealed = unit.vault.seal("training_hours", hours, "name", words)
        _put(unit, "training_hours", id=hours, person_id=who, minutes=90, day=today, sealed_name=sealed, at=unit.now_ms)
    term = Term(None, "本学期", today - timedelta(days=60), today + timedelta(days=60), ZONE)
    for who, words in ((me, "自述李明"), (ids["周静"], "自述周静")):
        handing.say(unit, who, term.begins, words)
        assert handing.hand_in(unit, ids["school"], who, term) is not None
    _request(unit, bot, "李明", by_mentor=True)
    _request(unit, bot, "王芳")
    kinds = {one.kind for one in holdings.of_person(unit, me)}
    assert {"hours", "sheets", "sheetwords", "liked", "rematch"} <= kinds
    done(unit)
    in_english, _ = _copy(bot, MENTOR, "en")
    assert "90 minutes" in in_english
    assert "would like to keep today" in in_english
    page, data = _copy(bot, MENTOR)
    for text in (page, str(data)):
        for words in ("沟通课李明", "自述李明", "换导师李明", "本学期"):
            assert words in text
        for words in ("沟通课周静", "自述周静", "换导师王芳", "张小雨", "陈晨", "张小阳"):
            assert words not in text
    me_of_copy = data["people"][0]
    assert me_of_copy["wishes"][0]["liked"] == 2
    assert me_of_copy["sheets"][0]["words"] == "自述李明"
    assert "90 分钟" in page
    assert "培训：1.5 小时" in page
    assert "希望带的学生 2 名" in page
