"""What a family sees of a visit: the agreement in its words, in the reader's language around them; and the sheet to print.

Nothing else of the record gets here: strengths, topics that may stand on paper, what each side does, the day to look again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers import say, telling
from handlers.appointments import shown
from handlers.context import Context, SchoolSettings
from handlers.copies import relation_word
from handlers.digest import short_day
from handlers.sheet import Sheet
from handlers.texts import Block, listed, words
from models.appointments import agreements, feedback, records, steps, visits, wishes
from models.appointments.agreements import AMENDED, CONFIRMED, PROPOSED, Version
from models.appointments.states import Reply, Says, VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.checklist import items
from models.standing import Reach
from models.unit import Unit, sql

PAPER = 1
"""Items up to this level may stand on a sheet of paper that lies about."""
_SCHOOL = sql("SELECT name FROM school WHERE id = :id")


def strengths(unit: Unit, visit_id: int, language: str) -> str:
    """The strengths as lines: ready phrases in that language, own words as they were written."""
    known, step = records.kept(unit, visit_id), steps.step("strong")
    if known is None or step is None:
        return ""
    answer = known.answer("strong")
    phrases = [one.title(language) for code in answer.options if (one := step.option(code)) is not None]
    return "\n".join([*phrases, *answer.words.splitlines()])


def text(unit: Unit, language: str, visit: Visit, version: Version | None) -> Block:
    """What was good, and what was agreed."""
    day = short_day(language, visit.follow_up_on) if visit.follow_up_on is not None else ""
    parts = [
        ("agreement.strengths", strengths(unit, visit.id, language)),
        ("agreement.school", version.school if version is not None else ""),
        ("agreement.family", version.family if version is not None else ""),
        ("agreement.follow_up", day if version is not None else ""),
    ]
    return Block("\n\n".join(f"{words(language, key)}\n{said}" for key, said in parts if said))


def values(unit: Unit, language: str, visit: Visit, version: Version | None, school: SchoolSettings) -> dict[str, Any]:
    """What the texts about an agreement may name."""
    return {
        "child": visits.names(unit, visit.id).child,
        "time": telling.when(language, visit.starts_at, school.zone) if visit.starts_at is not None else "",
        "text": text(unit, language, visit, version),
    }


def attends(context: Context, visit_id: int) -> Guest | None:
    """As which of the guardians who came this person may act; says that the button is gone where as none."""
    guest = visits.invited(context.unit, visit_id, context.who.person_ids)
    if guest is None or guest.reply not in (Reply.HOST, Reply.JOINED):
        context.toast("help.button_gone", alert=True)
        return None
    return guest


def card_buttons(unit: Unit, reach: Reach, version: Version) -> list[list[say.Button]]:
    """The buttons of a wording that a family is asked about."""
    return [
        [telling.button(unit, reach, "button.agreement_yes", "vacon", version.visit_id, version.number)],
        [telling.button(unit, reach, "button.agreement_amend", "vaamd", version.visit_id, version.number)],
    ]


def after_buttons(unit: Unit, reach: Reach, visit_id: int, guardian_id: int, *, sheet: bool) -> list[list[say.Button]]:
    """The buttons of what is settled: the sheet, and the voluntary question, or a comment where it was answered."""
    rows = [[telling.button(unit, reach, "button.agreement_sheet", "vsheet", visit_id)]] if sheet else []
    if not feedback.open_for(unit, visit_id):
        return rows
    if feedback.given(unit, visit_id, guardian_id) is None:
        for group in ((5, 4), (3,), (2, 1)):
            rows.append([telling.button(unit, reach, f"button.feedback_{one}", "vfb", visit_id, one) for one in group])
    else:
        rows.append([telling.button(unit, reach, "button.feedback_comment", "vfbc", visit_id)])
    return rows


def settled_key(unit: Unit, visit_id: int, guardian_id: int, *, agreed: bool) -> str:
    """Which text stands over what is settled: it asks for feedback once, and thanks for it."""
    name = "settled" if agreed else "thanks"
    if not feedback.open_for(unit, visit_id):
        return f"agreement.{name}"
    return f"agreement.{name}_ask" if feedback.given(unit, visit_id, guardian_id) is None else f"agreement.{name}_given"


def now(context: Context, visit_id: int, guest: Guest, back: say.Rows = ()) -> None:
    """What is true now, for a guardian who came, whatever button was pressed. `back` are rows for where that one came from."""
    unit, language = context.unit, context.language
    visit, last = visits.must(unit, visit_id), agreements.latest(unit, visit_id)
    named = values(unit, language, visit, last, context.school)
    over = visit.state in (VisitState.FOLLOWED_UP, VisitState.CLOSED)
    if last is not None and last.state == PROPOSED and visit.state == VisitState.HELD:
        context.change("agreement.card", buttons=[*card_buttons(unit, context.reach, last), *back], **named)
    elif over and last is not None and last.state != CONFIRMED:
        # The school has looked at it again before everybody had said yes: nothing is asked any more.
        own = last.state == PROPOSED or last.by_person == guest.guardian_id
        if not own:
            named = values(unit, language, visit, None, context.school)
        rows = after_buttons(unit, context.reach, visit_id, guest.guardian_id, sheet=False)
        context.change(settled_key(unit, visit_id, guest.guardian_id, agreed=False), buttons=[*rows, *back], **named)
    elif last is not None and last.state == AMENDED and last.by_person == guest.guardian_id:
        again = context.button("button.agreement_amend", "vaamd", visit_id, last.number)
        context.change("agreement.with_teacher", buttons=[[again], *back], **named)
    elif (last is not None and last.state == CONFIRMED) or (last is None and visit.state == VisitState.CLOSED):
        agreed = last is not None
        rows = after_buttons(unit, context.reach, visit_id, guest.guardian_id, sheet=agreed)
        context.change(settled_key(unit, visit_id, guest.guardian_id, agreed=agreed), buttons=[*rows, *back], **named)
    else:
        # Another guardian's wish is not shown, nor that there is one.
        context.change("agreement.being_written", buttons=back, child=named["child"])


def sheet(
    unit: Unit, language: str, visit: Visit, version: Version, guest: Guest | None, school: SchoolSettings
) -> Sheet:
    """The sheet to print, for a guardian who came, or (without one) for a teacher. No other guardian's name is on it."""
    names, zone = visits.names(unit, visit.id), school.zone
    row = unit.execute(_SCHOOL, id=visit.school_id).one()
    came = [one for one in visits.guests(unit, visit.id) if one.reply in (Reply.HOST, Reply.JOINED)]
    shown_guests = came if guest is None else [guest]
    people = [relation_word(language, one.relation) for one in shown_guests] + [names.mentor]
    if names.companion and visit.companion_says == Says.YES:
        people.append(names.companion)
    known = records.kept(unit, visit.id)
    codes: list[str] = []
    if known is not None:
        wanted = _wanted(unit, visit.id, known.answer("wanted").options, guest, came)
        codes = list(dict.fromkeys((*wanted, *known.answer("said").options)))
    found = [items.by_code(unit, visit.school_id, code) for code in codes]
    return Sheet(
        school=row.name,
        child=names.child,
        day=telling.when(language, visit.starts_at, zone) if visit.starts_at is not None else "",
        form=shown.form_word(language, visit.form),
        people=listed(language, people),
        topics=tuple(one.title(language) for one in found if one is not None and one.level <= PAPER),
        strengths=strengths(unit, visit.id, language),
        school_does=version.school,
        family_does=version.family,
        follow_up=short_day(language, visit.follow_up_on) if visit.follow_up_on is not None else "",
        confirmed=_confirmed(language, version, zone),
    )


def _wanted(unit: Unit, visit_id: int, codes: Sequence[str], guest: Guest | None, came: Sequence[Guest]) -> list[str]:
    """Of what the record says was wanted, what may stand on a guardian's sheet: own wishes, and what the teachers added where
    nobody else came; never another guardian's. A teacher's sheet may be given to either parent."""
    reader = came[0] if guest is None and len(came) == 1 else guest
    if reader is None:
        return []
    said = {one.guardian_id: one.topics for one in wishes.of_visit(unit, visit_id)}
    own = said.pop(reader.guardian_id, ())
    others = {code for topics in said.values() for code in topics}
    return [one for one in codes if one in own or (len(came) == 1 and one not in others)]


def _confirmed(language: str, version: Version, zone: str) -> str:
    if version.confirmed_at is None:
        return ""
    day = datetime.fromtimestamp(version.confirmed_at / 1000, ZoneInfo(zone)).date()
    return words(language, "agreement.confirmed_on", day=short_day(language, day))
