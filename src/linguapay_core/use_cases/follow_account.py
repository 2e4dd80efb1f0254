"""Somebody wants to see what moved an account of the books, and what it held after each entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.holdings import (
    LARGEST_PAGE,
    USUAL_PAGE,
    AccountPage,
    Wanted,
    account_named,
    page,
    place_at,
)
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
    if isinstance(command.limit, bool) or not 1 <= command.limit <= LARGEST_PAGE:
        raise Invalid("limit", f"a page holds 1 to {LARGEST_PAGE}.")
    wanted = Wanted(
        account_named(command.account),
        None if command.since is None else instant("from", command.since),
        None if command.until is None else instant("to", command.until),
        place_at(command.cursor),
        command.limit,
    )
    return page(wanted, reports.moves(wanted))
