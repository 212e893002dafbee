"""What else a notice can have: a button with a link, 'I have read it', an event to sign up for, the mark of an emergency."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from handlers import say
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.notices import compose
from handlers.notices.compose_draft import asks, event_title, holds, mine
from models.notices import aims, notices
from models.notices.content import LONGEST_CHOICE, Content, is_seen
from models.notices.states import Level
from models.notices.tables import Notice

LINK = "link"
LONGEST_LINK = 500
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
URGENT_LEVELS = (Level.SCHOOL, Level.CENTRE)
"""Only these may wake people."""


# --- a link ---


def link(context: Context, notice_id: int) -> None:
    """A button with a link: its words and the address are typed in one message."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    asks(context, notice, LINK)
    rows = []
    if notices.content(context.unit, notice).link is not None:
        rows.append([context.button("button.nw_no_link", "nwnolink", notice.id)])
    context.change("nwrite.link", buttons=[*rows, [context.button("button.nw_back", "nwboard", notice.id)]])


def wrong_address(address: str) -> str:
    """Why an address will not do for a button, as a word: https, address; empty where it will."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "address"
    if parts.scheme.lower() != "https":
        return "https"
    named = "." in host and all(host.split("."))
    plain = not parts.username and not parts.password and named and len(address) <= LONGEST_LINK
    return "" if plain else "address"


def takes_link(context: Context, notice: Notice, event: Wrote) -> None:
    """Words and address; without words the button is called 'open the link'."""
    found = _ADDRESS.search(event.text)
    if found is None:
        context.say("nwrite.link_none", reply_to=event.place_id)
        return
    address = found.group().rstrip("，。；、）)】>")
    why = wrong_address(address)
    if why:
        context.say(f"nwrite.link_{why}", reply_to=event.place_id)
        return
    label = " ".join(event.text.replace(found.group(), " ").split()).strip(" :：，,-—")
    if len(label) > LONGEST_CHOICE:
        context.say("nwrite.link_words", most=LONGEST_CHOICE, count=len(label), reply_to=event.place_id)
        return
    content = notices.content(context.unit, notice)
    label = label if is_seen(label) else context.words("nwrite.link_plain")
    notices.write(context.unit, notice, content.with_(link=(label, address)))
    compose.board(context, notice)


def no_link(context: Context, notice_id: int) -> None:
    """No link after all."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    notices.write(context.unit, notice, notices.content(context.unit, notice).with_(link=None))
    compose.board(context, notice)


# --- 'I have read it' ---


def read(context: Context, notice_id: int) -> None:
    """The button 'I have read it', on or off."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    content = notices.content(context.unit, notice)
    context.toast("nwrite.read_off" if content.read else "nwrite.read_on")
    notices.write(context.unit, notice, content.with_(read=not content.read))
    compose.board(context, notice)


# --- an event ---


def event(context: Context, notice_id: int) -> None:
    """For which event does its button sign up?"""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    holds(context, notice)
    found = aims.events_of(context.unit, notice, notices.audience(notice), ahead=True)
    rows = [[context.named(event_title(context, one.id), "nweventy", notice.id, one.id)] for one in found]
    if notice.event_id is not None:
        rows.append([context.button("button.nw_no_sign_up", "nweventy", notice.id, 0)])
    rows.append([context.button("button.nw_back", "nwboard", notice.id)])
    context.change("nwrite.event" if found else "nwrite.event_none", buttons=rows)


def choose_event(context: Context, notice_id: int, event_id: int) -> None:
    """That one; 0 for none."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    known = {one.id for one in aims.events_of(context.unit, notice, notices.audience(notice), ahead=True)}
    if event_id and event_id not in known:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _put(context, notice, event_id=event_id or None)
    compose.board(context, notice)


def _put(context: Context, notice: Notice, **values: object) -> None:
    for name, value in values.items():
        setattr(notice, name, value)
    context.unit.session.add(notice)
    context.unit.session.flush()


# --- an emergency ---


def emergency(context: Context, notice_id: int) -> None:
    """What an emergency is, and whether this is one; one that is marked so is none any more."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    if notice.level not in URGENT_LEVELS:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    if notice.emergency:
        _put(context, notice, emergency=False)
        compose.board(context, notice)
        return
    holds(context, notice)
    rows = [
        [context.button("button.nw_emergency_yes", "nwurgy", notice.id)],
        [context.button("button.nw_emergency_no", "nwboard", notice.id)],
    ]
    context.change("nwrite.emergency", buttons=rows)


def emergency_yes(context: Context, notice_id: int) -> None:
    """It is one."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    if notice.level not in URGENT_LEVELS:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _put(context, notice, emergency=True)
    compose.board(context, notice)


def rows(context: Context, notice: Notice, content: Content) -> list[list[say.Button]]:
    """On the screen 'something more'."""
    row = notice.id
    found = [
        [context.button("button.nw_read_off" if content.read else "button.nw_read_on", "nwread", row)],
        [context.button("button.nw_link", "nwlink", row)],
    ]
    if notice.level != Level.CENTRE:
        found.append([context.button("button.nw_event", "nwevent", row)])
    if notice.level in URGENT_LEVELS:
        key = "button.nw_emergency_off" if notice.emergency else "button.nw_emergency"
        found.append([context.button(key, "nwurg", row)])
    return found


PRESSES: dict[str, Press] = {
    "nwlink": Press(link, (int,)),
    "nwnolink": Press(no_link, (int,)),
    "nwread": Press(read, (int,)),
    "nwevent": Press(event, (int,)),
    "nweventy": Press(choose_event, (int, int)),
    "nwurg": Press(emergency, (int,)),
    "nwurgy": Press(emergency_yes, (int,)),
}
