"""What the clock looks after: slots that became free, invitations nobody answered, times that passed, mentors who changed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers import telling
from handlers.appointments import shown, told
from handlers.context import SchoolSettings
from models.appointments import booking, lists, slots, visits, waiting
from models.appointments.states import Reply, Says, VisitState
from models.base import from_ms, to_ms
from models.hours import quiet_until
from models.unit import Unit, sql

_QUIET = sql("SELECT quiet_from, quiet_to FROM person WHERE id = :person")
ASK_AGAIN_DAYS = 3
UNANSWERED_DAYS = 45
"""After which an invitation that nobody answered is over, and the family stands in the mentor's list again."""
SETTLED_DAYS = 30
"""After which an agreement without a follow-up is closed."""
FORGET_DAYS = 21
"""So long a visit of which nobody said how it went stands in its mentor's list; then the family can be invited anew."""


def tick(unit: Unit, school: SchoolSettings) -> None:
    """Offers what became free; asks once more; closes what has passed."""
    _offers(unit, school)
    _ask_again(unit, school)
    _words_missing(unit, school)
    _passed(unit, school)
    for visit_id in lists.lapsed(unit):
        booking.end(unit, visit_id, VisitState.CANCELLED, None, "lapsed")
    for visit_id in lists.unanswered(unit, UNANSWERED_DAYS):
        booking.end(unit, visit_id, VisitState.CANCELLED, None, "unanswered")
    for visit_id, state in lists.unrecorded(unit, FORGET_DAYS):
        _forgotten(unit, visit_id, state)
    for visit_id in lists.settled(unit, SETTLED_DAYS):
        visits.move(unit, visit_id, VisitState.CLOSED, None, "closed")
    for visit_id in lists.hours_over(unit):
        for state in (VisitState.HELD, VisitState.CLOSED):
            visits.move(unit, visit_id, state, None, "hour_over", ended_at=unit.now_ms)
        booking.release(unit, visits.must(unit, visit_id))
    for visit_id in booking.orphans(unit):
        _orphan(unit, visit_id, school)
    for visit_id in booking.hostless(unit):
        _hostless(unit, visit_id, school)
    for visit_id, companion in booking.alone(unit):
        before = visits.must(unit, visit_id)
        guests, teachers = shown.attending(unit, visit_id), shown.teachers(unit, before)
        result = booking.companion_refuses(unit, visit_id, companion)
        if result is booking.Result.GONE and visits.must(unit, visit_id).companion_id == companion:
            # Asked about a new time, but gone for good: the old time cannot be kept either.
            result = booking.companion_refuses(unit, visit_id, companion)
        told.companion_lost(unit, before, school, result, companion, guests, teachers)


def _forgotten(unit: Unit, visit_id: int, state: VisitState) -> None:
    """Without a record it was not held, as far as the school can tell; who had arrived was there."""
    if state is VisitState.IN_PROGRESS:
        before = visits.must(unit, visit_id)
        if visits.move(unit, visit_id, VisitState.HELD, None, "never_left", ended_at=before.ends_at, sealed_place=None):
            booking.release(unit, before)
    else:
        booking.end(unit, visit_id, VisitState.CANCELLED, None, "unrecorded")


def _offers(unit: Unit, school: SchoolSettings) -> None:
    for offer in waiting.due(unit, school.visits, school.zone, lambda guardian: _opens(unit, guardian, school)):
        visit = visits.must(unit, offer.visit_id)
        guest = next((one for one in visits.guests(unit, visit.id) if one.guardian_id == offer.guardian_id), None)
        if guest is None or guest.reach is None or visit.form is None:
            continue
        reach, names = guest.reach, visits.names(unit, visit.id)
        minute = offer.slot.starts_at // slots.MINUTE
        telling.tell(
            unit,
            reach,
            "visit.offer",
            dedupe_key=f"visit:{visit.id}:offer:{minute}",
            due_at=shown.guardian_hears(unit, guest, school.zone),
            useful_until=offer.until,
            buttons=[
                [telling.button(unit, reach, "button.offer_take", "vslot", visit.id, visit.form, minute)],
                [telling.button(unit, reach, "button.offer_pass", "vpass", visit.id)],
                [telling.button(unit, reach, "button.wait_no", "vnowait", visit.id)],
            ],
            child=names.child,
            mentor=names.mentor,
            time=telling.when(reach.language, offer.slot.starts_at, school.zone),
            form=shown.form_word(reach.language, visit.form),
            until=_until(unit, reach.language, offer.until, school.zone),
        )


def _until(unit: Unit, language: str, at: int, zone: str) -> str:
    """The hour alone where it is today; the day with it otherwise."""
    hour = from_ms(at).astimezone(ZoneInfo(zone))
    today = unit.now.astimezone(hour.tzinfo).date()
    return f"{hour:%H:%M}" if hour.date() == today else telling.when(language, at, zone)


