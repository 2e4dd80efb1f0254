"""What moved an account of the books: each entry by what it changed there, and what the account held after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.holdings import AccountLine, Moves, Wanted, account_named, cursor_at, page, place_at
from linguapay_core.domain.ledger import BANK, ESCROW, STRIPE_BALANCE
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.domain.page import sealed
from linguapay_core.testing.builders import NOON, a_leg, an_entry, usd

EUROS = Money(700, CURRENCIES["EUR"])


def test_an_entry_is_a_line_in_each_currency_in_which_it_moves_the_account() -> None:
    paid_out = a_leg(debit=BANK, credit=STRIPE_BALANCE, amount=usd(30))
    elsewhere = a_leg(debit=STRIPE_BALANCE, credit=ESCROW, amount=EUROS)
    both = an_entry(paid_out, a_leg(debit=BANK, credit=STRIPE_BALANCE, amount=EUROS))
    one = an_entry(paid_out, elsewhere)
    told = page(Wanted(BANK), Moves((usd(5),), ((both, (NOON, 1)), (one, (NOON, 2)))))
    assert told.lines == (
        AccountLine(both, EUROS, EUROS),
        AccountLine(both, usd(30), usd(35)),
        AccountLine(one, usd(30), usd(65)),
    )
    assert (told.opening, told.closing, told.next_cursor) == ((usd(5),), (EUROS, usd(65)), "")


def test_a_page_holds_what_is_wanted_and_a_cursor_leads_on() -> None:
    entries = tuple(
        (an_entry(a_leg(debit=BANK, amount=usd(number)), key=f"{number}"), (NOON, number)) for number in (1, 2, 3)
    )
    told = page(Wanted(BANK, limit=2), Moves((), entries))
    assert [line.entry.key for line in told.lines] == ["1", "2"]
    assert (place_at(told.next_cursor), told.closing) == ((NOON, 2), (usd(3),))
    assert page(Wanted(BANK, limit=3), Moves((), entries)).next_cursor == ""


def test_what_is_wanted_begins_at_an_instant_or_behind_a_place_whichever_is_later() -> None:
    wanted = Wanted(BANK, since=NOON, until=NOON + timedelta(hours=2), after=(NOON + timedelta(hours=1), 4))
    places = [(NOON - timedelta(hours=1), 9), (NOON, 9), (NOON + timedelta(hours=1), 4), (NOON + timedelta(hours=1), 5)]
    assert [wanted.is_wanted(place) for place in places] == [False, False, False, True]
    assert not wanted.is_wanted((NOON + timedelta(hours=2), 1))
    assert not wanted.is_before((NOON + timedelta(hours=2), 1))


def test_a_cursor_comes_back_as_the_place_of_which_it_was_made() -> None:
    assert place_at(cursor_at((NOON, 7))) == (NOON, 7)
    assert place_at("") is None
    for number in ("x", "-1", f"{2**63}"):
        with pytest.raises(Invalid, match="this account gave no such cursor"):
            place_at(sealed(f"{NOON.isoformat()} {number}"))
    assert account_named("escrow") == ESCROW
