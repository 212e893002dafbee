"""From a draft to a notice that goes out: what it is decided on, until when it is valid, whether its author still may."""

from __future__ import annotations

import zlib

from models.notices import allowed, notices
from models.notices.content import Content
from models.notices.states import Level, NoticeState
from models.notices.tables import Notice
from models.standing import Self, Standing
from models.unit import Unit, sql

DAY = 86_400_000
HOUR = 3_600_000

_AUTHOR = sql(
    "SELECT p.id, p.school_id, p.hours_from, p.hours_to, p.sealed_name FROM person p"
    " WHERE p.id = :id AND p.ended_at IS NULL AND p.staff_number IS NOT NULL"
)
_DECLINE = sql(
    "UPDATE notice SET asked_at = NULL, asked_again = 0, approved_by = NULL, approved_at = NULL WHERE id = :id"
)
_ASK = sql("UPDATE notice SET asked_at = :now, asked_again = 0 WHERE id = :id")
_AGREE = sql("UPDATE notice SET approved_by = :person, approved_at = :now WHERE id = :id")
_UNTIL = sql("UPDATE notice SET valid_until = :until, starts_at = :starts WHERE id = :id")
_BEGIN = sql(
    "SELECT id FROM notice WHERE state = 'planned' AND (starts_at IS NULL OR starts_at <= :now) AND cursor = 0 ORDER BY id"
)
_UNANSWERED = sql(
    "SELECT id FROM notice WHERE state = 'asked' AND bot_id = :bot AND asked_again < :most"
    " AND asked_at + (asked_again + 1) * :hour <= :now ORDER BY id"
)
_AGAIN = sql(
    "UPDATE notice SET asked_again = asked_again + 1 WHERE id = :id AND state = 'asked' AND asked_again = :before"
)


def stamp(notice: Notice) -> int:
    """Stands for exactly what was looked at: another content, audience or time has another one."""
    told = (notice.level, notice.audience, notice.starts_at, notice.valid_until, notice.emergency, notice.event_id)
    return zlib.crc32(bytes(notice.sealed_content) + repr(told).encode())


def author(unit: Unit, notice: Notice) -> Standing | None:
    """The author with the rights of today; nothing for who has left the school."""
    row = unit.execute(_AUTHOR, id=notice.author_id).first()
    if row is None:
        return None
    name = unit.vault.open("person", row.id, "name", row.sealed_name)
    found = Standing(0, notice.bot_id, 0, "zh_CN", False, True, None, None, None)
    found.selves.append(Self(row.id, row.school_id, name, True, (row.hours_from, row.hours_to)))
    return found


def still_may(unit: Unit, notice: Notice) -> bool:
    """Whether its author may send it to its audience today."""
    who = author(unit, notice)
    return who is not None and allowed.may_send(unit, who, Level(notice.level), notices.audience(notice)) is not None


def valid_until(notice: Notice, content: Content, starts: int, days: int) -> int:
    """Until when who joins still gets it (milliseconds since 1970): its days, or the slip's last day."""
    if content.slip is not None and notice.valid_until is not None:
        return max(notice.valid_until, starts)
    return starts + days * DAY


def plan(unit: Unit, notice: Notice, content: Content, days: int) -> bool:
    """Decided: it goes out at its time, at once where that has passed. False where somebody was quicker."""
    starts = notice.starts_at if notice.starts_at is not None and notice.starts_at > unit.now_ms else None
    until = valid_until(notice, content, starts or unit.now_ms, days)
    if not notices.move(unit, notice, NoticeState.PLANNED):
        return False
    unit.write(_UNTIL, id=notice.id, until=until, starts=starts)
    unit.session.refresh(notice)
    return True


def ask(unit: Unit, notice: Notice) -> bool:
    """It waits for a second person's word. False where somebody was quicker."""
    if not notices.move(unit, notice, NoticeState.ASKED):
        return False
    unit.write(_ASK, id=notice.id, now=unit.now_ms)
    unit.session.refresh(notice)
    return True


def agree(unit: Unit, notice: Notice, person_id: int, content: Content, days: int) -> bool:
    """A second person agrees. False where somebody was quicker."""
    if not plan(unit, notice, content, days):
        return False
    unit.write(_AGREE, id=notice.id, person=person_id, now=unit.now_ms)
    unit.session.refresh(notice)
    return True


def back(unit: Unit, notice: Notice) -> bool:
    """A draft again, which only its author sees. False where it has begun."""
    if notice.state not in (NoticeState.ASKED, NoticeState.PLANNED) or not notices.move(
        unit, notice, NoticeState.DRAFT
    ):
        return False
    unit.write(_DECLINE, id=notice.id)
    unit.session.refresh(notice)
    return True


def drop(unit: Unit, notice: Notice) -> bool:
    """It is not sent at all. False where it has begun."""
    early = (NoticeState.DRAFT, NoticeState.ASKED, NoticeState.PLANNED)
    return notice.state in early and notices.move(unit, notice, NoticeState.DROPPED)


def beginning(unit: Unit) -> list[int]:
    """Decided notices whose time has come and of whose list nothing is written yet."""
    return [row.id for row in unit.execute(_BEGIN, now=unit.now_ms)]


def unanswered(unit: Unit, bot_id: int, most: int) -> list[int]:
    """Notices that wait for a second person's word for another hour, up to so many."""
    return [row.id for row in unit.execute(_UNANSWERED, bot=bot_id, most=most, hour=HOUR, now=unit.now_ms)]


def asked_again(unit: Unit, notice: Notice) -> int | None:
    """One reminder more; answers which one that is, nothing where somebody was quicker."""
    before = notice.asked_again
    if unit.write(_AGAIN, id=notice.id, before=before) != 1:
        return None
    unit.session.refresh(notice)
    return before + 1
