"""What every call shares: the client, the key that it goes under, and which part of a list it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar, cast

import stripe

CASH_EXPANDED: Final = ["balance_transaction"]
PAGE_SIZE: Final = 100
"""As many as Stripe gives at once (Stripe: Pagination)."""

LONGEST_KEY: Final = 255
"""Stripe: Idempotent requests."""

ParamsT = TypeVar("ParamsT", bound=Mapping[str, object])


class Calls:
    """A part of the gateway: the calls about one subject.

    ``allow_methods`` are the types of payment method that an intent takes; others than cards may stay in processing
    past the lesson. ``return_url`` is where Stripe sends a person back for whom a call names no other page.
    """

    def __init__(
        self, client: stripe.StripeClient, *, allow_methods: tuple[str, ...] = ("card",), return_url: str = ""
    ) -> None:
        """Use a client that ``client.connect`` made."""
        self._stripe = client.v1
        self._allow_methods = allow_methods
        self._return_url = return_url


def page(params: ParamsT, cursor: str) -> ParamsT:
    """The parameters of a list, for the page after a cursor or for the first one."""
    place = {"starting_after": cursor} if cursor else {}
    return cast("ParamsT", {**params, "limit": PAGE_SIZE, **place})


def in_list(expand: Sequence[str]) -> list[str]:
    """The same expansions for each object of a list."""
    return [f"data.{path}" for path in expand]


def under(key: str) -> stripe.RequestOptions:
    """Ask under a key of ours. For an empty one the SDK would make one up, which protects nothing."""
    assert 0 < len(key) <= LONGEST_KEY, key
    return {"idempotency_key": key}
