"""What a guardian takes along: the file on paper, and the signed file for a school of another deployment."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import say
from handlers.appointments import shown
from handlers.context import Context, Press
from handlers.pupil_file import paper, words
from handlers.pupil_file import reader as readers
from handlers.pupil_file.paper import Paper
from handlers.pupil_file.reader import GUARDIAN, Reader
from handlers.texts import render
from models.base import from_ms
from models.pupil_file import cards, carried, entries, existing, preparing, signed
from models.pupil_file.preparing import Fact
from models.unit import sql

_SCHOOL = sql("SELECT s.name FROM pupil pu JOIN school s ON s.id = pu.school_id WHERE pu.id = :pupil")


def _file(context: Context, name: str, content: bytes, key: str, *, free: bool, **values: str) -> None:
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.FILE,
        payload=say.file(name, content, render(context.language, key, **values), free=free),
    )


def _school(context: Context, pupil_id: int) -> str:
    return str(context.unit.execute(_SCHOOL, pupil=pupil_id).one().name)


def pdf(context: Context, pupil_id: int) -> None:
    """Everything that this guardian may see, on paper; what is need to know is read in the chat only."""
    one = readers.opened(context, GUARDIAN, pupil_id)
    if one is None:
        return
    context.toast("file.pdf_coming")
    content = paper.drawn(_of_file(context, one))
    _file(context, f"{one.child}.pdf", content, "file.pdf_caption", free=True, child=one.child)


def _of_file(context: Context, one: Reader) -> Paper:
    unit, found = context.unit, readers.entries_of(context, one)
    parts: list[tuple[str, Sequence[str]]] = [
        (
            context.words("file.kind_goals"),
            [
                words.goal_block(context, number, goal, one)
                for number, goal in enumerate(readers.goals_of(context, one), 1)
            ],
        )
    ]
    for kind in entries.KINDS:
        lines = [entry for entry in found if entry.kind == kind and entry.level < 2]
        parts.append(
            (
                context.words(f"file.kind_{kind}"),
                [words.entry_line(context, number, entry, one) for number, entry in enumerate(lines, 1)],
            )
        )
    agreed = existing.agreed_with(unit, one.pupil_id, one.person_id)
    held = existing.visits_of(unit, one.pupil_id, one.person_id)
    notes = existing.notes_to(unit, one.pupil_id, one.person_id)
    brought = [item for item in cards.brought(unit, one.pupil_id, one.person_id) if item.level < 2]
    parts += [
        (context.words("file.kind_agreed"), [words.agreed_block(context, found) for found in agreed]),
        (
            context.words("file.kind_visits"),
            [words.held_line(context, found, shown.form_word(context.language, found.form)) for found in held],
        ),
        (context.words("file.kind_written"), [words.written_block(context, found) for found in notes]),
        (context.words("file.kind_brought"), [words.brought_line(context, item) for item in brought]),
    ]
    return Paper(
        school=_school(context, one.pupil_id),
        title=context.words("file.paper_title", child=one.child),
        under=words.day(context, unit.now_ms),
        parts=parts,
        foot=context.words("file.paper_foot"),
    )


def explain(context: Context, pupil_id: int) -> None:
    """What goes along to another school, and how it gets there."""
    one = readers.opened(context, GUARDIAN, pupil_id)
    if one is None:
        return
    facts = carried.facts(context.unit, pupil_id)
    if not facts:
        context.toast("file.nothing_to_take", alert=True)
        return
    context.toast()
    context.change(
        "file.take",
        buttons=[[context.button("button.file_take_yes", "pfwayy", pupil_id)], readers.back(context, one)],
        child=one.child,
        count=len(facts),
        days=signed.VALID // 86_400_000,
    )


def take(context: Context, pupil_id: int) -> None:
    """The signed file, and the same on paper."""
    one = readers.opened(context, GUARDIAN, pupil_id)
    made = None if one is None else carried.pack(context.unit, pupil_id, one.person_id)
    if one is None:
        return
    if made is None:
        context.toast("file.nothing_to_take", alert=True)
        return
    content, facts = made
    context.toast("file.pdf_coming")
    until = words.day(context, context.unit.now_ms + signed.VALID)
    _file(context, f"{one.child}.handover.json", content, "file.take_caption", free=True, child=one.child, day=until)
    pages = paper.drawn(_of_facts(context, one, facts))
    _file(context, f"{one.child}.handover.pdf", pages, "file.take_paper", free=True, child=one.child)


def _of_facts(context: Context, one: Reader, facts: Sequence[Fact]) -> Paper:
    return Paper(
        school=_school(context, one.pupil_id),
        title=context.words("file.take_title", child=one.child),
        under=from_ms(context.unit.now_ms).astimezone(context.zone).date().isoformat(),
        parts=[
            (context.words(f"file.kind_{kind}"), [fact.text for fact in facts if fact.kind == kind])
            for kind in preparing.ORDER
        ],
        foot=context.words("file.take_foot"),
    )


PRESSES: dict[str, Press] = {
    "pfpdf": Press(pdf, (int,)),
    "pfway": Press(explain, (int,)),
    "pfwayy": Press(take, (int,)),
}
