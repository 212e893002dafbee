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
    **values: object,
) -> int:
    """Sends pieces to one person, a head before them and buttons below the head. Answers how many messages that are.

    With a `dedupe_key` each message goes once: its number and the person are added to it.
    """
    head = render(reach.language, key, **values)
    texts = [rich(one["text"], one["spans"]) for one in pieces if one["media"] is None]
    media = [(number, one) for number, one in enumerate(pieces) if one["media"] is not None]
    messages: list[tuple[str, str]] = [(say.TEXT, say.text(head, buttons=buttons))]
    messages += [(say.TEXT, say.text(one)) for one in texts]
    captions = {number: rich(one["text"], one["spans"]) for number, one in media}
    for group in albums([(number, one["media"]) for number, one in media]):
        if len(group) == 1:
            number, piece = group[0]
            caption: Rich | None = captions[number] if piece["kind"] in CAPTIONED else None
            messages.append((say.MEDIA, say.media(piece, caption)))
        else:
            messages.append((say.ALBUM, say.album([(piece, captions[number]) for number, piece in group])))
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
        )
    return len(messages)
