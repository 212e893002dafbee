"""reply_markup: inline buttons and reply keyboards, checked as Telegram checks them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.addresses import page_problem
from simulator.html import checked_link
from simulator.parameters import Values, nested
from simulator.refusals import Refused, bad

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
_KINDS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_STYLES = ("danger", "success", "primary")


@dataclass(slots=True)
class Markup:
    """What comes with a message: inline buttons, a reply keyboard, its removal, or the wish for a reply."""

    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    keyboard: list[list[dict[str, Any]]] | None = None
    one_time: bool = False
    removes: bool = False
    force_reply: bool = False

    def measured(self) -> None:
        """What only Telegram's server checks. Raises Refused."""
        for row in self.rows:
            for one in row:
                data = one.get("callback_data")
                if data is not None and not 1 <= len(data.encode()) <= 64:
                    raise bad("BUTTON_DATA_INVALID")
        for rows in (self.rows, self.keyboard or []):
            if any(len(row) > MOST_IN_A_ROW for row in rows) or sum(map(len, rows)) > MOST_BUTTONS * (
                1 if rows is self.rows else 3
            ):
                raise bad("reply markup is too long")


NONE = Markup()


def read_markup(values: Values) -> Markup:
    """The reply_markup of a call. Raises Refused for what is none."""
    if not values.get("reply_markup"):
        return NONE
    raw = nested(values, "reply_markup")
    if not isinstance(raw, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in raw:
        rows = [row for row in ([_inline(one) for one in row] for row in _rows(raw["inline_keyboard"])) if row]
        # A page opens in private chats only; the ids of groups are below 0.
        if str(values.get("chat_id")).startswith("-") and any("web_app" in one for row in rows for one in row):
            raise bad("BUTTON_TYPE_INVALID")
        return Markup(rows=rows)
    if "keyboard" in raw:
        rows = [row for row in ([_plain(one) for one in row] for row in _rows(raw["keyboard"])) if row]
        if not rows:
            raise bad("reply markup is empty")
        return Markup(keyboard=rows, one_time=bool(raw.get("one_time_keyboard")))
    if raw.get("remove_keyboard"):
        return Markup(removes=True)
    if raw.get("force_reply"):
        return Markup(force_reply=True)
    return NONE


def _rows(raw: Any) -> list[list[Any]]:
    if not isinstance(raw, list) or any(not isinstance(row, list) for row in raw):
        raise bad("can't parse keyboard: expected an Array of Arrays")
    return raw


def _inline(one: Any) -> dict[str, Any]:
    def wrong(text: str) -> Refused:
        return bad(f"can't parse inline keyboard button: {text}")

    if not isinstance(one, dict):
        raise wrong("expected an Object")
    text = one.get("text")
    if not isinstance(text, str):
        raise wrong('Can\'t find field "text"')
    if not text.strip():
        raise bad("keyboard button text must be non-empty")
    if one.get("style") is not None and one["style"] not in _STYLES:
        raise wrong("Invalid button style specified")
    kinds = [name for name in _KINDS if one.get(name) is not None]
    if not kinds:
        raise wrong("Text buttons are unallowed in the inline keyboard")
    data = one.get("callback_data")
    if data is not None and not isinstance(data, str):
        raise wrong('Field "callback_data" must be of type String')
    if "url" in kinds:
        link = checked_link(str(one["url"]))
        if not link:
            raise bad(f"inline keyboard button URL '{one['url']}' is invalid: Wrong HTTP URL")
        one = {**one, "url": link}
    if "web_app" in kinds:
        page = one["web_app"].get("url") if isinstance(one["web_app"], dict) else None
        if not isinstance(page, str):
            raise wrong('Can\'t find field "url"')
        problem = page_problem(page)
        if problem is not None:
            raise bad(f"inline keyboard button Web App URL '{page}' is invalid: {problem}")
    return {name: value for name, value in one.items() if value is not None}


def _plain(one: Any) -> dict[str, Any]:
    if isinstance(one, str):
        one = {"text": one}
    if not isinstance(one, dict) or not isinstance(one.get("text"), str):
        raise bad("can't parse keyboard button: Can't find field \"text\"")
    if not one["text"].strip():
        raise bad("keyboard button text must be non-empty")
    return {name: value for name, value in one.items() if value not in (None, False)}
