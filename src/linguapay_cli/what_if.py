"""``linguapay analytics what-if``: history under another policy."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.progress import counting
from linguapay_cli.tables import print_json

POLICY = "Another policy"


def what_if(
    context: typer.Context,
    *,
    fee: Annotated[
        str, typer.Option(metavar="PART", help="The fee, as a part of the price: 0.07 is 7 %.", rich_help_panel=POLICY)
    ] = "",
    fee_minimum: Annotated[
        int | None, typer.Option(metavar="MINOR", help="The least fee: 150 is 1.50 USD.", rich_help_panel=POLICY)
    ] = None,
    fee_maximum: Annotated[
        int | None, typer.Option(metavar="MINOR", help="The largest fee.", rich_help_panel=POLICY)
    ] = None,
    borne_by: Annotated[
        str, typer.Option(metavar="WHO", help="Who bears it: student, teacher, or split.", rich_help_panel=POLICY)
    ] = "",
    terms: Annotated[
        str,
        typer.Option(
            metavar="TIERS",
            help="What cancelling gives back: hours before the start and per cent, as 24:100,6:50; or none.",
            rich_help_panel=POLICY,
        ),
    ] = "",
    currency: Annotated[str, typer.Option(help="Of this currency alone.", rich_help_panel=options.LIST)] = "",
    since: options.Since = "",
    until: options.Until = "",
    as_json: options.AsJson = False,
    plain: options.Plain = False,
    utc: options.Utc = False,
) -> None:
    """Replay history under another policy, and compare it with what it came to.

    What isn't named is as it is now; with nothing named, each booking is replayed under the policy that it was sold
    under, and the books come out to the cent. What people decided stays: who cancelled when, and what was asked for
    and approved. Nothing is written.
    """
    from linguapay_cli import shapes, what_if_screen  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.screen import screen, show  # noqa: PLC0415
    from linguapay_cli.when import Times  # noqa: PLC0415

    times = Times(in_utc=utc)
    with backstage_of(context).desk() as desk, counting("Replaying", "bookings") as progress:
        found = desk.linguapay.what_if(
            fee=fee,
            fee_minimum=fee_minimum,
            fee_maximum=fee_maximum,
            borne_by=borne_by,
            terms=terms,
            currency=currency,
            starts_at=times.read("from", since) if since else None,
            ends_at=times.read("to", until) if until else None,
            progress=progress,
        )
    if as_json:
        print_json(shapes.comparisons(found))
    else:
        show(what_if_screen.comparisons(found), screen(), plain=plain)
