"""A request for another mentor, for those who decide: talk first, another mentor, or all stays. Who asked hears it warmly."""

from __future__ import annotations

from handlers import holding, telling
from handlers.context import Context, Press
from handlers.matching import words as said
from handlers.matching.words import PAGE
from handlers.texts import Block
from models.events.audience import reaches
from models.matching import choices, places, requests
from models.matching.requests import Outcome, Request
from models.matching.rounds import CAPACITY


def listing(context: Context) -> None:
    """What is open."""
    found = requests.open_for(context.unit, context.who)
    context.toast()
    rows = [[context.named(f"{one.pupil_name} · {one.group}", "mrq", one.id)] for one in found]
    rows.append([context.button("button.more_back", "more")])
    context.change("rematch.list" if found else "rematch.list_empty", buttons=rows)


def _mine(context: Context, request: int) -> Request | None:
    found = requests.look(context.unit, context.who, request)
    if found is None:
        context.toast("help.button_gone", alert=True)
    return found


def look(context: Context, request: int) -> None:
    """One request."""
    found = _mine(context, request)
    if found is not None:
        context.toast()
        _show(context, found)


def _show(context: Context, found: Request) -> None:
    key = "mentor" if found.by_mentor else "guardian"
    lines = [context.words(f"rematch.by_{key}", name=found.asker_name)]
    if found.reason:
        lines.append(context.words(f"rematch.reason_{found.reason}"))
    if found.words:
        lines.append(context.words("rematch.words", words=found.words))
    if found.outcome is not Outcome.OPEN:
        lines.append(context.words(f"rematch.is_{found.outcome.value}"))
    rows = []
    if not found.decided:
        if found.outcome is Outcome.OPEN:
            rows.append([context.button("button.rematch_talk", "mrt", found.id)])
        rows.append([context.button("button.rematch_other", "mrn", found.id, 0)])
        rows.append([context.button("button.rematch_keep", "mrk", found.id)])
    rows.append([context.button("button.rematch_list", "mrlist")])
    context.change(
        "rematch.view",
        buttons=rows,
        child=found.pupil_name,
        group=found.group,
        mentor=found.mentor_name or context.words("match.nobody_yet"),
        day=said.deadline(context.language, found.asked_at, context.school.zone),
        lines=Block("\n".join(lines)),
    )


def _person(context: Context) -> int:
    return 0 if context.who.staff is None else context.who.staff.person_id


def _tell(context: Context, found: Request, key: str, request: int | None = None) -> None:
    """Who asked hears what comes of it; in the own hours. `request`: of another one for the same pupil."""
    request = found.id if request is None else request
    unit, asker = context.unit, requests.asker(context.unit, request)
    if asker is None:
        return
    # A few words for the school: what is simply typed here would go to the other side.
    rows = [[telling.button(unit, asker.reach, "button.rematch_words", "mrx", request)]] if key == "talk" else []
    staff_rest = said.rest_of_staff(unit, found.school_id, asker.hours, context.school)
    telling.tell(
        unit,
        asker.reach,
        f"rematch.{'mentor' if asker.by_mentor else 'family'}_{key}",
        dedupe_key=f"rematch:{request}:{key}",
        due_at=staff_rest if asker.by_mentor else said.rest_of_guardian(unit, asker.quiet, context.school),
        buttons=rows,
        child=found.pupil_name,
    )


def talk(context: Context, request: int) -> None:
    """People talk first: it stays open."""
    found = _mine(context, request)
    if found is None:
        return
    if found.decided or not requests.decide(context.unit, found, Outcome.TALK, _person(context)):
        _again(context, request)
        return
    context.toast("rematch.told")
    _tell(context, found, "talk")
    _again(context, request)


def _again(context: Context, request: int) -> None:
    fresh = requests.one(context.unit, context.who, request)
    if fresh is None:
        # Whoever has become this pupil's mentor, or is the child's guardian, does not see it any more.
        context.toast("rematch.decided")
        listing(context)
        return
    context.toast("rematch.decided" if fresh.decided else None)
    _show(context, fresh)


def ask_keep(context: Context, request: int) -> None:
    """Whether all really stays as it is."""
    found = _mine(context, request)
    if found is None:
        return
    context.toast()
    context.change(
        "rematch.keep_sure",
        buttons=[
            [context.button("button.rematch_keep_yes", "mrky", request)],
            [context.button("button.match_back", "mrq", request)],
        ],
        child=found.pupil_name,
    )


def keep(context: Context, request: int) -> None:
    """All stays as it is."""
    found = _mine(context, request)
    if found is None:
        return
    if not found.decided and requests.decide(context.unit, found, Outcome.KEPT, _person(context)):
        _tell(context, found, "kept")
    _again(context, request)


def others(context: Context, request: int, page: int) -> None:
    """Mentors with a free place."""
    found = _mine(context, request)
    if found is None:
        return
    context.toast()
    free = places.free_mentors(context.unit, found, CAPACITY)
    rows = [
        [context.named(_label(context, one), "mrg", request, one.person_id)]
        for one in free[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(said.paged(context, page, len(free), "mrn", request))
    rows.append([context.button("button.match_back", "mrq", request)])
    context.change("rematch.others" if free else "rematch.no_others", buttons=rows, child=found.pupil_name)


def _label(context: Context, one: places.Free) -> str:
    choice = choices.Choice(0, one.person_id, one.name, one.subject, False)
    return said.with_subject(context.language, choice)


def ask_give(context: Context, request: int, mentor: int) -> None:
    """What will happen."""
    found = _mine(context, request)
    if found is None:
        return
    if found.decided:
        _again(context, request)
        return
    free = {one.person_id: one.name for one in places.free_mentors(context.unit, found, CAPACITY)}
    if mentor not in free:
        context.toast("match.refused_full", alert=True)
        return
    context.toast()
    context.change(
        "rematch.give_sure",
        buttons=[
            [context.button("button.rematch_give_yes", "mrgy", request, mentor)],
            [context.button("button.match_back", "mrn", request, 0)],
        ],
        child=found.pupil_name,
        mentor=free[mentor],
    )


def give(context: Context, request: int, mentor: int) -> None:
    """Another mentor from now on: the family meets the new one, and nobody hears why."""
    found = _mine(context, request)
    if found is None:
        return
    if not found.decided:
        free = {one.person_id for one in places.free_mentors(context.unit, found, CAPACITY)}
        if mentor not in free:
            context.toast("match.refused_full", alert=True)
            return
        beside = requests.beside(context.unit, found)
        change = requests.give(context.unit, found, mentor, _person(context))
        if change is not None:
            holding.mentor_changed(context.unit, [change], context.school.zone)
            for one in (found.id, *beside):
                _tell(context, found, "changed", one)
            _tell_new(context, found, mentor)
    _again(context, request)


def _tell_new(context: Context, found: Request, mentor: int) -> None:
    """The new mentor has one pupil more."""
    reach = reaches(context.unit, [mentor]).get(mentor)
    if reach is not None:
        telling.tell(
            context.unit,
            reach,
            "rematch.new_pupil",
            dedupe_key=f"rematch:{found.id}:new",
            child=found.pupil_name,
            group=found.group,
        )


PRESSES: dict[str, Press] = {
    "mrlist": Press(listing),
    "mrq": Press(look, (int,)),
    "mrt": Press(talk, (int,)),
    "mrk": Press(ask_keep, (int,)),
    "mrky": Press(keep, (int,)),
    "mrn": Press(others, (int, int)),
    "mrg": Press(ask_give, (int, int)),
    "mrgy": Press(give, (int, int)),
}
