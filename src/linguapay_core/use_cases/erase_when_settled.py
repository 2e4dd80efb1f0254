"""The worker forgets those who asked for it, as soon as no money of theirs is open."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.decision import SYSTEM
from linguapay_core.domain.erasure import Erasure
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.erasing import carry_out


@dataclass(frozen=True, slots=True)
class EraseWhenSettled:
    """At most so many people."""

    limit: int = 20


def erase_when_settled(command: EraseWhenSettled, *, transactions: Transactions, gateway: Gateway, clock: Clock) -> int:
    """Look at the wishes that are due. Returns how many are carried out now; at the others it looks again later."""
    with transactions.begin() as transaction:
        due = list(transaction.due(Erasure, at=clock.now(), limit=command.limit))
    found = [carry_out(wish.id, SYSTEM, transactions=transactions, gateway=gateway, clock=clock) for wish in due]
    return sum(wish.erased_at is None and erasing.is_done for wish, erasing in zip(due, found, strict=True))
