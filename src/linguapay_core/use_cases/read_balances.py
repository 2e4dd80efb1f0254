"""Somebody wants to know what the accounts of the books hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain.holdings import Holding, holdings
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class ReadBalances:
    """All of them; with an ``owner``, those alone that are this teacher's or student's."""

    owner: str = ""


def read_balances(command: ReadBalances, *, reports: Reports) -> Sequence[Sequence[Holding]]:
    """What every kind of accounts holds, for each currency that occurs. Raises ``Invalid`` for no person's name."""
    owner = PersonId.parse(command.owner, field="owner") if command.owner else None
    return tuple(holdings(balances, owner) for balances in reports.totals().balances)
