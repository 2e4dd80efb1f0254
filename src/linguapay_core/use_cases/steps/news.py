"""Writing down what Stripe said of an object: step three, in which every response, webhook, look and poll ends.

Each function here runs in one transaction, may run any number of times in any order, and returns what the record has
become, or ``None`` where the object is none of ours.
"""

from __future__ import annotations

from linguapay_core.domain import alarm_rules as alarms
from linguapay_core.domain import effect as effects
from linguapay_core.domain import people_rules, postings, quarantine, settlement
from linguapay_core.domain.decision import STRIPE, Decision, changed
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.errors import Invalid, NotFound
from linguapay_core.domain.identifiers import PaymentId, RefundId, TransferId
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.seen import SeenAccount, SeenIntent, SeenRefund, SeenTransfer
from linguapay_core.domain.transfer import Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.loading import case_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@until_fresh
def intent_news(
    told: SeenIntent, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Payment | None:
    """Take over what Stripe said of a PaymentIntent."""
    with transactions.begin() as transaction:
        payment = transaction.payment_by_intent(told.id) or _payment_named(transaction, told.payment_id)
        if payment is None:
            return None
        decision = settlement.intent_seen(case_of(transaction, payment, identifiers), told, at=clock.now())
        if payment.intent_id in ("", told.id):
            creating = f"{EffectKind.CREATE_INTENT}:{payment.id}"
            decision += found_done(transaction, payment, creating, decision)
        transaction.keep(decision)
    return decision.record


@until_fresh
def refund_news(
    told: SeenRefund, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Refund | None:
    """Take over what Stripe said of a refund; one that was made there by hand is adopted."""
    with transactions.begin() as transaction:
        refund = transaction.refund_by_stripe_id(told.id) or _refund_named(transaction, told.key)
        if refund is None or refund.stripe_id not in ("", told.id):
            return _adopted(transaction, told, clock, identifiers)
        payment = transaction.payment(refund.payment_id)
        request = request_of(transaction, refund)
        case = case_of(transaction, payment, identifiers)
        decision = settlement.refund_seen(case, refund, request, told, at=clock.now())
        decision += found_done(transaction, payment, f"{EffectKind.CREATE_REFUND}:{refund.id}", decision)
        transaction.keep(decision)
    return decision.record


@until_fresh
def transfer_news(
    told: SeenTransfer, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Transfer | None:
    """Take over what Stripe said of a transfer and its reversals."""
    with transactions.begin() as transaction:
        transfer = transaction.transfer_by_stripe_id(told.id) or _transfer_named(transaction, told.key)
        if transfer is None or transfer.stripe_id not in ("", told.id):
            return None
        payment = transaction.payment(transfer.payment_id)
        case = case_of(transaction, payment, identifiers)
        decision = settlement.transfer_seen(case, transfer, told, at=clock.now())
        effect_id = f"{EffectKind.CREATE_TRANSFER}:{transfer.id}:{transfer.reservations}"
        decision += found_done(transaction, payment, effect_id, decision)
        transaction.keep(decision)
    return decision.record


def written_down(
    told: SeenIntent | SeenRefund | SeenTransfer,
    *,
    transactions: Transactions,
    clock: Clock,
    identifiers: Identifiers,
) -> Payment | Refund | Transfer | None:
    """Take over what Stripe said of what a call makes, whichever that is."""
    match told:
        case SeenIntent():
            return intent_news(told, transactions=transactions, clock=clock, identifiers=identifiers)
        case SeenRefund():
            return refund_news(told, transactions=transactions, clock=clock, identifiers=identifiers)
        case SeenTransfer():
            return transfer_news(told, transactions=transactions, clock=clock, identifiers=identifiers)


@until_fresh
def account_news(told: SeenAccount, *, transactions: Transactions, clock: Clock) -> TeacherAccount | None:
    """Take over what Stripe said of a teacher's account."""
    with transactions.begin() as transaction:
        account = transaction.account_by_stripe_id(told.id)
        if account is None:
            return None
        decision = people_rules.account_seen(account, can_receive=told.can_receive, at=clock.now())
        transaction.keep(decision)
    return decision.record


def found_done(
    transaction: Transaction, payment: Payment, effect_id: str, decision: Decision[object]
) -> Decision[Payment]:
    """The effect that Stripe's word shows to be done, if it was still open."""
    if not decision:
        return Decision(payment)
    for effect in transaction.open_effects_of(payment.id):
        if effect.id == effect_id:
            return Decision(payment) + changed(effects.succeed(effect))
    return Decision(payment)


def request_of(transaction: Transaction, refund: Refund) -> RefundRequest | None:
    """The request that a refund executes, if one does."""
    return None if refund.request_id is None else transaction.refund_request(refund.request_id)


def _adopted(transaction: Transaction, told: SeenRefund, clock: Clock, identifiers: Identifiers) -> Refund | None:
    payment = transaction.payment_by_intent(told.intent_id)
    if payment is None:
        return None
    decision = settlement.refund_adopted(case_of(transaction, payment, identifiers), told, at=clock.now())
    if decision is None:
        _note_sent_back(transaction, payment, told, clock)
        return None
    transaction.keep(decision)
    return decision.record


def _note_sent_back(transaction: Transaction, payment: Payment, told: SeenRefund, clock: Clock) -> None:
    """The cash of a quarantined payment's refund is booked where the payment's own stands, after that.

    When nothing stands there any more, nobody has to decide about it.
    """
    if payment.state is not PaymentState.QUARANTINED or not payment.cash_id or told.cash is None:
        return
    if not transaction.has_entry(postings.cash_key(told.cash.id)):
        books = transaction.balances(payment, told.cash.net.currency)
        decision = quarantine.sent_back_by_hand(payment, books, told.cash, at=clock.now())
        if decision.record.state is not payment.state:
            alarm = transaction.alarm(f"payment_quarantined:{payment.id}")
            decision += alarms.clear(alarm, by=STRIPE, at=clock.now())
        transaction.keep(decision)


def _payment_named(transaction: Transaction, name: str) -> Payment | None:
    try:
        return transaction.payment(PaymentId.parse(name))
    except (Invalid, NotFound):
        return None


def _refund_named(transaction: Transaction, key: str) -> Refund | None:
    try:
        return transaction.refund(RefundId.parse(_subject(key, EffectKind.CREATE_REFUND)))
    except (Invalid, NotFound):
        return None


def _transfer_named(transaction: Transaction, key: str) -> Transfer | None:
    try:
        return transaction.transfer(TransferId.parse(_subject(key, EffectKind.CREATE_TRANSFER)))
    except (Invalid, NotFound):
        return None


def _subject(key: str, kind: EffectKind) -> str:
    """The subject of the effect whose key stands in an object's metadata; empty for a key that isn't of this kind."""
    named, _, rest = key.partition(":")
    return rest.partition(":")[0] if named == kind else ""
