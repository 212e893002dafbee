"""Albums as they arrive: piece by piece with no end mark, gathered in rows until they are quiet.

A piece is in its row when its update is confirmed, so nothing of an album is lost by a crash in between; and an album is
closed by a guarded change of its row, so nothing of it is passed on twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from models.base import new_id
from models.conversation import Body
from models.threads import Album, AlbumPiece
from models.unit import Unit, sql

QUIET = 1500
"""Milliseconds without another piece after which an album counts as whole."""
LATEST = 10_000
"""Milliseconds after its first piece when it is passed on in any case."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An album that is quiet: its pieces in order, with their places, and how the first one came."""

    album_id: int
    user_id: int
    body: Body
    places: tuple[int, ...]
    came: dict[str, Any]


_OF_USER = sql(
    "SELECT id, closed_at, message_id, latest FROM album WHERE bot_id = :bot AND user_id = :user AND group_key = :key"
)
_LONGER = sql("UPDATE album SET quiet_until = :quiet WHERE id = :id AND closed_at IS NULL")


@dataclass(frozen=True, slots=True)
class Late:
    """The album was passed on already: this piece came after it. `message_id` is empty where it waits for a choice."""

    message_id: int | None


def gather(
    unit: Unit, bot_id: int, user_id: int, key: str, place_id: int, body: Body, came: dict[str, Any]
) -> Late | None:
    """Puts a piece to its album; answers Late where that was closed before."""
    row = unit.execute(_OF_USER, bot=bot_id, user=user_id, key=key).first()
    quiet = unit.now_ms + QUIET
    if row is not None and row.closed_at is not None:
        return Late(row.message_id)
    if row is None:
        album_id = new_id()
        unit.session.add(
            Album(
                id=album_id,
                bot_id=bot_id,
                user_id=user_id,
                group_key=key,
                sealed_first=unit.vault.seal("album", album_id, "first", json.dumps(came)),
                quiet_until=quiet,
                latest=unit.now_ms + LATEST,
            )
        )
        unit.session.flush()
    else:
        album_id = row.id
        if unit.write(_LONGER, id=album_id, quiet=min(quiet, row.latest)) != 1:
            # Passed on this very moment by another worker.
            return Late(unit.execute(_OF_USER, bot=bot_id, user=user_id, key=key).one().message_id)
    piece_id = new_id()
    unit.session.add(
        AlbumPiece(
            id=piece_id,
            album_id=album_id,
            place_id=place_id,
            sealed_body=unit.vault.seal("album_piece", piece_id, "body", body.to_json()),
        )
    )
    unit.session.flush()
    unit.albums.add(user_id)
    return None


_OPEN_USERS = sql("SELECT DISTINCT user_id FROM album WHERE bot_id = :bot AND closed_at IS NULL")
_OPEN_OF = sql("SELECT id FROM album WHERE bot_id = :bot AND user_id = :user AND closed_at IS NULL ORDER BY id")
_QUIET_NOW = sql(
    "SELECT id, user_id FROM album WHERE bot_id = :bot AND closed_at IS NULL AND quiet_until <= :now ORDER BY id"
)
_CLOSE = sql("UPDATE album SET closed_at = :now WHERE id = :id AND closed_at IS NULL")
_NOTE = sql("UPDATE album SET message_id = :message WHERE id = :id")
_OLD = sql("DELETE FROM album WHERE closed_at IS NOT NULL AND closed_at < :before")


def remember_open(unit: Unit, bot_id: int) -> None:
    """Notes whose albums are open, once for a unit of work."""
    unit.albums = {row.user_id for row in unit.execute(_OPEN_USERS, bot=bot_id)}


def open_of(unit: Unit, bot_id: int, user_id: int) -> list[int]:
    """The open albums of an account: whatever it does next comes after them."""
    return [row.id for row in unit.execute(_OPEN_OF, bot=bot_id, user=user_id)]


def quiet(unit: Unit, bot_id: int) -> list[tuple[int, int]]:
    """The open albums to which no more pieces are expected, with their accounts."""
    return [(row.id, row.user_id) for row in unit.execute(_QUIET_NOW, bot=bot_id, now=unit.now_ms)]


def close(unit: Unit, album_id: int) -> Whole | None:
    """Takes an album out of its rows; nothing where that was done before."""
    if unit.write(_CLOSE, id=album_id, now=unit.now_ms) != 1:
        return None
    session = unit.session
    album = session.get(Album, album_id)
    if album is None:
        return None
    pieces = session.exec(
        select(AlbumPiece).where(AlbumPiece.album_id == album_id).order_by(AlbumPiece.place_id)  # type: ignore[arg-type]
    ).all()
    media = []
    for piece in pieces:
        body = Body.from_json(unit.vault.open("album_piece", piece.id, "body", piece.sealed_body))
        media.append({**body.media[0], "text": body.text, "spans": list(body.spans)})
        session.delete(piece)
    session.flush()
    came = json.loads(unit.vault.open("album", album.id, "first", album.sealed_first))
    unit.albums.discard(album.user_id)
    if len(media) == 1:
        only = dict(media[0])
        words, spans = only.pop("text"), only.pop("spans")
        return Whole(album_id, album.user_id, Body(words, tuple(spans), (only,)), (pieces[0].place_id,), came)
    return Whole(album_id, album.user_id, Body("", (), tuple(media)), tuple(p.place_id for p in pieces), came)


def note(unit: Unit, album_id: int, message_id: int) -> None:
    """The message that the album became: late pieces answer it."""
    unit.write(_NOTE, id=album_id, message=message_id)


def forget(unit: Unit, before_ms: int) -> None:
    """Closed albums from before that moment are of no use: no piece comes that late."""
    unit.write(_OLD, before=before_ms)


def amend(unit: Unit, bot_id: int, user_id: int, place_id: int, body: Body) -> bool:
    """A piece that is still gathered was edited. True where one was found."""
    for album_id in open_of(unit, bot_id, user_id):
        piece = unit.session.exec(
            select(AlbumPiece).where(AlbumPiece.album_id == album_id, AlbumPiece.place_id == place_id)
        ).first()
        if piece is not None and body.media:
            piece.sealed_body = unit.vault.seal("album_piece", piece.id, "body", body.to_json())
            unit.session.add(piece)
            unit.session.flush()
            return True
    return False
