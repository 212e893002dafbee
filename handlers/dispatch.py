"""Which handler gets an event. The tables are given by bot/application.py, where all is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers import conversation, joining, say
from handlers.context import Context, SchoolSettings
from handlers.events import (
    AddedToGroup,
    Blocked,
    Commanded,
    Edited,
    Event,
    Ignored,
    Pressed,
    SentOther,
    SharedContact,
    Unblocked,
    Wrote,
)
from handlers.texts import language_for
from models.conversation import reachable_again, unreachable
from models.standing import Standing, meet
from models.unit import Unit

CommandHandler = Callable[[Context, Commanded], None]
PressHandler = Callable[..., None]


@dataclass(frozen=True)
class Press:
    """A button's handler and what its arguments are: int for row ids and numbers, str for words."""

    handler: PressHandler
    args: tuple[type, ...] = ()


@dataclass
class Dispatcher:
    """Finds the handler of an event; knows nobody's rights, the rules ask for them."""

    commands: Mapping[str, CommandHandler]
    presses: Mapping[str, Press]
    school: SchoolSettings
    menus: Callable[[Context], None]
    ignored: dict[str, int] = field(default_factory=dict)

    def handle(self, unit: Unit, event: Event | AddedToGroup | Ignored, known: Mapping[int, Standing]) -> None:
        """Handles one event within its share of the unit. `known` holds standings that were read ahead."""
        if isinstance(event, Ignored):
            self.ignored[event.reason] = self.ignored.get(event.reason, 0) + 1
            return
        if isinstance(event, AddedToGroup):
            self.ignored["group"] = self.ignored.get("group", 0) + 1
            unit.queue(
                bot_id=event.bot_id,
                chat_id=event.chat_id,
                kind=say.LEAVE,
                payload="{}",
                dedupe_key=f"leave:{event.bot_id}:{event.chat_id}:{unit.now_ms // 60_000}",
            )
            return
        who = known.get(event.user_id) or meet(unit, event.bot_id, event.user_id, language_for(event.language_code))
        if isinstance(event, Blocked):
            conversation.tell_held(unit, unreachable(unit, event.bot_id, event.user_id, None))
            return
        if not who.reachable and reachable_again(unit, event.bot_id, event.user_id):
            who.reachable = True
            conversation.send_waiting(unit, who.person_ids)
        if isinstance(event, Unblocked):
            return
        context = Context(unit, who, self.school, menus=self.menus, place_id=getattr(event, "place_id", None))
        self._person(context, event)

    def _person(self, context: Context, event: Event) -> None:
        if isinstance(event, Commanded):
            handler = self.commands.get(event.command)
            if handler is None:
                context.say("help.unknown_command")
            else:
                handler(context, event)
        elif isinstance(event, Pressed):
            context.pressed = event.press_id
            self._press(context, event)
            context.toast()
        elif isinstance(event, SharedContact):
            joining.shared_contact(context, event)
        elif not context.who.has_joined:
            if not isinstance(event, Edited):
                joining.not_joined(context)
        elif isinstance(event, Wrote):
            conversation.wrote(context, event)
        elif isinstance(event, SentOther):
            conversation.sent_other(context, event)
        elif isinstance(event, Edited):
            conversation.edited(context, event)

    def _press(self, context: Context, event: Pressed) -> None:
        found = say.claim(context.unit.vault, event.bot_id, event.user_id, event.data)
        press = self.presses.get(found[0]) if found is not None else None
        if found is None or press is None or len(found[1]) != len(press.args):
            context.toast("help.button_gone", alert=True)
            return
        try:
            args: list[Any] = [
                int(arg, 36) if kind is int else arg for arg, kind in zip(found[1], press.args, strict=True)
            ]
        except ValueError:
            context.toast("help.button_gone", alert=True)
            return
        press.handler(context, *args)
