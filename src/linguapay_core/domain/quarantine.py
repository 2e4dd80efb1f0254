"""What an admin may decide about quarantined money: it is what was asked for after all, or it goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from linguapay_core.domain import booking_rules, postings, settlement
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import STRIPE, Actor, Decision, Event, decided
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.payment import (
    PaymentAccepted,
    PaymentQuarantined,
    PaymentRefunded,
)
from linguapay_core.domain.events.refund import RefundCashed
from linguapay_core.domain.identifiers import TextId
from linguapay_core.domain.ledger import SUSPENSE, Balances
from linguapay_core.domain.money import Money, Parts
from linguapay_core.domain.payment import PAYMENT, Payment, PaymentState
from linguapay_core.domain.payment import PaymentTrigger as T
from linguapay_core.domain.refund import RefundRule
from linguapay_core.domain.seen import SeenCash
from linguapay_core.domain.settlement import Case

BY_HAND: Final = "Refund it at Stripe by hand."

Guard = Callable[[Payment, PaymentQuarantined, Balances], Refused | None]


def _same_mode(_payment: Payment, found: PaymentQuarantined, _books: Balances) -> Refused | None:
    if "live_mode" not in found.differences.split(", "):
        return None
    return Refused("quarantined_mode", "It was paid in Stripe's other mode.", way_out=BY_HAND)


def _same_currency(payment: Payment, found: PaymentQuarantined, _books: Balances) -> Refused | None:
    if found.currency == payment.currency.code:
        return None
    reason = f"It was paid in {found.currency}, and {payment.currency} was asked for."
    return Refused("quarantined_currency", reason, way_out=BY_HAND)


def _same_amount(payment: Payment, found: PaymentQuarantined, _books: Balances) -> Refused | None:
    asked, received = payment.parts.total, Money(found.amount_minor, payment.currency)
    if received == asked:
        return None
    return Refused("quarantined_amount", f"{received} came, and {asked} was asked for.", way_out="Refund it.")


def _booked(payment: Payment, found: PaymentQuarantined, books: Balances) -> Refused | None:
    received = Money(found.amount_minor, payment.currency)
    if received and books[SUSPENSE] == received:
        return None
    reason = f"{received} came, and {books[SUSPENSE]} of it stands in suspense."
    return Refused("quarantined_not_booked", reason, way_out=f"Wait for its balance transaction. {BY_HAND}")


GUARDS: Final[dict[T, tuple[Guard, ...]]] = {
    T.ACCEPT: (_same_mode, _same_currency, _same_amount, _booked),
    T.REFUND: (_same_currency, _booked),
}
"""What must hold of quarantined money, beside the payment's table, before an admin may decide so."""


def why_not(payment: Payment, trigger: T, events: Iterable[Event], books: Balances) -> Refused | None:
    """Why an admin can't decide so now, or ``None``. The payment's ``events`` tell what came."""
    if not PAYMENT.allows(payment.state, trigger):
        return PAYMENT.refusal(payment.state, trigger)
    found = next(
        event.fact for event in events if event.subject == payment.id and isinstance(event.fact, PaymentQuarantined)
    )
    return next((no for guard in GUARDS[trigger] if (no := guard(payment, found, books))), None)


def accept(case: Case, events: Iterable[Event], text_id: TextId, *, by: Actor, at: datetime) -> Decision[Payment]:
    """Take the money for the payment that was asked for, as if it had succeeded.

    It pays the booking that still waits to be paid; where none does, it is refunded in full. A second time changes
    nothing. Raises ``Refused`` where the money itself differs or isn't in the books.
    """
    state = _step(case, T.ACCEPT, events)
    if state is None:
        return Decision(case.payment)
    payment, holds = case.payment, _waits(case.booking, at=at)
    counters = replace(payment.counters, captured=payment.parts)
    now = replace(payment, state=state, holds_booking=holds, succeeded_at=at, counters=counters)
    fact = PaymentAccepted(payment.parts.total.amount_minor, payment.currency.code, text_id)
    decision = replace(decided(now, fact, by=by, at=at), entries=postings.recognised(now, at=at))
    if holds:
        return decision + booking_rules.payment_succeeded(case.booking, payment.id, by=by, at=at)
    return decision + settlement.give_all_back(case.after(decision), rule=RefundRule.LATE_SUCCESS, by=by, at=at)


def refund(case: Case, events: Iterable[Event], text_id: TextId, *, by: Actor, at: datetime) -> Decision[Payment]:
    """Send the money back, all that came. A second time changes nothing.

    Raises ``Refused`` where it isn't known what came in the payment's currency.
    """
    state = _step(case, T.REFUND, events)
    if state is None:
        return Decision(case.payment)
    payment, received = case.payment, case.books[SUSPENSE]
    captured = Parts(received - payment.parts.fee, payment.parts.fee).levelled()
    now = replace(payment, state=state, counters=replace(payment.counters, captured=captured))
    fact = PaymentRefunded(received.amount_minor, payment.currency.code, text_id)
    decision = replace(decided(now, fact, by=by, at=at), entries=postings.recognised(now, at=at))
    return decision + settlement.give_all_back(case.after(decision), rule=RefundRule.QUARANTINE_REFUNDED, by=by, at=at)


def sent_back_by_hand(payment: Payment, books: Balances, cash: SeenCash, *, at: datetime) -> Decision[Payment]:
    """Somebody refunded quarantined money at Stripe: it leaves suspense. When all has, nothing is left to decide.

    ``books`` are the payment's in the currency of the cash.
    """
    entries = postings.cash(cash, SUSPENSE, payment.id, payment.id)
    now = payment if books.after(entries, payment.id)[SUSPENSE] else _returned(payment)
    fact = RefundCashed(cash.id, cash.net.amount_minor)
    return replace(decided(now, fact, by=STRIPE, at=at), entries=entries)


def _returned(payment: Payment) -> Payment:
    return replace(payment, state=PAYMENT.after(payment.state, T.RETURN))


def _step(case: Case, trigger: T, events: Iterable[Event]) -> PaymentState | None:
    """The state that comes next; ``None`` where it was decided already. Raises ``Refused``."""
    state = PAYMENT.after(case.payment.state, trigger)
    if state is case.payment.state:
        return None
    refusal = why_not(case.payment, trigger, events, case.books)
    if refusal is not None:
        raise refusal
    return state


def _waits(booking: Booking, *, at: datetime) -> bool:
    """Whether a booking waits to be paid, and no other payment holds it: before its pay-by deadline, that is."""
    return booking.state is BookingState.CONFIRMED and booking.pay_by is not None and at < booking.pay_by
