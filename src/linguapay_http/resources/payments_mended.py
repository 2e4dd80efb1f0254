"""Payments that aren't as they should be: quarantined, silent, or owed by a teacher. An admin decides."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import Name, SomeMinor, Text, Wish
from linguapay_http.resources.payments import ALL, TAG, PaymentView, show_payment


class QuarantineWish(Wish):
    """Why an admin decides so. Admins can read it."""

    notes: Annotated[Text, Field(examples=["The metadata was changed by hand; the money is right."])]


class WriteOffWish(Wish):
    """So much of what the teacher owes for a payment, and why; by the reference a repetition is known."""

    amount_minor: SomeMinor
    reference: Annotated[Name, Field(examples=["CASE-2026-7"])]
    notes: Annotated[Text, Field(examples=["The teacher has left the country."])]


def accept_payment(desk: Desk, caller: Caller, payment_id: str, wish: QuarantineWish) -> PaymentView:
    """Take quarantined money for the payment that was asked for.

    It pays the booking that still waits to be paid; where none does, it goes back in full.
    """
    return PaymentView.of(desk.linguapay.accept_quarantined_payment(payment_id, caller.person, wish.notes))


def refund_payment(desk: Desk, caller: Caller, payment_id: str, wish: QuarantineWish) -> PaymentView:
    """Send quarantined money back, all that came. The worker does it."""
    return PaymentView.of(desk.linguapay.refund_quarantined_payment(payment_id, caller.person, wish.notes))


def sync_payment(desk: Desk, _caller: Caller, payment_id: str) -> PaymentView:
    """Ask Stripe how a payment stands, with its refunds and transfers, and write it down."""
    return PaymentView.of(desk.linguapay.sync_payment(payment_id))


def write_off_receivable(desk: Desk, caller: Caller, payment_id: str, wish: WriteOffWish) -> PaymentView:
    """Give up what a teacher owes for a payment and won't pay. The same reference counts once."""
    payment = desk.linguapay.write_off_receivable(
        payment_id, caller.person, wish.amount_minor, wish.reference, wish.notes
    )
    return PaymentView.of(payment)


ONE: Final = f"{ALL}{{payment_id}}/"

DOORS: Final = (
    Door("POST", f"{ONE}accept/", accept_payment, PaymentView, TAG, again=show_payment),
    Door("POST", f"{ONE}refund/", refund_payment, PaymentView, TAG, again=show_payment),
    Door("POST", f"{ONE}sync/", sync_payment, PaymentView, TAG, again=show_payment, calls_stripe=True),
    Door("POST", f"{ONE}write-off/", write_off_receivable, PaymentView, TAG, again=show_payment),
)
