"""The words of goals as they are typed: a new one, another wording, a sentence beside one's look back."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.pupil_file import aims, aims_told
from handlers.pupil_file import reader as readers
from handlers.pupil_file.reader import GUARDIAN, Reader
from handlers.pupil_file.write import fits
from models.duties import forms, notes
from models.duties.forms import Asked
from models.pupil_file import goals
from models.safeguarding import signals

NEW, OTHER, WORDS = "pfgoal", "pfword", "pfsaid"


def ask_new(context: Context, side: str, pupil_id: int) -> None:
    """The next text is a goal."""
    one = readers.opened(context, side, pupil_id, to_write=True)
    if one is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, NEW, pupil_id, side)
    key = "file.ask_goal_family" if side == GUARDIAN else "file.ask_goal_mentor"
    context.change(key, buttons=[_stop(context, one)], child=one.child, most=goals.LONGEST)


def ask_other(context: Context, side: str, pupil_id: int, goal_id: int) -> None:
    """The next text is another wording."""
    found = aims.to_write(context, side, pupil_id, goal_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, OTHER, goal_id, f"{side}:{pupil_id}")
    context.change("file.ask_goal_other", buttons=[_stop(context, found[0])], text=found[1].text, most=goals.LONGEST)


def ask_words(context: Context, side: str, pupil_id: int, goal_id: int) -> None:
    """The next text is a sentence beside one's look back."""
    found = aims.to_write(context, side, pupil_id, goal_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, WORDS, goal_id, f"{side}:{pupil_id}")
    context.change("file.ask_goal_words", buttons=[_stop(context, found[0])], text=found[1].text, most=goals.LONGEST)


def _stop(context: Context, one: Reader) -> list[say.Button]:
    return [context.button("button.file_never_mind", "pfonot", one.side, one.pupil_id)]


def not_now(context: Context, side: str, pupil_id: int) -> None:
    """Nothing is written after all."""
    forms.end(context.unit, context.who)
    aims.show(context, side, pupil_id)


def _typed(context: Context, event: Wrote, side: str, pupil_id: int) -> tuple[Reader, str | None] | None:
    """The reader and the text, None in its place where it was answered; nothing where it is not to be taken."""
    one = readers.find(context, side, pupil_id)
    if one is None or not one.writes or (side == GUARDIAN and signals.find(event.text) is not None):
        forms.end(context.unit, context.who)
        return None
    return one, fits(context, event, one, goals.LONGEST)


def takes_new(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A goal as it was typed."""
    found = _typed(context, event, wanted.extra, wanted.subject_id)
    if found is None or found[1] is None:
        return found is not None or _not_for_a_family(context, event, wanted.extra)
    one, text = found[0], found[1]
    unit = context.unit
    term = notes.term_of(unit, _school(context, one), context.school.zone)
    forms.end(unit, context.who)
    by_guardian = one.side == GUARDIAN
    made = goals.propose(unit, one.pupil_id, term.id if term else None, text, one.person_id, by_guardian=by_guardian)
    if made is None:
        context.say(
            "file.goals_full", buttons=[[context.button("button.file_goals_see", "pfo", one.side, one.pupil_id)]]
        )
        return True
    _waits(context, one, made)
    return True


def _school(context: Context, one: Reader) -> int:
    if one.keeper is not None:
        return one.keeper.school_id
    return next(line.school_id for line in context.who.children if line.pupil_id == one.pupil_id)


def takes_other(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Another wording as it was typed."""
    side, _, pupil = wanted.extra.partition(":")
    found = _typed(context, event, side, int(pupil))
    if found is None or found[1] is None:
        return found is not None or _not_for_a_family(context, event, side)
    goal = readers.goal_of(context, found[0], wanted.subject_id)
    forms.end(context.unit, context.who)
    by_guardian = side == GUARDIAN
    if goal is None or not goals.reword(context.unit, goal, found[1], found[0].person_id, by_guardian=by_guardian):
        often = goal is not None and goal.version >= goals.WORDINGS
        see = context.button("button.file_goals_see", "pfo", side, int(pupil))
        context.say("file.goal_talk" if often else "file.goal_changed", buttons=[[see]])
        return True
    _waits(context, found[0], goal.id)
    return True


def takes_words(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The sentence beside one's look back."""
    side, _, pupil = wanted.extra.partition(":")
    found = _typed(context, event, side, int(pupil))
    if found is None or found[1] is None:
        return found is not None or _not_for_a_family(context, event, side)
    one, goal = found[0], readers.goal_of(context, found[0], wanted.subject_id)
    forms.end(context.unit, context.who)
    if goal is not None:
        goals.add_words(context.unit, goal, one.person_id, found[1])
    aims.show_list(context, one)
    return True


def _not_for_a_family(context: Context, event: Wrote, side: str) -> bool:
    if side == GUARDIAN:
        return False
    context.say("file.gone", buttons=[[context.button("button.file_others", "pf")]], reply_to=event.place_id)
    return True


def _waits(context: Context, one: Reader, goal_id: int) -> None:
    """It is the other side's turn: that one hears of it, once for each wording."""
    goal = readers.goal_of(context, one, goal_id)
    if goal is None:
        return
    if one.side == GUARDIAN:
        context.say("file.goal_sent_family", buttons=[readers.back(context, one)], text=goal.text)
        aims_told.mentor(context, one, goal, "file.goal_told_mentor")
    else:
        context.say("file.goal_sent_mentor", buttons=[readers.back(context, one)], text=goal.text)
        aims_told.families(context, one, goal, "file.goal_told_family")


PRESSES: dict[str, Press] = {
    "pfow": Press(ask_words, (str, int, int)),
    "pfor": Press(ask_other, (str, int, int)),
    "pfon": Press(ask_new, (str, int)),
    "pfonot": Press(not_now, (str, int)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {NEW: takes_new, OTHER: takes_other, WORDS: takes_words}
