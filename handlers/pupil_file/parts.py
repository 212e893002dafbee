"""A part of a file, page by page, and one entry of it: what its reader may do with it."""

from __future__ import annotations

from handlers import holding, say
from handlers.appointments import shown
from handlers.context import Context, Press, tell
from handlers.pupil_file import home, words
from handlers.pupil_file import reader as readers
from handlers.pupil_file.reader import GUARDIAN, MENTOR, Reader
from handlers.telling import button
from handlers.texts import Block
from models.base import to_ms
from models.pupil_file import cards, entries, existing
from models.queues import Lane
from models.standing import lines_of_pupil

PAGE = entries.PAGE
LONG_PAGE = 8
"""Visits, agreements, notes on a page."""


def show(context: Context, side: str, pupil_id: int, part: str, page: int) -> None:
    """A page of a part."""
    one = readers.opened(context, side, pupil_id)
    if one is None or part not in home.PARTS:
        return
    context.toast()
    rows: list[list[say.Button]] = []
    if part in entries.KINDS:
        every = [found for found in readers.entries_of(context, one) if found.kind == part]
        lists = words.paged(list(enumerate(every, 1)), lambda found: found[1].text, PAGE)
        page = max(0, min(page, len(lists) - 1))
        blocks = [words.entry_line(context, number, found, one) for number, found in lists[page]]
        rows = [
            [context.named(f"{number} · {words.short(words.covered(context, found))}", "pfe", side, pupil_id, found.id)]
            for number, found in lists[page]
        ]
        pages = len(lists)
    else:
        whole = words.paged(_elsewhere(context, one, part), str, LONG_PAGE)
        page = max(0, min(page, len(whole) - 1))
        blocks, pages = whole[page], len(whole)
    turning = []
    if page:
        turning.append(context.button("button.earlier", "pfl", side, pupil_id, part, page - 1))
    if page + 1 < pages:
        turning.append(context.button("button.more", "pfl", side, pupil_id, part, page + 1))
    if not blocks:
        home.open_(context, side, pupil_id)
        return
    context.change(
        f"file.list_{part}",
        buttons=[*rows, turning, readers.back(context, one)],
        child=one.child,
        lines=Block(("\n" if part in (*entries.KINDS, home.VISITS, home.BROUGHT) else "\n\n").join(blocks)),
    )


def _elsewhere(context: Context, one: Reader, part: str) -> list[str]:
    """What other parts of the program keep, in words; for who covers nothing."""
    unit, keeper = context.unit, one.keeper
    if keeper is not None and keeper.covers:
        return []
    if part == home.BROUGHT:
        found = [] if keeper else cards.brought(unit, one.pupil_id, one.person_id)
        return [words.brought_line(context, item) for item in found]
    if part == home.AGREED:
        agreed = existing.agreed_by(unit, keeper) if keeper else existing.agreed_with(unit, one.pupil_id, one.person_id)
        return [words.agreed_block(context, found) for found in agreed]
    if part == home.VISITS:
        held = existing.visits_by(unit, keeper) if keeper else existing.visits_of(unit, one.pupil_id, one.person_id)
        return [words.held_line(context, found, shown.form_word(context.language, found.form)) for found in held]
    notes = existing.notes_by(unit, keeper) if keeper else existing.notes_to(unit, one.pupil_id, one.person_id)
    return [words.written_block(context, found) for found in notes]


# --- one entry ---


def entry(context: Context, side: str, pupil_id: int, entry_id: int) -> None:
    """An entry whole, with what its reader may do with it."""
    one = readers.opened(context, side, pupil_id)
    found = None if one is None else readers.entry_of(context, one, entry_id)
    if one is None or found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _entry(context, one, found)


