"""What people send beside text: which kinds there are, which carry a caption, which may stand together in an album.

A piece of media is a plain dict {"kind", …}: `file` is the messenger's own id of the file (never downloaded), the other
fields are what is needed to send the same again. Source of the kinds and limits: Telegram Bot API 10.
"""

from __future__ import annotations

from typing import Any

CAPTIONED = frozenset({"photo", "video", "animation", "document", "audio", "voice"})
"""Kinds with a caption of their own."""
COVERED = frozenset({"photo", "video", "animation"})
"""Kinds that can be covered until they are tapped."""
FILES = CAPTIONED | {"video_note", "sticker"}
"""Kinds that are a file."""
KINDS = FILES | {"location", "venue", "contact", "poll"}
ALBUMS = (frozenset({"photo", "video"}), frozenset({"document"}), frozenset({"audio"}))
"""Kinds that may stand together in one album."""
ALBUM_SIZE = 10
CAPTION = 1024
"""UTF-16 units of a caption that a bot may send."""
Media = dict[str, Any]


def albums(media: list[tuple[int, Media]]) -> list[list[tuple[int, Media]]]:
    """Numbered pieces in runs that may be sent as one album each, in their order."""
    found: list[list[tuple[int, Media]]] = []
    for number, piece in media:
        last = found[-1] if found else None
        together = last is not None and any({last[0][1]["kind"], piece["kind"]} <= kinds for kinds in ALBUMS)
        if last is not None and together and len(last) < ALBUM_SIZE:
            last.append((number, piece))
        else:
            found.append([(number, piece)])
    return found


def kind_of(media: tuple[Media, ...]) -> str:
    """How a message is called: by its only piece, or album."""
    return "text" if not media else media[0]["kind"] if len(media) == 1 else "album"
