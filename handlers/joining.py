"""Getting in and out: /start with and without a link, yes and no, the notice on personal data, a shared number, /leave."""

from __future__ import annotations

import re

from handlers import conversation, holding, settings
from handlers.context import Context
from handlers.copies import relation_word
from handlers.events import late, present
from handlers.families import list_families
from handlers.incoming import Commanded, SharedContact
from handlers.notices import late as notices
from handlers.texts import Block, clock
from models import joining
from models.appointments import inviting
from models.city import again
from models.people import Invite, RoleKind, School
from models.reaching import stop_sending
from models.standing import Standing, admins, families, roles, standing

STRANGER_MS = 20_000
"""A stranger who writes again within 20 s is not told again how to join."""
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")


def start(context: Context, event: Commanded) -> None:
    """/start: with a link's payload opens the link; without one shows where the person stands. Resets nothing."""
    if event.argument and present.by_link(context, event.argument.strip()):
        return
    if event.argument:
        _open(context, event.argument.strip())
    else:
        where_you_stand(context)


def where_you_stand(context: Context) -> None:
    """What this account is to the school, and the next step where one is open."""
    waiting = joining.pending(context.unit, context.who)
    if waiting is not None:
        _ask_consent(context, waiting)
    elif not context.who.has_joined:
        stranger(context)
    else:
        _greet(context, "start.guardian" if context.who.children else "start.staff")
        context.menus(context)


def _greet(context: Context, key: str) -> None:
    who = context.who
    lines = []
    for line in who.children:
        mentor = (
            context.words("start.child_mentor", child=line.pupil_name, mentor=line.mentor_name)
            if line.mentor_name
            else context.words("start.child_no_mentor", child=line.pupil_name)
        )
        lines.append(mentor)
    if who.staff is not None and RoleKind.MENTOR in roles(context.unit, who):
        own = families(context.unit, who)
        joined = sum(1 for line in own if line.confirmed)
        lines.append(context.words("start.mentor_counts", joined=joined, all=len(own)))
    names = who.staff.name if who.staff is not None else who.selves[0].name
    context.say(key, name=names, lines=Block("\n".join(lines)))


def stranger(context: Context) -> None:
    """How to get in, with the button that shares the own number."""
    key = "start.stranger_phone" if context.school.help_phone else "start.stranger"
    context.say(
        key, keyboard="contact", keyboard_text=context.words("start.share_button"), phone=context.school.help_phone
    )


def not_joined(context: Context) -> None:
    """Somebody writes who has not joined: told what is missing, once in a while, not for each message."""
    unit, who = context.unit, context.who
    waiting = joining.pending(unit, who)
    said = f"stranger:{who.account_id}:{unit.now_ms // STRANGER_MS}"
    if unit.once(said, who.bot_id, who.user_id):
        if waiting is not None:
            _ask_consent(context, waiting)
        else:
            stranger(context)


# --- links ---


def _open(context: Context, token: str) -> None:
    unit, who = context.unit, context.who
    opened, invite = joining.open_link(unit, who, token, context.served())
    if opened is joining.Opened.FRESH and invite is not None:
        _ask_identity(context, invite)
    elif opened is joining.Opened.AGREEING and invite is not None:
        _ask_consent(context, invite)
    elif opened is joining.Opened.DONE:
        where_you_stand(context)
    elif opened is joining.Opened.PAUSED:
        context.say("link.paused", help=_help(context))
    else:
        context.say("link.wrong", help=_help(context))
        if opened is joining.Opened.USED and invite is not None:
            _report(context, invite, "admin.link_reused", f"reused:{invite.id}:{who.account_id}")


def _help(context: Context) -> str:
    if context.school.help_phone:
        return context.words("help.phone", phone=context.school.help_phone)
    return context.words("help.ask_school")


