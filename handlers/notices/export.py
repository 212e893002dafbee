"""A notice in numbers: readers by class, a table, a chart of its delivery. Nobody's name stands in any of them."""

from __future__ import annotations

from handlers import plot, say, workbook
from handlers.context import Context, Press
from handlers.notices import panel
from handlers.notices.going import tended
from handlers.plot import Bar
from handlers.texts import Block, moment, render
from handlers.workbook import Table, Value
from models.base import from_ms
from models.notices import counts, notices
from models.notices.counts import ClassCounts
from models.notices.states import With
from models.sums import FEWEST

LINES = 50
_WIDTHS = (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1_000))


def reads(context: Context, notice_id: int) -> None:
    """How many of each class have said that they read it; classes of a few are left out."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if not notices.content(context.unit, notice).read:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    found = [one for one in counts.by_class(context.unit, notice) if one.have >= FEWEST]
    many_schools = len({one.school_id for one in found}) > 1
    lines = []
    for one in found:
        group = f"{one.school} {one.label}" if many_schools else one.label
        if one.read >= FEWEST:
            lines.append(context.words("nafter.reads_row", group=group, read=one.read, have=one.have))
        else:
            lines.append(context.words("nafter.reads_few", group=group, fewest=FEWEST))
    title = panel.called(context.unit, notice, context.language)
    if not lines:
        lines = [context.words("nafter.reads_none")]
    for start in range(0, len(lines), LINES):
        context.say("nafter.reads", title=title, lines=Block("\n".join(lines[start : start + LINES])), fewest=FEWEST)


def export(context: Context, notice_id: int) -> None:
    """The numbers of each class as a workbook."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    context.toast()
    found, with_read = counts.by_class(context.unit, notice), notices.content(context.unit, notice).read
    rows: list[list[Value]] = [_row(one, with_read) for one in found]
    if rows:
        sums: list[Value] = [context.words("nafter.all"), ""]
        sums += [sum(_numbers(one)[place] for one in found) for place in range(len(_numbers(found[0])))]
        if with_read:
            read = counts.read(context.unit, notice.id)
            sums.append(read if read >= FEWEST else None)
        rows.append(sums)
    columns = ["school", "class", "people", "sent", "waiting", "list", "blocked", "unjoined", "other"]
    headings = tuple(context.words(f"nafter.col_{one}") for one in [*columns, *(["read"] if with_read else [])])
    title = context.words("nafter.file")
    content = workbook.drawn([Table(context.words("nafter.sheet_classes"), headings, rows)], name=title)
    called = panel.called(context.unit, notice, context.language)
    name = f"{title} {context.unit.now.astimezone(context.zone).date()}.xlsx"
    caption = render(context.language, "nafter.export", title=called)
    _send(context, say.FILE, say.file(name, content, caption))


def _numbers(one: ClassCounts) -> list[int]:
    states = one.states
    return [
        sum(states.values()),
        states.get(With.SENT, 0),
        states.get(With.WAITING, 0) + states.get(With.QUEUED, 0),
        states.get(With.DIGEST, 0) + states.get(With.LISTED, 0),
        states.get(With.BLOCKED, 0),
        states.get(With.UNJOINED, 0),
        sum(states.get(state, 0) for state in (With.FAILED, With.WITHHELD, With.ENDED, With.RECALLED)),
    ]


def _row(one: ClassCounts, with_read: bool) -> list[Value]:
    read = one.read if one.have >= FEWEST and one.read >= FEWEST else None
    return [one.school, one.label, *_numbers(one), *([read] if with_read else [])]


def chart(context: Context, notice_id: int) -> None:
    """How many got it when, as a picture."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    wide, parts = counts.over_time(context.unit, notice)
    if not parts:
        context.toast("nafter.plot_none", alert=True)
        return
    context.toast()
    shape = "%m-%d" if wide >= 86_400_000 else "%H:%M" if wide >= 60_000 else "%H:%M:%S"
    bars = [Bar(from_ms(at).astimezone(context.zone).strftime(shape), (many,)) for at, many in parts]
    word, size = next((word, size) for word, size in _WIDTHS if wide >= size)
    caption = render(
        context.language,
        "nafter.plot",
        sign=plot.SIGNS[0],
        wide=context.words(f"nafter.{word}", count=wide // size),
        since=moment(context.language, from_ms(parts[0][0]), context.school.zone),
    )
    _send(context, say.PICTURE, say.picture("chart.png", plot.bars(bars), caption))


def _send(context: Context, kind: str, payload: str) -> None:
    context.unit.queue(answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=kind, payload=payload)


PRESSES: dict[str, Press] = {
    "nrreads": Press(reads, (int,)),
    "nrexport": Press(export, (int,)),
    "nrchart": Press(chart, (int,)),
}
