"""A family's wish: mentors pressed in order, changed until the last day. Seen by nobody but who gave it and the school."""

from __future__ import annotations

from handlers import say, telling
from handlers.context import Context, Press
from handlers.matching import words as said
from handlers.matching.words import PAGE, RANKS
from handlers.texts import Block
from models.matching import allowed, choices, wishes
from models.matching.choices import Choice
from models.matching.rounds import Round
from models.matching.wishes import Wish
from models.standing import Line, Reach, lines_of_pupil
from models.unit import Unit


def _mine(context: Context, pupil_id: int) -> tuple[Line, int, Round] | None:
    """The own child's row in a round that takes wishes; otherwise the press is answered."""
    found = allowed.child_in_round(context.unit, context.who, pupil_id)
    if found is None:
        context.toast("match.wishes_over", alert=True)
    return found


def _own_wish(unit: Unit, line: Line, row_id: int) -> tuple[Wish, bool]:
    """This guardian's own wish, and whether another guardian has given one: whose words stay that guardian's."""
    found = wishes.of_pupil(unit, row_id)
    if found.by == line.guardian_id:
        return found, False
    return Wish(), found.at is not None


def open_(context: Context, pupil_id: int) -> None:
    """What this family has wished, and what it can do."""
    found = _mine(context, pupil_id)
    if found is not None:
        context.toast()
        _show(context, *found)


def _show(context: Context, line: Line, row_id: int, round_: Round) -> None:
    wish, other = _own_wish(context.unit, line, row_id)
    mentors = {one.person_id: one for one in choices.mentors(context.unit, round_.id, line.pupil_id)}
    lines = [
        context.words(f"match.wish_{rank}", mentor=said.with_subject(context.language, mentors[mentor]))
        for rank, mentor in zip(RANKS, wish.mentors, strict=False)
        if mentor in mentors
    ]
    if wish.at is not None and not lines:
        lines = [context.words("match.wish_none")]
    if other:
        by_file = wishes.of_pupil(context.unit, row_id).by is None
        lines = [context.words("match.wish_on_paper" if by_file else "match.wish_other")]
    if not lines:
        lines = [context.words("match.wish_open")]
    rows = buttons(context.unit, context.reach, line.pupil_id, line.mentor_id in mentors, line.mentor_name or "")
    if wish.at is not None and wish.mentors:
        key = "button.match_alone" if wish.with_child else "button.match_child"
        rows.append([context.button(key, "mfh", line.pupil_id)])
        rows.append([context.button("button.match_clear", "mfx", line.pupil_id)])
    context.change(
        "match.family",
        buttons=rows,
        child=line.pupil_name,
        lines=Block("\n".join(lines)),
        until=said.day_of(context, round_.wishes_until),
    )


def buttons(unit: Unit, reach: Reach, pupil_id: int, has_mentor: bool, mentor: str) -> list[list[say.Button]]:
    """What a family can press under the question."""
    rows = []
    if has_mentor:
        rows.append([telling.button(unit, reach, "button.match_keep", "mfk", pupil_id, mentor=mentor)])
    rows.append([telling.button(unit, reach, "button.match_choose", "mfc", pupil_id, 0)])
    rows.append([telling.button(unit, reach, "button.match_any", "mfn", pupil_id)])
    return rows


def keep(context: Context, pupil_id: int) -> None:
    """The mentor of today is the first wish; what else was wished comes after."""
    found = _mine(context, pupil_id)
    if found is None:
        return
    line, row_id, round_ = found
    there = {one.person_id for one in choices.mentors(context.unit, round_.id, pupil_id)}
    if line.mentor_id is None or line.mentor_id not in there:
        context.toast("match.not_here", alert=True)
        return
    wish, _ = _own_wish(context.unit, line, row_id)
    others = [one for one in wish.mentors if one != line.mentor_id]
    _put(context, line, row_id, (line.mentor_id, *others), wish.with_child)
    context.toast("match.noted")
    _show(context, *found)


def nobody(context: Context, pupil_id: int) -> None:
    """The school is to choose."""
    _set(context, pupil_id, ())


