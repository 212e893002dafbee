"""What is written in the town: threads with messages in each state, cases, notes, what a team keeps, half-written things."""

from __future__ import annotations

import json
from datetime import timedelta

from models import threads
from models.base import new_id
from models.checklist.tables import ChecklistItem, ChecklistVersion, Composition, Wording
from models.conversation import Body
from models.duties.tables import Form
from models.safeguarding.tables import CaseStep, NoContact, SafetyCase
from models.threads import Held, MessageState
from tests.isolation.people import LINES, ROOM
from tests.isolation.rows import BOT, DAY, Rows

S = MessageState
OLD_LINES = (("P3", "LEFT", "G3"), ("P1", "M5", "G1"), ("P1", "M5", "G2"), ("P3", "M2", "GX"))
"""Threads that were: with a former mentor, with a former guardian."""
_places = iter(range(100, 100_000))


def talk(rows: Rows) -> None:
    """All of it."""
    _checklist(rows)
    lines = [(pupil, mentor, one) for pupil, _, mentor, guardians in LINES for one in guardians if one != "G7"]
    for pupil, mentor, guardian in [*lines, *OLD_LINES]:
        _thread(rows, pupil, mentor, guardian)
    _workspace(rows)
    _cases(rows)
    _half_written(rows)


def _checklist(rows: Rows) -> None:
    names = rows.names
    for school in ("A", "B"):
        version = rows.put(ChecklistVersion, school_id=names[school], number=1, source="default", made_at=rows.now_ms)
        for position, (code, level) in enumerate((("A1", 0), ("B1", 1), ("B2", 2), ("C1", 3), ("D1", 1))):
            names[f"{code}{school}"] = item = rows.put(
                ChecklistItem,
                version_id=version,
                position=position,
                code=code,
                category_zh=f"类{code[0]}",
                category_en=f"Category {code[0]}",
                zh=f"内容{code}",
                en=f"Item {code}",
                about_zh="写一写",
                about_en="Write",
                direction="both",
                cycle="month",
                stages="primary",
                level=level,
            )
            for language in ("zh_CN", "en"):
                rows.put(
                    Wording, item_id=item, stage="primary", language=language, fact="看到的", school="学校", home="家里"
                )


def _thread(rows: Rows, pupil: str, mentor: str | None, guardian: str) -> None:
    names = rows.names
    staff = None if mentor is None else names[mentor]
    thread = rows.put(
        threads.Thread,
        pupil_id=names[pupil],
        guardian_id=names[guardian],
        mentor_id=staff,
        guardian_wrote_at=rows.now_ms - 3_600_000,
        mentor_wrote_at=rows.now_ms - 7_200_000,
    )
    names[f"{pupil}-{guardian}-{mentor}"] = thread
    old = mentor is None or (pupil, mentor, guardian) in OLD_LINES
    states = [(S.DELIVERED, None), (S.HELD, Held.HOURS), (S.REFUSED, None), (S.QUEUED, None)]
    for by_guardian in (True, False):
        if not by_guardian and staff is None:
            continue
        for state, held in [(S.HELD, Held.NO_MENTOR)] if staff is None else states[: 1 if old else 4]:
            _message(rows, thread, by_guardian, names[guardian] if by_guardian else staff, state, held)
    if mentor == "M2" and not old:
        _message(rows, thread, False, names["SUB"], S.DELIVERED, None)
    if staff is not None:
        rows.put(
            threads.Promise,
            thread_id=thread,
            mentor_id=staff,
            since=rows.now_ms - 3_600_000,
            due_at=rows.now_ms + DAY,
        )


def _message(
    rows: Rows, thread: int, by_guardian: bool, author: int | None, state: MessageState, held: Held | None
) -> int:
    message = new_id()
    of = {"thread": thread, "message": message, "by_guardian": int(by_guardian)}
    rows.put(
        threads.Message,
        id=message,
        thread_id=thread,
        by_guardian=by_guardian,
        author_id=author,
        sealed_body=Body(f"{rows.birds.hatch('message', **of)} 今天的作业").to_json(),
        state=state.value,
        held_for=held,
        due_at=rows.now_ms + DAY if held is Held.HOURS else None,
        item_id=rows.names["B1A"],
        item_by="guardian",
        written_at=rows.now - timedelta(minutes=len(rows.of(threads.Message)) + 5),
        edited_at=rows.now_ms - 240_000,
    )
    rows.put(
        threads.Version,
        message_id=message,
        sealed_body=Body(f"{rows.birds.hatch('version', **of)} 改以前").to_json(),
        replaced_at=rows.now_ms - 240_000,
    )
    # Where it stands in each side's chat.
    pair = next(one for one in rows.of(threads.Thread) if one["id"] == thread)
    for person, writes in ((pair["guardian_id"], by_guardian), (pair["mentor_id"], not by_guardian)):
        chat = None if person is None else ROOM if person == rows.names["M2"] else user_of(rows, person)
        if chat is None or (state is not S.DELIVERED and not writes):
            continue
        rows.put(
            threads.Place,
            bot_id=BOT,
            chat_id=chat,
            place_id=next(_places),
            thread_id=thread,
            message_id=message,
            part=0,
            origin=writes,
        )
    return message


