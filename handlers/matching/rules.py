"""The rules of a round: capacities, switches, mentors, pairs that must or must not be, and what balance has to know."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context, Press
from handlers.matching import proposal
from handlers.matching import words as said
from handlers.matching.words import PAGE
from models.matching import allowed, choices, moving, proposals, rounds, wishes
from models.matching.problem import Sex
from models.matching.proposals import Loaded, PupilRow
from models.matching.rounds import Round, Switch

CAPACITIES = (8, 10, 12, 15, 18, 20)
SINGLE = (0, 4, 6, 8, 10, 12, 15, 18, 20)
"""For one mentor; 0: nobody this time."""


def _admin(context: Context, round_id: int | None) -> tuple[Round, int] | None:
    found = None if round_id is None else allowed.admin_of(context.unit, context.who, round_id)
    if found is None or found[0].state not in rounds.RUNNING:
        context.toast("match.not_yours", alert=True)
        return None
    return found


def show(context: Context, round_id: int) -> None:
    """The rules."""
    found = _admin(context, round_id)
    if found is not None:
        context.toast()
        _show(context, found[0])


def _show(context: Context, round_: Round) -> None:
    capacities = [context.named(str(one), "mxrc", round_.id, one) for one in CAPACITIES]
    switches = [
        [
            context.button(
                f"button.match_{one.value}_{'off' if getattr(round_, one.value) else 'on'}",
                "mxrs",
                round_.id,
                one.value,
            )
        ]
        for one in Switch
    ]
    context.change(
        "match.rules",
        buttons=[
            capacities,
            *switches,
            [context.button("button.match_mentors", "mxm", round_.id, 0)],
            [context.button("button.match_round", "mxo", round_.id)],
        ],
        rules=said.rules_line(context, round_),
    )


def set_capacity(context: Context, round_id: int, capacity: int) -> None:
    """Pupils of a mentor at most."""
    found = _admin(context, round_id)
    if found is not None and capacity in CAPACITIES:
        rounds.set_capacity(context.unit, round_id, capacity)
        context.toast()
        _show(context, replace(found[0], capacity=capacity))


def set_switch(context: Context, round_id: int, name: str) -> None:
    """Turns a rule on, or off."""
    found = _admin(context, round_id)
    if found is None or name not in list(Switch):
        return
    rounds.set_switch(context.unit, round_id, Switch(name), not getattr(found[0], name))
    context.toast()
    fresh = rounds.one(context.unit, round_id)
    if fresh is not None:
        _show(context, fresh)


# --- mentors ---


def mentors(context: Context, round_id: int, page: int) -> None:
    """The mentors of the round, each with the own number of places."""
    found = _admin(context, round_id)
    if found is None:
        return
    context.toast()
    loaded = proposals.load(context.unit, found[0])
    opened = context.unit.vault.open
    people = sorted((opened("person", one.person_id, "name", one.sealed_name), one) for one in loaded.mentors.values())
    rows = [
        [context.button("button.match_places", "mxmo", one.id, mentor=name, count=one.capacity)]
        for name, one in people[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(said.paged(context, page, len(people), "mxm", round_id))
    rows.append([context.button("button.match_more_mentors", "mxma", round_id, 0)])
    rows.append([context.button("button.match_back", "mxr", round_id)])
    places = sum(one.room for one in loaded.mentors.values())
    context.change("match.places", buttons=rows, places=places, pupils=len(loaded.pupils))


def one_mentor(context: Context, mentor_row: int) -> None:
    """How many one mentor can have."""
    found = _admin(context, choices.round_of(context.unit, mentor_row))
    row = None if found is None else proposals.load(context.unit, found[0]).mentor_by_row(mentor_row)
    if found is None or row is None:
        return
    context.toast()
    buttons = [context.named(str(one), "mxmc", mentor_row, one) for one in SINGLE]
    context.change(
        "match.one_mentor",
        buttons=[buttons[:5], buttons[5:], [context.button("button.match_back", "mxm", found[0].id, 0)]],
        mentor=context.unit.vault.open("person", row.person_id, "name", row.sealed_name),
        count=row.capacity,
        room=row.room,
    )


def set_room(context: Context, mentor_row: int, capacity: int) -> None:
    """Keeps it."""
    found = _admin(context, choices.round_of(context.unit, mentor_row))
    if found is not None and capacity in SINGLE:
        moving.set_room(context.unit, mentor_row, capacity)
        mentors(context, found[0].id, 0)


def more_mentors(context: Context, round_id: int, page: int) -> None:
    """Mentors of the school who are not in the round yet."""
    found = _admin(context, round_id)
    if found is None:
        return
    context.toast()
    others = choices.others(context.unit, round_id, found[0].school_id)
    rows = [
        [context.named(said.with_subject(context.language, one), "mxmp", round_id, one.person_id)]
        for one in others[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(said.paged(context, page, len(others), "mxma", round_id))
    rows.append([context.button("button.match_back", "mxm", round_id, 0)])
    context.change("match.more_mentors" if others else "match.no_more_mentors", buttons=rows)


def add_mentor(context: Context, round_id: int, person_id: int) -> None:
    """Takes one of them in."""
    found = _admin(context, round_id)
    if found is None:
        return
    if person_id in {one.person_id for one in choices.others(context.unit, round_id, found[0].school_id)}:
        rounds.add_mentors(context.unit, round_id, [person_id])
    more_mentors(context, round_id, 0)


# --- one pupil ---


def _pupil(context: Context, row_id: int) -> tuple[Round, int, Loaded, PupilRow] | None:
    found = _admin(context, choices.round_of(context.unit, row_id))
    if found is None:
        return None
    loaded = proposals.load(context.unit, found[0])
    row = loaded.by_row(row_id)
    return None if row is None else (found[0], found[1], loaded, row)


def pairs(context: Context, row_id: int) -> None:
    """What the school says of a pupil, for this round alone."""
    found = _pupil(context, row_id)
    if found is None:
        return
    context.toast()
    _, _, loaded, row = found
    sexes = [
        context.button(f"button.match_sex_{sex.name.lower()}", "mxpf", row_id, sex.value if sex != Sex.UNKNOWN else "x")
        for sex in Sex
    ]
    priority = "button.match_priority_no" if row.facts.priority else "button.match_priority_yes"
    context.change(
        "match.pairs",
        buttons=[
            [context.button("button.match_must", "mxpl", row_id, "m", 0)],
            [context.button("button.match_never", "mxpl", row_id, "n", 0)],
            [context.button("button.match_no_pair", "mxpc", row_id)],
            sexes,
            [context.button(priority, "mxpf", row_id, "p")],
            [context.button("button.match_back", "mxp", row_id)],
        ],
        child=loaded.pupil_name(context.unit, row.pupil_id),
    )


def set_fact(context: Context, row_id: int, what: str) -> None:
    """Sex, or whether this is a priority pupil."""
    found = _pupil(context, row_id)
    if found is None or what not in ("m", "f", "x", "p"):
        return
    facts = found[3].facts
    fresh = replace(facts, priority=not facts.priority) if what == "p" else replace(facts, sex=_sex(what))
    wishes.put_facts(context.unit, row_id, fresh)
    context.toast("match.noted")
    pairs(context, row_id)


def _sex(letter: str) -> Sex:
    return Sex.UNKNOWN if letter == "x" else Sex(letter)


def pair_list(context: Context, row_id: int, kind: str, page: int) -> None:
    """With whom."""
    found = _pupil(context, row_id)
    if found is None or kind not in ("m", "n"):
        return
    context.toast()
    round_, _, loaded, row = found
    people = choices.mentors(context.unit, round_.id, row.pupil_id)
    rows = [
        [context.named(said.with_subject(context.language, one), "mxps", row_id, one.row_id, kind)]
        for one in people[page * PAGE : (page + 1) * PAGE]
    ]
    rows.append(said.paged(context, page, len(people), "mxpl", row_id, kind))
    rows.append([context.button("button.match_back", "mxpr", row_id)])
    key = "match.must_whom" if kind == "m" else "match.never_whom"
    context.change(key, buttons=rows, child=loaded.pupil_name(context.unit, row.pupil_id))


def set_pair(context: Context, row_id: int, mentor_row: int, kind: str) -> None:
    """Keeps a pair that must, or must not, be."""
    found = _pupil(context, row_id)
    mentor = None if found is None else found[2].mentor_by_row(mentor_row)
    if found is None or mentor is None or kind not in ("m", "n"):
        return
    moving.pair(context.unit, found[0].id, found[3].pupil_id, mentor.person_id, kind == "m", found[1])
    context.toast("match.noted")
    proposal.one_pupil(context, row_id)


def clear_pairs(context: Context, row_id: int) -> None:
    """Nothing must or must not be any more."""
    found = _pupil(context, row_id)
    if found is None:
        return
    round_, _, loaded, row = found
    for pupil, mentor in loaded.must | loaded.never:
        if pupil == row.pupil_id:
            moving.pair(context.unit, round_.id, pupil, mentor, None, None)
    context.toast("match.noted")
    proposal.one_pupil(context, row_id)


PRESSES: dict[str, Press] = {
    "mxr": Press(show, (int,)),
    "mxrc": Press(set_capacity, (int, int)),
    "mxrs": Press(set_switch, (int, str)),
    "mxm": Press(mentors, (int, int)),
    "mxmo": Press(one_mentor, (int,)),
    "mxmc": Press(set_room, (int, int)),
    "mxma": Press(more_mentors, (int, int)),
    "mxmp": Press(add_mentor, (int, int)),
    "mxpr": Press(pairs, (int,)),
    "mxpf": Press(set_fact, (int, str)),
    "mxpl": Press(pair_list, (int, str, int)),
    "mxps": Press(set_pair, (int, int, str)),
    "mxpc": Press(clear_pairs, (int,)),
}
