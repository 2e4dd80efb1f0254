"""Somebody wants to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.people import Person
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """This person, by this admin, or by the host platform's back end."""

    person_id: str
    admin_id: str
    role: Role = Role.ADMIN


@until_fresh
def erase_person(command: ErasePerson, *, transactions: Transactions, clock: Clock) -> Person:
    """Remove name, address and whatever the person wrote. What happened stays, under identifiers that say nothing."""
    by = in_charge(command.admin_id, command.role, field="admin_id")
    person_id = PersonId.parse(command.person_id, field="person_id")
    with transactions.begin() as transaction:
        decision = people.erase(
            transaction.person(person_id), tuple(transaction.texts_by(person_id)), by=by, at=clock.now()
        )
        transaction.keep(decision)
    return decision.record
