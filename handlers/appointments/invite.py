"""A mentor invites families: one from the week's list, or many at once; what for, with whom, seen before it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers import telling
from handlers.appointments import available, shown, told
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.texts import Block, listed, words
from models.appointments import availability, inviting, visits
from models.appointments.inviting import AIMS, Draft
from models.appointments.states import TOOK_PLACE, Purpose, VisitState
from models.base import to_ms
from models.checklist import coverage
from models.duties import forms, marks
from models.duties.forms import Asked
from models.hours import at_minute
from models.standing import Line, families
from models.unit import Unit

PAGE = 8
MOST_COLLEAGUES = 8
LONGEST_AIM = 100
"""Characters of an aim in own words: it stands in a sentence."""


def _mine(context: Context) -> dict[int, list[Line]]:
    """Own pupils, and those one covers for, each with its families; by class and name."""
    found: dict[int, list[Line]] = {}
    lines = families(context.unit, context.who) if context.who.staff is not None else []
    for line in sorted(lines, key=lambda one: (one.school_class, one.pupil_name, one.guardianship_id)):
        found.setdefault(line.pupil_id, []).append(line)
    return found


def _after(context: Context) -> int:
    """Since when a visit counts as this term's (ms since 1970)."""
    staff = context.who.staff
    term = coverage.term_of(context.unit, staff.school_id if staff else 0, context.school.zone)
    return to_ms(at_minute(term.begins, 0, context.zone))


def _ready(context: Context) -> bool:
    """Whether the mentor has said when; otherwise asks for that first."""
    staff = context.who.staff
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return False
    windows = availability.kept(context.unit, staff.person_id)
    if any(one.purpose == Purpose.VISIT and one.free for one in windows):
        return True
    available.show(context, Purpose.VISIT.value)
    context.toast("visit.free_first")
    return False


def one_family(context: Context, pupil_id: int) -> None:
    """From the week's list: this family."""
    mine = _mine(context)
    if pupil_id not in mine:
        context.toast("help.button_gone", alert=True)
        return
    if not _ready(context):
        return
    if not inviting.askable(context.unit, mine[pupil_id]):
        context.toast()
        rows = [
            [context.button("button.week_done_plain", "wdone", "home_visit", pupil_id)],
            [context.button("button.visits_back", "visits")],
        ]
        context.change("visit.invite_nobody", buttons=rows, child=mine[pupil_id][0].pupil_name)
        return
    _keep(context, replace(_fresh(context), pupils=(pupil_id,)))
    show_aims(context)


def _fresh(context: Context) -> Draft:
    staff = context.who.staff
    companion = inviting.last_companion(context.unit, staff.person_id) if staff is not None else None
    return Draft((), "", "", companion if context.school.visits.teachers > 1 else None)


def _keep(context: Context, one: Draft) -> None:
    inviting.keep(context.unit, context.who, one)


# --- whom ---


def begin(context: Context) -> None:
    """Which families?"""
    if not _ready(context):
        return
    _keep(context, _fresh(context))
    show_families(context, 0)


