"""How a payment is decided. Stripe's word moves it forward; the client's never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain import effect as effects
from linguapay_core.domain import postings
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import STRIPE, SYSTEM, Actor, Decision, changed, decided
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.events import payment as facts
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import CHARGE_CLEARING, SUSPENSE
from linguapay_core.domain.look import look_next
from linguapay_core.domain.machine import Role
from linguapay_core.domain.payment import LOOK, PAYMENT, RELEASING, Counters, Payment, next_look
from linguapay_core.domain.payment import PaymentState as S
from linguapay_core.domain.payment import PaymentTrigger as T
from linguapay_core.domain.seen import IntentStatus, SeenIntent

WAITING = frozenset({IntentStatus.REQUIRES_METHOD, IntentStatus.REQUIRES_CONFIRMATION, IntentStatus.REQUIRES_ACTION})
"""An intent that still waits for the student."""

TOLD = {
    IntentStatus.REQUIRES_METHOD: T.OPEN,
    IntentStatus.REQUIRES_CONFIRMATION: T.OPEN,
    IntentStatus.REQUIRES_ACTION: T.OPEN,
    IntentStatus.PROCESSING: T.PROCESS,
    IntentStatus.SUCCEEDED: T.SUCCEED,
    IntentStatus.CANCELLED: T.END,
}
"""What a fetched intent's status tells us."""


def start(
    payment_id: PaymentId,
    booking: Booking,
    *,
    live: bool,
    customer_id: str,
    method_id: str = "",
    save_method: bool = False,
    at: datetime,
) -> Decision[Payment]:
    """Promise Stripe a payment of exactly the quoted total, and owe the call that asks for it."""
    parts = booking.quote.parts
    payment = Payment(
        id=payment_id,
        version=0,
        booking_id=booking.id,
        student_id=booking.student_id,
        teacher_id=booking.teacher_id,
        parts=parts,
        live=live,
        state=PAYMENT.after(PAYMENT.start, T.ASK),
        holds_booking=True,
        counters=Counters.none(parts.price.currency),
        started_at=at,
        customer_id=customer_id,
        method_id=method_id,
        save_method=save_method,
    )
    fact = facts.PaymentStarted(booking.id, parts.price.amount_minor, parts.fee.amount_minor, parts.price.currency.code)
    promise = effects.owe(EffectKind.CREATE_INTENT, payment_id, payment_id, at=at)
    decision = decided(payment, fact, by=Actor(Role.STUDENT, booking.student_id), at=at)
    return replace(decision, effects=(promise,))


def confirm(payment: Payment, method_id: str, *, at: datetime) -> Decision[Payment]:
    """Owe the call that pays with a saved card."""
    now = replace(payment, method_id=method_id, confirms=payment.confirms + 1)
    part = str(now.confirms)
    promise = effects.owe(EffectKind.CONFIRM_INTENT, payment.id, payment.id, at=at, target=method_id, part=part)
    return replace(changed(now), effects=(promise,))


def lost(payment: Payment, *, at: datetime) -> Decision[Payment]:
    """Stripe gave no definite answer when asked for an intent. One that is being cancelled needs none any more."""
    if payment.state is S.CANCELLING and not payment.intent_id:
        return _ended(payment, at=at)
    if not PAYMENT.allows(payment.state, T.LOSE):
        return Decision(payment)
    return decided(
        replace(payment, state=PAYMENT.after(payment.state, T.LOSE)), facts.PaymentUnknown(), by=SYSTEM, at=at
    )


def retried(payment: Payment) -> Decision[Payment]:
    """It is asked for again."""
    if payment.state is not S.CREATING_UNKNOWN:
        return Decision(payment)
    return changed(replace(payment, state=PAYMENT.after(payment.state, T.ASK)))


def refused(payment: Payment, code: str, *, at: datetime) -> Decision[Payment]:
    """Stripe refused, for good, to make an intent: nothing was taken, and another payment may be started."""
    if not PAYMENT.allows(payment.state, T.REFUSE):
        return Decision(payment)
    now = replace(payment, state=PAYMENT.after(payment.state, T.REFUSE), holds_booking=False, look_at=None)
    return decided(now, facts.PaymentFailed(code), by=STRIPE, at=at)


def cancel(payment: Payment, *, by: Actor, at: datetime) -> Decision[Payment]:
    """Ask Stripe to cancel. What it says then decides; an intent that we don't know yet is cancelled when we do."""
    if not PAYMENT.allows(payment.state, T.CANCEL):
        return Decision(payment)
    look_at = at + LOOK[S.CANCELLING] if payment.intent_id else None
    now = replace(payment, state=PAYMENT.after(payment.state, T.CANCEL), look_at=look_at)
    decision = decided(now, facts.PaymentCancelling(), by=by, at=at)
    return replace(decision, effects=_cancelling(payment, payment.intent_id, at=at) if payment.intent_id else ())


def seen(payment: Payment, intent: SeenIntent, *, at: datetime) -> Decision[Payment]:
    """Take over what Stripe says of the payment's intent. Old news, and news heard before, changes nothing.

    Success counts only if the received amount, the currency, the mode, the customer and the payment named in the
    metadata are ours; anything else is quarantined.
    """
    if payment.intent_id and intent.id != payment.intent_id:
        return _orphan(payment, intent, at=at)
    known = payment if payment.intent_id else replace(payment, intent_id=intent.id)
    differences = _differences(known, intent)
    trigger = T.QUARANTINE if intent.status is IntentStatus.SUCCEEDED and differences else TOLD[intent.status]
    decision = _moved(known, trigger, intent, differences, at=at)
    decision += _declined(decision.record, intent, at=at)
    decision += _cashed(decision.record, intent, at=at)
    decision += _unwanted(decision.record, intent, at=at)
    return look_next(payment, decision, next_look(decision.record, at=at), at=at)


