"""Whom a notice means: each kind against a plain reckoning over the rows, and the screen that says how many they are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from models.base import new_id, to_ms
from models.events.states import Reply
from models.notices import aims, allowed, audience, notices
from models.notices.audience import Audience
from models.notices.states import Level, Whom
from models.unit import Unit, sql
from tests.events.class_of_parents import at_seven
from tests.events.class_of_parents import planned as an_event
from tests.notices.walk import begins, buttons, opens, said
from tests.notices.written import author
from tests.school import Bot, School

BOT = 77


class Town:
    """Two schools with grades, classes, mentors and families, some joined, some not, some have stopped the bot."""

    def __init__(self, school: School, dice: random.Random) -> None:
        self.school, self.dice = school, dice
        self.guardians: dict[int, dict[str, Any]] = {}
        self.staff: dict[int, dict[str, Any]] = {}
        self.pupils: dict[int, dict[str, Any]] = {}
        self.accounts = 0
        self.classes: dict[int, tuple[int, str]] = {}
        self.event_id = 0
        for number in (1, 2):
            self._school(number)

    def _row(self, statement: str, **values: Any) -> int:
        row = new_id()
        self.school.run(statement, id=row, **values)
        return row

    def _school(self, number: int) -> None:
        key = self._row(
            "INSERT INTO school (id, name, zone) VALUES (:id, :name, 'Asia/Shanghai')", name=f"第{number}小学"
        )
        stage = self._row("INSERT INTO stage (id, school_id, name) VALUES (:id, :school, '小学')", school=key)
        mentors = [self._person(key, staff=f"M{number}{one}") for one in range(4)]
        self._person(key, staff=f"A{number}")
        for person in mentors[:3]:
            self._role(person, "mentor")
        for grade in ("一年级", "二年级"):
            for name in ("1班", "2班"):
                group = self._row(
                    "INSERT INTO school_class (id, school_id, stage_id, grade, name)"
                    " VALUES (:id, :school, :stage, :grade, :name)",
                    school=key,
                    stage=stage,
                    grade=grade,
                    name=name,
                )
                self.classes[group] = (key, grade)
                chief = self.dice.choice(mentors)
                self._row(
                    "INSERT INTO class_team (id, school_class_id, chief_mentor_id, since) VALUES (:id, :group, :chief, 0)",
                    group=group,
                    chief=chief,
                )
                self.staff[chief].setdefault("leads", []).append(group)
                for _ in range(4):
                    self._pupil(key, group, self.dice.choice(mentors))

    def _role(self, person: int, kind: str) -> None:
        self._row(
            "INSERT INTO role (id, person_id, kind, since) VALUES (:id, :person, :kind, 0)", person=person, kind=kind
        )
        self.staff[person].setdefault("roles", []).append(kind)

    def _person(self, key: int, staff: str | None = None) -> int:
        account, user, language, reachable = None, None, "zh_CN", True
        if self.dice.random() < 0.7:
            self.accounts += 1
            user, language, reachable = 100 + self.accounts, self.dice.choice(["zh_CN", "en"]), self.dice.random() < 0.8
            account = self._row(
                "INSERT INTO account (id, bot_id, user_id, language, language_chosen, reachable, wrong_links, created_at)"
                " VALUES (:id, :bot, :user, :language, false, :reachable, 0, 0)",
                bot=BOT,
                user=user,
                language=language,
                reachable=reachable,
            )
        ended = self.dice.random() < 0.1
        person = self._row(
            "INSERT INTO person (id, school_id, staff_number, sealed_name, name_hash, hours_from, hours_to, account_id,"
            " ended_at) VALUES (:id, :school, :number, :no, :no, 450, 1110, :account, :ended)",
            school=key,
            number=staff,
            no=b"",
            account=account,
            ended=1 if ended else None,
        )
        kept = {"school": key, "account": account, "language": language, "reachable": reachable, "ended": ended}
        (self.guardians if staff is None else self.staff)[person] = kept
        return person

    def _pupil(self, key: int, group: int, mentor: int) -> None:
        ended = self.dice.random() < 0.15
        pupil = self._row(
            "INSERT INTO pupil (id, school_id, school_class_id, number, sealed_name, name_hash, ended_at)"
            " VALUES (:id, :school, :group, :number, :no, :no, :ended)",
            school=key,
            group=group,
            number=str(new_id()),
            no=b"",
            ended=1 if ended else None,
        )
        self._row(
            "INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (:id, :pupil, :mentor, 0)",
            pupil=pupil,
            mentor=mentor,
        )
        self.pupils[pupil] = {"group": group, "mentor": mentor, "ended": ended}
        several = [one for one, kept in self.guardians.items() if kept["school"] == key]
        for _ in range(self.dice.choice((1, 2))):
            old = several and self.dice.random() < 0.25
            person = self.dice.choice(several) if old else self._person(key)
            if any(one["pupil"] == pupil for one in self.guardians[person].get("children", [])):
                continue
            confirmed = self.guardians[person]["account"] is not None and self.dice.random() < 0.9
            until = self.dice.random() < 0.1
            self._row(
                "INSERT INTO guardianship (id, pupil_id, person_id, relation, since, until, confirmed_at)"
                " VALUES (:id, :pupil, :person, 'mother', 0, :until, :confirmed)",
                pupil=pupil,
                person=person,
                until=1 if until else None,
                confirmed=1 if confirmed else None,
            )
            child = {"pupil": pupil, "confirmed": confirmed, "until": until}
            self.guardians[person].setdefault("children", []).append(child)

    # --- the plain reckoning ---

    def counts(self, whom: Audience) -> tuple[int, int, int, int]:
        """Everyone, reached, not joined, stopped."""
        people = []
        for person, kept in (self.guardians if whom.families else self.staff).items():
            if kept["ended"] or (whom.schools and kept["school"] not in whom.schools):
                continue
            if whom.language and (kept["account"] is None or kept["language"] != whom.language):
                continue
            children = [
                one for one in kept.get("children", []) if not one["until"] and not self.pupils[one["pupil"]]["ended"]
            ]
            if whom.families:
                wanted = [one for one in children if self._fits(one["pupil"], whom)]
                if wanted:
                    people.append((kept, kept["account"] is not None and any(one["confirmed"] for one in wanted)))
            elif self._works(person, kept, whom):
                people.append((kept, kept["account"] is not None))
        joined = [kept for kept, has in people if has]
        return (
            len(people),
            len({kept["account"] for kept in joined if kept["reachable"]}),
            sum(not has for _, has in people),
            len({kept["account"] for kept in joined if not kept["reachable"]}),
        )

    def _fits(self, pupil: int, whom: Audience) -> bool:
        kept = self.pupils[pupil]
        if whom.classes and kept["group"] not in whom.classes:
            return False
        return whom.mentor is None or kept["mentor"] == whom.mentor

    def _works(self, person: int, kept: dict[str, Any], whom: Audience) -> bool:
        mentored = {one["group"] for one in self.pupils.values() if one["mentor"] == person and not one["ended"]}
        every = any(one["mentor"] == person for one in self.pupils.values())
        if whom.whom == Whom.MENTORS and not ("mentor" in kept.get("roles", []) or every):
            return False
        if not whom.classes:
            return True
        leads = set(kept.get("leads", [])) if whom.whom == Whom.STAFF else set()
        return bool((mentored | leads) & set(whom.classes))


@pytest.fixture
def town(school: School) -> Town:
    """A town that is the same in every run."""
    return Town(school, random.Random(7))


def _every(town: Town) -> Iterator[Audience]:
    schools = sorted({key for key, _ in town.classes.values()})
    groups = sorted(town.classes)
    for whom in Whom:
        for language in (None, "en"):
            yield Audience(whom=whom.value, schools=(schools[0],), language=language)
            yield Audience(whom=whom.value, schools=tuple(schools), language=language)
            yield Audience(whom=whom.value, schools=(schools[0],), classes=tuple(groups[:1]), language=language)
            yield Audience(whom=whom.value, schools=tuple(schools), classes=tuple(groups[1:6]), language=language)
    for mentor in sorted(town.staff):
        yield Audience(mentor=mentor)


def test_every_kind_is_counted_as_by_hand(town: Town) -> None:
    unit = town.school.unit()
    for whom in _every(town):
        found = audience.size(unit, whom)
        assert (found.everyone, found.reached, found.unjoined, found.blocked) == town.counts(whom), whom
    unit.connection.close()


def test_a_grade_is_all_its_classes_and_events_are_ones_own(town: Town) -> None:
    unit = town.school.unit()
    first = sorted({key for key, _ in town.classes.values()})[0]
    who = author(town.school, BOT)
    assert who.staff is not None
    notice = notices.draft(unit, who, who.staff, Level.SCHOOL, Audience(schools=(first,)))
    known = aims.classes(unit, notice, notices.audience(notice))
    assert {one.id for one in known} == {group for group, (key, _) in town.classes.items() if key == first}
    for one, ids in aims.grades(known):
        assert set(ids) == {group for group, kept in town.classes.items() if kept == (first, one.grade)}
    unit.connection.close()


# --- rights ---


def _may(unit: Unit, school: School, name: str, level: Level, whom: Audience) -> bool:
    return allowed.may_send(unit, author(school, BOT, name), level, whom) is not None


def test_nobody_reaches_further_than_the_own_people(school: School) -> None:
    unit = school.unit()
    key, group = school.ids["school"], school.ids["class"]
    assert _may(unit, school, "赵主任", Level.SCHOOL, Audience(schools=(key,)))
    assert not _may(unit, school, "赵主任", Level.SCHOOL, Audience(schools=(key + 1,)))
    assert not _may(unit, school, "赵主任", Level.SCHOOL, Audience())
    assert not _may(unit, school, "赵主任", Level.CENTRE, Audience())
    assert _may(unit, school, "李明", Level.CLASS, Audience(classes=(group,)))
    assert not _may(unit, school, "李明", Level.CLASS, Audience())
    assert not _may(unit, school, "周静", Level.CLASS, Audience(classes=(group,)))
    assert _may(unit, school, "周静", Level.MENTOR, Audience(mentor=school.ids["周静"]))
    assert not _may(unit, school, "周静", Level.MENTOR, Audience(mentor=school.ids["李明"]))
    assert not _may(unit, school, "周静", Level.MENTOR, Audience(mentor=school.ids["周静"], whom="staff"))
    school_run = "INSERT INTO role (id, person_id, kind, since) VALUES (1, :person, 'centre', 0)"
    unit.write(sql(school_run), person=school.ids["周静"])
    assert _may(unit, school, "周静", Level.CENTRE, Audience())
    unit.connection.close()


# --- on the screen ---


async def test_the_number_stands_on_the_screen_at_every_step(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.mother()
    await bot.joined_guardian(1003, "刘敏", "S3", language="en")
    whom = await begins(admin)
    assert "3 位家长中 2 位收得到" in whom["text"]
    await admin.presses("选年级", whom)
    grades = await admin.sees("哪些年级")
    await admin.presses("五年级", grades)
    ticked = await admin.sees("五年级\n3 位家长中 2 位收得到")
    assert "✓ 五年级" in buttons(ticked)
    await admin.presses("← 发给谁", ticked)
    await admin.presses("选班级", await said(admin, "选班级"))
    classes = await said(admin, "✓ 五年级2班")
    await admin.presses("✓ 五年级2班", classes)
    await admin.sees("全校")
    await admin.presses("← 发给谁", await said(admin, "← 发给谁"))
    await admin.presses("只给一种语言", await said(admin, "只给一种语言"))
    await admin.presses("用英文的", await said(admin, "用英文的"))
    assert "1 位家长中 1 位收得到" in (await admin.sees("全校 · 用英文的"))["text"]
    await admin.presses("导师", await said(admin, "导师"))
    await admin.sees("0 位导师中")


async def test_those_who_signed_up_for_an_event(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.mother()
    await bot.father()
    event = an_event(bot, at_seven(bot, 5))
    bot.school.run("UPDATE event SET state = 'announced' WHERE id = :id", id=event)
    bot.school.run(
        "INSERT INTO event_reply (event_id, person_id, reply, people, since, at)"
        " VALUES (:event, :person, :reply, 1, :now, :now)",
        event=event,
        person=bot.school.ids["张强"],
        reply=Reply.COME.value,
        now=to_ms(bot.clock.now() - timedelta(hours=1)),
    )
    await admin.presses("只给报名参加活动的", await begins(admin))
    await admin.presses("家长学堂", await admin.sees("哪个活动"))
    assert "1 位家长中 1 位收得到" in (await admin.sees("报名参加"))["text"]


async def test_a_chief_mentor_chooses_on_whose_behalf(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await bot.mother()
    await mentor.presses("写一条通知", await opens(mentor))
    levels = await mentor.sees("以谁的名义")
    assert [one for one in buttons(levels) if "学校" in one or "中心" in one] == []
    await mentor.presses("首席导师：给我的班", levels)
    whom = await mentor.sees("发给谁")
    assert "五年级2班\n3 位家长中 1 位收得到" in whom["text"]
    await mentor.presses("导师", whom)
    await mentor.sees("2 位导师中 1 位收得到")
