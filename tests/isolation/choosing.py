"""What to try: every command and every button, with objects of the right kind, of wrong kinds, and other people's."""

from __future__ import annotations

import inspect
import random
from dataclasses import dataclass
from typing import Any

from bot.menu import COMMANDS, PRESSES
from handlers import say
from handlers.incoming import Commanded, Edited, Event, Pressed, Reacted, SharedContact, Wrote
from tests.isolation.acting import Outcome
from tests.isolation.canaries import TYPED, claims
from tests.isolation.people import LINES, ROOM, link
from tests.isolation.rows import BOT, Rows

_OF = {
    "invite": "invite",
    "thread": "thread",
    "choice": "choice",
    "guardianship": "guardianship",
    "message": "message",
    "class": "school_class",
    "group": "school_class",
    "mentor": "person",
    "substitute": "person",
    "person": "person",
    "absence": "absence",
    "key": "guardianship",
    "promise": "promise",
    "item": "checklist_item",
    "pupil": "pupil",
    "composition": "composition",
    "case": "safety_case",
    "subject": "pupil",
    "task": "team_decision",
    "visit": "visit",
    "event": "event",
    "question": "event_question",
    "offer": "speaker_offer",
    "draft": "event_draft",
    "school": "school",
    "notice": "notice",
    "template": "notice_template",
    "freeze": "freezing",
    "entry": "file_entry",
    "goal": "file_goal",
    "card": "directory_card",
    "request": "mentor_request",
    "round": "match_round",
    "look": "thread_look",
    "sheet": "evidence_sheet",
    "course": "training_hours",
    "poll": "mentor_poll",
    "handover": "handover",
}
"""By what a handler calls its argument (without _id): the table whose ids it means."""
_USEFUL = {
    ("notice", "nw"): ("draft",),
    ("notice", "na"): ("draft",),
    ("notice", "nt"): ("draft",),
    ("visit", ""): ("invited", "accepted", "confirmed", "in_progress"),
    ("event", ""): ("planned", "announced"),
    ("directory_offer", ""): ("open", "draft"),
    ("handover", ""): ("with_family", "consented"),
}
_SMALL = (0, 0, 0, 1, 2, 3, 5, 30, 480, 1080)


@dataclass(frozen=True, slots=True)
class Try:
    """Who does what with what."""

    user: int
    action: str
    args: tuple[Any, ...] = ()
    form: tuple[str, int, str] | None = None
    """For a text: what that account was asked for before."""
    state: tuple[str, int] | None = None
    """For a text: what else was open for that account: a thread to answer, a case to add to."""

    def __str__(self) -> str:
        asked = f" after {self.form}" if self.form else ""
        return f"{self.user} does {self.action} {self.args}{asked}{f' with {self.state}' if self.state else ''}"


