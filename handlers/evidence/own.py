"""/evidence: a mentor's own sheet of a term. It is shown to its mentor and to nobody else."""

from __future__ import annotations

from datetime import date

from handlers.context import CommandHandler, Context, Press
from handlers.evidence.shown import spoken, term_words
from handlers.incoming import Commanded
from handlers.say import Button
from handlers.telling import when
from handlers.texts import Block
from models.duties import forms
from models.evidence import handing, sheet, terms
from models.evidence.handing import Handed
from models.evidence.sheet import Drawn
from models.evidence.terms import Term
from models.standing import Self


def me(context: Context) -> Self | None:
    """Who asks, where that is somebody who is or was a mentor."""
    staff = context.who.staff
    return staff if staff is not None and handing.was_mentor(context.unit, staff.person_id) else None


def term_at(context: Context, staff: Self, begins: int) -> Term:
    """The term that begins on that day (date.toordinal), or the latest."""
    day = date.fromordinal(begins) if 0 < begins <= date.max.toordinal() else None
    return terms.chosen(context.unit, staff.school_id, context.school.zone, day)


def drawn(context: Context, staff: Self, term: Term) -> Drawn:
    """The sheet as it is now."""
    said = handing.words(context.unit, staff.person_id, term)
    return sheet.draw(context.unit, staff.school_id, staff.person_id, term, said)


def show(context: Context, _event: Commanded | None = None) -> None:
    """The sheet of the latest term."""
    show_term(context, 0)


def show_term(context: Context, begins: int) -> None:
    """The sheet of a term: each line's number, what the school wishes, the own words, and what can be done with it."""
    staff = me(context)
    if staff is None:
        context.toast()
        context.change("evidence.not_yours")
        return
    context.toast()
    forms.leave(context.unit, context.who)
    term = term_at(context, staff, begins)
    found = drawn(context, staff, term)
    at = term.begins.toordinal()
    given = handing.latest(context.unit, staff.person_id, term)
    words_key = "button.evidence_words_again" if found.sheet.words else "button.evidence_words"
    others = [
        [context.button("button.evidence_term", "edterm", one.begins.toordinal(), name=one.name)]
        for one in terms.of_school(context.unit, staff.school_id, context.school.zone)
        if one.begins != term.begins
    ]
    context.change(
        "evidence.view",
        buttons=[
            [context.button("button.evidence_xlsx", "edxlsx", at), context.button("button.evidence_pdf", "edpdf", at)],
            [context.button(words_key, "edwords", at)],
            _handing(context, given, at),
            [context.button("button.evidence_how", "edhow", at)],
            *others,
            [context.button("button.more_back", "more")],
        ],
        term=term_words(context.language, found.sheet),
        lines=Block("\n".join(_lines(context, found, given))),
    )


def _lines(context: Context, found: Drawn, given: Handed | None) -> list[str]:
    lines = [spoken(context.language, one) for one in found.sheet.lines]
    if found.reached is not None:
        missing = [one.title(context.language) for code, one in found.about.items() if found.star.get(code) is False]
        key = "evidence.star_reached" if found.reached else "evidence.star_not_yet"
        lines += ["", context.words(key)]
        if missing:
            lines.append(context.words("evidence.star_missing", names=" · ".join(missing)))
    if found.sheet.words:
        lines += ["", context.words("evidence.own_words", text=found.sheet.words)]
    lines.append("")
    if given is None:
        lines.append(context.words("evidence.not_handed"))
    else:
        key = "evidence.handed" if given.noted_at is None else "evidence.noted"
        at = when(context.language, given.noted_at or given.handed_at, context.school.zone)
        lines.append(context.words(key, when=at, code=given.code))
    return lines


def _handing(context: Context, given: Handed | None, at: int) -> list[Button]:
    if given is not None and given.noted_at is None:
        return [
            context.button("button.evidence_copy", "edcopy", given.id),
            context.button("button.evidence_back", "edback", given.id),
        ]
    row = [context.button("button.evidence_hand", "edhand", at)]
    return row if given is None else [context.button("button.evidence_copy", "edcopy", given.id), *row]


def how(context: Context, begins: int) -> None:
    """How each line is counted."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    found = drawn(context, staff, term_at(context, staff, begins))
    lines = [
        context.words("evidence.how_line", title=one.title(context.language), about=one.about(context.language))
        for one in found.about.values()
    ]
    context.change(
        "evidence.how",
        buttons=[[context.button("button.evidence_up", "edterm", begins)]],
        lines=Block("\n".join(lines)),
    )


COMMANDS: dict[str, CommandHandler] = {"evidence": show}
PRESSES: dict[str, Press] = {
    "edsheet": Press(show),
    "edterm": Press(show_term, (int,)),
    "edhow": Press(how, (int,)),
}
