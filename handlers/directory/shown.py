"""How a card is shown: on a button, in a line, and whole."""

from __future__ import annotations

from babel.dates import format_date

from handlers.context import Context
from handlers.texts import listed, plain
from models.directory import cards, offers
from models.directory.content import PARENT, Card

_SHORT = 24


def name(context: Context, card: Card) -> str:
    """How it is called; of a parent's offer the class, and the name where the parent wants it there."""
    if card.kind.code != PARENT:
        return plain(card.content.name(context.language))
    group, parent = cards.offerer(context.unit, card)
    key = "directory.parent_named" if parent else "directory.parent"
    return context.words(key, group=group, **({"name": parent} if parent else {}))


def on_button(context: Context, card: Card) -> str:
    """Its sign and its name; of a parent's offer what it is beside them."""
    title = f"{card.kind.sign} {name(context, card)}"
    if card.kind.code != PARENT:
        return title
    use = plain(card.content.use(context.language))
    return f"{title}：{use}" if len(use) <= _SHORT else f"{title}：{use[: _SHORT - 1]}…"


def lines(context: Context, card: Card) -> list[str]:
    """What stands on it below its name."""
    said, language = card.content, context.language
    found = [plain(said.use(language))]
    if card.kind.code == PARENT and (suits := offers.suits_of(context.unit, card.id)):
        times = listed(language, (context.words(f"directory.suits_{one}") for one in suits))
        found.append(context.words("directory.line_suits", times=times))
    for key, text in (
        ("directory.line_where", said.where),
        ("directory.line_hours", said.times(language)),
        ("directory.line_contact", said.contact),
    ):
        if text:
            found.append(context.words(key, text=text))
    if card.stages:
        stages = listed(language, (context.words(f"directory.stage_{one}") for one in card.stages))
        found.append(context.words("directory.line_stages", stages=stages))
    if card.valid_until is not None:
        day = format_date(card.valid_until, "y年M月d日" if language == "zh_CN" else "d MMMM y", locale=language)
        found.append(context.words("directory.line_until", day=day))
    if card.left is not None:
        key = "directory.line_places" if card.left else "directory.line_full"
        found.append(context.words(key, places=card.places, **({"left": card.left} if card.left else {})))
    return found
