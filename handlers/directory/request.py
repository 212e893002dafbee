"""Asking for a place: for a child, the family, or (a mentor) a pupil whom nothing names; seen and cancelled at any time."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.directory import home, shown, told
from handlers.incoming import Wrote
from handlers.texts import Block
from models.directory import cards, naming, own, requests
from models.directory.content import ASKED, Card
from models.directory.requests import HOLDING, Made, Request, State
from models.duties import forms
from models.duties.forms import Asked
from models.people import RoleKind
from models.safeguarding import signals
from models.standing import Line, roles

FAMILY, PUPIL = 0, 1
"""In the place of a child's row: the whole family; a pupil of the mentor's."""
SHOWN = 8


def rows(context: Context) -> list[list[say.Button]]:
    """On the first screen: what I have asked for."""
    mine = [one for one in own.of_people(context.unit, context.who.person_ids) if one.state in HOLDING]
    return [[context.button("button.directory_mine_count", "drmine", count=len(mine))]] if mine else []


def _children(context: Context, school_id: int) -> list[Line]:
    found: dict[int, Line] = {}
    for one in context.who.children:
        if one.school_id == school_id:
            found.setdefault(one.pupil_id, one)
    return list(found.values())


def _asked(context: Context, card_id: int) -> tuple[Card, int] | None:
    """A card for which one can ask, and the school as whose member."""
    card, school_id = home.card_of(context, card_id), cards.school_of(context.who)
    if card is None or school_id is None:
        return None
    if card.sign_up not in ASKED:
        context.toast("directory.gone", alert=True)
        return None
    return card, school_id


def ask(context: Context, card_id: int) -> None:
    """For whom?"""
    found = _asked(context, card_id)
    if found is None:
        return
    card, school_id = found
    choices = [
        [context.button("button.directory_for_child", "drfor", card.id, one.pupil_id, child=one.pupil_name)]
        for one in _children(context, school_id)
    ]
    if choices:
        choices.append([context.button("button.directory_for_family", "drfor", card.id, FAMILY)])
    if RoleKind.MENTOR in roles(context.unit, context.who):
        choices.append([context.button("button.directory_for_pupil", "drfor", card.id, PUPIL)])
    if not choices:
        context.toast("directory.nobody", alert=True)
        return
    context.toast()
    context.change(
        "directory.for_whom",
        buttons=[*choices, [context.button("button.directory_card", "drcard", card.id)]],
        name=shown.name(context, card),
    )


def for_whom(context: Context, card_id: int, key: int) -> None:
    """A word with it? It need not be."""
    found = _asked(context, card_id)
    if found is None:
        return
    card, _ = found
    if _who(context, found[1], key) is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "drword", card.id, str(key))
    context.change(
        "directory.word_ask_mentor" if key == PUPIL else "directory.word_ask",
        buttons=[
            [context.button("button.directory_go", "drgo", card.id, key)],
            [context.button("button.directory_card", "drcard", card.id)],
        ],
        name=shown.name(context, card),
        most=requests.LONGEST,
    )


def _who(context: Context, school_id: int, key: int) -> tuple[int, int | None, int | None, bool] | None:
    """As which person, for which child, of which class, and whether as a mentor. What a button claims is asked anew."""
    if key == PUPIL:
        staff = context.who.staff
        if staff is None or RoleKind.MENTOR not in roles(context.unit, context.who):
            return None
        return staff.person_id, None, None, True
    children = _children(context, school_id)
    line = next((one for one in children if key in (FAMILY, one.pupil_id)), None)
    if line is None:
        return None
    pupil = None if key == FAMILY else line.pupil_id
    return line.guardian_id, pupil, requests.class_of(context.unit, line.pupil_id), False


def go(context: Context, card_id: int, key: int) -> None:
    """Asked, without a word."""
    found = _asked(context, card_id)
    if found is not None:
        forms.end(context.unit, context.who)
        _make(context, *found, key, "")


def takes_word(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Asked, with a word."""
    text = event.text.strip()
    if not text or (signals.find(text) is not None and context.who.staff is None):
        forms.end(context.unit, context.who)
        return False
    if len(text) > requests.LONGEST:
        context.say("directory.word_long", reply_to=event.place_id, most=requests.LONGEST, count=len(text))
        return True
    key, staff = int(wanted.extra or 0), context.who.staff
    if key == PUPIL and staff is not None:
        classes = naming.classes_of_mentor(context.unit, staff.person_id)
        if naming.names_child(context.unit, classes, text):
            context.say("directory.word_child", reply_to=event.place_id)
            return True
    forms.end(context.unit, context.who)
    found = _asked(context, wanted.subject_id)
    if found is None:
        context.say("directory.gone", buttons=[home.back(context)], reply_to=event.place_id)
        return True
    _make(context, *found, key, text)
    return True


