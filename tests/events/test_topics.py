"""The topics of the parent class: every one complete and fit to be sent, and the order in which they are offered."""

from __future__ import annotations

import csv
import re
from itertools import product

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from models.checklist.items import stage_fits
from models.events.topics import FILE, Topic, by_code, every, fitting

COLUMNS = ["code", "stages", "months", "zh", "en", "about_zh", "about_en", "question_zh", "question_en"]
BANDS = {
    "primary lower": ("primary", (1, 2, 3)),
    "primary upper": ("primary", (4, 5, 6)),
    "junior": ("junior", (1, 2, 3)),
    "senior": ("senior", (1, 2, 3)),
}
GRADES = [(stage, grade) for stage, grades in BANDS.values() for grade in grades]
SCHOOL_MONTHS = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
STAGE = r"(primary(:[1-6](-[1-6])?)?|(junior|senior)(:[1-3](-[1-3])?)?)"

every_topic = pytest.mark.parametrize("topic", every(), ids=lambda one: str(one.code))


def _chinese(topic: Topic) -> tuple[str, str, str]:
    return topic.zh, topic.about_zh, topic.question_zh


def _english(topic: Topic) -> tuple[str, str, str]:
    return topic.en, topic.about_en, topic.question_en


def test_the_file_has_its_columns_and_no_row_is_short() -> None:
    rows = list(csv.reader(FILE.read_text(encoding="utf-8").splitlines(), strict=True))
    assert rows[0] == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert len(rows) - 1 == len(every()) >= 48


@every_topic
def test_a_topic_is_complete_and_within_the_limits(topic: Topic) -> None:
    assert re.fullmatch(r"[a-z_]{1,16}", topic.code)
    assert topic.code != "own", "an event writes that for a topic of the speaker's own"
    stages = topic.stages.split()
    assert stages
    assert all(re.fullmatch(STAGE, one) for one in stages)
    names = [one.partition(":")[0] for one in stages]
    assert names == [stage for stage in ("primary", "junior", "senior") if stage in names]
    assert list(topic.months) == sorted(set(topic.months))
    assert all(1 <= month <= 12 for month in topic.months)
    for (title, about, question), longest in ((_chinese(topic), (16, 60, 60)), (_english(topic), (50, 140, 140))):
        for text, limit in zip((title, about, question), longest, strict=True):
            assert text == text.strip()
            assert 0 < len(text) <= limit


@every_topic
def test_what_it_brings_and_what_to_try_are_one_sentence_each(topic: Topic) -> None:
    for text in (topic.about_zh, topic.question_zh):
        spoken = re.sub("“[^”]*”", "”", text)
        assert len(re.findall("[。？！]", spoken)) == 1 or (text.endswith(("。”", "？”")) and spoken.endswith("”"))
        assert text.rstrip("”")[-1] in "。？"
    for text in (topic.about_en, topic.question_en):
        spoken = re.sub('"[^"]*"', '"', text)
        assert not re.search(r"[.?!] ", spoken)
        assert text.rstrip('"')[-1] in ".?"


def test_nothing_is_said_twice() -> None:
    assert len({one.code for one in every()}) == len(every())
    for texts in (_chinese, _english):
        for told in zip(*(texts(one) for one in every()), strict=True):
            assert len({text.casefold() for text in told}) == len(every())


UNWANTED_ZH = (
    "排名|名次|分数|成绩|得分|满分|高分|低分|几分(?!钟)|多少分|第一名|优等|尖子|差生|后进|问题孩子|问题家庭|单亲|留守|离异"
    "|必须|务必|不得|不许|责令|怪您|管教不|您不该|不负责任|抑郁|多动|自闭|障碍"
)
UNWANTED_EN = (
    r"\b(rank\w*|marks?|scor\w+|grades?|top of the class|must|ought|should have|your fault|problem child|single parents?"
    r"|left[- ]behind|broken home|depress\w*|adhd|autis\w*|disorders?)\b"
)


@every_topic
def test_no_topic_ranks_marks_orders_labels_or_blames(topic: Topic) -> None:
    assert not re.findall(UNWANTED_ZH, "\n".join(_chinese(topic)))
    assert not re.findall(UNWANTED_EN, "\n".join(_english(topic)), re.IGNORECASE)


@every_topic
def test_no_topic_takes_a_child_for_a_boy_or_a_girl_or_the_reader_for_a_mother(topic: Topic) -> None:
    assert not re.search("(?<!其)他|她|妈|爸", "".join(_chinese(topic)))
    assert not re.search(
        r"\b(he|she|his|hers?|him|boys?|girls?|sons?|daughters?|mothers?|fathers?|mum|dad)\b",
        " ".join(_english(topic)),
        re.IGNORECASE,
    )


