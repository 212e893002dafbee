"""The school's rota of parent classes: an admin sets the usual time, asks for wishes, has it proposed, sends it on."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import given, shown
from handlers.events.rota_words import explained, some, some_people, usual_words
from handlers.telling import named
from handlers.texts import Block, clock, words
from handlers.watched import school_of
from models.base import to_ms
from models.calendar import calendar_of
from models.events import audience, planning
from models.events.audience import Invited
from models.events.planning import Setting, Term
from models.events.states import EventState
from models.hours import at_minute
from models.queues import Lane
from models.standing import administers
from models.unit import Unit, sql

TIMES = (960, 1020, 1080, 1110, 1140, 1170, 1200)
"""Minutes after midnight that are offered on school days; AT_WEEKENDS on the others."""
AT_WEEKENDS = (540, 570, 600, 840, 900)
PAGE = 12


def home_rows(context: Context) -> list[list[say.Button]]:
    """The way here from /classes."""
    staff = context.who.staff
    if staff is None or staff.school_id not in administers(context.unit, context.who):
        return []
    return [[context.button("button.rota_school", "erota")]]


def setting_of(unit: Unit, school_id: int, term: Term) -> Setting:
    """When parent classes usually are."""
    row = planning.setting(unit, school_id, term.id)
    return Setting() if row is None else Setting(row.weekday, row.begins)


def show(context: Context) -> None:
    """Where the term's rota stands, and what can be done next."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    term = planning.term_of(unit, school_id, zone)
    back = [context.button("button.classes_back", "clist")]
    if term is None:
        context.change("rota.no_term", buttons=[[context.button("button.rota_calendar", "calendar")], back])
        return
    usual = setting_of(unit, school_id, term)
    places = planning.places(unit, school_id, term, zone)
    states = Counter(one.state for one in places)
    months = planning.days_in(unit, school_id, term, usual, zone)
    proposed = {one.class_id for one in places if one.state is EventState.PROPOSED}
    # What can still be filled, and what was filled in months that are past.
    open_ones = len(planning.classes(unit, school_id)) * len(months)
    whole = open_ones + sum(1 for one in places if one.month not in months)
    lines = [context.words("rota.time", usual=usual_words(context.language, usual))]
    if places:
        lines.append(context.words("rota.filled", filled=len(places), whole=whole))
        lines += [
            context.words(f"rota.count_{state.value}", count=states[state])
            for state in (EventState.PROPOSED, EventState.PLANNED, EventState.ANNOUNCED, EventState.HELD)
            if states[state]
        ]
    else:
        lines.append(context.words("rota.nothing"))
    row = planning.setting(unit, school_id, term.id)
    rows = [[context.button("button.rota_time", "erotatime")]]
    if not places and (row is None or row.wishes_asked_at is None):
        rows.append([context.button("button.rota_ask_wishes", "erotawish")])
    if whole > len(places) or proposed:
        rows.append([context.button("button.rota_again" if places else "button.rota_propose", "erotago")])
    if proposed:
        if row is None or row.sent_at is None:
            rows.append([context.button("button.rota_send", "erotasend")])
        rows.append([context.button("button.rota_all", "erotaall")])
    if places:
        rows.append([context.button("button.rota_by_class", "erotac", 0)])
    context.change("rota.view", buttons=[*rows, back], term=term.name, lines=Block("\n".join(lines)))


# --- the usual time ---


def ask_time(context: Context) -> None:
    """Weekday and time, each by a tap."""
    school_id = school_of(context)
    term = None if school_id is None else planning.term_of(context.unit, school_id, context.school.zone)
    if school_id is None or term is None:
        return
    context.toast()
    usual = setting_of(context.unit, school_id, term)
    days = [
        context.named(
            ("✓ " if day == usual.weekday else "") + context.words(f"rota.weekday_{day}"), "erotaset", day, usual.begins
        )
        for day in range(7)
    ]
    times = [
        context.named(("✓ " if one == usual.begins else "") + clock(one), "erotaset", usual.weekday, one)
        for one in sorted({*(AT_WEEKENDS if usual.weekday >= 5 else TIMES), usual.begins})
    ]
    rows = [days[:4], days[4:], *(times[at : at + 4] for at in range(0, len(times), 4))]
    context.change(
        "rota.ask_time",
        buttons=[*rows, [context.button("button.rota_back", "erota")]],
        usual=usual_words(context.language, usual),
    )


