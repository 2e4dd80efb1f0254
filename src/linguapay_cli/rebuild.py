"""``linguapay analytics rebuild``: the figures, counted anew."""

from __future__ import annotations

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.login import acting_admin
from linguapay_cli.progress import counting
from linguapay_cli.tables import print_json


def rebuild(context: typer.Context, *, as_json: options.AsJson = False) -> None:
    """Count all figures anew, from the first event on, as after `books verify` found one that isn't what a recount is.

    What is shown meanwhile is right, and slower. It may be interrupted: a worker goes on.
    """
    with backstage_of(context).desk() as desk:
        acting_admin(desk.linguapay)
        with counting("Counting", "events and entries") as progress:
            counted = desk.linguapay.rebuild_figures(progress=progress)
    if as_json:
        print_json({"counted": counted})
    else:
        typer.echo(f"All figures are counted anew, {counted:,} events and entries by this command.")
