"""/write: a mentor starts from an item of the checklist: words to begin with, one family or several, each its own message."""

from __future__ import annotations

import json
import re

from sqlmodel import col, select

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.copies import relation_word
from handlers.incoming import Commanded, Wrote
from handlers.relay import relay
from handlers.texts import Rich, render, units
from models.base import new_id
from models.checklist import coverage, items
from models.checklist.items import Item
from models.checklist.tables import Composition
from models.conversation import Body
from models.duties import forms, marks
from models.standing import Line, Standing, families
from models.unit import Unit, sql

PAGE = 10
USEFUL = 6 * 3_600_000
"""Milliseconds after which a half-written message is no longer waited for."""
BLANK = re.compile(r"【[^】]*】|\[[^\]]*\]")
FAMILIES, TEXT, READY = "families", "text", "ready"

_END = sql("UPDATE composition SET ended_at = :now WHERE account_id = :account AND ended_at IS NULL")
_SEND = sql("UPDATE composition SET ended_at = :now WHERE id = :id AND account_id = :account AND ended_at IS NULL")


def ends(unit: Unit, who: Standing) -> None:
    """Nothing is being written any more."""
    unit.write(_END, account=who.account_id, now=unit.now_ms)


def _open(unit: Unit, who: Standing, composition_id: int | None = None) -> Composition | None:
    query = select(Composition).where(Composition.account_id == who.account_id, col(Composition.ended_at).is_(None))
    if composition_id is not None:
        query = query.where(Composition.id == composition_id)
    found = unit.session.exec(query).first()
    return found if found is not None and found.started_at > unit.now_ms - USEFUL else None


def _own(context: Context) -> list[Line]:
    own = [line for line in families(context.unit, context.who) if line.confirmed]
    return sorted(own, key=lambda line: (line.school_class, line.pupil_name, line.guardianship_id))


# --- which item ---


