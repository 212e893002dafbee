"""/classes: what is coming and what has been, for everybody; and the ways to all that one may do about it."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.events import shown
from handlers.incoming import Commanded
from handlers.telling import when
from handlers.texts import Block
from models.events import audience, dates, lists, replies
from models.events.tables import Event

SHOWN = 8
MORE: list[Callable[[Context], list[list[say.Button]]]] = []
"""Rows that other conversations add; menu.py fills it."""


def show(context: Context, _event: Commanded | None = None) -> None:
    """What is coming."""
    if not context.who.has_joined:
        context.say("help.stranger")
        return
    context.toast()
    unit, now = context.unit, context.unit.now_ms
    mine = [one for one in lists.mine(unit, context.who) if one.ends_at > now and one.state in ("planned", "announced")]
    own = {one.id for one in mine}
    known = [one for one in lists.invited(unit, context.who) if one.id not in own]
    # Of several dates the one that was chosen.
    ahead = lists.ahead([_chosen(context, one) for one in known], now)
    lines, rows = [], list[list[say.Button]]()
    for events_, heading, action in ((mine, "classes.mine", "evlead"), (ahead, "classes.ahead", "evshow")):
        if not events_:
            continue
        lines += [context.words(heading), *(_line(context, one, own=one.id in own) for one in events_[:SHOWN])]
        rows += [[context.named(_name(context, one), action, one.id)] for one in events_[:SHOWN]]
    if not lines:
        lines.append(context.words("classes.none"))
    if lists.past(known, now) or lists.past(lists.mine(unit, context.who), now):
        rows.append([context.button("button.classes_past", "cpast", 0)])
    for more in MORE:
        rows += more(context)
    context.change("classes.view", buttons=rows, lines=Block("\n".join(lines)))


def _name(context: Context, one: Event) -> str:
    day = when(context.language, one.starts_at, context.school.zone)
    return f"{day} {shown.title(context.unit, one, context.language)}"


def _line(context: Context, one: Event, *, own: bool) -> str:
    line = context.words(
        "classes.line",
        what=shown.title(context.unit, one, context.language),
        time=when(context.language, one.starts_at, context.school.zone),
        classes=shown.groups(context.unit, one, context.language),
    ).rstrip(" ·")
    if own:
        return line
    for person in context.who.person_ids:
        found = replies.of(context.unit, one.id, person)
        if found is not None:
            return line + context.words(f"classes.is_{found[0].value}")
    return line


def _chosen(context: Context, one: Event) -> Event:
    person = audience.invited_as(context.unit, one, context.who.person_ids)
    return one if person is None else dates.stands_for(context.unit, one, person)[0]


def past(context: Context, page: int) -> None:
    """What has been, the latest first, with the notes of each."""
    context.toast()
    unit, now = context.unit, context.unit.now_ms
    mine = lists.past(lists.mine(unit, context.who), now)
    own = {one.id for one in mine}
    every = sorted(
        [*mine, *(one for one in lists.past(lists.invited(unit, context.who), now) if one.id not in own)],
        key=lambda one: -one.starts_at,
    )
    found = every[page * SHOWN : (page + 1) * SHOWN]
    rows = [[context.named(_name(context, one), "evlead" if one.id in own else "evshow", one.id)] for one in found]
    turn = [context.button("button.earlier", "cpast", page - 1)] if page else []
    if len(every) > (page + 1) * SHOWN:
        turn.append(context.button("button.more", "cpast", page + 1))
    context.change(
        "classes.past" if found else "classes.none_past",
        buttons=[*rows, turn, [context.button("button.classes_back", "clist")]],
    )


COMMANDS: dict[str, CommandHandler] = {"classes": show}
PRESSES: dict[str, Press] = {"clist": Press(show), "cpast": Press(past, (int,))}
