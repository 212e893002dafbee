"""The story's notice: written once, read and signed by families, corrected, sent again to those who have not signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.people import ADMIN, FATHER, MOTHER
from bot.demo.steps import PAUSE, act, clock, press, see, step

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = "本周五春游，早上八点在校门口集合，请带午餐和水。"
MENDED = "本周五春游，早上七点半在校门口集合，请带午餐和水。"


def morning(after: datetime) -> datetime:
    """Half past ten of a day on which families may be told: no sooner than that moment."""
    there = after.astimezone(ZONE)
    found = there.replace(hour=10, minute=30, second=0, microsecond=0)
    return found if found >= there else found + timedelta(days=1)


def story(after: datetime) -> list[dict[str, Any]]:
    """The steps, from the first morning after that moment on."""
    begins = morning(after)
    return [*_written(begins), *_read(), *_mended(), *_after(), *_frozen()]


def _written(begins: datetime) -> list[dict[str, Any]]:
    until = begins + timedelta(days=3)
    return [
        step(
            "通知。赵老师写一条给全校家长，像平常发消息一样写。",
            "Notices: Ms Zhao writes to all families, just as one writes a message.",
            clock(begins),
            PAUSE,
            act(ADMIN, "text", text="/notice"),
            press(ADMIN, ["✏️ 写一条通知"]),
            press(ADMIN, ["学校：给全校或一部分"]),
            see(ADMIN, "发给谁"),
            press(ADMIN, ["就发给他们"]),
            see(ADMIN, "要告诉他们什么"),
            act(ADMIN, "text", text=WORDS),
            see(ADMIN, "收到了"),
            press(ADMIN, ["就这些"]),
            wait=(ADMIN, ["这条通知"]),
        ),
        step(
            "带上“我已阅读”，再带一张要签的回执。",
            "She adds 'I have read this', and a slip to sign.",
            press(ADMIN, ["加点别的"]),
            press(ADMIN, ["带上“我已阅读”"]),
            see(ADMIN, "带“我已阅读”"),
            press(ADMIN, ["加点别的"]),
            press(ADMIN, ["要家长签的回执"]),
            see(ADMIN, "请打出问题"),
            act(ADMIN, "text", text="孩子参加春游吗？"),
            see(ADMIN, "到哪一天为止还能改"),
            act(ADMIN, "text", text=f"{until:%Y-%m-%d}"),
            wait=(ADMIN, ["回执：孩子参加春游吗"]),
        ),
        step(
            "发之前看到的和家长看到的一样，还有多少人、几点发完、要留意什么。",
            "What she sees is what parents will see; with how many people, when it will be done, what to look at.",
            press(ADMIN, ["看看样子"]),
            see(ADMIN, "会看到这样的"),
            wait=(ADMIN, ["这样发，可以吗"]),
        ),
        step(
            "发出。人少，一会儿就到了，发完告诉她结果；人多的时候，一条消息里一直看得到进度。",
            "Off it goes. For so few it is over at once and she hears how it went; with many, one message shows how it goes on.",
            press(ADMIN, ["现在发给 2 位"]),
            see(FATHER, "孩子参加春游吗"),
            see(MOTHER, "孩子参加春游吗"),
            wait=(ADMIN, ["📬"]),
        ),
    ]


def _read() -> list[dict[str, Any]]:
    return [
        step(
            "王芳读过了，点一下。",
            "Wang Fang has read it: a tap.",
            press(MOTHER, ["我已阅读"]),
            wait=(MOTHER, ["孩子参加春游吗"]),
        ),
        step(
            "回执一个孩子一张，签名是自己打的姓名。",
            "A slip for each child; she signs by typing her own name.",
            press(MOTHER, ["✍️ 张小雨：请选择"]),
            see(MOTHER, "请为张小雨选一项"),
            press(MOTHER, ["同意"]),
            see(MOTHER, "请在下面输入您自己的姓名"),
            act(MOTHER, "text", text="王芳"),
            wait=(MOTHER, ["已签好"]),
        ),
    ]


def _mended() -> list[dict[str, Any]]:
    return [
        step(
            "时间写错了。赵老师发来更正后的全文，先看一眼。",
            "The time was wrong. Ms Zhao sends the corrected words and looks at them first.",
            press(ADMIN, ["📈 发送进度"]),
            see(ADMIN, "📢"),
            press(ADMIN, ["✏ 更正文字"]),
            see(ADMIN, "请把更正后的全文发给我"),
            act(ADMIN, "text", text=MENDED),
            wait=(ADMIN, ["现在更正吗"]),
        ),
        step(
            "已经送达的，原来的消息直接变成新的，不会再响一次。",
            "What was delivered changes in place, and no phone rings again.",
            press(ADMIN, ["是，现在更正"]),
            see(MOTHER, "七点半"),
            wait=(FATHER, ["七点半"]),
        ),
    ]


def _after() -> list[dict[str, Any]]:
    return [
        step(
            "发完了：送达多少、发不到多少，只有数字。",
            "All sent: how many have it, how many cannot be reached, in numbers only.",
            press(ADMIN, ["📊 结果与名单"]),
            wait=(ADMIN, ["已送达：2"]),
        ),
        step(
            "还没加入的家庭，正好是这些人，每班一份新的加入单，打印了请导师转交。",
            "Fresh joining slips for exactly the families that have not joined, class by class, to print and hand over.",
            press(ADMIN, ["🖨 发不到的家长：加入单"]),
            see(ADMIN, "选一个班"),
            press(ADMIN, ["五年级2班："]),
            wait=(ADMIN, ["打印后剪开"]),
        ),
        step(
            "再提醒一次：只发给还没签的人。",
            "A second round, to those alone who have not signed.",
            press(ADMIN, ["📊 结果与名单"]),
            see(ADMIN, "已送达：2"),
            press(ADMIN, ["🔁 再提醒一次"]),
            see(ADMIN, "再发一次给哪些人"),
            press(ADMIN, ["还没签回执的人（2）"]),
            see(ADMIN, "第二轮"),
            press(ADMIN, ["看看样子"]),
            see(ADMIN, "这样发，可以吗"),
            press(ADMIN, ["现在发给 2 位"]),
            wait=(FATHER, ["七点半"]),
        ),
    ]


def _frozen() -> list[dict[str, Any]]:
    return [
        step(
            "万一出错：一下就停住全校的图片和通知，排队的也停；再点一下就恢复。",
            "Should something go wrong: one command stops all pictures and notices, queued ones too; one tap lifts it.",
            act(ADMIN, "text", text="/freeze"),
            see(ADMIN, "要马上停下谁的图片"),
            press(ADMIN, ["滨江实验小学：全部"]),
            see(ADMIN, "马上停下"),
            press(ADMIN, ["❄ 是，马上停下"]),
            see(ADMIN, "已停下"),
            press(ADMIN, ["解除：滨江实验小学的所有图片、文件和通知"]),
            wait=(ADMIN, ["已解除"]),
        ),
    ]
