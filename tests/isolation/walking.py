"""Walks: what each person of the town reaches by their own buttons, single tries, and what a former one had."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text

from bot.menu import COMMANDS, PRESSES
from handlers import say
from tests.isolation.acting import Outcome, Stage
from tests.isolation.after import Ending
from tests.isolation.choosing import Chooser, Try

_ASK = text(
    "INSERT INTO form (account_id, kind, subject_id, extra, asked_at) VALUES (:account, :kind, :subject, :extra, :now)"
    " ON CONFLICT (account_id) DO UPDATE SET kind = :kind, subject_id = :subject, extra = :extra, asked_at = :now"
)
_ANSWERING = text("UPDATE account SET answering_thread_id = :row, answering_until = :until WHERE id = :account")
_IN_CASE = text(
    "UPDATE account SET urgent_mode = 'danger', urgent_case_id = :row, urgent_until = :until WHERE id = :account"
)
EVERY = [*PRESSES, *("/" + command for command in COMMANDS)]
EACH = 8
"""So many of one kind of button wait at a time."""


class Tally:
    """What was tried: of each command and button how often, how often it read or changed something; and every fault."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.went: Counter[str] = Counter()
        """Went through: something was said beyond a short word on the button, or changed."""
        self.faults: list[str] = []

    def count(self, one: Try, outcome: Outcome, when: str = "") -> None:
        """One triple more; `when`: after which change."""
        self.tried[one.action] += 1
        if any(outcome.heard.values()) or any(table != "form" for table, *_ in outcome.changed):
            self.read[one.action] += 1
        if outcome.changed or any(each.kind not in (say.TOAST, say.MENU) for each in outcome.said):
            self.went[one.action] += 1
        self.faults += [f"{when}: {one}: {fault}" if when else f"{one}: {fault}" for fault in outcome.faults]

    def share(self, which: Counter[str]) -> float:
        """The share of all commands and buttons in one of the counts."""
        return sum(1 for action in EVERY if which[action]) / len(EVERY)

    def told(self) -> str:
        """The figures, for whoever runs it by hand."""
        reads, all_ = sum(self.read.values()), sum(self.tried.values())
        dead = [one for one in EVERY if not self.went[one]]
        return (
            f"{all_} triples, {reads} of them read or changed something; of {len(EVERY)} actions {self.share(self.went):.0%}"
            f" went through, {self.share(self.read):.0%} read or changed something; never: {' '.join(dead)}"
        )


def attempt(stage: Stage, chooser: Chooser, one: Try, *, learn: bool = True) -> Outcome:
    """One triple, taken back afterwards."""
    outcome = stage.act(chooser.event(one), prepare=_before(stage, chooser, one))
    if learn:
        chooser.learn(outcome)
    return outcome


def _before(stage: Stage, chooser: Chooser, one: Try) -> Callable[[Connection], None] | None:
    """What was open for the account when it wrote."""
    account, now = chooser.users[one.user], stage.rows.now_ms

    def prepare(connection: Connection) -> None:
        if one.form is not None:
            kind, subject, extra = one.form
            values = {"account": account, "kind": kind, "subject": subject, "extra": extra, "now": now - 1000}
            connection.execute(_ASK, values)
        if one.state is not None:
            what, row = one.state
            statement = _ANSWERING if what == "answering" else _IN_CASE
            connection.execute(statement, {"account": account, "row": row, "until": now + 600_000})

    return None if one.form is None and one.state is None else prepare


def weight(action: str) -> int:
    """How often a command is tried for each time a button is."""
    return 6 if action.startswith("/") else 1


def crawl(stage: Stage, chooser: Chooser, most: int) -> Iterator[tuple[Try, Outcome]]:
    """Everybody's commands, and the buttons that come of them, `most` in all: what was tried least goes first."""
    waiting: dict[str, list[Try]] = defaultdict(list)
    for command in COMMANDS:
        waiting[f"/{command}"] = [Try(user, f"/{command}") for user in chooser.users]
        chooser.chance.shuffle(waiting[f"/{command}"])
    tried: Counter[str] = Counter()
    done = {one for several in waiting.values() for one in several}
    for _ in range(most):
        # A command says something else to everybody: it comes round more often than a button.
        action = min(
            (one for one in waiting if waiting[one]), key=lambda one: (tried[one] // weight(one), one), default=None
        )
        if action is None:
            return
        one = waiting[action].pop()
        tried[action] += 1
        outcome = attempt(stage, chooser, one)
        yield one, outcome
        fresh = [Try(one.user, *button) for button in sorted(chooser.own[one.user], key=repr)]
        fresh = [other for other in fresh if other not in done]
        chooser.chance.shuffle(fresh)
        for other in fresh:
            if len(waiting[other.action]) < EACH:
                done.add(other)
                waiting[other.action].insert(0, other)


def guesses(stage: Stage, chooser: Chooser, tally: Tally, each: int) -> Iterator[tuple[Try, Outcome]]:
    """For each button that the walk did not come by: tries by people who have to do with its object, until it goes through."""
    for action in PRESSES:
        for _ in range(each):
            if tally.went[action]:
                break
            one = chooser.guess(action)
            yield one, attempt(stage, chooser, one)


def hostile(chooser: Chooser, many: int) -> Iterator[Try]:
    """Random triples."""
    for _ in range(many):
        yield chooser.any_try()


def former(stage: Stage, chooser: Chooser, ending: Ending, most: int) -> Iterator[Try]:
    """All that those who lose by a change had before it: their buttons, commands, what they were asked to type, where they
    could answer. Then as much by the others, about the same: nothing of it may reach them."""
    rows, chance = stage.rows, chooser.chance
    users = {one["id"]: one["user_id"] for one in rows.kept["account"]}
    for name in ending.former:
        account = rows.names[f"@{name}"]
        user = users[account]
        tries = [Try(user, f"/{command}") for command in COMMANDS]
        tries += [Try(user, action, args) for action, args in sorted(chooser.own[user], key=repr)]
        chats = {user, *(one["chat_id"] for one in rows.kept["workspace"] if one["account_id"] == account)}
        places = [one["place_id"] for one in rows.kept["place"] if one["chat_id"] in chats]
        tries += [Try(user, what, (place,)) for place in places for what in ("reply", "edit", "react")]
        tries += [Try(user, "form", (0,), form) for form in sorted(chooser.forms)]
        tries += [Try(user, "topic", (one["number"],)) for one in rows.kept["topic"]]
        yield from chance.sample(tries, min(most, len(tries)))
        yield from (Try(user, what, (0,)) for what in ("text", "danger"))
        yield from (Try(user, "text", (0,), state=state) for state in chooser.open_for(user))
    others = [Try(user, *button) for user in chooser.own for button in sorted(chooser.own[user], key=repr)]
    yield from chance.sample(others, min(most // 3, len(others)))
