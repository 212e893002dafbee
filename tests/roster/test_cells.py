"""Single cells: telephones, relations, hostile and invisible characters."""

from __future__ import annotations

import pytest

from models.people import RoleKind
from models.relations import relation_of
from models.roster import cells
from models.roster.checks import roles_of
from models.roster.faults import Refused, visible


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800000001", "+8613800000001"),
        ("138 0000-0001", "+8613800000001"),
        ("\uff11\uff13\uff1800000001", "+8613800000001"),
        ("+86 138 0000 0001", "+8613800000001"),
        ("0086-13800000001", "+8613800000001"),
        ("8613800000001", "+8613800000001"),
        (13800000001, "+8613800000001"),
        (13800000001.0, "+8613800000001"),
        ("010-55550003", "+861055550003"),
        ("(0755) 5555 0003", "+8675555550003"),
        ("+86 010 55550003", "+861055550003"),
        ("+44 20 7946 0003", "+442079460003"),
        ("\u202a13800000001\u202c", "+8613800000001"),
        ("", ""),
        ("  ", ""),
        (None, ""),
    ],
)
def test_a_telephone_number_has_one_form(written: object, kept: str) -> None:
    assert cells.phone(written) == kept


@pytest.mark.parametrize(
    "written",
    ["1380000000", "138000000011", "12345678901", "55550003", "+12", "+0138", "abc", "=1+1", "@x", "1.38E+10"],
)
def test_what_is_no_telephone_number_is_refused(written: str) -> None:
    with pytest.raises(Refused):
        cells.phone(written)


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "\uff1d1+1",
        "+cmd|'/c calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1+1",
        "\u200b=1+1",
        "王\x00芳",
        "王\x1b[31m芳",
        "王\n芳",
        "#REF!",
    ],
)
def test_formulas_and_control_characters_are_refused(hostile: str) -> None:
    with pytest.raises(Refused):
        cells.name(hostile)


def test_invisible_characters_are_stripped_from_names() -> None:
    assert cells.name("\ufeff王\u202e芳\u200b\u2066 ") == "王芳"
    assert cells.name(" Anna  Maria\u3000Ng\t") == "Anna Maria Ng"
    assert cells.name("\u200b") == ""


@pytest.mark.parametrize("value", [True, 1.5, 10**16, object()])
def test_cells_that_are_no_text_are_refused(value: object) -> None:
    with pytest.raises(Refused):
        cells.number(value)


def test_a_number_that_the_spreadsheet_rounded_is_refused() -> None:
    with pytest.raises(Refused, match="rounded"):
        cells.number("2.02601E+11")
    assert cells.number("1E5") == "1E5"
    assert cells.number(20260001.0) == "20260001"
    assert cells.number("007") == "007"


def test_names_are_compared_without_width_and_blanks() -> None:
    assert cells.folded_name("\uff2ci Na") == cells.folded_name("LiNa")
    assert cells.folded("五年级\uff082\uff09班") == cells.folded("五年级 (2) 班") == "五年级2班"


@pytest.mark.parametrize(
    ("grade", "name", "kept"),
    [
        ("五年级", "五年级2班", "2班"),
        ("五年级", "2班", "2班"),
        ("Grade 5", "grade 5 Class 2", "class2"),
        ("1", "12班", "12班"),
        ("Grade 1", "Grade 12", "grade12"),
        ("五年级", "五年级", "五年级"),
    ],
)
def test_a_class_may_repeat_its_grade(grade: str, name: str, kept: str) -> None:
    assert cells.folded_class("小学", grade, name)[2] == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("妈妈", "mother"),
        ("Mother", "mother"),
        ("外婆", "grandmother"),
        ("爷 爷", "grandfather"),
        ("", "guardian"),
        ("姑姑", "姑姑"),
    ],
)
def test_relations_are_codes_where_there_is_one(written: str, code: str) -> None:
    assert relation_of(written) == code


@pytest.mark.parametrize(
    ("written", "roles", "classes"),
    [
        ("导师", {RoleKind.MENTOR}, ()),
        ("导师;管理员、心理教师,值班领导,中心", set(RoleKind), ()),
        ("Centre", {RoleKind.CENTRE}, ()),
        ("首席导师:五年级2班", {RoleKind.MENTOR}, ("五年级2班",)),
        ("班主任:五年级2班、五年级3班;管理员", {RoleKind.MENTOR, RoleKind.ADMIN}, ("五年级2班", "五年级3班")),
        ("Chief Mentor: Grade 5 Class 2 / Duty Leader", {RoleKind.MENTOR, RoleKind.DUTY_LEADER}, ("Grade 5 Class 2",)),
        ("首席导师(五年级2班)", {RoleKind.MENTOR}, ("(五年级2班)",)),
        ("", set(), ()),
    ],
)
def test_roles_are_read_in_both_languages(written: str, roles: set[RoleKind], classes: tuple[str, ...]) -> None:
    assert roles_of(written) == (frozenset(roles), classes)


@pytest.mark.parametrize("written", ["校长", "首席导师", "chief mentor:", "管理员;五年级2班"])
def test_unknown_roles_are_refused(written: str) -> None:
    with pytest.raises(Refused):
        roles_of(written)


def test_a_value_cannot_act_on_the_terminal() -> None:
    assert visible("\x1b[31m王\u202e") == "'\\u001b[31m王\\u202e'"
    assert len(visible("x" * 1000)) == 63
