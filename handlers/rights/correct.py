"""'This is not right': what a person asks to have corrected goes to the admin, who takes it over or answers."""

from __future__ import annotations

from typing import Any

from handlers import say
from handlers.context import Context, Press, tell
from handlers.copies import relation_word
from handlers.incoming import Wrote
from handlers.rights import home
from handlers.texts import words
from models.duties import forms
from models.duties.forms import Asked
from models.relations import Relation
from models.rights import corrections
from models.rights.corrections import CHILD, FIELDS, NAME, PHONE, RELATION, Request, Unfit
from models.standing import Line, Reach, Self, admins

KIND, ANSWER = "rcorr", "rcanswer"
LONGEST_ANSWER = 300


def show(context: Context) -> None:
    """What can be corrected: the own name and telephone; of each child the name and what I am to it."""
    context.toast()
    rows = []
    for one in context.who.selves:
        if len(context.who.selves) > 1:
            label = f"{one.name} · {context.words('rcorr.field_name')}"
            rows.append([context.named(label, "rcfield", one.person_id, 0, NAME)])
            label = f"{one.name} · {context.words('rcorr.field_phone')}"
            rows.append([context.named(label, "rcfield", one.person_id, 0, PHONE)])
        else:
            rows.append(
                [
                    context.button("button.correct_name", "rcfield", one.person_id, 0, NAME),
                    context.button("button.correct_phone", "rcfield", one.person_id, 0, PHONE),
                ]
            )
    for line in context.who.children:
        child = context.words("button.correct_child", child=line.pupil_name)
        relation = context.words("button.correct_relation", child=line.pupil_name)
        rows.append([context.named(child, "rcfield", line.guardian_id, line.pupil_id, CHILD)])
        rows.append([context.named(relation, "rcfield", line.guardian_id, line.pupil_id, RELATION)])
    context.change("rcorr.what", buttons=[*rows, home.back(context)])


def _mine(context: Context, person_id: int, pupil_id: int) -> tuple[Self, Line | None] | None:
    me = next((one for one in context.who.selves if one.person_id == person_id), None)
    line = next((one for one in context.who.children if (one.guardian_id, one.pupil_id) == (person_id, pupil_id)), None)
    return None if me is None or (pupil_id and line is None) else (me, line)


def field(context: Context, person_id: int, pupil_id: int, what: str) -> None:
    """One of them was chosen: asks for the right value."""
    found = _mine(context, person_id, pupil_id)
    if found is None or what not in FIELDS:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    rows: list[list[say.Button]] = []
    if what == RELATION:
        rows = [
            [context.named(relation_word(context.language, one), "rcrel", person_id, pupil_id, one.value)]
            for one in Relation
            if one is not Relation.OTHER
        ]
    forms.ask(context.unit, context.who, KIND, pupil_id, f"{what}:{person_id}")
    child = "" if found[1] is None else found[1].pupil_name
    context.change(f"rcorr.ask_{what}", child=child, buttons=[*rows, home.back(context)])


