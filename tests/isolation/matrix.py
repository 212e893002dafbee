"""The role matrix: for each kind of word, who may hear it today. Reckoned from bare rows (facts.py).

What is here follows docs (who may see what), not the code: where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.isolation import matrix_practice as practice
from tests.isolation.canaries import Canary
from tests.isolation.facts import Facts
from tests.isolation.roster import DAY, People


def _message(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["message"].get(of["message"])
    if row is None:
        return False
    pair = f.rows["thread"][row["thread_id"]]
    guardian = pair["guardian_id"] in me and (pair["guardian_id"], pair["pupil_id"]) in f.guards
    mentor = pair["mentor_id"] is None or f.mentor.get(pair["pupil_id"]) == pair["mentor_id"]
    # What nobody had received follows to the next mentor.
    staff = (mentor or (row["by_guardian"] and row["state"] == "queued")) and f.teaches(me, pair["pupil_id"])
    if row["case_id"] is not None and f.on_case(me, row["case_id"]):
        return True
    if row["case_id"] is None and practice.looks(f, me, pair["pupil_id"], pair["guardian_id"]):
        return True
    if row["by_guardian"]:
        return guardian or (staff and row["state"] in ("delivered", "queued", "recalled"))
    return staff or (guardian and row["state"] in ("delivered", "queued", "recalled"))


def _case(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.rows["safety_case"][of["case"]]["state"] != "closed" and f.on_case(me, of["case"])


def _note(f: Facts, me: People, of: dict[str, int]) -> bool:
    sent = any(one["pupil_id"] == of["pupil"] and one["sent_at"] is not None for one in f.lists["written_note"])
    return f.teaches(me, of["pupil"]) or (sent and f.guard(me, of["pupil"]))


def _team(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.in_team(me, of["school_class"])


def _step(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.in_team(me, f.class_of(of["pupil"]))


def _reason(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.guard(me, of["pupil"])


def _own(f: Facts, me: People, of: dict[str, int]) -> bool:
    return bool(me & f.people_of(of["account"]))


def _aim(f: Facts, me: People, of: dict[str, int]) -> bool:
    if "draft" in of:
        return _own(f, me, {"account": of["draft"]})
    return f.visit_staff(me, of["visit"]) or f.visit_guests(me, of["visit"])


def _place(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["visit"][of["visit"]]
    if row["guardian_id"] in me and (row["guardian_id"], row["pupil_id"]) in f.guards:
        return True
    near = (
        row["starts_at"] is not None
        and row["starts_at"] - DAY <= f.now
        and row["state"] in ("confirmed", "in_progress")
    )
    return near and f.visit_staff(me, of["visit"], asked=False)


def _wish(f: Facts, me: People, of: dict[str, int]) -> bool:
    mine = of["guardian"] in me and (of["guardian"], f.rows["visit"][of["visit"]]["pupil_id"]) in f.guards
    return mine or f.visit_staff(me, of["visit"])


def _comment(f: Facts, me: People, of: dict[str, int]) -> bool:
    return of["guardian"] in me and (of["guardian"], f.rows["visit"][of["visit"]]["pupil_id"]) in f.guards


def _record(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.visit_staff(me, of["visit"], asked=False)


def _agreement(f: Facts, me: People, of: dict[str, int]) -> bool:
    if _record(f, me, of) or f.visit_guests(me, of["visit"]):
        return True
    # Whoever goes to the family next is told what was agreed before.
    pupil = f.rows["visit"][of["visit"]]["pupil_id"]
    return any(
        one["pupil_id"] == pupil
        and one["state"] in ("confirmed", "in_progress", "held")
        and f.visit_staff(me, one["id"], asked=False)
        for one in f.lists["visit"]
    )


def _area(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.teaches(me, of["pupil"]) or any(
        f.visit_staff(me, one["id"]) for one in f.lists["visit"] if one["pupil_id"] == of["pupil"]
    )


def _event(f: Facts, me: People, of: dict[str, int]) -> bool:
    asked = any(one["event_id"] == of["event"] and one["person_id"] in me for one in f.lists["event_question"])
    if asked and any(who in me for who, _ in f.guards):
        return True
    row = f.rows["event"][of["event"]]
    if row["state"] in ("announced", "held") and row["audience"] != "guests" and f.has(me, "centre"):
        return True  # what is announced to a class is no secret to the centre, which may point to it in a notice
    return f.runs(me, of["event"]) or (f.event_is_out(of["event"]) and f.invited(me, of["event"]))


def _question(f: Facts, me: People, of: dict[str, int]) -> bool:
    # What one asked is answered to oneself, also where the child has changed the class since.
    return f.runs(me, of["event"]) or (of["asker"] in me and any(who in me for who, _ in f.guards))


def _answer(f: Facts, me: People, of: dict[str, int]) -> bool:
    return _question(f, me, of) or (not of["private"] and f.invited(me, of["event"]))


def _material(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.runs(me, of["event"]) or (bool(of["sent"]) and _event(f, me, of))


def _offer(f: Facts, me: People, of: dict[str, int]) -> bool:
    school = f.rows["school_class"][of["school_class"]]["school_id"]
    return of["person"] in me or f.leads_class(me, of["school_class"]) or f.has(me, "admin", school)


def _notice(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.tends(me, of["notice"]) or f.got(me, of["notice"])


def _slip(f: Facts, me: People, of: dict[str, int]) -> bool:
    return of["person"] in me or f.tends(me, of["notice"])


MATRIX: dict[str, Callable[[Facts, People, dict[str, int]], bool]] = {
    "pupil": lambda f, me, of: f.pupil_known(me, of["pupil"]),
    "guardian": lambda f, me, of: f.guardian_known(me, of["person"]),
    "staff": lambda f, me, of: f.staff_known(me, of["person"]),
    "phone": lambda f, me, of: of["person"] in me,
    "message": _message,
    "version": _message,
    "case": _case,
    "note": _note,
    "touch": _team,
    "decision": _team,
    "step": _step,
    "reason": _reason,
    "draft": _own,
    "composition": _own,
    "event_draft": _own,
    "aim": _aim,
    "place": _place,
    "wish": _wish,
    "comment": _comment,
    "strength": _agreement,
    "agreement": _agreement,
    "record": _record,
    "private": _record,
    "area": _area,
    "event": _event,
    "link": _event,
    "question": _question,
    "answer": _answer,
    "material": _material,
    "offer": _offer,
    "notice": _notice,
    "slip": _slip,
    **practice.MATRIX,
    "template": lambda f, me, of: any(f.is_staff(one) and f.school(one) == of["school"] for one in me),
}
"""For each kind of word: whether these people may hear it."""
SENT_ON = ("draft", "composition", "event_draft", "aim", "note")
"""What its writer may send on: then it is judged like what that one types."""


def may_hear(facts: Facts, chat: int, canary: Canary | None, actor: int) -> bool:
    """Whether this word may go to that chat. No canary: what the actor types."""
    me, writer = facts.people(chat), facts.people(actor)
    if canary is None:
        return (
            chat == actor or facts.account_of_chat(chat) == facts.account_of_chat(actor) or facts.may_write(writer, me)
        )
    if MATRIX[canary.kind](facts, me, canary.of):
        return True
    if canary.kind in SENT_ON and MATRIX[canary.kind](facts, writer, canary.of):
        return facts.may_write(writer, me)
    return False
