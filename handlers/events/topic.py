"""What a parent class is to be about: three proposals, all that fit, words of one's own, or a vote of the guardians."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import lead, shown
from handlers.incoming import Wrote
from handlers.telling import when
from handlers.texts import Block
from models.duties import forms
from models.duties.forms import Asked
from models.events import asking, changing, events, masks, proposing, tellings, topics, voting
from models.events.states import What
from models.events.tables import Event
from models.events.topics import Topic
from models.standing import Reach
from models.unit import Unit

PROPOSALS = 3
A_PAGE = 8
FOR_VOTE = 6
"""Topics to tick for a vote: the best ones."""
LONGEST = 60
"""Characters of a topic of one's own."""
NONE = "-"
"""Stands for no topics in a button's data."""


def _mine(context: Context, event_id: int) -> tuple[Event, int] | None:
    """The event and as whom, while its topic can be chosen; otherwise says how it stands."""
    found = lead.mine(context, event_id)
    if found is None:
        return None
    if not changing.topic_may_change(found[0], context.unit.now_ms):
        context.toast("topic.too_late", alert=True)
        lead.view(context, found[0])
        return None
    return found


def show(context: Context, event_id: int) -> None:
    """Three proposals, and the other ways."""
    found = _mine(context, event_id)
    if found is None:
        return
    context.toast()
    event, _ = found
    fits = proposing.fitting(context.unit, event, context.school.zone)
    rows = [[context.named(one.title(context.language), "elset", event_id, one.code)] for one in fits[:PROPOSALS]]
    context.change(
        "topic.choose",
        buttons=[*rows, *_ways(context, event), [context.button("button.lead_back", "evlead", event_id)]],
        what=shown.title(context.unit, event, context.language),
        time=shown.span(context.language, event, context.school.zone),
        lines=_lines(context.language, fits),
    )


def _lines(language: str, fits: list[Topic]) -> Block:
    return Block("\n".join(f"· {one.title(language)}\n  {one.about(language)}" for one in fits[:PROPOSALS]))


def _ways(context: Context, event: Event) -> list[list[say.Button]]:
    rows = [
        [
            context.button("button.topic_more", "elmore", event.id, 0),
            context.button("button.topic_own", "elown", event.id),
        ]
    ]
    if not event.topic and not event.vote and voting.ends(event, context.unit.now_ms) is not None:
        rows.append([context.button("button.topic_vote", "elvote", event.id, NONE)])
    return rows


