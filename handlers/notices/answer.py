"""A reply to a notice: which notice it is, which children it may be about, and how it is quoted to the mentor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers import say
from handlers.context import Context
from handlers.incoming import Wrote
from handlers.texts import plain, words
from models.conversation import Body
from models.duties import forms
from models.notices import audience, notices, received, slips
from models.notices.tables import Notice
from models.standing import Line
from models.unit import sql
from models.vault import VaultError

ACTIONS = ("nread", "nslip", "nslipc", "nvote", "nvat", "nevent")
"""Buttons that stand under notices: where a crash left us without knowing a message's place, they still tell the notice."""
LONGEST_QUOTE = 80
"""Characters of the passage that was marked."""
_NAME = sql("SELECT sealed_name FROM person WHERE id = :id AND ended_at IS NULL")


@dataclass(frozen=True, slots=True)
class About:
    """A notice that somebody replies to."""

    notice: Notice
    family: bool
    """It came to a guardian."""


def replied(context: Context, reply_to: int | None, claims: Sequence[str], room: int | None) -> About | None:
    """The notice to which something written replies; nothing where it replies to something else."""
    if reply_to is None or room is not None:
        return None
    unit, who = context.unit, context.who
    found = received.at_place(unit, who.bot_id, who.user_id, reply_to)
    if found is not None and found.person_id not in who.person_ids:
        found = received.of(unit, found.notice_id, who.person_ids)
    for data in claims if found is None else ():
        claim = say.claim(unit.vault, who.bot_id, who.user_id, data)
        if claim is not None and claim[0] in ACTIONS:
            number = claim[1][1 if claim[0] == "nevent" else 0]
            found = received.of(unit, int(number, 36), who.person_ids)
            break
    notice = None if found is None else notices.one(unit, found.notice_id)
    return None if found is None or notice is None else About(notice, found.family)


def takes_reply(context: Context, event: Wrote) -> bool:
    """Whether it is a reply to a notice that goes to the mentor: all of them but the own name where it was asked for."""
    if replied(context, event.reply_to, event.reply_claims, event.chat_id) is None:
        return False
    wanted = forms.asked(context.unit, context.who, forms.GUARDIANS_USEFUL)
    signs = wanted is not None and wanted.kind == "nslip"
    return not (signs and any(slips.matches(context.unit, one, event.text) for one in context.who.person_ids))


def lines(context: Context, about: About) -> list[Line]:
    """Which of the guardian's children a reply may be about: those whom the notice concerns today; where it concerns none
    of them any more, all of the same school."""
    children = context.who.children
    whom = notices.audience(about.notice)
    own = audience.children(context.unit, whom, context.who.person_ids)
    concerned = {child.pupil_id for found in own.values() for child in found}
    fit = [line for line in children if line.pupil_id in concerned]
    return fit or [line for line in children if line.school_id == about.notice.school_id] or list(children)


def quoted(context: Context, about: About, body: Body) -> Body:
    """The message with the notice that it answers, for the line above its copy."""
    try:
        title = notices.content(context.unit, about.notice).called(context.language)
    except VaultError:
        return body
    passage = plain(body.quote or "").strip()
    if len(passage) > LONGEST_QUOTE:
        passage = passage[: LONGEST_QUOTE - 1] + "…"
    key = "nread.about_quote" if passage else "nread.about_title"
    return replace(body, quote=None, about=words(context.language, key, title=title, quote=passage))


def tell_staff(context: Context, about: About, place: int) -> None:
    """Staff who reply to a notice hear whom to ask: nobody stands behind it in the chat."""
    unit, author = context.unit, about.notice.author_id
    row = unit.execute(_NAME, id=author).first()
    name = "" if row is None else unit.vault.open("person", author, "name", row.sealed_name)
    context.say("nread.staff_reply", name=name or context.words("nread.the_school"), reply_to=place)
