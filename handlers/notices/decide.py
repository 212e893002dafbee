"""The last look before a notice goes out: its preview, what should be noticed about it, how many get it and when; then 'send'."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press, SchoolSettings
from handlers.notices import aim, approve, checks, compose, compose_preview, compose_text, decide_facts
from handlers.notices.compose_draft import holds, mine, written
from handlers.telling import when
from handlers.texts import Block
from models.duties import forms
from models.notices import allowed, audience, deciding, notices, templates
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.unit import Unit


def preview(context: Context, notice_id: int) -> None:
    """Exactly what readers get, to oneself; below it what follows."""
    notice = mine(context, notice_id)
    if notice is None or not ready(context, notice):
        return
    context.toast()
    context.say("nwrite.preview_head")
    compose_preview.send(context.unit, notice, context.reach, answers=True)
    holds(context, notice)
    findings = checks.found(context.unit, notice, context.school, context.school.zone)
    if not findings:
        _last(context, notice, anew=True)
        return
    rows = [
        [context.button("button.nw_change", "nwboard", notice.id)],
        [context.button("button.nw_anyway", "nwlast", notice.id, deciding.stamp(notice))],
    ]
    lines = [f"⚠ {one}" for one in checks.sentences(context, notice, findings)]
    context.say("ncheck.view", buttons=rows, lines=Block("\n\n".join(lines)))


def ready(context: Context, notice: Notice) -> bool:
    """Whether nothing is missing; otherwise it is said what."""
    content, row = notices.content(context.unit, notice), notice.id
    back = [[context.button("button.nw_back", "nwboard", row)]]
    if not written(content):
        context.toast()
        compose.board(context, notice)
    elif not aim.is_whole(context, notice):
        context.toast()
        context.change("naim.not_yours", buttons=[[context.button("button.nw_aim", "nwaim", row)], *back])
    elif templates.blanks(content):
        context.toast()
        compose.board(context, notice)
    elif not content.called(context.language):
        # Lists and receipts need a name for it, and a picture alone has none.
        compose_text.ask_title(context, row)
    elif content.slip is not None and not notices.audience(notice).families:
        context.toast()
        context.change("nwrite.slip_staff", buttons=[[context.button("button.nw_no_slip", "nwnoslip", row)], *back])
    elif over := compose_text.too_long(context, notice, content):
        context.toast()
        context.change("nwrite.too_long", over=over, buttons=back)
    elif notice.starts_at is not None and notice.starts_at <= context.unit.now_ms:
        context.toast()
        context.change("nwrite.when_gone", buttons=[[context.button("button.nw_when", "nwwhen", row)], *back])
    elif content.slip is not None and (notice.valid_until or 0) <= (notice.starts_at or context.unit.now_ms):
        context.toast()
        context.change("nwrite.until_gone", buttons=[[context.button("button.nw_until", "nwuntil", row)], *back])
    else:
        return True
    return False


# --- the last screen ---


def _last(context: Context, notice: Notice, *, anew: bool = False) -> None:
    """The last screen."""
    unit, school = context.unit, context.school
    row = notice.id
    size = audience.size(unit, notices.audience(notice))
    holds(context, notice)
    lines = decide_facts.lines(context, notice, size)
    second = size.reached > school.notices.approve_above
    if second:
        lines.append(context.words("nwrite.second", most=school.notices.approve_above))
    rows: list[list[say.Button]] = []
    if not size.reached:
        lines.append(context.words("nwrite.nobody"))
        rows.append([context.button("button.nw_aim", "nwaim", row)])
    elif second:
        rows.append([context.button("button.nw_ask_second", "nwsend", row, deciding.stamp(notice))])
    elif notice.starts_at is None:
        rows.append([context.button("button.nw_send", "nwsend", row, deciding.stamp(notice), count=size.reached)])
    else:
        time = when(context.language, notice.starts_at, school.zone)
        rows.append([context.button("button.nw_send_at", "nwsend", row, deciding.stamp(notice), time=time)])
    rows.append([context.button("button.nw_change", "nwboard", row), context.button("button.nw_when", "nwwhen", row)])
    say_it = context.say if anew else context.change
    say_it("nwrite.last", buttons=rows, lines=Block("\n".join(lines)))


def last(context: Context, notice_id: int, stamp: int) -> None:
    """The last screen; what was changed since the preview is shown first."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    if deciding.stamp(notice) != stamp:
        preview(context, notice_id)
    elif ready(context, notice):
        context.toast()
        _last(context, notice)


