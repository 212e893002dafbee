"""Are they back? The teachers are asked; where they do not answer, people at school are. No quiet hours for any of it."""

from __future__ import annotations

from typing import Any

from handlers import say, telling
from handlers.appointments import shown
from handlers.appointments.during import gone, mine
from handlers.appointments.told import teachers_word
from handlers.context import Context, Press, SchoolSettings
from handlers.texts import render
from models.appointments import party, safety, visits
from models.appointments.safety import Leader
from models.appointments.states import HOLDING, VisitState
from models.appointments.tables import Visit
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit, sql


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """The steps that are due now."""
    for one in safety.due(unit, school.visits):
        visit = visits.must(unit, one.visit_id)
        if one.step == safety.ASKED:
            _ask(unit, visit, school)
        else:
            _tell_leaders(unit, visit, school)


# --- the teachers ---


def _away(unit: Unit, visit: Visit) -> list[int]:
    """Whoever may have gone: the mentor also where somebody covers by now."""
    return list(dict.fromkeys([visit.mentor_id, *party.teachers(unit, visit)]))


def _key(visit: Visit, round_: int, person: int) -> str:
    return f"visit:{visit.id}:{visit.sequence}:safe{round_}:{person}"


def _ask(unit: Unit, visit: Visit, school: SchoolSettings, *, again: int = 0) -> None:
    round_ = safety.stills(unit, visit)
    for person in _away(unit, visit):
        one = shown.teacher(unit, person)
        if one.reach is None:
            continue
        language = one.reach.language
        telling.tell(
            unit,
            one.reach,
            "during.safe_ask",
            dedupe_key=f"{_key(visit, round_, person)}{f':{again}' if again else ''}",
            useful_until=(visit.ends_at or 0) + safety.TOO_LATE,
            lane=Lane.URGENT,
            buttons=_answers(unit, one.reach, visit, stay=round_ < safety.MOST_STILL),
            **_values(unit, language, visit, school),
        )


def _answers(unit: Unit, reach: Reach, visit: Visit, *, stay: bool) -> list[list[say.Button]]:
    rows = [[telling.button(unit, reach, "button.during_safe", "vsafe", visit.id)]]
    if stay:
        rows.append([telling.button(unit, reach, "button.during_still", "vstill", visit.id)])
    return rows


def _values(unit: Unit, language: str, visit: Visit, school: SchoolSettings) -> dict[str, Any]:
    names = visits.names(unit, visit.id)
    return {
        "teachers": teachers_word(language, unit, visit),
        "child": names.child,
        "school_class": names.school_class,
        "begins": telling.when(language, visit.starts_at or 0, school.zone),
        "ends": telling.when(language, visit.ends_at or 0, school.zone)[-5:],
        "what": shown.title(language, visit),
        "form": shown.form_word(language, visit.form),
    }


def left(context: Context, visit_id: int) -> None:
    """'Left', by either teacher: the visit was held, its record may begin."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, person = found
    if visit.state not in HOLDING:
        context.toast("during.over", alert=True)
        return
    if visit.state == VisitState.CONFIRMED and context.unit.now_ms < (visit.starts_at or 0):
        # Nobody has arrived and it has not begun: a slip of the finger, and leaving cannot be taken back.
        context.toast("during.not_begun", alert=True)
        return
    context.toast()
    _left(context, visit, person)


def safe(context: Context, visit_id: int) -> None:
    """'Yes, we have left', as an answer to the question: the same."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, person = found
    if visit.state not in HOLDING:
        context.toast("during.answered", alert=True)
        return
    context.toast("during.thanks")
    _left(context, visit, person)


def _left(context: Context, visit: Visit, person: int) -> None:
    """Who was asked beside, and who was told, hears it."""
    told, asked = _leaders_told(context.unit, visit), _asked(context.unit, visit, person)
    if gone(context, visit, person):
        _settle(context, visit, asked, "during.safe_by", person)
        _tell_told(context, visit, told, "during.leaders_safe", person)


