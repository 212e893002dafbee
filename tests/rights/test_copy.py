"""A copy has all that is a guardian's, of every kind, and not a byte of what is the other guardian's or the school's alone."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from sqlmodel import SQLModel

from handlers.rights.copy_file import zips
from models import access
from models.appointments import wishes
from models.base import new_id
from models.pupil_file import entries
from models.rights import datamap, erasing, gathering, holdings
from models.rights.exports import Wanted
from models.unit import Unit, sql
from models.vault import VaultError
from tests.events.class_of_parents import done, planned, unit_of
from tests.school import FATHER, MOTHER, Bot


def _put(unit: Unit, table: str, **values: Any) -> int:
    row = int(values.setdefault("id", new_id()))
    names = ", ".join(values)
    unit.write(sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{one}' for one in values)})"), **values)
    return row


def _of_one(unit: Unit, bot: Bot, name: str, visit: int, event: int) -> list[str]:
    """Everything that one guardian may have written or got; answers the words that are this one's alone."""
    ids, seal = bot.school.ids, unit.vault.seal
    me, now = ids[name], unit.now_ms
    _put(unit, "visit_guest", visit_id=visit, guardian_id=me, reply="accepted", topics="A1", at=now)
    assert wishes.say(unit, visit, me, f"心愿{name}")
    wishes.answer(unit, visit, me, "sleep", f"回答{name}")
    opinion = _put(unit, "visit_feedback", visit_id=visit, guardian_id=me, stars=5, at=now)
    sealed = seal("visit_feedback", opinion, "comment", f"看法{name}")
    unit.write(sql("UPDATE visit_feedback SET sealed_comment = :sealed WHERE id = :id"), sealed=sealed, id=opinion)
    question = new_id()
    _put(
        unit,
        "event_question",
        id=question,
        event_id=event,
        person_id=me,
        sealed_text=seal("event_question", question, "text", f"提问{name}"),
        private=True,
        at=now,
    )
    entries.add_as_guardian(unit, ids["张小雨"], me, "strength", f"档案{name}")
    access.note(unit, ids["赵主任"], ids["张小雨"], "thread", f"理由{name}", guardian_id=me)
    return [f"{what}{name}" for what in ("心愿", "回答", "看法", "提问", "档案", "理由")]


def _fill(bot: Bot) -> dict[str, list[str]]:
    """A visit with all that belongs to it, a file, a log; answers what is each guardian's alone."""
    ids, event = bot.school.ids, planned(bot, bot.clock.now().replace(hour=11))
    unit = unit_of(bot)
    now = unit.now_ms
    visit = _put(
        unit,
        "visit",
        school_id=ids["school"],
        pupil_id=ids["张小雨"],
        purpose="visit",
        state="confirmed",
        mentor_id=ids["李明"],
        starts_at=now + 90_000_000,
        ends_at=now + 93_600_000,
        asked_by_guardian=False,
        companion_says="nobody",
        kind="routine",
        aim="know",
        version=0,
        wish_proposed=False,
        sequence=0,
        safety_step=0,
        why="",
        created_at=now - 9_000_000,
    )
    own = {name: _of_one(unit, bot, name, visit, event) for name in ("王芳", "张强")}
    row = _put(
        unit,
        "agreement",
        visit_id=visit,
        pupil_id=ids["张小雨"],
        number=1,
        sealed_school=b"",
        sealed_family=b"",
        state="confirmed",
        by_person=ids["李明"],
        at=now,
        confirmed_at=now,
    )
    both = {one: unit.vault.seal("agreement", row, one, f"约定{one}") for one in ("school", "family")}
    unit.write(
        sql("UPDATE agreement SET sealed_school = :school, sealed_family = :family WHERE id = :id"), id=row, **both
    )
    hidden = new_id()
    _put(
        unit,
        "file_entry",
        id=hidden,
        pupil_id=ids["张小雨"],
        kind="note",
        level=2,
        shown=False,
        sealed_text=unit.vault.seal("file_entry", hidden, "text", "导师的工作笔记"),
        author_id=ids["李明"],
        by_guardian=False,
        at=now,
    )
    access.note(unit, ids["赵主任"], ids["张小雨"], "case")
    done(unit)
    return own


