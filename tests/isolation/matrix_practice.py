"""The role matrix of the rest of the practice: matching, files and handovers, the directory, evidence, rights, training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.isolation.facts import Facts
from tests.isolation.roster import People

Row = dict[str, Any]
Rule = Callable[[Facts, People, dict[str, int]], bool]
Change = Callable[[Facts, People, int | None, Row], bool]


def _mentorship(f: Facts, me: People, mentorship: int | None, *, level: int = 1) -> bool:
    """The mentor of that very mentorship, as long as it lasts; who covers sees what is no need-to-know."""
    row = f.rows["mentorship"].get(mentorship or 0)
    if row is None or row["until"] is not None or row["pupil_id"] not in f.mentor:
        return False
    return row["mentor_id"] in me or (level < 2 and bool(me & f.covers[row["mentor_id"]]))


def decides_request(f: Facts, me: People, request: int) -> bool:
    """The school's admins and, where those are not there, the chief mentor: never the mentor whom it is about."""
    row = f.rows["mentor_request"][request]
    about = {row["mentor_id"], f.mentor.get(row["pupil_id"])}
    rest = me - about
    return f.has(rest, "admin", row["school_id"]) or f.leads_class(rest, f.class_of(row["pupil_id"]))


def _request(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.rows["mentor_request"][of["request"]]["asked_by"] in me or decides_request(f, me, of["request"])


def _entry(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["file_entry"][of["entry"]]
    if row["ended_at"] is not None:
        return False
    family = f.guard(me, row["pupil_id"]) and row["shown"] and (not row["by_guardian"] or row["author_id"] in me)
    return bool(family) or _mentorship(f, me, row["mentorship_id"], level=row["level"])


def _goal(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["file_goal"][of["goal"]]
    own = row["by_person"] in me or row["state"] == "agreed" or f.is_staff(row["by_person"])
    return _mentorship(f, me, row["mentorship_id"]) or (f.guard(me, row["pupil_id"]) and own)


def _look_back(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["file_goal"][of["goal"]]
    family = f.guard(me, row["pupil_id"]) and (of["person"] in me or f.is_staff(of["person"]))
    return family or _mentorship(f, me, row["mentorship_id"])


def _item(f: Facts, me: People, of: dict[str, int]) -> bool:
    item = f.rows["handover_item"][of["item"]]
    card = f.rows["handover"][item["handover_id"]]
    owner = item["owner_id"]
    if f.guard(me, card["pupil_id"]) and (owner is None or owner in me):
        return True
    if card["state"] not in ("consented", "received"):
        return False
    picks = [one for one in f.lists["handover_pick"] if one["item_id"] == item["id"]]
    said = [one for one in f.lists["handover_answer"] if one["handover_id"] == card["id"]]
    theirs = [one for one in said if owner in (None, one["person_id"])]
    if any(not one["goes"] for one in picks) or any(not one["passes"] for one in theirs) or not theirs:
        return False
    added = {one["person_id"] for one in picks if one["goes"]}
    if item["level"] >= 2 and not any(one["person_id"] in added for one in theirs):
        return False
    return _mentorship(f, me, card["mentorship_id"], level=item["level"])


def _card(f: Facts, me: People, of: dict[str, int]) -> bool:
    return any(f.school(one) == of["school"] for one in me) or f.has(me, "centre")


def decides_place(f: Facts, me: People, place: int) -> bool:
    """Who says yes or no to a place in the directory."""
    row = f.rows["directory_request"][place]
    card = f.rows["directory_card"][row["card_id"]]
    chief = card["sign_up"] == "chief" and row["class_id"] is not None and f.leads_class(me, row["class_id"])
    return card["approver_id"] in me or chief or f.has(me, "admin", row["school_id"])


def _place(f: Facts, me: People, of: dict[str, int]) -> bool:
    return f.rows["directory_request"][of["place"]]["person_id"] in me or decides_place(f, me, of["place"])


def _can_offer(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["directory_offer"][of["offer"]]
    school = f.rows["school_class"][row["class_id"]]["school_id"]
    answers = row["state"] != "draft" and (f.leads_class(me, row["class_id"]) or f.has(me, "admin", school))
    public = row["state"] == "approved" and any(f.school(one) == school for one in me)
    return row["person_id"] in me or answers or public


def _correction(f: Facts, me: People, of: dict[str, int]) -> bool:
    row = f.rows["correction"][of["correction"]]
    return row["person_id"] in me or f.has(me, "admin", row["school_id"])


def _look(f: Facts, me: People, of: dict[str, int]) -> bool:
    """Why an admin wants to read a conversation: both its sides, and the school's people who decide."""
    row = f.rows["thread_look"][of["look"]]
    side = row["guardian_id"] in me and (row["guardian_id"], row["pupil_id"]) in f.guards
    decides = f.has(me, "admin", row["school_id"]) or f.leads_class(me, f.class_of(row["pupil_id"]))
    return side or decides or f.teaches(me, row["pupil_id"])


def looks(f: Facts, me: People, pupil: int, guardian: int) -> bool:
    """An admin to whom a second person has opened a conversation for a day."""
    return any(
        one["asked_by"] in me
        and one["state"] == "agreed"
        and one["until"] is not None
        and one["until"] > f.now
        and (one["pupil_id"], one["guardian_id"]) == (pupil, guardian)
        and f.has({one["asked_by"]}, "admin", one["school_id"])
        for one in f.lists["thread_look"]
    )


def _sheet(f: Facts, me: People, of: dict[str, int]) -> bool:
    return of["person"] in me or f.has(me, "admin", of["school"])


def _own_person(f: Facts, me: People, of: dict[str, int]) -> bool:
    return of["person"] in me


def _own_account(f: Facts, me: People, of: dict[str, int]) -> bool:
    return bool(me & f.people_of(of["account"]))


MATRIX: dict[str, Rule] = {
    "request": _request,
    "entry": _entry,
    "goal": _goal,
    "look back": _look_back,
    "item": _item,
    "card": _card,
    "asked place": _place,
    "can offer": _can_offer,
    "search": _own_account,
    "correction": _correction,
    "look": _look,
    "own words": _own_person,
    "sheet": _sheet,
    "course": _own_person,
    "training": lambda f, me, of: any(f.is_staff(one) and f.school(one) == of["school"] for one in me),
}


# --- who may change rows ---


def _round(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """An admin of its school; a chief mentor of one of its classes for what is proposed there."""
    number = row.get("round_id", row.get("id"))
    school = f.rows["match_round"][number]["school_id"] if number in f.rows["match_round"] else row.get("school_id")
    classes = (
        [row["class_id"]]
        if "class_id" in row
        else [one["class_id"] for one in f.lists["match_class"] if one["round_id"] == number]
    )
    return f.has(me, "admin", school) or ("round_id" in row and any(f.leads_class(me, one) for one in classes))


def _wish(f: Facts, me: People, account: int | None, row: Row) -> bool:
    if "person_id" in row:
        return row["person_id"] in me or _round(f, me, account, row)
    return f.guard(me, row["pupil_id"]) or _round(f, me, account, row)


def _asked(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return (
        row["asked_by"] in me or f.has(me, "admin", row["school_id"]) or f.leads_class(me, f.class_of(row["pupil_id"]))
    )


def _written(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """A sentence of a file: the school's by its mentor, and marked by any guardian; an own one by its guardian too."""
    pupil = row["pupil_id"]
    if f.teaches(me, pupil):
        return True
    own: int = row["author_id"] if "author_id" in row else row["by_person"]
    return f.guard(me, pupil) and (own in me or f.is_staff(own) or row.get("state") == "agreed")


def _looked_back(f: Facts, me: People, account: int | None, row: Row) -> bool:
    goal = f.rows["file_goal"].get(row["goal_id"])
    if goal is None or row["person_id"] in me:
        return row["person_id"] in me
    return not row["by_guardian"] and f.guard(me, goal["pupil_id"])


def _of_card(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """A guardian: what is everybody's, and the own; the mentor takes the card."""
    item = f.rows["handover_item"].get(row.get("item_id", 0))
    number: int = row["handover_id"] if "handover_id" in row else item["handover_id"] if item else row["id"]
    card = f.rows["handover"].get(number)
    if card is None:
        return False
    owner = row.get("owner_id") or row.get("person_id")
    family = f.guard(me, card["pupil_id"]) and (owner is None or owner in me)
    return family or f.teaches(me, card["pupil_id"])


def _directory(f: Facts, me: People, account: int | None, row: Row) -> bool:
    led = row.get("class_id") is not None and f.leads_class(me, row["class_id"])
    own = row.get("offered_by") in me
    return own or led or f.has(me, "admin", row["school_id"]) or (row["school_id"] is None and f.has(me, "centre"))


def _asks_place(f: Facts, me: People, account: int | None, row: Row) -> bool:
    card = f.rows["directory_card"].get(row["card_id"])
    decides = card is not None and card["approver_id"] in me
    led = row["class_id"] is not None and f.leads_class(me, row["class_id"])
    return row["person_id"] in me or decides or led or f.has(me, "admin", row["school_id"])


def _offers(f: Facts, me: People, account: int | None, row: Row) -> bool:
    school = f.rows["school_class"][row["class_id"]]["school_id"]
    return row["person_id"] in me or f.leads_class(me, row["class_id"]) or f.has(me, "admin", school)


def _or_admin(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return row.get("person_id") in me or f.has(me, "admin", row["school_id"])


def _looks(f: Facts, me: People, account: int | None, row: Row) -> bool:
    # A family that has its conversation erased ends the look at it.
    decides = f.has(me, "admin", row["school_id"]) or f.leads_class(me, f.class_of(row["pupil_id"]))
    return decides or row["guardian_id"] in me


def _erased(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return row["person_id"] in me or (row["pupil_id"] is not None and f.guard(me, row["pupil_id"]))


def _in_class(f: Facts, me: People, account: int | None, row: Row) -> bool:
    """Who answers the yearly question counts in the sum of the child's class."""
    return any(who in me and f.class_of(pupil) == row["class_id"] for who, pupil in f.guards)


def _centre(f: Facts, me: People, account: int | None, row: Row) -> bool:
    return f.has(me, "centre") or (row.get("school_id") is not None and f.has(me, "admin", row["school_id"]))


ROWS: dict[str, Change] = {
    **dict.fromkeys(("match_round", "match_class", "match_pair", "match_telling"), _round),
    **dict.fromkeys(("match_pupil", "match_mentor"), _wish),
    "mentor_request": _asked,
    **dict.fromkeys(("file_entry", "file_goal"), _written),
    "file_goal_review": _looked_back,
    **dict.fromkeys(("handover", "handover_item", "handover_pick", "handover_answer"), _of_card),
    **dict.fromkeys(("directory_card", "directory_hidden", "directory_pick"), _directory),
    "directory_request": _asks_place,
    "directory_offer": _offers,
    **dict.fromkeys(("correction", "evidence_sheet", "evidence_criterion"), _or_admin),
    "thread_look": _looks,
    "mentor_poll_sum": _in_class,
    "mentor_poll_ask": lambda f, me, account, row: row["person_id"] in me,
    "erasure": _erased,
    **dict.fromkeys(("city_count", "city_counted", "mentor_poll", "district", "district_school"), _centre),
}
