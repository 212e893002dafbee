"""A proposal to look at: in numbers, by class, by pupil with the reasons; and shown to the chief mentors."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.matching import words as said
from handlers.texts import Block, listed
from models import access
from models.matching import allowed, choices, groups, proposals, rounds
from models.matching.allowed import Acting
from models.matching.problem import Cause, Trouble
from models.matching.proposals import Loaded, PupilRow
from models.matching.rounds import Round, RoundState

PUPILS, MENTORS = 12, 20


def looking(context: Context, round_id: int | None) -> tuple[Round, Acting] | None:
    """The round and as whom this account looks at it; otherwise the press is answered."""
    found = None if round_id is None else allowed.looks(context.unit, context.who, round_id)
    if found is None:
        context.toast("match.not_yours", alert=True)
    return found


def hides_wishes(context: Context, acting: Acting, row: PupilRow) -> bool:
    """Whether the family's wishes are kept from a chief mentor: it may have wished for another in place of that very person."""
    return not acting.is_admin and row.present in context.who.person_ids


def propose_now(context: Context, round_id: int) -> None:
    """Makes the proposal although families could still answer."""
    propose(context, round_id, sure=True)


def propose(context: Context, round_id: int, sure: bool = False) -> None:
    """Makes the proposal, or makes it anew; where it cannot be made, says why."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None or found[0].state not in (RoundState.WISHES, RoundState.PROPOSED):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    if not sure and found[0].takes_wishes(context.unit.now_ms):
        # Families were told a day until which they can think: nobody ends that by a slip.
        context.change(
            "match.propose_ask",
            buttons=[
                [context.button("button.match_propose_yes", "mxgoy", round_id)],
                [context.button("button.match_not_yet", "mxo", round_id)],
            ],
            until=said.day_of(context, found[0].wishes_until),
        )
        return
    causes = proposals.make(context.unit, found[0])
    if causes:
        loaded = proposals.load(context.unit, found[0])
        context.change(
            "match.impossible",
            buttons=[
                [context.button("button.match_rules", "mxr", round_id)],
                [context.button("button.match_by_class", "mxk", round_id, 0)],
                [context.button("button.match_round", "mxo", round_id)],
            ],
            lines=Block("\n".join(_cause(context, loaded, one) for one in causes[:20])),
        )
        return
    fresh = rounds.one(context.unit, round_id)
    if fresh is not None:
        summary(context, fresh)


def _cause(context: Context, loaded: Loaded, cause: Cause) -> str:
    unit = context.unit
    values: dict[str, object] = {}
    if cause.trouble in (Trouble.TOO_FEW, Trouble.MUST_FULL):
        values["count"] = cause.number
    if cause.pupil in loaded.pupils:
        values["child"] = loaded.pupil_name(unit, cause.pupil)
    if cause.mentor:
        values["mentor"] = choices.name_of(unit, cause.mentor)
    return context.words(f"match.cause_{cause.trouble.value}", **values)


def summary(context: Context, round_: Round) -> None:
    """A proposal in numbers, for the admin."""
    loaded = proposals.load(context.unit, round_)
    found = proposals.sums(loaded)
    lines = [
        context.words(
            "match.sum_met", first=found.met[0], second=found.met[1], third=found.met[2], wished=found.wished
        ),
        context.words("match.sum_changed", changed=found.changed, pupils=found.pupils),
    ]
    if found.left:
        names = [loaded.pupil_name(context.unit, one.pupil_id) for one in loaded.pupils.values() if one.mentor is None]
        shown = listed(context.language, [*names[:10], *(["…"] if len(names) > 10 else [])])
        lines.append(context.words("match.sum_left", count=found.left, names=shown))
    if round_.slack is None:
        lines.append(context.words("match.sum_unbounded"))
    elif round_.slack:
        lines.append(context.words("match.sum_slack", count=round_.slack))
    every = groups.classes(context.unit, round_.id)
    if round_.shown_at is not None:
        done = sum(one.looked for one in every)
        lines.append(context.words("match.sum_looked", done=done, all=len(every)))
    context.change(
        "match.proposal",
        buttons=[
            [
                context.button("button.match_by_class", "mxk", round_.id, 0),
                context.button("button.match_by_mentor", "mxl", round_.id, 0),
            ],
            [context.button("button.match_show_chiefs", "mxshow", round_.id)],
            [context.button("button.match_live", "mxlive", round_.id)],
            [
                context.button("button.match_again", "mxgo", round_.id),
                context.button("button.match_rules", "mxr", round_.id),
            ],
            [context.button("button.match_cancel", "mxno", round_.id)],
            [context.button("button.match_back", "mxhome")],
        ],
        group=said.called(context.language, round_),
        lines=Block("\n".join(lines)),
        rules=said.rules_line(context, round_),
    )


def by_class(context: Context, round_id: int, page: int) -> None:
    """The classes of the round: all for an admin, their own for a chief mentor."""
    found = looking(context, round_id)
    if found is None:
        return
    context.toast()
    round_, acting = found
    mine = [one for one in groups.classes(context.unit, round_id) if acting.has(one.id)]
    size = 18
    buttons = [
        context.named(f"{'✓ ' if one.looked else ''}{one.label}", "mxc", round_id, one.id, 0)
        for one in mine[page * size : (page + 1) * size]
    ]
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    rows.append(said.paged(context, page, len(mine), "mxk", round_id, size=size))
    if acting.is_admin:
        rows.append([context.button("button.match_round", "mxo", round_id)])
    context.change("match.classes", buttons=rows, group=said.called(context.language, round_))


def one_class(context: Context, round_id: int, class_id: int, page: int) -> None:
    """A class's pupils, each with the proposed mentor."""
    found = looking(context, round_id)
    if found is None:
        return
    round_, acting = found
    label = next((one.label for one in groups.classes(context.unit, round_id) if one.id == class_id), None)
    if label is None or not acting.has(class_id):
        context.toast("match.not_yours", alert=True)
        return
    context.toast()
    loaded = proposals.load(context.unit, round_)
    pupils = [one for one in loaded.pupils.values() if one.class_id == class_id]
    shown = pupils[page * PUPILS : (page + 1) * PUPILS]
    if round_.state is RoundState.PROPOSED:
        access.note_all(context.unit, acting.person_id, [one.pupil_id for one in shown], "matching")
    rows, names = [], _names(context, loaded)
    for one in shown:
        label_ = loaded.pupil_name(context.unit, one.pupil_id)
        if round_.state is RoundState.PROPOSED:
            mark = "＋ " if one.mentor is not None and one.mentor != one.present else ""
            to = context.words("match.nobody_yet") if one.mentor is None else names.get(one.mentor, "")
            label_ = f"{mark}{label_} → {to}"
        rows.append([context.named(label_, "mxp", one.id)])
    rows.append(said.paged(context, page, len(pupils), "mxc", round_id, class_id, size=PUPILS))
    if round_.state is RoundState.PROPOSED and not acting.is_admin:
        rows.append([context.button("button.match_looked", "mxok", round_id, class_id)])
    rows.append([context.button("button.match_back", "mxk", round_id, 0)])
    key = "match.class_view" if round_.state is RoundState.PROPOSED else "match.class_before"
    context.change(key, buttons=rows, group=label)


