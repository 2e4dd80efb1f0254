"""What is told of a house that serves: counted always, traced where that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from linguapay_adapters.telling.boundary import Crossing
from linguapay_adapters.telling.metrics import Metrics
from linguapay_core.application import LinguaPay
from linguapay_core.domain.errors import Refused

if TYPE_CHECKING:
    from linguapay_adapters.telling.traces import Traces

TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
"""As others name the trace that a request is part of (W3C Trace Context, section 3.2)."""


class Teller:
    """Hears of requests, use cases and port calls."""

    def __init__(self, traces: Traces | None = None) -> None:
        """Count, and trace where there are traces."""
        self._metrics = Metrics()
        self._traces = traces

    def crossed(self, crossing: Crossing) -> None:
        """Somebody calls through a port."""
        self._metrics.crossed(crossing)
        if self._traces:
            self._traces.crossed(crossing)

    def request(self, method: str, traceparent: str) -> AbstractContextManager[str]:
        """While a request is answered. Gives the id of the trace that it is part of, or nothing."""
        if self._traces:
            return self._traces.request(method, traceparent)
        named = TRACEPARENT.fullmatch(traceparent)
        return nullcontext(named["trace"] if named else "")

    def answered(self, door: str, method: str, status: int, seconds: float) -> None:
        """A door gave an answer after so long."""
        self._metrics.answered(door, method, status, seconds)
        if self._traces:
            self._traces.answered(door, status)

    def exposition(self) -> bytes:
        """All that is measured, in Prometheus' text format."""
        return self._metrics.exposition()

    def attend(self, linguapay: LinguaPay) -> None:
        """Measure this house, and hear of each of its use cases, where traces are asked for."""
        self._metrics.measure(linguapay.read_gauges)
        if self._traces:
            for name, use_case in vars(linguapay).items():
                setattr(linguapay, name, self._traces.around(name, use_case))


@contextmanager
def teller(traces_to: str) -> Iterator[Teller]:
    """A teller; what it has to hand over is handed over at the end. Raises ``Refused`` where traces can't be made."""
    if not traces_to:
        yield Teller()
        return
    try:
        from linguapay_adapters.telling.traces import send_to  # noqa: PLC0415 - an extra, which need not be installed
    except ModuleNotFoundError as error:
        raise Refused(
            "traces_not_installed",
            "Traces are asked for, and OpenTelemetry isn't installed.",
            way_out="Install linguapay[traces], or unset LINGUAPAY_TRACES_ENDPOINT and OTEL_EXPORTER_OTLP_ENDPOINT.",
        ) from error
    traces = send_to(traces_to)
    try:
        yield Teller(traces)
    finally:
        traces.close()
