"""A notice that is written: its beginning, its board with all that it has, and the way back to it from every question."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.notices import aim
from handlers.notices.compose_draft import event_title, holds, lacks, mine, written
from handlers.telling import when
from handlers.texts import Block, listed
from models.duties import forms
from models.notices import aims, allowed, notices, templates
from models.notices.content import Content
from models.notices.states import Level, NoticeState
from models.notices.tables import Notice

BEGINNING = 60
"""Characters of its words that the board shows."""

# --- the beginning ---


def begin(context: Context) -> None:
    """A new notice: on whose behalf, where there are several, then whom."""
    found = allowed.levels(context.unit, context.who)
    if not found:
        context.toast("help.button_gone", alert=True)
        return
    if len(found) == 1:
        start(context, found[0].value)
        return
    context.toast()
    rows = [[context.button(f"button.nw_level_{level.value}", "nwlevel", level.value)] for level in found]
    context.change("nwrite.level", buttons=[*rows, [context.button("button.nw_home", "nhome")]])


def start(context: Context, level: str) -> None:
    """A draft of that level."""
    notice = fresh(context, level)
    if notice is not None:
        context.toast()
        if level == Level.MENTOR:
            # Whom it is for is clear: what it says comes at once.
            holds(context, notice)
            context.change("nwrite.ask", buttons=_while_writing(context, notice), whom=aim.line(context, notice))
        else:
            aim.show(context, notice)


def fresh(context: Context, level: str, content: Content | None = None) -> Notice | None:
    """A new draft of a level that this account has."""
    staff = context.who.staff
    known = {one.value: one for one in allowed.levels(context.unit, context.who)}
    if staff is None or level not in known:
        context.toast("help.button_gone", alert=True)
        return None
    whom = aims.begins_with(context.unit, context.who, known[level])
    return notices.draft(context.unit, context.who, staff, known[level], whom, content)


def _while_writing(context: Context, notice: Notice) -> list[list[say.Button]]:
    rows = [[context.button("button.nw_templates", "ntlist", notice.id)]]
    if notice.level != Level.MENTOR:
        rows.append([context.button("button.nw_back_aim", "nwaim", notice.id)])
    return [*rows, [context.button("button.nw_later", "nhome")]]


def ask_words(context: Context, notice_id: int) -> None:
    """What shall they read?"""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    if not aim.is_whole(context, notice):
        context.toast("naim.nobody_chosen", alert=True)
        return
    if written(notices.content(context.unit, notice)):
        board(context, notice)
        return
    holds(context, notice)
    context.change("nwrite.ask", buttons=_while_writing(context, notice), whom=aim.line(context, notice))


# --- the board ---


def board(context: Context, notice: Notice) -> None:
    """All that it has, and what can be done with it."""
    content = notices.content(context.unit, notice)
    if not written(content):
        holds(context, notice)
        context.change("nwrite.ask", buttons=_while_writing(context, notice), whom=aim.line(context, notice))
        return
    holds(context, notice)
    row, blanks = notice.id, len(templates.blanks(content))
    rows = [
        [
            context.button("button.nw_fill", "nwfill", row, count=blanks)
            if blanks
            else context.button("button.nw_preview", "nwpre", row)
        ],
        [context.button("button.nw_words", "nwwords", row), context.button("button.nw_aim", "nwaim", row)],
        [context.button("button.nw_when", "nwwhen", row), context.button("button.nw_more", "nwmore", row)],
        [context.button("button.nw_later", "nhome"), context.button("button.nw_drop", "nwdrop", row)],
    ]
    context.change("nwrite.board", buttons=rows, lines=Block("\n".join(facts(context, notice, content))))


def show(context: Context, notice_id: int) -> None:
    """The board of a draft."""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        board(context, notice)


def facts(context: Context, notice: Notice, content: Content) -> list[str]:
    """What it has, a line each."""
    language, words = context.language, context.words
    lines = [words("nwrite.has_whom", whom=aim.line(context, notice))]
    pieces = content.pieces.get(content.languages[0], ()) if content.languages else ()
    if pieces:
        texts, files = sum(one.media is None for one in pieces), sum(one.media is not None for one in pieces)
        begins = " ".join(next((one.text for one in pieces if one.text.strip()), "").split())
        if len(begins) > BEGINNING:
            begins = begins[: BEGINNING - 1] + "…"
        key = "nwrite.has_texts" if texts > 1 else "nwrite.has_words"
        if files:
            key = "nwrite.has_both" if begins else "nwrite.has_files"
        lines.append(words(key, words=begins, files=files, texts=texts))
    if content.title:
        lines.append(words("nwrite.has_title", title=content.called(language)))
    if len(content.languages) > 1:
        name = words(f"nwrite.language_{content.languages[1]}")
        lines.append(words("nwrite.has_other", name=name))
        if lacks(content):
            lines.append(words("nwrite.other_lacks", name=name))
    if content.link is not None:
        lines.append(words("nwrite.has_link", words=content.link[0], link=content.link[1]))
    if content.read:
        lines.append(words("nwrite.has_read"))
    if content.slip is not None:
        until = when(language, notice.valid_until or context.unit.now_ms, context.school.zone)
        offered = listed(language, content.slip.offered(language))
        lines.append(words("nwrite.has_slip", question=content.slip.asked(language), choices=offered, until=until))
    if content.questions:
        asked = content.questions[0].asked(language)
        lines.append(words("nwrite.has_questions", count=len(content.questions), first=asked))
    if notice.event_id is not None:
        lines.append(words("nwrite.has_event", event=event_title(context, notice.event_id)))
    if notice.emergency:
        lines.append(words("nwrite.has_emergency"))
    lines.append(words("nwrite.has_when", when=starts(context, notice)))
    return lines


def starts(context: Context, notice: Notice) -> str:
    """When it is to begin, as a word or a moment with its weekday."""
    if notice.starts_at is None:
        return context.words("nwrite.at_once")
    return when(context.language, notice.starts_at, context.school.zone)


def open_anew(context: Context, notice_id: int) -> None:
    """The board below what was pressed, which says what is to be changed: that stays to be read."""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        context.place_id = None
        board(context, notice)


# --- what else it can have ---

MORE: list[Callable[[Context, Notice, Content], list[list[say.Button]]]] = []
"""Rows of the screen 'something more'; compose_fields.py fills it."""


def more(context: Context, notice_id: int) -> None:
    """What else it can have."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    holds(context, notice)
    content = notices.content(context.unit, notice)
    rows = [row for part in MORE for row in part(context, notice, content)]
    context.change("nwrite.more", buttons=[*rows, [context.button("button.nw_back", "nwboard", notice.id)]])


def ask_drop(context: Context, notice_id: int) -> None:
    """Really?"""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    holds(context, notice)
    rows = [
        [context.button("button.nw_drop_yes", "nwdropy", notice.id)],
        [context.button("button.nw_back", "nwboard", notice.id)],
    ]
    context.change("nwrite.drop", buttons=rows)


def drop(context: Context, notice_id: int) -> None:
    """Thrown away: nobody has heard of it."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    forms.end(context.unit, context.who)
    notices.move(context.unit, notice, NoticeState.DROPPED)
    context.change("nwrite.dropped", buttons=[[context.button("button.nw_home", "nhome")]])


PRESSES: dict[str, Press] = {
    "nwnew": Press(begin),
    "nwlevel": Press(start, (str,)),
    "nwask": Press(ask_words, (int,)),
    "nwboard": Press(show, (int,)),
    "nwopen": Press(open_anew, (int,)),
    "nwmore": Press(more, (int,)),
    "nwdrop": Press(ask_drop, (int,)),
    "nwdropy": Press(drop, (int,)),
}
