"""The story's last part: a child's file, who mentors whom, what goes over to the next mentor, places to go, one's own data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.demo.notice import morning
from bot.demo.people import ADMIN, MENTOR, MOTHER
from bot.demo.steps import PAUSE, act, clock, press, see, step

STRENGTH = "午餐后总是第一个把桌子擦干净，还会提醒同桌。"
GOAL = "每天睡前自己整理好书包。"
WISHED = "孙涛老师 · 体育"
LIBRARY = "滨江少儿图书馆"
CARDS = (
    "编号,类别,名称,英文名称,用途,英文用途,地点,时间,单位联系方式,学段,名额,报名\n"
    f"L1,图书馆与场馆,{LIBRARY},Binjiang Children's Library,周末一起读书，有志愿者带,Weekend reading with volunteers,"
    "江滨路 8 号,周六、周日 9:00–17:00,0511-8888 0101,小学,12,管理员\n"
    "L2,辅导站,青禾社区辅导站,Qinghe Learning Station,放学后写作业、借书,Homework and books after school,"
    "青禾路 3 号,周一至周五 16:30–18:30,0511-8888 0102,小学 初中,,不用报名\n"
    "L3,实践基地,茅山农耕园,Maoshan Farm Park,春播秋收，半天就好,Half a day of sowing or harvest,"
    "句容茅山镇,周末 8:30–16:00,0511-8888 0103,,,不用报名\n"
)
"""The demo's directory, as a school would write it."""


def story(after: datetime) -> list[dict[str, Any]]:
    """The steps, from the second morning after that moment on."""
    begins = morning(after + timedelta(days=1))
    return [*_file(begins), *_matching(begins), *_handover(begins), *_directory(), *_own_data()]


def _file(begins: datetime) -> list[dict[str, Any]]:
    return [
        step(
            "一生一档。李老师给小阳记下一个闪光点：点两下，写一句。",
            "One pupil, one file. Mr Li keeps a strength of Xiaoyang's: two taps and a sentence.",
            clock(begins),
            PAUSE,
            act(MENTOR, "text", text="/file"),
            press(MENTOR, ["张小阳 · 三年级1班"]),
            see(MENTOR, "还是空的"),
            press(MENTOR, ["➕ 记一条"]),
            press(MENTOR, ["🌟 闪光点"]),
            see(MENTOR, "看到的一件具体的事"),
            act(MENTOR, "text", text=STRENGTH),
            wait=(MENTOR, ["记下了，张小阳的家长看得到"]),
        ),
        step(
            "目标和家里一起定：老师提，妈妈同意了才算数。",
            "A goal is set with the family: he proposes one, it counts when she agrees.",
            act(MENTOR, "text", text="/file"),
            press(MENTOR, ["张小阳 · 三年级1班"]),
            press(MENTOR, ["🎯 定个目标"]),
            press(MENTOR, ["➕ 提一个目标"]),
            see(MENTOR, "这学期希望张小阳做到什么"),
            act(MENTOR, "text", text=GOAL),
            see(MOTHER, "想和您一起定一个目标"),
            press(MOTHER, ["看一看"]),
            press(MOTHER, ["好，就这样"]),
            wait=(MENTOR, ["同意了您提的目标"]),
        ),
        step(
            "妈妈随时能看孩子的档案，也能存成 PDF。",
            "The mother can look at the file whenever she likes, and keep it as a PDF.",
            act(MOTHER, "text", text="/file"),
            see(MOTHER, "看谁的成长档案"),
            press(MOTHER, ["张小阳"]),
            see(MOTHER, "🌟 闪光点 1"),
            press(MOTHER, ["📄 存成 PDF"]),
            wait=(MOTHER, ["敏感的内容不在里面"]),
        ),
    ]


