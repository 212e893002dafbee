"""A proposal made true, by its rows: what was decided later stands, who has gone is named, rights are those of today."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import SchoolSettings
from handlers.matching import spread
from models import mentorships
from models.matching import allowed, closing, going_live, moving, places, proposals, requests, rounds, tellings, wishes
from models.matching.rounds import Round, Scope
from models.safeguarding import cases
from models.standing import Line, Self, Standing, lines_of_pupil
from models.unit import Unit, sql
from tests.school import School

DAY = 86_400_000


def begun(school: School, unit: Unit, wanted: dict[str, str]) -> Round:
    """A round of the class with these families' first wishes, and its proposal."""
    made = rounds.create(
        unit, school.ids["school"], Scope.CLASS, "五年级2班", [school.ids["class"]], school.ids["赵主任"]
    )
    assert made is not None
    rounds.set_until(unit, made, unit.now_ms + 3 * DAY)
    assert rounds.open_(unit, made)
    for pupil, mentor in wanted.items():
        row = unit.execute(sql("SELECT id FROM match_pupil WHERE pupil_id = :p"), p=school.ids[pupil]).one()
        wishes.put(unit, row.id, (school.ids[mentor],), None)
    assert proposals.make(unit, now(unit, made)) == []
    return now(unit, made)


def now(unit: Unit, round_id: int) -> Round:
    found = rounds.one(unit, round_id)
    assert found is not None
    return found


def told_all(unit: Unit) -> None:
    """Does all that is open, with the same calls as the clock."""
    for _ in range(20):
        with unit.part():
            _ = unit.session
            more = spread.turn(unit, 0, SchoolSettings())
        assert unit.faults == []
        if not more:
            return
    raise AssertionError("it does not end")


def mentor_of(school: School, unit: Unit, pupil: str) -> int | None:
    row = unit.execute(
        sql("SELECT mentor_id FROM mentorship WHERE pupil_id = :p AND until IS NULL"), p=school.ids[pupil]
    ).first()
    return None if row is None else int(row.mentor_id)


def test_what_is_decided_later_stands_and_who_has_gone_is_named(school: School) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {"张小雨": "周静", "张小阳": "周静", "陈晨": "李明"})
    assert going_live.go(unit, round_)
    assert not going_live.go(unit, round_)
    # After 'live', before their turn: one loses the mentor by an import, one leaves the school.
    mentorships.change(unit, ids["张小阳"], None)
    unit.write(sql("UPDATE pupil SET ended_at = :now WHERE id = :id"), now=unit.now_ms, id=ids["陈晨"])
    told_all(unit)
    assert mentor_of(school, unit, "张小雨") == ids["周静"]
    assert mentor_of(school, unit, "张小阳") is None
    assert mentor_of(school, unit, "陈晨") == ids["周静"]
    # Nobody at home has joined: the new mentor is for a person to tell.
    told = [(name, what) for _, name, what in going_live.undone(unit, round_.id)]
    assert told == [("张小阳", "later"), ("张小雨", "unheard")]
    assert now(unit, round_.id).over_at is not None
    # The classes are free for another round, and nothing of this one comes again.
    assert rounds.create(unit, ids["school"], Scope.CLASS, "x", [ids["class"]], ids["赵主任"]) is not None
    assert going_live.part(unit, round_.id, 0) == []
    unit.connection.close()


def test_a_mentor_who_is_one_no_longer_gets_nobody(school: School) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {"张小雨": "周静"})
    unit.write(sql("UPDATE role SET until = :now WHERE person_id = :p"), now=unit.now_ms, p=ids["周静"])
    assert going_live.go(unit, now(unit, round_.id))
    told_all(unit)
    assert mentor_of(school, unit, "张小雨") == ids["李明"]
    assert [(name, what) for _, name, what in going_live.undone(unit, round_.id)] == [("张小雨", "gone")]
    unit.connection.close()


