"""The facts that events carry, under permanent names.

A name, its version and its fields are a contract with whatever was stored: they are compared with golden files. A field
that a later question needs is added under a new version; nothing is renamed. No personal data stands in a fact, only
identifiers. Amounts are minor units of the ``currency`` beside them, or of the payment's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, dataclass_transform


@dataclass_transform(frozen_default=True)
class Fact:
    """Something that became true. Every kind of it is a frozen dataclass, without being told so.

    Facts compare and show themselves here, once for all kinds: to write that for each of them would cost every start.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        """Make it a dataclass."""
        dataclass(frozen=True, eq=False, repr=False)(cls)

    def __eq__(self, other: object) -> bool:
        """Compare kinds and fields."""
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        """Hash the fields."""
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        """Show kind and fields."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class GigOffered(Fact):
    """A teacher offers lessons."""

    name: ClassVar[str] = "gig.offered"
    teacher_id: str
    hourly_price_minor: int
    currency: str


class GigRetired(Fact):
    """A teacher no more offers these lessons; what is booked stays booked."""

    name: ClassVar[str] = "gig.retired"


class BookingRequested(Fact):
    """A student asks for a lesson at a frozen quote. ``terms`` lists the tiers as ``hours:basis points``."""

    name: ClassVar[str] = "booking.requested"
    gig_id: str
    student_id: str
    teacher_id: str
    starts_at: datetime
    minutes: int
    price_minor: int
    fee_minor: int
    total_minor: int
    currency: str
    terms: str


class BookingConfirmed(Fact):
    """The teacher agrees; it must be paid for until then."""

    name: ClassVar[str] = "booking.confirmed"
    pay_by: datetime


class BookingDeclined(Fact):
    """The teacher doesn't agree."""

    name: ClassVar[str] = "booking.declined"


class BookingExpired(Fact):
    """A deadline passed: nobody answered, or nobody paid."""

    name: ClassVar[str] = "booking.expired"


class BookingPaymentStarted(Fact):
    """The student begins to pay."""

    name: ClassVar[str] = "booking.payment_started"
    payment_id: str


class BookingPaymentEnded(Fact):
    """That payment came to nothing; the student may start another."""

    name: ClassVar[str] = "booking.payment_ended"
    payment_id: str


class BookingPaid(Fact):
    """The money is here."""

    name: ClassVar[str] = "booking.paid"
    payment_id: str


class BookingCancelling(Fact):
    """Somebody cancelled while the student was paying; Stripe decides what came first."""

    name: ClassVar[str] = "booking.cancelling"


class BookingCancelled(Fact):
    """There will be no lesson. ``refund_minor`` of a paid price goes back, and ``fee_refund_minor`` of the fee."""

    name: ClassVar[str] = "booking.cancelled"
    refund_minor: int = 0
    fee_refund_minor: int = 0


class BookingCompleted(Fact):
    """The lesson was given."""

    name: ClassVar[str] = "booking.completed"


class NoShowClaimed(Fact):
    """One side says that the other wasn't there."""

    name: ClassVar[str] = "booking.no_show_claimed"
    absent: str


class BookingContested(Fact):
    """The two sides disagree, or a problem was reported; an admin decides."""

    name: ClassVar[str] = "booking.contested"
    text_id: str = ""


class ContestDecided(Fact):
    """An admin decided a contest. So much goes back to the student, in parts of price and fee."""

    name: ClassVar[str] = "booking.contest_decided"
    refund_minor: int
    fee_refund_minor: int
    text_id: str


class RescheduleProposed(Fact):
    """One side asks for another time."""

    name: ClassVar[str] = "booking.reschedule_proposed"
    starts_at: datetime


class RescheduleDeclined(Fact):
    """The other side keeps to the time."""

    name: ClassVar[str] = "booking.reschedule_declined"


class Rescheduled(Fact):
    """Both agree on another time; price and payment stay."""

    name: ClassVar[str] = "booking.rescheduled"
    starts_at: datetime


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


class TransferScheduled(Fact):
    """The teacher's earning will be sent then."""

    name: ClassVar[str] = "transfer.scheduled"
    payment_id: str
    due_at: datetime