def _set(context: Context, pupil_id: int, mentors: tuple[int, ...]) -> None:
    found = _mine(context, pupil_id)
    if found is None:
        return
    _put(context, found[0], found[1], mentors, False)
    context.toast("match.noted")
    _show(context, *found)


def with_child(context: Context, pupil_id: int) -> None:
    """Chosen together with the child, or not."""
    found = _mine(context, pupil_id)
    if found is None:
        return
    line, row_id, _ = found
    wish, _other = _own_wish(context.unit, line, row_id)
    if wish.at is not None:
        wishes.put_child(context.unit, row_id, line.guardian_id, not wish.with_child)
    context.toast()
    _show(context, *found)


def choose(context: Context, pupil_id: int, page: int) -> None:
    """The mentors to choose from; chosen ones carry their number."""
    found = _mine(context, pupil_id)
    if found is not None:
        context.toast()
        _list(context, *found, page)


def _list(context: Context, line: Line, row_id: int, round_: Round, page: int) -> None:
    wish, _ = _own_wish(context.unit, line, row_id)
    mentors = choices.mentors(context.unit, round_.id, line.pupil_id)
    page = min(page, max(0, (len(mentors) - 1) // PAGE))

    def label(one: Choice) -> str:
        name = said.with_subject(context.language, one)
        return f"{'①②③'[wish.mentors.index(one.person_id)]} {name}" if one.person_id in wish.mentors else name

    some = mentors[page * PAGE : (page + 1) * PAGE]
    rows = [[context.named(label(one), "mft", line.pupil_id, one.row_id, page)] for one in some]
    rows.append(said.paged(context, page, len(mentors), "mfc", line.pupil_id))
    rows.append([context.button("button.match_done", "mfo", line.pupil_id)])
    context.change("match.choose", buttons=rows, child=line.pupil_name)


def toggle(context: Context, pupil_id: int, mentor_row: int, page: int) -> None:
    """Takes a mentor as the next wish, or takes the wish back."""
    found = _mine(context, pupil_id)
    if found is None:
        return
    line, row_id, round_ = found
    mentors = {one.row_id: one.person_id for one in choices.mentors(context.unit, round_.id, pupil_id)}
    mentor = mentors.get(mentor_row)
    if mentor is None:
        context.toast("match.not_here", alert=True)
        return
    wish, _ = _own_wish(context.unit, line, row_id)
    # A mentor who is no longer among them does not take up a place.
    chosen = [one for one in wish.mentors if one in mentors.values()]
    if mentor in chosen:
        chosen.remove(mentor)
    elif len(chosen) == wishes.MOST:
        context.toast("match.three_are_most", alert=True)
        return
    else:
        chosen.append(mentor)
    _put(context, line, row_id, tuple(chosen), wish.with_child)
    context.toast()
    _list(context, *found, page)


def _put(context: Context, line: Line, row_id: int, mentors: tuple[int, ...], child: bool) -> None:
    """Keeps it. The child's other guardians hear once that a wish was given, and not which."""
    unit = context.unit
    wishes.put(unit, row_id, mentors, line.guardian_id, child)
    for other in lines_of_pupil(unit, line.pupil_id):
        reach = other.guardian
        if other.guardian_id == line.guardian_id or not other.confirmed or reach is None or not reach.reachable:
            continue
        if reach.user_id == context.who.user_id and reach.bot_id == context.who.bot_id:
            continue
        telling.tell(
            unit,
            reach,
            "match.other_wished",
            dedupe_key=f"match:{row_id}:wished:{line.guardian_id}:{other.guardian_id}",
            due_at=said.rest_of_guardian(unit, other.guardian_quiet, context.school),
            buttons=[[telling.button(unit, reach, "button.match_mine", "mfo", line.pupil_id)]],
            child=line.pupil_name,
        )


PRESSES: dict[str, Press] = {
    "mfo": Press(open_, (int,)),
    "mfk": Press(keep, (int,)),
    "mfn": Press(nobody, (int,)),
    "mfx": Press(nobody, (int,)),
    "mfh": Press(with_child, (int,)),
    "mfc": Press(choose, (int, int)),
    "mft": Press(toggle, (int, int, int)),
}
