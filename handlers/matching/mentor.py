"""A mentor's wish: to keep the pupils of today, a few pupils by name, a few rather not. No family ever sees it."""

from __future__ import annotations

from dataclasses import replace

from handlers import say, telling
from handlers.context import Context, Press
from handlers.matching import words as said
from handlers.texts import Block, listed
from models.matching import allowed, choices, wishes
from models.matching.rounds import Round
from models.matching.wishes import MOST_LIKED, MOST_REFUSED, MentorWish
from models.standing import Reach
from models.unit import Unit

LIKED, REFUSED = "l", "n"
PAGE = 10


def _mine(context: Context, round_id: int) -> tuple[int, Round, int] | None:
    found = allowed.mentor_in_round(context.unit, context.who, round_id)
    if found is None:
        context.toast("match.wishes_over", alert=True)
    return found


def buttons(unit: Unit, reach: Reach, round_id: int, keep: bool = False) -> list[list[say.Button]]:
    """What a mentor can press under the question."""
    key = "button.match_keep_not" if keep else "button.match_keep_all"
    return [
        [telling.button(unit, reach, key, "mmk", round_id)],
        [telling.button(unit, reach, "button.match_liked", "mml", round_id, LIKED, 0)],
        [telling.button(unit, reach, "button.match_refused", "mml", round_id, REFUSED, 0)],
        [telling.button(unit, reach, "button.match_no_wish", "mmn", round_id)],
    ]


def open_(context: Context, round_id: int) -> None:
    """The own wish."""
    found = _mine(context, round_id)
    if found is not None:
        context.toast()
        _show(context, *found)


def _show(context: Context, row_id: int, round_: Round, person_id: int) -> None:
    wish = wishes.of_mentor(context.unit, row_id)
    names = {one.pupil_id: one.name for one in choices.pupils(context.unit, round_.id, person_id)}
    lines = []
    if wish.keep:
        lines.append(context.words("match.mentor_keeps"))
    for key, some in (("match.mentor_likes", wish.liked), ("match.mentor_refuses", wish.refused)):
        known = [names[one] for one in some if one in names]
        if known:
            lines.append(context.words(key, names=listed(context.language, known)))
    if not lines:
        lines.append(context.words("match.mentor_nothing" if wish.given else "match.wish_open"))
    context.change(
        "match.mentor_view",
        buttons=buttons(context.unit, context.reach, round_.id, wish.keep),
        group=said.called(context.language, round_),
        lines=Block("\n".join(lines)),
        until=said.day_of(context, round_.wishes_until),
    )


def _put(context: Context, found: tuple[int, Round, int], wish: MentorWish) -> None:
    wishes.put_mentor(context.unit, found[0], wish)
    context.toast("match.noted")
    _show(context, *found)


def keep(context: Context, round_id: int) -> None:
    """Would like to go on with the pupils of today, or says nothing of it."""
    found = _mine(context, round_id)
    if found is not None:
        wish = wishes.of_mentor(context.unit, found[0])
        _put(context, found, replace(wish, keep=not wish.keep))


def nothing(context: Context, round_id: int) -> None:
    """No wish in particular."""
    found = _mine(context, round_id)
    if found is not None:
        _put(context, found, MentorWish())


def pick(context: Context, round_id: int, kind: str, page: int) -> None:
    """The pupils of the classes in which the mentor works."""
    found = _mine(context, round_id)
    if found is not None and kind in (LIKED, REFUSED):
        context.toast()
        _list(context, found, kind, page)


def _list(context: Context, found: tuple[int, Round, int], kind: str, page: int) -> None:
    row_id, round_, person_id = found
    wish = wishes.of_mentor(context.unit, row_id)
    chosen = wish.liked if kind == LIKED else wish.refused
    pupils = choices.pupils(context.unit, round_.id, person_id)
    page = min(page, max(0, (len(pupils) - 1) // PAGE))
    rows = [
        [
            context.named(
                f"{chosen.index(one.pupil_id) + 1}. {one.name} · {one.group}"
                if one.pupil_id in chosen
                else f"{one.name} · {one.group}",
                "mmt",
                kind,
                one.row_id,
                page,
            )
        ]
        for one in pupils[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(said.paged(context, page, len(pupils), "mml", round_.id, kind, size=PAGE))
    rows.append([context.button("button.match_done", "mmo", round_.id)])
    context.change(
        "match.pick_liked" if kind == LIKED else "match.pick_refused",
        buttons=rows,
        most=MOST_LIKED if kind == LIKED else MOST_REFUSED,
    )


def toggle(context: Context, kind: str, pupil_row: int, page: int) -> None:
    """Names a pupil, or no longer."""
    found = _mine(context, choices.round_of(context.unit, pupil_row) or 0)
    if found is None or kind not in (LIKED, REFUSED):
        return
    row_id, round_, person_id = found
    pupils = {one.row_id: one.pupil_id for one in choices.pupils(context.unit, round_.id, person_id)}
    pupil = pupils.get(pupil_row)
    if pupil is None:
        context.toast("match.not_here", alert=True)
        return
    wish = wishes.of_mentor(context.unit, row_id)
    # A pupil who is no longer among them does not take up a place.
    liked, refused = ([one for one in some if one in pupils.values()] for some in (wish.liked, wish.refused))
    mine, other, most = (liked, refused, MOST_LIKED) if kind == LIKED else (refused, liked, MOST_REFUSED)
    if pupil in mine:
        mine.remove(pupil)
    elif len(mine) >= most:
        context.toast("match.enough", alert=True, most=most)
        return
    else:
        mine.append(pupil)
        if pupil in other:
            other.remove(pupil)
    wishes.put_mentor(context.unit, row_id, MentorWish(wish.keep, tuple(liked), tuple(refused), True))
    context.toast()
    _list(context, found, kind, page)


PRESSES: dict[str, Press] = {
    "mmo": Press(open_, (int,)),
    "mmk": Press(keep, (int,)),
    "mmn": Press(nothing, (int,)),
    "mml": Press(pick, (int, str, int)),
    "mmt": Press(toggle, (str, int, int)),
}
