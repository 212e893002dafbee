"""The chief mentor answers a guardian's offer to give a parent class: gladly, or not this time. Kindly either way."""

from __future__ import annotations

from handlers import telling
from handlers.context import Context, Press
from handlers.events import offers as offering
from models.events import audience, offers
from models.events.offers import Offer


def open_ones(context: Context) -> None:
    """The offers that wait for this account's answer."""
    wait = offers.open_for(context.unit, context.who)
    context.toast()
    rows_ = [[context.named(f"{one.group} {one.name}", "ofsee", one.id)] for one in wait]
    rows_.append([context.button("button.classes_back", "clist")])
    context.change("offer.waiting" if wait else "offer.none_waiting", buttons=rows_)


def _decides(context: Context, offer_id: int) -> tuple[Offer, int] | None:
    """An offer that this account may answer, and as whom; otherwise the button leads nowhere."""
    offer = offers.one(context.unit, offer_id)
    person = None if offer is None else audience.plans_class(context.unit, offer.class_id, context.who)
    if offer is None or person is None:
        context.toast("help.button_gone", alert=True)
        return None
    return offer, person


def see(context: Context, offer_id: int) -> None:
    """One offer, to answer."""
    found = _decides(context, offer_id)
    if found is None:
        return
    offer, _ = found
    if offer.state != "open":
        context.toast("offer.over", alert=True)
        return
    context.toast()
    rows_ = [
        [
            context.button("button.offer_yes", "ofyes", offer.id),
            context.button("button.offer_no", "ofno", offer.id),
        ],
        [context.button("button.classes_back", "clist")],
    ]
    context.change("offer.asked", buttons=rows_, group=offer.group, name=offer.name, about=offer.about)


def gladly(context: Context, offer_id: int) -> None:
    """'Gladly'."""
    _decide(context, offer_id, yes=True)


def not_now(context: Context, offer_id: int) -> None:
    """'Not this time'."""
    _decide(context, offer_id, yes=False)


def _decide(context: Context, offer_id: int, *, yes: bool) -> None:
    found = _decides(context, offer_id)
    if found is None:
        return
    offer, person = found
    unit = context.unit
    back = [[context.button("button.classes_back", "clist")]]
    if not offers.decide(unit, offer_id, person, yes=yes):
        context.toast("offer.over", alert=True)
        context.change(f"offer.is_{offer.state}", buttons=back, group=offer.group, name=offer.name, about=offer.about)
        return
    context.toast()
    state = "approved" if yes else "declined"
    context.change(f"offer.is_{state}", buttons=back, group=offer.group, name=offer.name, about=offer.about)
    school = next((one.school_id for one in offers.classes(unit, [offer.person_id]) if one.id == offer.class_id), 0)
    for one in offers.person(unit, [offer.person_id]):
        rows_ = [[telling.button(unit, one.reach, "button.offer_mine", "offer")]]
        offering.tell(unit, offer, one, school, context.school, "accepted" if yes else "refused", rows_)


PRESSES: dict[str, Press] = {
    "ofopen": Press(open_ones),
    "ofsee": Press(see, (int,)),
    "ofyes": Press(gladly, (int,)),
    "ofno": Press(not_now, (int,)),
}
