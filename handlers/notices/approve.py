"""A notice to very many goes out once a second person has agreed, who sees what its readers would see."""

from __future__ import annotations

from typing import Any

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.incoming import Wrote
from handlers.notices import checks, compose_preview, decide_facts
from handlers.notices.compose_draft import FIELD
from handlers.telling import when
from handlers.texts import LANGUAGES, Block, words
from models.base import to_ms
from models.calendar import calendar_of
from models.duties import forms
from models.events import events
from models.events.audience import reaches
from models.hours import opens_at
from models.notices import allowed, audience, deciding, forecast, notices
from models.notices.audience import Size
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.queues import Lane
from models.standing import Reach, standing
from models.unit import Unit

REASON = "reason"
LONGEST = 500
AGAIN = 2
"""So many times the second person is reminded; after another hour the author hears that nobody has answered."""
GROWN = 1.1
"""So much larger the audience may have become since it was looked at."""


def _key(notice: Notice, what: str) -> str:
    return f"notice:{notice.id}:{notice.asked_at}:{what}"


def _second(unit: Unit, notice: Notice) -> dict[int, Reach]:
    return reaches(unit, allowed.approvers(unit, notice))


def _opens(unit: Unit, notice: Notice, zone: str) -> int | None:
    """When people at work may be told again, in milliseconds since 1970; nothing where that is now."""
    if notice.emergency:
        return None
    at = opens_at(calendar_of(unit, notice.school_id, zone), forecast.WORKING, unit.now)
    return None if at is None else to_ms(at)


# --- asked ---


def ask(context: Context, notice: Notice, size: Size) -> None:
    """Asks those who may agree; where there is nobody the author hears what can be done."""
    unit = context.unit
    people = _second(unit, notice)
    most = context.school.notices.approve_above
    if not people:
        context.toast()
        rows = [
            [context.button("button.nw_aim", "nwaim", notice.id)],
            [context.button("button.nw_back", "nwboard", notice.id)],
        ]
        context.change("nagree.nobody", buttons=rows, most=most)
        return
    if not deciding.ask(unit, notice):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.end(unit, context.who)
    due = _opens(unit, notice, context.school.zone) if context.school.keep_hours else None
    for person, reach in people.items():
        key = _key(notice, str(person))
        compose_preview.send(unit, notice, reach, answers=False, dedupe_key=f"{key}:seen", due_at=due)
        _tell(unit, notice, reach, context.school, size, key="nagree.asked", dedupe_key=f"{key}:asked", due_at=due)
    rows = [
        [context.button("button.nw_undo", "nwundo", notice.id)],
        [context.button("button.nw_home", "nhome")],
    ]
    context.change("nagree.waits", buttons=rows, count=len(people))


def _tell(
    unit: Unit,
    notice: Notice,
    reach: Reach,
    school: SchoolSettings,
    size: Size,
    *,
    key: str,
    dedupe_key: str,
    due_at: int | None = None,
) -> None:
    """The question to one who may agree, in that person's language."""
    who = standing(unit, reach.bot_id, reach.user_id)
    if who is None:
        return
    theirs = Context(unit, who, school)
    telling.tell(
        unit,
        reach,
        key,
        dedupe_key=dedupe_key,
        lane=Lane.REMINDER,
        due_at=due_at,
        buttons=_rows(theirs, notice, size),
        **_said(theirs, notice, size),
    )


def _said(context: Context, notice: Notice, size: Size) -> dict[str, Any]:
    lines = decide_facts.lines(context, notice, size)
    found = checks.found(context.unit, notice, context.school, context.school.zone)
    lines += [f"⚠ {one}" for one in checks.sentences(context, notice, found)]
    return {
        "author": events.name_of(context.unit, notice.author_id),
        "title": notices.content(context.unit, notice).called(context.language),
        "lines": Block("\n".join(lines)),
    }


def _rows(context: Context, notice: Notice, size: Size) -> list[list[say.Button]]:
    stamp = deciding.stamp(notice)
    return [
        [context.button("button.nw_agree", "nwag", notice.id, stamp, size.reached, count=size.reached)],
        [context.button("button.nw_not_yet", "nwnot", notice.id, stamp)],
        [context.button("button.nw_look", "nwlook", notice.id)],
    ]


def show(context: Context, notice: Notice) -> None:
    """The question once more, for one who may agree."""
    size = audience.size(context.unit, notices.audience(notice))
    context.change("nagree.again", buttons=_rows(context, notice, size), **_said(context, notice, size))


# --- answered ---


def _asked(context: Context, notice_id: int, stamp: int) -> tuple[Notice, int] | None:
    """The notice that this account may agree to, and as whom; anything else than what was looked at is no more."""
    notice = notices.one(context.unit, notice_id)
    person = None if notice is None else allowed.approves(context.unit, notice, context.who)
    if notice is None or person is None:
        # Decided by somebody else by now, or no longer this person's to decide: nothing more is told than that.
        context.toast("nagree.over", alert=True)
        return None
    if deciding.stamp(notice) != stamp:
        context.toast("nagree.changed", alert=True)
        return None
    return notice, person


