"""A town on each database; every triple in it is taken back, so that the next one finds it as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from reportlab import rl_config

from bot.database import open_engine
from models.vault import Vault, parse_keys
from tests.conftest import KEYS
from tests.isolation.acting import Stage
from tests.isolation.town import build

LONG = "TRIPLES" in os.environ
SEED = int(os.environ.get("ISOLATION_SEED") or (datetime.now(UTC).date().toordinal() if LONG else 739_946))
"""The same one in `make test`, so that a change fails by itself and not by its day; another one each day in a long run. A
test that fails names it, and `ISOLATION_SEED=…` repeats it."""


@pytest.fixture
def plain_pages() -> Iterator[None]:
    """PDF pages are written so that what stands in them can be searched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rl_config, "pageCompression", 0)
        yield


@pytest.fixture
def stage(database_url: str, plain_pages: None) -> Iterator[Stage]:
    """The town on each database, ready to be acted in."""
    yield from _staged(database_url)


@pytest.fixture
def small_stage(sqlite_url: str, plain_pages: None) -> Iterator[Stage]:
    """The same on SQLite alone."""
    yield from _staged(sqlite_url)


def _staged(address: str) -> Iterator[Stage]:
    engine = open_engine(address)
    found = Stage(build(engine, Vault(parse_keys(KEYS))))
    try:
        yield found
    finally:
        found.close()
        engine.dispose()
