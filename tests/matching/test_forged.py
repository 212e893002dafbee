"""A button's data is a claim: whoever presses whatever, with whatever ids, changes and reads only what is theirs."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from handlers.context import Context, SchoolSettings
from handlers.matching import menu
from models.matching import proposals, requests, rounds, tellings
from models.matching.rounds import Scope
from models.people import Account, SchoolClass
from models.standing import Standing
from models.unit import Unit, sql
from tests.matching.test_going_live import begun, line_of, now, standing_of
from tests.school import School

TABLES = ("match_round", "match_class", "match_pupil", "match_mentor", "match_pair", "mentor_request", "mentorship")
CANARY = "他总是当着全班说孩子"


def kept(unit: Unit) -> list[Any]:
    return [unit.execute(sql(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in TABLES]


@pytest.mark.parametrize("name", ["周静", "李明", "王芳", "路人"])
@pytest.mark.parametrize("state", ["draft", "wishes", "proposed", "live"])
def test_nobody_reaches_what_is_not_theirs(school: School, name: str, state: str) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {"张小雨": "周静", "陈晨": "李明"})
    request = requests.ask(unit, line_of(unit, ids["陈晨"], ids["刘敏"]), ids["刘敏"], "way")
    assert request is not None
    assert requests.add_words(unit, request, ids["刘敏"], CANARY)
    if state == "proposed":
        tellings.show(unit, round_.id)
    # An admin who can be reached: without one it would be the chief mentor who decides.
    account = Account(bot_id=1, user_id=1, created_at=unit.now)
    unit.session.add(account)
    unit.session.flush()
    unit.write(sql("UPDATE person SET account_id = :a WHERE id = :p"), a=account.id, p=ids["赵主任"])
    unit.write(sql("UPDATE match_round SET state = :state"), state=state)
    # Where wishes are open, only what others have: the own wish is for the own hands, in the stories.
    if state == "wishes":
        unit.write(sql("UPDATE match_round SET wishes_until = :now"), now=unit.now_ms)
    row = unit.execute(sql("SELECT id FROM match_pupil WHERE pupil_id = :p"), p=ids["陈晨"]).one().id
    other = unit.execute(sql("SELECT id FROM match_pupil WHERE pupil_id = :p"), p=ids["张小雨"]).one().id
    mentor = unit.execute(sql("SELECT id FROM match_mentor WHERE person_id = :p"), p=ids["李明"]).one().id
    unit.flush()
    before = kept(unit)
    numbers = (round_.id, row, other, mentor, request, ids["陈晨"], ids["class"], ids["school"], ids["李明"], 0)
    words = ("class", "school", "m", "n", "l", "keep", "p", "way")
    who, chance = standing(school, unit, name), random.Random(1)
    for action, press in menu.PRESSES.items():
        if action in ("mrmy", "mrw"):
            continue  # asks, about the own pupils and children alone: tests/matching/test_rematch_story.py
        if state == "proposed" and name == "李明":
            continue  # a chief mentor who was asked to look
        choices = [numbers[:9] if number < 2 else (0, round_.version) for number in range(len(press.args))]
        spread = [words if kind is str else choices[at] for at, kind in enumerate(press.args)]
        for args in chance.sample(every := list(product(*spread)), min(len(every), 80)):
            context = Context(unit, who, SchoolSettings(), pressed="1", place_id=1)
            press.handler(context, *args)
    assert kept(unit) == before
    assert now(unit, round_.id).version == round_.version
    said = "\n".join(one.payload for one in unit.queued)
    assert CANARY not in said
    # 陈晨 is 周静's pupil, and in 李明's own class.
    if name in ("王芳", "路人"):
        assert "陈晨" not in said
    if name == "周静":
        assert "张小雨" not in said
    assert not unit.execute(sql("SELECT 1 FROM access")).first()
    unit.connection.close()


def standing(school: School, unit: Unit, name: str) -> Standing:
    if name == "路人":
        return Standing(1, 1, 1, "zh_CN", True, True, None, None, None)
    found = standing_of(school, name, staff=name != "王芳")
    if name == "王芳":
        found.children = [line_of(unit, school.ids["张小雨"], school.ids["王芳"])]
    return found


def test_a_chief_mentor_who_was_asked_reaches_the_own_class_alone(school: School) -> None:
    """With the ids of another class in the same round: nothing is shown, moved or noted as looked at."""
    unit, ids = school.unit(), school.ids
    stage = unit.execute(sql("SELECT stage_id FROM school_class LIMIT 1")).one().stage_id
    other = SchoolClass(school_id=ids["school"], stage_id=stage, grade="五年级", name="五年级9班")
    unit.session.add(other)
    unit.session.flush()
    unit.write(sql("UPDATE pupil SET school_class_id = :c WHERE id = :p"), c=other.id, p=ids["陈晨"])
    made = rounds.create(unit, ids["school"], Scope.GRADE, "五年级", [ids["class"], other.id], ids["赵主任"])
    assert made is not None
    rounds.set_until(unit, made, unit.now_ms + 10**8)
    assert rounds.open_(unit, made)
    assert proposals.make(unit, now(unit, made)) == []
    tellings.show(unit, made)
    rows = {row.pupil_id: row.id for row in unit.execute(sql("SELECT id, pupil_id FROM match_pupil")).all()}
    mentors = {row.person_id: row.id for row in unit.execute(sql("SELECT id, person_id FROM match_mentor")).all()}
    own, theirs, version = rows[ids["张小雨"]], rows[ids["陈晨"]], now(unit, made).version
    unit.flush()
    before, who = kept(unit), standing_of(school, "李明", staff=True)

    def press(action: str, *args: int) -> str:
        context = Context(unit, who, SchoolSettings(), pressed="1", place_id=1)
        menu.PRESSES[action].handler(context, *args)
        return "\n".join(one.payload for one in unit.queued)

    assert "张小雨" in press("mxc", made, ids["class"], 0)
    for action, args in {
        "mxc": (made, other.id, 0),
        "mxk": (made, 0),
        "mxp": (theirs,),
        "mxv": (theirs, 0),
        "mxvm": (theirs, mentors[ids["李明"]]),
        "mxvy": (theirs, mentors[ids["李明"]], version),
        "mxw": (own, 0),
        "mxwp": (own, theirs),
        "mxwy": (own, theirs, version),
        "mxok": (made, other.id),
        "mxl": (made, 0),
        "mxo": (made,),
        "mxlive": (made,),
        "mxliv": (made, version),
        "mxgoy": (made,),
    }.items():
        said = press(action, *args)
        assert "陈晨" not in said, action
        assert "五年级9班" not in said, action
    assert kept(unit) == before
    looked_at = {row.pupil_id for row in unit.execute(sql("SELECT pupil_id FROM access")).all()}
    assert ids["陈晨"] not in looked_at
    unit.connection.close()