def agree(context: Context, notice_id: int, stamp: int, seen: int) -> None:
    """Agreed: all is asked once more at this moment, the author's rights and how many get it."""
    found = _asked(context, notice_id, stamp)
    if found is None:
        return
    notice, person = found
    unit = context.unit
    if not deciding.still_may(unit, notice):
        context.toast()
        deciding.back(unit, notice)
        tell_not_allowed(unit, notice)
        context.change("nagree.not_allowed", buttons=[[context.button("button.nw_home", "nhome")]])
        return
    size = audience.size(unit, notices.audience(notice))
    if size.reached > seen * GROWN:
        context.toast("nagree.grown", alert=True)
        show(context, notice)
        return
    asked_at, written = notice.asked_at, notices.content(unit, notice)
    if written.slip is not None and (notice.valid_until or 0) <= max(notice.starts_at or 0, unit.now_ms):
        # The slip's last day has passed meanwhile: nobody could sign it any more.
        deciding.back(unit, notice)
        reason = {one: words(one, "nwrite.until_gone") for one in LANGUAGES}
        key = f"notice:{notice.id}:{asked_at}:declined"
        _tell_author(unit, notice, "nagree.declined", key, "nwboard", who=events.name_of(unit, person), reason=reason)
        context.toast()
        context.change("nagree.told", buttons=[[context.button("button.nw_home", "nhome")]])
        return
    if not deciding.agree(unit, notice, person, written, context.school.notices.valid_days):
        context.toast("nagree.over", alert=True)
        return
    context.toast()
    title = written.called(context.language)
    rows = [[context.button("button.nw_see", "nsee", notice.id)], [context.button("button.nw_home", "nhome")]]
    context.change("nagree.done", buttons=rows, title=title, count=size.reached)
    _tell_author(
        unit,
        notice,
        _agreed(notice),
        f"notice:{notice.id}:{asked_at}:agreed",
        "nsee",
        who=events.name_of(unit, person),
        zone=context.school.zone,
    )


def _agreed(notice: Notice) -> str:
    if notice.starts_at is not None:
        return "nagree.agreed_at"
    return "nagree.agreed_now" if notice.emergency else "nagree.agreed"


def ask_reason(context: Context, notice_id: int, stamp: int) -> None:
    """Not yet: why?"""
    found = _asked(context, notice_id, stamp)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, FIELD, notice_id, f"{REASON} {stamp}")
    context.change("nagree.why", buttons=[[context.button("button.nw_see_back", "nsee", notice_id)]])


def takes_reason(context: Context, notice_id: int, stamp: int, event: Wrote) -> None:
    """Why not yet: the author reads it and has the notice as a draft again."""
    text = event.text.strip()
    if len(text) > LONGEST:
        context.say("nagree.why_long", most=LONGEST, count=len(text), reply_to=event.place_id)
        return
    forms.end(context.unit, context.who)
    notice = notices.one(context.unit, notice_id)
    person = None if notice is None else allowed.approves(context.unit, notice, context.who)
    asked_at = None if notice is None else notice.asked_at
    rows = [[context.button("button.nw_home", "nhome")]]
    same = notice is not None and deciding.stamp(notice) == stamp
    if notice is None or person is None or not same or not deciding.back(context.unit, notice):
        context.say("nagree.over", buttons=rows)
        return
    _tell_author(
        context.unit,
        notice,
        "nagree.declined",
        f"notice:{notice.id}:{asked_at}:declined",
        "nwopen",
        who=events.name_of(context.unit, person),
        reason=Block(text),
        zone=context.school.zone,
    )
    context.say("nagree.told", buttons=rows)


# --- the author hears ---


def _tell_author(
    unit: Unit, notice: Notice, key: str, dedupe_key: str, action: str, *, zone: str = "", **values: Any
) -> None:
    reach = reaches(unit, [notice.author_id]).get(notice.author_id)
    if reach is None:
        return
    title = notices.content(unit, notice).called(reach.language)
    values = {name: one[reach.language] if isinstance(one, dict) else one for name, one in values.items()}
    if notice.starts_at is not None and zone:
        values["time"] = when(reach.language, notice.starts_at, zone)
    rows = [[telling.button(unit, reach, "button.nw_open", action, notice.id)]]
    telling.tell(unit, reach, key, dedupe_key=dedupe_key, buttons=rows, title=title, **values)


def tell_author(context: Context, notice: Notice, key: str) -> None:
    """Somebody else has decided about it: its author hears who. Nothing is told to who did it."""
    if notice.author_id in context.who.person_ids or context.who.staff is None:
        return
    name = context.who.staff.name
    _tell_author(context.unit, notice, key, f"notice:{notice.id}:{key}", "nsee", who=name)


def tell_not_allowed(unit: Unit, notice: Notice) -> None:
    """Its author may no longer send it to these people: it is a draft again."""
    _tell_author(unit, notice, "nagree.author_may_not", f"notice:{notice.id}:may:{unit.now_ms}", "nwboard")


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Asks again after an hour, twice; then the author hears that nobody has answered. Nobody is asked at night."""
    for notice_id in deciding.unanswered(unit, bot_id, AGAIN + 1):
        notice = notices.one(unit, notice_id)
        if notice is None or notice.state != NoticeState.ASKED:
            continue
        if school.keep_hours and _opens(unit, notice, school.zone) is not None:
            continue
        unit.attempt(lambda one=notice: _again(unit, one, school))  # type: ignore[misc]


def _again(unit: Unit, notice: Notice, school: SchoolSettings) -> None:
    number = deciding.asked_again(unit, notice)
    if number is None:
        return
    if number > AGAIN:
        _tell_author(unit, notice, "nagree.silence", _key(notice, "silence"), "nsee")
        return
    size = audience.size(unit, notices.audience(notice))
    for person, reach in _second(unit, notice).items():
        _tell(unit, notice, reach, school, size, key="nagree.again", dedupe_key=_key(notice, f"{person}:again{number}"))


PRESSES: dict[str, Press] = {
    "nwag": Press(agree, (int, int, int)),
    "nwnot": Press(ask_reason, (int, int)),
}