def _matching(begins: datetime) -> list[dict[str, Any]]:
    return [
        step(
            "多元匹配。赵老师给三年级1班开一轮，家长和导师先说想法。",
            "Matching. Ms Zhao begins a round for a class; families and mentors say first what they would like.",
            act(ADMIN, "text", text="/matching"),
            press(ADMIN, ["新开一轮"]),
            press(ADMIN, ["一个班"]),
            press(ADMIN, ["三年级1班"]),
            see(ADMIN, "还没有人知道"),
            press(ADMIN, ["选志愿截止日"]),
            press(ADMIN, [_last_hour(begins + timedelta(days=5))]),
            see(ADMIN, "志愿截止"),
            press(ADMIN, ["开始收集志愿"]),
            see(ADMIN, "正在收集志愿"),
            clock(begins + timedelta(minutes=30)),
            wait=(MOTHER, ["张小阳的导师，想听听"]),
        ),
        step(
            "妈妈和小阳商量过，想请孙老师。别的家庭和老师们都看不到。",
            "She has talked with Xiaoyang: they would like Mr Sun. No other family and no teacher sees it.",
            press(MOTHER, ["选老师"]),
            see(MOTHER, "按想要的顺序点"),
            press(MOTHER, [WISHED]),
            press(MOTHER, ["选好了"]),
            wait=(MOTHER, ["第一志愿：孙涛"]),
        ),
        step(
            "方案算出来：志愿满足了多少，谁会换，为什么。这时还没有生效。",
            "The proposal: how many wishes are met, who changes, and why. Nothing is live yet.",
            act(ADMIN, "text", text="/matching"),
            press(ADMIN, ["三年级1班 · 收集志愿"]),
            press(ADMIN, ["做方案"]),
            see(ADMIN, "现在就做方案"),
            press(ADMIN, ["现在就做，不再收志愿"]),
            wait=(ADMIN, ["还没有生效"]),
        ),
        step(
            "赵老师点了生效，家长才收到介绍。",
            "Only when Ms Zhao says so the families hear who it is.",
            press(ADMIN, ["让方案生效…"]),
            see(ADMIN, "点了以后不能整轮撤回"),
            press(ADMIN, ["现在生效"]),
            clock(begins + timedelta(hours=1)),
            wait=(MOTHER, ["按您填的第一志愿"]),
        ),
    ]


def _handover(begins: datetime) -> list[dict[str, Any]]:
    return [
        step(
            "学段衔接。李老师已经看不到小阳的档案；要不要交给新老师，由妈妈决定。",
            "The handover. Mr Li can no longer open the file; whether it goes to the next mentor is the mother's to say.",
            clock(begins + timedelta(hours=2)),
            press(MOTHER, ["先看看卡"]),
            see(MOTHER, "点一条就划掉"),
            press(MOTHER, ["交给老师"]),
            wait=(MOTHER, ["您选了：交给老师"]),
        ),
    ]


def _directory() -> list[dict[str, Any]]:
    return [
        step(
            "资源清单。妈妈打几个字就找到图书馆，给小雨报个名；孩子的信息不会发出学校。",
            "The directory. A few characters find the library, she asks for a place; nothing about the child leaves the school.",
            act(MOTHER, "text", text="/directory 图书馆"),
            press(MOTHER, [f"🏛 {LIBRARY}"]),
            see(MOTHER, "还有 12 个名额"),
            press(MOTHER, ["我想报名"]),
            press(MOTHER, ["给张小雨报名"]),
            press(MOTHER, ["不写了，直接报名"]),
            see(MOTHER, "报上了"),
            see(ADMIN, "有一个报名等您答复"),
            press(ADMIN, ["看看"]),
            see(ADMIN, "报名的是"),
            press(ADMIN, ["同意"]),
            wait=(MOTHER, ["学校同意了"]),
        ),
        step(
            "李老师的履职表：做到多少、到期多少，不排名、不数消息；交不交由他自己定。",
            "Mr Li's own sheet: what was done of what fell due, no ranking, no count of messages; handing it in is up to him.",
            act(MENTOR, "text", text="/evidence"),
            see(MENTOR, "我的履职表"),
            press(MENTOR, ["导出打印版"]),
            wait=(MENTOR, ["履职表"]),
        ),
    ]


def _own_data() -> list[dict[str, Any]]:
    return [
        step(
            "我的资料：学校存了什么、谁看过，一清二楚。",
            "My data: what the school keeps, and who looked at it.",
            act(MOTHER, "text", text="/mydata"),
            see(MOTHER, "学校在这里保存了什么"),
            press(MOTHER, ["谁看过孩子的资料"]),
            see(MOTHER, "看哪个孩子的"),
            press(MOTHER, ["张小阳"]),
            wait=(MOTHER, ["谁看过张小阳的资料"]),
        ),
        step(
            "随时可以把全部资料带走。",
            "All of it can be taken along at any time.",
            act(MOTHER, "text", text="/mydata"),
            press(MOTHER, ["带走一份"]),
            wait=(MOTHER, ["解压后打开 index.html"]),
        ),
    ]


def _last_hour(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日 20:00"
