"""Templates: those that come with the program and those that a school keeps; their blanks are asked for one by one."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context, Press
from handlers.events.create_when import today
from handlers.incoming import Wrote
from handlers.notices import aim, compose, compose_slip
from handlers.notices.compose_draft import asks, first, holds, mine, written
from models.notices import allowed, notices, templates
from models.notices.content import Content
from models.notices.states import Level, Whom
from models.notices.tables import Notice
from models.notices.templates import Kept

FILL = "fill"
LONGEST_VALUE = 300
LONGEST_LINE = 200
"""Characters around a blank that are shown: a line may be as long as a message."""


# --- the list ---


def show(context: Context, notice_id: int) -> None:
    """All that there is to begin from; for that draft, or (0) for a new one."""
    staff = context.who.staff
    if staff is None or not allowed.levels(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    notice = mine(context, notice_id) if notice_id else None
    if notice_id and notice is None:
        return
    context.toast()
    if notice is not None:
        holds(context, notice)
    rows = [[context.named(one.title[context.language], "ntready", notice_id, one.code)] for one in templates.ready()]
    for own in templates.kept(context.unit, staff.school_id, context.who.bot_id):
        rows.append([context.named(f"⭐ {own.name}", "ntkept", notice_id, own.id)])
        if notice is None:
            rows[-1].append(context.button("button.nw_template_change", "ntedit", own.id))
    if notice is None:
        rows.append([context.button("button.nw_home", "nhome")])
    else:
        rows.append([context.button("button.nw_back", "nwask", notice_id)])
    context.change("nwrite.templates", buttons=rows)


def use_ready(context: Context, notice_id: int, code: str) -> None:
    """One that comes with the program."""
    found = templates.ready_one(code)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    _use(context, notice_id, found.content, "ntreadyl", code, mentors=code == "mentors")


def use_kept(context: Context, notice_id: int, template_id: int) -> None:
    """One that the school keeps."""
    found = kept(context, template_id)
    if found is not None:
        _use(context, notice_id, found[1], "ntkeptl", template_id)


def kept(context: Context, template_id: int) -> tuple[Kept, Content] | None:
    """One that the school of this account keeps, with its content."""
    staff = context.who.staff
    found = None
    if staff is not None and allowed.levels(context.unit, context.who):
        found = templates.one(context.unit, template_id, staff.school_id, context.who.bot_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
    return found


def _use(
    context: Context, notice_id: int, content: Content, action: str, key: int | str, *, mentors: bool = False
) -> None:
    if notice_id:
        notice = mine(context, notice_id)
        if notice is None:
            return
        context.toast()
        if not written(notices.content(context.unit, notice)):
            # An old button writes over nothing.
            _put(context, notice, content)
        compose.board(context, notice)
        return
    known = allowed.levels(context.unit, context.who)
    if len(known) == 1:
        _begin(context, known[0].value, content, mentors=mentors)
        return
    context.toast()
    rows = [[context.button(f"button.nw_level_{level.value}", action, level.value, key)] for level in known]
    context.change("nwrite.level", buttons=[*rows, [context.button("button.nw_home", "nhome")]])


def _put(context: Context, notice: Notice, content: Content) -> None:
    if not notices.audience(notice).families:
        content = content.with_(slip=None)
    if content.slip is not None:
        compose_slip.keep_until(context, notice, today(context) + timedelta(days=compose_slip.DAYS[1]))
    notices.write(context.unit, notice, content)


def _begin(context: Context, level: str, content: Content, *, mentors: bool) -> None:
    notice = compose.fresh(context, level)
    if notice is None:
        return
    context.toast()
    if mentors and notice.level != Level.MENTOR:
        notices.aim(context.unit, notice, notices.audience(notice).with_(whom=Whom.MENTORS.value))
    _put(context, notice, content)
    if notice.level == Level.MENTOR:
        compose.board(context, notice)
    else:
        aim.show(context, notice)


def begin_ready(context: Context, level: str, code: str) -> None:
    """A new notice of that level from one that comes with the program."""
    found = templates.ready_one(code)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    _begin(context, level, found.content, mentors=code == "mentors")


def begin_kept(context: Context, level: str, template_id: int) -> None:
    """A new notice of that level from one that the school keeps."""
    found = kept(context, template_id)
    if found is not None:
        _begin(context, level, found[1], mentors=False)


# --- blanks ---


def fill(context: Context, notice_id: int) -> None:
    """The next blank that is to be filled."""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        _fill(context, notice)


def _fill(context: Context, notice: Notice) -> None:
    content = notices.content(context.unit, notice)
    found = templates.blanks(content)
    if not found:
        compose.board(context, notice)
        return
    blank = found[0]
    asks(context, notice, f"{FILL} {blank}")
    rows = []
    own = any(blank in one.text for one in content.pieces.get(first(content), ()))
    if not own and len(content.languages) > 1:
        rows.append([context.button("button.nw_no_other", "nwnolang", notice.id)])
    rows.append([context.button("button.nw_back", "nwboard", notice.id)])
    line = next((line for line in content.words.splitlines() if blank in line), blank)
    if len(line) > LONGEST_LINE:
        at = max(line.find(blank) - LONGEST_LINE // 2, 0)
        line = f"…{line[at : at + LONGEST_LINE]}…"
    context.change("nwrite.blank", buttons=rows, blank=blank, line=line, left=len(found))


def takes_blank(context: Context, notice: Notice, event: Wrote, blank: str) -> None:
    """What stands in its place."""
    text = event.text.strip()
    if len(text) > LONGEST_VALUE:
        context.say("nwrite.blank_long", most=LONGEST_VALUE, count=len(text), reply_to=event.place_id)
        return
    content = notices.content(context.unit, notice)
    notices.write(context.unit, notice, templates.fill(content, blank, text))
    _fill(context, notice)


PRESSES: dict[str, Press] = {
    "ntlist": Press(show, (int,)),
    "ntready": Press(use_ready, (int, str)),
    "ntkept": Press(use_kept, (int, int)),
    "ntreadyl": Press(begin_ready, (str, str)),
    "ntkeptl": Press(begin_kept, (str, int)),
    "nwfill": Press(fill, (int,)),
}
