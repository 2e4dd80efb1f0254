"""How a refund is decided: set aside first, then asked for, then written down as Stripe tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain import effect as effects
from linguapay_core.domain import postings
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.decision import STRIPE, SYSTEM, Actor, Decision, changed, decided
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events import refund as facts
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.identifiers import RefundId, RefundRequestId, check_reference
from linguapay_core.domain.ledger import REFUND_CLEARING, SUSPENSE, Balances
from linguapay_core.domain.look import look_next
from linguapay_core.domain.money import Money, Parts
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import REFUND, Refund, RefundRule, Taken, next_look
from linguapay_core.domain.refund import RefundState as S
from linguapay_core.domain.refund import RefundTrigger as T
from linguapay_core.domain.seen import RefundStatus, SeenCash, SeenRefund

TOLD = {RefundStatus.PENDING: T.PEND, RefundStatus.SUCCEEDED: T.SUCCEED, RefundStatus.FAILED: T.FAIL}
"""What a fetched refund's status tells us."""

WITH_STRIPE = frozenset({S.PENDING, S.SUCCEEDED, S.FAILED})
"""The states of a refund that Stripe has taken on."""


def reserve(
    refund_id: RefundId,
    payment: Payment,
    books: Balances,
    parts: Parts,
    *,
    rule: str,
    request_id: RefundRequestId | None = None,
    platform_bears: bool = False,
    by: Actor,
    at: datetime,
) -> Decision[Refund]:
    """Set money of a payment aside, and owe the call that sends it back.

    Raises ``Refused`` for more than is left of either part.
    """
    left = payment.counters.left
    if not parts.fits_into(left):
        raise Refused(
            "exceeds_what_is_left",
            f"{parts.total} is more than what is left of this payment, {left.total}.",
            way_out=f"Refund at most {left.total}.",
        )
    taken = postings.ladder(payment, parts, books, platform_bears=platform_bears)
    counters = replace(payment.counters, reserved=payment.counters.reserved + parts)
    refund = _reserved(refund_id, payment, parts, taken, rule=rule, request_id=request_id, at=at)
    return _promised(refund, replace(payment, counters=counters), by=by, at=at)


def refund_credit_again(refund_id: RefundId, payment: Payment, *, by: Actor, at: datetime) -> Decision[Refund]:
    """Try once more to send back what a failed refund left as credit. Raises ``Refused`` if there is none."""
    if refusal := why_no_credit(payment):
        raise refusal
    parts = payment.counters.credit
    counters = replace(
        payment.counters, credit=payment.counters.credit - parts, reserved=payment.counters.reserved + parts
    )
    taken = _out_of_credit(payment, parts)
    refund = _reserved(refund_id, payment, parts, taken, rule=RefundRule.CREDIT_REFUNDED_AGAIN, at=at)
    return _promised(refund, replace(payment, counters=counters), by=by, at=at)


def why_no_credit(payment: Payment, amount: Money | None = None) -> Refused | None:
    """Why no credit of this payment, or not this ``amount`` of it, can go to the student, or ``None``."""
    credit = payment.counters.credit.total
    if not credit:
        return Refused("no_credit", "No failed refund of this payment left any credit.")
    if amount is not None and amount > credit:
        return Refused("exceeds_credit", f"{amount} is more than what is owed as credit, {credit}.")
    return None


def adopt(
    refund_id: RefundId, payment: Payment, books: Balances, told: SeenRefund, *, lesson_given: bool, at: datetime
) -> Decision[Refund] | None:
    """Take over a refund that somebody made at Stripe.

    ``None`` if it can't be one of this payment: then only its cash is booked.

    Stripe's word stands: if it takes money that was set aside for another refund, an alarm says so.
    """
    there = (payment.counters.captured - payment.counters.gone).levelled()
    if told.amount.currency != payment.currency or told.amount > there.total:
        return None
    parts = there.divide(told.amount)
    taken = postings.ladder(payment, parts, books, platform_bears=False)
    counters = replace(payment.counters, reserved=payment.counters.reserved + parts)
    refund = _reserved(refund_id, payment, parts, taken, rule=RefundRule.MADE_AT_STRIPE, at=at)
    decision = replace(_promised(refund, replace(payment, counters=counters), by=STRIPE, at=at), effects=())
    if not parts.fits_into(payment.counters.left):
        decision += raise_alarm(
            "adopted_refund_exceeds", refund_id, f"{told.id} takes what was set aside for another", at=at
        )
    now = decision.newest(payment)
    books = books.after(decision.entries, payment.id)
    return decision + seen(decision.record, now, books, told, lesson_given=lesson_given, at=at)


