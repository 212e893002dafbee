"""The sheet as files for its mentor: a workbook, and pages to print."""

from __future__ import annotations

from handlers import say, telling, workbook
from handlers.context import Context, Press
from handlers.evidence import paper
from handlers.evidence.own import drawn, me, term_at
from handlers.evidence.shown import term_words, wanted
from handlers.texts import Rich, render
from handlers.workbook import Table, Value
from models.evidence import handing
from models.evidence.sheet import Sheet
from models.people import School


def table(context: Context, begins: int) -> None:
    """The sheet of now as a workbook, to the mentor alone."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    found = drawn(context, staff, term_at(context, staff, begins))
    sheet = found.sheet
    heads = tuple(context.words(f"evidence.col_{one}") for one in ("line", "done", "due", "unit", "wanted", "about"))
    rows: list[list[Value]] = []
    for line in sheet.lines:
        unit = context.words(f"evidence.unit_{line.unit}")
        about = found.about[line.code].about(context.language)
        wish = wanted(context.language, line)
        rows.append([line.title(context.language), line.done, line.due, unit, wish, about])
    facts: list[list[Value]] = [
        [context.words("evidence.col_name"), staff.name],
        [context.words("evidence.col_term"), term_words(context.language, sheet)],
        [context.words("evidence.col_words"), sheet.words],
    ]
    title = context.words("evidence.file")
    tables = [
        Table(title, heads, rows),
        Table(context.words("evidence.sheet_about"), (title, context.words("evidence.col_about_me")), facts),
    ]
    name = f"{title} {sheet.begins}.xlsx"
    caption = render(context.language, "evidence.xlsx", term=term_words(context.language, sheet))
    _send(context, name, workbook.drawn(tables, name=title), caption)


def page(context: Context, begins: int) -> None:
    """The sheet of now to print, to the mentor alone; it says that it was not handed in."""
    staff = me(context)
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    found = drawn(context, staff, term_at(context, staff, begins))
    send_paper(context, found.sheet, staff.name, "", context.unit.now_ms)


def copy(context: Context, sheet_id: int) -> None:
    """What was handed in, to its mentor, to print: with the code that the school sees too."""
    staff = me(context)
    found = None if staff is None else handing.one(context.unit, sheet_id)
    if staff is None or found is None or found.person_id != staff.person_id:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    send_paper(context, found.sheet, found.name, found.code, found.handed_at)


def send_paper(context: Context, sheet: Sheet, name: str, code: str, at: int) -> None:
    """A sheet as pages to who asked. `at` in milliseconds since 1970; without a code it was not handed in."""
    staff = context.who.staff
    school = None if staff is None else context.unit.session.get(School, staff.school_id)
    language = context.language
    moment = telling.when(language, at, context.school.zone)
    key = "evidence.paper_code" if code else "evidence.paper_draft"
    content = paper.drawn(
        sheet,
        language,
        school="" if school is None else school.name,
        name=name,
        foot=context.words(key, code=code, when=moment) if code else context.words(key, when=moment),
    )
    caption = render(language, "evidence.pdf", term=term_words(language, sheet))
    _send(context, f"{context.words('evidence.file')} {sheet.begins}.pdf", content, caption)


def _send(context: Context, name: str, content: bytes, caption: Rich) -> None:
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.FILE,
        payload=say.file(name, content, caption),
    )


PRESSES: dict[str, Press] = {
    "edxlsx": Press(table, (int,)),
    "edpdf": Press(page, (int,)),
    "edcopy": Press(copy, (int,)),
}