def test_only_counts_stay_and_only_after_a_month(school: School) -> None:
    unit = school.unit()
    round_ = begun(school, unit, {"张小雨": "周静", "陈晨": "李明"})
    assert going_live.go(unit, round_)
    told_all(unit)
    closing.tick(unit)
    assert now(unit, round_.id).forgotten_at is None
    unit.now = unit.now.replace(year=unit.now.year + 1)
    closing.tick(unit)
    assert now(unit, round_.id).counts == (3, 2, 2, 0, 0)
    for table in ("match_pupil", "match_mentor", "match_pair", "match_telling"):
        assert unit.execute(sql(f"SELECT 1 FROM {table}")).first() is None
    unit.connection.close()


def test_a_round_that_was_left_lying_is_given_up(school: School) -> None:
    unit, ids = school.unit(), school.ids
    made = rounds.create(unit, ids["school"], Scope.CLASS, "x", [ids["class"]], ids["赵主任"])
    assert made is not None
    unit.now = unit.now.replace(year=unit.now.year + 1)
    closing.tick(unit)
    assert now(unit, made).state is rounds.RoundState.CANCELLED
    unit.now = unit.now.replace(year=unit.now.year + 1)
    closing.tick(unit)
    assert unit.execute(sql("SELECT 1 FROM match_pupil")).first() is None
    unit.connection.close()


def test_a_move_is_refused_and_reckoned(school: School) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {"张小雨": "周静"})
    moving.pair(unit, round_.id, ids["陈晨"], ids["李明"], False, ids["赵主任"])
    loaded = proposals.load(unit, round_)
    assert moving.refusal(loaded, {ids["陈晨"]: ids["李明"]}) is moving.Refusal.NEVER
    assert moving.refusal(loaded, {ids["张小雨"]: ids["周静"]}) is moving.Refusal.SAME
    back = {ids["张小雨"]: ids["李明"]}
    effect = moving.effect(loaded, back)
    assert [(one.before, one.after) for one in effect.pupils] == [(0, None)]
    assert effect.apart == (0, 1)
    assert moving.move(unit, loaded, back, ids["赵主任"])
    # Whoever looked before that press has an old screen.
    assert not moving.move(unit, loaded, {ids["张小雨"]: ids["周静"]}, ids["赵主任"])
    # What was moved by hand stays, and a round that is live is moved no more.
    assert proposals.make(unit, now(unit, round_.id)) == []
    again = proposals.load(unit, now(unit, round_.id))
    assert (again.pupils[ids["张小雨"]].mentor, again.pupils[ids["张小雨"]].why) == (ids["李明"], "hand")
    assert going_live.go(unit, now(unit, round_.id))
    assert not moving.move(unit, again, {ids["陈晨"]: ids["周静"]}, ids["赵主任"])
    assert not rounds.cancel(unit, round_.id)
    unit.connection.close()


def test_rights_are_those_of_today(school: School) -> None:
    """A chief mentor sees the own class once asked to look, and no more when another one has it; a guardian never does."""
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {})
    chief = standing_of(school, "李明", staff=True)
    assert allowed.looks(unit, chief, round_.id) is None
    tellings.show(unit, round_.id)
    found = allowed.looks(unit, chief, round_.id)
    assert found is not None
    assert found[1].has(ids["class"])
    assert not found[1].has(ids["class"] + 1)
    assert allowed.looks(unit, standing_of(school, "周静", staff=True), round_.id) is None
    assert allowed.looks(unit, standing_of(school, "王芳", staff=False), round_.id) is None
    assert allowed.admin_of(unit, chief, round_.id) is None
    unit.write(sql("UPDATE class_team SET until = :now"), now=unit.now_ms)
    assert allowed.looks(unit, chief, round_.id) is None
    unit.connection.close()


def standing_of(school: School, name: str, *, staff: bool) -> Standing:
    """Somebody's standing, as if joined."""
    person = Self(school.ids[name], school.ids["school"], name, staff, (0, 1440))
    return Standing(1, 1, 1, "zh_CN", True, True, None, None, None, selves=[person])


