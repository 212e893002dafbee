"""The demo's people, roster and story: data only."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models import school_year

TITLE = {"zh": "一所学校的一天", "en": "A day in the life of a school"}
PHONE = "0511-8888 0000"
SCHOOL = "滨江实验小学"


@dataclass(frozen=True, slots=True)
class Phone:
    """One of the phones: whose it is, and the numbers of the links that belong to it."""

    id: int
    name: str
    language: str
    role: dict[str, str]
    hint: dict[str, str]
    numbers: tuple[str, ...]


CAST = (
    Phone(
        1001,
        "王芳",
        "zh-hans",
        {"zh": "妈妈，两个孩子", "en": "Mother of two"},
        {"zh": "张小雨和张小阳的妈妈", "en": "Mother of Zhang Xiaoyu and Zhang Xiaoyang"},
        ("2021001", "2023007"),
    ),
    Phone(
        1002,
        "David Chen",
        "en",
        {"zh": "爸爸，用英文", "en": "Father, in English"},
        {"zh": "陈晨的爸爸", "en": "Father of Chen Chen"},
        ("2021002",),
    ),
    Phone(
        2001,
        "李明",
        "zh-hans",
        {"zh": "导师", "en": "Mentor"},
        {"zh": "数学老师，三个孩子的导师", "en": "Teaches maths, mentor of three pupils"},
        ("T001",),
    ),
    Phone(
        3001,
        "赵慧",
        "zh-hans",
        {"zh": "管理员", "en": "Admin"},
        {"zh": "德育处", "en": "The school's office"},
        ("T009",),
    ),
)
MOTHER, FATHER, MENTOR, ADMIN = (one.id for one in CAST)

_STAFF = (
    ("T001", "李明", "数学", "+86 138 0000 2001", "导师；首席导师:五年级2班"),
    ("T002", "周静", "语文", "13800002002", "导师"),
    ("T003", "孙涛", "体育", "13800002003", "导师"),
    ("T009", "赵慧", "", "13800002009", "管理员"),
)
_PUPILS = (
    ("五年级", "2班", "2021001", "张小雨", "T001", (("王芳", "妈妈", "13800001001"), ("张强", "爸爸", "13800001011"))),
    ("三年级", "1班", "2023007", "张小阳", "T001", (("王芳", "妈妈", "13800001001"), ("张强", "爸爸", "13800001011"))),
    (
        "五年级",
        "2班",
        "2021002",
        "陈晨",
        "T001",
        (("David Chen", "爸爸", "13800001002"), ("刘敏", "妈妈", "13800001012")),
    ),
    ("五年级", "2班", "2021003", "吴越", "T002", (("吴刚", "爸爸", "13800001003"),)),
    ("五年级", "2班", "2021004", "郑好", "T002", (("何丽", "妈妈", "13800001004"), ("郑国", "爷爷", "13800001014"))),
    ("五年级", "2班", "2021005", "孙一诺", "T003", (("孙艳", "妈妈", "13800001005"),)),
    ("三年级", "1班", "2023008", "马可", "T003", (("马军", "爸爸", "13800001006"),)),
)


LESSONS = school_year.Hours("小学", 8 * 60 + 10, 16 * 60 + 30)


def year(today: date, known: list[school_year.Entry]) -> list[school_year.Entry]:
    """Exams and a holiday at the end of the term of today; the roster's import has made the term."""
    now = next((one for one in known if one.kind == school_year.TERM and one.first <= today <= one.last), None)
    if now is None:
        return []
    return [
        school_year.Entry(school_year.EXAM, "期末", now.last - timedelta(days=18), now.last - timedelta(days=14)),
        school_year.Entry(school_year.HOLIDAY, "假期", now.last - timedelta(days=9), now.last + timedelta(days=19)),
    ]


def roster() -> dict[str, str]:
    """The roster's two files, as a school would write them."""
    staff, pupils = io.StringIO(), io.StringIO()
    table = csv.writer(staff)
    table.writerow(["学校", "工号", "姓名", "学科", "电话", "角色"])
    for row in _STAFF:
        table.writerow([SCHOOL, *row])
    table = csv.writer(pupils)
    heading = ["学校", "学段", "年级", "班级", "学号", "姓名", "导师工号"]
    for number in (1, 2):
        heading += [f"监护人{number}姓名", f"监护人{number}关系", f"监护人{number}电话"]
    table.writerow(heading)
    for grade, group, number_, name, mentor, guardians in _PUPILS:
        cells = [cell for guardian in guardians for cell in guardian]
        table.writerow([SCHOOL, "小学", grade, group, number_, name, mentor, *cells, *[""] * (6 - len(cells))])
    return {"staff.csv": staff.getvalue(), "pupils.csv": pupils.getvalue()}


