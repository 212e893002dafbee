"""A slip to sign: the choice for a child by a button, then the guardian's own name, typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from handlers import telling
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.notices import asks, feed
from handlers.notices.read import draw, have
from handlers.notices.shown import Sheet
from handlers.texts import Block, words
from models.duties import forms
from models.duties.forms import Asked
from models.notices import notices, received, slips
from models.notices.received import Received
from models.notices.slips import Signer
from models.notices.states import OUT


def choose(context: Context, notice_id: int, pupil_id: int) -> None:
    """For which child a choice is to be made, or changed; 0 goes back to all of them."""
    got = have(context, notice_id)
    if got is None:
        return
    sheet, found = got
    if pupil_id and _may(context, sheet, pupil_id) is None:
        draw(context, sheet, found, asks.answers_of(context.unit, sheet.notice, found.person_id), context.place_id)
        return
    context.toast()
    answers = asks.answers_of(context.unit, sheet.notice, found.person_id, sheet.content)
    draw(context, sheet, found, replace(answers, child=pupil_id or None), context.place_id)


def _may(context: Context, sheet: Sheet, pupil_id: int) -> Signer | None:
    """As whom this account signs for that child now; where it may not, the press is answered with why."""
    signer = slips.signer(context.unit, sheet.notice, context.who.person_ids, pupil_id)
    if sheet.content.slip is None or signer is None:
        context.toast("nslip.no_child", alert=True)
        return None
    if not slips.is_open(sheet.notice, context.unit.now_ms):
        context.toast("nslip.closed", alert=True)
        return None
    return signer


def ask_name(context: Context, notice_id: int, pupil_id: int, choice: int) -> None:
    """A choice was pressed: shown back, and the name is asked for. Nothing counts before it is typed."""
    got = have(context, notice_id)
    if got is None:
        return
    sheet, _found = got
    signer = _may(context, sheet, pupil_id)
    slip = sheet.content.slip
    if signer is None or slip is None:
        return
    if not 0 <= choice < slip.count:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    kept = f"{pupil_id}:{choice}:{sheet.notice.version}:{context.place_id or 0}"
    forms.ask(context.unit, context.who, "nslip", notice_id, kept)
    context.say(
        "nslip.sign",
        title=sheet.content.called(context.language),
        child=signer.child,
        choice=slip.offered(context.language)[choice],
        buttons=[[context.button("button.nf_not_now", "nslipx")]],
    )


def not_now(context: Context) -> None:
    """Not signed now."""
    context.toast()
    forms.end(context.unit, context.who)
    context.change("nslip.not_now")


def takes_name(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The name as it was typed: the signature."""
    unit = context.unit
    pupil_id, choice, version, place = (int(one) for one in wanted.extra.split(":"))
    notice = notices.one(unit, wanted.subject_id)
    found = None if notice is None else received.of(unit, notice.id, context.who.person_ids)
    if notice is None or found is None or notice.state not in OUT:
        forms.end(unit, context.who)
        context.say("nread.gone", reply_to=event.place_id)
        return True
    name = event.text.strip()
    # The own name is one, however short or long it is.
    if not slips.is_name(name) and not any(slips.matches(unit, one, name) for one in context.who.person_ids):
        context.say(
            "nslip.name_only",
            least=slips.SHORTEST,
            most=slips.LONGEST,
            buttons=[[context.button("button.nf_not_now", "nslipx")]],
            reply_to=event.place_id,
        )
        return True
    forms.end(unit, context.who)
    sheet = feed.sheet_of(unit, notice)
    signer = slips.signer(unit, notice, context.who.person_ids, pupil_id)
    slip = sheet.content.slip
    if signer is None or slip is None:
        context.say("nslip.no_child", reply_to=event.place_id)
    elif not slips.is_open(notice, unit.now_ms):
        context.say("nslip.closed", reply_to=event.place_id)
    elif version != notice.version or choice >= slip.count:
        # What was agreed to reads otherwise now.
        context.say("nslip.changed", reply_to=event.place_id)
    else:
        _signed(context, sheet, signer, choice, name, event.place_id)
    _draw(context, sheet, found, place)
    return True


def _draw(context: Context, sheet: Sheet, found: Received, place: int) -> None:
    answers = asks.answers_of(context.unit, sheet.notice, found.person_id, sheet.content)
    draw(context, sheet, found, answers, place or found.place_id)


def _signed(context: Context, sheet: Sheet, signer: Signer, choice: int, name: str, place: int) -> None:
    unit, language, zone, slip = context.unit, context.language, context.school.zone, sheet.content.slip
    if slip is None:
        return
    slips.sign(unit, sheet.notice, signer, choice, name)
    until = sheet.notice.valid_until
    lines = [
        words(language, "nslip.until_open")
        if until is None
        else words(language, "nslip.until", time=telling.when(language, until, zone))
    ]
    if not slips.matches(unit, signer.person_id, name):
        lines.append(words(language, "nslip.other_name"))
    context.say(
        "nslip.signed",
        title=sheet.content.called(language),
        child=signer.child,
        choice=slip.offered(language)[choice],
        name=name,
        time=telling.when(language, unit.now_ms, zone),
        until=Block("\n".join(lines)),
        reply_to=place,
    )


PRESSES: dict[str, Press] = {
    "nslip": Press(ask_name, (int, int, int)),
    "nslipc": Press(choose, (int, int)),
    "nslipx": Press(not_now),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"nslip": takes_name}
