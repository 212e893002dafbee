"""python -m bench.city: what counting a school for the city costs, a part at a time, and reading a city of such schools.

A school has 1,500 pupils with two guardians each, forty messages in every thread, a visit and two duty marks for each pupil,
and 120 mentors. The longest part is how long others wait for the writer's thread.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text

from bot import schema
from bot.database import open_engine
from models import people, threads
from models.appointments.tables import Visit
from models.base import to_ms
from models.city import counting, counts
from models.duties.tables import DutyMark
from models.standing import Self, Standing
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys

PUPILS, MENTORS, CLASSES, MESSAGES = 1_500, 120, 34, 40
ZONE = "Asia/Shanghai"
_TABLES: dict[str, Any] = {
    one.__tablename__: one  # type: ignore[misc]
    for one in (
        people.School,
        people.Stage,
        people.SchoolClass,
        people.Account,
        people.Person,
        people.Role,
        people.Pupil,
        people.Guardianship,
        people.Mentorship,
        threads.Thread,
        threads.Message,
        threads.Promise,
        Visit,
        DutyMark,
    )
}


def rows(schools: int, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row after row. Nothing is sealed: counting opens nothing."""
    ids, user = count(1), count(1_000_000)
    since, at, sealed = now - timedelta(days=100), to_ms(now), {"sealed_name": b"x", "name_hash": b"x"}
    for number in range(schools):
        school, stage = next(ids), next(ids)
        yield "school", {"id": school, "name": f"第{number:03d}小学"}
        yield "stage", {"id": stage, "school_id": school, "name": "小学"}
        groups = [next(ids) for _ in range(CLASSES)]
        for place, group in enumerate(groups):
            yield (
                "school_class",
                {"id": group, "school_id": school, "stage_id": stage, "grade": "五年级", "name": f"{place}班"},
            )
        mentors = [next(ids) for _ in range(MENTORS)]
        for mentor in mentors:
            yield (
                "person",
                {"id": mentor, "school_id": school, "staff_number": f"T{mentor}", "account_id": None, **sealed},
            )
        if number == 0:
            yield "role", {"id": next(ids), "person_id": mentors[0], "kind": "centre", "since": since}
        for place in range(PUPILS):
            pupil, mentor = next(ids), mentors[place % MENTORS]
            group = groups[place % CLASSES]
            yield "pupil", {"id": pupil, "school_id": school, "school_class_id": group, "number": f"S{pupil}", **sealed}
            yield "mentorship", {"id": next(ids), "pupil_id": pupil, "mentor_id": mentor, "since": since}
            for relation in ("mother", "father"):
                account, guardian, thread = next(ids), next(ids), next(ids)
                yield "account", {"id": account, "bot_id": 7, "user_id": next(user), "created_at": since}
                yield (
                    "person",
                    {"id": guardian, "school_id": school, "staff_number": None, "account_id": account, **sealed},
                )
                yield (
                    "guardianship",
                    {
                        "id": next(ids),
                        "pupil_id": pupil,
                        "person_id": guardian,
                        "relation": relation,
                        "since": since,
                        "confirmed_at": since,
                    },
                )
                yield (
                    "thread",
                    {
                        "id": thread,
                        "pupil_id": pupil,
                        "guardian_id": guardian,
                        "mentor_id": mentor,
                        "mentor_wrote_at": at,
                    },
                )
                for step in range(MESSAGES):
                    yield (
                        "message",
                        {
                            "id": next(ids),
                            "thread_id": thread,
                            "by_guardian": step % 2 == 0,
                            "sealed_body": b"x",
                            "state": "delivered",
                            "written_at": now - timedelta(days=100 * (1 - step / MESSAGES)),
                        },
                    )
                if place % 50 == 0:
                    late = {"mentor_id": mentor, "since": at - 10**8, "due_at": at - 10**6}
                    yield "promise", {"id": next(ids), "thread_id": thread, **late}
            moment = at - (place % 90) * 86_400_000
            yield (
                "visit",
                {
                    "id": next(ids),
                    "school_id": school,
                    "pupil_id": pupil,
                    "purpose": "visit",
                    "state": "closed",
                    "mentor_id": mentor,
                    "form": ("home", "school", "video")[place % 3],
                    "starts_at": moment,
                    "ends_at": moment + 1_800_000,
                    "ended_at": moment + 1_800_000,
                    "created_at": moment,
                },
            )
            for code in ("pupil_talk", "family_contact"):
                day = (now - timedelta(days=place % 90)).date()
                mark = {
                    "code": code,
                    "subject_id": pupil,
                    "state": "done",
                    "on_day": day,
                    "person_id": mentor,
                    "at": at,
                }
                yield "duty_mark", {"id": next(ids), "school_id": school, **mark}


