"""``linguapay books``: the books, and whether all holds that must always hold of them."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli.backstage import backstage_of

app = typer.Typer(name="books", help="The books, and the proof of them.", no_args_is_help=True)


@app.callback()
def books() -> None:
    """The books, and the proof of them."""


@app.command()
def verify(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    no_stripe: Annotated[
        bool, typer.Option("--no-stripe", help="Check the books alone, without asking Stripe.")
    ] = False,
) -> None:
    """Check everything that must always hold of the books, and compare them with Stripe to the cent.

    Ends with 0 only if all of it holds, and with 1 if anything doesn't.
    """
    from linguapay_cli import books_screen, shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.exits import OFF  # noqa: PLC0415
    from linguapay_cli.screen import as_data, screen, show, warn  # noqa: PLC0415

    with backstage_of(context).desk() as desk:
        if desk.stripe is not None and not no_stripe:
            warn("No STRIPE_SECRET_KEY is set: the sandbox plays Stripe, and no real money moves.")
        verdict = desk.linguapay.verify_books(with_stripe=not no_stripe)
    if as_json:
        as_data(shapes.verdict(verdict, with_stripe=not no_stripe))
    else:
        show(books_screen.verdict(verdict, with_stripe=not no_stripe), screen())
    if not verdict.holds:
        raise typer.Exit(OFF)
