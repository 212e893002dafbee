"""Materials on their way: texts and files as their sender gave them, files by the messenger's own id."""

from __future__ import annotations

from typing import Any

from handlers import say
from handlers.context import rich
from handlers.incoming import Wrote
from handlers.media import CAPTIONED, FILES, albums
from handlers.texts import Rich, render
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit


def of(event: Wrote) -> dict[str, Any] | None:
    """What somebody wrote or sent as a piece to keep; nothing for a kind that is no material (a place, a sticker …)."""
    if event.media is None:
        return {"text": event.text, "spans": list(event.spans), "media": None} if event.text else None
    if event.media.get("kind") not in FILES - {"sticker"}:
        return None
    return {"text": event.text, "spans": list(event.spans), "media": event.media}


def send(
    unit: Unit,
    reach: Reach,
    pieces: list[dict[str, Any]],
    *,
    key: str = "event.notes_head",
    dedupe_key: str = "",
    person_id: int = 0,
    due_at: int | None = None,
    lane: Lane = Lane.RELAY,
    answers: bool = False,
    buttons: say.Rows = (),
    author_id: int | None = None,
    **values: object,
) -> int:
    """Sends pieces to one person, a head before them and buttons below the head. Answers how many messages that are.

    With a `dedupe_key` each message goes once: its number and the person are added to it. `author_id`: whose pictures and
    files they are, which a freeze stops.
    """
    head = render(reach.language, key, **values)
    messages: list[tuple[str, str]] = [(say.TEXT, say.text(head, buttons=buttons))]
    run: list[dict[str, Any]] = []
    for one in [*pieces, None]:
        # In the order in which they came; pictures and files that stand beside each other stay together.
        if one is not None and one["media"] is not None:
            run.append(one)
            continue
        messages += _media(run)
        run = []
        if one is not None:
            messages.append((say.TEXT, say.text(rich(one["text"], one["spans"]))))
    for number, (kind, payload) in enumerate(messages):
        unit.queue(
            answers=answers,
            bot_id=reach.bot_id,
            chat_id=reach.user_id,
            kind=kind,
            lane=lane,
            payload=payload,
            due_at=due_at,
            dedupe_key=f"{dedupe_key}.{number}:{person_id}" if dedupe_key else None,
            author_id=author_id if kind in (say.MEDIA, say.ALBUM) else None,
        )
    return len(messages)


def _media(run: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Pieces that follow each other: as albums where they may stand in one."""
    captions = [rich(one["text"], one["spans"]) for one in run]
    found = []
    for group in albums([(number, one["media"]) for number, one in enumerate(run)]):
        if len(group) == 1:
            number, piece = group[0]
            caption: Rich | None = captions[number] if piece["kind"] in CAPTIONED else None
            found.append((say.MEDIA, say.media(piece, caption)))
        else:
            found.append((say.ALBUM, say.album([(piece, captions[number]) for number, piece in group])))
    return found
