"""What readers' tests share: notices that ask something, and what stands in the rows afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.base import to_ms
from models.notices.content import Content, Piece, Question
from models.notices.states import Level
from tests.notices.written import sends
from tests.school import Bot

TEXT: dict[str, tuple[Piece, ...]] = {"zh_CN": (Piece("秋游去南山，请家长签回执。"),)}
CONSENT = Question({"zh_CN": "孩子参加秋游吗？"}, {"zh_CN": ("同意", "不同意")})
SLIP = Content(title={"zh_CN": "秋游回执"}, pieces=TEXT, slip=CONSENT, read=True)
SURVEY = Content(
    title={"zh_CN": "食堂调查"},
    pieces={"zh_CN": (Piece("想听听您的意见。"),)},
    questions=(
        Question({"zh_CN": "饭菜怎么样？"}, {"zh_CN": ("很好", "一般", "不好")}),
        Question({"zh_CN": "分量够吗？"}, {"zh_CN": ("够", "不够")}),
    ),
)
READ = Content(title={"zh_CN": "放学时间"}, pieces={"zh_CN": (Piece("下周起四点放学。"),)}, read=True)


def sends_valid(bot: Bot, content: Content, days: float = 7, **more: Any) -> int:
    """Plans a notice that holds for so many days."""
    until = to_ms(bot.clock.now() + timedelta(days=days))
    return sends(bot, content=content, valid_until=until, **more)


def sends_of_mentor(bot: Bot, content: Content, **more: Any) -> int:
    """A notice of 李明 to the families of the own pupils."""
    from models.notices.audience import Audience

    aim = Audience(mentor=bot.school.ids["李明"])
    return sends_valid(bot, content, level=Level.MENTOR, author="李明", audience=aim, **more)


def state_of(bot: Bot, notice: int, name: str) -> str | None:
    """Where a notice stands with somebody."""
    rows = bot.school.run(
        "SELECT state FROM notice_recipient WHERE notice_id = :notice AND person_id = :person",
        notice=notice,
        person=bot.school.ids[name],
    )
    return str(rows[0][0]) if rows else None


def buttons(message: dict[str, Any]) -> list[str]:
    """The words on a message's buttons."""
    return [str(one["text"]) for row in message.get("buttons") or [] for one in row]


async def seen(bot: Bot, person: Any, text: str) -> dict[str, Any]:
    """Waits until somebody has a notice and the bot has noted where it stands."""
    found: dict[str, Any] = await person.sees(text)
    await bot.settled()
    return found
