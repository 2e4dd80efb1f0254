"""Money: an integer of minor units and a currency. Nothing here knows what is paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from linguapay_core.domain.errors import Invalid

BASIS_POINTS: Final = 10_000
"""One whole, in hundredths of a per cent: 500 of them are 5 %."""

LARGEST_MINOR: Final = 99_999_999
"""The largest amount of one charge that Stripe takes, in minor units (Stripe: Currencies, minimum and maximum)."""


def half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` to the nearest integer, a half to the next one up. For what isn't negative."""
    assert numerator >= 0, numerator
    assert denominator > 0, denominator
    return (2 * numerator + denominator) // (2 * denominator)


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency, with what Stripe demands of amounts in it.

    ``exponent`` counts the digits after the point; ``minimum_charge_minor`` is the least that can be charged, and every
    amount is a multiple of ``step_minor``, both in minor units.
    """

    code: str
    exponent: int
    minimum_charge_minor: int
    step_minor: int = 1

    def rounded(self, numerator: int, denominator: int) -> Money:
        """``numerator / denominator`` minor units, half up to the step."""
        return Money(half_up(numerator, denominator * self.step_minor) * self.step_minor, self)

    def __str__(self) -> str:
        """Show the code alone."""
        return self.code


CURRENCIES: Final = {
    currency.code: currency
    for currency in (
        #        code, exponent, least charge (Stripe: Supported currencies, minimum charge amounts), step
        Currency("USD", 2, 50),
        Currency("EUR", 2, 50),
        Currency("GBP", 2, 30),
        Currency("CHF", 2, 50),
        Currency("CAD", 2, 50),
        Currency("AUD", 2, 50),
        Currency("NZD", 2, 50),
        Currency("SGD", 2, 50),
        Currency("HKD", 2, 400),
        Currency("DKK", 2, 250),
        Currency("NOK", 2, 300),
        Currency("SEK", 2, 300),
        Currency("PLN", 2, 200),
        Currency("CZK", 2, 1500),
        Currency("HUF", 2, 17500),
        Currency("RON", 2, 200),
        Currency("BRL", 2, 50),
        Currency("MXN", 2, 1000),
        Currency("INR", 2, 50),
        Currency("THB", 2, 1000),
        Currency("MYR", 2, 200),
        Currency("AED", 2, 200),
        Currency("MGA", 2, 300_000, 100),
        Currency("JPY", 0, 50),
        Currency("KRW", 0, 700),
        Currency("CLP", 0, 500),
        Currency("VND", 0, 14_000),
        Currency("ISK", 0, 70),
        Currency("KWD", 3, 160, 10),
        Currency("BHD", 3, 190, 10),
        Currency("JOD", 3, 360, 10),
        Currency("OMR", 3, 200, 10),
        Currency("TND", 3, 1600, 10),
    )
}
"""Every currency we can count in. Settings say which are enabled; USD alone by default."""

USD: Final = CURRENCIES["USD"]


def currency_named(code: str, *, field: str = "currency") -> Currency:
    """The currency with this ISO 4217 code, in either case. Raises ``Invalid`` for one that we can't count in."""
    try:
        return CURRENCIES[code.upper()]
    except KeyError:
        known = ", ".join(sorted(CURRENCIES))
        raise Invalid(field, f"{code!r} is not a currency we know; use one of {known}.") from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency. May be negative; two currencies never mix (that is a bug)."""

    amount_minor: int
    currency: Currency

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Take away an amount of the same currency."""
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        """Turn the sign."""
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.amount_minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.amount_minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.amount_minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        """Compare within one currency."""
        return self.amount_minor >= self._same(other)

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return self.amount_minor != 0

    def __str__(self) -> str:
        """Show it as ``26.25 USD``."""
        sign = "-" if self.amount_minor < 0 else ""
        whole, part = divmod(abs(self.amount_minor), 10**self.currency.exponent)
        digits = f".{part:0{self.currency.exponent}d}" if self.currency.exponent else ""
        return f"{sign}{whole:,}{digits} {self.currency.code}"

    @property
    def zero(self) -> Money:
        """Nothing, in this currency."""
        return Money(0, self.currency)

    def share(self, basis_points: int) -> Money:
        """This share of it, half up to the currency's step. For an amount that isn't negative."""
        return self.currency.rounded(self.amount_minor * basis_points, BASIS_POINTS)

    def _same(self, other: Money) -> int:
        assert self.currency == other.currency, f"{self} and {other} don't mix"
        return other.amount_minor


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount, divided into what belongs to the price and what belongs to the platform's fee."""

    price: Money
    fee: Money

    @classmethod
    def none(cls, currency: Currency) -> Parts:
        """Nothing of either."""
        nothing = Money(0, currency)
        return cls(nothing, nothing)

    @property
    def total(self) -> Money:
        """Both parts together."""
        return self.price + self.fee

    def __add__(self, other: Parts) -> Parts:
        """Add part by part."""
        return Parts(self.price + other.price, self.fee + other.fee)

    def __sub__(self, other: Parts) -> Parts:
        """Take away part by part."""
        return Parts(self.price - other.price, self.fee - other.fee)

    def __bool__(self) -> bool:
        """Tell whether there is any of either."""
        return bool(self.price) or bool(self.fee)

    def fits_into(self, other: Parts) -> bool:
        """Whether neither part exceeds the other's."""
        return self.price <= other.price and self.fee <= other.fee

    def levelled(self) -> Parts:
        """The same with no part below nothing: what one part lacks, the other covers as far as it can."""
        total = at_least_zero(self.total)
        price = smaller(at_least_zero(self.price), total)
        return Parts(price, total - price)

    def divide(self, amount: Money) -> Parts:
        """The parts of an amount taken from these: the fee's half up in proportion, the price's the rest.

        Any sequence of such amounts adds up exactly to what was there. The amount is at most the total.
        """
        assert self.total.zero <= amount <= self.total, (amount, self)
        if not amount:
            return Parts(amount, amount)
        fee = amount.currency.rounded(amount.amount_minor * self.fee.amount_minor, self.total.amount_minor)
        return Parts(amount - fee, fee)


def at_least_zero(amount: Money) -> Money:
    """The amount, or nothing where it is negative."""
    return amount if amount.amount_minor > 0 else amount.zero


def smaller(one: Money, other: Money) -> Money:
    """The smaller of two amounts of one currency."""
    return min(one, other)
