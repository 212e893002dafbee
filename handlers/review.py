"""The class team's monthly review (月研判): the record laid out, a level and a next step by people, seen by the team only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from handlers import say
from handlers.context import Context, Press
from handlers.digest import short_day
from handlers.incoming import Wrote
from handlers.team import LONGEST_NOTE, leads, me, team_here, today_of
from handlers.texts import Block
from models.base import to_ms
from models.checklist import items
from models.duties import forms, notes
from models.duties.forms import Asked
from models.team import members, reviews
from models.team.members import Child, Team

PAGE = 10
LOOK_BACK = timedelta(days=30)
"""What a review looks back on."""


def review(context: Context, class_id: int) -> None:
    """All pupils of the class, each with this month's level."""
    review_page(context, class_id, 0)


def review_page(context: Context, class_id: int, page: int) -> None:
    """A page of it."""
    team = team_here(context, class_id)
    if team is None:
        return
    context.toast()
    month = today_of(context).replace(day=1)
    children = members.pupils(context.unit, class_id)
    levels = reviews.levels(context.unit, class_id, month)
    rows = [
        [
            context.named(
                f"{child.name} · {_level(context, levels.get(child.pupil_id))}", "tpupil", class_id, child.pupil_id
            )
        ]
        for child in children[page * PAGE : (page + 1) * PAGE]
    ]
    turn = [context.button("button.earlier", "treviewp", class_id, page - 1)] if page else []
    if (page + 1) * PAGE < len(children):
        turn.append(context.button("button.more", "treviewp", class_id, page + 1))
    context.change(
        "team.review",
        buttons=[*rows, turn, [context.button("button.team_back", "tteam", class_id)]],
        name=team.name,
        month=month.month,
        done=len(levels),
        all=len(children),
    )


def _level(context: Context, level: int | None) -> str:
    names = context.school.levels
    return context.words("team.no_level") if level is None else names[min(level, len(names) - 1)]


def _child(context: Context, class_id: int, pupil_id: int) -> tuple[Team, Child] | None:
    team = team_here(context, class_id)
    child = next((one for one in members.pupils(context.unit, class_id) if one.pupil_id == pupil_id), None)
    return None if team is None or child is None else (team, child)


def _decides(context: Context, team: Team, child: Child) -> bool:
    """Who sets the level: the chief mentor, and the pupil's own mentor."""
    return leads(context, team) or child.mentor_id == me(context)


def pupil(context: Context, class_id: int, pupil_id: int) -> None:
    """One pupil: what the record shows, what was said last month, and the team's word of this month."""
    found = _child(context, class_id, pupil_id)
    if found is None:
        return
    context.toast()
    _show_pupil(context, *found)


def _show_pupil(context: Context, team: Team, child: Child) -> None:
    unit, language, zone = context.unit, context.language, context.zone
    month = today_of(context).replace(day=1)
    facts = reviews.facts(unit, child.pupil_id, to_ms(unit.now - LOOK_BACK))

    def day(ms: int) -> str:
        return short_day(language, datetime.fromtimestamp(ms / 1000, zone).date())

    lines = [
        context.words("team.pupil_title", child=child.name, month=month.month),
        context.words("team.pupil_messages", family=facts.from_family, mentor=facts.from_mentor),
        context.words("team.pupil_contact", day=day(facts.last_contact))
        if facts.last_contact
        else context.words("team.pupil_no_contact"),
    ]
    if facts.waits_since is not None:
        lines.append(context.words("team.pupil_waits", day=day(facts.waits_since)))
    begins = (unit.now - LOOK_BACK).astimezone(zone).date()
    talked = []
    for item_id, many in notes.talked_about(unit, child.pupil_id, begins, context.school.zone):
        found = items.item(unit, item_id)
        if found is not None and found.level < 2:
            talked.append(f"{found.title(language)} {many}")
    if talked:
        lines.append(context.words("team.pupil_talked", talked=" · ".join(talked)))
    words_on = reviews.words_on(unit, child.pupil_id)
    now = next((one for one in words_on if one.month == month), None)
    before = next((one for one in words_on if one.month < month), None)
    for key, one in (("team.pupil_before", before), ("team.pupil_now", now)):
        if one is not None:
            lines.append(context.words(key, level=_level(context, one.level)))
            if one.step:
                lines.append(context.words("team.pupil_step", step=one.step))
    rows: list[list[say.Button]] = []
    if _decides(context, team, child):
        rows.append(
            [
                context.named(
                    f"{'✓ ' if now is not None and now.level == at else ''}{name}",
                    "tlevel",
                    team.class_id,
                    child.pupil_id,
                    at,
                )
                for at, name in enumerate(context.school.levels)
            ]
        )
        if now is not None:
            rows.append([context.button("button.review_step", "tstep", team.class_id, child.pupil_id)])
    children = members.pupils(unit, team.class_id)
    at = next(index for index, one in enumerate(children) if one.pupil_id == child.pupil_id)
    turn = [context.button("button.review_back", "treviewp", team.class_id, at // PAGE)]
    if at + 1 < len(children):
        turn.append(context.button("button.review_next", "tpupil", team.class_id, children[at + 1].pupil_id))
    context.change("team.view", buttons=[*rows, turn], lines=Block("\n".join(lines)))


def set_level(context: Context, class_id: int, pupil_id: int, level: int) -> None:
    """The team's level for this month."""
    found = _child(context, class_id, pupil_id)
    if found is None or not _decides(context, *found) or not 0 <= level < len(context.school.levels):
        return
    reviews.set_level(context.unit, pupil_id, today_of(context).replace(day=1), level, me(context))
    context.toast("week.noted")
    _show_pupil(context, *found)


def ask_step(context: Context, class_id: int, pupil_id: int) -> None:
    """What is the next step?"""
    found = _child(context, class_id, pupil_id)
    if found is None or not _decides(context, *found):
        return
    context.toast()
    forms.ask(context.unit, context.who, "step", pupil_id, str(class_id))
    context.change(
        "team.ask_step", buttons=[[context.button("button.back", "tpupil", class_id, pupil_id)]], child=found[1].name
    )


def takes_step(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The next step as it was typed."""
    class_id = int(wanted.extra)
    team = members.team_of(context.unit, context.who, class_id)
    child = next((one for one in members.pupils(context.unit, class_id) if one.pupil_id == wanted.subject_id), None)
    if team is None or child is None or not _decides(context, team, child):
        return False
    text = event.text.strip()
    if len(text) > LONGEST_NOTE:
        context.say("team.too_long", most=LONGEST_NOTE, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    reviews.set_step(context.unit, child.pupil_id, today_of(context).replace(day=1), text, me(context))
    _show_pupil(context, team, child)
    return True


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"step": takes_step}
PRESSES: dict[str, Press] = {
    "treview": Press(review, (int,)),
    "treviewp": Press(review_page, (int, int)),
    "tpupil": Press(pupil, (int, int)),
    "tlevel": Press(set_level, (int, int, int)),
    "tstep": Press(ask_step, (int, int)),
}
