"""What was signed and what was answered, for whoever looks after a notice: in numbers, as a chart, as tables."""

from __future__ import annotations

from handlers import plot, say, workbook
from handlers.context import Context, Press
from handlers.copies import relation_word
from handlers.notices import feed
from handlers.notices.shown import Sheet
from handlers.plot import Bar
from handlers.texts import Block, render
from handlers.workbook import Table, Value
from models.base import from_ms
from models.notices import allowed, notices, slips, surveys
from models.notices.states import OUT, Level, NoticeState
from models.notices.surveys import Sums
from models.notices.tables import Notice
from models.standing import administers
from models.sums import FEWEST

ROOM = 3_000
"""Characters of a message for what is listed; the table has all."""
MOST_SLIPS = 3_000
"""Slips in one table: a whole school's. More come in further ones, so that nobody waits while it is made."""
SIGNS = "ABCDEFGHIJ"
HAD = OUT | {NoticeState.RECALLED}
"""What was signed and answered stays, also where the notice was taken back."""


def parts(context: Context, notice: Notice) -> list[list[say.Button]]:
    """The buttons on a notice's screen that lead here."""
    if notice.state not in HAD:
        return []
    content = notices.content(context.unit, notice)
    found = []
    if content.slip is not None:
        found.append([context.button("button.nf_slips", "nrslip", notice.id)])
    if content.questions:
        found.append([context.button("button.nf_votes", "nrvote", notice.id)])
    return found


def _tended(context: Context, notice_id: int) -> tuple[Sheet, int] | None:
    """A notice that this account looks after, and as whom; otherwise the button leads nowhere."""
    unit = context.unit
    notice = notices.one(unit, notice_id)
    person = None if notice is None else allowed.tends(unit, notice, context.who)
    if notice is None or person is None or notice.state not in HAD:
        context.toast("help.button_gone", alert=True)
        return None
    return feed.sheet_of(unit, notice), person


def _send(context: Context, kind: str, payload: str) -> None:
    context.unit.queue(answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=kind, payload=payload)


def _back(context: Context, notice_id: int) -> list[say.Button]:
    return [context.button("button.nf_back", "nsee", notice_id)]


# --- slips ---


def signed(context: Context, notice_id: int) -> None:
    """How it stands with the slips: by choice and class, and how many lack; nobody's name."""
    got = _tended(context, notice_id)
    if got is None or got[0].content.slip is None:
        return
    sheet, _ = got
    context.toast()
    found = slips.sums(context.unit, sheet.notice)
    lines: list[str] = []
    shown = _of_classes(sheet, found)
    for number, (group, counts) in enumerate(shown):
        line = context.words("nresult.class_line", group=group, choices=_choices(context, sheet, counts))
        if sum(len(one) for one in lines) + len(line) > ROOM:
            lines.append(context.words("nresult.more_classes", count=len(shown) - number))
            break
        lines.append(line)
    whole = {choice: found.of(choice) for choice in range(sheet.content.slip.count)} if sheet.content.slip else {}
    rows = [[context.button("button.nf_slips_file", "nrsx", notice_id, 0)]] if found.signed else []
    context.change(
        "nresult.slips",
        buttons=[*rows, _back(context, notice_id)],
        title=sheet.content.called(context.language),
        signed=found.signed,
        choices=_choices(context, sheet, whole),
        differ=found.differ,
        unsigned=found.unsigned,
        lines=Block("\n".join(lines) or context.words("nresult.no_slips")),
    )


def _of_classes(sheet: Sheet, found: slips.Sums) -> list[tuple[str, dict[int, int]]]:
    """The classes that are told apart. The centre sees no slip, so of a class with a few it is told nothing either."""
    least = FEWEST if sheet.notice.level == Level.CENTRE else 1
    return [(group, counts) for group, counts in found.classes if sum(counts.values()) >= least]


def _choices(context: Context, sheet: Sheet, counts: dict[int, int]) -> str:
    offered = sheet.content.slip.offered(context.language) if sheet.content.slip is not None else ()
    return " · ".join(
        context.words("nresult.choice", choice=_choice(offered, choice), count=count)
        for choice, count in sorted(counts.items())
    )


def _choice(offered: tuple[str, ...], number: int) -> str:
    """A choice's words; of one that a correction took away, its number."""
    return offered[number] if 0 <= number < len(offered) else f"#{number + 1}"


def slips_file(context: Context, notice_id: int, skip: int) -> None:
    """The signed slips as a table: the proof. Of the centre's notices numbers only."""
    got = _tended(context, notice_id)
    if got is None or got[0].content.slip is None or skip < 0:
        return
    sheet, person = got
    title = sheet.content.called(context.language)
    if sheet.notice.level == Level.CENTRE:
        context.toast()
        caption = render(context.language, "nresult.centre")
        _send(
            context, say.FILE, say.file(_name(title), workbook.drawn([_classes(context, sheet)], name=title), caption)
        )
        return
    # Whose names somebody sees is asked anew: a role, a class or a mentorship may have ended since it was written.
    own = administers(context.unit, context.who)
    found = slips.signed(context.unit, sheet.notice, person, schools=own, skip=skip, most=MOST_SLIPS)
    if not found:
        context.toast("nresult.none_to_see", alert=True)
        return
    context.toast()
    offered = sheet.content.slip.offered(context.language) if sheet.content.slip is not None else ()
    columns = ("class", "child", "choice", "name", "relation", "time", "version", "matches")
    rows: list[list[Value]] = [
        [
            one.group,
            one.child,
            _choice(offered, one.choice),
            one.name,
            relation_word(context.language, one.relation),
            from_ms(one.signed_at).astimezone(context.zone),
            one.version,
            context.words("nresult.yes" if one.matches else "nresult.no"),
        ]
        for one in found
    ]
    headings = tuple(context.words(f"nresult.col_{one}") for one in columns)
    tables = [Table(context.words("nresult.sheet_slips"), headings, rows), _classes(context, sheet)]
    more = (
        [[context.button("button.nf_slips_more", "nrsx", notice_id, skip + MOST_SLIPS, first=skip + MOST_SLIPS + 1)]]
        if len(found) == MOST_SLIPS
        else []
    )
    caption = render(context.language, "nresult.slips_file", title=title, first=skip + 1, last=skip + len(found))
    _send(context, say.FILE, say.file(_name(title), workbook.drawn(tables, name=title), caption, buttons=more))


