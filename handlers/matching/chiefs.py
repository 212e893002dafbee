"""Chief mentors are asked to look at the own class's part of a proposal, and say when they have."""

from __future__ import annotations

from handlers import say, telling
from handlers.context import Context, Press
from handlers.matching import words as said
from handlers.matching.proposal import looking
from handlers.texts import Block, listed
from models.events import audience
from models.matching import allowed, groups, tellings


def show_chiefs(context: Context, round_id: int) -> None:
    """Each chief mentor may look at the own class's part from now on, and is told so."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    chiefs = [] if found is None else tellings.show(context.unit, round_id)
    if found is None or not chiefs:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    unit, round_, without, told = context.unit, found[0], [], 0
    for one in chiefs:
        person = one.person_id
        reach = None if person is None else audience.reaches(unit, [person]).get(person)
        if reach is None:
            without.append(one.label)
            continue
        told += 1
        telling.tell(
            unit,
            reach,
            "match.for_chief",
            dedupe_key=f"match:{round_id}:chief.{round_.proposed_at}:{one.class_id}:{person}",
            due_at=said.rest_of_staff(unit, round_.school_id, one.hours, context.school),
            buttons=[[telling.button(unit, reach, "button.match_look", "mxc", round_id, one.class_id, 0)]],
            group=one.label,
        )
    lines = [context.words("match.shown", count=told)]
    if without:
        lines.append(context.words("match.shown_without", classes=listed(context.language, without[:20])))
    context.change(
        "match.shown_view",
        buttons=[[context.button("button.match_round", "mxo", round_id)]],
        lines=Block("\n".join(lines)),
    )


def looked(context: Context, round_id: int, class_id: int) -> None:
    """A chief mentor has looked at the own class's part; the admins hear it."""
    found = looking(context, round_id)
    if found is None:
        return
    round_, acting = found
    group = next((one for one in groups.classes(context.unit, round_id) if one.id == class_id), None)
    if group is None or not acting.has(class_id):
        context.toast("match.not_yours", alert=True)
        return
    groups.looked(context.unit, round_id, class_id, acting.person_id)
    context.toast("match.thanks")
    for person, reach in audience.admins_of(context.unit, round_.school_id).items():
        context.tell(
            reach,
            "match.chief_looked",
            dedupe_key=f"match:{round_id}:looked.{round_.version}:{class_id}:{person}",
            buttons=[[telling.button(context.unit, reach, "button.match_round", "mxo", round_id)]],
            group=group.label,
        )
    context.change("match.looked", group=group.label, buttons=list[list[say.Button]]())


PRESSES: dict[str, Press] = {
    "mxshow": Press(show_chiefs, (int,)),
    "mxok": Press(looked, (int, int)),
}
