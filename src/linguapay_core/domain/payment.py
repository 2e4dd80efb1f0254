"""A payment: the student's money for one booking, at Stripe a PaymentIntent. Nothing here knows of paying teachers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId
from linguapay_core.domain.ledger import Account, Kind
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.money import Currency, Money, Parts


class PaymentState(StrEnum):
    """Where a payment stands."""

    NEW = "new"
    CREATING = "creating"
    CREATING_UNKNOWN = "creating_unknown"
    OPEN = "open"
    PROCESSING = "processing"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"
    ACCEPTED = "accepted"
    REFUNDED = "refunded"
    SENT_BACK = "sent_back"


class PaymentTrigger(StrEnum):
    """What may happen to a payment."""

    ASK = "ask"
    OPEN = "open"
    LOSE = "lose"
    REFUSE = "refuse"
    PROCESS = "process"
    SUCCEED = "succeed"
    CANCEL = "cancel"
    END = "end"
    QUARANTINE = "quarantine"
    ACCEPT = "accept"
    REFUND = "refund"
    RETURN = "return"


S, T = PaymentState, PaymentTrigger
_STRIPE: Final = frozenset({Role.STRIPE})
_NEWS: Final = {T.SUCCEED: S.SUCCEEDED, T.QUARANTINE: S.QUARANTINED}

PAYMENT: Final = Machine(
    name="payment",
    start=S.NEW,
    table={
        S.NEW: {T.ASK: S.CREATING},
        S.CREATING: {
            T.OPEN: S.OPEN,
            T.LOSE: S.CREATING_UNKNOWN,
            T.REFUSE: S.FAILED,
            T.PROCESS: S.PROCESSING,
            T.CANCEL: S.CANCELLING,
            T.END: S.CANCELLED,
            **_NEWS,
        },
        S.CREATING_UNKNOWN: {
            T.ASK: S.CREATING,
            T.OPEN: S.OPEN,
            T.REFUSE: S.FAILED,
            T.PROCESS: S.PROCESSING,
            T.CANCEL: S.CANCELLING,
            T.END: S.CANCELLED,
            **_NEWS,
        },
        S.OPEN: {T.PROCESS: S.PROCESSING, T.CANCEL: S.CANCELLING, T.END: S.CANCELLED, **_NEWS},
        S.PROCESSING: {T.OPEN: S.OPEN, T.CANCEL: S.CANCELLING, T.END: S.CANCELLED, **_NEWS},
        S.CANCELLING: {T.END: S.CANCELLED, T.REFUSE: S.CANCELLED, **_NEWS},
        S.FAILED: {**_NEWS},
        S.CANCELLED: {**_NEWS},
        S.QUARANTINED: {T.ACCEPT: S.ACCEPTED, T.REFUND: S.REFUNDED, T.RETURN: S.SENT_BACK},
        S.SUCCEEDED: {},
        S.ACCEPTED: {},
        S.REFUNDED: {},
        S.SENT_BACK: {},
    },
    who={
        T.ASK: frozenset({Role.STUDENT, Role.SYSTEM}),
        T.OPEN: _STRIPE,
        T.LOSE: frozenset({Role.SYSTEM}),
        T.REFUSE: _STRIPE,
        T.PROCESS: _STRIPE,
        T.SUCCEED: _STRIPE,
        T.CANCEL: frozenset({Role.STUDENT, Role.TEACHER, Role.CLOCK}),
        T.END: _STRIPE,
        T.QUARANTINE: _STRIPE,
        T.ACCEPT: frozenset({Role.ADMIN}),
        T.REFUND: frozenset({Role.ADMIN}),
        T.RETURN: _STRIPE,
    },
)

RELEASING: Final = frozenset({S.FAILED, S.CANCELLED, S.QUARANTINED, S.REFUNDED, S.SENT_BACK})
"""The states in which a payment doesn't hold its booking, so that another may be started."""

