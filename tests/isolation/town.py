"""The whole town on an empty database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from models.vault import Vault
from tests.isolation.files import files
from tests.isolation.many import many
from tests.isolation.notices import notices
from tests.isolation.people import settle
from tests.isolation.practice import practice
from tests.isolation.rows import Rows
from tests.isolation.school_work import school_work
from tests.isolation.talk import talk
from tests.isolation.visits import visits
from tests.school import until_thursday


def build(engine: Engine, vault: Vault) -> Rows:
    """Everybody and everything, written at once; its now is ten o'clock of a Thursday with school."""
    here = datetime.now(UTC)
    rows = Rows(engine, vault, here + until_thursday(here))
    for part in (settle, talk, school_work, visits, many, notices, files, practice):
        part(rows)
    rows.save()
    return rows
