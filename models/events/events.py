"""One event: read, made, moved from state to state, changed. Whoever changes it takes its row first (`lock`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import TextClause, bindparam, text

from models.base import new_id
from models.events import allowed, kinds, topics
from models.events.states import AHEAD, EventState, Form, froms
from models.events.tables import Event, EventClass, EventGuest, EventLog
from models.standing import class_label
from models.unit import Unit, sql


def one(unit: Unit, event_id: int) -> Event | None:
    """An event as its row says now; rights are the caller's to ask. Each call gives an object that no later change touches."""
    found = unit.session.get(Event, event_id, populate_existing=True)
    if found is not None:
        unit.session.expunge(found)
    return found


def must(unit: Unit, event_id: int) -> Event:
    """The same for one that is surely there. Raises LookupError."""
    found = one(unit, event_id)
    if found is None:
        raise LookupError(f"there is no event {event_id}")
    return found


def log(unit: Unit, event_id: int, actor: int | None, what: str) -> None:
    """Notes what happened, without contents."""
    unit.session.add(EventLog(event_id=event_id, at=unit.now_ms, actor_id=actor, what=what))


_LOCK = sql("UPDATE event SET version = version + 1 WHERE id = :id")


def lock(unit: Unit, event_id: int) -> Event | None:
    """Takes the row: whoever else wants to change it waits until this transaction ends. Answers it as it is now."""
    return one(unit, event_id) if unit.write(_LOCK, id=event_id) == 1 else None


def plan(
    unit: Unit,
    *,
    school_id: int,
    kind: str,
    state: EventState,
    host_id: int,
    starts_at: int,
    ends_at: int,
    actor: int | None,
    classes: Iterable[int] = (),
    guests: Iterable[int] = (),
    form: Form = Form.ROOM,
    place: str = "",
    link: str = "",
    topic: str = "",
    own_topic: str = "",
    capacity: int | None = None,
    rota: tuple[int, date] | None = None,
    first_id: int | None = None,
    pupil_id: int | None = None,
) -> int:
    """Makes an event. `rota`: it fills that class's place of that month. Raises IntegrityError where that is filled."""
    row = new_id()

    def sealed(column: str, words: str) -> bytes | None:
        return unit.vault.seal("event", row, column, words) if words else None

    unit.session.add(
        Event(
            id=row,
            school_id=school_id,
            kind=kind,
            state=state.value,
            audience=kinds.kind_of(kind).audience.value,
            host_id=host_id,
            topic="own" if own_topic else topic,
            sealed_topic=sealed("topic", own_topic),
            starts_at=starts_at,
            ends_at=ends_at,
            form=form.value,
            sealed_place=sealed("place", place),
            sealed_link=sealed("link", link),
            capacity=capacity,
            first_id=first_id,
            class_id=None if rota is None else rota[0],
            month=None if rota is None else rota[1],
            pupil_id=pupil_id,
            created_by=actor,
            created_at=unit.now_ms,
        )
    )
    unit.session.flush()
    for class_id in dict.fromkeys([*([rota[0]] if rota else []), *classes]):
        unit.session.add(EventClass(event_id=row, class_id=class_id))
    for person_id in dict.fromkeys(guests):
        unit.session.add(EventGuest(event_id=row, person_id=person_id))
    log(unit, row, actor, state.value)
    unit.session.flush()
    return row


_MOVES: dict[EventState, TextClause] = {
    to: text("UPDATE event SET state = :state, version = version + 1 WHERE id = :id AND state IN :froms").bindparams(
        bindparam("froms", expanding=True)
    )
    for to in EventState
}


def move(unit: Unit, event_id: int, to: EventState, actor: int | None) -> bool:
    """Moves it to a state. False where it may not come there from where it is."""
    before = [one.value for one in froms(to)]
    if not before or unit.write(_MOVES[to], id=event_id, state=to.value, froms=before) != 1:
        return False
    log(unit, event_id, actor, to.value)
    return True


