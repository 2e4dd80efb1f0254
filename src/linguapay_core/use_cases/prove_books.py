"""The worker checks now and then that all holds that must always hold of the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from linguapay_core.domain.alarm_rules import clear, raise_alarm
from linguapay_core.domain.decision import SYSTEM
from linguapay_core.domain.house import Verification
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.watch import Watch
from linguapay_core.use_cases.check_books import CheckBooks, check_books
from linguapay_core.use_cases.steps.persistence import until_fresh

BREACHED: Final = "books_breached"
BOOKS: Final = "books"
"""What the alarm is about: no one object."""


@dataclass(frozen=True, slots=True)
class ProveBooks:
    """Unless somebody did within this time. Stripe is not asked."""

    every: timedelta = timedelta(hours=1)


def prove_books(
    command: ProveBooks, *, transactions: Transactions, reports: Reports, watch: Watch, clock: Clock, zone: tzinfo
) -> int:
    """Check every invariant, note when and how it ended, and raise an alarm over a breach, or clear the last one.

    Returns how many breaches there are.

    However many workers there are, the books are checked about once in the time given.
    """
    at, last = clock.now(), watch.verification()
    if last is not None and at - last.at < command.every:
        return 0
    breaches = check_books(CheckBooks(), reports=reports, clock=clock, zone=zone).breaches
    watch.note_verification(Verification(at, len(breaches)))
    if breaches:
        first = breaches[0]
        with transactions.begin() as transaction:
            detail = f"{len(breaches)} breaches, the first: {first.rule}, {first.subject}"
            transaction.keep(raise_alarm(BREACHED, BOOKS, detail, at=at))
    else:
        _clear_alarm(transactions, reports, at=at)
    return len(breaches)


@until_fresh
def _clear_alarm(transactions: Transactions, reports: Reports, *, at: datetime) -> None:
    for alarm in reports.open_alarms():
        if alarm.rule == BREACHED:
            with transactions.begin() as transaction:
                transaction.keep(clear(alarm, by=SYSTEM, at=at))
