"""What admins do in the chat: joining slips for a class, and how many have joined."""

from __future__ import annotations

from collections.abc import Iterable

from handlers import say
from handlers.context import Context
from handlers.incoming import Commanded
from handlers.slips import hand_out
from handlers.texts import Block
from models import counts, joining
from models.standing import CHIEF_MENTOR, administers, roles

PAGE = 8


def ask_class(context: Context, _event: Commanded) -> None:
    """/invites: for which class?"""
    schools = administers(context.unit, context.who)
    if not schools:
        context.say("admin.not_yours")
        return
    context.say("invites.ask", buttons=_classes(context, schools, 0))


def _classes(context: Context, schools: list[int], page: int) -> list[list[say.Button]]:
    every = joining.classes(context.unit, schools)
    pages = (len(every) + PAGE - 1) // PAGE
    page = min(max(page, 0), max(pages - 1, 0))
    rows = [[context.named(label, "slips", class_id)] for class_id, label in every[page * PAGE : page * PAGE + PAGE]]
    turn = []
    if page > 0:
        turn.append(context.button("button.earlier", "classes", page - 1))
    if page + 1 < pages:
        turn.append(context.button("button.more", "classes", page + 1))
    return [*rows, turn, [context.button("invites.staff", "slips", 0)]]


def turn_page(context: Context, page: int) -> None:
    """More classes."""
    context.toast()
    schools = administers(context.unit, context.who)
    if schools:
        context.change("invites.ask", buttons=_classes(context, schools, page))


def send_slips(context: Context, class_id: int) -> None:
    """Makes the links of a class (0: of the staff) and sends them as a sheet to print and as a table."""
    context.toast()
    unit = context.unit
    schools = administers(unit, context.who)
    labels = dict(joining.classes(unit, schools)) if schools else {}
    if not schools or (class_id and class_id not in labels):
        context.change("admin.not_yours")
        return
    slips = list(
        joining.make_slips(
            unit,
            days=context.school.invite_days,
            school_ids=schools,
            class_ids=[class_id] if class_id else None,
            staff=class_id == 0,
            guardians=class_id != 0,
        )
    )
    label = labels.get(class_id) or context.words("invites.staff")
    if not slips:
        context.change("invites.nobody", group=label)
        return
    context.change("invites.done", group=label, count=len(slips), days=context.school.invite_days)
    hand_out(context, slips, label, "invites.sheet", "invites.table")


def show_joined(context: Context, _event: Commanded) -> None:
    """/joined: families and staff who have joined, as counts by class."""
    schools = administers(context.unit, context.who)
    if schools:
        found: Iterable[counts.Joined] = counts.joined(context.unit, school_ids=schools)
    elif CHIEF_MENTOR in roles(context.unit, context.who):
        found = counts.joined(context.unit, chief_ids=context.who.person_ids)
    else:
        context.say("admin.not_yours")
        return
    rows = [
        context.words("joined.row", group=one.label, joined=one.joined, all=one.all, mentors=one.mentors_missing)
        for one in found
    ]
    for start in range(0, max(len(rows), 1), 50):
        last = start + 50 >= len(rows)
        context.say(
            "joined.list" if start == 0 else "families.more",
            buttons=[[context.button("button.more_again", "ctjoin", 0)]] if last else [],
            lines=Block("\n".join(rows[start : start + 50])),
        )
