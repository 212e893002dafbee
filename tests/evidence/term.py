"""A term for the sheet's tests: begun four months before the bot's today, and something done in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from models.base import new_id, to_ms
from tests.events.class_of_parents import done, now_of, unit_of
from tests.school import Bot

__all__ = ["began", "done", "has_term", "mentor_of", "mentors_since", "now_of", "puts", "unit_of"]


def has_term(bot: Bot, days_ago: int = 100, days_left: int = 30, name: str = "秋季学期") -> tuple[date, date]:
    """Enters a term around the bot's today."""
    today = now_of(bot).date()
    first, last = today - timedelta(days=days_ago), today + timedelta(days=days_left)
    puts(bot, "term", school_id=bot.school.ids["school"], name=name, starts_on=first, ends_on=last)
    return first, last


def mentors_since(bot: Bot, days_ago: int) -> None:
    """Everybody has been mentor of their pupils for so long."""
    began = to_ms(bot.clock.now() - timedelta(days=days_ago))
    bot.school.run("UPDATE mentorship SET since = :since", since=began)


def began(bot: Bot, days_ago: float) -> int:
    """A moment so many days ago, milliseconds since 1970."""
    return to_ms(bot.clock.now() - timedelta(days=days_ago))


def mentor_of(bot: Bot) -> int:
    """李明."""
    return bot.school.ids["李明"]


def puts(bot: Bot, table: str, **values: Any) -> int:
    """Puts a row into a table; answers its id."""
    row = values.setdefault("id", new_id())
    names = ", ".join(values)
    bot.school.run(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{one}' for one in values)})", **values)
    return int(row)
