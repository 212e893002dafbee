"""A mentor's course hours as a file, for that mentor alone: a table (XLSX) or pages to print (PDF)."""

from __future__ import annotations

from datetime import date

from handlers import say, workbook
from handlers.context import Context, Press
from handlers.texts import render
from handlers.training import home, paper
from handlers.workbook import Table, Value
from models.training import hours
from models.unit import sql

_COLUMNS = ("day", "name", "hours", "proof")
_SCHOOL = sql("SELECT name FROM school WHERE id = :id")


def export(context: Context, form: str) -> None:
    """The courses of this and the last year."""
    me = home.mentor(context)
    if me is None or form not in ("x", "p"):
        return
    context.toast()
    unit, today = context.unit, home.today_of(context)
    since = date(today.year - 1, 1, 1)
    found = hours.of_person(unit, me.person_id, since, today)
    headings = tuple(context.words(f"training.col_{one}") for one in _COLUMNS)
    proofs = {True: context.words("training.proof_own"), False: context.words("training.proof_here")}
    rows: list[tuple[date, str, int, str]] = [
        (one.day, home.name_of(context, one), one.minutes, proofs[one.event_id is None]) for one in reversed(found)
    ]
    minutes = sum(one.minutes for one in found)
    span = f"{since.isoformat()} – {today.isoformat()}"
    title = context.words("training.file")
    total = context.words("training.total", count=len(found), hours=home.hours_word(minutes))
    if form == "x":
        table: list[list[Value]] = [[day, name, round(many / 60, 2), proof] for day, name, many, proof in rows]
        table.append([None, total, round(minutes / 60, 2), None])
        content = workbook.drawn([Table(title, headings, table)], name=title)
    else:
        school = unit.execute(_SCHOOL, id=me.school_id).one().name
        lines = [(day.isoformat(), name, home.hours_word(many), proof) for day, name, many, proof in rows]
        note = context.words("training.note")
        content = paper.drawn(paper.Paper(school, title, me.name, span, total, headings, lines, note))
    ending = "xlsx" if form == "x" else "pdf"
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.FILE,
        payload=say.file(
            f"{title} {today}.{ending}", content, render(context.language, "training.export", span=span, total=total)
        ),
    )


PRESSES: dict[str, Press] = {"trfile": Press(export, (str,))}
