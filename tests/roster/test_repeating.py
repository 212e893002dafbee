"""An import may be repeated, tried without effect, and fails as a whole."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot.commands.roster import run_import
from models.roster.places import chinese_term
from models.roster.work import Hooks
from tests.roster.office import FATHER, MOTHER, NOW, PUPILS, STAFF, Office, pupil, staff

SCHOOL = [pupil("1", MOTHER, FATHER), pupil("2", MOTHER, group="三年级1班"), pupil("3", mentor="")]
PEOPLE = [staff("T1", "班主任:五年级2班"), staff("T2", "导师;心理教师", phone="13700000002"), staff("T3", "管理员")]


def test_the_second_import_changes_nothing(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    before = office.everything()
    told = office.bring(SCHOOL, PEOPLE)
    assert "Nothing will change: the database knows all of this." in told
    assert "there was nothing to change" in told
    assert office.bring(SCHOOL, PEOPLE, end_missing=True)
    assert office.everything() == before
    assert office.mentor_changes == []


def test_a_dry_run_tells_the_same_and_changes_nothing(office: Office) -> None:
    files = office.csv(PUPILS, SCHOOL), office.csv(STAFF, PEOPLE)
    before = office.everything()
    assert office.run(*files, dry_run=True) == 0
    assert office.everything() == before
    assert office.told.endswith("Dry run: nothing was changed.\n")
    tried = office.told.splitlines()[:-1]
    assert office.run(*files) == 0
    assert office.told.splitlines()[:-1] == tried


def test_what_changes_is_told_with_numbers_and_never_with_names(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    rows = [pupil("1", MOTHER, FATHER, mentor="T2"), pupil("2", MOTHER), pupil("4", ("陈秀", "奶奶", "010-55550003"))]
    told = office.bring(rows, PEOPLE)
    for line in (
        "  1 new pupils: 4",
        "  1 pupils who move to another class: 2: 三年级1班 → 五年级2班",
        "  1 pupils with another mentor: 1: T1 → T2",
        "  1 new guardians",
        "  1 pupils: 3",
        "They stay as they are. To end them, import again with --end-missing.",
    ):
        assert line in told.splitlines()
    for name in ("王芳", "林强", "陈秀", "学生", "老师", "1380000"):
        assert name not in told


def test_a_change_of_mentor_keeps_history_and_calls_the_hook(office: Office) -> None:
    office.bring([pupil("1"), pupil("2", mentor="")], PEOPLE)
    assert [change[1] for change in office.mentor_changes] == [None]
    office.bring([pupil("1", mentor="T2"), pupil("2", mentor="T2")], PEOPLE)
    assert {(old is None, new is None) for _, old, new in office.mentor_changes} == {(False, False), (True, False)}
    office.bring([pupil("1", mentor=""), pupil("2", mentor="T2")], PEOPLE)
    assert [(old is None, new) for _, old, new in office.mentor_changes] == [(False, None)]
    with office.engine.connect() as connection:
        rows = connection.execute(text("SELECT until FROM mentorship ORDER BY id")).all()
    assert sum(row.until is None for row in rows) == 1
    assert len(rows) == 3


def test_a_chief_mentor_is_replaced_and_history_is_kept(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    assert office.staff()["T1"][3:] == (["mentor"], ["五年级2班"])
    office.bring(SCHOOL, [staff("T1"), staff("T2", "班主任:五年级2班;心理教师"), PEOPLE[2]])
    assert office.staff()["T1"][4] == []
    assert office.staff()["T2"][4] == ["五年级2班"]
    with office.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM class_team")).scalar() == 2


def test_who_is_missing_is_listed_and_stays(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    before = office.state()
    told = office.bring([pupil("1", MOTHER), SCHOOL[2]], [staff("T1"), staff("T2", "导师")])
    for line in ("  1 pupils: 2", "  1 staff: T3", "  1 guardians (by pupil): 1 (father)"):
        assert line in told.splitlines()
    assert "  2 roles: T2 (counsellor), T1 (chief mentor: 五年级2班)" in told.splitlines()
    assert office.state() == before


def test_who_is_missing_ends_where_that_is_asked_for(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    people = [staff("T1"), staff("T2", "导师")]
    told = office.bring([pupil("1", MOTHER), SCHOOL[2]], people, end_missing=True)
    assert "in the database, but not in these files" not in told.casefold()
    assert office.pupils().keys() == {"1", "3"}
    assert office.staff() == {
        "T1": ("老师T1", None, "语文", ["mentor"], []),
        "T2": ("老师T2", "+8613700000002", "语文", ["mentor"], []),
    }
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]
    assert office.guardians("2") == []
    assert len(office.ended_pupils) == 1
    assert len(office.ended_people) == 2
    with office.engine.connect() as connection:
        for table in ("mentorship", "role", "class_team", "guardianship"):
            assert connection.execute(text(f"SELECT count(*) FROM {table} WHERE until IS NOT NULL")).scalar()


def test_a_mentor_who_ends_leaves_pupils_without_mentor_and_the_hook_hears_it(office: Office) -> None:
    office.bring([pupil("1")], [staff("T1"), staff("T2")])
    office.bring([], [staff("T2")], end_missing=True)
    assert office.pupils()["1"][2] is None
    assert [(old is None, new) for _, old, new in office.mentor_changes] == [(False, None)]
    office.bring([pupil("1", mentor="T2")], [staff("T2")])
    office.bring([], [staff("T2", "管理员")], end_missing=True)
    assert office.pupils()["1"][2] is None
    assert office.staff()["T2"][3] == ["admin"]


def test_a_pupil_comes_back_with_the_former_rows(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    before = office.state()
    office.bring(SCHOOL[:1], PEOPLE, end_missing=True)
    told = office.bring(SCHOOL, PEOPLE)
    assert "  2 pupils who come back: 2, 3" in told.splitlines()
    assert office.state() == before


def test_other_schools_are_left_alone(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    before = office.state()
    other = ["另一学校", *pupil("9", mentor="")[1:]]
    told = office.bring([other], [["另一学校", *staff("T9")[1:]]], end_missing=True)
    assert "ended" not in told
    assert {**office.pupils(), "9": None}.keys() == {"1", "2", "3", "9"}
    office.bring(SCHOOL, PEOPLE, end_missing=True)
    assert office.pupils().keys() == {"1", "2", "3", "9"}
    assert before != office.state()


class _Killed(BaseException):
    """Stands for anything that ends the process."""


@pytest.mark.parametrize("at", ["mentors", "ended"])
def test_what_fails_in_the_middle_leaves_the_database_as_it_was(office: Office, at: str) -> None:
    office.bring([pupil(f"0{n:04}", MOTHER) for n in range(10)], [staff("T1"), staff("T2")])
    before = office.everything()
    calls = 0

    def fail(_connection: Connection, *_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2 or at == "ended":
            raise _Killed

    hooks = Hooks(on_mentor_changes=fail) if at == "mentors" else Hooks(on_ended=fail)
    rows = [pupil(f"{n:05}", MOTHER, mentor="T2") for n in range(5, 2200)]
    with pytest.raises(_Killed):
        office.run(
            office.csv(PUPILS, rows), office.csv(STAFF, [staff("T2"), staff("T1")]), end_missing=True, hooks=hooks
        )
    assert office.everything() == before


def test_a_database_that_cannot_be_used_is_told(office: Office) -> None:
    def fail(_connection: Connection, *_: object) -> None:
        raise OperationalError("x", {}, Exception("locked"))

    files = office.csv(PUPILS, SCHOOL), office.csv(STAFF, PEOPLE)
    assert office.run(*files, hooks=Hooks(on_mentor_changes=fail)) == 3
    assert office.told.endswith("nothing was imported.\n")


def test_more_than_one_chunk_is_written_and_found_again(office: Office) -> None:
    rows = [pupil(f"{n:05}", (f"家长{n // 2}", "妈妈", f"138{n // 2:08}")) for n in range(2500)]
    office.bring(rows)
    assert len(office.pupils()) == 2500
    assert office.people() == 1251
    assert "Nothing will change" in office.bring(rows[::-1])


def test_staff_alone_may_name_classes_that_the_database_knows(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    office.bring([], [staff("T1", "班主任:五年级 2班"), staff("T2", "班主任:小学三年级1班;心理教师"), PEOPLE[2]])
    assert [one[4] for _, one in sorted(office.staff().items())] == [["五年级2班"], ["三年级1班"], []]


def test_a_terminal_sees_a_progress_bar(office: Office) -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=100)
    files = [office.csv(PUPILS, SCHOOL, name="学生.csv"), office.csv(STAFF, PEOPLE)]
    code = run_import(office.engine, office.vault, files, now=NOW, dry_run=False, end_missing=False, console=console)
    assert code == 0
    assert "学生.csv" in written.getvalue()
    assert "100%" in written.getvalue()


def test_a_class_is_known_in_every_spelling(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    rows = [[*row] for row in SCHOOL]
    rows[0][0], rows[0][3], rows[1][3] = "实 验学校", "五年级\uff082\uff09班", "1班"
    assert "Nothing will change" in office.bring(rows, PEOPLE)


@pytest.mark.parametrize(
    ("day", "name", "starts", "ends"),
    [
        (date(2026, 11, 23), "2026-2027学年第一学期", date(2026, 9, 1), date(2027, 1, 31)),
        (date(2027, 1, 31), "2026-2027学年第一学期", date(2026, 9, 1), date(2027, 1, 31)),
        (date(2027, 2, 1), "2026-2027学年第二学期", date(2027, 2, 1), date(2027, 8, 31)),
        (date(2027, 9, 1), "2027-2028学年第一学期", date(2027, 9, 1), date(2028, 1, 31)),
    ],
)
def test_the_chinese_school_year_has_two_terms(day: date, name: str, starts: date, ends: date) -> None:
    assert chinese_term(day) == (name, starts, ends)


def test_a_school_has_a_term_for_today_and_it_does_not_overlap_another(office: Office) -> None:
    office.bring(SCHOOL, PEOPLE)
    statement = text("SELECT name, starts_on, ends_on FROM term ORDER BY starts_on")
    with office.engine.connect() as connection:
        assert [row.name for row in connection.execute(statement)] == ["2026-2027学年第一学期"]
    with office.engine.begin() as connection:
        connection.execute(
            text("UPDATE term SET name = :name, starts_on = :starts, ends_on = :ends"),
            {"name": "自定", "starts": date(2026, 9, 1), "ends": date(2026, 10, 1)},
        )
    office.bring(SCHOOL, PEOPLE)
    with office.engine.connect() as connection:
        rows = [(row.name, str(row.starts_on)) for row in connection.execute(statement)]
    assert rows == [("自定", "2026-09-01"), ("2026-2027学年第一学期", "2026-10-02")]
    assert datetime(2026, 11, 23, 9, tzinfo=UTC) == NOW
