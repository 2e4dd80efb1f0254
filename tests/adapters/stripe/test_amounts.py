"""Every amount that we can count goes to Stripe and comes back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_adapters.stripe.amounts import code_of, currency_at, from_stripe, money_at, to_stripe
from linguapay_adapters.stripe.reading import ForeignBody
from linguapay_core.domain.money import CURRENCIES, LARGEST_MINOR, Currency, Money

# Stripe: Supported currencies, zero-decimal, three-decimal and special cases, for the currencies that we can count in.
NO_DECIMALS_AT_STRIPE = {"CLP", "JPY", "KRW", "MGA", "VND"}
THREE_DECIMALS_AT_STRIPE = {"BHD", "JOD", "KWD", "OMR", "TND"}


@pytest.mark.parametrize("currency", CURRENCIES.values(), ids=str)
@given(steps=st.integers(-LARGEST_MINOR, LARGEST_MINOR))
def test_an_amount_goes_to_stripe_and_comes_back_the_same(currency: Currency, steps: int) -> None:
    money = Money(steps * currency.step_minor, currency)
    assert from_stripe(to_stripe(money), currency) == money


@pytest.mark.parametrize("currency", CURRENCIES.values(), ids=str)
def test_one_unit_of_a_currency_is_counted_in_stripes_decimals(currency: Currency) -> None:
    decimals = 0 if currency.code in NO_DECIMALS_AT_STRIPE else 3 if currency.code in THREE_DECIMALS_AT_STRIPE else 2
    assert to_stripe(Money(10**currency.exponent, currency)) == 10**decimals


@pytest.mark.parametrize("currency", [c for c in CURRENCIES.values() if c.step_minor > 1], ids=str)
def test_a_part_of_a_step_is_a_bug_of_ours(currency: Currency) -> None:
    with pytest.raises(AssertionError):
        to_stripe(Money(currency.step_minor + 1, currency))


def test_three_decimals_that_stripe_sends_are_kept() -> None:
    """A fee need not be a multiple of ten, though a charge must."""
    assert from_stripe(1234, CURRENCIES["KWD"]) == Money(1234, CURRENCIES["KWD"])


def test_a_part_of_a_krona_is_foreign() -> None:
    with pytest.raises(ForeignBody):
        from_stripe(150, CURRENCIES["ISK"])


@pytest.mark.parametrize("currency", CURRENCIES.values(), ids=str)
def test_a_currency_is_written_as_stripe_writes_it_and_read_back(currency: Currency) -> None:
    assert code_of(currency).islower()
    assert currency_at({"currency": code_of(currency)}) == currency


@pytest.mark.parametrize("code", ["xyz", "", None, 7])
def test_a_currency_that_we_cant_count_in_is_foreign(code: object) -> None:
    with pytest.raises(ForeignBody):
        money_at({"amount": 1, "currency": code}, "amount")
