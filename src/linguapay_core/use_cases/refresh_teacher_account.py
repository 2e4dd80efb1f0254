"""Somebody wants to know whether a teacher can receive money: Stripe is asked."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.news import account_news


@dataclass(frozen=True, slots=True)
class RefreshTeacherAccount:
    """Of this teacher."""

    teacher_id: str


def refresh_teacher_account(
    command: RefreshTeacherAccount, *, transactions: Transactions, gateway: Gateway, clock: Clock
) -> TeacherAccount:
    """Ask Stripe how the account stands. Raises ``NotFound`` for a teacher without one."""
    teacher = PersonId.parse(command.teacher_id, field="teacher_id")
    with transactions.begin() as transaction:
        account = transaction.account(teacher)
    if account is None:
        raise NotFound("account of teacher", command.teacher_id)
    seen = definite(gateway.account(account.account_id))
    return account_news(seen, transactions=transactions, clock=clock) or account
