"""A pupil of a proposal to another mentor, or two swapped: what it would do is shown before, and reckoned again at the press."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.matching import proposal
from handlers.matching import words as said
from handlers.matching.proposal import looking
from handlers.matching.words import PAGE
from handlers.texts import Block
from models import access
from models.matching import choices, moving, proposals
from models.matching.allowed import Acting
from models.matching.moving import Effect, Ranked
from models.matching.proposals import Loaded, PupilRow
from models.matching.rounds import RoundState

Found = tuple[Loaded, Acting, PupilRow]


def _pupil(context: Context, row_id: int) -> Found | None:
    """A pupil of a proposal whom this account may move; otherwise the press is answered."""
    found = looking(context, choices.round_of(context.unit, row_id))
    if found is None:
        return None
    loaded = proposals.load(context.unit, found[0])
    row = loaded.by_row(row_id)
    if row is None or not found[1].has(row.class_id) or found[0].state is not RoundState.PROPOSED:
        context.toast("match.not_yours", alert=True)
        return None
    return loaded, found[1], row


def to_whom(context: Context, row_id: int, page: int) -> None:
    """Mentors to whom a pupil could go; those without a free place say so."""
    found = _pupil(context, row_id)
    if found is None:
        return
    context.toast()
    loaded, _, row = found
    loads = proposals.loads(loaded)
    able = [
        one
        for one in choices.mentors(context.unit, loaded.round.id, row.pupil_id)
        if one.person_id in loads
        and one.person_id != row.mentor
        and (row.pupil_id, one.person_id) not in loaded.problem.never
    ]
    rows = []
    for one in able[page * PAGE : (page + 1) * PAGE]:
        load, label = loads[one.person_id], said.with_subject(context.language, one)
        if load.pupils >= load.room:
            label = context.words("match.is_full", mentor=label)
        rows.append([context.named(label, "mxvm", row_id, one.row_id)])
    rows.append(said.paged(context, page, len(able), "mxv", row_id))
    rows.append([context.button("button.match_back", "mxp", row_id)])
    context.change("match.to_whom", buttons=rows, child=loaded.pupil_name(context.unit, row.pupil_id))


def with_whom(context: Context, row_id: int, page: int) -> None:
    """Pupils with whom one could be swapped: those whom this account may move, of other mentors."""
    found = _pupil(context, row_id)
    if found is None:
        return
    context.toast()
    loaded, acting, row = found
    able = [
        one
        for one in loaded.pupils.values()
        if acting.has(one.class_id) and one.mentor not in (None, row.mentor) and row.mentor is not None
    ]
    # The own class first.
    able.sort(key=lambda one: (one.class_id != row.class_id, one.class_id, one.pupil_id))
    names = proposals.loads(loaded)
    rows = [
        [
            context.named(
                f"{loaded.pupil_name(context.unit, one.pupil_id)} · {choices.name_of(context.unit, one.mentor)}",
                "mxwp",
                row_id,
                one.id,
            )
        ]
        for one in able[page * PAGE : (page + 1) * PAGE]
        if one.mentor in names
    ]
    rows.append(said.paged(context, page, len(able), "mxw", row_id))
    rows.append([context.button("button.match_back", "mxp", row_id)])
    context.change("match.with_whom", buttons=rows, child=loaded.pupil_name(context.unit, row.pupil_id))


def _changes(context: Context, loaded: Loaded, row: PupilRow, mentor_row: int) -> dict[int, int] | None:
    mentor = loaded.mentor_by_row(mentor_row)
    if mentor is None:
        context.toast("match.not_here", alert=True)
        return None
    return {row.pupil_id: mentor.person_id}


def _swap(context: Context, found: Found, other_row: int) -> dict[int, int] | None:
    loaded, acting, row = found
    other = loaded.by_row(other_row)
    if other is None or not acting.has(other.class_id) or other.mentor is None or row.mentor is None:
        context.toast("match.not_yours", alert=True)
        return None
    return {row.pupil_id: other.mentor, other.pupil_id: row.mentor}


def preview_move(context: Context, row_id: int, mentor_row: int) -> None:
    """What a move would do."""
    found = _pupil(context, row_id)
    changes = None if found is None else _changes(context, found[0], found[2], mentor_row)
    if found is not None and changes is not None:
        _preview(context, found, changes, "mxvy", mentor_row)


def preview_swap(context: Context, row_id: int, other_row: int) -> None:
    """What a swap would do."""
    found = _pupil(context, row_id)
    changes = None if found is None else _swap(context, found, other_row)
    if found is not None and changes is not None:
        _preview(context, found, changes, "mxwy", other_row)


def _preview(context: Context, found: Found, changes: dict[int, int], action: str, other: int) -> None:
    loaded, acting, row = found
    refused = moving.refusal(loaded, changes)
    if refused is not None:
        context.toast(f"match.refused_{refused.value}", alert=True)
        return
    context.toast()
    effect = moving.effect(loaded, changes)
    unit = context.unit
    # It shows which wishes are met: of both, where two are swapped.
    access.note_all(unit, acting.person_id, list(changes), "matching")
    lines = [
        context.words(
            "match.goes",
            child=loaded.pupil_name(unit, pupil),
            mentor=choices.name_of(unit, mentor),
        )
        for pupil, mentor in changes.items()
    ]
    context.change(
        "match.effect",
        buttons=[
            [context.button("button.match_do_it", action, row.id, other, loaded.round.version)],
            [context.button("button.match_leave_it", "mxp", row.id)],
        ],
        lines=Block("\n".join(lines)),
        effect=Block("\n".join(_effect(context, found, effect))),
    )


def _effect(context: Context, found: Found, effect: Effect) -> list[str]:
    (loaded, acting, _), unit = found, context.unit
    hidden = {one.pupil_id for one in loaded.pupils.values() if proposal.hides_wishes(context, acting, one)}
    lines = [_ranked(context, loaded, one) for one in effect.pupils if one.wished and one.pupil not in hidden]
    if any(one.pupil in hidden for one in effect.pupils):
        lines.append(context.words("match.wishes_hidden"))
    for before, after in effect.loads:
        name = choices.name_of(unit, before.mentor)
        lines.append(context.words("match.load_before", mentor=name, count=before.pupils, after=after.pupils))
        if (before.boys, before.girls) != (after.boys, after.girls):
            lines.append(
                context.words(
                    "match.sexes_before",
                    mentor=name,
                    boys=before.boys,
                    girls=before.girls,
                    to=after.boys,
                    and_=after.girls,
                )
            )
    was, then = effect.apart
    if then > was:
        lines.append(context.words("match.more_apart", count=then - was))
    elif then < was:
        lines.append(context.words("match.fewer_apart", count=was - then))
    else:
        lines.append(context.words("match.same_apart"))
    return lines


def _ranked(context: Context, loaded: Loaded, one: Ranked) -> str:
    def rank(at: int | None) -> str:
        return context.words("match.rank_none" if at is None else f"match.rank_{said.RANKS[min(at, 2)]}")

    return context.words(
        "match.rank_before",
        child=loaded.pupil_name(context.unit, one.pupil),
        before=rank(one.before),
        after=rank(one.after),
    )


def do_move(context: Context, row_id: int, mentor_row: int, version: int) -> None:
    """Does it, where nothing has changed since it was shown."""
    found = _pupil(context, row_id)
    changes = None if found is None else _changes(context, found[0], found[2], mentor_row)
    if found is not None and changes is not None:
        _do(context, found, changes, version)


def do_swap(context: Context, row_id: int, other_row: int, version: int) -> None:
    """Does it, where nothing has changed since it was shown."""
    found = _pupil(context, row_id)
    changes = None if found is None else _swap(context, found, other_row)
    if found is not None and changes is not None:
        _do(context, found, changes, version)


def _do(context: Context, found: Found, changes: dict[int, int], version: int) -> None:
    loaded, acting, row = found
    if loaded.round.version != version or not moving.move(context.unit, loaded, changes, acting.person_id):
        context.toast("match.changed_meanwhile", alert=True)
    else:
        context.toast("match.moved")
    proposal.one_pupil(context, row.id)


PRESSES: dict[str, Press] = {
    "mxv": Press(to_whom, (int, int)),
    "mxvm": Press(preview_move, (int, int)),
    "mxvy": Press(do_move, (int, int, int)),
    "mxw": Press(with_whom, (int, int)),
    "mxwp": Press(preview_swap, (int, int)),
    "mxwy": Press(do_swap, (int, int, int)),
}
