"""The chief mentor answers what a parent offers: gladly, one more question, not this time. The words stay the parent's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers import say, telling
from handlers.context import Context, Press
from handlers.directory import home
from handlers.directory.offer import short
from handlers.events.shown import hears
from handlers.incoming import Wrote
from handlers.texts import listed, plain
from models.directory import offers
from models.directory.offers import Offer
from models.duties import forms
from models.duties.forms import Asked
from models.events import offers as people


def rows(context: Context) -> list[list[say.Button]]:
    """On the first screen: the offers that wait."""
    found = offers.open_for(context.unit, context.who)
    return [[context.button("button.directory_offers_wait", "drofwait", count=len(found))]] if found else []


def waiting(context: Context) -> None:
    """The offers that wait for this account's answer."""
    found = offers.open_for(context.unit, context.who)
    context.toast()
    rows_ = [[context.named(f"{one.group} {short(one)}", "drofsee", one.id)] for one in found]
    key = "directory.offers_wait" if found else "directory.offers_none"
    context.change(key, buttons=[*rows_, home.back(context)])


def _open(context: Context, offer_id: int) -> tuple[Offer, int] | None:
    found = offers.decides(context.unit, offer_id, context.who)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return None
    if found[0].state != "open":
        context.toast("directory.answered", alert=True)
        waiting(context)
        return None
    return found


def see(context: Context, offer_id: int) -> None:
    """One offer, to answer."""
    found = _open(context, offer_id)
    if found is None:
        return
    offer, _ = found
    context.toast()
    times = listed(context.language, (context.words(f"directory.suits_{one}") for one in offer.suits))
    context.change(
        "directory.offer_see",
        buttons=[
            [context.button("button.directory_offer_yes", "drofyes", offer.id)],
            [context.button("button.directory_offer_question", "drofq", offer.id)],
            [context.button("button.directory_offer_no", "drofno", offer.id)],
            home.back(context),
        ],
        group=offer.group,
        name=offers.parent_name(context.unit, offer),
        about=plain(offer.about),
        times=times or context.words("directory.suits_any"),
        shows=context.words("directory.offer_name" if offer.named else "directory.offer_noname"),
    )


def _tell(context: Context, offer: Offer, what: str, button: str, action: str, **values: Any) -> None:
    unit = context.unit
    for one in people.person(unit, [offer.person_id]):
        args = (offer.id,) if action == "drofagain" else ()
        telling.tell(
            unit,
            one.reach,
            f"directory.offer_{what}",
            dedupe_key=f"diroffer:{offer.id}:{what}:{unit.now_ms}",
            due_at=hears(unit, one, offer.school_id, context.school),
            buttons=[[telling.button(unit, one.reach, button, action, *args)]],
            group=offer.group,
            about=short(offer),
            **values,
        )


def yes(context: Context, offer_id: int) -> None:
    """Gladly: a card."""
    found = _open(context, offer_id)
    if found is None:
        return
    offer, person = found
    card = offers.approve(context.unit, offer, person)
    if card is None:
        _open(context, offer_id)
        return
    context.toast()
    _tell(context, offer, "approved", "button.directory_offers", "droffer")
    rows_ = [[context.button("button.directory_offer_card", "drcard", card)], *rows(context), home.back(context)]
    context.change("directory.offer_said_yes", buttons=rows_)


def no(context: Context, offer_id: int) -> None:
    """Not this time."""
    found = _open(context, offer_id)
    if found is None:
        return
    offer, person = found
    if not offers.decline(context.unit, offer, person):
        _open(context, offer_id)
        return
    context.toast()
    _tell(context, offer, "declined", "button.directory_back", "dir")
    context.change("directory.offer_said_no", buttons=[*rows(context), home.back(context)])


def question(context: Context, offer_id: int) -> None:
    """One more question."""
    found = _open(context, offer_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "drofq", offer_id)
    context.change(
        "directory.offer_question_ask",
        buttons=[[context.button("button.directory_request", "drofsee", offer_id)]],
        most=offers.LONGEST,
    )


def takes_question(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The question, as it was typed."""
    text = event.text.strip()
    if len(text) > offers.LONGEST:
        context.say("directory.word_long", reply_to=event.place_id, most=offers.LONGEST, count=len(text))
        return True
    forms.end(context.unit, context.who)
    found = offers.decides(context.unit, wanted.subject_id, context.who)
    if found is None or not offers.ask_back(context.unit, found[0], found[1], text):
        context.say("directory.answered", buttons=[home.back(context)], reply_to=event.place_id)
        return True
    _tell(context, found[0], "asked", "button.directory_offer_answer", "drofagain", question=text)
    context.say("directory.offer_said_question", buttons=[home.back(context)], reply_to=event.place_id)
    return True


PRESSES: dict[str, Press] = {
    "drofwait": Press(waiting),
    "drofsee": Press(see, (int,)),
    "drofyes": Press(yes, (int,)),
    "drofno": Press(no, (int,)),
    "drofq": Press(question, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"drofq": takes_question}
