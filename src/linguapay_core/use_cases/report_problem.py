"""The student says that something was wrong with the lesson."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules, erasure_rules, people_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.identifiers import PersonId, TextId
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """What was wrong, in the student's words."""

    booking_id: str
    student_id: str
    problem: str


@until_fresh
def report_problem(
    command: ReportProblem, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Booking:
    """Report a problem from the start of the lesson to the end of the grace period; an admin decides."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.student_id, field="student_id")
        text_id = identifiers.new(TextId)
        decision = booking_rules.report_problem(booking, text_id, by=by, at=clock.now())
        if decision:
            decision += people_rules.write_down(
                text_id, subject=booking.id, author=PersonId(by.person), text=command.problem, field="problem"
            )
            decision += erasure_rules.revive(transaction.erasure(PersonId(by.person)), at=clock.now())
        transaction.keep(decision)
    return decision.record
