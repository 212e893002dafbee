"""Answering a request: yes, yes with a word (another time), not this time. Nothing of it leaves the school by itself."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.copies import relation_word
from handlers.directory import home, shown, told
from handlers.incoming import Wrote
from handlers.texts import Block, plain
from models.directory import cards, deciding, requests
from models.directory.content import PARENT, Card
from models.directory.requests import Request, State
from models.duties import forms
from models.duties.forms import Asked

SHOWN = 10


def rows(context: Context) -> list[list[say.Button]]:
    """On the first screen: what waits for this account's answer."""
    found = _waiting(context)
    return [[context.button("button.directory_waiting", "drwait", count=len(found))]] if found else []


def _waiting(context: Context) -> list[tuple[Request, Card]]:
    found = deciding.waiting(context.unit, context.who)
    every = {one: card for one in {one.card_id for one in found} if (card := cards.whatever(context.unit, one))}
    return [(one, every[one.card_id]) for one in found if one.card_id in every]


def waiting(context: Context) -> None:
    """The requests that wait, the oldest first: no more than what for."""
    found = _waiting(context)
    context.toast()
    rows_ = [[context.named(shown.on_button(context, card), "drreq", one.id)] for one, card in found[:SHOWN]]
    key = "directory.waiting" if found else "directory.waiting_none"
    context.change(key, buttons=[*rows_, home.back(context)])


def _mine(context: Context, request_id: int) -> tuple[Request, Card, int] | None:
    """A request that this account may answer, its card, and as whom; otherwise the button leads nowhere."""
    request = requests.one(context.unit, request_id)
    card = None if request is None else cards.whatever(context.unit, request.card_id)
    person = None if request is None or card is None else deciding.decides(context.unit, context.who, request)
    if request is None or card is None or person is None:
        context.toast("help.button_gone", alert=True)
        return None
    return request, card, person


def see(context: Context, request_id: int) -> None:
    """One request: who asks, as far as that is needed."""
    found = _mine(context, request_id)
    if found is None:
        return
    request, card, person = found
    if request.state is not State.OPEN:
        _over(context)
        return
    context.toast()
    _show(context, request, card, person)


def _over(context: Context) -> None:
    if context.pressed is None:
        context.say("directory.answered", buttons=[*rows(context), home.back(context)])
        return
    context.toast("directory.answered", alert=True)
    waiting(context)


def _show(context: Context, request: Request, card: Card, person: int) -> None:
    who = deciding.asker(context.unit, request, person)
    if request.as_mentor:
        line = context.words("directory.from_mentor", mentor=who.mentor)
    else:
        relation = relation_word(context.language, who.relation)
        key = "directory.from_child" if who.child else "directory.from_family"
        line = context.words(key, group=who.group, relation=relation, **({"child": who.child} if who.child else {}))
    lines = [line]
    if request.word:
        lines.append(context.words("directory.from_word", word=plain(request.word)))
    lines += [context.words("directory.arranging_parent" if card.kind.code == PARENT else "directory.arranging")]
    context.change(
        "directory.request",
        buttons=[
            [context.button("button.directory_yes", "dryes", request.id)],
            [context.button("button.directory_yes_word", "dryesw", request.id)],
            [context.button("button.directory_no", "drno", request.id)],
            home.back(context),
        ],
        name=shown.name(context, card),
        lines=Block("\n".join(lines)),
    )


def yes(context: Context, request_id: int) -> None:
    """Yes."""
    _answer(context, request_id, State.APPROVED)


def no(context: Context, request_id: int) -> None:
    """Not this time."""
    _answer(context, request_id, State.DECLINED)


def with_word(context: Context, request_id: int) -> None:
    """Yes, and a word: another time, what to bring."""
    found = _mine(context, request_id)
    if found is None:
        return
    if found[0].state is not State.OPEN:
        _over(context)
        return
    context.toast()
    forms.ask(context.unit, context.who, "dryesw", request_id)
    context.change(
        "directory.answer_ask",
        buttons=[[context.button("button.directory_request", "drreq", request_id)]],
        most=requests.LONGEST,
    )


def takes_answer(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The word, as it was typed."""
    text = event.text.strip()
    if len(text) > requests.LONGEST:
        context.say("directory.word_long", reply_to=event.place_id, most=requests.LONGEST, count=len(text))
        return True
    forms.end(context.unit, context.who)
    _answer(context, wanted.subject_id, State.APPROVED, text)
    return True


def _answer(context: Context, request_id: int, state: State, word: str = "") -> None:
    found = _mine(context, request_id)
    if found is None:
        if context.pressed is None:
            context.say("directory.answered", buttons=[home.back(context)])
        return
    request, card, person = found
    unit = context.unit
    until = requests.holds_until(unit, card, context.school.zone) if state is State.APPROVED else None
    if not requests.move(unit, request, state, by=person, answer=word, until=until):
        _over(context)
        return
    context.toast()
    told.asker(unit, context.school, card, request, state, word)
    if state is State.APPROVED and card.kind.code == PARENT:
        told.parent(unit, context.school, card, request)
    rows_ = [*rows(context), home.back(context)]
    context.change(f"directory.said_{state.value}", buttons=rows_, name=shown.name(context, card))


PRESSES: dict[str, Press] = {
    "drwait": Press(waiting),
    "drreq": Press(see, (int,)),
    "dryes": Press(yes, (int,)),
    "dryesw": Press(with_word, (int,)),
    "drno": Press(no, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"dryesw": takes_answer}
