"""The gateway through Stripe's SDK: one method, one question. How calls end is decided in ``outcome`` alone."""

from __future__ import annotations

from linguapay_adapters.stripe.intents import Intents
from linguapay_adapters.stripe.methods import Methods
from linguapay_adapters.stripe.records import Records
from linguapay_adapters.stripe.transfers import Transfers


class StripeGateway(Intents, Transfers, Methods, Records):
    """Stripe, as far as lessons need it: the port ``Gateway``, in four parts."""
