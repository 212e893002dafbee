"""The record after a visit: entered from a prompt or a list, did it take place, its taps and typed texts, and its end."""

from __future__ import annotations

from handlers import telling
from handlers.appointments import agreement, agreement_told, record_view
from handlers.appointments.record_view import Desk
from handlers.context import Context, Press
from models.appointments import agreements, booking, records, steps, visits
from models.appointments.records import Answer, Reader
from models.appointments.states import HOLDING, OUTSIDE, TOOK_PLACE, Purpose, VisitState
from models.appointments.steps import DAY, ITEMS, MANY, Step
from models.appointments.tables import Visit
from models.checklist import items
from models.duties import forms

REASONS = {
    "family_away": VisitState.NO_SHOW,
    "moved_by_family": VisitState.CANCELLED,
    "teacher_ill": VisitState.CANCELLED,
    "other": VisitState.CANCELLED,
}
"""Why a visit did not take place, and what it becomes by that."""


# --- into it ---


def offer(context: Context, visit_id: int) -> None:
    """Right after a visit: write it now, or later."""
    visit = visits.one(context.unit, visit_id)
    known = records.kept(context.unit, visit_id)
    if visit is None or visit.purpose != Purpose.VISIT or (known is not None and known.finished_at is not None):
        return
    if records.reader(context.unit, visit_id, context.who.person_ids) is None:
        return
    rows = [
        [
            context.button("button.record_now", "vrec", visit_id),
            context.button("button.record_not_now", "vrlater", visit_id),
        ]
    ]
    context.say("record.offer", buttons=rows, child=visits.names(context.unit, visit_id).child)


def _reader(context: Context, visit_id: int) -> tuple[Visit, Reader] | None:
    visit = visits.one(context.unit, visit_id)
    found = records.reader(context.unit, visit_id, context.who.person_ids)
    if visit is None or found is None:
        context.toast("help.button_gone", alert=True)
        return None
    return visit, found


def _desk(context: Context, visit_id: int, *, changing: bool = True) -> Desk | None:
    """The record, for who may write it. What no longer changes is shown as it is, where something was to be changed."""
    found = _reader(context, visit_id)
    if found is None:
        return None
    visit, reader = found
    known = records.kept(context.unit, visit_id)
    if known is None:
        enter(context, visit_id)
        return None
    records.looked(context.unit, visit, reader)
    desk = Desk(visit, reader, known)
    if changing and not desk.changes:
        context.toast("record.fixed")
        record_view.summary(context, desk)
        return None
    return desk


def enter(context: Context, visit_id: int) -> None:
    """The record: asked whether the visit took place where that is not clear; gone on with; or read again."""
    found = _reader(context, visit_id)
    if found is None:
        return
    visit, _ = found
    names = visits.names(context.unit, visit_id)
    if visit.state in HOLDING and visit.starts_at is not None and visit.starts_at > context.unit.now_ms:
        time = telling.when(context.language, visit.starts_at, context.school.zone)
        context.toast("record.too_early", alert=True, time=time)
        return
    if visit.state not in (*HOLDING, *TOOK_PLACE):
        # Called off, or the family chooses anew: there is nothing to write.
        context.toast("record.not_held", alert=True)
        return
    # Who begins the record ends the watch over who went out: so that is said with the same tap.
    out = visit.state in HOLDING and visit.form in OUTSIDE
    took_place = context.button("button.record_held_left" if out else "button.record_held", "vrheld", visit_id)
    if visit.state == VisitState.CONFIRMED and visit.arrived_at is None:
        rows = [[took_place], [context.button("button.record_not_held", "vrnot", visit_id)]]
        context.toast()
        context.change("record.took_place", buttons=rows, child=names.child, time=_time(context, visit))
        return
    if out:
        rows = [[took_place], [context.button("button.record_still_there", "vrlater", visit_id)]]
        context.toast()
        context.change("record.have_left", buttons=rows, child=names.child)
        return
    held(context, visit_id)


def _time(context: Context, visit: Visit) -> str:
    return telling.when(context.language, visit.starts_at, context.school.zone) if visit.starts_at is not None else ""


