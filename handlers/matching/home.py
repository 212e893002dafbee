"""/matching: for an admin the rounds, for a mentor and a family the own wish."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as clock_time

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded
from handlers.matching import words as said
from handlers.matching.proposal import summary
from models.base import to_ms
from models.matching import allowed, groups, proposals, rounds
from models.matching.rounds import Round, RoundState
from models.people import RoleKind
from models.standing import administers

DAYS = (2, 3, 5, 7, 10, 14)
"""In how many days wishes may end, to choose from."""
CLOSES = 20
"""The hour at which they end on that day."""


def show(context: Context, _event: Commanded | None = None) -> None:
    """What this person can do about pairs now."""
    context.toast()
    schools = administers(context.unit, context.who)
    rows: list[list[say.Button]] = []
    for school_id in schools:
        rows.append([context.button("button.match_new", "mxnew", school_id)])
    for round_ in rounds.of_schools(context.unit, schools):
        if round_.forgotten_at is None or round_.state is RoundState.LIVE:
            state = context.words(f"match.state_{_state(round_)}")
            rows.append([context.named(f"{said.called(context.language, round_)} · {state}", "mxo", round_.id)])
    mine = allowed.rounds_of_mentor(context.unit, context.who)
    for round_ in mine:
        label = context.words("button.match_mentor")
        if len(mine) > 1:
            label += f" · {said.called(context.language, round_)}"
        rows.append([context.named(label, "mmo", round_.id)])
    rows += [
        [context.button("button.match_child_wish", "mfo", line.pupil_id, child=line.pupil_name)]
        for line in allowed.children_in_rounds(context.unit, context.who)
    ]
    key = "match.home" if schools else "match.home_mine" if rows else "match.home_nothing"
    context.change(key, buttons=[*rows, [context.button("button.more_back", "more")]])


def _state(round_: Round) -> str:
    return "over" if round_.over_at is not None and round_.state is RoundState.LIVE else round_.state.value


# --- one round ---


def open_(context: Context, round_id: int) -> None:
    """A round as its admin sees it: where it is, and what comes next."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    round_ = found[0]
    {
        RoundState.DRAFT: _draft,
        RoundState.WISHES: _wishes,
        RoundState.PROPOSED: summary,
        RoundState.LIVE: _live,
        RoundState.CANCELLED: _cancelled,
    }[round_.state](context, round_)


def _draft(context: Context, round_: Round) -> None:
    rows = [[context.button("button.match_until", "mxday", round_.id)]]
    if round_.wishes_until is not None and round_.wishes_until > context.unit.now_ms:
        rows.append([context.button("button.match_open", "mxask", round_.id)])
    rows += [
        [context.button("button.match_rules", "mxr", round_.id)],
        [context.button("button.match_by_class", "mxk", round_.id, 0)],
        [context.button("button.match_cancel", "mxno", round_.id)],
        [context.button("button.match_back", "mxhome")],
    ]
    _view(context, "match.draft", round_, rows)


def _view(context: Context, key: str, round_: Round, rows: list[list[say.Button]]) -> None:
    given = groups.answers(context.unit, round_.id)
    context.change(
        key,
        buttons=rows,
        group=said.called(context.language, round_),
        until=said.day_of(context, round_.wishes_until),
        rules=said.rules_line(context, round_),
        wished=given.families,
        pupils=given.pupils,
        mentors=given.mentors,
        answered=given.of_mentors,
    )


def _wishes(context: Context, round_: Round) -> None:
    _view(
        context,
        "match.collecting" if round_.takes_wishes(context.unit.now_ms) else "match.collected",
        round_,
        [
            [context.button("button.match_propose", "mxgo", round_.id)],
            [context.button("button.match_until", "mxday", round_.id)],
            [context.button("button.match_rules", "mxr", round_.id)],
            [context.button("button.match_by_class", "mxk", round_.id, 0)],
            [context.button("button.match_cancel", "mxno", round_.id)],
            [context.button("button.match_back", "mxhome")],
        ],
    )


