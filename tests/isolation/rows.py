"""A town straight from rows: nothing of it is made by the rules that are to be tried, and it is there in a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from models.base import new_id, to_ms
from models.vault import Vault
from tests.isolation.canaries import Aviary

BOT = 7
MINUTE, DAY = 60_000, 86_400_000


class Rows:
    """Gathers rows and writes them at once; what is called `sealed_…` is sealed as the code does."""

    def __init__(self, engine: Engine, vault: Vault, now: datetime) -> None:
        self.engine, self.vault, self.now, self.now_ms = engine, vault, now, to_ms(now)
        self.birds = Aviary()
        self.kept: dict[str, list[dict[str, Any]]] = {}
        self.names: dict[str, int] = {}
        """Ids of what the town calls by a name: people, pupils, classes, schools."""

    def put(self, model: type[SQLModel], *, seal_as: int | None = None, **values: Any) -> int:
        """One row of a table. Answers its id, or the first column of its key. `seal_as`: sealed for this id, not for its key."""
        table = model.__table__  # type: ignore[attr-defined]
        key = next(iter(table.primary_key.columns)).name
        if key == "id":
            values.setdefault("id", new_id())
        row_id = values[key] if seal_as is None else seal_as
        for name, value in values.items():
            if name.startswith("sealed_") and isinstance(value, str):
                values[name] = self.vault.seal(table.name, row_id, name.removeprefix("sealed_"), value)
        made = model(**values)
        self.kept.setdefault(table.name, []).append({one.name: getattr(made, one.name) for one in table.columns})
        return int(values[key])

    def of(self, model: type[SQLModel]) -> list[dict[str, Any]]:
        """The rows of a table so far."""
        return self.kept.get(model.__table__.name, [])  # type: ignore[attr-defined]

    def save(self) -> None:
        """Writes all, each table after those that it points to."""
        with self.engine.begin() as connection:
            for table in SQLModel.metadata.sorted_tables:
                if self.kept.get(table.name):
                    connection.execute(insert(table), self.kept[table.name])
