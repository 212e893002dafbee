"""What a handler has in its hands: who, what, the unit of work, and a mouth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from handlers import say as outgoing
from handlers.flood import Flood
from handlers.incoming import Commanded
from handlers.texts import Rich, render, units, words
from models.appointments.rules import VisitRules
from models.events.rules import EventRules
from models.notices.rules import NoticeRules
from models.queues import Lane
from models.rights.rules import RetentionRules
from models.standing import Reach, Standing
from models.unit import Unit, sql

PRESS_USEFUL_MS = 14_000
"""An answer to a press is refused after about 15 seconds (Telegram Bot API, answerCallbackQuery)."""


@dataclass(frozen=True)
class Press:
    """A button's handler and what its arguments are: int for row ids and numbers, str for words."""

    handler: Callable[..., None]
    args: tuple[type, ...] = ()


_SCHOOL_NAMED = sql("SELECT id FROM school WHERE name = :name")


@dataclass(frozen=True, slots=True)
class SchoolSettings:
    """What the operator has set about the school and the bot, as far as people hear of it."""

    name: str = ""
    """The school that this bot serves; empty: every school of the roster."""
    alone: bool = True
    """Whether there is no other bot in the deployment: then what is due in any school is this one's to say."""
    help_phone: str = ""
    responsible: str = ""
    invite_days: int = 30
    bot_username: str = ""
    zone: str = "Asia/Shanghai"
    keep_hours: bool = True
    """Whether messages out of the receiver's hours wait; False: everything goes at once."""
    person_per_minute: int = 20
    """Messages of one person that go one by one in a minute; what is above is gathered."""
    answer_days: int = 2
    """School days within which a mentor answers."""
    urgent_path: tuple[tuple[str, ...], ...] = (("mentor",), ("chief_mentor",), ("counsellor",), ("duty_leader",))
    """Who is paged about a child's safety, step after step; the roles of one step are paged together."""
    urgent_minutes: int = 10
    """How long a step has before the next one is paged."""
    duty_phone: str = ""
    """The school's number for the moment, shown in the fixed text; empty for none."""
    levels: tuple[str, ...] = ("平稳", "关注", "重点")
    """The scale of the monthly review, from what needs nothing to what needs most."""
    visits: VisitRules = field(default_factory=VisitRules)
    """The school's bounds for home visits and set hours."""
    events: EventRules = field(default_factory=EventRules)
    """The school's bounds for parent classes and other events."""
    notices: NoticeRules = field(default_factory=NoticeRules)
    """The school's bounds for notices."""
    retention: RetentionRules = field(default_factory=RetentionRules)
    """How long each kind of record is kept."""
    bulk_per_second: float = 29.5
    """How many messages leave in a second where many are told something."""
    paid_per_second: int = 0
    """How many notices leave in a second where that is paid for (models/notices/cost.py); 0 where it is not."""
    public_url: str = ""
    """Where this bot's pages are reached from outside; empty: nowhere, no calendar feeds, no buttons that open a page."""

    def covers(self, unit: Unit, school_id: int) -> bool:
        """Whether what is due in that school is this bot's to say: of several bots each has its own school."""
        if self.alone:
            return True
        key = ("school of a bot", self.name)
        if key not in unit.notes:
            unit.notes[key] = unit.execute(_SCHOOL_NAMED, name=self.name).scalar()
        return unit.notes[key] == school_id


