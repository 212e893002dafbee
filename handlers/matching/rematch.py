"""Asking for another mentor within the year: short, without having to explain, and never heard of by the mentor."""

from __future__ import annotations

from handlers import say, telling
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.matching import words as said
from models.duties import forms
from models.duties.forms import Asked
from models.matching import requests
from models.matching.requests import LONGEST, REASONS
from models.people import RoleKind
from models.queues import Lane
from models.safeguarding import signals
from models.standing import Line, families

WORDS = "mrwords"
PAGE = 10


def offers(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    """In /more: for guardians and mentors a way to ask, for those who decide what is open."""
    rows = []
    open_ones = requests.open_for(context.unit, context.who)
    if open_ones:
        rows.append([context.button("button.rematch_open", "mrlist", count=len(open_ones))])
    if RoleKind.MENTOR in mine:
        rows.append([context.button("button.rematch_mentor", "mrp", 0)])
    if any(one.mentor_id is not None for one in context.who.children):
        rows.append([context.button("button.rematch_ask", "mr")])
    return rows


# --- a guardian ---


def _child(context: Context, pupil_id: int) -> Line | None:
    line = next((one for one in context.who.children if one.pupil_id == pupil_id), None)
    if line is None or line.mentor_id is None:
        context.toast("help.button_gone", alert=True)
        return None
    return line


def start(context: Context) -> None:
    """For which child; with one, why."""
    children = list({one.pupil_id: one for one in context.who.children if one.mentor_id is not None}.values())
    if not children:
        context.toast("help.button_gone", alert=True)
    elif len(children) == 1:
        _why(context, children[0])
    else:
        context.toast()
        context.change(
            "rematch.which",
            buttons=[
                *([context.named(one.pupil_name, "mrc", one.pupil_id)] for one in children[:20]),
                [context.button("button.more_back", "more")],
            ],
        )


def child(context: Context, pupil_id: int) -> None:
    """For this child."""
    line = _child(context, pupil_id)
    if line is not None:
        _why(context, line)


def _why(context: Context, line: Line) -> None:
    context.toast()
    waits = requests.open_of(context.unit, line.pupil_id, line.guardian_id)
    if waits is not None:
        context.change(
            "rematch.waits",
            buttons=[
                [context.button("button.rematch_words", "mrx", waits)],
                [context.button("button.more_back", "more")],
            ],
            child=line.pupil_name,
        )
        return
    rows = [[context.button(f"button.rematch_{one}", "mrw", line.pupil_id, one)] for one in REASONS]
    rows.append([context.button("button.rematch_not", "more")])
    context.change("rematch.why", buttons=rows, child=line.pupil_name)


def asked(context: Context, pupil_id: int, reason: str) -> None:
    """Keeps it, tells those who decide, and offers to add a few words."""
    line = _child(context, pupil_id)
    if line is None or reason not in REASONS:
        return
    request = requests.ask(context.unit, line, line.guardian_id, reason)
    if request is None:
        _why(context, line)
        return
    context.toast()
    _tell(context, request)
    context.change(
        "rematch.asked",
        buttons=[
            [context.button("button.rematch_words", "mrx", request)],
            [context.button("button.more_back", "more")],
        ],
        child=line.pupil_name,
    )


def _tell(context: Context, request: int, *, place: int | None = None, danger: bool = False) -> None:
    """Those who decide hear that there is one: without a name, so that nothing stands on a locked screen."""
    unit, what = context.unit, "new" if place is None else f"{'danger' if danger else 'more'}.{place}"
    for one in requests.deciders(unit, request):
        telling.tell(
            unit,
            one.reach,
            "rematch.for_school_danger"
            if danger
            else "rematch.for_school_more"
            if place is not None
            else "rematch.for_school",
            dedupe_key=f"rematch:{request}:{what}:{one.person_id}",
            lane=Lane.RELAY if danger else Lane.REMINDER,
            due_at=None
            if danger
            else said.rest_of_staff(unit, context.who.selves[0].school_id, one.hours, context.school),
            buttons=[[telling.button(unit, one.reach, "button.rematch_look", "mrq", request)]],
        )


def ask_words(context: Context, request: int) -> None:
    """A few words for those who decide."""
    context.toast()
    forms.ask(context.unit, context.who, WORDS, request)
    context.change("rematch.type", buttons=[[context.button("button.rematch_no_words", "mrz", request)]], most=LONGEST)


def no_words(context: Context, request: int) -> None:
    """None after all."""
    forms.end(context.unit, context.who)
    context.toast()
    context.change(
        "rematch.no_words",
        buttons=[
            [context.button("button.rematch_words", "mrx", request)],
            [context.button("button.more_back", "more")],
        ],
    )


def words(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Takes the words. They never go on to the mentor, also where they are too long or too late for the request."""
    if forms.asked(context.unit, context.who) is None:
        # It was asked for a while ago, or something else was pressed since: it may be for the other side as well, and goes
        # nowhere before that is clear.
        forms.end(context.unit, context.who)
        context.say(
            "rematch.doubtful",
            buttons=[
                *_urgent(context, event.text),
                [context.button("button.rematch_words", "mrx", wanted.subject_id)],
            ],
            reply_to=event.place_id,
        )
        return True
    if take_words(context, event.text, event.media is not None, event.place_id, wanted.subject_id):
        forms.end(context.unit, context.who)
    return True


def _urgent(context: Context, text: str) -> list[list[say.Button]]:
    """What is held back may be about a child's safety: the way for that is offered with it."""
    if signals.find(text) is None:
        return []
    return [[context.button("button.urgent_danger", "udanger", 0)]]


def take_words(context: Context, text: str, media: bool, place: int, request: int) -> bool:
    """Adds words to an own request, and answers. False where they have to be written once more."""
    text, urgent = text.strip(), _urgent(context, text)
    no_more = [context.button("button.rematch_no_words", "mrz", request)]
    if media or not text:
        context.say("rematch.in_words", buttons=[*urgent, no_more], reply_to=place)
        return False
    if len(text) > LONGEST:
        context.say("rematch.too_long", buttons=[*urgent, no_more], reply_to=place, count=len(text), most=LONGEST)
        return False
    more = [context.button("button.rematch_words", "mrx", request)]
    if not any(requests.add_words(context.unit, request, one, text) for one in context.who.person_ids):
        context.say("rematch.decided_before", reply_to=place)
        return True
    _tell(context, request, place=place, danger=bool(urgent))
    # With the button a reply to this answer is known to be for the school as well.
    context.say("rematch.kept_danger" if urgent else "rematch.kept_words", buttons=[*urgent, more], reply_to=place)
    return True


# --- a mentor ---


def pupils(context: Context, page: int) -> None:
    """A mentor's own pupils, to ask about one of them."""
    mine = _own(context)
    if not mine:
        context.toast("rematch.no_pupils", alert=True)
        return
    context.toast()
    some = mine[page * PAGE : (page + 1) * PAGE]
    rows = [[context.named(f"{one.pupil_name} · {one.school_class}", "mrm", one.pupil_id)] for one in some]
    rows.append(said.paged(context, page, len(mine), "mrp", size=PAGE))
    rows.append([context.button("button.more_back", "more")])
    context.change("rematch.mentor_which", buttons=rows)


def _own(context: Context) -> list[Line]:
    """Pupils of today whose mentor this very person is: not those of somebody for whom this person covers."""
    staff = context.who.staff
    lines = (
        []
        if staff is None
        else [one for one in families(context.unit, context.who) if one.mentor_id == staff.person_id]
    )
    found = {one.pupil_id: one for one in lines}
    return sorted(found.values(), key=lambda one: (one.school_class, one.pupil_id))


def mentor_asks(context: Context, pupil_id: int) -> None:
    """Asks the mentor once more, then it goes to the school."""
    line = next((one for one in _own(context) if one.pupil_id == pupil_id), None)
    if line is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.change(
        "rematch.mentor_sure",
        buttons=[
            [context.button("button.rematch_mentor_yes", "mrmy", pupil_id)],
            [context.button("button.rematch_not", "mrp", 0)],
        ],
        child=line.pupil_name,
    )


def mentor_asked(context: Context, pupil_id: int) -> None:
    """Keeps a mentor's request."""
    line = next((one for one in _own(context) if one.pupil_id == pupil_id), None)
    if line is None or line.mentor_id is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    request = requests.ask(context.unit, line, line.mentor_id, "none", by_mentor=True)
    if request is None:
        context.change("rematch.mentor_waits", buttons=[[context.button("button.more_back", "more")]])
        return
    _tell(context, request)
    context.change(
        "rematch.mentor_asked",
        buttons=[
            [context.button("button.rematch_words", "mrx", request)],
            [context.button("button.more_back", "more")],
        ],
        child=line.pupil_name,
    )


PRESSES: dict[str, Press] = {
    "mr": Press(start),
    "mrc": Press(child, (int,)),
    "mrw": Press(asked, (int, str)),
    "mrx": Press(ask_words, (int,)),
    "mrz": Press(no_words, (int,)),
    "mrp": Press(pupils, (int,)),
    "mrm": Press(mentor_asks, (int,)),
    "mrmy": Press(mentor_asked, (int,)),
}
TEXTS = {WORDS: words}