def set_time(context: Context, weekday: int, begins: int) -> None:
    """Keeps it; what is planned already stays where it is."""
    school_id = school_of(context)
    term = None if school_id is None else planning.term_of(context.unit, school_id, context.school.zone)
    staff = context.who.staff
    if school_id is None or term is None or staff is None:
        return
    try:
        planning.set_time(context.unit, school_id, term.id, staff.person_id, weekday, begins)
    except ValueError:
        context.toast("help.button_gone", alert=True)
        return
    context.toast("rota.time_kept")
    ask_time(context)


# --- wishes ---

_MENTORS = sql(
    "SELECT DISTINCT p.id, p.hours_from, p.hours_to, a.bot_id, a.user_id, a.language FROM person p"
    " JOIN account a ON a.id = p.account_id AND a.reachable JOIN mentorship m ON m.mentor_id = p.id AND m.until IS NULL"
    " WHERE p.school_id = :school AND p.ended_at IS NULL ORDER BY p.id"
)


def ask_wishes(context: Context) -> None:
    """Each mentor is asked once which months suit; not answering is fine."""
    school_id = school_of(context)
    term = None if school_id is None else planning.term_of(context.unit, school_id, context.school.zone)
    staff = context.who.staff
    if school_id is None or term is None or staff is None:
        return
    unit = context.unit
    usual = setting_of(unit, school_id, term)
    planning.set_time(unit, school_id, term.id, staff.person_id, usual.weekday, usual.begins)
    if not planning.mark(unit, school_id, term.id, "wishes_asked_at"):
        context.toast("rota.wishes_asked_before", alert=True)
        show(context)
        return
    count = 0
    for row in unit.execute(_MENTORS, school=school_id).all():
        reach = audience.reaches(unit, [row.id]).get(row.id)
        if reach is None:
            continue
        one = Invited(row.id, reach, True, (0, 0), (row.hours_from, row.hours_to), None, 0)
        telling.tell(
            unit,
            reach,
            "rota.wish_asked",
            dedupe_key=f"rota:{term.id}:wish:{row.id}",
            lane=Lane.LATER,
            due_at=shown.hears(unit, one, school_id, context.school),
            buttons=[[named(unit, reach, words(reach.language, "button.wish"), "ewish")]],
            term=term.name,
            usual=usual_words(reach.language, usual),
        )
        count += 1
    context.toast()
    context.change(
        "rota.wishes_asked",
        buttons=[
            [context.button("button.rota_propose", "erotago")],
            [context.button("button.rota_back", "erota")],
        ],
        count=count,
    )


# --- the proposal ---


def propose(context: Context) -> None:
    """Has the rota proposed: what was told to somebody stays, the rest is made anew. What cannot be, is said with the reason."""
    school_id = school_of(context)
    term = None if school_id is None else planning.term_of(context.unit, school_id, context.school.zone)
    staff = context.who.staff
    if school_id is None or term is None or staff is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    usual = setting_of(unit, school_id, term)
    planning.set_time(unit, school_id, term.id, staff.person_id, usual.weekday, usual.begins)
    found = planning.propose(unit, school_id, term, usual, context.school.events, zone, staff.person_id)
    names = planning.classes(unit, school_id)
    lines = [context.words("rota.proposed", count=len(found.lectures))]
    lines += explained(context, found, names)
    if found.idle:
        lines.append(context.words("rota.idle", count=len(found.idle), names=some_people(context, found.idle)))
    fresh = any(one.state is EventState.PROPOSED for one in planning.places(unit, school_id, term, zone))
    rows = [
        [context.button("button.rota_send", "erotasend")] if fresh else [],
        [context.button("button.rota_by_class", "erotac", 0)],
        [context.button("button.rota_back", "erota")],
    ]
    context.change(
        "rota.result" if fresh else "rota.result_same", buttons=rows, term=term.name, lines=Block("\n".join(lines))
    )


# --- sent on ---


def send(context: Context) -> None:
    """Each chief mentor looks at the own class's part; nobody else hears of it yet."""
    school_id = school_of(context)
    term = None if school_id is None else planning.term_of(context.unit, school_id, context.school.zone)
    if school_id is None or term is None:
        return
    unit, zone = context.unit, context.school.zone
    classes = dict.fromkeys(
        one.class_id for one in planning.places(unit, school_id, term, zone) if one.state is EventState.PROPOSED
    )
    if not classes or not planning.mark(unit, school_id, term.id, "sent_at"):
        context.toast("rota.sent_before" if classes else "rota.nothing_to_send", alert=True)
        show(context)
        return
    context.toast()
    names = planning.classes(unit, school_id)
    without = []
    for class_id in classes:
        if not _tell_chief(unit, class_id, names.get(class_id, ""), term, context.school):
            without.append(names.get(class_id, ""))
    lines = [context.words("rota.sent", count=len(classes) - len(without))]
    if without:
        lines.append(context.words("rota.sent_without", classes=some(context.language, without)))
    context.change(
        "rota.sent_view",
        buttons=[[context.button("button.rota_back", "erota")]],
        lines=Block("\n".join(lines)),
    )


