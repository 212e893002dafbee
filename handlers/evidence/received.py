"""What mentors have handed in, for the admins of their school: one after the other, by the time of handing in. No table."""

from __future__ import annotations

from handlers import telling
from handlers.context import Context, Press
from handlers.evidence.files import send_paper
from handlers.evidence.shown import spoken, term_words
from handlers.texts import Block
from handlers.watched import school_of
from models.evidence import handing
from models.evidence.handing import Handed
from models.standing import administers

WAITING, SEEN = 0, 1


def show(context: Context, which: int, page: int) -> None:
    """Those that nobody has taken note of, or the others, by who handed them in."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    found = handing.of_school(context.unit, school_id, page, waiting=which == WAITING)
    rows = []
    for one in found[: handing.PAGE]:
        name = context.words("evidence.of", name=one.name, term=one.sheet.term_name or one.sheet.begins)
        rows.append([context.named(name, "edsee", one.id)])
    turn = [context.button("button.earlier", "edlist", which, page - 1)] if page else []
    if len(found) > handing.PAGE:
        turn.append(context.button("button.more", "edlist", which, page + 1))
    other = (
        context.button("button.evidence_seen", "edlist", SEEN, 0)
        if which == WAITING
        else context.button("button.evidence_waiting", "edlist", WAITING, 0)
    )
    key = "evidence.received_none" if not found else "evidence.received" if which == WAITING else "evidence.seen"
    context.change(key, buttons=[*rows, turn, [other], [context.button("button.more_back", "more")]])


def _one(context: Context, sheet_id: int) -> Handed | None:
    """A sheet that an admin of its school may see."""
    found = handing.one(context.unit, sheet_id)
    if found is None:
        context.toast("evidence.gone", alert=True)
        return None
    if context.who.staff is None or found.school_id not in administers(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return None
    return found


def see(context: Context, sheet_id: int) -> None:
    """One sheet as it was handed in."""
    found = _one(context, sheet_id)
    if found is None:
        return
    context.toast()
    _draw(context, found)


def _draw(context: Context, found: Handed) -> None:
    language, zone = context.language, context.school.zone
    lines = [spoken(language, one) for one in found.sheet.lines]
    if found.sheet.words:
        lines += ["", context.words("evidence.their_words", text=found.sheet.words)]
    state = [[context.button("button.evidence_note", "ednote", found.id)]] if found.noted_at is None else []
    key = "evidence.one" if found.noted_at is None else "evidence.one_noted"
    context.change(
        key,
        buttons=[
            *state,
            [context.button("button.evidence_paper", "edpaper", found.id)],
            [context.button("button.evidence_list", "edlist", WAITING if found.noted_at is None else SEEN, 0)],
        ],
        name=found.name,
        term=term_words(language, found.sheet),
        when=telling.when(language, found.handed_at, zone),
        code=found.code,
        lines=Block("\n".join(lines)),
    )


def note(context: Context, sheet_id: int) -> None:
    """'Taken note': its mentor sees it on the sheet; from now on it cannot be taken back."""
    found = _one(context, sheet_id)
    if found is None or context.who.staff is None:
        return
    handing.note(context.unit, sheet_id, context.who.staff.person_id)
    fresh = handing.one(context.unit, sheet_id)
    if fresh is None:
        # Taken back at this very moment.
        context.toast("evidence.gone", alert=True)
        return
    context.toast("evidence.noted_now")
    _draw(context, fresh)


def paper(context: Context, sheet_id: int) -> None:
    """The sheet to print, with its code."""
    found = _one(context, sheet_id)
    if found is None:
        return
    context.toast()
    send_paper(context, found.sheet, found.name, found.code, found.handed_at)


PRESSES: dict[str, Press] = {
    "edlist": Press(show, (int, int)),
    "edsee": Press(see, (int,)),
    "ednote": Press(note, (int,)),
    "edpaper": Press(paper, (int,)),
}
