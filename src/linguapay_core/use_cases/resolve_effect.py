"""An operator has found at Stripe what a call did of which no answer came."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import effect_rules
from linguapay_core.domain.answer import Answer, Answered
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.effect import Effect, EffectState
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.seen import SeenIntent, SeenRefund, SeenTransfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway, IntentOrder, RefundOrder, TransferOrder
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.news import written_down
from linguapay_core.use_cases.steps.orders import CancelOrder, ConfirmOrder, Order, Seen, look_for, order_for
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ResolveEffect:
    """This effect was found under Stripe's identifier ``found_as``, by this admin."""

    effect_id: str
    found_as: str
    admin_id: str


def resolve_effect(
    command: ResolveEffect,
    *,
    transactions: Transactions,
    reports: Reports,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
) -> Effect:
    """Fetch the object, and believe that it is what the effect did only if it says so itself.

    It must carry one of the effect's keys, and be for the same amount, to the same end. Found already, nothing changes;
    of one that succeeded otherwise it is only told who found it.
    Raises ``Refused`` unless the effect is unknown or parked, for an object that is none of its, and where nothing came
    of it yet; and ``GatewayUnreachable`` where Stripe gives no answer.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        effect = transaction.effect(command.effect_id)
        if effect.state is not EffectState.SUCCEEDED:
            effect_rules.check_findable(effect)
        payment = transaction.payment(effect.payment_id)
        order = order_for(transaction, effect, payment)
    if effect.state is EffectState.SUCCEEDED and effect_rules.was_found(
        effect, reports.story(payment.booking_id).events
    ):
        return effect
    seen = definite(_fetched(effect, order, payment, command.found_as, gateway))
    if seen is None and isinstance(order, ConfirmOrder | CancelOrder) and order.intent_id == command.found_as:
        raise Refused(
            "nothing_came_of_it",
            f"{command.found_as} is the intent that {effect.id} is about, and nothing came of it yet.",
            way_out="Retry it: it is asked for again.",
        )
    if seen is None or not _is_what_was_asked(effect, order, payment, seen):
        raise Refused(
            "not_what_was_asked",
            f"{command.found_as} isn't what {effect.id} asked for: its key, its amount or its end is another.",
            way_out="Look for the object whose metadata has the effect's key; if there is none, abandon or retry it.",
        )
    written_down(seen, transactions=transactions, clock=clock, identifiers=identifiers)
    return _resolved(effect.id, command.found_as, by, transactions, clock)


def _fetched(
    effect: Effect, order: Order, payment: Payment, stripe_id: str, gateway: Gateway
) -> Answer[Seen] | Answer[Seen | None]:
    match order:
        case IntentOrder():
            return gateway.intent(stripe_id)
        case RefundOrder():
            return gateway.refund(stripe_id)
        case TransferOrder():
            return gateway.transfer(stripe_id)
        case ConfirmOrder(_, intent_id, _) | CancelOrder(_, intent_id):
            return look_for(effect, order, payment, gateway) if stripe_id == intent_id else Answered(None)


def _is_what_was_asked(effect: Effect, order: Order, payment: Payment, seen: Seen) -> bool:
    """Whether a fetched object is the one that an order makes: by key, amount and end."""
    match order, seen:
        case IntentOrder(), SeenIntent():
            theirs = (seen.payment_id, seen.customer_id, seen.amount)
            return effect.made(seen.key) and theirs == (order.payment_id, order.customer_id, order.amount)
        case RefundOrder(), SeenRefund():
            return effect.made(seen.key) and (seen.intent_id, seen.amount) == (order.intent_id, order.amount)
        case TransferOrder(), SeenTransfer():
            sent = (seen.group, seen.account_id, seen.amount)
            return effect.made(seen.key) and sent == (order.booking_id, order.account_id, order.amount)
        case ConfirmOrder() | CancelOrder(), SeenIntent():
            return seen.payment_id == payment.id
        case _:
            return False


@until_fresh
def _resolved(effect_id: str, found_as: str, by: Actor, transactions: Transactions, clock: Clock) -> Effect:
    """Note who found it; the news of the object may have settled the effect already."""
    with transactions.begin() as transaction:
        decision = effect_rules.found(transaction.effect(effect_id), found_as, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
