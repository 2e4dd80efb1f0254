"""Carrying out a wish to be forgotten: at Stripe first, then here, unless money is open."""

from __future__ import annotations

from linguapay_core.domain import erasure_rules as rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.erasure_rules import Erasing, Obstacle
from linguapay_core.domain.errors import GatewayUnreachable, Refused
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.attempts import harmless_key
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.persistence import until_fresh


def carry_out(person_id: PersonId, by: Actor, *, transactions: Transactions, gateway: Gateway, clock: Clock) -> Erasing:
    """Forget a person who asked for it, or say what is in the way and look again later. Doing it again does nothing."""
    with transactions.begin() as transaction:
        customer, waits_for = transaction.customer(person_id), open_of(transaction, person_id)
    if customer is not None and not waits_for:
        waits_for = _forget_cards(customer.customer_id, gateway=gateway, clock=clock)
    return _conclude(person_id, by, waits_for, transactions=transactions, clock=clock)


def open_of(transaction: Transaction, person_id: PersonId) -> tuple[Obstacle, ...]:
    """What is open about somebody."""
    owed, left_over = transaction.receivables(person_id), transaction.left_in_escrow(person_id)
    return rules.obstacles(person_id, transaction.unsettled(person_id), owed, left_over)


def _forget_cards(customer_id: str, *, gateway: Gateway, clock: Clock) -> tuple[Obstacle, ...]:
    """Detach every saved card: nothing else that is personal is with a customer at Stripe."""
    try:
        for method in definite(gateway.methods_of(customer_id)):
            definite(gateway.detach_method(method.id, key=harmless_key("detach_method", method.id, at=clock.now())))
    except (GatewayUnreachable, Refused) as error:
        return (Obstacle(customer_id, f"saved cards are at Stripe, and {error}", "Wait: it is tried again."),)
    return ()


@until_fresh
def _conclude(
    person_id: PersonId, by: Actor, before: tuple[Obstacle, ...], *, transactions: Transactions, clock: Clock
) -> Erasing:
    """Erase, or note when to look again. What was in the way before may be gone, and something else may be open."""
    at = clock.now()
    with transactions.begin() as transaction:
        wish = transaction.erasure(person_id)
        assert wish is not None, "who is forgotten asked for it"
        waits_for = before or open_of(transaction, person_id)
        if waits_for:
            decision = rules.wait(wish, at=at)
        else:
            decision = rules.carry_out(
                wish,
                transaction.person(person_id),
                (
                    *transaction.texts_by(person_id),
                    *transaction.texts_about(person_id),
                    *transaction.notes_about(person_id),
                ),
                transaction.gigs_of(person_id),
                transaction.account(person_id),
                by=by,
                at=at,
            )
        transaction.keep(decision)
    return Erasing(decision.record, waits_for)
