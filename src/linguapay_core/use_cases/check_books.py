"""Somebody wants to know whether the books hold, without asking Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

if TYPE_CHECKING:
    from linguapay_core.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class CheckBooks:
    """All of them."""


def check_books(command: CheckBooks, *, reports: Reports, clock: Clock, zone: tzinfo) -> Verdict:  # noqa: ARG001
    """Check every invariant of the books by themselves."""
    from linguapay_core.domain.verdict import Verdict  # noqa: PLC0415 - imported where it is used
    from linguapay_core.use_cases.steps.checking import check  # noqa: PLC0415

    checked = check(reports, clock, zone)
    return Verdict(checked.bookings, checked.entries, checked.breaches)
