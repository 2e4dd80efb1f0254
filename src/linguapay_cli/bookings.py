"""``linguapay bookings``: who learns what from whom, and when."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli.acts import ACT, NEEDED, NEEDED_NOTE, Act, Given
from linguapay_cli.allowed import refused_by
from linguapay_cli.asking import option
from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain.booking import BOOKING, Booking, BookingTrigger
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money

app = typer.Typer(name="bookings", help="Lessons agreed on, or not yet.", no_args_is_help=True)

Refund = Annotated[
    int,
    typer.Option(
        "--refund",
        metavar="MINOR",
        min=0,
        help="So much goes back to the student: 500 is 5.00 USD.",
        rich_help_panel=ACT,
    ),
]
Cancelled = Annotated[
    bool,
    typer.Option(
        "--cancelled/--given", help="Whether the lesson counts as cancelled, or as given.", rich_help_panel=ACT
    ),
]


@app.callback()
def bookings() -> None:
    """Lessons agreed on, or not yet."""


def _amount(booking: Booking, given: Given) -> Money:
    return Money(given["refund"], booking.quote.total.currency)


def _refusal(linguapay: object, booking: Booking, by: Actor, given: object) -> Refused | None:
    """Why it can't be decided. One that is over was perhaps decided just so: deciding it tells."""
    if BOOKING.ended(booking.state):
        return None
    return refused_by(BOOKING, BookingTrigger.DECIDE_COMPLETED)(linguapay, booking, by, given)


add_list(app, Booking)
add_show(app, Booking)
Act(
    Booking,
    "decide",
    "decided",
    "Decide contests: how much goes back to the student, and whether the lesson counts as given.",
    lambda linguapay, booking, admin_id, given: linguapay.decide_contest(
        booking.id, admin_id, given["refund"], given["note"], cancelled=given["cancelled"]
    ),
    refusal=_refusal,
    amount=_amount,
    became=lambda before, now: f"{spoken(now.state)}{' already' if now == before else ''}",
    extras=(option("refund", Refund, NEEDED), option("cancelled", Cancelled, NEEDED), NEEDED_NOTE),
).add_to(app)
