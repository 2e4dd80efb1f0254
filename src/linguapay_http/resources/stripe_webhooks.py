"""Where Stripe tells us that something changed."""

from __future__ import annotations

from typing import Final

from linguapay_core.domain.errors import Invalid
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import View
from linguapay_http.problems import MALFORMED, Malformed

TAG: Final = "Webhooks of Stripe"


class ReceivedView(View):
    """That an event is noted down."""

    received: bool


def receive_stripe_webhook(desk: Desk, _caller: Caller, body: bytes, signature: str) -> ReceivedView:
    """Note down an event that Stripe signed, once however often it comes.

    What isn't signed by Stripe, for us and just now is a 400. While nothing can be noted down the answer is 503, and
    Stripe sends it again.
    """
    try:
        desk.linguapay.receive_webhook(body, signature)
    except Invalid as error:
        raise Malformed(MALFORMED, f"That is no event of Stripe's for us. {error}") from error
    return ReceivedView(received=True)


DOORS: Final = (Door("POST", "/api/payments/webhooks/stripe/", receive_stripe_webhook, ReceivedView, TAG),)
