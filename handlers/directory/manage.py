"""What an admin does with the directory: the pick of the month, hide and show, end, and a card written in one message."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.directory import home, shown
from handlers.incoming import Wrote
from handlers.texts import Block
from models.base import new_id
from models.directory import cards, content, importing, reading
from models.directory.content import PARENT, Card, SignUp
from models.duties import forms
from models.duties.forms import Asked
from models.roster.faults import Fault, FileFaults
from models.standing import administers

PAGE = 8
MOST_FAULTS = 8


def _school(context: Context) -> int | None:
    found = cards.school_of(context.who)
    return found if found is not None and found in administers(context.unit, context.who) else None


def rows(context: Context) -> list[list[say.Button]]:
    """On the first screen, for admins."""
    return [[context.button("button.directory_manage", "drman", 0)]] if _school(context) is not None else []


def _admin(context: Context) -> int | None:
    found = _school(context)
    if found is None:
        context.toast("help.button_gone", alert=True)
    return found


def show(context: Context, page: int) -> None:
    """Every card of today, those that are hidden too."""
    school_id = _admin(context)
    if school_id is None:
        return
    context.toast()
    every = cards.managed(context.unit, school_id, context.school.zone)
    page = min(max(page, 0), max(len(every) - 1, 0) // PAGE)
    rows_ = [
        [context.named(("" if seen else "🚫 ") + shown.on_button(context, one), "drcard", one.id)]
        for one, seen in every[page * PAGE : (page + 1) * PAGE]
    ]
    turn = [context.button("button.earlier", "drman", page - 1)] if page else []
    if (page + 1) * PAGE < len(every):
        turn.append(context.button("button.more", "drman", page + 1))
    rows_ += [turn, [context.button("button.directory_add", "dradd")], home.back(context)]
    context.change("directory.manage", buttons=rows_)


def of_card(context: Context, card: Card) -> list[list[say.Button]]:
    """Below a card, for admins."""
    school_id = _school(context)
    if school_id is None:
        return []
    month = cards.today_in(context.unit, context.school.zone)
    if cards.hides(context.unit, school_id, card.id):
        return [[context.button("button.directory_show", "drshow", card.id)], *_end(context, card, school_id)]
    picked = cards.picked(context.unit, school_id, month) == card.id
    return [
        [context.button("button.directory_unpick" if picked else "button.directory_pick", "drpick", card.id)],
        [context.button("button.directory_hide", "drhide", card.id)],
        *_end(context, card, school_id),
    ]


def _end(context: Context, card: Card, school_id: int) -> list[list[say.Button]]:
    # A parent's card ends when the parent takes it back; the school can hide it.
    if card.school_id != school_id or card.kind.code == PARENT:
        return []
    return [[context.button("button.directory_end", "drend", card.id)]]


def pick(context: Context, card_id: int) -> None:
    """The pick of this month, or no longer."""
    school_id, card = _admin(context), home.card_of(context, card_id)
    if school_id is None or card is None:
        return
    unit, month = context.unit, cards.today_in(context.unit, context.school.zone)
    if cards.picked(unit, school_id, month) == card_id:
        cards.unpick(unit, school_id, month)
        context.toast("directory.unpicked")
    else:
        cards.pick(unit, school_id, card_id, month)
        context.toast("directory.picked")
    home.say_card(context, card)


def hide(context: Context, card_id: int) -> None:
    """Not shown in this school."""
    school_id, card = _admin(context), home.card_of(context, card_id)
    if school_id is None or card is None:
        return
    cards.hide(context.unit, school_id, card_id)
    context.toast("directory.hidden")
    home.say_card(context, card)


def unhide(context: Context, card_id: int) -> None:
    """Shown again."""
    school_id, card = _admin(context), home.card_of(context, card_id)
    if school_id is None or card is None:
        return
    cards.show(context.unit, school_id, card_id)
    context.toast("directory.shown")
    home.say_card(context, card)


def ask_end(context: Context, card_id: int) -> None:
    """Really? Requests on it end with it."""
    school_id, card = _admin(context), home.card_of(context, card_id)
    if school_id is None or card is None or not _end(context, card, school_id):
        return
    context.toast()
    context.change(
        "directory.end_ask",
        buttons=[
            [context.button("button.directory_end_yes", "drendyes", card_id)],
            [context.button("button.directory_card", "drcard", card_id)],
        ],
        name=shown.name(context, card),
    )


def end(context: Context, card_id: int) -> None:
    """It has ended."""
    school_id = _admin(context)
    if school_id is None:
        return
    if cards.end(context.unit, school_id, card_id):
        context.toast("directory.ended")
    else:
        context.toast("directory.gone", alert=True)
    show(context, 0)


# --- a card in one message ---


def add(context: Context) -> None:
    """How to write a card in the chat."""
    if _admin(context) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "dradd", 0)
    kinds = "、" if context.language == "zh_CN" else ", "
    names = kinds.join(one.title(context.language) for one in content.kinds() if one.code != PARENT)
    context.change("directory.add_ask", buttons=[[context.button("button.directory_manage", "drman", 0)]], kinds=names)


def takes_card(context: Context, event: Wrote, _wanted: Asked) -> bool:
    """A card, a line for each heading; what is wrong is said all at once, and it is waited for again."""
    school_id = _school(context)
    if school_id is None:
        forms.end(context.unit, context.who)
        return False
    try:
        line = reading.of_text(event.text, f"chat-{new_id():x}")
        importing.take(context.unit, school_id, [line], today=cards.today_in(context.unit, context.school.zone))
    except FileFaults as error:
        lines = [_fault(context, one) for one in error.faults[:MOST_FAULTS]]
        rows_ = [[context.button("button.directory_manage", "drman", 0)]]
        context.say("directory.add_wrong", buttons=rows_, reply_to=event.place_id, lines=Block("\n".join(lines)))
        return True
    forms.end(context.unit, context.who)
    every = cards.managed(context.unit, school_id, context.school.zone)
    fresh = next(one for one, _ in every if one.code == line.code)
    rows_ = [[context.button("button.directory_card", "drcard", fresh.id)], home.back(context)]
    context.say("directory.added", buttons=rows_, reply_to=event.place_id, name=shown.name(context, fresh))
    return True


def _fault(context: Context, one: Fault) -> str:
    """A fault in the reader's words: the heading, and what is expected there."""
    column = one.column if one.column in reading.HEADINGS else "line"
    heading = reading.HEADINGS[column][0] if column in reading.HEADINGS else one.value or ""
    return context.words(f"directory.fault_{column}", heading=heading, sign_ups=_sign_ups(context))


def _sign_ups(context: Context) -> str:
    between = "、" if context.language == "zh_CN" else ", "
    asked = (SignUp.NONE, SignUp.OPEN, SignUp.ADMIN, SignUp.CHIEF, SignUp.EVENTS)
    return between.join(context.words(f"directory.sign_up_{one.value}") for one in asked)


PRESSES: dict[str, Press] = {
    "drman": Press(show, (int,)),
    "drpick": Press(pick, (int,)),
    "drhide": Press(hide, (int,)),
    "drshow": Press(unhide, (int,)),
    "drend": Press(ask_end, (int,)),
    "drendyes": Press(end, (int,)),
    "dradd": Press(add),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"dradd": takes_card}
