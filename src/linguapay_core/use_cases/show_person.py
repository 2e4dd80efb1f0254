"""Who somebody is."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.people import Person
from linguapay_core.ports.transactions import Transactions


@dataclass(frozen=True, slots=True)
class ShowPerson:
    """A student, teacher or admin."""

    person_id: str


def show_person(command: ShowPerson, *, transactions: Transactions) -> Person:
    """What the host platform told us; blank where that was nothing, or where it was erased.

    Who is a person only the host platform knows, so nobody is missing.
    """
    person_id = PersonId.parse(command.person_id, field="person_id")
    with transactions.begin() as transaction:
        return transaction.person(person_id)
