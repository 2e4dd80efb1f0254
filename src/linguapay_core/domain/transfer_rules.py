"""How a transfer is decided: due, held or reserved; then asked for; then written down as Stripe tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from linguapay_core.domain import effect as effects
from linguapay_core.domain import postings
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.decision import STRIPE, SYSTEM, Actor, Decision, changed, decided
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events import transfer as facts
from linguapay_core.domain.identifiers import TransferId
from linguapay_core.domain.ledger import TRANSFER_CLEARING, Balances, Entry
from linguapay_core.domain.look import look_next
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money, smaller
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.seen import SeenReversal, SeenTransfer
from linguapay_core.domain.transfer import (
    AGAIN_AFTER_REJECTION,
    REJECTIONS_BEFORE_HOLD,
    TRANSFER,
    Hold,
    Reversal,
    Transfer,
    next_look,
)
from linguapay_core.domain.transfer import TransferState as S
from linguapay_core.domain.transfer import TransferTrigger as T

NOT_EXPECTED: Final = frozenset({S.SCHEDULED, S.ON_HOLD, S.CANCELLED})
"""The states in which nothing of a transfer should be at Stripe."""


def schedule(transfer_id: TransferId, payment: Payment, *, pay_at: datetime, at: datetime) -> Decision[Transfer]:
    """Plan to send a teacher what is payable. How much that is, is fixed when it is sent."""
    transfer = Transfer(
        id=transfer_id,
        version=0,
        payment_id=payment.id,
        booking_id=payment.booking_id,
        teacher_id=payment.teacher_id,
        state=TRANSFER.start,
        amount=Money(0, payment.currency),
        scheduled_at=at,
        pay_at=pay_at,
    )
    return decided(transfer, facts.TransferScheduled(payment.id, pay_at), by=SYSTEM, at=at)


def hold(transfer: Transfer, reason: Hold, *, by: Actor, at: datetime) -> Decision[Transfer]:
    """Let it wait. An admin's hold stands until an admin lifts it; the same reason again changes nothing."""
    if not TRANSFER.allows(transfer.state, T.HOLD):
        raise TRANSFER.refusal(transfer.state, T.HOLD)
    overruled = transfer.hold is Hold.BY_ADMIN and by.role is not Role.ADMIN
    if transfer.hold is reason or overruled:
        return look_next(transfer, Decision(transfer), next_look(transfer, at=at), at=at)
    held = replace(transfer, state=TRANSFER.after(transfer.state, T.HOLD), hold=reason)
    decision = decided(held, facts.TransferHeld(reason), by=by, at=at, why=reason)
    return look_next(transfer, decision, next_look(held, at=at), at=at)


def release(transfer: Transfer, *, by: Actor, at: datetime) -> Decision[Transfer]:
    """Let it go on. Releasing what isn't held changes nothing."""
    if transfer.state is S.SCHEDULED:
        return Decision(transfer)
    if not TRANSFER.allows(transfer.state, T.RELEASE):
        raise TRANSFER.refusal(transfer.state, T.RELEASE)
    pay_at = max(transfer.pay_at, at)
    released = replace(transfer, state=S.SCHEDULED, hold=None, pay_at=pay_at, look_at=None)
    return decided(released, facts.TransferReleased(), by=by, at=at)