def fill(connection: Connection, schools: int, now: datetime) -> None:
    """Writes the city, some thousand rows at a time."""
    waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    for number, (name, row) in enumerate(rows(schools, now)):
        waiting[name].append(row)
        if number % 50_000 == 49_999:
            _write(connection, waiting)
    _write(connection, waiting)


def _write(connection: Connection, waiting: dict[str, list[dict[str, Any]]]) -> None:
    for name, found in waiting.items():
        if found:
            connection.execute(insert(_TABLES[name]), found)
            found.clear()


def main() -> None:
    """Prints the parts and the reading."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--schools", type=int, default=3, help="schools that are really counted")
    arguments.add_argument("--city", type=int, default=200, help="schools whose counts are read")
    chosen = arguments.parse_args()
    vault = Vault(parse_keys(new_key_line()))
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'city.db'}")
        schema.upgrade(engine, now)
        began = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            fill(connection, chosen.schools, now)
        print(f"{chosen.schools} schools written in {time.perf_counter() - began:.1f} s")
        parts: list[float] = []
        more = True
        while more:
            began = time.perf_counter()
            with engine.begin() as connection:
                unit = Unit(connection, vault, now)
                more = counting.turn(unit, ZONE)
                unit.finish()
            parts.append(time.perf_counter() - began)
        parts.pop()
        print(
            f"counting: {len(parts)} parts, mean {1000 * sum(parts) / len(parts):.0f} ms, longest {1000 * max(parts):.0f} ms"
        )
        nights = []
        for day in range(1, 3):
            began = time.perf_counter()
            with engine.begin() as connection:
                unit = Unit(connection, vault, now + timedelta(days=day))
                counting.turn(unit, ZONE)
                unit.finish()
            nights.append(time.perf_counter() - began)
        print(f"a school in a night: {1000 * max(nights):.0f} ms")
        with engine.begin() as connection:
            first = connection.execute(text("SELECT MIN(id) AS id FROM school")).scalar_one()
            for number in range(chosen.city - chosen.schools):
                connection.execute(
                    text("INSERT INTO school (id, name, zone) VALUES (:id, :name, 'x')"),
                    {"id": 10**12 + number, "name": f"乙{number:03d}"},
                )
                connection.execute(
                    text(
                        "INSERT INTO city_count SELECT :id, span, begins, what, number FROM city_count WHERE school_id = :first"
                    ),
                    {"id": 10**12 + number, "first": first},
                )
        with engine.begin() as connection:
            unit = Unit(connection, vault, now)
            who = Standing(1, 7, 1, "zh_CN", True, True, None, None, None)
            mentor = connection.execute(text("SELECT person_id FROM role")).scalar_one()
            who.selves.append(Self(mentor, first, "x", True, (0, 0)))
            began = time.perf_counter()
            span = counts.spans(unit, who, "term")[0]
            found = counts.rows(unit, who, "term", span)
            read = time.perf_counter() - began
            began = time.perf_counter()
            counts.months(unit, who)
            charted = time.perf_counter() - began
        print(f"reading {len(found)} schools: {1000 * read:.0f} ms; the chart of all months: {1000 * charted:.0f} ms")
        engine.dispose()


if __name__ == "__main__":
    main()
