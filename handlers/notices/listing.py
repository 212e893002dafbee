"""Notices named in one message, each with a button that opens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import say, telling
from handlers.notices import feed
from handlers.notices.shown import Sheet
from handlers.texts import Block, words
from models.notices import notices
from models.standing import Reach
from models.unit import Unit
from models.vault import VaultError

MOST = 8
"""Notices in one list: more would not fit a small screen."""


@dataclass(frozen=True, slots=True)
class View:
    """The lines and the buttons of a list."""

    lines: Block
    rows: list[list[say.Button]]


def view(
    unit: Unit,
    reach: Reach,
    notice_ids: Sequence[int],
    *,
    all_button: bool = True,
    sheets: dict[int, Sheet | None] | None = None,
) -> View:
    """The list in a person's language, in the order given; what cannot be read is left out. `sheets` keeps notices that
    are named to many. Rights are the caller's to ask."""
    kept = {} if sheets is None else sheets
    lines, rows = [], []
    for one in notice_ids:
        if one not in kept:
            kept[one] = _sheet(unit, one)
        sheet = kept[one]
        if sheet is None:
            continue
        title = sheet.content.called(reach.language)
        lines.append(words(reach.language, "nlist.line", sender=sheet.says(reach.language), title=title))
        rows.append([telling.button(unit, reach, "button.nf_open", "nlo", one, title=title)])
    if rows and all_button:
        rows.append([telling.button(unit, reach, "button.nf_all", "nlall")])
    return View(Block("\n".join(lines)), rows)


def _sheet(unit: Unit, notice_id: int) -> Sheet | None:
    notice = notices.one(unit, notice_id)
    try:
        return None if notice is None else feed.sheet_of(unit, notice)
    except VaultError:
        return None
