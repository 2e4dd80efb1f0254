"""Currencies and their least charge, in minor units (Stripe's page "Supported currencies")."""

from linguapay_adapters.stripe_sandbox.errors import refusal
from linguapay_adapters.stripe_sandbox.parameters import text

LEAST_CHARGE_MINOR = {
    "aud": 50,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "isk": 10000,
    "jpy": 50,
    "krw": 700,
    "mxn": 1000,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "usd": 50,
}
WITHOUT_DECIMALS = frozenset({"jpy", "krw"})


def currency(name: str, given: object) -> str:
    """Read a currency's code, in any case."""
    code = text(name, given).lower()
    if code not in LEAST_CHARGE_MINOR:
        raise refusal(
            f"Invalid currency: {code}. The sandbox supports these currencies: {', '.join(LEAST_CHARGE_MINOR)}",
            param=name,
        )
    return code


def spoken(amount_minor: int, code: str) -> str:
    """Write an amount as messages do, such as `10.00 usd`."""
    if code in WITHOUT_DECIMALS:
        return f"{amount_minor} {code}"
    return f"{amount_minor // 100}.{amount_minor % 100:02d} {code}"


def check_least_charge(amount_minor: int, code: str) -> None:
    """Refuse a charge below Stripe's least amount."""
    least = LEAST_CHARGE_MINOR[code]
    if amount_minor < least:
        raise refusal(f"Amount must be at least {spoken(least, code)}", code="amount_too_small", param="amount")
