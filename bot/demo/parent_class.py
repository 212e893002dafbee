"""The story's parent class: from the rota to what families thought of it, with the school's clock moved by the story."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.demo.people import ADMIN, FATHER, MENTOR, MOTHER
from bot.demo.steps import PAUSE, act, clock, press, see, step
from handlers.texts import words
from models.calendar import calendar_of
from models.checklist.coverage import stage_names
from models.events import planning, rota, topics
from models.events.planning import Setting
from models.events.rules import EventRules
from models.events.topics import Topic
from models.hours import at_minute
from models.unit import Unit, sql
from models.vault import Vault

ZONE = ZoneInfo("Asia/Shanghai")

_MENTOR = sql("SELECT id FROM person WHERE staff_number = 'T001'")
_SCHOOL = sql("SELECT id FROM school ORDER BY id LIMIT 1")


@dataclass(frozen=True, slots=True)
class Class:
    """The parent class that the story comes to: its day, when its topic is asked for and its questions are answered."""

    day: date
    topic_at: datetime
    questions_at: datetime
    topic: Topic

    def at(self, hour: int, minute: int = 0) -> datetime:
        """A time of its day."""
        return at_minute(self.day, hour * 60 + minute, ZONE)


def planned(connection: Connection, vault: Vault, now: datetime) -> Class | None:
    """The first day on which the rota can have one when the story has come to `now`; nothing where the term has none left."""
    unit = Unit(connection, vault, now)
    row = unit.execute(_SCHOOL).first()
    term = None if row is None else planning.term_of(unit, row.id, ZONE.key)
    if row is None or term is None:
        return None
    usual = Setting()
    months = [month for month, days in planning.days_in(unit, row.id, term, usual, ZONE.key).items() if days]
    mentor = unit.execute(_MENTOR).one().id
    stated = planning.problem(unit, row.id, term, usual, EventRules(), ZONE.key)
    # The mentor's wish of the story, and what the rota will make of it.
    wished = replace(stated, prefers={mentor: frozenset(months[:1])})
    lecture = next((one for one in rota.propose(wished).lectures if one.mentor_id == mentor), None)
    if lecture is None or lecture.month != months[0]:
        return None
    day = lecture.day
    calendar = calendar_of(unit, row.id, ZONE.key)

    def morning(day: date) -> datetime:
        while not calendar.is_school_day(day):
            day += timedelta(days=1)
        return at_minute(day, 10 * 60, ZONE)

    stage, grade = stage_names("小学", "五年级")
    topic = topics.fitting(stage, grade, day.month, ())[0]
    asked = max(day - timedelta(days=21), now.astimezone(ZONE).date() + timedelta(days=1))
    return Class(day, morning(asked), morning(day + timedelta(days=4)), topic)


def story(found: Class | None) -> list[dict[str, Any]]:
    """The steps; none where there is no day for it."""
    if found is None:
        return []
    month = words("zh_CN", f"rota.month_{found.day.month}")
    return [*_rota(month), *_topic(found), *_invited(found), *_evening(found), *_after(found)]


def _rota(month: str) -> list[dict[str, Any]]:
    return [
        step(
            "家长学堂。每班每月一场，每位导师一学期一场。赵老师排期前先问问大家的意愿。",
            "Parent classes: one a class and month, each mentor once a term. Ms Zhao asks for wishes before the rota.",
            act(ADMIN, "text", text="/classes"),
            press(ADMIN, ["全校排期"]),
            see(ADMIN, "还没有排"),
            press(ADMIN, ["先问问导师的意愿"]),
            wait=(MENTOR, ["哪几个月您愿意"]),
        ),
        step(
            f"李老师愿意在{month}讲。",
            "Mr Li would like the first month.",
            press(MENTOR, ["我哪几个月方便"]),
            see(MENTOR, "点月份就能改"),
            press(MENTOR, [f"{month}：都可以"]),
            PAUSE,
        ),
        step(
            "几秒钟排好一版：避开考试和假期，照顾意愿；排不上的写明为什么。",
            "A proposal in a moment: no exams, no holidays, wishes met; what cannot be is named with its reason.",
            press(ADMIN, ["排一版"]),
            wait=(ADMIN, ["排好了一版"]),
        ),
        step(
            "先给各班的首席导师看，老师和家长还都没收到。",
            "The chief mentors look at it first; no mentor and no family has heard of it.",
            press(ADMIN, ["发给首席导师看"]),
            wait=(MENTOR, ["家长学堂排好了一版"]),
        ),
        step(
            "李老师看本班：可以对换、换人、换一天。没问题，就这样定。",
            "Mr Li looks at his class: he could swap, ask somebody else, take another day. It is fine.",
            press(MENTOR, ["看一看"]),
            see(MENTOR, "点一个月"),
            press(MENTOR, ["就这样定"]),
            see(MENTOR, "您这学期的家长学堂定了"),
            press(MENTOR, ["好的"]),
            wait=(MENTOR, ["好的，谢谢您"]),
        ),
    ]


def _topic(found: Class) -> list[dict[str, Any]]:
    title = found.topic.zh
    return [
        step(
            "开讲前二十一天，请李老师选主题：按学段和月份推荐三个，也可以让家长投票。",
            "21 days before, Mr Li is asked what about: three proposals by stage and month, or a vote of the families.",
            clock(found.topic_at),
            see(MENTOR, "家长学堂聊什么"),
            press(MENTOR, [title]),
            wait=(MENTOR, ["主题定了"]),
        ),
        step(
            "地点写上，也让家长可以线上参加。",
            "He adds the place, and lets families take part online.",
            act(MENTOR, "text", text="/classes"),
            press(MENTOR, [f"家长学堂：{title}"]),
            see(MENTOR, "还没有写地点"),
            press(MENTOR, ["写地点"]),
            see(MENTOR, "在哪里"),
            act(MENTOR, "text", text="五年级2班教室"),
            see(MENTOR, "📍 五年级2班教室"),
            press(MENTOR, ["改时间、地点或取消"]),
            press(MENTOR, ["参加方式"]),
            press(MENTOR, ["现场和线上都可以"]),
            wait=(MENTOR, ["也可以线上参加"]),
        ),
    ]


def _invited(found: Class) -> list[dict[str, Any]]:
    return [
        step(
            "开讲前七天，家长收到邀请，中文和英文。",
            "Seven days before, families are invited, in Chinese and in English.",
            clock(found.at(19, 1) - timedelta(days=7)),
            see(MOTHER, "您来吗"),
            wait=(FATHER, ["Will you come"]),
        ),
        step(
            "王芳点“来”，两个人。日历文件也到了。",
            "Wang Fang will come, two of them. A file for her calendar follows.",
            press(MOTHER, ["来"]),
            see(MOTHER, "您选了：来"),
            press(MOTHER, ["2 人"]),
            wait=(MOTHER, ["来，2 人"]),
        ),
        step(
            "她还想问一个问题，李老师看不到是谁问的。",
            "She has a question; Mr Li does not see who asks.",
            press(MOTHER, ["想问一个问题"]),
            see(MOTHER, "想问李明什么"),
            act(MOTHER, "text", text="孩子写作业总是拖到很晚，怎么办？"),
            wait=(MOTHER, ["记下了。回答会和大家的问题一起"]),
        ),
        step(
            "David 出差，线上参加。",
            "David is travelling and takes part online.",
            press(FATHER, ["Online"]),
            wait=(FATHER, ["You are taking part online"]),
        ),
        step(
            "前一天：只提醒说了要来的。李老师上班时间才收到：还差一个链接。",
            "A day before: only those who said yes are reminded. Mr Li hears in his working hours that the link is missing.",
            clock(found.at(19, 1) - timedelta(days=1)),
            see(MOTHER, "别忘了"),
            see(FATHER, "A reminder"),
            clock(found.at(8)),
            see(MENTOR, "还没有线上链接"),
            press(MENTOR, ["看看这次活动"]),
            press(MENTOR, ["补线上链接"]),
            see(MENTOR, "请把线上会议的链接"),
            act(MENTOR, "text", text="https://meeting.example/lesson"),
            wait=(MENTOR, ["链接记下了"]),
        ),
    ]


def _evening(found: Class) -> list[dict[str, Any]]:
    return [
        step(
            "当晚，签到码放到屏幕上。",
            "That evening the sign-in code goes on the screen.",
            clock(found.at(18, 1)),
            see(MOTHER, "快开始了"),
            clock(found.at(18, 40)),
            PAUSE,
            press(MENTOR, ["签到码"]),
            wait=(MENTOR, ["放到屏幕上"]),
        ),
        step(
            "王芳到了，点一下。只数人数，没有名单。",
            "Wang Fang is here: a tap. It is for the number; there is no list.",
            press(MOTHER, ["我到了"]),
            wait=(MOTHER, ["签到了，欢迎"]),
        ),
        step(
            "开始了，线上的 David 收到链接。",
            "It begins, and David gets the link.",
            clock(found.at(19, 1)),
            wait=(FATHER, ["begins now"]),
        ),
    ]


def _after(found: Class) -> list[dict[str, Any]]:
    return [
        step(
            "结束了：办了没有、来了几位，点一下。",
            "It is over: was it held, how many came? A tap.",
            clock(found.at(20, 16)),
            see(MENTOR, "辛苦了"),
            press(MENTOR, ["20 人"]),
            wait=(MENTOR, ["记下了：来了 20 人"]),
        ),
        step(
            "讲义当晚发给所有家庭，没来的也一样；发之前先看一眼。",
            "The notes go to all families the same evening, also to those who did not come; seen before they go.",
            press(MENTOR, ["发讲义"]),
            see(MENTOR, "请把文字、照片、文件或语音发到这里"),
            act(MENTOR, "text", text="三句话：先说看见的，再说感受，最后一起想办法。"),
            act(MENTOR, "send", kind="photo", caption="板书"),
            see(MENTOR, "收到了，还没有发出去"),
            press(MENTOR, ["看一看再发"]),
            see(MENTOR, "大家会收到这些"),
            press(MENTOR, ["发给大家"]),
            wait=(FATHER, ["Notes"]),
        ),
        step(
            "两个小问题，不记名。五家以上才显示。",
            "Two short questions without a name; shown from five families up.",
            see(MOTHER, "两个小问题"),
            press(MOTHER, ["5"]),
            press(MOTHER, ["用得上"]),
            wait=(MOTHER, ["谢谢您！"]),
        ),
        step(
            "几天后，大家问的问题一次答完，发给所有家庭。",
            "Some days later the families' questions are answered once, to all.",
            clock(found.questions_at),
            see(MENTOR, "个问题等您回答"),
            press(MENTOR, ["看看问题"]),
            press(MENTOR, ["回答第 1 个"]),
            see(MENTOR, "请把回答打在下面"),
            act(MENTOR, "text", text="先定一个开始的时间，计时二十分钟，到点就停，做多少都先夸一句。"),
            see(MENTOR, "记下了，还没有发出去"),
            press(MENTOR, ["个回答发出去"]),
            wait=(FATHER, ["What families asked"]),
        ),
        step(
            "办了没有、来了多少人，学校只看数字。",
            "Held or not, how many came: the school sees numbers only.",
            act(ADMIN, "text", text="/overview"),
            see(ADMIN, "班级概况"),
            press(ADMIN, ["五年级2班"]),
            see(ADMIN, "本月研判"),
            press(ADMIN, ["家长学堂"]),
            wait=(ADMIN, ["本学期家长学堂"]),
        ),
    ]
