"""The other half of the role matrix: whose act may change a row. Reckoned from the row's own columns and the facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.isolation import matrix_practice as practice
from tests.isolation.facts import Facts
from tests.isolation.roster import People

Row = dict[str, Any]
UNCHECKED = {"outbox", "inbox", "bot", "lease", "key_mark", "access_chain", "diary"}
"""What was queued is judged by what it says; a chain's head moves with its lines; a diary is a lock and nothing else."""
MARKS = {
    "absence": {"started_told", "ended_told"},
    "visit_wait": {"look", "looked_on"},
    "event": {"version"},
    "match_round": {"version"},
    "directory_card": {"taken"},
}
"""Columns by which the clock finds what to look at again, or whoever changes something takes a row: nobody's data."""


def _pupil(f: Facts, me: People, pupil: int) -> bool:
    return pupil in f.rows["pupil"] and (f.guard(me, pupil) or f.staff_of(me, pupil))


def _thread(f: Facts, me: People, thread: int) -> bool:
    row = f.rows["thread"].get(thread)
    if row is None:
        return False
    guardian = row["guardian_id"] in me and (row["guardian_id"], row["pupil_id"]) in f.guards
    return guardian or f.teaches(me, row["pupil_id"])


def _message(f: Facts, me: People, message: int | None) -> bool:
    row = f.rows["message"].get(message or 0)
    if row is None:
        return False
    return _thread(f, me, row["thread_id"]) or (row["case_id"] is not None and f.on_case(me, row["case_id"]))


def _visit(f: Facts, me: People, visit: int) -> bool:
    row = f.rows["visit"].get(visit)
    return row is not None and (
        f.visit_staff(me, visit)
        or f.visit_guests(me, visit)
        or row["mentor_id"] in me
        or f.has(me, "duty_leader", row["school_id"])
    )


def _event(f: Facts, me: People, event: int) -> bool:
    return event in f.rows["event"] and (f.runs(me, event) or f.invited(me, event))


def _notice(f: Facts, me: People, notice: int) -> bool:
    return notice in f.rows["notice"] and (f.tends(me, notice) or f.got(me, notice))


def _class(f: Facts, me: People, group: int) -> bool:
    return f.in_team(me, group) or f.has(me, "admin", f.rows["school_class"][group]["school_id"])


def _case(f: Facts, me: People, case: int) -> bool:
    row = f.rows["safety_case"].get(case)
    return row is not None and (f.on_case(me, case) or row["writer_id"] in me)


_PERSONS = (
    "person_id",
    "guardian_id",
    "mentor_id",
    "author_id",
    "host_id",
    "substitute_id",
    "made_by",
    "set_by",
    "by_person",
)


