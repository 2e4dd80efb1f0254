"""Amounts, where Stripe counts otherwise than ISO 4217 does (Stripe: Supported currencies, special cases).

Most currencies are counted alike. Three-decimal amounts are, too; that their last digit is nought is their step.
"""

from __future__ import annotations

from typing import Final

from linguapay_adapters.stripe.reading import Document, ForeignBody, integer, text
from linguapay_core.domain.money import CURRENCIES, Currency, Money

_STRIPE_PER_OURS: Final = {
    #     Stripe's units, ours
    "ISK": (100, 1),  # no decimals by ISO; Stripe keeps the two that it once had, always nought
    "MGA": (1, 100),  # two decimals by ISO; Stripe counts whole ariary
}


def to_stripe(money: Money) -> int:
    """An amount as Stripe counts it. It is a multiple of its currency's step."""
    assert money.amount_minor % money.currency.step_minor == 0, money
    stripe_units, our_units = _STRIPE_PER_OURS.get(money.currency.code, (1, 1))
    return money.amount_minor * stripe_units // our_units


def from_stripe(amount: int, currency: Currency) -> Money:
    """An amount as we count it. Raises ``ForeignBody`` for a part of our smallest unit."""
    stripe_units, our_units = _STRIPE_PER_OURS.get(currency.code, (1, 1))
    minor, rest = divmod(amount * our_units, stripe_units)
    if rest:
        raise ForeignBody(f"an amount in {currency} has decimals that the currency doesn't have")
    return Money(minor, currency)


def code_of(currency: Currency) -> str:
    """A currency as Stripe writes it."""
    return currency.code.lower()


def money_at(document: Document, name: str) -> Money:
    """The amount in this field, in the currency of its object."""
    return from_stripe(integer(document, name), currency_at(document))


def currency_at(document: Document) -> Currency:
    """The currency of an object. Raises ``ForeignBody`` for one that we can't count in."""
    code = text(document, "currency")
    if code.upper() not in CURRENCIES:
        raise ForeignBody("the currency is none that we can count in")
    return CURRENCIES[code.upper()]
