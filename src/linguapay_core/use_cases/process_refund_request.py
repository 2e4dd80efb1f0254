"""An admin executes an approved refund request."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import settlement
from linguapay_core.domain.answer import Rejected
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.identifiers import RefundRequestId
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.delivery import Outside, Promise, deliver, take
from linguapay_core.use_cases.steps.loading import admin, case_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ProcessRefundRequest:
    """This admin lets the money go."""

    refund_request_id: str
    admin_id: str


def process_refund_request(
    command: ProcessRefundRequest,
    *,
    transactions: Transactions,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
) -> RefundRequest:
    """Set the money aside and send it back. Processing twice refunds once; what can't be refunded any more is blocked.

    Raises ``Refused`` for a request that isn't approved or that the admin made, and ``GatewayUnreachable`` where Stripe
    gave no answer: the refund then goes on by itself.
    """
    outside = Outside(transactions, gateway, clock, identifiers)
    promise = _promise(command, outside)
    if promise is not None:
        answer = deliver(promise, outside)
        if not isinstance(answer, Rejected):
            definite(answer)
    with transactions.begin() as transaction:
        return transaction.refund_request(RefundRequestId.parse(command.refund_request_id))


@until_fresh
def _promise(command: ProcessRefundRequest, outside: Outside) -> Promise | None:
    """Set the refund going, its call leased to ourselves; ``None`` where it is going already, done or blocked."""
    by = admin(command.admin_id)
    with outside.transactions.begin() as transaction:
        request = transaction.refund_request(RefundRequestId.parse(command.refund_request_id))
        if request.state is RequestState.DONE:
            return None
        payment = transaction.payment(request.payment_id)
        case = case_of(transaction, payment, outside.identifiers)
        decision = settlement.process_request(case, request, by=by, at=outside.clock.now())
        transaction.keep(decision)
        if not decision.effects:
            return None
        effect = transaction.effect(f"{EffectKind.CREATE_REFUND}:{case.refund_id}")
        promise, leased = take(transaction, effect, outside)
        transaction.keep(leased)
    return promise
