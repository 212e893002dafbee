"""Whether the log of who looked is whole: gone through beside the conversation, because it may be long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from handlers import say
from handlers.context import Context, Press, tell
from handlers.incoming import Wrote
from handlers.texts import words
from models import access
from models.duties import forms
from models.duties.forms import Asked
from models.rights import exports
from models.rights.exports import Wanted
from models.standing import Reach, administers, standing
from models.unit import Unit

CODE = "rlogcode"


def ask(context: Context) -> None:
    """Has it gone through; the answer comes as a message of its own."""
    context.toast()
    if not administers(context.unit, context.who):
        context.say("admin.not_yours")
        return
    exports.ask(context.unit, context.who, exports.LOG)
    context.change("rlog.asked", buttons=[[context.button("button.radmin_back", "radmin")]])


def ask_code(context: Context) -> None:
    """Number and code of an earlier day are typed."""
    context.toast()
    if not administers(context.unit, context.who):
        context.say("admin.not_yours")
        return
    forms.ask(context.unit, context.who, CODE, 0)
    context.change("rlog.ask", buttons=[[context.button("button.radmin_back", "radmin")]])


def takes_code(context: Context, event: Wrote, _asked: Asked) -> bool:
    """Whether that line is still what it was."""
    if not administers(context.unit, context.who):
        forms.end(context.unit, context.who)
        context.say("admin.not_yours", reply_to=event.place_id)
        return True
    number, code = typed(event.text)
    if not number or not code:
        context.say("rlog.unclear", reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    exports.ask(context.unit, context.who, exports.LOG, f"{number}:{code}")
    context.say("rlog.asked", buttons=[[context.button("button.radmin_back", "radmin")]])
    return True


def typed(text: str) -> tuple[int, str]:
    """Number and code out of '123 ABCD-EFGH-IJKL' or '123:ABCD…'; 0 and nothing where it is none."""
    head, _, rest = text.strip().replace("：", ":").replace(":", " ").partition(" ")
    letters = "".join(sign for sign in rest if sign.isascii() and sign.isalnum())
    return (int(head), letters) if head.isdecimal() and len(head) < 12 and len(letters) == 12 else (0, "")


@dataclass(frozen=True, slots=True)
class Said:
    """What was found of a school's log, to be said."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)


def check(unit: Unit, wanted: Wanted) -> tuple[str, list[Said]]:
    """Goes through the logs of an admin's schools. Answers the language and what is to be said; nothing for who is none."""
    who = standing(unit, wanted.bot_id, wanted.user_id)
    if who is None:
        return "", []
    number, _, code = wanted.extra.partition(":")
    found = []
    for school_id in administers(unit, who):
        one = access.verify(unit, school_id, int(number or 0), code)
        values = {"lines": one.lines, "number": one.number, "code": one.code, "broken": one.broken_at or 0}
        found.append(Said("rlog.whole" if one.broken_at is None else "rlog.broken", values))
        if number:
            fits = one.broken_at is None and one.expected
            found.append(Said("rlog.fits" if fits else "rlog.fits_not", {"number": int(number), "lines": one.lines}))
    return who.language, found


def tell_all(unit: Unit, wanted: Wanted, language: str, found: list[Said]) -> None:
    """Says it to the admin who asked."""
    reach = Reach(wanted.bot_id, wanted.user_id, language, True)

    def button(key: str, action: str) -> list[say.Button]:
        data = say.sign(unit.vault, reach.bot_id, reach.user_id, action)
        return [say.Button(words(language, key)[:60], data)]

    rows = [button("button.rlog_check", "rlogask"), button("button.radmin_back", "radmin")]
    for place, one in enumerate(found):
        tell(
            unit,
            reach,
            one.key,
            answers=True,
            dedupe_key=f"log:{wanted.id}:{place}",
            buttons=rows if place == len(found) - 1 else [],
            **one.values,
        )


PRESSES: dict[str, Press] = {"rlog": Press(ask), "rlogask": Press(ask_code)}
TEXTS = {CODE: takes_code}
