"""All that belongs to one booking, in one value: what explains it, and what is checked of it."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import Event
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import Balances, Entry
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.transfer import Transfer


@dataclass(frozen=True, slots=True)
class Story:
    """A booking with its payments and all that came of them; events and entries in the order they were kept in."""

    gig: Gig
    booking: Booking
    account: TeacherAccount | None
    payments: tuple[Payment, ...]
    requests: tuple[RefundRequest, ...]
    refunds: tuple[Refund, ...]
    transfers: tuple[Transfer, ...]
    effects: tuple[Effect, ...]
    events: tuple[Event, ...]
    entries: tuple[Entry, ...]
    alarms: tuple[Alarm, ...]

    def books_of(self, payment: Payment) -> Balances:
        """The balances of one payment."""
        return Balances(payment.currency).after(self.entries, payment.id)

    def payment(self, payment_id: PaymentId) -> Payment:
        """The payment with this identifier; it is among them."""
        return next(payment for payment in self.payments if payment.id == payment_id)

    def refunds_of(self, payment: Payment) -> tuple[Refund, ...]:
        """The refunds of one payment."""
        return tuple(refund for refund in self.refunds if refund.payment_id == payment.id)

    def transfers_of(self, payment: Payment) -> tuple[Transfer, ...]:
        """The transfers of what one payment's teacher earned."""
        return tuple(transfer for transfer in self.transfers if transfer.payment_id == payment.id)