def _names(context: Context, loaded: Loaded) -> dict[int, str]:
    opened = context.unit.vault.open
    return {one.person_id: opened("person", one.person_id, "name", one.sealed_name) for one in loaded.mentors.values()}


def one_pupil(context: Context, row_id: int) -> None:
    """A pupil: whom, why, and what can be done."""
    found = looking(context, choices.round_of(context.unit, row_id))
    if found is None:
        return
    round_, acting = found
    loaded = proposals.load(context.unit, round_)
    row = loaded.by_row(row_id)
    if row is None or not acting.has(row.class_id):
        context.toast("match.not_yours", alert=True)
        return
    context.toast()
    access.note(context.unit, acting.person_id, row.pupil_id, "matching")
    names, lines = _names(context, loaded), []
    # Whoever was wished for and has gone since is still called by name.
    names |= {one: choices.name_of(context.unit, one) for one in row.wishes if one not in names}
    proposed, hidden = round_.state is RoundState.PROPOSED, hides_wishes(context, acting, row)
    if proposed and hidden and row.mentor is not None:
        lines.append(context.words("match.becomes", mentor=names.get(row.mentor, "")))
    elif proposed:
        lines.append(said.why(context, row, names.get(row.mentor or 0, ""), names))
    if row.present is not None:
        present = names.get(row.present) or choices.name_of(context.unit, row.present)
        lines.append(context.words("match.present", mentor=present))
    if proposed and hidden:
        lines.append(context.words("match.wishes_hidden"))
    elif proposed:
        lines += [
            context.words(f"match.wish_{rank}", mentor=names[mentor])
            for rank, mentor in zip(said.RANKS, row.wishes, strict=False)
        ]
        if not row.wishes:
            lines.append(context.words("match.no_wish"))
        elif row.with_child:
            lines.append(context.words("match.with_child"))
    if proposed:
        named = [names[one.person_id] for one in loaded.mentors.values() if row.pupil_id in one.wish.liked]
        if named:
            lines.append(context.words("match.named_by", names=listed(context.language, named)))
    lines += [
        context.words("match.pair_must" if must else "match.pair_never", mentor=names.get(mentor, ""))
        for must, pairs in ((True, loaded.must), (False, loaded.never))
        for pupil, mentor in sorted(pairs)
        if pupil == row.pupil_id
    ]
    rows = []
    if proposed:
        rows.append(
            [
                context.button("button.match_move", "mxv", row_id, 0),
                context.button("button.match_swap", "mxw", row_id, 0),
            ]
        )
    if acting.is_admin and round_.state in rounds.RUNNING:
        rows.append([context.button("button.match_pairs", "mxpr", row_id)])
        lines.append(context.words(f"match.sex_{row.facts.sex.name.lower()}"))
        if row.facts.priority:
            lines.append(context.words("match.is_priority"))
    rows.append([context.button("button.match_back", "mxc", round_.id, row.class_id, 0)])
    context.change(
        "match.pupil",
        buttons=rows,
        child=loaded.pupil_name(context.unit, row.pupil_id),
        lines=Block("\n".join(lines)),
    )


