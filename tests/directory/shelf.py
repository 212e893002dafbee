"""Cards to test with, put straight into the rows."""

from __future__ import annotations

from typing import Any

from models.directory import importing
from models.directory.content import Content, SignUp, kind_of
from models.directory.reading import Line
from models.roster.faults import Fault
from models.unit import Unit
from tests.events.class_of_parents import done, unit_of
from tests.school import Bot, School

NOWHERE = Fault("", None, 0, None, None, "")


def line(code: str, **more: Any) -> Line:
    """A card as a file would have it; a station for homework, unless said otherwise."""
    kind = kind_of(more.pop("kind", "station"))
    assert kind is not None
    said = Content(
        more.pop("name_zh", "青禾社区辅导站"),
        more.pop("name_en", "Green Rice station"),
        more.pop("for_zh", "放学后写作业、借书"),
        more.pop("for_en", "Homework and books after school"),
        where=more.pop("where", "青禾路 8 号"),
        hours=more.pop("hours", "周一至周五 16:30"),
        contact=more.pop("contact", "0511-80000000"),
    )
    return Line(
        code,
        kind,
        said,
        more.pop("stages", ()),
        more.pop("places", None),
        SignUp(more.pop("sign_up", "admin")),
        more.pop("approver", ""),
        more.pop("valid_until", None),
        NOWHERE,
    )


def put(unit: Unit, school: School, *lines: Line, everywhere: bool = False) -> dict[str, int]:
    """Takes these cards; answers their rows by code."""
    importing.take(unit, None if everywhere else school.ids["school"], list(lines))
    rows = unit.connection.exec_driver_sql("SELECT code, id FROM directory_card WHERE code IS NOT NULL")
    return {str(row[0]): int(row[1]) for row in rows}


def has(bot: Bot, *lines: Line, everywhere: bool = False) -> dict[str, int]:
    """The bot's school has these cards."""
    unit = unit_of(bot)
    found = put(unit, bot.school, *lines, everywhere=everywhere)
    done(unit)
    return found
