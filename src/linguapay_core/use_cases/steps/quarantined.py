"""What an admin decides about quarantined money: both ways are written down alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from linguapay_core.domain import alarm_rules as alarms
from linguapay_core.domain import people_rules
from linguapay_core.domain.decision import Actor, Decision, Event
from linguapay_core.domain.identifiers import PaymentId, PersonId, TextId
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.settlement import Case
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, case_in


class Decide(Protocol):
    """One of the two rules."""

    def __call__(
        self, case: Case, events: Sequence[Event], text_id: TextId, *, by: Actor, at: datetime
    ) -> Decision[Payment]:
        """Decide about a payment with this story."""
        ...


def end_quarantine(
    decide: Decide,
    payment_id: str,
    admin_id: str,
    notes: str,
    *,
    transactions: Transactions,
    reports: Reports,
    clock: Clock,
    identifiers: Identifiers,
) -> Payment:
    """Decide on what the story tells, keep the notes, and clear the alarm that called for the admin.

    Raises ``Stale`` if somebody wrote since the story was told.
    """
    by = admin(admin_id)
    story = reports.story(reports.booking_of(PaymentId.parse(payment_id)))
    payment, text_id = story.payment(PaymentId(payment_id)), identifiers.new(TextId)
    decision = decide(case_in(story, payment, identifiers), story.events, text_id, by=by, at=clock.now())
    with transactions.begin() as transaction:
        if decision:
            author = PersonId(by.person)
            decision += people_rules.write_down(text_id, subject=payment.id, author=author, text=notes, field="notes")
            alarm = transaction.alarm(f"payment_quarantined:{payment.id}")
            decision += alarms.clear(alarm, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
