"""One message: as this Telegram keeps it, as the Bot API tells it, and as a phone shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Message:
    """A message of a bot (`mine`) or of a person. Times are Unix seconds, offsets of entities UTF-16 units."""

    id: int
    mine: bool
    date: int
    kind: str = "text"
    text: str | None = None
    caption: str | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    """Further fields of the Bot API's Message: photo, contact, forward_origin, via_bot ..."""
    reply_to: int | None = None
    author: dict[str, Any] | None = None
    """Who wrote it, where the chat does not tell: in groups."""
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    """Inline buttons, as the bot gave them."""
    keyboard: list[list[dict[str, Any]]] | None = None
    """Reply keyboard that this message brought."""
    force_reply: bool = False
    protected: bool = False
    silent: bool = False
    edit_date: int | None = None
    bot_reactions: list[str] = field(default_factory=list)
    person_reactions: list[str] = field(default_factory=list)
    seq: int = 0

    @property
    def shown(self) -> str:
        """What of it can be read: its text, or its caption."""
        return self.text or self.caption or ""

    def content(self) -> dict[str, Any]:
        """Its own part of a Message of the Bot API: all but who, where and in reply to what."""
        found: dict[str, Any] = {}
        if self.edit_date:
            found["edit_date"] = self.edit_date
        if self.text is not None:
            found["text"] = self.text
            if self.entities:
                found["entities"] = self.entities
        elif self.caption:
            found["caption"] = self.caption
            if self.entities:
                found["caption_entities"] = self.entities
        if self.extra:
            found.update(self.extra)
        if self.protected:
            found["has_protected_content"] = True
        if self.rows:
            found["reply_markup"] = {"inline_keyboard": self.rows}
        return found

    def view(self) -> dict[str, Any]:
        """As a phone shows it (the control API's form)."""
        found: dict[str, Any] = {
            "message_id": self.id,
            "from": "bot" if self.mine else "person",
            "date": self.date,
            "edit_date": self.edit_date,
            "kind": self.kind,
            "text": self.text,
            "caption": self.caption,
            "entities": self.entities,
            "reply_to": self.reply_to,
            "reactions": {"bot": self.bot_reactions, "person": self.person_reactions},
            "buttons": [[_button(one) for one in row] for row in self.rows],
            "keyboard": self.keyboard,
            "force_reply": self.force_reply,
            "protected": self.protected,
            "silent": self.silent,
            "seq": self.seq,
        }
        found["media_group_id"] = self.extra.get("media_group_id")
        found["thread"] = self.extra.get("message_thread_id")
        for name in (
            "contact",
            "location",
            "venue",
            "poll",
            "dice",
            "quote",
            "forward_origin",
            "via_bot",
            "link_preview_options",
        ):
            if name in self.extra:
                found[name] = self.extra[name]
        file = self.file()
        if file is not None:
            found["document"] = {
                "file_name": file.get("file_name"),
                "size": file.get("file_size", 0),
                "file_id": file["file_id"],
                "file_unique_id": file["file_unique_id"],
                "mime_type": file.get("mime_type"),
            }
        return found

    def file(self) -> dict[str, Any] | None:
        """The Bot API's description of the file that it carries; of a photo the largest size."""
        found = self.extra.get(self.kind)
        if isinstance(found, list) and found:
            found = found[-1]
        return found if isinstance(found, dict) and "file_id" in found else None


def _button(one: dict[str, Any]) -> dict[str, Any]:
    found = {"text": one["text"], "data": one.get("callback_data"), "url": one.get("url")}
    for name in ("style", "copy_text", "web_app"):
        if name in one:
            found[name] = one[name]
    return found
