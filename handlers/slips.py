"""Joining slips: one-time links as a table (CSV) and as a sheet to print, one slip a person, with a QR code."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

from handlers import say
from handlers.context import Context
from handlers.copies import relation_word
from handlers.texts import LOCALES, render, words
from models.joining import Slip

COLUMNS = ("role", "number", "name", "relation", "link", "expires_at")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def link(username: str, slip: Slip) -> str:
    """The deep link of a slip (Telegram: t.me/<bot>?start=<payload>)."""
    return f"https://t.me/{username}?start={slip.token}"


def as_csv(username: str, slips: Iterable[Slip]) -> bytes:
    """The table, UTF-8 with a byte order mark so that spreadsheets read Chinese; no cell is taken for a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for slip in slips:
        cells = [slip.role, slip.number, slip.name, slip.relation, link(username, slip), slip.expires_at.isoformat()]
        table.writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_sheet(username: str, slips: Iterable[Slip], zone: str) -> bytes:
    """The sheet: HTML that prints on A4, two slips beside each other, cut lines, Chinese and English, QR codes inside."""
    local = ZoneInfo(zone)
    found = [
        {
            "name": slip.name,
            "school": slip.school_name,
            "pupil": slip.pupil_name,
            "group": slip.school_class,
            "zh": words(
                "zh_CN", f"slip.{slip.role}", pupil=slip.pupil_name, relation=relation_word("zh_CN", slip.relation)
            ),
            "en": words("en", f"slip.{slip.role}", pupil=slip.pupil_name, relation=relation_word("en", slip.relation)),
            "link": link(username, slip),
            "qr": segno.make(link(username, slip), error="m", micro=False).svg_inline(scale=3, border=2),
            "until": slip.expires_at.astimezone(local).strftime("%Y-%m-%d"),
        }
        for slip in slips
    ]
    return _template().render(slips=found, username=username).encode()


def hand_out(context: Context, slips: Sequence[Slip], label: str, sheet: str, table: str) -> None:
    """Sends a group's slips to who asked for them: as a sheet to print and as a table. `sheet` and `table` are the keys of
    their captions, which name the group and, of the sheet, how many there are."""
    username = context.school.bot_username
    files = (
        ("html", as_sheet(username, slips, context.school.zone), sheet),
        ("csv", as_csv(username, slips), table),
    )
    for ending, content, key in files:
        caption = render(context.language, key, group=label, count=len(slips))
        context.unit.queue(
            answers=True,
            bot_id=context.who.bot_id,
            chat_id=context.who.user_id,
            kind=say.FILE,
            payload=say.file(f"{label}.{ending}", content, caption),
        )


@cache
def _template() -> Template:
    loader = FileSystemLoader(LOCALES.parent)
    return Environment(loader=loader, autoescape=select_autoescape(["html"])).get_template("slips.html")
