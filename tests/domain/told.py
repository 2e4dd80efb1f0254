"""What Stripe says in these tests: valid news about the builders' records, and what a test wants different."""

from dataclasses import replace
from datetime import timedelta

from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.seen import (
    Declined,
    IntentStatus,
    RefundStatus,
    SeenCash,
    SeenCharge,
    SeenIntent,
    SeenRefund,
    SeenReversal,
    SeenTransfer,
)
from linguapay_core.testing.builders import NOON, usd

DECLINED = Declined("card_declined", "insufficient_funds", "Not enough.", "amex")


def cash(name: str, amount: int, fee: int = 0, kind: str = "charge") -> SeenCash:
    """A balance transaction of so many cents."""
    return SeenCash(name, kind, usd(amount), usd(fee), "src_1", NOON + timedelta(seconds=3))


def charge(**different: object) -> SeenCharge:
    """The charge of the builders' payment, in the balance already."""
    made = SeenCharge("ch_1", usd(3150), "visa", "4242", cash("txn_charge", 3150, 121))
    return replace(made, **different)  # type: ignore[arg-type]


def intent(status: IntentStatus = IntentStatus.SUCCEEDED, **different: object) -> SeenIntent:
    """The PaymentIntent of the builders' payment; a succeeded one has its charge."""
    succeeded = status is IntentStatus.SUCCEEDED
    made = SeenIntent(
        id="pi_1",
        status=status,
        amount=usd(3150),
        received=usd(3150 if succeeded else 0),
        live=False,
        customer_id="cus_ben",
        payment_id=PaymentId.of(1),
        key=f"create_intent:{PaymentId.of(1)}:1",
        charge=charge() if succeeded else None,
    )
    return replace(made, **different)  # type: ignore[arg-type]


def refund(status: RefundStatus = RefundStatus.SUCCEEDED, amount: int = 1050, **different: object) -> SeenRefund:
    """A refund at Stripe; its balance transaction is there unless a test says otherwise."""
    made = SeenRefund("re_1", "pi_1", status, usd(amount), "key", cash=cash("txn_refund", -amount, kind="refund"))
    return replace(made, **different)  # type: ignore[arg-type]


def transfer(amount: int = 3000, **different: object) -> SeenTransfer:
    """A transfer at Stripe, with its balance transaction."""
    made = SeenTransfer(
        "tr_1", usd(amount), "acct_anna", "group", "key", cash("txn_transfer", -amount, kind="transfer")
    )
    return replace(made, **different)  # type: ignore[arg-type]


def reversal(amount: int = 900, name: str = "trr_1") -> SeenReversal:
    """So much of a transfer came back, and its balance transaction with it."""
    return SeenReversal(name, usd(amount), cash(f"txn_{name}", amount, kind="transfer_refund"))
