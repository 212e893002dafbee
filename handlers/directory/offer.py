"""'I can offer …' of a guardian: a few words, when it suits, whether the name may stand there; taken back at any time."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say, telling
from handlers.context import Context, Press
from handlers.directory import home
from handlers.events.shown import hears
from handlers.incoming import Wrote
from handlers.texts import Block, plain
from models.directory import naming, offers
from models.directory.offers import Offer
from models.duties import forms
from models.duties.forms import Asked
from models.events.offers import OwnClass
from models.safeguarding import signals

SHORT = 16


def short(offer: Offer) -> str:
    """Its first words, for a button."""
    about = plain(offer.about)
    return about if len(about) <= SHORT else f"{about[: SHORT - 1]}…"


def _classes(context: Context) -> list[OwnClass]:
    return offers.classes(context.unit, context.who.person_ids)


def rows(context: Context) -> list[list[say.Button]]:
    """On the first screen and in /more: the way to offer something."""
    return [[context.button("button.directory_offer", "droffer")]] if _classes(context) else []


def begin(context: Context) -> None:
    """What I have offered; or at once the question, where that is nothing."""
    mine = [one for person in context.who.person_ids for one in offers.of_person(context.unit, person)]
    if not mine:
        another(context)
        return
    context.toast()
    lines = [
        context.words(f"directory.offer_line_{one.state}", group=one.group, about=plain(one.about)) for one in mine
    ]
    rows_ = [
        [context.button("button.directory_offer_answer", "drofagain", one.id)]
        for one in mine
        if one.question and one.state == "asked"
    ]
    rows_ += [[context.button("button.directory_offer_back", "drofdrop", one.id, about=short(one))] for one in mine]
    if len(mine) < offers.MOST:
        rows_.append([context.button("button.directory_offer_another", "drofnew")])
    rows_.append([context.button("button.directory_offer_class", "offer")])
    context.change("directory.offers", buttons=[*rows_, home.back(context)], lines=Block("\n".join(lines)))


def another(context: Context) -> None:
    """Which class, if there are several; then the question."""
    own = _classes(context)
    if not own:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    if len(own) == 1:
        _ask(context, own[0])
        return
    rows_ = [[context.named(one.group, "drofcls", one.id)] for one in own]
    context.change("directory.offer_which", buttons=[*rows_, home.back(context)])


def for_class(context: Context, class_id: int) -> None:
    """The class was chosen."""
    own = next((one for one in _classes(context) if one.id == class_id), None)
    if own is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _ask(context, own)


def _ask(context: Context, own: OwnClass) -> None:
    forms.ask(context.unit, context.who, "droffer", own.id)
    context.change(
        "directory.offer_ask",
        buttons=[[context.button("button.directory_offer_class", "offer")], home.back(context)],
        group=own.group,
        most=offers.LONGEST,
    )


def _text(context: Context, event: Wrote, class_id: int) -> str | None:
    """What was typed, where it can stand on a card; otherwise it was said what to do, and it is still waited for."""
    text = event.text.strip()
    if len(text) > offers.LONGEST:
        context.say("directory.offer_long", reply_to=event.place_id, most=offers.LONGEST, count=len(text))
        return None
    if offers.holds_number(text):
        context.say("directory.offer_number", reply_to=event.place_id)
        return None
    # A parent of several classes may name the other child.
    if naming.names_child(context.unit, {class_id, *(one.id for one in _classes(context))}, text):
        context.say("directory.offer_child", reply_to=event.place_id)
        return None
    return text


def takes_offer(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The words of an offer: kept, not sent yet."""
    own = next((one for one in _classes(context) if one.id == wanted.subject_id), None)
    if own is None or signals.find(event.text) is not None:
        forms.end(context.unit, context.who)
        return False
    text = _text(context, event, own.id)
    if text is None:
        return True
    forms.end(context.unit, context.who)
    row = offers.begin(context.unit, own.id, own.person_id, text)
    found = None if row is None else offers.own(context.unit, row, context.who)
    if found is None:
        buttons = [[context.button("button.directory_offers", "droffer")], home.back(context)]
        if len(offers.of_person(context.unit, own.person_id)) >= offers.MOST:
            context.say("directory.offer_many", buttons=buttons, reply_to=event.place_id, most=offers.MOST)
        else:
            context.say("directory.offer_enough", buttons=buttons, reply_to=event.place_id)
        return True
    _draft(context, found)
    return True


def _own(context: Context, offer_id: int, *states: str) -> Offer | None:
    found = offers.own(context.unit, offer_id, context.who)
    if found is None or found.state not in states:
        context.toast("directory.offer_over", alert=True)
        return None
    return found