def _ask_identity(context: Context, invite: Invite) -> None:
    claim = joining.claim_of(context.unit, invite)
    if claim is None:
        context.say("link.wrong", help=_help(context))
        return
    school = context.unit.session.get_one(School, claim.school_id).name
    buttons = [[context.button("button.yes", "yes", invite.id), context.button("button.no", "no", invite.id)]]
    if claim.is_staff:
        context.say("join.is_staff", name=claim.person_name, school=school, buttons=buttons)
        return
    context.say(
        "join.is_guardian",
        name=claim.person_name,
        school=school,
        children=_children(context, claim),
        buttons=buttons,
    )


def _children(context: Context, claim: joining.Claim) -> Block:
    return Block(
        "\n".join(
            context.words("join.child", child=name, group=group, relation=relation_word(context.language, relation))
            for name, group, relation in claim.children
        )
    )


def yes(context: Context, invite_id: int) -> None:
    """'Yes, that is me': staff are in; a guardian is asked to agree to the notice, unless that was done before."""
    unit, who = context.unit, context.who
    invite = joining.invite_for(unit, who, invite_id)
    if invite is None or joining.claim_of(unit, invite) is None or not joining.take(unit, who, invite):
        context.toast()
        context.change("link.wrong", help=_help(context))
        return
    unit.session.refresh(invite)
    claim = joining.claim_of(unit, invite)
    context.toast()
    if claim is None:
        return
    if claim.is_staff:
        context.change("join.yes_done")
        _join_staff(context, invite)
    elif joining.has_consented(unit, [claim.person_id, *who.person_ids]):
        context.change("join.yes_done")
        _join_guardian(context, invite)
    else:
        context.change("join.yes_done")
        _ask_consent(context, invite)


def no(context: Context, invite_id: int) -> None:
    """'No': the link is withdrawn and the school told."""
    invite = joining.invite_for(context.unit, context.who, invite_id)
    context.toast()
    if invite is None or not joining.refuse(context.unit, invite):
        context.change("link.wrong", help=_help(context))
        return
    context.change("join.no_done", help=_help(context))
    _report(context, invite, "admin.link_refused", f"refused:{invite.id}")


def _report(context: Context, invite: Invite, key: str, dedupe_key: str) -> None:
    claim = joining.claim_of(context.unit, invite)
    for reach in admins(context.unit, invite.school_id):
        context.tell(
            reach,
            key,
            dedupe_key=f"{dedupe_key}:{reach.user_id}",
            name=claim.person_name if claim else "",
            child="、".join(child[0] for child in claim.children) if claim and claim.children else "–",
        )


def _ask_consent(context: Context, invite: Invite) -> None:
    responsible = context.school.responsible or context.unit.session.get_one(School, invite.school_id).name
    context.say(
        "consent.short",
        responsible=responsible,
        buttons=[
            [context.button("button.agree", "agree", invite.id), context.button("button.later", "later", invite.id)],
            [context.button("button.full_notice", "full", invite.id)],
        ],
    )


def full_notice(context: Context, invite_id: int) -> None:
    """The whole notice on personal data, as a message of its own; the question stays where it is."""
    context.toast()
    invite = joining.invite_for(context.unit, context.who, invite_id)
    school = context.unit.session.get(School, invite.school_id) if invite is not None else None
    name = school.name if school is not None else context.school.name
    context.say(
        "consent.full",
        responsible=context.school.responsible or name,
        version=joining.NOTICE_VERSION,
        help=_help(context),
    )


def agree(context: Context, invite_id: int) -> None:
    """'I agree': the guardian is in."""
    context.toast()
    invite = joining.invite_for(context.unit, context.who, invite_id)
    if invite is None or invite.used_by != context.who.account_id:
        context.change("link.wrong", help=_help(context))
        return
    context.change("consent.agreed")
    _join_guardian(context, invite)


def later(context: Context, invite_id: int) -> None:
    """'Not now': nothing is kept but the open link; the buttons stay."""
    invite = joining.invite_for(context.unit, context.who, invite_id)
    context.toast()
    if invite is None:
        context.change("link.wrong", help=_help(context))
        return
    again.said_later(context.unit, context.who.account_id, invite.id)
    context.change("consent.later", buttons=[[context.button("button.agree", "agree", invite.id)]])


