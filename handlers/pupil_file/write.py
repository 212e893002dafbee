"""Something is added to a file, or put in other words: a kind, then one text, kept at once and shown as it stands."""

from __future__ import annotations

from collections.abc import Callable

from handlers import compose, say
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.pupil_file import reader as readers
from handlers.pupil_file.reader import GUARDIAN, MENTOR, Reader
from models.duties import forms
from models.duties.forms import Asked
from models.pupil_file import entries
from models.safeguarding import signals
from models.standing import lines_of_pupil

ADD, FIX = "pfadd", "pffix"
"""A guardian's texts."""
NOTE, MEND = forms.FILE_NOTE, forms.FILE_MENDED
"""A mentor's: left in the middle, the next text may be private still (forms.LEFT)."""
OPEN, QUIET, HIDDEN = "open", "quiet", "hidden"
"""How a mentor's note is kept: as everything else; for the guardians' eyes alone (level 2); for the mentor's own."""


def choose(context: Context, side: str, pupil_id: int) -> None:
    """What is to be added?"""
    one = readers.opened(context, side, pupil_id, to_write=True)
    if one is None:
        return
    context.toast()
    kinds = entries.OF_GUARDIANS if side == GUARDIAN else entries.KINDS[:3]
    rows = [[context.button(f"button.file_add_{kind}", "pfk", side, pupil_id, kind, OPEN)] for kind in kinds]
    if side == MENTOR:
        rows += [
            [context.button(f"button.file_add_note_{how}", "pfk", side, pupil_id, entries.NOTE, how)]
            for how in (OPEN, QUIET, HIDDEN)
        ]
    key = "file.add_family" if side == GUARDIAN else "file.add_mentor"
    context.change(key, buttons=[*rows, readers.back(context, one)], child=one.child)


def ask(context: Context, side: str, pupil_id: int, kind: str, how: str) -> None:
    """The next text is the entry."""
    one = readers.opened(context, side, pupil_id, to_write=True)
    allowed_kinds = entries.OF_GUARDIANS if side == GUARDIAN else entries.KINDS
    if one is None or kind not in allowed_kinds or how not in (OPEN, QUIET, HIDDEN):
        return
    context.toast()
    forms.ask(context.unit, context.who, ADD if side == GUARDIAN else NOTE, pupil_id, f"{kind}:{how}")
    key = f"file.ask_{kind}" if kind != entries.NOTE else f"file.ask_note_{how}"
    context.change(key, buttons=[_never_mind(context, one)], child=one.child, most=entries.LONGEST)


def _never_mind(context: Context, one: Reader) -> list[say.Button]:
    return [context.button("button.file_never_mind", "pfnot", one.side, one.pupil_id)]


def ask_fix(context: Context, side: str, pupil_id: int, entry_id: int) -> None:
    """The next text stands in the place of an own entry."""
    one = readers.opened(context, side, pupil_id, to_write=True)
    found = None if one is None else readers.entry_of(context, one, entry_id)
    if one is None or found is None or not found.own:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, FIX if side == GUARDIAN else MEND, entry_id, str(pupil_id))
    context.change("file.ask_fix", buttons=[_never_mind(context, one)], text=found.text, most=entries.LONGEST)


# --- typed ---


def fits(context: Context, event: Wrote, one: Reader, most: int) -> str | None:
    """The text on one line; None where it was answered with what to do. Never another child, never a danger."""
    text = " ".join(event.text.split())
    if one.side == MENTOR and signals.find(text) is not None:
        # What may be about a child's safety has a way of its own, and stands in no file.
        context.say("file.not_here", buttons=[_never_mind(context, one)], reply_to=event.place_id)
        return None
    if not text or len(text) > most:
        context.say("file.too_long", count=len(text), most=most, buttons=[_never_mind(context, one)])
        return None
    if one.side == MENTOR:
        other = compose.others_named(context, lines_of_pupil(context.unit, one.pupil_id), text)
        if other:
            context.say("file.names_another", child=other, buttons=[_never_mind(context, one)])
            return None
    return text


def _new(context: Context, event: Wrote, wanted: Asked, side: str) -> bool:
    one = readers.find(context, side, wanted.subject_id)
    if one is None or not one.writes:
        return _gone(context, event, side)
    if side == GUARDIAN and signals.find(event.text) is not None:
        return False
    text = fits(context, event, one, entries.LONGEST)
    if text is None:
        return True
    kind, _, how = wanted.extra.partition(":")
    forms.end(context.unit, context.who)
    if one.keeper is None:
        made = entries.add_as_guardian(context.unit, one.pupil_id, one.person_id, kind, text)
    else:
        level = 1 if how == OPEN else 2
        made = entries.add_as_mentor(context.unit, one.keeper, kind, text, level=level, shown=how != HIDDEN)
    if made is None:
        context.say(
            "file.full",
            buttons=[[context.button("button.file_see_list", "pfl", side, one.pupil_id, kind, 0)]],
            kind=context.words(f"file.kind_{kind}"),
        )
        return True
    _kept(context, one, made, "hidden" if how == HIDDEN else side)
    return True


def _kept(context: Context, one: Reader, entry_id: int, how: str) -> None:
    args = (one.side, one.pupil_id, entry_id)
    rows = [
        [context.button("button.file_fix", "pff", *args), context.button("button.file_remove", "pfx", *args)],
        [context.button("button.file_add_more", "pfa", one.side, one.pupil_id)],
        readers.back(context, one),
    ]
    key = {GUARDIAN: "file.kept_family", MENTOR: "file.kept_mentor", "hidden": "file.kept_hidden"}[how]
    context.say(key, buttons=rows, child=one.child)


def _other(context: Context, event: Wrote, wanted: Asked, side: str) -> bool:
    one = readers.find(context, side, int(wanted.extra))
    found = None if one is None else readers.entry_of(context, one, wanted.subject_id)
    if one is None or found is None or not found.own or not one.writes:
        return _gone(context, event, side)
    if side == GUARDIAN and signals.find(event.text) is not None:
        return False
    text = fits(context, event, one, entries.LONGEST)
    if text is None:
        return True
    forms.end(context.unit, context.who)
    entries.fix(context.unit, found.id, text)
    _kept(context, one, found.id, side if found.shown else "hidden")
    return True


def _gone(context: Context, event: Wrote, side: str) -> bool:
    """What was asked for has no place any more. A mentor's words go to no family for that; a guardian's are a message."""
    forms.end(context.unit, context.who)
    if side == GUARDIAN:
        return False
    context.say("file.gone", buttons=[[context.button("button.file_others", "pf")]], reply_to=event.place_id)
    return True


PRESSES: dict[str, Press] = {
    "pfa": Press(choose, (str, int)),
    "pfk": Press(ask, (str, int, str, str)),
    "pff": Press(ask_fix, (str, int, int)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {
    ADD: lambda context, event, wanted: _new(context, event, wanted, GUARDIAN),
    NOTE: lambda context, event, wanted: _new(context, event, wanted, MENTOR),
    FIX: lambda context, event, wanted: _other(context, event, wanted, GUARDIAN),
    MEND: lambda context, event, wanted: _other(context, event, wanted, MENTOR),
}
