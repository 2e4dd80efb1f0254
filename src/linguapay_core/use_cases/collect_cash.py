"""The worker reads Stripe's balance transactions, so that none is missing in the books, whatever caused it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from linguapay_core.domain import bookmark as bookmarks
from linguapay_core.domain import postings
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.answer import Answered
from linguapay_core.domain.decision import SYSTEM, Decision, Event
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.events.house import CashBooked
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.seen import ForeignCash, SeenCash
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.looking import look
from linguapay_core.use_cases.steps.persistence import until_fresh

BOOKMARK: Final = "stripe_cash"
START: Final = datetime(2020, 1, 1, tzinfo=UTC)

OVERLAP: Final = timedelta(hours=1)
"""How far before the bookmark reading begins anew: balance transactions may be listed late."""

PATIENCE: Final = timedelta(hours=1)
"""How long the object that caused a movement may take to become known here; after that it goes to suspense."""


@dataclass(frozen=True, slots=True)
class CollectCash:
    """From the bookmark on, or from ``since``. What lies between the bookmark and a later ``since`` stays unread."""

    since: datetime | None = None


def collect_cash(
    command: CollectCash, *, transactions: Transactions, gateway: Gateway, clock: Clock, identifiers: Identifiers
) -> int:
    """Book every balance transaction that the books don't have yet.

    The payment, refund or transfer that one belongs to is looked at, known here or not; our own payouts and Stripe's
    fees go to their accounts; what nobody explains goes to suspense, with an alarm. What can't be looked at now waits;
    what is in a currency that we can't count in is left out, with an alarm.
    Returns how many were missing.

    Raises ``GatewayUnreachable`` where Stripe can't be read now.
    """
    with transactions.begin() as transaction:
        mark = transaction.bookmark(BOOKMARK, start=START)
    since = command.since or mark.at - OVERLAP
    told = list(_told(since, gateway))
    _leave_out([cash for cash in told if isinstance(cash, ForeignCash)], transactions, clock)
    missing = [cash for cash in told if isinstance(cash, SeenCash) and cash.moves and not _booked(cash, transactions)]
    unexplained: list[SeenCash] = []
    waiting: list[SeenCash] = []
    troubles: list[LinguaPayError] = []
    for cash in reversed(missing):
        try:
            answer = look(
                cash.object_kind,
                cash.object_id,
                transactions=transactions,
                gateway=gateway,
                clock=clock,
                identifiers=identifiers,
            )
        except LinguaPayError as trouble:
            troubles.append(trouble)
            waiting.append(cash)
            continue
        if not isinstance(answer, Answered):
            waiting.append(cash)
        elif not _booked(cash, transactions):
            unexplained.append(cash)
    waiting += [cash for cash in unexplained if not _book_loose(cash, transactions, clock)]
    if since <= mark.at:
        _move_bookmark(min((cash.created_at for cash in waiting), default=clock.now()), transactions)
    if troubles:
        raise troubles[0]
    return len(missing)


def _told(since: datetime, gateway: Gateway) -> Iterator[SeenCash | ForeignCash]:
    page = definite(gateway.cash(since=since))
    yield from page.items
    while page.next_cursor:
        page = definite(gateway.cash(since=since, cursor=page.next_cursor))
        yield from page.items


def _leave_out(foreign: Sequence[ForeignCash], transactions: Transactions, clock: Clock) -> None:
    """Call for a person to look at Stripe: we can't tell how much it is."""
    for cash in foreign:
        detail = f"{cash.kind} of {cash.source} in {cash.currency_code}, which we can't count in"
        with transactions.begin() as transaction:
            transaction.keep(raise_alarm("cash_not_countable", cash.id, detail, at=clock.now()))


def _booked(cash: SeenCash, transactions: Transactions) -> bool:
    with transactions.begin() as transaction:
        return transaction.has_entry(postings.cash_key(cash.id))


@until_fresh
def _book_loose(cash: SeenCash, transactions: Transactions, clock: Clock) -> bool:
    """Book what belongs to no object of ours. One that an object may still explain waits a while: then ``False``."""
    at = clock.now()
    known = cash.kind in postings.LOOSE_CASH
    if not known and at - cash.created_at < PATIENCE:
        return False
    with transactions.begin() as transaction:
        if transaction.has_entry(postings.cash_key(cash.id)):
            return True
        entries: tuple[Entry, ...] = postings.loose_cash(cash)
        fact = CashBooked(cash.id, cash.kind, cash.net.amount_minor, cash.net.currency.code)
        decision: Decision[object] = Decision(None, (), (Event(cash.id, fact, SYSTEM, at),), entries)
        if not known:
            source = f" of {cash.source}" if cash.source else ""
            decision += raise_alarm("cash_in_suspense", cash.id, f"{cash.kind}{source}: {cash.net}", at=at)
        transaction.keep(decision)
    return True


@until_fresh
def _move_bookmark(to: datetime, transactions: Transactions) -> None:
    with transactions.begin() as transaction:
        transaction.keep(bookmarks.move(transaction.bookmark(BOOKMARK, start=START), to=to))
