"""What is asked of Stripe for each kind of effect, and where an earlier call of it is looked for.

One table by kind: the order, the call, the look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain.answer import Answer, Answered
from linguapay_core.domain.effect import Effect, EffectKind
from linguapay_core.domain.identifiers import RefundId, TransferId
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.seen import IntentStatus, SeenIntent, SeenRefund, SeenTransfer
from linguapay_core.ports.gateway import Gateway, IntentOrder, RefundOrder, TransferOrder
from linguapay_core.ports.transactions import Transaction

Seen = SeenIntent | SeenRefund | SeenTransfer


@dataclass(frozen=True, slots=True)
class ConfirmOrder:
    """Pay an intent with a saved card."""

    key: str
    intent_id: str
    method_id: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel an intent."""

    key: str
    intent_id: str


Order = IntentOrder | ConfirmOrder | CancelOrder | RefundOrder | TransferOrder


def order_for(transaction: Transaction, effect: Effect, payment: Payment) -> Order:
    """What to ask for."""
    match effect.kind:
        case EffectKind.CREATE_INTENT:
            return IntentOrder(
                key=effect.key,
                payment_id=payment.id,
                booking_id=payment.booking_id,
                amount=payment.parts.total,
                customer_id=payment.customer_id,
                method_id=payment.method_id,
                save_method=payment.save_method,
            )
        case EffectKind.CONFIRM_INTENT:
            return ConfirmOrder(effect.key, payment.intent_id, effect.target)
        case EffectKind.CANCEL_INTENT:
            return CancelOrder(effect.key, effect.target)
        case EffectKind.CREATE_REFUND:
            refund = transaction.refund(RefundId(effect.subject))
            return RefundOrder(effect.key, refund.id, payment.id, payment.intent_id, refund.amount)
        case EffectKind.CREATE_TRANSFER:
            transfer = transaction.transfer(TransferId(effect.subject))
            account = transaction.account(transfer.teacher_id)
            assert account is not None, "a transfer is reserved only for a teacher with an account"
            return TransferOrder(
                key=effect.key,
                transfer_id=transfer.id,
                payment_id=payment.id,
                booking_id=payment.booking_id,
                account_id=account.account_id,
                charge_id=payment.charge_id,
                amount=transfer.amount,
            )


def call(order: Order, gateway: Gateway) -> Answer[Seen]:
    """Ask for it."""
    match order:
        case IntentOrder():
            return gateway.create_intent(order)
        case ConfirmOrder(key, intent_id, method_id):
            return gateway.confirm_intent(intent_id, key=key, method_id=method_id)
        case CancelOrder(key, intent_id):
            return gateway.cancel_intent(intent_id, key=key)
        case RefundOrder():
            return gateway.create_refund(order)
        case TransferOrder():
            return gateway.create_transfer(order)


def look_for(effect: Effect, order: Order, payment: Payment, gateway: Gateway) -> Answer[Seen | None]:
    """What an earlier call of this effect did; ``None`` if nothing is to be found."""
    match order:
        case IntentOrder():
            return gateway.intent(payment.intent_id) if payment.intent_id else Answered(None)
        case ConfirmOrder():
            return _if_moved(gateway.intent(order.intent_id))
        case CancelOrder():
            return _if_over(gateway.intent(order.intent_id))
        case RefundOrder():
            return _ours(gateway.refunds_of(order.intent_id), effect)
        case TransferOrder():
            return _ours(gateway.transfers_of(order.booking_id), effect)


def _if_moved(answer: Answer[SeenIntent]) -> Answer[SeenIntent | None]:
    """An intent that is on its way or over. A decline or a challenge may be an earlier card's: the same key tells."""
    if not isinstance(answer, Answered):
        return answer
    moved = answer.value.status in (IntentStatus.PROCESSING, IntentStatus.SUCCEEDED, IntentStatus.CANCELLED)
    return Answered(answer.value if moved else None)


def _if_over(answer: Answer[SeenIntent]) -> Answer[SeenIntent | None]:
    """An intent that can't be cancelled any more, because it is or because it succeeded."""
    if not isinstance(answer, Answered):
        return answer
    over = answer.value.status in (IntentStatus.CANCELLED, IntentStatus.SUCCEEDED)
    return Answered(answer.value if over else None)


def _ours(answer: Answer[Sequence[SeenRefund]] | Answer[Sequence[SeenTransfer]], effect: Effect) -> Answer[Seen | None]:
    """The object in a list that one of this effect's attempts made."""
    if not isinstance(answer, Answered):
        return answer
    return Answered(next((one for one in answer.value if effect.made(one.key)), None))
