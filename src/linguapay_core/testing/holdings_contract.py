"""Every store tells alike what moved an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from linguapay_core.domain.holdings import Moves, Wanted
from linguapay_core.domain.ledger import BANK, ESCROW, PLATFORM_FEE, STRIPE_BALANCE, Entry
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import NOON, a_leg, an_entry, usd
from linguapay_core.testing.keeping import begin_lesson, keep

HOUR: Final = timedelta(hours=1)


def _kept(transactions: Transactions) -> tuple[Entry, ...]:
    """Entries that move the bank, in the order of their instants; they are kept in another."""
    payment = begin_lesson(transactions)
    euros = Money(700, CURRENCIES["EUR"])
    first, second, third = (
        an_entry(
            a_leg(debit=BANK, credit=STRIPE_BALANCE, amount=usd(100), payment_id=None),
            a_leg(debit=PLATFORM_FEE, credit=ESCROW, amount=usd(9)),
            key="first",
            at=NOON,
        ),
        an_entry(
            a_leg(debit=STRIPE_BALANCE, credit=BANK, amount=usd(30), payment_id=None),
            a_leg(debit=BANK, credit=STRIPE_BALANCE, amount=euros, payment_id=None),
            key="second",
            at=NOON + HOUR,
        ),
        an_entry(a_leg(debit=BANK, credit=STRIPE_BALANCE, amount=usd(5), payment_id=None), key="third", at=NOON + HOUR),
    )
    other = an_entry(a_leg(debit=ESCROW, credit=PLATFORM_FEE, amount=usd(1)), key="other", at=NOON)
    keep(transactions, payment, second, other, third, first)
    return first, second, third


def _told(moves: Moves) -> tuple[str, ...]:
    return tuple(entry.key for entry, _ in moves.entries)


def check_an_account_is_followed_in_the_order_of_instants(transactions: Transactions, reports: Reports) -> None:
    """Whole entries, also where they are kept in another order, and none that doesn't move the account."""
    entries = _kept(transactions)
    moves = reports.moves(Wanted(BANK))
    assert moves.before == ()
    assert tuple(entry for entry, _ in moves.entries) == entries
    assert [at for _, (at, _) in moves.entries] == [NOON, NOON + HOUR, NOON + HOUR]


def check_an_account_goes_on_behind_a_place(transactions: Transactions, reports: Reports) -> None:
    """Each page tells what the account held before it, on the side on which it grows, in each currency."""
    _kept(transactions)
    (_, place), (_, next_place) = reports.moves(Wanted(BANK, limit=1)).entries
    rest = reports.moves(Wanted(BANK, after=place, limit=1))
    assert (rest.before, _told(rest)) == ((usd(100),), ("second", "third"))
    last = reports.moves(Wanted(BANK, after=next_place, limit=1))
    assert (last.before, _told(last)) == ((Money(700, CURRENCIES["EUR"]), usd(70)), ("third",))
    fees = reports.moves(Wanted(ESCROW, after=next_place))
    assert (fees.before, _told(fees)) == ((usd(8),), ())


def check_an_account_is_followed_between_instants(transactions: Transactions, reports: Reports) -> None:
    """From an instant on and before another; what came earlier is in the opening."""
    _kept(transactions)
    early = reports.moves(Wanted(BANK, until=NOON + HOUR))
    assert (early.before, _told(early)) == ((), ("first",))
    late = reports.moves(Wanted(BANK, since=NOON + HOUR))
    assert (late.before, _told(late)) == ((usd(100),), ("second", "third"))
    nothing = reports.moves(Wanted(BANK, since=NOON + 2 * HOUR, until=NOON + 3 * HOUR))
    assert (nothing.before, _told(nothing)) == ((Money(700, CURRENCIES["EUR"]), usd(75)), ())


HOLDINGS_CONTRACT: Final = (
    check_an_account_is_followed_in_the_order_of_instants,
    check_an_account_goes_on_behind_a_place,
    check_an_account_is_followed_between_instants,
)
