"""What must hold of appointments at any moment, reckoned from raw rows: nothing of the rules that are tried is used for it."""

from __future__ import annotations

from collections import Counter, defaultdict, namedtuple
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

from models.appointments.rules import VisitRules
from models.appointments.states import MOVES, VisitState

GRAIN = 300_000
HOLDING = ("confirmed", "in_progress")
HELD = ("held", "agreed", "followed_up", "closed")
OPEN = ("planned", "invited", "accepted", *HOLDING)
OUT = ("home", "public")
WISH = ("wish_at", "wish_form", "wish_by")
_SELECTS = {
    "visits": "SELECT * FROM visit ORDER BY id",
    "busy": "SELECT visit_id, subject_id, grain FROM busy",
    "guests": "SELECT visit_id, guardian_id, reply FROM visit_guest ORDER BY id",
    "waits": "SELECT visit_id, mentor_id, guardian_id, since, seen FROM visit_wait ORDER BY since, visit_id",
    "offers": "SELECT visit_id, mentor_id, starts_at, ends_at, until FROM visit_offer",
    "log": "SELECT visit_id, what, state FROM visit_log ORDER BY id",
    "said": "SELECT dedupe_key FROM outbox WHERE state = 'waiting' AND substr(dedupe_key, 1, 6) = 'visit:'",
}


@dataclass(frozen=True)
class Facts:
    """What a town's rows do not change: whose children, who lives near whom, what the school has set."""

    rules: VisitRules
    zone: str
    children: dict[int, set[int]]
    """Of a guardian."""


@dataclass
class Seen:
    """All rows of one moment."""

    now: int
    visits: dict[int, Row[Any]]
    busy: list[Row[Any]]
    replies: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    waits: list[Row[Any]] = field(default_factory=list)
    offers: list[Row[Any]] = field(default_factory=list)
    states: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    said: list[str] = field(default_factory=list)

    @property
    def holding(self) -> list[Row[Any]]:
        """Those that hold time."""
        return [one for one in self.visits.values() if one.state in HOLDING]

    @property
    def live(self) -> list[Row[Any]]:
        """Slots that are kept for somebody."""
        return [one for one in self.offers if one.until > self.now]


def _rows(connection: Connection, select: str) -> list[Any]:
    """Past the toolkit: this is asked after every step of every history."""
    cursor = connection.connection.cursor()
    cursor.execute(select)
    names = tuple(one[0] for one in cursor.description)
    kind = _KINDS.get(names) or _KINDS.setdefault(names, namedtuple("Row", names))
    return [kind(*row) for row in cursor.fetchall()]


_KINDS: dict[tuple[str, ...], Any] = {}


def look(connection: Connection, now: int) -> Seen:
    """Reads everything."""
    rows = {name: _rows(connection, select) for name, select in _SELECTS.items()}
    seen = Seen(now, {one.id: one for one in rows["visits"]}, list(rows["busy"]))
    for one in rows["guests"]:
        seen.replies[one.visit_id][one.guardian_id] = one.reply
    for one in rows["log"]:
        seen.states[one.visit_id].append(one.state)
    seen.waits, seen.offers = list(rows["waits"]), list(rows["offers"])
    seen.said = [one.dedupe_key for one in rows["said"]]
    return seen


def teachers(visit: Row[Any], rules: VisitRules) -> list[int]:
    """Who comes of the school."""
    second = visit.purpose == "visit" and visit.form in OUT and rules.teachers == 2
    return [visit.mentor_id, *([visit.companion_id] if second else [])]


def subjects(seen: Seen, visit: Row[Any], facts: Facts) -> list[int]:
    """Everybody whose time it needs."""
    come = [one for one, reply in seen.replies[visit.id].items() if reply in ("host", "joined")]
    kids = {visit.pupil_id} | facts.children[visit.guardian_id]
    return [*teachers(visit, facts.rules), *come, *kids]


def calendar(visit: Row[Any], rules: VisitRules) -> tuple[Any, ...] | None:
    """What stands in the participants' calendars: when, how, and which teachers; nothing where it is not agreed."""
    if visit.state not in (*HOLDING, *HELD):
        return None
    return visit.starts_at, visit.ends_at, visit.form, tuple(teachers(visit, rules))


