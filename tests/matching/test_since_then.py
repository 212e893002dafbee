"""What changes between a round's steps: an import, a mentor who has gone, a rule that came later, a class that was left."""

from __future__ import annotations

import pytest

from handlers.context import Context, SchoolSettings
from handlers.matching import menu
from models import mentorships
from models.matching import exporting, going_live, moving, proposals, rounds, tellings, wishes
from models.matching.moving import Broken
from models.matching.rounds import Scope
from models.matching.wishes import MentorWish
from models.people import Account, Role, SchoolClass
from models.unit import Unit, sql
from tests.matching.test_going_live import DAY, begun, mentor_of, now, standing_of, told_all
from tests.matching.walk import go_live, opened, propose, tick
from tests.matching.walk import mentor_of as mentor_by_name
from tests.school import OTHER_MENTOR, Bot, School


def test_who_has_gone_keeps_the_place_in_a_familys_order(school: School) -> None:
    """A second wish is told as the second one, and the reason stands beside the right mentor."""
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {})
    row = unit.execute(sql("SELECT id FROM match_pupil WHERE pupil_id = :p"), p=ids["张小雨"]).one()
    third = school.person(unit.session, "孙涛", "T3", "体育")
    unit.session.add(Role(person_id=third, kind="mentor", since=unit.now))
    unit.session.flush()
    rounds.add_mentors(unit, round_.id, [third])
    wishes.put(unit, row.id, (ids["周静"], third, ids["李明"]), None)
    moving.pair(unit, round_.id, ids["张小雨"], third, False, None)
    unit.write(sql("UPDATE role SET until = :now WHERE person_id = :p"), now=unit.now_ms, p=ids["周静"])
    assert proposals.make(unit, round_) == []
    loaded = proposals.load(unit, now(unit, round_.id))
    found = loaded.pupils[ids["张小雨"]]
    assert (found.mentor, found.why, found.unmet) == (ids["李明"], "third", "NN")
    assert proposals.sums(loaded).met == (0, 0, 1)
    unit.connection.close()


def test_what_was_given_after_the_proposal_stands(school: School) -> None:
    """A family that got another mentor meanwhile is not given back to the one before."""
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {})
    loaded = proposals.load(unit, round_)
    assert loaded.pupils[ids["张小雨"]].mentor == ids["李明"]
    mentorships.change(unit, ids["张小雨"], ids["周静"])
    found = proposals.sums(proposals.load(unit, round_))
    assert (found.changed, found.stands) == (0, 1)
    assert going_live.go(unit, round_)
    told_all(unit)
    assert mentor_of(school, unit, "张小雨") == ids["周静"]
    assert [(name, what) for _, name, what in going_live.undone(unit, round_.id)] == [("张小雨", "later")]
    unit.connection.close()


def test_what_is_moved_by_hand_after_that_is_done(school: School) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {})
    mentorships.change(unit, ids["张小雨"], ids["周静"])
    # Away and back: whoever decides now sees who the mentor is today.
    for mentor in ("周静", "李明"):
        round_ = now(unit, round_.id)
        assert moving.move(unit, proposals.load(unit, round_), {ids["张小雨"]: ids[mentor]}, ids["赵主任"])
    assert going_live.go(unit, now(unit, round_.id))
    told_all(unit)
    assert mentor_of(school, unit, "张小雨") == ids["李明"]
    unit.connection.close()


def test_who_has_moved_to_another_class_is_left_alone(school: School) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {"张小雨": "周静"})
    stage = unit.execute(sql("SELECT stage_id FROM school_class LIMIT 1")).one().stage_id
    other = SchoolClass(school_id=ids["school"], stage_id=stage, grade="五年级", name="五年级9班")
    unit.session.add(other)
    unit.session.flush()
    unit.write(sql("UPDATE pupil SET school_class_id = :c WHERE id = :p"), c=other.id, p=ids["张小雨"])
    # And one who has come in since is named at the end.
    school.pupil(unit.session, "S9", "新同学", None, ())
    unit.session.flush()
    assert going_live.go(unit, round_)
    told_all(unit)
    assert mentor_of(school, unit, "张小雨") == ids["李明"]
    told = {name: what for _, name, what in going_live.undone(unit, round_.id)}
    assert told == {"张小雨": "moved", "新同学": "nobody"}
    unit.connection.close()


def test_a_mentor_who_came_by_an_import_keeps_the_pupils(school: School) -> None:
    """Whoever has got a pupil of the round since it began is among its mentors: the pupil is not given away."""
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {})
    third = school.person(unit.session, "孙涛", "T3", "体育")
    unit.session.add(Role(person_id=third, kind="mentor", since=unit.now))
    unit.session.flush()
    mentorships.change(unit, ids["陈晨"], third)
    assert proposals.make(unit, round_) == []
    loaded = proposals.load(unit, now(unit, round_.id))
    assert (loaded.pupils[ids["陈晨"]].mentor, loaded.pupils[ids["陈晨"]].why) == (third, "stayed")
    unit.connection.close()


