"""The balance and its transactions (Stripe's pages "The Balance object" and "The Balance Transaction object")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import money_movements
from linguapay_adapters.stripe_sandbox.currencies import currency
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.money_movements import Funds
from linguapay_adapters.stripe_sandbox.parameters import optional, text
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document


def retrieve(call: Call) -> Document:
    """Show what the account has, by currency."""
    funds = {"usd": Funds(), **money_movements.all_funds(call.world)}
    return {
        "object": "balance",
        "livemode": False,
        "available": [_amount(code, held.available_minor) for code, held in funds.items()],
        "pending": [_amount(code, held.pending_minor) for code, held in funds.items()],
    }


def retrieve_transaction(call: Call) -> Document:
    """Show one movement."""
    return call.world.get("balance_transaction", call.path["transaction"], status=HTTPStatus.NOT_FOUND)


def _amount(code: str, amount_minor: int) -> Document:
    return {"amount": amount_minor, "currency": code, "source_types": {"card": amount_minor}}


ROUTES = (
    Route("GET", "/v1/balance", retrieve),
    Route("GET", "/v1/balance_transactions/{transaction}", retrieve_transaction),
    listing(
        "/v1/balance_transactions",
        "balance_transaction",
        {"currency": optional(currency), "source": optional(text), "type": optional(text)},
    ),
)
