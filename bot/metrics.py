"""What is counted and measured, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One running bot's figures; a registry of its own, so that tests and several bots do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._received = Counter("bot_updates_received", "Updates stored", registry=self.registry)
        self._handled = Counter("bot_updates_handled", "Updates whose effects are committed", registry=self.registry)
        self._aside = Counter("bot_updates_aside", "Updates put aside: each needs a look", registry=self.registry)
        self._ignored = Gauge(
            "bot_updates_ignored", "Updates that are nothing for us", ["reason"], registry=self.registry
        )
        self._latency = Histogram(
            "bot_update_seconds",
            "From stored to effects committed",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
            registry=self.registry,
        )
        self._sends = Counter("bot_sends", "Calls by kind and result", ["kind", "result"], registry=self.registry)
        self._send_seconds = Histogram("bot_send_seconds", "Time of a call", registry=self.registry)
        self._flood = Counter("bot_flood_seconds", "Seconds held because of 429", registry=self.registry)
        self._depth = Gauge("bot_queue_depth", "Rows that wait", ["queue"], registry=self.registry)
        self._age = Gauge(
            "bot_queue_age_seconds", "Age of the oldest row that waits", ["queue"], registry=self.registry
        )
        self._polled = Gauge(
            "bot_last_intake_timestamp", "Last successful poll or webhook call", registry=self.registry
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

    def ignored(self, counts: dict[str, int]) -> None:
        """Updates that are nothing for us, by reason, since the start."""
        for reason, count in counts.items():
            self._ignored.labels(reason).set(count)

    def sent(self, kind: str, result: str, seconds: float) -> None:
        """A call ended."""
        self._sends.labels(kind, result).inc()
        self._send_seconds.observe(seconds)

    def flood(self, seconds: float) -> None:
        """Telegram said 429."""
        self._flood.inc(seconds)

    def polled(self, timestamp: float) -> None:
        """Telegram was heard at this Unix time."""
        self._polled.set(timestamp)

    def queue(self, name: str, depth: int, age: float) -> None:
        """So many rows wait in a queue, the oldest for so many seconds."""
        self._depth.labels(name).set(depth)
        self._age.labels(name).set(age)

    def text(self) -> bytes:
        """All figures in Prometheus' text form."""
        return generate_latest(self.registry)
