"""The demo's people, roster and story: data only."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    ("T009", "赵慧", "道德与法治", "13800002009", "管理员；导师"),
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
    ("五年级", "2班", "2021006", "钱多", "T009", (("钱进", "爸爸", "13800001007"),)),
    ("三年级", "1班", "2023008", "马可", "T003", (("马军", "爸爸", "13800001006"),)),
    ("五年级", "2班", "2021011", "高远", "T002", (("高兰", "妈妈", ""),)),
    ("五年级", "2班", "2021012", "林静一", "T002", (("林敏", "妈妈", ""),)),
    ("五年级", "2班", "2021013", "何安", "T002", (("何燕", "妈妈", ""),)),
    ("五年级", "2班", "2021014", "罗晓", "T002", (("罗华", "妈妈", ""),)),
    ("五年级", "2班", "2021015", "梁宇", "T002", (("梁玲", "妈妈", ""),)),
    ("五年级", "2班", "2021016", "宋佳", "T003", (("宋兰", "妈妈", ""),)),
    ("五年级", "2班", "2021017", "唐一鸣", "T003", (("唐敏", "妈妈", ""),)),
    ("五年级", "2班", "2021018", "许诺", "T003", (("许燕", "妈妈", ""),)),
    ("五年级", "2班", "2021019", "韩梅", "T003", (("韩华", "妈妈", ""),)),
    ("三年级", "1班", "2023011", "冯晨", "T003", (("冯兰", "妈妈", ""),)),
    ("三年级", "1班", "2023012", "曹雨", "T003", (("曹敏", "妈妈", ""),)),
    ("三年级", "1班", "2023013", "彭程", "T003", (("彭燕", "妈妈", ""),)),
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


def scene(username: str, invites: dict[int, list[str]], visit_at: datetime) -> dict[str, Any]:
    """What the page shows: the phones, and the story where everybody is still to join. `visit_at`: when its visit will be."""
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
        "story": [*_story(invites), *_visit(visit_at)] if told else [],
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


def _clock(until: datetime) -> dict[str, Any]:
    return {"do": "clock", "until": until.timestamp()}


_PAUSE = {"do": "pause", "seconds": 2}
"""Nobody says anything at that time: the bot, which follows the page's clock, is given a moment to do so."""


def _see(person: int, text: str) -> dict[str, Any]:
    return _act(person, "see", contains=[text])


