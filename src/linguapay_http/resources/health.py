"""Whether the house can serve, for whoever runs it: balancers, monitors, operators."""

from __future__ import annotations

import logging
from typing import Any, ClassVar, Final, Self

from pydantic import ConfigDict

from linguapay_core.domain.health import Health
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import View

LOG: Final = logging.getLogger("linguapay.health")

TAG: Final = "Health"

NOT_READY: Final = 503


class LivenessView(View):
    """That this process answers."""

    live: bool


class CheckView(View):
    """One thing that must hold, and what was found, in a sentence."""

    name: str
    holds: bool
    sentence: str


class ReadinessView(View):
    """Whether requests may come, and why or why not. What couldn't be checked any more is missing."""

    statuses: ClassVar[tuple[int, ...]] = (NOT_READY,)
    ready: bool
    checks: list[CheckView]

    @classmethod
    def of(cls, health: Health) -> Self:
        """Show what was found. The store's own words may name machines: they aren't for whoever has no token."""
        checks = [CheckView(name=one.name, holds=one.holds, sentence=one.sentence) for one in health.checks]
        return cls(ready=health.ready, checks=checks)

    @property
    def status(self) -> int | None:
        """503 where a balancer should send requests elsewhere."""
        return None if self.ready else NOT_READY


def _only_text(schema: dict[str, Any]) -> None:
    schema.clear()
    schema["type"] = "string"


class MetricsView(View):
    """All that is measured, in Prometheus' text format."""

    model_config = ConfigDict(json_schema_extra=_only_text)
    media_type: ClassVar[str] = "text/plain; version=0.0.4"
    exposition: bytes

    def rendered(self) -> bytes:
        """The text as it is."""
        return self.exposition


def show_liveness(_desk: Desk, _caller: Caller) -> LivenessView:
    """Say that this process answers. It asks nobody: a process that lives isn't restarted for another's trouble."""
    return LivenessView(live=True)


def show_readiness(desk: Desk, _caller: Caller) -> ReadinessView:
    """Say whether requests may come: the database answers and is at this version, and a worker works.

    With a 503 the same body says what is wrong.
    """
    health = desk.linguapay.check_health(desk.settings.worker_heartbeat_limit)
    for check in health.checks:
        if check.cause:
            LOG.warning("Not ready: %s", check.sentence, extra={"fields": {"check": check.name, "cause": check.cause}})
    return ReadinessView.of(health)


def show_metrics(desk: Desk, _caller: Caller) -> MetricsView:
    """Tell what is measured: requests, calls, work that waits, money that moved."""
    return MetricsView(exposition=desk.telling.exposition())


DOORS: Final = (
    Door("GET", "/health/live", show_liveness, LivenessView, TAG, at_once=True),
    Door("GET", "/health/ready", show_readiness, ReadinessView, TAG),
    Door("GET", "/metrics", show_metrics, MetricsView, TAG),
)
