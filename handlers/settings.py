"""/settings, /language, /hours and /help."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.incoming import Commanded
from handlers.texts import DEFAULT, LANGUAGES, clock, words
from models.people import Account, Person, RoleKind
from models.standing import roles

HOURS = ((420, 1080), (450, 1110), (480, 1200))
"""Working hours offered by a tap, in minutes after midnight: 07:00–18:00, 07:30–18:30, 08:00–20:00."""
QUIET = ((1260, 420), (1200, 420), (1320, 360), (1380, 480))
"""Quiet hours offered by a tap: 21:00–07:00, 20:00–07:00, 22:00–06:00, 23:00–08:00."""
_TYPED = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})\s*$")


def show(context: Context, _event: Commanded) -> None:
    """/settings: what is set, and a button for each thing that can be changed."""
    rows = [[context.button("button.language", "language")]]
    me = context.who.staff
    hours = None
    if me is not None and RoleKind.MENTOR in roles(context.unit, context.who):
        hours = me.hours
        rows.append([context.button("button.hours", "hours")])
        rows.append([context.button("button.week_when", "wwhen")])
        rows.append([context.button("menu.workspace", "ws")])
    if context.who.children:
        rows.append([context.button("button.quiet", "quiet")])
    if context.who.has_joined:
        rows.append([context.button("menu.calendar", "calendar")])
        rows.append([context.button("button.leave_all", "askleave")])
    language = context.words("language.own_name")
    if hours is None:
        context.say("settings.plain", buttons=rows, chosen=language)
    else:
        context.say("settings.mentor", buttons=rows, chosen=language, opens=clock(hours[0]), closes=clock(hours[1]))


def ask_language(context: Context, _event: Commanded | None = None) -> None:
    """/language: one button for each language, in that language."""
    context.toast()
    context.say(
        "language.ask",
        buttons=[[context.named(_own_name(code), "lang", code.replace("_", "-").lower()) for code in LANGUAGES]],
    )


def _own_name(code: str) -> str:
    return words(code, "language.own_name")


def set_language(context: Context, code: str) -> None:
    """Sets the language of this account; from now on the messenger's own setting no longer counts."""
    chosen = next((one for one in LANGUAGES if one.replace("_", "-").lower() == code), DEFAULT)
    account = context.unit.session.get_one(Account, context.who.account_id)
    account.language, account.language_chosen = chosen, True
    context.unit.session.flush()
    context.who.language = chosen
    context.toast()
    context.change("language.set")
    context.menus(context)


def ask_hours(context: Context) -> None:
    """Working hours: three to tap, any other to type."""
    context.toast()
    me = context.who.staff
    if me is None:
        return
    rows = [[context.named(f"{clock(a)} – {clock(b)}", "sethours", a, b)] for a, b in HOURS]
    context.say("hours.ask", opens=clock(me.hours[0]), closes=clock(me.hours[1]), buttons=rows)


def set_hours(context: Context, opens: int, closes: int) -> None:
    """Sets the working hours of the member of staff behind this account."""
    me = context.who.staff
    context.toast()
    if me is None or not 0 <= opens < closes <= 1440:
        context.change("hours.wrong")
        return
    person = context.unit.session.get_one(Person, me.person_id)
    person.hours_from, person.hours_to = opens, closes
    context.unit.session.flush()
    context.change("hours.set", opens=clock(opens), closes=clock(closes))


def ask_quiet(context: Context) -> None:
    """A family's quiet hours: when nothing arrives but what is urgent."""
    context.toast()
    if not context.who.children:
        return
    begin, end = context.who.children[0].guardian_quiet
    rows = [[context.named(f"{clock(a)} – {clock(b)}", "setquiet", a, b)] for a, b in QUIET]
    rows.append([context.button("button.no_quiet", "setquiet", 0, 0)])
    now = context.words("quiet.none_now") if begin == end else f"{clock(begin)} – {clock(end)}"
    context.say("quiet.ask", now=now, buttons=rows)


def set_quiet(context: Context, begin: int, end: int) -> None:
    """Sets the quiet hours of the guardian behind this account."""
    context.toast()
    if (begin, end) not in (*QUIET, (0, 0)) or not context.who.children:
        return
    for line in context.who.children:
        person = context.unit.session.get_one(Person, line.guardian_id)
        person.quiet_from, person.quiet_to = begin, end
    context.unit.session.flush()
    if begin == end:
        context.change("quiet.off")
    else:
        context.change("quiet.set", begin=clock(begin), end=clock(end))


def type_hours(context: Context, event: Commanded) -> None:
    """/hours 8:00-17:30 sets them; without anything behind it asks."""
    if context.who.staff is None:
        help_(context, event)
        return
    if not event.argument.strip():
        ask_hours(context)
        return
    found = _TYPED.match(event.argument)
    if found is None:
        context.say("hours.wrong")
        return
    h1, m1, h2, m2 = (int(part) for part in found.groups())
    if m1 > 59 or m2 > 59 or h1 > 23 or h2 > 24:
        context.say("hours.wrong")
        return
    set_hours(context, h1 * 60 + m1, h2 * 60 + m2)


def help_(context: Context, _event: Commanded) -> None:
    """/help: what this person can do, in a few lines."""
    mine = roles(context.unit, context.who)
    told = False
    if context.who.children:
        context.say("help.guardian")
        told = True
    if RoleKind.MENTOR in mine:
        context.say("help.mentor")
        told = True
    if RoleKind.ADMIN in mine:
        context.say("help.admin")
        told = True
    if RoleKind.CENTRE in mine:
        context.say("help.centre")
        told = True
    if not told:
        context.say("help.staff" if context.who.has_joined else "help.stranger")
