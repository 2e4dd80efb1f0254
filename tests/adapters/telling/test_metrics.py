"""What is counted and measured, in the words of Prometheus."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from linguapay_adapters.composition import sandbox
from linguapay_adapters.telling.boundary import Crossing, Side
from linguapay_adapters.telling.metrics import Metrics
from linguapay_core.domain.errors import Busy
from linguapay_core.domain.gauges import Gauges
from tests.use_cases.stage import paid

Samples = dict[tuple[str, tuple[str, ...]], float]


def read(metrics: Metrics) -> Samples:
    """Every sample by its name and the values of its labels, which are sorted by their names."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_answers_are_counted_by_route_method_and_status_and_timed() -> None:
    metrics = Metrics()
    for status in (200, 200, 503):
        metrics.answered("list_gigs", "GET", status, 0.02)
    samples = read(metrics)
    assert samples["linguapay_requests_total", ("GET", "list_gigs", "200")] == 2
    assert samples["linguapay_requests_total", ("GET", "list_gigs", "503")] == 1
    assert samples["linguapay_request_seconds_count", ("GET", "list_gigs")] == 3
    assert samples["linguapay_request_seconds_bucket", ("0.01", "GET", "list_gigs")] == 0
    assert samples["linguapay_request_seconds_bucket", ("0.025", "GET", "list_gigs")] == 3


def test_a_port_call_is_counted_once_it_is_over() -> None:
    metrics = Metrics()
    for side in (Side.BEFORE, Side.AFTER, Side.BEFORE, Side.FAILED, Side.BEFORE):
        metrics.crossed(Crossing("gateway", "refund", side))
    samples = read(metrics)
    assert samples["linguapay_port_calls_total", ("refund", "answered", "gateway")] == 1
    assert samples["linguapay_port_calls_total", ("refund", "failed", "gateway")] == 1


def test_two_of_them_share_nothing() -> None:
    one, other = Metrics(), Metrics()
    one.answered("list_gigs", "GET", 200, 0.02)
    assert read(other) == {}


def test_the_house_is_measured_at_each_look() -> None:
    with sandbox(seed=1) as lp:
        metrics = Metrics()
        metrics.measure(lp.read_gauges)
        assert read(metrics)["linguapay_gauges_read", ()] == 1
        payment = paid(lp)
        lp.note_heartbeat("one", lp.clock.now())
        lp.clock.advance(timedelta(seconds=7))
        lp.prove_books()
        lp.clock.advance(timedelta(seconds=3))
        samples = read(metrics)
    assert samples["linguapay_money_minor", ("USD", "captured")] == payment.parts.total.amount_minor
    assert samples["linguapay_money_minor", ("USD", "refunded")] == 0
    assert samples["linguapay_worker_heartbeat_age_seconds", ("one",)] == 10
    assert samples["linguapay_books_breaches", ()] == 0
    assert samples["linguapay_books_check_age_seconds", ()] == 3
    for state in ("queued", "unknown", "parked"):
        assert ("linguapay_effects", (state,)) in samples
        assert ("linguapay_effects_oldest_seconds", (state,)) in samples
    for state in ("received", "parked"):
        assert ("linguapay_webhook_events_oldest_seconds", (state,)) in samples
    for state in ("queued", "leased", "retry"):
        assert ("linguapay_messages", (state,)) in samples
        assert ("linguapay_messages_oldest_seconds", (state,)) in samples


def test_what_is_counted_is_told_while_the_database_is_silent() -> None:
    def silent() -> Gauges:
        raise Busy("The database can't now.")

    metrics = Metrics()
    metrics.measure(silent)
    metrics.answered("list_gigs", "GET", 503, 5)
    samples = read(metrics)
    assert samples["linguapay_gauges_read", ()] == 0
    assert samples["linguapay_requests_total", ("GET", "list_gigs", "503")] == 1
