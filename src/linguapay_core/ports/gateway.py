"""What we ask of Stripe, and how it answers.

Every method returns an ``Answer`` and raises nothing: what can go wrong outside is a value. ``key`` is the idempotency
key of the attempt; it also stands in the object's metadata, where looks find it. No method may be called while a
transaction of ours is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from linguapay_core.domain.answer import Answer
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, RefundId, TransferId
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.page import Page
from linguapay_core.domain.seen import (
    ForeignCash,
    SeenAccount,
    SeenCash,
    SeenEvent,
    SeenIntent,
    SeenMethod,
    SeenRefund,
    SeenSetup,
    SeenTransfer,
)


@dataclass(frozen=True, slots=True)
class IntentOrder:
    """A PaymentIntent to create. With ``method_id`` it is created with that saved card, unconfirmed all the same.

    ``save_method`` keeps the card that pays for later lessons.
    """

    key: str
    payment_id: PaymentId
    booking_id: BookingId
    amount: Money
    customer_id: str
    method_id: str = ""
    save_method: bool = False


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund to create on the charge of an intent."""

    key: str
    refund_id: RefundId
    payment_id: PaymentId
    intent_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """A transfer to create, out of the funds of one charge, in the group of one booking."""

    key: str
    transfer_id: TransferId
    payment_id: PaymentId
    booking_id: BookingId
    account_id: str
    charge_id: str
    amount: Money


class Gateway(Protocol):
    """Stripe, as far as lessons need it."""

    def create_customer(self, *, key: str, student_id: PersonId) -> Answer[str]:
        """A customer for a student; the answer is its id. A second one would be harmless."""
        ...

    def create_intent(self, order: IntentOrder) -> Answer[SeenIntent]:
        """A PaymentIntent, not confirmed: this moves no money."""
        ...

    def confirm_intent(self, intent_id: str, *, key: str, method_id: str, return_url: str = "") -> Answer[SeenIntent]:
        """Pay with a saved card. A decline is an answer: the intent, with ``declined`` set."""
        ...

    def cancel_intent(self, intent_id: str, *, key: str) -> Answer[SeenIntent]:
        """Cancel it. An intent that can't be cancelled any more (it succeeded) is answered as it stands."""
        ...

    def intent(self, intent_id: str) -> Answer[SeenIntent]:
        """A PaymentIntent as it stands, with its latest charge and that one's balance transaction."""
        ...

    def refunds_of(self, intent_id: str) -> Answer[Sequence[SeenRefund]]:
        """Every refund of an intent, the newest first, with their balance transactions."""
        ...

    def transfers_of(self, booking_id: BookingId) -> Answer[Sequence[SeenTransfer]]:
        """Every transfer in a booking's group, the newest first."""
        ...

    def create_refund(self, order: RefundOrder) -> Answer[SeenRefund]:
        """Send money back to the card."""
        ...

    def refund(self, stripe_id: str) -> Answer[SeenRefund]:
        """A refund as it stands, with its balance transactions."""
        ...

    def create_transfer(self, order: TransferOrder) -> Answer[SeenTransfer]:
        """Send money to a teacher's account."""
        ...

    def transfer(self, stripe_id: str) -> Answer[SeenTransfer]:
        """A transfer as it stands, with its reversals and balance transactions."""
        ...

    def reverse_transfer(self, stripe_id: str, *, key: str, amount: Money) -> Answer[SeenTransfer]:
        """Take money of a transfer back; the answer is the transfer after that."""
        ...

    def create_account(self, *, key: str, teacher_id: PersonId, country: str, email: str) -> Answer[SeenAccount]:
        """A connected account for a teacher. ``country`` is ISO 3166-1 alpha-2. A second one would be harmless."""
        ...

    def account(self, account_id: str) -> Answer[SeenAccount]:
        """A connected account as it stands."""
        ...

    def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> Answer[str]:
        """A page of Stripe's, for one visit, on which the teacher completes the account."""
        ...

    def own_account(self) -> Answer[str]:
        """The account to which our key belongs; the answer is its id."""
        ...

    def create_setup(self, *, key: str, customer_id: str) -> Answer[SeenSetup]:
        """A SetupIntent, to save a card without paying."""
        ...

    def methods_of(self, customer_id: str) -> Answer[Sequence[SeenMethod]]:
        """The saved cards of a customer, the newest first, the default marked."""
        ...

    def method(self, method_id: str) -> Answer[SeenMethod]:
        """A saved card as it stands."""
        ...

    def attach_method(self, method_id: str, *, key: str, customer_id: str) -> Answer[SeenMethod]:
        """Save a card to a customer. A declined card is ``Rejected`` with its decline code."""
        ...

    def detach_method(self, method_id: str, *, key: str) -> Answer[SeenMethod]:
        """Forget a saved card, for good."""
        ...

    def set_default_method(self, customer_id: str, *, method_id: str) -> Answer[str]:
        """Make a saved card the default; an empty ``method_id`` leaves none. The answer is the default's id."""
        ...

    def cash(self, *, since: datetime, cursor: str = "") -> Answer[Page[SeenCash | ForeignCash]]:
        """Balance transactions created since then, newest first, a page at a time."""
        ...

    def events(self, *, since: datetime, cursor: str = "") -> Answer[Page[SeenEvent]]:
        """Events created since then, newest first, a page at a time, for when webhooks don't come."""
        ...

    def balance(self, currency: Currency) -> Answer[Money]:
        """What Stripe holds for the platform in a currency, available and pending together."""
        ...