def _draft(context: Context, offer: Offer) -> None:
    def tick(key: str, *, on: bool, code: str) -> say.Button:
        return context.named(("✓ " if on else "") + context.words(key), "drofset", offer.id, code)

    suits = [tick(f"directory.suits_{one}", on=one in offer.suits, code=one) for one in offers.SUITS]
    key = "directory.offer_name" if offer.named else "directory.offer_noname"
    context.change(
        "directory.offer_draft",
        buttons=[
            suits[:3],
            suits[3:],
            [context.named(context.words(key), "drofset", offer.id, "name")],
            [context.button("button.directory_offer_send", "drofsend", offer.id)],
            [context.button("button.directory_offer_drop", "drofdrop", offer.id)],
        ],
        about=plain(offer.about),
    )


def set_(context: Context, offer_id: int, code: str) -> None:
    """When it suits, or whether the name stands there, the other way round."""
    offer = _own(context, offer_id, "draft")
    if offer is None or code not in (*offers.SUITS, "name"):
        return
    context.toast()
    suits, named = offer.suits, offer.named
    if code == "name":
        named = not named
    else:
        suits = tuple(one for one in offers.SUITS if (one in suits) != (one == code))
    offers.choose(context.unit, offer, suits, named=named)
    fresh = offers.own(context.unit, offer_id, context.who)
    if fresh is not None:
        _draft(context, fresh)


def send(context: Context, offer_id: int) -> None:
    """To the chief mentor."""
    offer = _own(context, offer_id, "draft")
    if offer is None:
        return
    context.toast()
    rows_ = [[context.button("button.directory_offers", "droffer")], home.back(context)]
    if len(offers.of_person(context.unit, offer.person_id)) >= offers.MOST:
        # Written before the others were sent.
        context.change("directory.offer_many", buttons=rows_, most=offers.MOST)
        return
    if offers.send(context.unit, offer_id):
        tell_deciders(context, offer)
    context.change("directory.offer_sent", buttons=rows_, group=offer.group)


def tell_deciders(context: Context, offer: Offer) -> None:
    """Asks the chief mentor, or where there is none the admins; with its words, which are no child's."""
    unit = context.unit
    for one in offers.deciders(unit, offer):
        telling.tell(
            unit,
            one.reach,
            "directory.offer_new",
            dedupe_key=f"diroffer:{offer.id}:ask:{one.person_id}:{unit.now_ms}",
            due_at=hears(unit, one, offer.school_id, context.school),
            buttons=[[telling.button(unit, one.reach, "button.directory_look", "drofsee", offer.id)]],
            group=offer.group,
        )


def drop(context: Context, offer_id: int) -> None:
    """Taken back, before it was sent or after it became a card."""
    offer = _own(context, offer_id, "draft", "open", "asked", "approved")
    if offer is None:
        return
    context.toast()
    offers.withdraw(context.unit, offer)
    rows_ = [[context.button("button.directory_offer_another", "drofnew")], home.back(context)]
    context.change("directory.offer_withdrawn", buttons=rows_)


def again(context: Context, offer_id: int) -> None:
    """The chief mentor wants to know more: written anew."""
    offer = _own(context, offer_id, "asked")
    if offer is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "droagain", offer.id)
    context.change(
        "directory.offer_again",
        buttons=[[context.button("button.directory_offers", "droffer")]],
        question=plain(offer.question),
        about=plain(offer.about),
        most=offers.LONGEST,
    )


def takes_again(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The new words."""
    offer = offers.own(context.unit, wanted.subject_id, context.who)
    if offer is None or offer.state != "asked" or signals.find(event.text) is not None:
        forms.end(context.unit, context.who)
        return False
    text = _text(context, event, offer.class_id)
    if text is None:
        return True
    forms.end(context.unit, context.who)
    if offers.answer(context.unit, offer, text):
        tell_deciders(context, offer)
    rows_ = [[context.button("button.directory_offers", "droffer")], home.back(context)]
    context.say("directory.offer_sent", buttons=rows_, reply_to=event.place_id, group=offer.group)
    return True


PRESSES: dict[str, Press] = {
    "droffer": Press(begin),
    "drofnew": Press(another),
    "drofcls": Press(for_class, (int,)),
    "drofset": Press(set_, (int, str)),
    "drofsend": Press(send, (int,)),
    "drofdrop": Press(drop, (int,)),
    "drofagain": Press(again, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"droffer": takes_offer, "droagain": takes_again}