def test_who_must_not_be_contacted_sees_no_round(school: School) -> None:
    """Neither a question nor a way to change what the other guardian has said; and no sign of why."""
    unit, ids = school.unit(), school.ids
    made = rounds.create(unit, ids["school"], Scope.CLASS, "x", [ids["class"]], ids["赵主任"])
    assert made is not None
    rounds.set_until(unit, made, unit.now_ms + 3 * DAY)
    assert rounds.open_(unit, made)
    unit.write(sql("UPDATE guardianship SET confirmed_at = :now"), now=unit.now_ms)
    father = standing_of(school, "张强", staff=False)
    father.children = [line_of(unit, ids["张小雨"], ids["张强"])]
    assert allowed.child_in_round(unit, father, ids["张小雨"]) is not None
    assert [one.pupil_id for one in allowed.children_in_rounds(unit, father)] == [ids["张小雨"]]
    assert cases.stop_contact(unit, ids["张强"], None, ids["赵主任"])
    assert allowed.child_in_round(unit, father, ids["张小雨"]) is None
    assert allowed.children_in_rounds(unit, father) == []
    unit.connection.close()


def test_an_import_while_a_round_runs(school: School) -> None:
    """New pupils are placed, pupils who left are not, and wishes for a mentor who left count no more."""
    unit, ids = school.unit(), school.ids
    made = begun(school, unit, {"张小雨": "周静", "陈晨": "周静"})
    school.pupil(unit.session, "S4", "新同学", None, ())
    unit.session.flush()
    unit.write(sql("UPDATE pupil SET ended_at = :now WHERE id = :id"), now=unit.now_ms, id=ids["张小阳"])
    unit.write(sql("UPDATE role SET until = :now WHERE person_id = :p"), now=unit.now_ms, p=ids["周静"])
    assert proposals.make(unit, now(unit, made.id)) == []
    loaded = proposals.load(unit, now(unit, made.id))
    assert loaded.proposed == {ids[name]: ids["李明"] for name in ("张小雨", "陈晨", "新同学")}
    assert loaded.pupils[ids["张小雨"]].why == "stayed"
    unit.connection.close()


def test_a_request_is_never_shown_to_the_mentor(school: School) -> None:
    """Also not where the mentor is an admin, or the class's chief mentor and the only one left to decide."""
    unit, ids = school.unit(), school.ids
    line = line_of(unit, ids["张小雨"], ids["王芳"])
    assert requests.ask(unit, replace(line, guardian_id=ids["刘敏"]), ids["王芳"], "way") is None
    made = requests.ask(unit, line, ids["王芳"], "way")
    assert made is not None
    assert requests.ask(unit, line, ids["王芳"], "way") is None
    admin, chief = standing_of(school, "赵主任", staff=True), standing_of(school, "李明", staff=True)
    other = standing_of(school, "周静", staff=True)
    unit.write(
        sql("INSERT INTO role (id, person_id, kind, since) VALUES (1, :p, 'admin', :now)"),
        p=ids["李明"],
        now=unit.now_ms,
    )
    assert [one.id for one in requests.open_for(unit, admin)] == [made]
    for who in (chief, other):
        assert requests.open_for(unit, who) == []
        assert requests.one(unit, who, made) is None
    found = requests.one(unit, admin, made)
    assert found is not None
    assert requests.decide(unit, found, requests.Outcome.TALK, ids["赵主任"])
    # Another mentor settles what others asked for the same pupil; then it is over.
    father = requests.ask(unit, line_of(unit, ids["张小雨"], ids["张强"]), ids["张强"], "none")
    assert father is not None
    free = [one.person_id for one in places.free_mentors(unit, found, 15)]
    assert free == [ids["周静"]]
    assert places.free_mentors(unit, found, 1) == []
    assert requests.give(unit, found, ids["周静"], ids["赵主任"]) == (ids["张小雨"], ids["李明"], ids["周静"])
    assert requests.give(unit, found, ids["周静"], ids["赵主任"]) is None
    assert requests.open_for(unit, admin) == []
    # The former mentor does not see it now either.
    assert requests.one(unit, chief, made) is None
    unit.now = unit.now.replace(year=unit.now.year + 1)
    closing.tick(unit)
    assert unit.execute(sql("SELECT 1 FROM mentor_request")).first() is None
    unit.connection.close()


def line_of(unit: Unit, pupil: int, guardian: int) -> Line:
    return next(one for one in lines_of_pupil(unit, pupil) if one.guardian_id == guardian)
