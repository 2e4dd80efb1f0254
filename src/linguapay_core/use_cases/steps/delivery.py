"""Keeping one promise to the outside: step two, the call, and step three, writing down how it ended.

The worker and the person waiting at a door do the same. An effect that was asked for before is looked up first; only
when nothing is found is it asked for again, under the same key or, in time, under a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from linguapay_core.domain import effect as effects
from linguapay_core.domain import payment_rules, refund_rules, settlement, transfer_rules
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.answer import Answer, Answered, Postponed, Rejected, Unknown
from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.effect import Effect, EffectKind, EffectState, Step
from linguapay_core.domain.identifiers import RefundId, TransferId
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.loading import case_of
from linguapay_core.use_cases.steps.news import request_of, written_down
from linguapay_core.use_cases.steps.orders import Order, Seen, call, look_for, order_for
from linguapay_core.use_cases.steps.persistence import until_fresh

POSTPONED_TOO_OFTEN = 10
"""After how many postponements in a row, and again after as many, an alarm is raised."""

WANTED = frozenset({PaymentState.CREATING, PaymentState.CREATING_UNKNOWN})
"""The states of a payment that still wants an intent."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports that keeping a promise needs."""

    transactions: Transactions
    gateway: Gateway
    clock: Clock
    identifiers: Identifiers


@dataclass(frozen=True, slots=True)
class Promise:
    """An effect that is leased to us, what to ask for, and whether it may have been asked for before."""

    effect: Effect
    order: Order
    payment: Payment
    asked_before: bool


def take(transaction: Transaction, effect: Effect, outside: Outside) -> tuple[Promise | None, Decision[object]]:
    """Lease an effect and say what to ask for. The decision must be kept before the call is made.

    An intent that nobody wants any more, because its payment was cancelled, isn't asked for: then there is no promise.
    """
    at = outside.clock.now()
    leased = effects.lease(effect, at=at)
    payment = transaction.payment(effect.payment_id)
    if effect.kind is EffectKind.CREATE_INTENT and payment.state not in WANTED:
        ended = settlement.intent_lost(case_of(transaction, payment, outside.identifiers), at=at)
        return None, changed(effects.reject(leased, "not wanted any more")) + ended
    asked_before = effect.tries > 0 or effect.attempt > 1
    if not asked_before:
        leased = effects.asked(leased, at=at)
    return Promise(leased, order_for(transaction, leased, payment), payment, asked_before), changed(leased)


def deliver(promise: Promise, outside: Outside) -> Answer[Seen]:
    """Ask Stripe for what was promised, or find that it was done, and write down the end of it.

    A refusal of what was asked for before is believed only when a look finds nothing: it may have been done already.
    """
    if promise.asked_before:
        found = look_for(promise.effect, promise.order, promise.payment, outside.gateway)
        if not isinstance(found, Answered):
            return _ended(promise, Unknown(f"the look failed: {found}"), outside)
        if found.value is not None:
            return _ended(promise, Answered(found.value), outside)
        again = _again(promise, outside)
        if again is None:
            return Unknown("nothing was found yet")
        promise = again
    answer = call(promise.order, outside.gateway)
    if promise.asked_before and isinstance(answer, Rejected):
        found = look_for(promise.effect, promise.order, promise.payment, outside.gateway)
        if not isinstance(found, Answered):
            return _ended(promise, Unknown(f"refused, and the look failed: {found}"), outside)
        if found.value is not None:
            return _ended(promise, Answered(found.value), outside)
    return _ended(promise, answer, outside)


@until_fresh
def _again(promise: Promise, outside: Outside) -> Promise | None:
    """Nothing was found: note that it is asked for once more, or that it waits, or that a person must look."""
    at = outside.clock.now()
    with outside.transactions.begin() as transaction:
        effect = transaction.effect(promise.effect.id)
        if not _still_ours(effect, promise.effect):
            return None
        step = effects.step_after_nothing_found(effect, at=at)
        if step in (Step.REPEAT, Step.NEW_ATTEMPT):
            fresh = effect if step is Step.REPEAT else effects.new_attempt(effect)
            asked = effects.asked(fresh, at=at)
            transaction.keep(changed(asked) + _retried(transaction, asked))
            return replace(promise, effect=asked, order=replace(promise.order, key=asked.key))
        if step is Step.WAIT:
            transaction.keep(changed(effects.lose(effect, at=at, reason="nothing was found yet")))
        else:
            transaction.keep(_given_up(transaction, effect, outside))
    return None


def _still_ours(effect: Effect, leased: Effect) -> bool:
    """Whether the lease stands: a worker that was paused past it may not schedule."""
    return effect.state is EffectState.LEASED and effect.leased_until == leased.leased_until


def _retried(transaction: Transaction, effect: Effect) -> Decision[object]:
    match effect.kind:
        case EffectKind.CREATE_INTENT:
            return payment_rules.retried(transaction.payment(effect.payment_id))
        case EffectKind.CREATE_REFUND:
            return refund_rules.retried(transaction.refund(RefundId(effect.subject)))
        case EffectKind.CREATE_TRANSFER:
            return transfer_rules.retried(transaction.transfer(TransferId(effect.subject)))
        case _:
            return Decision(None)