def show_families(context: Context, page: int) -> None:
    """All own families: those that can be asked as buttons, the others with how they stand."""
    mine, unit = _mine(context), context.unit
    if not mine:
        context.toast("families.none", alert=True)
        return
    context.toast()
    one = inviting.draft(unit, context.who)
    states = inviting.standing_of(unit, list(mine), _after(context))
    can = _askable(context, mine, states)
    page = min(max(page, 0), max((len(can) - 1) // PAGE, 0))
    rows = [
        [context.named(_named(context, mine[pupil][0], states, pupil in one.pupils), "vinwho", pupil, page)]
        for pupil in can[page * PAGE : (page + 1) * PAGE]
    ]
    turn = []
    if page:
        turn.append(context.button("button.earlier", "vinpage", page - 1))
    if (page + 1) * PAGE < len(can):
        turn.append(context.button("button.more", "vinpage", page + 1))
    rows.append(turn)
    for name, pupils in inviting.areas(unit, can).values():
        rows.append([context.button("button.invite_area", "vinarea", pupils[0], area=name, count=len(pupils))])
    if one.pupils:
        rows.append([context.button("button.invite_on", "vinaims", count=len(one.pupils))])
    rows.append([context.button("button.visits_back", "visits")])
    lines = _standing(context, mine, states)
    context.change(
        "visit.invite_whom" if can else "visit.invite_none_left", buttons=rows, lines=Block("\n".join(lines))
    )


def _askable(context: Context, mine: dict[int, list[Line]], states: dict[int, VisitState]) -> list[int]:
    """Who can be invited: those who were not, then those with whom one has met already this term. Who said no is not asked
    again this term, and who is being asked is not asked twice."""
    can = [pupil for pupil, lines in mine.items() if inviting.askable(context.unit, lines)]
    return [pupil for pupil in can if pupil not in states] + [pupil for pupil in can if states.get(pupil) in TOOK_PLACE]


def _named(context: Context, line: Line, states: dict[int, VisitState], chosen: bool) -> str:
    name = line.pupil_name
    if line.pupil_id in states:
        name = context.words("visit.met_already", child=name)
    return f"✓ {name}" if chosen else name


def _standing(context: Context, mine: dict[int, list[Line]], states: dict[int, VisitState]) -> list[str]:
    """How the others stand, in counts."""
    held = sum(1 for one in states.values() if one in TOOK_PLACE)
    declined = sum(1 for one in states.values() if one is VisitState.DECLINED)
    going = len(states) - held - declined
    nobody = sum(1 for lines in mine.values() if not any(line.confirmed for line in lines))
    parts = [
        context.words(f"visit.count_{name}", count=count)
        for name, count in (("held", held), ("going", going), ("declined", declined), ("not_joined", nobody))
        if count
    ]
    between = " · "
    return [between.join(parts)] if parts else []


def toggle(context: Context, pupil_id: int, page: int) -> None:
    """A family is chosen, or not after all."""
    one = inviting.draft(context.unit, context.who)
    if pupil_id in _mine(context):
        chosen = (
            tuple(pupil for pupil in one.pupils if pupil != pupil_id)
            if pupil_id in one.pupils
            else (*one.pupils, pupil_id)
        )
        _keep(context, replace(one, pupils=chosen))
    show_families(context, page)


def choose_area(context: Context, pupil_id: int) -> None:
    """All of one area: their visits are proposed for one afternoon, with a short way between them."""
    mine, unit = _mine(context), context.unit
    states = inviting.standing_of(unit, list(mine), _after(context))
    can = _askable(context, mine, states)
    pupils = next((found for _, found in inviting.areas(unit, can).values() if pupil_id in found), [])
    one = inviting.draft(unit, context.who)
    _keep(context, replace(one, pupils=tuple(dict.fromkeys([*one.pupils, *pupils]))))
    show_families(context, 0)


# --- what for, with whom ---


def show_aims(context: Context) -> None:
    """What for?"""
    one = inviting.draft(context.unit, context.who)
    if not one.pupils or context.who.staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    rows = [[context.button(f"button.aim_{aim}", "vinaim", aim)] for aim in AIMS]
    rows.append([context.button("button.back", "vinpage", 0)])
    context.change("visit.invite_aim", buttons=rows, count=len(one.pupils))


def choose_aim(context: Context, aim: str) -> None:
    """That; own words are asked for."""
    one = inviting.draft(context.unit, context.who)
    if aim not in AIMS or not one.pupils:
        context.toast("help.button_gone", alert=True)
        return
    if aim == "own":
        context.toast()
        forms.ask(context.unit, context.who, "vaim", 0)
        context.change("visit.invite_own_aim", buttons=[[context.button("button.back", "vinaims")]])
        return
    _keep(context, replace(one, aim=aim, own_aim=""))
    preview(context)


def takes_aim(context: Context, event: Wrote, _wanted: Asked) -> bool:
    """The aim in own words."""
    if event.media is not None or context.who.staff is None:
        return False
    text = " ".join(event.text.split())
    if len(text) > LONGEST_AIM:
        context.say("visit.text_long", most=LONGEST_AIM, reply_to=event.place_id)
        return True
    one = inviting.draft(context.unit, context.who)
    if not one.pupils:
        return False
    mine = _mine(context)
    named = next((lines[0].pupil_name for pupil, lines in mine.items() if lines[0].pupil_name in text), None)
    if named is not None:
        # It goes to several families: no child is named in it, not even the own one's.
        context.say("visit.invite_names", child=named, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    _keep(context, replace(one, aim="own", own_aim=text))
    preview(context)
    return True


def show_companions(context: Context) -> None:
    """Who comes along, where the families want a visit at home?"""
    one = inviting.draft(context.unit, context.who)
    staff = context.who.staff
    if staff is None or not one.pupils:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    people = marks.colleagues(context.unit, one.pupils[0], staff.person_id)[:MOST_COLLEAGUES]
    rows = [
        [context.named(f"{'✓ ' if person == one.companion_id else ''}{name}", "vinwith", person)]
        for person, name in people
    ]
    rows.append([context.button("button.companion_later", "vinwith", 0)])
    context.change("visit.invite_companion", buttons=rows)


def choose_companion(context: Context, person_id: int) -> None:
    """This colleague, or nobody yet."""
    one = inviting.draft(context.unit, context.who)
    staff = context.who.staff
    if staff is None or not one.pupils:
        context.toast("help.button_gone", alert=True)
        return
    people = dict(marks.colleagues(context.unit, one.pupils[0], staff.person_id))
    _keep(context, replace(one, companion_id=person_id if person_id in people else None))
    preview(context)


# --- seen, and sent ---


def preview(context: Context) -> None:
    """What the families will see, and how many."""
    unit, one, mine = context.unit, inviting.draft(context.unit, context.who), _mine(context)
    staff = context.who.staff
    pupils = [pupil for pupil in one.pupils if pupil in mine]
    if staff is None or not pupils or not one.aim:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    lines = [line for pupil in pupils for line in inviting.askable(unit, mine[pupil])]
    people = dict(marks.colleagues(unit, pupils[0], staff.person_id))
    rows = [[context.button("button.invite_send", "vinsend", count=len(pupils))]]
    if context.school.visits.teachers > 1:
        rows.append([context.button("button.invite_companion", "vincomp")])
    rows.append([context.button("button.back", "vinaims")])
    first = mine[pupils[0]][0]
    context.change(
        "visit.invite_preview",
        buttons=rows,
        pupils=listed(context.language, (mine[pupil][0].pupil_name for pupil in pupils)),
        count=len(lines),
        companion=people.get(_companion(context, one, pupils) or 0, context.words("visit.companion_open")),
        text=Block(_invitation(context, first, one)),
    )


def _companion(context: Context, one: Draft, pupils: Sequence[int]) -> int | None:
    """The colleague who was named, where that one is in the team of every chosen pupil's class: nobody else is asked to
    come along, and nobody else learns where a family lives."""
    staff = context.who.staff
    if staff is None or one.companion_id is None:
        return None
    teams = [dict(marks.colleagues(context.unit, pupil, staff.person_id)) for pupil in pupils]
    return one.companion_id if all(one.companion_id in team for team in teams) else None


def _invitation(context: Context, line: Line, one: Draft) -> str:
    return context.words(
        "visit.invitation",
        child=line.pupil_name,
        mentor=line.mentor_name or "",
        aim=aim_word(context.language, one.aim, one.own_aim),
        minutes=context.school.visits.minutes,
    )


def aim_word(language: str, aim: str, own: str) -> str:
    """What for, within the invitation's sentence."""
    return own if aim == "own" else words(language, f"visit.aim_{aim}")


def send(context: Context) -> None:
    """Invites them: each family once, however often this is pressed."""
    unit, who = context.unit, context.who
    one, mine, staff = inviting.draft(unit, who), _mine(context), context.who.staff
    if staff is None or not one.pupils or not one.aim:
        context.toast("help.button_gone", alert=True)
        return
    inviting.drop(unit, who)
    context.toast()
    gone = 0
    for pupil in one.pupils:
        lines = mine.get(pupil, [])
        mentor = lines[0].mentor_id if lines else None
        mine_ = replace(one, companion_id=_companion(context, one, [pupil]))
        visit = inviting.invite(unit, lines, mentor, staff.person_id, mine_) if mentor is not None else None
        if visit is not None:
            gone += 1
            tell_invited(unit, visit, context)
    left = len(one.pupils) - gone
    context.change(
        "visit.invite_sent_but" if left else "visit.invite_sent",
        buttons=[[context.button("button.visits_back", "visits")]],
        count=gone,
        left=left,
    )


def tell_invited(unit: Unit, visit_id: int, context: Context) -> None:
    """The invitation, to each guest in the own language and out of quiet hours."""
    visit = visits.must(unit, visit_id)
    names = visits.names(unit, visit_id)
    for guest in visits.guests(unit, visit_id):
        reach = guest.reach
        if reach is None:
            continue
        telling.tell(
            unit,
            reach,
            "visit.invitation",
            dedupe_key=told.invitation_key(visit.id, guest.guardian_id),
            due_at=shown.guardian_hears(unit, guest, context.school.zone),
            buttons=told.form_rows(unit, reach, visit),
            child=names.child,
            mentor=names.mentor,
            aim=aim_word(reach.language, visit.aim, visits.own_aim(unit, visit)),
            minutes=context.school.visits.minutes,
        )


PRESSES: dict[str, Press] = {
    "vinvite": Press(one_family, (int,)),
    "vinv": Press(begin),
    "vinpage": Press(show_families, (int,)),
    "vinwho": Press(toggle, (int, int)),
    "vinarea": Press(choose_area, (int,)),
    "vinaims": Press(show_aims),
    "vinaim": Press(choose_aim, (str,)),
    "vincomp": Press(show_companions),
    "vinwith": Press(choose_companion, (int,)),
    "vinsend": Press(send),
}
TEXTS = {"vaim": takes_aim}
