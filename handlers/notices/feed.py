"""The clock's part: notices whose time has come are listed person by person, and the next people of each get theirs."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from handlers.context import SchoolSettings
from handlers.notices import shown
from handlers.notices.asks import Answers
from handlers.notices.shown import Sheet
from models.base import to_ms
from models.calendar import calendar_of
from models.hours import opens_at, quiet_until
from models.notices import attention, audience, feeding, notices, running, weeklist
from models.notices.feeding import Next
from models.notices.states import NoticeState, With
from models.notices.tables import Notice
from models.queues import Lane
from models.unit import Unit
from models.vault import VaultError

FAIREST = 20
"""The least that a notice gets of a turn, so that each message's rows are read for several people at once."""


class Taken(Exception):
    """Another process told the same people: all of this transaction is to be taken back."""


def sheet_of(unit: Unit, notice: Notice) -> Sheet:
    """A notice with all that is the same for everybody. Raises VaultError where it does not open."""
    whom = notices.audience(notice)
    return Sheet(unit, notice, notices.content(unit, notice), whom, shown.sender_of(unit, notice, whom))


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> bool:
    """Queues the next people of every notice that is going out. True where there are more who could be told now."""
    room = feeding.room(unit, bot_id, school.bulk_per_second)
    going = feeding.running(unit, bot_id)
    if room <= 0 or not going:
        return False
    left = min(room, feeding.BATCH)
    share = max(FAIREST, left // len(going))
    told = 0
    for notice_id in going:
        if left <= 0:
            break
        notice = notices.one(unit, notice_id)
        if notice is None or notice.state != NoticeState.RUNNING:
            continue
        most = min(share, left)
        # A notice that cannot be read must not keep the others from going out.
        done: list[int] = []
        if unit.attempt(lambda one=notice, many=most, put=done: put.append(_part(unit, one, bot_id, school, many))):  # type: ignore[misc]
            told += done[0]
            left -= done[0]
        elif not isinstance(unit.faults[-1], Taken | DBAPIError):
            # Who met with another process at the same rows comes again by itself.
            _pause(unit, notice_id)
    return told > 0


def _part(unit: Unit, notice: Notice, bot_id: int, school: SchoolSettings, most: int) -> int:
    if not feeding.hold(unit, notice):
        return 0  # it was paused, ended or corrected at this moment
    sheet = sheet_of(unit, notice)
    found = feeding.take(unit, notice, bot_id, most)
    gone = [one.person_id for one in found if one.gone]
    ready = [one for one in found if not one.gone and one.cannot is None]
    _put(unit, notice, gone, With.ENDED)
    for why in (With.UNJOINED, With.WITHHELD, With.BLOCKED):
        _put(unit, notice, [one.person_id for one in found if not one.gone and one.cannot is why], why)
    if not notice.emergency:
        ready = _awake(unit, notice, ready, school)
        ready = _within_budget(unit, notice, ready, school)
    children, unread = children_of(unit, sheet, [one.person_id for one in ready if one.family])
    _put(unit, notice, unread, With.FAILED)
    ready = [one for one in ready if one.person_id not in unread]
    _put(unit, notice, [one.person_id for one in ready], With.QUEUED)
    for one in ready:
        send(sheet, one, children.get(one.person_id, []), Answers())
    return len(found)


def _pause(unit: Unit, notice_id: int) -> None:
    """A notice that cannot be made ready waits for a person's look."""
    found = notices.one(unit, notice_id)
    if found is not None:
        running.pause(unit, found)


def children_of(unit: Unit, sheet: Sheet, ids: list[int]) -> tuple[dict[int, list[audience.Child]], list[int]]:
    """Each guardian's children, and the guardians with a child whose name does not open: they alone are left out."""
    try:
        return audience.children(unit, sheet.audience, ids), []
    except VaultError as error:
        unit.faults.append(error)
    found: dict[int, list[audience.Child]] = {}
    unread = []
    for one in ids:
        try:
            found |= audience.children(unit, sheet.audience, [one])
        except VaultError:
            unread.append(one)
    return found, unread


def _put(unit: Unit, notice: Notice, people_: list[int], state: With) -> None:
    if people_ and feeding.put(unit, notice, people_, state) != len(people_):
        raise Taken(notice.id)


def _awake(unit: Unit, notice: Notice, found: list[Next], school: SchoolSettings) -> list[Next]:
    """Those who may be told at this hour; the others' turn comes when their rest ends."""
    until: dict[tuple[object, ...], int | None] = {}
    resting: dict[int, list[int]] = {}
    awake = []
    for one in found:
        hours = (one.family, one.quiet if one.family else one.hours, one.school_id)
        if hours not in until:
            until[hours] = _rests(unit, one, school)
        at = until[hours]
        if at is None:
            awake.append(one)
        else:
            resting.setdefault(at, []).append(one.person_id)
    for at, persons in resting.items():
        feeding.rest(unit, notice, persons, at)
    return awake


def _rests(unit: Unit, one: Next, school: SchoolSettings) -> int | None:
    if not school.keep_hours:
        return None
    if one.family:
        at = quiet_until(school.zone, one.quiet, unit.now)
    else:
        at = opens_at(calendar_of(unit, one.school_id, school.zone), one.hours, unit.now)
    return None if at is None else to_ms(at)


def _within_budget(unit: Unit, notice: Notice, found: list[Next], school: SchoolSettings) -> list[Next]:
    """Families that have had the week's few get it in the week's list instead."""
    families = {one.person_id: one.reach.user_id for one in found if one.family}
    week = attention.week_of(unit.now, school.zone)
    free = attention.take(unit, notice.id, families, week, school.notices.per_week)
    over = [one for one in families if one not in free]
    feeding.rest(unit, notice, over, weeklist.next_at(unit.now, school.zone, school.notices))
    _put(unit, notice, over, With.DIGEST)
    return [one for one in found if not one.family or one.person_id in free]


def send(
    sheet: Sheet, one: Next, children: list[audience.Child], answers: Answers, *, lane: Lane | None = None
) -> None:
    """Queues what one person gets of a notice."""
    notice = sheet.notice
    found = shown.messages(sheet, one.reach, children, family=one.family, answers=answers, person_id=one.person_id)
    # What did not leave in time waits for its turn again, so that a way out that was shut wakes nobody. Half of an
    # album with its words is not held back.
    bound = lane is None and not notice.emergency and len(found) == 1
    for message in found:
        sheet.unit.queue(
            bot_id=one.reach.bot_id,
            chat_id=one.reach.user_id,
            kind=message.kind,
            lane=lane if lane is not None else Lane.REMINDER if notice.emergency else Lane.LATER,
            payload=message.payload,
            useful_until=sheet.unit.now_ms + feeding.SOON if bound else None,
            author_id=notice.author_id,
            notice_id=notice.id,
        )


def ends(unit: Unit) -> list[int]:
    """Notices for which nobody waits any more, from now on."""
    return feeding.finish(unit)
