"""``linguapay transfers``: what teachers earn, on its way."""

from __future__ import annotations

import typer

from linguapay_cli.acts import NOTE, Act, Given
from linguapay_cli.allowed import refused_by
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain.money import Money
from linguapay_core.domain.transfer import TRANSFER, Hold, Transfer, TransferState, TransferTrigger

app = typer.Typer(name="transfers", help="What teachers earn, on its way to them.", no_args_is_help=True)


@app.callback()
def transfers() -> None:
    """What teachers earn, on its way to them."""


def _amount(transfer: Transfer, _given: Given) -> Money | None:
    return transfer.sends


add_list(app, Transfer)
add_show(app, Transfer)
Act(
    Transfer,
    "hold",
    "held",
    "Let transfers wait until an admin releases them.",
    lambda linguapay, transfer, admin_id, given: linguapay.hold_transfer(transfer.id, admin_id, given["note"]),
    is_done=lambda _, transfer, __: transfer.hold is Hold.BY_ADMIN,
    refusal=refused_by(TRANSFER, TransferTrigger.HOLD),
    amount=_amount,
    extras=(NOTE,),
).add_to(app)
Act(
    Transfer,
    "release",
    "released",
    "Let held transfers go on, whatever held them. What still stands in their way holds them again.",
    lambda linguapay, transfer, admin_id, _: linguapay.release_transfer(transfer.id, admin_id),
    is_done=lambda _, transfer, __: transfer.state is TransferState.SCHEDULED,
    refusal=refused_by(TRANSFER, TransferTrigger.RELEASE),
    amount=_amount,
).add_to(app)
Act(
    Transfer,
    "retry",
    "asked for again",
    "Ask Stripe again for parked transfers, if a look finds nothing of them there. A worker does it.",
    lambda linguapay, transfer, admin_id, _: linguapay.retry_transfer(transfer.id, admin_id),
    refusal=refused_by(TRANSFER, TransferTrigger.RETRY),
    amount=_amount,
    became=lambda _, __: "asked for again",
).add_to(app)