def seen(
    refund: Refund,
    payment: Payment,
    books: Balances,
    told: SeenRefund,
    *,
    lesson_given: bool,
    platform_bears: bool = False,
    at: datetime,
) -> Decision[Refund]:
    """Take over what Stripe says of a refund. Old news, and news heard before, changes nothing.

    ``lesson_given`` says whose the money is if it comes back: the teacher's, or, after a cancellation, the student's.
    """
    known = replace(refund, stripe_id=told.id)
    decision = _found_after_all(known, payment, books, platform_bears=platform_bears, at=at)
    now = decision.newest(payment)
    books = books.after(decision.entries, payment.id)
    decision += _moved(decision.record, now, books, told, lesson_given=lesson_given, at=at)
    decision += _cashed(decision, payment, told, at=at)
    decision += _returned(decision, payment, told, at=at)
    if told.amount != refund.amount and told.id != refund.stripe_id:
        decision += raise_alarm(
            "refund_amount_differs", refund.id, f"{told.amount} at Stripe, {refund.amount} here", at=at
        )
    return look_next(refund, decision, next_look(decision.record, at=at), at=at)


def rejected(
    refund: Refund,
    payment: Payment,
    books: Balances,
    code: str,
    *,
    lesson_given: bool,
    by: Actor = STRIPE,
    at: datetime,
) -> Decision[Refund]:
    """Stripe refused, or an operator gave it up: what was set aside is free again, as ``lesson_given`` says."""
    if not REFUND.allows(refund.state, T.REJECT):
        return Decision(refund)
    now = replace(refund, state=REFUND.after(refund.state, T.REJECT), failure_reason=code)
    decision = decided(now, facts.RefundRejected(code), by=by, at=at)
    return _freed(decision, payment, books, out_of="reserved", lesson_given=lesson_given, at=at)


def lost(refund: Refund, *, at: datetime) -> Decision[Refund]:
    """Stripe gave no definite answer. What was set aside stays so."""
    if not REFUND.allows(refund.state, T.LOSE):
        return Decision(refund)
    return decided(replace(refund, state=REFUND.after(refund.state, T.LOSE)), facts.RefundUnknown(), by=SYSTEM, at=at)


def retried(refund: Refund) -> Decision[Refund]:
    """It is asked for again."""
    if not REFUND.allows(refund.state, T.RETRY):
        return Decision(refund)
    return changed(replace(refund, state=REFUND.after(refund.state, T.RETRY)))


def parked(refund: Refund, reason: str, *, at: datetime) -> Decision[Refund]:
    """Nobody knows whether Stripe did it; a person looks."""
    if not REFUND.allows(refund.state, T.PARK):
        return Decision(refund)
    now = replace(refund, state=REFUND.after(refund.state, T.PARK))
    return decided(now, facts.RefundParked(reason), by=SYSTEM, at=at) + raise_alarm(
        "refund_parked", refund.id, reason, at=at
    )


def credit_paid_by_bank(
    payment: Payment, amount: Money, reference: str, *, by: Actor, at: datetime
) -> Decision[Payment]:
    """An operator paid a student's credit by bank, under the bank's reference.

    Raises ``Invalid`` for a reference or an amount that can't be meant, ``Refused`` for more than the credit.
    """
    credit = payment.counters.credit
    check_reference(reference, whose="the bank's")
    if amount.amount_minor <= 0:
        raise Invalid("amount", "an amount paid is above nothing.")
    if refusal := why_no_credit(payment, amount):
        raise refusal
    parts = credit.divide(amount)
    counters = replace(payment.counters, credit=credit - parts, refunded=payment.counters.refunded + parts)
    fact = facts.CreditPaidByBank(payment.id, amount.amount_minor)
    decision = decided(replace(payment, counters=counters), fact, by=by, at=at)
    return replace(decision, entries=postings.credit_paid_by_bank(payment, amount, reference, at=at))


def _reserved(
    refund_id: RefundId,
    payment: Payment,
    parts: Parts,
    taken: tuple[Taken, ...],
    *,
    rule: str,
    request_id: RefundRequestId | None = None,
    at: datetime,
) -> Refund:
    return Refund(refund_id, 0, payment.id, payment.booking_id, parts, taken, rule, REFUND.start, at, request_id)


def _promised(refund: Refund, payment: Payment, *, by: Actor, at: datetime) -> Decision[Refund]:
    parts = refund.parts
    fact = facts.RefundReserved(
        payment.id, parts.price.amount_minor, parts.fee.amount_minor, payment.currency.code, refund.rule
    )
    decision = decided(refund, fact, by=by, at=at, why=refund.rule) + changed(payment)
    promise = effects.owe(EffectKind.CREATE_REFUND, refund.id, payment.id, at=at)
    return replace(decision, entries=postings.refund_reserved(refund, at=at), effects=(promise,))


