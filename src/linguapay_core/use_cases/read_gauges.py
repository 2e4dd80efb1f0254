"""Somebody reads the meters of a running house."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from linguapay_core.domain.gauges import OPEN_EFFECTS, OPEN_WEBHOOK_EVENTS, WAITING_MESSAGES, Gauges, every_pile
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.watch import Watch


@dataclass(frozen=True, slots=True)
class ReadGauges:
    """All of them."""


def read_gauges(command: ReadGauges, *, reports: Reports, watch: Watch, clock: Clock) -> Gauges:  # noqa: ARG001
    """How the work stands, how much money moved, and what the last check of the books found."""
    return Gauges(
        at=clock.now(),
        effects=every_pile(OPEN_EFFECTS, watch.open_effects()),
        webhook_events=every_pile(OPEN_WEBHOOK_EVENTS, watch.open_webhook_events()),
        messages=every_pile(WAITING_MESSAGES, watch.waiting_messages()),
        open_alarms=dict(Counter(alarm.rule for alarm in reports.open_alarms())),
        moved=tuple(watch.money_moved()),
        heartbeats=tuple(watch.workers()),
        verification=watch.verification(),
    )
