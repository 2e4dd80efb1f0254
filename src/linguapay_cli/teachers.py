"""``linguapay teachers``: their accounts at Stripe, and what they owe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from linguapay_cli.acts import ACT, NEEDED, NEEDED_NOTE, REFERENCE, Act, Given
from linguapay_cli.allowed import has_entry
from linguapay_cli.asking import option
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain import postings, receivable_rules
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import TeacherAccount

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay

app = typer.Typer(name="teachers", help="Teachers' accounts at Stripe, and what they owe.", no_args_is_help=True)

Amount = Annotated[
    int,
    typer.Option("--amount", metavar="MINOR", min=1, help="How much of it: 500 is 5.00 USD.", rich_help_panel=ACT),
]


@app.callback()
def teachers() -> None:
    """Teachers' accounts at Stripe, and what they owe."""


def _amount(payment: Payment, given: Given) -> Money:
    return Money(given["amount"], payment.currency)


def _why_not(linguapay: LinguaPay, payment: Payment, _by: object, given: Given) -> Refused | None:
    books = linguapay.explain(payment.booking_id).story.books_of(payment)
    return receivable_rules.why_not(payment, books, _amount(payment, given))


add_list(app, TeacherAccount)
add_show(app, TeacherAccount)
Act(
    TeacherAccount,
    "refresh",
    "refreshed",
    "Ask Stripe whether teachers can receive money.",
    lambda linguapay, account, _, __: linguapay.refresh_teacher_account(account.id),
    became=lambda _, now: "can receive money" if now.can_receive else "can't receive money yet",
).add_to(app)
Act(
    Payment,
    "write off",
    "written off",
    "Write off what a teacher owes for a payment and won't pay: the platform bears it. The same reference counts once.",
    lambda linguapay, payment, admin_id, given: linguapay.write_off_receivable(
        payment.id, admin_id, given["amount"], given["reference"], given["note"]
    ),
    is_done=lambda linguapay, payment, given: has_entry(
        linguapay, payment, postings.written_off_key(payment, given["reference"])
    ),
    refusal=_why_not,
    amount=_amount,
    extras=(option("amount", Amount, NEEDED), REFERENCE, NEEDED_NOTE),
).add_to(app)