def _join_guardian(context: Context, invite: Invite) -> None:
    unit = context.unit
    of_invite = set(joining.join(unit, context.who, invite))
    for pupil_id in of_invite:
        inviting.joins_late(unit, pupil_id, invite.person_id)
    who = _again(context)
    for line in who.children:
        if line.pupil_id not in of_invite:
            continue
        relation = relation_word(context.language, line.relation)
        if line.mentor_name is None or line.mentor_hours is None:
            context.say("join.card_no_mentor", child=line.pupil_name, group=line.school_class, relation=relation)
            continue
        context.say(
            "join.card",
            child=line.pupil_name,
            group=line.school_class,
            mentor=line.mentor_name,
            subject=line.mentor_subject or context.words("join.no_subject"),
            opens=clock(line.mentor_hours[0]),
            closes=clock(line.mentor_hours[1]),
        )
    context.say("join.just_write" if len(who.children) < 2 else "join.just_write_several", keyboard="remove")
    late.invite_late(context, list(of_invite), invite.person_id)
    context.menus(context)
    holding.send_waiting(context.unit, who.person_ids, context.school.zone)
    notices.catch_up(unit, context.reach, who.person_ids)


def _join_staff(context: Context, invite: Invite) -> None:
    joining.join(context.unit, context.who, invite)
    who = _again(context)
    is_mentor = RoleKind.MENTOR in roles(context.unit, who)
    name = who.staff.name if who.staff else ""
    context.say("join.staff_welcome" if is_mentor else "join.other_welcome", name=name, keyboard="remove")
    if is_mentor:
        settings.ask_hours(context)
        list_families(context)
    if RoleKind.ADMIN in roles(context.unit, who):
        context.say("join.admin_next")
    context.menus(context)
    holding.send_waiting(context.unit, who.person_ids, context.school.zone)
    notices.catch_up(context.unit, context.reach, who.person_ids)


def _again(context: Context) -> Standing:
    fresh = standing(context.unit, context.who.bot_id, context.who.user_id)
    if fresh is not None:
        context.who = fresh
    return context.who


# --- without a link ---


def shared_contact(context: Context, event: SharedContact) -> None:
    """A number counts only where it is the sender's own and the roster holds it."""
    if context.who.has_joined and not event.own:
        conversation.contact(context, event)
        return
    if not event.own:
        context.say("phone.not_own", keyboard="remove")
        return
    digits = re.sub(r"[^\d]", "", event.phone)
    phone = f"+{digits}"
    invites = joining.invite_by_phone(context.unit, context.who, phone, context.served()) if _E164.match(phone) else []
    if not invites and context.who.has_joined:
        conversation.contact(context, event)
        return
    if not invites:
        context.say("phone.unknown", keyboard="remove", help=_help(context))
        return
    context.say("phone.found", keyboard="remove")
    for invite in invites:
        _ask_identity(context, invite)


# --- out again ---


def ask_leave(context: Context, _event: Commanded | None = None) -> None:
    """/leave: says what will happen and asks once."""
    context.toast()
    if not context.who.has_joined:
        stranger(context)
        return
    context.say(
        "leave.ask",
        buttons=[[context.button("button.leave", "leave"), context.button("button.stay", "stay")]],
    )


def leave(context: Context) -> None:
    """Stops everything: nothing is sent to this account any more, and coming back needs a new link."""
    context.toast()
    if not context.who.has_joined:
        context.change("leave.done")
        return
    joining.leave(context.unit, context.who)
    threads = stop_sending(context.unit, context.who.bot_id, context.who.user_id)
    holding.tell_held(context.unit, threads)
    _again(context)
    context.change("leave.done")
    context.menus(context)


def stay(context: Context) -> None:
    """Not left after all."""
    context.toast()
    context.change("leave.stayed")