def user_of(rows: Rows, person: int) -> int | None:
    """The messenger's account of a person."""
    account = next(one["account_id"] for one in rows.kept["person"] if one["id"] == person)
    return next((one["user_id"] for one in rows.kept["account"] if one["id"] == account), None)


def _workspace(rows: Rows) -> None:
    workspace = rows.put(
        threads.Workspace,
        bot_id=BOT,
        account_id=rows.names["@M2"],
        chat_id=ROOM,
        is_group=True,
        state="on",
        since=rows.now_ms - DAY,
    )
    for number, thread in enumerate(rows.of(threads.Thread)):
        if thread["mentor_id"] == rows.names["M2"]:
            rows.put(
                threads.Topic,
                workspace_id=workspace,
                thread_id=thread["id"],
                number=900 + number,
                made_at=rows.now_ms - DAY,
            )


def _cases(rows: Rows) -> None:
    names = rows.names
    told = {"open": ("M1",), "acknowledged": ("M1", "COUNSELLOR"), "closed": ("M1", "COUNSELLOR", "DUTY")}
    spread = [(state, pupil, guardian) for state in told for pupil, guardian in (("P1", "G1"), ("P1", "G2"))]
    spread += [("open", "P7", "GNC"), ("acknowledged", "PB", "GB")]
    for state, pupil, guardian in spread:
        school = "B" if pupil == "PB" else "A"
        paged = told[state] if pupil == "P1" else ("SUB", "DUTY") if pupil == "P7" else ("MB", "COUNSB")
        case = new_id()
        text = f"{rows.birds.hatch('case', case=case)} 他说不想活了"
        taken = state != "open"
        rows.put(
            SafetyCase,
            id=case,
            school_id=names[school],
            pupil_id=names[pupil],
            by_guardian=True,
            writer_id=names[guardian],
            found_by="signal",
            rule="self_harm",
            state=state,
            outcome="referred" if state == "closed" else None,
            opened_at=rows.now_ms - 3_600_000,
            next_at=rows.now_ms + 600_000 if state == "open" else None,
            acknowledged_at=rows.now_ms - 1_800_000 if taken else None,
            acknowledged_by=names[paged[-1]] if taken else None,
            closed_at=rows.now_ms - 600_000 if state == "closed" else None,
            closed_by=names[paged[-1]] if state == "closed" else None,
            # A closed case keeps nothing; here it would, so that a way that leads to it is found.
            sealed_text=text,
        )
        for number, one in enumerate(paged, 1):
            rows.put(
                CaseStep,
                case_id=case,
                number=number,
                person_id=names[one],
                role="mentor",
                paged_at=rows.now_ms - 3_500_000,
                reached=True,
            )
        if state == "open":
            mentor = {"P1": "M1", "P7": "M2"}[pupil]
            message = _message(rows, names[f"{pupil}-{guardian}-{mentor}"], True, names[guardian], S.HELD, Held.URGENT)
            next(one for one in rows.of(threads.Message) if one["id"] == message)["case_id"] = case
    rows.put(NoContact, person_id=names["GNC"], case_id=None, set_by=names["COUNSELLOR"], since=rows.now_ms - DAY)


def _half_written(rows: Rows) -> None:
    names = rows.names
    for name in ("G1", "M1", "M2", "M4", "G6", "MB"):
        for kind in ("whom", "contact"):
            choice = rows.put(threads.Choice, account_id=names[f"@{name}"], kind=kind, asked_at=rows.now)
            draft = new_id()
            body = Body(f"{rows.birds.hatch('draft', account=names[f'@{name}'])} 还没想好发给谁").to_json()
            rows.put(
                threads.Draft,
                id=draft,
                choice_id=choice,
                sealed_body=json.dumps({"b": body, "p": [next(_places)], "r": None}),
                origin_place_id=next(_places),
                written_at=rows.now,
            )
    for name, pupil in (("M1", "P1-G1"), ("M2", "P2-G1"), ("M3", "P6-G6"), ("MB", "PB-GB")):
        one = new_id()
        rows.put(
            Composition,
            id=one,
            account_id=names[f"@{name}"],
            item_id=names["B1B" if name == "MB" else "B1A"],
            chosen=json.dumps([names[pupil]]),
            sealed_text=f"{rows.birds.hatch('composition', account=names[f'@{name}'])} 写给您",
            step="ready",
            started_at=rows.now_ms - 60_000,
        )
    rows.put(
        Form, account_id=names["@M3"], kind="note", subject_id=names["P6"], extra="", asked_at=rows.now_ms - 60_000
    )
