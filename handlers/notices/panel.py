"""How a notice goes on, in one message: a bar, numbers without names, the pace, the end, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from handlers import say, telling
from handlers.context import Context, SchoolSettings
from handlers.texts import Block, Rich, moment, render, words
from models import freezing
from models.base import from_ms
from models.events.audience import reaches
from models.notices import counts, notices, panels
from models.notices.counts import Counts
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit
from models.vault import VaultError

BLOCKS = 10
QUICK = timedelta(seconds=10)
"""What is over within that needs no message of its own: the report says it."""
_HEADS = {
    NoticeState.PLANNED: "nrun.head_planned",
    NoticeState.RUNNING: "nrun.head_running",
    NoticeState.PAUSED: "nrun.head_paused",
    NoticeState.DONE: "nrun.head_done",
    NoticeState.STOPPED: "nrun.head_stopped",
    NoticeState.RECALLED: "nrun.head_recalled",
}


@dataclass(frozen=True, slots=True)
class View:
    """The message's words and buttons, and how many have the notice by now."""

    rich: Rich
    rows: list[list[say.Button]]
    sent: int

    @property
    def mark(self) -> int:
        """A check sum of all that is seen."""
        return crc32((self.rich.text + "".join(one.text for row in self.rows for one in row)).encode())


def bar(done: int, everyone: int) -> str:
    """Ten blocks and a share in percent; all of them only once nobody is left."""
    if everyone <= 0:
        return "░" * BLOCKS
    filled = done * BLOCKS // everyone
    return f"{'▓' * filled}{'░' * (BLOCKS - filled)} {done * 100 // everyone}%"


def view(unit: Unit, notice: Notice, reach: Reach, school: SchoolSettings, *, live: bool) -> View:
    """What one person sees of it. `live`: it is changed by itself; otherwise a button brings the newest numbers."""
    found = counts.of(unit, notice.id)
    language, state = reach.language, NoticeState(notice.state)
    lines = [words(language, _HEADS[state])]
    if notice.listed_at is None and state in (NoticeState.RUNNING, NoticeState.PAUSED):
        lines.append(words(language, "nrun.listing", count=found.everyone))
    else:
        lines.append(bar(found.everyone - found.left - found.resting, found.everyone))
    lines += numbers(language, found, school)
    if state is NoticeState.RUNNING and freezing.stopped(unit, [notice.author_id]):
        lines.append(words(language, "nrun.frozen"))
    elif state is NoticeState.RUNNING:
        lines += _pace(unit, notice, found, language, school)
    if notice.mending is not None:
        key = "nrun.taking_back" if state is NoticeState.RECALLED else "nrun.correcting"
        lines.append(words(language, key))
    elif notice.version > 1 and state is not NoticeState.RECALLED:
        lines.append(words(language, "nrun.corrected"))
    rich = render(language, "nrun.panel", title=called(unit, notice, language), lines=Block("\n".join(lines)))
    return View(rich, buttons(unit, notice, reach, live=live), found.sent)


def called(unit: Unit, notice: Notice, language: str) -> str:
    """What it is called; its day where its words do not open."""
    try:
        return notices.content(unit, notice).called(language)
    except VaultError:
        return moment(language, from_ms(notice.created_at), "UTC")[:-6]


def numbers(language: str, found: Counts, school: SchoolSettings) -> list[str]:
    """The counts in words, a line for each that there is."""
    lines = [words(language, "nrun.sent", count=found.sent)]
    if found.left:
        lines.append(words(language, "nrun.left", count=found.left))
    if found.resting and found.first_at is not None:
        at = moment(language, from_ms(found.first_at), school.zone)
        lines.append(words(language, "nrun.resting", count=found.resting, time=at))
    if found.in_list:
        lines.append(words(language, "nrun.in_list", count=found.in_list))
    if found.cannot:
        lines.append(words(language, "nrun.cannot", count=found.cannot, why=Block(why_not(language, found))))
    if found.ended:
        lines.append(words(language, "nrun.ended", count=found.ended))
    if found.recalled:
        lines.append(words(language, "nrun.recalled", count=found.recalled))
    return lines


