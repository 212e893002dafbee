"""What is counted and measured, for Prometheus. No label ever holds a name, a number or an id of a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector


class Metrics:
    """One running bot's figures; a registry of its own, so that tests and several bots do not mix."""

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self._received = Counter("bot_updates_received", "Updates stored", registry=own)
        self._handled = Counter("bot_updates_handled", "Updates whose effects are committed", registry=own)
        self._aside = Counter("bot_updates_aside", "Updates put aside: each needs a look", registry=own)
        self._ignored = Gauge("bot_updates_ignored", "Updates that are nothing for us", ["reason"], registry=own)
        self._latency = Histogram(
            "bot_update_seconds",
            "From stored to effects committed",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
            registry=own,
        )
        self._sends = Counter("bot_sends", "Calls by kind and result", ["kind", "result"], registry=own)
        self._send_seconds = Histogram(
            "bot_send_seconds",
            "Time of a call",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
            registry=own,
        )
        self._floods = Counter("bot_floods", "Times that Telegram said 429", registry=own)
        self._flood = Counter("bot_flood_seconds", "Seconds held because of 429", registry=own)
        self._pace = Gauge(
            "bot_pace_per_second", "Messages a second that may go out, as learned from 429s", registry=own
        )
        self._depth = Gauge("bot_queue_depth", "Rows that wait, 20000 for more", ["queue"], registry=own)
        self._age = Gauge("bot_queue_age_seconds", "Age of the oldest row that waits", ["queue"], registry=own)
        self._polled = Gauge(
            "bot_last_intake_timestamp_seconds", "Unix time of the last good poll or webhook call", registry=own
        )

    def updates_received(self, count: int) -> None:
        """So many updates were stored."""
        self._received.inc(count)

    def update_handled(self, seconds: float) -> None:
        """An update's effects are committed, so many seconds after it was stored."""
        self._handled.inc()
        self._latency.observe(max(seconds, 0))

    def update_aside(self) -> None:
        """An update was put aside."""
        self._aside.inc()

    def ignored(self, counts: Mapping[str, int]) -> None:
        """Updates that are nothing for us, by reason, since the start."""
        for reason, count in counts.items():
            self._ignored.labels(reason).set(count)

    def sent(self, kind: str, result: str, seconds: float) -> None:
        """A call ended."""
        self._sends.labels(kind, result).inc()
        self._send_seconds.observe(max(seconds, 0))

    def flood(self, seconds: float) -> None:
        """Telegram said 429: nothing leaves for so many seconds."""
        self._floods.inc()
        self._flood.inc(seconds)

    def follow_pace(self, read: Callable[[], float]) -> None:
        """Where the pace is asked for that may be kept at a moment, messages a second."""
        self._pace.set_function(read)

    def polled(self, timestamp: float) -> None:
        """Telegram was heard at this Unix time."""
        self._polled.set(timestamp)

    def queue(self, name: str, depth: int, age: float) -> None:
        """So many rows wait in a queue (inbox, or a lane of the outbox), the oldest for so many seconds."""
        self._depth.labels(name).set(depth)
        self._age.labels(name).set(max(age, 0))

    def text(self) -> bytes:
        """All figures in Prometheus' text form."""
        return generate_latest(self.registry)


class Together(Collector):
    """The figures of all bots of a process: those of several carry the label `bot`, the school's name."""

    def __init__(self, bots: Mapping[str, Metrics]) -> None:
        self._bots = bots

    def collect(self) -> Iterable[Metric]:
        """See prometheus_client."""
        found: dict[str, Metric] = {}
        for name, metrics in self._bots.items():
            for family in metrics.registry.collect():
                kept = found.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                kept.samples += [one._replace(labels={**one.labels, "bot": name}) for one in family.samples]
        return found.values()

    def text(self) -> bytes:
        """All figures in Prometheus' text form."""
        if len(self._bots) == 1:
            return next(iter(self._bots.values())).text()
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)