@every_topic
def test_each_language_is_itself(topic: Topic) -> None:
    chinese = "".join(_chinese(topic))
    assert "你" not in re.sub("“[^”]*”", "", chinese), "the familiar word stands in quoted speech to the child only"
    assert not re.search(r"[,;:?!()\"' ]", chinese)
    assert not re.search(r"[A-Za-z]", chinese.replace("AI", ""))
    assert chinese.count("“") == chinese.count("”")
    assert "".join(_english(topic)).isascii()
    assert not re.search(r"[<>&`*_\n{}\[\]]", chinese + "".join(_english(topic)))
    assert not any(text[0] in "=+-@\t" for text in (*_chinese(topic), *_english(topic)))


def test_numbers_to_call_are_the_same_in_both_languages() -> None:
    for topic in every():
        assert re.findall(r"\d{3,}", topic.about_zh) == re.findall(r"\d{3,}", topic.about_en), topic.code
    with_line = [one for one in every() if "12356" in one.about_zh]
    assert all(any(stage_fits(one.stages, *at) for one in with_line) for at in GRADES)


@pytest.mark.parametrize("band", BANDS)
def test_each_band_has_topics_for_more_than_a_year_in_each_of_its_grades(band: str) -> None:
    stage, grades = BANDS[band]
    for grade in grades:
        assert len(fitting(stage, grade, 9, ())) >= 14


@pytest.mark.parametrize(("stage", "grade"), GRADES)
def test_every_month_of_school_has_a_choice_of_its_own(stage: str, grade: int) -> None:
    for month in SCHOOL_MONTHS:
        own = [one for one in fitting(stage, grade, month, ()) if month in one.months]
        assert len(own) >= 3, month


def test_a_topic_answers_in_the_language_asked_for() -> None:
    topic = by_code("water_young")
    assert topic is not None
    assert (topic.title("zh_CN"), topic.about("zh_CN"), topic.question("zh_CN")) == _chinese(topic)
    assert (topic.title("en"), topic.about("en"), topic.question("en")) == _english(topic)
    assert by_code("no_such_topic") is None
    assert every() is every()
    assert all(by_code(one.code) is one for one in every())


def test_water_comes_first_before_summer_and_not_in_winter() -> None:
    before_summer = fitting("primary", 2, 6, ())
    assert "water_young" in [one.code for one in before_summer if 6 in one.months]
    winter = [one.code for one in fitting("primary", 2, 12, ())]
    assert winter.index("winter_break") < winter.index("listening") < winter.index("water_young")


def test_the_year_is_round() -> None:
    codes = [one.code for one in fitting("junior", 1, 12, ())]
    assert codes.index("money") < codes.index("water_teen"), "January and February are nearer to December than June"


def test_a_year_of_classes_needs_no_topic_twice() -> None:
    for stage, grade in GRADES:
        held: list[str] = []
        for month in SCHOOL_MONTHS:
            best = fitting(stage, grade, month, held)[0]
            assert month in best.months
            held.append(best.code)
        assert len(set(held)) == len(SCHOOL_MONTHS)


def test_a_class_whose_grade_is_not_known_gets_all_of_its_stage() -> None:
    for stage, grade in product(("primary", "junior", "senior"), (1, 2, 3)):
        assert set(fitting(stage, grade, 9, ())) <= set(fitting(stage, None, 9, ()))
    assert fitting("kindergarten", None, 9, ()) == []


def _apart(topic: Topic, month: int) -> int:
    """Months between, counted step by step both ways round the year."""
    for steps in range(7):
        if {(month - 1 + steps) % 12 + 1, (month - 1 - steps) % 12 + 1} & set(topic.months):
            return steps
    raise AssertionError(topic)


@drawn(
    stage=st.sampled_from(["primary", "junior", "senior"]),
    grade=st.none() | st.integers(1, 6),
    month=st.integers(1, 12),
    given=st.sets(st.sampled_from([one.code for one in every()]) | st.text(max_size=5)),
)
def test_what_is_offered_is_all_that_fits_and_was_not_given_in_order(
    stage: str, grade: int | None, month: int, given: set[str]
) -> None:
    found = fitting(stage, grade, month, given)
    assert not {one.code for one in found} & given
    left = [one for one in every() if stage_fits(one.stages, stage, grade) and one.code not in given]
    this = [one for one in left if month in one.months]
    whenever = [one for one in left if not one.months]
    rest = [one for one in left if one.months and month not in one.months]
    assert sorted(one.code for one in found) == sorted(one.code for one in left)
    assert found[: len(this)] == this
    assert found[len(this) : len(this) + len(whenever)] == whenever
    tail = found[len(this) + len(whenever) :]
    place = {one.code: position for position, one in enumerate(rest)}
    keys = [(_apart(one, month), place[one.code]) for one in tail]
    assert keys == sorted(keys), "the nearest first, and those equally near in the order of the file"
