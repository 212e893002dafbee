"""Whom a new event is for: classes, or a pupil and those who are asked to a consultation."""

from __future__ import annotations

from dataclasses import replace

from handlers import say
from handlers.context import Context, Press
from handlers.copies import relation_word
from handlers.events.draft import ask, kept, mine
from models.events import calling, drafts
from models.events.calling import Guest
from models.events.drafts import Draft, Step

PAGE = 12


def _turn(context: Context, one: Draft, step: Step, page: int, count: int) -> list[say.Button]:
    turn = [context.button("button.earlier", "nevpage", one.id, step.value, page - 1)] if page else []
    if (page + 1) * PAGE < count:
        turn.append(context.button("button.more", "nevpage", one.id, step.value, page + 1))
    return turn


def _page(number: int, count: int) -> int:
    return min(max(number, 0), max((count - 1) // PAGE, 0))


# --- classes ---


def ask_classes(context: Context, one: Draft, page: int = 0) -> None:
    """Which class, or classes?"""
    known = list(calling.classes_for(context.unit, context.who).items())
    page = _page(page, len(known))
    buttons = [
        context.named(("✓ " if key in one.classes else "") + name, "nevclass", one.id, key, page)
        for key, name in known[page * PAGE : (page + 1) * PAGE]
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    rows.append(_turn(context, one, Step.CLASSES, page, len(known)))
    if one.classes:
        rows.append([context.button("button.new_whom", "nevwhom", one.id, count=len(one.classes))])
    ask(context, one, Step.CLASSES, "create.classes", rows)


def tick_class(context: Context, draft_id: int, class_id: int, page: int) -> None:
    """A class is chosen, or not after all."""
    one = mine(context, draft_id)
    if one is None or class_id not in calling.classes_for(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    # What was on the list for other classes may not fit these.
    topic = one.topic if one.own_topic or not one.topic else None
    fresh = replace(one, classes=_ticked(one.classes, class_id), whom_said=False, topic=topic)
    drafts.keep(context.unit, context.who, fresh)
    ask_classes(context, fresh, page)


def _ticked(known: tuple[int, ...], key: int) -> tuple[int, ...]:
    return tuple(one for one in known if one != key) if key in known else (*known, key)


def whom_said(context: Context, draft_id: int) -> None:
    """That is all whom it is for."""
    one = mine(context, draft_id)
    if one is None:
        return
    kept(context, one, whom_said=True)


# --- a pupil, and who is asked ---


def ask_pupil(context: Context, one: Draft, page: int = 0) -> None:
    """About whom?"""
    known = list(calling.pupils_for(context.unit, context.who).values())
    page = _page(page, len(known))
    buttons = [
        context.named(
            f"{'✓ ' if pupil.id == one.pupil_id else ''}{pupil.name} · {pupil.group}", "nevpupil", one.id, pupil.id
        )
        for pupil in known[page * PAGE : (page + 1) * PAGE]
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    rows.append(_turn(context, one, Step.PUPIL, page, len(known)))
    ask(context, one, Step.PUPIL, "create.pupil", rows)


def choose_pupil(context: Context, draft_id: int, pupil_id: int) -> None:
    """That one: who is asked belongs to the pupil and begins anew."""
    one = mine(context, draft_id)
    if one is None or pupil_id not in calling.pupils_for(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    if pupil_id == one.pupil_id:
        kept(context, one)
    else:
        kept(context, one, pupil_id=pupil_id, guests=(), whom_said=False)


def guest_name(context: Context, one: Guest) -> str:
    """How somebody who may be asked is called: a guardian by the relation, staff by name and part."""
    if one.role == "guardian":
        name = context.words("create.guest_guardian", relation=relation_word(context.language, one.relation))
    else:
        name = context.words("create.guest_staff", name=one.name, part=context.words(f"create.part_{one.role}"))
    return name if one.joined else context.words("create.guest_not_joined", name=name)


def ask_guests(context: Context, one: Draft, page: int = 0) -> None:
    """Who takes part? Nobody is ticked beforehand: each is asked because somebody wants it so."""
    pupil = calling.pupils_for(context.unit, context.who).get(one.pupil_id or 0)
    if pupil is None:
        ask_pupil(context, one)
        return
    known = calling.guests_for(context.unit, context.who, pupil.id)
    page = _page(page, len(known))
    rows = [
        [
            context.named(
                ("✓ " if guest.person_id in one.guests else "") + guest_name(context, guest),
                "nevguest",
                one.id,
                guest.person_id,
                page,
            )
        ]
        for guest in known[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(_turn(context, one, Step.GUESTS, page, len(known)))
    if one.guests:
        rows.append([context.button("button.new_whom", "nevwhom", one.id, count=len(one.guests))])
    ask(context, one, Step.GUESTS, "create.guests" if known else "create.guests_none", rows, child=pupil.name)


def tick_guest(context: Context, draft_id: int, person_id: int, page: int) -> None:
    """Somebody is asked, or not after all; who has not joined cannot be."""
    one = mine(context, draft_id)
    if one is None:
        return
    known = {guest.person_id: guest for guest in calling.guests_for(context.unit, context.who, one.pupil_id or 0)}
    if one.pupil_id not in calling.pupils_for(context.unit, context.who) or person_id not in known:
        context.toast("help.button_gone", alert=True)
        return
    if not known[person_id].joined:
        context.toast("create.not_joined", alert=True)
        return
    fresh = replace(one, guests=_ticked(one.guests, person_id), whom_said=False)
    drafts.keep(context.unit, context.who, fresh)
    ask_guests(context, fresh, page)


PAGES = {Step.CLASSES: ask_classes, Step.PUPIL: ask_pupil, Step.GUESTS: ask_guests}


def turn(context: Context, draft_id: int, step: str, page: int) -> None:
    """Another part of a long list."""
    one = mine(context, draft_id)
    if one is None or step not in {known.value for known in PAGES}:
        context.toast("help.button_gone", alert=True)
        return
    PAGES[Step(step)](context, one, page)


PRESSES: dict[str, Press] = {
    "nevclass": Press(tick_class, (int, int, int)),
    "nevwhom": Press(whom_said, (int,)),
    "nevpupil": Press(choose_pupil, (int, int)),
    "nevguest": Press(tick_guest, (int, int, int)),
    "nevpage": Press(turn, (int, str, int)),
}
