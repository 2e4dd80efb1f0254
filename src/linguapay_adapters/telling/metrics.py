"""What is counted here since the start, and what is measured of the house whenever somebody looks (Prometheus).

Counts are each process's own. Gauges come from the database, so every process shows the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from linguapay_adapters.telling.boundary import Crossing, Side
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.gauges import Gauges

OUTCOMES: Final = {Side.AFTER: "answered", Side.FAILED: "failed"}
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds: a door that asks nobody else takes a few milliseconds, Stripe a few hundred, and its time-out 30 s."""

ReadGauges = Callable[[], Gauges]


class Metrics:
    """Counts in a registry of its own."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "linguapay_requests", "Requests that were answered.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "linguapay_request_seconds",
            "How long answers took.",
            ("route", "method"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._calls = Counter(
            "linguapay_port_calls", "Calls through ports.", ("port", "call", "outcome"), registry=self._registry
        )

    def measure(self, read_gauges: ReadGauges) -> None:
        """Ask for the gauges at each look, too."""
        self._registry.register(_Measured(read_gauges))

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def crossed(self, crossing: Crossing) -> None:
        """Count a call through a port, once it is over."""
        if outcome := OUTCOMES.get(crossing.side):
            self._calls.labels(crossing.port, crossing.call, outcome).inc()

    def exposition(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)


class _Measured(Collector):
    """Measures the house at each look."""

    def __init__(self, read_gauges: ReadGauges) -> None:
        self._read_gauges = read_gauges

    def describe(self) -> list[Metric]:
        """Nothing ahead of time: registering mustn't ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges, or that they can't be read now: what is counted is told all the same."""
        try:
            gauges = self._read_gauges()
        except LinguaPayError:
            yield _one("linguapay_gauges_read", "Whether the database told the gauges.", 0)
            return
        yield _one("linguapay_gauges_read", "Whether the database told the gauges.", 1)
        yield from _piles(gauges)
        yield from _money(gauges)
        yield from _house(gauges)


def _piles(gauges: Gauges) -> Iterator[Metric]:
    piles = (
        ("linguapay_effects", "Effects that are owed", gauges.effects),
        ("linguapay_webhook_events", "Webhook events that weren't read to the end", gauges.webhook_events),
        ("linguapay_messages", "Messages to subscribers that wait", gauges.messages),
    )
    for name, meaning, found in piles:
        counts = GaugeMetricFamily(name, f"{meaning}, by state.", labels=("state",))
        ages = GaugeMetricFamily(f"{name}_oldest_seconds", f"{meaning}: since when.", labels=("state",))
        for pile in found:
            counts.add_metric((str(pile.state),), pile.count)
            ages.add_metric((str(pile.state),), pile.age(gauges.at).total_seconds())
        yield counts
        yield ages
    alarms = GaugeMetricFamily("linguapay_open_alarms", "Alarms that nobody has cleared, by rule.", labels=("rule",))
    for rule, count in gauges.open_alarms.items():
        alarms.add_metric((rule,), count)
    yield alarms


def _money(gauges: Gauges) -> Iterator[Metric]:
    moved = GaugeMetricFamily(
        "linguapay_money_minor",
        "Money that moved, in minor units: captured, refunded to cards, transferred to teachers.",
        labels=("currency", "movement"),
    )
    for one in gauges.moved:
        movements = {"captured": one.captured, "refunded": one.refunded, "transferred": one.transferred}
        for movement, money in movements.items():
            moved.add_metric((money.currency.code, movement), money.amount_minor)
    yield moved


def _house(gauges: Gauges) -> Iterator[Metric]:
    ages = GaugeMetricFamily(
        "linguapay_worker_heartbeat_age_seconds", "For how long a worker wasn't heard.", labels=("worker",)
    )
    for heartbeat in gauges.heartbeats:
        ages.add_metric((heartbeat.worker_id,), (gauges.at - heartbeat.beat_at).total_seconds())
    yield ages
    if verified := gauges.verification:
        yield _one("linguapay_books_breaches", "What didn't hold when the books were last checked.", verified.breaches)
        age = (gauges.at - verified.at).total_seconds()
        yield _one("linguapay_books_check_age_seconds", "When the books were last checked.", age)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