def takes(context: Context, event: Wrote, asked: Asked) -> bool:
    """What was typed."""
    what, _, person = asked.extra.partition(":")
    if _mine(context, int(person), asked.subject_id) is None:
        # Never on to anybody: it may be a telephone number.
        forms.end(context.unit, context.who)
        context.say("rcorr.gone", buttons=[home.back(context)], reply_to=event.place_id)
        return True
    try:
        value = corrections.value_of(what, event.text)
    except Unfit:
        context.say(f"rcorr.unfit_{what}", buttons=[home.back(context)], reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    _keep(context, int(person), asked.subject_id, what, value)
    return True


def relation(context: Context, person_id: int, pupil_id: int, value: str) -> None:
    """A relation by its button."""
    if _mine(context, person_id, pupil_id) is None or value not in {one.value for one in Relation}:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.end(context.unit, context.who)
    _keep(context, person_id, pupil_id, RELATION, value)


def _keep(context: Context, person_id: int, pupil_id: int, what: str, value: str) -> None:
    unit = context.unit
    row = corrections.ask(unit, context.who, person_id, pupil_id or None, what, value)
    if row is None:
        context.change("rcorr.enough", buttons=[home.back(context)])
        return
    shown = _shown(context.language, what, value)
    context.change("rcorr.sent", value=shown, buttons=[home.back(context)])
    me = next(one for one in context.who.selves if one.person_id == person_id)
    for reach in admins(unit, me.school_id):
        tell(
            unit,
            reach,
            "rcorr.told_admin",
            dedupe_key=f"correction:{row}:{reach.user_id}",
            buttons=[[_button(context, reach, "button.corrections_open", "rcone", row)]],
            name=me.name,
            field=words(reach.language, f"rcorr.field_{what}"),
        )


def _button(context: Context, reach: Reach, key: str, action: str, *args: int) -> say.Button:
    data = say.sign(context.unit.vault, reach.bot_id, reach.user_id, action, *args)
    return say.Button(words(reach.language, key)[:60], data)


def _shown(language: str, what: str, value: str) -> str:
    return relation_word(language, value) if what == RELATION else value


# --- the admin ---


def waiting(context: Context) -> None:
    """What waits for an admin's word."""
    context.toast()
    found = corrections.waiting(context.unit, context.who)
    rows = [
        [context.named(f"{one.asker} · {context.words(f'rcorr.field_{one.field}')}", "rcone", one.id)] for one in found
    ]
    context.change(
        "rcorr.waiting" if found else "rcorr.none_waiting",
        buttons=[*rows, [context.button("button.radmin_back", "radmin")]],
    )


def _open(context: Context, request_id: int) -> Request | None:
    found = corrections.request(context.unit, context.who, request_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
    elif found.state != "open":
        context.toast("rcorr.decided", alert=True)
        return None
    return found


def one(context: Context, request_id: int) -> None:
    """What stands there, what should, and the two answers."""
    found = _open(context, request_id)
    if found is None:
        return
    context.toast()
    language = context.language
    context.change(
        "rcorr.one_child" if found.child else "rcorr.one",
        name=found.asker,
        child=found.child,
        field=context.words(f"rcorr.field_{found.field}"),
        now=_shown(language, found.field, found.now) or context.words("mydata.no_phone"),
        value=_shown(language, found.field, found.value),
        buttons=[
            [context.button("button.correction_take", "rctake", request_id)],
            [context.button("button.correction_answer", "rcno", request_id)],
            [context.button("button.radmin_back", "radmin")],
        ],
    )


def take(context: Context, request_id: int) -> None:
    """Taken over."""
    found, staff = _open(context, request_id), context.who.staff
    if found is None or staff is None:
        return
    context.toast()
    if not corrections.take_over(context.unit, found, staff.person_id):
        return
    context.change("rcorr.taken", buttons=[[context.button("button.corrections_more", "rcwait")]])
    _tell(context, found, "rcorr.told_taken")


def ask_answer(context: Context, request_id: int) -> None:
    """It stays: the admin says why in a few words."""
    if _open(context, request_id) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, ANSWER, request_id)
    context.change("rcorr.ask_answer", buttons=[[context.button("button.correction_back", "rcone", request_id)]])


def takes_answer(context: Context, event: Wrote, asked: Asked) -> bool:
    """The admin's words go to who asked."""
    found, staff = corrections.request(context.unit, context.who, asked.subject_id), context.who.staff
    if found is None or staff is None or found.state != "open":
        forms.end(context.unit, context.who)
        context.say("rcorr.late", buttons=[home.back(context)], reply_to=event.place_id)
        return True
    text = event.text.strip()
    if not text or len(text) > LONGEST_ANSWER:
        context.say("rcorr.answer_long", most=LONGEST_ANSWER, count=len(text), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    if corrections.answer(context.unit, found, staff.person_id):
        context.say("rcorr.answered", buttons=[[context.button("button.corrections_more", "rcwait")]])
        _tell(context, found, "rcorr.told_answer", answer=text)
    return True


def _tell(context: Context, found: Request, key: str, **values: Any) -> None:
    reach = corrections.reach_of(context.unit, found.person_id)
    if reach is not None:
        context.tell(
            reach,
            key,
            dedupe_key=f"corrected:{found.id}",
            field=words(reach.language, f"rcorr.field_{found.field}"),
            **values,
        )


PRESSES: dict[str, Press] = {
    "rcorr": Press(show),
    "rcfield": Press(field, (int, int, str)),
    "rcrel": Press(relation, (int, int, str)),
    "rcwait": Press(waiting),
    "rcone": Press(one, (int,)),
    "rctake": Press(take, (int,)),
    "rcno": Press(ask_answer, (int,)),
}
TEXTS = {KIND: takes, ANSWER: takes_answer}
