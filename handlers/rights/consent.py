"""What I agreed to and since when; withdrawn with one press and one more, for a child or for all; agreed to anew."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press, tell
from handlers.rights import home
from handlers.texts import Block, words
from models import joining
from models.people import School
from models.rights import consents
from models.standing import Line, Reach, standing
from models.unit import Unit


def show(context: Context) -> None:
    """Which version, since when, for which child."""
    context.toast()
    children = context.who.children
    if not children:
        context.change("mydata.not_yours", buttons=[home.back(context)])
        return
    lines, rows, old = [], [], False
    for person_id in dict.fromkeys(line.guardian_id for line in children):
        given = consents.given(context.unit, person_id)
        if given is not None:
            lines.append(context.words("rcons.given", version=given.version, day=home.day(context, given.given_at)))
            old = old or not given.is_current
    for line in children:
        since = consents.since(context.unit, line.guardian_id, line.pupil_id)
        if since is not None:
            lines.append(context.words("rcons.child", child=line.pupil_name, day=home.day(context, since)))
        if len(children) > 1:
            label = context.words("button.consent_child", child=line.pupil_name)
            rows.append([context.named(label, "rconsask", line.guardianship_id)])
    if old:
        rows.insert(0, [context.button("button.consent_new", "rconsyes")])
    rows.append([context.button("button.consent_all", "askleave")])
    rows.append([context.button("button.consent_text", "rconsfull")])
    context.change(
        "rcons.view_old" if old else "rcons.view",
        lines=Block("\n".join(lines)),
        buttons=[*rows, home.back(context)],
    )


def full(context: Context) -> None:
    """The whole notice on personal data."""
    context.toast()
    if not context.who.has_joined:
        return
    school = context.unit.session.get_one(School, context.who.selves[0].school_id)
    phone = context.school.help_phone
    context.say(
        "consent.full",
        responsible=context.school.responsible or school.name,
        version=joining.NOTICE_VERSION,
        help=context.words("help.phone", phone=phone) if phone else context.words("help.ask_school"),
    )


def _line(context: Context, guardianship_id: int) -> Line | None:
    found = next((one for one in context.who.children if one.guardianship_id == guardianship_id), None)
    if found is None:
        context.toast("help.button_gone", alert=True)
    return found


def ask(context: Context, guardianship_id: int) -> None:
    """For one child: what follows, and once more."""
    line = _line(context, guardianship_id)
    if line is None:
        return
    context.toast()
    yes = context.words("button.consent_child_yes", child=line.pupil_name)
    context.change(
        "rcons.ask",
        child=line.pupil_name,
        buttons=[[context.named(yes, "rconsno", guardianship_id)], home.back(context)],
    )


def withdraw(context: Context, guardianship_id: int) -> None:
    """Withdrawn for this child: from now on nothing about it comes here."""
    line = _line(context, guardianship_id)
    if line is None:
        return
    context.toast()
    consents.withdraw_child(context.unit, context.who, line.guardian_id, line.pupil_id)
    fresh = standing(context.unit, context.who.bot_id, context.who.user_id)
    if fresh is not None:
        context.who = fresh
    context.change("rcons.done", child=line.pupil_name, buttons=[home.back(context)])
    context.menus(context)


def agree(context: Context) -> None:
    """Agrees to the notice of today."""
    if consents.agree(context.unit, context.who):
        context.toast("rcons.thanks")
    else:
        context.toast()
    show(context)


def tick(unit: Unit) -> None:
    """A new version of the notice: who agreed to an earlier one is asked, once a month at most."""
    for one in consents.outdated(unit):
        reach = Reach(one.bot_id, one.user_id, one.language, True)
        tell(
            unit,
            reach,
            "rcons.new_version",
            dedupe_key=f"consent:{joining.NOTICE_VERSION}:{one.person_id}",
            buttons=_asked(unit, reach),
            version=joining.NOTICE_VERSION,
        )


def _asked(unit: Unit, reach: Reach) -> say.Rows:
    def button(key: str, action: str) -> say.Button:
        return say.Button(words(reach.language, key)[:60], say.sign(unit.vault, reach.bot_id, reach.user_id, action))

    return [
        [button("button.consent_new", "rconsyes"), button("button.consent_text", "rconsfull")],
        [button("button.consent_more", "rcons")],
    ]


PRESSES: dict[str, Press] = {
    "rcons": Press(show),
    "rconsfull": Press(full),
    "rconsask": Press(ask, (int,)),
    "rconsno": Press(withdraw, (int,)),
    "rconsyes": Press(agree),
}