def _by_columns(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """Every relation that the row names has to be the actor's; what names none may be changed by nobody."""
    checks: list[bool] = []
    for name, check in (
        ("thread_id", _thread),
        ("visit_id", _visit),
        ("event_id", _event),
        ("notice_id", _notice),
        ("case_id", _case),
        ("message_id", _message),
    ):
        if row.get(name) is not None:
            checks.append(check(f, me, row[name]))
    # Who has part in a visit has it in what hangs on the visit, whoever's pupil that is.
    if not checks and row.get("pupil_id") is not None:
        checks.append(_pupil(f, me, row["pupil_id"]))
    if not checks and row.get("school_class_id") is not None:
        checks.append(_class(f, me, row["school_class_id"]))
    if checks:
        return all(checks)
    if row.get("account_id") is not None:
        return bool(row["account_id"] == account)
    people = [row[name] for name in _PERSONS if row.get(name) is not None]
    if people:
        return any(one in me for one in people)
    if row.get("school_id") is not None:
        return f.has(me, "admin", row["school_id"])
    return False


def _mine(column: str) -> Callable[[Facts, People, int | None, Row], bool]:
    return lambda f, me, account, row: row[column] in me


def _account(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return bool(row["id"] == account)


def _of_choice(f: Facts, me: People, account: int | None, row: Row) -> bool:
    found = f.rows["choice"].get(row["choice_id"])
    return found is not None and found["account_id"] == account


def _waits(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """A slot that somebody frees or takes concerns whoever waits for the same mentor."""
    acting = f.acts_for(row["mentor_id"]) & me
    return bool(acting) or any(f.guard(me, pupil) for pupil, mentor in f.mentor.items() if mentor == row["mentor_id"])


def _offer(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return row["person_id"] in me or _class(f, me, row["class_id"])


def _invite(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """A link that nobody has used is whose it is shown to: its payload is the proof, and the buttons of it are signed."""
    return row["used_by"] in (None, account) or row["person_id"] in me or f.has(me, "admin", row["school_id"])


def _absence(f: Facts, me: People, account: int | None, row: Row) -> bool:
    mentor = row["mentor_id"]
    led = any(f.leads_class(me, f.class_of(pupil)) for pupil, one in f.mentor.items() if one == mentor)
    return mentor in me or led or f.has(me, "admin", f.school(mentor))


def _no_contact(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """Who is on a case about one of that guardian's children."""
    return _silences(f, me, row["person_id"])


def _silences(f: Facts, me: People, guardian: int) -> bool:
    return any(
        f.on_case(me, one["id"]) and (guardian, one["pupil_id"]) in f.named_guard for one in f.lists["safety_case"]
    )


def _by_admin(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return f.has(me, "admin", f.school_of(row["pupil_id"]))


def _by_school(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return f.has(me, "admin", f.school(row["person_id"]))


def _guardianship(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return row["person_id"] in me or _by_admin(f, me, account, row)


def _place(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """Where a message stands; an admin who gives the pupil another mentor moves what waits."""
    thread = f.rows["thread"].get(row["thread_id"])
    moves = thread is not None and f.has(me, "admin", f.school_of(thread["pupil_id"]))
    return moves or _thread(f, me, row["thread_id"])


def _topic(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """A view of a mentor's own, in whatever room it stands."""
    return any(one["id"] == row["workspace_id"] and one["account_id"] == account for one in f.lists["workspace"])


def _any_thread(f: Facts, me: People, account: int | None, row: Row) -> bool:
    guardian = row["guardian_id"] in me and (row["guardian_id"], row["pupil_id"]) in f.guards
    return guardian or f.teaches(me, row["pupil_id"]) or _by_admin(f, me, account, row)


def _any_message(f: Facts, me: People, account: int | None, row: Row) -> bool:
    if _thread(f, me, row["thread_id"]) or (row["case_id"] is not None and f.on_case(me, row["case_id"])):
        return True
    pair = f.rows["thread"].get(row["thread_id"])
    if pair is None or row["state"] not in ("held", "queued"):
        return False
    # What waits follows the mentor whom an admin gives; and goes to nobody whom a case says not to contact.
    return f.has(me, "admin", f.school_of(pair["pupil_id"])) or _silences(f, me, pair["guardian_id"])


def _received(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return row["person_id"] in me or f.tends(me, row["notice_id"])


def _any_notice(f: Facts, me: People, account: int | None, row: Row) -> bool:
    if row["id"] not in f.rows["notice"]:
        return row["author_id"] in me
    # Who joins late is one more to whom it goes: it runs again for that one.
    late = any(one["notice_id"] == row["id"] and one["person_id"] in me for one in f.lists["notice_recipient"])
    return f.tends(me, row["id"]) or late


def _duty(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """Who said it, to whom it was handed, and the pupil's mentor of today, who may add what it was about."""
    pupil = row["subject_id"]
    own = row["person_id"] in me or row["to_person"] in me
    return own or (pupil in f.rows["pupil"] and f.teaches(me, pupil))


def _composition(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """Its writer's; and a family that has its own data erased is taken out of what was being written to it."""
    chosen = {one["id"] for one in f.lists["guardianship"] if one["person_id"] in me}
    return row["account_id"] == account or bool(chosen & set(json.loads(row["chosen"])))


def _freeze(f: Facts, me: People, account: int | None, row: Row) -> bool:
    if row["scope"] in ("school", "role") and row["school_id"] is not None:
        return f.has(me, "admin", row["school_id"]) or f.has(me, "centre")
    if row["scope"] == "person":
        return f.has(me, "admin", f.school(row["person_id"])) or f.has(me, "centre")
    return f.has(me, "centre")


SPECIAL: dict[str, Callable[[Facts, People, int | None, Row], bool]] = {
    "account": _account,
    "person": lambda f, me, account, row: row["id"] in me or f.has(me, "admin", row["school_id"]),
    "pupil": lambda f, me, account, row: f.has(me, "admin", row["school_id"]),
    "guardianship": _guardianship,
    "mentorship": _by_admin,
    "role": _by_school,
    "class_team": lambda f, me, account, row: False,
    "place": _place,
    "promise": _place,
    "topic": _topic,
    "message": _any_message,
    "thread": _any_thread,
    "visit": lambda f, me, account, row: _visit(f, me, row["id"]) or _pupil(f, me, row["pupil_id"]),
    "event": lambda f, me, account, row: _event(f, me, row["id"]),
    "notice": _any_notice,
    "notice_recipient": _received,
    "invite": _invite,
    "absence": _absence,
    "no_contact": _no_contact,
    "safety_case": lambda f, me, account, row: _case(f, me, row["id"]),
    "duty_mark": _duty,
    "draft": _of_choice,
    "composition": _composition,
    "visit_wait": _waits,
    "visit_offer": _waits,
    "speaker_offer": _offer,
    "freezing": _freeze,
    "access": _mine("person_id"),
    **practice.ROWS,
}
"""Where the columns alone do not say it."""


_MINE = (
    "person_id",
    "guardian_id",
    "author_id",
    "by_person",
    "asked_by",
    "wished_by",
    "owner_id",
    "writer_id",
    "speaker_id",
)
_EMPTIED = {
    "topics",
    "case_id",
    "aim",
    "state",
    "held_for",
    "ended_at",
    "ended_by",
    "until",
    "edited_at",
    "due_at",
    "private",
    *_MINE,
}
"""Columns that say less about oneself when they change: nobody is kept from that with what is one's own."""


def _gives_up(f: Facts, me: People, old: Row, new: Row | None) -> bool:
    """What is one's own goes, is emptied, or is put before those who look at a danger: everybody may, also of what has ended."""
    thread = f.rows["thread"].get(old.get("thread_id") or 0)
    message = f.rows["message"].get(old.get("message_id") or 0)
    if thread is None and message is not None:
        thread = f.rows["thread"].get(message["thread_id"])
    own = any(old.get(name) in me for name in _MINE) or (thread is not None and thread["guardian_id"] in me)
    changed = set() if new is None else {name for name in old if old[name] != new[name]}
    return own and all(name in _EMPTIED or name.startswith("sealed_") for name in changed)


def may_change(facts: Facts, actor: int, table: str, old: Row | None, new: Row | None) -> bool:
    """Whether the act of this account may make, change or take away that row."""
    me, account = facts.people(actor), facts.account_of_chat(actor)
    rule, marks = SPECIAL.get(table), MARKS.get(table, set())
    if old is not None and new is not None and all(old[name] == new[name] for name in old if name not in marks):
        return True
    if old is not None and _gives_up(facts, me, old, new):
        return True
    for row in (old, new):
        if row is None:
            continue
        fine = _by_columns(facts, me, account, row) if rule is None else rule(facts, me, account, row)
        if not fine:
            return False
    return True
