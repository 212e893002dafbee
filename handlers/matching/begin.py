"""A new round: for a class, a grade or the whole school."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.matching import home
from handlers.matching import words as said
from models.matching import groups, rounds
from models.matching.rounds import Scope
from models.standing import administers


def new(context: Context, school_id: int) -> None:
    """For whom."""
    if school_id not in administers(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.change(
        "match.for_whom",
        buttons=[
            [context.button("button.match_class", "mxpick", school_id, Scope.CLASS.value, 0)],
            [context.button("button.match_grade", "mxpick", school_id, Scope.GRADE.value, 0)],
            [context.button("button.match_school", "mxmake", school_id, Scope.SCHOOL.value, 0)],
            [context.button("button.match_back", "mxhome")],
        ],
    )


def pick(context: Context, school_id: int, scope: str, page: int) -> None:
    """Which class, or which grade."""
    if school_id not in administers(context.unit, context.who) or scope not in (Scope.CLASS, Scope.GRADE):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    found = groups.classes_of_school(context.unit, school_id)
    if scope == Scope.GRADE:
        found = list({(one.stage, one.grade): one for one in found}.values())
    size = 18
    labels = [
        context.named(one.grade if scope == Scope.GRADE else one.label, "mxmake", school_id, scope, one.id)
        for one in found[page * size : (page + 1) * size]
    ]
    rows = [labels[at : at + 3] for at in range(0, len(labels), 3)]
    rows.append(said.paged(context, page, len(found), "mxpick", school_id, scope, size=size))
    rows.append([context.button("button.match_back", "mxnew", school_id)])
    context.change("match.which", buttons=rows)


def make(context: Context, school_id: int, scope: str, class_id: int) -> None:
    """A draft of a round; nobody hears of it."""
    staff = context.who.staff
    if school_id not in administers(context.unit, context.who) or staff is None or scope not in list(Scope):
        context.toast("help.button_gone", alert=True)
        return
    every = groups.classes_of_school(context.unit, school_id)
    chosen = next((one for one in every if one.id == class_id), None)
    name = ""
    if scope == Scope.SCHOOL:
        classes = [one.id for one in every]
    elif chosen is None:
        classes = []
    elif scope == Scope.GRADE:
        name = chosen.grade
        classes = [one.id for one in every if (one.stage, one.grade) == (chosen.stage, chosen.grade)]
    else:
        name, classes = chosen.label, [chosen.id]
    found = rounds.create(context.unit, school_id, Scope(scope), name, classes, staff.person_id)
    if found is None:
        context.toast("match.taken", alert=True)
        home.show(context)
        return
    home.open_(context, found)


PRESSES: dict[str, Press] = {
    "mxnew": Press(new, (int,)),
    "mxpick": Press(pick, (int, str, int)),
    "mxmake": Press(make, (int, str, int)),
}
