"""A teacher takes an offer back."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import gig_rules as gigs
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import GigId, PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RetireGig:
    """Offer this gig no longer."""

    gig_id: str
    teacher_id: str


@until_fresh
def retire_gig(command: RetireGig, *, transactions: Transactions, clock: Clock) -> Gig:
    """Take an offer back; what is booked stays booked. Raises ``NotFound`` for another teacher's gig."""
    teacher = PersonId.parse(command.teacher_id, field="teacher_id")
    with transactions.begin() as transaction:
        gig = transaction.gig(GigId.parse(command.gig_id))
        if gig.teacher_id != teacher:
            raise NotFound("gig", command.gig_id)
        decision = gigs.retire(gig, by=Actor(Role.TEACHER, teacher), at=clock.now())
        transaction.keep(decision)
    return decision.record