def _make(context: Context, card: Card, school_id: int, key: int, word: str) -> None:
    who = _who(context, school_id, key)
    if who is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    unit = context.unit
    person, pupil, class_id, as_mentor = who
    came, row = requests.make(
        unit,
        card,
        school_id,
        person,
        context.school.zone,
        pupil_id=pupil,
        class_id=class_id,
        as_mentor=as_mentor,
        word=word,
    )
    request = None if row is None else requests.one(unit, row)
    key_ = f"directory.made_{came.value}"
    if request is not None and came is Made.ASKED and not told.deciders(unit, context.school, card, request):
        key_ = "directory.made_nobody"
    buttons = [home.back(context)]
    if came in (Made.ASKED, Made.TAKEN, Made.TWICE, Made.MANY):
        buttons.insert(0, [context.button("button.directory_mine", "drmine")])
    most = {"most": requests.MOST_OF_MENTOR} if came is Made.MANY else {}
    context.change(key_, buttons=buttons, name=shown.name(context, card), **most)


# --- mine ---


def mine(context: Context) -> None:
    """What I have asked for, the newest first, each with what became of it."""
    found = own.of_people(context.unit, context.who.person_ids)[:SHOWN]
    context.toast()
    lines, rows_ = [], list[list[say.Button]]()
    for one in found:
        card = cards.whatever(context.unit, one.card_id)
        if card is None:
            continue
        lines.append(_line(context, one, card))
        if one.state in HOLDING:
            name = shown.name(context, card)
            rows_.append([context.button("button.directory_cancel", "drcancel", one.id, name=name)])
    rows_.append(home.back(context))
    if not lines:
        context.change("directory.mine_none", buttons=rows_)
        return
    context.change("directory.mine", buttons=rows_, lines=Block("\n".join(lines)))


def _line(context: Context, one: Request, card: Card) -> str:
    child = next((line.pupil_name for line in context.who.children if line.pupil_id == one.pupil_id), "")
    whom = context.words("directory.whom_pupil") if one.as_mentor else child or context.words("directory.whom_family")
    state = context.words(f"directory.state_{one.state.value}")
    line = context.words("directory.mine_line", name=shown.name(context, card), whom=whom, state=state)
    return line + context.words("directory.mine_word", word=one.answer) if one.answer else line


def cancel(context: Context, request_id: int) -> None:
    """I do not need it any more."""
    unit = context.unit
    request = requests.one(unit, request_id)
    card = None if request is None else cards.whatever(unit, request.card_id)
    if request is None or card is None or request.person_id not in context.who.person_ids:
        context.toast("help.button_gone", alert=True)
        return
    if not requests.move(unit, request, State.CANCELLED) and not own.put_away(unit, request):
        context.toast("directory.over", alert=True)
        mine(context)
        return
    context.toast("directory.cancelled")
    # A place that was taken at once concerned nobody else.
    if request.state is State.APPROVED and request.decided:
        told.cancelled(unit, context.school, card, request)
    mine(context)


PRESSES: dict[str, Press] = {
    "drask": Press(ask, (int,)),
    "drfor": Press(for_whom, (int, int)),
    "drgo": Press(go, (int, int)),
    "drmine": Press(mine),
    "drcancel": Press(cancel, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"drword": takes_word}
