"""/file: whose file, and a file's first page: what is in it, in one screen, each part by a button."""

from __future__ import annotations

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded
from handlers.pupil_file import reader as readers
from handlers.pupil_file.reader import GUARDIAN, MENTOR, Reader
from handlers.texts import Block, plain
from models.duties import forms
from models.pupil_file import cards, carried, entries, existing
from models.standing import Line, families

PAGE = 10
"""Pupils on a page."""
AGREED, VISITS, WRITTEN, BROUGHT = "agreed", "visits", "written", "brought"
PARTS = (*entries.KINDS, AGREED, VISITS, WRITTEN, BROUGHT)


def show(context: Context, _event: Commanded | None = None) -> None:
    """/file: the own children, the own pupils; straight to the file where there is one only."""
    _choose(context, 0)


def turn(context: Context, page: int) -> None:
    """Another page of pupils."""
    _choose(context, page)


def _pupils(context: Context) -> list[Line]:
    """The own pupils and those one covers for, each once."""
    if context.who.staff is None:
        return []
    staff = [one.person_id for one in context.who.selves if one.is_staff]
    found = {one.pupil_id: one for one in families(context.unit, context.who) if one.staff_of(staff) is not None}
    return sorted(found.values(), key=lambda one: (one.school_class, one.pupil_name))


def _choose(context: Context, page: int) -> None:
    if not context.who.has_joined:
        context.say("help.stranger")
        return
    children = {one.pupil_id: one for one in context.who.children}
    pupils = _pupils(context)
    if not children and not pupils:
        context.change("file.nobody", buttons=[[context.button("button.more_back", "more")]])
        return
    if len(children) + len(pupils) == 1:
        side = GUARDIAN if children else MENTOR
        open_(context, side, next(iter(children)) if children else pupils[0].pupil_id)
        return
    context.toast()
    rows: list[list[say.Button]] = []
    if page == 0:
        rows += [
            [context.button("button.file_child", "pfg", one.pupil_id, child=one.pupil_name)]
            for one in children.values()
        ]
    part = pupils[page * PAGE : page * PAGE + PAGE]
    rows += [[context.named(f"{one.pupil_name} · {one.school_class}", "pfm", one.pupil_id)] for one in part]
    turning = []
    if page:
        turning.append(context.button("button.earlier", "pfh", page - 1))
    if (page + 1) * PAGE < len(pupils):
        turning.append(context.button("button.more", "pfh", page + 1))
    context.change("file.choose", buttons=[*rows, turning, [context.button("button.more_back", "more")]])


def not_now(context: Context, side: str, pupil_id: int) -> None:
    """Nothing is written after all. Only this ends what was asked for: who merely opens something may still be about to write
    what is private (forms.LEFT)."""
    forms.end(context.unit, context.who)
    open_(context, side, pupil_id)


def of_guardian(context: Context, pupil_id: int) -> None:
    """A child's file for a guardian."""
    open_(context, GUARDIAN, pupil_id)


def of_mentor(context: Context, pupil_id: int) -> None:
    """A pupil's file for the mentor, or for who covers."""
    open_(context, MENTOR, pupil_id)


def sizes(context: Context, one: Reader) -> dict[str, int]:
    """How many there are in each part, as this reader may see them."""
    unit, found = context.unit, dict(entries.counted(readers.entries_of(context, one)))
    if one.keeper is None:
        found[AGREED] = len(existing.agreed_with(unit, one.pupil_id, one.person_id))
        found[VISITS] = len(existing.visits_of(unit, one.pupil_id, one.person_id))
        found[WRITTEN] = len(existing.notes_to(unit, one.pupil_id, one.person_id))
        found[BROUGHT] = len(cards.brought(unit, one.pupil_id, one.person_id))
    elif not one.keeper.covers:
        found[AGREED] = len(existing.agreed_by(unit, one.keeper))
        found[VISITS] = len(existing.visits_by(unit, one.keeper))
        found[WRITTEN] = len(existing.notes_by(unit, one.keeper))
    return found


def open_(context: Context, side: str, pupil_id: int) -> None:
    """A file's first page."""
    one = readers.opened(context, side, pupil_id)
    if one is None:
        return
    context.toast()
    size, goals = sizes(context, one), readers.goals_of(context, one)
    lines = [context.words(f"file.size_{part}", count=size[part]) for part in PARTS if size.get(part)]
    if goals:
        lines.insert(0, context.words("file.size_goals", count=len(goals)))
    newest = next(
        (found for found in readers.entries_of(context, one) if found.kind == entries.STRENGTH and found.level < 2),
        None,
    )
    if newest is not None:
        lines += ["", context.words("file.newest", text=plain(newest.text))]
    given = _cards(context, one)
    key = f"file.{'family' if side == GUARDIAN else 'mentor' if one.writes else 'cover'}"
    if not lines and not given:
        key += "_empty"
    rows = [*given, *_parts(context, one, size, len(goals)), *_doing(context, one, bool(lines))]
    context.change(key, buttons=rows, child=one.child, lines=Block("\n".join(lines)))


def _parts(context: Context, one: Reader, size: dict[str, int], goals: int) -> list[list[say.Button]]:
    found = [
        context.button(f"button.file_{part}", "pfl", one.side, one.pupil_id, part, 0, count=size[part])
        for part in PARTS
        if size.get(part)
    ]
    if goals or one.writes:
        key = "button.file_goals" if goals else "button.file_goals_none"
        found.insert(0, context.button(key, "pfo", one.side, one.pupil_id, count=goals))
    return [found[at : at + 2] for at in range(0, len(found), 2)]


def _doing(context: Context, one: Reader, something: bool) -> list[list[say.Button]]:
    rows = []
    if one.writes:
        rows.append([context.button("button.file_add", "pfa", one.side, one.pupil_id)])
    if one.side == GUARDIAN:
        paper = [context.button("button.file_pdf", "pfpdf", one.pupil_id)] if something else []
        away = carried.facts(context.unit, one.pupil_id)
        rows.append([*paper, *([context.button("button.file_take", "pfway", one.pupil_id)] if away else [])])
    if len({line.pupil_id for line in context.who.children}) + len(_pupils(context)) > 1:
        rows.append([context.button("button.file_others", "pf")])
    else:
        rows.append([context.button("button.more_back", "more")])
    return rows


def _cards(context: Context, one: Reader) -> list[list[say.Button]]:
    """Handover cards that this reader may open."""
    unit = context.unit
    if one.keeper is not None:
        return [
            [context.button("button.handover_open", "hom", card.id, 0)] for card in cards.of_keeper(unit, one.keeper)
        ]
    found = cards.of_guardian(unit, one.pupil_id, [one.person_id])
    return [[context.button("button.handover_read", "ho", card.id, 0)] for card in found]


COMMANDS: dict[str, CommandHandler] = {"file": show}
PRESSES: dict[str, Press] = {
    "pf": Press(show),
    "pfh": Press(turn, (int,)),
    "pfnot": Press(not_now, (str, int)),
    "pfg": Press(of_guardian, (int,)),
    "pfm": Press(of_mentor, (int,)),
}
