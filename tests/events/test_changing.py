"""Changes by their rules: what is told anew, what is taken back, what can no longer be changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.events.change import is_link
from handlers.events.change_time import typed
from handlers.events.size import number
from models.base import from_ms
from models.events import asking, changing, events, tellings, voting
from models.events.rules import DAY, HOUR, MINUTE, EventRules
from models.events.states import EventState, What
from models.unit import Unit
from tests.school import School

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("12-05 19:00", "2026-12-05 19:00"),
        ("12月5日 19点", "2026-12-05 19:00"),
        ("12月5日 周六 18：30", "2026-12-05 18:30"),
        ("改到 12/5 8:05 吧", "2026-12-05 08:05"),
        ("1-3 19:00", "2027-01-03 19:00"),
        ("2027年1月3日19点半", "2027-01-03 19:30"),
        ("11-25 19:00", "2026-11-25 19:00"),
    ],
)
def test_times_as_people_type_them(text: str, at: str) -> None:
    found = typed(text, NOW)
    assert found is not None
    assert f"{from_ms(found).astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}" == at


@pytest.mark.parametrize("text", ["", "明天", "13-45 19:00", "2-30 19:00", "12-05 25:00", "12-05", "2027-02-29 8:00"])
def test_what_is_no_time(text: str) -> None:
    assert typed(text, NOW) is None


def test_links_and_numbers() -> None:
    assert is_link("https://meet.example.org/j/123?pwd=a")
    assert is_link("http://192.168.0.1/x")
    for wrong in (
        "meet.example.org",
        "ftp://a.b/c",
        "https://",
        "javascript:alert(1)",
        "https://a b",
        "https://[x",
        "",
    ):
        assert not is_link(wrong)
    assert not is_link("https://a.cn/" + "x" * 500)
    assert (number("35"), number(" 35 人"), number("0"), number("2001"), number("很多"), number("3.5")) == (
        35,
        35,
        0,
        None,
        None,
        None,
    )


def plan(
    unit: Unit, school: School, state: EventState = EventState.ANNOUNCED, first: int | None = None, topic: str = ""
) -> int:
    starts = unit.now_ms + 9 * DAY
    return events.plan(
        unit,
        school_id=school.ids["school"],
        kind="parent_class",
        state=state,
        host_id=school.ids["李明"],
        starts_at=starts,
        ends_at=starts + 60 * MINUTE,
        actor=None,
        classes=[school.ids["class"]],
        first_id=first,
        topic=topic,
    )


def waiting(unit: Unit, event: int, what: str) -> None:
    unit.queue(bot_id=1, chat_id=1, kind="text", payload="{}", dedupe_key=f"event:{event}:{what}:1", due_at=9**13)


def stands(unit: Unit, event: int, what: str) -> str:
    unit.flush()
    rows = unit.connection.exec_driver_sql(f"SELECT state FROM outbox WHERE dedupe_key = 'event:{event}:{what}:1'")
    return str(rows.scalar_one())


def begun(unit: Unit, event: int) -> set[tuple[What, int]]:
    return {(one.what, one.number) for one in tellings.open_ones(unit) if one.event_id == event}


def test_a_change_takes_back_what_is_no_longer_true_and_keeps_the_notes(school: School) -> None:
    unit = school.unit()
    event = plan(unit, school)
    known = events.must(unit, event)
    for what in (What.NOTICE, What.DAY):
        tellings.begin(unit, known, what, 0)
    for key in ("day.0", "notice.0", "notes.0.1", "answers.0"):
        waiting(unit, event, key)
    assert changing.changed(unit, event, None, {"time", "place"}, starts_at=known.starts_at + HOUR, place="礼堂",
                            ends_at=known.ends_at + HOUR)  # fmt: skip
    fresh = events.must(unit, event)
    assert (fresh.sequence, fresh.starts_at - known.starts_at) == (1, HOUR)
    assert begun(unit, event) == {(What.CHANGED, 1), (What.MENDED, 1)}
    assert next(one.extra for one in tellings.open_ones(unit) if one.what is What.CHANGED) == "place time"
    assert [stands(unit, event, one) for one in ("day.0", "notice.0", "notes.0.1", "answers.0")] == [
        "cancelled",
        "cancelled",
        "waiting",
        "waiting",
    ]


def test_nothing_is_told_before_the_invitation_and_nothing_changed_after_the_beginning(school: School) -> None:
    unit = school.unit()
    event = plan(unit, school, EventState.PLANNED)
    assert changing.changed(unit, event, None, {"place"}, place="礼堂")
    assert begun(unit, event) == set()
    assert not changing.changed(unit, event, None, {"time"}, starts_at=unit.now_ms - 1)
    unit.now += timedelta(days=9, minutes=1)
    assert not changing.changed(unit, event, None, {"place"}, place="操场")
    assert not changing.called_off(unit, event, None)
    assert changing.capacity_changed(unit, event, None, 5) is None
    assert changing.link_changed(unit, event, None, "https://a.cn/1")
    assert changing.link_changed(unit, event, None, "https://a.cn/2")
    # The newer one alone is told.
    assert begun(unit, event) == {(What.LINK, 1)}
    with pytest.raises(ValueError, match="colour"):
        changing.changed(unit, event, None, {"colour"})


def test_another_date_stands_in_the_first_ones_invitation(school: School) -> None:
    unit = school.unit()
    first = plan(unit, school)
    second = plan(unit, school, first=first)
    assert changing.called_off(unit, second, None)
    assert begun(unit, second) == {(What.CANCELLED, 1)}
    assert begun(unit, first) == {(What.MENDED, changing.SILENT)}
    assert events.must(unit, first).sequence == 0


def test_a_vote_closes_in_time_for_an_earlier_date_and_the_topic_is_of_all_dates(school: School) -> None:
    unit = school.unit()
    first = plan(unit, school, EventState.PLANNED)
    second = plan(unit, school, EventState.PLANNED, first=first)
    events.change(unit, first, None, vote="sleep reading", vote_until=unit.now_ms + 3 * DAY)
    assert not changing.topic_chosen(unit, first, None, code="sleep")
    starts = unit.now_ms + 9 * DAY
    assert changing.changed(unit, first, None, {"time"}, starts_at=starts - DAY, ends_at=starts)
    assert events.must(unit, first).vote_until == starts - DAY - voting.CLOSES
    events.change(unit, first, None, vote="", vote_until=None)
    assert changing.topic_chosen(unit, second, None, own="种菜")
    assert [events.topic_title(unit, events.must(unit, one), "en") for one in (first, second)] == ["种菜", "种菜"]


def test_everybody_is_asked_however_many_there_are(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    unit, zone = school.unit(), "Asia/Shanghai"
    unit.now = NOW.astimezone(UTC)
    monkeypatch.setattr(asking, "MOST", 1)
    untold = [plan(unit, school, EventState.PLANNED) for _ in range(2)]
    asked = [asking.topics_due(unit, EventRules()) for _ in range(3)]
    assert asked == [[(untold[0], 1)], [(untold[1], 1)], []]
    # It was first asked less than ten days before: there is no second time.
    unit.now += timedelta(days=5)
    assert asking.topics_due(unit, EventRules()) == []
    unit.now = NOW.astimezone(UTC) + timedelta(days=9, hours=1, minutes=15)
    assert [asking.held_due(unit, zone) for _ in range(3)] == [[(untold[0], 1)], [(untold[1], 1)], []]
    # The end was a Friday; Monday is the next school day.
    unit.now += timedelta(days=1)
    assert asking.held_due(unit, zone) == []
    unit.now += timedelta(days=3)
    assert [asking.held_due(unit, zone) for _ in range(3)] == [[(untold[0], 2)], [(untold[1], 2)], []]
    unit.now += timedelta(days=1)
    assert asking.held_due(unit, zone) == []


def test_a_topic_is_asked_for_twice_at_most(school: School) -> None:
    unit = school.unit()
    event = plan(unit, school, EventState.PLANNED)
    plan(unit, school, EventState.PLANNED, topic="sleep")
    plan(unit, school, EventState.PROPOSED)
    unit.now -= timedelta(days=13)
    assert asking.topics_due(unit, EventRules()) == []
    unit.now += timedelta(days=2)
    assert asking.topics_due(unit, EventRules()) == [(event, 1)]
    assert asking.topics_due(unit, EventRules()) == []
    unit.now += timedelta(days=10)
    assert asking.topics_due(unit, EventRules()) == [(event, 2)]
    unit.now += timedelta(days=3)
    assert asking.topics_due(unit, EventRules()) == []
