"""An appointment as a file for people's own calendars (RFC 5545, RFC 5546).

It is published, not sent as an invitation: that would need e-mail addresses of all who come, which nobody is asked for.
Times are written in UTC. An appointment is one moment, not a habit on the wall clock, and every phone shows it in its own
zone; a zone would have to bring its rules along, which phones read in different ways.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from handlers.texts import plain


def drawn(
    *,
    uid: str,
    sequence: int,
    cancelled: bool,
    begins: datetime,
    ends: datetime,
    title: str,
    about: str,
    place: str,
    alarm_minutes: tuple[int, ...],
    now: datetime,
) -> bytes:
    """The file. A calendar that knows the `uid` takes it for a change where its `sequence` is higher.

    Cancelled, it takes the appointment off the calendar and rings no more; empty texts are left out. Raises ValueError
    for a time without a zone, and for an end that is not after the beginning.
    """
    if begins.utcoffset() is None or ends.utcoffset() is None or now.utcoffset() is None:
        raise ValueError("a time without its zone")
    if ends <= begins:
        raise ValueError("it ends before it begins")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", begins.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add("summary", plain(title))
    for name, text in (("description", _lines(about)), ("location", plain(place))):
        if text:
            event.add(name, text)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    for minutes in () if cancelled else alarm_minutes:
        event.add_component(_alarm(minutes, plain(title)))
    found = Calendar()
    found.add("prodid", "-//mentor bot//appointments//EN")
    found.add("version", "2.0")
    found.add("method", "CANCEL" if cancelled else "PUBLISH")
    found.add_component(event)
    return bytes(found.to_ical())


def _alarm(minutes: int, title: str) -> Alarm:
    found = Alarm()
    found.add("action", "DISPLAY")
    found.add("description", title)
    found.add("trigger", timedelta(minutes=-minutes))
    return found


def _lines(text: str) -> str:
    """Line breaks are kept; what turns or hides text is not."""
    return "\n".join(plain(line) for line in text.splitlines())
