"""A school's own templates: kept under a name, renamed, deleted."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.notices import templates as templates_list
from handlers.notices.compose_draft import FIELD, asks, holds, mine
from models.duties import forms
from models.notices import notices, templates
from models.notices.content import Content
from models.notices.tables import Notice
from models.notices.templates import Kept
from models.standing import administers

NAME, RENAME = "template", "rename"


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
    found = templates_list.kept(context, template_id)
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
        templates_list.show(context, 0)


def delete(context: Context, template_id: int) -> None:
    """Not kept any more; what was sent from it stays."""
    staff = context.who.staff
    if _changes(context, template_id) is None or staff is None:
        return
    context.toast("nwrite.template_gone")
    templates.delete(context.unit, template_id, staff.school_id, context.who.bot_id)
    templates_list.show(context, 0)


def rows(context: Context, notice: Notice, _content: Content) -> list[list[say.Button]]:
    """On the screen 'something more'."""
    return [[context.button("button.nw_save", "ntsave", notice.id)]]


PRESSES: dict[str, Press] = {
    "ntsave": Press(ask_name, (int,)),
    "ntname": Press(name_so, (int,)),
    "ntedit": Press(edit, (int,)),
    "ntren": Press(ask_new_name, (int,)),
    "ntdel": Press(delete, (int,)),
}
