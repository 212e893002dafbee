"""Booking: a time is chosen, agreed to by whom it needs, and held for everybody who takes part. Nobody is booked twice.

A request holds nothing, a confirmation does. Held time is rows of `busy`, whose key lets one person or pupil be in one
place at a time, whatever two transactions do at once (docs/decisions/0014-held-time-is-a-key.md). The rules that are more
than overlap (the way between two visits, visits in a week) are asked again under a lock on the people's diaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from models.appointments import availability, slots, visits
from models.appointments.diary import lock
from models.appointments.rules import GRAIN, VisitRules
from models.appointments.slots import MINUTE, Wanted
from models.appointments.states import HOLDING, OPEN, OUTSIDE, Form, Purpose, Reply, Says, VisitState
from models.appointments.tables import Visit
from models.unit import Unit, sql

S = VisitState


class Result(StrEnum):
    """What became of a choice."""

    CONFIRMED = "confirmed"
    """It is booked."""
    WAITS_MENTOR = "waits_mentor"
    """A proposal: the mentor has to agree."""
    WAITS_COMPANION = "waits_companion"
    """The second teacher was asked."""
    NEEDS_COMPANION = "needs_companion"
    """A second teacher has to be found first."""
    GONE = "gone"
    """That time is not free (any more)."""
    NOT_HOST = "not_host"
    """The other guardian has chosen a time already."""
    TOO_OFTEN = "too_often"
    """This guardian has asked and changed so often today that teachers must not be asked again."""
    AS_IT_IS = "as_it_is"
    """That is what was agreed, or asked for, already: a second tap on the same button."""
    OVER = "over"
    """The appointment is past that, or the button is of an earlier state."""


_PUPIL = sql("SELECT pupil_id FROM visit WHERE id = :visit")
_HOLD = sql(
    "INSERT INTO busy (subject_id, grain, visit_id) VALUES (:subject, :grain, :visit)"
    " ON CONFLICT (subject_id, grain) DO NOTHING"
)
_OWN = sql("SELECT subject_id, grain FROM busy WHERE visit_id = :visit")
_FREE_ONE = sql("DELETE FROM busy WHERE visit_id = :visit AND subject_id = :subject AND grain = :grain")
_FREE = sql("DELETE FROM busy WHERE visit_id = :visit")
_NO_WAIT = sql("DELETE FROM visit_wait WHERE visit_id = :visit")
_NO_WAIT_OF = sql("DELETE FROM visit_wait WHERE visit_id = :visit AND guardian_id = :guardian")
_NO_OFFER = sql("UPDATE visit_offer SET until = :now WHERE visit_id = :visit AND until > :now")
_REPLIES = sql("UPDATE visit_guest SET reply = :reply WHERE visit_id = :visit AND reply IN ('host', 'joined')")
_CANCEL = (
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND lane IN (-1, 2) AND dedupe_key LIKE :keys"
)
_WITHDRAW = sql(f"{_CANCEL} AND dedupe_key NOT LIKE '%:ended:%' AND dedupe_key NOT LIKE '%:cancel:%'")
_WITHDRAW_ENDS = sql(f"{_CANCEL} AND (dedupe_key LIKE :ended OR dedupe_key LIKE :cancel)")
_TODAY = sql(
    "SELECT COUNT(*) AS many FROM visit v JOIN visit_log l ON l.visit_id = v.id WHERE v.pupil_id = :pupil"
    " AND l.actor_id = :guardian AND l.at > :after"
)
MOST_A_DAY = 30
"""What one guardian may do about one child's appointments in a day: each of it may reach two teachers."""
NO_WISH: dict[str, Any] = {"wish_at": None, "wish_form": None, "wish_by": None, "wish_proposed": False}


def wanted_for(visit: Visit, form: Form, guardian_id: int | None, rules: VisitRules, zone: str) -> Wanted:
    """What a visit looks for: for slots, and to test one of them."""
    needs = rules.needs_companion(Purpose(visit.purpose), form)
    return Wanted(
        school_id=visit.school_id,
        zone=zone,
        purpose=Purpose(visit.purpose),
        form=form,
        pupil_id=visit.pupil_id,
        mentor_id=visit.mentor_id,
        companion_id=visit.companion_id if needs else None,
        guardian_id=guardian_id,
        visit_id=visit.id,
        area_hash=visit.area_hash,
    )