def _name(title: str) -> str:
    return "".join(one for one in title if one.isalnum() or one in " -_")[:40].strip() + ".xlsx"


def _classes(context: Context, sheet: Sheet) -> Table:
    offered = sheet.content.slip.offered(context.language) if sheet.content.slip is not None else ()
    found = slips.sums(context.unit, sheet.notice)
    rows: list[list[Value]] = [
        [group, *(counts.get(number, 0) for number in range(len(offered)))]
        for group, counts in _of_classes(sheet, found)
    ]
    return Table(context.words("nresult.sheet_classes"), (context.words("nresult.col_class"), *offered), rows)


# --- polls and surveys ---


def voted(context: Context, notice_id: int) -> None:
    """What was answered to each question, in sums of five and more."""
    got = _tended(context, notice_id)
    if got is None:
        return
    sheet, _ = got
    context.toast()
    sums = surveys.results(context.unit, sheet.notice, sheet.content)
    blocks = [_block(context, sheet, number, one, 200, 40) for number, one in enumerate(sums)]
    if sum(len(one) for one in blocks) > ROOM:
        blocks = [_block(context, sheet, number, one, 50, 20) for number, one in enumerate(sums)]
    charts = [
        context.button("button.nf_chart", "nrplot", notice_id, number, number=number + 1)
        for number, one in enumerate(sums)
        if one.total
    ]
    rows = [charts[first : first + 2] for first in range(0, len(charts), 2)]
    if charts:
        rows.append([context.button("button.nf_votes_file", "nrvx", notice_id)])
    context.change(
        "nresult.votes",
        buttons=[*rows, _back(context, notice_id)],
        title=sheet.content.called(context.language),
        kind=context.words("nresult.poll" if len(sums) == 1 else "nresult.survey"),
        lines=Block("\n\n".join(blocks)),
    )


def _block(context: Context, sheet: Sheet, number: int, sums: Sums, question: int, choice: int) -> str:
    """A question with its answers, its words cut to so many characters."""
    asked = sheet.content.questions[number].asked(context.language)[:question]
    if not sums.total:
        return context.words("nresult.question_few", number=number + 1, question=asked)
    head = context.words("nresult.question", number=number + 1, question=asked, count=sums.total)
    return "\n".join([head, *_answers(context, sheet, number, sums, choice)])


def _answers(context: Context, sheet: Sheet, number: int, sums: Sums, most: int) -> list[str]:
    offered = [one[:most] for one in sheet.content.questions[number].offered(context.language)]
    return [
        context.words("nresult.answer", sign=sign, choice=choice, count=count, share=round(100 * count / sums.total))
        for sign, choice, count in zip(SIGNS, offered, sums.counts, strict=False)
    ]


def chart(context: Context, notice_id: int, number: int) -> None:
    """The answers to a question as a picture; what a letter means stands below it."""
    got = _tended(context, notice_id)
    if got is None:
        return
    sheet, _ = got
    sums = surveys.results(context.unit, sheet.notice, sheet.content)
    if not 0 <= number < len(sums) or not sums[number].total:
        context.toast("nresult.few", alert=True)
        return
    context.toast()
    one = sums[number]
    bars = [Bar(sign, (count,)) for sign, count in zip(SIGNS, one.counts, strict=False)]
    caption = render(
        context.language,
        "nresult.chart",
        question=sheet.content.questions[number].asked(context.language)[:200],
        lines=Block("\n".join(_answers(context, sheet, number, one, 40))),
        count=one.total,
    )
    _send(context, say.PICTURE, say.picture("survey.png", plot.bars(bars), caption))


def votes_file(context: Context, notice_id: int) -> None:
    """The sums as a table."""
    got = _tended(context, notice_id)
    if got is None:
        return
    sheet, _ = got
    context.toast()
    title = sheet.content.called(context.language)
    rows: list[list[Value]] = []
    for question, one in zip(
        sheet.content.questions, surveys.results(context.unit, sheet.notice, sheet.content), strict=True
    ):
        for choice, count in zip(question.offered(context.language), one.counts, strict=False):
            rows.append([question.asked(context.language), choice, count, round(100 * count / one.total)])
    columns = ("question", "choice", "count", "share")
    headings = tuple(context.words(f"nresult.col_{one}") for one in columns)
    drawn = workbook.drawn([Table(context.words("nresult.sheet_votes"), headings, rows)], name=title)
    caption = render(context.language, "nresult.votes_file", title=title)
    _send(context, say.FILE, say.file(_name(title), drawn, caption))


PRESSES: dict[str, Press] = {
    "nrslip": Press(signed, (int,)),
    "nrsx": Press(slips_file, (int, int)),
    "nrvote": Press(voted, (int,)),
    "nrplot": Press(chart, (int, int)),
    "nrvx": Press(votes_file, (int,)),
}
