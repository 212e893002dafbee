"""Which command and which button leads where, and which commands a person's menu shows."""

from __future__ import annotations

from handlers import (
    absence,
    admin,
    calendar,
    changes,
    checklist,
    compose,
    conversation,
    families,
    history,
    joining,
    more,
    notes,
    overview,
    review,
    say,
    settings,
    team,
    topics,
    urgent,
    waiting,
    week,
)
from handlers.appointments import menu as appointments
from handlers.city import menu as city
from handlers.context import Context, Press, joined
from handlers.directory import menu as directory
from handlers.events import menu as events
from handlers.evidence import menu as evidence
from handlers.matching import menu as matching
from handlers.notices import menu as notices
from handlers.pupil_file import menu as pupil_file
from handlers.rights import menu as rights
from handlers.training import menu as training
from models.people import RoleKind
from models.standing import CHIEF_MENTOR, roles

COMMANDS = joined(
    {
        "start": joining.start,
        "help": settings.help_,
        "settings": settings.show,
        "language": settings.ask_language,
        "leave": joining.ask_leave,
        "hours": settings.type_hours,
        "families": families.list_families,
        "cancel": conversation.cancel,
        "recall": changes.recall,
        "invites": admin.ask_class,
        "joined": admin.show_joined,
    },
    topics.COMMANDS,
    absence.COMMANDS,
    history.COMMANDS,
    waiting.COMMANDS,
    checklist.COMMANDS,
    compose.COMMANDS,
    urgent.COMMANDS,
    week.COMMANDS,
    team.COMMANDS,
    calendar.COMMANDS,
    overview.COMMANDS,
    appointments.COMMANDS,
    events.COMMANDS,
    notices.COMMANDS,
    pupil_file.COMMANDS,
    directory.COMMANDS,
    matching.COMMANDS,
    training.COMMANDS,
    more.COMMANDS,
    rights.COMMANDS,
    evidence.COMMANDS,
    city.COMMANDS,
)

PRESSES = joined(
    {
        "yes": Press(joining.yes, (int,)),
        "no": Press(joining.no, (int,)),
        "agree": Press(joining.agree, (int,)),
        "later": Press(joining.later, (int,)),
        "full": Press(joining.full_notice, (int,)),
        "leave": Press(joining.leave),
        "stay": Press(joining.stay),
        "askleave": Press(joining.ask_leave),
        "language": Press(settings.ask_language),
        "lang": Press(settings.set_language, (str,)),
        "hours": Press(settings.ask_hours),
        "sethours": Press(settings.set_hours, (int, int)),
        "quiet": Press(settings.ask_quiet),
        "setquiet": Press(settings.set_quiet, (int, int)),
        "answer": Press(conversation.answer, (int,)),
        "to": Press(conversation.chosen, (int, int)),
        "whom": Press(conversation.turn_page, (int, int)),
        "drop": Press(conversation.drop, (int,)),
        "card": Press(conversation.send_card, (int,)),
        "recall": Press(changes.take_back, (int,)),
        "classes": Press(admin.turn_page, (int,)),
        "slips": Press(admin.send_slips, (int,)),
    },
    topics.PRESSES,
    absence.PRESSES,
    history.PRESSES,
    waiting.PRESSES,
    checklist.PRESSES,
    compose.PRESSES,
    urgent.PRESSES,
    week.PRESSES,
    notes.PRESSES,
    team.PRESSES,
    review.PRESSES,
    calendar.PRESSES,
    overview.PRESSES,
    appointments.PRESSES,
    events.PRESSES,
    notices.PRESSES,
    pupil_file.PRESSES,
    directory.PRESSES,
    matching.PRESSES,
    training.PRESSES,
    more.PRESSES,
    rights.PRESSES,
    evidence.PRESSES,
    city.PRESSES,
)

EVERYBODY = ("start", "help", "settings", "language")


def menu_for(mine: frozenset[str], joined: bool) -> list[str]:
    """The commands of a person's menu, the most used first."""
    commands: list[str] = []
    if RoleKind.MENTOR in mine:
        commands += ["week", "write", "visits", "classes", "notice", "team", "families"]
    elif joined and not mine:
        commands += ["visits", "classes", "recall"]
    if RoleKind.ADMIN in mine:
        commands += ["invites", "joined"]
        if "notice" not in commands:
            commands += ["notice"]
        if "classes" not in commands:
            commands += ["classes"]
    if RoleKind.CENTRE in mine and "notice" not in commands:
        commands += ["notice"]
    if RoleKind.ADMIN in mine or CHIEF_MENTOR in mine:
        commands += ["overview"]
    if mine & {RoleKind.COUNSELLOR, RoleKind.DUTY_LEADER, RoleKind.ADMIN, CHIEF_MENTOR}:
        commands += ["cases"]
    if joined:
        commands += ["urgent", "more"]
    if not joined:
        return list(EVERYBODY)
    # The way out, and for staff the language, are found in /settings: a menu must fit a small screen.
    commands += ["help", "settings"] if mine else ["help", "settings", "language"]
    return commands


def set_menu(context: Context) -> None:
    """Sets the chat's list of commands for this person's roles and language."""
    names = menu_for(roles(context.unit, context.who), context.who.has_joined)
    context.unit.queue(
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.MENU,
        payload=say.menu([(name, context.words(f"menu.{name}")) for name in names]),
    )
