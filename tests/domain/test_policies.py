"""What the marketplace may set, and what each setting means to the minute and the cent."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.domain.policies import (
    CancellationTerms,
    Deadlines,
    FeePolicy,
    LessonLimits,
    Policies,
    RefundPolicy,
    Tier,
)
from linguapay_core.testing.builders import LESSON_AT, usd

SECOND = timedelta(seconds=1)


def test_the_defaults_are_those_of_the_money_page() -> None:
    policies = Policies()
    assert policies.fees == (FeePolicy(USD, 500, 100, None, 10_000),)
    assert policies.terms.tiers == (Tier(24, 10_000), Tier(6, 5_000))
    hours = timedelta(hours=1)
    assert policies.deadlines == Deadlines(48 * hours, 24 * hours, hours, 24 * hours, 72 * hours)
    assert policies.refunds == RefundPolicy(50_000, timedelta(days=30), timedelta(days=60))
    assert policies.lessons == LessonLimits(15, 480, timedelta(days=365))


@pytest.mark.parametrize(
    ("price", "fee"),
    [(0, 100), (1999, 100), (2000, 100), (2009, 100), (2010, 101), (2029, 101), (2030, 102), (10_000, 500)],
)
def test_the_fee_is_five_per_cent_half_up_and_at_least_one_dollar(price: int, fee: int) -> None:
    assert FeePolicy().fee(usd(price)) == usd(fee)


@pytest.mark.parametrize(("price", "fee"), [(100, 100), (5000, 250), (6000, 300), (6001, 300), (100_000, 300)])
def test_the_fee_stops_at_the_maximum(price: int, fee: int) -> None:
    assert FeePolicy(maximum_minor=300).fee(usd(price)) == usd(fee)


def test_a_minimum_above_the_share_wins_and_a_maximum_equal_to_it_is_fine() -> None:
    assert FeePolicy(minimum_minor=300, maximum_minor=300).fee(usd(100_000)) == usd(300)
    assert FeePolicy(minimum_minor=0, rate_bps=0).fee(usd(100_000)) == usd(0)


STEPS = "amounts in KWD are multiples of 10 minor units."
REASONS = {
    "rate_bps": ("a fee's rate is at least 0 and below 10000 basis points (100 %).",),
    "student_share_bps": ("the student's share of the fee is 0 to 10000 basis points.",),
    "minimum_minor": ("the least fee is not negative.", STEPS),
    "maximum_minor": ("the largest fee is not below the least one.", STEPS),
}


@pytest.mark.parametrize(
    ("field", "policy"),
    [
        ("rate_bps", {"rate_bps": -1}),
        ("rate_bps", {"rate_bps": 10_000}),
        ("student_share_bps", {"student_share_bps": -1}),
        ("student_share_bps", {"student_share_bps": 10_001}),
        ("minimum_minor", {"minimum_minor": -1}),
        ("maximum_minor", {"minimum_minor": 100, "maximum_minor": 99}),
        ("minimum_minor", {"currency": CURRENCIES["KWD"], "minimum_minor": 105}),
        ("maximum_minor", {"currency": CURRENCIES["KWD"], "minimum_minor": 100, "maximum_minor": 1005}),
    ],
    ids=str,
)
def test_a_fee_policy_that_cant_be_meant_names_the_field(field: str, policy: dict[str, int]) -> None:
    with pytest.raises(Invalid) as error:
        FeePolicy(**policy)  # type: ignore[arg-type]
    assert error.value.field == field
    assert error.value.reason in REASONS[field]


def test_the_edges_of_a_fee_policy_are_allowed() -> None:
    FeePolicy(rate_bps=0, minimum_minor=0, maximum_minor=0, student_share_bps=0)
    FeePolicy(rate_bps=9_999, student_share_bps=10_000)
    FeePolicy(CURRENCIES["KWD"], minimum_minor=110, maximum_minor=1000)


@pytest.mark.parametrize(
    ("before_start", "refund_bps"),
    [
        (timedelta(days=30), 10_000),
        (timedelta(hours=24) + SECOND, 10_000),
        (timedelta(hours=24), 10_000),
        (timedelta(hours=24) - SECOND, 5_000),
        (timedelta(hours=6) + SECOND, 5_000),
        (timedelta(hours=6), 5_000),
        (timedelta(hours=6) - SECOND, 0),
        (timedelta(0), 0),
        (-SECOND, 0),
    ],
    ids=str,
)
def test_the_terms_change_exactly_at_the_edge_of_a_tier(before_start: timedelta, refund_bps: int) -> None:
    assert CancellationTerms().refund_bps(starts_at=LESSON_AT, at=LESSON_AT - before_start) == refund_bps


def test_no_tiers_give_nothing_back() -> None:
    assert CancellationTerms(()).refund_bps(starts_at=LESSON_AT, at=LESSON_AT - timedelta(days=300)) == 0


NO_TIER = "a tier is a number of hours, not negative, and 0 to 10000 basis points."
NO_FALL = "from tier to tier the hours fall and the percentage doesn't rise."


@pytest.mark.parametrize(
    ("tiers", "reason"),
    [
        ((Tier(-1, 0),), NO_TIER),
        ((Tier(1, -1),), NO_TIER),
        ((Tier(1, 10_001),), NO_TIER),
        ((Tier(6, 10_000), Tier(6, 5_000)), NO_FALL),
        ((Tier(6, 5_000), Tier(24, 10_000)), NO_FALL),
        ((Tier(24, 5_000), Tier(6, 5_001)), NO_FALL),
    ],
    ids=str,
)
def test_tiers_that_dont_fall_are_invalid(tiers: tuple[Tier, ...], reason: str) -> None:
    with pytest.raises(Invalid) as error:
        CancellationTerms(tiers)
    assert (error.value.field, error.value.reason) == ("tiers", reason)


def test_tiers_may_keep_a_percentage_and_reach_every_edge() -> None:
    CancellationTerms((Tier(24, 10_000), Tier(6, 10_000), Tier(0, 0)))


@st.composite
def terms(draw: st.DrawFn) -> CancellationTerms:
    hours = sorted(draw(st.sets(st.integers(0, 500), max_size=5)), reverse=True)
    shares = sorted(draw(st.lists(st.integers(0, 10_000), min_size=len(hours), max_size=len(hours))), reverse=True)
    return CancellationTerms(tuple(Tier(*pair) for pair in zip(hours, shares, strict=True)))


@given(terms(), st.integers(-10, 600 * 3600), st.integers(0, 600 * 3600))
def test_cancelling_earlier_never_gives_less_back(some: CancellationTerms, seconds: int, more: int) -> None:
    late, early = LESSON_AT - timedelta(seconds=seconds), LESSON_AT - timedelta(seconds=seconds + more)
    assert some.refund_bps(starts_at=LESSON_AT, at=early) >= some.refund_bps(starts_at=LESSON_AT, at=late)


@pytest.mark.parametrize(("amount", "admins"), [(1, 1), (50_000, 1), (50_001, 2)])
def test_two_admins_approve_above_the_threshold(amount: int, admins: int) -> None:
    assert RefundPolicy().approvals_needed(usd(amount)) == admins


@pytest.mark.parametrize("name", ["answer", "pay", "grace", "protection"])
def test_a_deadline_leaves_time(name: str) -> None:
    Deadlines(**{name: SECOND})
    with pytest.raises(Invalid) as error:
        Deadlines(**{name: timedelta(0)})
    assert (error.value.field, error.value.reason) == (name, "a time that something may take is above nothing.")


@pytest.mark.parametrize("name", ["request_lives", "window"])
def test_a_refund_request_has_time(name: str) -> None:
    with pytest.raises(Invalid) as error:
        RefundPolicy(**{name: -SECOND})  # type: ignore[arg-type] # the other field is a number
    assert error.value.field == name


@pytest.mark.parametrize(("shortest", "longest"), [(0, 60), (61, 60)])
def test_there_is_a_lesson_between_the_limits(shortest: int, longest: int) -> None:
    LessonLimits(1, 1)
    with pytest.raises(Invalid) as error:
        LessonLimits(shortest, longest)
    assert (error.value.field, error.value.reason) == (
        "shortest_minutes",
        "the shortest lesson is above nothing and not above the longest.",
    )


def test_lessons_are_booked_some_time_ahead() -> None:
    with pytest.raises(Invalid) as error:
        LessonLimits(furthest_ahead=timedelta(0))
    assert error.value.field == "furthest_ahead"


@pytest.mark.parametrize("fees", [(), (FeePolicy(), FeePolicy(rate_bps=700))])
def test_every_currency_has_one_fee_policy(fees: tuple[FeePolicy, ...]) -> None:
    with pytest.raises(Invalid) as error:
        Policies(fees=fees)
    assert (error.value.field, error.value.reason) == (
        "fees",
        "there is at least one fee policy, and one for each currency.",
    )


def test_a_currency_is_enabled_by_its_fee_policy() -> None:
    euro = FeePolicy(CURRENCIES["EUR"], rate_bps=700)
    policies = Policies(fees=(FeePolicy(), euro))
    assert policies.fee_in(CURRENCIES["EUR"]) is euro
    with pytest.raises(Invalid) as error:
        policies.fee_in(CURRENCIES["GBP"])
    assert (error.value.field, error.value.reason) == ("currency", "GBP is not enabled here; use USD, EUR.")


@given(
    st.integers(0, 10**7),
    st.integers(0, 9_999),
    st.integers(0, 1000),
    st.none() | st.integers(0, 5000),
    st.sampled_from(list(CURRENCIES.values())),
)
def test_a_fee_keeps_its_bounds(price: int, rate: int, least: int, above: int | None, currency: object) -> None:
    step = currency.step_minor  # type: ignore[attr-defined]
    most = None if above is None else (least + above) * step
    policy = FeePolicy(currency, rate, least * step, most)  # type: ignore[arg-type]
    money = Money(price * step, currency)  # type: ignore[arg-type]
    fee = policy.fee(money)
    assert fee.amount_minor >= least * step
    assert most is None or fee.amount_minor <= most
    assert fee.amount_minor % step == 0
    assert fee in (money.share(rate), Money(least * step, fee.currency), Money(most or 0, fee.currency))
