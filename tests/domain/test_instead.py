"""Another policy is worded as people say it, and what can't be meant names its field."""

from dataclasses import replace

import pytest

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.instead import Instead, instead_of
from linguapay_core.domain.money import CURRENCIES, USD
from linguapay_core.domain.policies import CancellationTerms, FeePolicy, Policies, Tier
from linguapay_core.testing.builders import a_booking, usd

EUR = CURRENCIES["EUR"]
TWO = Policies(fees=(FeePolicy(), FeePolicy(EUR, rate_bps=300)))
SOLD = a_booking().quote


def test_what_isnt_named_stays_as_each_booking_froze_it() -> None:
    assert instead_of(Policies()) == Instead()
    assert Instead().quote(SOLD) == SOLD


@pytest.mark.parametrize(
    ("fee", "basis_points"), [("0.07", 700), (".07", 700), ("0", 0), ("0.0", 0), ("0.0525", 525), ("0.9999", 9999)]
)
def test_a_fee_is_a_part_of_the_price(fee: str, basis_points: int) -> None:
    assert instead_of(Policies(), fee=fee).fees == (FeePolicy(rate_bps=basis_points),)


def test_bounds_and_bearer_change_the_present_policy_alone() -> None:
    named = instead_of(Policies(), fee_minimum=150, fee_maximum=900, borne_by="split")
    assert named.fees == (FeePolicy(minimum_minor=150, maximum_minor=900, student_share_bps=5000),)
    assert instead_of(Policies(), borne_by="teacher").fees[0].student_share_bps == 0
    assert instead_of(Policies(), borne_by="student").fees[0].student_share_bps == 10_000


def test_a_fee_is_for_every_currency_or_for_the_named_one() -> None:
    assert instead_of(TWO, fee="0.1").fees == tuple(replace(one, rate_bps=1000) for one in TWO.fees)
    assert instead_of(TWO, fee_minimum=50, currency=EUR).fees == (FeePolicy(EUR, rate_bps=300, minimum_minor=50),)


def test_terms_are_hours_and_percentages() -> None:
    assert instead_of(Policies(), terms="24:100, 6:50").terms == CancellationTerms((Tier(24, 10_000), Tier(6, 5_000)))
    assert instead_of(Policies(), terms="none").terms == CancellationTerms(())


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        *(
            ("fee", {"fee": fee})
            for fee in ("1", "1.0", "-0.1", "0.00001", "7%", ".", "0.", "nan", "0.0\N{ARABIC-INDIC DIGIT SEVEN}")
        ),
        ("fee_minimum", {"fee_minimum": -1}),
        ("fee_maximum", {"fee_maximum": 99}),
        ("borne_by", {"borne_by": "nobody"}),
        *(("terms", {"terms": terms}) for terms in ("24", "24:101", "6:50,24:100", "24:50,6:100", "-1:50", "24:100,")),
    ],
)
def test_what_cant_be_meant_names_its_field(field: str, asked: dict[str, str]) -> None:
    with pytest.raises(Invalid) as error:
        instead_of(Policies(), **asked)  # type: ignore[arg-type]
    assert error.value.field == field


def test_bounds_without_their_currency_are_invalid_where_several_are_enabled() -> None:
    for bound in ({"fee_minimum": 10}, {"fee_maximum": 500}):
        with pytest.raises(Invalid) as error:
            instead_of(TWO, **bound)  # type: ignore[arg-type]
        assert error.value.field == "currency"


def test_a_currency_that_isnt_enabled_is_invalid() -> None:
    with pytest.raises(Invalid) as error:
        instead_of(Policies(), fee="0.1", currency=EUR)
    assert error.value.field == "currency"


def test_a_lesson_is_quoted_anew_from_its_hourly_price() -> None:
    quote = instead_of(Policies(), fee="0.07", terms="none").quote(SOLD)
    assert quote is not None
    assert (quote.price, quote.fee, quote.total) == (usd(3000), usd(210), usd(3210))
    assert quote.terms == CancellationTerms(())


def test_a_lesson_of_another_currency_keeps_its_fee() -> None:
    assert Instead((FeePolicy(EUR, rate_bps=900),)).quote(SOLD) == SOLD


def test_a_lesson_that_couldnt_have_been_quoted_has_no_quote() -> None:
    assert instead_of(Policies(), fee_minimum=3001, borne_by="teacher").quote(SOLD) is None
    assert SOLD.price.currency == USD
