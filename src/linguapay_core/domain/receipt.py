"""A student's receipt: what was bought, what was paid for it and how, and what came back since.

Receipts are numbered without gaps, in the order in which the payments became known to have succeeded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from operator import attrgetter

from linguapay_core.domain.decision import Decision
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.payment import PAID
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money, smaller
from linguapay_core.domain.numbered_receipt import NumberedReceipt
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import Person
from linguapay_core.domain.postings import CREDIT_PAID
from linguapay_core.domain.story import Story


@dataclass(frozen=True, slots=True)
class WentBack:
    """What went back at once: a refund, where it stands now, or what was paid by bank."""

    at: datetime
    what: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a receipt says. ``fee`` is what the platform's fee added to the price; ``zone`` the marketplace's."""

    numbered: NumberedReceipt
    payment: Payment
    student: Person
    teacher: Person
    title: str
    starts_at: datetime
    minutes: int
    price: Money
    fee: Money
    went_back: tuple[WentBack, ...]
    zone: tzinfo

    @property
    def total(self) -> Money:
        """What was paid."""
        return self.price + self.fee

    @property
    def kept(self) -> Money:
        """What was paid, less what came back or is on its way; ``went_back`` is the difference."""
        counters = self.payment.counters
        return (counters.captured - counters.reserved - counters.refunded).total


def paid_in(told: Sequence[ToldEvent]) -> tuple[PaymentId, ...]:
    """The payments that were paid by these events, in their order."""
    return tuple(PaymentId(one.event.subject) for one in told if isinstance(one.event.fact, PAID))


def number(paid: Sequence[Payment], given: Mapping[bool, int], *, at: datetime) -> Decision[None]:
    """Give these payments the numbers that follow; ``given`` is the last one of real money, and of play money."""
    last = dict(given)
    receipts: list[NumberedReceipt] = []
    for payment in paid:
        last[payment.live] += 1
        receipts.append(NumberedReceipt(payment.id, 0, payment.live, last[payment.live], at))
    return Decision(None, tuple(receipts))


def check_paid(payment: Payment) -> None:
    """Raise ``Refused`` for a payment that paid for nothing."""
    if payment.state not in {PaymentState.SUCCEEDED, PaymentState.ACCEPTED}:
        raise Refused(
            "nothing_paid",
            f"The payment {payment.id} is {payment.state}: there is nothing to give a receipt for.",
            way_out="A payment has a receipt once it has succeeded.",
        )


def receipt(numbered: NumberedReceipt, story: Story, *, student: Person, teacher: Person, zone: tzinfo) -> Receipt:
    """Put together the receipt of a payment of this story."""
    payment, quote = story.payment(numbered.id), story.booking.quote
    paid = payment.counters.captured.total
    fee = smaller(quote.total - quote.price, paid)
    return Receipt(
        numbered,
        payment,
        student,
        teacher,
        story.gig.title,
        story.booking.starts_at,
        quote.minutes,
        paid - fee,
        fee,
        tuple(sorted(_went_back(payment, story), key=attrgetter("at"))),
        zone,
    )


def _went_back(payment: Payment, story: Story) -> Iterator[WentBack]:
    """Each sum that the counters say has gone, or is set aside to go."""
    for refund in story.refunds_of(payment):
        if refund.is_out:
            yield WentBack(refund.reserved_at, f"refund {spoken(refund.state)}", refund.amount)
    for entry in story.entries:
        if entry.what == CREDIT_PAID and entry.subject == payment.id:
            yield WentBack(entry.at, "paid by bank", entry.legs[0].amount)
