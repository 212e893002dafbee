"""What all of a round are told, and the round made true, part by part; and what the clock has to see to."""

from __future__ import annotations

from collections import Counter
from functools import partial

from handlers import holding, telling
from handlers.context import SchoolSettings
from handlers.matching import family, mentor
from handlers.matching import words as said
from handlers.texts import Block, listed, words
from models.events.audience import admins_of
from models.matching import choices, closing, going_live, rounds, tellings
from models.matching.going_live import CHANGED, FAILED, SAME, Turn
from models.matching.rounds import Round, RoundState
from models.matching.stable import RANKS
from models.matching.tellings import Guardian, Mentor, Telling
from models.queues import Lane
from models.standing import class_label, lines_of_pupil
from models.unit import Unit

SHOWN = 20
"""Names in one message; of more, how many they are."""


def turn(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    """The next part of the first round that has one. True where there may be more (bot/ticks.py).

    A telling that fails is passed over until the next look, so that it keeps no other waiting.
    """
    return any(unit.attempt(partial(_part, unit, one, school)) for one in tellings.open_ones(unit))


def _part(unit: Unit, one: Telling, school: SchoolSettings) -> None:
    round_ = rounds.one(unit, one.round_id)
    if round_ is None:
        raise LookupError(one.round_id)
    if one.what == tellings.APPLY:
        _apply(unit, one, round_, school)
    elif one.what in (tellings.FAMILIES, tellings.REMIND, tellings.CANCELLED):
        last, guardians = tellings.next_guardians(unit, one)
        off = one.what == tellings.CANCELLED
        for guardian in guardians if off or round_.takes_wishes(unit.now_ms) else ():
            unit.attempt(partial(_cancelled if off else _ask_family, unit, one, round_, guardian, school))
        tellings.advance(unit, one, last or one.cursor, done=last is None)
    else:
        last, mentors = tellings.next_mentors(unit, one)
        lists = one.what == tellings.LISTS
        for person in mentors if lists or round_.takes_wishes(unit.now_ms) else ():
            unit.attempt(partial(_lists if lists else _ask_mentor, unit, one, round_, person, school))
        tellings.advance(unit, one, last or one.cursor, done=last is None)
        if lists and last is None:
            _over(unit, round_)


# --- the questions ---


def _ask_family(unit: Unit, one: Telling, round_: Round, guardian: Guardian, school: SchoolSettings) -> None:
    reminds = one.what == tellings.REMIND
    if (reminds and guardian.wished) or round_.wishes_until is None:
        return
    reach, names = guardian.reach, unit.notes.setdefault(("mentors of", round_.id), {})
    assert isinstance(names, dict)  # noqa: S101 - put there above
    if guardian.present_id is not None and guardian.present_id not in names:
        names[guardian.present_id] = choices.name_of(unit, guardian.present_id)
    telling.tell(
        unit,
        reach,
        "match.remind_family" if reminds else "match.ask_family",
        dedupe_key=f"match:{round_.id}:{one.what}:{guardian.pupil_id}:{guardian.person_id}",
        lane=Lane.LATER,
        due_at=said.rest_of_guardian(unit, guardian.quiet, school),
        useful_until=round_.wishes_until,
        buttons=family.buttons(
            unit,
            reach,
            guardian.pupil_id,
            guardian.present_id is not None,
            names.get(guardian.present_id, ""),
        ),
        child=guardian.pupil_name,
        until=said.deadline(reach.language, round_.wishes_until, school.zone),
    )


def _ask_mentor(unit: Unit, one: Telling, round_: Round, person: Mentor, school: SchoolSettings) -> None:
    reminds = one.what == tellings.REMIND_MENTORS
    if (reminds and person.wished) or round_.wishes_until is None or not person.takes_part:
        return
    reach = person.reach
    telling.tell(
        unit,
        reach,
        "match.remind_mentor" if reminds else "match.ask_mentor",
        dedupe_key=f"match:{round_.id}:{one.what}:{person.person_id}",
        lane=Lane.LATER,
        due_at=said.rest_of_staff(unit, round_.school_id, person.hours, school),
        useful_until=round_.wishes_until,
        buttons=mentor.buttons(unit, reach, round_.id),
        group=said.called(reach.language, round_),
        until=said.deadline(reach.language, round_.wishes_until, school.zone),
    )


def _cancelled(unit: Unit, _one: Telling, round_: Round, guardian: Guardian, school: SchoolSettings) -> None:
    """Who has given a wish for a round that is given up hears that all stays as it is."""
    if guardian.wished:
        telling.tell(
            unit,
            guardian.reach,
            "match.called_off",
            dedupe_key=f"match:{round_.id}:cancelled:{guardian.pupil_id}:{guardian.person_id}",
            lane=Lane.LATER,
            due_at=said.rest_of_guardian(unit, guardian.quiet, school),
            child=guardian.pupil_name,
        )


# --- live ---


def _apply(unit: Unit, one: Telling, round_: Round, school: SchoolSettings) -> None:
    turns = going_live.part(unit, round_.id, one.cursor)
    for turn_ in turns:
        # Somebody of whom something cannot be read is left as it was and named to the admin; the others go on.
        if not unit.attempt(partial(_apply_one, unit, round_, turn_, school)):
            going_live.mark(unit, turn_, FAILED)
    tellings.advance(unit, one, turns[-1].pupil_id if turns else one.cursor, done=not turns)
    if not turns:
        rounds.tell(unit, round_.id, tellings.LISTS)


def _apply_one(unit: Unit, round_: Round, turn_: Turn, school: SchoolSettings) -> None:
    change = going_live.apply(unit, turn_)
    if change is not None:
        holding.mentor_changed(unit, [change], school.zone)
    if turn_.wished and turn_.wished_by is not None and turn_.applied in (CHANGED, SAME):
        _outcome(unit, round_, turn_, school)


def _outcome(unit: Unit, round_: Round, turn_: Turn, school: SchoolSettings) -> None:
    """Who gave the wish hears in one sentence what became of it; nothing of anybody else stands in it."""
    line = next(
        (one for one in lines_of_pupil(unit, turn_.pupil_id) if one.guardian_id == turn_.wished_by and one.confirmed),
        None,
    )
    if line is None or line.guardian is None or not line.guardian.reachable:
        return
    if turn_.why in RANKS:
        key = f"match.outcome_{turn_.why}"
    elif turn_.why in ("kept", "must", "hand"):
        key = "match.outcome_settled"
    else:
        key = "match.outcome_other"
    telling.tell(
        unit,
        line.guardian,
        key,
        dedupe_key=f"match:{round_.id}:outcome:{turn_.pupil_id}:{line.guardian_id}",
        due_at=said.rest_of_guardian(unit, line.guardian_quiet, school),
        child=line.pupil_name,
        mentor=line.mentor_name or "",
    )


def _lists(unit: Unit, _one: Telling, round_: Round, person: Mentor, school: SchoolSettings) -> None:
    if not tellings.is_touched(unit, round_.id, person.person_id):
        return
    pupils = going_live.pupils_of(unit, person.person_id)
    groups: dict[str, list[str]] = {}
    for name, grade, group in pupils:
        groups.setdefault(class_label(grade, group), []).append(name)
    reach = person.reach
    lines = [
        words(reach.language, "match.list_row", group=group, names=listed(reach.language, names))
        for group, names in groups.items()
    ]
    telling.tell(
        unit,
        reach,
        "match.list" if pupils else "match.list_empty",
        dedupe_key=f"match:{round_.id}:list:{person.person_id}",
        due_at=said.rest_of_staff(unit, round_.school_id, person.hours, school),
        lines=Block("\n".join(lines)),
    )


def _over(unit: Unit, round_: Round) -> None:
    """All have been told; the admins hear it, with the pupils of whom nothing was done and why."""
    left = going_live.undone(unit, round_.id)
    going_live.over(unit, round_.id)
    counts = Counter(what for _, _, what in left)
    for person, reach in admins_of(unit, round_.school_id).items():
        lines = [
            words(reach.language, f"match.undone_{what}", count=count, names=_some(reach.language, left, what))
            for what, count in sorted(counts.items())
        ]
        telling.tell(
            unit,
            reach,
            "match.is_over",
            dedupe_key=f"match:{round_.id}:over:{person}",
            buttons=[[telling.button(unit, reach, "button.match_round", "mxo", round_.id)]],
            group=said.called(reach.language, round_),
            lines=Block("\n".join(lines or [words(reach.language, "match.nothing_undone")])),
        )


def _some(language: str, left: list[tuple[int, str, str]], what: str) -> str:
    names = [name for _, name, which in left if which == what]
    return listed(language, [*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])])


# --- the clock ---


def tick(unit: Unit, _bot_id: int, _school: SchoolSettings) -> None:
    """Reminds those who have said nothing, once; tells the admins when wishes have ended; forgets what is old."""
    for round_id in tellings.to_remind(unit):
        rounds.tell(unit, round_id, tellings.REMIND)
        rounds.tell(unit, round_id, tellings.REMIND_MENTORS)
    for round_id, school_id in tellings.closed(unit):
        round_ = rounds.one(unit, round_id)
        if round_ is None or round_.state is not RoundState.WISHES:
            continue
        for person, reach in admins_of(unit, school_id).items():
            telling.tell(
                unit,
                reach,
                "match.wishes_are_in",
                dedupe_key=f"match:{round_id}:closed.{round_.wishes_until}:{person}",
                buttons=[[telling.button(unit, reach, "button.match_round", "mxo", round_id)]],
                group=said.called(reach.language, round_),
            )
    closing.tick(unit)
