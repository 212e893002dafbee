"""The draft of a notice in its author's hands: found again by its buttons, and open for what the author sends.

While a draft is on the screen, all that its author sends belongs to it and to nobody else: each screen says so anew
(`holds`), and what comes after the author turned to something else is asked about (models/duties/forms.LEFT).
"""

from __future__ import annotations

from handlers.context import Context
from handlers.events import shown as event_shown
from handlers.telling import when
from handlers.texts import DEFAULT, LANGUAGES
from models.duties import forms
from models.events import events
from models.notices import notices
from models.notices.content import Content
from models.notices.states import NoticeState
from models.notices.tables import Notice

BODY = forms.NOTICE
"""What is asked for while a draft is on the screen: all that comes is gathered (handlers/asked.py)."""
FIELD = forms.NOTICE_FIELD
"""One text for a field of it: title, button, slip, question, time … (the name stands in what belongs to the form)."""


def mine(context: Context, notice_id: int) -> Notice | None:
    """The draft of a pressed button, where it still is this account's to write."""
    found = notices.one(context.unit, notice_id)
    own = found is not None and context.who.staff is not None and found.author_id in context.who.person_ids
    if found is None or not own or found.state != NoticeState.DRAFT:
        context.toast("help.button_gone", alert=True)
        return None
    return found


def typed(context: Context, notice_id: int) -> Notice | None:
    """The draft that a typed text is for; what was sent or thrown away in between takes nothing."""
    found = mine(context, notice_id)
    if found is None:
        forms.end(context.unit, context.who)
        context.say("nwrite.gone", buttons=[[context.button("button.nw_home", "nhome")]])
    return found


def holds(context: Context, notice: Notice, language: str = "") -> None:
    """What is sent next belongs to this draft, in that language (empty: that of its first words)."""
    forms.ask(context.unit, context.who, BODY, notice.id, language)


def asks(context: Context, notice: Notice, field: str) -> None:
    """The next text is for that field of this draft."""
    forms.ask(context.unit, context.who, FIELD, notice.id, field)


def written(content: Content) -> bool:
    """Whether it says or asks anything."""
    return bool(any(content.pieces.values()) or content.slip or content.questions)


def first(content: Content) -> str:
    """The language of its first words."""
    return content.languages[0] if content.languages else DEFAULT


def other(content: Content) -> str:
    """The language that is not that of its first words."""
    return next(one for one in LANGUAGES if one != first(content))


def lacks(content: Content) -> bool:
    """Whether something of it is not written in the other language, which its words are."""
    language = other(content)
    asked = [*content.questions, *([content.slip] if content.slip is not None else [])]
    titled = bool(content.title.get(first(content))) and not content.title.get(language)
    return language in content.pieces and (titled or any(language not in one.text for one in asked))


def event_title(context: Context, event_id: int) -> str:
    """How an event is called in lists: its day and what it is about."""
    event = events.must(context.unit, event_id)
    day = when(context.language, event.starts_at, context.school.zone)
    return f"{day} {event_shown.title(context.unit, event, context.language)}"