def _alone(unit: Unit, visit_id: int) -> Visit | None:
    """An appointment, read once nobody else can be about to change it: its pupil's diary is locked."""
    row = unit.execute(_PUPIL, visit=visit_id).first()
    if row is None:
        return None
    lock(unit, [row.pupil_id])
    return visits.one(unit, visit_id)


# --- a guardian chooses ---


def choose(
    unit: Unit,
    visit_id: int,
    guardian_id: int,
    form: Form,
    starts_at: int,
    rules: VisitRules,
    zone: str,
    *,
    proposed: bool = False,
) -> Result:
    """A guardian takes an offered time, or proposes one. Rights are the caller's to ask.

    1. Nothing else can happen to the appointment meanwhile; it must still be open, and no other guardian have chosen.
    2. The people's diaries are locked; the time is tested against all that is held and said.
    3. Where somebody has still to agree, it becomes a wish, which holds nothing; otherwise it is booked.
    """
    visit = _alone(unit, visit_id)
    if visit is None or visit.state not in (S.PLANNED, S.INVITED, S.ACCEPTED, S.CONFIRMED):
        return Result.OVER
    if begun(unit, visit):
        # Teachers may be there by now: only they say how it ends.
        return Result.OVER
    host = visits.host(visit)
    if host is not None and host != guardian_id:
        return Result.NOT_HOST
    if _as_it_is(visit, form, starts_at):
        return Result.AS_IT_IS
    after = unit.now_ms - 24 * 60 * MINUTE
    if unit.execute(_TODAY, pupil=visit.pupil_id, guardian=guardian_id, after=after).one().many >= MOST_A_DAY:
        return Result.TOO_OFTEN
    wanted = wanted_for(visit, form, guardian_id, rules, zone)
    lock(unit, slots.twins(unit, [guardian_id, *_bound(visit), *slots.teachers(wanted)]))
    test = slots.possible if proposed else slots.legal
    if not test(unit, wanted, rules, starts_at):
        return Result.GONE
    needs = rules.needs_companion(wanted.purpose, form)
    agreed = visit.companion_says == Says.YES and visit.starts_at == starts_at and visit.companion_id is not None
    if not proposed and (not needs or agreed):
        return _book(unit, visit, guardian_id, form, starts_at, rules)
    says = Says(visit.companion_says)
    if needs and not agreed:
        says = Says.ASKED if visit.companion_id is not None and not proposed else Says.NOBODY
    values: dict[str, Any] = {
        "wish_at": starts_at,
        "wish_form": form.value,
        "wish_by": guardian_id,
        "wish_proposed": proposed,
        "companion_says": says.value if visit.state != S.CONFIRMED or needs else visit.companion_says,
    }
    if visit.state == S.CONFIRMED:
        kept = visits.change(unit, visit_id, (S.CONFIRMED,), **values)
        visits.log(unit, visit_id, guardian_id, "asked_to_move", S.CONFIRMED)
    else:
        kept = visits.move(unit, visit_id, S.ACCEPTED, guardian_id, "proposed" if proposed else "chosen", **values)
    if not kept:
        return Result.OVER
    visits.says(unit, visit_id, guardian_id, Reply.HOST)
    _waits_no_more(unit, visit_id)
    if proposed:
        return Result.WAITS_MENTOR
    return Result.WAITS_COMPANION if says is Says.ASKED else Result.NEEDS_COMPANION


def begun(unit: Unit, visit: Visit) -> bool:
    """Whether the confirmed time has come."""
    return visit.state in HOLDING and visit.starts_at is not None and visit.starts_at <= unit.now_ms


def _as_it_is(visit: Visit, form: Form, starts_at: int) -> bool:
    if visit.wish_at is not None:
        return (visit.wish_at, visit.wish_form) == (starts_at, form.value)
    return visit.state == S.CONFIRMED and (visit.starts_at, visit.form) == (starts_at, form.value)


def _bound(visit: Visit) -> list[int]:
    """The second teacher of before, whose time is let go: locked with the others, so that nothing waits in a ring."""
    return [] if visit.companion_id is None else [visit.companion_id]


