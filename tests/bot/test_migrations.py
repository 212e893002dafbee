"""A database of the first version, with people and messages in it, comes up to date and loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot import schema
from bot.database import open_engine

FIRST = [
    "INSERT INTO school (id, name, zone) VALUES (1, '实验小学', 'Asia/Shanghai')",
    "INSERT INTO stage (id, school_id, name) VALUES (1, 1, '小学')",
    "INSERT INTO school_class (id, school_id, stage_id, grade, name) VALUES (1, 1, 1, '五年级', '2班')",
    (
        "INSERT INTO account (id, bot_id, user_id, language, language_chosen, reachable, wrong_links, created_at)"
        " VALUES (1, 7, 1001, 'zh_CN', false, true, 0, 1), (2, 7, 2001, 'zh_CN', false, true, 0, 1)"
    ),
    (
        "INSERT INTO person (id, school_id, sealed_name, name_hash, hours_from, hours_to, account_id)"
        " VALUES (1, 1, 'a', 'a', 450, 1110, 1), (2, 1, 'b', 'b', 450, 1110, 2)"
    ),
    "INSERT INTO pupil (id, school_id, school_class_id, number, sealed_name, name_hash) VALUES (1, 1, 1, 'S1', 'c', 'c')",
    "INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (1, 1, 1, 2)",
    (
        "INSERT INTO message (id, thread_id, by_guardian, sealed_body, state, written_at)"
        " VALUES (1, 1, true, 'x', 'delivered', 1), (2, 1, false, 'y', 'held', 2)"
    ),
    (
        "INSERT INTO place (bot_id, chat_id, place_id, thread_id, message_id)"
        " VALUES (7, 1001, 10, 1, 1), (7, 2001, 11, 1, 1), (7, 2001, 12, 1, 2)"
    ),
]


def _check(url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        command.upgrade(schema._config(connection), "0001")
        for statement in FIRST:
            connection.execute(text(statement))
    schema.upgrade(engine, datetime.now(UTC))
    assert schema.differences(engine) == []
    with engine.connect() as connection:
        places = connection.execute(text("SELECT place_id, part, origin FROM place ORDER BY place_id")).all()
        assert [(p, part, bool(origin)) for p, part, origin in places] == [(10, 0, True), (11, 0, False), (12, 0, True)]
        rows = connection.execute(text("SELECT kind, hurried, held_for FROM message ORDER BY id")).all()
        assert [(kind, bool(hurried), why) for kind, hurried, why in rows] == [("text", False, None)] * 2
        assert connection.execute(text("SELECT quiet_from, quiet_to FROM person WHERE id = 1")).one() == (1260, 420)
    engine.dispose()


def test_sqlite(tmp_path: Path) -> None:
    _check(f"sqlite:///{tmp_path}/first.db")
    assert list(tmp_path.glob("first.db.before-*")), "the old file was not saved"


def test_postgresql(postgres: str) -> None:
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE first_version"))
    admin.dispose()
    _check(make_url(postgres).set(database="first_version").render_as_string(hide_password=False))
