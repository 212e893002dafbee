"""What has to go on where somebody's part in something has ended."""

from __future__ import annotations

from handlers import urgent_pages
from models.safeguarding import cases, part
from models.safeguarding.tables import CaseState
from tests.isolation.acting import SETTINGS, Stage
from tests.isolation.after import ENDINGS, Ending, ended
from tests.isolation.rows import BOT


def _ending(name: str) -> Ending:
    return next(one for one in ENDINGS if one.name == name)


def _held_by(stage: Stage, name: str) -> list[int]:
    person = stage.rows.names[name]
    return [
        one["id"]
        for one in stage.rows.kept["safety_case"]
        if one["state"] == "acknowledged" and one["acknowledged_by"] == person
    ]


def test_a_case_whose_holder_has_lost_the_role_is_open_again_and_goes_on(stage: Stage) -> None:
    held = _held_by(stage, "COUNSELLOR")
    assert held
    with stage.transaction() as unit:
        assert part.left_alone(unit) == []
    with ended(stage, _ending("counsellor no more")), stage.transaction() as unit:
        assert cases.acting(unit, held[0], [stage.rows.names["COUNSELLOR"]]) is None
        with unit.part():
            urgent_pages.tick(unit, BOT, SETTINGS)
        found = cases.case(unit, held[0])
        assert found is not None
        assert found.state == CaseState.OPEN
        assert found.acknowledged_by is None
        chats = {one.chat_id for one in unit.queued}
        accounts = {one["id"]: one["user_id"] for one in stage.rows.kept["account"]}
        # Two were told before; the path goes on with the next one, and does not begin anew.
        assert accounts[stage.rows.names["@DUTY"]] in chats
        assert accounts[stage.rows.names["@COUNSELLOR"]] not in chats


def test_who_still_has_part_may_go_on_with_it(stage: Stage) -> None:
    held = _held_by(stage, "COUNSELLOR")
    with ended(stage, _ending("duty leader no more")), stage.transaction() as unit:
        mine = cases.acting(unit, held[0], [stage.rows.names["COUNSELLOR"]])
        assert mine is not None
        assert part.left_alone(unit) == []
