"""``linguapay credits``: what students are owed because a refund of theirs failed."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli.acts import ACT, REFERENCE, Act, Given
from linguapay_cli.allowed import has_entry
from linguapay_cli.asking import option
from linguapay_cli.lists import add_list
from linguapay_cli.records import Look, look_of
from linguapay_core.domain import postings, refund_rules
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment

app = typer.Typer(name="credits", help="What students are owed because a refund failed.", no_args_is_help=True)

Amount = Annotated[
    int | None,
    typer.Option("--amount", metavar="MINOR", min=1, help="Less than all of it: 500 is 5.00 USD.", rich_help_panel=ACT),
]

LOOK = Look(
    "credits",
    look_of(Payment).fields,
    {"Payment": "id", "Student": "student_id", "Started": "started_at", "Credit": "credit"},
)
"""A credit is its payment's, shown with what is owed."""


@app.callback()
def credits_owed() -> None:
    """What students are owed because a refund failed."""


def _amount(payment: Payment, given: Given) -> Money:
    """What was paid: all of the credit, unless it is said."""
    owed, paid = payment.counters.credit.total, given.get("amount")
    return owed if paid is None else Money(paid, owed.currency)


add_list(app, Payment, look=LOOK, always={"with_credit": True})
Act(
    Payment,
    "refund",
    "set aside for a new refund",
    "Send credits back to the cards that paid, once more: of some payments, or --with-credit. The worker does it.",
    lambda linguapay, payment, admin_id, _: linguapay.refund_credit_again(payment.id, admin_id),
    refusal=lambda _, payment, *__: refund_rules.why_no_credit(payment),
    amount=_amount,
    look=LOOK,
).add_to(app)
Act(
    Payment,
    "note as paid",
    "noted as paid",
    "Write down that credits were paid out by bank. The same reference counts once.",
    lambda linguapay, payment, admin_id, given: linguapay.note_credit_paid_by_bank(
        payment.id, admin_id, _amount(payment, given).amount_minor, given["reference"]
    ),
    is_done=lambda linguapay, payment, given: has_entry(
        linguapay, payment, postings.credit_paid_key(payment, given["reference"])
    ),
    refusal=lambda _, payment, __, given: refund_rules.why_no_credit(payment, _amount(payment, given)),
    amount=_amount,
    look=LOOK,
    extras=(option("amount", Amount, None), REFERENCE),
).add_to(app, name="paid-by-bank")
