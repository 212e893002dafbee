"""A parent class to test with: planned by its rows, so that a story can begin where it wants to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.base import to_ms
from models.events import events
from models.events.rules import MINUTE
from models.events.states import EventState
from models.unit import Unit
from tests.duties.test_week import tick
from tests.school import ZONE, Bot, until_morning

__all__ = ["at_seven", "now_of", "planned", "school_morning", "tick", "unit_of", "until"]


def now_of(bot: Bot) -> datetime:
    """The bot's now, in the school's zone."""
    return bot.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))


def at_seven(bot: Bot, days: int) -> datetime:
    """Seven in the evening so many days from the bot's today."""
    return (now_of(bot) + timedelta(days=days)).replace(hour=19, minute=0, second=0, microsecond=0)


def unit_of(bot: Bot) -> Unit:
    """A unit of work at the bot's now; its caller commits (`done`)."""
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    return unit


def done(unit: Unit) -> None:
    """Commits and closes."""
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def planned(bot: Bot, starts: datetime, **more: Any) -> int:
    """A parent class of the small school's only class, given by 李明."""
    unit = unit_of(bot)
    values: dict[str, Any] = {
        "school_id": bot.school.ids["school"],
        "kind": "parent_class",
        "state": EventState.PLANNED,
        "host_id": bot.school.ids["李明"],
        "starts_at": to_ms(starts),
        "ends_at": to_ms(starts) + 60 * MINUTE,
        "actor": None,
        "classes": [bot.school.ids["class"]],
        "topic": "reading",
        "place": "五年级2班教室",
    }
    row = events.plan(unit, **{**values, **more})
    done(unit)
    return row


async def until(bot: Bot, moment: datetime) -> None:
    """Moves the bot's clock to that moment and lets it look."""
    assert moment.astimezone(ZONE) > now_of(bot)
    await tick(bot, seconds=(moment - bot.clock.now()).total_seconds())


async def school_morning(bot: Bot, days: int) -> None:
    """Moves the bot's clock to the first ten o'clock of a school day that is so many days away, and lets it look."""
    there = bot.clock.now() + timedelta(days=days)
    await until(bot, there + until_morning(there))