def reserve(
    transfer: Transfer, payment: Payment, books: Balances, owing: Sequence[tuple[Payment, Money]], *, at: datetime
) -> Decision[Transfer]:
    """Fix the amount and set it aside: what is payable, less what the teacher owes for this and other payments.

    Nothing left: the transfer is cancelled. Raises ``Refused`` if it is not due yet.
    """
    if not TRANSFER.allows(transfer.state, T.RESERVE):
        return Decision(transfer)
    if at < transfer.pay_at:
        raise Refused("protection_runs", f"A transfer waits until {transfer.pay_at:%Y-%m-%d %H:%M} UTC.")
    payable = books[payment.payable]
    number = transfer.reservations + 1
    transfer = replace(transfer, reservations=number, look_at=None)
    entries, others, netted = _net(transfer, payment, payable, owing, at=at)
    amount = payable - netted
    if not amount:
        cancelled = replace(transfer, state=TRANSFER.after(transfer.state, T.CANCEL))
        decision = decided(cancelled, facts.TransferCancelled(), by=SYSTEM, at=at, why="nothing_left")
        return replace(decision, changed=(*decision.changed, *others, payment), entries=entries)
    reserved = replace(transfer, state=TRANSFER.after(transfer.state, T.RESERVE), amount=amount)
    counters = replace(payment.counters, transfer_reserved=payment.counters.transfer_reserved + amount)
    fact = facts.TransferReserved(amount.amount_minor, netted.amount_minor, amount.currency.code)
    promise = effects.owe(EffectKind.CREATE_TRANSFER, transfer.id, payment.id, at=at, part=str(number))
    decision = decided(reserved, fact, by=SYSTEM, at=at)
    return replace(
        decision,
        changed=(*decision.changed, *others, replace(payment, counters=counters)),
        entries=(*entries, *postings.transfer_reserved(reserved, payment, at=at)),
        effects=(promise,),
    )


def _net(
    transfer: Transfer, payment: Payment, payable: Money, owing: Sequence[tuple[Payment, Money]], *, at: datetime
) -> tuple[tuple[Entry, ...], tuple[Payment, ...], Money]:
    """The entries that even out what a teacher owes, the other payments they touch, and how much that is."""
    entries: tuple[Entry, ...] = ()
    others: list[Payment] = []
    netted = payable.zero
    for debtor, owed in owing:
        if debtor.currency == payment.currency and (amount := smaller(owed, payable - netted)):
            entries += postings.netted(transfer, payment, debtor, amount, at=at)
            netted += amount
            if debtor.id != payment.id:
                others.append(debtor)
    return entries, tuple(others), netted


def seen(
    transfer: Transfer, payment: Payment, books: Balances, told: SeenTransfer, *, at: datetime
) -> Decision[Transfer]:
    """Take over what Stripe says of a transfer and its reversals. News heard before changes nothing."""
    decision = _created(transfer, payment, told, at=at)
    decision += _cashed(decision.record, decision.newest(payment), told, at=at)
    for reversal in told.reversals:
        now = decision.newest(payment)
        decision += _reversed(decision.record, now, books.after(decision.entries, payment.id), reversal, at=at)
    return look_next(transfer, decision, next_look(decision.record, at=at), at=at)


def rejected(
    transfer: Transfer, payment: Payment, code: str, *, by: Actor = STRIPE, at: datetime
) -> Decision[Transfer]:
    """Stripe refused: the earning is payable again, and sent later; after three refusals it waits for a person."""
    if not TRANSFER.allows(transfer.state, T.REJECT):
        return Decision(transfer)
    again = replace(
        transfer,
        state=TRANSFER.after(transfer.state, T.REJECT),
        amount=transfer.amount.zero,
        rejections=transfer.rejections + 1,
        pay_at=at + AGAIN_AFTER_REJECTION,
    )
    counters = replace(payment.counters, transfer_reserved=payment.counters.transfer_reserved - transfer.amount)
    decision = decided(again, facts.TransferRejected(code), by=by, at=at) + changed(replace(payment, counters=counters))
    decision = replace(decision, entries=postings.transfer_released(transfer, payment, at=at))
    if again.rejections < REJECTIONS_BEFORE_HOLD:
        return decision
    alarm = raise_alarm("transfer_refused", transfer.id, f"Stripe refused {again.rejections} times: {code}", at=at)
    return decision + hold(again, Hold.REFUSED_BY_STRIPE, by=SYSTEM, at=at) + alarm


def lost(transfer: Transfer, *, at: datetime) -> Decision[Transfer]:
    """Stripe gave no definite answer. What was set aside stays so."""
    if not TRANSFER.allows(transfer.state, T.LOSE):
        return Decision(transfer)
    return decided(
        replace(transfer, state=TRANSFER.after(transfer.state, T.LOSE)), facts.TransferUnknown(), by=SYSTEM, at=at
    )