def by_mentor(context: Context, round_id: int, page: int) -> None:
    """What each mentor would have, by name: for the admin, and in no order of numbers."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None:
        context.toast("match.not_yours", alert=True)
        return
    context.toast()
    loaded = proposals.load(context.unit, found[0])
    names, loads = _names(context, loaded), proposals.loads(loaded)
    people = sorted(loads, key=lambda one: (names[one], one))
    lines = [load_line(context, names[one], loads[one]) for one in people[page * MENTORS : (page + 1) * MENTORS]]
    context.change(
        "match.mentors",
        buttons=[
            said.paged(context, page, len(people), "mxl", round_id, size=MENTORS),
            [context.button("button.match_round", "mxo", round_id)],
        ],
        lines=Block("\n".join(lines)),
    )


def load_line(context: Context, name: str, load: proposals.Load) -> str:
    """A mentor with the numbers of the pupils."""
    line = context.words("match.load", mentor=name, count=load.pupils, room=load.room)
    if load.boys or load.girls:
        line += context.words("match.load_sexes", boys=load.boys, girls=load.girls)
    if load.priority:
        line += context.words("match.load_priority", count=load.priority)
    return line


PRESSES: dict[str, Press] = {
    "mxgo": Press(propose, (int,)),
    "mxgoy": Press(propose_now, (int,)),
    "mxk": Press(by_class, (int, int)),
    "mxc": Press(one_class, (int, int, int)),
    "mxp": Press(one_pupil, (int,)),
    "mxl": Press(by_mentor, (int, int)),
}
