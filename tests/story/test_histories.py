"""Random histories of sending, editing, replying, reacting and taking back by both sides, with faults on the line:
what each side sees in the end is what a model of two notebooks says."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.client import Person
from tests.school import Bot

SIGNS = ("❤", "👍", "🙏")
SIDES = ("guardian", "mentor")

acts = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from(SIDES), st.integers(0, 9)),
        st.tuples(st.just("photo"), st.sampled_from(SIDES), st.integers(0, 9)),
        st.tuples(st.just("reply"), st.sampled_from(SIDES), st.integers(0, 9)),
        st.tuples(st.just("edit"), st.sampled_from(SIDES), st.integers(0, 9)),
        st.tuples(st.just("react"), st.sampled_from(SIDES), st.integers(0, 9)),
        st.tuples(st.just("recall"), st.sampled_from(SIDES), st.integers(0, 9)),
        st.tuples(st.just("settle"), st.just("guardian"), st.just(0)),
    ),
    min_size=1,
    max_size=14,
)


@dataclass
class Note:
    """What the model knows of one message."""

    by: str
    text: str
    place: int
    answers: Note | None = None
    recalled: bool = False
    sign: str | None = None
    photo: bool = False


@dataclass
class Notebooks:
    """Both sides, the real ones and the model's."""

    bot: Bot
    people: dict[str, Person]
    counter: int = 0
    notes: list[Note] = field(default_factory=list)

    def other(self, side: str) -> str:
        return "mentor" if side == "guardian" else "guardian"

    def mine(self, side: str, number: int) -> Note | None:
        own = [note for note in self.notes if note.by == side and not note.recalled]
        return own[number % len(own)] if own else None

    def theirs(self, side: str, number: int) -> Note | None:
        own = [note for note in self.notes if note.by != side and not note.recalled]
        return own[number % len(own)] if own else None

    def word(self) -> str:
        self.counter += 1
        return f"第{self.counter}句话"

    async def settle(self) -> None:
        """Waits until nothing is under way."""
        for _ in range(600):
            (row,) = self.bot.school.run(
                "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new')"
                " + (SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
            )
            pending = (await self.bot.telegram.stats())["pending"][str(self.bot.id)]
            if row[0] == 0 and pending == 0:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it never settles")

    async def copy(self, note: Note) -> dict[str, Any] | None:
        """The other side's copies of a message: at most one may be there."""
        chat = await self.people[self.other(note.by)].chat()
        found = [
            one
            for one in chat["messages"]
            if one["from"] == "bot" and (one["text"] or one.get("caption") or "").split("\n")[-1] == note.text
        ]
        assert len(found) <= 1, f"{note.text} stands {len(found)} times"
        return found[0] if found else None

    async def do(self, act: str, side: str, number: int) -> None:
        person = self.people[side]
        if act == "send":
            text = self.word()
            # A mentor's bare text could be for several families: answers go to the one that wrote last.
            self.notes.append(Note(side, text, await person.says(text)))
        elif act == "photo":
            text = self.word()
            self.notes.append(Note(side, text, await person.sends("photo", caption=text), photo=True))
        elif act == "reply":
            target = self.theirs(side, number)
            await self.settle()
            copy = await self.copy(target) if target is not None else None
            if target is None or copy is None:
                return
            text = self.word()
            self.notes.append(Note(side, text, await person.replies(copy, text), answers=target))
        elif act == "edit":
            note = self.mine(side, number)
            if note is not None and not note.photo:
                note.text = self.word()
                await person.edits(note.place, note.text)
        elif act == "react":
            target = self.theirs(side, number)
            await self.settle()
            copy = await self.copy(target) if target is not None else None
            if target is not None and copy is not None:
                target.sign = SIGNS[number % len(SIGNS)]
                await person.reacts(copy, target.sign)
        elif act == "recall":
            note = self.mine(side, number)
            if note is not None:
                note.recalled = True
                await person.says("/recall", reply_to=note.place)
        else:
            await self.settle()

    async def check(self) -> None:
        await self.settle()
        for note in self.notes:
            copy = await self.copy(note)
            if note.recalled:
                assert copy is None, f"{note.text} was taken back and is still there"
                continue
            assert copy is not None, f"{note.text} is nowhere"
            chat = await self.people[note.by].chat()
            own = next(one for one in chat["messages"] if one["message_id"] == note.place)
            shown = own["reactions"]["bot"]
            assert shown == [note.sign or "👌"], f"{note.text}: {shown} and not {note.sign}"
            if note.answers is not None and not note.answers.recalled:
                assert copy["reply_to"] == note.answers.place, note.text


@settings(
    max_examples=int(os.environ.get("HISTORIES", "12")),
    deadline=None,
    derandomize="HISTORIES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=acts)
async def test_any_history_looks_the_same_on_both_sides(bot: Bot, history: list[tuple[str, str, int]]) -> None:
    key = "notebooks"
    books: Notebooks | None = bot.__dict__.get(key)
    if books is None:
        mentor, father = await bot.joined_mentor(), await bot.father()
        books = bot.__dict__[key] = Notebooks(bot, {"guardian": father, "mentor": mentor})
    books.notes.clear()
    bot.later(minutes=2)  # whoever writes more than twenty messages in a minute has the rest gathered
    await bot.telegram.faults(
        {"method": "*", "kind": "http_500", "rate": 0.05},
        {"method": "*", "kind": "reset_before", "rate": 0.05},
        {"method": "sendMessage", "kind": "latency", "rate": 0.2, "seconds": 0.03},
    )
    try:
        for act, side, number in history:
            await books.do(act, side, number)
        await books.check()
    finally:
        await bot.telegram.faults()