def _entry(context: Context, one: Reader, found: entries.Entry, *, objected: bool = False) -> None:
    """`objected`: this guardian has just said that it is not right."""
    side, args = one.side, (one.pupil_id, found.id)
    rows: list[list[say.Button]] = []
    if found.own and one.writes:
        rows.append(
            [
                context.button("button.file_fix", "pff", side, *args),
                context.button("button.file_remove", "pfx", side, *args),
            ]
        )
        if side == MENTOR and found.kind == entries.NOTE:
            key = "button.file_hide" if found.shown else "button.file_show"
            rows.append([context.button(key, "pfs", *args)])
    elif side == GUARDIAN and not objected:
        key = "button.file_wrong_former" if entries.is_former(context.unit, found.id) else "button.file_wrong"
        rows.append([context.button(key, "pfw", *args)])
    rows.append([context.button("button.back", "pfl", side, one.pupil_id, found.kind, 0)])
    context.change(
        "file.entry",
        buttons=rows,
        kind=context.words(f"file.kind_{found.kind}"),
        text=found.text,
        by=words.by(context, found, one),
        day=words.day(context, found.at),
        more=Block(_marks(context, found, one, objected=objected)),
    )


def _marks(context: Context, found: entries.Entry, one: Reader, *, objected: bool) -> str:
    marks = []
    if found.wrong or objected:
        marks.append(context.words("file.mark_wrong_yours" if objected else "file.mark_wrong"))
    if one.side == MENTOR and not found.shown:
        marks.append(context.words("file.mark_hidden"))
    elif found.level > 1:
        marks.append(context.words("file.mark_covered"))
    elif one.side == MENTOR and not found.by_guardian:
        marks.append(context.words("file.mark_shown"))
    return "\n".join(marks)


def remove(context: Context, side: str, pupil_id: int, entry_id: int) -> None:
    """Takes an own entry out."""
    one = readers.opened(context, side, pupil_id, to_write=True)
    found = None if one is None else readers.entry_of(context, one, entry_id)
    if found is None or not found.own:
        context.toast("help.button_gone", alert=True)
        return
    entries.end(context.unit, entry_id)
    context.toast("file.removed")
    show(context, side, pupil_id, found.kind, 0)


def turn_over(context: Context, pupil_id: int, entry_id: int) -> None:
    """A mentor's note: shown to the guardians, or not any more."""
    one = readers.opened(context, MENTOR, pupil_id, to_write=True)
    found = None if one is None else readers.entry_of(context, one, entry_id)
    if found is None or not found.own or found.kind != entries.NOTE:
        context.toast("help.button_gone", alert=True)
        return
    entries.show(context.unit, entry_id, shown=not found.shown)
    context.toast("file.hidden" if found.shown else "file.shown")
    entry(context, MENTOR, pupil_id, entry_id)


def wrong(context: Context, pupil_id: int, entry_id: int) -> None:
    """A guardian says that it is not right: the mentor is asked, once; of an earlier mentor it is taken out."""
    one = readers.opened(context, GUARDIAN, pupil_id)
    if one is None:
        return
    found = readers.entry_of(context, one, entry_id)
    done = entries.wrong(context.unit, pupil_id, one.person_id, entry_id)
    if done is None or found is None:
        context.toast("help.button_gone", alert=True)
        return
    if done == entries.TAKEN_OUT:
        context.toast("file.wrong_taken_out", alert=True)
        show(context, GUARDIAN, pupil_id, found.kind, 0)
        return
    context.toast("file.wrong_noted", alert=True)
    _ask_mentor(context, one, entry_id)
    _entry(context, one, found, objected=True)


def _ask_mentor(context: Context, one: Reader, entry_id: int) -> None:
    line = next(
        (line for line in lines_of_pupil(context.unit, one.pupil_id) if line.guardian_id == one.person_id), None
    )
    if line is None or line.mentor is None:
        return
    at = holding.goes_at(context.unit, line, by_guardian=True, school=context.school)
    tell(
        context.unit,
        line.mentor,
        "file.wrong_told",
        dedupe_key=f"file:wrong:{entry_id}:{context.unit.now.date().isoformat()}",
        lane=Lane.REMINDER,
        due_at=None if at is None else to_ms(at),
        buttons=[[button(context.unit, line.mentor, "button.file_see", "pfe", MENTOR, one.pupil_id, entry_id)]],
        child=one.child,
    )


PRESSES: dict[str, Press] = {
    "pfl": Press(show, (str, int, str, int)),
    "pfe": Press(entry, (str, int, int)),
    "pfx": Press(remove, (str, int, int)),
    "pfs": Press(turn_over, (int, int)),
    "pfw": Press(wrong, (int, int)),
}
