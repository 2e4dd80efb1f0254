"""Spans: a request, the use cases in it and the port calls in those, told to a collector that keeps them in memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, format_trace_id

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.telling.teller import Teller, teller
from linguapay_adapters.telling.traces import Traces
from linguapay_core.domain.errors import NotFound, Refused

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def kept() -> InMemorySpanExporter:
    """The spans, as they end."""
    return InMemorySpanExporter()


@pytest.fixture
def told(kept: InMemorySpanExporter) -> Iterator[Teller]:
    """A teller that traces."""
    traces = Traces(SimpleSpanProcessor(kept))
    yield Teller(traces)
    traces.close()


@pytest.fixture
def lp(told: Teller) -> Iterator[Rehearsal]:
    """A house of which is told."""
    with sandbox(seed=1, on_crossing=told.crossed) as lp:
        told.attend(lp)
        yield lp


def by_name(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """The last span of each name."""
    return {span.name: span for span in kept.get_finished_spans()}


def parent(spans: dict[str, ReadableSpan], name: str) -> str:
    """The name of the span in which this one is."""
    over = spans[name].parent
    return next((one.name for one in spans.values() if over and one.context.span_id == over.span_id), "")


def test_a_port_call_is_in_its_transaction_in_its_use_case_in_its_request(
    told: Teller, lp: Rehearsal, kept: InMemorySpanExporter
) -> None:
    kept.clear()
    with told.request("POST", PARENT) as trace:
        lp.offer_gig("anna", "French", 2500)
        told.answered("offer_gig_door", "POST", 201, 0.01)
    assert trace == TRACE
    spans = by_name(kept)
    assert parent(spans, "transaction.keep") == "transactions.begin"
    assert parent(spans, "transactions.begin") == "offer_gig"
    assert parent(spans, "offer_gig") == "offer_gig_door"
    assert {format_trace_id(span.context.trace_id) for span in spans.values()} == {TRACE}
    assert dict(spans["offer_gig_door"].attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "offer_gig_door",
        "http.response.status_code": 201,
    }


def test_a_failure_ends_its_spans_and_the_next_call_is_in_none_of_them(
    told: Teller, lp: Rehearsal, kept: InMemorySpanExporter
) -> None:
    with told.request("GET", ""), pytest.raises(NotFound):
        lp.quote_lesson("gig_" + 26 * "0", 60)
    spans = by_name(kept)
    assert spans["transactions.begin"].status.status_code is StatusCode.ERROR
    kept.clear()
    lp.offer_gig("anna", "French", 2500)
    assert by_name(kept)["offer_gig"].parent is None


def test_spans_tell_no_words_of_errors_and_no_arguments(
    told: Teller, lp: Rehearsal, kept: InMemorySpanExporter
) -> None:
    with told.request("GET", ""), pytest.raises(NotFound):
        lp.quote_lesson("gig_" + 26 * "0", 60)
    lp.describe_person("ben", "Ben", "ben@canary.example")
    written = "".join(span.to_json() for span in kept.get_finished_spans())
    assert "canary" not in written
    assert "gig_0" not in written


@pytest.mark.parametrize("broken", ["", "00-xyz", f"00-{26 * '0'}", "ff-" + PARENT[3:]])
def test_a_traceparent_that_is_none_begins_a_trace(told: Teller, broken: str) -> None:
    with told.request("GET", broken) as trace:
        assert len(trace) == 32
        assert trace != TRACE


def test_without_traces_the_trace_of_the_request_is_known_all_the_same() -> None:
    untraced = Teller()
    with untraced.request("GET", PARENT) as trace:
        assert trace == TRACE
    with untraced.request("GET", "x\n" + PARENT) as trace:
        assert trace == ""


def test_traces_that_are_asked_for_and_not_installed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "linguapay_adapters.telling.traces")
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(Refused, match=r"Install linguapay\[traces\]"), teller("http://127.0.0.1:4318"):
        pass