class Chooser:
    """Chances from a seed; what was seen is remembered: buttons with their arguments are what the bot itself made."""

    def __init__(self, rows: Rows, seed: int) -> None:
        self.rows, self.chance = rows, random.Random(seed)
        self.users = {one["user_id"]: one["id"] for one in rows.kept["account"]}
        self.seen: dict[str, set[tuple[Any, ...]]] = {}
        """By action the arguments that were seen in buttons."""
        self.own: dict[int, set[tuple[str, tuple[Any, ...]]]] = {one: set() for one in self.users}
        self.forms: set[tuple[str, int, str]] = set()
        """What accounts were asked to type."""
        self._numbers = [one["id"] for name in rows.kept for one in rows.kept[name] if "id" in one]
        self._names = {
            action: [one.name for one in list(inspect.signature(press.handler).parameters.values())[1:]]
            for action, press in PRESSES.items()
        }
        self._words = self._plausible()
        self._near = self._related()
        self._in_room = {one["place_id"] for one in self.rows.kept["place"] if one["chat_id"] == ROOM}

    def _plausible(self) -> list[str]:
        words = {"x", "visit", "hour", "home", "video", "on", "off", "week", "done", "en", "zh_CN", "B", "all", "self"}
        words |= {
            "come",
            "online",
            "cannot",
            "routine",
            "school",
            "person",
            "role",
            "private",
            "group",
            "family_contact",
        }
        words |= {"pupil_talk", "home_visit", "weekly_meeting", "written_note", "worry", "strong", "mentor", "guardian"}
        return sorted(words | set(COMMANDS))

    def _related(self) -> dict[int, list[int]]:
        """By the id of a row the accounts of the people who stand with it in some row: who may well have part in it."""
        users = {account: user for user, account in self.users.items()}
        people = {one["id"]: users[one["account_id"]] for one in self.rows.kept["person"] if one["account_id"]}
        people |= users
        found: dict[int, set[int]] = {}
        for rows in self.rows.kept.values():
            for row in rows:
                ids = {value for value in row.values() if isinstance(value, int) and value > 1 << 32}
                near = {people[one] for one in ids if one in people}
                for one in ids:
                    found.setdefault(one, set()).update(near)
        return {one: sorted(near) for one, near in found.items()}

    # --- what was seen ---

    def learn(self, outcome: Outcome) -> None:
        """Remembers the buttons that came, with their arguments."""
        for one in outcome.said:
            if one.kind not in (say.TEXT, say.EDIT, say.MEDIA, say.FILE, say.PICTURE, say.BUTTONS, say.AMEND):
                continue
            for data in claims(one.payload):
                user = one.chat_id if one.chat_id in self.users else None
                found = data.rpartition(":")[0].split(":")
                press = PRESSES.get(found[0])
                if press is None or len(press.args) != len(found) - 1:
                    continue
                args = tuple(
                    int(raw, 36) if kind is int else raw for raw, kind in zip(found[1:], press.args, strict=True)
                )
                self.seen.setdefault(found[0], set()).add(args)
                if user is not None:
                    self.own[user].add((found[0], args))
        for table, _, new in outcome.changed:
            if table == "form" and new is not None:
                self.forms.add((new["kind"], new["subject_id"], new["extra"]))

    # --- what to try ---

    def any_try(self) -> Try:
        """A random triple."""
        user = self.chance.choice(list(self.users))
        kind = self.chance.random()
        if kind < 0.08:
            return Try(user, "/" + self.chance.choice(list(COMMANDS)), (self._argument(),))
        if kind < 0.24:
            return self.typed(user)
        action = self.chance.choice(list(PRESSES))
        known = self.seen.get(action)
        if known and kind < 0.75:
            return Try(user, action, self.chance.choice(sorted(known, key=repr)))
        return Try(user, action, self.invented(action, wild=kind > 0.92))

    def invented(self, action: str, *, wild: bool = False) -> tuple[Any, ...]:
        """Arguments by what the handler calls them; `wild`: any ids and words at all."""
        found: list[Any] = []
        for name, kind in zip(self._names[action], PRESSES[action].args, strict=False):
            if kind is str:
                seen = [one for args in self.seen.get(action, ()) for one in args if isinstance(one, str)]
                found.append(self.chance.choice(sorted(seen) if seen and not wild else self._words))
                continue
            table = _OF.get(name.removesuffix("_id"))
            if action.startswith("nev") and name == "draft_id":
                table = "event_draft"
            if wild and self.chance.random() < 0.6:
                found.append(self.chance.choice(self._numbers))
            elif table is not None and self.rows.kept.get(table):
                found.append(self._object(table, action)["id"])
            else:
                found.append(self.chance.choice(_SMALL))
        return tuple(found)

    def _object(self, table: str, action: str) -> dict[str, Any]:
        """A row of the table: for half of the tries one in the state in which most of such buttons are of use."""
        rows = self.rows.kept[table]
        useful = [
            one for one in rows if one.get("state") in _USEFUL.get((table, action[:2]), _USEFUL.get((table, ""), ()))
        ]
        return self.chance.choice(useful if useful and self.chance.random() < 0.5 else rows)

    def guess(self, action: str) -> Try:
        """A button with arguments of the right kind, in the hands of somebody who has to do with its first one."""
        args = self.invented(action)
        near = self._near.get(args[0], []) if args and isinstance(args[0], int) else []
        return Try(self.chance.choice(near or list(self.users)), action, args)

    def typed(self, user: int) -> Try:
        """Something that is written, changed, or sent: bare, as an answer to a place, after a question."""
        place = self.chance.choice(self.rows.kept["place"])["place_id"]
        if self.chance.random() < 0.15:
            states = self.open_for(user)
            if states:
                return Try(user, "text", (place,), state=self.chance.choice(states))
        if self.chance.random() < 0.1:
            return Try(user, "topic", (self.chance.choice(self.rows.kept["topic"])["number"],))
        what = self.chance.choice(
            ("text", "text", "form", "form", "reply", "reply", "edit", "react", "link", "contact", "danger")
        )
        form = None
        if what == "form" and self.forms:
            form = self.chance.choice(sorted(self.forms))
        return Try(user, what, (place,), form)

    def open_for(self, user: int) -> list[tuple[str, int]]:
        """What an account may still have open from before: 'Answer' pressed for a thread, a case of its own to add to."""
        mine = {one["id"] for one in self.rows.kept["person"] if one["account_id"] == self.users[user]}
        threads = [one["id"] for one in self.rows.kept["thread"] if mine & {one["guardian_id"], one["mentor_id"]}]
        cases = [one["id"] for one in self.rows.kept["safety_case"] if one["writer_id"] in mine]
        return [*(("answering", one) for one in threads), *(("case", one) for one in cases)]

    def _argument(self) -> str:
        return self.chance.choice(("", "", "", TYPED, str(self.chance.choice(self._numbers)), "all"))

    # --- how it comes in ---

    def event(self, one: Try) -> Event:
        """The triple as an update."""
        head: dict[str, Any] = {"bot_id": BOT, "user_id": one.user, "language_code": "zh-hans"}
        place = 900_000
        if one.action.startswith("/"):
            return Commanded(**head, place_id=place, command=one.action[1:], argument=str((*one.args, "")[0]))
        if one.action in PRESSES:
            data = say.sign(self.rows.vault, BOT, one.user, one.action, *one.args)
            return Pressed(**head, press_id="1", place_id=place + 1, data=data)
        words = f"{TYPED} 老师您好，下周见"
        if one.action == "danger":
            words = f"{TYPED} 他说不想活了"
        room = ROOM if one.args and one.args[0] in self._in_room else None
        if one.action == "edit":
            return Edited(**head, place_id=one.args[0], text=words, chat_id=room)
        if one.action == "react":
            return Reacted(**head, place_id=one.args[0], signs=("👍",), chat_id=room)
        if one.action == "topic":
            return Wrote(**head, place_id=place, text=words, spans=(), reply_to=None, chat_id=ROOM, topic=one.args[0])
        if one.action == "link":
            pupil, _, _, guardians = self.chance.choice(LINES)
            return Commanded(**head, place_id=place, command="start", argument=link(f"{pupil}-{guardians[0]}"))
        if one.action == "contact":
            phone = f"+86139{self.chance.randrange(30):08}"
            return SharedContact(
                **head, place_id=place, phone=phone, own=self.chance.random() < 0.5, media={"kind": "contact"}
            )
        reply = one.args[0] if one.action == "reply" else None
        return Wrote(**head, place_id=place, text=words, spans=(), reply_to=reply, chat_id=room if reply else None)
