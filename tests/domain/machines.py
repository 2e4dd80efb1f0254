"""All machines, for those tests and pages that look at each."""

from __future__ import annotations

from typing import Any, Final

from linguapay_core.domain.booking import BOOKING
from linguapay_core.domain.delivery import DELIVERY
from linguapay_core.domain.effect import EFFECT
from linguapay_core.domain.machine import Machine
from linguapay_core.domain.payment import PAYMENT
from linguapay_core.domain.refund import REFUND
from linguapay_core.domain.refund_request import REFUND_REQUEST
from linguapay_core.domain.subscription import SUBSCRIPTION
from linguapay_core.domain.transfer import TRANSFER
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT

AnyMachine = Machine[Any, Any]
MACHINES: Final[tuple[AnyMachine, ...]] = (
    BOOKING,
    PAYMENT,
    REFUND_REQUEST,
    REFUND,
    TRANSFER,
    EFFECT,
    WEBHOOK_EVENT,
    SUBSCRIPTION,
    DELIVERY,
)
