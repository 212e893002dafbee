"""A notice to test with: written by its rows, so that a story can begin where it wants to."""

from __future__ import annotations

from typing import Any

from models.notices import notices
from models.notices.audience import Audience
from models.notices.content import Content, Piece
from models.notices.states import Level, NoticeState
from models.notices.tables import Notice
from models.standing import Self, Standing
from models.unit import Unit
from tests.school import Bot, School

HOLIDAY = Content(title={"zh_CN": "秋假安全"}, pieces={"zh_CN": (Piece("秋假期间请注意交通安全。"),)})


def author(school: School, bot_id: int, name: str = "赵主任") -> Standing:
    """Somebody of the staff as an author, whether joined or not."""
    found = Standing(0, bot_id, 0, "zh_CN", False, True, None, None, None)
    found.selves.append(Self(school.ids[name], school.ids["school"], name, True, (450, 1110)))
    return found


def planned(
    unit: Unit, school: School, bot_id: int, *, content: Content = HOLIDAY, level: Level = Level.SCHOOL, **more: Any
) -> Notice:
    """A notice that is decided and begins with the next look of the clock; `more` are columns of it."""
    whom = more.pop("audience", Audience(schools=(school.ids["school"],)))
    who = author(school, bot_id, more.pop("author", "赵主任"))
    assert who.staff is not None
    found = notices.draft(unit, who, who.staff, level, whom, content)
    for name, value in more.items():
        setattr(found, name, value)
    unit.session.add(found)
    unit.session.flush()
    assert notices.move(unit, found, NoticeState.PLANNED)
    return found


def sends(bot: Bot, **more: Any) -> int:
    """Plans one for a running bot; answers its id."""
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    found = planned(unit, bot.school, bot.id, **more).id
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    return found