def _book(unit: Unit, visit: Visit, guardian_id: int, form: Form, starts_at: int, rules: VisitRules) -> Result:
    """Holds the time for everybody and confirms; the diaries are locked and the time was tested."""
    purpose = Purpose(visit.purpose)
    ends_at = starts_at + rules.length(purpose) * MINUTE
    companion = visit.companion_id if rules.needs_companion(purpose, form) else None
    joined = [one.guardian_id for one in visits.guests(unit, visit.id) if one.reply is Reply.JOINED]
    people = [visit.mentor_id, *([companion] if companion is not None else []), guardian_id]
    children = {visit.pupil_id, *slots.children_of(unit, guardian_id)}
    if not _hold(unit, visit.id, {*slots.twins(unit, people), *children}, starts_at, ends_at):
        return Result.GONE
    for other in joined:
        # Who wanted to come along and cannot at the new time is asked again by the caller.
        if other != guardian_id and not _hold_more(unit, visit.id, slots.twins(unit, [other]), starts_at, ends_at):
            visits.says(unit, visit.id, other, Reply.INVITED)
    done = visits.move(
        unit,
        visit.id,
        S.CONFIRMED,
        guardian_id,
        "moved" if visit.state == S.CONFIRMED else "confirmed",
        only_from=(S(visit.state),),
        starts_at=starts_at,
        ends_at=ends_at,
        form=form.value,
        guardian_id=guardian_id,
        companion_id=companion,
        companion_says=(Says.YES if companion is not None else Says.NOBODY).value,
        confirmed_at=unit.now_ms,
        sequence=visit.sequence + (1 if visit.confirmed_at is not None else 0),
        safety_step=0,
        safety_at=None,
        safe_at=None,
        sealed_place=visit.sealed_place if form in OUTSIDE and visit.guardian_id in (None, guardian_id) else None,
        **NO_WISH,
    )
    if not done:
        raise RuntimeError("the appointment changed under its lock")
    visits.says(unit, visit.id, guardian_id, Reply.HOST)
    _waits_no_more(unit, visit.id)
    withdraw(unit, visit.id, [*people, *joined])
    if visit.starts_at is not None:
        _looked_for(unit, visit)
    return Result.CONFIRMED