def moment(at: int) -> datetime:
    """Of milliseconds since 1970."""
    return datetime.fromtimestamp(at / 1000, UTC)


# --- at any moment ---


def check(seen: Seen, facts: Facts) -> None:
    """Raises AssertionError with the first thing that does not hold."""
    for one in seen.visits.values():
        _follows_the_table(seen, one)
        _has_what_its_state_needs(one)
    _holds_exactly(seen, facts)
    _is_nowhere_twice(seen, facts)
    _keeps_the_way_and_the_week(seen, facts)
    open_ = Counter((one.pupil_id, one.purpose) for one in seen.visits.values() if one.state in OPEN)
    assert not open_ or max(open_.values()) == 1, "two open appointments of one kind"
    _keeps_offers(seen)
    for one in seen.waits:
        assert seen.visits[one.visit_id].state in ("planned", "invited"), "waits, and has a time or an end"
        assert seen.replies[one.visit_id][one.guardian_id] != "declined", "waits for who has declined"
    for key in seen.said:
        _, visit, number, what, *_rest = key.split(":")
        if what in ("day", "soon"):
            row = seen.visits[int(visit)]
            assert row.state in HOLDING, f"an orphan reminder: {key}, {row.state}"
            assert row.sequence == int(number), f"a reminder of what was before: {key}"


def _follows_the_table(seen: Seen, one: Row[Any]) -> None:
    states = seen.states[one.id]
    assert states[0] in ("planned", "invited"), states
    for was, now in pairwise(states):
        assert was == now or VisitState(now) in MOVES[VisitState(was)], f"no such move: {was} to {now}"
    assert states[-1] == one.state, f"moved without a word: {states} is {one.state}"


def _has_what_its_state_needs(one: Row[Any]) -> None:
    wish = [getattr(one, name) is not None for name in WISH]
    timed = one.starts_at is not None
    assert all(wish) or not any(wish), "half a wish"
    assert any(wish) or not one.wish_proposed, "proposed nothing"
    if one.state in ("planned", "invited"):
        assert not timed, f"{one.state} with a time"
    elif one.state == "accepted":
        assert not timed, "accepted with a time"
        assert all(wish), "accepted without what was wished for"
    elif one.state in (*HOLDING, *HELD):
        assert timed, f"{one.state} without a time"
        assert one.form, f"{one.state} without a form"
        assert one.guardian_id is not None, f"{one.state} without who chose"
    if one.state not in ("accepted", "confirmed"):
        assert not any(wish), f"{one.state} with a wish"
    assert one.companion_says not in ("yes", "asked") or one.companion_id is not None, "nobody has said yes"
    if one.state not in ("cancelled", "declined"):
        assert one.companion_says != "asked" or any(wish), f"asked for nothing: {one.state}"
    assert one.companion_id != one.mentor_id, "comes along with himself"
    if one.state in (*HOLDING, *HELD) and one.form in OUT and one.purpose == "visit":
        assert one.companion_id is not None, "one teacher alone"
        assert any(wish) or one.companion_says == "yes", "confirmed without the second teacher's word"


