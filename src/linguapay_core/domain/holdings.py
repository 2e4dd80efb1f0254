"""What the accounts of the books hold, and what moved one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.ledger import CHART, Account, Balances, Entry, Kind
from linguapay_core.domain.money import Money
from linguapay_core.domain.page import LARGEST_NUMBER, opened, sealed
from linguapay_core.domain.wording import instant

LARGEST_PAGE: Final = 1000
USUAL_PAGE: Final = 100

AccountPlace: TypeAlias = tuple[datetime, int]
"""When an entry was true, and its number in the store, which tells entries of one instant apart."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What all accounts of a kind hold together, in one currency, on the side on which they grow."""

    kind: Kind
    held: Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of what moved an account: entries of instants from ``since`` on and before ``until``, after a place."""

    account: Account
    since: datetime | None = None
    until: datetime | None = None
    after: AccountPlace | None = None
    limit: int = USUAL_PAGE

    def is_before(self, place: AccountPlace) -> bool:
        """Whether an entry at this place comes before all that is wanted."""
        since = self.since is not None and place[0] < self.since
        return since or (self.after is not None and place <= self.after)

    def is_wanted(self, place: AccountPlace) -> bool:
        """Whether an entry at this place is wanted, on this page or on a later one."""
        return not self.is_before(place) and (self.until is None or place[0] < self.until)


@dataclass(frozen=True, slots=True)
class Moves:
    """What an account held before some entries, in each currency, and these, each with its place: at one moment."""

    before: Sequence[Money]
    entries: Sequence[tuple[Entry, AccountPlace]]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An entry by what it changed of one account, and what that holds after it."""

    entry: Entry
    change: Money
    holds: Money


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What moved an account, a page of it. ``opening`` and ``closing`` are what it holds around, in each currency.

    Where it goes on, ``next_cursor`` isn't empty.
    """

    account: Account
    opening: Sequence[Money]
    lines: Sequence[AccountLine]
    closing: Sequence[Money]
    next_cursor: str


def holdings(balances: Balances, owner: PersonId | None) -> Sequence[Holding]:
    """What every kind of accounts holds in a currency; of one owner's accounts alone, where one is named."""
    sums = dict.fromkeys((kind for kind in Kind if owner is None or CHART[kind].owner), Money(0, balances.currency))
    for account, held in balances.items():
        if owner in (None, account.owner):
            sums[account.kind] += held
    return tuple(Holding(kind, held) for kind, held in sums.items())


def account_named(name: str) -> Account:
    """An account as ``escrow`` or ``teacher_payable:anna``. Raises ``Invalid``."""
    kind, colon, owner = name.partition(":")
    if kind not in set(Kind):
        raise Invalid("account", f"there is no account {kind[:64]}; there are {', '.join(Kind)}.")
    whose = CHART[Kind(kind)].owner
    if bool(whose) != bool(colon):
        usual = f"{kind} has an owner: write {kind}:{whose.upper()}." if whose else f"{kind} has no owner."
        raise Invalid("account", usual)
    return Account(Kind(kind), PersonId.parse(owner, field="account") if whose else None)


def page(wanted: Wanted, found: Moves) -> AccountPage:
    """The page, of up to one entry more than is wanted, which tells that there is another page."""
    shown = found.entries[: wanted.limit]
    lines = tuple(_lines(wanted.account, found.before, (entry for entry, _ in shown)))
    last = {held.currency: held for held in (*found.before, *(line.holds for line in lines))}
    closing = tuple(last[currency] for currency in sorted(last, key=str))
    cursor = cursor_at(shown[-1][1]) if len(found.entries) > wanted.limit else ""
    return AccountPage(wanted.account, found.before, lines, closing, cursor)


def _lines(account: Account, before: Iterable[Money], entries: Iterable[Entry]) -> Iterator[AccountLine]:
    holds = {held.currency: held for held in before}
    for entry in entries:
        for currency in sorted({leg.amount.currency for leg in entry.legs}, key=str):
            if change := Balances(currency).after((entry,))[account]:
                holds[currency] = holds.get(currency, change.zero) + change
                yield AccountLine(entry, change, holds[currency])


def cursor_at(place: AccountPlace) -> str:
    """The cursor behind an entry."""
    at, number = place
    return sealed(f"{at.isoformat()} {number}")


def place_at(cursor: str) -> AccountPlace | None:
    """The place of which ``cursor_at`` made a cursor; none, of an empty one. Raises ``Invalid`` for anything else."""
    if not cursor:
        return None
    try:
        at, _, number = (opened(cursor) or "").partition(" ")
        place = instant("cursor", at), int(number)
    except ValueError:
        place = None
    if place is None or not 0 <= place[1] <= LARGEST_NUMBER:
        raise Invalid("cursor", "this account gave no such cursor. Ask without one for its beginning.")
    return place
