"""The vote on a topic: guardians choose among a few, the one with most votes is taken when the time is up."""

from __future__ import annotations

from collections import Counter

from models.events import events
from models.events.rules import DAY
from models.events.states import AHEAD
from models.events.tables import Event
from models.unit import Unit, sql

FEWEST, MOST = 2, 4
"""Topics to choose among."""
DAYS = 5
"""It is open so long, and ends at the latest CLOSES before the event, so that the invitation can say what it is about."""
CLOSES = 8 * DAY

_PUT = sql(
    "INSERT INTO topic_vote (event_id, person_id, topic) VALUES (:event, :person, :topic)"
    " ON CONFLICT (event_id, person_id) DO UPDATE SET topic = :topic"
)
_COUNT = sql("SELECT topic, COUNT(*) AS many FROM topic_vote WHERE event_id = :event GROUP BY topic")
_DROP = sql("DELETE FROM topic_vote WHERE event_id = :event")
_DUE = sql(
    "SELECT id FROM event WHERE state IN ({}) AND starts_at > :now AND vote_until IS NOT NULL AND vote_until <= :now"
    " AND topic = '' ORDER BY id LIMIT 100".format(", ".join(f"'{one.value}'" for one in AHEAD))
)


def ends(event: Event, now_ms: int) -> int | None:
    """Until when a vote that begins now is open (ms since 1970); nothing where there is less than a day for it."""
    until = min(now_ms + DAYS * DAY, event.starts_at - CLOSES)
    return until if until >= now_ms + DAY else None


def begin(unit: Unit, event: Event, codes: list[str], actor: int) -> bool:
    """Opens a vote among these topics. False where there is no time for one, or too few or too many topics."""
    until = ends(event, unit.now_ms)
    if until is None or not FEWEST <= len(set(codes)) <= MOST or event.topic or event.vote:
        return False
    events.change(unit, event.id, actor, vote=" ".join(dict.fromkeys(codes)), vote_until=until)
    return True


def give(unit: Unit, event: Event, person_id: int, code: str) -> bool:
    """Takes a vote in place of the one before. False where the vote is over, or this is not to be chosen."""
    open_ = event.vote_until is not None and unit.now_ms < event.vote_until and not event.topic
    if not open_ or code not in event.vote.split():
        return False
    return unit.write(_PUT, event=event.id, person=person_id, topic=code) == 1


def count(unit: Unit, event: Event) -> list[tuple[str, int]]:
    """The topics with their votes, the most first; of two with as many the one that was named first."""
    votes = Counter({row.topic: int(row.many) for row in unit.execute(_COUNT, event=event.id)})
    return sorted(((code, votes[code]) for code in event.vote.split()), key=lambda one: -one[1])


def close_due(unit: Unit) -> list[tuple[int, str, int, bool]]:
    """Closes what is over: the topic with most votes is taken. Answers event, topic, its votes,
    and whether another had as many: then the one that was named first is taken. Who voted is forgotten."""
    found = []
    for row in unit.execute(_DUE, now=unit.now_ms).all():
        event = events.lock(unit, row.id)
        if event is None or event.topic or event.vote_until is None:
            continue
        (code, votes), (_, next_votes) = count(unit, event)[:2]
        events.change(unit, event.id, None, topic=code, vote_until=None)
        unit.write(_DROP, event=event.id)
        found.append((event.id, code, votes, votes == next_votes))
    return found
