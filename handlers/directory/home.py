"""/directory: what the school can point to, by kind, by stage or by typed words; each card one tap away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.directory import shown
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block
from models.directory import cards, content, lookups, searching
from models.directory import own as own_requests
from models.directory.content import ASKED, Card, SignUp
from models.directory.requests import HOLDING
from models.duties import forms
from models.duties.forms import Asked
from models.safeguarding import signals
from models.standing import administers

PAGE = 6
ALL = "all"
"""In the place of a stage."""
MORE: list[Callable[[Context], list[list[say.Button]]]] = []
"""Rows of the first screen that other conversations add; menu.py fills it."""
OF_CARD: list[Callable[[Context, Card], list[list[say.Button]]]] = []
"""Rows below a card that other conversations add."""


def school(context: Context) -> int | None:
    """The school whose directory this account sees; says so where there is none."""
    found = cards.school_of(context.who)
    if found is None:
        context.toast()
        context.say("help.stranger")
    return found


def back(context: Context) -> list[say.Button]:
    """The way to the first screen."""
    return [context.button("button.directory_back", "dir")]


def show(context: Context, event: Commanded | None = None) -> None:
    """The first screen; with words after the command, what they find."""
    school_id = school(context)
    if school_id is None:
        return
    if event is not None and event.argument.strip():
        _search(context, school_id, event.argument)
        return
    context.toast()
    seen = _seen(context, school_id)
    counts = Counter(one.kind.code for one in seen)
    rows: list[list[say.Button]] = []
    pick = _pick(context, school_id, seen)
    if pick is not None:
        rows.append([context.named(f"⭐ {shown.name(context, pick)}", "drcard", pick.id)])
    kinds = [
        context.named(f"{one.sign} {one.title(context.language)} {counts[one.code]}", "drkind", one.code, ALL, 0)
        for one in content.kinds()
        if counts[one.code]
    ]
    rows += [kinds[at : at + 2] for at in range(0, len(kinds), 2)]
    rows.append([context.button("button.directory_find", "drfind")])
    for more in MORE:
        rows += more(context)
    rows.append([context.button("button.more_back", "more")])
    if pick is None:
        context.change("directory.view", buttons=rows)
        return
    about = Block("\n".join([shown.name(context, pick), *shown.lines(context, pick)[:1]]))
    context.change("directory.view_pick", buttons=rows, pick=about)


def _seen(context: Context, school_id: int) -> list[Card]:
    return cards.seen(context.unit, school_id, context.school.zone, context.who.person_ids)


def _pick(context: Context, school_id: int, seen: Sequence[Card]) -> Card | None:
    month = cards.today_in(context.unit, context.school.zone).replace(day=1)
    picked = cards.picked(context.unit, school_id, month)
    return next((one for one in seen if one.id == picked), None)


def listing(context: Context, code: str, stage: str, page: int) -> None:
    """The cards of a kind, page by page; of one stage, where that was chosen."""
    school_id, kind = school(context), content.kind_of(code)
    if school_id is None:
        return
    if kind is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    of_kind = [one for one in _seen(context, school_id) if one.kind == kind]
    found = [one for one in of_kind if stage not in content.STAGES or not one.stages or stage in one.stages]
    rows, page = _page(context, found, page)
    used = [one for one in content.STAGES if any(one in card.stages for card in of_kind)]
    if used:
        chosen = stage if stage in content.STAGES else ALL
        rows.append(
            [
                context.named(
                    ("✓ " if one == chosen else "") + context.words(f"directory.stage_{one}"), "drkind", code, one, 0
                )
                for one in (ALL, *used)
            ]
        )
    rows.append(_turn(context, len(found), page, "drkind", code, stage))
    key = "directory.list" if found else "directory.list_none"
    context.change(key, buttons=[*rows, back(context)], kind=kind.title(context.language))


def _page(context: Context, found: Sequence[Card], page: int) -> tuple[list[list[say.Button]], int]:
    page = min(max(page, 0), max(len(found) - 1, 0) // PAGE)
    part = found[page * PAGE : (page + 1) * PAGE]
    return [[context.named(shown.on_button(context, one), "drcard", one.id)] for one in part], page


def _turn(context: Context, count: int, page: int, action: str, *args: str) -> list[say.Button]:
    turn = [context.button("button.earlier", action, *args, page - 1)] if page else []
    if (page + 1) * PAGE < count:
        turn.append(context.button("button.more", action, *args, page + 1))
    return turn


# --- a card ---


def card_of(context: Context, card_id: int) -> Card | None:
    """A card that this account may see: an admin also one that the school hides. Otherwise the button leads nowhere."""
    school_id = cards.school_of(context.who)
    found = (
        None
        if school_id is None
        else cards.one(context.unit, card_id, school_id, context.school.zone, context.who.person_ids)
    )
    if found is None and school_id is not None and school_id in administers(context.unit, context.who):
        found = cards.managed_one(context.unit, card_id, school_id, context.school.zone)
    if found is None:
        context.toast("directory.gone", alert=True)
    return found


def card(context: Context, card_id: int) -> None:
    """A card, whole."""
    found = card_of(context, card_id)
    if found is None:
        return
    context.toast()
    say_card(context, found)


def say_card(context: Context, found: Card) -> None:
    """Shows a card with all that can be done about it."""
    lines, rows = shown.lines(context, found), list[list[say.Button]]()
    mine = [one for one in own_requests.of_people(context.unit, context.who.person_ids) if one.card_id == found.id]
    lines += [context.words(f"directory.mine_{one.state.value}") for one in mine if one.state in HOLDING][:1]
    own = found.offered_by in context.who.person_ids
    if found.sign_up in ASKED and found.left != 0 and not own:
        rows.append([context.button("button.directory_ask", "drask", found.id)])
    if any(one.state in HOLDING for one in mine):
        rows.append([context.button("button.directory_mine", "drmine")])
    if found.sign_up is SignUp.EVENTS:
        rows.append([context.button("button.directory_events", "clist")])
    for more in OF_CARD:
        rows += more(context, found)
    context.change(
        "directory.card",
        buttons=[*rows, back(context)],
        kind=f"{found.kind.sign} {found.kind.title(context.language)}",
        name=shown.name(context, found),
        lines=Block("\n".join(lines)),
    )


# --- search ---


def find(context: Context) -> None:
    """What are you looking for?"""
    if school(context) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "drsearch", 0)
    context.change("directory.find_ask", buttons=[back(context)])


def takes_search(context: Context, event: Wrote, _wanted: Asked) -> bool:
    """The words, as they were typed."""
    forms.end(context.unit, context.who)
    school_id, text = cards.school_of(context.who), event.text.strip()
    if school_id is None:
        return False
    _search(context, school_id, text)
    return True


def _search(context: Context, school_id: int, text: str) -> None:
    if signals.find(text) is not None:
        # Typed behind the command, where nobody else looks for it: people first, then the help lines.
        rows = [[context.button("button.urgent_danger", "udanger", 0)]]
        rows += [[context.named(shown.on_button(context, one), "drcard", one.id)] for one in content.everywhere()]
        context.say("directory.danger", buttons=[*rows, back(context)])
        return
    words = " ".join(text.split())
    if len(words) > searching.LONGEST:
        # That may be a letter: it goes nowhere unasked.
        rows = [[context.button("button.directory_find_again", "drfind")], back(context)]
        context.say("directory.find_long", buttons=rows, most=searching.LONGEST)
        return
    lookups.keep(context.unit, context.who.account_id, words)
    _found(context, school_id, words, 0)


def found(context: Context, page: int) -> None:
    """A page of what the last words find."""
    school_id, words = school(context), lookups.last(context.unit, context.who.account_id)
    if school_id is None:
        return
    if words is None:
        find(context)
        return
    context.toast()
    _found(context, school_id, words, page)


def _found(context: Context, school_id: int, words: str, page: int) -> None:
    hits = searching.search(_seen(context, school_id), words)
    rows, page = _page(context, hits, page)
    rows.append(_turn(context, len(hits), page, "drfound"))
    rows.append([context.button("button.directory_find_again", "drfind")])
    key = "directory.found" if hits else "directory.found_none"
    values = {"count": len(hits)} if hits else {}
    context.change(key, buttons=[*rows, back(context)], words=words, **values)


COMMANDS: dict[str, CommandHandler] = {"directory": show}
PRESSES: dict[str, Press] = {
    "dir": Press(show),
    "drkind": Press(listing, (str, str, int)),
    "drcard": Press(card, (int,)),
    "drfind": Press(find),
    "drfound": Press(found, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"drsearch": takes_search}
