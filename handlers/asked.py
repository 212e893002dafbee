"""A text that a dialogue asked for: given to the dialogue that asked, before it could be taken for a message."""

from __future__ import annotations

from collections.abc import Callable

from handlers import calendar, notes, review, team
from handlers.appointments import menu as appointments
from handlers.context import Context, joined
from handlers.directory import menu as directory
from handlers.events import menu as events
from handlers.evidence import menu as evidence
from handlers.incoming import Wrote
from handlers.matching import menu as matching
from handlers.notices import menu as notices
from handlers.pupil_file import menu as pupil_file
from handlers.rights import menu as rights
from handlers.training import menu as training
from models.duties import forms
from models.duties.forms import Asked
from models.safeguarding import signals

TAKERS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(
    notes.TEXTS,
    team.TEXTS,
    review.TEXTS,
    calendar.TEXTS,
    appointments.TEXTS,
    events.TEXTS,
    notices.TEXTS,
    training.TEXTS,
    rights.TEXTS,
    pupil_file.TEXTS,
    directory.TEXTS,
    evidence.TEXTS,
    matching.TEXTS,
)
"""By the kind that was asked for. Each answers whether it took the text."""
PLACES = ("vplace", "varea", "vmap")
"""Kinds for which a place on the map will do."""
PRIVATE = ("mrwords",)
"""What is written to the school about a mentor or a family (handlers/matching/rematch.py): it never goes on to the other side,
whatever it is and however late it comes."""
MATERIALS = ("evnotes", forms.NOTICE, forms.NOTICE_FIELD, forms.NOTICE_MENDED)
"""Kinds for which all that can be sent will do, albums and what was forwarded too: nothing of it goes on unseen."""


def gathers(context: Context) -> bool:
    """Whether what this account sends now is gathered, whatever it is."""
    staff = context.who.staff is not None
    wanted = forms.asked(context.unit, context.who, forms.USEFUL if staff else forms.GUARDIANS_USEFUL)
    if (wanted is not None and wanted.kind in MATERIALS) or _private(context) is not None:
        return True
    # A picture or an album may be meant for a notice that was left in the middle as well as a text.
    old = forms.asked(context.unit, context.who, forms.DOUBTFUL) if staff else None
    return old is not None and old.kind in (forms.LEFT, forms.NOTICE, forms.NOTICE_FIELD, forms.NOTICE_MENDED)


def _private(context: Context) -> Asked | None:
    wanted = forms.asked(context.unit, context.who, forms.DOUBTFUL)
    return wanted if wanted is not None and wanted.kind in PRIVATE else None


def takes(context: Context, event: Wrote) -> bool:
    """Whether the text was what its writer was asked for. What a guardian was asked for waits for a short time only: the
    next text is much more likely one for the mentor. A place may be sent instead of an address, and materials of any kind."""
    latest = forms.asked(context.unit, context.who, forms.DOUBTFUL)
    if latest is not None and latest.kind in PRIVATE:
        return TAKERS[latest.kind](context, event, latest)
    if event.media is not None and event.media.get("kind") not in ("location", "venue") and not gathers(context):
        return _in_words(context, event)
    if event.media is None and not event.text:
        return False
    staff = context.who.staff is not None
    useful = forms.USEFUL if staff else forms.GUARDIANS_USEFUL
    wanted = None if latest is None else forms.asked(context.unit, context.who, useful)
    if not staff and event.text and signals.find(event.text) is not None:
        # Whatever was asked for: what may be about a child's safety goes to people at once.
        return False
    doubtful = wanted is not None and wanted.kind == forms.LEFT
    if (wanted is None or doubtful) and staff and latest is not None:
        # A record or a note was being written a while ago: what is typed now may be private, or may be for a family.
        if event.album is None:
            forms.end(context.unit, context.who)
            context.say("answer.doubtful", reply_to=event.place_id)
        elif context.unit.once(f"doubtful:{event.album}", context.who.bot_id, context.who.user_id):
            # Asked once, and kept in doubt until all its pieces are there.
            context.say("answer.doubtful", reply_to=event.place_id)
        return True
    if wanted is not None and event.media is not None and wanted.kind not in (*PLACES, *MATERIALS):
        return False
    taker = None if wanted is None else TAKERS.get(wanted.kind)
    if wanted is None or taker is None:
        return False
    return taker(context, event, wanted)


IN_WORDS = ("evquestion",)
"""Kinds that are asked without a name: what is not a text would go on to the mentor, signed."""


def _in_words(context: Context, event: Wrote) -> bool:
    """A picture or voice message where words were asked for, and nothing else will do."""
    wanted = forms.asked(context.unit, context.who, forms.GUARDIANS_USEFUL)
    if wanted is None or wanted.kind not in IN_WORDS:
        return False
    context.say(
        "event.in_words",
        buttons=[[context.button("button.event_never_mind", "evshow", wanted.subject_id)]],
        reply_to=event.place_id,
    )
    return True