def _holds_exactly(seen: Seen, facts: Facts) -> None:
    found = {(one.visit_id, one.subject_id, one.grain) for one in seen.busy}
    needs = {
        (one.id, subject, grain)
        for one in seen.holding
        for subject in subjects(seen, one, facts)
        for grain in range(one.starts_at // GRAIN, -(-one.ends_at // GRAIN))
    }
    lost, orphans = needs - found, found - needs
    assert not lost, f"lost holds of { ({(v, s) for v, s, _ in lost}) }"
    assert not orphans, f"orphan holds of { ({(v, s, seen.visits[v].state) for v, s, _ in orphans}) }"


def _is_nowhere_twice(seen: Seen, facts: Facts) -> None:
    taken: dict[int, list[Row[Any]]] = defaultdict(list)
    for one in seen.holding:
        for subject in set(subjects(seen, one, facts)):
            taken[subject].append(one)
    for subject, mine in taken.items():
        for one, other in combinations(mine, 2):
            apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
            assert apart, f"{subject} is at two appointments at once"


def _keeps_the_way_and_the_week(seen: Seen, facts: Facts) -> None:
    rules, zone = facts.rules, ZoneInfo(facts.zone)
    comes: dict[int, list[Row[Any]]] = defaultdict(list)
    weeks: Counter[tuple[int, date]] = Counter()
    for one in seen.visits.values():
        if one.state not in (*HOLDING, *HELD):
            continue
        for teacher in teachers(one, rules):
            if one.state in HOLDING:
                comes[teacher].append(one)
            if one.purpose == "visit":
                day = datetime.fromtimestamp(one.starts_at / 1000, zone).date()
                weeks[teacher, day - timedelta(days=day.weekday())] += 1
    assert not weeks or max(weeks.values()) <= rules.most_per_week, "too many visits in a week"
    for teacher, mine in comes.items():
        for one, other in combinations(mine, 2):
            way = 0
            if one.form in OUT or other.form in OUT:
                near = one.area_hash is not None and one.area_hash == other.area_hash
                way = rules.near_minutes if near else rules.travel_minutes
            between = max(one.starts_at - other.ends_at, other.starts_at - one.ends_at) // 60_000
            assert between >= way, f"{teacher} has {between} minutes for a way of {way}"


def _keeps_offers(seen: Seen) -> None:
    live = Counter(one.visit_id for one in seen.live)
    assert not live or max(live.values()) == 1, "two offers for one family at once"
    for one in seen.live:
        assert seen.visits[one.visit_id].state in ("planned", "invited"), "offered to who needs none"
        for other in seen.holding:
            if one.mentor_id in (other.mentor_id, other.companion_id) and other.state in HOLDING:
                apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
                assert apart, "a slot that is taken is kept for somebody"


# --- from one moment to the next ---


def compare(before: Seen, after: Seen, facts: Facts, allowed: set[int] | None) -> None:
    """What one action may have changed: only the appointments that it was about (`None`: the clock's)."""
    assert before.visits.keys() <= after.visits.keys(), "an appointment is gone"
    for visit, was in before.visits.items():
        now = after.visits[visit]
        if allowed is not None and visit not in allowed:
            assert now == was, "an action changed an appointment that it was not about"
            continue
        assert now.version >= was.version, "the version fell"
        assert now.sequence >= was.sequence, "the sequence fell"
        old, new = calendar(was, facts.rules), calendar(now, facts.rules)
        if old != new and was.confirmed_at is not None and now.state != "no_show":
            assert now.sequence > was.sequence, f"the calendars do not follow: {old} to {new}, {now.sequence}"
        if allowed is None and was.state in HOLDING:
            assert new == old or now.state == "cancelled", "the clock took a time away"


# --- whether a time may be offered ---


def offered(connection: Connection, visit: Row[Any], now: int, facts: Facts, lessons: tuple[int, int]) -> None:
    """A time that was booked out of the offered ones lies where the school and its teachers have said."""
    rules, zone = facts.rules, ZoneInfo(facts.zone)
    begins = datetime.fromtimestamp(visit.starts_at / 1000, UTC).astimezone(zone)
    minutes = range(begins.hour * 60 + begins.minute, begins.hour * 60 + begins.minute + rules.minutes)
    assert minutes[0] >= rules.earliest, "too early"
    assert minutes[-1] < rules.latest, "too late"
    assert visit.starts_at >= now + rules.notice_hours * 3_600_000, "at too short a notice"
    assert begins.weekday() > 4 or minutes[-1] < lessons[0] or minutes[0] >= lessons[1], "during lessons"
    select = text("SELECT * FROM availability WHERE person_id = :person AND purpose = 'visit'")
    for person in teachers(visit, rules):
        rows = connection.execute(select, {"person": person}).all()
        if not any(one.free for one in rows) and person != visit.mentor_id:
            continue  # a second teacher who has said nothing is asked each time
        said = {True: set[int](), False: set[int]()}
        for one in rows:
            if one.weekday == begins.weekday() or str(one.day) == str(begins.date()):
                said[bool(one.free)].update(range(one.begins, one.ends))
        assert set(minutes) <= said[True] - said[False], "when a teacher has not said to be free"
