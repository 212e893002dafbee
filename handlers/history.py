"""/history: what was written, by child, by page, by date, by topic; pictures again at a tap."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date

from handlers import copies
from handlers.context import CommandHandler, Context, Press
from handlers.copies import NEED_TO_KNOW, relation_word
from handlers.incoming import Commanded
from handlers.say import Button
from handlers.texts import Block, words
from models import history
from models.base import from_ms
from models.checklist import items
from models.conversation import Stored
from models.history import PAGE, Talk
from models.threads import MessageState

SHORT = 200
"""Characters of a message in the list."""
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def show(context: Context, event: Commanded | None = None) -> None:
    """/history: whose, where there are several; /history 2026-11-20 goes to that day."""
    day = 0
    if event is not None and event.argument.strip():
        found = _DAY.search(event.argument)
        try:
            day = int(date(*(int(part) for part in found.groups())).strftime("%y%m%d")) if found else 0
        except ValueError:
            day = 0
        if not day:
            context.say("history.not_a_day")
            return
    talks = history.talks(context.unit, context.who)
    context.toast()
    if not talks:
        context.say("history.none")
    elif len(talks) == 1:
        _page(context, talks[0], 0, 0, day)
    else:
        rows = [[context.named(_name(context, talk), "hpage", talk.key, 0, f"0-{day}")] for talk in talks[:24]]
        context.change("history.whose", buttons=rows)


def _name(context: Context, talk: Talk) -> str:
    if talk.by_guardian:
        return talk.pupil_name
    return f"{talk.pupil_name} · {relation_word(context.language, talk.relation)}"


def _talk(context: Context, key: int) -> Talk | None:
    found = next((one for one in history.talks(context.unit, context.who) if one.key == key), None)
    if found is None:
        context.toast("help.button_gone", alert=True)
    return found


def turn(context: Context, key: int, number: int, of: str) -> None:
    """Another page; `of` is the item and the day that it is limited to."""
    talk = _talk(context, key)
    item, _, day = of.partition("-")
    if talk is None or not item.isalnum() or not day.isdigit():
        return
    context.toast()
    _page(context, talk, number, int(item, 36), int(day))


def _page(context: Context, talk: Talk, number: int, item_id: int, day: int) -> None:
    unit, language, zone = context.unit, context.language, context.school.zone
    until = None
    if day:
        until = history.end_of(date(2000 + day // 10000, day // 100 % 100, day % 100), zone)
    found = history.page(unit, talk, number=number, item_id=item_id, until=until)
    lines, rows = [], []
    for message in reversed(found[:PAGE]):
        line, again = _line(context, talk, message)
        lines.append(line)
        if again:
            at = from_ms(message.written_at).astimezone(ZoneInfo(zone))
            label = words(language, "button.show_again", time=f"{at:%H:%M}")
            rows.append([context.named(label, "hshow", talk.key, message.message_id)])
    of = f"{_short(item_id)}-{day}"
    moves: list[Button] = []
    if len(found) > PAGE:
        moves.append(context.button("button.older", "hpage", talk.key, number + 1, of))
    if number:
        moves.append(context.button("button.newer", "hpage", talk.key, number - 1, of))
    rows.append(moves)
    rows.append(
        [context.button("button.by_day", "hdays", talk.key), context.button("button.by_topic", "htopics", talk.key)]
    )
    context.change(
        "history.page" if lines else "history.empty",
        buttons=rows,
        child=_name(context, talk),
        lines=Block("\n".join(lines)),
    )


def _short(number: int) -> str:
    from handlers.say import short

    return short(number)


def _line(context: Context, talk: Talk, message: Stored) -> tuple[str, bool]:
    language = context.language
    at = from_ms(message.written_at).astimezone(ZoneInfo(context.school.zone))
    day = format_date(at, "M月d日" if language == "zh_CN" else "d MMM", locale=language)
    mine = message.by_guardian == talk.by_guardian
    who = words(language, "history.you" if mine else "history.other_mentor")
    if not mine and not talk.by_guardian:
        who = relation_word(language, talk.relation)
    again = bool(message.body.media)
    if message.state is MessageState.RECALLED:
        text, again = words(language, "history.recalled"), False
    elif message.item_id is not None and items.level(context.unit, message.item_id) >= NEED_TO_KNOW:
        text, again = words(language, "history.covered"), True
    else:
        text = " ".join(message.body.text.split())
        if message.body.media:
            kind = words(language, f"kind.{message.kind}")
            text = f"[{kind}] {text}".strip()
        text = text or words(language, "history.forgotten")
        if len(text) > SHORT:
            text, again = f"{text[: SHORT - 1]}…", True
    edited = words(language, "history.edited") if message.edited_at is not None else ""
    return f"{day} {at:%H:%M} {who}：{text}{edited}", again


def show_message(context: Context, key: int, message_id: int) -> None:
    """One message whole, its pictures too."""
    talk = _talk(context, key)
    message = None if talk is None else history.one(context.unit, talk, message_id)
    if message is None or message.state is MessageState.RECALLED:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    copies.show(context, message.body)


def days(context: Context, key: int) -> None:
    """The latest days with messages."""
    talk = _talk(context, key)
    if talk is None:
        return
    context.toast()
    found = history.days_in(context.unit, talk, context.school.zone)
    language = context.language
    shown = "M月d日 EEE" if language == "zh_CN" else "EEE, d MMM"
    buttons = [
        context.named(str(format_date(day, shown, locale=language)), "hpage", key, 0, f"0-{day:%y%m%d}")
        for day in found
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    context.change("history.days", buttons=[*rows, [context.button("button.back", "hpage", key, 0, "0-0")]])


def topics(context: Context, key: int) -> None:
    """The topics that were touched."""
    talk = _talk(context, key)
    if talk is None:
        return
    context.toast()
    found = [items.item(context.unit, one) for one in history.items_in(context.unit, talk)]
    buttons = [
        context.named(one.title(context.language), "hpage", key, 0, f"{_short(one.id)}-0")
        for one in found
        if one is not None
    ][:24]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    context.change(
        "history.topics" if rows else "history.no_topics",
        buttons=[*rows, [context.button("button.back", "hpage", key, 0, "0-0")]],
    )


COMMANDS: dict[str, CommandHandler] = {"history": show}
PRESSES: dict[str, Press] = {
    "hpage": Press(turn, (int, int, str)),
    "hshow": Press(show_message, (int, int)),
    "hdays": Press(days, (int,)),
    "htopics": Press(topics, (int,)),
}