def _grains(starts_at: int, ends_at: int) -> range:
    return range(starts_at // (GRAIN * MINUTE), -(-ends_at // (GRAIN * MINUTE)))


def _hold(unit: Unit, visit_id: int, subjects: set[int], starts_at: int, ends_at: int) -> bool:
    """Holds a time for these people and pupils and lets go of what was held before; all or nothing."""
    wanted = {(subject, grain) for subject in sorted(subjects) for grain in _grains(starts_at, ends_at)}
    before = {(row.subject_id, row.grain) for row in unit.execute(_OWN, visit=visit_id)}
    fresh = sorted(wanted - before)
    taken = [
        (subject, grain)
        for subject, grain in fresh
        if unit.write(_HOLD, subject=subject, grain=grain, visit=visit_id) == 1
    ]
    gone = taken if len(taken) < len(fresh) else sorted(before - wanted)
    for subject, grain in gone:
        unit.write(_FREE_ONE, visit=visit_id, subject=subject, grain=grain)
    return len(taken) == len(fresh)


def _hold_more(unit: Unit, visit_id: int, subjects: set[int], starts_at: int, ends_at: int) -> bool:
    """One more who takes part, with all the people that this one is."""
    before = {(row.subject_id, row.grain) for row in unit.execute(_OWN, visit=visit_id)}
    wanted = {(subject, grain) for subject in subjects for grain in _grains(starts_at, ends_at)}
    fresh = sorted(wanted - before)
    taken = [one for one in fresh if unit.write(_HOLD, subject=one[0], grain=one[1], visit=visit_id) == 1]
    if len(taken) == len(fresh):
        return True
    for subject, grain in taken:
        unit.write(_FREE_ONE, visit=visit_id, subject=subject, grain=grain)
    return False


# --- teachers agree, or do not ---


def mentor_agrees(unit: Unit, visit_id: int, mentor_id: int, wish_at: int, rules: VisitRules, zone: str) -> Result:
    """The mentor agrees to a proposed time."""
    visit = _alone(unit, visit_id)
    if visit is None or visit.wish_at != wish_at or not visit.wish_proposed or visit.wish_form is None:
        return Result.OVER
    needs = rules.needs_companion(Purpose(visit.purpose), Form(visit.wish_form))
    same = visit.companion_says == Says.YES and visit.starts_at == wish_at
    says = Says.ASKED if needs and visit.companion_id is not None and not same else Says(visit.companion_says)
    states = (S.ACCEPTED, S.CONFIRMED)
    if not visits.change(unit, visit_id, states, wish_proposed=False, companion_says=says.value):
        return Result.OVER
    visits.log(unit, visit_id, mentor_id, "agreed_to_time", S(visit.state))
    return _book_wish(unit, visit_id, rules, zone)


def ask_companion(unit: Unit, visit_id: int, mentor_id: int, companion_id: int) -> bool:
    """The mentor names who comes along; until that one agrees nothing is confirmed. False where it is too late."""
    visit = _alone(unit, visit_id)
    if visit is None or companion_id == visit.mentor_id:
        return False
    asked = visit.wish_at is not None and not visit.wish_proposed
    states = (S.PLANNED, S.INVITED, S.ACCEPTED) if visit.state != S.CONFIRMED else (S.CONFIRMED,)
    if visit.state == S.CONFIRMED and (visit.wish_at is None or visit.form in OUTSIDE):
        # Who agreed to the confirmed time is not replaced for a wish.
        return False
    says = Says.ASKED if asked else Says.NOBODY
    if not visits.change(unit, visit_id, states, companion_id=companion_id, companion_says=says.value):
        return False
    visits.log(unit, visit_id, mentor_id, "companion_asked", S(visit.state))
    return True


def companion_agrees(
    unit: Unit, visit_id: int, companion_id: int, wish_at: int, rules: VisitRules, zone: str
) -> Result:
    """The second teacher comes along."""
    visit = _alone(unit, visit_id)
    if visit is None or visit.companion_id != companion_id or visit.wish_at != wish_at:
        return Result.OVER
    if visit.companion_says != Says.ASKED:
        return Result.OVER
    if not visits.change(unit, visit_id, (S.ACCEPTED, S.CONFIRMED), companion_says=Says.YES.value):
        return Result.OVER
    visits.log(unit, visit_id, companion_id, "companion_agreed", S(visit.state))
    return _book_wish(unit, visit_id, rules, zone)


def _book_wish(unit: Unit, visit_id: int, rules: VisitRules, zone: str) -> Result:
    """Books what was wished for, if everybody whom it needs has agreed; a wish that is no longer possible is dropped."""
    visit = visits.must(unit, visit_id)
    if visit.wish_at is None or visit.wish_form is None or visit.wish_by is None:
        return Result.OVER
    form = Form(visit.wish_form)
    if visit.wish_proposed:
        return Result.WAITS_MENTOR
    if rules.needs_companion(Purpose(visit.purpose), form):
        if visit.companion_id is None or visit.companion_says in (Says.NOBODY, Says.NO):
            return Result.NEEDS_COMPANION
        if visit.companion_says != Says.YES:
            return Result.WAITS_COMPANION
    wanted = wanted_for(visit, form, visit.wish_by, rules, zone)
    lock(unit, slots.twins(unit, [visit.wish_by, *_bound(visit), *slots.teachers(wanted)]))
    guardian, at = visit.wish_by, visit.wish_at
    if slots.possible(unit, wanted, rules, at):
        result = _book(unit, visit, guardian, form, at, rules)
        if result is Result.CONFIRMED:
            return result
    drop_wish(unit, visit_id, None)
    return Result.GONE


def drop_wish(unit: Unit, visit_id: int, actor: int | None) -> bool:
    """What was asked for cannot be: a confirmed time stays, otherwise the family chooses again."""
    visit = _alone(unit, visit_id)
    if visit is None or visit.wish_at is None:
        return False
    if visit.state == S.CONFIRMED:
        stays = visit.companion_id if visit.form in OUTSIDE else None
        says = Says.YES if stays is not None else Says.NOBODY
        return visits.change(unit, visit_id, (S.CONFIRMED,), companion_id=stays, companion_says=says.value, **NO_WISH)
    done = visits.move(
        unit,
        visit_id,
        S.INVITED,
        actor,
        "wish_dropped",
        only_from=(S.ACCEPTED,),
        companion_says=Says.NOBODY.value,
        **NO_WISH,
    )
    unit.write(_REPLIES, visit=visit_id, reply=Reply.INVITED.value)
    return done


def companion_refuses(unit: Unit, visit_id: int, companion_id: int) -> Result:
    """The second teacher cannot, or can no longer. A confirmed visit is not held by one teacher alone: it waits again."""
    visit = _alone(unit, visit_id)
    if visit is None or visit.companion_id != companion_id or begun(unit, visit):
        return Result.OVER
    if visit.state == S.CONFIRMED and visit.wish_at is not None and visit.companion_says == Says.ASKED:
        # Only the new time was asked about; the old one stands.
        drop_wish(unit, visit_id, companion_id)
        return Result.GONE
    gone: dict[str, Any] = {"companion_id": None, "companion_says": Says.NO.value}
    if visit.state == S.CONFIRMED:
        done = visits.move(
            unit,
            visit_id,
            S.ACCEPTED,
            companion_id,
            "companion_left",
            only_from=(S.CONFIRMED,),
            starts_at=None,
            ends_at=None,
            wish_at=visit.starts_at,
            wish_form=visit.form,
            wish_by=visit.guardian_id,
            wish_proposed=False,
            sequence=visit.sequence + 1,
            **gone,
        )
        release(unit, visit)
    else:
        done = visits.change(unit, visit_id, (S.PLANNED, S.INVITED, S.ACCEPTED), **gone)
        visits.log(unit, visit_id, companion_id, "companion_refused", S(visit.state))
    return Result.NEEDS_COMPANION if done else Result.OVER


# --- out of it ---


def release(unit: Unit, visit: Visit) -> None:
    """Lets go of held time; what was to be said about that time is not said any more."""
    unit.write(_FREE, visit=visit.id)
    withdraw(unit, visit.id)
    _looked_for(unit, visit)


def withdraw(unit: Unit, visit_id: int, people: Sequence[int] = ()) -> None:
    """What has not gone out yet and is no longer true will not: reminders, and what was agreed before.

    That a time is off is still told: somebody may have been told of it, and would go. Only these `people`, who hear of
    another time now, need not.
    """
    unit.flush()
    keys = f"visit:{visit_id}:%"
    unit.write(_WITHDRAW, keys=keys, now=unit.now_ms)
    for one in people:
        unit.write(_WITHDRAW_ENDS, keys=keys, ended=f"%:ended:{one}", cancel=f"%:cancel:{one}", now=unit.now_ms)


def _looked_for(unit: Unit, visit: Visit) -> None:
    for person in sorted({visit.mentor_id, visit.companion_id or visit.mentor_id}):
        availability.look(unit, person)


def _waits_no_more(unit: Unit, visit_id: int) -> None:
    unit.write(_NO_WAIT, visit=visit_id)
    unit.write(_NO_OFFER, visit=visit_id, now=unit.now_ms)


def reopen(unit: Unit, visit_id: int, actor: int, what: str) -> bool:
    """The time does not hold any more, the family chooses again: the mentor cannot then, or another form is wanted."""
    visit = _alone(unit, visit_id)
    if visit is None or visit.state not in (S.ACCEPTED, S.CONFIRMED) or begun(unit, visit):
        return False
    done = visits.move(
        unit,
        visit_id,
        S.INVITED,
        actor,
        what,
        only_from=(S.ACCEPTED, S.CONFIRMED),
        starts_at=None,
        ends_at=None,
        guardian_id=None,
        form=None,
        companion_says=Says.NOBODY.value,
        sealed_place=None,
        sequence=visit.sequence + (1 if visit.state == S.CONFIRMED else 0),
        **NO_WISH,
    )
    if done:
        release(unit, visit)
        unit.write(_REPLIES, visit=visit_id, reply=Reply.INVITED.value)
    return done


def end(unit: Unit, visit_id: int, to: VisitState, actor: int | None, why: str = "") -> bool:
    """Calls it off (CANCELLED), takes the family's no (DECLINED), or notes that nobody was there (NO_SHOW)."""
    visit = _alone(unit, visit_id)
    if visit is None or to not in (S.CANCELLED, S.DECLINED, S.NO_SHOW):
        return False
    done = visits.move(
        unit,
        visit_id,
        to,
        actor,
        to.value,
        ended_at=unit.now_ms,
        why=why,
        sealed_place=None,
        sequence=visit.sequence + 1,
        **NO_WISH,
    )
    if done:
        release(unit, visit)
        _waits_no_more(unit, visit_id)
    return done


def decline(unit: Unit, visit_id: int, guardian_id: int) -> bool | None:
    """A guardian does not want one: no reason is asked for. True where with it the whole family has declined.

    None where it is too late to decline (a confirmed one is called off instead).
    """
    visit = _alone(unit, visit_id)
    if visit is None or visit.state not in (S.PLANNED, S.INVITED, S.ACCEPTED):
        return None
    visits.says(unit, visit_id, guardian_id, Reply.DECLINED)
    if unit.write(_NO_WAIT_OF, visit=visit_id, guardian=guardian_id):
        unit.write(_NO_OFFER, visit=visit_id, now=unit.now_ms)
    if visit.state == S.ACCEPTED and visit.wish_by == guardian_id:
        drop_wish(unit, visit_id, guardian_id)
        visits.says(unit, visit_id, guardian_id, Reply.DECLINED)
    if any(one.reply is not Reply.DECLINED for one in visits.guests(unit, visit_id)):
        return False
    return end(unit, visit_id, S.DECLINED, guardian_id)


def join(unit: Unit, visit_id: int, guardian_id: int) -> Result:
    """The other guardian comes along at the time that was agreed."""
    visit = _alone(unit, visit_id)
    if visit is None or visit.state != S.CONFIRMED or visit.starts_at is None or visit.ends_at is None:
        return Result.OVER
    if visit.guardian_id == guardian_id:
        return Result.CONFIRMED
    people = slots.twins(unit, [guardian_id])
    lock(unit, people)
    if not _hold_more(unit, visit_id, people, visit.starts_at, visit.ends_at):
        return Result.GONE
    visits.says(unit, visit_id, guardian_id, Reply.JOINED)
    visits.log(unit, visit_id, guardian_id, "joined", S.CONFIRMED)
    return Result.CONFIRMED


_NOT_ALONG = sql(
    "UPDATE visit_guest SET reply = :reply WHERE visit_id = :visit AND guardian_id = :guardian AND reply = 'joined'"
)
_NO_SUBJECT = sql("DELETE FROM busy WHERE visit_id = :visit AND subject_id = :subject")


def leave(unit: Unit, visit_id: int, guardian_id: int) -> None:
    """Who came along does not; the visit stays as it is."""
    visit = _alone(unit, visit_id)
    if visit is None or unit.write(_NOT_ALONG, visit=visit_id, guardian=guardian_id, reply=Reply.INVITED.value) != 1:
        return
    for one in slots.twins(unit, [guardian_id]):
        unit.write(_NO_SUBJECT, visit=visit_id, subject=one)
    visits.log(unit, visit_id, guardian_id, "left_out", S(visit.state))


# --- who is no longer there ---

_ORPHANS = sql(
    "SELECT v.id, v.state, v.mentor_id, m.mentor_id AS now_id FROM visit v"
    " LEFT JOIN mentorship m ON m.pupil_id = v.pupil_id AND m.until IS NULL"
    # All open ones in the index's own words, so that it is used: what is over grows from term to term.
    " JOIN pupil p ON p.id = v.pupil_id WHERE v.state IN ({}) AND v.state <> 'in_progress' AND (m.mentor_id IS NULL"
    " OR m.mentor_id <> v.mentor_id OR p.ended_at IS NOT NULL) ORDER BY v.pupil_id LIMIT 100".format(
        ", ".join(f"'{one.value}'" for one in OPEN)
    )
)


_HOSTLESS = sql(
    "SELECT v.id FROM visit v WHERE v.state IN ({}) AND v.state IN ('accepted', 'confirmed') AND (NOT EXISTS"
    " (SELECT 1 FROM guardianship g JOIN person p ON p.id = g.person_id AND p.ended_at IS NULL"
    " WHERE g.pupil_id = v.pupil_id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " AND g.person_id = COALESCE(v.guardian_id, v.wish_by)) OR EXISTS (SELECT 1 FROM no_contact n"
    " WHERE n.until IS NULL AND n.person_id = COALESCE(v.guardian_id, v.wish_by)))"
    " AND (v.starts_at IS NULL OR v.starts_at > :now) ORDER BY v.pupil_id LIMIT 100".format(
        ", ".join(f"'{one.value}'" for one in OPEN)
    )
)
_ALONE = sql(
    "SELECT v.id, v.companion_id FROM visit v JOIN person c ON c.id = v.companion_id AND c.ended_at IS NOT NULL"
    " WHERE v.state IN ({}) AND (v.starts_at IS NULL OR v.starts_at > :now) ORDER BY v.pupil_id LIMIT 100".format(
        ", ".join(f"'{one.value}'" for one in OPEN)
    )
)


def hostless(unit: Unit) -> list[int]:
    """Appointments whose host is no guardian of today any more, or must not be contacted: nobody goes to that home."""
    return [row.id for row in unit.execute(_HOSTLESS, now=unit.now_ms)]


def alone(unit: Unit) -> list[tuple[int, int]]:
    """Appointments whose second teacher has left the school, with that one."""
    return [(row.id, row.companion_id) for row in unit.execute(_ALONE, now=unit.now_ms)]


def orphans(unit: Unit) -> list[int]:
    """Appointments whose mentorship has ended; the family and the next mentor begin anew."""
    return [row.id for row in unit.execute(_ORPHANS)]