def _visit(at: datetime) -> list[dict[str, Any]]:
    """A home visit from 'when are you free?' to what was agreed; another family prefers to meet by video."""
    return [
        _step(
            "家访。李老师先说自己什么时候方便：一下就好。",
            "Home visits. Mr Li first says when he is free, in one tap.",
            _act(MENTOR, "text", text="/visits"),
            _press(MENTOR, ["我的空闲时间"]),
            _see(MENTOR, "您什么时候方便家访"),
            _press(MENTOR, ["周一到周五放学后都行"]),
            wait=(MENTOR, ["16:30–18:30"]),
        ),
        _step(
            "他邀请两家，说清为什么，发出前先看一眼家长会看到什么。",
            "He invites two families, says what for, and sees what they will read.",
            _press(MENTOR, ["回到家访列表"]),
            _press(MENTOR, ["邀请家庭"]),
            _see(MENTOR, "想邀请哪几家"),
            _press(MENTOR, ["张小雨"]),
            _press(MENTOR, ["陈晨"]),
            _press(MENTOR, ["下一步"]),
            _press(MENTOR, ["认识一下"]),
            wait=(MENTOR, ["家长会看到"]),
        ),
        _step(
            "王芳收到：形式和时间都由她选，不方便也不用说原因。",
            "Wang Fang reads it: how and when is up to her, and a no needs no reason.",
            _press(MENTOR, ["发出邀请"]),
            wait=(MOTHER, ["不用说原因"]),
        ),
        _step(
            "她选了到家里，看到老师空着的时间。",
            "She chooses 'at home' and sees the free times.",
            _press(MOTHER, ["到家里"]),
            wait=(MOTHER, ["哪个时间方便"]),
        ),
        _step(
            "选好时间。到家里去要两位老师，第二位答应之前不算约好。",
            "A time is chosen. Two teachers go out together; nothing is agreed before the second one says yes.",
            _press(MOTHER, ["16:30"]),
            wait=(MENTOR, ["请选一位老师同行"]),
        ),
        _step(
            "李老师请赵老师同行。",
            "Mr Li asks Ms Zhao to come along.",
            _press(MENTOR, ["选同行老师"]),
            _see(MENTOR, "请哪位老师同行"),
            _press(MENTOR, ["赵慧"]),
            wait=(ADMIN, ["想请您一起去家访"]),
        ),
        _step(
            "赵老师点“我去”：王芳马上知道约好了，还收到一个手机日历文件。",
            "Ms Zhao says yes: Wang Fang knows at once, and gets a file for her calendar.",
            _press(ADMIN, ["我去"]),
            wait=(MOTHER, ["约好了"]),
        ),
        _step(
            "地址只给来的两位老师看，从前一天起，家访结束就删除。",
            "The address is for the two teachers alone, from a day before, and deleted after the visit.",
            _press(MOTHER, ["告诉见面地点"]),
            _see(MOTHER, "请把张小雨家的地址发给我"),
            _act(MOTHER, "text", text="滨江花园 3 幢 502"),
            _see(MOTHER, "要把这个作为见面地点吗"),
            _press(MOTHER, ["是，就是这里"]),
            wait=(MOTHER, ["已作为见面地点记下"]),
        ),
        _step(
            "陈晨的爸爸选了视频，全程英文，一位老师就够，马上约好。",
            "Chen Chen's father prefers video, all in English: one teacher will do, so it is agreed at once.",
            _press(FATHER, ["By video"]),
            _see(FATHER, "Which time suits you"),
            _press(FATHER, ["17:30"]),
            wait=(FATHER, ["It is agreed"]),
        ),
        _step(
            "学校的时钟走到家访前两小时：提醒到了，该去哪里、该注意什么都在按钮里。",
            "The school's clock goes to two hours before: reminders, with the way and the do and do-not a tap away.",
            _clock(at - timedelta(minutes=110)),
            wait=(MENTOR, ["张小雨"]),
        ),
        _step(
            "地址点一下才看得到，每次看都有记录。",
            "The address takes a tap, and each look is noted.",
            _press(MENTOR, ["看地址"]),
            wait=(MENTOR, ["滨江花园"]),
        ),
        _step(
            "到了，点一下。忘了点“离开了”，系统会问老师是否平安。",
            "Arrived: a tap. If 'left' is forgotten, the bot asks whether the teachers are safe.",
            _clock(at),
            _see(MENTOR, "视频链接"),
            _press(MENTOR, ["到了"]),
            wait=(MENTOR, ["离开"]),
        ),
        _step(
            "三十五分钟后离开，再点一下：地址从老师的手机上消失，记录就在眼前。",
            "Left after 35 minutes: another tap. The address goes from the teachers' phones, and the record is at hand.",
            _clock(at + timedelta(minutes=35)),
            _PAUSE,
            _press(MENTOR, ["离开了"]),
            wait=(MENTOR, ["趁现在还记得"]),
        ),
        _step(
            "记录大多点一点就好，每一步都存着，随时可以停下。",
            "The record is mostly taps, kept at each step, to be left and taken up at any time.",
            _press(MENTOR, ["现在写"]),
            _see(MENTOR, "哪一类家访"),
            _press(MENTOR, ["新生"]),
            *_on("老师来了谁", "下一步", "孩子在场吗", "在", "家长想聊什么"),
            *_on("", "跳过", "孩子的闪光点", "爱看书"),
            wait=(MENTOR, ["闪光点"]),
        ),
        _step(
            "说好的事：学校做什么，家里做什么。",
            "What was agreed: what the school does, what the family does.",
            *_on("", "下一步", "学校反馈了什么", "跳过", "学习的地方", "跳过", "照料和家人相处", "跳过", "兴趣、家务"),
            *_on("", "跳过", "担心和需要", "跳过", "意见建议", "跳过", "约定：学校来做"),
            _act(MENTOR, "text", text="每周三放学后，李老师和小雨一起整理错题"),
            *_on("每周三放学后", "下一步", "约定：家里来做"),
            _act(MENTOR, "text", text="晚饭后一起读二十分钟书，手机放在客厅"),
            *_on(
                "一起读二十分钟", "下一步", "关注程度", "跳过", "需要转介", "跳过", "什么时候回访", "两周后", "谁来回访"
            ),
            _press(MENTOR, ["导师"]),
            wait=(MENTOR, ["家访记录小结"]),
        ),
        _step(
            "王芳收到约定：只有她该看到的。同意，或者改一改。",
            "Wang Fang gets what was agreed, and nothing that is not for her. She agrees, or changes it.",
            _press(MENTOR, ["发给家长确认"]),
            wait=(MOTHER, ["这样写合适吗"]),
        ),
        _step(
            "她同意了：双方定下，两周后的回访会出现在李老师的清单里。",
            "She agrees: it is settled, and the follow-up will stand in Mr Li's week in two weeks' time.",
            _press(MOTHER, ["同意"]),
            wait=(MOTHER, ["已定下"]),
        ),
        _step(
            "有没有帮助，愿意就点一下；学校只看到汇总，五份以上才有。",
            "Was it helpful? A tap, if she likes; the school only sees totals, from five answers up.",
            _press(MOTHER, ["很有帮助"]),
            wait=(MOTHER, ["谢谢您的评价"]),
        ),
        _step(
            "李老师是五年级2班的首席导师：全班家访到了哪一步，只有数字。",
            "Mr Li leads class 2 of grade 5: how far its visits have come, in counts.",
            _act(MENTOR, "text", text="/overview"),
            _see(MENTOR, "班级概况"),
            _press(MENTOR, ["五年级2班"]),
            _see(MENTOR, "本月研判"),
            _press(MENTOR, ["家访"]),
            wait=(MENTOR, ["已经联系到"]),
        ),
        _step(
            "赵老师看全校这几周的家访。",
            "Ms Zhao looks at the school's visits of these weeks.",
            _act(ADMIN, "text", text="/overview"),
            _press(ADMIN, ["家访图"]),
            wait=(ADMIN, ["一柱一周"]),
        ),
    ]


def _on(*words: str) -> list[dict[str, Any]]:
    """A walk through the record: what is seen, what is pressed then, in turn."""
    return [_press(MENTOR, [one]) if number % 2 else _see(MENTOR, one) for number, one in enumerate(words) if one]