def _opens(unit: Unit, guardian_id: int, school: SchoolSettings) -> int | None:
    row = unit.execute(_QUIET, person=guardian_id).first()
    until = None if row is None else quiet_until(school.zone, (row.quiet_from, row.quiet_to), unit.now)
    return None if until is None else to_ms(until)


def _ask_again(unit: Unit, school: SchoolSettings) -> None:
    for visit_id in lists.silent(unit, ASK_AGAIN_DAYS):
        visit = visits.must(unit, visit_id)
        visits.log(unit, visit_id, None, "asked_again", VisitState(visit.state))
        names = visits.names(unit, visit_id)
        for guest in visits.guests(unit, visit_id):
            if guest.reply is not Reply.INVITED or guest.reach is None:
                continue
            telling.tell(
                unit,
                guest.reach,
                "visit.invited_again",
                dedupe_key=f"visit:{visit_id}:again:{guest.guardian_id}",
                due_at=shown.guardian_hears(unit, guest, school.zone),
                buttons=told.form_rows(unit, guest.reach, visit),
                child=names.child,
                mentor=names.mentor,
            )


def _words_missing(unit: Unit, school: SchoolSettings) -> None:
    """A family has chosen and hears nothing: whose word is missing is asked once more, at most once a day."""
    for visit_id in lists.words_missing(unit):
        visit = visits.must(unit, visit_id)
        visits.log(unit, visit_id, None, "asked_for_word", VisitState(visit.state))
        if told.waits_to_be_told(unit, visit_id):
            # The first question has not arrived yet: its hour is to come.
            continue
        again = f"{unit.now_ms // lists.DAY}"
        if visit.wish_proposed:
            told.asks_mentor(unit, visit_id, school, again=again)
        elif visit.companion_says == Says.ASKED:
            told.asks_companion(unit, visit_id, school, again=again)
        else:
            told.needs_companion(unit, visit_id, school, again=again)


def _passed(unit: Unit, school: SchoolSettings) -> None:
    """Nobody had agreed in time: the family chooses again, and hears why."""
    for visit_id in lists.passed(unit):
        before = visits.must(unit, visit_id)
        guests = [one for one in visits.guests(unit, visit_id) if one.guardian_id == before.wish_by]
        if not booking.drop_wish(unit, visit_id, None) or booking.begun(unit, before):
            continue
        key = "visit.again_kept" if before.state == VisitState.CONFIRMED else "visit.again_passed"
        told.choose_again(unit, visit_id, school, key, before, guests)


def _orphan(unit: Unit, visit_id: int, school: SchoolSettings) -> None:
    """The mentor has changed, or the pupil has left: called off; the family hears that the new mentor will ask."""
    before = visits.must(unit, visit_id)
    guests, teachers = shown.attending(unit, visit_id), shown.teachers(unit, before)
    chosen = before.starts_at if before.starts_at is not None else before.wish_at
    # Nobody waits for what is over, though its record is still missing.
    ahead = chosen is not None and chosen > unit.now_ms
    if booking.end(unit, visit_id, VisitState.CANCELLED, None, "mentor_changed") and ahead:
        told.ended(unit, before, school, None, "mentor_changed", guests, teachers)


def _hostless(unit: Unit, visit_id: int, school: SchoolSettings) -> None:
    """The guardian who had chosen is none any more, or must not be contacted: nobody goes there. What others of the family
    would like is asked anew by the mentor, who sees it in the week's list."""
    before = visits.must(unit, visit_id)
    guests = [one for one in shown.attending(unit, visit_id) if one.guardian_id != visits.host(before)]
    teachers = shown.teachers(unit, before)
    if booking.end(unit, visit_id, VisitState.CANCELLED, None, "host_gone"):
        told.ended(unit, before, school, None, "cancelled", guests, teachers)


def away(unit: Unit, person_id: int, starts: int, ends: int, school: SchoolSettings) -> None:
    """Somebody will be away: what was agreed for that time is named to that teacher, so that it can be moved in time."""
    found = lists.during(unit, person_id, starts, ends)
    one = shown.teacher(unit, person_id)
    reach = one.reach
    if not found or reach is None:
        return
    telling.tell(
        unit,
        reach,
        "visit.away_has",
        dedupe_key=None,
        due_at=None,
        buttons=[
            [
                telling.named(
                    unit,
                    reach,
                    f"{telling.when(reach.language, entry.at or 0, school.zone)} {entry.child}",
                    "vmenu",
                    entry.id,
                )
            ]
            for entry in found[:10]
        ],
        count=len(found),
    )