def _given_up(transaction: Transaction, effect: Effect, outside: Outside) -> Decision[object]:
    """Every attempt ended unknown, and looks find nothing."""
    at, reason = outside.clock.now(), f"no answer after {effect.attempt} attempts"
    match effect.kind:
        case EffectKind.CREATE_INTENT:
            case = case_of(transaction, transaction.payment(effect.payment_id), outside.identifiers)
            return changed(effects.reject(effect, reason)) + settlement.intent_refused(
                case, "stripe_unreachable", at=at
            )
        case EffectKind.CONFIRM_INTENT:
            return changed(effects.reject(effect, reason))
        case EffectKind.CANCEL_INTENT:
            return changed(effects.park(effect, reason)) + raise_alarm("effect_parked", effect.id, reason, at=at)
        case EffectKind.CREATE_REFUND:
            refund = transaction.refund(RefundId(effect.subject))
            return changed(effects.park(effect, reason)) + refund_rules.parked(refund, reason, at=at)
        case EffectKind.CREATE_TRANSFER:
            transfer = transaction.transfer(TransferId(effect.subject))
            return changed(effects.park(effect, reason)) + transfer_rules.parked(transfer, reason, at=at)


def _ended(promise: Promise, answer: Answer[Seen], outside: Outside) -> Answer[Seen]:
    """Write down how it ended: what Stripe said of the object first, then what that means for the effect."""
    if isinstance(answer, Answered):
        written_down(
            answer.value,
            transactions=outside.transactions,
            clock=outside.clock,
            identifiers=outside.identifiers,
        )
    _settle(promise, answer, outside)
    return answer


@until_fresh
def _settle(promise: Promise, answer: Answer[Seen], outside: Outside) -> None:
    at = outside.clock.now()
    with outside.transactions.begin() as transaction:
        effect = transaction.effect(promise.effect.id)
        if not effect.open:
            return
        ours = _still_ours(effect, promise.effect)
        match answer:
            case Answered():
                transaction.keep(changed(effects.succeed(effect)))
            case Rejected(code, message) if ours:
                rejected = changed(effects.reject(effect, f"{code}: {message}"))
                transaction.keep(rejected + _refused(transaction, effect, code, outside))
            case Postponed(reason, retry_after) if ours:
                postponed = effects.postpone(effect, at=at, after=retry_after, reason=reason)
                transaction.keep(changed(postponed) + _postponed_too_often(postponed, at=at))
            case Unknown(reason) if ours:
                transaction.keep(
                    changed(effects.lose(effect, at=at, reason=reason)) + _lost(transaction, effect, outside)
                )
            case _:
                return


def _postponed_too_often(effect: Effect, *, at: datetime) -> Decision[object]:
    """Stripe takes nothing from us for hours: a key was revoked, perhaps. A person looks."""
    if effect.postponed % POSTPONED_TOO_OFTEN:
        return Decision(None)
    return raise_alarm("effect_postponed", effect.id, effect.reason, at=at)


def _refused(transaction: Transaction, effect: Effect, code: str, outside: Outside) -> Decision[object]:
    """Stripe refused for good: what that means for the record that the effect was for."""
    at = outside.clock.now()
    payment = transaction.payment(effect.payment_id)
    match effect.kind:
        case EffectKind.CREATE_INTENT:
            return settlement.intent_refused(case_of(transaction, payment, outside.identifiers), code, at=at)
        case EffectKind.CONFIRM_INTENT:
            return Decision(None)
        case EffectKind.CANCEL_INTENT:
            return raise_alarm("cancel_refused", effect.id, code, at=at)
        case EffectKind.CREATE_REFUND:
            refund = transaction.refund(RefundId(effect.subject))
            case = case_of(transaction, payment, outside.identifiers)
            return settlement.refund_rejected(case, refund, request_of(transaction, refund), code, at=at)
        case EffectKind.CREATE_TRANSFER:
            transfer = transaction.transfer(TransferId(effect.subject))
            return transfer_rules.rejected(transfer, payment, code, at=at)


def _lost(transaction: Transaction, effect: Effect, outside: Outside) -> Decision[object]:
    """No definite answer: what that means for the record that the effect was for."""
    at = outside.clock.now()
    match effect.kind:
        case EffectKind.CREATE_INTENT:
            payment = transaction.payment(effect.payment_id)
            return settlement.intent_lost(case_of(transaction, payment, outside.identifiers), at=at)
        case EffectKind.CREATE_REFUND:
            return refund_rules.lost(transaction.refund(RefundId(effect.subject)), at=at)
        case EffectKind.CREATE_TRANSFER:
            return transfer_rules.lost(transaction.transfer(TransferId(effect.subject)), at=at)
        case _:
            return Decision(None)
