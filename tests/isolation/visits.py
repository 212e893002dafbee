"""The town's appointments: for each child one in each state, with all that may hang on one."""

from __future__ import annotations

from datetime import timedelta

import orjson

from models.appointments import tables as t
from models.appointments.states import HOLDING, OPEN, Form, Purpose, Reply, Says, VisitState
from models.base import new_id
from tests.isolation.people import LINES
from tests.isolation.rows import BOT, DAY, MINUTE, Rows
from tests.isolation.talk import user_of

S = VisitState
OVER = (S.HELD, S.AGREED, S.FOLLOWED_UP, S.CLOSED)


def visits(rows: Rows) -> None:
    """Visits, set hours, free times."""
    names = rows.names
    for teacher in ("M1", "M2", "M3", "M4", "M5", "MB"):
        for weekday in range(5):
            for purpose in Purpose:
                rows.put(
                    t.Availability,
                    person_id=names[teacher],
                    purpose=purpose.value,
                    weekday=weekday,
                    begins=970,
                    ends=1140,
                )
    for number, (pupil, label, mentor, guardians) in enumerate(LINES):
        if mentor is None:
            continue
        companion = None if mentor == "MB" else "M5" if mentor == "M1" else "M1"
        going = OPEN[(number + 3) % len(OPEN)]
        for state in (going, *OVER, S.DECLINED, S.CANCELLED, S.NO_SHOW):
            _visit(rows, pupil, label[0], mentor, companion, guardians, state, number)
        word = rows.birds.hatch("area", pupil=names[pupil])
        rows.put(
            t.PupilArea,
            pupil_id=names[pupil],
            sealed_name=f"{word}小区",
            area_hash=rows.vault.lookup("area", word),
            at=rows.now_ms,
        )
    word = rows.birds.hatch("aim", draft=names["@M1"])
    rows.put(
        t.VisitDraft,
        account_id=names["@M1"],
        pupils=str(names["P1"]),
        aim="own",
        sealed_aim=f"{word} 聊聊",
        companion_id=names["M5"],
        at=rows.now_ms,
    )


