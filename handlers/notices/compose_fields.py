"""Which question a typed text answers: the fields of a draft, a template's name, a reason; and all buttons of writing."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import Context, Press, joined
from handlers.incoming import Wrote
from handlers.notices import (
    aim,
    aim_some,
    approve,
    compose,
    compose_more,
    compose_preview,
    compose_question,
    compose_slip,
    compose_text,
    compose_when,
    decide,
    templates,
    templates_own,
)
from handlers.notices.compose_draft import BODY, FIELD, typed
from models.duties.forms import Asked
from models.notices.tables import Notice

FIELDS: dict[str, Callable[[Context, Notice, Wrote], None]] = {
    compose_more.LINK: compose_more.takes_link,
    compose_question.ASK: compose_question.takes_question,
    compose_slip.SLIP_FIELD: compose_slip.takes_slip,
    compose_slip.UNTIL: compose_slip.takes_until,
    compose_when.WHEN: compose_when.takes,
    templates_own.NAME: templates_own.takes_name,
}
"""Fields of a draft by the word that the form keeps."""


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A text for the field that was asked for. Nothing of it ever goes to a family."""
    field, _, more = wanted.extra.partition(" ")
    if event.media is not None or not event.text.strip():
        if field == compose_question.ASK and event.media is not None and event.media.get("kind") == "poll":
            notice = typed(context, wanted.subject_id)
            if notice is not None:
                compose_question.takes_poll(context, notice, event)
            return True
        context.say("nwrite.in_words", reply_to=event.place_id)
        return True
    if field == approve.REASON:
        approve.takes_reason(context, wanted.subject_id, int(more), event)
        return True
    if field == templates_own.RENAME:
        templates_own.takes_new_name(context, wanted.subject_id, event)
        return True
    notice = typed(context, wanted.subject_id)
    if notice is None:
        return True
    if field == compose_text.TITLE:
        compose_text.takes_title(context, notice, event, more)
    elif field == compose_question.OTHER:
        compose_question.takes_other(context, notice, event, int(more))
    elif field == templates.FILL:
        templates.takes_blank(context, notice, event, more)
    elif field in FIELDS:
        FIELDS[field](context, notice, event)
    return True


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {BODY: compose_text.takes, FIELD: takes}

compose.MORE += [compose_more.rows, compose_slip.rows, compose_question.rows, templates_own.rows]
PRESSES: dict[str, Press] = joined(
    aim.PRESSES,
    aim_some.PRESSES,
    approve.PRESSES,
    compose.PRESSES,
    compose_more.PRESSES,
    compose_preview.PRESSES,
    compose_question.PRESSES,
    compose_slip.PRESSES,
    compose_text.PRESSES,
    compose_when.PRESSES,
    decide.PRESSES,
    templates.PRESSES,
    templates_own.PRESSES,
)