def held(context: Context, visit_id: int) -> None:
    """It took place: the record goes on where it stopped."""
    found = _reader(context, visit_id)
    if found is None:
        return
    _, reader = found
    known = records.begin(context.unit, visit_id, reader.person_id)
    visit = visits.must(context.unit, visit_id)
    if known is None:
        context.toast("record.not_held", alert=True)
        return
    context.toast()
    records.looked(context.unit, visit, reader)
    desk = Desk(visit, reader, known)
    if known.finished_at is not None or not desk.changes:
        record_view.summary(context, desk)
        return
    mine = record_view.asked(desk)
    show_step(context, desk, next((one for one in mine if one.code == known.step), mine[0]))


def not_held(context: Context, visit_id: int) -> None:
    """It did not take place: why?"""
    found = _reader(context, visit_id)
    if found is None:
        return
    if found[0].state != VisitState.CONFIRMED:
        enter(context, visit_id)
        return
    context.toast()
    rows = [[context.button(f"button.record_why_{one}", "vrwhy", visit_id, one)] for one in REASONS]
    took_place = "button.record_held_left" if found[0].form in OUTSIDE else "button.record_held"
    rows.append([context.button(took_place, "vrheld", visit_id)])
    context.change("record.why", buttons=rows, child=visits.names(context.unit, visit_id).child)


def why(context: Context, visit_id: int, reason: str) -> None:
    """Notes that and why it did not take place."""
    found = _reader(context, visit_id)
    if found is None:
        return
    visit, reader = found
    past = visit.starts_at is not None and visit.starts_at <= context.unit.now_ms
    if reason not in REASONS or not past or visit.state != VisitState.CONFIRMED:
        enter(context, visit_id)
        return
    booking.end(context.unit, visit_id, REASONS[reason], reader.person_id, reason)
    context.toast()
    context.change("record.noted_not_held", child=visits.names(context.unit, visit_id).child)


# --- step by step ---


def show_step(context: Context, desk: Desk, step: Step) -> None:
    """Shows a step; where words may be typed, the next text is for it."""
    if step.words or step.kind == DAY:
        # After a typed text the screen is said anew below it, and its place is not known yet.
        place = context.place_id if context.pressed is not None else None
        forms.ask(context.unit, context.who, "vrtext", desk.visit.id, f"{step.code}:{place or 0}")
    else:
        forms.end(context.unit, context.who)
    records.stop_at(context.unit, desk.visit.id, step.code)
    record_view.screen(context, desk, step)


def _step(context: Context, visit_id: int, code: str) -> tuple[Desk, Step] | None:
    desk = _desk(context, visit_id)
    if desk is None:
        return None
    step = next((one for one in record_view.asked(desk) if one.code == code), None)
    if step is None:
        record_view.summary(context, desk)
        return None
    return desk, step


def go(context: Context, visit_id: int, code: str) -> None:
    """To a step."""
    found = _step(context, visit_id, code)
    if found is not None:
        context.toast()
        show_step(context, *found)


def choose(context: Context, visit_id: int, code: str, option: str, on: int) -> None:
    """A ready answer. Where one is enough it leads on to the next step."""
    found = _step(context, visit_id, code)
    if found is None:
        return
    desk, step = found
    days = record_view.follow_days(context, desk) if step.kind == DAY else {}
    if step.option(option) is None or (step.kind == DAY and option != "none" and option not in days):
        return
    known = desk.record.answer(code)
    if step.kind == MANY:
        chosen = [one for one in known.options if one != option] + ([option] if on else [])
        answer = Answer(tuple(chosen), known.words)
    else:
        answer = Answer((option,), days[option].isoformat() if option in days else "")
    after = _kept(context, desk, step, answer)
    if after is None:
        return
    if step.kind == MANY:
        show_step(context, after, step)
    else:
        lead_on(context, after, step)


def _kept(context: Context, desk: Desk, step: Step, answer: Answer) -> Desk | None:
    """Keeps an answer; the record as it is then."""
    visit_id, unit = desk.visit.id, context.unit
    if not records.put(unit, visit_id, desk.reader.person_id, step.code, answer):
        _desk(context, visit_id)
        return None
    known = records.kept(unit, visit_id)
    return None if known is None else Desk(visits.must(unit, visit_id), desk.reader, known)


