"""What the town holds for many: events of each kind and state with all that hangs on them; notices are in notices.py."""

from __future__ import annotations

import json
from datetime import timedelta

import orjson

from models.base import new_id
from models.events import tables as e
from models.events.states import EventState
from tests.isolation.people import CHIEFS
from tests.isolation.rows import DAY, Rows

S = EventState
HOSTS = (
    # kind, audience, host, class, pupil, guests, speaker
    ("parent_class", "classes", "M1", "A1", None, (), None),
    ("parent_class", "classes", "M3", "A2", None, (), "G6"),
    ("parent_class", "classes", "MB", "B1", None, (), None),
    ("growth_group", "families", "M2", None, None, (), None),
    ("family_meeting", "families", "M1", None, None, (), None),
    ("consultation", "guests", "M1", None, "P1", ("G1", "M4", "COUNSELLOR"), None),
    ("consultation", "guests", "MB", None, "PB", ("GB", "COUNSB"), None),
    ("training", "staff", "ADMIN", None, None, (), None),
)


def many(rows: Rows) -> None:
    """All of it."""
    for number, (kind, audience, host, label, pupil, guests, speaker) in enumerate(HOSTS):
        for ahead, state in enumerate(S):
            _event(rows, number, ahead, state, kind, audience, host, label, pupil, guests, speaker)
    _rota(rows)
    _drafts(rows)


def _event(
    rows: Rows,
    number: int,
    ahead: int,
    state: EventState,
    kind: str,
    audience: str,
    host: str,
    label: str | None,
    pupil: str | None,
    guests: tuple[str, ...],
    speaker: str | None,
) -> None:
    names, event = rows.names, new_id()
    over = state in (S.HELD, S.NOT_HELD)
    at = rows.now_ms + (DAY * (2 + ahead) + number * 3_600_000) * (-1 if over else 1)
    if state is S.ANNOUNCED and number % 2:
        at = rows.now_ms - 600_000
    month = rows.now.date().replace(day=1)
    school = names["B" if host in ("MB",) else "A"]
    of = {"event": event}

    def hatched(what: str, **more: int) -> str:
        return f"{rows.birds.hatch(what, **of, **more)} 写着"

    rows.put(
        e.Event,
        id=event,
        school_id=school,
        kind=kind,
        state=state.value,
        audience=audience,
        host_id=names[host],
        speaker_id=names[speaker] if speaker else None,
        sealed_speaker=hatched("event") if number == 0 else None,
        topic="own",
        sealed_topic=hatched("event"),
        starts_at=at,
        ends_at=at + 3_600_000,
        form="both",
        sealed_place=hatched("event"),
        sealed_link=f"https://example.org/{hatched('link')}".split()[0],
        capacity=30,
        class_id=names[label] if label else None,
        month=(month + timedelta(days=31 * (ahead + 1))).replace(day=1) if label else None,
        pupil_id=names[pupil] if pupil else None,
        created_by=names[host],
        created_at=rows.now_ms - 9 * DAY,
    )
    if label:
        rows.put(e.EventClass, event_id=event, class_id=names[label])
    for one in guests:
        rows.put(e.EventGuest, event_id=event, person_id=names[one])
    if state is S.PROPOSED:
        return
    come = {"A1": ("G1", "G3"), "A2": ("G6",), "B1": ("GB",)}.get(label or "", guests or ("G1",))
    for one in come:
        rows.put(e.EventReply, event_id=event, person_id=names[one], reply="come", since=rows.now_ms, at=rows.now_ms)
        if over:
            rows.put(e.EventFeedback, event_id=event, person_id=names[one], helped=4, usable=2, at=rows.now_ms)
    for private in (False, True):
        row, asker = new_id(), names[come[0]]
        rows.put(
            e.EventQuestion,
            id=row,
            event_id=event,
            person_id=asker,
            sealed_text=hatched("question", asker=asker),
            private=private,
            sealed_answer=hatched("answer", asker=asker, private=int(private)) if over else None,
            at=rows.now_ms - DAY,
        )
    for sending in (None, 1):
        row = new_id()
        rows.put(
            e.EventMaterial,
            id=row,
            event_id=event,
            sealed_piece=orjson.dumps(
                {"text": hatched("material", sent=sending or 0), "spans": [], "media": None}
            ).decode(),
            by_id=names[host],
            round=sending,
            at=rows.now_ms - DAY,
        )


def _rota(rows: Rows) -> None:
    names = rows.names
    for school, admin in (("A", "ADMIN"), ("B", "ADMINB")):
        rows.put(
            e.Rota,
            school_id=names[school],
            term_id=names[f"term{school}"],
            made_by=names[admin],
            made_at=rows.now_ms - 5 * DAY,
            sent_at=rows.now_ms - 4 * DAY,
        )
    rows.put(e.RotaWish, person_id=names["M2"], month=rows.now.date().replace(day=1), wish="cannot")
    for label, guardian in (("A1", "G1"), ("A1", "G4"), ("A2", "G6"), ("B1", "GB")):
        for state in ("open", "approved", "declined"):
            row = new_id()
            word = rows.birds.hatch("offer", school_class=names[label], person=names[guardian])
            rows.put(
                e.SpeakerOffer,
                id=row,
                class_id=names[label],
                person_id=names[guardian],
                sealed_about=f"{word} 讲急救",
                state=state,
                decided_by=None if state == "open" else names[CHIEFS[label]],
                at=rows.now_ms - DAY,
            )


def _drafts(rows: Rows) -> None:
    names = rows.names
    for name, kind, pupil in (("M1", "consultation", "P1"), ("M2", "growth_group", None), ("MB", "parent_class", None)):
        row = new_id()
        account = names[f"@{name}"]
        content = {
            "id": row,
            "kind": kind,
            "school_id": names["B" if name == "MB" else "A"],
            "host_id": names[name],
            "classes": [names["B1"]] if name == "MB" else [],
            "pupil_id": names[pupil] if pupil else None,
            "guests": [names["G1"]] if pupil else [],
            "whom_said": False,
            "day": (rows.now.date() + timedelta(days=12)).isoformat(),
            "minute": None,
            "form": None,
            "place": f"{rows.birds.hatch('event_draft', account=account)} 教室",
            "topic": "own",
            "own_topic": f"{rows.birds.hatch('event_draft', account=account)} 睡眠",
            "limit": None,
            "first_id": None,
        }
        rows.put(
            e.EventDraft,
            seal_as=row,
            account_id=account,
            id=row,
            sealed_content=json.dumps(content, ensure_ascii=False),
            at=rows.now_ms - 60_000,
        )
