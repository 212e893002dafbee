"""Who is told of a case about a child's safety, in turn, and again where it lies: pages carry no words of it."""

from __future__ import annotations

from handlers import say
from handlers.context import SchoolSettings, tell
from handlers.copies import relation_word
from handlers.texts import moment, words
from models.base import from_ms
from models.queues import Lane
from models.safeguarding import cases, part
from models.safeguarding.tables import CaseState, SafetyCase
from models.standing import Reach
from models.unit import Unit, sql


def next_step(unit: Unit, case_id: int, school: SchoolSettings) -> None:
    pages, ended = cases.advance(unit, case_id, school.urgent_path, school.urgent_minutes)
    found = cases.case(unit, case_id)
    if found is None:
        return
    for page in pages:
        _page(unit, found, page.reach, page.role, school, alarm=ended)


def pupil(unit: Unit, pupil_id: int) -> tuple[str, str]:
    row = unit.execute(_PUPIL, pupil=pupil_id).one()
    return unit.vault.open("pupil", pupil_id, "name", row.sealed_name), f"{row.grade}{row.name}"


_PUPIL = sql(
    "SELECT p.sealed_name, sc.grade, sc.name FROM pupil p JOIN school_class sc ON sc.id = p.school_class_id"
    " WHERE p.id = :pupil"
)
_RELATION = sql("SELECT relation FROM guardianship WHERE pupil_id = :pupil AND person_id = :person ORDER BY id DESC")


def writer_word(unit: Unit, found: SafetyCase, language: str) -> str:
    if not found.by_guardian:
        return words(language, "urgent.by_mentor")
    row = unit.execute(_RELATION, pupil=found.pupil_id, person=found.writer_id).first()
    return relation_word(language, row.relation) if row is not None else words(language, "urgent.by_guardian")


def buttons(unit: Unit, reach: Reach, found: SafetyCase) -> list[list[say.Button]]:
    def one(key: str, action: str) -> say.Button:
        data = say.sign(unit.vault, reach.bot_id, reach.user_id, action, found.id)
        return say.Button(words(reach.language, key), data)

    if found.state == CaseState.CLOSED:
        return []
    first = [one("button.look", "ulook")]
    if found.state == CaseState.OPEN:
        first.insert(0, one("button.take_it", "uack"))
    # What is about a teacher is not passed on to the mentor by a tap.
    ends_it = [one("button.referred", "uref")]
    if not cases.spared(unit, found.id):
        ends_it.insert(0, one("button.not_urgent", "unot"))
    return [first, ends_it, [one("button.no_contact", "unoc")]]


def _page(unit: Unit, found: SafetyCase, reach: Reach, role: str, school: SchoolSettings, *, alarm: bool) -> None:
    child, group = pupil(unit, found.pupil_id)
    turn = f":{found.next_at}" if alarm else ""
    tell(
        unit,
        reach,
        "urgent.alarm" if alarm else "urgent.page",
        dedupe_key=f"case:{found.id}:{reach.bot_id}:{reach.user_id}{turn}",
        buttons=buttons(unit, reach, found),
        lane=Lane.URGENT,
        child=child,
        group=group,
        writer=writer_word(unit, found, reach.language),
        time=moment(reach.language, from_ms(found.opened_at), school.zone),
        minutes=school.urgent_minutes,
        role=words(reach.language, f"urgent.role_{role}"),
    )


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """What is due by now: next steps, alarms, one reminder of what was taken and left, and 'no contact' once more."""
    cases.sweep(unit)
    part.left_alone(unit)
    for case_id in cases.due(unit):
        found = cases.case(unit, case_id)
        if found is None or not school.covers(unit, found.school_id):
            continue
        rounds = (
            0 if found.exhausted_at is None else (unit.now_ms - found.exhausted_at) // (school.urgent_minutes * 60_000)
        )
        if rounds < cases.ALARMS:
            next_step(unit, case_id, school)
    for case_id, person_id in cases.forgotten(unit):
        found, reach = cases.case(unit, case_id), cases.reach_of(unit, person_id)
        if found is not None and reach is not None and school.covers(unit, found.school_id):
            child, group = pupil(unit, found.pupil_id)
            tell(
                unit,
                reach,
                "urgent.still_open",
                dedupe_key=f"case:{case_id}:still",
                buttons=buttons(unit, reach, found),
                child=child,
                group=group,
            )