_YES = ["是，是我", "Yes, that is me"]
_AGREE = ["同意", "I agree"]


def scene(username: str, invites: dict[int, list[str]]) -> dict[str, Any]:
    """What the page shows: the phones, and the story where everybody is still to join."""
    told = all(invites[one.id] for one in CAST)
    return {
        "title": TITLE,
        "people": [
            {
                "id": one.id,
                "first_name": one.name,
                "language_code": one.language,
                "role": one.role,
                "hint": one.hint,
                "invite": f"https://t.me/{username}?start={invites[one.id][0]}" if invites[one.id] else None,
            }
            for one in CAST
        ],
        "story": _story(invites) if told else [],
    }


def _step(zh: str, en: str, *acts: dict[str, Any], wait: tuple[int, list[str]] | None = None) -> dict[str, Any]:
    return {
        "zh": zh,
        "en": en,
        "acts": list(acts),
        "wait": {"person": wait[0], "contains": wait[1]} if wait else None,
    }


def _act(person: int, do: str, **values: Any) -> dict[str, Any]:
    return {"person": person, "do": do, **values}


def _press(person: int, names: list[str]) -> dict[str, Any]:
    return _act(person, "press", last_with_button=names)


def _story(invites: dict[int, list[str]]) -> list[dict[str, Any]]:
    mother, sibling = invites[MOTHER]
    return [
        _step(
            "李老师扫了自己的加入单。",
            "Mr Li scans his joining slip.",
            _act(MENTOR, "start", payload=invites[MENTOR][0]),
            wait=(MENTOR, ["对吗"]),
        ),
        _step(
            "他确认是本人，看到自己的家庭：还没有人加入。",
            "He confirms, and sees his families: nobody has joined yet.",
            _press(MENTOR, _YES),
            wait=(MENTOR, ["我的家庭"]),
        ),
        _step(
            "王芳扫了女儿的加入单。机器人先问：您是谁的监护人？",
            "Wang Fang scans her daughter's slip. The bot asks first: whose guardian are you?",
            _act(MOTHER, "start", payload=mother),
            wait=(MOTHER, ["对吗"]),
        ),
        _step(
            "她说是。接着是个人信息说明：不同意，就什么也不会发生。",
            "She says yes. Then the notice on personal data: without her consent nothing happens.",
            _press(MOTHER, _YES),
            wait=(MOTHER, ["您同意吗"]),
        ),
        _step(
            "她同意了，看到导师的名片。",
            "She agrees and sees the mentor's card.",
            _press(MOTHER, _AGREE),
            wait=(MOTHER, ["好了"]),
        ),
        _step(
            "她直接写。李老师收到，第一行写明是谁；送达后她的消息上出现 👌。",
            "She just writes. Mr Li gets it, with who it is on the first line; 👌 appears when it has arrived.",
            _act(MOTHER, "text", text="李老师好，小雨昨晚有点咳嗽，今天体育课能不能少跑一点？"),
            wait=(MENTOR, ["少跑一点"]),
        ),
        _step(
            "李老师点“引用”回复。双方都看不到对方的手机号和账号。",
            "Mr Li replies. Neither side sees the other's phone number or account.",
            _act(MENTOR, "reply", reply_to_last="少跑一点", text="收到，我跟孙老师说好了，小雨今天在旁边做拉伸。"),
            wait=(MOTHER, ["拉伸"]),
        ),
        _step(
            "王芳扫了儿子的加入单：不用再问一遍，孩子就加上了。",
            "Wang Fang scans her son's slip: the child is added without asking all over again.",
            _act(MOTHER, "start", payload=sibling),
            wait=(MOTHER, ["张小阳"]),
        ),
        _step("她确认。", "She confirms.", _press(MOTHER, _YES), wait=(MOTHER, ["哪个孩子"])),
        _step(
            "现在有两个孩子，机器人会问：这条是关于谁的？",
            "Now there are two children, so the bot asks whom this is about.",
            _act(MOTHER, "text", text="明天上午要去打疫苗，请半天假。"),
            wait=(MOTHER, ["发给谁"]),
        ),
        _step(
            "点一下，就发出了。",
            "One tap sends it.",
            _press(MOTHER, ["张小阳"]),
            wait=(MENTOR, ["打疫苗"]),
        ),
        _step(
            "David 用英文加入，一切都是英文。",
            "David joins in English, and everything is in English.",
            _act(FATHER, "start", payload=invites[FATHER][0]),
            wait=(FATHER, ["guardian of"]),
        ),
        _step("他确认……", "He confirms …", _press(FATHER, _YES), wait=(FATHER, ["Do you agree"])),
        _step("……同意，然后写。", "… agrees, and writes.", _press(FATHER, _AGREE), wait=(FATHER, ["Done"])),
        _step(
            "李老师看到的第一行仍是中文。",
            "Mr Li's first line stays Chinese.",
            _act(FATHER, "text", text="Hello Mr Li, Chen Chen loved the maths club!"),
            wait=(MENTOR, ["maths club"]),
        ),
        _step(
            "李老师没有引用，直接写：可能是给任何一家的，机器人不猜，先问。",
            "Mr Li writes without replying: it could be for any family, so the bot asks and never guesses.",
            _act(MENTOR, "text", text="谢谢，他今天主动给同学讲题，很棒。"),
            wait=(MENTOR, ["发给谁"]),
        ),
        _step("选了陈晨的爸爸。", "He chooses Chen Chen's father.", _press(MENTOR, ["陈晨"]), wait=(FATHER, ["很棒"])),
        _step(
            "David 发来三张照片：到了李老师那里还是一个相册。",
            "David sends three photos: they reach Mr Li as one album.",
            _act(
                FATHER,
                "album",
                pieces=[{"kind": "photo", "caption": "Science fair!"}, {"kind": "photo"}, {"kind": "photo"}],
            ),
            wait=(MENTOR, ["Science fair!"]),
        ),
        _step(
            "语音也一样，不会少。",
            "A voice message goes over just the same.",
            _act(MENTOR, "send", kind="voice", caption="给您留句话", reply_to_last="maths club"),
            wait=(FATHER, ["给您留句话"]),
        ),
        _step(
            "王芳发完发现写错了：改一下，李老师看到的也跟着改，并注明时间。",
            "Wang Fang mends a mistake: Mr Li's copy changes too, with the time.",
            _act(MOTHER, "text", text="小雨周三要带彩笔吗", reply_to_last="拉伸"),
            _act(MOTHER, "edit_last", text="小雨周四要带彩笔吗"),
            wait=(MENTOR, ["周四要带彩笔"]),
        ),
        _step(
            "消息下面有一个安静的话题按钮；孩子生病这类内容要点一下才看得到，通知里也看不到。",
            "A quiet button says the topic; what is private, such as illness, stays covered until it is tapped.",
            _act(FATHER, "text", text="Chen Chen has a fever and a rash, he stays home today."),
            wait=(MENTOR, ["fever"]),
        ),
        _step(
            "谁在等回复？",
            "Who is waiting for an answer?",
            _act(MENTOR, "text", text="/open"),
            wait=(MENTOR, ["在等您回复"]),
        ),
        _step(
            "家长写来的话里可能有危险的信号：不直接转发，先给固定的求助电话，再请学校的人马上看。",
            "A sign of danger is not just passed on: the writer gets the helplines, people of the school are told.",
            _act(MOTHER, "text", text="小雨昨晚跟我说活着没意思，我很害怕", reply_to_last="拉伸"),
            wait=(MENTOR, ["请马上看"]),
        ),
        _step(
            "李老师点“我来处理”，王芳马上知道有人在了。",
            "Mr Li takes it, and Wang Fang knows at once that somebody is there.",
            _press(MENTOR, ["我来处理"]),
            wait=(MOTHER, ["有老师在处理"]),
        ),
        _step(
            "赵老师是管理员，也加入了。",
            "Ms Zhao, the admin, joins too.",
            _act(ADMIN, "start", payload=invites[ADMIN][0]),
            wait=(ADMIN, ["对吗"]),
        ),
        _step("她确认。", "She confirms.", _press(ADMIN, _YES), wait=(ADMIN, ["管理员"])),
        _step(
            "有人捡到王芳用过的加入单来试：不放行，赵老师马上知道。",
            "Somebody tries a slip that Wang Fang has used: not let in, and Ms Zhao knows at once.",
            _act(FATHER, "start", payload=mother),
            wait=(ADMIN, ["再次打开"]),
        ),
        _step(
            "各班加入了多少人？",
            "How many have joined, by class?",
            _act(ADMIN, "text", text="/joined"),
            wait=(ADMIN, ["已加入的监护人"]),
        ),
    ]