CAPTURED: Final = frozenset({S.SUCCEEDED, S.ACCEPTED, S.REFUNDED})
"""The states in which its money is counted as captured, so that some of it may go back."""

LOOK: Final = {
    S.OPEN: timedelta(minutes=10),
    S.PROCESSING: timedelta(minutes=10),
    S.CANCELLING: timedelta(minutes=2),
}
"""How long after the last look Stripe is asked again if no webhook came; a state that isn't named needs no look."""

LOOK_FOR_CASH: Final = timedelta(minutes=2)
"""The same while a success still waits for its balance transaction."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What a payment's money has come to; it guards what we may ask of Stripe.

    ``captured`` came in. ``reserved`` is set aside for refunds under way, ``refunded`` is with Stripe or gone,
    ``credit`` is owed to the student by a refund that failed, ``disputed`` is withdrawn. For the teacher
    ``transfer_reserved`` is set aside, ``transferred`` was sent, ``sent_back`` was reversed.
    """

    captured: Parts
    reserved: Parts
    refunded: Parts
    credit: Parts
    disputed: Parts
    transfer_reserved: Money
    transferred: Money
    sent_back: Money

    @classmethod
    def none(cls, currency: Currency) -> Counters:
        """Nothing has happened."""
        nothing, money = Parts.none(currency), Money(0, currency)
        return cls(nothing, nothing, nothing, nothing, nothing, money, money, money)

    @property
    def gone(self) -> Parts:
        """What no more is with us, or is owed back: refunded, credited, disputed."""
        return self.refunded + self.credit + self.disputed

    @property
    def left(self) -> Parts:
        """What may still be refunded; no part below nothing, also where Stripe told us of more than we meant."""
        return (self.captured - self.reserved - self.gone).levelled()


@dataclass(frozen=True, slots=True)
class Payment:
    """The money for one booking. ``parts`` is what was asked for; ``live`` whether in real money.

    ``confirms`` counts the times we paid with a saved card, ``settled_at`` is when the escrow was divided between
    teacher and platform, ``look_at`` when to ask Stripe if no webhook comes.
    """

    id: PaymentId
    version: int
    booking_id: BookingId
    student_id: PersonId
    teacher_id: PersonId
    parts: Parts
    live: bool
    state: PaymentState
    holds_booking: bool
    counters: Counters
    started_at: datetime
    customer_id: str = ""
    method_id: str = ""
    save_method: bool = False
    confirms: int = 0
    intent_id: str = ""
    charge_id: str = ""
    cash_id: str = ""
    card_brand: str = ""
    decline_code: str = ""
    succeeded_at: datetime | None = None
    settled_at: datetime | None = None
    look_at: datetime | None = None

    @property
    def currency(self) -> Currency:
        """The currency of everything about it."""
        return self.parts.price.currency

    @property
    def payable(self) -> Account:
        """Where this payment's teacher's earning stands."""
        return Account(Kind.TEACHER_PAYABLE, self.teacher_id)

    @property
    def receivable(self) -> Account:
        """Where what this payment's teacher owes back stands."""
        return Account(Kind.TEACHER_RECEIVABLE, self.teacher_id)

    @property
    def student_credit(self) -> Account:
        """Where what is owed to this payment's student stands."""
        return Account(Kind.STUDENT_CREDIT, self.student_id)

    @property
    def netting(self) -> Account:
        """Where what this payment's teacher owes and earns elsewhere is evened out."""
        return Account(Kind.TEACHER_NETTING, self.teacher_id)

    @property
    def due_at(self) -> datetime | None:
        """When the clock has something to do: look at Stripe."""
        return self.look_at


def next_look(payment: Payment, *, at: datetime) -> datetime | None:
    """When to ask Stripe about it again, if no webhook comes before."""
    if payment.state is S.SUCCEEDED:
        return None if payment.cash_id else at + LOOK_FOR_CASH
    wait = LOOK.get(payment.state)
    return None if wait is None else at + wait
