"""What becomes true of transfers, and of teachers' accounts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from linguapay_core.domain.events.fact import Fact


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
