"""A copy of my data: asked for by a press, made beside the conversation, sent as a ZIP with a page to read and a JSON file."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from handlers import say
from handlers.context import Context, Press, SchoolSettings, tell
from handlers.rights import home, log
from handlers.rights.copy_file import zips
from handlers.texts import render
from models.queues import Lane
from models.rights import exports, gathering
from models.rights.exports import Wanted
from models.standing import Reach
from models.unit import Unit


def ask(context: Context) -> None:
    """Asks for the copy; it comes within a minute."""
    context.toast()
    if not context.who.has_joined:
        context.say("more.stranger")
        return
    said = exports.ask(context.unit, context.who)
    context.change(f"rexport.{said}", most=exports.MOST_A_DAY, buttons=[home.back(context)])


PRESSES: dict[str, Press] = {"rexport": Press(ask)}


# --- made, beside the conversation (bot/ticks.py) ---


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that is ready to be handed out; without files where nobody stands behind the account any more."""

    wanted: Wanted
    language: str
    files: tuple[bytes, ...] = ()
    said: tuple[log.Said, ...] = ()


def any_open(connection: Connection) -> bool:
    """Whether somebody waits for a copy."""
    return exports.any_open(connection)


def wanted(unit: Unit, bot_id: int) -> Wanted | None:
    """The next of a bot's people who waits for one."""
    return exports.next_one(unit, bot_id)


def make(unit: Unit, one: Wanted, school: SchoolSettings) -> Made:
    """Gathers and packs it. Reads only, so that nobody else's message waits for it."""
    if one.kind == exports.LOG:
        language, said = log.check(unit, one)
        return Made(one, language, said=tuple(said))
    found = gathering.gather(unit, one)
    if found is None:
        return Made(one, "")
    return Made(one, found["language"], tuple(zips(found, school.zone)))


def hand_out(unit: Unit, made: Made, day: str) -> None:
    """The files go to who asked, once."""
    if not exports.made(unit, made.wanted.id):
        return
    if made.said:
        log.tell_all(unit, made.wanted, made.language, list(made.said))
    for number, content in enumerate(made.files, 1):
        many = len(made.files)
        part = f"-{number}" if many > 1 else ""
        caption = render(made.language, "rexport.here")
        if many > 1:
            caption = render(made.language, "rexport.here_part", part=number, parts=many)
        unit.queue(
            answers=True,
            bot_id=made.wanted.bot_id,
            chat_id=made.wanted.user_id,
            kind=say.FILE,
            lane=Lane.RELAY,
            payload=say.file(f"mydata-{day}{part}.zip", content, caption, free=True),
        )


def not_made(unit: Unit, one: Wanted) -> None:
    """It could not be made: tried again, and after some tries the person hears so."""
    if exports.failed(unit, one.id):
        reach = Reach(one.bot_id, one.user_id, exports.language_of(unit, one), True)
        tell(unit, reach, "rexport.failed", dedupe_key=f"export:{one.id}", answers=True)
