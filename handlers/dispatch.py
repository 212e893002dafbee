"""Which handler gets an event. The tables are given by bot/menu.py, which knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers import albums, changes, conversation, holding, joining, say, topics
from handlers.context import CommandHandler, Context, Press, SchoolSettings
from handlers.events import present
from handlers.flood import Flood
from handlers.incoming import (
    AddedToGroup,
    Blocked,
    Commanded,
    Edited,
    Event,
    GroupMoved,
    Ignored,
    LeftGroup,
    Pressed,
    Reacted,
    SentOther,
    SharedContact,
    Unblocked,
    Wrote,
)
from handlers.notices import late as notices
from handlers.texts import DEFAULT, language_for
from models.duties import forms
from models.reaching import reachable_again, unreachable
from models.standing import Reach, Standing, meet, standing
from models.unit import Unit


@dataclass
class Dispatcher:
    """Finds the handler of an event; knows nobody's rights, the rules ask for them."""

    commands: Mapping[str, CommandHandler]
    presses: Mapping[str, Press]
    school: SchoolSettings
    menus: Callable[[Context], None]
    ignored: dict[str, int] = field(default_factory=dict)
    flood: Flood = field(default_factory=Flood)

    def handle(
        self, unit: Unit, event: Event | AddedToGroup | LeftGroup | GroupMoved | Ignored, known: Mapping[int, Standing]
    ) -> None:
        """Handles one event within its share of the unit. `known` holds standings that were read ahead."""
        if isinstance(event, Ignored):
            self.ignored[event.reason] = self.ignored.get(event.reason, 0) + 1
            return
        if isinstance(event, AddedToGroup):
            topics.added(unit, event, DEFAULT)
            return
        if isinstance(event, LeftGroup):
            topics.left(unit, event)
            return
        if isinstance(event, GroupMoved):
            topics.moved(unit, event)
            return
        room = getattr(event, "chat_id", None)
        if room is not None and not topics.is_own(unit, event.bot_id, room, event.user_id):
            self.ignored["group"] = self.ignored.get("group", 0) + 1
            topics.added(unit, AddedToGroup(event.bot_id, room, event.user_id), DEFAULT)
            return
        who = known.get(event.user_id) or meet(unit, event.bot_id, event.user_id, language_for(event.language_code))
        if isinstance(event, Blocked):
            holding.tell_held(unit, unreachable(unit, event.bot_id, event.user_id, None))
            return
        if not who.reachable and reachable_again(unit, event.bot_id, event.user_id):
            who.reachable = True
            holding.send_waiting(unit, who.person_ids, self.school.zone)
            notices.catch_up(unit, Reach(who.bot_id, who.user_id, who.language, True), who.person_ids)
        if isinstance(event, Unblocked):
            return
        context = self._context(unit, who)
        context.place_id = getattr(event, "place_id", None)
        context.room = room
        if event.user_id in unit.albums and not (isinstance(event, Wrote) and event.album is not None):
            albums.close_all(context)
        self._person(context, event)

    def _context(self, unit: Unit, who: Standing) -> Context:
        return Context(unit, who, self.school, menus=self.menus, flood=self.flood)

    def close_album(self, unit: Unit, bot_id: int, album_id: int, user_id: int) -> None:
        """An album is quiet: passes it on, within its own share of the unit."""
        who = standing(unit, bot_id, user_id)
        if who is not None:
            albums.close(self._context(unit, who), album_id)

    def _person(self, context: Context, event: Event) -> None:
        if isinstance(event, Commanded | Pressed) and context.who.has_joined:
            # Whoever has turned to something else writes for that.
            forms.leave(context.unit, context.who)
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
            if isinstance(event, Wrote) and event.media is None and present.by_code(context, event.text):
                # A guest types the code that the room shows.
                return
            if not isinstance(event, Edited | Reacted):
                joining.not_joined(context)
        elif isinstance(event, Wrote):
            (conversation.wrote if event.album is None else albums.piece)(context, event)
        elif isinstance(event, SentOther):
            conversation.sent_other(context, event)
        elif isinstance(event, Edited):
            changes.edited(context, event)
        elif isinstance(event, Reacted):
            changes.reacted(context, event)

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