class TransferHeld(Fact):
    """It waits, for this reason."""

    name: ClassVar[str] = "transfer.held"
    reason: str


class TransferReleased(Fact):
    """It waits no more."""

    name: ClassVar[str] = "transfer.released"


class TransferReserved(Fact):
    """The amount is fixed and set aside, before Stripe is asked. So much went to what the teacher owed."""

    name: ClassVar[str] = "transfer.reserved"
    amount_minor: int
    netted_minor: int
    currency: str


class TransferCreated(Fact):
    """Stripe sent it to the teacher's account."""

    name: ClassVar[str] = "transfer.created"
    stripe_id: str


class TransferCashed(Fact):
    """It left the Stripe balance."""

    name: ClassVar[str] = "transfer.cashed"
    balance_transaction_id: str
    net_minor: int


class TransferReversed(Fact):
    """So much of it came back."""

    name: ClassVar[str] = "transfer.reversed"
    reversal_id: str
    amount_minor: int


class TransferRejected(Fact):
    """Stripe refused; the earning is payable again."""

    name: ClassVar[str] = "transfer.rejected"
    code: str


class TransferUnknown(Fact):
    """Stripe gave no definite answer."""

    name: ClassVar[str] = "transfer.unknown"


class TransferParked(Fact):
    """It is left to a person."""

    name: ClassVar[str] = "transfer.parked"
    reason: str


class TransferCancelled(Fact):
    """Nothing was left to send."""

    name: ClassVar[str] = "transfer.cancelled"


class AccountOpened(Fact):
    """A teacher has an account at Stripe."""

    name: ClassVar[str] = "account.opened"
    account_id: str


class AccountChanged(Fact):
    """Whether the teacher can receive money changed."""

    name: ClassVar[str] = "account.changed"
    can_receive: bool


class CustomerKnown(Fact):
    """A student is a customer at Stripe."""

    name: ClassVar[str] = "customer.known"
    customer_id: str


class EffectHandled(Fact):
    """An operator took a parked effect in hand: ``retried``, ``found`` or ``abandoned``."""

    name: ClassVar[str] = "effect.handled"
    how: str


class CashBooked(Fact):
    """A balance transaction that belongs to no payment was booked."""

    name: ClassVar[str] = "cash.booked"
    balance_transaction_id: str
    type: str
    net_minor: int
    currency: str


class AlarmRaised(Fact):
    """A person should look at this."""

    name: ClassVar[str] = "alarm.raised"
    rule: str


class AlarmCleared(Fact):
    """A person has looked, or it resolved itself."""

    name: ClassVar[str] = "alarm.cleared"
    rule: str


class ErasureAsked(Fact):
    """Somebody is to be forgotten as soon as no money is open."""

    name: ClassVar[str] = "person.erasure_asked"


class PersonErased(Fact):
    """What was personal about somebody is gone."""

    name: ClassVar[str] = "person.erased"


class SubscriptionAdded(Fact):
    """Somebody wants to be told of events."""

    name: ClassVar[str] = "subscription.added"


class SubscriptionChanged(Fact):
    """They want to be told elsewhere, or of other events."""

    name: ClassVar[str] = "subscription.changed"


class SubscriptionSecretRotated(Fact):
    """Messages are signed with a new secret, and until then with the one before too."""

    name: ClassVar[str] = "subscription.secret_rotated"
    previous_until: datetime


class SubscriptionPaused(Fact):
    """They are told nothing for now."""

    name: ClassVar[str] = "subscription.paused"


class SubscriptionResumed(Fact):
    """They are told again."""

    name: ClassVar[str] = "subscription.resumed"


class SubscriptionDisabled(Fact):
    """They didn't take what they were told, for days, or are gone."""

    name: ClassVar[str] = "subscription.disabled"


class SubscriptionRemoved(Fact):
    """They are told nothing any more."""

    name: ClassVar[str] = "subscription.removed"


class MessageRedelivered(Fact):
    """Somebody had a message sent once more."""

    name: ClassVar[str] = "message.redelivered"
    subscription_id: str


FACTS: Final[dict[tuple[str, int], type[Fact]]] = {(fact.name, fact.version): fact for fact in Fact.__subclasses__()}
"""Every fact by its name and version."""