def _visit(
    rows: Rows,
    pupil: str,
    school: str,
    mentor: str,
    companion: str | None,
    guardians: tuple[str, ...],
    state: VisitState,
    number: int,
) -> None:
    names, visit = rows.names, new_id()
    timed = state in (*HOLDING, *OVER, S.NO_SHOW)
    at = rows.now_ms + (number + 1) * 3_600_000 if state is S.CONFIRMED else rows.now_ms - number * 3_600_000 - DAY
    if state is S.IN_PROGRESS:
        at = rows.now_ms - 10 * MINUTE
    if state is S.CLOSED:
        at = rows.now_ms - 60 * DAY  # the second teacher has no part in it any more
    of = {"visit": visit}
    rows.put(
        t.Visit,
        id=visit,
        school_id=names[school],
        pupil_id=names[pupil],
        purpose="visit",
        state=state.value,
        aim="own",
        sealed_aim=f"{rows.birds.hatch('aim', **of)} 认识一下",
        mentor_id=names[mentor],
        companion_id=None if companion is None else names[companion],
        companion_says=(
            # Who is named in an invitation is asked once the family has chosen, and sees nothing before.
            Says.NOBODY
            if companion is None or state is S.INVITED
            else Says.ASKED
            if state in (S.PLANNED, S.ACCEPTED)
            else Says.YES
        ).value,
        guardian_id=names[guardians[0]] if state is not S.INVITED else None,
        form=Form.HOME.value if timed else None,
        starts_at=at if timed else None,
        ends_at=at + 40 * MINUTE if timed else None,
        wish_at=rows.now_ms + 2 * DAY if state is S.ACCEPTED else None,
        wish_form=Form.HOME.value if state is S.ACCEPTED else None,
        wish_by=names[guardians[0]] if state is S.ACCEPTED else None,
        confirmed_at=rows.now_ms - 2 * DAY if timed else None,
        sealed_place=orjson.dumps(
            {"form": "home", "text": f"{rows.birds.hatch('place', **of)} 路 5 号", "latitude": None, "longitude": None}
        ).decode()
        if timed
        else None,
        arrived_at=rows.now_ms - 5 * MINUTE if state is S.IN_PROGRESS else None,
        ended_at=None if state in OPEN else at if state is S.CLOSED else rows.now_ms - DAY,
        follow_up_on=rows.now.date() + timedelta(days=2) if state in (S.HELD, S.AGREED) else None,
        follow_up_by=names[mentor] if state in (S.HELD, S.AGREED) else None,
        created_at=rows.now_ms - 3 * DAY,
    )
    for place, guardian in enumerate(guardians):
        guest = new_id()
        mine = {**of, "guardian": names[guardian]}
        rows.put(
            t.VisitGuest,
            id=guest,
            visit_id=visit,
            guardian_id=names[guardian],
            reply=(Reply.INVITED if state is S.INVITED else Reply.HOST if place == 0 else Reply.DECLINED).value,
            topics="B1",
            sealed_wish=f"{rows.birds.hatch('wish', **mine)} 想聊作业",
            at=rows.now_ms - DAY,
        )
        answer = new_id()
        rows.put(
            t.VisitAnswer,
            id=answer,
            visit_id=visit,
            guardian_id=names[guardian],
            question="glad",
            sealed_text=f"{rows.birds.hatch('wish', **mine)} 很开心",
            at=rows.now_ms - DAY,
        )
        if state in OVER:
            rows.put(
                t.VisitFeedback,
                visit_id=visit,
                guardian_id=names[guardian],
                stars=4,
                sealed_comment=f"{rows.birds.hatch('comment', **mine)} 谢谢",
                at=rows.now_ms - 600_000,
            )
    rows.put(t.VisitLog, visit_id=visit, at=rows.now_ms - DAY, actor_id=names[mentor], what="invited", state="invited")
    if timed and state is not S.NO_SHOW:
        _after(rows, visit, pupil, mentor, guardians, state)
    if state in HOLDING:
        chat = user_of(rows, names[mentor])
        rows.put(t.VisitShown, visit_id=visit, bot_id=BOT, chat_id=chat, place_id=50_000 + number, at=rows.now_ms)
    if state is S.INVITED:
        rows.put(
            t.VisitWait,
            visit_id=visit,
            mentor_id=names[mentor],
            guardian_id=names[guardians[0]],
            since=rows.now_ms - DAY,
        )


def _after(rows: Rows, visit: int, pupil: str, mentor: str, guardians: tuple[str, ...], state: VisitState) -> None:
    names, of = rows.names, {"visit": visit}
    if state is S.CONFIRMED:
        return

    def hatched(kind: str) -> str:
        return f"{rows.birds.hatch(kind, **of)} 写着"

    plain = {
        "kind": [["routine"], ""],
        "strong": [["kind"], hatched("strength")],
        "daily": [[], hatched("record")],
        "worry": [[], hatched("record")],
        "school": [[], hatched("agreement")],
        "family": [[], hatched("agreement")],
    }
    rows.put(
        t.VisitRecord,
        visit_id=visit,
        sealed_plain=orjson.dumps({"answers": plain}).decode(),
        sealed_private=orjson.dumps(
            {"answers": {"care": [[], hatched("private")]}, "writers": [names[mentor]]}
        ).decode(),
        step="worry",
        begun_at=rows.now_ms - 600_000,
        saved_at=rows.now_ms - 500_000,
        finished_at=None if state is S.IN_PROGRESS else rows.now_ms - 400_000,
        finished_by=None if state is S.IN_PROGRESS else names[mentor],
    )
    if state is S.IN_PROGRESS:
        return
    agreed = state is not S.HELD
    for number in (1, 2):
        row = new_id()
        rows.put(
            t.Agreement,
            id=row,
            visit_id=visit,
            pupil_id=names[pupil],
            number=number,
            sealed_school=hatched("agreement"),
            sealed_family=hatched("agreement"),
            state="replaced" if number == 1 else "confirmed" if agreed else "proposed",
            by_person=names[mentor],
            at=rows.now_ms - 300_000,
            confirmed_by=names[guardians[0]] if agreed and number == 2 else None,
            confirmed_at=rows.now_ms - 200_000 if agreed and number == 2 else None,
        )
