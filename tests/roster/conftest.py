"""A school office that writes rosters and imports them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.vault import Vault
from tests.roster.office import Office


@pytest.fixture
def office(engine: Engine, vault: Vault, tmp_path: Path) -> Office:
    """An office with an empty database."""
    return Office(engine, vault, tmp_path)