def retried(transfer: Transfer) -> Decision[Transfer]:
    """It is asked for again."""
    if not TRANSFER.allows(transfer.state, T.RETRY):
        return Decision(transfer)
    return changed(replace(transfer, state=TRANSFER.after(transfer.state, T.RETRY)))


def parked(transfer: Transfer, reason: str, *, at: datetime) -> Decision[Transfer]:
    """Nobody knows whether Stripe did it; a person looks."""
    if not TRANSFER.allows(transfer.state, T.PARK):
        return Decision(transfer)
    now = replace(transfer, state=TRANSFER.after(transfer.state, T.PARK))
    return decided(now, facts.TransferParked(reason), by=SYSTEM, at=at) + raise_alarm(
        "transfer_parked", transfer.id, reason, at=at
    )


def _created(transfer: Transfer, payment: Payment, told: SeenTransfer, *, at: datetime) -> Decision[Transfer]:
    if transfer.state in NOT_EXPECTED:
        return _found_after_all(transfer, told, at=at)
    if not TRANSFER.allows(transfer.state, T.CREATE):
        return Decision(transfer)
    now = replace(transfer, state=TRANSFER.after(transfer.state, T.CREATE), stripe_id=told.id)
    counters = replace(
        payment.counters,
        transfer_reserved=payment.counters.transfer_reserved - transfer.amount,
        transferred=payment.counters.transferred + transfer.amount,
    )
    decision = decided(now, facts.TransferCreated(told.id), by=STRIPE, at=at) + changed(
        replace(payment, counters=counters)
    )
    if told.amount != transfer.amount:
        decision += raise_alarm(
            "transfer_amount_differs", transfer.id, f"{told.amount} at Stripe, {transfer.amount} here", at=at
        )
    return decision


def _found_after_all(transfer: Transfer, told: SeenTransfer, *, at: datetime) -> Decision[Transfer]:
    """Stripe did what it was thought to have refused. It isn't sent a second time: it waits for a person, once."""
    alarm = raise_alarm("rejected_transfer_found", transfer.id, f"{told.id} was made after all", at=at)
    if transfer.state is S.CANCELLED or transfer.hold is Hold.BY_ADMIN:
        return Decision(transfer, alarm.changed, alarm.events)
    held = replace(transfer, state=TRANSFER.after(transfer.state, T.HOLD), hold=Hold.BY_ADMIN)
    return decided(held, facts.TransferHeld(Hold.BY_ADMIN), by=SYSTEM, at=at, why="found_after_all") + alarm


def _cashed(transfer: Transfer, payment: Payment, told: SeenTransfer, *, at: datetime) -> Decision[Transfer]:
    if told.cash is None or transfer.cash_id or transfer.state is not S.CREATED:
        return Decision(transfer)
    now = replace(transfer, cash_id=told.cash.id)
    decision = decided(now, facts.TransferCashed(told.cash.id, told.cash.net.amount_minor), by=STRIPE, at=at) + changed(
        payment
    )
    return replace(decision, entries=postings.cash(told.cash, TRANSFER_CLEARING, transfer.id, payment.id))


def _reversed(
    transfer: Transfer, payment: Payment, books: Balances, told: SeenReversal, *, at: datetime
) -> Decision[Transfer]:
    """Note a reversal once, and its cash once it is there."""
    if not TRANSFER.allows(transfer.state, T.REVERSE):
        return Decision(transfer)
    known = {reversal.id: reversal for reversal in transfer.reversals}
    before = known.get(told.id)
    if before is not None and (before.cash_id or told.cash is None):
        return Decision(transfer)
    known[told.id] = Reversal(told.id, told.amount, told.cash.id if told.cash else "")
    now = replace(transfer, reversals=tuple(known.values()))
    if before is None:
        counters = replace(payment.counters, sent_back=payment.counters.sent_back + told.amount)
        payment = replace(payment, counters=counters)
        decision = decided(now, facts.TransferReversed(told.id, told.amount.amount_minor), by=STRIPE, at=at) + changed(
            payment
        )
    else:
        decision = changed(now) + changed(payment)
    if told.cash is None:
        return decision
    return replace(decision, entries=postings.transfer_reversed(told.cash, transfer, payment, books))
