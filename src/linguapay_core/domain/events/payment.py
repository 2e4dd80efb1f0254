"""What becomes true of payments, and of what teachers owe."""

from __future__ import annotations

from typing import ClassVar, Final

from linguapay_core.domain.events.fact import Fact


class PaymentStarted(Fact):
    """A payment was promised to Stripe."""

    name: ClassVar[str] = "payment.started"
    booking_id: str
    price_part_minor: int
    fee_part_minor: int
    currency: str


class PaymentOpened(Fact):
    """Stripe has a PaymentIntent for it; the student may pay."""

    name: ClassVar[str] = "payment.opened"
    intent_id: str


class PaymentUnknown(Fact):
    """Stripe gave no definite answer when asked for a PaymentIntent."""

    name: ClassVar[str] = "payment.unknown"


class PaymentDeclined(Fact):
    """A card was declined. The payment stays open for another."""

    name: ClassVar[str] = "payment.declined"
    decline_code: str
    card_brand: str


class PaymentProcessing(Fact):
    """Stripe is waiting for the student's bank."""

    name: ClassVar[str] = "payment.processing"


class PaymentSucceeded(Fact):
    """Stripe has the money, and everything about it equals ours."""

    name: ClassVar[str] = "payment.succeeded"
    amount_minor: int
    currency: str
    intent_id: str
    charge_id: str
    card_brand: str


class PaymentCashed(Fact):
    """The charge reached the Stripe balance."""

    name: ClassVar[str] = "payment.cashed"
    balance_transaction_id: str
    stripe_fee_minor: int
    net_minor: int


class PaymentCancelling(Fact):
    """Stripe is asked to cancel the PaymentIntent."""

    name: ClassVar[str] = "payment.cancelling"


class PaymentCancelled(Fact):
    """The PaymentIntent was cancelled; nothing was taken."""

    name: ClassVar[str] = "payment.cancelled"


class PaymentFailed(Fact):
    """Stripe refused the payment for good."""

    name: ClassVar[str] = "payment.failed"
    code: str


class PaymentQuarantined(Fact):
    """Money came that isn't what was asked for. ``differences`` names the fields that differ."""

    name: ClassVar[str] = "payment.quarantined"
    differences: str
    amount_minor: int
    currency: str


class PaymentAccepted(Fact):
    """An admin took quarantined money for the payment that was asked for."""

    name: ClassVar[str] = "payment.accepted"
    amount_minor: int
    currency: str
    text_id: str


PAID: Final = (PaymentSucceeded, PaymentAccepted)
"""The facts one of which says that a payment's money paid for a lesson."""


class PaymentRefunded(Fact):
    """An admin sends quarantined money back, all of it."""

    name: ClassVar[str] = "payment.refunded"
    amount_minor: int
    currency: str
    text_id: str


class ReceivableWrittenOff(Fact):
    """An admin gave up so much of what the teacher owes for this payment."""

    name: ClassVar[str] = "receivable.written_off"
    amount_minor: int
    currency: str
    reference: str
    text_id: str
