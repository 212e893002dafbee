"""How the record of a visit looks while it is written: one question a screen, and the summary at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers import say
from handlers.context import Context
from handlers.digest import short_day
from handlers.texts import Block, Rich, plain, render, units
from models.appointments import afterwards, agreements, records, steps, visits, wishes
from models.appointments.records import Answer, Reader, Record
from models.appointments.states import Says, VisitState
from models.appointments.steps import CHOICE, DAY, ITEMS, Step
from models.appointments.tables import Visit
from models.calendar import calendar_of
from models.checklist import coverage, items

FIRST_OF_NEXT = 14
"""Days looked ahead at most for a school day."""
LONGEST = 3_900
"""UTF-16 units of a message, with some room for its head."""
CUT = 160
"""Characters that are left of each own text where all of them together are too long for a message."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A record on somebody's desk."""

    visit: Visit
    reader: Reader
    record: Record

    @property
    def changes(self) -> bool:
        """Whether it may still be changed: until the family has confirmed what was agreed."""
        return self.visit.state == VisitState.HELD


def show(context: Context, rich: Rich, rows: Sequence[Sequence[say.Button]]) -> None:
    """Puts a screen into the message whose button was pressed; says it anew after a typed text."""
    anew = context.place_id is None or context.pressed is None
    payload = say.text(rich, buttons=rows) if anew else say.edit(context.place_id or 0, rich, buttons=rows)
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.TEXT if anew else say.EDIT,
        payload=payload,
    )


def asked(desk: Desk) -> list[Step]:
    """The steps that are asked, in their order: what this reader may see, and what follows from the other answers."""
    found = [one for one in steps.steps() if desk.record.shows(one, desk.reader)]
    alone = desk.visit.companion_id is None or desk.visit.companion_says != Says.YES
    day = desk.record.follow_up
    if day is None or alone or afterwards.too_late(desk.visit, day):
        found = [one for one in found if one.code != "owner"]
    return found


def follow_days(context: Context, desk: Desk) -> dict[str, date]:
    """The days that are offered to look again, by the option's code; always school days."""
    unit, zone = context.unit, context.school.zone
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    calendar = calendar_of(unit, desk.visit.school_id, zone)

    def school_day(day: date) -> date:
        ahead = (day + timedelta(days=one) for one in range(FIRST_OF_NEXT))
        return next((one for one in ahead if calendar.is_school_day(one)), day)

    found = {"w2": school_day(today + timedelta(days=14)), "m1": school_day(today + timedelta(days=30))}
    term = coverage.term_of(unit, desk.visit.school_id, zone)
    if term.id is not None and term.ends > found["w2"]:
        found["term"] = term.ends
    return found


def said(context: Context, desk: Desk, step: Step) -> list[str]:
    """The ready answers of a step in words."""
    answer = desk.record.answer(step.code)
    if step.kind == ITEMS:
        known = (items.by_code(context.unit, desk.visit.school_id, code) for code in answer.options)
        return [one.title(context.language) for one in known if one is not None]
    if step.kind == DAY and answer.words:
        return [short_day(context.language, date.fromisoformat(answer.words))]
    return [one.title(context.language) for code in answer.options if (one := step.option(code)) is not None]


def screen(context: Context, desk: Desk, step: Step) -> None:
    """One question."""
    mine = asked(desk)
    at = mine.index(step)
    answer = desk.record.answer(step.code)
    about = step.about(context.language)
    if "{" in about:
        day = short_day(context.language, follow_days(context, desk)["w2"])
        about = about.format(levels=" → ".join(context.school.levels), example=day)
    head = render(
        context.language,
        "record.screen",
        child=visits.names(context.unit, desk.visit.id).child,
        at=at + 1,
        all=len(mine),
        title=step.title(context.language),
        about=about,
    )
    text, spans = head.text, list(head.spans)
    wish = wishes.of_coming(context.unit, desk.visit.id).words if step.code == "wanted" else ""
    if wish:
        lines = Block("\n".join(plain(one) for one in wish.splitlines()))
        text += "\n\n" + context.words("record.wish", text=lines)
    picked = said(context, desk, step) if step.kind in (ITEMS, DAY) else []
    if picked:
        text += "\n\n✓ " + " · ".join(picked)
    if answer.words and step.kind != DAY:
        text += "\n\n"
        if step.private:
            spans.append({"type": "spoiler", "offset": units(text), "length": units(answer.words)})
        text += answer.words
    rows = _answers(context, desk, step, answer)
    if answer.words and step.words:
        rows.append([context.button("button.record_clear", "vrclr", desk.visit.id, step.code)])
    turn = [context.button("button.record_back", "vrgo", desk.visit.id, mine[at - 1].code)] if at else []
    forward = "button.record_next" if answer or step.required else "button.record_skip"
    after = mine[at + 1].code if at + 1 < len(mine) else ""
    if after:
        turn.append(context.button(forward, "vrgo", desk.visit.id, after))
    else:
        turn.append(context.button("button.record_sum", "vrsum", desk.visit.id))
    ways = [context.button("button.record_later", "vrlater", desk.visit.id)]
    if desk.record.finished_at is not None and after:
        ways.append(context.button("button.record_sum", "vrsum", desk.visit.id))
    show(context, Rich(text, tuple(spans)), [*rows, turn, ways])