def ask(context: Context, _event: Commanded | None = None) -> None:
    """/write: which topic? Good news stands first."""
    if context.who.staff is None or not families(context.unit, context.who):
        context.say("families.none")
        return
    context.toast()
    if not _own(context):
        context.change("compose.nobody", buttons=[[context.button("button.notes", "nlist", 0)]])
        return
    all_items = items.current(context.unit, context.who.staff.school_id)
    letters: dict[str, Item] = {}
    for one in all_items:
        letters.setdefault(one.letter, one)
    buttons = [
        context.named(one.category(context.language), "kwcat", letter) for letter, one in sorted(letters.items())
    ]
    good = items.by_code(context.unit, context.who.staff.school_id, "A3")
    rows = [[context.named(f"★ {good.title(context.language)}", "kwitem", good.id)]] if good is not None else []
    rows += [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    rows.append([context.button("button.notes", "nlist", 0)])
    context.change("compose.topic", buttons=rows)


def category(context: Context, letter: str) -> None:
    """A category was chosen: which item?"""
    staff = context.who.staff
    if staff is None:
        return
    context.toast()
    of_letter = [
        one for one in items.current(context.unit, staff.school_id) if one.letter == letter and one.may_be_written
    ]
    buttons = [context.named(one.title(context.language), "kwitem", one.id) for one in of_letter]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    context.change("compose.item", buttons=[*rows, [context.button("button.back", "kw")]])


def begin(context: Context, item_id: int) -> None:
    """An item was chosen: to whom?"""
    _begin(context, item_id, [])


def about_pupil(context: Context, pupil_id: int, item_id: int) -> None:
    """From the checklist of a pupil: the item and the family are chosen already."""
    chosen = [line.guardianship_id for line in _own(context) if line.pupil_id == pupil_id]
    _begin(context, item_id, chosen)


def _begin(context: Context, item_id: int, chosen: list[int]) -> None:
    unit, who = context.unit, context.who
    found = items.item(unit, item_id)
    if found is None or not found.may_be_written or who.staff is None or not _own(context):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    ends(unit, who)
    forms.end(unit, who)
    fresh = Composition(
        id=new_id(),
        account_id=who.account_id,
        item_id=item_id,
        chosen=json.dumps(chosen),
        step=FAMILIES,
        started_at=unit.now_ms,
    )
    unit.session.add(fresh)
    unit.session.flush()
    _families(context, fresh, 0)


# --- to whom ---


def _families(context: Context, one: Composition, page: int) -> None:
    own, chosen = _own(context), set(json.loads(one.chosen))
    shown = own[page * PAGE : page * PAGE + PAGE]
    rows = [
        [
            context.named(
                f"{'✓ ' if line.guardianship_id in chosen else ''}{line.pupil_name} · "
                f"{relation_word(context.language, line.relation)}{_often(context, line)}",
                "kwto",
                one.id,
                line.guardianship_id,
                page,
            )
        ]
        for line in shown
    ]
    pages = (len(own) + PAGE - 1) // PAGE
    turn = []
    if page:
        turn.append(context.button("button.earlier", "kwto", one.id, 0, page - 1))
    if page + 1 < pages:
        turn.append(context.button("button.more", "kwto", one.id, 0, page + 1))
    last = [context.button("button.write_on", "kwtext", one.id, count=len(chosen))] if chosen else []
    found = items.item(context.unit, one.item_id or 0)
    context.change(
        "compose.whom", buttons=[*rows, turn, last], item="" if found is None else found.title(context.language)
    )


def toggle(context: Context, composition_id: int, guardianship_id: int, page: int) -> None:
    """A family is chosen, or not after all; both guardians of a child are two taps and two messages."""
    one = _open(context.unit, context.who, composition_id)
    if one is None:
        context.toast("compose.gone", alert=True)
        return
    context.toast()
    chosen = json.loads(one.chosen)
    if guardianship_id in chosen:
        chosen.remove(guardianship_id)
    elif guardianship_id and guardianship_id in {line.guardianship_id for line in _own(context)}:
        chosen.append(guardianship_id)
    one.chosen = json.dumps(chosen)
    context.unit.session.add(one)
    context.unit.session.flush()
    _families(context, one, page)


def _often(context: Context, line: Line) -> str:
    """How often one has written to this guardian lately, where it is often."""
    many = marks.written_lately(context.unit, [] if line.thread_id is None else [line.thread_id])
    return context.words("compose.often_short", count=many) if many >= marks.OFTEN else ""


# --- the words ---


def words_to_start(context: Context, composition_id: int) -> None:
    """Shows the words to start from, to be copied with a tap, and waits for the text."""
    one = _open(context.unit, context.who, composition_id)
    lines = [] if one is None else _chosen(context, one)
    if one is None or not lines:
        context.toast("compose.gone", alert=True)
        return
    context.toast()
    unit = context.unit
    one.step = TEXT
    unit.session.add(one)
    unit.session.flush()
    stage, _ = coverage.stage_of(unit, lines[0].pupil_id)
    found = items.wording(unit, one.item_id or 0, stage, context.language)
    several = len({line.pupil_id for line in lines}) > 1
    if found is None:
        context.change("compose.write")
        return
    text = f"{found.fact}\n{found.school}\n{found.home}"
    if not several:
        text = text.replace("{child}", lines[0].pupil_name)
    context.change("compose.words")
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.TEXT,
        payload=say.text(Rich(text, ({"type": "pre", "offset": 0, "length": units(text)},))),
    )
    context.say("compose.write_several", child="{child}") if several else context.say("compose.write")


def _chosen(context: Context, one: Composition) -> list[Line]:
    wanted = json.loads(one.chosen)
    own = {line.guardianship_id: line for line in _own(context)}
    return [own[key] for key in wanted if key in own]


