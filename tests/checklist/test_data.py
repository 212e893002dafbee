"""The default checklist's files: every item complete, every wording fit to be sent."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

FILES = Path(__file__).parents[2] / "models" / "checklist"
Row = dict[str, str]
PARTS = ("fact", "school", "home")
STAGES = ("primary", "junior", "senior")
LANGUAGES = ("zh_CN", "en")


def _read(name: str, columns: str) -> list[Row]:
    text = (FILES / name).read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines(), strict=True))
    heading = columns.split()
    assert rows[0] == heading
    assert {len(row) for row in rows} == {len(heading)}
    return [dict(zip(heading, row, strict=True)) for row in rows[1:]]


CATEGORIES = _read("categories.csv", "letter zh en")
ITEMS = _read("items.csv", "id category zh en about_zh about_en direction cycle stages level")
WORDINGS = _read("wordings.csv", "item stage language fact school home")
LEVEL = {item["id"]: item["level"] for item in ITEMS}


def _whole(row: Row) -> str:
    return "".join(row[part] for part in PARTS)


def _name(row: Row) -> str:
    return f"{row['item']}-{row['stage']}-{row['language']}"


every_wording = pytest.mark.parametrize("row", WORDINGS, ids=_name)


def test_eight_categories_hold_forty_items_in_order() -> None:
    assert [one["letter"] for one in CATEGORIES] == list("ABCDEFGH")
    sizes = dict(zip("ABCDEFGH", (5, 5, 5, 7, 4, 4, 6, 4), strict=True))
    assert [item["id"] for item in ITEMS] == [f"{c}{n + 1}" for c, size in sizes.items() for n in range(size)]
    assert all(item["id"].startswith(item["category"]) for item in ITEMS)
    assert all(0 < len(one["zh"]) <= 12 and 0 < len(one["en"]) <= 32 for one in CATEGORIES)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item["id"]))
def test_an_item_fits_a_button_and_a_sentence_and_knows_only_the_agreed_words(item: Row) -> None:
    assert 0 < len(item["zh"]) <= 12
    assert 0 < len(item["en"]) <= 32
    assert 0 < len(item["about_zh"]) <= 45
    assert 0 < len(item["about_en"]) <= 130
    assert item["about_zh"].endswith("。")
    assert item["about_en"].endswith((".", "?"))
    assert item["direction"] in {"school_to_home", "home_to_school", "both"}
    assert item["cycle"] in {"month", "term", "twice_a_term", "year", "event"}
    assert item["level"] in {"L0", "L1", "L2", "L3"}
    stages = item["stages"].split()
    assert all(re.fullmatch(r"(primary(:[1-6](-[1-6])?)?|(junior|senior)(:[1-3](-[1-3])?)?)", one) for one in stages)
    names = [one.partition(":")[0] for one in stages]
    assert names == [stage for stage in STAGES if stage in names]


@pytest.mark.parametrize("field", ["zh", "en", "about_zh", "about_en"])
def test_no_two_items_read_the_same(field: str) -> None:
    assert len({item[field] for item in ITEMS}) == len(ITEMS)


def test_only_screening_results_and_crises_stay_out_of_the_relay() -> None:
    assert [item["id"] for item in ITEMS if item["level"] == "L3"] == ["C5", "H4"]


def test_every_item_of_the_relay_has_one_wording_for_each_of_its_stages_and_languages() -> None:
    wanted = [
        (item["id"], stage.partition(":")[0], language)
        for item in ITEMS
        if item["level"] != "L3"
        for stage in item["stages"].split()
        for language in LANGUAGES
    ]
    assert [(row["item"], row["stage"], row["language"]) for row in WORDINGS] == wanted


@every_wording
def test_a_wording_has_three_parts_a_blank_for_the_fact_and_a_length_that_is_read(row: Row) -> None:
    chinese = row["language"] == "zh_CN"
    assert len(_whole(row)) <= (160 if chinese else 420)
    assert all(row[part] == row[part].strip() != "" for part in PARTS)
    blank = r"【[^【】]+】" if chinese else r"\[[^\[\]]+\]"
    assert re.search(blank, row["fact"])
    assert not re.search(r"[【】\[\]]", re.sub(blank, "", _whole(row))), "a bracket without its other half"
    ends = "。？！" if chinese else ".?!"
    assert all(row[part].rstrip('”"')[-1] in ends for part in PARTS)


@every_wording
def test_the_child_is_named_except_where_a_wording_may_go_to_a_whole_class(row: Row) -> None:
    assert set(re.findall(r"\{[^}]*\}?", _whole(row))) == (set() if LEVEL[row["item"]] == "L0" else {"{child}"})


@every_wording
def test_no_part_is_taken_for_a_formula_or_for_markup(row: Row) -> None:
    assert not any(row[part][0] in "=+-@\t" for part in PARTS)
    assert not re.search(r"[<>&`*_\n]", _whole(row))


HARSH = {
    "zh_CN": "必须|务必|不得|不许|责令|排名|名次|分数|多少分|抑郁|多动|自闭|障碍|问题学生|差生|后进|不负责任|怪您|管教不",
    "en": r"\b(must|have to|should have|rank|marks?|scores?|depress\w*|adhd|autis\w*|disorder|problem child|your fault)\b",
}


@every_wording
def test_no_wording_orders_ranks_labels_or_blames(row: Row) -> None:
    assert not re.findall(HARSH[row["language"]], _whole(row), re.IGNORECASE)


@every_wording
def test_no_wording_takes_the_child_for_a_boy_or_a_girl(row: Row) -> None:
    gendered = r"(?<!其)他|她" if row["language"] == "zh_CN" else r"\b(he|she|his|hers?|him|boy|girl|son|daughter)\b"
    assert not re.search(gendered, _whole(row), re.IGNORECASE)


CHINESE = [row for row in WORDINGS if row["language"] == "zh_CN"]


@pytest.mark.parametrize("row", CHINESE, ids=_name)
def test_parents_are_addressed_with_respect_and_in_chinese_punctuation(row: Row) -> None:
    spoken = re.sub("“[^”]*”", "", _whole(row))
    assert "你" not in spoken, "the familiar word stands in quoted speech to the child only"
    assert not re.search(r"[,;:?!()\"']", spoken)
    assert not re.search(r"[A-Za-z]", spoken.replace("{child}", ""))


def test_most_families_are_addressed_as_you() -> None:
    assert sum("您" in _whole(row) for row in CHINESE) >= 0.85 * len(CHINESE)


def test_english_is_english() -> None:
    assert all(_whole(row).isascii() for row in WORDINGS if row["language"] == "en")
    assert all((item["en"] + item["about_en"]).isascii() for item in ITEMS)


def test_stages_really_differ_and_no_sentence_is_used_twice() -> None:
    same: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in WORDINGS:
        same[row["item"], row["language"]].append(row)
    for rows in same.values():
        for one, other in combinations(rows, 2):
            alike = SequenceMatcher(None, _whole(one), _whole(other), autojunk=False).ratio()
            assert alike < 0.6, (_name(one), _name(other))
    parts = Counter((row["language"], row[part]) for row in WORDINGS for part in PARTS)
    assert [part for part, count in parts.items() if count > 1] == []


def test_a_change_of_contact_is_always_told_with_the_check_of_identity() -> None:
    words = {"zh_CN": "核实身份", "en": "identity"}
    rows = [row for row in WORDINGS if row["item"] == "G5"]
    assert len(rows) == 6
    assert all(words[row["language"]] in _whole(row) for row in rows)


def test_an_invitation_to_a_home_visit_says_half_an_hour_and_nothing_to_prepare() -> None:
    rows = [row for row in WORDINGS if row["item"] == "G1"]
    assert all(re.search("三十分钟|半小时|thirty minutes|half an hour", _whole(row), re.IGNORECASE) for row in rows)
    assert all(re.search("不用准备|nothing to prepare", _whole(row), re.IGNORECASE) for row in rows)
