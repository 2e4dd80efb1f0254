"""The host platform tells us about somebody."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import erasure_rules, people_rules
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.people import Person
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class DescribePerson:
    """Name, e-mail address and time zone (an IANA name) of a student, teacher or admin."""

    person_id: str
    name: str
    email: str
    zone: str = "UTC"


@until_fresh
def describe_person(command: DescribePerson, *, transactions: Transactions) -> Person:
    """Take over what the host platform says. Raises ``Invalid`` for what can't be a name, an address or a zone.

    Raises ``Refused`` for somebody who asked to be forgotten.
    """
    person_id = PersonId.parse(command.person_id, field="person_id")
    with transactions.begin() as transaction:
        erasure_rules.check_remembered(transaction.erasure(person_id), "This person")
        person = transaction.person(person_id)
        decision = people_rules.describe(person, name=command.name, email=command.email, zone=command.zone)
        transaction.keep(decision)
    return decision.record