_CHIEF = sql(
    "SELECT p.id, p.school_id, p.hours_from, p.hours_to FROM class_team c JOIN person p ON p.id = c.chief_mentor_id"
    " AND p.ended_at IS NULL WHERE c.school_class_id = :class AND c.until IS NULL"
)


def _tell_chief(unit: Unit, class_id: int, name: str, term: Term, school: SchoolSettings) -> bool:
    row = unit.execute(_CHIEF, **{"class": class_id}).first()
    reach = None if row is None else audience.reaches(unit, [row.id]).get(row.id)
    if row is None or reach is None:
        return False
    one = Invited(row.id, reach, True, (0, 0), (row.hours_from, row.hours_to), None, 0)
    telling.tell(
        unit,
        reach,
        "rota.for_chief",
        # The mark 'sent_at' lets each proposal through once; the next one is said anew.
        dedupe_key=f"rota:{term.id}:chief.{class_id}.{unit.now_ms}:{row.id}",
        due_at=shown.hears(unit, one, row.school_id, school),
        buttons=[[named(unit, reach, words(reach.language, "button.rota_look"), "eteam", class_id)]],
        group=name,
        term=term.name,
    )
    return True


def settle_all(context: Context) -> None:
    """All that is still only proposed is settled; its mentors are told."""
    school_id = school_of(context)
    term = None if school_id is None else planning.term_of(context.unit, school_id, context.school.zone)
    staff = context.who.staff
    if school_id is None or term is None or staff is None:
        return
    places = planning.places(context.unit, school_id, term, context.school.zone)
    proposed = [one.event_id for one in places if one.state is EventState.PROPOSED]
    given.settled_toast(context, *given.settle(context.unit, proposed, staff.person_id, context.school))
    show(context)


def by_class(context: Context, page: int) -> None:
    """All classes, to look at one by one."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    names = list(planning.classes(context.unit, school_id).items())
    found = [context.named(name, "eteam", class_id) for class_id, name in names[page * PAGE : (page + 1) * PAGE]]
    turn = [context.button("button.earlier", "erotac", page - 1)] if page else []
    if len(names) > (page + 1) * PAGE:
        turn.append(context.button("button.more", "erotac", page + 1))
    rows = [found[at : at + 3] for at in range(0, len(found), 3)]
    context.change("rota.classes", buttons=[*rows, turn, [context.button("button.rota_back", "erota")]])


# --- the clock ---

_BEGINNING = sql(
    "SELECT t.id, t.school_id, t.name FROM term t WHERE t.starts_on <= :soon AND t.starts_on >= :lately"
    " AND NOT EXISTS (SELECT 1 FROM rota r WHERE r.term_id = t.id)"
)


SOON, LATELY = 14, 13
"""Days before and after the first day of a term within which admins are asked: fewer together than the days for which the
outbox knows what it has said, so that nobody is asked twice."""


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Around the beginning of a term the admins are asked once whether to plan it: on a school day in the morning."""
    zone = ZoneInfo(school.zone)
    today = unit.now.astimezone(zone).date()
    opens = to_ms(at_minute(today, 9 * 60, zone))
    if not opens <= unit.now_ms < opens + 9 * 3_600_000:
        return
    for row in unit.execute(_BEGINNING, soon=today + timedelta(days=SOON), lately=today - timedelta(days=LATELY)).all():
        if not calendar_of(unit, row.school_id, school.zone).is_school_day(today):
            continue
        for person, reach in audience.admins_of(unit, row.school_id).items():
            telling.tell(
                unit,
                reach,
                "rota.term_begins",
                dedupe_key=f"rota:{row.id}:begin:{person}",
                buttons=[[named(unit, reach, words(reach.language, "button.rota_school"), "erota")]],
                term=row.name,
            )


PRESSES: dict[str, Press] = {
    "erota": Press(show),
    "erotatime": Press(ask_time),
    "erotaset": Press(set_time, (int, int)),
    "erotawish": Press(ask_wishes),
    "erotago": Press(propose),
    "erotasend": Press(send),
    "erotaall": Press(settle_all),
    "erotac": Press(by_class, (int,)),
}
