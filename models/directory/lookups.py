"""What an account looked for last: kept sealed for a day, so that the pages of what was found can be turned."""

from __future__ import annotations

from models.unit import Unit, sql

DAY = 86_400_000
_PUT = sql(
    "INSERT INTO directory_search (account_id, sealed_words, at) VALUES (:account, :words, :now)"
    " ON CONFLICT (account_id) DO UPDATE SET sealed_words = :words, at = :now"
)
_GET = sql("SELECT sealed_words FROM directory_search WHERE account_id = :account AND at > :after")
_FORGET = sql("DELETE FROM directory_search WHERE at < :before")


def keep(unit: Unit, account_id: int, words: str) -> None:
    """These words were looked for."""
    kept = unit.vault.seal("directory_search", account_id, "words", words)
    unit.write(_PUT, account=account_id, words=kept, now=unit.now_ms)


def last(unit: Unit, account_id: int) -> str | None:
    """What was looked for last, while that counts."""
    row = unit.execute(_GET, account=account_id, after=unit.now_ms - DAY).first()
    return None if row is None else unit.vault.open("directory_search", account_id, "words", bytes(row.sealed_words))


def forget(unit: Unit) -> None:
    """Deletes what is older than a day."""
    unit.write(_FORGET, before=unit.now_ms - DAY)
