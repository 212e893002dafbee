"""What should be looked at before a notice goes out: the rules, and their false alarms."""

from __future__ import annotations

import pytest

from models.notices import checks
from models.notices.audience import Audience
from models.notices.content import Content, Piece
from models.notices.states import NoticeState
from tests.notices.written import author, planned
from tests.school import School


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("成绩单周五发放", ["marks"]),
        ("本次考试平均分82分", ["marks"]),
        ("小明考了98分，第一名", ["marks"]),
        ("全班排名已出", ["marks"]),
        ("Exam results are out", ["marks"]),
        ("Top of the class: three pupils", ["marks"]),
        ("以下同学未交费：", ["money"]),
        ("请欠费的家长尽快补缴", ["money"]),
        ("贫困生资助名单公示", ["money"]),
        ("Families who have not paid yet", ["money"]),
        ("未到校的同学名单", ["absent"]),
        ("没有回复的家长请注意", ["absent"]),
        ("Three pupils were absent on Monday", ["absent"]),
        ("表扬以下同学", ["praise"]),
        ("光荣榜", ["praise"]),
        ("今天点名批评两位学生", ["praise"]),
        ("The honour roll of May", ["praise"]),
        # What sounds alike and is none.
        ("请提前10分钟到，活动约90分钟", []),
        ("一起学习分数的加减，百分数很有趣", []),
        ("三十分钟后集合", []),
        ("名单按姓氏排列，排名不分先后", []),
        ("如缺席请提前请假", []),
        ("资助政策说明会，欢迎了解申请办法", []),
        ("孩子们的表现很棒，谢谢大家", []),
        ("五年级二班 grade 5 outing", []),
        ("Remarkable benchmarks, mark your calendar", []),
        ("If your child is absent, please call", []),
        ("请带上水杯和98元班费以外的零用钱10元", []),
        ("会议号 123 456 789", []),
    ],
)
def test_words_that_do_not_belong_into_a_notice(written: str, kinds: list[str]) -> None:
    assert [one.kind for one in checks.words_in(written)] == kinds


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("请打 13800000001", ["phone"]),
        ("138-0000-0001", ["phone"]),
        ("+86 13800000001", ["phone"]),
        ("学校 0511-85012345", ["phone"]),
        ("身份证 320102201001011234", ["card"]),
        ("32010220100101123X 和 13800000001", ["card", "phone"]),
        ("报警 110，热线 12345，心理热线 12356", []),
        ("快递单号 12345678901234567890", []),
        ("身份证 320102201013451234", []),
        ("2026年12月3日 14:30", []),
        ("会议号 123456789", []),
    ],
)
def test_numbers_of_people(written: str, kinds: list[str]) -> None:
    assert [one.kind for one in checks.numbers_in(written)] == kinds
    assert not checks.numbers_in("值班 0511-85012345", ["+86 511 8501 2345"])


def test_links_are_looked_at_behind_words_too() -> None:
    open_ = Content(pieces={"zh_CN": (Piece("看 http://a.example/x，谢谢"),)})
    assert checks.links_in(open_)[0].found == "http://a.example/x"
    bare = Content(pieces={"zh_CN": (Piece("看 www.school.example 吧"),)})
    assert checks.links_in(bare)
    hidden = {"type": "text_link", "offset": 0, "length": 2, "url": "http://b.example"}
    assert checks.links_in(Content(pieces={"zh_CN": (Piece("这里", (hidden,)),)}))
    good = {"type": "text_link", "offset": 0, "length": 2, "url": "https://b.example"}
    assert not checks.links_in(
        Content(pieces={"zh_CN": (Piece("这里 https://c.example 或 a@www.b.example", (good,)),)})
    )


def test_names_of_pupils_are_found_by_their_hash_alone(school: School) -> None:
    for name, number in (("Zhang Xiaoyu", "S7"), ("阿依古丽·买买提", "S8"), ("高兴", "S9"), ("张小", "S10")):
        _pupil(school, name, number)
    unit = school.unit()
    here = [school.ids["school"]]
    assert checks.pupils_in(unit, "请张小雨、陈晨同学参加", here) == ["张小雨", "陈晨"]
    assert checks.pupils_in(unit, "祝Zhang  Xiaoyu and Mo well", here) == ["Zhang Xiaoyu"]
    assert checks.pupils_in(unit, "欢迎阿依古丽·买买提", here) == ["阿依古丽·买买提"]
    # A name that is an everyday word is none, and a part of a longer name is not another child.
    assert checks.pupils_in(unit, "很高兴见到张小雨", here) == ["张小雨"]
    assert checks.pupils_in(unit, "张小雨", [here[0] + 1]) == []
    assert checks.pupils_in(unit, "张小雨", []) == ["张小雨"]
    unit.connection.close()
    school.run("UPDATE pupil SET ended_at = 1 WHERE number = 'S1'")
    fresh = school.unit()
    assert checks.pupils_in(fresh, "张小雨", here) == ["张小"]
    fresh.connection.close()


def _pupil(school: School, name: str, number: str) -> None:
    row = school.ids["张小雨"] + int(number[1:])
    school.run(
        "INSERT INTO pupil (id, school_id, school_class_id, number, sealed_name, name_hash)"
        " VALUES (:row, :school, :class, :number, :sealed, :hash)",
        row=row,
        school=school.ids["school"],
        number=number,
        sealed=school.vault.seal("pupil", row, "name", name),
        hash=school.vault.lookup("name", name),
        **{"class": school.ids["class"]},
    )


def test_the_third_notice_of_a_day_is_asked_about(school: School) -> None:
    unit = school.unit()
    day = checks.Day(unit.now_ms - 3_600_000, unit.now_ms + 3_600_000, 202648)
    whom = Audience(schools=(school.ids["school"],))
    last = planned(unit, school, 77)
    said = Content(pieces={"zh_CN": (Piece("好"),)})
    found = checks.found(unit, last, said, whom, day=day, per_week=2)
    assert found == []
    planned(unit, school, 77)
    dropped = planned(unit, school, 77)
    dropped.state = NoticeState.DROPPED
    unit.session.add(dropped)
    unit.session.flush()
    assert checks.of_the_day(unit, last, day.begins, day.ends) == 1
    planned(unit, school, 77)
    assert [one.kind for one in checks.found(unit, last, said, whom, day=day, per_week=2)] == ["day"]
    assert author(school, 77).staff is not None
    unit.connection.close()
