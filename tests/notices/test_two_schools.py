"""A guardian at two schools with one account: the centre's notice once for all children, a school's for its own."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from models import people
from models.notices import audience, fanout, notices, slips
from models.notices.audience import Audience
from models.notices.states import Level
from models.unit import Unit, sql
from tests.notices.readers import SLIP
from tests.notices.test_list import BOT, feeds, joins, morning
from tests.notices.written import planned
from tests.school import School

_STATES = sql("SELECT person_id, state FROM notice_recipient WHERE notice_id = :id AND user_id IS NOT NULL")


@pytest.fixture
def unit(school: School) -> Unit:
    """王芳 has a second child at another school, as another person with the same account."""
    with Session(school.engine, expire_on_commit=False) as session:
        first, group, mother = (school.ids[one] for one in ("school", "class", "王芳"))
        other = people.School(name="实验中学")
        session.add(other)
        session.flush()
        stage = people.Stage(school_id=other.id, name="初中")
        session.add(stage)
        session.flush()
        seventh = people.SchoolClass(school_id=other.id, stage_id=stage.id, grade="七年级", name="1班")
        session.add(seventh)
        session.flush()
        school.ids |= {"school": other.id, "class": seventh.id, "other": other.id}
        school.ids["王芳2"] = school.person(session, "王芳")
        school.ids["王芳"] = mother
        school.pupil(session, "M1", "张小月", None, ((school.ids["王芳2"], "mother"),))
        school.ids |= {"school": first, "class": group}
        session.commit()
    joins(school, "王芳", 100)
    school.run(
        "UPDATE person SET account_id = :account WHERE id = :id", account=school.ids["王芳"], id=school.ids["王芳2"]
    )
    school.run("UPDATE guardianship SET confirmed_at = 1 WHERE person_id = :id", id=school.ids["王芳2"])
    return morning(school)


def test_the_centre_s_comes_once_with_all_children_and_each_has_a_slip(school: School, unit: Unit) -> None:
    both = [school.ids["王芳"], school.ids["王芳2"]]
    notice = planned(unit, school, BOT, content=SLIP, level=Level.CENTRE, audience=Audience())
    found = audience.children(unit, notices.audience(notice), [both[0]])[both[0]]
    assert [child.name for child in found] == ["张小雨", "张小阳", "张小月"]
    assert [child.guardian_id for child in found] == [both[0], both[0], both[1]]
    signer = slips.signer(unit, notice, both, school.ids["张小月"])
    assert signer is not None
    assert signer.person_id == both[1]
    slips.sign(unit, notice, signer, 1, "王芳")
    assert slips.of(unit, notice.id, [both[0]]) == {both[0]: {school.ids["张小月"]: 1}}
    unit.connection.close()


def test_a_school_s_is_about_its_own_children(school: School, unit: Unit) -> None:
    both = [school.ids["王芳"], school.ids["王芳2"]]
    for where, names in ((school.ids["school"], ["张小雨", "张小阳"]), (school.ids["other"], ["张小月"])):
        found = audience.children(unit, Audience(schools=(where,)), both)
        assert [child.name for child in found[both[0]]] == names
    unit.connection.close()


def test_joining_for_the_second_school_brings_nothing_twice(school: School, unit: Unit) -> None:
    both = [school.ids["王芳"], school.ids["王芳2"]]
    content = SLIP
    notice = planned(
        unit, school, BOT, content=content, audience=Audience(schools=(school.ids["school"], school.ids["other"]))
    )
    notice.valid_until = unit.now_ms + 86_400_000
    unit.session.add(notice)
    unit.session.flush()
    feeds(unit)
    assert fanout.late(unit, both) == fanout.Late([], [])
    assert len(unit.execute(_STATES, id=notice.id).all()) == 1
    unit.connection.close()
