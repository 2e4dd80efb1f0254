"""The quote is what is charged: it adds up for every price, length, policy and currency."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.money import CURRENCIES, LARGEST_MINOR, USD, Currency, Money, Parts
from linguapay_core.domain.policies import CancellationTerms, FeePolicy, LessonLimits, Policies, Tier
from linguapay_core.domain.quote import price_of, quote
from linguapay_core.testing.builders import usd


@pytest.mark.parametrize(
    ("hourly", "minutes", "price"),
    [(3000, 60, 3000), (3000, 45, 2250), (3333, 50, 2778), (1, 30, 1), (1, 29, 0), (7, 15, 2)],
)
def test_a_price_is_the_hours_half_up(hourly: int, minutes: int, price: int) -> None:
    assert price_of(usd(hourly), minutes) == usd(price)


@pytest.mark.parametrize(
    ("student_share_bps", "price", "fee", "total", "teacher_earns"),
    [
        (10_000, 2500, 125, 2625, 2500),
        (0, 2500, 125, 2500, 2375),
        (5_000, 2500, 125, 2563, 2438),
    ],
)
def test_who_bears_the_fee_decides_the_total_and_what_the_teacher_earns(
    student_share_bps: int, price: int, fee: int, total: int, teacher_earns: int
) -> None:
    asked = quote(usd(2500), 60, Policies(fees=(FeePolicy(student_share_bps=student_share_bps),)))
    assert (asked.price, asked.fee, asked.total) == (usd(price), usd(fee), usd(total))
    assert asked.teacher_earns == usd(teacher_earns)
    assert asked.parts == Parts(usd(teacher_earns), usd(fee))


def test_a_quote_keeps_what_it_was_made_of() -> None:
    terms = CancellationTerms((Tier(1, 1),))
    asked = quote(usd(2500), 90, Policies(terms=terms))
    assert (asked.hourly_price, asked.minutes, asked.price, asked.terms) == (usd(2500), 90, usd(3750), terms)


@pytest.mark.parametrize("minutes", [0, -60, 14, 481])
def test_a_length_that_isnt_offered_is_invalid(minutes: int) -> None:
    with pytest.raises(Invalid) as error:
        quote(usd(3000), minutes, Policies())
    assert (error.value.field, error.value.reason) == ("minutes", "a lesson takes 15 to 480 minutes.")


def test_the_shortest_and_the_longest_lesson_are_offered() -> None:
    policies = Policies(lessons=LessonLimits(30, 90))
    assert [quote(usd(3000), minutes, policies).minutes for minutes in (30, 90)] == [30, 90]


def test_a_currency_that_isnt_enabled_is_invalid() -> None:
    with pytest.raises(Invalid, match="EUR is not enabled here"):
        quote(Money(3000, CURRENCIES["EUR"]), 60, Policies())


def test_a_fee_above_what_the_teachers_price_covers_is_refused() -> None:
    teacher_bears = Policies(fees=(FeePolicy(student_share_bps=0),))
    with pytest.raises(Refused) as refusal:
        quote(usd(99), 60, teacher_bears)
    assert refusal.value.rule == "fee_exceeds_price"
    assert refusal.value.reason == "The teacher's share of the fee, 1.00 USD, is more than the price, 0.99 USD."
    assert refusal.value.way_out == "Book a longer lesson, or raise the hourly price."
    assert quote(usd(100), 60, teacher_bears).teacher_earns == usd(0)


def test_of_a_fee_that_both_bear_only_the_teachers_share_must_fit_into_the_price() -> None:
    both_bear = Policies(fees=(FeePolicy(student_share_bps=9_000),))
    asked = quote(usd(50), 60, both_bear)
    assert (asked.total, asked.teacher_earns) == (usd(140), usd(40))
    with pytest.raises(Refused, match=r"share of the fee, 0\.10 USD, is more than the price, 0\.09 USD"):
        quote(usd(9), 60, both_bear)


@pytest.mark.parametrize("hourly", [99_999_999, 95_238_095])
def test_a_total_above_what_stripe_charges_is_refused(hourly: int) -> None:
    with pytest.raises(Refused) as refusal:
        quote(usd(hourly), 60, Policies())
    assert refusal.value.rule == "total_out_of_range"
    assert refusal.value.reason.endswith(" can't be charged.")
    assert refusal.value.way_out == "Stripe charges 0.50 USD to 999,999.99 USD."


def test_a_total_exactly_at_stripes_limits_is_quoted() -> None:
    free = Policies(fees=(FeePolicy(rate_bps=0, minimum_minor=0),))
    assert quote(usd(50), 60, free).total == usd(50)
    assert quote(usd(LARGEST_MINOR), 60, free).total == usd(LARGEST_MINOR)
    with pytest.raises(Refused, match=r"A total of 0\.49 USD can't be charged"):
        quote(usd(49), 60, free)


@st.composite
def fee_policies(draw: st.DrawFn) -> FeePolicy:
    currency = draw(st.sampled_from(list(CURRENCIES.values())))
    least = draw(st.integers(0, 3000)) * currency.step_minor
    most = draw(st.none() | st.integers(0, 3000).map(lambda above: least + above * currency.step_minor))
    return FeePolicy(currency, draw(st.integers(0, 9_999)), least, most, draw(st.integers(0, 10_000)))


@given(fee_policies(), st.integers(1, 10**6), st.integers(15, 480))
def test_fee_and_shares_add_up_for_all_prices_lengths_policies_and_currencies(
    policy: FeePolicy, steps: int, minutes: int
) -> None:
    currency: Currency = policy.currency
    hourly = Money(steps * currency.step_minor, currency)
    try:
        asked = quote(hourly, minutes, Policies(fees=(policy,)))
    except Refused as refusal:
        assume(refusal.rule not in {"fee_exceeds_price", "total_out_of_range"})
        raise
    on_top = asked.fee.share(policy.student_share_bps)
    assert asked.price == price_of(hourly, minutes)
    assert asked.fee == policy.fee(asked.price)
    assert asked.total == asked.price + on_top
    assert asked.teacher_earns + asked.fee == asked.total == asked.parts.total
    assert asked.teacher_earns >= asked.price.zero
    assert on_top <= asked.fee
    assert currency.minimum_charge_minor <= asked.total.amount_minor <= LARGEST_MINOR
    assert all(money.amount_minor % currency.step_minor == 0 for money in (asked.price, asked.fee, asked.total))


def test_the_default_is_the_money_pages_example() -> None:
    asked = quote(usd(2500), 60, Policies())
    assert [str(money) for money in (asked.price, asked.fee, asked.total)] == ["25.00 USD", "1.25 USD", "26.25 USD"]
    assert asked.price.currency is USD
