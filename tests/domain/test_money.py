"""Money adds up, to the minor unit, in every currency."""

import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.money import (
    CURRENCIES,
    LARGEST_MINOR,
    USD,
    Currency,
    Money,
    Parts,
    at_least_zero,
    currency_named,
    half_up,
    smaller,
)
from linguapay_core.testing.builders import usd

EUR = CURRENCIES["EUR"]
currencies = st.sampled_from(list(CURRENCIES.values()))


def steps_of(currency: Currency, most: int = 10**7) -> st.SearchStrategy[Money]:
    """Amounts that Stripe could take, nothing included."""
    return st.integers(0, most // currency.step_minor).map(lambda number: Money(number * currency.step_minor, currency))


@st.composite
def parts(draw: st.DrawFn) -> Parts:
    """A price and a fee of one currency."""
    currency = draw(currencies)
    return Parts(draw(steps_of(currency)), draw(steps_of(currency)))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(0, 7, 0), (1, 2, 1), (1, 3, 0), (2, 3, 1), (3, 2, 2), (49, 100, 0), (50, 100, 1), (5, 1, 5), (149, 100, 1)],
)
def test_a_half_goes_up(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@given(st.integers(0, 10**18), st.integers(1, 10**9))
def test_rounding_is_off_by_a_half_at_most_and_then_upwards(numerator: int, denominator: int) -> None:
    twice_off = 2 * half_up(numerator, denominator) * denominator - 2 * numerator
    assert -denominator < twice_off <= denominator


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 2), (1, 0), (1, -1)])
def test_rounding_what_is_negative_is_a_bug(numerator: int, denominator: int) -> None:
    with pytest.raises(AssertionError):
        half_up(numerator, denominator)


def test_the_currencies_are_these() -> None:
    """code, exponent, least charge, step: as Stripe's pages on currencies list them."""
    table = """
        USD 2 50      EUR 2 50      GBP 2 30      CHF 2 50      CAD 2 50      AUD 2 50      NZD 2 50      SGD 2 50
        HKD 2 400     DKK 2 250     NOK 2 300     SEK 2 300     PLN 2 200     CZK 2 1500    HUF 2 17500   RON 2 200
        BRL 2 50      MXN 2 1000    INR 2 50      THB 2 1000    MYR 2 200     AED 2 200     MGA 2 300000  JPY 0 50
        KRW 0 700     CLP 0 500     VND 0 14000   ISK 0 70      KWD 3 160     BHD 3 190     JOD 3 360     OMR 3 200
        TND 3 1600
    """
    cells = table.split()
    written = {code: (int(exponent), int(least)) for code, exponent, least in zip(*[iter(cells)] * 3, strict=True)}
    assert {code: (one.exponent, one.minimum_charge_minor) for code, one in CURRENCIES.items()} == written
    coarse = {code: one.step_minor for code, one in CURRENCIES.items() if one.step_minor != 1}
    assert coarse == {"MGA": 100, "KWD": 10, "BHD": 10, "JOD": 10, "OMR": 10, "TND": 10}
    assert LARGEST_MINOR == 99_999_999
    assert CURRENCIES["USD"] is USD


@given(currencies)
def test_the_least_charge_is_a_whole_number_of_steps(currency: Currency) -> None:
    assert currency.minimum_charge_minor % currency.step_minor == 0
    assert currency_named(currency.code.lower()) is currency_named(currency.code) is currency


def test_an_unknown_currency_is_invalid_and_the_known_ones_are_named() -> None:
    with pytest.raises(Invalid) as error:
        currency_named("xts")
    assert error.value.field == "currency"
    assert error.value.reason.startswith("'xts' is not a currency we know; use one of AED, AUD, BHD, ")
    with pytest.raises(Invalid) as error:
        currency_named("", field="hourly_price.currency")
    assert error.value.field == "hourly_price.currency"


@pytest.mark.parametrize(
    ("amount_minor", "code", "shown"),
    [
        (2625, "USD", "26.25 USD"),
        (5, "USD", "0.05 USD"),
        (-5, "USD", "-0.05 USD"),
        (0, "USD", "0.00 USD"),
        (123_456_789, "USD", "1,234,567.89 USD"),
        (1500, "JPY", "1,500 JPY"),
        (1230, "KWD", "1.230 KWD"),
    ],
)
def test_an_amount_shows_the_digits_of_its_currency(amount_minor: int, code: str, shown: str) -> None:
    assert str(Money(amount_minor, CURRENCIES[code])) == shown
    assert str(CURRENCIES[code]) == code


def test_amounts_add_subtract_and_turn_their_sign() -> None:
    assert usd(5) + usd(3) == usd(8)
    assert usd(5) - usd(8) == usd(-3)
    assert -usd(5) == usd(-5)
    assert usd(7).zero == usd(0)


def test_amounts_compare_by_size() -> None:
    small, same, large = usd(1), usd(1), usd(2)
    assert (small < large, small < same, large < small) == (True, False, False)
    assert (small <= large, small <= same, large <= small) == (True, True, False)
    assert (large > small, same > small, small > large) == (True, False, False)
    assert (large >= small, same >= small, small >= large) == (True, True, False)
    assert small == same != large
    assert usd(1) != Money(1, EUR)


