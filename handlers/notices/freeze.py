"""/freeze: media and notices of a person, a role, a school or all stop at once, and go on again with one tap."""

from __future__ import annotations

from handlers import say, telling
from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.incoming import Commanded, Wrote
from handlers.telling import when
from handlers.texts import Block, words
from models import freezing, frozen
from models.duties import forms
from models.duties.forms import Asked
from models.events.audience import reaches
from models.freezing import ROLES, Frozen, Scope
from models.frozen import Power
from models.unit import Unit

KIND = "frzwho"
PAGE = 6
NONE = "-"
"""Stands for a role that is not named, in a button."""


def _power(context: Context) -> Power | None:
    found = frozen.power(context.unit, context.who)
    if found is None:
        context.toast()
        context.say("freeze.not_yours" if context.who.has_joined else "help.stranger")
    return found


def command(context: Context, _event: Commanded) -> None:
    """/freeze: what is stopped now, and what can be stopped."""
    mine = _power(context)
    if mine is not None:
        text, rows = _screen(context, mine, 0)
        context.say("freeze.screen", lines=Block(text), buttons=rows)


def screen(context: Context, page: int) -> None:
    """The same in the message with the button."""
    mine = _power(context)
    if mine is not None:
        context.toast()
        text, rows = _screen(context, mine, page)
        context.change("freeze.screen", lines=Block(text), buttons=rows)


def _screen(context: Context, mine: Power, page: int) -> tuple[str, list[list[say.Button]]]:
    unit, rows, lines = context.unit, [], []
    now = [
        one
        for one in freezing.current(unit)
        if mine.everything or set(frozen.schools_of(unit, one)) & set(mine.schools)
    ]
    for one in now:
        what = what_of(unit, one, context.language)
        at = when(context.language, one.set_at, context.school.zone)
        lines.append(context.words("freeze.line", what=what, name=frozen.name(unit, one.set_by), time=at))
        if frozen.may_lift(unit, mine, one):
            rows.append([context.button("button.nr_lift", "frzlift", one.id, what=what)])
    parts = [context.words("freeze.now", lines=Block("\n".join(lines)))] if lines else []
    parts.append(context.words("freeze.ask"))
    rows.append([context.button("button.nr_freeze_person", "frzwho")])
    schools = sorted(mine.schools.items(), key=lambda one: one[1])
    for school, name in schools[page * PAGE : (page + 1) * PAGE]:
        for role in ROLES[:2]:
            shown = context.words(f"freeze.role_{role}")
            rows.append(
                [context.button("button.nr_freeze_role", "frz", "role", 0, role, school, school=name, role=shown)]
            )
        rows.append([context.button("button.nr_freeze_school", "frz", "school", 0, NONE, school, school=name)])
    turn = []
    if page > 0:
        turn.append(context.button("button.earlier", "frzpage", page - 1))
    if (page + 1) * PAGE < len(schools):
        turn.append(context.button("button.more", "frzpage", page + 1))
    rows.append(turn)
    if mine.everything:
        for role in ROLES:
            shown = context.words(f"freeze.role_{role}")
            rows.append([context.button("button.nr_freeze_role_all", "frz", "role", 0, role, 0, role=shown)])
        rows.append([context.button("button.nr_freeze_all", "frz", "all", 0, NONE, 0)])
    rows.append([context.button("button.nw_home", "nhome")])
    return "\n\n".join(parts), rows


def what_of(unit: Unit, one: Frozen, language: str) -> str:
    """What is stopped, in words."""
    role = "" if one.role is None else words(language, f"freeze.role_{one.role}")
    if one.scope is Scope.PERSON and one.person_id is not None:
        return words(language, "freeze.what_person", name=frozen.name(unit, one.person_id))
    if one.scope is Scope.ALL:
        return words(language, "freeze.what_all")
    if one.school_id is None:
        return words(language, "freeze.what_role_all", role=role)
    school = frozen.school_name(unit, one.school_id)
    if one.scope is Scope.SCHOOL:
        return words(language, "freeze.what_school", school=school)
    return words(language, "freeze.what_role", school=school, role=role)


# --- one person ---


def who(context: Context) -> None:
    """Whose: those who sent something last, or anybody whose name or number is typed."""
    mine = _power(context)
    if mine is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, KIND, 0)
    context.change("freeze.who", buttons=_people(context, frozen.recent(context.unit, mine)))


