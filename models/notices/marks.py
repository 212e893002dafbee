"""What became of a notice with each person: taken by the messenger, refused, cancelled with its chat."""

from __future__ import annotations

from models.notices import attention
from models.unit import Unit, sql

_SENT = sql(
    "UPDATE notice_recipient SET state = 'sent', place_id = :place, sent_at = COALESCE(sent_at, :now)"
    " WHERE notice_id = :notice AND person_id = :person AND state IN ('queued', 'sent', 'listed', 'blocked', 'withheld',"
    # Its pictures were refused, its words and buttons are there.
    " 'failed')"
)
_BESIDE = sql(
    "UPDATE notice_recipient SET places = places || :places WHERE notice_id = :notice AND person_id = :person"
)
_REFUSED = sql(
    "UPDATE notice_recipient SET state = :state WHERE notice_id = :notice AND person_id = :person AND state = 'queued'"
)
_COUNTED = sql(
    "SELECT user_id, week FROM notice_recipient WHERE notice_id = :notice AND person_id = :person AND state = 'queued'"
)
_AGAIN = sql(
    "UPDATE notice_recipient SET week = NULL, state = CASE WHEN EXISTS (SELECT 1 FROM notice n WHERE n.id = :notice"
    " AND n.state IN ('running', 'paused')) THEN 'waiting' ELSE 'ended' END"
    " WHERE notice_id = :notice AND person_id = :person AND state = 'queued'"
)
_SILENCED = sql(
    "UPDATE notice_recipient SET state = 'withheld' WHERE state = 'queued' AND (bot_id, user_id) IN (SELECT a.bot_id,"
    " a.user_id FROM no_contact n JOIN person p ON p.id = n.person_id JOIN account a ON a.id = p.account_id"
    " WHERE n.until IS NULL)"
)
_STOPPED = sql(
    "UPDATE notice_recipient SET state = 'blocked' WHERE bot_id = :bot AND user_id = :user AND state = 'queued'"
)


def sent(unit: Unit, notice_id: int, person_id: int, places: tuple[int, ...], *, last: bool) -> None:
    """The messenger took a message of it; with the last one (that with the buttons) the person has it."""
    if last:
        # Of an album the first stands for all; a retry that went out twice leaves the later place.
        unit.later(_SENT, notice=notice_id, person=person_id, place=places[0] if places else None, now=unit.now_ms)
        places = places[1:]
    if places:
        unit.later(_BESIDE, notice=notice_id, person=person_id, places="".join(f" {one}" for one in places))


def refused(unit: Unit, notice_id: int, person_id: int, *, by_person: bool) -> None:
    """The messenger will never take it: because of the person, or because of what it is."""
    unit.write(_REFUSED, notice=notice_id, person=person_id, state="blocked" if by_person else "failed")


def waits_again(unit: Unit, notice_id: int, person_id: int) -> None:
    """What was on its way was not sent in time: the turn comes again, the week's place is given back."""
    row = unit.execute(_COUNTED, notice=notice_id, person=person_id).first()
    if row is not None and unit.write(_AGAIN, notice=notice_id, person=person_id) == 1 and row.week is not None:
        attention.give_back(unit, row.user_id, row.week)


def silenced(unit: Unit) -> None:
    """What was on its way to guardians who must not be contacted was taken back."""
    unit.write(_SILENCED)


def chat_stopped(unit: Unit, bot_id: int, user_id: int) -> None:
    """All that waited for a chat was cancelled: notices among it are not on their way any more."""
    unit.write(_STOPPED, bot=bot_id, user=user_id)