@pytest.mark.both
async def test_each_guardian_gets_the_own_and_the_shared_and_nothing_else(bot: Bot) -> None:
    await bot.mother()
    await bot.father()
    ids, own = bot.school.ids, _fill(bot)
    for name, number in (("王芳", MOTHER), ("张强", FATHER)):
        unit = unit_of(bot)
        found = gathering.gather(unit, Wanted(1, bot.id, number))
        assert found is not None
        text = str(found)
        page = next(iter(zips(found, "Asia/Shanghai")))
        assert page
        other = "张强" if name == "王芳" else "王芳"
        for words in own[name]:
            assert words in text
        for words in (*own[other], "导师的工作笔记", other):
            assert words not in text
        assert "约定school" in text
        looks = [one["what"] for child in found["children"] for one in child["looks"]]
        assert looks == ["thread"]
        kinds = {one.kind for one in holdings.of_child(unit, ids[name], ids["张小雨"])}
        assert {"visits", "answers", "agreements", "file"} <= kinds
        unit.connection.rollback()
        unit.connection.close()


@pytest.mark.both
async def test_erasing_one_guardian_leaves_the_other_whole_and_erasing_the_child_leaves_no_words(bot: Bot) -> None:
    await bot.mother()
    await bot.father()
    ids, own = bot.school.ids, _fill(bot)

    def copy_of(number: int) -> str:
        unit = unit_of(bot)
        found = gathering.gather(unit, Wanted(1, bot.id, number))
        unit.connection.rollback()
        unit.connection.close()
        return str({} if found is None else {**found, "made_at": 0})

    before = copy_of(MOTHER)
    unit = unit_of(bot)
    erasing.erase(unit, erasing.of_guardian(unit, ids["张强"]), ids["张强"])
    done(unit)
    assert copy_of(MOTHER) == before
    assert copy_of(FATHER) == "{}"
    # The log is proof, and stays; all else of the father's is gone, with its bytes.
    words = [one for one in own["张强"] if not one.startswith("理由")]
    assert not [one for one in words if one in _opened(bot)]
    unit = unit_of(bot)
    erasing.erase(unit, erasing.of_pupil(unit, ids["张小雨"]), None)
    done(unit)
    left = _opened(bot)
    for one in (*own["张强"], *own["王芳"], "约定school", "约定family", "导师的工作笔记", "张小雨"):
        # A question to a parent class is the mother's own, who has another child here.
        assert one not in left or one == "提问王芳", one


def _opened(bot: Bot) -> list[str]:
    """Every sealed text of the database that opens, whatever table it stands in."""
    found, vault = [], bot.school.vault
    for name, entry in datamap.entries().items():
        table = SQLModel.metadata.tables[name]
        key = next(iter(table.primary_key.columns)).name
        for column in entry.columns:
            for row, sealed in bot.school.run(f"SELECT {key}, {column} FROM {name} WHERE {column} IS NOT NULL"):
                try:
                    opened = vault.open(name, int(str(row)), column.removeprefix("sealed_"), bytes(sealed))  # type: ignore[call-overload]
                except (VaultError, ValueError):
                    continue
                found.append(opened)
    return found


async def test_very_many_messages_come_in_parts_that_together_are_all(bot: Bot) -> None:
    messages: list[dict[str, Any]] = [
        {
            "at": 1_790_000_000_000 + at,
            "by": "me",
            "state": "delivered",
            "kind": "text",
            "text": f"第{at}句",
            "in_chat_only": False,
            "private": at == 3,
            "erased": False,
            "media": [],
            "captions": [],
            "topic": None,
            "edited_at": None,
        }
        for at in range(25)
    ]
    await bot.mother()
    unit = unit_of(bot)
    found = gathering.gather(unit, Wanted(1, bot.id, MOTHER))
    assert found is not None
    unit.connection.rollback()
    unit.connection.close()
    found["children"][0]["messages"], found["children"][1]["messages"] = messages[:15], messages[15:]
    parts = []
    for content in zips(found, "Asia/Shanghai", per_part=10):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts.append(json.loads(packed.read("data.json")))
            page = packed.read("index.html").decode()
            assert "<script" not in page
    assert [one["part"] for one in parts] == list(range(1, len(parts) + 1))
    assert all(sum(len(child["messages"]) for child in one["children"]) <= 10 for one in parts)
    said = [m["text"] for one in parts for child in one["children"] for m in child["messages"]]
    assert sorted(said) == sorted(m["text"] for m in messages)
