"""What an operator does from the command line: what would be forgotten, whether the log is whole, erasing who has left."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.cli import app
from models import access
from tests.conftest import KEYS
from tests.rights.people import everything, sealed_of
from tests.school import School

RUNNER = CliRunner()


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path, school: School):  # type: ignore[no-untyped-def]
    """Runs a command against the school's database; answers exit code and what was printed."""
    monkeypatch.setenv("BOT_DATABASE__URL", database_url)
    monkeypatch.setenv("BOT_KEYS__VALUE", KEYS)
    monkeypatch.chdir(tmp_path)

    def go(*words: str) -> tuple[int, str]:
        found = RUNNER.invoke(app, list(words))
        return found.exit_code, found.output

    return go


def _look(school: School, reason: str) -> None:
    unit = school.unit()
    access.note(unit, school.ids["赵主任"], school.ids["张小雨"], "thread", reason)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def test_the_log_is_verified_and_a_kept_code_fits(run, school: School) -> None:  # type: ignore[no-untyped-def]
    _look(school, "一")
    code, said = run("access", "verify")
    assert code == 0
    assert "1 line(s), whole" in said
    kept = said.rsplit("Keep: ", 1)[1].split()[0]
    _look(school, "二")
    assert run("access", "verify", "--expect", kept)[0] == 0
    assert run("access", "verify", "--expect", "1:AAAA-BBBB-CCCC")[0] == 4
    assert run("access", "verify", "--expect", "nonsense")[0] == 2
    assert run("access", "verify", "--school", "别的学校")[0] == 2
    school.run("UPDATE access SET at = at + 1 WHERE number = 1")
    code, said = run("access", "verify")
    assert code == 4
    assert "BROKEN from line 1" in said


def test_the_report_changes_nothing_and_has_numbers_alone(run, school: School) -> None:  # type: ignore[no-untyped-def]
    school.run("UPDATE pupil SET ended_at = 1 WHERE number = 'S3'")
    code, said = run("retention")
    assert code == 0
    assert "identity" in said
    assert "陈晨" not in said
    assert [line.split()[2] for line in said.splitlines() if line.startswith("identity")] == ["1"]
    assert school.run("SELECT number FROM pupil ORDER BY number") == [("S1",), ("S2",), ("S3",)]


def test_a_pupil_who_left_is_erased_after_a_dry_run(run, school: School) -> None:  # type: ignore[no-untyped-def]
    assert run("erase")[0] == 2
    assert run("erase", "--pupil", "S99")[0] == 2
    code, said = run("erase", "--pupil", "S3")
    assert code == 2
    assert "has not left" in said
    school.run("UPDATE pupil SET ended_at = 1 WHERE number = 'S3'")
    names = sealed_of(
        school,
        "SELECT sealed_name FROM pupil WHERE number = 'S3' UNION ALL SELECT sealed_phone FROM person WHERE id = :id",
        id=school.ids["刘敏"],
    )
    code, said = run("erase", "--pupil", "S3", "--dry-run")
    assert code == 0
    assert "pupil: 1 row(s)" in said
    assert "Dry run" in said
    assert all(one in everything(school.engine) for one in names)
    assert run("erase", "--pupil", "S3")[0] == 0
    assert not any(one in everything(school.engine) for one in names)
    assert run("erase", "--pupil", "S3")[0] == 2  # the number is gone with the rest


def test_a_pupil_in_peoples_hands_waits_and_a_teacher_goes(run, school: School) -> None:  # type: ignore[no-untyped-def]
    school.run("UPDATE pupil SET ended_at = 1 WHERE number = 'S3'")
    school.run(
        "INSERT INTO safety_case (id, school_id, pupil_id, by_guardian, found_by, state, opened_at)"
        " VALUES (1, :school, :pupil, false, 'button', 'open', 1)",
        school=school.ids["school"],
        pupil=school.ids["陈晨"],
    )
    assert run("erase", "--pupil", "S3")[0] == 2
    school.run("UPDATE person SET ended_at = 1 WHERE staff_number = 'T2'")
    assert run("erase", "--staff", "T2")[0] == 0
    assert school.run("SELECT COUNT(*) FROM person WHERE staff_number = 'T2'") == [(0,)]


def test_one_guardian_is_erased_by_name_and_the_other_stays(run, school: School) -> None:  # type: ignore[no-untyped-def]
    assert run("erase", "--staff", "T1", "--guardian", "张强")[0] == 2
    assert run("erase", "--pupil", "S1", "--guardian", "李四")[0] == 2
    assert run("erase", "--pupil", "S1", "--guardian", " 张 强")[0] == 0
    phones = dict(school.run("SELECT id, sealed_phone IS NULL FROM person"))  # type: ignore[arg-type, var-annotated]
    assert [bool(phones[school.ids[name]]) for name in ("张强", "王芳")] == [True, False]
