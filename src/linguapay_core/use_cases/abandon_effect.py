"""An operator gives a parked call up, having made sure at Stripe that it did nothing."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import effect_rules, settlement, transfer_rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.effect import Effect, EffectKind
from linguapay_core.domain.identifiers import RefundId, TransferId
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.loading import admin, case_of
from linguapay_core.use_cases.steps.news import request_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class AbandonEffect:
    """This effect, by this admin."""

    effect_id: str
    admin_id: str


@until_fresh
def abandon_effect(
    command: AbandonEffect, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Effect:
    """Take back what was promised: what was set aside is free again. Raises ``Refused`` unless it is parked."""
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        effect = transaction.effect(command.effect_id)
        decision = effect_rules.abandon(effect, by=by, at=clock.now())
        if decision:
            decision += _undone(transaction, effect, by, clock, identifiers)
        transaction.keep(decision)
    return decision.record


def _undone(
    transaction: Transaction, effect: Effect, by: Actor, clock: Clock, identifiers: Identifiers
) -> Decision[object]:
    at, payment = clock.now(), transaction.payment(effect.payment_id)
    match effect.kind:
        case EffectKind.CREATE_REFUND:
            refund = transaction.refund(RefundId(effect.subject))
            case = case_of(transaction, payment, identifiers)
            return settlement.refund_rejected(case, refund, request_of(transaction, refund), "abandoned", by=by, at=at)
        case EffectKind.CREATE_TRANSFER:
            transfer = transaction.transfer(TransferId(effect.subject))
            return transfer_rules.rejected(transfer, payment, "abandoned", by=by, at=at)
        case _:
            return Decision(None)
