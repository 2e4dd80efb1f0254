"""Somebody wants to know whether the house can serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from linguapay_core.domain import health
from linguapay_core.domain.errors import Busy
from linguapay_core.domain.health import Health
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.watch import Watch


@dataclass(frozen=True, slots=True)
class CheckHealth:
    """A worker must have been heard within this time."""

    heartbeat_limit: timedelta = timedelta(seconds=30)


def check_health(command: CheckHealth, *, watch: Watch, clock: Clock) -> Health:
    """Look at the database, its revision and its workers. Raises nothing but bugs: what is wrong is the answer."""
    try:
        current = watch.is_current()
        heartbeats = watch.workers() if current else ()
    except Busy as error:
        return health.database_silent(str(error))
    checks = (health.database_answers(), health.migrations(current=current))
    if not current:
        return Health(checks)
    return Health((*checks, health.worker(heartbeats, limit=command.heartbeat_limit, at=clock.now())))
