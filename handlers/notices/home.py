"""/notice: write one, go on with a draft, begin from a template, look after those that are planned, going out or done."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded
from handlers.notices import aim, approve, compose, read
from handlers.telling import when
from handlers.texts import Block
from models.events import events
from models.notices import allowed, counts, notices
from models.notices.states import Level, NoticeState
from models.notices.tables import Notice
from models.standing import administers

SHOWN = 6
DRAFTS = 3
_NEWEST = 1 << 62
MORE: list[Callable[[Context], list[list[say.Button]]]] = []
"""Rows of the home screen that other conversations add; menu.py fills it."""
PARTS: list[Callable[[Context, Notice], list[list[say.Button]]]] = []
"""Rows under one notice that other conversations add; menu.py fills it."""


def show(context: Context, _event: Commanded | None = None) -> None:
    """What one can begin, go on with, and look after."""
    levels = allowed.levels(context.unit, context.who)
    if not levels:
        if context.who.has_joined:
            read.mine(context)
            return
        context.toast()
        context.change("help.stranger")
        return
    context.toast()
    unit = context.unit
    rows = [
        [context.button("button.nw_new", "nwnew")],
        [context.button("button.nw_templates", "ntlist", 0)],
    ]
    drafts = notices.drafts(unit, context.who.staff.person_id) if context.who.staff is not None else []
    rows += [_draft_row(context, one) for one in drafts[:DRAFTS]]
    if len(drafts) > DRAFTS:
        rows.append([context.button("button.nw_all_drafts", "ndrafts", count=len(drafts))])
    found = _tended(context, _NEWEST)
    lines = [_line(context, one) for one in found[:SHOWN]]
    rows += [[context.named(_title(context, one), "nsee", one.id)] for one in found[:SHOWN]]
    if len(found) > SHOWN:
        rows.append([context.button("button.nw_older", "nolder", found[SHOWN - 1].id)])
    for more in MORE:
        rows += more(context)
    key = "nwrite.home" if lines else "nwrite.home_new"
    context.change(key, buttons=rows, lines=Block("\n".join(lines)))


def _tended(context: Context, before: int) -> list[Notice]:
    centre = Level.CENTRE in allowed.levels(context.unit, context.who)
    schools = administers(context.unit, context.who)
    return notices.tended(context.unit, context.who, schools, centre, SHOWN + 1, before)


def _title(context: Context, notice: Notice) -> str:
    return notices.content(context.unit, notice).called(context.language) or context.words("nwrite.untitled")


def _line(context: Context, notice: Notice) -> str:
    return f"· {_title(context, notice)}\n   {_state(context, notice)}"


def _state(context: Context, notice: Notice) -> str:
    """Where it stands, in a few words, with how many have it."""
    state = NoticeState(notice.state)
    if state is NoticeState.PLANNED:
        return context.words("nwrite.state_planned", time=compose.starts(context, notice))
    if state in (NoticeState.DRAFT, NoticeState.ASKED, NoticeState.DROPPED):
        return context.words(f"nwrite.state_{state.value}")
    found = counts.of(context.unit, notice.id)
    # Who is on the list by now; while it is written, the audience grows.
    return context.words(f"nwrite.state_{state.value}", have=found.sent + found.in_list, everyone=found.everyone)


def _draft_row(context: Context, notice: Notice) -> list[say.Button]:
    return [context.button("button.nw_draft", "nwboard", notice.id, title=_title(context, notice)[:40])]


def drafts(context: Context) -> None:
    """All drafts that are kept."""
    staff = context.who.staff
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    rows = [_draft_row(context, one) for one in notices.drafts(context.unit, staff.person_id)]
    context.change("nwrite.drafts", buttons=[*rows, [context.button("button.nw_home", "nhome")]])


def older(context: Context, before: int) -> None:
    """Those before that one."""
    if not allowed.levels(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    found = _tended(context, before)
    rows = [[context.named(_title(context, one), "nsee", one.id)] for one in found[:SHOWN]]
    if len(found) > SHOWN:
        rows.append([context.button("button.nw_older", "nolder", found[SHOWN - 1].id)])
    rows.append([context.button("button.nw_home", "nhome")])
    context.change("nwrite.older", buttons=rows, lines=Block("\n".join(_line(context, one) for one in found[:SHOWN])))


def one(context: Context, notice_id: int) -> None:
    """One notice: where it stands, and what can be done about it."""
    notice = notices.one(context.unit, notice_id)
    unit, who = context.unit, context.who
    tends = notice is not None and allowed.tends(unit, notice, who) is not None
    agrees = notice is not None and allowed.approves(unit, notice, who) is not None
    if notice is None or not (tends or agrees) or notice.state == NoticeState.DROPPED:
        context.toast("help.button_gone", alert=True)
        return
    if notice.state == NoticeState.DRAFT:
        compose.show(context, notice_id)
        return
    context.toast()
    if agrees:
        approve.show(context, notice)
        return
    rows = [[context.button("button.nw_look", "nwlook", notice.id)]]
    if notice.state in (NoticeState.ASKED, NoticeState.PLANNED):
        if notice.author_id in who.person_ids:
            rows.append([context.button("button.nw_undo", "nwundo", notice.id)])
        rows.append([context.button("button.nw_stop", "nwstop", notice.id)])
    for part in PARTS:
        rows += part(context, notice)
    rows.append([context.button("button.nw_home", "nhome")])
    lines = [
        context.words("nwrite.by", author=events.name_of(unit, notice.author_id)),
        context.words("nwrite.to", where=aim.where(context, notice)),
        _state(context, notice),
    ]
    if notice.approved_by is not None:
        lines.insert(1, context.words("nwrite.approved", who=events.name_of(unit, notice.approved_by)))
    if notice.began_at is not None:
        began = when(context.language, notice.began_at, context.school.zone)
        lines.append(context.words("nwrite.began", time=began))
    context.change("nwrite.one", buttons=rows, title=_title(context, notice), lines=Block("\n".join(lines)))


COMMANDS: dict[str, CommandHandler] = {"notice": show}
PRESSES: dict[str, Press] = {
    "nhome": Press(show),
    "ndrafts": Press(drafts),
    "nolder": Press(older, (int,)),
    "nsee": Press(one, (int,)),
}
