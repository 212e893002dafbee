"""After a notice: its author hears once how it went, and everybody who looks after it finds lists and numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.notices import again, export, panel, unreachable
from handlers.notices.going import tended
from handlers.texts import Block, words
from models.events.audience import reaches
from models.notices import allowed, attention, counts, ends, notices, running
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.queues import Lane
from models.standing import Reach, standing
from models.sums import FEWEST
from models.unit import Unit

MINUTE = 60_000
NIGHT = (2, 5)
"""Hours in which old lists are deleted: nobody waits then."""
KEPT = timedelta(weeks=8)
"""For which it is kept how many notices a family has had in a week."""


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Tells the authors of notices that have reached everybody they can reach now."""
    for notice_id in ends.over(unit):
        notice = notices.one(unit, notice_id)
        if notice is not None:
            unit.attempt(lambda one=notice: _tell(unit, one, school))  # type: ignore[misc]


def _tell(unit: Unit, notice: Notice, school: SchoolSettings) -> None:
    if not ends.reported(unit, notice):
        return
    unit.session.refresh(notice)
    if panel.is_left(notice):
        panel.put_away(unit, notice)
    elif NoticeState(notice.state) is not NoticeState.RUNNING and notice.panel_chat:
        panel.refresh(unit, notice, school, last=True)
    reach = reaches(unit, [notice.author_id]).get(notice.author_id)
    if reach is None:
        return
    found = counts.of(unit, notice.id)
    lines = panel.numbers(reach.language, found, school)
    if found.resting:
        lines.append(words(reach.language, "nafter.report_later"))
    telling.tell(
        unit,
        reach,
        "nafter.report",
        dedupe_key=f"notice:{notice.id}:report",
        lane=Lane.RELAY,
        buttons=_rows(unit, notice, reach, found),
        title=panel.called(unit, notice, reach.language),
        lines=Block("\n".join(lines)),
    )


def _rows(unit: Unit, notice: Notice, reach: Reach, found: counts.Counts) -> list[list[say.Button]]:
    def one(key: str, action: str, *args: int) -> list[say.Button]:
        return [telling.button(unit, reach, key, action, notice.id, *args)]

    content = notices.content(unit, notice)
    rows: list[list[say.Button]] = []
    # Results first: they are what is looked for here.
    if content.slip is not None:
        rows.append(one("button.nf_slips", "nrslip"))
    if content.questions:
        rows.append(one("button.nf_votes", "nrvote"))
    if content.read:
        rows.append(one("button.nr_reads", "nrreads"))
    if content.read or content.slip is not None:
        rows.append(one("button.nr_again", "nragain"))
    who = standing(unit, reach.bot_id, reach.user_id)
    invites = who is not None and allowed.invites(unit, who) != set()
    if invites and found.blocked + found.unjoined and notices.audience(notice).families:
        rows.append(one("button.nr_unreachable", "nrslips", 0))
    rows.append(one("button.nr_plot", "nrchart") + one("button.nr_export", "nrexport"))
    rows.append([*one("button.nr_see", "nrsee"), telling.button(unit, reach, "button.nw_home", "nhome")])
    return rows


def screen(context: Context, notice_id: int) -> None:
    """Results and lists, in the message with the button."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    context.toast()
    unit = context.unit
    found = counts.of(unit, notice.id)
    lines = panel.numbers(context.language, found, context.school)
    if notices.content(unit, notice).read:
        many = counts.read(unit, notice.id)
        shown = str(many) if many >= FEWEST else context.words("nafter.few", fewest=FEWEST)
        lines.append(context.words("nafter.read", count=shown))
    panel.leave_if_here(context, notice)
    context.change(
        "nafter.screen",
        buttons=_rows(unit, notice, context.reach, found),
        title=panel.called(unit, notice, context.language),
        lines=Block("\n".join(lines)),
    )


# --- what the clock looks after ---


def look_after(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """People whose row another rule has cancelled, notices that are held for long, a way out that is ill."""
    running.heal(unit)
    for notice_id in ends.long_paused(unit):
        _remind(unit, notice_id, "nrun.paused_long")
    for notice_id, since in ends.ill(unit):
        _remind(unit, notice_id, "nrun.bot_ill", minutes=(unit.now_ms - since) // MINUTE)
    if NIGHT[0] <= unit.now.astimezone(panel.zone(school)).hour < NIGHT[1]:
        ends.forget(unit)
        attention.forget(unit, attention.week_of(unit.now - KEPT, school.zone), ends.SOME)


def _remind(unit: Unit, notice_id: int, key: str, **values: Any) -> None:
    notice = notices.one(unit, notice_id)
    reach = None if notice is None else reaches(unit, [notice.author_id]).get(notice.author_id)
    if notice is None or reach is None:
        return
    word = key.rpartition("_")[2]
    found = counts.of(unit, notice.id)
    rows = [[telling.button(unit, reach, "button.nr_see", "nrsee", notice.id)]]
    if notice.state == NoticeState.PAUSED:
        rows.insert(0, [telling.button(unit, reach, "button.nr_go_on", "nrgo", notice.id)])
        values["count"] = found.left + found.resting
    telling.tell(
        unit,
        reach,
        key,
        dedupe_key=f"notice:{notice.id}:{word}.{notice.paused_at or notice.began_at}",
        lane=Lane.RELAY,
        buttons=rows,
        title=panel.called(unit, notice, reach.language),
        **values,
    )


PRESSES: dict[str, Press] = {
    "nrafter": Press(screen, (int,)),
    **unreachable.PRESSES,
    **again.PRESSES,
    **export.PRESSES,
}