_COLUMNS = frozenset(
    {
        "host_id",
        "speaker_id",
        "topic",
        "starts_at",
        "ends_at",
        "form",
        "capacity",
        "vote",
        "vote_until",
        "counted",
        "remind_minutes",
        "absence_told",
    }
)
_SEALED = frozenset({"speaker", "topic", "place", "link"})


def change(unit: Unit, event_id: int, actor: int | None, *, heard: bool = False, **values: Any) -> None:
    """Writes columns, and texts that are sealed (`speaker_name`, `own_topic`, `place`, `link`; empty for none).

    `heard`: those who come must hear of it, the sequence rises. Raises ValueError for what is no column of these.
    """
    names = {"speaker_name": "speaker", "own_topic": "topic", "place": "place", "link": "link"}
    row: dict[str, Any] = {}
    for name, value in values.items():
        if name in names:
            column = names[name]
            row[f"sealed_{column}"] = unit.vault.seal("event", event_id, column, value) if value else None
        elif name in _COLUMNS:
            row[name] = value
        else:
            raise ValueError(name)
    sets = [f"{name} = :{name}" for name in row]
    if heard:
        sets += ["sequence = sequence + 1", "changed_at = :now"]
        row["now"] = unit.now_ms
    unit.write(
        sql(f"UPDATE event SET {', '.join([*sets, 'version = version + 1'])} WHERE id = :id"), id=event_id, **row
    )
    log(unit, event_id, actor, "changed:" + ",".join(sorted(values)))


def opened(unit: Unit, event: Event, column: str) -> str:
    """A sealed text of it (speaker, topic, place, link), empty where there is none."""
    sealed = getattr(event, f"sealed_{column}")
    return unit.vault.open("event", event.id, column, bytes(sealed)) if sealed is not None else ""


def topic_title(unit: Unit, event: Event, language: str) -> str:
    """What it is about; empty before that was chosen."""
    if event.topic == "own":
        return opened(unit, event, "topic")
    found = topics.by_code(event.topic) if event.topic else None
    return "" if found is None else found.title(language)


_NAME = sql("SELECT sealed_name FROM person WHERE id = :id")


def name_of(unit: Unit, person_id: int) -> str:
    """Somebody's name."""
    row = unit.execute(_NAME, id=person_id).first()
    return "" if row is None else unit.vault.open("person", person_id, "name", row.sealed_name)


_PUPIL = sql("SELECT sealed_name FROM pupil WHERE id = :id")


def pupil_name(unit: Unit, pupil_id: int) -> str:
    """The name of the pupil about whom a consultation is."""
    row = unit.execute(_PUPIL, id=pupil_id).first()
    return "" if row is None else unit.vault.open("pupil", pupil_id, "name", row.sealed_name)


def speaker_name(unit: Unit, event: Event) -> str:
    """Who gives it."""
    outside = opened(unit, event, "speaker")
    return outside or name_of(unit, allowed.named(unit, event))


_CLASSES = sql(
    "SELECT sc.id, sc.grade, sc.name FROM event_class ec JOIN school_class sc ON sc.id = ec.class_id"
    " WHERE ec.event_id = :event ORDER BY sc.id"
)


def classes_of(unit: Unit, event_id: int) -> list[tuple[int, str]]:
    """The classes that are invited: id and label."""
    return [(row.id, class_label(row.grade, row.name)) for row in unit.execute(_CLASSES, event=event_id)]


_SESSIONS = sql(
    "SELECT id FROM event WHERE (id = :first OR first_id = :first) AND state IN ({}) ORDER BY starts_at, id".format(
        ", ".join(f"'{one.value}'" for one in AHEAD)
    )
)


def sessions(unit: Unit, event: Event) -> list[Event]:
    """All dates of it that lie ahead, itself among them, the first one first."""
    rows = unit.execute(_SESSIONS, first=event.first_id or event.id).all()
    return [must(unit, row.id) for row in rows]