def _live(context: Context, round_: Round) -> None:
    if round_.forgotten_at is not None:
        pupils, wished, first, second, third = round_.counts
    else:
        found = proposals.sums(proposals.load(context.unit, round_))
        pupils, wished, (first, second, third) = found.pupils, found.wished, found.met
    few = wished < 5
    context.change(
        "match.live_few" if few else "match.live",
        buttons=[[context.button("button.match_back", "mxhome")]],
        group=said.called(context.language, round_),
        state=context.words("match.state_over" if round_.over_at is not None else "match.state_live"),
        pupils=pupils,
        **({} if few else {"wished": wished, "first": first, "second": second, "third": third}),
    )


def _cancelled(context: Context, round_: Round) -> None:
    context.change(
        "match.cancelled",
        buttons=[[context.button("button.match_back", "mxhome")]],
        group=said.called(context.language, round_),
    )


def ask_day(context: Context, round_id: int) -> None:
    """Until which day wishes are taken."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None or found[0].state not in (RoundState.DRAFT, RoundState.WISHES):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    there = context.unit.now.astimezone(context.zone)
    days = [
        datetime.combine(there.date() + timedelta(days=days), clock_time(CLOSES), tzinfo=context.zone) for days in DAYS
    ]
    # Families were told a day: it can be put off, and not be drawn nearer.
    told = found[0].wishes_until if found[0].takes_wishes(context.unit.now_ms) else None
    buttons = [
        context.named(said.deadline(context.language, to_ms(day), context.school.zone), "mxset", round_id, days_)
        for day, days_ in zip(days, DAYS, strict=True)
        if told is None or to_ms(day) >= told
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    context.change("match.until_when", buttons=[*rows, [context.button("button.match_back", "mxo", round_id)]])


def set_day(context: Context, round_id: int, days: int) -> None:
    """Keeps the day."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None or days not in DAYS:
        context.toast("help.button_gone", alert=True)
        return
    day = context.unit.now.astimezone(context.zone).date() + timedelta(days=days)
    until, told = to_ms(datetime.combine(day, clock_time(CLOSES), tzinfo=context.zone)), found[0].wishes_until
    if not found[0].takes_wishes(context.unit.now_ms) or told is None or until >= told:
        rounds.set_until(context.unit, round_id, until)
    open_(context, round_id)


def ask_all(context: Context, round_id: int) -> None:
    """Families and mentors are asked for their wishes."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    if found[0].state is RoundState.DRAFT and not rounds.open_(context.unit, round_id):
        context.toast("match.choose_day", alert=True)
        return
    open_(context, round_id)


def ask_cancel(context: Context, round_id: int) -> None:
    """Whether it is really to be given up."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.change(
        "match.ask_cancel",
        buttons=[
            [context.button("button.match_cancel_yes", "mxnoy", round_id)],
            [context.button("button.match_go_on", "mxo", round_id)],
        ],
        group=said.called(context.language, found[0]),
    )


def cancel(context: Context, round_id: int) -> None:
    """Gives it up: nothing changes for anybody."""
    found = allowed.admin_of(context.unit, context.who, round_id)
    if found is None or (not rounds.cancel(context.unit, round_id) and found[0].state is not RoundState.CANCELLED):
        context.toast("help.button_gone", alert=True)
        return
    open_(context, round_id)


def offers(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    """In /more: for an admin always, for others while there is a wish to give."""
    if RoleKind.ADMIN in mine:
        return [[context.button("button.match_rounds", "mxhome")]]
    if allowed.mentor_in_round(context.unit, context.who) or allowed.children_in_rounds(context.unit, context.who):
        return [[context.button("button.match_mine", "mxhome")]]
    return []


COMMANDS: dict[str, CommandHandler] = {"matching": show}
PRESSES: dict[str, Press] = {
    "mxhome": Press(show),
    "mxo": Press(open_, (int,)),
    "mxday": Press(ask_day, (int,)),
    "mxset": Press(set_day, (int, int)),
    "mxask": Press(ask_all, (int,)),
    "mxno": Press(ask_cancel, (int,)),
    "mxnoy": Press(cancel, (int,)),
}
