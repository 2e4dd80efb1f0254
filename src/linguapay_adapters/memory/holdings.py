"""What moved an account, in memory: counted anew each time."""

from __future__ import annotations

from operator import itemgetter

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.holdings import Moves, Wanted
from linguapay_core.domain.ledger import Account, Balances, Entry


def find(shelves: Shelves, wanted: Wanted) -> Moves:
    """The entries that move an account, and what it held before them."""
    placed = (((entry.at, number), entry) for number, entry in enumerate(shelves.entries, 1))
    moving = sorted((one for one in placed if _moves(one[1], wanted.account)), key=itemgetter(0))
    earlier = [entry for place, entry in moving if wanted.is_before(place)]
    currencies = {leg.amount.currency for entry in earlier for leg in entry.legs}
    held = (Balances(currency).after(earlier)[wanted.account] for currency in sorted(currencies, key=str))
    found = [(entry, place) for place, entry in moving if wanted.is_wanted(place)]
    return Moves(tuple(money for money in held if money), found[: wanted.limit + 1])


def _moves(entry: Entry, account: Account) -> bool:
    return any(account in {leg.debit, leg.credit} for leg in entry.legs)