def test_what_must_be_goes_before_what_was_moved_by_hand(school: School) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {})
    assert moving.move(unit, proposals.load(unit, round_), {ids["陈晨"]: ids["李明"]}, ids["赵主任"])
    moving.pair(unit, round_.id, ids["陈晨"], ids["周静"], True, ids["赵主任"])
    assert moving.broken(proposals.load(unit, now(unit, round_.id))) == [(Broken.PAIR, ids["陈晨"], ids["李明"])]
    assert proposals.make(unit, now(unit, round_.id)) == []
    loaded = proposals.load(unit, now(unit, round_.id))
    assert (loaded.pupils[ids["陈晨"]].mentor, loaded.pupils[ids["陈晨"]].why) == (ids["周静"], "must")
    assert moving.broken(loaded) == []
    unit.connection.close()


@pytest.mark.parametrize("what", [Broken.FULL, Broken.GONE])
def test_a_proposal_that_fits_no_longer_is_named(school: School, what: Broken) -> None:
    unit, ids = school.unit(), school.ids
    round_ = begun(school, unit, {"张小雨": "周静", "陈晨": "周静"})
    assert moving.broken(proposals.load(unit, round_)) == []
    if what is Broken.FULL:
        unit.write(sql("UPDATE match_mentor SET capacity = 1 WHERE person_id = :p"), p=ids["周静"])
    else:
        unit.write(sql("UPDATE role SET until = :now WHERE person_id = :p"), p=ids["周静"], now=unit.now_ms)
    found = moving.broken(proposals.load(unit, round_))
    assert {one for one, _, _ in found} == {what}
    assert {mentor for _, _, mentor in found} == {ids["周静"]}
    unit.connection.close()


def test_what_goes_out_does_not_tell_which_wish_was_met(school: School) -> None:
    unit = school.unit()
    round_ = begun(school, unit, {"张小雨": "周静"})
    cells = {cell for table in exporting.tables(unit, round_).values() for row in table for cell in row}
    assert "T2" in cells
    assert not cells & {"first", "second", "third", "kept", "named", "stayed", "filled", "原因"}
    unit.connection.close()


def waiting(unit: Unit) -> list[str]:
    unit.flush()
    rows = unit.execute(sql("SELECT dedupe_key FROM outbox WHERE state = 'waiting' AND dedupe_key LIKE 'match:%'"))
    return [row.dedupe_key.split(":")[2] for row in rows]


@pytest.mark.parametrize("ends", ["cancel", "propose"])
def test_a_question_that_waits_for_the_morning_is_not_asked_when_it_is_over(school: School, ends: str) -> None:
    unit, ids = school.unit(), school.ids
    made = rounds.create(unit, ids["school"], Scope.CLASS, "x", [ids["class"]], ids["赵主任"])
    assert made is not None
    rounds.set_until(unit, made, unit.now_ms + 3 * DAY)
    assert rounds.open_(unit, made)
    for what in ("families", "mentors", "remind", "remind_mentors", "chief.1"):
        unit.queue(bot_id=1, chat_id=1, kind="text", payload="{}", dedupe_key=f"match:{made}:{what}:1:2")
    unit.queue(bot_id=1, chat_id=1, kind="text", payload="{}", dedupe_key=f"match:{made + 1}:families:1:2")
    if ends == "cancel":
        assert rounds.cancel(unit, made)
        assert waiting(unit) == ["families"]
    else:
        assert proposals.make(unit, now(unit, made)) == []
        assert sorted(waiting(unit)) == ["chief.1", "families"]
    unit.connection.rollback()
    unit.connection.close()


def test_nobody_is_asked_for_what_cannot_be(school: School) -> None:
    """A mentor without a place is not asked whom to keep, and no family is offered to stay with that one."""
    unit, ids = school.unit(), school.ids
    made = rounds.create(unit, ids["school"], Scope.CLASS, "x", [ids["class"]], ids["赵主任"])
    assert made is not None
    unit.write(sql("UPDATE match_mentor SET capacity = 0 WHERE person_id = :p"), p=ids["李明"])
    for number, name in enumerate(("李明", "周静", "王芳", "刘敏")):
        account = Account(bot_id=1, user_id=100 + number, created_at=unit.now)
        unit.session.add(account)
        unit.session.flush()
        unit.write(sql("UPDATE person SET account_id = :a WHERE id = :p"), a=account.id, p=ids[name])
    unit.write(sql("UPDATE guardianship SET confirmed_at = :now"), now=unit.now_ms)
    _, families = tellings.next_guardians(unit, tellings.Telling(made, tellings.FAMILIES, 0))
    kept = {one.pupil_name: one.present_id for one in families}
    assert kept == {"张小雨": None, "张小阳": None, "陈晨": ids["周静"]}
    _, mentors = tellings.next_mentors(unit, tellings.Telling(made, tellings.MENTORS, 0))
    assert {one.person_id: one.takes_part for one in mentors} == {ids["李明"]: False, ids["周静"]: True}
    unit.connection.close()