def why_not(language: str, found: Counts) -> str:
    """Why some cannot be reached, in numbers; what must not be told apart stands in one number."""
    parts = (
        ("nrun.why_unjoined", found.unjoined),
        ("nrun.why_blocked", found.blocked),
        ("nrun.why_other", found.failed + found.withheld),
    )
    between = "，" if language == "zh_CN" else ", "
    return between.join(words(language, key, count=many) for key, many in parts if many)


def _pace(unit: Unit, notice: Notice, found: Counts, language: str, school: SchoolSettings) -> list[str]:
    if notice.panel_at is None or not found.left:
        return []
    seconds = (unit.now_ms - notice.panel_at) / 1000
    fresh = found.sent - notice.panel_sent
    if seconds < 1 or fresh <= 0:
        return []
    rate = fresh / seconds
    end = unit.now + timedelta(seconds=found.left / rate)
    shown = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
    return [words(language, "nrun.pace", rate=shown, time=moment(language, end, school.zone)[-5:])]


def buttons(unit: Unit, notice: Notice, reach: Reach, *, live: bool) -> list[list[say.Button]]:
    """What can be done about it as it stands; rights are asked at the press."""

    def one(key: str, action: str) -> say.Button:
        return telling.button(unit, reach, key, action, notice.id)

    state = NoticeState(notice.state)
    rows: list[list[say.Button]] = []
    if state is NoticeState.RUNNING:
        rows.append([one("button.nr_pause", "nrpause"), one("button.nr_stop", "nrstop")])
    elif state is NoticeState.PAUSED:
        rows.append([one("button.nr_go_on", "nrgo"), one("button.nr_stop", "nrstop")])
    if state not in (NoticeState.RECALLED, NoticeState.PLANNED):
        rows.append([one("button.nr_correct", "nrfix"), one("button.nr_recall", "nrback")])
    last = [] if live and state in (NoticeState.RUNNING, NoticeState.PAUSED) else [one("button.nr_fresh", "nrsee")]
    if notice.listed_at is not None:
        last.append(one("button.nr_after", "nrafter"))
    if last:
        rows.append(last)
    return rows


