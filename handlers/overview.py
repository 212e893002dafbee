"""/overview: how classes stand, in counts, for chief mentors and admins; and which duties the school keeps."""

from __future__ import annotations

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded
from handlers.texts import Block
from handlers.watched import school_of
from models.appointments import counts
from models.base import from_ms
from models.duties import kinds
from models.duties.kinds import Kind
from models.standing import CHIEF_MENTOR, administers, roles
from models.team import decisions, overview, reviews
from models.team.overview import Stand

PAGE = 10
CYCLES = {
    kinds.ONCE: ("once:7", "once:14", "once:21", "once:30"),
    kinds.DAYS: ("days:14", "days:30", "days:42", "days:60", "days:90"),
    kinds.TERM: ("term:10-60", "term:20-80", "term:40-90", "term:60-80", "term:80-95"),
}
"""Cycles to choose from, by what kind of cycle it is."""
FIXED = ("weekly_meeting", "monthly_review")
"""Kinds whose name is their cycle."""


def _stands(context: Context) -> list[Stand] | None:
    staff = context.who.staff
    schools = administers(context.unit, context.who)
    if staff is None or not (schools or CHIEF_MENTOR in roles(context.unit, context.who)):
        return None
    return overview.classes(context.unit, schools, staff.person_id)


def show(context: Context, _event: Commanded | None = None) -> None:
    """All classes, a line each."""
    show_page(context, 0)


def show_page(context: Context, page: int) -> None:
    """A page of it."""
    stands = _stands(context)
    if stands is None:
        context.say("overview.not_yours")
        return
    context.toast()
    lines, rows = [], []
    shown = stands[page * PAGE : (page + 1) * PAGE]
    visited = counts.reached(context.unit, [one.class_id for one in shown], context.school.zone)
    for one in shown:
        lines.append(_line(context, one, visited.get(one.class_id, 0)))
        rows.append(context.named(one.name, "oclass", one.class_id))
    turn = [context.button("button.earlier", "oview", page - 1)] if page else []
    if (page + 1) * PAGE < len(stands):
        turn.append(context.button("button.more", "oview", page + 1))
    buttons = [rows[at : at + 3] for at in range(0, len(rows), 3)]
    whole, events = [], []
    if administers(context.unit, context.who):
        turn.append(context.button("button.kinds", "okinds"))
        whole = [context.button("button.visits_plot", "vplot", 0), context.button("button.visits_export", "vexport")]
        events = [context.button("button.eventcounts_school", "ecschool")]
    context.change(
        "overview.view" if lines else "overview.empty",
        buttons=[*buttons, turn, whole, events],
        lines=Block("\n".join(lines)),
    )


def _line(context: Context, one: Stand, visited: int) -> str:
    shown = context.words("overview.line", name=one.name, contacted=one.contacted, pupils=one.pupils)
    if one.waiting and one.oldest is not None:
        days = (context.unit.now - from_ms(one.oldest)).days
        shown += context.words("overview.waiting", count=one.waiting, days=days)
    if one.without_mentor:
        shown += context.words("overview.alone", count=one.without_mentor)
    if visited:
        shown += context.words("visits.in_line", count=visited, pupils=one.pupils)
    return shown


