"""Somebody wants to see what moved an account of the books, and what it held after each entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain.holdings import (
    LARGEST_PAGE,
    USUAL_PAGE,
    AccountPage,
    Wanted,
    account_named,
    page,
    place_at,
)
from linguapay_core.domain.page import limited
from linguapay_core.domain.wording import instant
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class FollowAccount:
    """``escrow``, or ``teacher_payable:anna``: entries from an instant on, and before another.

    ``cursor`` is the last page's ``next_cursor``.
    """

    account: str
    since: datetime | None = None
    until: datetime | None = None
    cursor: str = ""
    limit: int = USUAL_PAGE


def follow_account(command: FollowAccount, *, reports: Reports) -> AccountPage:
    """The entries that moved it, in the order in which they were true, each with what the account held after it.

    Raises ``Invalid`` for an account that can't be, an instant without a zone, a cursor that no page gave, and a limit
    below 1 or above 1000.
    """
    wanted = Wanted(
        account_named(command.account),
        None if command.since is None else instant("from", command.since),
        None if command.until is None else instant("to", command.until),
        place_at(command.cursor),
        limited(command.limit, LARGEST_PAGE),
    )
    return page(wanted, reports.moves(wanted))