# --- sent ---


def send(context: Context, notice_id: int, stamp: int) -> None:
    """It is settled, or a second person is asked. Who presses twice sends it once: it is no draft any more."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    if deciding.stamp(notice) != stamp:
        preview(context, notice_id)
        return
    if not ready(context, notice):
        return
    unit, school = context.unit, context.school
    size = audience.size(unit, notices.audience(notice))
    if not size.reached:
        context.toast()
        _last(context, notice)
        return
    content = notices.content(unit, notice)
    if size.reached > school.notices.approve_above:
        approve.ask(context, notice, size)
        return
    if not deciding.plan(unit, notice, content, school.notices.valid_days):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.end(unit, context.who)
    rows = [
        [context.button("button.nw_see", "nsee", notice.id)],
        [context.button("button.nw_home", "nhome")],
    ]
    if notice.starts_at is None:
        context.change("nwrite.sent", buttons=rows, title=content.called(context.language))
    else:
        time = when(context.language, notice.starts_at, school.zone)
        context.change("nwrite.planned", buttons=rows, title=content.called(context.language), time=time)


def back(context: Context, notice_id: int) -> None:
    """A draft again, as long as it has not begun; its author alone can say so."""
    notice = notices.one(context.unit, notice_id)
    own = notice is not None and notice.author_id in context.who.person_ids and context.who.staff is not None
    if notice is None or not own:
        context.toast("help.button_gone", alert=True)
        return
    if not deciding.back(context.unit, notice):
        context.toast("nwrite.begun", alert=True)
        return
    context.toast("nwrite.draft_again")
    compose.board(context, notice)


def ask_drop(context: Context, notice_id: int) -> None:
    """Really not sent?"""
    notice = _early(context, notice_id)
    if notice is None:
        return
    context.toast()
    rows = [
        [context.button("button.nw_stop_yes", "nwstopy", notice.id)],
        [context.button("button.nw_see_back", "nsee", notice.id)],
    ]
    title = notices.content(context.unit, notice).called(context.language)
    context.change("nwrite.stop", buttons=rows, title=title)


def _early(context: Context, notice_id: int) -> Notice | None:
    """A notice that this account looks after and that nobody has yet."""
    notice = notices.one(context.unit, notice_id)
    if notice is None or allowed.tends(context.unit, notice, context.who) is None:
        context.toast("help.button_gone", alert=True)
        return None
    if notice.state not in (NoticeState.ASKED, NoticeState.PLANNED):
        context.toast("nwrite.begun", alert=True)
        return None
    return notice


def drop(context: Context, notice_id: int) -> None:
    """It is not sent at all; its author hears of it where somebody else has said so."""
    notice = _early(context, notice_id)
    if notice is None:
        return
    if not deciding.drop(context.unit, notice):
        context.toast("nwrite.begun", alert=True)
        return
    context.toast()
    approve.tell_author(context, notice, "nagree.dropped")
    context.change("nwrite.dropped", buttons=[[context.button("button.nw_home", "nhome")]])


def may_begin(unit: Unit, _bot_id: int, _school: SchoolSettings) -> bool:
    """Before its list is written, whether the author still may: somebody may have left the school since it was decided."""
    for notice_id in deciding.beginning(unit):
        notice = notices.one(unit, notice_id)
        if notice is not None and not deciding.still_may(unit, notice) and deciding.back(unit, notice):
            approve.tell_not_allowed(unit, notice)
    return False


PRESSES: dict[str, Press] = {
    "nwpre": Press(preview, (int,)),
    "nwlast": Press(last, (int, int)),
    "nwsend": Press(send, (int, int)),
    "nwundo": Press(back, (int,)),
    "nwstop": Press(ask_drop, (int,)),
    "nwstopy": Press(drop, (int,)),
}
