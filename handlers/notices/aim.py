"""Whom a notice is for: one screen that always says how many that are, with the ways to narrow it."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.notices.compose_draft import event_title, holds, mine
from handlers.texts import LANGUAGES, listed
from models.events import events
from models.notices import aims, allowed, audience, notices
from models.notices.audience import Audience
from models.notices.states import Level, Whom
from models.notices.tables import Notice

NAMED = 4
"""Classes that are named; of more only the number is said."""
WHOMS = {
    Level.MENTOR: (Whom.GUARDIANS,),
    Level.CLASS: (Whom.GUARDIANS, Whom.MENTORS),
    Level.SCHOOL: (Whom.GUARDIANS, Whom.MENTORS, Whom.STAFF),
    Level.CENTRE: (Whom.GUARDIANS, Whom.MENTORS, Whom.STAFF),
}


def is_whole(context: Context, notice: Notice) -> bool:
    """Whether it is said whom it is for, and this account may send to them."""
    return allowed.may_send(context.unit, context.who, Level(notice.level), notices.audience(notice)) is not None


# --- in words ---


def where(context: Context, notice: Notice) -> str:
    """Which part of the people, in a few words: the whole school, some grades, some classes, an event."""
    unit, whom = context.unit, notices.audience(notice)
    parts = []
    if whom.mentor is not None:
        parts.append(context.words("naim.own"))
    elif whom.classes:
        parts.append(_classes(context, notice, whom))
    elif notice.level == Level.CLASS:
        parts.append(context.words("naim.no_class"))
    elif notice.level == Level.CENTRE:
        names = dict(aims.schools(unit))
        some = [names[one] for one in whom.schools if one in names]
        if not some:
            parts.append(context.words("naim.all_schools"))
        elif len(some) <= NAMED:
            parts.append(listed(context.language, some))
        else:
            parts.append(context.words("naim.some_schools", count=len(some)))
    else:
        parts.append(context.words("naim.whole_school"))
    if whom.event is not None and events.one(unit, whom.event) is not None:
        parts.append(context.words("naim.signed_up", event=event_title(context, whom.event)))
    if whom.unread is not None or whom.unsigned is not None:
        parts.append(context.words("naim.second_round"))
    if whom.language is not None:
        parts.append(context.words(f"naim.reads_{whom.language}"))
    return " · ".join(parts)


def _classes(context: Context, notice: Notice, whom: Audience) -> str:
    chosen = aims.chosen(context.unit, whom)
    ticked = {one.id for one in chosen}
    whole = [first.grade for first, ids in aims.grades(aims.classes(context.unit, notice, whom)) if set(ids) <= ticked]
    inside = sum(len(ids) for _, ids in aims.grades(aims.classes(context.unit, notice, whom)) if set(ids) <= ticked)
    if notice.level == Level.SCHOOL and whole and inside == len(ticked) and len(whole) <= NAMED:
        return listed(context.language, whole)
    if len(chosen) <= NAMED:
        return listed(context.language, [one.label for one in chosen])
    return context.words("naim.some_classes", count=len(chosen))


def count(context: Context, notice: Notice) -> str:
    """How many people that are, and how many of them can be reached."""
    whom = notices.audience(notice)
    found = audience.size(context.unit, whom)
    return context.words(f"naim.size_{whom.whom}", everyone=found.everyone, reached=found.reached)


def line(context: Context, notice: Notice) -> str:
    """Whom it is for and how many that are, in a line."""
    return context.words("naim.beside", text=where(context, notice), inside=count(context, notice))


# --- the screen ---


def show(context: Context, notice: Notice) -> None:
    """Whom it is for, and how many that are."""
    holds(context, notice)
    whom, row = notices.audience(notice), notice.id
    level = Level(notice.level)
    rows: list[list[say.Button]] = []
    kinds = WHOMS[level]
    if len(kinds) > 1:
        rows.append(
            [
                _ticked(context, one == whom.whom, f"button.nw_whom_{one.value}", "nawhom", row, one.value)
                for one in kinds
            ]
        )
    if level is Level.SCHOOL:
        every = not whom.classes
        rows.append([_ticked(context, every, "button.nw_whole", "nawhole", row)])
        rows.append(
            [
                context.button("button.nw_grades", "nagrade", row, 0),
                context.button("button.nw_classes", "naclass", row, 0, 0),
            ]
        )
    elif level is Level.CLASS:
        rows.append([context.button("button.nw_classes", "naclass", row, 0, 0)])
    elif level is Level.CENTRE:
        rows.append([_ticked(context, not whom.schools, "button.nw_all_schools", "nawhole", row)])
        rows.append([context.button("button.nw_schools", "naschool", row, 0, 0)])
    if level is not Level.CENTRE:
        rows.append([_ticked(context, whom.event is not None, "button.nw_event_people", "naevent", row)])
    rows.append([_ticked(context, whom.language is not None, "button.nw_language", "nalang", row)])
    if is_whole(context, notice):
        rows.append([context.button("button.nw_next", "nwask", row)])
    rows.append([context.button("button.nw_later", "nhome")])
    context.change("naim.view", buttons=rows, where=where(context, notice), size=count(context, notice))


def _ticked(context: Context, on: bool, key: str, action: str, *args: int | str) -> say.Button:
    return context.named(("✓ " if on else "") + context.words(key), action, *args)


def open_(context: Context, notice_id: int) -> None:
    """The screen, of a pressed button."""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        show(context, notice)


def _put(context: Context, notice: Notice, whom: Audience) -> None:
    context.toast()
    notices.aim(context.unit, notice, whom)
    show(context, notice)


def choose_whom(context: Context, notice_id: int, kind: str) -> None:
    """Guardians, mentors, or all who work there."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    if kind not in {one.value for one in WHOMS[Level(notice.level)]}:
        context.toast("help.button_gone", alert=True)
        return
    _put(context, notice, whom.with_(whom=kind))


def choose_whole(context: Context, notice_id: int) -> None:
    """Not narrowed to classes or schools any more."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    if notice.level == Level.CENTRE:
        _put(context, notice, whom.with_(schools=(), classes=()))
    elif notice.level == Level.SCHOOL:
        _put(context, notice, whom.with_(classes=()))
    else:
        context.toast("help.button_gone", alert=True)


def ask_language(context: Context, notice_id: int) -> None:
    """Those alone who read in one language?"""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    context.toast()
    holds(context, notice)
    rows = [[_ticked(context, whom.language is None, "button.nw_any_language", "nalangs", notice.id, "any")]]
    rows += [
        [_ticked(context, whom.language == one, f"button.nw_reads_{one}", "nalangs", notice.id, one)]
        for one in LANGUAGES
    ]
    context.change("naim.language", buttons=[*rows, [context.button("button.nw_back_aim", "nwaim", notice.id)]])


def choose_language(context: Context, notice_id: int, language: str) -> None:
    """That language, or any."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    if language != "any" and language not in LANGUAGES:
        context.toast("help.button_gone", alert=True)
        return
    _put(context, notice, notices.audience(notice).with_(language=None if language == "any" else language))


PRESSES: dict[str, Press] = {
    "nwaim": Press(open_, (int,)),
    "nawhom": Press(choose_whom, (int, str)),
    "nawhole": Press(choose_whole, (int,)),
    "nalang": Press(ask_language, (int,)),
    "nalangs": Press(choose_language, (int, str)),
}
