"""A notice as its readers will see it, shown to somebody who has to decide; its buttons only say that it is a preview."""

from __future__ import annotations

import orjson

from handlers import say, telling
from handlers.context import Context, Press
from handlers.notices import feed, shown
from handlers.notices.asks import Answers
from handlers.outcome import Tried
from handlers.texts import words
from models.events.audience import reaches
from models.notices import allowed, notices
from models.notices.audience import Child
from models.notices.content import Content
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit

PRESSED = "nwprev"


def messages(unit: Unit, notice: Notice, to: Reach, content: Content | None = None) -> list[tuple[str, str]]:
    """What readers get, in each language that it is written in, as kinds and payloads for this person's chat; with other
    words where `content` is given."""
    sheet = feed.sheet_of(unit, notice)
    sheet.content = content or sheet.content
    family = sheet.audience.families
    found = []
    for language in sheet.content.languages or (to.language,):
        # A reader's language; everything else is this person's own chat.
        reader = Reach(to.bot_id, to.user_id, language, True)
        children = [Child(0, words(language, "nwrite.example_child"))] if family else []
        found += [
            (one.kind, _tame(unit, notice, to, one.payload))
            for one in shown.messages(sheet, reader, children, family=family, answers=Answers(), person_id=0)
        ]
    return found


def _tame(unit: Unit, notice: Notice, to: Reach, payload: str) -> str:
    """The same without what follows when it has arrived, and with buttons that do nothing; links are to be tried."""
    found = orjson.loads(payload)
    found["then"] = {"preview": notice.id, "language": to.language}
    found.pop("mark", None)
    for row in found.get("buttons", []):
        for button in row:
            if len(button) < 4:
                button[1:] = [say.sign(unit.vault, to.bot_id, to.user_id, PRESSED)]
    return orjson.dumps(found).decode()


def send(
    unit: Unit, notice: Notice, to: Reach, *, answers: bool, dedupe_key: str = "", due_at: int | None = None
) -> None:
    """Puts it into somebody's chat; with a dedupe key once."""
    for number, (kind, payload) in enumerate(messages(unit, notice, to)):
        unit.queue(
            bot_id=to.bot_id,
            chat_id=to.user_id,
            kind=kind,
            lane=Lane.RELAY if answers else Lane.REMINDER,
            payload=payload,
            answers=answers,
            due_at=due_at,
            dedupe_key=f"{dedupe_key}:{number}" if dedupe_key else None,
        )


def refused(unit: Unit, tried: Tried) -> None:
    """The messenger does not take it: whoever looks hears that no reader would get it either."""
    then = tried.payload["then"]
    reach = Reach(tried.bot_id, tried.chat_id, then["language"], True)
    notice = notices.one(unit, then["preview"])
    author = None if notice is None else reaches(unit, [notice.author_id]).get(notice.author_id)
    own = author is not None and (author.bot_id, author.user_id) == (tried.bot_id, tried.chat_id)
    # Whoever was asked to agree cannot change it.
    rows = [[telling.button(unit, reach, "button.nw_back", "nwboard", then["preview"])]] if own else []
    telling.tell(
        unit,
        reach,
        "nwrite.preview_refused",
        dedupe_key=f"notice:{then['preview']}:refused:{tried.row_id}",
        lane=Lane.RELAY,
        buttons=rows,
    )


def pressed(context: Context) -> None:
    """A button of a preview."""
    context.toast("nwrite.is_preview", alert=True)


def look(context: Context, notice_id: int) -> None:
    """What a notice says, for whoever looks after it or has to agree to it."""
    notice = notices.one(context.unit, notice_id)
    may = notice is not None and (
        allowed.tends(context.unit, notice, context.who) is not None
        or allowed.approves(context.unit, notice, context.who) is not None
    )
    if notice is None or not may or notice.state == NoticeState.DROPPED:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.say("nwrite.preview_head")
    send(context.unit, notice, context.reach, answers=True)


PRESSES: dict[str, Press] = {PRESSED: Press(pressed), "nwlook": Press(look, (int,))}
