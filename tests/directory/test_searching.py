"""Finding cards: Chinese without spaces, English, small slips, the best first."""

from __future__ import annotations

import string
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directory.content import Card, Content, SignUp, everywhere, kind_of
from models.directory.searching import _near, folded, indexed, query_words, search, slips


def card(
    number: int, name_zh: str, name_en: str, for_zh: str, for_en: str, kind: str = "venue", where: str = ""
) -> Card:
    found = kind_of(kind)
    assert found is not None
    said = Content(name_zh, name_en, for_zh, for_en, where=where)
    return replace(everywhere()[0], id=10_000 + number, content=said, kind=found, sign_up=SignUp.NONE)


SHELF = [
    card(
        1,
        "市图书馆少儿馆",
        "City library for children",
        "看书、借书，周末有故事会",
        "Books and stories",
        where="中山路",
    ),
    card(2, "青禾社区辅导站", "Green Rice station", "放学后写作业", "Homework after school", "station"),
    card(3, "科技馆", "Science museum", "动手做实验", "Hands-on experiments"),
    card(4, "阳光心理咨询中心", "Sunshine counselling centre", "亲子沟通、情绪困扰", "Talking at home", "counselling"),
    card(5, "羽毛球公益课", "Free badminton course", "周末学打羽毛球", "Badminton at the weekend", "course"),
    card(6, "东门书屋", "East Gate reading room", "安静看书，旁边就是图书馆", "A quiet place, next to the library"),
]


def names(query: str) -> list[str]:
    return [one.content.name_zh for one in search([*SHELF, *everywhere()], query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("图书馆", "市图书馆少儿馆"),
        ("周末图书馆", "市图书馆少儿馆"),
        ("图书官", "市图书馆少儿馆"),
        ("辅道站", "青禾社区辅导站"),
        ("ＳＣＩＥＮＣＥ", "科技馆"),
        ("sciense museum", "科技馆"),
        ("badmitnon", "羽毛球公益课"),
        ("librray", "市图书馆少儿馆"),
        ("心理", "阳光心理咨询中心"),
        ("羽毛球 周末", "羽毛球公益课"),
        ("中山路", "市图书馆少儿馆"),
        ("12356", "全国统一心理援助热线"),
        ("心理热线", "全国统一心理援助热线"),
        ("homework", "青禾社区辅导站"),
        ("libraries", "市图书馆少儿馆"),
        ("stations", "青禾社区辅导站"),
    ],
)
def test_what_is_looked_for_comes_first(query: str, first: str) -> None:
    assert names(query)[:1] == [first]


def test_no_query_is_dear() -> None:
    """What a thousand could type at once: one sign forty times, or two of them, against long texts that are all different."""
    rooms = "".join(f"第{number}间" for number in range(60))
    shelf = [
        indexed(card(number, f"站{number}", "", f"放学后写作业的地方{number}" + rooms, "")) for number in range(400)
    ]
    begins = perf_counter()
    for word in ("的" * 40, "放学" * 20, "放" * 40):
        assert not any(_near(word, one) for one in shelf)
    assert perf_counter() - begins < 1.5


def test_a_name_goes_before_a_use_and_a_use_before_a_kind() -> None:
    assert names("图书馆") == ["市图书馆少儿馆", "东门书屋", "科技馆"]


@pytest.mark.parametrize("query", ["", "  ", "！？", "钢琴", "xyzzy", "zz", "12357"])
def test_nothing_is_found_for_what_is_not_there(query: str) -> None:
    assert names(query) == []


def test_width_case_spaces_and_signs_do_not_count() -> None:
    assert folded(" Ｇｒｅｅｎ-Rice 站。") == "greenrice站"
    assert query_words("图书馆，周末  图书馆") == ["图书馆", "周末"]


WORDS = st.text(alphabet="图书馆周末心理辅导站abcd", min_size=1, max_size=8)


def _by_hand(word: str, text: str) -> int:
    """The fewest single-sign faults (without turned neighbours) over all pieces of the text."""

    def distance(one: str, other: str) -> int:
        row = list(range(len(other) + 1))
        for number, sign in enumerate(one, 1):
            row, before = [number], row
            for at, found in enumerate(other, 1):
                row.append(min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (sign != found)))
        return row[-1]

    pieces = {text[a:b] for a in range(len(text) + 1) for b in range(a, len(text) + 1)}
    return min(distance(word, one) for one in pieces)


@given(WORDS, st.text(alphabet="图书馆周末心理辅导站abcd", max_size=10))
def test_faults_are_never_more_than_reckoned_by_hand(word: str, text: str) -> None:
    found, plain = slips(word, text, 10), _by_hand(word, text)
    assert found is not None
    # Two neighbours that changed places are one fault here and two there.
    assert plain / 2 <= found <= plain
    assert (slips(word, text, 0) == 0) == (word in text)


@given(st.text(alphabet=string.printable + "图书馆心理，。！🙂", max_size=60))
def test_no_query_breaks_it_and_each_card_is_found_once(query: str) -> None:
    found = [one.id for one in search([*SHELF, *everywhere()], query)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("place", range(len(SHELF)))
def test_each_card_is_found_first_by_its_whole_name(place: int) -> None:
    for name in (SHELF[place].content.name_zh, SHELF[place].content.name_en):
        assert search(SHELF, name)[0].id == SHELF[place].id