def lead_on(context: Context, desk: Desk, step: Step) -> None:
    mine = record_view.asked(desk)
    at = mine.index(step) + 1
    if at < len(mine):
        show_step(context, desk, mine[at])
    else:
        record_view.summary(context, desk)


def category(context: Context, visit_id: int, code: str, letter: str) -> None:
    """The topics of a category."""
    found = _step(context, visit_id, code)
    if found is not None:
        context.toast()
        record_view.category(context, *found, letter)


def topic(context: Context, visit_id: int, code: str, item: str, on: int) -> None:
    """A topic of the checklist, or no longer."""
    found = _step(context, visit_id, code)
    if found is None:
        return
    desk, step = found
    if step.kind != ITEMS or items.by_code(context.unit, desk.visit.school_id, item) is None:
        return
    known = desk.record.answer(code)
    chosen = [one for one in known.options if one != item] + ([item] if on else [])
    after = _kept(context, desk, step, Answer(tuple(sorted(chosen)), known.words))
    if after is not None:
        record_view.category(context, after, step, item[0])


def clear(context: Context, visit_id: int, code: str) -> None:
    """Without the own words."""
    found = _step(context, visit_id, code)
    if found is None:
        return
    desk, step = found
    after = _kept(context, desk, step, Answer(desk.record.answer(code).options, ""))
    if after is not None:
        show_step(context, after, step)


def later(context: Context, visit_id: int) -> None:
    """Not now: what was written is kept, and the way back stands here."""
    if _reader(context, visit_id) is None:
        return
    context.toast()
    forms.end(context.unit, context.who)
    known = records.kept(context.unit, visit_id)
    begun = known is not None and any(known.answers.values())
    rows = [[context.button("button.record_go_on" if begun else "button.record_now", "vrec", visit_id)]]
    context.change(
        "record.later" if begun else "record.not_begun", buttons=rows, child=visits.names(context.unit, visit_id).child
    )


# --- the end of it ---


def summary(context: Context, visit_id: int) -> None:
    """All of it on one screen."""
    desk = _desk(context, visit_id, changing=False)
    if desk is not None:
        context.toast()
        record_view.summary(context, desk)


def overview(context: Context, visit_id: int) -> None:
    """All steps."""
    desk = _desk(context, visit_id)
    if desk is not None:
        context.toast()
        record_view.overview(context, desk)


def end(context: Context, visit_id: int) -> None:
    """It is whole: what was agreed goes to the family; where nothing was, the visit is closed."""
    desk = _desk(context, visit_id)
    if desk is None:
        return
    known = records.finish(context.unit, visit_id, desk.reader.person_id, context.school.zone)
    if known is None:
        record_view.summary(context, desk)
        return
    context.toast()
    agreement_told.from_record(context, visits.must(context.unit, visit_id), known, desk.reader.person_id)


def word_anew(context: Context, visit_id: int, number: int) -> None:
    """The family would word it otherwise: a teacher goes on from its words, and sends them again."""
    desk = _desk(context, visit_id)
    if desk is None:
        return
    last, school = agreements.latest(context.unit, visit_id), steps.step(agreements.SCHOOL)
    if last is None or last.number != number or last.state != agreements.AMENDED or school is None:
        agreement.show(context, visit_id)
        return
    context.toast()
    for code, text in ((agreements.SCHOOL, last.school), (agreements.FAMILY, last.family)):
        records.put(context.unit, visit_id, desk.reader.person_id, code, Answer((), text))
    known = records.kept(context.unit, visit_id) or desk.record
    show_step(context, Desk(desk.visit, desk.reader, known), school)


PRESSES: dict[str, Press] = {
    "vrec": Press(enter, (int,)),
    "vrheld": Press(held, (int,)),
    "vrnot": Press(not_held, (int,)),
    "vrwhy": Press(why, (int, str)),
    "vrgo": Press(go, (int, str)),
    "vrset": Press(choose, (int, str, str, int)),
    "vrcat": Press(category, (int, str, str)),
    "vritem": Press(topic, (int, str, str, int)),
    "vrclr": Press(clear, (int, str)),
    "vrlater": Press(later, (int,)),
    "vrsum": Press(summary, (int,)),
    "vrall": Press(overview, (int,)),
    "vrend": Press(end, (int,)),
    "vanew": Press(word_anew, (int, int)),
}
