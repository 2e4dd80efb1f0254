"""What becomes true of refund requests, refunds and credit."""

from __future__ import annotations

from typing import ClassVar

from linguapay_core.domain.events.fact import Fact


class RefundRequested(Fact):
    """A student wants money back."""

    name: ClassVar[str] = "refund_request.submitted"
    payment_id: str
    amount_minor: int
    text_id: str


class RefundRequestEdited(Fact):
    """The student changed the amount; approvals are void."""

    name: ClassVar[str] = "refund_request.edited"
    amount_minor: int


class RefundRequestApproved(Fact):
    """An admin approved this amount. ``missing`` approvals are still to come."""

    name: ClassVar[str] = "refund_request.approved"
    amount_minor: int
    missing: int
    text_id: str = ""


class RefundRequestRejected(Fact):
    """An admin said no."""

    name: ClassVar[str] = "refund_request.rejected"
    text_id: str = ""


class RefundRequestWithdrawn(Fact):
    """The student took it back."""

    name: ClassVar[str] = "refund_request.withdrawn"


class RefundRequestProcessed(Fact):
    """A refund was set going for it."""

    name: ClassVar[str] = "refund_request.processed"
    refund_id: str


class RefundRequestDone(Fact):
    """The money is on its way to the student's bank."""

    name: ClassVar[str] = "refund_request.done"


class RefundRequestBlocked(Fact):
    """It can't go on as it is; an admin looks at it again."""

    name: ClassVar[str] = "refund_request.blocked"
    reason: str


class RefundRequestExpired(Fact):
    """Nobody decided in time."""

    name: ClassVar[str] = "refund_request.expired"


class RefundReserved(Fact):
    """Money was set aside for a refund, before Stripe is asked."""

    name: ClassVar[str] = "refund.reserved"
    payment_id: str
    price_part_minor: int
    fee_part_minor: int
    currency: str
    rule: str


class RefundPending(Fact):
    """Stripe has it and waits for the bank."""

    name: ClassVar[str] = "refund.pending"
    stripe_id: str


class RefundSucceeded(Fact):
    """Stripe sent it."""

    name: ClassVar[str] = "refund.succeeded"
    stripe_id: str


class RefundCashed(Fact):
    """It left the Stripe balance, or came back to it (a positive amount)."""

    name: ClassVar[str] = "refund.cashed"
    balance_transaction_id: str
    net_minor: int


class RefundFailed(Fact):
    """The bank didn't take it."""

    name: ClassVar[str] = "refund.failed"
    reason: str


class RefundCredited(Fact):
    """A failed refund's money is back; the student has it as credit."""

    name: ClassVar[str] = "refund.credited"
    amount_minor: int


class RefundRejected(Fact):
    """Stripe refused; what was set aside is free again."""

    name: ClassVar[str] = "refund.rejected"
    code: str


class RefundUnknown(Fact):
    """Stripe gave no definite answer."""

    name: ClassVar[str] = "refund.unknown"


class RefundParked(Fact):
    """It is left to a person."""

    name: ClassVar[str] = "refund.parked"
    reason: str


class CreditPaidByBank(Fact):
    """A student's credit was paid out by hand."""

    name: ClassVar[str] = "credit.paid_by_bank"
    payment_id: str
    amount_minor: int
