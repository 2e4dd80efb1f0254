"""``linguapay receipts``: what students get for their payments."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli import papers
from linguapay_cli.backstage import backstage_of
from linguapay_cli.files import STANDARD_OUTPUT

app = typer.Typer(name="receipts", help="Students' receipts.", no_args_is_help=True)


@app.callback()
def receipts() -> None:
    """Students' receipts."""


@app.command()
def show(
    context: typer.Context,
    payment_id: Annotated[str, typer.Argument(metavar="PAYMENT", help="The payment: pay_…")],
    *,
    form: papers.FormatOption = papers.Format.HTML,
    out: papers.OutOption = STANDARD_OUTPUT,
) -> None:
    """Draw the receipt of a payment: what was bought, what was paid and how, and what went back since.

    Receipts are numbered without gaps: R-000001 and on, or T-000001 where no real money moves.
    """
    papers.check(form, out)
    backstage = backstage_of(context)
    with backstage.desk() as desk:
        receipt = desk.linguapay.show_receipt(payment_id)
    papers.put(backstage.draw(receipt, form), out)
