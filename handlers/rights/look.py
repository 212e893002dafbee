"""/look: an admin asks to read a conversation, with a reason; a second person agrees; both sides are told, and it can be read
for a day."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from babel.dates import format_date

from handlers import say
from handlers.context import CommandHandler, Context, Press, tell
from handlers.copies import NEED_TO_KNOW, relation_word
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block, moment, words
from models.base import from_ms
from models.checklist import items
from models.conversation import Stored
from models.duties import forms
from models.duties.forms import Asked
from models.rights import looks
from models.rights.looks import LONGEST, PAGE, SHORTEST, Look
from models.safeguarding.cases import reach_of
from models.standing import Reach, administers, line_of_pupil
from models.threads import MessageState

NUMBER, REASON = "lknumber", "lkreason"
SHORT = 300
"""Characters of a message in the list."""


def show(context: Context, _event: Commanded | None = None) -> None:
    """Whose: the pupil's number is typed; what waits or can be read stands as buttons."""
    context.toast()
    if not administers(context.unit, context.who):
        context.say("admin.not_yours")
        return
    rows = []
    for one in looks.mine(context.unit, context.who):
        if one.state == "agreed":
            rows.append([context.named(context.words("button.look_read", child=one.side.child), "lkread", one.id, 0)])
    forms.ask(context.unit, context.who, NUMBER, 0)
    context.change("look.number", buttons=[*rows, [context.button("button.radmin_back", "radmin")]])


def takes_number(context: Context, event: Wrote, _asked: Asked) -> bool:
    """A pupil's number: with which guardian?"""
    if not administers(context.unit, context.who):
        forms.end(context.unit, context.who)
        context.say("admin.not_yours", reply_to=event.place_id)
        return True
    found = looks.sides(context.unit, context.who, event.text)
    if not found:
        context.say("look.no_such", reply_to=event.place_id, buttons=[[context.button("button.radmin_back", "radmin")]])
        return True
    forms.end(context.unit, context.who)
    rows = [
        [
            context.named(
                f"{one.child} · {relation_word(context.language, one.relation)}", "lkask", one.pupil_id, one.guardian_id
            )
        ]
        for one in found
    ]
    context.say(
        "look.which",
        child=found[0].child,
        group=found[0].school_class,
        buttons=[*rows, [context.button("button.radmin_back", "radmin")]],
    )
    return True


def ask_reason(context: Context, pupil_id: int, guardian_id: int) -> None:
    """Why? In words that both sides will read."""
    one = looks.side(context.unit, context.who, pupil_id, guardian_id)
    if one is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, REASON, pupil_id, str(guardian_id))
    context.change(
        "look.reason",
        child=one.child,
        relation=relation_word(context.language, one.relation),
        fewest=SHORTEST,
        most=LONGEST,
        buttons=[[context.button("button.look_no", "radmin")]],
    )


def takes_reason(context: Context, event: Wrote, asked: Asked) -> bool:
    """The reason: a second person is asked."""
    unit = context.unit
    side = looks.side(unit, context.who, asked.subject_id, int(asked.extra))
    if side is None:
        forms.end(unit, context.who)
        context.say("look.gone", buttons=[[context.button("button.radmin_back", "radmin")]], reply_to=event.place_id)
        return True
    reason = " ".join(event.text.split())
    if not SHORTEST <= len(reason) <= LONGEST:
        context.say("look.reason_length", fewest=SHORTEST, most=LONGEST, count=len(reason), reply_to=event.place_id)
        return True
    forms.end(unit, context.who)
    row = looks.ask(unit, context.who, side, reason)
    one = None if row is None else looks.look(unit, row)
    back = [[context.button("button.radmin_back", "radmin")]]
    if one is None:
        context.say("look.enough", most=looks.MOST, buttons=back)
        return True
    people = looks.deciders(unit, one)
    if not people:
        looks.drop(unit, one.id)
        context.say("look.nobody", buttons=back)
        return True
    for person, reach in people:
        tell(
            unit,
            reach,
            "look.please",
            dedupe_key=f"look:{one.id}:ask:{person}",
            buttons=[
                [
                    _button(context, reach, "button.look_agree", "lkyes", one.id),
                    _button(context, reach, "button.look_decline", "lkno", one.id),
                ]
            ],
            name=one.asker,
            child=side.child,
            relation=relation_word(reach.language, side.relation),
            reason=reason,
        )
    context.say("look.asked", buttons=back)
    return True


def _button(context: Context, reach: Reach, key: str, action: str, *args: int) -> say.Button:
    data = say.sign(context.unit.vault, reach.bot_id, reach.user_id, action, *args)
    return say.Button(words(reach.language, key)[:60], data)


