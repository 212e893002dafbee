"""An appointment as a calendar file: read back as a phone reads it, whatever was typed into it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from handlers import invitation

BEGINS = datetime(2026, 3, 6, 19, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def drawn(**changed: Any) -> bytes:
    """A home visit on a Friday evening."""
    values: dict[str, Any] = {
        "uid": "visit-1@school",
        "sequence": 0,
        "cancelled": False,
        "begins": BEGINS,
        "ends": BEGINS + timedelta(minutes=45),
        "title": "家访：张小雨",
        "about": "李明老师来家里坐坐",
        "place": "",
        "alarm_minutes": (1440, 60),
        "now": NOW,
    }
    return invitation.drawn(**values | changed)


def read(content: bytes) -> tuple[Component, Component]:
    """The calendar and its one event."""
    found = Calendar.from_ical(content)
    (event,) = found.walk("VEVENT")
    return found, event


def test_it_is_published_with_the_same_moment_in_utc() -> None:
    found, event = read(drawn())
    assert (found["METHOD"], found["VERSION"]) == ("PUBLISH", "2.0")
    assert event.decoded("dtstart") == BEGINS
    assert b"DTSTART:20260306T110000Z" in drawn()
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert (event["CLASS"], event["STATUS"], event["TRANSP"]) == ("PRIVATE", "CONFIRMED", "OPAQUE")
    assert event["UID"] == "visit-1@school"
    assert "ATTENDEE" not in event
    assert "LOCATION" not in event


def test_its_alarms_are_shown_a_day_and_an_hour_before() -> None:
    alarms = read(drawn())[1].walk("VALARM")
    assert [one.decoded("trigger") for one in alarms] == [timedelta(days=-1), timedelta(hours=-1)]
    assert {one["ACTION"] for one in alarms} == {"DISPLAY"}
    assert {one["DESCRIPTION"] for one in alarms} == {"家访：张小雨"}


def test_a_change_is_the_same_appointment_with_a_higher_number() -> None:
    before, after = read(drawn())[1], read(drawn(sequence=1, begins=BEGINS + timedelta(minutes=15)))[1]
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)


def test_cancelled_it_goes_and_rings_no_more() -> None:
    found, event = read(drawn(cancelled=True, sequence=2))
    assert (found["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert event["TRANSP"] == "TRANSPARENT"
    assert not event.walk("VALARM")


@pytest.mark.parametrize("changed", ["begins", "ends", "now"])
def test_a_time_without_a_zone_is_refused(changed: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        drawn(**{changed: datetime(2026, 3, 6, 19, 0)})  # noqa: DTZ001 - that is what is tried


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="ends"):
        drawn(ends=BEGINS)


def test_what_was_typed_stays_text_and_adds_no_line_of_its_own() -> None:
    hostile = "带上作业, 词典; 还有\\n👨‍👩‍👧\r\nEND:VEVENT\rATTENDEE:mailto:a@b.c"
    found, event = read(drawn(about=hostile, title="好\nSTATUS:X", place="幸福路1号, 2单元; 301"))
    assert event["DESCRIPTION"] == hostile.replace("\r\n", "\n").replace("\r", "\n")
    assert (event["SUMMARY"], event["LOCATION"]) == ("好 STATUS:X", "幸福路1号, 2单元; 301")
    assert "ATTENDEE" not in event
    assert len(found.walk("VEVENT")) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_makes_lines_of_75_octets_that_read_back(text: str) -> None:
    content = drawn(title="访" + text, about=text, place=text)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    event = read(content)[1]
    assert str(event["SUMMARY"]).startswith("访")
    assert len(event.walk("VALARM")) == 2
    content.decode()
