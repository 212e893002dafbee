"""Where a notice's progress is shown: one message in its author's chat, kept in the notice's own row."""

from __future__ import annotations

from models.notices.tables import Notice
from models.unit import Unit, sql

EVERY = 5_000
"""Milliseconds between two changes of the message, at least."""
PEOPLE_A_SECOND = 100_000
"""For so many people more it is changed a second less often: counting them must not take the bot's time."""
SOON = 1
"""As `panel_at`: to be changed as soon as it is known where it stands. 0 is: to be made anew."""
MISSING = 60_000
"""Milliseconds after which a message of which nobody knows where it stands is made anew."""

_DUE = sql(
    "SELECT id FROM notice WHERE (state IN ('running', 'paused') OR mending IS NOT NULL OR panel_at <= 1)"
    " AND (panel_at IS NULL OR (panel_chat IS NOT NULL AND panel_at <= :before)) ORDER BY id LIMIT 20"
)
_TAKE = sql(
    "UPDATE notice SET panel_at = :now, panel_bot = :bot, panel_chat = :chat, panel_place = :place, panel_sent = :sent,"
    " panel_shown = :shown WHERE id = :id AND (panel_at IS NULL OR panel_at = :before)"
)
_STANDS = sql(
    "UPDATE notice SET panel_place = :place WHERE id = :id AND panel_bot = :bot AND panel_chat = :chat"
    " AND panel_place IS NULL"
)
_GONE = sql(
    "UPDATE notice SET panel_place = NULL, panel_shown = NULL, panel_at = :long_ago WHERE id = :id AND panel_bot = :bot"
    " AND panel_chat = :chat AND panel_place = :place"
)
_ONCE = sql("UPDATE notice SET panel_at = :soon WHERE id = :id")
_WAITS = sql(
    "SELECT 1 FROM outbox WHERE bot_id = :bot AND chat_id = :chat AND state IN ('waiting', 'frozen') AND kind = 'amend'"
    " LIMIT 1"
)


def due(unit: Unit) -> list[int]:
    """The notices whose message is to be made or may be changed."""
    return [row.id for row in unit.execute(_DUE, before=unit.now_ms - EVERY)]


def keep(
    unit: Unit,
    notice: Notice,
    *,
    bot_id: int | None,
    chat_id: int | None,
    place: int | None,
    sent: int,
    shown: int | None,
) -> bool:
    """Keeps where it stands and what it says. False where another process has shown it in the meantime."""
    moved = unit.write(
        _TAKE,
        id=notice.id,
        before=notice.panel_at,
        now=unit.now_ms,
        bot=bot_id,
        chat=chat_id,
        place=place,
        sent=sent,
        shown=shown,
    )
    if moved == 1:
        unit.session.refresh(notice)
    return moved == 1


def stands(unit: Unit, notice_id: int, bot_id: int, chat_id: int, place: int) -> None:
    """The messenger has taken it."""
    unit.later(_STANDS, id=notice_id, bot=bot_id, chat=chat_id, place=place)


def gone(unit: Unit, notice_id: int, bot_id: int, chat_id: int, place: int) -> None:
    """It can no longer be changed where it stood: it is made anew, also where nothing else would change it."""
    unit.later(_GONE, id=notice_id, bot=bot_id, chat=chat_id, place=place, long_ago=0)


def once_it_stands(unit: Unit, notice: Notice) -> None:
    """It is under way: what it should say by now it says once it is known where it stands."""
    unit.write(_ONCE, id=notice.id, soon=SOON)
    unit.session.refresh(notice)


def waits(unit: Unit, bot_id: int, chat_id: int) -> bool:
    """Whether a change of it has still to go out: another one would only stand behind it."""
    return unit.execute(_WAITS, bot=bot_id, chat=chat_id).first() is not None