# --- the second person ---


def agree(context: Context, look_id: int) -> None:
    """Agrees: both sides are told at once, and who asked can read it."""
    one = _decide(context, look_id, agrees=True)
    if one is None:
        return
    context.change("look.agreed_yes", name=one.asker)
    unit, side = context.unit, one.side
    line = line_of_pupil(unit, side.pupil_id, side.guardian_id)
    if line is not None and line.guardian is not None and line.confirmed:
        tell(
            unit,
            line.guardian,
            "look.told_guardian",
            dedupe_key=f"look:{one.id}:guardian",
            buttons=[[_button(context, line.guardian, "button.mydata_seen", "rseen", side.pupil_id, 0)]],
            name=one.asker,
            child=side.child,
            reason=one.reason,
        )
    if line is not None:
        for reach in (line.mentor, line.substitute):
            if reach is not None:
                tell(
                    unit,
                    reach,
                    "look.told_mentor",
                    dedupe_key=f"look:{one.id}:mentor:{reach.user_id}",
                    name=one.asker,
                    child=side.child,
                    relation=relation_word(reach.language, side.relation),
                    reason=one.reason,
                )
    _tell_asker(context, one, "look.may_read")


def decline(context: Context, look_id: int) -> None:
    """Does not agree: who asked hears so."""
    one = _decide(context, look_id, agrees=False)
    if one is not None:
        context.change("look.agreed_no", name=one.asker)
        _tell_asker(context, one, "look.declined")


def _decide(context: Context, look_id: int, *, agrees: bool) -> Look | None:
    one = looks.look(context.unit, look_id)
    decided = None if one is None else looks.decide(context.unit, context.who, one, agrees=agrees)
    if one is None or decided is None:
        context.toast("help.button_gone", alert=True)
        return None
    if not decided:
        context.toast("look.decided", alert=True)
        return None
    context.toast()
    return one


def _tell_asker(context: Context, one: Look, key: str) -> None:
    reach = reach_of(context.unit, one.asked_by)
    if reach is None:
        return
    rows = [[_button(context, reach, "button.look_open", "lkread", one.id, 0)]] if key == "look.may_read" else []
    tell(context.unit, reach, key, dedupe_key=f"look:{one.id}:asker", buttons=rows, child=one.side.child)


# --- read ---


def read(context: Context, look_id: int, number: int) -> None:
    """A page of it."""
    found = looks.page(context.unit, context.who, look_id, number)
    if found is None:
        context.toast("look.over", alert=True)
        return
    context.toast()
    one, messages = found
    lines = [_line(context, one, message) for message in reversed(messages[:PAGE])]
    moves = []
    if len(messages) > PAGE:
        moves.append(context.button("button.older", "lkread", look_id, number + 1))
    if number:
        moves.append(context.button("button.newer", "lkread", look_id, number - 1))
    context.change(
        "look.page" if lines else "look.empty",
        child=one.side.child,
        relation=relation_word(context.language, one.side.relation),
        until=moment(context.language, from_ms(one.until or 0), context.school.zone),
        lines=Block("\n".join(lines)),
        buttons=[moves, [context.button("button.radmin_back", "radmin")]],
    )


def _line(context: Context, one: Look, message: Stored) -> str:
    language = context.language
    at = from_ms(message.written_at).astimezone(ZoneInfo(context.school.zone))
    day = format_date(at, "M月d日" if language == "zh_CN" else "d MMM", locale=language)
    who = relation_word(language, one.side.relation) if message.by_guardian else words(language, "history.other_mentor")
    if message.state is MessageState.RECALLED:
        text = words(language, "history.recalled")
    elif message.item_id is not None and items.level(context.unit, message.item_id) >= NEED_TO_KNOW:
        text = words(language, "look.covered")
    else:
        text = " ".join(message.body.text.split())
        if message.body.media:
            text = f"[{words(language, f'kind.{message.kind}')}] {text}".strip()
        text = text or words(language, "history.forgotten")
        text = text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
    return f"{day} {at:%H:%M} {who}：{text}"


COMMANDS: dict[str, CommandHandler] = {"look": show}
PRESSES: dict[str, Press] = {
    "lk": Press(show),
    "lkask": Press(ask_reason, (int, int)),
    "lkyes": Press(agree, (int,)),
    "lkno": Press(decline, (int,)),
    "lkread": Press(read, (int, int)),
}
TEXTS = {NUMBER: takes_number, REASON: takes_reason}
