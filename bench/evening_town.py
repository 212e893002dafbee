"""A city for bench/evening.py, as rows: classes with their guardians, who have all said that they will come on one evening."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert, text

from models import people
from models.base import to_ms
from models.events import tables
from models.vault import Vault

BOT = 700_000_123
CLASSES_IN_SCHOOL = 20
FIRST_USER = 1_000_000
"""The first guardian's account; the others follow one after the other."""
STARTS = (0, 30, 60)
"""Minutes after the evening's beginning: three times at which classes begin."""
_TABLES: dict[str, Any] = {
    one.__tablename__: one  # type: ignore[misc]
    for one in (
        people.School,
        people.Stage,
        people.SchoolClass,
        people.Account,
        people.Person,
        people.Pupil,
        people.Guardianship,
        people.Mentorship,
        tables.Event,
        tables.EventClass,
        tables.EventReply,
    )
}
"""In the order of their keys."""


def rows(
    vault: Vault, classes: int, each: int, begins: datetime, bot_id: int, *, reply: str = "come"
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row after row: so many classes with so many guardians each, one parent class each, at one of three times."""
    ids, user = count(1), count(FIRST_USER)
    since = begins - timedelta(days=60)
    at, hash_ = to_ms(since), vault.lookup("name", "x")
    school = stage = 0
    for number in range(classes):
        if number % CLASSES_IN_SCHOOL == 0:
            school, stage = next(ids), next(ids)
            yield "school", {"id": school, "name": f"第{school}小学"}
            yield "stage", {"id": stage, "school_id": school, "name": "小学"}
        group, host, event = next(ids), next(ids), next(ids)
        label = {"grade": "五年级", "name": f"{number + 1}班"}
        yield "school_class", {"id": group, "school_id": school, "stage_id": stage, **label}
        named = {"sealed_name": vault.seal("person", host, "name", f"李明{number}"), "name_hash": hash_}
        yield "person", {"id": host, "school_id": school, "staff_number": f"T{number}", "account_id": None, **named}
        starts = to_ms(begins + timedelta(minutes=STARTS[number % len(STARTS)]))
        yield (
            "event",
            {
                "id": event,
                "school_id": school,
                "kind": "parent_class",
                "state": "announced",
                "audience": "classes",
                "host_id": host,
                "topic": "reading",
                "sealed_place": vault.seal("event", event, "place", "五年级教室"),
                "starts_at": starts,
                "ends_at": starts + 3_600_000,
                "form": "both",
                "created_at": at,
            },
        )
        yield "event_class", {"event_id": event, "class_id": group}
        for place in range(each):
            account, guardian, pupil = next(ids), next(ids), next(ids)
            yield "account", {"id": account, "bot_id": bot_id, "user_id": next(user), "created_at": since}
            named = {"sealed_name": vault.seal("person", guardian, "name", f"王芳{place}"), "name_hash": hash_}
            words = {"staff_number": None, "account_id": account, **named}
            yield "person", {"id": guardian, "school_id": school, **words}
            named = {"sealed_name": vault.seal("pupil", pupil, "name", f"小雨{place}"), "name_hash": hash_}
            yield (
                "pupil",
                {"id": pupil, "school_id": school, "school_class_id": group, "number": str(pupil), **named},
            )
            yield (
                "guardianship",
                {
                    "id": next(ids),
                    "pupil_id": pupil,
                    "person_id": guardian,
                    "relation": "mother",
                    "since": since,
                    "confirmed_at": since,
                },
            )
            yield "mentorship", {"id": next(ids), "pupil_id": pupil, "mentor_id": host, "since": since}
            yield (
                "event_reply",
                {"event_id": event, "person_id": guardian, "reply": reply, "people": 1, "since": at, "at": at},
            )


def fill(connection: Connection, vault: Vault, classes: int, each: int, begins: datetime, bot_id: int) -> None:
    """Writes them into empty tables."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    for table, row in rows(vault, classes, each, begins, bot_id):
        found[table].append(row)
    for table, several in found.items():
        for at in range(0, len(several), 20_000):
            connection.execute(insert(_TABLES[table]), several[at : at + 20_000])


def evening() -> datetime:
    """Seven o'clock of tomorrow."""
    tomorrow = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    return tomorrow.replace(hour=19, minute=0, second=0, microsecond=0)


def prepare(engine: Engine, vault: Vault, classes: int, each: int, begins: datetime, bot: int) -> None:
    """The town, in which only the last reminders are to come: those of all three times are due an hour before the first."""
    with engine.begin() as connection:
        fill(connection, vault, classes, each, begins, bot)
        connection.execute(
            text("UPDATE event SET remind_minutes = 60 + (starts_at - (SELECT MIN(starts_at) FROM event)) / 60000")
        )
        for what in ("notice", "day"):
            connection.execute(
                text(
                    "INSERT INTO event_telling (event_id, what, number, rank, starts_at, cursor, begun_at, done_at, queued,"
                    " late, extra) SELECT id, :what, 0, 5, starts_at, 0, 0, 0, 0, 0, '' FROM event"
                ),
                {"what": what},
            )
    if engine.dialect.name == "postgresql":
        # Its server would do so by itself within a minute; the embedded database never does.
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
