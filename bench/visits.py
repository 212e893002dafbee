"""python -m bench.visits: what finding a time and booking it cost, from a hundred mentors to a city's ten thousand.

Every pupil has a visit: half of them held in the weeks before, a quarter confirmed for the weeks to come, a quarter invited.
The last two columns are for up to 500 mentors at once, those before for one look of the clock.
Then how each statement of appointments finds its rows: whichever walks through a whole table or index is named.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, insert, text

from bench.digests import fill, monday
from bot import schema
from bot.database import open_engine
from models import appointments, people
from models.appointments import booking, lists, reminders, safety, slots, todo, visits
from models.appointments.booking import Result
from models.appointments.rules import GRAIN, VisitRules
from models.appointments.slots import MINUTE
from models.appointments.states import Form
from models.appointments.tables import Availability, Busy, Visit, VisitGuest
from models.base import to_ms
from models.duties import due
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys

SIZES = (100, 1_000, 10_000)
SAMPLE = 100
"""Families that choose a time."""
WEEKS = 10
"""Weeks of the term that lie behind."""
ZONE = "Asia/Shanghai"
EVENING = (17 * 60, 20 * 60)
RULES = VisitRules()


def _fill(connection: Connection, now: datetime) -> None:
    """A guardian and a visit for each pupil, evenings on which mentors are free, and what is confirmed as held time."""
    rows: dict[Any, list[dict[str, Any]]] = {
        one: [] for one in (people.Person, people.Guardianship, Availability, Visit, VisitGuest, Busy)
    }
    number, place, last = 1_000_000_000, 0, 0
    mentorships = connection.execute(
        text(
            "SELECT m.pupil_id, m.mentor_id, p.school_id FROM mentorship m JOIN pupil p ON p.id = m.pupil_id ORDER BY m.id"
        )
    )
    for pupil, mentor, school in mentorships.all():
        number += 1
        guardian = number
        if mentor != last:
            place, last = 0, mentor
            for weekday in range(5):
                free = {"person_id": mentor, "purpose": "visit", "weekday": weekday, "day": None, "free": True}
                number += 1
                rows[Availability].append({"id": number, "begins": EVENING[0], "ends": EVENING[1], **free})
        person = {"id": guardian, "school_id": school, "sealed_name": b"x", "name_hash": b"x"}
        rows[people.Person].append(person)
        ties = {"pupil_id": pupil, "person_id": guardian, "relation": "mother", "since": now, "confirmed_at": now}
        rows[people.Guardianship].append({"id": number, **ties})
        state, ahead = ("closed", place - WEEKS), 0
        if place >= 9:
            state = ("invited", 0)
        elif place >= 6:
            state, ahead = ("confirmed", place - 6), 1
        # One visit a week at five o'clock, held or to come, on another weekday each week.
        day = now.replace(hour=17) + timedelta(days=7 * state[1] + 1 + place % 4)
        begins = None if state[0] == "invited" else to_ms(day)
        visit = {
            "id": number,
            "school_id": school,
            "pupil_id": pupil,
            "purpose": "visit",
            "state": state[0],
            "mentor_id": mentor,
            "form": None if begins is None else "home",
            "guardian_id": None if begins is None else guardian,
            "starts_at": begins,
            "ends_at": None if begins is None else begins + 30 * MINUTE,
            "ended_at": begins if state[0] == "closed" else None,
            "created_at": to_ms(now - timedelta(days=60)),
        }
        rows[Visit].append(visit)
        if state[0] == "invited":
            guest = {"id": number, "visit_id": number, "guardian_id": guardian, "reply": "invited"}
            rows[VisitGuest].append({**guest, "at": visit["created_at"]})
        if ahead and begins is not None:
            grains = range(begins // (GRAIN * MINUTE), begins // (GRAIN * MINUTE) + 30 // GRAIN)
            held = [(one, grain) for one in (mentor, pupil, guardian) for grain in grains]
            rows[Busy] += [{"subject_id": one, "grain": grain, "visit_id": number} for one, grain in held]
        place += 1
    for table, made in rows.items():
        for at in range(0, len(made), 20_000):
            connection.execute(insert(table), made[at : at + 20_000])


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def measure(mentors: int, url: str, vault: Vault) -> dict[str, float]:
    """Medians in seconds: slots for one family, a booking, one look of each part of the clock, the lists of 500 mentors."""
    engine = open_engine(url)
    schema.upgrade(engine, datetime.now(UTC))
    now = monday()
    with engine.begin() as connection:
        fill(connection, vault, mentors, now - timedelta(days=80))
        _fill(connection, now)
    found: dict[str, list[float]] = {}
    with engine.begin() as connection:
        invited = connection.execute(
            text("SELECT id, guardian_id FROM visit WHERE state = 'invited' ORDER BY id")
        ).all()
        step = max(len(invited) // SAMPLE, 1)
        for row in invited[::step][:SAMPLE]:
            unit = Unit(connection, vault, now)
            (guest,) = unit.execute(
                text("SELECT guardian_id AS id FROM visit_guest WHERE visit_id = :visit"), visit=row.id
            )
            wanted = booking.wanted_for(visits.must(unit, row.id), Form.SCHOOL, guest.id, RULES, ZONE)
            began = time.perf_counter()
            times = slots.free(unit, wanted, RULES)
            found.setdefault("slots", []).append(time.perf_counter() - began)
            began = time.perf_counter()
            result = booking.choose(unit, row.id, guest.id, Form.SCHOOL, times[0].starts_at, RULES, ZONE)
            unit.finish()
            found.setdefault("booking", []).append(time.perf_counter() - began)
            if result is not Result.CONFIRMED:
                raise RuntimeError(f"not booked: {result}")
        several = [row.id for row in connection.execute(text("SELECT DISTINCT mentor_id AS id FROM visit LIMIT 500"))]
        for _ in range(5):
            unit = Unit(connection, vault, now)
            for name, run in _looks(unit, several).items():
                found.setdefault(name, []).append(_timed(run))
    engine.dispose()
    return {name: median(each) for name, each in found.items()}


def _looks(unit: Unit, mentors: list[int]) -> dict[str, Callable[[], object]]:
    sunday = unit.now.date() + timedelta(days=6)
    return {
        "reminders": lambda: reminders.due(unit),
        "safety": lambda: safety.due(unit, RULES),
        "orphans": lambda: booking.orphans(unit),
        "silent": lambda: lists.silent(unit, 5),
        "passed": lambda: lists.passed(unit),
        "duties": lambda: due.of_mentors(unit, mentors, ZONE),
        "left to do": lambda: todo.of_people(unit, mentors, sunday, RULES.record_hours, ZONE),
    }


# --- how statements find their rows ---


def statements() -> Iterator[tuple[str, TextClause]]:
    """Every statement of appointments, and of what is due."""
    modules = [
        importlib.import_module(f"models.appointments.{one.name}")
        for one in pkgutil.iter_modules(appointments.__path__)
    ]
    for module in (*modules, due):
        for name, value in vars(module).items():
            if isinstance(value, TextClause):
                yield f"{module.__name__.removeprefix('models.')}.{name}", value


def plan(connection: Connection, statement: TextClause) -> list[str]:
    """How SQLite would run it, step by step."""
    binds = statement.compile().binds
    values = {name: [1, 2] if one.expanding else 1 for name, one in binds.items()}
    many: list[Any] = [bindparam(name, expanding=True) for name, one in binds.items() if one.expanding]
    return [
        row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement.text}").bindparams(*many), values)
    ]


def walks(connection: Connection) -> list[str]:
    """The statements that walk through a whole table or index, with that step."""
    return [
        f"{name}: {step}"
        for name, statement in statements()
        for step in plan(connection, statement)
        if step.startswith("SCAN ") and "CONSTANT ROW" not in step
    ]


def main() -> None:
    """Prints the table, and what walks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    vault = Vault(parse_keys(new_key_line()))
    first: dict[str, float] = {}
    for mentors in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(mentors, f"sqlite:///{Path(folder) / 'bench.db'}", vault)
        if not first:
            first = found
            print("| mentors | visits |" + "".join(f" {name} |" for name in found))
            print("|---|---|" + "---|" * len(found))
        cells = (f" {took * 1000:.2f} ms ({took / first[name]:.2f}) |" for name, took in found.items())
        print(f"| {mentors:,} | {mentors * 12:,} |" + "".join(cells), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'plans.db'}")
        schema.upgrade(engine, datetime.now(UTC))
        with engine.connect() as connection:
            print("\n".join(["", "Walks through a whole table or index:", *walks(connection)]))
        engine.dispose()


if __name__ == "__main__":
    main()
