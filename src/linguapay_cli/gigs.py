"""``linguapay gigs``: what teachers offer."""

from __future__ import annotations

import typer

from linguapay_cli.lists import add_list, add_show
from linguapay_core.domain.gig import Gig

app = typer.Typer(name="gigs", help="What teachers offer, and at which price.", no_args_is_help=True)


@app.callback()
def gigs() -> None:
    """What teachers offer, and at which price."""


add_list(app, Gig)
add_show(app, Gig)
