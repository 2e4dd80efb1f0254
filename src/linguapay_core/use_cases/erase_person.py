"""Somebody wants to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.people import Person
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """This person, by this admin."""

    person_id: str
    admin_id: str


@until_fresh
def erase_person(command: ErasePerson, *, transactions: Transactions, clock: Clock) -> Person:
    """Remove name, address and whatever the person wrote. What happened stays, under identifiers that say nothing."""
    by = admin(command.admin_id)
    person_id = PersonId.parse(command.person_id, field="person_id")
    with transactions.begin() as transaction:
        decision = people.erase(
            transaction.person(person_id), tuple(transaction.texts_by(person_id)), by=by, at=clock.now()
        )
        transaction.keep(decision)
    return decision.record
