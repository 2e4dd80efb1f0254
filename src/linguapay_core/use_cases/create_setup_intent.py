"""A student saves a new card without paying."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.erasure_rules import check_remembered
from linguapay_core.domain.identifiers import PersonId, TextId
from linguapay_core.domain.seen import SeenSetup
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.customers import customer_of
from linguapay_core.use_cases.steps.definite import definite


@dataclass(frozen=True, slots=True)
class CreateSetupIntent:
    """For this student."""

    student_id: str


def create_setup_intent(
    command: CreateSetupIntent,
    *,
    transactions: Transactions,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
) -> SeenSetup:
    """A SetupIntent, with the secret that the student's browser needs.

    It moves no money, so each call makes a new one. Raises ``Refused`` for a student who asked to be forgotten.
    """
    with transactions.begin() as transaction:
        check_remembered(transaction.erasure(PersonId.parse(command.student_id, field="student_id")), "This student")
    customer_id = customer_of(command.student_id, transactions=transactions, gateway=gateway, clock=clock)
    key = f"create_setup:{identifiers.new(TextId)}"
    return definite(gateway.create_setup(key=key, customer_id=customer_id))
