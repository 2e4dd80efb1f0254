"""Somebody wants to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import erasure_rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.erasure_rules import Erasing
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.erasing import carry_out
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """This person, by this admin, or by the host platform's back end."""

    person_id: str
    admin_id: str
    role: Role = Role.ADMIN


def erase_person(command: ErasePerson, *, transactions: Transactions, gateway: Gateway, clock: Clock) -> Erasing:
    """Remove name, address, saved cards and whatever the person wrote. What happened stays, under an identifier.

    While money is open, or Stripe is silent, the wish is kept, what it waits for is named, and the worker carries it
    out when the last of it is settled. A second time changes nothing.
    """
    by = in_charge(command.admin_id, command.role, field="admin_id")
    person_id = PersonId.parse(command.person_id, field="person_id")
    _ask(person_id, by, transactions=transactions, clock=clock)
    return carry_out(person_id, by, transactions=transactions, gateway=gateway, clock=clock)


@until_fresh
def _ask(person_id: PersonId, by: Actor, *, transactions: Transactions, clock: Clock) -> None:
    with transactions.begin() as transaction:
        transaction.keep(erasure_rules.ask(person_id, transaction.erasure(person_id), by=by, at=clock.now()))