def _found_after_all(
    refund: Refund, payment: Payment, books: Balances, *, platform_bears: bool, at: datetime
) -> Decision[Refund]:
    """Set the money of a refund aside once more that was given up, and that Stripe made after all; a person looks.

    Stripe's word stands: if it takes money that has gone elsewhere since, an alarm says so.
    """
    if refund.state is not S.REJECTED:
        return Decision(refund)
    counters, parts = payment.counters, refund.parts
    of_credit = refund.rule == RefundRule.CREDIT_REFUNDED_AGAIN and parts.fits_into(counters.credit)
    taken = (
        _out_of_credit(payment, parts)
        if of_credit
        else postings.ladder(payment, parts, books, platform_bears=platform_bears)
    )
    credit = counters.credit - parts if of_credit else counters.credit
    now = replace(refund, taken=taken)
    after = replace(payment, counters=replace(counters, credit=credit, reserved=counters.reserved + parts))
    entries = postings.refund_reserved_again(now, at=at)
    decision = Decision(now, (now, after), entries=entries)
    decision += raise_alarm("rejected_refund_found", refund.id, f"{refund.stripe_id} was made after all", at=at)
    if of_credit or parts.fits_into(counters.left):
        return decision
    detail = f"{refund.stripe_id} takes what has gone elsewhere since it was given up"
    return decision + raise_alarm("adopted_refund_exceeds", refund.id, detail, at=at)


def _out_of_credit(payment: Payment, parts: Parts) -> tuple[Taken, ...]:
    return (Taken(payment.student_credit, parts.total, of_fee=False),)


def _moved(
    refund: Refund, payment: Payment, books: Balances, told: SeenRefund, *, lesson_given: bool, at: datetime
) -> Decision[Refund]:
    trigger = TOLD[told.status]
    if not REFUND.allows(refund.state, trigger):
        return Decision(refund)
    now = replace(refund, state=REFUND.after(refund.state, trigger), failure_reason=told.failure_reason)
    if refund.state not in WITH_STRIPE:
        counters = payment.counters
        counters = replace(
            counters, reserved=counters.reserved - refund.parts, refunded=counters.refunded + refund.parts
        )
        payment = replace(payment, counters=counters)
    match now.state:
        case S.PENDING:
            fact: Fact = facts.RefundPending(told.id)
        case S.SUCCEEDED:
            fact = facts.RefundSucceeded(told.id)
        case _:
            fact = facts.RefundFailed(told.failure_reason)
    decision = decided(now, fact, by=STRIPE, at=at) + changed(payment)
    cash_moved = refund.cash_id or told.cash
    if now.state is S.FAILED and not cash_moved:
        return _freed(decision, payment, books, out_of="refunded", lesson_given=lesson_given, at=at)
    return decision


def _freed(
    decision: Decision[Refund], payment: Payment, books: Balances, *, out_of: str, lesson_given: bool, at: datetime
) -> Decision[Refund]:
    """Put the money back to where it came from; out of the counter in which it stood."""
    refund, counters = decision.record, payment.counters
    parts = refund.parts
    freed = counters.reserved - parts if out_of == "reserved" else counters.reserved
    refunded = counters.refunded - parts if out_of == "refunded" else counters.refunded
    credit = counters.credit + parts if refund.of_credit else counters.credit
    now = replace(payment, counters=replace(counters, reserved=freed, refunded=refunded, credit=credit))
    entries = postings.refund_released(refund, now, books, lesson_given=lesson_given, at=at)
    emptied = replace(refund, taken=())
    return decision + Decision(emptied, (emptied, now), entries=entries)


def _cashed(so_far: Decision[Refund], payment: Payment, told: SeenRefund, *, at: datetime) -> Decision[Refund]:
    """Book the cash that left. Of a refund whose money has been put back it is nothing we expect: a person looks."""
    refund = so_far.record
    if told.cash is None or refund.cash_id:
        return Decision(refund)
    decision = _booked(replace(refund, cash_id=told.cash.id), so_far.newest(payment), told.cash, at=at)
    if refund.taken:
        return decision
    detail = f"{told.cash.id} moved after the refund had come to nothing"
    return decision + raise_alarm("cash_of_failed_refund", refund.id, detail, at=at)


def _returned(so_far: Decision[Refund], payment: Payment, told: SeenRefund, *, at: datetime) -> Decision[Refund]:
    """Book the cash that came back; it is owed to the student, unless the refund's money has been put back already."""
    refund = so_far.record
    if told.returned is None or refund.returned_id or refund.state is not S.FAILED or not refund.cash_id:
        return Decision(refund)
    now = replace(refund, returned_id=told.returned.id)
    before = so_far.newest(payment)
    if not refund.taken:
        return _booked(now, before, told.returned, at=at)
    counters = before.counters
    credited = replace(counters, refunded=counters.refunded - refund.parts, credit=counters.credit + refund.parts)
    after = replace(before, counters=credited)
    credit = decided(now, facts.RefundCredited(refund.amount.amount_minor), by=STRIPE, at=at)
    entries = postings.refund_credited(now, after, at=at)
    return _booked(now, after, told.returned, at=at) + replace(credit, entries=entries)


def _booked(refund: Refund, payment: Payment, cash: SeenCash, *, at: datetime) -> Decision[Refund]:
    against = REFUND_CLEARING if refund.taken else SUSPENSE
    fact = facts.RefundCashed(cash.id, cash.net.amount_minor)
    decision = decided(refund, fact, by=STRIPE, at=at) + changed(payment)
    return replace(decision, entries=postings.cash(cash, against, refund.id, payment.id))
