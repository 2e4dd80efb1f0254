"""What may exist once only, as the schema of a database would say it: record type -> what -> the name it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from linguapay_core.domain.numbered_receipt import NumberedReceipt
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import Customer, TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import OPEN, Transfer

HOLDING: Final = "payment that holds a booking"
INTENT: Final = "payment of an intent"
REFUND_AT_STRIPE: Final = "refund at Stripe"
TRANSFER_AT_STRIPE: Final = "transfer at Stripe"
ACCOUNT_AT_STRIPE: Final = "account at Stripe"

Name = Callable[[Any], str]

PROMISES: Final[Mapping[type[object], Mapping[str, Name]]] = {
    Payment: {
        HOLDING: lambda payment: payment.booking_id if payment.holds_booking else "",
        INTENT: lambda payment: payment.intent_id,
        "payment of a charge": lambda payment: payment.charge_id,
        "cash of a payment": lambda payment: payment.cash_id,
    },
    Refund: {
        REFUND_AT_STRIPE: lambda refund: refund.stripe_id,
        "cash of a refund": lambda refund: refund.cash_id,
        "cash of a refund that came back": lambda refund: refund.returned_id,
    },
    Transfer: {
        TRANSFER_AT_STRIPE: lambda transfer: transfer.stripe_id,
        "open transfer of a payment": lambda transfer: transfer.payment_id if transfer.state in OPEN else "",
        "cash of a transfer": lambda transfer: transfer.cash_id,
    },
    NumberedReceipt: {"number of a receipt": lambda receipt: receipt.called},
    Customer: {"customer at Stripe": lambda customer: customer.customer_id},
    TeacherAccount: {ACCOUNT_AT_STRIPE: lambda account: account.account_id},
}
"""A record whose name is empty takes none."""
