"""The town's files: what stands in a pupil's file, its goals, and what a family hands over."""

from __future__ import annotations

from models.base import new_id
from models.people import Mentorship
from models.pupil_file import tables as f
from tests.isolation.people import LINES
from tests.isolation.rows import DAY, Rows


def files(rows: Rows) -> None:
    """A file for each pupil who has a mentor."""
    names = rows.names
    kept = rows.of(Mentorship)
    for number, (pupil, label, mentor, guardians) in enumerate(LINES):
        now = next((one for one in kept if one["pupil_id"] == names[pupil] and one["until"] is None), None)
        if now is None or mentor is None:
            continue
        old = next((one for one in kept if one["pupil_id"] == names[pupil] and one["until"] is not None), now)
        rows.put(f.PupilFile, pupil_id=names[pupil], mentorship_id=now["id"], begun_at=rows.now_ms - 60 * DAY)
        for mentorship, author, shown, level in (
            (now["id"], mentor, True, 1),
            (now["id"], mentor, False, 2),
            (old["id"], mentor, True, 1),
            (now["id"], guardians[0], True, 1),
        ):
            row = new_id()
            rows.put(
                f.FileEntry,
                id=row,
                pupil_id=names[pupil],
                mentorship_id=mentorship,
                kind="strength",
                level=level,
                shown=shown,
                sealed_text=f"{rows.birds.hatch('entry', entry=row)} 爱画画",
                author_id=names[author],
                by_guardian=author in guardians,
                at=rows.now_ms - 20 * DAY,
            )
        for state, by in (("with_family", mentor), ("with_mentor", guardians[0]), ("agreed", mentor)):
            goal = new_id()
            rows.put(
                f.FileGoal,
                id=goal,
                pupil_id=names[pupil],
                term_id=names[f"term{label[0]}"],
                mentorship_id=now["id"],
                state=state,
                sealed_text=f"{rows.birds.hatch('goal', goal=goal)} 每天读书",
                by_person=names[by],
                agreed_at=rows.now_ms - 9 * DAY if state == "agreed" else None,
                at=rows.now_ms - 10 * DAY,
            )
        for by in (mentor, guardians[0]):
            word = f"{rows.birds.hatch('look back', goal=goal, person=names[by])} 做到了"
            rows.put(
                f.GoalReview,
                goal_id=goal,
                person_id=names[by],
                by_guardian=by != mentor,
                result="partly",
                sealed_words=rows.vault.seal("file_goal_review", goal, f"words of {names[by]}", word),
                at=rows.now_ms - 2 * DAY,
            )
        _handover(rows, pupil, now["id"], guardians, ("with_family", "consented", "received", "declined")[number % 4])


def _handover(rows: Rows, pupil: str, mentorship: int, guardians: tuple[str, ...], state: str) -> None:
    names, card = rows.names, new_id()
    went = state in ("consented", "received")
    rows.put(
        f.Handover,
        id=card,
        pupil_id=names[pupil],
        mentorship_id=mentorship,
        origin="file",
        sealed_from="学校C",
        state=state,
        made_at=rows.now_ms - 5 * DAY,
        closes_at=rows.now_ms + 5 * DAY,
        consented_at=rows.now_ms - DAY if went else None,
        received_at=rows.now_ms - 600_000 if state == "received" else None,
    )
    if state != "with_family":
        rows.put(f.HandoverAnswer, handover_id=card, person_id=names[guardians[0]], passes=went, at=rows.now_ms - DAY)
    for number, (level, owner, struck) in enumerate(
        ((1, None, False), (1, guardians[0], False), (1, None, True), (2, None, False))
    ):
        item = new_id()
        rows.put(
            f.HandoverItem,
            id=item,
            handover_id=card,
            number=number,
            kind="strength",
            level=level,
            owner_id=names[owner] if owner else None,
            sealed_text=f"{rows.birds.hatch('item', item=item)} 喜欢动手",
            at=rows.now_ms - 30 * DAY,
        )
        if struck:
            rows.put(f.HandoverPick, item_id=item, person_id=names[guardians[0]], goes=False)
