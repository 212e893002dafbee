"""Stories of visits run on one of the two databases each, in turn, so that the whole suite stays short; rules and races run on
both. EVERY_DATABASE=1 runs every story on both (`make test-every`)."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ALWAYS_BOTH = ("test_races.py",)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out of each pair one, by the test's name: the same one in every run and in every worker."""
    if os.environ.get("EVERY_DATABASE"):
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (left if _is_left(item) else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def _is_left(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or HERE not in item.path.parents or item.path.name in ALWAYS_BOTH:
        return False
    if "bot" not in item.fixturenames or item.get_closest_marker("both"):
        return False
    database = getattr(getattr(item, "callspec", None), "params", {}).get("database_url")
    turn = ("sqlite", "postgresql")[zlib.crc32((item.originalname or item.name).encode()) % 2]
    return database is not None and database != turn