def still(context: Context, visit_id: int) -> None:
    """'Still there': half an hour more, three times at most."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, person = found
    if visit.state not in HOLDING or visit.safe_at is not None:
        context.toast("during.answered", alert=True)
        return
    told = _leaders_told(context.unit, visit)
    asked = _asked(context.unit, visit, person)
    if not safety.still(context.unit, visit, person):
        many = safety.stills(context.unit, visit) >= safety.MOST_STILL
        context.toast("during.still_no_more" if many else "during.answered", alert=True)
        return
    context.toast()
    rows = _answers(context.unit, context.reach, visit, stay=False)
    context.change("during.still", buttons=rows, **_values(context.unit, context.language, visit, context.school))
    _settle(context, visit, asked, "during.still_by", person)
    _tell_told(context, visit, told, "during.leaders_still", person)


_PLACE = sql("SELECT place_id FROM outbox WHERE dedupe_key = :key AND state = 'sent' AND place_id IS NOT NULL")


def _asked(unit: Unit, visit: Visit, person: int) -> list[tuple[Reach, int]]:
    """Where the question stands in the chats of those who have not answered."""
    found, round_ = [], safety.stills(unit, visit)
    for other in _away(unit, visit):
        reach = shown.teacher(unit, other).reach
        row = unit.execute(_PLACE, key=_key(visit, round_, other)).first()
        if other != person and reach is not None and row is not None:
            found.append((reach, int(row.place_id)))
    return found


def _settle(context: Context, visit: Visit, asked: list[tuple[Reach, int]], key: str, person: int) -> None:
    """The question in the other's chat changes into the answer that was given."""
    name = _name(context, person)
    for reach, place_id in asked:
        rows = _answers(context.unit, reach, visit, stay=False) if key == "during.still_by" else []
        values = _values(context.unit, reach.language, visit, context.school)
        context.unit.queue(
            bot_id=reach.bot_id,
            chat_id=reach.user_id,
            kind=say.EDIT,
            payload=say.edit(place_id, render(reach.language, key, name=name, **values), buttons=rows),
        )


def _name(context: Context, person: int) -> str:
    return next((one.name for one in context.who.selves if one.person_id == person), "")


# --- the people at school ---


def _tell_leaders(unit: Unit, visit: Visit, school: SchoolSettings) -> None:
    leaders = safety.leaders(unit, visit)
    if not leaders:
        # There is nobody else to ask: the two themselves are asked once more, and the operator's log has it.
        safety.nobody(unit, visit)
        _ask(unit, visit, school, again=visit.safety_step)
        return
    round_ = safety.stills(unit, visit)
    for one in leaders:
        rows = [
            [telling.button(unit, one.reach, "button.during_reached", "vreach", visit.id)],
            [telling.button(unit, one.reach, "button.before_address", "vaddr", visit.id)],
        ]
        telling.tell(
            unit,
            one.reach,
            "during.leaders" if visit.safety_step == safety.LEADERS else "during.leaders_again",
            dedupe_key=f"visit:{visit.id}:{visit.sequence}:safe{round_}.{visit.safety_step}:{one.person_id}",
            useful_until=(visit.ends_at or 0) + safety.TOO_LATE,
            lane=Lane.URGENT,
            buttons=rows,
            **_values(unit, one.reach.language, visit, school),
        )


def _leaders_told(unit: Unit, visit: Visit) -> list[Leader]:
    return safety.leaders(unit, visit) if safety.is_open(visit) else []


def _tell_told(context: Context, visit: Visit, told: list[Leader], key: str, person: int) -> None:
    """Leaders who were told hear how it stands."""
    for one in told:
        if one.person_id != person:
            telling.tell(
                context.unit,
                one.reach,
                key,
                dedupe_key=f"visit:{visit.id}:{visit.sequence}:well{context.unit.now_ms}:{one.person_id}",
                name=_name(context, person),
                **_values(context.unit, one.reach.language, visit, context.school),
            )


def reached(context: Context, visit_id: int) -> None:
    """'I have reached them, all is well': nobody is asked any more."""
    unit = context.unit
    visit = visits.one(unit, visit_id)
    if visit is not None and not safety.is_open(visit) and (visit.safe_at is not None or visit.state not in HOLDING):
        context.toast("during.answered", alert=True)
        return
    person = None if visit is None else safety.leads(unit, visit, context.who.person_ids)
    if visit is None or person is None:
        context.toast("help.button_gone", alert=True)
        return
    told = safety.leaders(unit, visit)
    if not safety.reached(unit, visit, person):
        context.toast("during.answered", alert=True)
        return
    context.toast()
    context.change("during.reached", **_values(unit, context.language, visit, context.school))
    _tell_told(context, visit, told, "during.leaders_reached", person)


PRESSES: dict[str, Press] = {
    "vleft": Press(left, (int,)),
    "vsafe": Press(safe, (int,)),
    "vstill": Press(still, (int,)),
    "vreach": Press(reached, (int,)),
}
