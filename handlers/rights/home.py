"""/mydata: what is kept on me and my child, in plain words, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.copies import relation_word
from handlers.incoming import Commanded
from handlers.texts import Block
from models.base import from_ms
from models.rights import holdings
from models.rights.holdings import Held


def show(context: Context, _event: Commanded | None = None) -> None:
    """/mydata: kind by kind, how much and since when; a button for each right."""
    context.toast()
    who, unit = context.who, context.unit
    if not who.has_joined:
        context.say("more.stranger")
        return
    lines = []
    for one in who.selves:
        profile = holdings.profile(unit, one.person_id)
        if profile is None:
            continue
        key = "mydata.staff" if profile.is_staff else "mydata.guardian"
        phone = profile.phone or context.words("mydata.no_phone")
        lines.append(context.words(key, name=profile.name, phone=phone, school=profile.school))
        lines += [_kind(context, held) for held in holdings.of_person(unit, one.person_id)]
    for line in who.children:
        lines.append("")
        relation = relation_word(context.language, line.relation)
        lines.append(context.words("mydata.child", child=line.pupil_name, group=line.school_class, relation=relation))
        found = holdings.of_child(unit, line.guardian_id, line.pupil_id)
        lines += [_kind(context, held) for held in found] or [context.words("mydata.child_nothing")]
    context.change("mydata.view", lines=Block("\n".join(lines)), buttons=buttons(context))


def buttons(context: Context) -> list[list[say.Button]]:
    """One for each right."""
    rows = [
        [context.button("button.mydata_export", "rexport"), context.button("button.mydata_correct", "rcorr")],
    ]
    if context.who.children:
        rows.append([context.button("button.mydata_seen", "rseen", 0, 0)])
    last = [context.button("button.mydata_consent", "rcons")] if context.who.children else []
    if context.who.children or not all(one.is_staff for one in context.who.selves):
        rows.append([*last, context.button("button.mydata_erase", "rera")])
    rows.append([context.button("button.more_back", "more")])
    return rows


def back(context: Context) -> list[say.Button]:
    """The way back here."""
    return [context.button("button.mydata_back", "mydata")]


def _kind(context: Context, held: Held) -> str:
    what = context.words(f"mydata.kind_{held.kind}")
    if held.since is None:
        return context.words("mydata.row", what=what, count=held.many)
    return context.words("mydata.row_since", what=what, count=held.many, day=day(context, held.since))


def day(context: Context, at: int) -> str:
    """A day of the school's calendar, with its year."""
    local: datetime = from_ms(at).astimezone(ZoneInfo(context.school.zone))
    shown = "yyyy年M月d日" if context.language == "zh_CN" else "d MMM yyyy"
    return str(format_date(local, shown, locale=context.language))


COMMANDS: dict[str, CommandHandler] = {"mydata": show}
PRESSES: dict[str, Press] = {"mydata": Press(show)}
