"""What Stripe said about an object when we fetched it, in our words.

These are facts of the moment, never kept as such: a rule compares them with our record and moves it forward. Amounts
are in minor units of our own counting; the adapter translates where Stripe counts otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linguapay_core.domain.money import Money
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.secret import Secret


class IntentStatus(StrEnum):
    """Where a PaymentIntent or a SetupIntent stands."""

    REQUIRES_METHOD = "requires_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    """Where a refund stands at Stripe. One that was cancelled there has failed."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SeenCash:
    """A balance transaction: a movement on the platform's Stripe balance. ``net`` is ``amount`` less ``fee``.

    ``kind`` is Stripe's type of it (Stripe: Balance transaction types), ``source`` the object that caused it. In a list
    ``object_kind`` and ``object_id`` name the object whose news tells of it: of a charge its intent, of a reversal its
    transfer.
    """

    id: str
    kind: str
    amount: Money
    fee: Money
    source: str
    created_at: datetime
    object_kind: ObjectKind = ObjectKind.OTHER
    object_id: str = ""

    @property
    def net(self) -> Money:
        """What the balance changed by."""
        return self.amount - self.fee

    @property
    def moves(self) -> bool:
        """Whether there is anything to book."""
        return bool(self.amount or self.fee)


@dataclass(frozen=True, slots=True)
class ForeignCash:
    """A balance transaction in a currency that we can't count in: a person must look at it at Stripe."""

    id: str
    kind: str
    currency_code: str
    source: str


@dataclass(frozen=True, slots=True)
class SeenCharge:
    """The charge of a PaymentIntent. ``cash`` is missing until it was captured into the balance."""

    id: str
    amount: Money
    card_brand: str
    card_last4: str
    cash: SeenCash | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """A card's bank said no. ``code`` says what failed, ``decline_code`` why (Stripe: Decline codes)."""

    code: str
    decline_code: str
    message: str
    card_brand: str = ""


@dataclass(frozen=True, slots=True)
class SeenIntent:
    """A PaymentIntent. ``client_secret`` lets a browser confirm it; it is never stored, logged or shown by ``repr``."""

    id: str
    status: IntentStatus
    amount: Money
    received: Money
    live: bool
    customer_id: str
    payment_id: str
    key: str
    charge: SeenCharge | None = None
    declined: Declined | None = None
    client_secret: Secret | None = None
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class SeenRefund:
    """A refund. ``returned`` is the balance transaction of its failure, which gives the money back."""

    id: str
    intent_id: str
    status: RefundStatus
    amount: Money
    key: str
    failure_reason: str = ""
    cash: SeenCash | None = None
    returned: SeenCash | None = None


@dataclass(frozen=True, slots=True)
class SeenReversal:
    """Money of a transfer that came back."""

    id: str
    amount: Money
    cash: SeenCash | None = None


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """A transfer, with all its reversals."""

    id: str
    amount: Money
    account_id: str
    group: str
    key: str
    cash: SeenCash | None = None
    reversals: tuple[SeenReversal, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenAccount:
    """A teacher's connected account."""

    id: str
    teacher_id: str
    can_receive: bool


@dataclass(frozen=True, slots=True)
class SeenMethod:
    """A saved card. ``customer_id`` is empty while it belongs to nobody."""

    id: str
    customer_id: str
    brand: str
    last4: str
    expiry_month: int
    expiry_year: int
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class SeenSetup:
    """A SetupIntent: a card being saved without a payment."""

    id: str
    status: IntentStatus
    customer_id: str
    client_secret: Secret | None = None
    method_id: str = ""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """A webhook event: a hint that an object changed. What changed is told by the object itself, fetched."""

    id: str
    kind: str
    object_kind: ObjectKind
    object_id: str
    live: bool
    created_at: datetime
    account_id: str = ""
