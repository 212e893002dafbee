"""Templates: those that come with the program and those that a school keeps; their blanks are asked for one by one."""

from __future__ import annotations

from datetime import timedelta

from handlers import say
from handlers.context import Context, Press
from handlers.events.create_when import today
from handlers.incoming import Wrote
from handlers.notices import aim, compose, compose_slip
from handlers.notices.compose_draft import FIELD, asks, first, holds, mine
from models.duties import forms
from models.notices import allowed, notices, templates
from models.notices.content import Content
from models.notices.states import Level, Whom
from models.notices.tables import Notice
from models.notices.templates import Kept
from models.standing import administers

NAME, RENAME, FILL = "template", "rename", "fill"
LONGEST_VALUE = 300


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
    found = _kept(context, template_id)
    if found is not None:
        _use(context, notice_id, found[1], "ntkeptl", template_id)


def _kept(context: Context, template_id: int) -> tuple[Kept, Content] | None:
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
    found = _kept(context, template_id)
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
    context.change(
        "nwrite.blank",
        buttons=rows,
        blank=blank,
        line=next((line for line in content.words.splitlines() if blank in line), blank),
        left=len(found),
    )


def takes_blank(context: Context, notice: Notice, event: Wrote, blank: str) -> None:
    """What stands in its place."""
    text = event.text.strip()
    if len(text) > LONGEST_VALUE:
        context.say("nwrite.blank_long", most=LONGEST_VALUE, count=len(text), reply_to=event.place_id)
        return
    content = notices.content(context.unit, notice)
    notices.write(context.unit, notice, templates.fill(content, blank, text))
    _fill(context, notice)


# --- kept by the school ---


def ask_name(context: Context, notice_id: int) -> None:
    """Under which name shall it be kept?"""
    notice = mine(context, notice_id)
    staff = context.who.staff
    if notice is None or staff is None:
        return
    if len(templates.kept(context.unit, staff.school_id, context.who.bot_id)) >= templates.MOST:
        context.toast("nwrite.templates_full", alert=True, most=templates.MOST)
        return
    context.toast()
    asks(context, notice, NAME)
    title = notices.content(context.unit, notice).called(context.language)[: templates.LONGEST_NAME]
    rows = [
        [context.button("button.nw_name_this", "ntname", notice.id, name=title)],
        [context.button("button.nw_back", "nwboard", notice.id)],
    ]
    context.change("nwrite.template_name", buttons=rows, most=templates.LONGEST_NAME)


def name_so(context: Context, notice_id: int) -> None:
    """Under its own title."""
    notice = mine(context, notice_id)
    if notice is not None:
        title = notices.content(context.unit, notice).called(context.language)
        context.toast()
        _keep(context, notice, title[: templates.LONGEST_NAME])


def takes_name(context: Context, notice: Notice, event: Wrote) -> None:
    """Under that name."""
    name = _name(context, event)
    if name:
        _keep(context, notice, name)


def _name(context: Context, event: Wrote) -> str:
    text = " ".join(event.text.split())
    if len(text) > templates.LONGEST_NAME:
        context.say("nwrite.title_long", most=templates.LONGEST_NAME, count=len(text), reply_to=event.place_id)
        return ""
    return text


def _keep(context: Context, notice: Notice, name: str) -> None:
    staff = context.who.staff
    if staff is None:
        return
    content = notices.content(context.unit, notice)
    templates.keep(context.unit, staff.school_id, context.who.bot_id, staff.person_id, name, content)
    holds(context, notice)
    context.change(
        "nwrite.template_kept", buttons=[[context.button("button.nw_back", "nwboard", notice.id)]], name=name
    )


def _changes(context: Context, template_id: int) -> Kept | None:
    """One that this account may rename and delete: its own, or as an admin of the school."""
    found = _kept(context, template_id)
    if found is None:
        return None
    staff = context.who.staff
    own = found[0].author_id in context.who.person_ids
    if not own and (staff is None or staff.school_id not in administers(context.unit, context.who)):
        context.toast("nwrite.template_not_yours", alert=True)
        return None
    return found[0]


def edit(context: Context, template_id: int) -> None:
    """Another name for it, or away with it."""
    found = _changes(context, template_id)
    if found is None:
        return
    context.toast()
    rows = [
        [context.button("button.nw_rename", "ntren", template_id)],
        [context.button("button.nw_delete", "ntdel", template_id)],
        [context.button("button.nw_to_templates", "ntlist", 0)],
    ]
    context.change("nwrite.template", buttons=rows, name=found.name)


def ask_new_name(context: Context, template_id: int) -> None:
    """Which name?"""
    if _changes(context, template_id) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, FIELD, template_id, RENAME)
    context.change(
        "nwrite.template_rename",
        buttons=[[context.button("button.nw_to_templates", "ntlist", 0)]],
        most=templates.LONGEST_NAME,
    )


def takes_new_name(context: Context, template_id: int, event: Wrote) -> None:
    """That one."""
    found, staff = _changes(context, template_id), context.who.staff
    if found is None or staff is None:
        forms.end(context.unit, context.who)
        context.say("help.button_gone")
        return
    name = _name(context, event)
    if name:
        forms.end(context.unit, context.who)
        templates.rename(context.unit, template_id, staff.school_id, context.who.bot_id, name)
        show(context, 0)


def delete(context: Context, template_id: int) -> None:
    """Not kept any more; what was sent from it stays."""
    staff = context.who.staff
    if _changes(context, template_id) is None or staff is None:
        return
    context.toast("nwrite.template_gone")
    templates.delete(context.unit, template_id, staff.school_id, context.who.bot_id)
    show(context, 0)


def rows(context: Context, notice: Notice, _content: Content) -> list[list[say.Button]]:
    """On the screen 'something more'."""
    return [[context.button("button.nw_save", "ntsave", notice.id)]]


PRESSES: dict[str, Press] = {
    "ntlist": Press(show, (int,)),
    "ntready": Press(use_ready, (int, str)),
    "ntkept": Press(use_kept, (int, int)),
    "ntreadyl": Press(begin_ready, (str, str)),
    "ntkeptl": Press(begin_kept, (str, int)),
    "nwfill": Press(fill, (int,)),
    "ntsave": Press(ask_name, (int,)),
    "ntname": Press(name_so, (int,)),
    "ntedit": Press(edit, (int,)),
    "ntren": Press(ask_new_name, (int,)),
    "ntdel": Press(delete, (int,)),
}
