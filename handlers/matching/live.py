"""The admin says so: a screen that tells exactly what will happen, and then the round is live."""

from __future__ import annotations

from math import ceil

from handlers.context import Context, Press
from handlers.matching import home
from handlers.matching import words as said
from handlers.texts import Block
from models.matching import allowed, choices, going_live, groups, moving, proposals, rounds
from models.matching.proposals import Loaded
from models.matching.rounds import RoundState


def ask(context: Context, round_id: int) -> None:
    """What will happen: how many change, who hears, how long it takes."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None or found[0].state is not RoundState.PROPOSED:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    round_, unit = found[0], context.unit
    rounds.add_pupils(unit, round_.id)
    loaded = proposals.load(unit, round_)
    if moving.broken(loaded):
        _broken(context, loaded)
        return
    sums = proposals.sums(loaded)
    families = going_live.families(unit, round_id)
    seconds = ceil(families / context.school.bulk_per_second)
    lines = [
        context.words(
            "match.will_change", changed=sums.changed, same=sums.pupils - sums.changed - sums.stands - sums.left
        ),
        context.words("match.will_hear", families=families),
        context.words("match.will_last_minutes", count=ceil(seconds / 60))
        if seconds > 90
        else context.words("match.will_last", count=max(seconds, 1)),
    ]
    if sums.stands:
        lines.append(context.words("match.will_stand", count=sums.stands))
    if sums.left:
        lines.append(context.words("match.will_leave", count=sums.left))
    shown = groups.classes(unit, round_id)
    if round_.shown_at is not None and (waiting := sum(not one.looked for one in shown)):
        lines.append(context.words("match.not_looked", count=waiting))
    context.change(
        "match.live_ask",
        buttons=[
            [context.button("button.match_live_yes", "mxliv", round_id, round_.version)],
            [context.button("button.match_not_yet", "mxo", round_id)],
        ],
        group=said.called(context.language, round_),
        lines=Block("\n".join(lines)),
    )


def _broken(context: Context, loaded: Loaded) -> None:
    """What has changed since the proposal was made, so that it cannot go live as it is."""
    unit, found = context.unit, moving.broken(loaded)
    lines = [
        context.words(
            f"match.broken_{what.value}",
            mentor=choices.name_of(unit, mentor),
            **({"child": loaded.pupil_name(unit, pupil)} if pupil else {}),
        )
        for what, pupil, mentor in found[:20]
    ]
    context.change(
        "match.broken",
        buttons=[
            [context.button("button.match_again", "mxgo", loaded.round.id)],
            [context.button("button.match_round", "mxo", loaded.round.id)],
        ],
        group=said.called(context.language, loaded.round),
        lines=Block("\n".join([*lines, *(["…"] if len(found) > len(lines) else [])])),
    )


def go(context: Context, round_id: int, version: int) -> None:
    """It is live from now on; pressed again, it says so."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    round_ = found[0]
    if round_.state is RoundState.PROPOSED and (
        round_.version != version
        or moving.broken(proposals.load(context.unit, round_))
        or not going_live.go(context.unit, round_)
    ):
        context.toast("match.changed_meanwhile", alert=True)
        ask(context, round_id)
        return
    home.open_(context, round_id)


PRESSES: dict[str, Press] = {
    "mxlive": Press(ask, (int,)),
    "mxliv": Press(go, (int, int)),
}
