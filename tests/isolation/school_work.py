"""What the town's teachers keep: written notes, marks, the log of looks, what a team says and decides."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle

from models.base import new_id
from models.checklist.tables import ItemMark
from models.duties.tables import DutyMark, Note
from models.people import Access
from models.team.tables import Decision, Review, Touch, TouchHour
from tests.isolation.people import CHIEFS, LINES
from tests.isolation.rows import DAY, Rows


def school_work(rows: Rows) -> None:
    """All of it."""
    _duties(rows)
    _teams(rows)


def _duties(rows: Rows) -> None:
    names, sent = rows.names, cycle((None, rows.now_ms - DAY))
    for pupil, label, mentor, _ in LINES:
        if mentor is None:
            continue
        school = label[0]
        note, at = new_id(), next(sent)
        rows.put(
            Note,
            id=note,
            pupil_id=names[pupil],
            term_id=names[f"term{school}"],
            mentor_id=names[mentor],
            sealed_text=f"{rows.birds.hatch('note', pupil=names[pupil], sent=int(at is not None))} 你很认真",
            sent_at=at,
            written_at=rows.now_ms - 2 * DAY,
        )
        rows.put(
            ItemMark,
            pupil_id=names[pupil],
            term_id=names[f"term{school}"],
            code="D1",
            state="done",
            person_id=names[mentor],
            at=rows.now_ms - DAY,
        )
        for code, state in (("family_contact", "done"), ("pupil_talk", "snoozed")):
            rows.put(
                DutyMark,
                school_id=names[school],
                code=code,
                subject_id=names[pupil],
                state=state,
                on_day=rows.now.date() - timedelta(days=3),
                until=rows.now.date() + timedelta(days=3) if state == "snoozed" else None,
                person_id=names[mentor],
                at=rows.now_ms - 3 * DAY,
            )
        rows.put(
            Access,
            person_id=names["ADMIN" if school == "A" else "ADMINB"],
            pupil_id=names[pupil],
            what="thread",
            sealed_reason=f"{rows.birds.hatch('reason', pupil=names[pupil])} 家长来电",
            at=rows.now_ms - DAY,
        )


def _teams(rows: Rows) -> None:
    names = rows.names
    for label, chief in CHIEFS.items():
        rows.put(TouchHour, school_class_id=names[label], minute=1020, person_id=names[chief])
        members = {mentor for _, one, mentor, _ in LINES if one == label and mentor is not None} | {chief}
        for mentor in sorted(members):
            touch = new_id()
            rows.put(
                Touch,
                id=touch,
                school_class_id=names[label],
                person_id=names[mentor],
                day=rows.now.date(),
                sealed_note=f"{rows.birds.hatch('touch', school_class=names[label], person=names[mentor])} 一切都好",
                at=rows.now_ms - 600_000,
            )
            decision = new_id()
            word = rows.birds.hatch("decision", school_class=names[label], person=names[mentor])
            rows.put(
                Decision,
                id=decision,
                school_class_id=names[label],
                sealed_text=f"{word} 联系家里",
                owner_id=names[mentor],
                due_on=rows.now.date() + timedelta(days=3),
                made_by=names[chief],
                made_at=rows.now_ms - DAY,
            )
    for pupil, label, own, _ in LINES:
        for month in range(2):
            review = new_id()
            rows.put(
                Review,
                id=review,
                pupil_id=names[pupil],
                month=(rows.now.date().replace(day=1) - timedelta(days=month * 15)).replace(day=1),
                level=month,
                sealed_step=f"{rows.birds.hatch('step', pupil=names[pupil])} 下一步",
                person_id=names[own or CHIEFS[label]],
                at=rows.now_ms - DAY,
            )