# --- the message in its author's chat ---


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Makes or changes the messages of the notices that go out, and of those that are paused, corrected or taken back."""
    for notice_id in panels.due(unit):
        notice = notices.one(unit, notice_id)
        if notice is not None and _is_due(unit, notice, school):
            unit.attempt(lambda one=notice: refresh(unit, one, school))  # type: ignore[misc]


def _is_due(unit: Unit, notice: Notice, school: SchoolSettings) -> bool:
    if notice.panel_at is None:
        return not _is_quick(unit, notice, school)
    since = unit.now_ms - notice.panel_at
    if notice.panel_place is None:
        return since >= panels.MISSING and notice.panel_at != panels.SOON
    return since >= panels.EVERY + notice.panel_sent * 1000 // panels.PEOPLE_A_SECOND


def _is_quick(unit: Unit, notice: Notice, school: SchoolSettings) -> bool:
    """Whether it has just begun and is so small that it will be over in a moment."""
    begun = notice.began_at is not None and unit.now < from_ms(notice.began_at) + QUICK
    if not begun or notice.listed_at is None or notice.state != NoticeState.RUNNING:
        return False
    found = counts.of(unit, notice.id)
    return found.left < school.bulk_per_second * QUICK.total_seconds() / 2


def refresh(unit: Unit, notice: Notice, school: SchoolSettings, *, last: bool = False) -> None:
    """Shows its author how it stands now: in the message that there is, or in a new one. `last`: nothing follows by
    itself."""
    reach = reaches(unit, [notice.author_id]).get(notice.author_id)
    if reach is None:
        panels.keep(unit, notice, bot_id=None, chat_id=None, place=None, sent=0, shown=None)
        return
    here = (notice.panel_bot, notice.panel_chat) == (reach.bot_id, reach.user_id)
    place = notice.panel_place if here else None
    if place is not None and not last and panels.waits(unit, reach.bot_id, reach.user_id):
        return
    if here and place is None and last and _under_way(unit, notice):
        panels.once_it_stands(unit, notice)
        return
    seen = view(unit, notice, reach, school, live=True)
    same = place is not None and notice.panel_shown == seen.mark
    kept = panels.keep(
        unit, notice, bot_id=reach.bot_id, chat_id=reach.user_id, place=place, sent=seen.sent, shown=seen.mark
    )
    if not kept or same:
        return
    then = {"notice_panel": notice.id}
    unit.queue(
        bot_id=reach.bot_id,
        chat_id=reach.user_id,
        kind=say.TEXT if place is None else say.AMEND,
        lane=Lane.RELAY,
        payload=say.text(seen.rich, buttons=seen.rows, then=then)
        if place is None
        else say.amend_at(place, "text", seen.rich, buttons=seen.rows, then=then),
    )


def _under_way(unit: Unit, notice: Notice) -> bool:
    """Whether it was sent just now and nobody knows yet where it stands."""
    at = notice.panel_at or 0
    return notice.panel_shown is not None and (at == panels.SOON or unit.now_ms - at < panels.MISSING)


def ended(unit: Unit, notice_id: int, school: SchoolSettings) -> None:
    """Nobody waits for it any more: the message says so, and changes by itself no longer."""
    notice = notices.one(unit, notice_id)
    if notice is None or notice.panel_at is None:
        return
    if is_left(notice) or (notice.reported_at is not None and notice.panel_chat is None):
        put_away(unit, notice)
        return
    unit.attempt(lambda: refresh(unit, notice, school, last=True))


def is_left(notice: Notice) -> bool:
    """Whether its author has put something else in its place: how it ended stands in the report then."""
    nowhere = notice.panel_place is None and notice.panel_shown is None
    return nowhere and notice.panel_at is not None and notice.panel_at > panels.SOON


def put_away(unit: Unit, notice: Notice) -> None:
    """It comes no more by itself: whoever wants to see it asks for it."""
    panels.keep(unit, notice, bot_id=None, chat_id=None, place=None, sent=notice.panel_sent, shown=None)


def open_here(context: Context, notice: Notice) -> None:
    """Shows it where a button was pressed. For its author this is the one message from now on; the earlier one goes."""
    unit, who = context.unit, context.who
    own = notice.author_id in who.person_ids
    seen = view(unit, notice, context.reach, context.school, live=own)
    earlier = notice.panel_place if (notice.panel_bot, notice.panel_chat) == (who.bot_id, who.user_id) else None
    place = context.place_id if context.pressed is not None else None
    _put(context, seen, notice)
    if not own:
        return
    kept = panels.keep(
        unit, notice, bot_id=who.bot_id, chat_id=who.user_id, place=place, sent=seen.sent, shown=seen.mark
    )
    if kept and earlier is not None and earlier != place:
        unit.queue(answers=True, bot_id=who.bot_id, chat_id=who.user_id, kind=say.ERASE, payload=say.erase_at(earlier))


def _put(context: Context, seen: View, notice: Notice) -> None:
    then = {"notice_panel": notice.id}
    if context.pressed is not None and context.place_id is not None:
        kind, payload = say.AMEND, say.amend_at(context.place_id, "text", seen.rich, buttons=seen.rows, then=then)
    else:
        kind, payload = say.TEXT, say.text(seen.rich, buttons=seen.rows, then=then)
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=kind,
        payload=payload,
    )


def zone(school: SchoolSettings) -> ZoneInfo:
    """The school's time zone."""
    return ZoneInfo(school.zone)


def leave_if_here(context: Context, notice: Notice) -> None:
    """Something else is about to stand in the place of the pressed message: where that was the live one, it is shown again
    when it is asked for, or in a new message after a minute while there is something to tell. Numbers must not
    overwrite a question."""
    unit, who = context.unit, context.who
    at = (notice.panel_bot, notice.panel_chat, notice.panel_place)
    if at != (who.bot_id, who.user_id, context.place_id):
        return
    if notice.reported_at is not None:
        put_away(unit, notice)
        return
    panels.keep(
        unit,
        notice,
        bot_id=notice.panel_bot,
        chat_id=notice.panel_chat,
        place=None,
        sent=notice.panel_sent,
        shown=None,
    )