def _moved(payment: Payment, trigger: T, intent: SeenIntent, differences: str, *, at: datetime) -> Decision[Payment]:
    if not PAYMENT.allows(payment.state, trigger):
        return Decision(payment)
    state = PAYMENT.after(payment.state, trigger)
    charge = intent.charge
    now = replace(
        payment,
        state=state,
        holds_booking=payment.holds_booking and state not in RELEASING,
        charge_id=charge.id if charge else payment.charge_id,
        card_brand=charge.card_brand if charge else payment.card_brand,
    )
    match state:
        case S.SUCCEEDED:
            now = replace(now, succeeded_at=at, counters=replace(now.counters, captured=now.parts))
            fact = facts.PaymentSucceeded(
                intent.received.amount_minor, intent.received.currency.code, intent.id, now.charge_id, now.card_brand
            )
            return replace(decided(now, fact, by=STRIPE, at=at), entries=postings.payment_succeeded(now, at=at))
        case S.QUARANTINED:
            received = intent.received
            quarantined = facts.PaymentQuarantined(differences, received.amount_minor, received.currency.code)
            alarm = raise_alarm("payment_quarantined", payment.id, f"differs in {differences}", at=at)
            return decided(now, quarantined, by=STRIPE, at=at, why=differences) + alarm
        case S.CANCELLED:
            return decided(now, facts.PaymentCancelled(), by=STRIPE, at=at)
        case S.PROCESSING:
            return decided(now, facts.PaymentProcessing(), by=STRIPE, at=at)
        case _:
            return decided(now, facts.PaymentOpened(intent.id), by=STRIPE, at=at)


def _differences(payment: Payment, intent: SeenIntent) -> str:
    """The names of the fields in which a succeeded intent isn't what was asked for."""
    comparisons = (
        ("amount", intent.received.amount_minor == payment.parts.total.amount_minor),
        ("currency", intent.received.currency == payment.currency),
        ("live_mode", intent.live == payment.live),
        ("customer", intent.customer_id == payment.customer_id),
        ("payment", intent.payment_id == payment.id),
        ("charge", intent.charge is not None),
    )
    return ", ".join(name for name, equal in comparisons if not equal)


def _declined(payment: Payment, intent: SeenIntent, *, at: datetime) -> Decision[Payment]:
    declined = intent.declined
    if declined is None or payment.state is not S.OPEN:
        return Decision(payment)
    code = declined.decline_code or declined.code
    if code == payment.decline_code:
        return Decision(payment)
    now = replace(payment, decline_code=code, card_brand=declined.card_brand or payment.card_brand)
    return decided(now, facts.PaymentDeclined(code, declined.card_brand), by=STRIPE, at=at)


def _cashed(payment: Payment, intent: SeenIntent, *, at: datetime) -> Decision[Payment]:
    charge = intent.charge
    cash = charge and charge.cash
    if not charge or not cash or payment.cash_id or payment.state not in (S.SUCCEEDED, S.QUARANTINED):
        return Decision(payment)
    against = CHARGE_CLEARING if payment.state is S.SUCCEEDED else SUSPENSE
    now = replace(payment, charge_id=charge.id, cash_id=cash.id)
    fact = facts.PaymentCashed(cash.id, cash.fee.amount_minor, cash.net.amount_minor)
    return replace(decided(now, fact, by=STRIPE, at=at), entries=postings.cash(cash, against, payment.id, payment.id))


def _unwanted(payment: Payment, intent: SeenIntent, *, at: datetime) -> Decision[Payment]:
    """An intent still waiting for the student of a payment that is over or being cancelled is cancelled at Stripe."""
    over = payment.state in (S.CANCELLING, S.CANCELLED, S.FAILED)
    if not over or intent.status not in WAITING:
        return Decision(payment)
    return Decision(payment, effects=_cancelling(payment, intent.id, at=at))


def _orphan(payment: Payment, intent: SeenIntent, *, at: datetime) -> Decision[Payment]:
    """An intent that an earlier attempt made and nobody heard of. Nobody can pay it; it is cancelled all the same."""
    if intent.status in WAITING:
        return Decision(payment, effects=_cancelling(payment, intent.id, at=at))
    if intent.status in (IntentStatus.SUCCEEDED, IntentStatus.PROCESSING):
        detail = f"{intent.id} was made by an earlier attempt, and somebody paid it"
        alarm = raise_alarm("orphan_intent_paid", payment.id, detail, at=at)
        return Decision(payment, alarm.changed, alarm.events)
    return Decision(payment)


def _ended(payment: Payment, *, at: datetime) -> Decision[Payment]:
    now = replace(payment, state=PAYMENT.after(payment.state, T.END), holds_booking=False, look_at=None)
    return decided(now, facts.PaymentCancelled(), by=SYSTEM, at=at, why="never_created")


def _cancelling(payment: Payment, intent_id: str, *, at: datetime) -> tuple[effects.Effect, ...]:
    """The call that cancels an intent; one an hour at most, as long as it is found waiting."""
    part = f"{intent_id}:{at:%Y%m%d%H}"
    return (effects.owe(EffectKind.CANCEL_INTENT, payment.id, payment.id, at=at, target=intent_id, part=part),)
