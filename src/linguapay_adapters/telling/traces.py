"""Traces, where they are asked for: a span for each request, use case and port call (OpenTelemetry).

The only module that needs ``linguapay[traces]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Token
from functools import wraps
from threading import local
from typing import ParamSpec, TypeVar

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from linguapay_adapters.telling.boundary import Crossing, Side

P = ParamSpec("P")
T = TypeVar("T")

SERVER_ERROR = 500


class _UnderWay(local):
    """The port calls that this thread is in: the innermost is the last."""

    def __init__(self) -> None:
        self.calls: list[tuple[Span, Token[Context]]] = []


class Traces:
    """Makes spans and hands them to a processor. No span tells a body, a query or an error's words."""

    def __init__(self, processor: SpanProcessor) -> None:
        """Spans of a provider of our own: nothing global is touched."""
        self._provider = TracerProvider(resource=Resource({SERVICE_NAME: "linguapay"}), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("linguapay")
        self._here = _UnderWay()

    def close(self) -> None:
        """Hand over what is left."""
        self._provider.shutdown()

    @contextmanager
    def request(self, method: str, traceparent: str) -> Iterator[str]:
        """While a request is answered; in the trace that ``traceparent`` names (W3C Trace Context). Gives its id."""
        parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())
        attributes = {"http.request.method": method}
        with self._tracer.start_as_current_span(
            method, parent, SpanKind.SERVER, attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            yield format_trace_id(span.get_span_context().trace_id)

    def answered(self, route: str, status: int) -> None:
        """Name the request's span by its route, and say how it ended."""
        span = trace.get_current_span()
        span.update_name(route)
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= SERVER_ERROR:
            span.set_status(StatusCode.ERROR)

    def around(self, name: str, use_case: Callable[P, T]) -> Callable[P, T]:
        """The same use case, in a span of its own."""

        @wraps(use_case)
        def traced(*args: P.args, **kwargs: P.kwargs) -> T:
            with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
                return use_case(*args, **kwargs)

        return traced

    def crossed(self, crossing: Crossing) -> None:
        """Begin or end the span of a port call. A transaction's is one, from its beginning to its end."""
        if crossing.side is not Side.BEFORE:
            self._end(failed=crossing.side is Side.FAILED)
        elif (crossing.port, crossing.call) != ("transactions", "commit"):
            span = self._tracer.start_span(f"{crossing.port}.{crossing.call}", kind=SpanKind.CLIENT)
            token = context.attach(trace.set_span_in_context(span))
            self._here.calls.append((span, token))

    def _end(self, *, failed: bool) -> None:
        span, token = self._here.calls.pop()
        context.detach(token)
        if failed:
            span.set_status(StatusCode.ERROR)
        span.end()


def send_to(endpoint: str) -> Traces:
    """Traces that are sent to a collector (OTLP over HTTP), in batches and by a thread of their own."""
    return Traces(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