def more(context: Context, event_id: int, page: int) -> None:
    """All that fit, the best first."""
    found = _mine(context, event_id)
    if found is None:
        return
    context.toast()
    fits = proposing.fitting(context.unit, found[0], context.school.zone)
    page = min(max(page, 0), max((len(fits) - 1) // A_PAGE, 0))
    here = fits[page * A_PAGE : (page + 1) * A_PAGE]
    rows = [[context.named(one.title(context.language), "elset", event_id, one.code)] for one in here]
    turn = [context.button("button.earlier", "elmore", event_id, page - 1)] if page else []
    if len(fits) > (page + 1) * A_PAGE:
        turn.append(context.button("button.more", "elmore", event_id, page + 1))
    context.change(
        "topic.all",
        buttons=[*rows, turn, [context.button("button.back", "eltopic", event_id)]],
        what=shown.title(context.unit, found[0], context.language),
    )


def choose(context: Context, event_id: int, code: str) -> None:
    """A topic of the list is taken: what a family has of it, and one thing to try at home."""
    found = _mine(context, event_id)
    if found is None:
        return
    topic = topics.by_code(code)
    if topic is None or not changing.topic_chosen(context.unit, event_id, found[1], code=code):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.change(
        "topic.chosen",
        buttons=_after(context, event_id),
        topic=topic.title(context.language),
        about=topic.about(context.language),
        todo=topic.question(context.language),
    )
    _tell(context, event_id, found[1])


def _after(context: Context, event_id: int) -> list[list[say.Button]]:
    event = events.must(context.unit, event_id)
    rows = [[context.button("button.lead_open", "evlead", event_id)]]
    if changing.topic_may_change(event, context.unit.now_ms):
        rows.insert(0, [context.button("button.lead_topic_other", "eltopic", event_id)])
    return rows


def _tell(context: Context, event_id: int, actor: int) -> None:
    lead.tell_givers(
        context, events.must(context.unit, event_id), actor, "topic.by_other", "topic_by_other", changed=set()
    )


def ask_own(context: Context, event_id: int) -> None:
    """The next text is the topic."""
    found = _mine(context, event_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "evtopic", event_id)
    context.change(
        "topic.own_ask",
        buttons=[[context.button("button.back", "eltopic", event_id)]],
        most=LONGEST,
        what=shown.title(context.unit, found[0], context.language),
    )


def takes_own(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A topic as it was typed."""
    found = lead.led(context, wanted.subject_id)
    text = " ".join(event.text.split())
    if found is not None and len(text) > LONGEST:
        context.say("topic.own_long", most=LONGEST, count=len(text), reply_to=event.place_id)
        return True
    child = None if found is None else masks.child_in(context.unit, found[0], text)
    if child is not None:
        # It goes to many families: no child is named in it.
        context.say("create.names", child=child, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    if found is None or not changing.topic_chosen(context.unit, wanted.subject_id, found[1], own=text):
        context.say("topic.too_late", reply_to=event.place_id)
        return True
    context.say("topic.chosen_own", buttons=_after(context, wanted.subject_id), topic=text)
    _tell(context, wanted.subject_id, found[1])
    return True


# --- a vote ---


def _codes(picked: str) -> list[str]:
    """The topics of a button's data: two digits in base 36 for each, its place in the list."""
    every = topics.every()
    try:
        places = [int(picked[at : at + 2], 36) for at in range(0, len(picked), 2)] if picked != NONE else []
    except ValueError:
        return []
    return [every[one].code for one in places if one < len(every)]


def _picked(codes: list[str]) -> str:
    every = [one.code for one in topics.every()]
    return "".join(say.short(every.index(one)).rjust(2, "0") for one in codes) or NONE


def ask_vote(context: Context, event_id: int, picked: str) -> None:
    """Which topics guardians choose among: two to four are ticked."""
    found = _mine(context, event_id)
    if found is None:
        return
    event, codes = found[0], _codes(picked)
    until = voting.ends(event, context.unit.now_ms)
    if until is None or event.vote or event.topic or len(codes) > voting.MOST:
        context.toast("topic.no_vote", alert=True)
        return
    context.toast()
    fits = proposing.fitting(context.unit, event, context.school.zone)[:FOR_VOTE]
    rows = []
    for one in fits:
        ticked = one.code in codes
        after = [code for code in codes if code != one.code] + ([] if ticked else [one.code])
        if len(after) <= voting.MOST:
            text = ("✓ " if ticked else "") + one.title(context.language)
            rows.append([context.named(text, "elvote", event_id, _picked(after))])
    if len(codes) >= voting.FEWEST:
        rows.append([context.button("button.topic_vote_open", "elvgo", event_id, _picked(codes), count=len(codes))])
    context.change(
        "topic.vote_choose",
        buttons=[*rows, [context.button("button.back", "eltopic", event_id)]],
        fewest=voting.FEWEST,
        most=voting.MOST,
        until=when(context.language, until, context.school.zone),
        what=shown.title(context.unit, event, context.language),
    )


def open_vote(context: Context, event_id: int, picked: str) -> None:
    """Guardians are asked."""
    found = _mine(context, event_id)
    if found is None:
        return
    unit = context.unit
    event = events.lock(unit, event_id)
    if event is None or not voting.begin(unit, event, _codes(picked), found[1]):
        context.toast("topic.no_vote", alert=True)
        return
    context.toast()
    fresh = events.must(unit, event_id)
    tellings.begin(unit, fresh, What.VOTE, 0, useful_until=fresh.vote_until)
    context.change(
        "topic.vote_opened",
        buttons=[[context.button("button.lead_open", "evlead", event_id)]],
        until=when(context.language, fresh.vote_until or 0, context.school.zone),
    )


# --- the clock ---


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Votes that are over are counted; who gives a class that has no topic is asked for one."""
    for event_id, code, votes, tie in voting.close_due(unit):
        key = "topic.vote_none" if not votes else "topic.vote_tie" if tie else "topic.vote_result"
        unit.attempt(partial(_voted, unit, event_id, code, votes, key, school))
    for event_id, time_ in asking.topics_due(unit, school.events):
        unit.attempt(partial(_ask_of, unit, event_id, time_, school))


def _ask_of(unit: Unit, event_id: int, time_: int, school: SchoolSettings) -> None:
    _ask(unit, events.must(unit, event_id), time_, school)


def _voted(unit: Unit, event_id: int, code: str, votes: int, key: str, school: SchoolSettings) -> None:
    event = events.must(unit, event_id)
    changing.same_topic(unit, event, None, code=code)
    changing.mend(unit, event)
    for person in asking.givers(unit, event):
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            key,
            "topic_vote",
            buttons=[("button.lead_open", "evlead")],
            useful_until=event.starts_at,
            votes=votes,
            topic=lambda language: _title(code, language),
        )


def _title(code: str, language: str) -> str:
    found = topics.by_code(code)
    return "" if found is None else found.title(language)


def _ask(unit: Unit, event: Event, time_: int, school: SchoolSettings) -> None:
    fits = proposing.fitting(unit, event, school.zone)

    def rows(reach: Reach) -> list[list[say.Button]]:
        return [
            [telling.named(unit, reach, one.title(reach.language), "elset", event.id, one.code)]
            for one in fits[:PROPOSALS]
        ]

    for person in asking.givers(unit, event):
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            "topic.ask" if time_ == 1 else "topic.ask_again",
            f"topic_ask.{time_}",
            rows=rows,
            buttons=[("button.topic_others", "eltopic")],
            useful_until=event.starts_at,
            lines=lambda language: _lines(language, fits),
        )


PRESSES: dict[str, Press] = {
    "eltopic": Press(show, (int,)),
    "elmore": Press(more, (int, int)),
    "elset": Press(choose, (int, str)),
    "elown": Press(ask_own, (int,)),
    "elvote": Press(ask_vote, (int, str)),
    "elvgo": Press(open_vote, (int, str)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evtopic": takes_own}
