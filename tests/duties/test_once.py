"""G4: three processes race for the digests of a thousand mentors, and each goes out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session

from bot.database import open_engine
from handlers import week
from handlers.context import SchoolSettings
from models import people
from models.base import new_id
from models.unit import Unit
from models.vault import Vault
from tests.school import School, until_morning

MENTORS = 1000
BOT = 7


def fill(school: School, engine: Engine) -> None:
    now = datetime.now(UTC)
    with Session(engine, expire_on_commit=False) as session:
        for number in range(MENTORS):
            account = people.Account(bot_id=BOT, user_id=50_000 + number, created_at=now)
            session.add(account)
            session.flush()
            row = new_id()
            session.add(
                people.Person(
                    id=row,
                    school_id=school.ids["school"],
                    staff_number=f"X{number}",
                    sealed_name=school.vault.seal("person", row, "name", f"师{number}"),
                    name_hash=school.vault.lookup("name", f"师{number}"),
                    account_id=account.id,
                )
            )
            session.flush()
            school.pupil(session, f"P{number}", f"生{number}", row, ())
        session.commit()


def test_three_processes_and_no_doubles(database_url: str, vault: Vault) -> None:
    if "sqlite" in database_url:
        return  # one process alone may hold the file: a lease keeps the others out (tests/promises)
    engine = open_engine(database_url)
    school = School(engine, vault)
    fill(school, engine)
    now = datetime.now(UTC)
    monday = now + until_morning(now)
    monday += timedelta(days=7 - monday.weekday(), hours=2)

    def process(_: int) -> None:
        own = open_engine(database_url)
        for _round in range(40):
            with own.begin() as connection:
                unit = Unit(connection, vault, monday)
                going_on = week.tick(unit, BOT, SchoolSettings())
                unit.finish()
            if not going_on:
                break
        own.dispose()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(process, range(3)))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT chat_id, COUNT(*) FROM outbox GROUP BY chat_id")).all()
    engine.dispose()
    assert len(rows) == MENTORS
    assert {count for _, count in rows} == {1}
