"""The story's home visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.demo.people import ADMIN, FATHER, MENTOR, MOTHER
from bot.demo.steps import PAUSE, act, clock, press, see, step


def story(at: datetime) -> list[dict[str, Any]]:
    """A home visit from 'when are you free?' to what was agreed; another family prefers to meet by video."""
    return [
        step(
            "家访。李老师先说自己什么时候方便：一下就好。",
            "Home visits. Mr Li first says when he is free, in one tap.",
            act(MENTOR, "text", text="/visits"),
            press(MENTOR, ["我的空闲时间"]),
            see(MENTOR, "您什么时候方便家访"),
            press(MENTOR, ["周一到周五放学后都行"]),
            wait=(MENTOR, ["16:30–18:30"]),
        ),
        step(
            "他邀请两家，说清为什么，发出前先看一眼家长会看到什么。",
            "He invites two families, says what for, and sees what they will read.",
            press(MENTOR, ["回到家访列表"]),
            press(MENTOR, ["邀请家庭"]),
            see(MENTOR, "想邀请哪几家"),
            press(MENTOR, ["张小雨"]),
            press(MENTOR, ["陈晨"]),
            press(MENTOR, ["下一步"]),
            press(MENTOR, ["认识一下"]),
            wait=(MENTOR, ["家长会看到"]),
        ),
        step(
            "王芳收到：形式和时间都由她选，不方便也不用说原因。",
            "Wang Fang reads it: how and when is up to her, and a no needs no reason.",
            press(MENTOR, ["发出邀请"]),
            wait=(MOTHER, ["不用说原因"]),
        ),
        step(
            "她选了到家里，看到老师空着的时间。",
            "She chooses 'at home' and sees the free times.",
            press(MOTHER, ["到家里"]),
            wait=(MOTHER, ["哪个时间方便"]),
        ),
        step(
            "选好时间。到家里去要两位老师，第二位答应之前不算约好。",
            "A time is chosen. Two teachers go out together; nothing is agreed before the second one says yes.",
            press(MOTHER, ["16:30"]),
            wait=(MENTOR, ["请选一位老师同行"]),
        ),
        step(
            "李老师请赵老师同行。",
            "Mr Li asks Ms Zhao to come along.",
            press(MENTOR, ["选同行老师"]),
            see(MENTOR, "请哪位老师同行"),
            press(MENTOR, ["赵慧"]),
            wait=(ADMIN, ["想请您一起去家访"]),
        ),
        step(
            "赵老师点“我去”：王芳马上知道约好了，还收到一个手机日历文件。",
            "Ms Zhao says yes: Wang Fang knows at once, and gets a file for her calendar.",
            press(ADMIN, ["我去"]),
            wait=(MOTHER, ["约好了"]),
        ),
        step(
            "地址只给来的两位老师看，从前一天起，家访结束就删除。",
            "The address is for the two teachers alone, from a day before, and deleted after the visit.",
            press(MOTHER, ["告诉见面地点"]),
            see(MOTHER, "请把张小雨家的地址发给我"),
            act(MOTHER, "text", text="滨江花园 3 幢 502"),
            see(MOTHER, "要把这个作为见面地点吗"),
            press(MOTHER, ["是，就是这里"]),
            wait=(MOTHER, ["已作为见面地点记下"]),
        ),
        step(
            "陈晨的爸爸选了视频，全程英文，一位老师就够，马上约好。",
            "Chen Chen's father prefers video, all in English: one teacher will do, so it is agreed at once.",
            press(FATHER, ["By video"]),
            see(FATHER, "Which time suits you"),
            press(FATHER, ["17:30"]),
            wait=(FATHER, ["It is agreed"]),
        ),
        step(
            "学校的时钟走到家访前两小时：提醒到了，该去哪里、该注意什么都在按钮里。",
            "The school's clock goes to two hours before: reminders, with the way and the do and do-not a tap away.",
            clock(at - timedelta(minutes=110)),
            wait=(MENTOR, ["张小雨"]),
        ),
        step(
            "地址点一下才看得到，每次看都有记录。",
            "The address takes a tap, and each look is noted.",
            press(MENTOR, ["看地址"]),
            wait=(MENTOR, ["滨江花园"]),
        ),
        step(
            "到了，点一下。忘了点“离开了”，系统会问老师是否平安。",
            "Arrived: a tap. If 'left' is forgotten, the bot asks whether the teachers are safe.",
            clock(at),
            see(MENTOR, "视频链接"),
            press(MENTOR, ["到了"]),
            wait=(MENTOR, ["离开"]),
        ),
        step(
            "三十五分钟后离开，再点一下：地址从老师的手机上消失，记录就在眼前。",
            "Left after 35 minutes: another tap. The address goes from the teachers' phones, and the record is at hand.",
            clock(at + timedelta(minutes=35)),
            PAUSE,
            press(MENTOR, ["离开了"]),
            wait=(MENTOR, ["趁现在还记得"]),
        ),
        step(
            "记录大多点一点就好，每一步都存着，随时可以停下。",
            "The record is mostly taps, kept at each step, to be left and taken up at any time.",
            press(MENTOR, ["现在写"]),
            see(MENTOR, "哪一类家访"),
            press(MENTOR, ["新生"]),
            *_on("老师来了谁", "下一步", "孩子在场吗", "在", "家长想聊什么"),
            *_on("", "跳过", "孩子的闪光点", "爱看书"),
            wait=(MENTOR, ["闪光点"]),
        ),
        step(
            "说好的事：学校做什么，家里做什么。",
            "What was agreed: what the school does, what the family does.",
            *_on("", "下一步", "学校反馈了什么", "跳过", "学习的地方", "跳过", "照料和家人相处", "跳过", "兴趣、家务"),
            *_on("", "跳过", "担心和需要", "跳过", "意见建议", "跳过", "约定：学校来做"),
            act(MENTOR, "text", text="每周三放学后，李老师和小雨一起整理错题"),
            *_on("每周三放学后", "下一步", "约定：家里来做"),
            act(MENTOR, "text", text="晚饭后一起读二十分钟书，手机放在客厅"),
            *_on(
                "一起读二十分钟", "下一步", "关注程度", "跳过", "需要转介", "跳过", "什么时候回访", "两周后", "谁来回访"
            ),
            press(MENTOR, ["导师"]),
            wait=(MENTOR, ["家访记录小结"]),
        ),
        step(
            "王芳收到约定：只有她该看到的。同意，或者改一改。",
            "Wang Fang gets what was agreed, and nothing that is not for her. She agrees, or changes it.",
            press(MENTOR, ["发给家长确认"]),
            wait=(MOTHER, ["这样写合适吗"]),
        ),
        step(
            "她同意了：双方定下，两周后的回访会出现在李老师的清单里。",
            "She agrees: it is settled, and the follow-up will stand in Mr Li's week in two weeks' time.",
            press(MOTHER, ["同意"]),
            wait=(MOTHER, ["已定下"]),
        ),
        step(
            "有没有帮助，愿意就点一下；学校只看到汇总，五份以上才有。",
            "Was it helpful? A tap, if she likes; the school only sees totals, from five answers up.",
            press(MOTHER, ["很有帮助"]),
            wait=(MOTHER, ["谢谢您的评价"]),
        ),
        step(
            "李老师是五年级2班的首席导师：全班家访到了哪一步，只有数字。",
            "Mr Li leads class 2 of grade 5: how far its visits have come, in counts.",
            act(MENTOR, "text", text="/overview"),
            see(MENTOR, "班级概况"),
            press(MENTOR, ["五年级2班"]),
            see(MENTOR, "本月研判"),
            press(MENTOR, ["家访"]),
            wait=(MENTOR, ["已经联系到"]),
        ),
        step(
            "赵老师看全校这几周的家访。",
            "Ms Zhao looks at the school's visits of these weeks.",
            act(ADMIN, "text", text="/overview"),
            press(ADMIN, ["家访图"]),
            wait=(ADMIN, ["一柱一周"]),
        ),
    ]


def _on(*words: str) -> list[dict[str, Any]]:
    """A walk through the record: what is seen, what is pressed then, in turn."""
    return [press(MENTOR, [one]) if number % 2 else see(MENTOR, one) for number, one in enumerate(words) if one]
