"""``linguapay payments``: students' money for bookings."""

from __future__ import annotations

import typer

from linguapay_cli.acts import NEEDED_NOTE, Act, Given
from linguapay_cli.allowed import done_by, refused_by
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import PAYMENT, Payment, PaymentTrigger

app = typer.Typer(name="payments", help="Students' money for bookings.", no_args_is_help=True)


@app.callback()
def payments() -> None:
    """Students' money for bookings."""


def _total(payment: Payment, _given: Given) -> Money:
    return payment.parts.total


add_list(app, Payment)
add_show(app, Payment)
Act(
    Payment,
    "sync",
    "synced",
    "Ask Stripe how payments stand, with their refunds and transfers, and write it down.",
    lambda linguapay, payment, _, __: linguapay.sync_payment(payment.id),
    amount=_total,
    became=lambda before, now: f"{spoken(now.state)}{', as before' if now == before else ''}",
).add_to(app)
Act(
    Payment,
    "accept",
    "accepted",
    "Accept quarantined payments: they pay their bookings, or go back where these wait no more.",
    lambda linguapay, payment, admin_id, given: linguapay.accept_quarantined_payment(
        payment.id, admin_id, given["note"]
    ),
    is_done=done_by(PAYMENT, PaymentTrigger.ACCEPT),
    refusal=refused_by(PAYMENT, PaymentTrigger.ACCEPT),
    amount=_total,
    extras=(NEEDED_NOTE,),
).add_to(app)
Act(
    Payment,
    "refund",
    "refunded",
    "Send the money of quarantined payments back, all that came. A worker does it.",
    lambda linguapay, payment, admin_id, given: linguapay.refund_quarantined_payment(
        payment.id, admin_id, given["note"]
    ),
    is_done=done_by(PAYMENT, PaymentTrigger.REFUND),
    refusal=refused_by(PAYMENT, PaymentTrigger.REFUND),
    amount=_total,
    extras=(NEEDED_NOTE,),
).add_to(app)
