"""The trying has teeth: where one guard of the code is taken away, it is noticed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from models import history, standing
from models.appointments import visits
from models.notices import allowed
from models.safeguarding import part
from models.team import members
from models.unit import Unit, sql
from tests.isolation.acting import Stage
from tests.isolation.after import ENDINGS, ended
from tests.isolation.choosing import Chooser, Try
from tests.isolation.conftest import SEED
from tests.isolation.walking import Tally, attempt, crawl, former, hostile

_THREADS = sql("SELECT id FROM thread ORDER BY id")
_CLASSES = sql("SELECT id FROM school_class ORDER BY id")
_TOLD = sql("SELECT person_id FROM case_step WHERE case_id = :case")


def _everywhere(patch: pytest.MonkeyPatch, guard: Callable[..., Any], instead: Callable[..., Any]) -> None:
    """Puts a function in the place of another, wherever it was imported to."""
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is guard:
                patch.setattr(module, name, instead)


def _all_families(unit: Unit, who: standing.Standing) -> list[standing.Line]:
    found = [standing.line_of_thread(unit, row.id) for row in unit.execute(_THREADS).all()]
    return [one for one in found if one is not None] if who.staff is not None else []


def _any_belongs(self: standing.Line, person_ids: object) -> bool:
    return True


def _any_teacher(unit: Unit, visit_id: int, person_ids: list[int]) -> int | None:
    return person_ids[0] if person_ids and visits.one(unit, visit_id) is not None else None


def _any_team(unit: Unit, who: standing.Standing) -> list[members.Team]:
    return [members.Team(row.id, "班", None) for row in unit.execute(_CLASSES).all()] if who.staff else []


def _any_tends(unit: Unit, notice: object, who: standing.Standing) -> int | None:
    return None if who.staff is None else who.staff.person_id


def _any_talk(unit: Unit, who: standing.Standing) -> list[history.Talk]:
    threads = tuple(row.id for row in unit.execute(_THREADS).all())
    rows = unit.execute(sql("SELECT id FROM guardianship ORDER BY id")).all()
    return [history.Talk(row.id, "", "mother", True, threads) for row in rows]


def _told_once(unit: Unit, case_id: int) -> set[int]:
    return {row.person_id for row in unit.execute(_TOLD, case=case_id)}


def _nobody_silent(self: Unit) -> frozenset[tuple[int, int]]:
    return frozenset()


GUARDS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "families of a mentor": (standing.families, _all_families),
    "teachers of a visit": (visits.teaches, _any_teacher),
    "the class's team": (members.teams_of, _any_team),
    "who looks after a notice": (allowed.tends, _any_tends),
    "own conversations": (history.talks, _any_talk),
}


def _notices(stage: Stage, what: Callable[[str], bool], many: int = 4000) -> bool:
    """Whether the walk or random triples come upon such a fault."""
    chooser, tally = Chooser(stage.rows, SEED), Tally()
    for one, outcome in crawl(stage, chooser, 400):
        tally.count(one, outcome)
    for one in hostile(chooser, many):
        if any(what(fault) for fault in tally.faults):
            return True
        tally.count(one, attempt(stage, chooser, one))
    return False


def _after(stage: Stage, name: str, *tries: Try, many: int = 300) -> list[str]:
    """The faults that come up after a change."""
    chooser, tally = Chooser(stage.rows, SEED), Tally()
    for _ in crawl(stage, chooser, 600):
        pass
    ending = next(one for one in ENDINGS if one.name == name)
    with ended(stage, ending):
        tally.faults += stage.clock().faults
        for one in (*tries, *former(stage, chooser, ending, many)):
            tally.count(one, attempt(stage, chooser, one, learn=False))
    return tally.faults


def _heard_or_changed(fault: str) -> bool:
    return " heard: " in fault or " changed: " in fault


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_that_is_gone_is_noticed(small_stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    _everywhere(monkeypatch, *GUARDS[name])
    assert _notices(small_stage, _heard_or_changed)


def test_an_answer_to_a_foreign_message_is_noticed(small_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing.Line, "belongs_to", _any_belongs)
    assert _notices(small_stage, _heard_or_changed)


def test_that_somebody_must_not_be_contacted_is_noticed(small_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Unit, "_not_to_contact", _nobody_silent)
    assert any("no contact: " in one for one in _after(small_stage, "no contact"))


def test_a_right_that_outlives_its_role_is_noticed(small_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "people", _told_once)
    accounts = {one["id"]: one["user_id"] for one in small_stage.rows.kept["account"]}
    leader = accounts[small_stage.rows.names["@DUTY"]]
    looks = [Try(leader, "ulook", (one["id"],)) for one in small_stage.rows.kept["safety_case"]]
    assert any("heard: case" in one for one in _after(small_stage, "duty leader no more", *looks, many=10))
