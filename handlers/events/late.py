"""Who joins after an invitation has gone out is invited too: to what is still to come, each once."""

from __future__ import annotations

from sqlalchemy import bindparam, text

from handlers import telling
from handlers.context import Context
from handlers.events import shown
from models.events import audience, events, replies
from models.events.tables import Event
from models.unit import Unit, sql

_OPEN = text(
    "SELECT e.id, e.first_id FROM event e WHERE e.state = 'announced' AND e.starts_at > :now AND e.host_id <> :person"
    " AND ((e.audience = 'classes' AND EXISTS (SELECT 1 FROM event_class ec JOIN pupil pu"
    " ON pu.school_class_id = ec.class_id AND pu.ended_at IS NULL WHERE ec.event_id = e.id AND pu.id IN :pupils))"
    " OR (e.audience = 'families' AND EXISTS (SELECT 1 FROM mentorship m WHERE m.mentor_id = e.host_id"
    " AND m.until IS NULL AND m.pupil_id IN :pupils))"
    " OR (e.audience = 'guests' AND EXISTS (SELECT 1 FROM event_guest eg WHERE eg.event_id = e.id"
    " AND eg.person_id = :person)))"
    " ORDER BY e.starts_at, e.id"
).bindparams(bindparam("pupils", expanding=True))
_MENDED = sql("SELECT number FROM event_telling WHERE event_id = :event AND what = 'mended'")
_TOLD = text("SELECT 1 FROM outbox WHERE state <> 'cancelled' AND dedupe_key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)


def invite_late(context: Context, pupil_ids: list[int], person_id: int) -> None:
    """Invites a guardian who has just joined for these pupils to what their families were invited to before.

    At once, whatever the hour: who joins is there. A telling that still runs finds that this person was told.
    """
    seen: set[int] = set()
    for event in _open(context.unit, pupil_ids, person_id):
        first = event.first_id or event.id
        if first not in seen:
            # One invitation names all dates of it.
            seen.add(first)
            _invite(context, event, person_id)


def _open(unit: Unit, pupil_ids: list[int], person_id: int) -> list[Event]:
    if not pupil_ids:
        return []
    rows = unit.execute(_OPEN, now=unit.now_ms, person=person_id, pupils=pupil_ids).all()
    return [events.must(unit, row.id) for row in rows]


def _invite(context: Context, event: Event, person_id: int) -> None:
    unit = context.unit
    if audience.invited_as(unit, event, [person_id]) is None or _was_mended(unit, event, person_id):
        return
    known = replies.of(unit, event.id, person_id)
    values, rows, key = shown.card(
        unit,
        event,
        context.school,
        context.reach,
        children=audience.children(unit, event, [person_id]).get(person_id, []),
        reply=None if known is None else known[0],
        people=1 if known is None else known[1],
    )
    telling.tell(
        unit,
        context.reach,
        key,
        dedupe_key=f"event:{event.id}:notice.0:{person_id}",
        useful_until=event.starts_at,
        buttons=rows,
        **values,
    )


def _was_mended(unit: Unit, event: Event, person_id: int) -> bool:
    """Whether this person has the invitation by way of a change that came while it went out."""
    keys = [f"event:{event.id}:mended.{row.number}:{person_id}" for row in unit.execute(_MENDED, event=event.id)]
    return bool(keys) and unit.execute(_TOLD, keys=keys).first() is not None