def takes_who(context: Context, event: Wrote, _wanted: Asked) -> bool:
    """A name or a number."""
    mine = frozen.power(context.unit, context.who)
    if mine is None or not event.text.strip():
        return False
    found = frozen.typed(context.unit, mine, event.text)
    if not found:
        context.say("freeze.who_none", buttons=_people(context, []), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    context.say("freeze.who_which", buttons=_people(context, found), reply_to=event.place_id)
    return True


def _people(context: Context, found: list[tuple[int, str]]) -> list[list[say.Button]]:
    rows = [[context.named(name, "frz", "person", person, NONE, 0)] for person, name in found]
    return [*rows, [context.button("button.nr_freeze_no", "frzpage", 0)]]


# --- chosen, confirmed, lifted ---


def _wanted(scope: str, person: int, role: str, school: int) -> Frozen | None:
    if scope not in {one.value for one in Scope} or (role != NONE and role not in ROLES):
        return None
    return Frozen(0, Scope(scope), person or None, None if role == NONE else role, school or None, 0, 0)


def choose(context: Context, scope: str, person: int, role: str, school: int) -> None:
    """Asked once more."""
    wanted = _allowed(context, scope, person, role, school)
    if wanted is None:
        return
    context.toast()
    context.change(
        "freeze.confirm",
        what=what_of(context.unit, wanted, context.language),
        buttons=[
            [context.button("button.nr_freeze_yes", "frzyes", scope, person, role, school)],
            [context.button("button.nr_freeze_no", "frzpage", 0)],
        ],
    )


def _allowed(context: Context, scope: str, person: int, role: str, school: int) -> Frozen | None:
    mine, wanted = _power(context), _wanted(scope, person, role, school)
    if mine is None:
        return None
    if wanted is None or not frozen.may_set(
        context.unit, mine, wanted.scope, wanted.person_id, wanted.role, wanted.school_id
    ):
        context.toast("help.button_gone", alert=True)
        return None
    return wanted


def confirm(context: Context, scope: str, person: int, role: str, school: int) -> None:
    """From this moment on."""
    wanted, staff = _allowed(context, scope, person, role, school), context.who.staff
    if wanted is None or staff is None:
        return
    unit = context.unit
    if freezing.same(unit, wanted.scope, wanted.person_id, wanted.role, wanted.school_id):
        context.toast("freeze.already", alert=True)
        screen(context, 0)
        return
    many = freezing.freeze(
        unit,
        staff.person_id,
        wanted.scope,
        person=wanted.person_id,
        role=wanted.role,
        school=wanted.school_id,
    )
    context.toast()
    newest = max((one for one in freezing.current(unit) if one.set_by == staff.person_id), key=lambda one: one.id)
    lift_button = [context.button("button.nr_lift", "frzlift", newest.id, what=what_of(unit, newest, context.language))]
    key = "freeze.done" if many else "freeze.done_none"
    context.change(key, what=what_of(unit, newest, context.language), count=many, buttons=[lift_button])
    _tell_others(context, newest, "freeze.told", lift=True)
    tell_writers(unit)


def tell_writers(unit: Unit) -> None:
    """Those whose pictures or files wait now hear so, once."""
    found = freezing.writers(unit)
    for person, reach in reaches(unit, found).items():
        met = freezing.meets(unit, person)
        if met is not None:
            tell(unit, reach, "freeze.writer", dedupe_key=f"frozen:{met}:{person}")


def tick(unit: Unit, _bot_id: int, _school: SchoolSettings) -> None:
    """What waits frozen although nothing stops it goes on."""
    freezing.lift_stray(unit)


def lift(context: Context, freeze_id: int) -> None:
    """All that it held goes on, unless another one holds it too."""
    mine, staff = _power(context), context.who.staff
    if mine is None or staff is None:
        return
    unit = context.unit
    one = freezing.one(unit, freeze_id)
    if one is None:
        context.toast("freeze.gone", alert=True)
        screen(context, 0)
        return
    if not frozen.may_lift(unit, mine, one):
        context.toast("help.button_gone", alert=True)
        return
    what = what_of(unit, one, context.language)
    many = freezing.lift(unit, freeze_id, staff.person_id)
    if many is None:
        context.toast("freeze.gone", alert=True)
        return
    context.toast()
    context.change("freeze.lifted" if many else "freeze.lifted_none", what=what, count=many)
    _tell_others(context, one, "freeze.told_lifted", lift=False)


def _tell_others(context: Context, one: Frozen, key: str, *, lift: bool) -> None:
    staff = context.who.staff
    if staff is None:
        return
    unit = context.unit
    for reach in frozen.told(unit, frozen.schools_of(unit, one), staff.person_id):
        what = what_of(unit, one, reach.language)
        tell(
            unit,
            reach,
            key,
            dedupe_key=f"freeze:{one.id}:{'set' if lift else 'lift'}:{reach.bot_id}.{reach.user_id}",
            buttons=[[telling.button(unit, reach, "button.nr_lift", "frzlift", one.id, what=what)]] if lift else (),
            name=staff.name,
            what=what,
        )


def rows(context: Context) -> list[list[say.Button]]:
    """On the home screen of notices, for who may."""
    if frozen.power(context.unit, context.who) is None:
        return []
    return [[context.button("button.nr_freeze", "frzpage", 0)]]


COMMANDS: dict[str, CommandHandler] = {"freeze": command}
PRESSES: dict[str, Press] = {
    "frzpage": Press(screen, (int,)),
    "frzwho": Press(who),
    "frz": Press(choose, (str, int, str, int)),
    "frzyes": Press(confirm, (str, int, str, int)),
    "frzlift": Press(lift, (int,)),
}
TEXTS = {KIND: takes_who}
