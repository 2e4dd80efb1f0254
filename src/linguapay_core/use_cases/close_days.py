"""The worker closes the days of the books that are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.closings import close_due


@dataclass(frozen=True, slots=True)
class CloseDays:
    """All of them."""


def close_days(_command: CloseDays, *, transactions: Transactions, clock: Clock, zone: tzinfo) -> int:
    """Note where each day ends that is over, so that an entry belongs to exactly one. Returns how many were closed."""
    return close_due(transactions, clock, zone)