def one_class(context: Context, class_id: int) -> None:
    """One class: contact, who waits how long, what is not held."""
    stand = next((one for one in _stands(context) or () if one.class_id == class_id), None)
    if stand is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    lines = [
        context.words("overview.title", name=stand.name),
        context.words("overview.joined", joined=stand.joined, pupils=stand.pupils),
        context.words("overview.contacted", contacted=stand.contacted, pupils=stand.pupils),
    ]
    if stand.without_mentor:
        lines.append(context.words("overview.alone_line", count=stand.without_mentor))
    if stand.waiting and stand.oldest is not None:
        days = (unit.now - from_ms(stand.oldest)).days
        lines.append(context.words("overview.waiting_line", count=stand.waiting, days=days))
    late = overview.not_held(unit, class_id, zone)
    if late:
        shown = [f"{dues[0].kind.title(context.language)} {len(dues)}" for dues in late.values()]
        lines.append(context.words("overview.not_held", kinds=" · ".join(shown)))
    month = unit.now.astimezone(context.zone).date().replace(day=1)
    lines.append(
        context.words("overview.reviewed", done=len(reviews.levels(unit, class_id, month)), pupils=stand.pupils)
    )
    tasks = len(decisions.open_of_class(unit, class_id))
    if tasks:
        lines.append(context.words("overview.tasks", count=tasks))
    context.change(
        "overview.one",
        buttons=[
            [
                context.button("button.visits_class", "vclass", class_id),
                context.button("button.eventcounts_class", "ecclass", class_id),
            ],
            [context.button("button.overview_back", "oview", 0)],
        ],
        lines=Block("\n".join(lines)),
    )


# --- which duties the school keeps ---


def cycle_words(context: Context, kind: Kind) -> str:
    """A cycle as people say it."""
    if kind.cycle == kinds.TERM:
        return context.words("cycle.term", low=kind.low, high=kind.high)
    if kind.code in FIXED or kind.cycle == kinds.WEEK:
        return context.words("cycle.month" if kind.code == "monthly_review" else "cycle.week")
    return context.words(f"cycle.{kind.cycle}", days=kind.low)


def show_kinds(context: Context) -> None:
    """All kinds: on or off, and how often."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    rows = [
        [
            context.named(
                f"{'✓' if one.enabled else '—'} {one.title(context.language)} · {cycle_words(context, one)}",
                "okind",
                one.code,
            )
        ]
        for one in kinds.of_school(context.unit, school_id)
    ]
    context.change("overview.kinds", buttons=[*rows, [context.button("button.overview_back", "oview", 0)]])


def show_kind(context: Context, code: str) -> None:
    """One kind: switch it, or choose another cycle."""
    school_id = school_of(context)
    kind = None if school_id is None else kinds.kind_of(context.unit, school_id, code)
    if kind is None:
        return
    context.toast()
    rows: list[list[say.Button]] = [
        [context.button("button.kind_off" if kind.enabled else "button.kind_on", "okindset", code, "toggle")]
    ]
    if kind.enabled and code not in FIXED:
        cycles = []
        for at, written in enumerate(CYCLES.get(kind.cycle, ())):
            name, low, high = kinds.cycle_of(written)
            chosen = "✓ " if (low, high) == (kind.low, kind.high) else ""
            shown = context.words(
                f"cycle.{name}", **({"low": low, "high": high} if name == kinds.TERM else {"days": low})
            )
            cycles.append(context.named(f"{chosen}{shown}", "okindset", code, str(at)))
        rows += [[one] for one in cycles]
    rows.append([context.button("button.back", "okinds")])
    context.change("overview.kind", buttons=rows, name=kind.title(context.language), about=kind.about(context.language))


def set_kind(context: Context, code: str, what: str) -> None:
    """Switches a kind, or gives it another cycle; what is due follows at once."""
    school_id = school_of(context)
    kind = None if school_id is None else kinds.kind_of(context.unit, school_id, code)
    if school_id is None or kind is None:
        return
    choices = CYCLES.get(kind.cycle, ())
    if what == "toggle":
        kinds.change(context.unit, school_id, code, enabled=not kind.enabled)
    elif what.isdigit() and int(what) < len(choices) and code not in FIXED:
        kinds.change(context.unit, school_id, code, cycle=choices[int(what)])
    context.toast("week.noted")
    show_kind(context, code)


COMMANDS: dict[str, CommandHandler] = {"overview": show}
PRESSES: dict[str, Press] = {
    "oview": Press(show_page, (int,)),
    "oclass": Press(one_class, (int,)),
    "okinds": Press(show_kinds),
    "okind": Press(show_kind, (str,)),
    "okindset": Press(set_kind, (str, str)),
}
