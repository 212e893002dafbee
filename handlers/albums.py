"""Albums: pieces are gathered in rows and passed on together once they are quiet."""

from __future__ import annotations

from handlers import asked, conversation
from handlers.context import Context
from handlers.incoming import Wrote
from models import albums
from models.albums import Late
from models.conversation import Body


def piece(context: Context, event: Wrote) -> None:
    """One picture of several: kept until the album is quiet; one that comes after that follows as an answer to it."""
    if event.media is None or event.album is None:
        return
    if conversation.is_gathered(context, event) and asked.takes(context, event):
        return
    body = Body(event.text, event.spans, (event.media,), event.quote)
    came = {
        "reply_to": event.reply_to,
        "claims": list(event.reply_claims),
        "second_hand": event.second_hand,
        "chat": event.chat_id,
        "topic": event.topic,
        "quote": event.quote,
    }
    late = albums.gather(context.unit, event.bot_id, event.user_id, event.album, event.place_id, body, came)
    if isinstance(late, Late):
        conversation.route(context, conversation.Incoming.of(event, body), late_for=late.message_id)


def close_all(context: Context) -> None:
    """Passes on this person's open albums: what the person does next comes after them."""
    for album_id in albums.open_of(context.unit, context.who.bot_id, context.who.user_id):
        close(context, album_id)


def close(context: Context, album_id: int) -> None:
    """Passes an album on."""
    whole = albums.close(context.unit, album_id)
    if whole is None:
        return
    came = whole.came
    body = Body(whole.body.text, whole.body.spans, whole.body.media, came["quote"])
    incoming = conversation.Incoming(
        body=body,
        places=whole.places,
        reply_to=came["reply_to"],
        claims=tuple(came["claims"]),
        second_hand=came["second_hand"],
        chat_id=came["chat"],
        topic=came["topic"],
    )
    message_id = conversation.route(context, incoming)
    if message_id is not None:
        albums.note(context.unit, album_id, message_id)
