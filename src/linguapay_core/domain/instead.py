"""Another policy than the one under which lessons were sold, as somebody words it to ask what it would have changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.machine import either
from linguapay_core.domain.money import BASIS_POINTS, Currency
from linguapay_core.domain.policies import CancellationTerms, FeePolicy, Policies, Tier
from linguapay_core.domain.quote import Quote, quote_under

STUDENTS_SHARE: Final = {"student": BASIS_POINTS, "teacher": 0, "split": BASIS_POINTS // 2}
"""Who bears a fee, and how much of it the student does, in basis points; ``split`` is half each."""

ALL_KEPT: Final = "none"
"""The terms under which nothing ever goes back to a student who cancels."""

_FEE: Final = re.compile(r"0?\.([0-9]{1,4})|0")
_TIER: Final = re.compile(r"([0-9]{1,5}):([0-9]{1,3})")
_FIELDS: Final = {"rate_bps": "fee", "minimum_minor": "fee_minimum", "maximum_minor": "fee_maximum"}
"""How the fields of a fee policy are called by who asks."""


@dataclass(frozen=True, slots=True)
class Instead:
    """Another policy: the fees of some currencies, and terms. What isn't named is as each booking froze it."""

    fees: tuple[FeePolicy, ...] = ()
    terms: CancellationTerms | None = None

    def quote(self, sold: Quote) -> Quote | None:
        """What a lesson would have cost that was sold; ``None`` if it couldn't have been."""
        terms = self.terms or sold.terms
        policy = next((fee for fee in self.fees if fee.currency == sold.price.currency), None)
        if policy is None:
            return replace(sold, terms=terms)
        try:
            return quote_under(policy, terms, sold.hourly_price, sold.minutes)
        except Refused:
            return None


def instead_of(
    policies: Policies,
    *,
    fee: str = "",
    fee_minimum: int | None = None,
    fee_maximum: int | None = None,
    borne_by: str = "",
    terms: str = "",
    currency: Currency | None = None,
) -> Instead:
    """The present policies, but with what is named: of one currency, or of every one that is enabled.

    ``fee`` is a part of the price (``0.07``), its bounds are minor units, which are always some currency's.
    Raises ``Invalid``, naming the field.
    """
    changes: dict[str, object] = {}
    if fee:
        changes["rate_bps"] = _basis_points(fee)
    if borne_by:
        if borne_by not in STUDENTS_SHARE:
            raise Invalid("borne_by", f"a fee is borne by {either(list(STUDENTS_SHARE))}.")
        changes["student_share_bps"] = STUDENTS_SHARE[borne_by]
    changes |= {name: bound for name, bound in _bounds(fee_minimum, fee_maximum) if bound is not None}
    if currency is None and len(policies.fees) > 1 and {"minimum_minor", "maximum_minor"} & changes.keys():
        raise Invalid("currency", "name the currency of the fee's bounds: several are enabled.")
    fees: tuple[FeePolicy, ...] = ()
    if changes:
        enabled = policies.fees if currency is None else (policies.fee_in(currency),)
        fees = tuple(_changed(policy, changes) for policy in enabled)
    return Instead(fees, _terms(terms) if terms else None)


def _bounds(least: int | None, most: int | None) -> tuple[tuple[str, int | None], ...]:
    return (("minimum_minor", least), ("maximum_minor", most))


def _changed(policy: FeePolicy, changes: dict[str, object]) -> FeePolicy:
    try:
        return replace(policy, **changes)  # type: ignore[arg-type]
    except Invalid as error:
        raise Invalid(_FIELDS[error.field], error.reason) from None


def _basis_points(fee: str) -> int:
    found = _FEE.fullmatch(fee)
    if found is None:
        raise Invalid("fee", "a fee is a part of the price below 1, with at most four decimals: 0.07 is 7 %.")
    return int((found[1] or "").ljust(4, "0"))


def _terms(text: str) -> CancellationTerms:
    if text == ALL_KEPT:
        return CancellationTerms(())
    tiers = [_TIER.fullmatch(part.strip()) for part in text.split(",")]
    if None in tiers:
        wording = "hours before the start, a colon and the percentage given back, as 24:100,6:50"
        raise Invalid("terms", f"terms are {wording}; or {ALL_KEPT}.")
    try:
        return CancellationTerms(tuple(Tier(int(tier[1]), int(tier[2]) * 100) for tier in tiers if tier))
    except Invalid as error:
        raise Invalid("terms", error.reason) from None
