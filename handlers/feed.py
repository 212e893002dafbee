"""The school year as a calendar feed (RFC 5545): whole days, no names of people, nothing about children."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vDuration

from handlers.texts import words
from models import school_year
from models.school_year import Entry, Year
from models.standing import standing
from models.unit import Unit, sql
from models.vault import token_hash

REFRESH = timedelta(hours=12)


def drawn(year: Year, school: str, language: str, now: datetime) -> bytes:
    """The feed of a school's calendar."""
    found = Calendar()
    found.add("prodid", "-//mentor bot//school year//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", words(language, "feed.name", school=school))
    found["REFRESH-INTERVAL"] = vDuration(REFRESH)
    for one in year.entries:
        found.add_component(_event(one, language, now))
    return bytes(found.to_ical())


_SCHOOL = sql("SELECT name FROM school WHERE id = :id")


def of_secret(unit: Unit, bot_id: int, secret: str) -> bytes | None:
    """The feed at a secret address; nothing where it is unknown, was replaced, or its person has left."""
    user_id = school_year.feed_of(unit, bot_id, token_hash(secret))
    who = None if user_id is None else standing(unit, bot_id, user_id)
    if who is None or not who.has_joined:
        return None
    school_id = who.staff.school_id if who.staff is not None else who.selves[0].school_id
    row = unit.execute(_SCHOOL, id=school_id).first()
    return drawn(school_year.kept(unit, school_id), "" if row is None else row.name, who.language, unit.now)


def _event(one: Entry, language: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{one.kind}-{one.id}@school-year")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", one.first)
    # RFC 5545: the end of whole days is the day after.
    event.add("dtend", one.last + timedelta(days=1))
    event.add("summary", words(language, f"feed.{one.kind}", name=one.name).strip())
    event.add("transp", "TRANSPARENT")
    return event
