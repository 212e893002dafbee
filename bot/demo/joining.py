"""The story's first day: joining, writing, what may be urgent."""

from __future__ import annotations

from typing import Any

from bot.demo.people import ADMIN, FATHER, MENTOR, MOTHER
from bot.demo.steps import AGREE, YES, act, press, step


def story(invites: dict[int, list[str]]) -> list[dict[str, Any]]:
    """Everybody joins by the own slip, and they write to each other. `invites`: each phone's payloads."""
    mother, sibling = invites[MOTHER]
    return [
        step(
            "李老师扫了自己的加入单。",
            "Mr Li scans his joining slip.",
            act(MENTOR, "start", payload=invites[MENTOR][0]),
            wait=(MENTOR, ["对吗"]),
        ),
        step(
            "他确认是本人，看到自己的家庭：还没有人加入。",
            "He confirms, and sees his families: nobody has joined yet.",
            press(MENTOR, YES),
            wait=(MENTOR, ["我的家庭"]),
        ),
        step(
            "王芳扫了女儿的加入单。机器人先问：您是谁的监护人？",
            "Wang Fang scans her daughter's slip. The bot asks first: whose guardian are you?",
            act(MOTHER, "start", payload=mother),
            wait=(MOTHER, ["对吗"]),
        ),
        step(
            "她说是。接着是个人信息说明：不同意，就什么也不会发生。",
            "She says yes. Then the notice on personal data: without her consent nothing happens.",
            press(MOTHER, YES),
            wait=(MOTHER, ["您同意吗"]),
        ),
        step(
            "她同意了，看到导师的名片。",
            "She agrees and sees the mentor's card.",
            press(MOTHER, AGREE),
            wait=(MOTHER, ["好了"]),
        ),
        step(
            "她直接写。李老师收到，第一行写明是谁；送达后她的消息上出现 👌。",
            "She just writes. Mr Li gets it, with who it is on the first line; 👌 appears when it has arrived.",
            act(MOTHER, "text", text="李老师好，小雨昨晚有点咳嗽，今天体育课能不能少跑一点？"),
            wait=(MENTOR, ["少跑一点"]),
        ),
        step(
            "李老师点“引用”回复。双方都看不到对方的手机号和账号。",
            "Mr Li replies. Neither side sees the other's phone number or account.",
            act(MENTOR, "reply", reply_to_last="少跑一点", text="收到，我跟孙老师说好了，小雨今天在旁边做拉伸。"),
            wait=(MOTHER, ["拉伸"]),
        ),
        step(
            "王芳扫了儿子的加入单：不用再问一遍，孩子就加上了。",
            "Wang Fang scans her son's slip: the child is added without asking all over again.",
            act(MOTHER, "start", payload=sibling),
            wait=(MOTHER, ["张小阳"]),
        ),
        step("她确认。", "She confirms.", press(MOTHER, YES), wait=(MOTHER, ["哪个孩子"])),
        step(
            "现在有两个孩子，机器人会问：这条是关于谁的？",
            "Now there are two children, so the bot asks whom this is about.",
            act(MOTHER, "text", text="明天上午要去打疫苗，请半天假。"),
            wait=(MOTHER, ["发给谁"]),
        ),
        step(
            "点一下，就发出了。",
            "One tap sends it.",
            press(MOTHER, ["张小阳"]),
            wait=(MENTOR, ["打疫苗"]),
        ),
        step(
            "David 用英文加入，一切都是英文。",
            "David joins in English, and everything is in English.",
            act(FATHER, "start", payload=invites[FATHER][0]),
            wait=(FATHER, ["guardian of"]),
        ),
        step("他确认……", "He confirms …", press(FATHER, YES), wait=(FATHER, ["Do you agree"])),
        step("……同意，然后写。", "… agrees, and writes.", press(FATHER, AGREE), wait=(FATHER, ["Done"])),
        step(
            "李老师看到的第一行仍是中文。",
            "Mr Li's first line stays Chinese.",
            act(FATHER, "text", text="Hello Mr Li, Chen Chen loved the maths club!"),
            wait=(MENTOR, ["maths club"]),
        ),
        step(
            "李老师没有引用，直接写：可能是给任何一家的，机器人不猜，先问。",
            "Mr Li writes without replying: it could be for any family, so the bot asks and never guesses.",
            act(MENTOR, "text", text="谢谢，他今天主动给同学讲题，很棒。"),
            wait=(MENTOR, ["发给谁"]),
        ),
        step("选了陈晨的爸爸。", "He chooses Chen Chen's father.", press(MENTOR, ["陈晨"]), wait=(FATHER, ["很棒"])),
        step(
            "David 发来三张照片：到了李老师那里还是一个相册。",
            "David sends three photos: they reach Mr Li as one album.",
            act(
                FATHER,
                "album",
                pieces=[{"kind": "photo", "caption": "Science fair!"}, {"kind": "photo"}, {"kind": "photo"}],
            ),
            wait=(MENTOR, ["Science fair!"]),
        ),
        step(
            "语音也一样，不会少。",
            "A voice message goes over just the same.",
            act(MENTOR, "send", kind="voice", caption="给您留句话", reply_to_last="maths club"),
            wait=(FATHER, ["给您留句话"]),
        ),
        step(
            "王芳发完发现写错了：改一下，李老师看到的也跟着改，并注明时间。",
            "Wang Fang mends a mistake: Mr Li's copy changes too, with the time.",
            act(MOTHER, "text", text="小雨周三要带彩笔吗", reply_to_last="拉伸"),
            act(MOTHER, "edit_last", text="小雨周四要带彩笔吗"),
            wait=(MENTOR, ["周四要带彩笔"]),
        ),
        step(
            "消息下面有一个安静的话题按钮；孩子生病这类内容要点一下才看得到，通知里也看不到。",
            "A quiet button says the topic; what is private, such as illness, stays covered until it is tapped.",
            act(FATHER, "text", text="Chen Chen has a fever and a rash, he stays home today."),
            wait=(MENTOR, ["fever"]),
        ),
        step(
            "谁在等回复？",
            "Who is waiting for an answer?",
            act(MENTOR, "text", text="/open"),
            wait=(MENTOR, ["在等您回复"]),
        ),
        step(
            "家长写来的话里可能有危险的信号：不直接转发，先给固定的求助电话，再请学校的人马上看。",
            "A sign of danger is not just passed on: the writer gets the helplines, people of the school are told.",
            act(MOTHER, "text", text="小雨昨晚跟我说活着没意思，我很害怕", reply_to_last="拉伸"),
            wait=(MENTOR, ["请马上看"]),
        ),
        step(
            "李老师点“我来处理”，王芳马上知道有人在了。",
            "Mr Li takes it, and Wang Fang knows at once that somebody is there.",
            press(MENTOR, ["我来处理"]),
            wait=(MOTHER, ["有老师在处理"]),
        ),
        step(
            "赵老师是管理员，也加入了。",
            "Ms Zhao, the admin, joins too.",
            act(ADMIN, "start", payload=invites[ADMIN][0]),
            wait=(ADMIN, ["对吗"]),
        ),
        step("她确认。", "She confirms.", press(ADMIN, YES), wait=(ADMIN, ["管理员"])),
        step(
            "有人捡到王芳用过的加入单来试：不放行，赵老师马上知道。",
            "Somebody tries a slip that Wang Fang has used: not let in, and Ms Zhao knows at once.",
            act(FATHER, "start", payload=mother),
            wait=(ADMIN, ["再次打开"]),
        ),
        step(
            "各班加入了多少人？",
            "How many have joined, by class?",
            act(ADMIN, "text", text="/joined"),
            wait=(ADMIN, ["已加入的监护人"]),
        ),
    ]