def _answers(context: Context, desk: Desk, step: Step, answer: Answer) -> list[list[say.Button]]:
    visit = desk.visit.id
    if step.kind == ITEMS:
        return _categories(context, desk, step, answer)
    days = follow_days(context, desk) if step.kind == DAY else {}
    stage, _ = coverage.stage_of(context.unit, desk.visit.pupil_id)
    flat = []
    for one in step.offered(stage):
        if step.kind == DAY and one.code != "none" and one.code not in days:
            continue
        on = one.code in answer.options
        title = one.title(context.language)
        if one.code in days:
            title += f" · {short_day(context.language, days[one.code])}"
        # The press says what is wanted, not 'the other way round': pressed twice it is the same.
        wanted = 1 if step.kind in (CHOICE, DAY) or not on else 0
        flat.append(context.named(("✓ " if on else "") + title, "vrset", visit, step.code, one.code, wanted))
    return _in_pairs(flat)


def _in_pairs(flat: list[say.Button]) -> list[list[say.Button]]:
    return [flat[number : number + 2] for number in range(0, len(flat), 2)]


def _categories(context: Context, desk: Desk, step: Step, answer: Answer) -> list[list[say.Button]]:
    many: dict[str, int] = {}
    titles: dict[str, str] = {}
    for one in items.current(context.unit, desk.visit.school_id):
        titles.setdefault(one.letter, one.category(context.language))
        many[one.letter] = many.get(one.letter, 0) + (one.code in answer.options)
    flat = [
        context.named(title + (f" ✓{many[letter]}" if many[letter] else ""), "vrcat", desk.visit.id, step.code, letter)
        for letter, title in titles.items()
    ]
    return _in_pairs(flat)


def category(context: Context, desk: Desk, step: Step, letter: str) -> None:
    """The topics of one category."""
    answer = desk.record.answer(step.code)
    known = [one for one in items.current(context.unit, desk.visit.school_id) if one.letter == letter]
    if not known:
        screen(context, desk, step)
        return
    head = render(
        context.language,
        "record.category",
        child=visits.names(context.unit, desk.visit.id).child,
        title=step.title(context.language),
        category=known[0].category(context.language),
    )
    flat = [
        context.named(
            ("✓ " if one.code in answer.options else "") + one.title(context.language),
            "vritem",
            desk.visit.id,
            step.code,
            one.code,
            int(one.code not in answer.options),
        )
        for one in known
    ]
    back = [context.button("button.record_categories", "vrgo", desk.visit.id, step.code)]
    show(context, head, [*_in_pairs(flat), back])


def overview(context: Context, desk: Desk) -> None:
    """All steps, to go to one of them."""
    flat = [
        context.named(
            ("✓ " if desk.record.answer(one.code) else "") + one.title(context.language),
            "vrgo",
            desk.visit.id,
            one.code,
        )
        for one in asked(desk)
    ]
    head = render(context.language, "record.overview", child=visits.names(context.unit, desk.visit.id).child)
    show(context, head, [*_in_pairs(flat), [context.button("button.record_sum", "vrsum", desk.visit.id)]])


def summary(context: Context, desk: Desk) -> None:
    """All that was written, level 2 covered and for those alone who may see it; then what to do with it."""
    agreed = agreements.latest(context.unit, desk.visit.id)
    parts = [_part(context, desk, one) for one in asked(desk)]
    child = visits.names(context.unit, desk.visit.id).child
    head = render(context.language, "record.summary" if desk.changes else "record.read", child=child)
    if sum(units(title) + units(body) + 4 for title, body, _ in parts) > LONGEST:
        parts = [(title, body if len(body) <= CUT else body[:CUT] + "…", hidden) for title, body, hidden in parts]
    text, spans = head.text, list(head.spans)
    for title, body, hidden in parts:
        if not body:
            continue
        text += "\n\n"
        spans.append({"type": "bold", "offset": units(text), "length": units(title)})
        text += title + "\n"
        if hidden:
            spans.append({"type": "spoiler", "offset": units(text), "length": units(body)})
        text += body
    tail, rows = _ways(context, desk, agreed)
    if tail:
        text += "\n\n" + tail
    show(context, Rich(text, tuple(spans)), [*rows, [context.button("button.visits_back", "visits")]])


def _part(context: Context, desk: Desk, step: Step) -> tuple[str, str, bool]:
    answer = desk.record.answer(step.code)
    lines = [" · ".join(said(context, desk, step))]
    if answer.words and step.kind != DAY:
        lines.append(answer.words)
    return step.title(context.language), "\n".join(one for one in lines if one), step.private


def _ways(context: Context, desk: Desk, agreed: agreements.Version | None) -> tuple[str, list[list[say.Button]]]:
    """What stands below the summary, and its buttons."""
    visit = desk.visit.id
    if not desk.changes:
        if agreed is None or agreed.state != agreements.CONFIRMED:
            return "", []
        return context.words("record.settled"), [[context.button("button.agreement_sheet", "vsheet", visit)]]
    change = context.button("button.record_all", "vrall", visit)
    lacking = records.missing(desk.record)
    if lacking:
        titles = " · ".join(one.title(context.language) for one in lacking)
        rows = [[context.named(one.title(context.language), "vrgo", visit, one.code)] for one in lacking]
        return context.words("record.lacks", what=titles), [*rows, [change]]
    words = (desk.record.answer("school").words, desk.record.answer("family").words)
    later = context.button("button.record_later", "vrlater", visit)
    if agreed is not None and agreed.state == agreements.PROPOSED and (agreed.school, agreed.family) == words:
        sheet = context.button("button.agreement_sheet", "vsheet", visit)
        return context.words("record.with_family"), [[change, sheet]]
    if agreed is not None and agreed.state == agreements.AMENDED:
        rows = [
            [context.button("button.agreement_see", "vagree", visit)],
            [context.button("button.record_send", "vrend", visit)],
        ]
        return context.words("record.amended"), [*rows, [change, later]]
    if any(words):
        return context.words("record.sends"), [[context.button("button.record_send", "vrend", visit)], [change, later]]
    return context.words("record.nothing_agreed"), [
        [context.button("button.record_end", "vrend", visit)],
        [change, later],
    ]
