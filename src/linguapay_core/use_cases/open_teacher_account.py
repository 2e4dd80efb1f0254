"""A teacher gets an account at Stripe, and a page on which to complete it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from linguapay_core.domain import people_rules
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.domain.seen import SeenAccount
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.attempts import harmless_key
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.persistence import until_fresh

_COUNTRY: Final = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class OpenTeacherAccount:
    """For this teacher, in this country (ISO 3166-1 alpha-2). Stripe sends the teacher back to ``return_url``."""

    teacher_id: str
    country: str
    return_url: str
    refresh_url: str


@dataclass(frozen=True, slots=True)
class Onboarding:
    """A teacher's account, and the page on which to complete it, for one visit."""

    account: TeacherAccount
    url: str


def open_teacher_account(
    command: OpenTeacherAccount, *, transactions: Transactions, gateway: Gateway, clock: Clock
) -> Onboarding:
    """Open an account, or go on with the one that is there: asked twice, there is one account and a new page.

    Raises ``Invalid`` for no country, ``Refused`` where Stripe says no, and ``GatewayUnreachable`` where it is silent.
    """
    teacher = PersonId.parse(command.teacher_id, field="teacher_id")
    if not _COUNTRY.fullmatch(command.country):
        raise Invalid("country", "a country is two capital letters, as FR (ISO 3166-1 alpha-2).")
    with transactions.begin() as transaction:
        account = transaction.account(teacher)
        email = transaction.person(teacher).email
    if account is None:
        key = harmless_key("create_account", teacher, at=clock.now())
        seen = definite(gateway.create_account(key=key, teacher_id=teacher, country=command.country, email=email))
        account = _remember(teacher, seen, transactions=transactions, clock=clock)
    link = gateway.onboarding_link(account.account_id, return_url=command.return_url, refresh_url=command.refresh_url)
    return Onboarding(account, definite(link))


@until_fresh
def _remember(teacher: PersonId, seen: SeenAccount, *, transactions: Transactions, clock: Clock) -> TeacherAccount:
    """Keep the account, unless somebody else kept one meanwhile: then that one counts."""
    with transactions.begin() as transaction:
        known = transaction.account(teacher)
        if known is not None:
            return known
        decision = people_rules.account_opened(teacher, seen.id, can_receive=seen.can_receive, at=clock.now())
        transaction.keep(decision)
    return decision.record
