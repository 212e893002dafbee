"""When a notice begins: at once, tomorrow morning, or at a time as somebody types it; never in the past."""

from __future__ import annotations

import re
from datetime import date, timedelta

from handlers import say
from handlers.appointments.available import short_day
from handlers.context import Context, Press
from handlers.events.create_when import today
from handlers.incoming import Wrote
from handlers.notices import compose
from handlers.notices.compose_draft import asks, mine
from handlers.texts import clock
from models.base import to_ms
from models.events import days
from models.hours import at_minute
from models.notices.tables import Notice

WHEN = "when"
MORNING = 450
"""Minutes after midnight; 07:30: before lessons, when families look at their phones."""
EVENING = 1140
_WORDS = (
    ("大后天", 3),
    ("后天", 2),
    ("明天", 1),
    ("明日", 1),
    ("明早", 1),
    ("明晚", 1),
    ("今天", 0),
    ("今日", 0),
    ("今晚", 0),
)
_ENGLISH = (("day after tomorrow", 2), ("tomorrow", 1), ("today", 0), ("tonight", 0))
_AM_PM = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*([ap])\.?m\.?", re.IGNORECASE)


def read(text: str, now: date) -> tuple[date | None, int | None]:
    """Day and time (minutes after midnight) that a text names, days by name among them. Raises ValueError."""
    written = text.strip().lower()
    for word, ahead in (*_WORDS, *_ENGLISH):
        if word in written:
            late = "晚上" if word in ("明晚", "今晚") else ""
            written = written.replace(word, f" {(now + timedelta(days=ahead)).isoformat()} {late}", 1)
            break
    return days.typed(_AM_PM.sub(_spoken, written), now)


def _spoken(found: re.Match[str]) -> str:
    hour, minute = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0), found[2] or "00"
    return f"{hour}:{minute}"


def ask(context: Context, notice_id: int) -> None:
    """When?"""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    asks(context, notice, WHEN)
    now = today(context)
    tomorrow = now + timedelta(days=1)
    rows = [[context.button("button.nw_now", "nwnow", notice.id)]]
    if to_ms(at_minute(now, EVENING, context.zone)) > context.unit.now_ms:
        rows.append([_at(context, notice, now, EVENING)])
    rows.append([_at(context, notice, tomorrow, MORNING)])
    rows.append([context.button("button.nw_back", "nwboard", notice.id)])
    example = f"{short_day(context.language, now + timedelta(days=3)).split()[0]} 16:30"
    if context.language != "zh_CN":
        example = f"{(now + timedelta(days=3)).isoformat()} 16:30"
    context.change("nwrite.when", buttons=rows, example=example, now=compose.starts(context, notice))


def _at(context: Context, notice: Notice, day: date, minute: int) -> say.Button:
    text = f"{short_day(context.language, day)} {clock(minute)}"
    return context.named(text, "nwat", notice.id, day.toordinal(), minute)


def at_once(context: Context, notice_id: int) -> None:
    """As soon as it is sent."""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        _put(context, notice, None)
        compose.board(context, notice)


def choose(context: Context, notice_id: int, number: int, minute: int) -> None:
    """That day and time."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    now = today(context).toordinal()
    if not 0 <= number - now <= days.FARTHEST or not 0 <= minute < 1440:
        context.toast("nwrite.when_past", alert=True)
        return
    at = to_ms(at_minute(date.fromordinal(number), minute, context.zone))
    if at <= context.unit.now_ms:
        context.toast("nwrite.when_past", alert=True)
        return
    context.toast()
    _put(context, notice, at)
    compose.board(context, notice)


def takes(context: Context, notice: Notice, event: Wrote) -> None:
    """A time, as somebody typed it; a day alone means its morning, a time alone the next time that it is so late."""
    now = today(context)
    try:
        day, minute = read(event.text, now)
    except ValueError:
        day, minute = None, None
    if day is None and minute is None:
        context.say("nwrite.when_unclear", reply_to=event.place_id)
        return
    at = to_ms(at_minute(day or now, MORNING if minute is None else minute, context.zone))
    if day is None and at <= context.unit.now_ms:
        at = to_ms(at_minute(now + timedelta(days=1), minute or 0, context.zone))
    if at <= context.unit.now_ms:
        context.say("nwrite.when_past", reply_to=event.place_id)
        return
    if day is not None and days.wrong_day(day, now):
        context.say("nwrite.when_far", days=days.FARTHEST, reply_to=event.place_id)
        return
    _put(context, notice, at)
    compose.board(context, notice)


def _put(context: Context, notice: Notice, at: int | None) -> None:
    notice.starts_at = at
    context.unit.session.add(notice)
    context.unit.session.flush()


PRESSES: dict[str, Press] = {
    "nwwhen": Press(ask, (int,)),
    "nwnow": Press(at_once, (int,)),
    "nwat": Press(choose, (int, int, int)),
}
