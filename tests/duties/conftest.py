"""What tests of duties share: whatever the day of the year, school is held."""

from __future__ import annotations

import pytest

from models.duties import due


@pytest.fixture(autouse=True)
def no_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run by today's date; a school that has entered no holiday would ask nothing of anybody in August."""
    monkeypatch.setattr(due, "SUMMER", ((13, 1), (13, 1)))
