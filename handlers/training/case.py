"""The week's short case: a line in the week's list of who wants it, never a message of its own; read when it is tapped."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.texts import Block, plain
from handlers.training import home
from models.duties.due import monday
from models.training import cases
from models.training.cases import Case


def of_now(context: Context) -> None:
    """This week's case, asked for."""
    me = home.mentor(context)
    if me is None:
        return
    stages = cases.stages_of(context.unit, [me.person_id])[me.person_id]
    every = cases.of_school(context.unit, me.school_id)
    case = cases.of_week(every, stages, monday(home.today_of(context)))
    if case is None:
        context.toast("training.no_case", alert=True)
        return
    context.toast()
    _situation(context, case, new=False)


def read(context: Context, code: str) -> None:
    """A case from the week's list: below it, so that the list stays."""
    found = _found(context, code)
    if found is not None:
        context.toast()
        _situation(context, found, new=True)


def _found(context: Context, code: str) -> Case | None:
    me = home.mentor(context)
    found = None if me is None else cases.by_code(context.unit, me.school_id, code)
    if me is not None and found is None:
        context.toast("training.no_case", alert=True)
    return found


def _rows(context: Context) -> list[list[say.Button]]:
    me = context.who.staff
    wants = me is not None and bool(cases.wanting(context.unit, [me.person_id]))
    rows = [[context.button("button.training_stop", "trwant", 0)]] if wants else []
    return [*rows, [context.button("button.training_back", "training")]]


def _situation(context: Context, case: Case, *, new: bool) -> None:
    said = case.words(context.language)
    rows = [[context.button("button.training_steps", "trsteps", case.code)], *_rows(context)]
    say_ = context.say if new else context.change
    say_(
        "training.case", buttons=rows, title=said.title, situation=plain(said.situation), question=plain(said.question)
    )


def steps(context: Context, code: str) -> None:
    """What could be done, and one thought."""
    case = _found(context, code)
    if case is None:
        return
    context.toast()
    said = case.words(context.language)
    lines = [f"{number}. {plain(one)}" for number, one in enumerate(said.steps, 1)]
    context.change(
        "training.case_steps",
        buttons=_rows(context),
        title=said.title,
        situation=plain(said.situation),
        question=plain(said.question),
        steps=Block("\n".join(lines)),
        thought=plain(said.thought),
    )


def want(context: Context, wanted: int) -> None:
    """One a week, or none any more: one tap."""
    me = home.mentor(context)
    if me is None:
        return
    cases.choose(context.unit, me.person_id, cases=bool(wanted))
    context.toast("training.cases_on" if wanted else "training.cases_off")
    home.show(context)


PRESSES: dict[str, Press] = {
    "trcase": Press(of_now),
    "trread": Press(read, (str,)),
    "trsteps": Press(steps, (str,)),
    "trwant": Press(want, (int,)),
}
