"""The student pays: promise a payment, ask Stripe for an intent, and hand over what the browser needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linguapay_core.domain import booking_rules, payment_rules
from linguapay_core.domain.booking import BOOKING, Booking, BookingState, BookingTrigger
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.effect import Effect, EffectKind, EffectState
from linguapay_core.domain.errors import GatewayUnreachable, InFlight, Refused
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.seen import IntentStatus, SeenIntent
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.customers import customer_of
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.delivery import Outside, Promise, deliver, take
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.methods import own_method
from linguapay_core.use_cases.steps.persistence import until_fresh

PAYABLE = frozenset({BookingState.CONFIRMED, BookingState.PAYING, BookingState.PAID})
"""The states of a booking that can be paid, or has been: then its payment is shown."""


@dataclass(frozen=True, slots=True)
class CreatePaymentIntent:
    """Pay for this booking, with a new card or with the saved one that ``payment_method_id`` names.

    ``save_payment_method`` keeps a new card for later lessons.
    """

    booking_id: str
    student_id: str
    payment_method_id: str = ""
    save_payment_method: bool = False


@dataclass(frozen=True, slots=True)
class Checkout:
    """How a payment stands, and what the browser needs: the intent's secret, or a page of the bank's to visit.

    The amount to pay is ``booking.quote.total``, as it was shown. ``requires_action`` says that the card's bank wants
    something of the student first: 3-D Secure.
    """

    payment: Payment
    booking: Booking
    client_secret: Secret | None = None
    action_url: str = ""
    requires_action: bool = False


def create_payment_intent(
    command: CreatePaymentIntent,
    *,
    transactions: Transactions,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
    live: bool,
) -> Checkout:
    """Start paying, or go on with what was started. Asked twice, also when it is paid, there is one payment.

    A declined card is no error: the payment stays open, and its ``decline_code`` says why. Raises ``Refused`` where the
    booking can't be paid or Stripe says no, ``InFlight`` while the same is being done elsewhere, and
    ``GatewayUnreachable`` where Stripe gave no answer: what was promised is then kept without the caller.
    """
    outside = Outside(transactions, gateway, clock, identifiers)
    _check(command, outside)
    customer_id = customer_of(command.student_id, transactions=transactions, gateway=gateway, clock=clock)
    charge_method = bool(command.payment_method_id)
    while (promise := _promise(command, customer_id, outside, live=live, charge_method=charge_method)) is not None:
        definite(deliver(promise, outside))
        charge_method = charge_method and promise.effect.kind is not EffectKind.CONFIRM_INTENT
    return _checkout(command, outside)


def _check(command: CreatePaymentIntent, outside: Outside) -> None:
    """See that this student may pay for this booking, with this card, before anything is made anywhere."""
    with outside.transactions.begin() as transaction:
        _payable(transaction, command)
    if command.payment_method_id:
        own_method(
            command.payment_method_id,
            command.student_id,
            transactions=outside.transactions,
            gateway=outside.gateway,
        )


def _payable(transaction: Transaction, command: CreatePaymentIntent) -> tuple[Booking, Actor]:
    """The booking that this student may pay, or has paid."""
    booking, by = own_booking(transaction, command.booking_id, command.student_id, field="student_id")
    if by.role is not Role.STUDENT:
        raise Refused("wrong_role", "That is for the student, and you are the teacher.")
    if booking.state not in PAYABLE:
        raise BOOKING.refusal(booking.state, BookingTrigger.START_PAYMENT)
    return booking, by


@until_fresh
def _promise(
    command: CreatePaymentIntent, customer_id: str, outside: Outside, *, live: bool, charge_method: bool
) -> Promise | None:
    """The next call that paying needs, leased to ourselves; ``None`` if there is an intent and no call is left."""
    at = outside.clock.now()
    with outside.transactions.begin() as transaction:
        booking, by = _payable(transaction, command)
        if booking.state is BookingState.PAID:
            return None
        payment = transaction.holding_payment(booking.id)
        if payment is None:
            payment = _start(transaction, command, booking, by, outside, live=live, customer_id=customer_id)
        effect = _owed(transaction, payment, at=at)
        if effect is None and charge_method and payment.state is PaymentState.OPEN:
            transaction.keep(payment_rules.confirm(payment, command.payment_method_id, at=at))
            effect = _owed(transaction, payment, at=at)
        if effect is None:
            return None
        promise, decision = take(transaction, effect, outside)
        transaction.keep(decision)
    return promise


def _start(
    transaction: Transaction,
    command: CreatePaymentIntent,
    booking: Booking,
    by: Actor,
    outside: Outside,
    *,
    live: bool,
    customer_id: str,
) -> Payment:
    at, payment_id = outside.clock.now(), outside.identifiers.new(PaymentId)
    decision = payment_rules.start(
        payment_id,
        booking,
        live=live,
        customer_id=customer_id,
        method_id=command.payment_method_id,
        save_method=command.save_payment_method,
        at=at,
    )
    transaction.keep(decision + booking_rules.start_payment(booking, payment_id, by=by, at=at))
    return transaction.payment(payment_id)


def _owed(transaction: Transaction, payment: Payment, *, at: datetime) -> Effect | None:
    """The call about paying that is still owed. Raises ``InFlight`` while somebody else makes it."""
    paying = (EffectKind.CREATE_INTENT, EffectKind.CONFIRM_INTENT)
    effect = next((one for one in transaction.open_effects_of(payment.id) if one.kind in paying), None)
    if effect is None:
        return None
    if effect.state is EffectState.LEASED and effect.leased_until and at < effect.leased_until:
        raise InFlight("This payment is being made right now.")
    if effect.state in (EffectState.RETRY, EffectState.UNKNOWN) and at < effect.due_at:
        seconds = -((at - effect.due_at) // timedelta(seconds=1))
        raise GatewayUnreachable("Stripe was asked, and is asked again in a moment.", retry_after_seconds=seconds)
    return effect


def _checkout(command: CreatePaymentIntent, outside: Outside) -> Checkout:
    with outside.transactions.begin() as transaction:
        booking, _ = own_booking(transaction, command.booking_id, command.student_id, field="student_id")
        payment = next(reversed(transaction.payments_of(booking.id)))
    return checkout(payment, booking, definite(outside.gateway.intent(payment.intent_id)))


def checkout(payment: Payment, booking: Booking, intent: SeenIntent) -> Checkout:
    """What to tell the student's browser."""
    requires_action = intent.status is IntentStatus.REQUIRES_ACTION
    return Checkout(payment, booking, intent.client_secret, intent.action_url, requires_action)
