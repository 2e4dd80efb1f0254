"""``linguapay explain``: the story of one object."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli import options
from linguapay_cli.backstage import backstage_of
from linguapay_cli.tables import print_json


def explain(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A booking, payment, refund request, refund or transfer: bkg_…, pay_…")
    ],
    *,
    as_json: options.AsJson = False,
    plain: options.Plain = False,
) -> None:
    """Tell the story of a booking and all that came of it.

    What happened, who did it and why, what moved in the books, the rule that set each amount, what is awaited, and what
    each side may do next or why not.
    """
    from linguapay_cli import explanation_screen, shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.screen import screen, show  # noqa: PLC0415

    with backstage_of(context).reading() as desk:
        story = desk.linguapay.explain(identifier)
    if as_json:
        print_json(shapes.explanation(story))
    else:
        show(explanation_screen.explanation(story), screen(), plain=plain)
