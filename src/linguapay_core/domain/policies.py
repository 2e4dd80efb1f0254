"""What the marketplace may set: fees, cancellation terms, deadlines, and who must approve a refund.

A policy is frozen into whatever was sold under it, so that changing one changes nothing that was sold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.money import BASIS_POINTS, USD, Currency, Money

MINUTES_AN_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """The platform's fee in one currency: a rate within bounds, and how much of it the student bears.

    ``rate_bps`` and ``student_share_bps`` are basis points. What the student bears comes on top of the price; the rest
    is taken out of what the teacher earns.
    """

    currency: Currency = USD
    rate_bps: int = 500
    minimum_minor: int = 100
    maximum_minor: int | None = None
    student_share_bps: int = BASIS_POINTS

    def __post_init__(self) -> None:
        """Raise ``Invalid`` for a policy that can't be meant."""
        if not 0 <= self.rate_bps < BASIS_POINTS:
            raise Invalid("rate_bps", "a fee's rate is at least 0 and below 10000 basis points (100 %).")
        if not 0 <= self.student_share_bps <= BASIS_POINTS:
            raise Invalid("student_share_bps", "the student's share of the fee is 0 to 10000 basis points.")
        if self.minimum_minor < 0:
            raise Invalid("minimum_minor", "the least fee is not negative.")
        if self.maximum_minor is not None and self.maximum_minor < self.minimum_minor:
            raise Invalid("maximum_minor", "the largest fee is not below the least one.")
        for name, bound in (("minimum_minor", self.minimum_minor), ("maximum_minor", self.maximum_minor or 0)):
            if bound % self.currency.step_minor:
                raise Invalid(
                    name, f"amounts in {self.currency} are multiples of {self.currency.step_minor} minor units."
                )

    def fee(self, price: Money) -> Money:
        """The fee for this price: its share, half up, within the bounds."""
        least, share = Money(self.minimum_minor, price.currency), price.share(self.rate_bps)
        most = share if self.maximum_minor is None else Money(self.maximum_minor, price.currency)
        return max(least, min(share, most))


@dataclass(frozen=True, slots=True)
class Tier:
    """Cancelled at least so many hours before the start: so much of the price goes back."""

    hours_before: int
    refund_bps: int


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """What a student gets back who cancels a paid lesson: tiers, the earliest first. Below the last one: nothing."""

    tiers: tuple[Tier, ...] = (Tier(24, 10_000), Tier(6, 5_000))

    def __post_init__(self) -> None:
        """Raise ``Invalid`` unless hours and percentages both fall from tier to tier."""
        for tier in self.tiers:
            if tier.hours_before < 0 or not 0 <= tier.refund_bps <= BASIS_POINTS:
                raise Invalid("tiers", "a tier is a number of hours, not negative, and 0 to 10000 basis points.")
        for earlier, later in pairwise(self.tiers):
            if earlier.hours_before <= later.hours_before or earlier.refund_bps < later.refund_bps:
                raise Invalid("tiers", "from tier to tier the hours fall and the percentage doesn't rise.")

    def refund_bps(self, *, starts_at: datetime, at: datetime) -> int:
        """The share of the price that goes back when cancelling now, in basis points."""
        left = starts_at - at
        return next((tier.refund_bps for tier in self.tiers if left >= timedelta(hours=tier.hours_before)), 0)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each step of a booking may take."""

    answer: timedelta = timedelta(hours=48)
    pay: timedelta = timedelta(hours=24)
    pay_before_start: timedelta = timedelta(hours=1)
    grace: timedelta = timedelta(hours=24)
    protection: timedelta = timedelta(hours=72)

    def __post_init__(self) -> None:
        """Raise ``Invalid`` for a time that is over before it begins."""
        _last(("answer", self.answer), ("pay", self.pay), ("grace", self.grace), ("protection", self.protection))


@dataclass(frozen=True, slots=True)
class RefundPolicy:
    """Who must approve a refund request, how long one may wait, and for how long after the lesson one may be made."""

    second_approval_above_minor: int = 50_000
    request_lives: timedelta = timedelta(days=30)
    window: timedelta = timedelta(days=60)

    def __post_init__(self) -> None:
        """Raise ``Invalid`` for a time that is over before it begins."""
        _last(("request_lives", self.request_lives), ("window", self.window))

    def approvals_needed(self, amount: Money) -> int:
        """One admin, or two above the threshold (in minor units of the payment's currency)."""
        return 2 if amount.amount_minor > self.second_approval_above_minor else 1


@dataclass(frozen=True, slots=True)
class LessonLimits:
    """The lessons that can be booked: how long they may be, and how far ahead."""

    shortest_minutes: int = 15
    longest_minutes: int = 480
    furthest_ahead: timedelta = timedelta(days=365)

    def __post_init__(self) -> None:
        """Raise ``Invalid`` for limits between which there is no lesson."""
        _last(("furthest_ahead", self.furthest_ahead))
        if not 0 < self.shortest_minutes <= self.longest_minutes:
            raise Invalid("shortest_minutes", "the shortest lesson is above nothing and not above the longest.")


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything that a marketplace sets, in one place. A currency is enabled by having a fee policy."""

    fees: tuple[FeePolicy, ...] = (FeePolicy(),)
    terms: CancellationTerms = field(default_factory=CancellationTerms)
    deadlines: Deadlines = field(default_factory=Deadlines)
    refunds: RefundPolicy = field(default_factory=RefundPolicy)
    lessons: LessonLimits = field(default_factory=LessonLimits)

    def __post_init__(self) -> None:
        """Raise ``Invalid`` unless every enabled currency has exactly one fee policy."""
        currencies = [policy.currency for policy in self.fees]
        if not currencies or len(set(currencies)) < len(currencies):
            raise Invalid("fees", "there is at least one fee policy, and one for each currency.")

    def fee_in(self, currency: Currency) -> FeePolicy:
        """The fee policy of an enabled currency. Raises ``Invalid`` for one that isn't enabled."""
        for policy in self.fees:
            if policy.currency == currency:
                return policy
        enabled = ", ".join(policy.currency.code for policy in self.fees)
        raise Invalid("currency", f"{currency.code} is not enabled here; use {enabled}.")


def _last(*times: tuple[str, timedelta]) -> None:
    for name, lasts in times:
        if lasts <= timedelta(0):
            raise Invalid(name, "a time that something may take is above nothing.")
