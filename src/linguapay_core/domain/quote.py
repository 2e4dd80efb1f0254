"""What a lesson costs, itemised, before anyone pays. The quote that is shown is the amount that is charged."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.money import LARGEST_MINOR, Money, Parts
from linguapay_core.domain.policies import MINUTES_AN_HOUR, CancellationTerms, FeePolicy, LessonLimits, Policies


@dataclass(frozen=True, slots=True)
class Quote:
    """Price, fee and total of one lesson, what the teacher earns, and the terms of cancelling it."""

    hourly_price: Money
    minutes: int
    price: Money
    fee: Money
    total: Money
    terms: CancellationTerms

    @property
    def teacher_earns(self) -> Money:
        """What is left of the total when the platform has its fee."""
        return self.total - self.fee

    @property
    def parts(self) -> Parts:
        """The total, divided into the teacher's part and the platform's."""
        return Parts(price=self.teacher_earns, fee=self.fee)


def price_of(hourly_price: Money, minutes: int) -> Money:
    """Hourly price x minutes / 60, half up."""
    return hourly_price.currency.rounded(hourly_price.amount_minor * minutes, MINUTES_AN_HOUR)


def quote(hourly_price: Money, minutes: int, policies: Policies) -> Quote:
    """Say what a lesson costs.

    Raises ``Invalid`` for a length that isn't offered or a currency that isn't enabled, and ``Refused`` where the fee
    eats more than the price or the total is less or more than Stripe charges.
    """
    check_length(minutes, policies.lessons)
    return quote_under(policies.fee_in(hourly_price.currency), policies.terms, hourly_price, minutes)


def quote_under(policy: FeePolicy, terms: CancellationTerms, hourly_price: Money, minutes: int) -> Quote:
    """Say what a lesson of any length costs under this policy of its currency. Raises ``Refused`` as ``quote`` does."""
    price = price_of(hourly_price, minutes)
    fee = policy.fee(price)
    on_top = fee.share(policy.student_share_bps)
    if fee - on_top > price:
        raise Refused(
            "fee_exceeds_price",
            f"The teacher's share of the fee, {fee - on_top}, is more than the price, {price}.",
            way_out="Book a longer lesson, or raise the hourly price.",
        )
    total = price + on_top
    least = total.currency.minimum_charge_minor
    if not least <= total.amount_minor <= LARGEST_MINOR:
        raise Refused(
            "total_out_of_range",
            f"A total of {total} can't be charged.",
            way_out=f"Stripe charges {Money(least, total.currency)} to {Money(LARGEST_MINOR, total.currency)}.",
        )
    return Quote(hourly_price, minutes, price, fee, total, terms)


def check_length(minutes: int, limits: LessonLimits) -> None:
    """Raise ``Invalid`` for what is no whole number of minutes, or not offered."""
    if type(minutes) is not int or not limits.shortest_minutes <= minutes <= limits.longest_minutes:
        raise Invalid("minutes", f"a lesson takes {limits.shortest_minutes} to {limits.longest_minutes} minutes.")
