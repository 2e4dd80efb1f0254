"""What all facts have in common."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from linguapay_core.domain.events.booking import (
    BookingDeclined,
    BookingExpired,
    BookingPaymentStarted,
)
from linguapay_core.domain.events.fact import Fact


def test_facts_are_equal_by_kind_and_fields() -> None:
    assert BookingDeclined() == BookingDeclined()
    assert BookingDeclined() != BookingExpired()
    assert BookingPaymentStarted("pay_1") == BookingPaymentStarted("pay_1")
    assert BookingPaymentStarted("pay_1") != BookingPaymentStarted("pay_2")
    assert len({BookingPaymentStarted("pay_1"), BookingPaymentStarted("pay_1"), BookingDeclined()}) == 2


def test_a_fact_shows_its_kind_and_fields() -> None:
    assert repr(BookingPaymentStarted("pay_1")) == "BookingPaymentStarted(payment_id='pay_1')"


@pytest.mark.parametrize("fact", [BookingDeclined(), BookingPaymentStarted("pay_1")])
def test_a_fact_does_not_change(fact: Fact) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(fact, "payment_id", "pay_2")  # noqa: B010 - the type checker would refuse it too
