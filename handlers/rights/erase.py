"""Erasing: shows before what goes and what stays and why, and does it at the second press within ten minutes, at once."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import say
from handlers.context import Context, Press, tell
from handlers.copies import relation_word
from handlers.rights import home
from handlers.texts import Block
from models.queues import Lane
from models.rights import erasing, holdings
from models.rights.erasing import Copy, Scope
from models.standing import Line, standing
from models.unit import Unit

WITHIN = 600_000
"""Milliseconds between the two presses at most: a button found weeks later must not erase anything."""
GOES = ("messages", "answers", "file", "agreements", "notes")


def show(context: Context) -> None:
    """What can be erased: all that is about one child, or everything."""
    context.toast()
    children = context.who.children
    if not _people(context):
        context.change("mydata.not_yours", buttons=[home.back(context)])
        return
    rows = []
    if len(children) > 1:
        for line in children:
            label = context.words("button.erase_child", child=line.pupil_name)
            rows.append([context.named(label, "reraask", line.guardianship_id)])
    rows.append([context.button("button.erase_all", "reraask", 0)])
    context.change("rerase.what", buttons=[*rows, home.back(context)])


def _people(context: Context) -> list[int]:
    """The guardians behind this account, also one whose lines have all ended or were withdrawn."""
    found = [line.guardian_id for line in context.who.children]
    return list(dict.fromkeys([*found, *(one.person_id for one in context.who.selves if not one.is_staff)]))


def _lines(context: Context, guardianship_id: int) -> list[Line] | None:
    """The lines that this is about: one, or all of this account's. None where it is nobody's."""
    children = context.who.children
    found = [one for one in children if guardianship_id in (0, one.guardianship_id)]
    if not found and (guardianship_id or not _people(context)):
        context.toast("help.button_gone", alert=True)
        return None
    return found


def ask(context: Context, guardianship_id: int) -> None:
    """What goes, what stays and why."""
    lines = _lines(context, guardianship_id)
    if lines is None:
        return
    context.toast()
    unit = context.unit
    scopes = _scopes(unit, lines, _people(context), everything=guardianship_id == 0)
    goes = []
    for line in lines:
        held = {one.kind: one.many for one in holdings.of_child(unit, line.guardian_id, line.pupil_id)}
        alone = not erasing.shares(unit, line.guardian_id, line.pupil_id)
        goes.append(context.words("rerase.goes_child", child=line.pupil_name, count=held.get("messages", 0)))
        goes.append(context.words("rerase.goes_shared" if alone else "rerase.stays_shared", child=line.pupil_name))
    if not guardianship_id:
        goes.append(context.words("rerase.goes_own"))
    context.change(
        "rerase.ask",
        goes=Block("\n".join(goes)),
        buttons=[
            [context.button("button.erase_yes", "rerayes", guardianship_id, unit.now_ms // 1000, len(scopes))],
            [context.button("button.mydata_export", "rexport")],
            [context.button("button.erase_no", "mydata")],
        ],
    )


def erase(context: Context, guardianship_id: int, asked_at: int, shown: int) -> None:
    """Done at once. Who has erased everything is out, as after /leave."""
    lines = _lines(context, guardianship_id)
    if lines is None:
        return
    if not 0 <= context.unit.now_ms - asked_at * 1000 <= WITHIN:
        context.toast("rerase.too_late", alert=True)
        show(context)
        return
    unit, language = context.unit, context.language
    everything, people = guardianship_id == 0, _people(context)
    scopes = _scopes(unit, lines, people, everything=everything)
    if len(scopes) > shown:
        # Another guardian has gone, or a child has come: more would go than was read.
        context.toast("rerase.changed", alert=True)
        show(context)
        return
    copies, _ = erasing.erase(unit, scopes, people[0])
    # Only now: what was queued for this chat before went with the rest.
    context.toast()
    take_away(unit, copies)
    _tell_mentors(unit, lines)
    fresh = standing(unit, context.who.bot_id, context.who.user_id)
    if everything and (fresh is None or not fresh.has_joined):
        context.who.selves, context.who.children = [], []
        context.say("rerase.done_all", help=_help(context))
    else:
        if fresh is not None:
            context.who = fresh
        context.change("rerase.done", buttons=[home.back(context)])
    context.who.language = language
    context.menus(context)


def _tell_mentors(unit: Unit, lines: Sequence[Line]) -> None:
    """Whose chat has lost something hears why."""
    for line in lines:
        if line.mentor is not None and line.thread_id is not None:
            tell(
                unit,
                line.mentor,
                "rerase.told_mentor",
                dedupe_key=f"erased:{line.guardianship_id}:{unit.now_ms // 60_000}",
                child=line.pupil_name,
                relation=relation_word(line.mentor.language, line.relation),
            )


def _scopes(unit: Unit, lines: Sequence[Line], people: Sequence[int], *, everything: bool) -> list[Scope]:
    if not everything:
        return [scope for line in lines for scope in erasing.of_child(unit, line.guardian_id, line.pupil_id)]
    found = [scope for person in people for scope in erasing.of_guardian(unit, person)]
    # What is one person's own comes last: the account goes with it.
    return sorted(found, key=lambda scope: scope.name == "guardian")


def _help(context: Context) -> str:
    if context.school.help_phone:
        return context.words("help.phone", phone=context.school.help_phone)
    return context.words("help.ask_school")


def take_away(unit: Unit, copies: Sequence[Copy]) -> None:
    """Copies that the messenger still lets go of are taken out of both chats."""
    for one in copies:
        unit.queue(
            answers=True,
            bot_id=one.bot_id,
            chat_id=one.chat_id,
            kind=say.ERASE,
            lane=Lane.LATER,
            payload=say.erase_at(one.place_id),
            dedupe_key=f"erased:{one.bot_id}:{one.chat_id}:{one.place_id}",
        )


def tick(unit: Unit) -> None:
    """What was on its way while something was erased goes too."""
    take_away(unit, erasing.sweep(unit))


PRESSES: dict[str, Press] = {
    "rera": Press(show),
    "reraask": Press(ask, (int,)),
    "rerayes": Press(erase, (int, int, int)),
}
