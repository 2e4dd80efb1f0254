"""A teacher offers lessons."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import erasure_rules
from linguapay_core.domain import gig_rules as gigs
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import GigId, PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import amount_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class OfferGig:
    """Lessons at ``hourly_price_minor`` minor units of ``currency`` an hour."""

    teacher_id: str
    title: str
    hourly_price_minor: int
    currency: str = "USD"


@until_fresh
def offer_gig(
    command: OfferGig, *, transactions: Transactions, clock: Clock, identifiers: Identifiers, policies: Policies
) -> Gig:
    """Offer lessons.

    Raises ``Invalid`` for a title or price that can't be meant, or a currency that isn't enabled, and ``Refused`` for a
    teacher who asked to be forgotten.
    """
    teacher = PersonId.parse(command.teacher_id, field="teacher_id")
    with transactions.begin() as transaction:
        erasure_rules.check_remembered(transaction.erasure(teacher), "This teacher")
        decision = gigs.offer(
            identifiers.new(GigId),
            teacher_id=teacher,
            title=command.title,
            hourly_price=amount_of(command.hourly_price_minor, command.currency, field="hourly_price"),
            policies=policies,
            by=Actor(Role.TEACHER, teacher),
            at=clock.now(),
        )
        transaction.keep(decision)
    return decision.record