@pytest.mark.parametrize(
    "mix",
    [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge, smaller],
)
def test_two_currencies_never_mix(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(AssertionError, match=r"0\.01 USD and 0\.01 EUR don't mix|0\.01 EUR and 0\.01 USD don't mix"):
        mix(usd(1), Money(1, EUR))


@pytest.mark.parametrize(("amount", "any_at_all"), [(-1, True), (0, False), (1, True)])
def test_an_amount_is_true_if_there_is_any(amount: int, any_at_all: bool) -> None:
    assert bool(usd(amount)) is any_at_all


def test_the_smaller_and_the_part_above_nothing() -> None:
    assert smaller(usd(1), usd(2)) == smaller(usd(2), usd(1)) == usd(1)
    assert [at_least_zero(usd(amount)) for amount in (-1, 0, 1)] == [usd(0), usd(0), usd(1)]


@pytest.mark.parametrize(
    ("amount", "code", "basis_points", "share"),
    [
        (2500, "USD", 500, 125),
        (1010, "USD", 500, 51),
        (1009, "USD", 500, 50),
        (10_050, "KWD", 500, 500),
        (300, "KWD", 500, 20),
    ],
)
def test_a_share_is_half_up_to_the_currencys_step(amount: int, code: str, basis_points: int, share: int) -> None:
    assert Money(amount, CURRENCIES[code]).share(basis_points) == Money(share, CURRENCIES[code])


def test_parts_add_and_subtract_part_by_part() -> None:
    one, other = Parts(usd(10), usd(3)), Parts(usd(4), usd(1))
    assert one + other == Parts(usd(14), usd(4))
    assert one - other == Parts(usd(6), usd(2))
    assert one.total == usd(13)
    assert Parts.none(USD) == Parts(usd(0), usd(0))


@pytest.mark.parametrize(("price", "fee", "some"), [(0, 0, False), (1, 0, True), (0, 1, True), (-1, 1, True)])
def test_parts_are_true_if_there_is_any_of_either(price: int, fee: int, some: bool) -> None:
    assert bool(Parts(usd(price), usd(fee))) is some


@pytest.mark.parametrize(
    ("price", "fee", "fits"), [(10, 3, True), (9, 2, True), (11, 3, False), (10, 4, False), (11, 2, False)]
)
def test_parts_fit_into_others_if_neither_exceeds(price: int, fee: int, fits: bool) -> None:
    assert Parts(usd(price), usd(fee)).fits_into(Parts(usd(10), usd(3))) is fits


@pytest.mark.parametrize(
    ("price", "fee", "level"),
    [
        (10, 3, (10, 3)),
        (-90, 115, (0, 25)),
        (100, -5, (95, 0)),
        (-9, -1, (0, 0)),
        (-10, 10, (0, 0)),
        (-11, 10, (0, 0)),
        (5, -9, (0, 0)),
    ],
)
def test_levelled_parts_are_not_negative_and_add_up_to_what_there_was(
    price: int, fee: int, level: tuple[int, int]
) -> None:
    assert Parts(usd(price), usd(fee)).levelled() == Parts(usd(level[0]), usd(level[1]))


@pytest.mark.parametrize(
    ("amount", "price", "fee"), [(0, 0, 0), (1, 1, 0), (10, 10, 0), (11, 10, 1), (1050, 1000, 50), (2625, 2500, 125)]
)
def test_an_amount_is_divided_in_proportion_the_fee_half_up(amount: int, price: int, fee: int) -> None:
    assert Parts(usd(2500), usd(125)).divide(usd(amount)) == Parts(usd(price), usd(fee))


@pytest.mark.parametrize("amount", [-1, 2626])
def test_dividing_less_than_nothing_or_more_than_there_is_is_a_bug(amount: int) -> None:
    with pytest.raises(AssertionError):
        Parts(usd(2500), usd(125)).divide(usd(amount))


@given(parts(), st.data())
def test_any_sequence_of_refunds_adds_up_exactly_to_the_parts(whole: Parts, data: st.DataObject) -> None:
    left, gone = whole, Parts.none(whole.price.currency)
    for _ in range(data.draw(st.integers(0, 6))):
        amount = data.draw(steps_of(whole.price.currency, left.total.amount_minor))
        part = left.divide(amount)
        assert part.total == amount
        assert part.fits_into(left)
        assert part.price >= amount.zero
        assert part.fee >= amount.zero
        left, gone = left - part, gone + part
    assert gone + left.divide(left.total) == whole


@given(parts(), st.data())
def test_the_fees_part_is_the_nearest_to_its_share(whole: Parts, data: st.DataObject) -> None:
    currency, total = whole.price.currency, whole.total.amount_minor
    amount = data.draw(steps_of(currency, total))
    off = whole.divide(amount).fee.amount_minor * total - amount.amount_minor * whole.fee.amount_minor
    assert -currency.step_minor * total <= 2 * off <= currency.step_minor * total


@given(st.lists(st.integers(-(10**9), 10**9), max_size=8))
def test_money_adds_up_as_integers_do(amounts: list[int]) -> None:
    assert sum((usd(amount) for amount in amounts), usd(0)) == usd(sum(amounts))