def takes(context: Context, event: Wrote) -> bool:
    """The text of a message that is being written: shown once more with its receivers before it goes."""
    if context.who.staff is None or event.media is not None or not event.text:
        return False
    one = _open(context.unit, context.who)
    if one is None or one.step == FAMILIES:
        return False
    unit = context.unit
    lines = _chosen(context, one)
    if not lines:
        ends(unit, context.who)
        return False
    if BLANK.search(event.text):
        context.say("compose.blank", reply_to=event.place_id)
        return True
    named = others_named(context, lines, event.text)
    if named:
        context.say("compose.names_another", child=named, reply_to=event.place_id)
        return True
    one.sealed_text = unit.vault.seal("composition", one.id, "text", event.text)
    one.step = READY
    unit.session.add(one)
    unit.session.flush()
    whom = "、" if context.language == "zh_CN" else ", "
    receivers = whom.join(f"{line.pupil_name} {relation_word(context.language, line.relation)}" for line in lines)
    head = render(context.language, "compose.preview", receivers=receivers)
    text = event.text.replace("{child}", lines[0].pupil_name)
    often = max(marks.written_lately(unit, [line.thread_id]) if line.thread_id is not None else 0 for line in lines)
    foot = "\n\n" + context.words("compose.often", count=often) if often >= marks.OFTEN else ""
    whole = Rich(f"{head.text}\n\n{text}"[: 4000 - len(foot)] + foot, head.spans)
    rows = [
        [context.button("button.send_to", "kwsend", one.id, count=len(lines))],
        [context.button("button.drop", "kwdrop", one.id)],
    ]
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.TEXT,
        payload=say.text(whole, buttons=rows),
    )
    return True


def others_named(context: Context, lines: list[Line], text: str) -> str:
    """An own pupil whom the text names and whom one of the receivers has nothing to do with. Never about another child."""
    for line in families(context.unit, context.who):
        others = [one for one in lines if one.pupil_id != line.pupil_id]
        if others and any(
            name in text and all(name not in one.pupil_name for one in others) for name in _called(line.pupil_name)
        ):
            return line.pupil_name
    return ""


def _called(name: str) -> tuple[str, ...]:
    """How a child is called: by the whole name, and by the given name where that has two characters (张小雨: 小雨)."""
    given = name[1:]
    return (name, given) if len(given) >= 2 and not name.isascii() else (name,)


def send(context: Context, composition_id: int) -> None:
    """Sends it: to each family a message of its own, once however often it is pressed."""
    unit, who = context.unit, context.who
    one = _open(unit, who, composition_id)
    if one is None or one.step != READY or one.sealed_text is None:
        context.toast("compose.gone", alert=True)
        return
    lines = _chosen(context, one)
    text = unit.vault.open("composition", one.id, "text", one.sealed_text)
    if unit.write(_SEND, id=one.id, account=who.account_id, now=unit.now_ms) != 1:
        context.toast("compose.gone", alert=True)
        return
    one.sealed_text = None
    unit.session.add(one)
    context.toast()
    for line in lines:
        body = Body(text.replace("{child}", line.pupil_name))
        relay(context, line, False, body, (), item_id=one.item_id, item_by="mentor")
    context.change("compose.sent", count=len(lines))


def drop(context: Context, composition_id: int) -> None:
    """Not to be sent after all."""
    context.toast()
    if _open(context.unit, context.who, composition_id) is not None:
        ends(context.unit, context.who)
    context.change("choose.dropped")


COMMANDS: dict[str, CommandHandler] = {"write": ask}
PRESSES: dict[str, Press] = {
    "kw": Press(ask),
    "kwcat": Press(category, (str,)),
    "kwitem": Press(begin, (int,)),
    "kwrite": Press(about_pupil, (int, int)),
    "kwto": Press(toggle, (int, int, int)),
    "kwtext": Press(words_to_start, (int,)),
    "kwsend": Press(send, (int,)),
    "kwdrop": Press(drop, (int,)),
}
