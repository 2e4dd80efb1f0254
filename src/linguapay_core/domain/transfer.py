"""A transfer: money to the teacher's connected account, at Stripe a Transfer.

Several may follow each other for one payment; one at a time is open. Its amount is fixed when it is reserved: what is
payable to the teacher at that moment, less what the teacher owes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, TransferId
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.money import Money


class TransferState(StrEnum):
    """Where a transfer stands."""

    SCHEDULED = "scheduled"
    ON_HOLD = "on_hold"
    RESERVED = "reserved"
    UNKNOWN = "unknown"
    PARKED = "parked"
    CREATED = "created"
    CANCELLED = "cancelled"


class TransferTrigger(StrEnum):
    """What may happen to a transfer."""

    HOLD = "hold"
    RELEASE = "release"
    RESERVE = "reserve"
    CREATE = "create"
    REJECT = "reject"
    LOSE = "lose"
    PARK = "park"
    RETRY = "retry"
    REVERSE = "reverse"
    CANCEL = "cancel"


S, T = TransferState, TransferTrigger
_SYSTEM: Final = frozenset({Role.SYSTEM})
_STRIPE: Final = frozenset({Role.STRIPE})
_EITHER: Final = frozenset({Role.SYSTEM, Role.ADMIN})

TRANSFER: Final = Machine(
    name="transfer",
    start=S.SCHEDULED,
    table={
        S.SCHEDULED: {T.HOLD: S.ON_HOLD, T.RESERVE: S.RESERVED, T.CANCEL: S.CANCELLED},
        S.ON_HOLD: {T.HOLD: S.ON_HOLD, T.RELEASE: S.SCHEDULED, T.CANCEL: S.CANCELLED},
        S.RESERVED: {T.CREATE: S.CREATED, T.REJECT: S.SCHEDULED, T.LOSE: S.UNKNOWN, T.PARK: S.PARKED},
        S.UNKNOWN: {T.CREATE: S.CREATED, T.REJECT: S.SCHEDULED, T.RETRY: S.RESERVED, T.PARK: S.PARKED},
        S.PARKED: {T.CREATE: S.CREATED, T.REJECT: S.SCHEDULED, T.RETRY: S.RESERVED},
        S.CREATED: {T.REVERSE: S.CREATED},
        S.CANCELLED: {},
    },
    who={
        T.HOLD: _EITHER,
        T.RELEASE: _EITHER,
        T.RESERVE: _SYSTEM,
        T.CREATE: _STRIPE,
        T.REJECT: frozenset({Role.STRIPE, Role.ADMIN}),
        T.LOSE: _SYSTEM,
        T.PARK: _SYSTEM,
        T.RETRY: _EITHER,
        T.REVERSE: _STRIPE,
        T.CANCEL: _SYSTEM,
    },
)

OPEN: Final = frozenset({S.SCHEDULED, S.ON_HOLD, S.RESERVED, S.UNKNOWN, S.PARKED})
"""The states in which a transfer is the payment's open one."""

LOOK: Final = timedelta(minutes=10)
AGAIN_AFTER_REJECTION: Final = timedelta(hours=6)
REJECTIONS_BEFORE_HOLD: Final = 3


class Hold(StrEnum):
    """Why a transfer waits, as the teacher is told. Those that a change elsewhere can lift are looked at again."""

    ACCOUNT_NOT_READY = "account_not_ready"
    REFUND_REQUEST_OPEN = "refund_request_open"
    CONTESTED = "contested"
    DISPUTED = "disputed"
    REFUSED_BY_STRIPE = "refused_by_stripe"
    REVERSED = "reversed"
    BY_ADMIN = "by_admin"


LIFTED_BY_ITSELF: Final = frozenset({Hold.ACCOUNT_NOT_READY, Hold.REFUND_REQUEST_OPEN, Hold.CONTESTED, Hold.DISPUTED})
LOOK_AT_HOLD: Final = timedelta(hours=1)
LOOK_AT_ACCOUNT: Final = timedelta(minutes=10)
"""How soon Stripe is asked again whether an account is ready, of which only Stripe can tell."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """Money of a transfer that came back, and the balance transaction that brought it."""

    id: str
    amount: Money
    cash_id: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A teacher's earning on its way. ``pay_at`` is when it may be sent earliest; ``rejections`` counts Stripe's."""

    id: TransferId
    version: int
    payment_id: PaymentId
    booking_id: BookingId
    teacher_id: PersonId
    state: TransferState
    amount: Money
    scheduled_at: datetime
    pay_at: datetime
    hold: Hold | None = None
    reservations: int = 0
    rejections: int = 0
    stripe_id: str = ""
    cash_id: str = ""
    reversals: tuple[Reversal, ...] = ()
    look_at: datetime | None = None

    @property
    def sends(self) -> Money | None:
        """How much it sends, once that is fixed."""
        return self.amount or None

    @property
    def due_at(self) -> datetime | None:
        """When the clock has something to do: pay, look whether a hold is lifted, or look at Stripe."""
        return self.pay_at if self.state is S.SCHEDULED else self.look_at


def next_look(transfer: Transfer, *, at: datetime) -> datetime | None:
    """When to look again, at the reason of a hold or at Stripe."""
    if transfer.state is S.ON_HOLD:
        wait = LOOK_AT_ACCOUNT if transfer.hold is Hold.ACCOUNT_NOT_READY else LOOK_AT_HOLD
        return at + wait if transfer.hold in LIFTED_BY_ITSELF else None
    awaits_cash = not transfer.cash_id or any(not reversal.cash_id for reversal in transfer.reversals)
    return at + LOOK if transfer.state is S.CREATED and awaits_cash else None
