"""How what stands in a file is put into words: an entry, a goal, what was agreed, a page of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from handlers.context import Context
from handlers.digest import short_day
from handlers.pupil_file.reader import GUARDIAN, Reader, reviews_of
from handlers.texts import plain, units
from models.pupil_file.cards import Item
from models.pupil_file.entries import Entry
from models.pupil_file.existing import Agreed, Held, Written
from models.pupil_file.goals import Goal

T = TypeVar("T")
ROOM = 2800
"""UTF-16 units of a page: a message has 4,096, and there is text around it."""
SHORT = 28
"""Characters of a text on a button."""


def paged(found: Sequence[T], text: Callable[[T], str], most: int) -> list[list[T]]:
    """Pages of at most so many, each of which fits into one message; one that alone is longer has a page to itself."""
    pages: list[list[T]] = []
    room = 0
    for one in found:
        size = units(text(one))
        if not pages or len(pages[-1]) >= most or size > room:
            pages.append([])
            room = ROOM
        pages[-1].append(one)
        room -= size
    return pages or [[]]


def day(context: Context, at: int) -> str:
    """The day of a moment (ms since 1970) in the school's zone, short."""
    return short_day(context.language, datetime.fromtimestamp(at / 1000, ZoneInfo(context.school.zone)).date())


def short(text: str) -> str:
    """A text on a button."""
    text = plain(text)
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def covered(context: Context, one: Entry) -> str:
    """An entry's text for a list: what is need to know is read one by one, never in a list."""
    return context.words("file.covered") if one.level > 1 else plain(one.text)


def by(context: Context, one: Entry, reader: Reader) -> str:
    """Who wrote it, as this reader may know it."""
    if reader.side == GUARDIAN:
        return context.words("file.by_you" if one.own else "file.by_school")
    if one.by_guardian:
        return context.words("file.by_family")
    return context.words("file.by_you" if one.own else "file.by_colleague")


def entry_line(context: Context, number: int, one: Entry, reader: Reader) -> str:
    """An entry in a list."""
    key = "file.line_wrong" if one.wrong else "file.line"
    values = {"number": number, "text": covered(context, one), "day": day(context, one.at)}
    return context.words(key, by=by(context, one, reader), **values)


def goal_state(context: Context, one: Goal, reader: Reader) -> str:
    """Where a goal stands, from this reader's side."""
    if one.state == "agreed":
        return context.words("file.goal_agreed")
    waits = "with_family" if reader.side == GUARDIAN else "with_mentor"
    return context.words("file.goal_yours" if one.state == waits else "file.goal_theirs")


def goal_block(context: Context, number: int, one: Goal, reader: Reader) -> str:
    """A goal with how the sides look back at it."""
    lines = [
        context.words("file.goal_line", number=number, text=plain(one.text), state=goal_state(context, one, reader))
    ]
    for found in reviews_of(context, reader, one):
        who = "you" if found.own else "family" if found.by_guardian else "school"
        result = context.words(f"file.result_{found.result}")
        said = context.words(f"file.review_{who}", result=result)
        lines.append(
            f"   {said}{' ' + context.words('file.review_words', words=plain(found.words)) if found.words else ''}"
        )
    return "\n".join(lines)


def agreed_block(context: Context, one: Agreed) -> str:
    """What was agreed at a visit."""
    lines = [context.words("file.agreed_on", day=day(context, one.at))]
    for key, text in (("file.agreed_school", one.school), ("file.agreed_family", one.family)):
        if text.strip():
            lines.append(context.words(key, text=plain(text)))
    return "\n".join(lines)


def held_line(context: Context, one: Held, form: str) -> str:
    """A visit: when, and in which form."""
    return context.words("file.visit_line", day=day(context, one.at), form=form)


def written_block(context: Context, one: Written) -> str:
    """A written note."""
    return context.words("file.written_line", term=one.term, day=day(context, one.at), text=plain(one.text))


def brought_line(context: Context, one: Item) -> str:
    """What came along from another school, in the file: whether it went on to a mentor is the card's affair."""
    text = context.words("file.brought_covered") if one.level > 1 else plain(one.text)
    return item_line(context, replace(one, text=text, goes=True))


def item_line(context: Context, one: Item) -> str:
    """An item of a card, with what kind it is and from when."""
    return context.words(
        "handover.item" if one.goes else "handover.item_out",
        number=one.number,
        own="👤 " if one.own else "",
        kind=context.words(f"file.kind_{one.kind}"),
        text=plain(one.text),
        day=day(context, one.at),
    )
