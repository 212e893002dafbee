"""The tables' version: bringing a database up to date, and saving it first."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import Session, SQLModel

import models.appointments.tables
import models.checklist.tables
import models.city.tables
import models.directory.tables
import models.duties.tables
import models.events.tables
import models.evidence.tables
import models.matching.tables
import models.notices.tables
import models.people
import models.pupil_file.tables
import models.queues
import models.rights.tables
import models.safeguarding.tables
import models.team.tables
import models.terms
import models.threads
import models.training.tables
from models.queues import KeyMark
from models.vault import Vault

MIGRATIONS = Path(models.people.__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The version that this program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise RuntimeError("there are no migrations")
    return found


def current(engine: Engine) -> str | None:
    """The version that a database has; nothing for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, now: datetime) -> Path | None:
    """Brings a database up to date in one transaction. An SQLite file with content is saved first; answers that copy."""
    before = current(engine)
    if before == head():
        return None
    saved = None
    name = engine.url.database
    if engine.dialect.name == "sqlite" and before is not None and name:
        saved = Path(f"{name}.before-{head()}-{now.strftime('%Y%m%dT%H%M%S')}")
        backup(Path(name), saved)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
    return saved


def keep_mark(engine: Engine, vault: Vault) -> None:
    """Makes sure that these keys belong to this database. Raises VaultError where they do not.

    The first time a word is sealed and kept; afterwards it must open. So a lost key file is told before anything is
    written with another one.
    """
    with Session(engine) as session:
        mark = session.get(KeyMark, 1)
        if mark is not None:
            vault.open("key_mark", 1, "word", mark.sealed_word)
            return
        session.add(KeyMark(id=1, sealed_word=vault.seal("key_mark", 1, "word", "these keys")))
        session.commit()


def differences(engine: Engine) -> list[str]:
    """What an up-to-date database lacks or has beside the tables in the code: nothing, if the migrations are complete."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(one) for one in compare_metadata(context, SQLModel.metadata)]


def backup(source: Path, target: Path) -> None:
    """Writes a whole copy of a running SQLite database (VACUUM INTO; copying the file under writes is not one).

    Raises FileExistsError where the target exists, FileNotFoundError where the source does not.
    """
    if target.exists():
        raise FileExistsError(target)
    if not source.exists():
        raise FileNotFoundError(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    connection = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)
    try:
        connection.execute("VACUUM INTO ?", (str(half),))
    finally:
        connection.close()
    half.chmod(0o600)
    half.rename(target)