async def test_a_rule_that_came_after_the_proposal_is_not_passed_by(bot: Bot) -> None:
    """An admin forbids a pair that is proposed: it cannot go live, and says what to do."""
    admin, _ = await bot.joined_admin(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await opened(bot, admin)
    await propose(bot, admin)
    # A screen from before, and the rule after it.
    await admin.presses("让方案生效…")
    old = await admin.sees("点了以后不能整轮撤回")
    await admin.says("/matching")
    await admin.presses("五年级2班 · 有方案", await admin.finds("先听家庭和导师的想法"))
    await admin.sees("还没有生效")
    await admin.presses("按班看")
    await admin.sees("看哪个班")
    await admin.presses("五年级2班")
    await admin.sees("＋ 表示会换")
    await admin.presses("陈晨 → 周静")
    await admin.sees("导师不变")
    await admin.presses("必须 / 不能 / 平衡")
    await admin.sees("只为这一轮")
    await admin.presses("不能由谁带")
    await admin.sees("不能由谁来带？")
    await admin.presses("周静老师 · 语文")
    await admin.sees("不能由周静来带")
    await admin.presses("现在生效", old)
    shown = await admin.sees("还不能生效")
    assert "陈晨 → 周静" in shown["text"]
    assert bot.school.run("SELECT state FROM match_round")[0][0] == "proposed"
    await admin.presses("重新做（手工改的保留）")
    await admin.sees("还没有生效")
    await go_live(bot, admin)
    await admin.sees("都安排好了")
    assert mentor_by_name(bot, "陈晨") == "李明"


async def test_wishes_are_not_ended_by_a_slip(bot: Bot) -> None:
    """Families were told a day: before it the admin is asked once more, after it not."""
    admin, mother = await bot.joined_admin(), await bot.mother()
    await opened(bot, admin)
    await admin.presses("做方案")
    await admin.presses("再等等", await admin.sees("不再收志愿，也不能再打开"))
    await admin.sees("正在收集志愿")
    # The day can be put off, and not drawn nearer.
    await admin.presses("选志愿截止日")
    days = await admin.sees("当天晚上八点")
    assert len(days["buttons"]) == 3
    await admin.presses("返回")
    await admin.sees("正在收集志愿")
    await mother.presses("由学校安排", await mother.finds("张小雨的导师，想听听"))
    await mother.sees("✅ 由学校安排")
    await tick(bot, days=8)
    await admin.says("/matching")
    await admin.presses("五年级2班 · 收集志愿", await admin.finds("先听家庭和导师的想法"))
    await admin.sees("志愿已截止")
    await admin.presses("做方案")
    await admin.sees("还没有生效")


def test_a_pupil_who_has_gone_takes_up_no_place_among_those_named(school: School) -> None:
    """Three can be named; one of them left the school, whom the mentor cannot even see to take away."""
    unit, ids = school.unit(), school.ids
    gone = school.pupil(unit.session, "S9", "同学九", None, ())
    unit.session.flush()
    made = rounds.create(unit, ids["school"], Scope.CLASS, "x", [ids["class"]], ids["赵主任"])
    assert made is not None
    rounds.set_until(unit, made, unit.now_ms + 3 * DAY)
    assert rounds.open_(unit, made)
    row = unit.execute(sql("SELECT id FROM match_mentor WHERE person_id = :p"), p=ids["李明"]).one().id
    wishes.put_mentor(unit, row, MentorWish(refused=(ids["张小雨"], ids["张小阳"], gone), given=True))
    unit.write(sql("UPDATE pupil SET ended_at = :now WHERE id = :id"), now=unit.now_ms, id=gone)
    context = Context(
        unit, standing_of(school, "李明", staff=True), SchoolSettings(keep_hours=False), pressed="1", place_id=1
    )
    pupil = unit.execute(sql("SELECT id FROM match_pupil WHERE pupil_id = :p"), p=ids["陈晨"]).one().id
    menu.PRESSES["mmt"].handler(context, "n", pupil, 0)
    assert wishes.of_mentor(unit, row).refused == (ids["张小雨"], ids["张小阳"], ids["陈晨"])
    unit.connection.close()
