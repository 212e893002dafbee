"""The roster, reckoned from bare rows: a second way beside models/standing.py, for the role matrix."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, text

DAY = 86_400_000
People = set[int]
Row = dict[str, Any]
_TABLES = (
    "absence",
    "account",
    "case_step",
    "choice",
    "class_team",
    "composition",
    "correction",
    "directory_card",
    "directory_offer",
    "directory_request",
    "event",
    "event_class",
    "event_guest",
    "event_material",
    "event_question",
    "event_reply",
    "file_entry",
    "file_goal",
    "guardianship",
    "handover",
    "handover_answer",
    "handover_item",
    "handover_pick",
    "invite",
    "match_class",
    "match_round",
    "mentor_request",
    "mentorship",
    "message",
    "no_contact",
    "notice",
    "notice_recipient",
    "person",
    "pupil",
    "role",
    "safety_case",
    "school_class",
    "speaker_offer",
    "team_decision",
    "thread",
    "thread_look",
    "visit",
    "visit_guest",
    "workspace",
    "written_note",
)
_ENCRYPTED = "sealed_"


class Roster:
    """Who is what to whom at a moment, as the roster has it."""

    def __init__(self, connection: Connection, now: int) -> None:
        self.now = now
        self.rows: dict[str, dict[int, Row]] = {}
        self.lists: dict[str, list[Row]] = {}
        for name in _TABLES:
            found = [
                {key: value for key, value in row.items() if not key.startswith(_ENCRYPTED)}
                for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()
            ]
            self.lists[name] = found
            self.rows[name] = {row["id"]: row for row in found if "id" in row}
        self._reckon()

    def _reckon(self) -> None:
        rows, lists = self.rows, self.lists
        self.account = {(one["bot_id"], one["user_id"]): one["id"] for one in lists["account"]}
        self._of_account: dict[int, People] = defaultdict(set)
        for one in lists["person"]:
            if one["account_id"] is not None and one["ended_at"] is None:
                self._of_account[one["account_id"]].add(one["id"])
        self._chat = {one["user_id"]: one["id"] for one in lists["account"]}
        self._chat |= {one["chat_id"]: one["account_id"] for one in lists["workspace"]}
        here = {one for one, row in rows["pupil"].items() if row["ended_at"] is None}
        now = [one for one in lists["guardianship"] if one["until"] is None and one["pupil_id"] in here]
        self.guards = {(one["person_id"], one["pupil_id"]) for one in now if one["confirmed_at"] is not None}
        self.named_guard = {(one["person_id"], one["pupil_id"]) for one in now}
        self.mentor = {
            one["pupil_id"]: one["mentor_id"]
            for one in lists["mentorship"]
            if one["until"] is None and one["pupil_id"] in here
        }
        self.chief = {
            one["school_class_id"]: one["chief_mentor_id"] for one in lists["class_team"] if one["until"] is None
        }
        self.role: dict[int, set[str]] = defaultdict(set)
        for one in lists["role"]:
            if one["until"] is None:
                self.role[one["person_id"]].add(one["kind"])
        self.covers: dict[int, People] = defaultdict(set)
        for one in lists["absence"]:
            if one["cancelled_at"] is None and one["starts_at"] <= self.now < one["ends_at"]:
                self.covers[one["mentor_id"]].add(one["substitute_id"])
        self.team: dict[int, People] = defaultdict(set)
        for pupil, mentor in self.mentor.items():
            self.team[self.class_of(pupil)].add(mentor)
            # Who covers for one of the team works in it for that while.
            self.team[self.class_of(pupil)] |= self.covers[mentor]
        for group, chief in self.chief.items():
            self.team[group].add(chief)
        self.silent = {one["person_id"] for one in lists["no_contact"] if one["until"] is None}

    # --- people ---

    def knows(self, bot: int, chat: int) -> bool:
        """Whether somebody has that chat."""
        return chat in self._chat

    def account_of_chat(self, chat: int) -> int | None:
        """The account of a private chat or of a mentor's group."""
        return self._chat.get(chat)

    def people(self, chat: int) -> People:
        """Who stands behind a chat today."""
        return self._of_account.get(self._chat.get(chat, 0), set())

    def people_of(self, account: int) -> People:
        """Who stands behind an account today."""
        return self._of_account.get(account, set())

    def is_staff(self, person: int) -> bool:
        """Whether a person works at a school."""
        return self.rows["person"][person]["staff_number"] is not None

    def school(self, person: int) -> int:
        """A person's school."""
        return int(self.rows["person"][person]["school_id"])

    def has(self, me: People, kind: str, school: int | None = None) -> bool:
        """Whether one of these has a role today, in that school."""
        return any(kind in self.role[one] and (school is None or self.school(one) == school) for one in me)

    def class_of(self, pupil: int) -> int:
        """A pupil's class."""
        return int(self.rows["pupil"][pupil]["school_class_id"])

    def school_of(self, pupil: int) -> int:
        """A pupil's school."""
        return int(self.rows["pupil"][pupil]["school_id"])

    def acts_for(self, mentor: int | None) -> People:
        """A mentor and who covers for that one now."""
        return set() if mentor is None else {mentor} | self.covers[mentor]

    # --- what one is to a pupil ---

    def guard(self, me: People, pupil: int) -> bool:
        """A guardian of that pupil, confirmed."""
        return any((one, pupil) in self.guards for one in me)

    def teaches(self, me: People, pupil: int) -> bool:
        """Its mentor of today, or who covers."""
        return bool(me & self.acts_for(self.mentor.get(pupil)))

    def staff_of(self, me: People, pupil: int) -> bool:
        """Mentor, who covers, chief mentor of the class, admin of the school."""
        return (
            self.teaches(me, pupil)
            or self.leads_class(me, self.class_of(pupil))
            or self.has(me, "admin", self.school_of(pupil))
        )

    def leads_class(self, me: People, group: int) -> bool:
        """The chief mentor of a class."""
        return self.chief.get(group) in me

    def in_team(self, me: People, group: int) -> bool:
        """Mentor of a pupil of that class, or its chief mentor."""
        return bool(me & self.team[group])