@dataclass
class Context:
    """One event of one account within one unit of work."""

    unit: Unit
    who: Standing
    school: SchoolSettings
    pressed: str | None = None
    """The press to answer, where the event is one."""
    place_id: int | None = None
    """The message with the pressed button, or what the person wrote."""
    menus: Callable[[Context], None] = field(default=lambda _context: None)
    """Sets the chat's list of commands anew (bot/menu.py gives it, so that one place knows all commands)."""
    flood: Flood = field(default_factory=Flood)
    """Who writes how fast: one for the whole bot."""
    room: int | None = None
    """The group in which it happened, a mentor's workspace; empty for the private chat."""
    _answered: bool = False

    @property
    def language(self) -> str:
        """The person's language."""
        return self.who.language

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return ZoneInfo(self.school.zone)

    @property
    def reach(self) -> Reach:
        """The person's own chat."""
        return Reach(self.who.bot_id, self.who.user_id, self.who.language, True)

    def words(self, key: str, **values: Any) -> str:
        """A text of this person's language without markup."""
        return words(self.language, key, **values)

    def say(
        self,
        key: str,
        *,
        buttons: outgoing.Rows = (),
        keyboard: str | None = None,
        keyboard_text: str | None = None,
        reply_to: int | None = None,
        then: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Says something to this person."""
        self.unit.queue(
            answers=True,
            bot_id=self.who.bot_id,
            chat_id=self.who.user_id,
            kind=outgoing.TEXT,
            payload=outgoing.text(
                render(self.language, key, **values),
                buttons=buttons,
                keyboard=keyboard,
                keyboard_text=keyboard_text,
                reply_to=None if self.room is not None else reply_to,
                then=then,
            ),
        )

    def say_lines(self, lines: Sequence[str]) -> None:
        """Says some sentences of the catalogue in one message."""
        self.unit.queue(
            answers=True,
            bot_id=self.who.bot_id,
            chat_id=self.who.user_id,
            kind=outgoing.TEXT,
            payload=outgoing.text(Rich("\n".join(lines))),
        )

    def say_covered(self, key: str, covered: str) -> None:
        """Says something with words below it that stay covered until they are tapped, in notifications too."""
        head = render(self.language, key)
        text = f"{head.text}\n{covered}"
        span = {"type": "spoiler", "offset": units(head.text) + 1, "length": units(covered)}
        self.unit.queue(
            answers=True,
            bot_id=self.who.bot_id,
            chat_id=self.who.user_id,
            kind=outgoing.TEXT,
            payload=outgoing.text(Rich(text, (*head.spans, span))),
        )

    def tell(
        self,
        reach: Reach,
        key: str,
        *,
        dedupe_key: str | None = None,
        buttons: outgoing.Rows = (),
        lane: Lane = Lane.RELAY,
        **values: Any,
    ) -> None:
        """Says something to somebody else, in that person's language."""
        tell(self.unit, reach, key, dedupe_key=dedupe_key, buttons=buttons, lane=lane, **values)

    def change(self, key: str, *, buttons: outgoing.Rows = (), **values: Any) -> None:
        """Puts another text into the message whose button was pressed; says it anew where there is none."""
        if self.place_id is None or self.pressed is None:
            self.say(key, buttons=buttons, **values)
            return
        self.unit.queue(
            answers=True,
            bot_id=self.who.bot_id,
            chat_id=self.room or self.who.user_id,
            kind=outgoing.EDIT,
            payload=outgoing.edit(self.place_id, render(self.language, key, **values), buttons=buttons),
        )

    def toast(self, key: str | None = None, *, alert: bool = False, **values: Any) -> None:
        """Answers the press; with a short word where one is needed. Only the first answer counts."""
        if self.pressed is None or self._answered:
            return
        self._answered = True
        self.unit.queue(
            answers=True,
            bot_id=self.who.bot_id,
            chat_id=self.who.user_id,
            kind=outgoing.TOAST,
            lane=Lane.PRESS,
            payload=outgoing.toast(self.pressed, self.words(key, **values) if key else "", alert=alert),
            useful_until=self.unit.now_ms + PRESS_USEFUL_MS,
        )

    def button(self, key: str, action: str, *args: int | str, **values: Any) -> outgoing.Button:
        """A button with a text of the catalogue."""
        return self.named(self.words(key, **values), action, *args)

    def named(self, text: str, action: str, *args: int | str) -> outgoing.Button:
        """A button that is called after something (a child, a class)."""
        return outgoing.Button(text[:60], self.sign(action, *args))

    def page(self, key: str, name: str) -> list[outgoing.Button]:
        """A row with a button that opens one of the bot's pages (bot/pages.py); empty where there is none to open."""
        if not self.school.public_url or self.room is not None:
            return []
        return [outgoing.Button(self.words(key)[:60], page=f"{self.school.public_url}/app/{name}")]

    def sign(self, action: str, *args: int | str) -> str:
        """A button's data for this person."""
        return outgoing.sign(self.unit.vault, self.who.bot_id, self.who.user_id, action, *args)

    def served(self) -> list[int] | None:
        """The schools that this bot serves, None for all of the roster."""
        if not self.school.name:
            return None
        return [row.id for row in self.unit.execute(_SCHOOL, name=self.school.name)]


def tell(
    unit: Unit,
    reach: Reach,
    key: str,
    *,
    dedupe_key: str | None = None,
    buttons: outgoing.Rows = (),
    lane: Lane = Lane.RELAY,
    answers: bool = False,
    due_at: int | None = None,
    **values: Any,
) -> None:
    """Says something to somebody, in that person's language; once for a `dedupe_key`.

    `answers` where it answers what that very person just did (see Unit.queue); not before `due_at`, milliseconds since
    1970.
    """
    unit.queue(
        answers=answers,
        due_at=due_at,
        bot_id=reach.bot_id,
        chat_id=reach.user_id,
        kind=outgoing.TEXT,
        lane=lane,
        payload=outgoing.text(render(reach.language, key, **values), buttons=buttons),
        dedupe_key=dedupe_key,
    )


def rich(text: str, spans: Sequence[dict[str, Any]] = ()) -> Rich:
    """A text that is not ours, as it was written."""
    return Rich(text, tuple(spans))


CommandHandler = Callable[[Context, Commanded], None]
_Entry = TypeVar("_Entry")


def joined(*tables: Mapping[str, _Entry]) -> dict[str, _Entry]:
    """Tables of commands, buttons or typed texts as one. Raises ValueError for a name that stands twice: one of the two
    would silently never be called."""
    found: dict[str, _Entry] = {}
    for table in tables:
        twice = found.keys() & table.keys()
        if twice:
            raise ValueError(f"two handlers for {sorted(twice)}")
        found |= table
    return found


_SCHOOL = sql("SELECT id FROM school WHERE name = :name")
